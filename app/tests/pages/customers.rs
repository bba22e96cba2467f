//! Staff's pages: a customer with its accounts and contacts, assignments, the platform's controls, and jobs.

use crate::{
    html,
    sample::{self, account, at, reader},
    words,
};
use app::{
    customer::{CustomerContent, CustomerView, Loops, contact_form},
    frame::FrameView,
    jobs::{JobsContent, JobsView},
    production::{ControlsContent, ControlsView},
    team::{AssignmentsContent, AssignmentsView},
};
use billing::{
    customer::Residency,
    money::{Cost, Currency, Money},
    production::Control,
    team::{ContactDetails, Role, Role::PlatformAdministrator},
    tier::Tier,
};
use engine::{
    customer::{CustomerFile, CustomerLine},
    jobs::{Job, JobLine, JobsReport, Waiting},
    mail::Unsent,
    payment::{Retried, Unanswered, Unheard, UnusedEvent},
    production::{LoopSpend, Switches},
    team::{Assignments, Contact, CustomerAccess, OperatorAccess},
};
use leptos::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

fn frame() -> FrameView {
    FrameView::of(&sample::usage(195_000, 4_800, 0), false, &reader(PlatformAdministrator))
}

/// A customer with a contact who cannot sign in, one who can, and one who may no longer.
fn file() -> CustomerFile {
    let reader = reader(PlatformAdministrator);
    let contact = |name: &str, last: char| Contact {
        id: format!("con_01K8Z0000000000000000000A{last}").parse().ok(),
        details: ContactDetails {
            phone: Some("+44 20 7946 0018".to_owned()),
            job: Some("Accounts payable".to_owned()),
            ..ContactDetails::of_name(
                name,
                &format!("{}@northlight.example", name.to_lowercase().replace(' ', ".")),
            )
        },
        inactive_since: None,
        member: None,
        rests_as: None,
        main_of: BTreeSet::new(),
    };
    CustomerFile {
        line: CustomerLine {
            id: reader.member.customer,
            name: "Northlight Films".to_owned(),
            currency: Currency::Gbp,
            tier: Some(Tier::Pro),
            residency: Some(Residency::Eu),
            accounts: 1,
            risk_score: 25,
            opened_at: at("2025-10-22T09:00:00Z"),
        },
        email: Some("billing@northlight.example".to_owned()),
        subscription: None,
        notes: "Pays late".to_owned(),
        contacts: vec![
            Contact { main_of: [sample::account_id("Slow Kitchen")].into(), ..contact("Priya Nair", '1') },
            Contact {
                id: None,
                member: Some((reader.member.person, Role::CustomerAdministrator)),
                ..contact("Mara Lindqvist", '2')
            },
            Contact {
                inactive_since: Some(at("2026-11-02T10:00:00Z")),
                rests_as: Some(Role::AccountOperator),
                ..contact("Tunde Okafor", '3')
            },
        ],
        accounts: vec![account("Slow Kitchen", 1_200, 300, None)],
    }
}

#[test]
fn h10_a_customers_page_shows_its_accounts_contacts_and_the_notes() {
    let (reader, file) = (reader(PlatformAdministrator), file());
    let loops = Loops {
        own: [(sample::account_id("Slow Kitchen"), [3].into())].into(),
        platform: [Control::Promotion].into(),
    };
    let view = CustomerView::of(&file, &loops, None, frame(), reader.format);
    let html = html(|| view! { <CustomerContent view /> });
    let said = words(&html);
    for words in [
        "Pro",
        "billed in GBP",
        "Slow Kitchen",
        "Active",
        "Pays late",
        "£12.00 spent this month",
        "Priya Nair",
        "Customer administrator",
        "Operator, once active again",
        "Inactive since 2 Nov 2026",
        "Set a plan up",
        "Reset it",
        "Loop 5 Promotion, off on the whole platform",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(html.contains("value=\"eu\" selected") && html.contains("name=\"shown\" value=\"25\""));
    insta::assert_snapshot!(html);
}

#[test]
fn h3_a_contacts_form_says_what_becomes_of_their_sign_in() {
    let (reader, file) = (reader(PlatformAdministrator), file());
    let opened = |asked: &str| {
        let view = CustomerView::of(&file, &Loops::default(), None, frame(), reader.format);
        let view = CustomerView { contact: contact_form(&file, asked), ..view };
        html(|| view! { <CustomerContent view /> })
    };
    let rests = opened("con_01K8Z0000000000000000000A3");
    assert!(
        words(&rests).contains("Tunde Okafor can sign in again, as Operator.")
            && words(&rests).contains("Make them active again")
    );
    let active = opened("con_01K8Z0000000000000000000A1");
    assert!(
        words(&active).contains("no invitation to their address works")
            && words(&active).contains("Make them inactive now")
    );
    let of_mara = opened(&reader.member.person.to_string());
    assert!(
        of_mara.contains("readonly") && !words(&of_mara).contains("Make them inactive now"),
        "written down first"
    );
    assert!(words(&opened("new")).contains("A member with this address is this contact."));
    assert_eq!(contact_form(&file, "con_none"), None);
}

fn assignments() -> Assignments {
    let reader = reader(PlatformAdministrator);
    let (mine, other) = (reader.member.customer, "cus_01K8Z0000000000000000000A9".parse().unwrap());
    Assignments {
        customers: vec![(other, "Harbour Collective".to_owned()), (mine, "Northlight Films".to_owned())],
        accounts: vec![
            (mine, sample::account_id("Slow Kitchen"), "Slow Kitchen".to_owned()),
            (mine, sample::account_id("Tech in Ten"), "Tech in Ten".to_owned()),
        ],
        operators: vec![OperatorAccess {
            customer: mine,
            person: reader.member.person,
            name: "Tunde Okafor".to_owned(),
            email: "tunde@northlight.example".to_owned(),
            accounts: [sample::account_id("Tech in Ten")].into(),
        }],
        people: vec![CustomerAccess {
            person: reader.member.person,
            name: "Tunde Okafor".to_owned(),
            email: "tunde@northlight.example".to_owned(),
            customers: [(mine, Role::AccountOperator)].into(),
        }],
    }
}

#[test]
fn h4_assignments_have_two_tabs_and_carry_what_they_were_made_on() {
    let mine = reader(PlatformAdministrator).member.customer;
    let page = |customers| {
        let view = AssignmentsView::of(&assignments(), customers, None, frame());
        html(|| view! { <AssignmentsContent view /> })
    };
    let accounts = page(false);
    let ticked = sample::account_id("Tech in Ten");
    assert!(accounts.contains(&format!("name=\"shown\" value=\"{ticked}\"")), "{accounts}");
    assert_eq!(accounts.matches("type=\"checkbox\"").count(), 2);
    assert!(accounts.contains(&format!("value=\"{ticked}\" checked")));
    insta::assert_snapshot!("h4_account_access", accounts);
    let customers = page(true);
    assert!(
        customers.contains(&format!("value=\"{mine}:operator\""))
            && words(&customers).contains("Northlight Films – Operator")
    );
    insta::assert_snapshot!("h4_customer_access", customers);
}

#[test]
fn k3_the_controls_say_what_closing_does_and_ask_why() {
    let view = |idle: bool| {
        let since = idle.then(|| at("2026-11-22T16:00:00Z"));
        ControlsView::of(
            since,
            &Switches::default(),
            at("2026-11-22T16:40:00Z"),
            frame(),
            reader(PlatformAdministrator).format,
        )
    };
    let open = html(|| view! { <ControlsContent view=view(false) /> });
    assert!(words(&open).contains("Close the gate for new productions") && open.contains("value=\"idle\""));
    assert!(open.contains("name=\"reason\""));
    let closed = html(|| view! { <ControlsContent view=view(true) /> });
    assert!(words(&closed).contains("Open the gate again") && closed.contains("value=\"running\""));
}

#[test]
fn k2_each_switch_says_what_is_switched_with_it_and_what_it_costs() {
    let off = at("2026-11-20T08:00:00Z");
    let spend = |micros, calls, unknown| LoopSpend {
        known: [(Currency::Usd, Cost::new(micros, Currency::Usd))].into(),
        calls,
        unknown,
    };
    let switches = Switches {
        off: BTreeMap::from([
            (Control::Engagement, off),
            (Control::SentimentAnalysis, off),
            (Control::AutoResponse, off),
        ]),
        spend: BTreeMap::from([(1, spend(812_400_000, 4_210, 3)), (3, spend(1_250_000, 12, 0))]),
        calls_while_off: BTreeMap::from([(3, 2)]),
    };
    let view = ControlsView::of(
        None,
        &switches,
        at("2026-11-22T16:40:00Z"),
        frame(),
        reader(PlatformAdministrator).format,
    );
    let html = html(|| view! { <ControlsContent view /> });
    let said = words(&html);
    for words in [
        "Loop 5 Promotion needs it and is switched off with it.",
        "Switch all 2 off",
        "It needs Loop 3 Engagement and Sentiment analysis, which are switched on with it.",
        "2 calls were reported since, booked all the same.",
        "3 costs not known",
        "Off since",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(html.contains("name=\"agreed\" value=\"engagement sentimentAnalysis\""));
    insta::assert_snapshot!(html);
}

/// A payment of each kind of which nobody has heard.
fn unanswered() -> Vec<Unanswered> {
    let purchase = "pur_01K8Z0000000000000000000AA";
    let given_up = Unanswered {
        what: Unheard::Purchase(purchase.parse().unwrap()),
        customer: (reader(PlatformAdministrator).member.customer, "Northlight Films".to_owned()),
        key: purchase.to_owned(),
        amount: Money::new(2_160, Currency::Gbp),
        since: at("2026-11-17T09:00:00Z"),
    };
    let kind = |what, key: &str| Unanswered { what, key: key.to_owned(), ..given_up.clone() };
    vec![
        given_up.clone(),
        kind(Unheard::Renewal, "obx_01K8Z0000000000000000000AA-0"),
        kind(Unheard::Order, "cs_test_0123"),
    ]
}

#[test]
fn s4_the_jobs_say_what_they_did_and_what_waits() {
    let now = at("2026-11-22T16:40:00Z");
    let line = |job, did: Option<u64>| JobLine {
        job,
        ran_at: Some(now),
        did: did.map(|did| (at("2026-11-22T00:00:02Z"), did)),
        failed: None,
    };
    let failing = JobLine {
        ran_at: Some(at("2026-11-22T15:00:00Z")),
        failed: Some((now, "database: the disk is full".to_owned())),
        ..line(Job::Months, None)
    };
    let event = |id: &str, last| UnusedEvent {
        id: id.to_owned(),
        kind: "checkout.session.completed".to_owned(),
        order: None,
        customer: Some((reader(PlatformAdministrator).member.customer, "Northlight Films".to_owned())),
        why: "amount".to_owned(),
        received_at: at("2026-11-21T09:00:00Z"),
        last,
    };
    let aside = Retried { at: now, outcome: "setAside".to_owned(), why: Some("A test".to_owned()) };
    let letter = |number| format!("mai_01K8Z0000000000000000000A{number}").parse().unwrap();
    let given_up = Unsent {
        id: letter(1),
        to: "gone@northlight.example".to_owned(),
        subject: "Invoice JAR-7K3Q9F2M-0002: £58.80".to_owned(),
        at: at("2026-11-21T09:00:00Z"),
        tries: 1,
        why: "550 no such mailbox".to_owned(),
        link_is_over: false,
    };
    let report = JobsReport {
        jobs: vec![line(Job::Refresh, Some(9)), failing],
        letters: Waiting { count: 2, oldest: Some(at("2026-11-22T12:00:00Z")), tried: 1 },
        unsent: vec![
            Unsent {
                id: letter(2),
                link_is_over: true,
                subject: "Your link to sign in".to_owned(),
                ..given_up.clone()
            },
            given_up,
        ],
        unanswered: unanswered(),
        charges: Waiting::default(),
        events: vec![event("evt_1", Some(aside)), event("evt_2", None)],
        as_of: now,
    };
    let view = JobsView::of(&report, false, frame(), reader(PlatformAdministrator).format);
    let html = html(|| view! { <JobsContent view /> });
    let said = words(&html);
    for words in [
        "Failing",
        "550 no such mailbox, 1 try",
        "the disk is full",
        "9 things",
        "nothing waits",
        "1 tried before",
        "Set aside",
        "set aside: A test",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert_eq!(html.matches("action=\"/act/retry-event\"").count(), 1, "what is done is not tried again");
    assert_eq!(html.matches("action=\"/act/send-letter-again\"").count(), 1, "one without its link is not");
    assert_eq!(html.matches("action=\"/act/look-into-purchase\"").count(), 1, "the others end by themselves");
    insta::assert_snapshot!(html);
}
