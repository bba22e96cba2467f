//! Somebody's own data, as browsers without scripts go: the file, and the account that is deleted and kept. Y1, Y5; T10.

use crate::{
    browser::Browser,
    pages::{sign_in, words},
    support::{World, both},
};
use billing::time::Span;
use http::{Method, StatusCode};
use std::io::{Cursor, Read};

const TUNDE: &str = "tunde@northlight.example";
const ARCHIVE: &str = "/you/privacy/archive";

/// The form of the page that leads to the file.
async fn archive(browser: &mut Browser<'_>) -> crate::support::Reply {
    browser.post(ARCHIVE, &[]).await
}

both! {
    /// A ZIP with each table twice and a word on each, which nobody keeps; of a colleague there is nothing in it.
    async fn y1_the_copy_is_one_file_with_a_word_on_each_table(on: On) {
        let world = World::with_samples(on).await;
        let mut tunde = sign_in(&world, TUNDE).await;
        let reply = archive(&mut tunde).await;
        assert_eq!((reply.status, reply.header("content-type"), reply.header("cache-control")), (StatusCode::OK, "application/zip", "no-store"));
        assert!(reply.header("content-disposition").starts_with("attachment; filename=\"my-data-20"), "{}", reply.header("content-disposition"));
        let mut zip = zip::ZipArchive::new(Cursor::new(reply.bytes.clone())).unwrap();
        let names: Vec<String> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
        let mut text = |name: &str| {
            let mut text = String::new();
            zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
            text
        };
        let readme = text("README.txt");
        for table in ["profile", "memberships", "devices", "invitations_made", "invitations_received", "contacts", "keys_made", "productions", "seat_requests", "consents", "auto_top_up_agreements", "letter_choices", "data_requests", "letters", "log"] {
            for ending in ["json", "csv"] {
                let name = format!("{table}.{ending}");
                assert!(names.contains(&name) && readme.contains(&name), "{name} of {names:?}");
            }
            let rows: serde_json::Value = serde_json::from_str(&text(&format!("{table}.json"))).unwrap();
            let lines = csv::Reader::from_reader(text(&format!("{table}.csv")).as_bytes()).into_records().count();
            assert_eq!(rows.as_array().unwrap().len(), lines, "{table} has the same rows twice");
        }
        assert_eq!(names.len(), 31);
        let profile: serde_json::Value = serde_json::from_str(&text("profile.json")).unwrap();
        assert_eq!((&profile[0]["email"], &profile[0]["role_at_jarai"]), (&TUNDE.into(), &serde_json::Value::Null));
        let all: String = names.iter().map(|name| text(name)).collect();
        assert!(!all.contains("mara@northlight.example") && !all.contains("token="), "somebody else’s");
    }
}

both! {
    /// T10: after ten minutes somebody proves first that it is them; without a sign-in there is nothing.
    async fn t10_the_copy_and_the_end_need_a_fresh_proof(on: On) {
        let world = World::with_samples(on).await;
        let mut nobody = Browser::with_cookie(&world, "");
        assert_eq!(archive(&mut nobody).await.header("location"), "/sign-in?next=/you/privacy");
        let mut tunde = sign_in(&world, TUNDE).await;
        let later = world.engine.now().after(Span::minutes(11));
        world.engine.set_sandbox_clock(later).await.unwrap();
        assert_eq!(archive(&mut tunde).await.header("location"), "/confirm?next=/you/privacy");
        let ended = tunde.post("/act/request-erasure", &[("typed", TUNDE)]).await;
        assert_eq!(ended.header("location"), "/confirm?next=/you/privacy");
        let key = [("name", "Nightly"), ("acts[]", "read"), ("request", "form-1"), ("limit", "much")];
        let mut mara = sign_in(&world, "mara@northlight.example").await;
        world.engine.set_sandbox_clock(later.after(Span::minutes(11))).await.unwrap();
        assert_eq!(mara.post("/act/make-key", &key).await.header("location"), "/confirm?next=/keys/new");
        let proved = mara.post("/act/confirm", &[("proof", "sample-password"), ("next", "/keys/new")]).await;
        assert_eq!(proved.header("location"), "/keys/new");
        let form = mara.get("/keys/new").await.text();
        assert!(form.contains("value=\"Nightly\"") && form.contains("value=\"much\""), "the form is as it was sent");
        assert_eq!(mara.post("/act/make-key", &key).await.header("location"), "/keys/new", "and what is wrong is said now");
        assert!(words(&mara.get("/keys/new").await).contains("Write an amount such as"));
    }
}

both! {
    /// Asked, named on the pages and at the next sign-in, kept again; what staff see of it is theirs alone.
    async fn y1_an_account_is_to_be_deleted_and_kept(on: On) {
        let world = World::with_samples(on).await;
        let mut tunde = sign_in(&world, TUNDE).await;
        tunde.post("/act/request-erasure", &[("typed", "somebody@else.example")]).await;
        let page = tunde.get("/you/privacy").await;
        assert!(words(&page).contains("Type tunde@northlight.example to say that this account is meant"), "{}", words(&page));
        let asked = tunde.post("/act/request-erasure", &[("typed", TUNDE)]).await;
        assert_eq!(asked.header("location"), "/you/privacy");
        for path in ["/you/privacy", "/you"] {
            let said = words(&tunde.get(path).await);
            assert!(said.contains("Your account will be deleted on 21 Nov 2026"), "{path}: {said}");
        }
        let mut again = Browser::with_cookie(&world, "");
        again.post("/act/sign-in", &[("email", TUNDE), ("password", "sample-password")]).await;
        assert!(words(&again.get("/").await).contains("You have asked that your account be deleted"), "said at the sign-in");
        assert!(!words(&again.get("/").await).contains("You have asked that your account be deleted"), "once");

        let mut paula = sign_in(&world, "paula@jarai.example").await;
        let staff = words(&paula.get("/platform/requests").await);
        assert!(staff.contains("Deletion of the account") && staff.contains("1 open"), "{staff}");

        let page = tunde.get("/you/privacy").await.text();
        let id = page.split("name=\"request\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
        tunde.post("/act/withdraw-request", &[("request", &id)]).await;
        let kept = words(&tunde.get("/you/privacy").await);
        assert!(kept.contains("Your account stays.") && kept.contains("Withdrawn"), "{kept}");
        let asked = Browser::with_cookie(&world, &paula.cookie).request(Method::GET, "/platform/requests", "");
        assert_eq!(world.begin(asked).await.status(), StatusCode::OK);
    }
}
