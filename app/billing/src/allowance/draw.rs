//! "It's added to your balance and consumed after the monthly allowance." U1: the order in which lots are used up.

use super::grant::{Grant, Source};
use crate::{id::GrantId, time::Timestamp, tokens::Tokens};
use serde::{Deserialize, Serialize};

/// Monthly allowance first, purchased capacity second. What was given stands between: it costs its owner nothing.
pub const DRAW_ORDER: [Source; 6] = [
    Source::Evaluation,
    Source::Allowance,
    Source::Promotion,
    Source::Adjustment,
    Source::TopUp,
    Source::AutoTopUp,
];

/// Tokens taken from one lot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draw {
    /// The lot.
    pub grant: GrantId,
    /// Where the lot comes from.
    pub source: Source,
    /// How many tokens.
    pub tokens: Tokens,
}

/// There are fewer tokens than were asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Short {
    /// How many there are.
    pub available: Tokens,
}

/// The order of lots: by source, then what expires first, then what came first. Bought lots are one class (their buyer
/// does not care which button bought them).
fn rank(grant: &Grant) -> impl Ord + use<> {
    let class = |source: Source| if source == Source::AutoTopUp { Source::TopUp } else { source };
    let place = DRAW_ORDER.iter().position(|source| *source == class(grant.source));
    (place, grant.expires_at.is_none(), grant.expires_at, grant.effective_at, grant.id)
}

/// Puts lots into the order in which they are used up.
pub fn sort(grants: &mut [Grant]) {
    grants.sort_by_cached_key(rank);
}

/// How many tokens can be drawn at this instant.
#[must_use]
pub fn available(grants: &[Grant], at: Timestamp) -> Tokens {
    grants.iter().filter(|grant| grant.is_open(at)).map(|grant| grant.remaining).sum()
}

/// Says which lots give the tokens, in draw order, without taking them; all or nothing. The lots are in draw order.
pub fn draw(grants: &[Grant], tokens: Tokens, at: Timestamp) -> Result<Vec<Draw>, Short> {
    let available = available(grants, at);
    if available < tokens { Err(Short { available }) } else { Ok(draw_up_to(grants, tokens, at)) }
}

/// As [`draw`], but takes what there is where it is not enough.
#[must_use]
pub fn draw_up_to(grants: &[Grant], tokens: Tokens, at: Timestamp) -> Vec<Draw> {
    let mut missing = tokens;
    grants
        .iter()
        .filter(|grant| grant.is_open(at))
        .map(|grant| {
            let taken = grant.remaining.min(missing);
            missing = missing.beyond(taken);
            Draw { grant: grant.id, source: grant.source, tokens: taken }
        })
        .filter(|draw| !draw.tokens.is_zero())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Span;
    use ulid::Ulid;

    fn at() -> Timestamp {
        "2026-10-22T16:40:00Z".parse().unwrap()
    }

    fn tokens(count: i64) -> Tokens {
        Tokens::new(count).unwrap()
    }

    /// A lot of ten tokens, open since yesterday.
    fn lot(number: u128, source: Source, expires_at: Option<Timestamp>) -> Grant {
        Grant::new(
            GrantId::new(Ulid::from_parts(1, number)),
            source,
            tokens(10),
            at().before(Span::days(1)),
            expires_at,
        )
    }

    fn ids(lots: &[Grant]) -> Vec<GrantId> {
        lots.iter().map(|lot| lot.id).collect()
    }

    #[test]
    fn u1_bought_lots_come_last_and_by_what_ends_first_whichever_button_bought_them() {
        let (soon, later) = (at().after(Span::days(1)), at().after(Span::days(2)));
        let ordered = [
            lot(8, Source::Evaluation, None),
            lot(7, Source::Allowance, Some(soon)),
            lot(6, Source::Allowance, Some(later)),
            lot(5, Source::Promotion, None),
            lot(4, Source::Adjustment, None),
            lot(3, Source::AutoTopUp, Some(soon)),
            lot(2, Source::TopUp, Some(later)),
            lot(0, Source::AutoTopUp, None),
            lot(1, Source::TopUp, None),
        ];
        let mut lots = ordered;
        lots.sort_by_key(|lot| lot.id);
        sort(&mut lots);
        assert_eq!(ids(&lots), ids(&ordered));
    }

    #[test]
    fn u1_of_lots_that_end_together_the_older_goes_first() {
        let mut newer = lot(1, Source::TopUp, None);
        newer.effective_at = at();
        let mut lots = [newer, lot(2, Source::TopUp, None)];
        sort(&mut lots);
        assert_eq!(ids(&lots), ids(&[lot(2, Source::TopUp, None), newer]));
    }

    #[test]
    fn a_draw_passes_over_lots_that_have_ended_or_not_begun() {
        let ended = lot(1, Source::Allowance, Some(at()));
        let mut coming = lot(2, Source::Allowance, None);
        coming.effective_at = at().after(Span::micros(1));
        let open = lot(3, Source::TopUp, Some(at().after(Span::micros(1))));
        let lots = [ended, coming, open];
        assert_eq!(available(&lots, at()), tokens(10));
        let draws = draw(&lots, tokens(10), at()).unwrap();
        assert_eq!(draws, [Draw { grant: open.id, source: Source::TopUp, tokens: tokens(10) }]);
    }

    #[test]
    fn a_draw_is_whole_or_says_how_many_there_are() {
        let lots = [lot(1, Source::Allowance, None), lot(2, Source::TopUp, None)];
        let amounts = |draws: &[Draw]| draws.iter().map(|draw| draw.tokens.get()).collect::<Vec<_>>();
        assert_eq!(draw(&lots, tokens(21), at()), Err(Short { available: tokens(20) }));
        assert_eq!(amounts(&draw(&lots, tokens(20), at()).unwrap()), [10, 10]);
        assert_eq!(amounts(&draw(&lots, tokens(10), at()).unwrap()), [10], "no draw of nothing");
        assert_eq!(draw(&lots, Tokens::ZERO, at()), Ok(Vec::new()));
        assert_eq!(amounts(&draw_up_to(&lots, tokens(21), at())), [10, 10]);
    }
}
