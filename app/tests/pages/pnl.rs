//! The P&L of a customer, an account, some accounts and the platform: complete, incomplete, empty, and with raw cost.

use crate::{
    html,
    sample::{self, at, reader, tokens},
};
use app::{
    format::Format,
    frame::FrameView,
    pnl::{Asked, Calendar, PnlContent, PnlPageQuery, PnlPageView, Statement, Whose},
};
use billing::{
    money::{Cost, Currency},
    pnl::{Failed, Lens, Pnl, Unpriced},
    production::Kind,
    team::Role::{self, AccountOperator, CustomerAdministrator, FinanceViewer, PlatformAdministrator},
};
use chrono::NaiveDate;
use engine::pnl::{PnlLine, PnlReport, Position};
use leptos::prelude::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn micros(pence: i64) -> Cost {
    Cost::new(pence * 10_000, Currency::Gbp)
}

/// Pence of subscription, top-ups and cost with markup; calls, and how many of them have no known cost.
fn pnl(subscription: i64, top_ups: i64, charged: i64, calls: i64, unknown: i64) -> Pnl {
    Pnl {
        subscription: micros(subscription),
        top_ups: micros(top_ups),
        invoiced: micros(subscription + top_ups),
        charged: micros(charged),
        tokens: tokens(charged * 10),
        calls,
        unknown,
        ..Pnl::nothing(Currency::Gbp, Lens::CustomerFacing)
    }
}

/// The same for who sees what the markup is added to: a quarter.
fn with_raw(pnl: &Pnl) -> Pnl {
    let raw = |charged: Cost| Some(Cost::new(charged.micros() * 4 / 5, Currency::Gbp));
    let failed = Failed { raw: raw(pnl.failed.charged), ..pnl.failed };
    Pnl { raw: raw(pnl.charged), failed, ..*pnl }
}

/// The same, of which so many calls failed for so many pence, some of them at an unknown cost.
fn with_failed(pnl: &Pnl, calls: i64, unknown: i64, charged: i64) -> Pnl {
    Pnl { failed: Failed { calls, unknown, charged: micros(charged), raw: None }, ..*pnl }
}

fn sum<'a>(of: impl IntoIterator<Item = &'a Pnl>, lens: Lens) -> Pnl {
    of.into_iter().fold(Pnl::nothing(Currency::Gbp, lens), |sum, pnl| sum.plus(pnl).unwrap())
}

fn line(key: &str, name: Option<&str>, kind: Option<Kind>, pnl: Pnl) -> PnlLine {
    PnlLine { key: key.to_owned(), name: name.map(str::to_owned), stage: None, kind, pnl }
}

/// Two days of three accounts.
fn accounts() -> Vec<PnlLine> {
    let of = |name: &str, pnl| line(&sample::account_id(name).to_string(), Some(name), None, pnl);
    vec![
        of("Tech in Ten", pnl(2_000, 400, 1_200, 40, 0)),
        of("Slow Kitchen", pnl(1_000, 0, 300, 12, 0)),
        of("Night Sky Daily", pnl(500, 0, 700, 8, 0)),
    ]
}

/// A statement of these lines; the first day has all but the last line.
fn statement(query: &PnlPageQuery, whose: Whose, lines: Vec<PnlLine>, lens: Lens) -> Statement {
    let calendar =
        Calendar { today: day("2026-11-22"), cycle_from: day("2026-11-21"), last_from: day("2026-10-21") };
    let asked = Asked::of(query, whose, calendar).unwrap();
    let pnls: Vec<Pnl> = lines.iter().map(|line| line.pnl).collect();
    let (last, first) = pnls.split_last().map_or((None, &[][..]), |(last, first)| (Some(*last), first));
    let (first, last) = (sum(first, lens), sum(last.as_ref(), lens));
    let report = PnlReport {
        currency: Currency::Gbp,
        lens,
        total: sum(&pnls, lens),
        before: Pnl::nothing(Currency::Gbp, lens),
        series: vec![(day("2026-11-21"), first), (day("2026-11-22"), last)],
        lines,
        position: None,
        unpriced: Vec::new(),
        gaps: Vec::new(),
        as_of: at("2026-11-22T16:40:00Z"),
    };
    let accounts = ["Tech in Ten", "Slow Kitchen"].map(|name| sample::account(name, 0, 0, None)).to_vec();
    Statement { asked, report, today: Some(last), production: None, accounts }
}

fn page(statement: &Statement, role: Role) -> PnlPageView {
    let reader = reader(role);
    let frame = FrameView::of(&sample::usage(195_000, 4_800, 0), false, &reader);
    PnlPageView::of(statement, frame, &reader).unwrap()
}

/// The page's own part, without what is drawn.
fn main_of(statement: &Statement, role: Role) -> String {
    let view = page(statement, role);
    let html = html(|| view! { <PnlContent view /> });
    let main = &html[html.find("<main").unwrap()..html.find("</main>").unwrap()];
    let pictures =
        main.split("<svg viewBox=").enumerate().map(|(number, part)| match part.split_once("</svg>") {
            Some((_, rest)) if number > 0 => format!("<svg>…</svg>{rest}"),
            _ => part.to_owned(),
        });
    pictures.collect()
}

fn words(html: &str) -> String {
    crate::words(html).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether these words are said, wherever an element begins or ends among them.
fn says(words: &str, said: &str) -> bool {
    let squeezed = |text: &str| text.split_whitespace().collect::<String>();
    squeezed(words).contains(&squeezed(said))
}

fn asked(parts: &[(&str, &str)]) -> PnlPageQuery {
    PnlPageQuery::of(|name| {
        parts.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    })
}

#[test]
fn p1_the_customers_pnl_rolls_up_its_accounts_and_leads_down() {
    let mut statement = statement(&asked(&[]), Whose::Customer, accounts(), Lens::CustomerFacing);
    statement.report.before = pnl(3_500, 0, 2_000, 50, 0);
    statement.report.position = Some(Position {
        invoiced: micros(10_000),
        recognised: micros(6_000),
        breakage: micros(500),
        deferred: micros(3_500),
    });
    let html = main_of(&statement, CustomerAdministrator);
    let words = words(&html);
    for said in [
        "Customer P&amp;L",
        "AI cost, customer-facing",
        "up 11.4% from £35.00",
        "up 10.0% from £20.00",
        "up from 42.9%",
        "all of 60 calls",
        "all revenue of days that have passed is final; today’s £5.00 is not yet",
        "Deferred £35.00",
        "Invoiced, less credited £100.00",
    ] {
        assert!(words.contains(said), "{said}: {words}");
    }
    let tech = sample::account_id("Tech in Ten");
    assert!(html.contains(&format!("href=\"/pnl?account={tech}\"")), "it leads to the account");
    for secret in ["raw", "Markup", "Customer-facing<"] {
        assert!(!html.contains(secret), "a customer is sent {secret}");
    }
    insta::assert_snapshot!(html);
}

#[test]
fn p1_an_account_leads_to_its_productions_and_stays_in_the_range() {
    let tech = sample::account_id("Tech in Ten").to_string();
    let query = asked(&[("account", &tech), ("range", "30"), ("sort", "name"), ("basis", "invoiced")]);
    let lines = vec![
        line("sample-3", Some("Chip wars, ep. 10"), None, pnl(1_500, 400, 900, 30, 0)),
        line("", None, None, pnl(500, 0, 300, 10, 0)),
    ];
    let statement = statement(&query, Whose::Customer, lines, Lens::CustomerFacing);
    let html = main_of(&statement, CustomerAdministrator);
    let kept = format!("account={tech}&amp;production=sample-3&amp;basis=invoiced");
    assert!(html.contains(&format!("href=\"/pnl?range=30&amp;{kept}\"")), "{html}");
    assert!(html.contains("outside=true") && words(&html).contains("Account P&amp;L · Tech in Ten"));
    let places = ["Chip wars", "Outside productions"].map(|name| html.find(&format!(">{name}")));
    assert!(places[0] < places[1], "sorted by name");
    insta::assert_snapshot!(html);
}

#[test]
fn p2_a_production_leads_to_its_receipt() {
    let query = asked(&[("production", "sample-3")]);
    let lines = vec![
        line("10", None, Some(Kind::Video), pnl(900, 100, 700, 6, 0)),
        line("", None, Some(Kind::Text), pnl(100, 0, 20, 4, 0)),
    ];
    let mut statement = statement(&query, Whose::Customer, lines, Lens::CustomerFacing);
    statement.production = Some("Chip wars, ep. 10".to_owned());
    let html = main_of(&statement, CustomerAdministrator);
    let words = words(&html);
    assert!(
        words.contains("Production P&amp;L · Chip wars, ep. 10") && says(&words, "Video composition Video")
    );
    assert!(html.contains("href=\"/productions/sample-3\"") && html.contains("name=\"production\""));
    assert!(!html.contains("name=\"account\""), "a production belongs to its account");
}

#[test]
fn p2_a_step_leads_to_the_productions_that_it_cost_most_in() {
    let tech = sample::account_id("Tech in Ten").to_string();
    let video = || line("10", None, Some(Kind::Video), with_failed(&pnl(900, 100, 700, 6, 0), 2, 0, 120));
    let steps = asked(&[("account", &tech), ("range", "last"), ("by", "step")]);
    let html = main_of(
        &statement(&steps, Whose::Customer, vec![video()], Lens::CustomerFacing),
        CustomerAdministrator,
    );
    let below = format!("/pnl?range=last&amp;account={tech}&amp;stage=10&amp;kind=video");
    assert!(html.contains(&format!("href=\"{below}\"")), "{html}");

    let step = asked(&[("account", &tech), ("range", "last"), ("stage", "10"), ("kind", "video")]);
    let lines = vec![line("sample-3", Some("Chip wars, ep. 10"), None, video().pnl)];
    let narrowed = statement(&step, Whose::Customer, lines, Lens::CustomerFacing);
    let html = main_of(&narrowed, CustomerAdministrator);
    let words = words(&html);
    for said in [
        "Customer P&amp;L Tech in Ten Steps Video composition",
        "Step P&amp;L · Video composition",
        "Only the step Video composition Show all steps",
        "£1.20 2 calls",
        "Of it, £1.20 went to 2 failed attempts, which take no tokens.",
    ] {
        assert!(says(&words, said), "{said}: {words}");
    }
    for address in [
        format!("href=\"/pnl?range=last&amp;account={tech}\""),
        format!("href=\"/pnl?range=last&amp;account={tech}&amp;by=step\""),
        format!("{below}&amp;production=sample-3").replace(
            "&amp;stage=10&amp;kind=video&amp;production=sample-3",
            "&amp;production=sample-3&amp;stage=10&amp;kind=video",
        ),
        below.replace("/pnl?", "/pnl.csv?"),
        "name=\"stage\"".to_owned(),
    ] {
        assert!(html.contains(&address), "{address}: {html}");
    }
    assert!(!html.contains("by=step&amp;stage"), "a step has no steps");
    let none = asked(&[("stage", "none"), ("kind", "text")]);
    let none = statement(&none, Whose::Customer, Vec::new(), Lens::CustomerFacing);
    assert!(crate::words(&main_of(&none, CustomerAdministrator)).contains("Step P&amp;L · Text"));
}

#[test]
fn p2_an_account_is_shown_by_production_and_step() {
    let tech = sample::account_id("Tech in Ten").to_string();
    let both = asked(&[("account", &tech), ("range", "last"), ("by", "production-step")]);
    let of = |key: &str, name, stage: &str, kind| PnlLine {
        stage: Some(stage.to_owned()),
        ..line(key, name, Some(kind), pnl(900, 100, 700, 6, 0))
    };
    let lines =
        vec![of("sample-3", Some("Chip wars, ep. 10"), "10", Kind::Video), of("", None, "", Kind::Text)];
    let html =
        main_of(&statement(&both, Whose::Customer, lines, Lens::CustomerFacing), CustomerAdministrator);
    let words = words(&html);
    for said in
        ["Chip wars, ep. 10 · Video composition", "Outside productions · Text", "By production and step"]
    {
        assert!(says(&words, said), "{said}: {words}");
    }
    let query = format!("?range=last&amp;account={tech}");
    for address in [
        format!("href=\"/pnl{query}&amp;production=sample-3&amp;stage=10&amp;kind=video\""),
        format!("href=\"/pnl{query}&amp;outside=true&amp;stage=none&amp;kind=text\""),
        format!("href=\"/pnl.csv{query}&amp;by=production-step\""),
    ] {
        assert!(html.contains(&address), "{address}: {html}");
    }
}

#[test]
fn reading_5_18_what_failed_attempts_cost_is_no_zero_where_nobody_knows_it() {
    let mut lines = accounts();
    lines[0].pnl = with_failed(&lines[0].pnl, 3, 1, 40);
    lines[1].pnl = with_failed(&lines[1].pnl, 2, 2, 0);
    let statement = statement(&asked(&[("sort", "-failed")]), Whose::Customer, lines, Lens::CustomerFacing);
    let said = words(&main_of(&statement, CustomerAdministrator));
    for said_of in ["£0.40 3 calls, 1 unknown", "– 2 calls, 2 unknown", "of 3 the cost is not known"] {
        assert!(says(&said, said_of), "{said_of}: {said}");
    }
    let sheet = statement.sheet(Format::plain()).unwrap();
    let of = |name: &str| sheet.columns.iter().position(|column| *column == name).unwrap();
    let cells: Vec<_> = sheet
        .rows
        .iter()
        .map(|row| [&row[0], &row[of("ai_cost_failed")], &row[of("calls_failed")]])
        .collect();
    assert_eq!(
        cells,
        [["Tech in Ten", "0.40", "3"], ["Night Sky Daily", "0.00", "0"], ["Slow Kitchen", "", "2"]]
    );
}

#[test]
fn reading_5_26_where_revenue_stands_is_said_in_what_is_billed() {
    let mut statement =
        statement(&asked(&[("currency", "GBP")]), Whose::Customer, accounts(), Lens::CustomerFacing);
    let yen = |yen: i64| Cost::new(yen * 1_000_000, Currency::Jpy);
    let (invoiced, recognised, breakage, deferred) = (yen(9_000), yen(6_000), yen(0), yen(3_000));
    statement.report.position = Some(Position { invoiced, recognised, breakage, deferred });
    let words = words(&main_of(&statement, CustomerAdministrator));
    for said in ["Deferred JP¥3,000", "In JPY, as it is billed: what is deferred is a balance"] {
        assert!(words.contains(said), "{said}: {words}");
    }
}

#[test]
fn p6_a_margin_is_incomplete_and_never_a_number_where_a_cost_is_unknown() {
    let mut lines = accounts();
    lines[1].pnl = pnl(1_000, 0, 0, 3, 3);
    lines[2].pnl.unknown = 2;
    let mut statement =
        statement(&asked(&[("sort", "-margin")]), Whose::Customer, lines, Lens::CustomerFacing);
    statement.report.unpriced = vec![(Unpriced::NoPrice, 3), (Unpriced::NoModel, 2)];
    let html = main_of(&statement, CustomerAdministrator);
    let words = words(&html);
    for said in [
        "Incomplete 5 calls of unknown cost",
        "without 5 calls of unknown cost",
        "all but 5 of 51 calls",
        "3 calls: the model has no price",
        "The margin is incomplete and not in the picture: 5 calls of unknown cost.",
    ] {
        assert!(words.contains(said), "{said}: {words}");
    }
    assert!(words.contains("90.1%"), "rounded down: {words}");
    insta::assert_snapshot!(html);
    let sheet = statement.sheet(Format::plain()).unwrap();
    let lines: Vec<String> = sheet.rows.iter().map(|row| row.join(",")).collect();
    assert!(sheet.rows.iter().all(|row| row.len() == sheet.columns.len()));
    insta::assert_snapshot!(
        "p6_the_same_as_a_table",
        format!("{}\n{}", sheet.columns.join(","), lines.join("\n"))
    );
}

#[test]
fn c2_a_month_without_a_rate_is_said_and_is_no_zero() {
    let mut lines = accounts();
    lines[1].pnl = Pnl { untranslated: true, calls: 3, unknown: 3, ..pnl(0, 0, 0, 3, 3) };
    let mut statement = statement(&asked(&[]), Whose::Customer, lines, Lens::CustomerFacing);
    statement.report.gaps = vec![(Currency::Usd, "2026-11".parse().unwrap())];
    let words = words(&main_of(&statement, CustomerAdministrator));
    for said in
        ["a month has no exchange rate", "USD has no exchange rate for November 2026", "Slow Kitchen – –"]
    {
        assert!(words.contains(said), "{said}: {words}");
    }
}

#[test]
fn reading_5_12_finance_sees_raw_cost_markup_and_the_margin_on_raw() {
    let mut lines = accounts();
    for line in &mut lines {
        line.pnl = with_raw(&line.pnl);
    }
    let statement = statement(&asked(&[]), Whose::Customer, lines, Lens::Raw);
    let html = main_of(&statement, FinanceViewer);
    let words = words(&html);
    for said in ["AI cost, raw £17.60", "Margin £21.40", "Markup £4.40", "£22.00 customer-facing"] {
        assert!(words.contains(said), "{said}: {words}");
    }
    insta::assert_snapshot!(html);
    let sheet = statement.sheet(Format::plain()).unwrap();
    assert!(
        ["ai_cost_raw", "ai_cost_customer_facing", "markup"].iter().all(|name| sheet.columns.contains(name))
    );
    assert!(sheet.rows.iter().all(|row| row.len() == sheet.columns.len()));
}

#[test]
fn reading_5_28_an_operator_sees_the_accounts_in_reach_and_their_totals() {
    let mut lines = accounts();
    lines.truncate(2);
    let statement = statement(&asked(&[]), Whose::Accounts, lines, Lens::CustomerFacing);
    let html = main_of(&statement, AccountOperator);
    let words = words(&html);
    assert!(words.contains("Accounts P&amp;L") && !words.contains("Customer P&amp;L"));
    assert!(!html.contains("Night Sky Daily") && !words.contains("Deferred"));
    insta::assert_snapshot!(html);
}

#[test]
fn p3_the_platforms_pnl_is_by_customer_in_calendar_months() {
    let lines = vec![line("cus_1", Some("Northlight Films"), None, with_raw(&pnl(2_000, 0, 1_000, 4, 0)))];
    let statement = statement(&asked(&[]), Whose::Platform, lines, Lens::Raw);
    let html = main_of(&statement, PlatformAdministrator);
    let words = words(&html);
    for said in ["Platform P&amp;L", "All customers", "This month", "By customer", "Northlight Films"] {
        assert!(words.contains(said), "{said}: {words}");
    }
    assert!(html.contains("/pnl/platform.csv") && !html.contains("id=\"account\""));
}

#[test]
fn where_nothing_happened_it_says_so() {
    let statement = statement(&asked(&[]), Whose::Customer, Vec::new(), Lens::CustomerFacing);
    let html = main_of(&statement, CustomerAdministrator);
    let words = words(&html);
    for said in
        ["Nothing was earned and no call was made in this range.", "no call was made", "nothing before"]
    {
        assert!(words.contains(said), "{said}: {words}");
    }
    assert!(!html.contains("<figure"), "there is nothing to draw");
    insta::assert_snapshot!(html);
}

#[test]
fn lines_come_fifty_a_page() {
    let lines: Vec<PnlLine> = (0..120)
        .map(|number| line(&format!("sample-{number}"), None, None, pnl(0, 0, number, 1, 0)))
        .collect();
    let query = asked(&[("by", "production"), ("page", "2")]);
    let view =
        page(&statement(&query, Whose::Customer, lines.clone(), Lens::CustomerFacing), CustomerAdministrator);
    let pages = view.table.pages.unwrap();
    assert_eq!((view.table.rows.len(), pages.words.as_str()), (50, "Lines 51–100 of 120"));
    assert_eq!(pages.before.as_deref(), Some("/pnl?by=production"));
    assert_eq!(pages.after.as_deref(), Some("/pnl?by=production&page=3"));
    assert_eq!(view.csv, "/pnl.csv?by=production");
    let beyond = asked(&[("by", "production"), ("page", "99999")]);
    let last = page(
        &statement(&beyond, Whose::Customer, lines.clone(), Lens::CustomerFacing),
        CustomerAdministrator,
    );
    let pages = last.table.pages.unwrap();
    assert_eq!((last.table.rows.len(), pages.words.as_str()), (20, "Lines 101–120 of 120"));
    assert_eq!((pages.before.as_deref(), pages.after), (Some("/pnl?by=production&page=2"), None));
    let whole =
        statement(&query, Whose::Customer, lines, Lens::CustomerFacing).sheet(Format::plain()).unwrap();
    assert_eq!(whole.rows.len(), 120, "a program is given all of them");
}

#[test]
fn what_the_address_says_and_nothing_knows_is_said() {
    let calendar =
        Calendar { today: day("2026-11-22"), cycle_from: day("2026-11-01"), last_from: day("2026-10-01") };
    for bad in [
        [("range", "week"), ("", "")],
        [("range", "custom"), ("from", "yesterday")],
        [("account", "7"), ("", "")],
        [("by", "colour"), ("", "")],
        [("basis", "cash"), ("", "")],
        [("currency", "CHF"), ("", "")],
        [("sort", "--cost"), ("", "")],
        [("page", "0"), ("", "")],
        [("production", "no name at all"), ("", "")],
        [("stage", "../"), ("", "")],
        [("stage", "10"), ("kind", "colour")],
        [("kind", "video"), ("", "")],
    ] {
        assert!(Asked::of(&asked(&bad), Whose::Customer, calendar).is_err(), "{bad:?}");
    }
    let long = [("range", "custom"), ("from", "1990-01-01"), ("to", "2026-11-22")];
    assert!(Asked::of(&asked(&long), Whose::Customer, calendar).is_err(), "ten years are the most");
    let year = Asked::of(&asked(&[("range", "12m")]), Whose::Customer, calendar).unwrap().query();
    assert_eq!(year.days, day("2025-12-01")..=day("2026-11-22"));
}
