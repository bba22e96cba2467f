//! The pages of the sample people: each opens for those who may see it, and says nothing to anybody that is not theirs.
//! DOMAIN section 2, 5.11; the permissions themselves are tested where they are decided.

use crate::{
    browser::Browser,
    forms::PATIENCE,
    support::{On, Reply, World, both},
};
use http::StatusCode;
use server::router::router;
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};
use tokio::time::timeout;

/// Pages, and who of Mara (administrator), Tunde (operator of two accounts), Jonas (viewer), Felix (finance) and Paula
/// (platform) may open them.
const PAGES: [(&str, [bool; 5]); 28] = [
    ("/", [true; 5]),
    ("/productions", [true; 5]),
    ("/productions/sample-1", [true, true, false, true, true]),
    ("/usage", [true, true, false, true, true]),
    ("/accounts", [true, true, false, true, true]),
    ("/accounts/new", [true, false, false, false, true]),
    ("/platform/customers", [false, false, false, false, true]),
    ("/platform/customers/new", [false, false, false, false, true]),
    ("/platform/requests", [false, false, false, false, true]),
    ("/platform/controls", [false, false, false, false, true]),
    ("/platform/assignments", [false, false, false, false, true]),
    ("/platform/jobs", [false, false, false, false, true]),
    ("/keys", [true, false, false, false, true]),
    ("/keys/new", [true, false, false, false, true]),
    ("/audit", [true, false, false, false, true]),
    ("/plan", [true, false, false, false, true]),
    ("/buy", [true, false, false, false, true]),
    ("/buy/auto-top-up", [true; 5]),
    ("/invoices", [true, false, false, true, true]),
    ("/billing-details", [true, false, false, false, true]),
    ("/pnl", [true, true, false, true, true]),
    ("/pnl/platform", [false, false, false, false, true]),
    ("/platform/lists", [false, false, false, true, true]),
    ("/team", [true, false, false, false, true]),
    ("/estimate", [true, true, false, false, true]),
    ("/help", [true; 5]),
    ("/you", [true; 5]),
    ("/you/privacy", [true; 5]),
];
const PEOPLE: [&str; 5] = [
    "mara@northlight.example",
    "tunde@northlight.example",
    "jonas@northlight.example",
    "felix@jarai.example",
    "paula@jarai.example",
];

/// A browser of one of the sample people, looking at Northlight Films.
pub async fn sign_in<'world>(world: &'world World, email: &str) -> Browser<'world> {
    let mut browser = Browser::with_cookie(world, "");
    browser.post("/act/sign-in", &[("email", email), ("password", "sample-password")]).await;
    let overview = browser.get("/").await;
    let html = overview.text();
    if let Some(place) = html.find("Northlight Films</button>") {
        let id = html[..place].rfind("value=\"cus_").map(|at| html[at + 7..at + 37].to_owned());
        browser.post("/act/switch-customer", &[("customer", &id.expect("an id"))]).await;
    }
    browser
}

/// What a person reads, without tags and scripts.
pub fn words(reply: &Reply) -> String {
    let html = reply.text();
    let body = html.split("<script").map(|part| part.split_once("</script>").map_or(part, |(_, rest)| rest));
    let html: String = body.collect();
    html.split('<')
        .filter_map(|part| part.split_once('>'))
        .map(|(_, text)| text)
        .collect::<Vec<_>>()
        .join(" ")
}

both! {
    async fn each_page_opens_for_those_who_may_see_it(on: On) {
        let world = World::with_samples(on).await;
        for (place, email) in PEOPLE.into_iter().enumerate() {
            let mut browser = sign_in(&world, email).await;
            let navigation = browser.get("/").await.text();
            for (path, opens) in PAGES {
                let reply = browser.get(path).await;
                let expected = if opens[place] { StatusCode::OK } else { StatusCode::FORBIDDEN };
                assert_eq!(reply.status, expected, "{path} for {email}: {}", words(&reply));
                let listed = navigation.contains(&format!("href=\"{path}\""));
                assert!(opens[place] || !listed, "{email} is led to {path} and refused there");
            }
            let nowhere = browser.get("/nowhere").await;
            assert_eq!(nowhere.status, StatusCode::NOT_FOUND);
        }
    }
}

both! {
    async fn reading_5_11_nobody_is_sent_what_is_not_theirs(on: On) {
        let world = World::with_samples(on).await;
        let mut jonas = sign_in(&world, "jonas@northlight.example").await;
        for path in ["/", "/productions"] {
            let html = jonas.get(path).await.text();
            assert!(!html.contains('£'), "a viewer is sent an amount on {path}");
            for word in ["Held</th>", "budget", "set-limits", "Sample provider"] {
                assert!(!html.contains(word), "a viewer is sent {word} on {path}");
            }
        }
        let mut tunde = sign_in(&world, "tunde@northlight.example").await;
        for path in ["/", "/productions", "/usage", "/accounts", "/estimate"] {
            let html = tunde.get(path).await.text();
            assert!(!html.contains("Slow Kitchen"), "an operator is sent another account’s name on {path}");
            for word in ["?edit=", "set-limits", "Sample provider", "markup"] {
                assert!(!html.contains(word), "an operator is sent {word} on {path}");
            }
        }
        for (path, what) in [("/productions/sample-2", "another account’s"), ("/productions/no-such", "nobody’s")]
        {
            assert_eq!(tunde.get(path).await.status, StatusCode::NOT_FOUND, "{what} production");
            let csv = tunde.get(&format!("{path}.csv")).await;
            assert!(!csv.text().contains("tariff_line"), "{what} table");
        }
    }
}

both! {
    /// What providers charge and who they are: in every detail of a receipt, for finance and the platform's staff alone.
    async fn reading_5_11_raw_cost_is_sent_to_staff_alone(on: On) {
        let world = World::with_samples(on).await;
        let places = ["/productions/sample-1?detail=steps", "/productions/sample-1.csv", "/productions/sample-1", "/usage", "/usage.csv"];
        for (email, staff) in [
            ("felix@jarai.example", true),
            ("paula@jarai.example", true),
            ("mara@northlight.example", false),
            ("tunde@northlight.example", false),
            ("jonas@northlight.example", false),
        ] {
            let mut browser = sign_in(&world, email).await;
            for (place, path) in places.into_iter().enumerate() {
                let text = browser.get(path).await.text();
                let tells = staff && place < 2;
                for word in ["Sample provider", "1.1625"] {
                    assert_eq!(text.contains(word), tells, "{email} and {word} on {path}");
                }
                let lower = text.to_lowercase();
                for word in ["raw_cost", "raw cost", "markup"] {
                    assert!(tells || !lower.contains(word), "{email} is sent {word} on {path}");
                }
            }
            let sees_cost = !email.starts_with("jonas");
            assert_eq!(browser.get("/usage.csv").await.text().contains("ai_cost"), sees_cost, "{email}");
            assert_eq!(browser.get("/usage").await.text().contains("AI cost</th>"), sees_cost, "{email}");
        }
    }
}

#[tokio::test]
async fn t21_a_page_that_needs_somebody_leads_back_after_the_sign_in() {
    let world = World::new().await;
    world.add_person().await;
    let mut browser = Browser::with_cookie(&world, "");
    let reply = browser.get("/usage").await;
    assert_eq!((reply.status, reply.header("location")), (StatusCode::SEE_OTHER, "/sign-in?next=/usage"));
    let (email, password) = crate::support::SIGN_IN;
    let fields = [("email", email), ("password", password), ("next", "//example.com")];
    assert_eq!(browser.post("/act/sign-in", &fields).await.header("location"), "/");
}

/// Whoever opens a page while a server begins in the same process is answered, and does not wait for ever.
#[tokio::test]
async fn a_page_is_answered_while_routers_are_built() {
    let world = World::new().await;
    let mut browser = Browser::signed_in(&world).await;
    let (state, enough) = (world.state.clone(), Arc::new(AtomicBool::new(false)));
    let until = Arc::clone(&enough);
    let builder = thread::spawn(move || {
        while !until.load(Ordering::Relaxed) {
            drop(router(state.clone()));
        }
    });
    for number in 0..100 {
        let reply = timeout(PATIENCE, browser.get("/")).await;
        let reply = reply.unwrap_or_else(|_| panic!("page {number} was never answered"));
        assert_eq!(reply.status, StatusCode::OK);
    }
    enough.store(true, Ordering::Relaxed);
    builder.join().unwrap();
}

#[tokio::test]
async fn a_wrong_address_says_what_is_wrong_with_it() {
    let world = World::new().await;
    let mut browser = Browser::signed_in(&world).await;
    for path in [
        "/usage?range=decade",
        "/usage?range=custom&from=yesterday&to=2026-10-22",
        "/usage?range=custom&from=2026-10-22&to=2026-10-01",
        "/usage?account=nobody",
        "/usage?by=mood",
        "/productions?state=happy",
        "/productions?before=1",
    ] {
        let reply = browser.get(path).await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{path}");
        assert!(words(&reply).contains("Go to Overview"), "{path} has a way on");
    }
    for path in ["/refusals/none", "/estimate?account=acc_01K8Z0000000000000000000AA"] {
        assert_eq!(browser.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let odd = browser.get("/estimate?video=-1&texts=1e9").await;
    assert_eq!(odd.status, StatusCode::OK);
    assert!(words(&odd).contains("is no whole number from 0 to"), "the form says which number is wrong");
}

/// Pages as they are sent, without what differs from run to run: ids, scripts, what wakes an island, the running minute.
fn stable(reply: &Reply) -> String {
    let html = reply.text();
    let start = html.find("<main").expect("a page has a main part");
    let end = html.find("</main>").expect("a page has a main part");
    let mut text = html[start..end].replace("<!>", "");
    for prefix in ["acc_", "ref_", "cus_", "prd_"] {
        let parts: Vec<String> = text
            .split(prefix)
            .enumerate()
            .map(|(place, part)| if place == 0 { part.to_owned() } else { format!("…{}", &part[26..]) })
            .collect();
        text = parts.join(prefix);
    }
    let islands = text.split("<leptos-island ").enumerate().map(|(place, part)| match part.split_once('>') {
        Some((_, rest)) if place > 0 => format!("<leptos-island>{rest}"),
        _ => part.to_owned(),
    });
    let text: String = islands.collect();
    let minutes = (40..50).fold(text, |text, minute| text.replace(&format!("16:{minute} UTC"), "16:4x UTC"));
    minutes.replace("><", ">\n<")
}

#[tokio::test]
async fn every_page_is_sent_like_this() {
    let world = World::with_samples(On::Sqlite).await;
    let mut mara = sign_in(&world, "mara@northlight.example").await;
    let refused = mara.get("/usage?by=refused").await.text();
    let place = refused.find("/refusals/ref_").expect("somebody was turned away");
    let refusal = refused[place..place + 40].to_owned();
    for (name, path) in [
        ("productions", "/productions?state=failed"),
        ("receipt", "/productions/sample-1"),
        ("receipt_of_a_running_production", "/productions/sample-33"),
        ("overview", "/"),
        ("usage", "/usage"),
        ("turned_away", "/usage?by=refused"),
        ("accounts", "/accounts"),
        ("estimate", "/estimate"),
        ("refusal", &refusal),
        ("help", "/help?step=2"),
    ] {
        let reply = mara.get(path).await;
        assert_eq!(reply.status, StatusCode::OK, "{path}");
        insta::assert_snapshot!(name, stable(&reply));
    }
    let mut felix = sign_in(&world, "felix@jarai.example").await;
    let reply = felix.get("/productions/sample-1?detail=steps").await;
    insta::assert_snapshot!("receipt_for_finance", stable(&reply));
}

#[tokio::test]
async fn b2_each_state_of_the_banner_can_be_seen_by_signing_in() {
    let world = World::with_samples(On::Sqlite).await;
    for (email, state) in [
        ("hana@harbour.example", "healthy"),
        ("mara@northlight.example", "prompt"),
        ("fern@fern.example", "nothing-left"),
        ("iris@evergreen.example", "healthy"),
        ("cora@copper.example", "prompt-on-extra"),
        ("ren@lantern.example", "on-extra"),
        ("mia@meridian.example", "auto-top-up"),
        ("quinn@quarry.example", "auto-top-up-failed"),
        ("sal@saltmarsh.example", "payment-failed"),
        ("theo@thistle.example", "payment-overdue"),
    ] {
        let mut browser = sign_in(&world, email).await;
        let html = browser.get("/help").await.text();
        assert!(html.contains(&format!("data-state=\"{state}\"")), "{email} sees {state}");
        let banner = html.split("class=\"banner\"").nth(1).and_then(|rest| rest.split("</section>").next());
        assert!(banner.is_some_and(|banner| banner.contains("tokens left")), "{state} names the tokens left");
    }
}

/// What the development page advertises: its words, who sees it, and what their page says of it.
const SIGHTS: [(&str, &str, &str); 25] = [
    ("Maintenance", "cora@copper.example", "maintenance"),
    ("Payment outstanding", "theo@thistle.example", "payment_required"),
    ("Account not active", "hana@harbour.example", "account_not_active"),
    ("Too large for the plan", "iris@evergreen.example", "production_too_large"),
    ("Too many at once", "quinn@quarry.example", "concurrency"),
    ("Price unknown", "sal@saltmarsh.example", "price_unknown"),
    ("Key’s limit reached", "ren@lantern.example", "key_budget"),
    ("Budget limit reached", "sofia@northlight.example", "account_budget"),
    ("Customer’s limit reached", "mia@meridian.example", "customer_budget"),
    ("Seat’s cap reached", "omar@harbour.example", "seat_cap"),
    ("Not enough capacity", "fern@fern.example", "not_enough_capacity"),
    ("No limit", "mara@northlight.example", "Night Sky Daily"),
    ("Under its limit", "sal@saltmarsh.example", "New productions that need more than"),
    ("Told at 80% of its limit", "hana@harbour.example", "Told at €12.00"),
    ("Limit reached by calls outside productions", "cora@copper.example", "Budget limit reached"),
    ("Limit lowered below what is spent", "theo@thistle.example", "Budget limit reached"),
    ("Limit raised for this month only", "cora@copper.example", "16.00 again"),
    (
        "Limit capped by the customer’s own",
        "mia@meridian.example",
        "Capped: all accounts together may spend A$28.00",
    ),
    ("Harbour Daily, 22 October 2026", "hana@harbour.example", "Admitted"),
    ("Chip wars, ep. 11", "mara@northlight.example", "Producing"),
    ("Chip wars, a teaser to approve", "mara@northlight.example", "Awaiting approval"),
    ("Autumn soups, ep. 11", "mara@northlight.example", "Published"),
    ("Chip wars, a teaser that failed", "mara@northlight.example", "Failed"),
    ("Harbour Daily, 12 October 2026", "hana@harbour.example", "Expired"),
    ("Chip wars, a teaser that was stopped", "mara@northlight.example", "Cancelled"),
];

/// What stands in a page between two texts.
fn between<'page>(html: &'page str, start: &str, end: &str) -> Option<&'page str> {
    html.split_once(start).and_then(|(_, rest)| rest.split_once(end)).map(|(found, _)| found)
}

#[tokio::test]
async fn g4_each_refusal_and_each_state_of_a_budget_and_of_a_production_can_be_seen_by_signing_in() {
    let world = World::with_samples(On::Sqlite).await;
    let page = Browser::with_cookie(&world, "").get("/sandbox").await.text().replace("<!>", "");
    let lists: Vec<&str> = page.split("class=\"sights\"").skip(1).collect();
    assert_eq!(lists.len(), 3, "refusals, budgets, productions");
    let rows = lists.into_iter().flat_map(|list| list.split("<div class=\"sight\">").skip(1));
    let rows: Vec<&str> = rows.collect();
    assert_eq!(rows.len(), SIGHTS.len(), "what is advertised");
    for ((title, email, words), row) in SIGHTS.into_iter().zip(rows) {
        assert_eq!(between(row, "<h3>", " <").map(str::trim), Some(title), "{row}");
        let field = |name: &str| between(row, &format!("name=\"{name}\" value=\""), "\"").unwrap_or_default();
        assert_eq!(field("email"), email, "{title}");
        let mut browser = Browser::with_cookie(&world, "");
        let fields = ["email", "password", "next"].map(|name| (name, field(name)));
        let reply = browser.post("/act/sign-in", &fields).await;
        assert_eq!(reply.header("location"), field("next"), "{title}");
        let (path, place) = field("next").split_once('#').unwrap_or((field("next"), "main"));
        let reply = browser.get(path).await;
        assert_eq!(reply.status, StatusCode::OK, "{title}");
        let html = reply.text().replace("<!>", "");
        let part = html.split_once(&format!("id=\"{place}\"")).map(|(_, rest)| rest).unwrap_or_default();
        let part = if place == "main" { part } else { part.split("<li id=").next().unwrap_or_default() };
        assert!(part.contains(words), "{title}: {words} is not in {part}");
    }
}
