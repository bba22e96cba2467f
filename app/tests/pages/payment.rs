//! Invoices and credit notes: whose they are, what went back of them, and what staff can do about it. P7, I1, 5.29; I-36, I-37.

use crate::{
    html,
    sample::{self, at, reader, tokens},
    words,
};
use app::{
    frame::FrameView,
    payment::{CreditNoteContent, CreditNoteView, InvoiceContent, InvoiceView, ReversalView, WrongRefund},
};
use billing::{
    money::{Currency, Money},
    payment::{BillingDetails, Country, CreditNoteNumber, InvoiceNumber, Line, Totals},
    sample::{issuer, tax_rule},
    team::Role::{self, CustomerAdministrator, FinanceViewer, PlatformAdministrator},
};
use engine::payment::{CreditNote, CreditReason, DisputeOutcome, Disputed, InvoiceState, Invoiced};
use leptos::prelude::*;

const SERIES: &str = "7K3Q9F2M";

fn pence(count: i64) -> Money {
    Money::new(count, Currency::Gbp)
}

fn totals(net: i64, tax: i64) -> Totals {
    Totals { net: pence(net), tax: pence(tax), total: pence(net + tax) }
}

/// A pack of 50,000 tokens, paid.
fn paid() -> Invoiced {
    let issued_at = at("2026-11-03T10:00:00Z");
    Invoiced {
        id: "inv_01K8Z0000000000000000000AA".parse().unwrap(),
        number: InvoiceNumber { series: SERIES.to_owned(), number: 2 },
        issued_at,
        issuer: Some(issuer()),
        billed_to: BillingDetails {
            name: "Northlight Films Ltd".to_owned(),
            address: vec!["14 Harbour Row".to_owned(), "Bristol BS1 0XX".to_owned()],
            country: Country::GB,
            email: "billing@northlight.example".to_owned(),
            tax_id: Some("GB 123 4567 89".to_owned()),
        },
        lines: vec![Line::pack(tokens(50_000), pence(1_800), issued_at)],
        tax: tax_rule(Country::GB),
        totals: totals(1_800, 360),
        state: InvoiceState::Paid(at("2026-11-03T10:01:00Z"), Some("card ending 4242".to_owned())),
        order: None,
        credited: Vec::new(),
        disputes: Vec::new(),
    }
}

fn note(number: i64, reason: CreditReason, (net, tax): (i64, i64), taken_back: i64) -> CreditNote {
    CreditNote {
        id: format!("crn_01K8Z0000000000000000000A{number}").parse().unwrap(),
        number: CreditNoteNumber { series: SERIES.to_owned(), number },
        issued_at: at("2026-11-12T09:30:00Z"),
        issuer: Some(issuer()),
        reason,
        totals: totals(net, tax),
        tokens: tokens(taken_back),
    }
}

/// Of a payment of £21.60, of which a dispute that is lost has cost £17.28 more than was credited, paid since or not.
fn dispute(outcome: DisputeOutcome, owed: i64, taken_back: i64) -> Disputed {
    let withheld = match outcome {
        DisputeOutcome::Open => 2_160,
        DisputeOutcome::Lost => 1_728,
        DisputeOutcome::Won => 0,
    };
    Disputed {
        id: "dp_1".to_owned(),
        outcome,
        disputed: pence(2_160),
        owed: pence(owed),
        withheld: pence(withheld),
        tokens: tokens(taken_back),
        opened_at: at("2026-11-14T08:00:00Z"),
        closed_at: (outcome != DisputeOutcome::Open).then(|| at("2026-11-20T08:00:00Z")),
    }
}

fn frame(role: Role) -> FrameView {
    FrameView::of(&sample::usage(195_000, 4_800, 0), false, &reader(role))
}

fn main_of(html: &str) -> String {
    html.split_once("<main").map(|(_, rest)| rest.to_owned()).unwrap_or_default()
}

fn page_of(invoice: &Invoiced, role: Role, sandbox: bool, wrong: Option<WrongRefund>) -> String {
    let (reader, request) = (reader(role), "form-1".to_owned());
    let reversal = ReversalView::of(invoice, (sandbox, request.clone()), wrong, &reader);
    let view = InvoiceView::of(invoice, frame(role), request, reversal, &reader);
    main_of(&html(|| view! { <InvoiceContent view /> }))
}

fn says(html: &str, all: &[&str]) {
    let words = words(html);
    for said in all {
        assert!(words.contains(said), "{said}: {words}");
    }
}

#[test]
fn reading_5_29_an_invoice_names_who_issued_it_and_where_nobody_is_known_nobody() {
    let html = page_of(&paid(), CustomerAdministrator, false, None);
    says(&html, &["Issued by", "Sample Issuer Ltd", "London E1 0AA", "Billed to", "GB 123 4567 89"]);
    assert!(!html.contains("What went back") && !html.contains("<form"), "{html}");
    insta::assert_snapshot!(html);
    let unnamed = Invoiced { issuer: None, ..paid() };
    assert!(!page_of(&unnamed, CustomerAdministrator, false, None).contains("Issued by"));
}

#[test]
fn i36_what_went_back_stands_on_the_invoice_and_staff_can_give_back_the_rest() {
    let refunded = Invoiced { credited: vec![note(1, CreditReason::Refund, (500, 100), 13_888)], ..paid() };
    let html = page_of(&refunded, PlatformAdministrator, false, None);
    says(
        &html,
        &[
            "Paid, £6.00 credited",
            "JAR-7K3Q9F2M-C0001",
            "money given back · 13,888 tokens taken back",
            "\u{2212}£6.00",
            "At most £15.60.",
        ],
    );
    insta::assert_snapshot!(html);
    for role in [CustomerAdministrator, FinanceViewer] {
        let theirs = page_of(&refunded, role, true, None);
        says(&theirs, &["JAR-7K3Q9F2M-C0001"]);
        assert!(!theirs.contains("<form"), "{role:?}");
    }
    let whole = Invoiced { credited: vec![note(1, CreditReason::Refund, (1_800, 360), 50_000)], ..paid() };
    let html = page_of(&whole, PlatformAdministrator, false, None);
    assert!(html.contains("Credited") && !html.contains("/act/refund-invoice"), "nothing is left");
}

#[test]
fn i36_a_refund_that_was_wrong_comes_back_as_it_was_typed() {
    let wrong = WrongRefund {
        invoice: paid().id.to_string(),
        amount: "a lot".to_owned(),
        reason: "They were unhappy".to_owned(),
        wrong: ("amount".to_owned(), "Write an amount such as 12.50. Nothing was given back.".to_owned()),
    };
    let html = page_of(&paid(), PlatformAdministrator, false, Some(wrong.clone()));
    says(&html, &["Write an amount such as 12.50. Nothing was given back."]);
    assert!(html.contains("value=\"a lot\"") && html.contains("value=\"They were unhappy\""), "{html}");
    assert!(html.contains("aria-invalid=\"true\""));
    let of_another = WrongRefund { invoice: "inv_01K8Z0000000000000000000AB".to_owned(), ..wrong };
    assert!(!page_of(&paid(), PlatformAdministrator, false, Some(of_another)).contains("a lot"));
}

#[test]
fn i37_an_open_dispute_says_what_it_took_and_gives_nothing_back_twice() {
    let open = Invoiced { disputes: vec![dispute(DisputeOutcome::Open, 0, 50_000)], ..paid() };
    let html = page_of(&open, PlatformAdministrator, true, None);
    says(
        &html,
        &["Disputed", "Open", "50,000 tokens taken back", "Decide for JARAI", "Decide against JARAI"],
    );
    assert!(!html.contains("/act/refund-invoice"), "the bank has the money");
    insta::assert_snapshot!(html);
    let elsewhere = page_of(&open, PlatformAdministrator, false, None);
    assert!(!elsewhere.contains("Decide for JARAI"), "a real bank decides for itself");
}

#[test]
fn i37_a_lost_dispute_is_owed_until_it_is_settled() {
    let lost = |owed| Invoiced {
        credited: vec![note(1, CreditReason::Dispute, (360, 72), 10_000)],
        disputes: vec![dispute(DisputeOutcome::Lost, owed, 10_000)],
        ..paid()
    };
    let html = page_of(&lost(1_728), PlatformAdministrator, false, None);
    says(&html, &["Charged back", "Lost", "£17.28 owed: its tokens were used", "Settle £17.28"]);
    insta::assert_snapshot!(html);
    let theirs = page_of(&lost(1_728), CustomerAdministrator, false, None);
    says(
        &theirs,
        &["£17.28 owed: its tokens were used", "New productions are refused", "Write to JARAI to pay it"],
    );
    assert!(!theirs.contains("<form"));
    let settled = page_of(&lost(0), CustomerAdministrator, false, None);
    says(&settled, &["Paid, £4.32 credited", "a dispute that was lost", "Lost"]);
    assert!(!settled.contains("owed"));
    insta::assert_snapshot!(settled);
    let staff = page_of(&lost(0), PlatformAdministrator, false, None);
    assert!(!staff.contains("/act/refund-invoice"), "the bank has given all of it back");
}

#[test]
fn i37_a_won_dispute_leaves_the_invoice_paid() {
    let won = Invoiced { disputes: vec![dispute(DisputeOutcome::Won, 0, 0)], ..paid() };
    let html = page_of(&won, CustomerAdministrator, false, None);
    says(&html, &["Paid", "Dispute", "Won", "£21.60"]);
    assert!(!html.contains("taken back") && !html.contains("owed"));
}

#[test]
fn p7_a_credit_note_names_both_sides_its_invoice_and_its_tokens() {
    let credit = note(1, CreditReason::Refund, (500, 100), 13_888);
    let invoice = Invoiced { credited: vec![credit.clone()], ..paid() };
    let reader = reader(CustomerAdministrator);
    let page = |note: &CreditNote| {
        let view = CreditNoteView::of(note, &invoice, frame(CustomerAdministrator), &reader);
        main_of(&html(|| view! { <CreditNoteContent view /> }))
    };
    let html = page(&credit);
    says(
        &html,
        &[
            "Credit note JAR-7K3Q9F2M-C0001",
            "Invoice JAR-7K3Q9F2M-0002: money given back",
            "13,888 tokens taken back",
            "VAT 20%",
            "Total credited\n£6.00",
            "Issued by",
            "Sample Issuer Ltd",
            "Made out to",
            "Northlight Films Ltd",
        ],
    );
    assert!(html.contains(&format!("href=\"/invoices/{}\"", invoice.id)));
    insta::assert_snapshot!(html);
    let before = CreditNote { issuer: None, ..credit };
    says(&page(&before), &["Sample Issuer Ltd"]);
}
