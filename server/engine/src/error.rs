//! What an act can end in, other than well.

use crate::db::{Fault, fault};
use billing::{
    Refusal,
    production::{Conflict, Needed, attempt::BadAttempt},
    team::{KeyAct, NoSeat},
    time::Timestamp,
};
use std::{borrow::Cow, sync::Arc};

/// Why an act was not done. Nothing of it is in the books.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// The gate said no; the refusal was recorded.
    #[error("{}", .0.title())]
    Refused(Box<Refusal>),
    /// There is no such thing in the caller's reach. Another customer's things do not exist either.
    #[error("no such {0}")]
    NotFound(&'static str),
    /// It exists, and the caller's role may not do this with it.
    #[error("not allowed")]
    Forbidden,
    /// The production exists and does not allow it.
    #[error(transparent)]
    Conflict(#[from] Conflict),
    /// The reported attempt cannot belong to the plan.
    #[error(transparent)]
    BadAttempt(#[from] BadAttempt),
    /// A value cannot be worked with; the field is the caller's name of it.
    #[error("{field}: {message}")]
    Invalid {
        /// Which value.
        field: String,
        /// What is wrong with it.
        message: String,
    },
    /// T2: the tier allows no more open accounts.
    #[error("the plan allows {most} open accounts")]
    TooManyAccounts {
        /// How many it allows.
        most: u32,
    },
    /// What was to be put back is no longer what it was left as, or was put back before. Nothing was done.
    #[error("{0}")]
    Stale(&'static str),
    /// T12: the key may not do this.
    #[error("the key may not {}", .0.word())]
    OutOfScope(KeyAct),
    /// I-44: somebody else has changed it since it was shown. The attempt was kept in the audit log.
    #[error("somebody else has changed it meanwhile: {now}")]
    Changed {
        /// What it is now.
        now: String,
    },
    /// K2: what is to be switched cannot be switched alone. Nothing was done.
    #[error(transparent)]
    Needed(Needed),
    /// A customer keeps at least one administrator.
    #[error("the last administrator cannot be removed or given another role")]
    LastAdministrator,
    /// 5.23: every seat is taken.
    #[error(transparent)]
    NoSeat(#[from] NoSeat),
    /// T7: it was tried too often. Nothing was done; trying again later is safe.
    #[error("too many tries")]
    TooManyTries {
        /// After so many seconds one more is free.
        seconds: u64,
    },
    /// T5: too much was bought, or too many cards were declined, in a short time. Nothing was ordered and nothing charged.
    #[error("{0}")]
    TooFast(TooFast),
    /// More acts are waiting than the writer will queue. Nothing was done; asking again later is safe.
    #[error("the gate is busy")]
    Busy,
    /// The payment provider did not answer, or cannot do it now. Whether it was done is not known; asking again is safe, since
    /// it happens once.
    #[error("the payment provider {0}")]
    ProviderAway(&'static str),
    /// The payment provider will not do it, in its own word for why.
    #[error("the payment provider has refused it: {0}")]
    ProviderRefused(String),
    /// A row breaks a rule of the domain: something else than this program wrote it.
    #[error("{table} {row}: {what}")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// Which row.
        row: String,
        /// What is wrong.
        what: Cow<'static, str>,
    },
    /// The database did not answer, or refused.
    #[error("database: {0}")]
    Db(Arc<sea_orm::DbErr>),
    /// The database fell silent while an act was being kept. It is kept whole or not at all; asking the same again is safe,
    /// since what has a name is done once.
    #[error("the database did not say whether it was done: {0}")]
    Unanswered(Arc<sea_orm::DbErr>),
    /// I-25: the disk did not keep what it was told to keep. Nothing more is written until the program is started anew and
    /// reads what is really there.
    #[error("nothing is written any more, because a flush of the disk has failed")]
    Halted,
    /// The machine gave no randomness, or hashing failed.
    #[error("cryptography: {0}")]
    Crypto(String),
}

/// What was counted, and from when on one more is free.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too fast: one more is free from {until}")]
pub struct TooFast {
    /// What there was too much of.
    pub of: Hurry,
    /// From when on one more is free.
    pub until: Timestamp,
}

/// What there can be too much of in a short time. T5.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hurry {
    /// Orders of packs by one customer.
    PacksOfCustomer,
    /// Packs that were paid with the card that the customer has paid with last.
    PacksOfCard,
    /// Orders of packs from one network.
    PacksFrom,
    /// Cards that were declined on pages of one customer.
    DeclinesOfCustomer,
    /// Cards that were declined on pages that were opened from one network.
    DeclinesFrom,
}

impl From<sea_orm::DbErr> for Error {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Db(Arc::new(error))
    }
}

impl Error {
    /// Whether the whole group of acts is worthless: the database failed, or the books in memory may have been changed in
    /// part. All others are answers.
    pub(crate) const fn is_fatal(&self) -> bool {
        matches!(self, Self::Corrupt { .. } | Self::Db(_) | Self::Crypto(_))
    }

    /// Whether the database is to blame and not what was asked: it does not answer, or cannot write now. The same may work
    /// later.
    #[must_use]
    pub fn is_outage(&self) -> bool {
        match self {
            Self::Db(error) => fault(error) != Fault::Statement,
            Self::Unanswered(_) | Self::Halted => true,
            _ => false,
        }
    }

    /// A row that cannot be what it says.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "errors, ids and texts are all handed over as they are"
    )]
    pub(crate) fn corrupt(table: &'static str, row: impl ToString, what: impl ToString) -> Self {
        Self::Corrupt { table, row: row.to_string(), what: Cow::Owned(what.to_string()) }
    }
}
