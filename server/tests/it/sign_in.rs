//! Getting in, as a browser does it. L1, L2, L5, H8; T7, T8, T10, T19, T21.

use crate::{
    browser::Browser,
    pages::{sign_in, words},
    support::{ORIGIN, Reply, SIGN_IN, World, both},
};
use axum::{body::Body, extract::ConnectInfo};
use billing::time::Span;
use engine::team::Member;
use http::{Method, Request, StatusCode, header};
use std::{net::SocketAddr, time::SystemTime};
use totp_rs::{Builder, Secret};

const PASSWORD: &str = "slate-harbour-lantern";

/// The path of the newest letter's link to somebody.
async fn link(world: &World, to: &str) -> String {
    let letters = world.engine.mailbox(Some(to)).await.unwrap();
    letters.first().and_then(|posted| posted.letter.link.clone()).expect("a letter with a link").1
}

/// The hidden token of a page.
fn token(page: &Reply) -> String {
    let html = page.text();
    let (_, rest) = html.split_once("name=\"token\" value=\"").expect("a form with a token");
    rest.split('"').next().unwrap_or_default().to_owned()
}

/// Where a reply leads.
fn leads(reply: &Reply) -> (StatusCode, String) {
    (reply.status, reply.header("location").to_owned())
}

fn to(path: &str) -> (StatusCode, String) {
    (StatusCode::SEE_OTHER, path.to_owned())
}

async fn ada(world: &World) -> Member {
    let (email, password) = SIGN_IN;
    let found = world.engine.sign_in(email, password, [192, 0, 2, 250].into()).await.unwrap();
    let (engine::team::SignIn::Complete(person) | engine::team::SignIn::NeedsCode(person)) = found else {
        panic!("Ada is known")
    };
    world.engine.member(person, None).await.unwrap().expect("a member")
}

#[expect(clippy::disallowed_methods, reason = "an authenticator app goes by the machine's clock")]
fn code(secret: &str) -> String {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    Builder::new()
        .with_secret(Secret::try_from_base32(secret).unwrap())
        .build()
        .unwrap()
        .generate(now)
        .to_string()
}

both! {
    /// L5, H8, 3.11: from the form through the letter to the plan, the first account and the tour.
    async fn l5_somebody_registers_and_is_led_to_a_plan(on: On) {
        let world = World::on(on).await;
        let mut browser = Browser::with_cookie(&world, "");
        let typed = [("name", "Nia Okoro"), ("email", "nia@studio.example"), ("country", "FR"), ("accepted", "yes")];
        for (missing, said) in [("accepted", "Accept both"), ("country", "Choose a country"), ("email", "Write an email address"), ("name", "Write a name")] {
            let typed: Vec<_> = typed.into_iter().filter(|(name, _)| *name != missing).collect();
            assert_eq!(leads(&browser.post("/act/register", &typed).await), to("/register"));
            let page = browser.get("/register").await;
            assert!(words(&page).contains(said), "{missing}: {}", words(&page));
            assert!(missing == "email" || page.text().contains("value=\"nia@studio.example\""), "what was typed is kept");
            assert!(!browser.get("/register").await.text().contains("role=\"alert\""), "once");
        }
        assert_eq!(world.engine.mailbox(None).await.unwrap().len(), 0);
        assert_eq!(leads(&browser.post("/act/register", &typed).await), to("/sent"));
        assert!(words(&browser.get("/sent").await).contains("If this address can be used"));

        let path = link(&world, "nia@studio.example").await;
        let (page, again) = (browser.get(&path).await, browser.get(&path).await);
        assert_eq!((page.status, again.status), (StatusCode::OK, StatusCode::OK), "looking uses nothing up");
        assert!(words(&page).contains("nia@studio.example"));
        let token = token(&page);
        let weak = browser.post("/act/join", &[("token", &token), ("password", "password1234")]).await;
        assert_eq!(leads(&weak), to(&path));
        assert!(words(&browser.get(&path).await).contains("among those that are guessed first"));
        let before = browser.cookie.clone();
        let joined = browser.post("/act/join", &[("token", &token), ("password", PASSWORD)]).await;
        assert_eq!(leads(&joined), to("/plan"));
        assert_ne!(browser.cookie, before, "another session id");
        assert!(words(&browser.get("/plan").await).contains("Your free evaluation has begun"));
        let overview = words(&browser.get("/").await);
        for step in ["Choose a plan", "Open your first account", "See how it works", "5,000"] {
            assert!(overview.contains(step), "{step}: {overview}");
        }
        let used = browser.post("/act/join", &[("token", &token), ("password", PASSWORD)]).await;
        assert_eq!(leads(&used), to("/join"));
        let dead = browser.get("/join").await;
        assert_eq!(dead.status, StatusCode::NOT_FOUND);
        assert!(words(&dead).contains("This link cannot be used"));
        assert_eq!(browser.get(&path).await.status, StatusCode::NOT_FOUND, "a used one is as an unknown one");
    }
}

both! {
    /// T7: the same answer whoever asks about whomever; the letters differ.
    async fn t7_forms_answer_the_same_whether_an_address_is_known(on: On) {
        let world = World::on(on).await;
        world.add_person().await;
        let mut seen = Vec::new();
        for email in [SIGN_IN.0, "nobody@first.example"] {
            let mut browser = Browser::with_cookie(&world, "");
            let registered = [("name", "A"), ("email", email), ("country", "GB"), ("accepted", "yes")];
            let mut replies = vec![browser.post("/act/register", &registered).await];
            for kind in ["signIn", "passwordReset"] {
                replies.push(browser.post("/act/send-link", &[("kind", kind), ("email", email)]).await);
            }
            replies.push(browser.get("/sent").await);
            replies.push(browser.post("/act/sign-in", &[("email", email), ("password", "a wrong password")]).await);
            replies.push(browser.get("/sign-in").await);
            let said = replies.iter().map(|reply| (leads(reply), words(reply).replace(email, "…")));
            seen.push(said.collect::<Vec<_>>());
        }
        assert_eq!(seen[0], seen[1]);
        let paths = [link(&world, SIGN_IN.0).await, link(&world, "nobody@first.example").await];
        assert!(paths[0].starts_with("/reset?token=") && paths[1] == "/register", "{paths:?}");
    }
}

both! {
    /// T8, T10: another id at the sign-in and for whoever proves who they are; an id that has ended is worth nothing.
    async fn t10_a_session_id_changes_at_the_sign_in_and_ends_with_the_sign_out(on: On) {
        let world = World::on(on).await;
        world.add_person().await;
        let (email, password) = SIGN_IN;
        let mut browser = Browser::with_cookie(&world, "");
        browser.post("/act/sign-in", &[("email", email), ("password", "a wrong password")]).await;
        let planted = browser.cookie.clone();
        assert!(planted.starts_with("__Host-jarai="), "{planted}");
        let entered = browser.post("/act/sign-in", &[("email", email), ("password", password)]).await;
        assert_eq!(leads(&entered), to("/"));
        let set = entered.header("set-cookie").to_lowercase();
        for attribute in ["httponly", "secure", "samesite=lax", "path=/", "max-age=43"] {
            assert!(set.contains(attribute), "{attribute}: {set}");
        }
        assert!(!set.contains("domain"), "{set}");
        assert_ne!(browser.cookie, planted);
        let worth_nothing = async |cookie: &str, why: &str| {
            let mut thief = Browser::with_cookie(&world, cookie);
            assert_eq!(leads(&thief.get("/").await), to("/sign-in"), "{why}");
            assert_eq!(thief.get("/live/usage").await.status, StatusCode::UNAUTHORIZED, "{why}");
        };
        worth_nothing(&planted, "an id from before the sign-in").await;

        let before = browser.cookie.clone();
        let proved = browser.post("/act/confirm", &[("proof", password), ("next", "/you")]).await;
        assert_eq!(leads(&proved), to("/you"));
        assert_ne!(browser.cookie, before);
        worth_nothing(&before, "an id from before the proof").await;

        let mut other = Browser::with_cookie(&world, "");
        other.post("/act/sign-in", &[("email", email), ("password", password)]).await;
        let page = browser.get("/you").await;
        assert_eq!(page.text().matches("This one").count(), 1, "{}", words(&page));
        assert_eq!(page.text().matches("/act/end-session").count(), 1);
        assert_eq!(leads(&browser.post("/act/end-other-sessions", &[]).await), to("/you"));
        assert!(words(&browser.get("/you").await).contains("1 other device is signed out."));
        worth_nothing(&other.cookie, "a device that was signed out").await;

        let kept = browser.cookie.clone();
        browser.post("/act/sign-out", &[]).await;
        worth_nothing(&kept, "a session that was left").await;
    }
}

both! {
    /// L1: the second factor from the page that turns it on to the sign-in that asks for it.
    async fn l1_a_sign_in_asks_for_a_code_where_the_second_factor_is_on(on: On) {
        let world = World::on(on).await;
        let mut browser = Browser::signed_in(&world).await;
        assert_eq!(leads(&browser.post("/act/begin-factor", &[]).await), to("/you/factor"));
        let setup = browser.get("/you/factor").await.text();
        let (_, rest) = setup.split_once("class=\"secret\">").expect("the secret as text");
        let secret: String = rest.split('<').next().unwrap().chars().filter(|letter| *letter != ' ').collect();
        assert!(setup.contains("class=\"qr\"") && secret.len() == 32, "{secret}");
        let wrong = browser.post("/act/confirm-factor", &[("code", "000000")]).await;
        assert_eq!(leads(&wrong), to("/you/factor"));
        assert!(words(&browser.get("/you/factor").await).contains("does not fit"));
        let first = code(&secret);
        assert_eq!(leads(&browser.post("/act/confirm-factor", &[("code", &first)]).await), to("/you/codes"));
        let codes = browser.get("/you/codes").await.text();
        let recovery: Vec<&str> = codes.split("<li><code>").skip(1).map(|rest| &rest[..19]).collect();
        assert_eq!(recovery.len(), 10);
        assert_eq!(leads(&browser.get("/you/codes").await), to("/you"), "they are shown once");
        assert_eq!(leads(&browser.get("/you/factor").await), to("/you"), "so is the secret");
        assert!(words(&browser.get("/you").await).contains("10 recovery codes are left."));

        let (email, password) = SIGN_IN;
        let mut elsewhere = Browser::with_cookie(&world, "");
        let asked = elsewhere.post("/act/sign-in", &[("email", email), ("password", password), ("next", "/usage")]).await;
        assert_eq!(leads(&asked), to("/sign-in/code"));
        assert_eq!(leads(&elsewhere.get("/usage").await), to("/sign-in?next=/usage"), "nobody is in yet");
        assert_eq!(leads(&elsewhere.post("/act/sign-in-code", &[("code", &first)]).await), to("/sign-in/code"), "it was used");
        assert!(words(&elsewhere.get("/sign-in/code").await).contains("wrong or was used"));
        let before = elsewhere.cookie.clone();
        assert_eq!(leads(&elsewhere.post("/act/sign-in-code", &[("code", recovery[0])]).await), to("/usage"));
        assert_ne!(elsewhere.cookie, before);
        assert_eq!(elsewhere.get("/usage").await.status, StatusCode::OK);

        let mut late = Browser::with_cookie(&world, "");
        late.post("/act/sign-in", &[("email", email), ("password", password)]).await;
        world.engine.advance_sandbox_clock(Span::minutes(11)).await.unwrap();
        assert_eq!(leads(&late.post("/act/sign-in-code", &[("code", recovery[1])]).await), to("/sign-in"), "too late");
        let ada = ada(&world).await;
        assert_eq!(world.engine.recovery_codes_left(ada.person).await.unwrap(), 9);
    }
}

both! {
    /// T10: what is sensitive asks again after ten minutes, and leads back to where one was.
    async fn t10_sensitive_acts_ask_for_a_fresh_proof_and_lead_back(on: On) {
        let world = World::with_samples(on).await;
        let mut browser = sign_in(&world, "mara@northlight.example").await;
        world.engine.advance_sandbox_clock(Span::minutes(11)).await.unwrap();
        for act in ["change-password", "begin-factor", "new-recovery-codes", "turn-factor-off", "end-session", "end-other-sessions"] {
            let reply = browser.post(&format!("/act/{act}"), &[("password", PASSWORD), ("device", "x")]).await;
            assert_eq!(leads(&reply), to("/confirm?next=/you"), "{act}");
        }
        let ordered = browser.post("/act/order-pack", &[("pack", "50000"), ("request", "form-1")]).await;
        let back = ordered.header("location").trim_start_matches("/confirm?next=").to_owned();
        assert!(ordered.status.is_redirection() && back.starts_with("/orders/ord_"), "{ordered:?}");
        let order = back.trim_start_matches("/orders/").to_owned();
        let paid = browser.post("/act/pay-order", &[("order", &order)]).await;
        assert_eq!(leads(&paid), to(&format!("/confirm?next={back}")));
        assert!(words(&browser.get(&format!("/confirm?next={back}")).await).contains("less than ten minutes old"));

        let wrong = browser.post("/act/confirm", &[("proof", "a wrong password"), ("next", &back)]).await;
        assert_eq!(leads(&wrong), to(&format!("/confirm?next={back}")));
        assert!(words(&browser.get(&format!("/confirm?next={back}")).await).contains("neither your password"));
        let foreign = browser.post("/act/confirm", &[("proof", "sample-password"), ("next", "//example.com")]).await;
        assert_eq!(leads(&foreign), to("/you"), "T21");
        let paid = browser.post("/act/pay-order", &[("order", &order)]).await;
        assert!(paid.header("location").contains("/sandbox/pay/"), "{paid:?}");
        let changed = browser.post("/act/change-password", &[("password", "short")]).await;
        assert_eq!(leads(&changed), to("/you"));
        assert!(words(&browser.get("/you").await).contains("at least 12 characters"));
    }
}

/// A sign-in from this connection, as a proxy may have passed it on.
async fn from(world: &World, peer: &str, said: Option<&str>, password: &str) -> Reply {
    let mut request = Request::builder()
        .method(Method::POST)
        .uri("/act/sign-in")
        .header(header::ACCEPT, "text/html")
        .header(header::ORIGIN, ORIGIN)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    if let Some(said) = said {
        request = request.header("x-forwarded-for", said);
    }
    let form = format!("email={}&password={}", SIGN_IN.0, password.replace(' ', "+"));
    let mut request = request.body(Body::from(form)).unwrap();
    let peer: SocketAddr = format!("{peer}:1234").parse().unwrap();
    request.extensions_mut().insert(ConnectInfo(peer));
    world.send(request).await
}

#[tokio::test]
async fn t7_too_many_wrong_sign_ins_are_told_when_to_come_back() {
    let world = World::new().await;
    world.add_person().await;
    let mut limited = None;
    for _ in 0..14 {
        let reply = from(&world, "203.0.113.9", None, "a wrong password").await;
        assert_eq!(leads(&reply), to("/sign-in"), "the form, whatever it was");
        limited = Some(reply).filter(|reply| !reply.header("retry-after").is_empty()).or(limited);
    }
    let limited = limited.expect("somebody is told to wait");
    let cookie = limited.header("set-cookie").split(';').next().unwrap_or_default().to_owned();
    let mut browser = Browser::with_cookie(&world, &cookie);
    let page = browser.get("/sign-in").await;
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
    let seconds: u64 = page.header("retry-after").parse().unwrap();
    assert!((1..=62).contains(&seconds), "{seconds}");
    assert!(words(&page).contains("Nobody is locked out"), "{}", words(&page));
    assert_eq!(browser.get("/sign-in").await.status, StatusCode::OK, "the page itself can be seen");

    let (_, password) = SIGN_IN;
    assert_eq!(
        leads(&from(&world, "203.0.113.9", None, password).await),
        to("/sign-in"),
        "not from there, not yet"
    );
    assert_eq!(leads(&from(&world, "203.0.113.10", None, password).await), to("/"), "from elsewhere at once");
    world.engine.advance_sandbox_clock(Span::minutes(2)).await.unwrap();
    assert_eq!(
        leads(&from(&world, "203.0.113.9", None, password).await),
        to("/"),
        "and from there after a while"
    );
}

#[tokio::test]
async fn t19_what_a_client_says_of_its_address_moves_no_limit() {
    let world = World::new().await;
    world.add_person().await;
    let wait = async |peer: &str, said: &str| {
        let reply = from(&world, peer, Some(said), "a wrong password").await;
        !reply.header("retry-after").is_empty()
    };
    let mut limited = 0;
    for round in 0..14 {
        limited += usize::from(wait("203.0.113.9", &format!("198.51.100.{round}")).await);
    }
    assert!((1..=4).contains(&limited), "{limited}: another word each time, the same limit");
    for round in 0..14 {
        assert!(
            !wait("10.0.0.7", &format!("198.51.100.{round}")).await,
            "a trusted proxy tells clients apart"
        );
    }
}

#[tokio::test]
async fn the_mailbox_is_read_in_a_sandbox_and_linked_where_a_letter_is_on_its_way() {
    let world = World::with_samples(crate::support::On::Sqlite).await;
    let mut browser = Browser::with_cookie(&world, "");
    let sample = words(&browser.get("/sandbox/mail").await);
    assert!(!sample.contains("No letters yet"), "the samples have invited somebody");
    browser.post("/act/send-link", &[("kind", "signIn"), ("email", "mara@northlight.example")]).await;
    assert!(browser.get("/sent").await.text().contains("href=\"/sandbox/mail\""));
    let page = browser.get("/sandbox/mail?to=mara@northlight.example").await.text();
    let path = link(&world, "mara@northlight.example").await;
    assert!(page.contains(&format!("href=\"{path}\"")), "its link leads on");
    assert!(
        words(&browser.get("/sandbox/mail?to=jonas@northlight.example").await).contains("No letters yet")
    );
    let token = token(&browser.get(&path).await);
    assert_eq!(leads(&browser.post("/act/enter", &[("token", &token)]).await), to("/"));
    assert_eq!(browser.get("/").await.status, StatusCode::OK);
    assert_eq!(leads(&browser.post("/act/enter", &[("token", &token)]).await), to("/enter"), "once");
}
