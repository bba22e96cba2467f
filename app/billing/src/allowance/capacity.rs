//! What is left, in one value: the banner, the page and `GET /capacity` all show it. B5: allowance and bought capacity
//! stand apart.

use super::grant::Grant;
use crate::{time::Timestamp, tokens::Tokens};
use serde::{Deserialize, Serialize};

/// The allowance of the cycle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Allowance {
    /// Tokens granted.
    pub granted: Tokens,
    /// Tokens charged for steps that succeeded.
    pub used: Tokens,
    /// Tokens that running productions hold.
    pub held: Tokens,
    /// Tokens free.
    pub left: Tokens,
    /// When the allowance ends and the next begins; none without an allowance.
    pub refreshes_at: Option<Timestamp>,
}

/// What was bought, or given on top of the allowance; and what is still held of an allowance that has ended (5.20).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Extra {
    /// Tokens free.
    pub left: Tokens,
    /// Tokens that running productions hold.
    pub held: Tokens,
}

/// A customer's capacity at one instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Capacity {
    /// This cycle's allowance.
    pub allowance: Allowance,
    /// Capacity beyond the allowance, used after it.
    pub extra: Extra,
    /// Tokens owed: taken first from the next grant.
    pub overdrawn: Tokens,
    /// The instant that all of this is true of.
    pub as_of: Timestamp,
}

impl Capacity {
    /// The capacity that these lots are at this instant.
    #[must_use]
    pub fn of(grants: &[Grant], overdrawn: Tokens, as_of: Timestamp) -> Self {
        let (mut allowance, mut extra) = (Allowance::default(), Extra::default());
        for grant in grants {
            let open = grant.is_open(as_of);
            if open && grant.source.is_allowance() {
                allowance.granted = [allowance.granted, grant.amount].into_iter().sum();
                allowance.used = [allowance.used, grant.used()].into_iter().sum();
                allowance.held = [allowance.held, grant.held].into_iter().sum();
                allowance.left = [allowance.left, grant.remaining].into_iter().sum();
                allowance.refreshes_at = allowance.refreshes_at.max(grant.expires_at);
            } else {
                extra.held = [extra.held, grant.held].into_iter().sum();
                extra.left =
                    [extra.left, if open { grant.remaining } else { Tokens::ZERO }].into_iter().sum();
            }
        }
        Self { allowance, extra, overdrawn, as_of }
    }

    /// All tokens that a new production could draw.
    #[must_use]
    pub fn left(&self) -> Tokens {
        [self.allowance.left, self.extra.left].into_iter().sum()
    }

    /// All tokens that running productions hold.
    #[must_use]
    pub fn held(&self) -> Tokens {
        [self.allowance.held, self.extra.held].into_iter().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{allowance::Source, id::GrantId, time::Span};
    use ulid::Ulid;

    fn at() -> Timestamp {
        "2026-10-22T16:40:00Z".parse().unwrap()
    }

    fn tokens(count: i64) -> Tokens {
        Tokens::new(count).unwrap()
    }

    /// A lot of 100 of which 20 are held and 50 remain.
    fn lot(source: Source, days: i32) -> Grant {
        let (id, until) = (GrantId::new(Ulid::from_parts(1, 1)), at().after(Span::days(days)));
        let whole = Grant::new(id, source, tokens(100), at().before(Span::days(30)), Some(until));
        Grant { remaining: tokens(50), held: tokens(20), ..whole }
    }

    #[test]
    fn b5_allowance_and_what_is_beside_it_stand_apart() {
        let lots = [
            lot(Source::Allowance, 9),
            lot(Source::TopUp, 99),
            lot(Source::AutoTopUp, 9),
            lot(Source::Promotion, 9),
        ];
        let capacity = Capacity::of(&lots, tokens(3), at());
        let refreshes_at = Some(at().after(Span::days(9)));
        let (granted, used, held, left) = (tokens(100), tokens(30), tokens(20), tokens(50));
        assert_eq!(capacity.allowance, Allowance { granted, used, held, left, refreshes_at });
        assert_eq!(capacity.extra, Extra { left: tokens(150), held: tokens(60) });
        assert_eq!(
            (capacity.left(), capacity.held(), capacity.overdrawn),
            (tokens(200), tokens(80), tokens(3))
        );
    }

    #[test]
    fn a4_an_upgrade_adds_to_the_allowance_and_the_last_lot_says_when_it_refreshes() {
        let capacity =
            Capacity::of(&[lot(Source::Allowance, 9), lot(Source::Allowance, 8)], Tokens::ZERO, at());
        assert_eq!((capacity.allowance.granted, capacity.allowance.used), (tokens(200), tokens(60)));
        assert_eq!(capacity.allowance.refreshes_at, Some(at().after(Span::days(9))));
    }

    #[test]
    fn a5_a_lot_that_has_ended_or_not_begun_is_no_capacity() {
        let mut coming = lot(Source::Allowance, 40);
        coming.effective_at = at().after(Span::micros(1));
        let capacity = Capacity::of(&[lot(Source::Allowance, 0), coming], Tokens::ZERO, at());
        assert_eq!((capacity.allowance, capacity.left()), (Allowance::default(), Tokens::ZERO));
    }
}
