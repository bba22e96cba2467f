//! Buying without asking: each state with its consequence and its remedy, the form, and what is said before anybody agrees.
//! U5, I-35.

use crate::{
    html,
    sample::{self, at, reader, tokens},
    words,
};
use app::{
    frame::FrameView,
    top_up::{AutoTopUpContent, AutoTopUpView, KeptTopUp, TypedTopUp},
};
use billing::{
    money::{Currency, Money},
    team::Role::{self, AccountOperator, CustomerAdministrator, CustomerViewer, FinanceViewer},
    top_up::{AutoTopUp, AutoTopUpState, EndReason, PurchaseState},
};
use engine::top_up::{AgreedBy, AutoTopUpReport, EndedBy, PricedTopUp, PurchaseLine};
use leptos::prelude::*;

fn pence(count: i64) -> Money {
    Money::new(count, Currency::Gbp)
}

/// Nothing was ever agreed; a card is known.
fn never() -> AutoTopUpReport {
    let pack = |count, once| PricedTopUp { tokens: tokens(count), once: pence(once) };
    AutoTopUpReport {
        agreed: None,
        ended: None,
        in_flight: None,
        purchases: Vec::new(),
        packs: vec![pack(20_000, 1_080), pack(50_000, 2_160), pack(200_000, 7_680)],
        card: Some("card ending 4242".to_owned()),
        card_was_declined: false,
        spent: pence(0),
        as_of: at("2026-11-22T16:40:00Z"),
    }
}

fn agreed(state: AutoTopUpState, spent: i64) -> AutoTopUpReport {
    let agreed = AutoTopUp {
        state,
        below: tokens(10_000),
        buys: tokens(50_000),
        once: pence(2_160),
        cap: pence(6_500),
        spent: pence(spent),
    };
    let by =
        AgreedBy { name: "Mara Lindqvist".to_owned(), at: at("2026-11-03T10:00:00Z"), worst: pence(6_480) };
    AutoTopUpReport {
        agreed: Some((agreed, by)),
        purchases: vec![purchase(1, PurchaseState::Paid, 1)],
        spent: pence(spent),
        ..never()
    }
}

fn purchase(number: u32, state: PurchaseState, tries: u32) -> PurchaseLine {
    let made_at = at("2026-11-22T16:30:00Z");
    PurchaseLine {
        order: format!("ord_01K8Z0000000000000000000A{number}").parse().unwrap(),
        made_at,
        tokens: tokens(50_000),
        total: pence(2_160),
        state,
        tries,
        due_at: if tries == 0 { made_at } else { at("2026-11-22T16:50:00Z") },
    }
}

fn page_of(report: &AutoTopUpReport, role: Role, kept: Option<KeptTopUp>) -> String {
    let (reader, usage) = (reader(role), sample::usage(195_000, 4_800, 0));
    let frame = FrameView::of(&usage, false, &reader);
    let view = AutoTopUpView::of(report, &usage, kept, frame, &reader);
    let html = html(|| view! { <AutoTopUpContent view /> });
    html.split_once("<main").map(|(_, rest)| rest.to_owned()).unwrap_or_default()
}

fn page(report: &AutoTopUpReport, role: Role) -> String {
    page_of(report, role, None)
}

fn typed(below: &str, pack: &str, cap: &str, wrong: Option<(&str, &str)>) -> KeptTopUp {
    KeptTopUp {
        typed: TypedTopUp { below: below.to_owned(), pack: pack.to_owned(), cap: cap.to_owned() },
        wrong: wrong.map(|(field, words)| (field.to_owned(), words.to_owned())),
        changed: false,
    }
}

fn says(html: &str, all: &[&str]) {
    let words = words(html);
    for said in all {
        assert!(words.contains(said), "{said}: {words}");
    }
}

#[test]
fn u5_nothing_is_bought_before_somebody_agrees() {
    let html = page(&never(), CustomerAdministrator);
    says(
        &html,
        &["Nothing is bought without you.", "Turn it on", "£21.60 with tax", "Review before turning it on"],
    );
    assert!(html.contains("/act/review-auto-top-up") && !html.contains("/act/agree-auto-top-up"));
    assert!(!html.contains("/act/turn-top-up-off"));
    insta::assert_snapshot!(html);
}

#[test]
fn u5_what_it_can_come_to_is_said_in_money_before_anybody_agrees() {
    let report = agreed(AutoTopUpState::Off, 2_160);
    let html = page_of(&report, CustomerAdministrator, Some(typed("60,000", "50000", "65.00", None)));
    says(
        &html,
        &[
            "One purchase, with tax\n£21.60",
            "Charged to\ncard ending 4242",
            "The most that November can still come to, with tax\n£43.20 for 2 packs",
            "Now 50,200 tokens are left, so the first pack is bought at once, for £21.60.",
            "Turn on, up to £65.00 a month",
        ],
    );
    assert!(
        html.contains("name=\"worst\" value=\"43.20\"") && html.contains("name=\"once\" value=\"21.60\"")
    );
    assert!(!html.contains("/act/review-auto-top-up"), "one thing at a time");
    insta::assert_snapshot!(html);
}

#[test]
fn u5_what_is_wrong_comes_back_with_what_was_typed() {
    let kept = typed(
        "10000",
        "50000",
        "20",
        Some(("cap", "One purchase comes to £21.60 with tax. A smaller cap would never buy.")),
    );
    let html = page_of(&never(), CustomerAdministrator, Some(kept));
    says(&html, &["A smaller cap would never buy."]);
    assert!(html.contains("aria-invalid=\"true\"") && html.contains("value=\"20\""));
}

#[test]
fn u5_on_it_says_when_it_buys_next_and_is_turned_off_in_one_click() {
    let html = page(&agreed(AutoTopUpState::On, 2_160), CustomerAdministrator);
    says(
        &html,
        &[
            "The next pack is bought once fewer than 10,000 tokens are left. Now 50,200 are.",
            "£21.60 of £65.00",
            "Agreed by Mara Lindqvist on 3 Nov 2026, 10:00 UTC",
            "Turn auto-top-up off",
            "Change it",
        ],
    );
    assert_eq!(html.matches("/act/turn-top-up-off").count(), 1);
    insta::assert_snapshot!(html);
    let reached = page(&agreed(AutoTopUpState::On, 4_400), CustomerAdministrator);
    says(&reached, &["This month’s cap has no room for another pack: nothing more is bought before 1 Dec."]);
}

#[test]
fn i35_each_state_says_its_consequence_and_its_remedy() {
    let ended = |why| Some(EndedBy { name: None, at: at("2026-11-22T16:31:00Z"), why });
    let declined = AutoTopUpReport {
        ended: ended(EndReason::Declined),
        card_was_declined: true,
        purchases: vec![purchase(1, PurchaseState::Declined, 1)],
        ..agreed(AutoTopUpState::Declined, 0)
    };
    let html = page(&declined, CustomerAdministrator);
    says(
        &html,
        &[
            "Stopped: card declined",
            "Nothing was charged.",
            "Nothing more is bought until the card changes.",
            "that card is kept. Then you can turn auto-top-up on again.",
            "Buy a pack with another card",
        ],
    );
    assert!(!html.contains("/act/review-auto-top-up"), "not with this card");
    insta::assert_snapshot!(html);
    let changed = AutoTopUpReport { card_was_declined: false, ..declined };
    assert!(page(&changed, CustomerAdministrator).contains("/act/review-auto-top-up"));

    let waits = purchase(2, PurchaseState::NeedsOwner, 1);
    let paused = AutoTopUpReport { in_flight: Some(waits.clone()), ..agreed(AutoTopUpState::Paused, 2_160) };
    let html = page(&paused, CustomerAdministrator);
    says(
        &html,
        &[
            "Your bank asks you to confirm the purchase of £21.60. Nothing was charged.",
            "Pay this purchase yourself",
        ],
    );
    assert!(html.contains(&format!("href=\"/orders/{}\"", waits.order)));

    let pending = AutoTopUpReport {
        in_flight: Some(purchase(2, PurchaseState::Waiting, 1)),
        ..agreed(AutoTopUpState::On, 2_160)
    };
    says(
        &page(&pending, CustomerAdministrator),
        &["is pending: the payment provider has not answered yet. It is asked again at"],
    );

    for (why, said) in [
        (EndReason::Overdue, "because another payment had failed"),
        (EndReason::Disputed, "because a payment was disputed"),
        (EndReason::PlanEnded, "because the plan had ended"),
        (EndReason::DearerThanAgreed, "costs more now than was agreed"),
        (EndReason::NotSold, "no longer sold"),
        (EndReason::Unanswered, "nobody could say whether a purchase was paid"),
        (EndReason::TurnedOff, "turned it off on 22 Nov 2026"),
    ] {
        let off = AutoTopUpReport { ended: ended(why), ..agreed(AutoTopUpState::Off, 0) };
        says(&page(&off, CustomerAdministrator), &[said, "Nothing is bought without you."]);
    }
}

#[test]
fn u5_without_a_card_or_details_the_way_there_is_shown() {
    let no_card = AutoTopUpReport { card: None, ..never() };
    says(&page(&no_card, CustomerAdministrator), &["No card is known yet.", "Buy a pack"]);
    let no_details = AutoTopUpReport { packs: Vec::new(), ..never() };
    says(&page(&no_details, CustomerAdministrator), &["the country decides the tax", "Billing details"]);
}

#[test]
fn u5_whoever_may_not_spend_money_sees_the_state_and_no_button() {
    for role in [CustomerViewer, AccountOperator, FinanceViewer] {
        let html = page(&AutoTopUpReport { card: None, ..agreed(AutoTopUpState::On, 0) }, role);
        says(&html, &["The next pack is bought once fewer than 10,000 tokens are left."]);
        assert!(!html.contains("<form") && !html.contains("data-kind=\"primary\""), "{role:?}");
        assert_eq!(html.contains("Receipt"), role == FinanceViewer, "{role:?}: purchases are invoices");
    }
    let declined = agreed(AutoTopUpState::Declined, 0);
    says(&page(&declined, CustomerViewer), &["Ask Mara Lindqvist, your administrator, to turn it on."]);
}
