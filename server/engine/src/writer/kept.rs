//! Productions that run, as the last group left them, so that what is reported of them need not load them again.
//!
//! They are good as long as the wallet has the revision at which they were kept: it rises, under the wallet's lock, with every
//! group that changes a production, whichever process does it. What a group takes from here comes back once it is committed.

use super::{Books, Production, Touch, save::hold_rows};
use crate::Error;
use billing::{
    id::{CustomerId, ProductionName},
    production::Hold,
};
use std::collections::HashMap;

/// Productions and steps that are kept at most, in some 30 MB; beyond that everything is forgotten once.
const MOST: usize = 65_536;

/// What the writer's task remembers between groups.
#[derive(Default)]
pub(super) struct Kept {
    of: HashMap<CustomerId, Running>,
    /// Productions and steps in it.
    size: usize,
}

/// One customer's productions.
#[derive(Default)]
struct Running {
    revision: i64,
    productions: HashMap<ProductionName, Production>,
}

impl Kept {
    /// Whether the step that is named is here, with all that was reported of it.
    pub(super) fn has_step(&self, touch: &Touch) -> bool {
        let has = |production: &Production| {
            touch.step.as_ref().is_some_and(|step| production.steps.contains_key(step))
        };
        self.production(touch).is_some_and(has)
    }

    /// The production that is named.
    pub(super) fn production(&self, touch: &Touch) -> Option<&Production> {
        self.of.get(&touch.customer)?.productions.get(touch.production.as_ref()?)
    }

    /// Forgets what was kept at another revision than the wallet has, and says whether there was such.
    pub(super) fn forget_older(&mut self, wallets: impl Iterator<Item = (CustomerId, i64)>) -> bool {
        let mut forgotten = false;
        for (customer, revision) in wallets {
            if self.of.get(&customer).is_some_and(|running| running.revision != revision) {
                let running = self.of.remove(&customer).unwrap_or_default();
                self.size -= running.productions.values().map(size).sum::<usize>();
                forgotten = true;
            }
        }
        forgotten
    }

    /// Puts the productions that are named into the books.
    pub(super) fn give(
        &mut self,
        touches: &[Touch],
        books: &mut HashMap<CustomerId, Books>,
    ) -> Result<(), Error> {
        for touch in touches {
            let (Some(name), Some(running)) = (&touch.production, self.of.get_mut(&touch.customer)) else {
                continue;
            };
            let Some(books) = books.get_mut(&touch.customer) else { continue };
            let Some(production) = running.productions.remove(name) else { continue };
            self.size -= size(&production);
            let (hold, draws) = hold_rows(books.customer, name, &production)?;
            books
                .origin
                .draws
                .extend(draws.into_iter().map(|draw| ((draw.production.clone(), draw.position), draw)));
            books.origin.holds.insert(hold.production.clone(), hold);
            books.productions.insert(name.clone(), production);
        }
        Ok(())
    }

    /// Keeps the productions of books that are committed, at the revisions that the commit has given their wallets.
    pub(super) fn keep(&mut self, books: impl Iterator<Item = Books>, revisions: &HashMap<CustomerId, i64>) {
        for books in books {
            let revision = revisions.get(&books.customer).copied().unwrap_or(books.origin.revision);
            let open = books
                .productions
                .into_iter()
                .filter(|(_, production)| matches!(production.hold, Hold::Open(_)));
            let running = self.of.entry(books.customer).or_default();
            running.revision = revision;
            for (name, production) in open {
                self.size += size(&production);
                running.productions.insert(name, production);
            }
            if running.productions.is_empty() {
                self.of.remove(&books.customer);
            }
        }
        if self.size > MOST {
            *self = Self::default();
        }
    }
}

fn size(production: &Production) -> usize {
    1 + production.steps.len()
}
