//! One look at the database for all who want to know the same at once. Whoever comes while one is under way waits for the next, which
//! begins after they came: nobody is told what was true before they asked.

use crate::Error;
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{sync::Mutex as Turn, time::timeout};

/// How long anybody waits for another's look before they look themselves: one connection that hangs is nobody else's.
const PATIENCE: Duration = Duration::from_secs(1);

/// Looks under way, by what is looked for.
#[derive(Debug)]
pub(crate) struct Looks<V>(Mutex<HashMap<String, Wanted<V>>>);

impl<V> Default for Looks<V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

#[derive(Debug)]
struct Wanted<V> {
    look: Arc<Look<V>>,
    /// Who waits or looks.
    places: usize,
}

/// One after the other.
#[derive(Debug)]
struct Look<V> {
    /// How many have begun.
    begun: AtomicU64,
    /// The number of the last one that has ended, and what it found. Held by whoever looks.
    last: Turn<(u64, Option<Result<V, Error>>)>,
}

impl<V: Clone> Looks<V> {
    /// What `look` finds, or what another caller's has found that began after this one came.
    pub(super) async fn find(
        &self,
        what: &str,
        look: impl Future<Output = Result<V, Error>>,
    ) -> Result<V, Error> {
        let place = self.place(what);
        let before = place.look.begun.load(Ordering::SeqCst);
        let Ok(mut last) = timeout(PATIENCE, place.look.last.lock()).await else {
            return look.await;
        };
        if let (number, Some(found)) = &*last
            && *number > before
        {
            return found.clone();
        }
        let number = place.look.begun.fetch_add(1, Ordering::SeqCst) + 1;
        let found = look.await;
        *last = (number, Some(found.clone()));
        found
    }

    fn place<'looks>(&'looks self, what: &'looks str) -> Place<'looks, V> {
        let mut all = self.all();
        let wanted = all.entry(what.to_owned()).or_insert_with(|| {
            let look = Look { begun: AtomicU64::default(), last: Turn::new((0, None)) };
            Wanted { look: Arc::new(look), places: 0 }
        });
        wanted.places += 1;
        Place { looks: self, what, look: Arc::clone(&wanted.look) }
    }
}

impl<V> Looks<V> {
    fn all(&self) -> MutexGuard<'_, HashMap<String, Wanted<V>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Somebody who waits or looks. The last one to leave takes what was found along.
struct Place<'looks, V> {
    looks: &'looks Looks<V>,
    what: &'looks str,
    look: Arc<Look<V>>,
}

impl<V> Drop for Place<'_, V> {
    fn drop(&mut self) {
        let mut all = self.looks.all();
        if let Some(wanted) = all.get_mut(self.what) {
            wanted.places -= 1;
            if wanted.places == 0 {
                all.remove(self.what);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::{future::join_all, poll};
    use std::pin::pin;
    use tokio::sync::oneshot;

    /// I-45: whoever comes after a key was revoked is not told what a look found that began before.
    #[tokio::test]
    async fn who_comes_later_is_told_by_a_later_look() {
        let (looks, begun) = (Looks::default(), AtomicU64::default());
        let look = async || {
            begun.fetch_add(1, Ordering::SeqCst);
            Ok(begun.load(Ordering::SeqCst))
        };
        let (found, first) = oneshot::channel();
        let mut first = pin!(looks.find("key", async {
            look().await?;
            Ok(first.await.unwrap_or_default())
        }));
        assert!(poll!(&mut first).is_pending());
        let mut later: Vec<_> = (0..10).map(|_| Box::pin(looks.find("key", look()))).collect();
        for one in &mut later {
            assert!(poll!(one).is_pending(), "the first look is under way");
        }
        found.send(7).unwrap();
        assert_eq!(first.await.unwrap(), 7);
        for told in join_all(later).await {
            assert_eq!(told.unwrap(), 2, "all by one look");
        }
        assert_eq!(looks.find("key", look()).await.unwrap(), 3);
        assert!(looks.all().is_empty(), "nothing is kept of what nobody waits for");
    }

    #[tokio::test]
    async fn who_leaves_holds_nobody_up() {
        let looks = Looks::default();
        {
            let mut left = pin!(looks.find("key", std::future::pending()));
            assert!(poll!(&mut left).is_pending());
            let mut next = pin!(looks.find("key", async { Ok(1) }));
            assert!(poll!(&mut next).is_pending());
        }
        assert!(looks.all().is_empty());
        assert_eq!(looks.find("key", async { Ok(2) }).await.unwrap(), 2);
    }

    #[tokio::test]
    async fn a_look_that_hangs_holds_nobody_up() {
        let looks = Looks::default();
        let mut hangs = pin!(looks.find("key", std::future::pending()));
        assert!(poll!(&mut hangs).is_pending());
        assert_eq!(looks.find("key", async { Ok(1) }).await.unwrap(), 1);
    }

    /// A database that is away is waited for once, not by one caller after the other.
    #[tokio::test]
    async fn a_look_that_fails_fails_for_all_who_wait() {
        let looks = Looks::<u64>::default();
        let (away, wait) = oneshot::channel::<()>();
        let mut first = pin!(looks.find("key", async {
            let _ = wait.await;
            Ok(0)
        }));
        assert!(poll!(&mut first).is_pending());
        let later: Vec<_> = (0..3).map(|_| Box::pin(looks.find("key", async { Err(Error::Busy) }))).collect();
        let mut later = pin!(join_all(later));
        assert!(poll!(&mut later).is_pending());
        away.send(()).unwrap();
        assert_eq!(first.await.unwrap(), 0);
        assert!(later.await.into_iter().all(|told| matches!(told, Err(Error::Busy))));
    }
}
