//! "Raise the budget … to resume": from the refusal to the raised limit, as a browser without scripts goes. G3, N1.

use crate::{
    browser::Browser,
    pages::{sign_in, words},
    support::{World, both},
};
use http::{Method, StatusCode};

/// The address of Slow Kitchen's refusal.
async fn refusal(browser: &mut Browser<'_>) -> String {
    let refused = browser.get("/usage?by=refused").await.text();
    let place = refused.find("/refusals/ref_").expect("somebody was turned away");
    refused[place..place + 40].to_owned()
}

/// An amount that the page names after these words.
fn amount(page: &str, before: &str) -> String {
    let (_, rest) = page.split_once(before).unwrap_or_else(|| panic!("{before} is said: {page}"));
    rest.chars()
        .skip_while(|letter| !letter.is_ascii_digit())
        .take_while(|letter| *letter != ' ')
        .collect::<String>()
        .trim_end_matches('.')
        .to_owned()
}

both! {
    async fn g3_the_limit_is_raised_where_the_production_was_refused(on: On) {
        let world = World::with_samples(on).await;
        let mut mara = sign_in(&world, "mara@northlight.example").await;
        let page = refusal(&mut mara).await;
        let id = page.trim_start_matches("/refusals/").to_owned();
        let overview = mara.get("/").await.text();
        assert!(overview.contains(&format!("href=\"{page}#raise\"")), "Overview leads to the form");

        let before = words(&mara.get(&page).await);
        let least = amount(&before, "At least ");
        let proposed = amount(&before, "Raise to ");
        for (typed, said) in [("1", least.as_str()), ("much", "Write an amount such as"), ("", "Write an amount such as")] {
            let sent = mara.post("/act/raise-limit", &[("refusal", &id), ("to", typed)]).await;
            assert_eq!((sent.status, sent.header("location")), (StatusCode::SEE_OTHER, page.as_str()));
            let wrong = mara.get(&page).await;
            assert!(words(&wrong).contains(said) && wrong.text().contains("role=\"alert\""), "{typed}: {}", words(&wrong));
            assert!(wrong.text().contains(&format!("value=\"{typed}\"")), "what was typed is kept");
            assert!(!mara.get(&page).await.text().contains("role=\"alert\""), "once");
        }

        for reply in mara.post_twice("/act/raise-limit", &[("refusal", &id), ("to", &proposed)]).await {
            assert_eq!((reply.status, reply.header("location")), (StatusCode::SEE_OTHER, page.as_str()));
        }
        let after = words(&mara.get(&page).await);
        for said in [
            format!("Slow Kitchen may spend £{proposed} in October. The pipeline may ask for"),
            "Not started; it may start now".to_owned(),
            format!("Slow Kitchen may spend £{proposed} this month, which is enough"),
        ] {
            assert!(after.contains(&said), "{said}: {after}");
        }
        assert!(!mara.get("/").await.text().contains(&page), "nobody is needed any longer");
        let accounts = mara.get("/accounts").await.text();
        let edit = accounts.match_indices("/accounts?edit=acc_").map(|(place, _)| accounts[place..place + 45].to_owned());
        let mut history = String::new();
        for edit in edit {
            let shown = words(&mara.get(&edit).await).split_whitespace().collect::<Vec<_>>().join(" ");
            if shown.contains("Limits for Slow Kitchen") {
                history = shown;
            }
        }
        let entry = format!("Stop in October only : £5.20 → £{proposed}");
        assert_eq!(history.matches(&entry).count(), 1, "once, although it was sent twice: {history}");
        assert!(history.contains("Mara Lindqvist, 22 Oct 2026, 16:4"), "{history}");
    }
}

both! {
    async fn g3_who_may_not_raise_is_told_whom_to_ask(on: On) {
        let world = World::with_samples(on).await;
        let page = refusal(&mut sign_in(&world, "mara@northlight.example").await).await;
        let id = page.trim_start_matches("/refusals/").to_owned();
        for (email, opens) in [("sofia@northlight.example", StatusCode::OK), ("felix@jarai.example", StatusCode::OK),
            ("tunde@northlight.example", StatusCode::NOT_FOUND), ("jonas@northlight.example", StatusCode::FORBIDDEN)] {
            let mut browser = sign_in(&world, email).await;
            let seen = browser.get(&page).await;
            assert_eq!(seen.status, opens, "{email}");
            assert!(!seen.text().contains("raise-limit"), "{email} is offered what would be refused");
            let asked = words(&seen).contains("Ask Mara Lindqvist, your administrator, to raise this month’s limit");
            assert_eq!(asked, opens == StatusCode::OK, "{email}");
            let sent = world.send(browser.request(Method::POST, "/act/raise-limit", &format!("refusal={id}&to=900"))).await;
            assert_ne!(sent.header("location"), page, "{email} raises nothing");
        }
        let mut mara = sign_in(&world, "mara@northlight.example").await;
        assert!(words(&mara.get("/accounts").await).contains("£5.20"), "the limit is as it was");
    }
}
