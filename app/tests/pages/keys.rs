//! The pipeline's keys and the audit log: what each shows, and where there is nothing.

use crate::{
    html,
    sample::{self, account, at, pounds, reader},
    words,
};
use app::{
    audit::{AuditContent, AuditPageView, AuditQuery},
    frame::FrameView,
    team::{KeysContent, KeysView, Token},
};
use billing::{
    audit::{Actor, AuditAct, AuditEntry, Facts},
    money::{Cost, Currency, Money},
    team::{
        KeyAct, KeyScope,
        Role::{self, CustomerAdministrator, PlatformAdministrator},
    },
};
use engine::{audit::AuditLine, team::KeyLine};
use leptos::prelude::*;

fn frame(role: Role) -> FrameView {
    FrameView::of(&sample::usage(195_000, 4_800, 0), false, &reader(role))
}

fn key(name: &str, number: u32) -> KeyLine {
    KeyLine {
        id: format!("key_01K8Z0000000000000000000A{number}").parse().unwrap(),
        name: name.to_owned(),
        token_start: Some(format!("jk_1a2{number}")),
        scope: KeyScope::whole(),
        acts_per_second: None,
        limit: None,
        spent: Cost::zero(Currency::Gbp),
        held: Cost::zero(Currency::Gbp),
        made_at: at("2026-10-05T09:30:00Z"),
        made_by: None,
        last_used_at: None,
        previous_until: None,
        revoked_at: None,
    }
}

fn keys() -> Vec<KeyLine> {
    let slow = sample::account_id("Slow Kitchen");
    let scope = KeyScope { acts: [KeyAct::Report, KeyAct::Read].into(), accounts: Some([slow].into()) };
    vec![
        KeyLine {
            scope,
            limit: Some(Money::new(5_000, Currency::Gbp)),
            spent: pounds(12),
            made_by: Some("Mara Lindqvist".to_owned()),
            last_used_at: Some(at("2026-11-22T16:39:00Z")),
            previous_until: Some(at("2026-11-23T09:00:00Z")),
            ..key("Nightly reports", 1)
        },
        key("Pipeline", 2),
        KeyLine { revoked_at: Some(at("2026-11-01T00:00:00Z")), ..key("Lost laptop", 3) },
    ]
}

fn keys_html(lines: &[KeyLine], token: Option<Token>) -> String {
    let accounts = [account("Slow Kitchen", 0, 0, None)];
    let reader = reader(CustomerAdministrator);
    let view = KeysView::of(lines, &accounts, token, frame(CustomerAdministrator), &reader);
    html(|| view! { <KeysContent view /> })
}

#[test]
fn t12_each_key_says_what_it_may_and_when_it_was_used() {
    let html = keys_html(&keys(), None);
    let words = words(&html);
    for said in [
        "2 keys at work",
        "Slow Kitchen",
        "Report, Read",
        "£12.00 of £50.00",
        "Old token lives until",
        "Revoked",
    ] {
        assert!(words.contains(said), "{said}: {words}");
    }
    insta::assert_snapshot!(main_of(&html));
}

#[test]
fn t12_a_token_is_shown_once_and_is_in_no_address() {
    let token = Token { token: "jk_secret".to_owned(), says: "“Pipeline” is made.".to_owned() };
    let html = keys_html(&[], Some(token));
    assert!(words(&html).contains("it is not shown again") && html.contains("<code>jk_secret</code>"));
    assert!(!html.contains("href=\"jk_") && !html.contains("value=\"jk_secret"));
    assert!(words(&keys_html(&[], None)).contains("No keys yet."));
}

fn facts(pairs: &[(&str, &str)]) -> Facts {
    pairs.iter().map(|(field, value)| ((*field).to_owned(), (*value).to_owned())).collect()
}

fn line(number: u32, act: AuditAct, before: &[(&str, &str)], after: &[(&str, &str)]) -> AuditLine {
    let (before, after) = (facts(before), facts(after));
    let fields: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let change =
        |field: &&String| ((*field).clone(), before.get(*field).cloned(), after.get(*field).cloned());
    let changes = fields.iter().map(change).collect();
    AuditLine {
        entry: AuditEntry {
            id: format!("aud_01K8Z0000000000000000000A{number}").parse().unwrap(),
            customer: Some(reader(CustomerAdministrator).member.customer),
            at: at("2026-11-22T16:40:00Z"),
            by: Actor::Person(reader(CustomerAdministrator).member.person),
            act,
            subject: "acc_01K8Z0000000000000000000A1".to_owned(),
            before,
            after,
            reason: None,
            reverts: None,
        },
        by: Some("Mara Lindqvist".to_owned()),
        by_staff: false,
        customer: Some("Northlight Films".to_owned()),
        subject: Some("Slow Kitchen".to_owned()),
        changes,
        reverted_by: None,
        may_revert: false,
    }
}

fn lines() -> Vec<AuditLine> {
    let limits = [("stops at", "GBP 300.00")];
    let raised = [("stops at", "GBP 330.00"), ("tells at", "GBP 200.00")];
    let mut put_back = line(3, AuditAct::LimitsChanged, &raised[..1], &limits);
    put_back.entry.reverts = Some("aud_01K8Z0000000000000000000A2".parse().unwrap());
    put_back.entry.reason = Some("A typo".to_owned());
    let mut operations = line(1, AuditAct::ModeChanged, &[("mode", "running")], &[("mode", "idle")]);
    operations.entry.customer = None;
    (operations.by, operations.customer, operations.subject) = (None, None, None);
    "platform".clone_into(&mut operations.entry.subject);
    let rotated = [("the one before lives until", "2026-11-23T16:40:00.000000Z")];
    vec![
        AuditLine { may_revert: true, ..line(5, AuditAct::LimitsChanged, &limits, &raised) },
        AuditLine {
            by_staff: true,
            by: Some("Paula".to_owned()),
            ..line(4, AuditAct::KeyRotated, &[], &rotated)
        },
        put_back,
        AuditLine {
            reverted_by: Some("aud_01K8Z0000000000000000000A3".parse().unwrap()),
            ..line(2, AuditAct::LimitsChanged, &limits, &raised[..1])
        },
        operations,
        line(0, AuditAct::RoleChanged, &[("role", "customerViewer")], &[("role", "accountOperator")]),
    ]
}

fn main_of(html: &str) -> String {
    let start = html.find("<main").expect("a page has a main part");
    html[start..html.find("</main>").expect("an end")].to_owned()
}

#[test]
fn n1_the_log_says_who_what_when_and_from_what_to_what() {
    let query = AuditQuery { act: Some("limitsChanged".to_owned()), ..AuditQuery::default() };
    let (people, role) =
        ([("per_01K8Z0000000000000000000AA".to_owned(), "Mara Lindqvist".to_owned())], PlatformAdministrator);
    let view = AuditPageView::of(&lines(), &people, &query, frame(role), &reader(role));
    assert_eq!(view.csv, "/audit.csv?act=limitsChanged");
    let html = html(|| view! { <AuditContent view /> });
    let said = words(&html);
    for words in [
        "GBP 300.00 → GBP 330.00",
        "Viewer → Operator",
        "Paula (JARAI)",
        "Puts back: stops at GBP 300.00, tells at nothing",
        "A typo",
        "Whoever runs the console",
        "23 Nov 2026, 16:40 UTC",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert_eq!(html.matches("Put it back").count(), 1, "only what may be");
    insta::assert_snapshot!(main_of(&html));
}

#[test]
fn n1_a_customers_log_offers_no_other_customer() {
    let role = CustomerAdministrator;
    let view = AuditPageView::of(&[], &[], &AuditQuery::default(), frame(role), &reader(role));
    let html = html(|| view! { <AuditContent view /> });
    assert!(!html.contains("name=\"customer\"") && words(&html).contains("No entries here."));
}
