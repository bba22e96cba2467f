//! What a version of a list changes, line by line. Lists are dated and never edited, so what a later version will change can
//! be looked at before it holds. P9, P11, C1.

use super::catalog::{Dated, MarkupVersion, PriceVersion};
use crate::{
    allowance::{Tariff, TariffLine, tariff::Unit},
    money::{Currency, Money},
    pnl::PriceUnit,
    production::{Priority, quantity::Kind},
    tier::{Offer, PriceBook, Tier, price_book::Prices},
    time::Timestamp,
    tokens::Tokens,
};
use std::collections::{BTreeMap, BTreeSet};

/// A line that is not what it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed<L, V> {
    /// Which line.
    pub line: L,
    /// What it was; none where there was no such line.
    pub before: Option<V>,
    /// What it is from then on; none where there is no such line any more.
    pub after: Option<V>,
}

/// Whether a version holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// A later one has taken its place.
    Past,
    /// It holds.
    InForce,
    /// It will hold.
    Upcoming,
}

/// A version of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version<T, C> {
    /// From when on it holds.
    pub effective_at: Timestamp,
    /// What it says.
    pub value: T,
    /// Whether it holds.
    pub standing: Standing,
    /// What of the version before it changes. Of the first one everything, as long as it is still to come; once it holds,
    /// there is nothing that it differs from.
    pub changes: Vec<C>,
}

/// A change of a tariff: the kind of call, what is counted, its price in tokens.
pub type TariffChange = Changed<(Kind, Unit), TariffLine>;
/// A change of a model's prices.
pub type PriceChange = Changed<PriceUnit, UnitPrice>;
/// A change of the markup, in hundredths of a per cent.
pub type MarkupChange = Changed<(), i64>;
/// A change of the price book.
pub type BookChange = Changed<BookLine, BookValue>;

/// What a provider charges for one unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnitPrice {
    /// In pico-units of the currency.
    pub pico: i64,
    /// What the provider bills in.
    pub currency: Currency,
}

/// A line of the price book, in the order in which it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BookLine {
    /// Of a tier.
    Tier(Tier, TierLine),
    /// A pack of so many tokens in this currency.
    Pack(Tokens, Currency),
    /// The tokens of the free evaluation.
    EvaluationTokens,
    /// The days of the free evaluation.
    EvaluationDays,
    /// What stands beside the prices.
    Label,
}

/// What the price book says of a tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TierLine {
    /// Tokens of a cycle, for each seat.
    Allowance,
    /// A seat for a month.
    Monthly(Currency),
    /// A seat for twelve months, paid ahead.
    Annual(Currency),
    /// How many accounts may be open.
    Accounts,
    /// The fewest seats.
    SeatsFrom,
    /// Whether more seats can be bought.
    BySeat,
    /// Whether a customer may choose it by itself.
    SelfServe,
    /// The most tokens of one production.
    LargestProduction,
    /// Productions of an account at once.
    Concurrency,
    /// How productions are queued.
    Priority,
}

/// What a line of the price book says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BookValue {
    /// So many tokens.
    Tokens(Tokens),
    /// So many of what the line counts.
    Count(i64),
    /// There is no limit.
    Unlimited,
    /// An amount, net of tax.
    Price(Money),
    /// Yes or no.
    Flag(bool),
    /// A class of the queue.
    Priority(Priority),
    /// A text.
    Text(String),
}

/// Every version of a list, oldest first, with what it changes of the one before.
#[must_use]
pub fn versions<T: Clone, C>(
    list: &[Dated<T>],
    at: Timestamp,
    changes: impl Fn(Option<&T>, &T) -> Vec<C>,
) -> Vec<Version<T, C>> {
    let in_force = list.iter().rposition(|dated| dated.effective_at <= at);
    let mut before = None;
    let version = |(place, dated): (usize, &Dated<T>)| {
        let standing = match in_force {
            Some(holds) if place < holds => Standing::Past,
            Some(holds) if place == holds => Standing::InForce,
            _ => Standing::Upcoming,
        };
        let (value, one_before) = (dated.value.clone(), before.replace(dated.value.clone()));
        let is_compared = one_before.is_some() || standing == Standing::Upcoming;
        let changes = if is_compared { changes(one_before.as_ref(), &value) } else { Vec::new() };
        Version { effective_at: dated.effective_at, value, standing, changes }
    };
    list.iter().enumerate().map(version).collect()
}

/// What a tariff changes.
#[must_use]
pub fn tariff_changes(before: Option<&Tariff>, after: &Tariff) -> Vec<TariffChange> {
    let lines = |tariff: &Tariff| tariff.lines.iter().map(|line| ((line.kind, line.unit), *line)).collect();
    changed(&before.map(lines).unwrap_or_default(), &lines(after))
}

/// What a provider's new prices of a model change. In another currency every price is another.
#[must_use]
pub fn price_changes(before: Option<&PriceVersion>, after: &PriceVersion) -> Vec<PriceChange> {
    let lines = |of: &PriceVersion| {
        let currency = of.currency;
        of.prices.0.iter().map(|(unit, pico)| (*unit, UnitPrice { pico: *pico, currency })).collect()
    };
    changed(&before.map(lines).unwrap_or_default(), &lines(after))
}

/// What a markup changes.
#[must_use]
pub fn markup_changes(before: Option<&MarkupVersion>, after: &MarkupVersion) -> Vec<MarkupChange> {
    let line = |markup: &MarkupVersion| BTreeMap::from([((), markup.basis_points)]);
    changed(&before.map(line).unwrap_or_default(), &line(after))
}

/// What a price book changes.
#[must_use]
pub fn book_changes(before: Option<&PriceBook>, after: &PriceBook) -> Vec<BookChange> {
    changed(&before.map(book_lines).unwrap_or_default(), &book_lines(after))
}

/// The lines that are not the same in both.
fn changed<L: Ord + Clone, V: PartialEq + Clone>(
    before: &BTreeMap<L, V>,
    after: &BTreeMap<L, V>,
) -> Vec<Changed<L, V>> {
    let lines: BTreeSet<&L> = before.keys().chain(after.keys()).collect();
    let change = |line: &L| {
        let (before, after) = (before.get(line), after.get(line));
        (before != after).then(|| Changed {
            line: line.clone(),
            before: before.cloned(),
            after: after.cloned(),
        })
    };
    lines.into_iter().filter_map(change).collect()
}

fn book_lines(book: &PriceBook) -> BTreeMap<BookLine, BookValue> {
    let tiers = book.offers.iter().flat_map(|offer| {
        tier_lines(offer).into_iter().map(|(line, value)| (BookLine::Tier(offer.tier, line), value))
    });
    let packs = book.packs.iter().flat_map(|pack| {
        prices(&pack.prices).map(|(currency, price)| (BookLine::Pack(pack.tokens, currency), price))
    });
    let rest = [
        (BookLine::EvaluationTokens, BookValue::Tokens(book.evaluation.tokens)),
        (BookLine::EvaluationDays, BookValue::Count(book.evaluation.days.into())),
        (BookLine::Label, BookValue::Text(book.label.clone())),
    ];
    tiers.chain(packs).chain(rest).collect()
}

fn tier_lines(offer: &Offer) -> Vec<(TierLine, BookValue)> {
    let or_unlimited = |value: Option<BookValue>| value.unwrap_or(BookValue::Unlimited);
    let terms = &offer.terms;
    let mut lines = vec![
        (TierLine::Allowance, BookValue::Tokens(offer.allowance)),
        (TierLine::Accounts, or_unlimited(offer.accounts.map(|most| BookValue::Count(most.into())))),
        (TierLine::SeatsFrom, BookValue::Count(offer.seats_from.into())),
        (TierLine::BySeat, BookValue::Flag(offer.by_seat)),
        (TierLine::SelfServe, BookValue::Flag(offer.self_serve)),
        (TierLine::LargestProduction, or_unlimited(terms.largest_production.map(BookValue::Tokens))),
        (TierLine::Concurrency, or_unlimited(terms.concurrency.map(BookValue::Count))),
        (TierLine::Priority, BookValue::Priority(terms.priority)),
    ];
    lines.extend(prices(&offer.monthly).map(|(currency, price)| (TierLine::Monthly(currency), price)));
    lines.extend(prices(&offer.annual).map(|(currency, price)| (TierLine::Annual(currency), price)));
    lines
}

fn prices(prices: &Prices) -> impl Iterator<Item = (Currency, BookValue)> {
    prices.0.iter().map(|(currency, minor)| (*currency, BookValue::Price(Money::new(*minor, *currency))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{pnl::UnitPrices, sample};

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn price(version: i64, currency: Currency, prices: &[(PriceUnit, i64)]) -> PriceVersion {
        PriceVersion { version, currency, prices: UnitPrices(prices.to_vec()) }
    }

    #[test]
    fn p9_a_version_is_past_in_force_or_upcoming_and_says_what_it_changes() {
        let list = [("2026-01-01", 2_500), ("2026-10-01", 2_000), ("2026-12-01", 2_000), ("2027-01-01", 0)];
        let list: Vec<Dated<MarkupVersion>> = (1..)
            .zip(list)
            .map(|(version, (day, basis_points))| Dated {
                effective_at: at(&format!("{day}T00:00:00Z")),
                value: MarkupVersion { version, basis_points },
            })
            .collect();
        let seen = |now: &str| -> Vec<_> {
            versions(&list, at(now), markup_changes)
                .into_iter()
                .map(|version| (version.standing, version.changes))
                .collect()
        };
        let from = |before: Option<i64>, after| vec![Changed { line: (), before, after: Some(after) }];
        assert_eq!(
            seen("2026-12-01T00:00:00Z"),
            [
                (Standing::Past, vec![]),
                (Standing::Past, from(Some(2_500), 2_000)),
                (Standing::InForce, vec![]),
                (Standing::Upcoming, from(Some(2_000), 0)),
            ]
        );
        let early = seen("2025-12-31T23:59:59Z");
        assert_eq!(early[0], (Standing::Upcoming, from(None, 2_500)), "the first is new as a whole");
        assert_eq!(seen("2026-01-01T00:00:00Z")[0], (Standing::InForce, vec![]));
        assert!(
            versions::<MarkupVersion, MarkupChange>(&[], at("2026-01-01T00:00:00Z"), markup_changes)
                .is_empty()
        );
    }

    #[test]
    fn a1_a_tariff_names_the_lines_that_change_come_and_go() {
        let old = sample::tariff().unwrap();
        assert_eq!(tariff_changes(Some(&old), &old), []);
        let mut new = old.clone();
        new.lines.reverse();
        assert_eq!(tariff_changes(Some(&old), &new), [], "in whatever order");
        let place = |kind| old.lines.iter().position(|line| line.kind == kind).unwrap();
        new = old.clone();
        new.lines[place(Kind::Video)].tokens = Tokens::new(100).unwrap();
        let music = new.lines.remove(place(Kind::Music));
        let second = TariffLine { unit: Unit::Image, ..music };
        new.lines.push(second);
        let video = old.lines[place(Kind::Video)];
        assert_eq!(
            tariff_changes(Some(&old), &new),
            [
                Changed { line: (Kind::Music, Unit::Image), before: None, after: Some(second) },
                Changed { line: (Kind::Music, Unit::Second), before: Some(music), after: None },
                Changed {
                    line: (Kind::Video, Unit::Second),
                    before: Some(video),
                    after: Some(TariffLine { tokens: Tokens::new(100).unwrap(), ..video }),
                },
            ]
        );
        assert_eq!(tariff_changes(None, &old).len(), old.lines.len());
    }

    #[test]
    fn p11_a_price_changes_by_its_unit_and_all_of_them_with_the_currency() {
        let (read, written) = (PriceUnit::InputToken, PriceUnit::OutputToken);
        let old = price(1, Currency::Usd, &[(written, 4), (read, 1)]);
        let dollars = |pico| Some(UnitPrice { pico, currency: Currency::Usd });
        let dearer = price(2, Currency::Usd, &[(read, 1), (written, 5)]);
        assert_eq!(
            price_changes(Some(&old), &dearer),
            [Changed { line: written, before: dollars(4), after: dollars(5) }]
        );
        let fewer = price(2, Currency::Usd, &[(read, 1)]);
        assert_eq!(
            price_changes(Some(&old), &fewer),
            [Changed { line: written, before: dollars(4), after: None }]
        );
        let euros = price(2, Currency::Eur, &[(read, 1), (written, 4)]);
        let changes = price_changes(Some(&old), &euros);
        assert_eq!(changes.iter().map(|change| change.line).collect::<Vec<_>>(), [read, written]);
        assert_eq!(changes[0].before, dollars(1));
    }

    #[test]
    fn c1_a_price_book_names_every_line_that_changes() {
        let old = sample::price_book().unwrap();
        assert_eq!(book_changes(Some(&old), &PriceBook { version: 9, ..old.clone() }), []);
        let mut new = old.clone();
        let pro = new.offers.iter().position(|offer| offer.tier == Tier::Pro).unwrap();
        let offer = &mut new.offers[pro];
        offer.allowance = Tokens::new(300_000).unwrap();
        offer.accounts = Some(5);
        offer.monthly.0.insert(Currency::Gbp, 5_100);
        offer.annual.0.remove(&Currency::Jpy);
        offer.terms.concurrency = None;
        let pack = new.packs.remove(0);
        new.evaluation.days = 30;
        "Prices from a contract.".clone_into(&mut new.label);
        let pro = |line| BookLine::Tier(Tier::Pro, line);
        let pounds = |minor| Some(BookValue::Price(Money::new(minor, Currency::Gbp)));
        let tokens = |count| Some(BookValue::Tokens(Tokens::new(count).unwrap()));
        let changes = book_changes(Some(&old), &new);
        let expected = [
            (pro(TierLine::Allowance), tokens(250_000), tokens(300_000)),
            (pro(TierLine::Monthly(Currency::Gbp)), pounds(4_900), pounds(5_100)),
            (
                pro(TierLine::Annual(Currency::Jpy)),
                Some(BookValue::Price(Money::new(90_780, Currency::Jpy))),
                None,
            ),
            (pro(TierLine::Accounts), Some(BookValue::Unlimited), Some(BookValue::Count(5))),
            (pro(TierLine::Concurrency), Some(BookValue::Count(10)), Some(BookValue::Unlimited)),
        ];
        for (change, (line, before, after)) in changes.iter().zip(expected) {
            assert_eq!(*change, Changed { line, before, after });
        }
        let rest: Vec<BookLine> = changes.iter().skip(5).map(|change| change.line).collect();
        let packs = Currency::ALL.map(|currency| BookLine::Pack(pack.tokens, currency));
        assert_eq!(rest[..6], packs, "a pack that is sold no more");
        assert_eq!(rest[6..], [BookLine::EvaluationDays, BookLine::Label]);
    }
}
