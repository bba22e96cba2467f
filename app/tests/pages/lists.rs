//! The platform's dated lists: what is planned, what was changed, where rates are missing, and where there is nothing.

use crate::{
    html,
    sample::{self, at, reader, tokens},
};
use app::{
    frame::FrameView,
    pnl::{ListsPageView, ListsQuery, PlatformListsContent},
};
use billing::{
    allowance::Tariff,
    money::Currency,
    pnl::{
        Dated, MarkupVersion, PriceUnit, PriceVersion, RateDays, UnitPrices,
        diff::{book_changes, markup_changes, price_changes, tariff_changes, versions},
    },
    production::Kind,
    sample as values,
    team::Role::PlatformAdministrator,
    tier::{PriceBook, Tier},
};
use chrono::NaiveDate;
use engine::pnl::{CurrencyRates, ListsReport, ModelPrices};
use leptos::prelude::*;

const NOW: &str = "2026-11-22T16:40:00Z";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn dated<T>(from: &str, value: T) -> Dated<T> {
    Dated { effective_at: at(&format!("{from}T00:00:00Z")), value }
}

/// A model and the dollars of its versions: from when on, for a million tokens read and written.
fn model(name: &str, prices: &[(&str, i64, i64)]) -> ModelPrices {
    let version = |(version, (from, read, written)): (i64, &(&str, i64, i64))| {
        let prices = [(PriceUnit::OutputToken, *written), (PriceUnit::InputToken, *read)]
            .map(|(unit, dollars)| (unit, dollars * 1_000_000));
        dated(from, PriceVersion { version, currency: Currency::Usd, prices: UnitPrices(prices.to_vec()) })
    };
    let list: Vec<_> = (1..).zip(prices).map(version).collect();
    ModelPrices {
        name: name.to_owned(),
        provider: "Sample provider".to_owned(),
        kind: Kind::Text,
        versions: versions(&list, at(NOW), price_changes),
    }
}

fn tariffs() -> Vec<Dated<Tariff>> {
    let first = values::tariff().unwrap();
    let mut second = Tariff { version: 2, ..first.clone() };
    second.lines.retain(|line| line.kind != Kind::Packaging);
    for line in second.lines.iter_mut().filter(|line| line.kind == Kind::Video) {
        line.tokens = tokens(100);
    }
    vec![dated("2020-01-01", first), dated("2026-12-01", second)]
}

fn books() -> Vec<Dated<PriceBook>> {
    let first = values::price_book().unwrap();
    let mut second = PriceBook { version: 2, ..first.clone() };
    for offer in second.offers.iter_mut().filter(|offer| offer.tier == Tier::Pro) {
        offer.allowance = tokens(300_000);
        offer.monthly.0.insert(Currency::Gbp, 5_100);
        offer.accounts = Some(5);
    }
    second.packs.remove(0);
    vec![Dated { effective_at: at("1970-01-01T00:00:00Z"), value: first }, dated("2027-01-01", second)]
}

fn rates(currency: Currency, gaps: &[(&str, &str)]) -> CurrencyRates {
    let days = RateDays { first: day("2026-10-01"), last: day("2026-11-20"), count: 37 };
    let gaps = gaps.iter().map(|(first, last)| day(first)..=day(last)).collect();
    CurrencyRates { currency, days: Some(days), gaps }
}

fn report() -> ListsReport {
    let markup = |from, version, basis_points| dated(from, MarkupVersion { version, basis_points });
    let markups = [
        markup("2020-01-01", 1, 2_500),
        markup("2026-11-01", 2, 2_000),
        markup("2026-12-01", 3, 2_250),
        markup("2027-02-01", 4, 2_250),
    ];
    ListsReport {
        tariffs: versions(&tariffs(), at(NOW), tariff_changes),
        tariff_labels: [(1, "Sample values".to_owned())].into(),
        models: vec![
            model("scribe", &[("2026-01-01", 3, 15), ("2026-12-05", 2, 15), ("2027-01-01", 1, 10)]),
            model("scribe-small", &[("2026-12-05", 1, 4)]),
            model("unpriced", &[]),
        ],
        markups: versions(&markups, at(NOW), markup_changes),
        price_books: versions(&books(), at(NOW), book_changes),
        rates: vec![
            rates(Currency::Gbp, &[]),
            rates(Currency::Usd, &[("2026-10-09", "2026-10-15"), ("2026-11-22", "2026-11-22")]),
            CurrencyRates {
                currency: Currency::Jpy,
                days: None,
                gaps: vec![day("2026-10-01")..=day("2026-11-22")],
            },
        ],
        rates_from: Some(day("2026-10-01")),
        as_of: at(NOW),
    }
}

fn page(report: &ListsReport, model: Option<&str>, number: Option<&str>) -> ListsPageView {
    let reader = reader(PlatformAdministrator);
    let frame = FrameView::of(&sample::usage(195_000, 4_800, 0), false, &reader);
    let query = ListsQuery { model: model.map(str::to_owned), page: number.map(str::to_owned) };
    ListsPageView::of(report, &query, frame, &reader).unwrap()
}

fn main_of(view: ListsPageView) -> String {
    let html = html(|| view! { <PlatformListsContent view /> });
    html[html.find("<main").unwrap()..html.find("</main>").unwrap()].to_owned()
}

fn words(html: &str) -> String {
    crate::words(html).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn k1_the_lists_say_what_a_later_version_will_change_and_which_rates_are_missing() {
    let html = main_of(page(&report(), None, None));
    let words = words(&html);
    for said in [
        "What changes on 1 Dec 2026",
        "110 a second 100 a second",
        "no charge not listed",
        "US$3.00 US$2.00",
        "no price US$4.00",
        "What has changed on 1 Nov 2026",
        "Markup 25% 20%",
        "What changes on 1 Feb 2027 Nothing: it says what the version before it says.",
        "£49.00 £51.00",
        "no limit 5",
        "Version 1 the start In force",
        "2 gaps, 8 days",
        "9 Oct 2026 – 15 Oct 2026, 7 days",
        "No rate at all",
        "What its calls cost is unknown",
    ] {
        assert!(words.contains(said), "{said}: {words}");
    }
    insta::assert_snapshot!(html);
}

#[test]
fn k1_where_there_is_nothing_it_says_so() {
    let nothing = ListsReport {
        tariffs: Vec::new(),
        tariff_labels: [].into(),
        models: Vec::new(),
        markups: Vec::new(),
        price_books: Vec::new(),
        rates: vec![CurrencyRates { currency: Currency::Gbp, days: None, gaps: Vec::new() }],
        rates_from: None,
        as_of: at(NOW),
    };
    let words = words(&main_of(page(&nothing, None, None)));
    for said in [
        "No tariff is in force: nothing can be admitted.",
        "No model is known yet.",
        "No markup is in force: no cost can be computed.",
        "There is no price book: nothing can be sold.",
        "Nothing is booked yet, so no rate is missing.",
        "Nothing needed",
        "No later version is planned.",
    ] {
        assert!(words.contains(said), "{said}: {words}");
    }
}

#[test]
fn p11_models_come_fifty_a_page_and_are_narrowed_by_name_or_provider() {
    let mut report = report();
    report.models = (0..4_000)
        .map(|number| {
            let later: &[_] = if number < 2 {
                &[("2026-01-01", 1, 1), ("2026-12-01", 2, 1)]
            } else {
                &[("2026-01-01", 1, 1)]
            };
            model(&format!("model/{number:04}&a b"), later)
        })
        .collect();
    let all = page(&report, None, Some("2")).prices;
    assert_eq!((all.list.versions.len(), all.count.as_str()), (50, "4,000 models"));
    let pages = all.pages.unwrap();
    assert_eq!(pages.words, "Versions 51–100 of 4,002");
    assert_eq!(pages.before.as_deref(), Some("/platform/lists?page=1#prices"));
    assert_eq!(all.list.upcoming[0].rows.len(), 2, "what will change stands there in full");
    let some = page(&report, Some(" MODEL/00 "), None).prices;
    assert_eq!((some.count.as_str(), some.model.as_str()), ("100 models of 4,000", "MODEL/00"));
    let next = some.pages.unwrap().after.unwrap();
    assert_eq!(next, "/platform/lists?model=%20MODEL%2F00%20&page=2#prices");
    let last = page(&report, Some("sample prov"), Some("99999")).prices;
    assert_eq!(
        (last.list.versions.len(), last.pages.unwrap().after),
        (2, None),
        "no page is beyond the last"
    );
    let none = page(&report, Some("nobody"), None).prices;
    assert_eq!((none.list.versions.len(), none.list.upcoming.len(), none.pages), (0, 0, None));
    assert!(
        words(&main_of(page(&report, Some("nobody"), None))).contains("No model or provider is called that.")
    );
    let reader = reader(PlatformAdministrator);
    let frame = FrameView::of(&sample::usage(195_000, 4_800, 0), false, &reader);
    let wrong = ListsQuery { model: None, page: Some("0".to_owned()) };
    assert!(ListsPageView::of(&report, &wrong, frame, &reader).is_err());
}
