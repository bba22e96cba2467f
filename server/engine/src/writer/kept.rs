//! Customers' books as the last group left them, so that the next one need not load them again.
//!
//! They are good as long as the wallet has the revision at which they were kept: whatever changes what is kept changes it, under
//! the wallet's lock, whichever process does it. What a group takes from here comes back once it is decided and its rows are made;
//! where it then turns out that they were not written, everything is forgotten.

use super::{Books, Touch, load::All};
use crate::Error;
use billing::{customer::PaymentBlock, id::CustomerId, time::Timestamp};
use std::collections::HashMap;

/// Productions and steps that are kept at most, in some 30 MB; beyond that everything is forgotten once.
const MOST: usize = 65_536;
/// What a customer counts as beside its productions.
const CUSTOMER: usize = 8;

/// What the writer's task remembers between groups.
#[derive(Default)]
pub(super) struct Kept {
    of: HashMap<CustomerId, Books>,
    /// Productions and steps in it, and what customers count as.
    size: usize,
    /// Whether somebody else had changed the books when the last group wanted them that knew any, or what a group under way leaves
    /// behind is not all here: the next group is decided under the locks.
    pub(super) contended: bool,
}

impl Kept {
    /// Forgets what was kept at another revision than the wallet has.
    pub(super) fn forget_older(&mut self, wallets: &[(CustomerId, i64)]) {
        let (mut known, mut older) = (false, false);
        for (customer, revision) in wallets {
            let Some(books) = self.of.get(customer) else { continue };
            known = true;
            if books.origin.revision != *revision {
                older = true;
                self.remove(*customer);
            }
        }
        if known {
            self.contended = older;
        }
    }

    /// Forgets everything: what was decided on it was not written.
    pub(super) fn forget(&mut self) {
        (self.of, self.size) = (HashMap::new(), 0);
    }

    /// Whether acts can be decided while the group before them is being written, of which the tables say nothing yet: what they
    /// need is here, or was not touched by that group.
    pub(super) fn suffices(&self, touches: &[Touch], at: Timestamp) -> bool {
        touches.iter().all(|touch| {
            let knows = |books: &Books| {
                let running = touch.account.filter(|_| touch.asks_gate);
                let running = running.is_none_or(|account| {
                    books.running.get(&account).is_some_and(|running| running.holds_at(at))
                });
                let buys_alone = books.automatic.standing.is_some();
                running && !buys_alone && books.payer.block != Some(PaymentBlock::DisputedDebt)
            };
            touch.paying.is_none() && self.of.get(&touch.customer).is_none_or(knows)
        })
    }

    /// The books that a group touches, as far as they are here, each with the productions that are named.
    pub(super) fn take(&mut self, touches: &[Touch], at: Timestamp) -> Result<All, Error> {
        let mut taken = All::new();
        for touch in touches {
            if let Some(mut books) = self.remove(touch.customer) {
                books.running.retain(|_, running| running.holds_at(at));
                taken.insert(touch.customer, books);
            }
            if let (Some(name), Some(books)) = (&touch.production, taken.get_mut(&touch.customer)) {
                books.name(name)?;
            }
        }
        Ok(taken)
    }

    /// Keeps books that are settled.
    pub(super) fn keep(&mut self, books: impl Iterator<Item = Books>) {
        for books in books {
            self.size += size(&books);
            self.of.insert(books.customer, books);
        }
        if self.size > MOST {
            self.forget();
            self.contended = true;
        }
    }

    fn remove(&mut self, customer: CustomerId) -> Option<Books> {
        let books = self.of.remove(&customer)?;
        self.size -= size(&books);
        Some(books)
    }
}

fn size(books: &Books) -> usize {
    let productions = books.unnamed.values().chain(books.ended.values());
    CUSTOMER + productions.map(|production| 1 + production.steps.len()).sum::<usize>()
}
