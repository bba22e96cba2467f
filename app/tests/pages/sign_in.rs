//! The pages of getting in. L1, L2, L5, H8.

use crate::{
    html,
    sample::{at, reader, usage},
    words,
};
use app::{
    allowance::NeedView,
    frame::FrameView,
    team::{
        Arrival, ArriveContent, ArriveView, AskContent, AskView, CodeContent, CodeView, CodesContent,
        CodesView, ConfirmContent, ConfirmView, DeviceView, FactorContent, FactorView, LegalTexts,
        LetterChoice, LetterView, MailboxContent, MailboxView, RegisterContent, RegisterView, SentContent,
        SentView, Wrong, YouContent, YouView,
    },
    ui::Choice,
};
use billing::team::Role::CustomerAdministrator;
use engine::allowance::Need;

fn wrong(field: &str, message: &str) -> Wrong {
    Wrong { field: field.to_owned(), message: message.to_owned(), wait_seconds: None }
}

fn frame() -> FrameView {
    FrameView::of(&usage(180_990, 4_800, 0), false, &reader(CustomerAdministrator))
}

#[test]
fn l5_registration_asks_for_name_email_country_and_consent() {
    let choice = |value: &str, words: &str| Choice {
        value: value.to_owned(),
        words: words.to_owned(),
        chosen: value == "GB",
    };
    let view = RegisterView {
        name: "Mara Lindqvist".to_owned(),
        email: "mara".to_owned(),
        countries: vec![choice("", "Choose"), choice("GB", "United Kingdom")],
        texts: LegalTexts {
            terms: "https://example.com/terms".to_owned(),
            privacy: "https://example.com/privacy".to_owned(),
        },
        wrong: Some(wrong("email", "Write an email address such as mara@studio.example.")),
    };
    let html = html(|| leptos::view! { <RegisterContent view /> });
    assert!(html.contains(r#"method="post" action="/act/register""#) && html.contains("Privacy Notice"));
    insta::assert_snapshot!(html);
}

#[test]
fn l2_a_link_is_asked_for_and_one_answer_given() {
    let ask = |reset| html(move || leptos::view! { <AskContent view=AskView::default() reset /> });
    let sent = html(|| leptos::view! { <SentContent view=SentView { mailbox: true } /> });
    insta::assert_snapshot!(format!("{}\n\n{}\n\n{sent}", ask(false), ask(true)));
}

#[test]
fn h8_a_link_is_used_by_a_button_or_cannot_be_used() {
    let page = |arrival, email: Option<&str>| {
        let view = ArriveView {
            arrival,
            token: "0123".to_owned(),
            email: email.map(str::to_owned),
            shortest: 12,
            wrong: None,
        };
        html(move || leptos::view! { <ArriveContent view /> })
    };
    let pages = [Arrival::Join, Arrival::Enter, Arrival::Reset]
        .map(|arrival| page(arrival, Some("mara@northlight.example")));
    assert!(pages.iter().all(|page| page.contains(r#"method="post""#) && page.contains("0123")));
    insta::assert_snapshot!(format!("{}\n\n{}", pages.join("\n\n"), page(Arrival::Join, None)));
}

#[test]
fn l1_the_second_step_and_the_proof_that_it_is_you() {
    let code = html(
        || leptos::view! { <CodeContent view=CodeView { wrong: Some(wrong("code", "This code is wrong or was used.")) } /> },
    );
    let view = ConfirmView { email: "mara@northlight.example".to_owned(), factor: true, wrong: None };
    let proof = html(|| leptos::view! { <ConfirmContent view next="/orders/ord_1".to_owned() /> });
    assert!(proof.contains(r#"value="/orders/ord_1""#));
    insta::assert_snapshot!(format!("{code}\n\n{proof}"));
}

#[test]
fn l1_profile_and_security() {
    let device = |id: &str, is_this| DeviceView {
        id: id.to_owned(),
        device: "Firefox on Windows".to_owned(),
        facts: vec!["192.0.2.1".to_owned(), "last seen 22 Nov 2026, 16:40 UTC".to_owned()],
        is_this,
    };
    let page = |factor: Option<&str>| {
        let view = YouView {
            frame: frame(),
            facts: vec!["mara@northlight.example".to_owned()],
            name: "Mara Lindqvist".to_owned(),
            email: "mara@northlight.example".to_owned(),
            shortest: 12,
            factor: factor.map(str::to_owned),
            devices: vec![device("1", true), device("2", false)],
            letters: vec![
                LetterChoice {
                    kind: "AllowanceUsed".to_owned(),
                    title: "The allowance is nearly used up".to_owned(),
                    wanted: true,
                },
                LetterChoice {
                    kind: "Bought".to_owned(),
                    title: "Somebody has bought capacity".to_owned(),
                    wanted: false,
                },
            ],
            leaving: None,
            wrong: Some(wrong("password", "A password has at least 12 characters. Three words will do.")),
        };
        html(move || leptos::view! { <YouContent view /> })
    };
    let main = |html: &str| html.split_once("<main").map(|(_, rest)| rest.to_owned()).unwrap_or_default();
    let (off, on) = (page(None), page(Some("9 recovery codes are left.")));
    assert_eq!(off.matches("/act/end-session").count(), 1, "this one is left by signing out");
    assert!(words(&on).contains("9 recovery codes are left.") && !on.contains("/act/begin-factor"));
    insta::assert_snapshot!(main(&off));
}

#[test]
fn l1_the_second_factor_is_shown_once_and_so_are_its_recovery_codes() {
    let drawing = serde_json::from_str(r#"{"width": 9, "path": "M4 4h1v1h-1z"}"#).unwrap();
    let view = FactorView { frame: frame(), drawing, secret: "ABCD EFGH".to_owned(), wrong: None };
    let setup = html(|| leptos::view! { <FactorContent view /> });
    let view = CodesView {
        frame: frame(),
        codes: vec!["k3fm-x8qa-0t5w-hp2c".to_owned(), "aaaa-bbbb-cccc-dddd".to_owned()],
    };
    let codes = html(|| leptos::view! { <CodesContent view /> });
    let main = |html: &str| html.split_once("<main").map(|(_, rest)| rest.to_owned()).unwrap_or_default();
    insta::assert_snapshot!(format!("{}\n\n{}", main(&setup), main(&codes)));
}

#[test]
fn the_sandbox_shows_its_letters() {
    let letter = LetterView {
        to: "mara@northlight.example".to_owned(),
        at: "22 Nov 2026, 16:40 UTC".to_owned(),
        subject: "Your link to sign in to JARAI Console".to_owned(),
        paragraphs: vec!["The link works once, for 15 minutes.".to_owned()],
        link: Some(("Sign in".to_owned(), "/enter?token=0123".to_owned())),
        link_is_over: false,
        left: false,
    };
    let used = LetterView { link: None, link_is_over: true, ..letter.clone() };
    let view = MailboxView { to: String::new(), leave: false, letters: vec![letter, used] };
    let html = html(|| leptos::view! { <MailboxContent view /> });
    assert_eq!((html.matches("token=").count(), html.matches("was used").count()), (1, 1));
    insta::assert_snapshot!(html);
}

#[test]
fn onboarding_names_the_steps_that_are_open() {
    let mut overview = crate::sample::overview();
    overview.needs =
        vec![Need::ChoosePlan(Some(at("2026-12-06T00:00:00Z"))), Need::OpenFirstAccount, Need::TakeTour];
    let needs = NeedView::all(&overview, &reader(CustomerAdministrator));
    let ways: Vec<_> = needs.iter().filter_map(|need| need.way.clone()).map(|(address, _)| address).collect();
    assert_eq!(ways, ["/plan", "/accounts/new", "/help"]);
    assert!(needs[0].words.contains("6 Dec, 00:00 UTC"), "{}", needs[0].words);
    overview.needs = vec![Need::ChoosePlan(None)];
    assert!(NeedView::all(&overview, &reader(CustomerAdministrator))[0].words.contains("has ended"));
}
