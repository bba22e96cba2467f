//! What an account's monthly limit is set to: where new productions stop, every month or in one only, and where somebody
//! is told before that.

use crate::{
    money::{Cost, Money},
    time::Month,
};

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
    /// Where to tell.
    TellAt(Option<Money>),
}

impl LimitChange {
    /// The amount that it sets, if it sets one.
    #[must_use]
    pub const fn amount(self) -> Option<Money> {
        match self {
            Self::StopAt(amount) | Self::TellAt(amount) => amount,
            Self::StopThisMonthAt(amount) => Some(amount),
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
    pub const fn changed(self, change: LimitChange, month: Month) -> Self {
        match change {
            LimitChange::StopAt(stop_at) => Self { stop_at, in_month: None, ..self },
            LimitChange::StopThisMonthAt(limit) => Self { in_month: Some((month, limit)), ..self },
            LimitChange::TellAt(tell_at) => Self { tell_at, ..self },
        }
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
