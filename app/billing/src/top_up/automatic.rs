//! Capacity that is bought without asking: the agreement, when it buys, how much it may spend, what stops it. U5, I-35.
//!
//! It buys once fewer tokens are left than was agreed. *Left* is what the gate could still give: the allowance and what was
//! bought, without what running productions hold (5.15), so that it buys before anything is refused for want of capacity.
//!
//! A purchase counts, with tax, in the calendar month (UTC) in which it is paid, and in the one that runs as long as it is
//! not: at most one is in flight, so that no month ever comes to more than was agreed.

use crate::{
    customer::{PaymentBlock, PaymentStanding},
    money::{Money, MoneyError},
    time::{Span, Timestamp},
    tokens::Tokens,
};
use serde::{Deserialize, Serialize};

/// After how long a purchase whose outcome nobody has heard is given up and looked at by people.
pub const GIVEN_UP_AFTER: Span = Span::days(3);
/// How long after a try without an answer the next one is made, round and round: three tries in any 24 hours.
const TRIED_AGAIN_AFTER: [Span; 3] = [Span::minutes(10), Span::hours(1), Span::hours(24)];

/// Whether capacity is bought without asking.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AutoTopUpState {
    /// It is not.
    #[default]
    Off,
    /// It is.
    On,
    /// The card was declined: off until it changes.
    Declined,
    /// The bank asks the owner to confirm: paused until it is turned on again.
    Paused,
}

impl AutoTopUpState {
    /// Whether the last purchase did not go through, so that nothing more is bought.
    #[must_use]
    pub const fn has_failed(self) -> bool {
        matches!(self, Self::Declined | Self::Paused)
    }
}

/// Why an agreement has ended. Only a new one begins again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum EndReason {
    /// Somebody has turned it off.
    TurnedOff,
    /// Somebody has agreed to something else.
    Replaced,
    /// The card was declined.
    Declined,
    /// Another payment has failed: 5.33.
    Overdue,
    /// A payment was disputed: I4.
    Disputed,
    /// The plan has ended: 5.21.
    PlanEnded,
    /// The pack is no longer sold.
    NotSold,
    /// It would cost more than was agreed.
    DearerThanAgreed,
    /// For days nobody has heard whether a purchase was paid.
    Unanswered,
}

impl EndReason {
    /// The state that an agreement is left in.
    #[must_use]
    pub const fn leaves(self) -> AutoTopUpState {
        match self {
            Self::Declined => AutoTopUpState::Declined,
            _ => AutoTopUpState::Off,
        }
    }
}

/// Where a purchase has got to. The first two are in flight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PurchaseState {
    /// It waits to be charged, or for the answer.
    Waiting,
    /// Its owner has to confirm it.
    NeedsOwner,
    /// The money is there, and the tokens were granted.
    Paid,
    /// The card was declined.
    Declined,
    /// It was not paid in time, or was given up.
    Expired,
}

impl PurchaseState {
    /// Whether it may still come to be paid.
    #[must_use]
    pub const fn is_in_flight(self) -> bool {
        matches!(self, Self::Waiting | Self::NeedsOwner)
    }
}

/// To what somebody agrees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// It buys once fewer tokens than this are left.
    pub below: Tokens,
    /// How many it buys: a pack.
    pub buys: Tokens,
    /// The most that it may spend in a calendar month, tax included.
    pub cap: Money,
}

/// Why nobody can agree to this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TermsError {
    /// It would never buy.
    #[error("it would never buy: say at how many tokens it does")]
    NeverBuys,
    /// The cap has no room for one purchase.
    #[error("the cap has no room for one purchase")]
    CapTooSmall,
    /// The amounts are of two currencies, or too large to count with.
    #[error("these amounts cannot be counted with")]
    OutOfRange,
}

impl Terms {
    /// What this month can still come to, where one purchase comes to `once` and so much is spent or in flight: as many
    /// purchases as the cap has room for.
    pub fn worst_case(&self, once: Money, spent: Money) -> Result<Money, MoneyError> {
        let room = self.cap.minus(spent)?;
        self.cap.minus(once)?; // of the same currency
        let packs = room.minor().max(0).checked_div(once.minor()).unwrap_or_default();
        let minor = packs.checked_mul(once.minor()).ok_or(crate::tokens::OutOfRange)?;
        Ok(Money::new(minor, once.currency()))
    }

    /// Whether they can be agreed to, where one purchase comes to `once`.
    pub fn check(&self, once: Money) -> Result<(), TermsError> {
        if self.below.is_zero() {
            return Err(TermsError::NeverBuys);
        }
        let room = self.cap.minus(once).map_err(|_| TermsError::OutOfRange)?;
        if room.minor() < 0 || once.minor() <= 0 {
            return Err(TermsError::CapTooSmall);
        }
        Ok(())
    }
}

/// What was agreed, and how it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AutoTopUp {
    /// Whether it is at work.
    pub state: AutoTopUpState,
    /// It buys once fewer tokens than this are left.
    pub below: Tokens,
    /// How many it buys.
    pub buys: Tokens,
    /// What one purchase came to when it was agreed, tax included: it never costs more.
    pub once: Money,
    /// The most that it may spend in a calendar month, tax included.
    pub cap: Money,
    /// What it has spent this month, tax included, with the purchase in flight.
    pub spent: Money,
}

impl AutoTopUp {
    /// To what was agreed.
    #[must_use]
    pub const fn terms(&self) -> Terms {
        Terms { below: self.below, buys: self.buys, cap: self.cap }
    }

    /// What the banner goes by: as long as this month's cap has no room, nothing is bought without asking, and it prompts. B2.
    #[must_use]
    pub fn as_the_banner_has_it(&self) -> AutoTopUpState {
        match self.state {
            AutoTopUpState::On if self.cap_is_reached() => AutoTopUpState::Off,
            state => state,
        }
    }

    /// Whether this month's cap has no room for another purchase.
    #[must_use]
    pub fn cap_is_reached(&self) -> bool {
        exceeds(self.spent, self.once, self.cap)
    }
}

/// What a decision to buy depends on beside the agreement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Situation {
    /// What the gate could still give.
    pub left: Tokens,
    /// Whether a purchase is in flight.
    pub in_flight: bool,
    /// What one purchase would come to now, tax included; none where the pack is not sold, or nobody knows the tax.
    pub price: Option<Money>,
    /// Whether what is due has been paid.
    pub standing: PaymentStanding,
    /// Whether the plan has ended, so that what is bought would rest.
    pub plan_ended: bool,
}

/// What follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing.
    Rest,
    /// One pack is bought, for this.
    Buy(Money),
    /// One would be due, and the month's cap has no room for it.
    CapReached,
    /// It stops.
    Stop(EndReason),
}

/// Decides. Stopping comes first: whoever has not paid buys nothing, whatever is left.
#[must_use]
pub fn verdict(agreed: &AutoTopUp, now: &Situation) -> Verdict {
    if agreed.state != AutoTopUpState::On {
        return Verdict::Rest;
    }
    match now.standing {
        PaymentStanding::Blocked(PaymentBlock::DisputedDebt) => return Verdict::Stop(EndReason::Disputed),
        PaymentStanding::Blocked(PaymentBlock::PastGrace) | PaymentStanding::InGrace { .. } => {
            return Verdict::Stop(EndReason::Overdue);
        }
        PaymentStanding::Paid => {}
    }
    if now.plan_ended {
        return Verdict::Stop(EndReason::PlanEnded);
    }
    if now.in_flight || now.left >= agreed.below {
        return Verdict::Rest;
    }
    match now.price {
        None => Verdict::Stop(EndReason::NotSold),
        Some(price) if price.currency() != agreed.once.currency() || price.minor() > agreed.once.minor() => {
            Verdict::Stop(EndReason::DearerThanAgreed)
        }
        Some(price) if exceeds(agreed.spent, price, agreed.cap) => Verdict::CapReached,
        Some(price) => Verdict::Buy(price),
    }
}

/// Whether one more purchase would come to more than the cap; also where they cannot be added.
fn exceeds(spent: Money, price: Money, cap: Money) -> bool {
    spent.plus(price).and_then(|sum| cap.minus(sum)).map_or(true, |room| room.minor() < 0)
}

/// When a purchase that was tried so many times without an answer is tried again.
#[must_use]
pub fn next_try(tried_at: Timestamp, tries: usize) -> Timestamp {
    let place = tries.saturating_sub(1).checked_rem(TRIED_AGAIN_AFTER.len()).unwrap_or_default();
    let [first, second, third] = TRIED_AGAIN_AFTER;
    tried_at.after(match place {
        0 => first,
        1 => second,
        _ => third,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;
    use proptest::prelude::*;

    fn tokens(count: i64) -> Tokens {
        Tokens::new(count).unwrap()
    }

    fn gbp(minor: i64) -> Money {
        Money::new(minor, Currency::Gbp)
    }

    fn agreed(state: AutoTopUpState, spent: i64) -> AutoTopUp {
        let (below, buys) = (tokens(10_000), tokens(50_000));
        AutoTopUp { state, below, buys, once: gbp(2_160), cap: gbp(6_500), spent: gbp(spent) }
    }

    fn now(left: i64) -> Situation {
        Situation {
            left: tokens(left),
            in_flight: false,
            price: Some(gbp(2_160)),
            standing: PaymentStanding::Paid,
            plan_ended: false,
        }
    }

    #[test]
    fn u5_it_buys_once_fewer_tokens_are_left_than_was_agreed() {
        let on = agreed(AutoTopUpState::On, 0);
        assert_eq!(verdict(&on, &now(10_000)), Verdict::Rest);
        assert_eq!(verdict(&on, &now(9_999)), Verdict::Buy(gbp(2_160)));
        assert_eq!(verdict(&on, &Situation { in_flight: true, ..now(0) }), Verdict::Rest);
        for state in [AutoTopUpState::Off, AutoTopUpState::Declined, AutoTopUpState::Paused] {
            assert_eq!(verdict(&agreed(state, 0), &now(0)), Verdict::Rest, "{state:?}");
        }
    }

    #[test]
    fn u5_what_was_agreed_is_never_exceeded() {
        let at = |spent, price| {
            verdict(&agreed(AutoTopUpState::On, spent), &Situation { price: Some(price), ..now(0) })
        };
        assert_eq!(at(4_340, gbp(2_160)), Verdict::Buy(gbp(2_160)), "equal is allowed");
        assert_eq!(at(4_341, gbp(2_160)), Verdict::CapReached);
        assert_eq!(at(0, gbp(2_161)), Verdict::Stop(EndReason::DearerThanAgreed));
        assert_eq!(at(0, gbp(2_000)), Verdict::Buy(gbp(2_000)), "cheaper is as agreed");
        assert_eq!(at(0, Money::new(2_000, Currency::Usd)), Verdict::Stop(EndReason::DearerThanAgreed));
    }

    #[test]
    fn i35_whoever_has_not_paid_or_has_no_plan_buys_nothing() {
        let on = agreed(AutoTopUpState::On, 0);
        let until = "2026-11-29T00:00:00Z".parse().unwrap();
        for (now, reason) in [
            (Situation { standing: PaymentStanding::InGrace { until }, ..now(99_999) }, EndReason::Overdue),
            (
                Situation { standing: PaymentStanding::Blocked(PaymentBlock::PastGrace), ..now(0) },
                EndReason::Overdue,
            ),
            (
                Situation { standing: PaymentStanding::Blocked(PaymentBlock::DisputedDebt), ..now(0) },
                EndReason::Disputed,
            ),
            (Situation { plan_ended: true, ..now(99_999) }, EndReason::PlanEnded),
            (Situation { price: None, ..now(0) }, EndReason::NotSold),
        ] {
            assert_eq!(verdict(&on, &now), Verdict::Stop(reason));
        }
        assert_eq!(EndReason::Declined.leaves(), AutoTopUpState::Declined);
        assert_eq!(EndReason::Overdue.leaves(), AutoTopUpState::Off);
    }

    #[test]
    fn u5_the_worst_case_is_what_the_cap_has_room_for() {
        let terms = agreed(AutoTopUpState::On, 0).terms();
        let worst = |spent| terms.worst_case(gbp(2_160), gbp(spent)).unwrap().to_string();
        assert_eq!(worst(0), "64.80", "three of 21.60 in 65.00");
        assert_eq!(worst(2_160), "43.20");
        assert_eq!((worst(4_341), worst(9_000)), ("0.00".to_owned(), "0.00".to_owned()));
        assert!(terms.worst_case(Money::new(1, Currency::Jpy), gbp(0)).is_err());
        assert_eq!(terms.check(gbp(6_500)), Ok(()));
        assert_eq!(terms.check(gbp(6_501)), Err(TermsError::CapTooSmall));
        assert_eq!(terms.check(Money::new(1, Currency::Jpy)), Err(TermsError::OutOfRange));
        assert_eq!(Terms { below: Tokens::ZERO, ..terms }.check(gbp(1)), Err(TermsError::NeverBuys));
    }

    proptest! {
        /// I-35: over any history of what is left, of failures, of months and of prices, no month is paid more than the cap,
        /// nor more than the worst case that was said at its beginning.
        #[test]
        fn i35_no_month_comes_to_more_than_its_cap(
            cap in 0_i64..20_000,
            once in 1_i64..5_000,
            events in prop::collection::vec((0_i64..20_000, 0_u8..6, 1_i64..6_000, any::<bool>()), 1..200),
        ) {
            let mut agreed = AutoTopUp { once: gbp(once), cap: gbp(cap), ..agreed(AutoTopUpState::On, 0) };
            let worst = agreed.terms().worst_case(gbp(once), gbp(0)).unwrap();
            let mut in_flight: Option<Money> = None;
            let (mut paid, mut as_said) = (gbp(0), true);
            for (left, event, price, month_ends) in events {
                if month_ends && event == 5 {
                    agreed.spent = in_flight.unwrap_or(gbp(0));
                    (paid, as_said) = (gbp(0), agreed.spent.minor() == 0);
                }
                match (event, in_flight) {
                    (0 | 1, Some(amount)) => {
                        paid = paid.plus(amount).unwrap();
                        in_flight = None;
                    }
                    (2, Some(amount)) => {
                        agreed.spent = agreed.spent.minus(amount).unwrap();
                        in_flight = None;
                    }
                    _ => {}
                }
                let price = gbp(if event == 4 { price } else { once });
                as_said &= price.minor() >= once;
                let now = Situation { in_flight: in_flight.is_some(), price: Some(price), ..now(left) };
                if let Verdict::Buy(amount) = verdict(&agreed, &now) {
                    prop_assert!(left < 10_000 && in_flight.is_none() && amount.minor() <= once);
                    agreed.spent = agreed.spent.plus(amount).unwrap();
                    in_flight = Some(amount);
                }
                prop_assert!(paid.minor() <= cap);
                prop_assert!(agreed.spent.minor() <= cap);
                prop_assert!(!as_said || agreed.spent.minor() <= worst.minor());
            }
        }

        /// I-35: whenever it is tried, there are never more than three tries in any 24 hours.
        #[test]
        fn i35_three_tries_a_day(late in prop::collection::vec(0_i64..7_200_000_000, 30)) {
            let start: Timestamp = "2026-11-22T16:40:00Z".parse().unwrap();
            let mut tried = vec![start];
            for (tries, late) in (1..).zip(late) {
                let last = *tried.last().unwrap();
                tried.push(next_try(last, tries).after(Span::micros(late)));
            }
            for window in tried.windows(4) {
                prop_assert!(window[3] >= window[0].after(Span::hours(24)), "{window:?}");
            }
        }
    }
}
