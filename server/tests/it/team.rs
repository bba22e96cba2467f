//! A team, as browsers without scripts go: invited, joined, changed, removed; who may not, and what somebody else was
//! quicker with. H4–H7, A7; I-44 to I-47, T2, T11.

use crate::{
    browser::Browser,
    pages::{sign_in, words},
    support::{Reply, World, both},
};
use billing::team::Role;
use http::StatusCode;

const MARA: &str = "mara@northlight.example";
const HANA: &str = "hana@harbour.example";
const OMAR: &str = "omar@harbour.example";

/// The link of the newest invitation to an address.
async fn link(world: &World, email: &str) -> String {
    let letters = world.engine.mailbox(Some(email)).await.unwrap();
    let newest =
        letters.into_iter().find(|posted| posted.letter.link.is_some()).expect("a letter with a link");
    newest.letter.link.expect("a link").1
}

/// A browser in which somebody of the sample data has signed in, looking at their own customer.
async fn enter<'world>(world: &'world World, email: &str) -> Browser<'world> {
    let mut browser = Browser::with_cookie(world, "");
    let fields = [("email", email), ("password", "sample-password")];
    assert_eq!(browser.post("/act/sign-in", &fields).await.header("location"), "/");
    browser
}

/// Why a form was not done, as its page names it; empty where it was.
fn code(reply: &Reply) -> String {
    let page = reply.text();
    page.split_once("Code <code>")
        .map_or("", |(_, rest)| rest.split('<').next().unwrap_or_default())
        .to_owned()
}

/// What stands in a page between two texts.
fn between<'page>(page: &'page str, start: &str, end: &str) -> &'page str {
    let (_, rest) = page.split_once(start).unwrap_or_else(|| panic!("{start} is not in {page}"));
    rest.split_once(end).map_or(rest, |(found, _)| found)
}

/// The hidden and chosen fields of a form, as a browser would send them.
fn fields_of(page: &str, action: &str) -> Vec<(String, String)> {
    let form = between(page, &format!("action=\"{action}\""), "</form>");
    let inputs = form.split("<input ").skip(1).filter_map(|input| {
        let input = input.split('>').next()?;
        let attribute =
            |name: &str| Some(input.split_once(&format!("{name}=\""))?.1.split_once('"')?.0.to_owned());
        let chosen = !input.contains("type=\"radio\"") && !input.contains("type=\"checkbox\"")
            || input.contains(" checked");
        chosen.then(|| Some((attribute("name")?, attribute("value").unwrap_or_default())))?
    });
    inputs.collect()
}

fn with<'form>(
    fields: &'form [(String, String)],
    changed: &[(&'form str, &'form str)],
) -> Vec<(&'form str, &'form str)> {
    let kept = fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let kept = kept.filter(|(name, _)| changed.iter().all(|(other, _)| other != name));
    kept.chain(changed.iter().copied()).collect()
}

/// The address at which a member is edited.
fn edit(page: &str, name: &str) -> String {
    let row = page.replace("<!>", "");
    let row = row.split("<tr>").find(|row| row.contains(name)).expect("a member").to_owned();
    between(&row, "href=\"", "\"").to_owned()
}

both! {
    #[expect(clippy::too_many_lines, reason = "one journey from the invitation to the removal")]
    async fn h5_somebody_is_invited_joins_is_changed_and_removed(on: On) {
        let world = World::with_samples(on).await;
        let mut mara = sign_in(&world, MARA).await;
        let page = mara.get("/team?invite=yes").await.text();
        let account = between(&page, "name=\"accounts[]\" value=\"", "\"").to_owned();
        let typed = [("email", "no address"), ("role", "operator"), ("accounts%5B%5D", account.as_str())];
        assert_eq!(mara.post("/act/invite-member", &typed).await.header("location"), "/team");
        let page = mara.get("/team").await;
        assert!(words(&page).contains("Write an email address such as"), "{}", words(&page));
        assert!(page.text().contains("value=\"no address\"") && page.text().contains(&format!("value=\"{account}\" checked")));
        let typed = [("email", "Nina@Studio.Example"), ("role", "operator"), ("accounts[]", account.as_str())];
        for reply in mara.post_twice("/act/invite-member", &typed).await {
            assert_eq!(reply.status, StatusCode::SEE_OTHER);
        }
        let page = words(&mara.get("/team").await);
        assert!(page.contains("nina@studio.example") && page.contains("Operator: "), "{page}");
        assert_eq!(world.engine.mailbox(Some("nina@studio.example")).await.unwrap().len(), 1, "one letter");

        let link = link(&world, "nina@studio.example").await;
        let mut nina = Browser::with_cookie(&world, "");
        for _ in 0..2 {
            let page = nina.get(&link).await;
            assert_eq!(page.status, StatusCode::OK, "looking changes nothing");
            assert!(words(&page).contains("Join  Northlight Films") || words(&page).contains("Northlight Films"));
        }
        let token = link.rsplit('=').next().unwrap().to_owned();
        let join = |password| [("token", token.clone()), ("name", "Nina Vesely".to_owned()), ("password", String::from(password))];
        let short = join("short");
        let short: Vec<(&str, &str)> = short.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(nina.post("/act/accept-invitation", &short).await.header("location"), link);
        let page = nina.get(&link).await;
        assert!(words(&page).contains("at least 12 characters") && page.text().contains("value=\"Nina Vesely\""));
        assert!(!page.text().contains("short"), "a password never comes back");
        let good = join("larks over wet gravel");
        let good: Vec<(&str, &str)> = good.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(nina.post("/act/accept-invitation", &good).await.header("location"), "/");
        let overview = nina.get("/").await;
        assert_eq!(overview.status, StatusCode::OK);
        assert!(words(&overview).contains("Northlight Films") && words(&overview).contains("Nina Vesely"));
        let mut late = Browser::with_cookie(&world, "");
        for bad in [link.as_str(), "/invitations/accept?token=00", "/invitations/accept"] {
            let page = late.get(bad).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{bad}");
            assert!(words(&page).contains("This invitation cannot be used"));
        }
        assert_eq!(late.post("/act/accept-invitation", &good).await.header("location"), link);

        let team = mara.get("/team").await.text();
        let address = edit(&team, "Nina Vesely");
        let page = mara.get(&address).await.text();
        let form = fields_of(&page, "/act/change-seat");
        let sent = with(&form, &[("role", "viewer"), ("cap", "12,000")]);
        assert_eq!(mara.post("/act/change-seat", &sent).await.header("location"), "/team");
        assert!(words(&mara.get("/team").await).contains("12,000"));
        assert_eq!(nina.get("/usage").await.status, StatusCode::FORBIDDEN, "a viewer from the next look on");
        // the same form again was made on what is no longer so
        let stale = with(&form, &[("role", "administrator")]);
        let reply = mara.post("/act/change-seat", &stale).await;
        assert!(reply.header("location").ends_with("#seat"), "{}", reply.header("location"));
        let page = mara.get(&address).await;
        assert_eq!(page.status, StatusCode::CONFLICT);
        assert!(words(&page).contains("it is now Viewer, a cap of 12,000 tokens"), "{}", words(&page));
        assert!(page.text().contains("value=\"administrator\" checked"), "what was chosen is kept");
        assert_eq!(mara.get(&address).await.status, StatusCode::OK, "once");

        let page = mara.get(&address).await.text();
        let form = fields_of(&page, "/act/remove-member");
        for reply in mara.post_twice("/act/remove-member", &with(&form, &[])).await {
            assert_eq!(reply.header("location"), "/team");
        }
        let gone = nina.get("/").await;
        assert_eq!((gone.status, gone.header("location")), (StatusCode::SEE_OTHER, "/sign-in"));
        let live = world.begin(nina.request(http::Method::GET, "/live/usage", "")).await;
        assert_eq!(live.status(), StatusCode::UNAUTHORIZED, "I-45: at once");
        assert!(!words(&mara.get("/team").await).contains("Nina"));
    }
}

both! {
    async fn i47_every_form_of_a_team_is_refused_to_who_may_not(on: On) {
        let world = World::with_samples(on).await;
        let mut mara = sign_in(&world, MARA).await;
        let page = mara.get("/team").await.text();
        let tunde = edit(&page, "Tunde Okafor");
        let tunde = between(&tunde, "edit=", "#").to_owned();
        mara.post("/act/invite-member", &[("email", "new@example.com"), ("role", "viewer")]).await;
        let page = mara.get("/team").await.text();
        let invitation = between(&page, "name=\"invitation\" value=\"", "\"").to_owned();
        let mut hana = enter(&world, HANA).await;
        let request = between(&hana.get("/team").await.text(), "name=\"request\" value=\"", "\"").to_owned();
        let refused = mara.get("/usage?by=refused").await.text();
        let refusal = format!("ref_{}", between(&refused, "/refusals/ref_", "\""));
        let forms: Vec<(&str, Vec<(&str, &str)>)> = vec![
            ("/act/invite-member", vec![("email", "x@example.com"), ("role", "administrator")]),
            ("/act/send-invitation-again", vec![("invitation", &invitation)]),
            ("/act/revoke-invitation", vec![("invitation", &invitation)]),
            ("/act/change-seat", vec![("person", &tunde), ("role", "administrator"), ("shown[role]", "operator")]),
            ("/act/override-cap", vec![("person", &tunde), ("tokens", "9"), ("shown[role]", "operator"), ("shown[cap]", "1")]),
            ("/act/remove-member", vec![("person", &tunde), ("shown[role]", "operator")]),
            ("/act/release-hold", vec![("production", "sample-33"), ("reason", "mine")]),
        ];
        let before = words(&mara.get("/team").await);
        for email in ["tunde@northlight.example", "jonas@northlight.example", "felix@jarai.example"] {
            let mut browser = sign_in(&world, email).await;
            for (path, fields) in &forms {
                assert_eq!(code(&browser.post(path, fields).await), "forbidden", "{path} by {email}");
            }
            let answered = browser.post("/act/answer-request", &[("request", &request), ("answer", "granted")]).await;
            assert_eq!(code(&answered), "forbidden", "{email}");
        }
        for (path, fields) in forms.iter().skip(1) {
            assert_eq!(code(&hana.post(path, fields).await), "not_found", "{path} by another’s administrator");
        }
        let answered = mara.post("/act/answer-request", &[("request", &request), ("answer", "granted")]).await;
        assert_eq!(code(&answered), "not_found");
        let asked = hana.post("/act/ask-for-more", &[("refusal", &refusal)]).await;
        assert_eq!(code(&asked), "not_found");
        let mut jonas = sign_in(&world, "jonas@northlight.example").await;
        assert_eq!(code(&jonas.post("/act/ask-for-more", &[("refusal", &refusal)]).await), "forbidden");
        let edited = hana.get(&format!("/team?edit={tunde}")).await;
        assert_eq!(edited.status, StatusCode::NOT_FOUND);
        let after = words(&mara.get("/team").await);
        assert_eq!(before, after, "nothing was changed");
        for (path, fields) in &forms[2..] {
            let mut paula = sign_in(&world, "paula@jarai.example").await;
            let reply = paula.post(path, fields).await;
            assert_eq!(reply.status, StatusCode::SEE_OTHER, "{path} by the platform’s staff: {}", reply.text());
        }
    }
}

both! {
    async fn a7_a_request_is_answered_on_overview_in_one_click(on: On) {
        let world = World::with_samples(on).await;
        let mut omar = enter(&world, OMAR).await;
        let refused = omar.get("/usage?by=refused").await.text();
        let page = refused.match_indices("/refusals/ref_").map(|(at, _)| refused[at..at + 40].to_owned());
        let mut theirs = String::new();
        for address in page {
            if omar.get(&address).await.text().contains("seat_cap") {
                theirs = address;
            }
        }
        assert!(words(&omar.get(&theirs).await).contains("It waits for an administrator."));
        assert!(words(&omar.get("/").await).contains("of your cap of 170,000 tokens used this cycle"));
        let mut hana = enter(&world, HANA).await;
        let overview = hana.get("/").await;
        assert!(words(&overview).contains("Omar Haddad asks for more") && words(&overview).contains("The festival moved it"));
        let form = fields_of(&overview.text(), "/act/answer-request");
        assert!(form.contains(&("answer".to_owned(), "granted".to_owned())), "{form:?}");
        for reply in hana.post_twice("/act/answer-request", &with(&form, &[])).await {
            assert_eq!((reply.status, reply.header("location")), (StatusCode::SEE_OTHER, "/team"));
        }
        assert!(!words(&hana.get("/").await).contains("asks for more"));
        let page = words(&omar.get(&theirs).await);
        assert!(page.contains("it was allowed on") && page.contains("Not started; it may start now"), "{page}");
        let letters = world.engine.mailbox(Some(OMAR)).await.unwrap();
        assert!(letters[0].letter.subject.contains("Hana Novak allows you more tokens"), "{letters:?}");
    }
}

both! {
    /// A new link for whoever is signed in by another address is none; for the right one it takes one click.
    async fn t11_a_link_is_bound_to_its_address(on: On) {
        let world = World::with_samples(on).await;
        let mut mara = sign_in(&world, MARA).await;
        mara.post("/act/invite-member", &[("email", OMAR), ("role", "viewer")]).await;
        let link = link(&world, OMAR).await;
        let token = link.rsplit('=').next().unwrap();
        let mut hana = enter(&world, HANA).await;
        assert_eq!(hana.get(&link).await.status, StatusCode::NOT_FOUND);
        hana.post("/act/accept-invitation", &[("token", token), ("password", "sample-password")]).await;
        assert!(!words(&mara.get("/team").await).contains("Hana"));
        let mut unknown = Browser::with_cookie(&world, "");
        unknown.post("/act/accept-invitation", &[("token", token), ("password", "not his password")]).await;
        assert!(words(&unknown.get(&link).await).contains("The password is wrong."));
        let mut omar = enter(&world, OMAR).await;
        assert!(!omar.get(&link).await.text().contains("type=\"password\""), "he has signed in");
        assert_eq!(omar.post("/act/accept-invitation", &[("token", token)]).await.header("location"), "/");
        assert!(words(&omar.get("/").await).contains("Northlight Films"), "and looks at his new team");
        let person = omar.get("/team").await;
        assert_eq!(person.status, StatusCode::FORBIDDEN, "as {}", Role::CustomerViewer.title());
    }
}
