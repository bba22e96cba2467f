//! Acts that wait, in a line for every customer: groups take one of each in turn, so whoever floods the gate waits for
//! itself. T15.

use super::{GROUP, act::Pending};
use crate::Error;
use billing::id::CustomerId;
use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};
use tokio::sync::Notify;

/// Acts that may wait unless the installation says otherwise; beyond it a caller is told to come back (503), never timed out
/// after a commit.
const QUEUE: usize = 4_096;

/// The lines, and who waits for something to stand in them.
#[derive(Default)]
pub(super) struct Queue {
    lines: Mutex<Lines>,
    something: Notify,
}

struct Lines {
    closed: bool,
    /// How many may wait, and half as many of one customer: none can keep the others out alone.
    most: usize,
    waiting: usize,
    of: HashMap<CustomerId, VecDeque<Box<dyn Pending>>>,
    /// Customers with a line, the next first.
    turns: VecDeque<CustomerId>,
}

impl Default for Lines {
    fn default() -> Self {
        Self { closed: false, most: QUEUE, waiting: 0, of: HashMap::default(), turns: VecDeque::default() }
    }
}

impl Queue {
    /// Lets so many wait from now on.
    pub(super) fn hold(&self, most: usize) {
        self.lines().most = most;
    }

    /// Puts an act into its customer's line.
    pub(super) fn push(&self, customer: CustomerId, act: Box<dyn Pending>) -> Result<(), Error> {
        let mut lines = self.lines();
        let line = lines.of.get(&customer).map_or(0, VecDeque::len);
        if lines.closed || lines.waiting >= lines.most || line >= lines.most / 2 {
            return Err(Error::Busy);
        }
        if line == 0 {
            lines.turns.push_back(customer);
        }
        lines.of.entry(customer).or_default().push_back(act);
        lines.waiting += 1;
        drop(lines);
        self.something.notify_one();
        Ok(())
    }

    /// Fills the group with what waits now, one act of each customer in turn. Where nothing waits it waits too; false once
    /// nothing will come any more.
    pub(super) async fn take(&self, group: &mut Vec<Box<dyn Pending>>) -> bool {
        loop {
            {
                let mut lines = self.lines();
                lines.fill(group);
                if !group.is_empty() {
                    return true;
                }
                if lines.closed {
                    return false;
                }
            }
            self.something.notified().await; // one that came meanwhile has left its permit
        }
    }

    /// Waits until so many wait, or nothing will come any more.
    pub(super) async fn gather(&self, enough: usize) {
        loop {
            {
                let lines = self.lines();
                if lines.closed || lines.waiting >= enough {
                    return;
                }
            }
            self.something.notified().await;
        }
    }

    /// Takes no more.
    pub(super) fn close(&self) {
        self.lines().closed = true;
        self.something.notify_one();
    }

    /// How many wait.
    pub(super) fn len(&self) -> usize {
        self.lines().waiting
    }

    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lines {
    fn fill(&mut self, group: &mut Vec<Box<dyn Pending>>) {
        while group.len() < GROUP
            && let Some(customer) = self.turns.pop_front()
        {
            let Some(line) = self.of.get_mut(&customer) else { continue };
            if let Some(act) = line.pop_front() {
                group.push(act);
                self.waiting -= 1;
            }
            if line.is_empty() {
                self.of.remove(&customer);
            } else {
                self.turns.push_back(customer);
            }
        }
    }
}

impl std::fmt::Debug for Queue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Queue").field("waiting", &self.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::writer::{Books, Desk, Touch};

    struct Nothing(CustomerId);

    impl Pending for Nothing {
        fn touches(&self) -> Touch {
            Touch::wallet(self.0)
        }
        fn decide(&mut self, _: &mut Books, _: &Desk) -> Result<(), Error> {
            Ok(())
        }
        fn fail(&mut self, _: Error) {}
        fn answer(&mut self) {}
    }

    fn customers() -> [CustomerId; 2] {
        ["cus_01K8Z0000000000000000000A1", "cus_01K8Z0000000000000000000A2"].map(|id| id.parse().unwrap())
    }

    #[tokio::test]
    async fn t15_whoever_floods_the_gate_waits_for_itself() {
        let (queue, [noisy, quiet]) = (Queue::default(), customers());
        for _ in 0..QUEUE / 2 {
            queue.push(noisy, Box::new(Nothing(noisy))).unwrap();
        }
        assert!(matches!(queue.push(noisy, Box::new(Nothing(noisy))), Err(Error::Busy)));
        queue.push(quiet, Box::new(Nothing(quiet))).unwrap();
        let mut group = Vec::new();
        assert!(queue.take(&mut group).await);
        assert_eq!(group.len(), GROUP);
        assert_eq!(group[1].touches().customer, quiet, "it has overtaken those that wait for themselves");
        assert_eq!(queue.len(), QUEUE / 2 + 1 - GROUP);
    }

    #[tokio::test]
    async fn what_was_taken_before_the_end_is_done_and_nothing_after_it() {
        let (queue, [one, _]) = (Queue::default(), customers());
        queue.push(one, Box::new(Nothing(one))).unwrap();
        queue.close();
        assert!(matches!(queue.push(one, Box::new(Nothing(one))), Err(Error::Busy)));
        let mut group = Vec::new();
        assert!(queue.take(&mut group).await);
        group.clear();
        assert!(!queue.take(&mut group).await);
    }
}
