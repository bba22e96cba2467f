//! The rows of a group, ready to be written: under the wallets' locks, or without them if nothing has changed meanwhile.

use crate::{
    Error,
    db::{
        entity::wallet,
        rows::{Changes, Guarded},
    },
};

/// Whether a wallet still has the revision that a row of it follows.
const STILL: &str = "coalesce(wallet.revision, 0) = excluded.follows";

/// What the decisions have changed, ready to be written.
pub(in crate::writer) struct Saved {
    /// What is only ever added, and refers to nothing that a group before this one may still be writing: it can be written
    /// before the wallets' locks are there.
    pub(super) journals: Changes,
    /// Everything else but the wallets.
    pub(super) rest: Changes,
    /// The wallets of all books, whether they change or not.
    pub(super) wallets: Vec<wallet::Model>,
}

impl Saved {
    /// Everything at once, for whoever has the wallets' locks.
    pub(in crate::writer) fn under_locks(self) -> Changes {
        let Self { journals, mut rest, mut wallets } = self;
        wallets.retain(|row| row.revision != row.follows);
        rest.upsert::<wallet::Entity>(&wallets);
        journals.and(rest)
    }

    /// Everything, if the wallets still have the revisions that this was decided on.
    pub(in crate::writer) fn if_still(self) -> Result<Guarded, Error> {
        self.journals.and(self.rest).only_if::<wallet::Entity>(&self.wallets, STILL)
    }

    /// Journals apart from everything else, which is written only if the wallets still have those revisions.
    pub(in crate::writer) fn apart(self) -> Result<(Changes, Guarded), Error> {
        Ok((self.journals, self.rest.only_if::<wallet::Entity>(&self.wallets, STILL)?))
    }
}
