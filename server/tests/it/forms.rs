//! Forms, as browsers without scripts send them: twice, again by the back button. I-20.

use crate::{
    browser::{Browser, form as encoded},
    support::{On, SIGN_IN, World, both},
};
use http::{Method, StatusCode, header};
use std::{collections::BTreeMap, time::Duration};
use tokio::time::timeout;

/// A form or a page that is never answered would hold the run up for ever, and nobody would know which.
pub const PATIENCE: Duration = Duration::from_mins(2);

/// A path and what is sent there.
type Sent = (&'static str, Vec<(&'static str, &'static str)>);

/// The forms of getting in, and of one's own sign-in.
fn of_sign_in() -> Vec<Sent> {
    let (email, password) = SIGN_IN;
    vec![
        ("/act/sign-in-code-form", vec![]),
        ("/act/sign-in-code", vec![("code", "000000")]),
        ("/act/register-form", vec![]),
        (
            "/act/register",
            vec![("name", "Nia"), ("email", "nia@studio.example"), ("country", "GB"), ("accepted", "yes")],
        ),
        ("/act/link-form", vec![]),
        ("/act/send-link", vec![("kind", "signIn"), ("email", email)]),
        ("/act/sent-page", vec![]),
        ("/act/link-page", vec![("arrival", "join"), ("token", "none")]),
        ("/act/join", vec![("token", "none"), ("password", password)]),
        ("/act/enter", vec![("token", "none")]),
        ("/act/reset-password", vec![("token", "none"), ("password", password)]),
        ("/act/confirm-form", vec![]),
        ("/act/confirm", vec![("proof", "a wrong password"), ("next", "/usage")]),
        ("/act/mailbox-page", vec![]),
        ("/act/you-page", vec![]),
        ("/act/rename", vec![("name", "Ada King")]),
        ("/act/choose-letters", vec![("wanted[0]", "Bought")]),
        ("/act/stop-letters-page", vec![("token", "none")]),
        ("/act/stop-letters", vec![("token", "none")]),
        ("/act/change-password", vec![("password", "short")]),
        ("/act/begin-factor", vec![]),
        ("/act/factor-page", vec![]),
        ("/act/confirm-factor", vec![("code", "000000")]),
        ("/act/recovery-codes-page", vec![]),
        ("/act/new-recovery-codes", vec![]),
        ("/act/turn-factor-off", vec![]),
        ("/act/end-session", vec![("device", "none")]),
        ("/act/end-other-sessions", vec![]),
        ("/act/privacy-page", vec![]),
        ("/act/request-erasure", vec![("typed", "else")]),
        ("/act/ask-about-privacy", vec![("kind", "objection"), ("words", "Statistics")]),
        ("/act/withdraw-request", vec![("request", "dsr_01K8Z0000000000000000000AA")]),
        ("/act/set-consent", vec![("kind", "productNews"), ("given", "yes")]),
    ]
}

/// Everything that pages can post to, from the router, and what to send.
#[expect(clippy::too_many_lines, reason = "a table, one line a form")]
fn forms() -> BTreeMap<String, Vec<(&'static str, &'static str)>> {
    let (email, password) = SIGN_IN;
    let known = [
        ("/act/sign-in", vec![("email", email), ("password", password)]),
        ("/act/sign-in-form", vec![]),
        ("/act/overview-figures", vec![]),
        ("/act/productions-list", vec![]),
        ("/act/usage-page", vec![]),
        ("/act/estimate-page", vec![]),
        ("/act/estimate-verdict", vec![]),
        ("/act/sandbox-states", vec![]),
        ("/act/advance-clock", vec![("by", "hour"), ("from", "2026-10-22T12:00:00Z")]),
        ("/act/help-frame", vec![]),
        ("/act/accounts-page", vec![]),
        ("/act/set-limits", vec![("account", "acc_01K8Z0000000000000000000AA"), ("stop_at", "500")]),
        ("/act/new-account-page", vec![]),
        ("/act/open-account", vec![("name", "")]),
        ("/act/plan-page", vec![]),
        ("/act/pricing-page", vec![]),
        (
            "/act/change-plan",
            vec![
                ("tier", "pro"),
                ("billing", "monthly"),
                ("seats", "1"),
                ("request", "form-1"),
                ("shown", "no plan"),
            ],
        ),
        ("/act/decide-plan", vec![("subscription", "sub_01K8Z0000000000000000000AA"), ("next", "cancel")]),
        ("/act/buy-page", vec![]),
        ("/act/order-pack", vec![("pack", "50000"), ("request", "form-2")]),
        ("/act/auto-top-up-page", vec![]),
        ("/act/review-auto-top-up", vec![("below", "10000"), ("pack", "50000"), ("cap", "65.00")]),
        ("/act/agree-auto-top-up", vec![("below", "10000"), ("pack", "50000"), ("cap", "65.00")]),
        ("/act/turn-top-up-off", vec![]),
        ("/act/order-page", vec![("order", "ord_01K8Z0000000000000000000AA")]),
        ("/act/pay-order", vec![("order", "ord_01K8Z0000000000000000000AA")]),
        ("/act/give-up-order", vec![("order", "ord_01K8Z0000000000000000000AA")]),
        ("/act/pay-invoice", vec![("invoice", "inv_01K8Z0000000000000000000AA"), ("request", "form-3")]),
        ("/act/invoices-page", vec![]),
        ("/act/credit-note-page", vec![("note", "crn_01K8Z0000000000000000000AA")]),
        (
            "/act/refund-invoice",
            vec![
                ("invoice", "inv_01K8Z0000000000000000000AA"),
                ("request", "form-9"),
                ("amount", "1.00"),
                ("reason", "Unhappy"),
            ],
        ),
        (
            "/act/settle-debt",
            vec![("invoice", "inv_01K8Z0000000000000000000AA"), ("dispute", "dp_1"), ("reason", "Paid")],
        ),
        ("/act/dispute-in-sandbox", vec![("invoice", "inv_01K8Z0000000000000000000AA"), ("verdict", "open")]),
        ("/act/pnl-page", vec![]),
        ("/act/platform-pnl-page", vec![]),
        ("/act/platform-lists-page", vec![]),
        ("/act/invoice-page", vec![("invoice", "inv_01K8Z0000000000000000000AA")]),
        ("/act/billing-details-page", vec![]),
        (
            "/act/save-billing-details",
            vec![("name", "First Ltd"), ("country", "GB"), ("email", "billing@first.example")],
        ),
        ("/act/sandbox-pay-page", vec![("checkout", "cs_test_none")]),
        ("/act/pay-in-sandbox", vec![("checkout", "cs_test_none"), ("card", "4242 4242 4242 4242")]),
        ("/act/confirm-in-sandbox", vec![("checkout", "cs_test_none"), ("agreed", "yes")]),
        ("/act/raise-limit", vec![("refusal", "ref_01K8Z0000000000000000000AA"), ("to", "500")]),
        ("/act/refusal-page", vec![("refusal", "ref_01K8Z0000000000000000000AA")]),
        ("/act/production-receipt", vec![("production", "intro")]),
        ("/act/appearance", vec![("theme", "dark"), ("locale", "de-DE"), ("next", "/productions")]),
        ("/act/switch-customer", vec![("customer", "cus_01K8Z0000000000000000000AA")]),
        ("/act/customers-page", vec![]),
        ("/act/new-customer-page", vec![]),
        ("/act/customer-page", vec![("customer", "cus_01K8Z0000000000000000000AA")]),
        ("/act/open-customer", vec![("name", "Third"), ("currency", "GBP")]),
        ("/act/set-residency", vec![("customer", "cus_01K8Z0000000000000000000AA"), ("residency", "eu")]),
        ("/act/save-notes", vec![("customer", "cus_01K8Z0000000000000000000AA"), ("notes", "A note")]),
        (
            "/act/set-account-status",
            vec![("customer", "cus_01K8Z0000000000000000000AA"), ("status", "pilot"), ("reason", "Settled")],
        ),
        ("/act/data-requests-page", vec![]),
        ("/act/acknowledge-request", vec![("request", "dsr_01K8Z0000000000000000000AA")]),
        ("/act/extend-request", vec![("request", "dsr_01K8Z0000000000000000000AA"), ("until", "2026-12-01")]),
        ("/act/resolve-request", vec![("request", "dsr_01K8Z0000000000000000000AA"), ("note", "Done")]),
        ("/act/controls-page", vec![]),
        ("/act/assignments-page", vec![]),
        ("/act/jobs-page", vec![]),
        ("/act/switch-control", vec![("control", "promotion"), ("on", "false"), ("reason", "Too dear")]),
        ("/act/retry-event", vec![("event", "evt_none")]),
        ("/act/send-letter-again", vec![("letter", "mai_01K8Z0000000000000000000AA")]),
        (
            "/act/look-into-purchase",
            vec![("purchase", "pur_01K8Z0000000000000000000AA"), ("reason", "Not charged")],
        ),
        ("/act/set-event-aside", vec![("event", "evt_none"), ("reason", "A test")]),
        (
            "/act/save-contact",
            vec![("customer", "cus_01K8Z0000000000000000000AA"), ("to[first_name]", "Ana")],
        ),
        (
            "/act/switch-contact",
            vec![
                ("customer", "cus_01K8Z0000000000000000000AA"),
                ("contact", "con_01K8Z0000000000000000000AA"),
                ("active", "false"),
                ("reason", "Left"),
            ],
        ),
        ("/act/choose-main-contact", vec![("customer", "cus_01K8Z0000000000000000000AA")]),
        ("/act/set-account-loops", vec![("customer", "cus_01K8Z0000000000000000000AA"), ("on[]", "1")]),
        (
            "/act/reset-risk",
            vec![("customer", "cus_01K8Z0000000000000000000AA"), ("shown", "25"), ("reason", "Ours")],
        ),
        ("/act/set-up-plan", vec![("customer", "cus_01K8Z0000000000000000000AA"), ("tier", "pro")]),
        (
            "/act/assign-operator",
            vec![
                ("customer", "cus_01K8Z0000000000000000000AA"),
                ("person", "per_01K8Z0000000000000000000AA"),
            ],
        ),
        ("/act/assign-customers", vec![("person", "per_01K8Z0000000000000000000AA")]),
        ("/act/change-mode", vec![("mode", "idle"), ("reason", "Maintenance")]),
        ("/act/keys-page", vec![]),
        ("/act/new-key-page", vec![]),
        ("/act/key-page", vec![("key", "key_01K8Z0000000000000000000AA")]),
        ("/act/make-key", vec![("name", "Pipeline"), ("acts[]", "read"), ("request", "form-4")]),
        ("/act/change-key", vec![("key", "key_01K8Z0000000000000000000AA"), ("name", "Pipeline")]),
        ("/act/rotate-key", vec![("key", "key_01K8Z0000000000000000000AA"), ("request", "form-5")]),
        ("/act/revoke-key", vec![("key", "key_01K8Z0000000000000000000AA"), ("reason", "Lost")]),
        ("/act/audit-page", vec![]),
        ("/act/revert-entry", vec![("entry", "aud_01K8Z0000000000000000000AA"), ("reason", "A typo")]),
        ("/act/team-page", vec![]),
        ("/act/invite-member", vec![("email", "new@first.example"), ("role", "viewer")]),
        ("/act/send-invitation-again", vec![("invitation", "ivt_01K8Z0000000000000000000AA")]),
        ("/act/revoke-invitation", vec![("invitation", "ivt_01K8Z0000000000000000000AA")]),
        (
            "/act/change-seat",
            vec![("person", "per_01K8Z0000000000000000000AA"), ("role", "viewer"), ("shown[role]", "viewer")],
        ),
        (
            "/act/override-cap",
            vec![
                ("person", "per_01K8Z0000000000000000000AA"),
                ("tokens", "5"),
                ("shown[role]", "viewer"),
                ("shown[cap]", "4"),
            ],
        ),
        ("/act/remove-member", vec![("person", "per_01K8Z0000000000000000000AA"), ("shown[role]", "viewer")]),
        ("/act/release-hold", vec![("production", "nothing"), ("reason", "stuck")]),
        ("/act/ask-for-more", vec![("refusal", "ref_01K8Z0000000000000000000AA")]),
        ("/act/answer-request", vec![("request", "req_01K8Z0000000000000000000AA"), ("answer", "granted")]),
        ("/act/accept-page", vec![("token", "00")]),
        (
            "/act/accept-invitation",
            vec![("token", "00"), ("name", "Nina"), ("password", "larks over wet gravel")],
        ),
        ("/act/sign-out", vec![]),
    ];
    let known: BTreeMap<_, _> = known.into_iter().chain(of_sign_in()).collect();
    let paths = leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path.to_owned());
    paths
        .map(|path| {
            let fields = known.get(&path.as_str()).cloned();
            let fields = fields.unwrap_or_else(|| panic!("{path} is new: say here what it is sent"));
            (path, fields)
        })
        .collect()
}

both! {
    async fn i20_a_form_sent_twice_and_again_acts_once(on: On) {
        for (path, fields) in forms() {
            let acts = timeout(PATIENCE, acts_once(on, &path, &fields)).await;
            acts.unwrap_or_else(|_| panic!("{path} was never answered"));
        }
    }
}

async fn acts_once(on: On, path: &str, fields: &[(&str, &str)]) {
    let world = World::on(on).await;
    let mut browser = Browser::signed_in(&world).await;
    let once = Browser::signed_in(&World::on(on).await).await.post(path, fields).await;
    let replies = browser.post_twice(path, fields).await;
    let again = browser.post(path, fields).await;
    for reply in replies.iter().chain([&again]) {
        assert_eq!(reply.status, once.status, "{path}: {}", reply.text());
        assert_eq!(reply.header("location"), once.header("location"), "{path}");
    }
    let overview = browser.get("/").await;
    let out = path == "/act/sign-out";
    assert_eq!(overview.status == StatusCode::OK, !out, "{path} leaves the browser signed in, or out");
}

both! {
    /// Whoever sends a form and may not, or means what there is not, is told so on a page that leads back.
    async fn a_form_that_fails_says_so_on_a_page(on: On) {
        let world = World::on(on).await;
        let mut browser = Browser::signed_in(&world).await;
        let account = [("account", "acc_01K8Z0000000000000000000AA"), ("stop_at", "500")];
        for (path, fields, status, words) in [
            ("/act/set-limits", &account[..], StatusCode::NOT_FOUND, "There is no such account"),
            ("/act/change-mode", &[("mode", "idle"), ("reason", "Maintenance")], StatusCode::FORBIDDEN, "not yours"),
            ("/act/change-plan", &[("tier", "none")], StatusCode::BAD_REQUEST, "There is no such plan"),
        ] {
            let mut sent = browser.request(Method::POST, path, &encoded(fields));
            let page = "https://console.test/accounts?edit=none".parse().unwrap();
            sent.headers_mut().insert(header::REFERER, page);
            let reply = world.send(sent).await;
            let html = reply.text();
            assert_eq!(reply.status, status, "{path}: {html}");
            assert!(html.contains(words) && html.contains("</html>"), "{path}: {html}");
            assert!(html.contains(r#"href="/accounts?edit=none""#), "{path} leads back: {html}");
        }
        let foreign = browser.post("/act/change-mode", &[("mode", "idle")]).await.text();
        assert!(foreign.contains("Go to Overview"), "{foreign}");
        browser.cookie.clear();
        let nobody = browser.post("/act/set-limits", &account).await;
        assert_eq!((nobody.status, nobody.header("location")), (StatusCode::SEE_OTHER, "/sign-in"), "{nobody:?}");
    }
}
