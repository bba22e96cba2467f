//! What an account's monthly limit is set to: where new productions stop, every month or in one only, and where somebody
//! is told before that.

use crate::{
    money::{Cost, Money},
    time::Month,
};
use serde::{Deserialize, Serialize};

/// The limits of an account, a customer or a key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// *Stop new productions at*, in every month; none never stops.
    pub stop_at: Option<Money>,
    /// 5.7: another limit for one month; in every other month it says nothing.
    pub in_month: Option<(Month, Money)>,
    /// *Tell me at*, of what is spent.
    pub tell_at: Option<Money>,
}

/// What somebody changes of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitChange {
    /// From now on, in every month: what was set for this month alone is over.
    StopAt(Option<Money>),
    /// In this month only; the next goes by the limit of every month again.
    StopThisMonthAt(Money),
    /// As before, and only upwards: a limit that is as high already, or that there is none, stays as it is. Asking twice,
    /// or after somebody else has raised it further, changes nothing.
    RaiseThisMonthTo(Money),
    /// Where to tell.
    TellAt(Option<Money>),
}

/// Which of the amounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LimitKind {
    /// *Stop new productions at*, every month.
    StopAt,
    /// *Stop new productions at*, in one month.
    StopThisMonthAt,
    /// *Tell me at*.
    TellAt,
}

/// One amount that was changed: what held before, and what has held since. None is no limit, or nobody told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitMove {
    /// Which amount.
    pub kind: LimitKind,
    /// What held before.
    pub before: Option<Money>,
    /// What has held since.
    pub after: Option<Money>,
}

impl LimitChange {
    /// The amount that it sets, if it sets one.
    #[must_use]
    pub const fn amount(self) -> Option<Money> {
        match self {
            Self::StopAt(amount) | Self::TellAt(amount) => amount,
            Self::StopThisMonthAt(amount) | Self::RaiseThisMonthTo(amount) => Some(amount),
        }
    }
}

impl Limits {
    /// The limit in a month; none where nothing stops.
    #[must_use]
    pub fn stop_at(&self, month: Month) -> Option<Money> {
        match self.in_month {
            Some((of, limit)) if of == month => Some(limit),
            _ => self.stop_at,
        }
    }

    /// Whether this much spent is worth telling.
    #[must_use]
    pub fn tells(&self, spent: Cost) -> bool {
        self.tell_at.and_then(|at| at.to_cost().ok()).is_some_and(|at| {
            at.currency() == spent.currency() && at.micros() > 0 && spent.micros() >= at.micros()
        })
    }

    /// The limits after a change that is made in this month.
    #[must_use]
    pub fn changed(self, change: LimitChange, month: Month) -> Self {
        match change {
            LimitChange::StopAt(stop_at) => Self { stop_at, in_month: None, ..self },
            LimitChange::StopThisMonthAt(limit) => Self { in_month: Some((month, limit)), ..self },
            LimitChange::RaiseThisMonthTo(limit) => match self.stop_at(month) {
                Some(now) if now.minor() < limit.minor() => Self { in_month: Some((month, limit)), ..self },
                _ => self,
            },
            LimitChange::TellAt(tell_at) => Self { tell_at, ..self },
        }
    }

    /// The limits after several changes, one after the other.
    #[must_use]
    pub fn after(self, changes: &[LimitChange], month: Month) -> Self {
        changes.iter().fold(self, |limits, change| limits.changed(*change, month))
    }

    /// What holds in a month, for logs and for whoever was second: `new productions stop at GBP 500.00, somebody is told at GBP
    /// 400.00`.
    #[must_use]
    pub fn words(&self, month: Month) -> String {
        let amount = |amount: Money| format!("{} {amount}", amount.currency());
        let stop = match (self.in_month.filter(|(of, _)| *of == month), self.stop_at) {
            (Some((_, limit)), _) => format!("new productions stop at {} in {month}", amount(limit)),
            (None, Some(limit)) => format!("new productions stop at {}", amount(limit)),
            (None, None) => "no limit".to_owned(),
        };
        match self.tell_at {
            Some(tell_at) => format!("{stop}, somebody is told at {}", amount(tell_at)),
            None => stop,
        }
    }

    /// What a change that was made in this month has moved, amount by amount.
    #[must_use]
    pub fn moved(&self, after: &Self, month: Month) -> Vec<LimitMove> {
        let alone = |limits: &Self| limits.in_month.filter(|(of, _)| *of == month);
        // Of the month alone nothing has moved where only the limit of every month has.
        let of_month = |limits: &Self| limits.stop_at(month).filter(|_| alone(self) != alone(after));
        let amounts = [
            (LimitKind::StopAt, self.stop_at, after.stop_at),
            (LimitKind::StopThisMonthAt, of_month(self), of_month(after)),
            (LimitKind::TellAt, self.tell_at, after.tell_at),
        ];
        let moved = amounts.into_iter().filter(|(_, before, after)| before != after);
        moved.map(|(kind, before, after)| LimitMove { kind, before, after }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    fn pounds(pounds: i64) -> Money {
        Money::new(pounds * 100, Currency::Gbp)
    }

    #[test]
    fn g3_this_months_limit_is_this_months_alone() {
        let [october, november]: [Month; 2] = ["2026-10", "2026-11"].map(|month| month.parse().unwrap());
        let limits = Limits { stop_at: Some(pounds(300)), ..Limits::default() };
        let raised = limits.changed(LimitChange::StopThisMonthAt(pounds(330)), october);
        assert_eq!(
            (raised.stop_at(october), raised.stop_at(november)),
            (Some(pounds(330)), Some(pounds(300)))
        );
        let for_good = raised.changed(LimitChange::StopAt(None), october);
        assert_eq!((for_good.stop_at(october), for_good.stop_at(november)), (None, None));
        let told = raised.changed(LimitChange::TellAt(Some(pounds(200))), october);
        assert_eq!((told.stop_at(october), told.tell_at), (Some(pounds(330)), Some(pounds(200))));
    }

    #[test]
    fn g3_raising_goes_upwards_only() {
        let october = "2026-10".parse().unwrap();
        let limits = Limits { stop_at: Some(pounds(300)), ..Limits::default() };
        let raise = |limits: Limits, to| limits.changed(LimitChange::RaiseThisMonthTo(pounds(to)), october);
        let raised = raise(limits, 330);
        assert_eq!((raised.in_month, raised.stop_at), (Some((october, pounds(330))), Some(pounds(300))));
        assert_eq!(
            [raise(raised, 330), raise(raised, 310)],
            [raised; 2],
            "twice, or less than somebody else"
        );
        assert_eq!(raise(Limits::default(), 330), Limits::default(), "no limit is not turned into one");
    }

    #[test]
    fn n1_what_a_change_has_moved() {
        let [october, september]: [Month; 2] = ["2026-10", "2026-09"].map(|month| month.parse().unwrap());
        let moves = |before: Limits, changes: &[LimitChange]| {
            let after = changes.iter().fold(before, |limits, change| limits.changed(*change, october));
            let moved = before.moved(&after, october).into_iter();
            moved.map(|moved| (moved.kind, moved.before, moved.after)).collect::<Vec<_>>()
        };
        let limits = Limits { stop_at: Some(pounds(300)), ..Limits::default() };
        let [once, always] = [LimitChange::RaiseThisMonthTo(pounds(330)), LimitChange::StopAt(None)];
        let raise = (LimitKind::StopThisMonthAt, Some(pounds(300)), Some(pounds(330)));
        assert_eq!(moves(limits, &[once, LimitChange::TellAt(None)]), [raise]);
        let stale = Limits { in_month: Some((september, pounds(900))), ..limits };
        assert_eq!(moves(stale, &[once]), [raise], "what was set for another month is over");
        let raised = Limits { in_month: Some((october, pounds(330))), ..limits };
        let both = [
            (LimitKind::StopAt, Some(pounds(300)), None),
            (LimitKind::StopThisMonthAt, Some(pounds(330)), None),
        ];
        assert_eq!(moves(raised, &[always]), both);
        assert_eq!(moves(limits, &[always]), both[..1]);
        let told = LimitChange::TellAt(Some(pounds(200)));
        assert_eq!(moves(limits, &[told, told]), [(LimitKind::TellAt, None, Some(pounds(200)))]);
    }

    #[test]
    fn b3_somebody_is_told_when_what_is_spent_reaches_the_amount() {
        let limits = Limits { tell_at: Some(pounds(400)), ..Limits::default() };
        let spent = |micros| Cost::new(micros, Currency::Gbp);
        assert!(!limits.tells(spent(399_999_999)) && limits.tells(spent(400_000_000)));
        assert!(!limits.tells(Cost::new(400_000_000, Currency::Jpy)), "another currency says nothing");
        assert!(
            !Limits::default().tells(spent(1))
                && !Limits { tell_at: Some(pounds(0)), ..limits }.tells(spent(1))
        );
    }

    #[test]
    fn a_change_names_its_amount() {
        assert_eq!(LimitChange::StopAt(None).amount(), None);
        assert_eq!(LimitChange::StopThisMonthAt(pounds(1)).amount(), Some(pounds(1)));
        assert_eq!(LimitChange::TellAt(Some(pounds(2))).amount(), Some(pounds(2)));
    }
}
