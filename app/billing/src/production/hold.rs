//! A hold: open, drawn down by captures, then ended exactly once. S2, S3, *Leases*; laws I-8 to I-11.

use super::{admission::Settlement, attempt::Conflict};
use crate::{
    allowance::Draw,
    id::GrantId,
    money::Cost,
    time::{Month, Span, Timestamp},
    tokens::Tokens,
};
use serde::{Deserialize, Serialize};

/// What a hold took from one lot, and what became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HoldDraw {
    /// The lot.
    pub grant: GrantId,
    /// Tokens taken at admission.
    pub drawn: Tokens,
    /// Of those, charged.
    pub captured: Tokens,
    /// Of those, given back or lapsed at the end.
    pub returned: Tokens,
}

impl HoldDraw {
    /// Nothing charged, nothing given back.
    #[must_use]
    pub const fn of(draw: &Draw) -> Self {
        Self { grant: draw.grant, drawn: draw.tokens, captured: Tokens::ZERO, returned: Tokens::ZERO }
    }

    /// Tokens still set aside.
    #[must_use]
    pub const fn outstanding(&self) -> Tokens {
        self.drawn.beyond(self.captured).beyond(self.returned)
    }
}

/// Where a running production stands; it decides how long silence is tolerated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Stage {
    /// Admitted, and not heard of since.
    Admitted,
    /// At work.
    Producing,
    /// Waiting for a person.
    AwaitingApproval,
}

impl Stage {
    /// How long a hold lives without a sign of life.
    #[must_use]
    pub const fn lease(self) -> Span {
        match self {
            Self::Admitted => Span::minutes(10),
            Self::Producing => Span::hours(24),
            Self::AwaitingApproval => Span::days(30),
        }
    }
}

/// How a production ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum End {
    /// It was published.
    Published,
    /// It failed.
    Failed,
    /// Somebody stopped it.
    Cancelled,
    /// Its lease ran out: `PRODUCTION_EXPIRED`.
    Expired,
}

impl End {
    /// What an act on a production that ended like this is told.
    #[must_use]
    pub const fn conflict(self) -> Conflict {
        match self {
            Self::Published => Conflict::AlreadyFinished,
            Self::Failed | Self::Cancelled => Conflict::AlreadyReleased,
            Self::Expired => Conflict::HoldExpired,
        }
    }
}

/// What the pipeline and the pages call the state of a production (S2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Status {
    /// Admitted, and not heard of since.
    Admitted,
    /// At work.
    Producing,
    /// Waiting for a person.
    AwaitingApproval,
    /// Ended well.
    Published,
    /// Ended badly, or by lease.
    Failed,
    /// Stopped.
    Cancelled,
}

/// The tokens and money of one production that runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenHold {
    /// Where it stands.
    pub stage: Stage,
    /// When it lapses unless it is heard of.
    pub expires_at: Timestamp,
    /// What it took from which lot, in draw order.
    pub draws: Vec<HoldDraw>,
    /// Tokens charged beyond what it took: from what was left, or as an overdraft (5.17).
    pub overrun: Tokens,
    /// Money still set aside, in the customer's currency.
    pub money: Cost,
    /// The month whose budget it counts in: that of the admission (5.20).
    pub month: Month,
}

/// A hold that no longer sets anything aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndedHold {
    /// How it ended.
    pub end: End,
    /// When.
    pub ended_at: Timestamp,
    /// What it took from which lot, charged and given back.
    pub draws: Vec<HoldDraw>,
    /// Tokens charged beyond what it took.
    pub overrun: Tokens,
    /// The month whose budget it counted in.
    pub month: Month,
}

/// A hold is open or ended; nothing leads from ended to open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hold {
    /// Sets tokens and money aside.
    Open(OpenHold),
    /// Ended.
    Ended(EndedHold),
}

impl OpenHold {
    /// Tokens set aside and not yet charged.
    #[must_use]
    pub fn outstanding(&self) -> Tokens {
        self.draws.iter().map(HoldDraw::outstanding).sum()
    }

    /// Whether nobody has kept it alive.
    #[must_use]
    pub fn has_lapsed(&self, at: Timestamp) -> bool {
        self.expires_at <= at
    }

    /// A sign of life: the lease starts again, by what the production does now.
    pub fn renew(&mut self, stage: Stage, at: Timestamp) {
        self.stage = stage;
        self.expires_at = at.after(stage.lease());
    }

    /// The one end. What was still set aside must have been given back before.
    #[must_use]
    pub fn end(self, end: End, ended_at: Timestamp) -> EndedHold {
        EndedHold { end, ended_at, draws: self.draws, overrun: self.overrun, month: self.month }
    }
}

impl EndedHold {
    /// Tokens charged and tokens given back, in all.
    #[must_use]
    pub fn settlement(&self) -> Settlement {
        Settlement {
            captured: self.draws.iter().map(|draw| draw.captured).chain([self.overrun]).sum(),
            released: self.draws.iter().map(|draw| draw.returned).sum(),
        }
    }
}

impl Hold {
    /// The state as the pipeline and the pages name it.
    #[must_use]
    pub const fn status(&self) -> Status {
        match self {
            Self::Open(open) => match open.stage {
                Stage::Admitted => Status::Admitted,
                Stage::Producing => Status::Producing,
                Stage::AwaitingApproval => Status::AwaitingApproval,
            },
            Self::Ended(ended) => match ended.end {
                End::Published => Status::Published,
                End::Cancelled => Status::Cancelled,
                End::Failed | End::Expired => Status::Failed,
            },
        }
    }

    /// What it took from which lot.
    #[must_use]
    pub fn draws(&self) -> &[HoldDraw] {
        match self {
            Self::Open(open) => &open.draws,
            Self::Ended(ended) => &ended.draws,
        }
    }

    /// The month whose budget it counts in.
    #[must_use]
    pub const fn month(&self) -> Month {
        match self {
            Self::Open(open) => open.month,
            Self::Ended(ended) => ended.month,
        }
    }
}
