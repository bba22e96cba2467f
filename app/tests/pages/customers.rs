//! Staff's pages: a customer with its accounts, and the platform's controls.

use crate::{
    html,
    sample::{self, account, at, reader},
    words,
};
use app::{
    customer::{CustomerContent, CustomerView},
    frame::FrameView,
    production::{ControlsContent, ControlsView},
    ui::Tone,
};
use billing::{customer::Residency, money::Currency, team::Role::PlatformAdministrator, tier::Tier};
use engine::customer::{CustomerFile, CustomerLine};
use leptos::prelude::*;

fn frame() -> FrameView {
    FrameView::of(&sample::usage(195_000, 4_800, 0), false, &reader(PlatformAdministrator))
}

#[test]
fn h10_a_customers_page_shows_its_accounts_and_the_notes() {
    let reader = reader(PlatformAdministrator);
    let file = CustomerFile {
        line: CustomerLine {
            id: reader.member.customer,
            name: "Northlight Films".to_owned(),
            currency: Currency::Gbp,
            tier: Some(Tier::Pro),
            residency: Some(Residency::Eu),
            accounts: 1,
            opened_at: at("2025-10-22T09:00:00Z"),
        },
        email: Some("billing@northlight.example".to_owned()),
        notes: "Pays late".to_owned(),
        accounts: vec![account("Slow Kitchen", 1_200, 300, None)],
    };
    let view = CustomerView::of(&file, None, frame(), reader.format);
    let html = html(|| view! { <CustomerContent view /> });
    let said = words(&html);
    for words in ["Pro", "billed in GBP", "Slow Kitchen", "Active", "Pays late", "£12.00 spent this month"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(html.contains("value=\"eu\" selected"));
}

#[test]
fn k3_the_controls_say_what_closing_does_and_ask_why() {
    let view = |idle| ControlsView {
        frame: frame(),
        facts: vec!["Every customer".to_owned()],
        idle,
        state: (Tone::Ok, "Running".to_owned()),
        says: "The gate takes new productions.".to_owned(),
        wrong: None,
    };
    let open = html(|| view! { <ControlsContent view=view(false) /> });
    assert!(words(&open).contains("Close the gate for new productions") && open.contains("value=\"idle\""));
    assert!(open.contains("name=\"reason\""));
    let closed = html(|| view! { <ControlsContent view=view(true) /> });
    assert!(words(&closed).contains("Open the gate again") && closed.contains("value=\"running\""));
}
