//! What waits for somebody, the ways out of a refusal, the history of limits, costs: every state of them.

use crate::{
    html,
    sample::{self, at, reader, refusal, refused},
};
use app::{
    allowance::{CostCell, NeedView, NeedsYou, UsageRow, UsageTable, UsageTableView},
    budget::{AccountsContent, AccountsView, ChangeView, LimitsForm, RaiseForm, RaiseLimit, ShownLimits},
    format::{Format, Locale},
    frame::FrameView,
    production::{Detail, ReceiptContent, ReceiptView, RefusedContent, RefusedView},
    ui::Place,
};
use billing::{
    allowance::Banner,
    budget::{LimitKind, LimitMove},
    customer::PaymentStanding,
    money::{Currency, Money},
    refusal::Reason,
    team::Role::{self, AccountOperator, CustomerAdministrator, FinanceViewer},
};
use engine::{
    allowance::{Awaited, Need, Overview},
    budget::LimitHistory,
    production::{Standing, StandingRefusal},
};
use leptos::prelude::*;

/// What a page says, without its tags and on one line.
fn words(html: &str) -> String {
    crate::words(html).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Everything that can wait, in its order.
fn waiting() -> Overview {
    let mut overview = sample::overview();
    overview.usage.settings.payment = PaymentStanding::InGrace { until: at("2026-11-27T00:00:00Z") };
    let slow = sample::account_id("Slow Kitchen");
    let tech = sample::account_id("Tech in Ten");
    overview.accounts[0].told_at = Some(at("2026-11-20T10:00:00Z"));
    overview.accounts[0].limits.tell_at = Some(Money::new(40_000, Currency::Gbp));
    overview.needs = vec![
        Need::Banner(Banner::NothingLeft),
        Need::Refused(Box::new(StandingRefusal { others: 2, ..refused(Reason::AccountBudget) })),
        Need::Refused(Box::new(refused(Reason::NotEnoughCapacity))),
        Need::LimitReached(slow),
        Need::Banner(Banner::PaymentFailed),
        Need::Banner(Banner::AutoTopUpFailed),
        Need::Banner(Banner::Prompt),
        Need::Told(tech),
        Need::AwaitsApproval(Awaited {
            production: "sample-1".parse().unwrap(),
            title: "Autumn Soups, ep. 3".to_owned(),
            since: at("2026-11-15T09:00:00Z"),
            lapses_at: at("2026-12-15T09:00:00Z"),
            others: 1,
        }),
    ];
    overview
}

fn needs_html(overview: &Overview, role: Role) -> String {
    let needs = NeedView::all(overview, &reader(role));
    html(|| view! { <NeedsYou needs /> })
}

#[test]
fn reading_5_14_everything_that_waits_has_one_way_on() {
    let html = needs_html(&waiting(), CustomerAdministrator);
    assert!(words(&html).contains("2 other productions wait for the same reason."));
    assert_eq!(html.matches("#raise\"").count(), 1, "the limit is raised from here");
    insta::assert_snapshot!(html);
}

#[test]
fn reading_5_14_who_may_not_is_told_whom_to_ask() {
    let html = needs_html(&waiting(), AccountOperator);
    assert!(!html.contains("#raise") && !html.contains("?edit="), "nothing is offered that would be refused");
    assert!(words(&html).contains("Ask Mara Lindqvist, your administrator, to raise it."));
    insta::assert_snapshot!(html);
}

#[test]
fn where_nothing_waits_nothing_is_shown() {
    let mut overview = sample::overview();
    overview.needs.clear();
    assert_eq!(needs_html(&overview, CustomerAdministrator), "");
}

fn raise_form(role: Role) -> Option<RaiseForm> {
    let account = sample::account("Slow Kitchen", 30_000, 0, Some(300));
    RaiseForm::of(&refusal(Reason::AccountBudget), &account, at("2026-11-22T16:40:00Z"), &reader(role))
        .unwrap()
}

#[test]
fn g3_the_form_proposes_the_least_round_amount_and_says_what_is_left() {
    let form = raise_form(CustomerAdministrator).unwrap();
    let html = html(|| view! { <RaiseLimit initial=form /> });
    let words = words(&html);
    for said in [
        "For November only. On 1 Dec it is £300.00 again.",
        "Slow Kitchen may spend, in November",
        "At least £324.60.",
        "£300.00 → £330.00",
        "This production, about \u{2212}£24.60",
        "Left after it £5.40",
        "Raise to £330.00 for November",
    ] {
        assert!(words.contains(said), "{said}: {words}");
    }
    assert!(html.contains("value=\"330.00\""));
    insta::assert_snapshot!(html);
    assert_eq!(raise_form(AccountOperator), None);
    assert_eq!(raise_form(FinanceViewer), None);
}

#[test]
fn g3_a_form_that_was_wrong_keeps_what_was_typed() {
    let wrong =
        Some("£310.00 is not enough for this production: it can start with £324.60 or more.".to_owned());
    let form = RaiseForm { typed: "310".to_owned(), wrong, ..raise_form(CustomerAdministrator).unwrap() };
    let short = html(|| view! { <RaiseLimit initial=form.clone() /> });
    assert!(
        words(&short).contains("Left after it \u{2212}£14.60") && short.contains("aria-invalid=\"true\"")
    );
    insta::assert_snapshot!(short);
    let form = RaiseForm { typed: "much".to_owned(), ..form };
    let none = html(|| view! { <RaiseLimit initial=form /> });
    assert!(words(&none).contains("Raise the limit for November"), "no amount is made up");
}

#[test]
fn g3_what_runs_counts_and_amounts_are_written_as_they_are_read() {
    let account = sample::account("Slow Kitchen", 20_000, 2_500, Some(210));
    let form = RaiseForm::of(
        &refusal(Reason::AccountBudget),
        &account,
        at("2026-11-22T16:40:00Z"),
        &app::reader::Reader { format: Format::of(Locale::DeDe), ..reader(CustomerAdministrator) },
    );
    let words = words(&html(|| view! { <RaiseLimit initial=form.unwrap().unwrap() /> }));
    for said in ["At least 249,60 £.", "Held by running productions −25,00 £", "250,00 £"] {
        assert!(words.contains(said), "{said}: {words}");
    }
}

fn refused_html(reason: Reason, standing: Standing, role: Role) -> String {
    let reader = reader(role);
    let usage = sample::usage(195_000, 4_800, 0);
    let frame = FrameView::of(&usage, false, &reader);
    let account = sample::account("Slow Kitchen", 30_000, 0, Some(300));
    let line = refusal(reason);
    let raise = RaiseForm::of(&line, &account, usage.capacity.as_of, &reader).unwrap();
    let view = RefusedView::of(&line, &account, (standing, raise), frame, &reader);
    let html = html(|| view! { <RefusedContent view /> });
    html[html.find("<main").unwrap()..html.find("</main>").unwrap()].to_owned()
}

#[test]
fn g2_budget_limit_reached_in_each_of_its_states() {
    for (name, standing, role) in [
        ("stands", Standing::Stands, CustomerAdministrator),
        ("stands_for_an_operator", Standing::Stands, AccountOperator),
        ("may_start_now", Standing::Fits, CustomerAdministrator),
        ("started_later", Standing::Admitted, CustomerAdministrator),
    ] {
        let html = refused_html(Reason::AccountBudget, standing, role);
        let stands = standing == Standing::Stands;
        assert_eq!(html.contains("raise-limit"), stands && role == CustomerAdministrator, "{name}");
        assert_eq!(words(&html).contains("Ways out"), stands, "{name}");
        insta::assert_snapshot!(format!("budget_limit_reached_{name}"), html);
    }
    let html = refused_html(Reason::CustomerBudget, Standing::Stands, CustomerAdministrator);
    assert!(!html.contains("raise-limit"), "the customer’s limit is not the administrator’s to raise");
}

#[test]
fn n1_the_history_of_limits_says_who_and_from_what_to_what() {
    let pounds = |pounds: i64| Some(Money::new(pounds * 100, Currency::Gbp));
    let change = |kind, before, after, by: Option<&str>| LimitHistory {
        moved: LimitMove { kind, before, after },
        by: by.map(str::to_owned),
        at: at("2026-11-20T10:00:00Z"),
    };
    let changes = [
        change(LimitKind::StopThisMonthAt, pounds(300), pounds(330), Some("Mara Lindqvist")),
        change(LimitKind::TellAt, None, pounds(240), Some("Mara Lindqvist")),
        change(LimitKind::StopAt, pounds(500), None, Some("Paula Weber")),
        change(LimitKind::StopAt, None, pounds(500), None),
    ];
    let reader = reader(CustomerAdministrator);
    let page = |history: Vec<ChangeView>| {
        let form = LimitsForm {
            account: "acc_01K8Z0000000000000000000A1".to_owned(),
            name: "Slow Kitchen".to_owned(),
            unit: "£".to_owned(),
            tell_at: "240.00".to_owned(),
            stop_at: "330.00".to_owned(),
            this_month: true,
            month: "November".to_owned(),
            has_limit: true,
            says: "£300.00 is spent and £0.00 is held, so £30.00 is left.".to_owned(),
            wrong: None,
            history,
            shown: ShownLimits::default(),
        };
        let frame = FrameView::of(&sample::usage(195_000, 4_800, 0), false, &reader);
        let view =
            AccountsView { frame, facts: Vec::new(), accounts: Vec::new(), may_open: true, form: Some(form) };
        let html = html(|| view! { <AccountsContent view /> });
        html[html.find("History</summary>").unwrap()..].split("</details>").next().unwrap().to_owned()
    };
    let history = page(changes.iter().map(|change| ChangeView::of(change, reader.format)).collect());
    insta::assert_snapshot!(history);
    assert!(words(&page(Vec::new())).contains("Nobody has changed a limit yet."));
}

#[test]
fn p6_a_cost_that_is_not_known_is_never_nothing() {
    let cell = |known: &str, unknown: &str| CostCell { known: known.to_owned(), unknown: unknown.to_owned() };
    let row = |name: &str, cost| UsageRow {
        name: name.to_owned(),
        address: None,
        kind: Some("Text".to_owned()),
        calls: "2".to_owned(),
        tokens: "20".to_owned(),
        share: "50.0%".to_owned(),
        bar: Place::of(1, 1),
        cost,
    };
    let table = |costs: Option<[CostCell; 2]>| {
        let [first, second] = costs.clone().map_or([None, None], |costs| costs.map(Some));
        UsageTable::Charges {
            head: "Step".to_owned(),
            kinds: true,
            rows: vec![row("Brief", first), row("Narrative", second)],
            total: ["4", "40", "100.0%"].map(str::to_owned),
            cost: costs.map(|_| cell("£1.20", "5")),
            note: Some("The cost of 5 calls is not known and in no sum.".to_owned()),
        }
    };
    let costs = [cell("£1.20", "2"), cell("–", "3")];
    let with = html(|| view! { <UsageTableView table=table(Some(costs)) /> });
    let words_of = words(&with);
    for said in ["–", "3 unknown", "£1.20", "5 unknown", "not known and in no sum"] {
        assert!(words_of.contains(said), "{said}: {words_of}");
    }
    assert!(!words_of.contains("£0.00"), "{words_of}");
    insta::assert_snapshot!(with);
    let without = html(|| view! { <UsageTableView table=table(None) /> });
    assert!(!without.contains("AI cost") && !without.contains('£'));
}

#[test]
fn reading_5_11_the_calls_of_a_receipt_are_for_staff() {
    let (receipt, tariff) = sample::receipt();
    let page = |role, detail| {
        let reader = reader(role);
        let frame = FrameView::of(&sample::usage(195_000, 4_800, 0), false, &reader);
        let receipt = ReceiptView::of(&receipt, &tariff, "Slow Kitchen", detail, frame, &reader);
        let sheet = receipt.sheet();
        let html = html(|| view! { <ReceiptContent receipt /> });
        (html, sheet)
    };
    let (felix, sheet) = page(FinanceViewer, Detail::Steps);
    let calls = felix[felix.find("id=\"calls\"").unwrap()..].split("</table>").next().unwrap();
    insta::assert_snapshot!("the_calls_of_a_receipt", calls);
    let lines: Vec<String> = sheet.rows.iter().map(|row| row.join(",")).collect();
    insta::assert_snapshot!(
        "the_calls_of_a_receipt_as_a_table",
        format!("{}\n{}", sheet.columns.join(","), lines.join("\n"))
    );
    assert!(sheet.rows.iter().all(|row| row.len() == sheet.columns.len()));
    for (role, detail) in [
        (FinanceViewer, Detail::Stages),
        (CustomerAdministrator, Detail::Steps),
        (AccountOperator, Detail::Steps),
    ] {
        let (html, sheet) = page(role, detail);
        for secret in ["Writer Inc", "scribe", "1.1625", "Raw cost", "Markup", "raw_cost"] {
            let sent = html.contains(secret)
                || sheet.columns.contains(&secret)
                || sheet.rows.iter().flatten().any(|cell| cell == secret);
            assert!(!sent, "{role:?} is sent {secret}");
        }
    }
}
