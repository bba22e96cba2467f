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

    /// What became of all that a hold took, in draw order, of which so much was charged: captures use one lot up before the next,
    /// and the end gives back what is left. I-8, I-10.
    #[must_use]
    pub fn in_draw_order(
        drawn: impl IntoIterator<Item = (GrantId, Tokens)>,
        charged: Tokens,
        ended: bool,
    ) -> Vec<Self> {
        let mut left = charged;
        let part = |(grant, drawn): (GrantId, Tokens)| {
            let captured = drawn.min(left);
            left = left.beyond(captured);
            let returned = if ended { drawn.beyond(captured) } else { Tokens::ZERO };
            Self { grant, drawn, captured, returned }
        };
        drawn.into_iter().map(part).collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{allowance::Source, money::Currency};
    use ulid::Ulid;

    fn at() -> Timestamp {
        "2026-10-31T23:55:00Z".parse().unwrap()
    }

    fn tokens(count: i64) -> Tokens {
        Tokens::new(count).unwrap()
    }

    /// Admitted five minutes before the month ends, with 30 tokens.
    fn admitted() -> OpenHold {
        let grant = GrantId::new(Ulid::from_parts(1, 1));
        OpenHold {
            stage: Stage::Admitted,
            expires_at: at().after(Stage::Admitted.lease()),
            draws: vec![HoldDraw::of(&Draw { grant, source: Source::Allowance, tokens: tokens(30) })],
            overrun: Tokens::ZERO,
            money: Cost::zero(Currency::Gbp),
            month: at().month(),
        }
    }

    #[test]
    fn s3_a_hold_lives_ten_minutes_then_a_day_then_thirty_while_it_awaits_approval() {
        let mut hold = admitted();
        for (stage, lease) in [
            (Stage::Admitted, Span::minutes(10)),
            (Stage::Producing, Span::hours(24)),
            (Stage::AwaitingApproval, Span::days(30)),
        ] {
            hold.renew(stage, at());
            assert!(!hold.has_lapsed(at().after(lease).before(Span::micros(1))), "{stage:?}");
            assert!(hold.has_lapsed(at().after(lease)), "{stage:?}");
        }
    }

    #[test]
    fn i9_what_was_set_aside_is_charged_or_given_back_and_an_overrun_comes_on_top() {
        let mut hold = admitted();
        (hold.draws[0].captured, hold.overrun) = (tokens(12), tokens(4));
        assert_eq!(hold.outstanding(), tokens(18));
        hold.draws[0].returned = tokens(18);
        assert_eq!(hold.outstanding(), Tokens::ZERO);
        let ended = hold.end(End::Published, at());
        assert_eq!(ended.settlement(), Settlement { captured: tokens(16), released: tokens(18) });
    }

    #[test]
    fn i41_a_hold_counts_in_the_month_that_admitted_it() {
        let month = at().month();
        let mut hold = admitted();
        hold.renew(Stage::Producing, at().after(Span::hours(1)));
        assert_eq!(Hold::Open(hold.clone()).month(), month);
        assert_eq!(Hold::Ended(hold.end(End::Published, at().after(Span::days(1)))).month(), month);
    }

    #[test]
    fn i9_each_end_has_its_status_and_its_answer_to_whoever_comes_after() {
        for (end, status, conflict) in [
            (End::Published, Status::Published, Conflict::AlreadyFinished),
            (End::Failed, Status::Failed, Conflict::AlreadyReleased),
            (End::Cancelled, Status::Cancelled, Conflict::AlreadyReleased),
            (End::Expired, Status::Failed, Conflict::HoldExpired),
        ] {
            assert_eq!(end.conflict(), conflict);
            assert_eq!(Hold::Ended(admitted().end(end, at())).status(), status);
        }
        for (stage, status) in [
            (Stage::Admitted, Status::Admitted),
            (Stage::Producing, Status::Producing),
            (Stage::AwaitingApproval, Status::AwaitingApproval),
        ] {
            assert_eq!(Hold::Open(OpenHold { stage, ..admitted() }).status(), status);
        }
    }
}
