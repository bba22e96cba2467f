//! Somebody's own data, and the requests of all: what each page says, and where there is nothing. Y1–Y5.

use crate::{
    html,
    sample::{self, at, reader},
    words,
};
use app::{
    audit::{
        PrivacyContent, PrivacyView, RequestsContent, RequestsView, TypedAnswer, TypedPrivacy,
        privacy_words::OwnWishes,
    },
    frame::FrameView,
    team::Wrong,
};
use billing::{
    audit::privacy::{Consent, ConsentKind, PrivacyRequest, RESOLVED_WITHIN, RequestKind, RequestOutcome},
    team::Role::{self, CustomerAdministrator, PlatformAdministrator},
    time::Timestamp,
};
use engine::audit::RequestLine;
use leptos::prelude::*;

fn frame(role: Role) -> FrameView {
    FrameView::of(&sample::usage(195_000, 4_800, 0), false, &reader(role))
}

fn now() -> Timestamp {
    at("2026-11-22T16:40:00Z")
}

fn request(number: u32, kind: RequestKind, asked_at: &str) -> PrivacyRequest {
    let asked_at = at(asked_at);
    PrivacyRequest {
        id: format!("dsr_01K8Z0000000000000000000A{number}").parse().unwrap(),
        person: "per_01K8Z0000000000000000000AA".parse().unwrap(),
        kind,
        words: None,
        asked_at,
        resolve_by: asked_at.after(RESOLVED_WITHIN),
        extension: None,
        acknowledged_at: (!kind.is_answered_by_staff()).then_some(asked_at),
        waits_since: None,
        ended: None,
        answer: None,
    }
}

fn consent(kind: ConsentKind, given: bool, version: Option<&str>) -> Consent {
    Consent {
        id: "cst_01K8Z0000000000000000000AA".parse().unwrap(),
        kind,
        given,
        version: version.map(str::to_owned),
        since: at("2026-10-05T09:30:00Z"),
    }
}

fn page(own: &OwnWishes, kept: Option<(TypedPrivacy, Wrong)>) -> String {
    let reader = reader(CustomerAdministrator);
    let view = PrivacyView::of(own, kept, now(), frame(CustomerAdministrator), &reader);
    html(|| view! { <PrivacyContent view /> })
}

fn main_part(html: &str) -> String {
    html.split_once("<main").map(|(_, rest)| rest.to_owned()).unwrap_or_default()
}

fn asked() -> Vec<PrivacyRequest> {
    let ended = |one: PrivacyRequest, outcome| {
        let at = one.asked_at;
        PrivacyRequest { ended: Some((at, outcome)), ..one }
    };
    vec![
        PrivacyRequest {
            words: Some("The statistics by person".to_owned()),
            ..request(4, RequestKind::Objection, "2026-11-21T09:00:00Z")
        },
        PrivacyRequest {
            extension: Some("Three systems are involved.".to_owned()),
            resolve_by: at("2027-01-10T00:00:00Z"),
            acknowledged_at: Some(at("2026-11-03T10:00:00Z")),
            ..request(3, RequestKind::Restriction, "2026-11-02T09:00:00Z")
        },
        ended(request(2, RequestKind::Export, "2026-11-01T09:00:00Z"), RequestOutcome::Fulfilled),
        ended(request(1, RequestKind::Erasure, "2026-10-20T09:00:00Z"), RequestOutcome::Withdrawn),
    ]
}

#[test]
fn y1_the_page_offers_a_copy_consents_requests_and_the_end() {
    let own = OwnWishes {
        requests: asked(),
        terms: Some(consent(ConsentKind::Terms, true, Some("12 April 2026"))),
        news: Some(consent(ConsentKind::ProductNews, true, None)),
        alone: Vec::new(),
    };
    let html = page(&own, None);
    let words = words(&html);
    for said in [
        "version of 12 April 2026, on 5 Oct 2026, 09:30 UTC",
        "acknowledged by 24 Nov, 09:00 UTC",
        "resolved by 21 Dec, 09:00 UTC",
        "It takes longer than 30 days: Three systems are involved.",
        "Asked today, your account is deleted on 22 Dec 2026.",
    ] {
        assert!(words.contains(said), "{said}: {words}");
    }
    assert_eq!(html.matches("/act/withdraw-request").count(), 2, "what has ended is not withdrawn");
    assert!(html.contains("action=\"/you/privacy/archive\"") && !html.contains("Keep my account"));
    insta::assert_snapshot!(main_part(&html));
}

#[test]
fn y1_a_deletion_says_its_day_and_how_the_account_is_kept() {
    let leaving = request(1, RequestKind::Erasure, "2026-11-20T09:00:00Z");
    let own = OwnWishes { requests: vec![leaving.clone()], ..OwnWishes::default() };
    let html = page(&own, None);
    assert!(words(&html).contains("Your account will be deleted on 20 Dec 2026, 09:00 UTC."));
    assert!(
        html.contains("Keep my account") && !html.contains("/act/request-erasure"),
        "it is asked already"
    );
    insta::assert_snapshot!(main_part(&html));
    let late = PrivacyRequest { waits_since: Some(now()), resolve_by: at("2026-11-21T09:00:00Z"), ..leaving };
    let own = OwnWishes {
        requests: vec![late],
        alone: vec!["Northlight Films".to_owned()],
        ..OwnWishes::default()
    };
    let words = words(&page(&own, None));
    assert!(
        words.contains("was to be deleted on 21 Nov 2026") && words.contains("Northlight Films"),
        "{words}"
    );
}

#[test]
fn y1_the_last_administrator_is_told_what_to_do_and_what_was_typed_comes_back() {
    let own = OwnWishes { alone: vec!["Northlight Films".to_owned()], ..OwnWishes::default() };
    let typed = TypedPrivacy { kind: "objection".to_owned(), words: String::new() };
    let wrong = Wrong {
        field: "words".to_owned(),
        message: "Say what you object to.".to_owned(),
        wait_seconds: None,
    };
    let html = page(&own, Some((typed, wrong)));
    assert!(words(&html).contains("Make somebody else an administrator under Team"), "{}", words(&html));
    assert!(!html.contains("id=\"typed\""), "there is nothing to type");
    assert!(html.contains("role=\"alert\"") && html.contains("Say what you object to."));
    let objects = html.split("value=\"objection\"").nth(1).unwrap();
    assert!(objects.split('>').next().unwrap().contains("checked"), "what was chosen is chosen");
}

#[test]
fn y5_staff_see_by_when_each_request_is_due() {
    let line = |request: PrivacyRequest, name: &str| RequestLine {
        email: request.is_open().then(|| "mara@northlight.example".to_owned()),
        name: name.to_owned(),
        request,
    };
    let mut lines: Vec<_> = asked().into_iter().map(|one| line(one, "Mara Lindqvist")).collect();
    lines.insert(0, line(request(5, RequestKind::Erasure, "2026-11-10T09:00:00Z"), "Tunde Okafor"));
    lines.insert(0, line(request(6, RequestKind::Restriction, "2026-11-15T09:00:00Z"), "Jonas Weber"));
    lines[5].name = "Former member 7F3A".to_owned();
    let reader = reader(PlatformAdministrator);
    let wrong = TypedAnswer {
        request: lines[0].request.id.to_string(),
        note: "   ".to_owned(),
        ..TypedAnswer::default()
    };
    let message = "Say what was done, or why not: the person is told.".to_owned();
    let kept = Some((wrong, ("note".to_owned(), message)));
    let view = RequestsView::of(&lines, kept, now(), frame(PlatformAdministrator), reader.format);
    let html = html(|| view! { <RequestsContent view /> });
    let words = words(&html);
    for said in [
        "4 open",
        "1 late",
        "To be acknowledged",
        "by 18 Nov, 09:00 UTC",
        "Extended: Three systems",
        "Former member 7F3A",
    ] {
        assert!(words.contains(said), "{said}: {words}");
    }
    assert_eq!(html.matches("value=\"fulfilled\"").count(), 3, "a deletion is done by itself");
    let open = |part: &&str| part.split('>').next().is_some_and(|tag| tag.contains(" open"));
    assert_eq!(html.split("<details").skip(1).filter(open).count(), 1, "the form that was wrong is open");
    assert!(html.contains("max=\"2027-02-13\""), "90 days after it was asked");
    insta::assert_snapshot!(main_part(&html));

    let view = RequestsView::of(&[], None, now(), frame(PlatformAdministrator), reader.format);
    let empty = crate::html(|| view! { <RequestsContent view /> });
    assert!(empty.contains("No requests yet"));
}
