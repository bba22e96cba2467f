//! The team and its seats: as they are, full, empty, with every form, and what a link shows.

use crate::{
    html,
    sample::{self, account_id, at, reader, tokens},
    words,
};
use app::{
    allowance::{NeedView, NeedsYou, OverviewContent, OverviewView},
    frame::FrameView,
    team::{
        AcceptContent, AcceptView, AskForMore, AskForMoreView, Comes, InviteForm, OfferView, Open, SeatForm,
        TeamContent, TeamView,
    },
    ui::Tone,
};
use billing::{
    budget::{CapOverride, SeatLimit, SeatUse},
    id::PersonId,
    money::Currency,
    refusal::Reason,
    sample as values,
    team::{
        Role::{self, AccountOperator, CustomerAdministrator, CustomerViewer},
        Seats,
    },
    tier::{BillingPeriod, InUse, Next, Plan, Subscription, Tier},
};
use engine::{
    allowance::Need,
    team::{Holding, OpenInvitation, OwnSeat, SeatRequest, SeatTerms, Team, TeamMember},
    tier::PlanState,
};
use leptos::prelude::*;

fn person(number: u8) -> PersonId {
    format!("per_01K8Z0000000000000000000A{}", if number == 1 { "A".to_owned() } else { number.to_string() })
        .parse()
        .unwrap()
}

fn member(number: u8, name: &str, role: Role, taken: (i64, i64), limit: Option<SeatLimit>) -> TeamMember {
    let accounts = if role == AccountOperator { [account_id("Slow Kitchen")].into() } else { [].into() };
    TeamMember {
        person: person(number),
        name: name.to_owned(),
        email: format!("{}@northlight.example", name.split(' ').next().unwrap().to_lowercase()),
        terms: SeatTerms { role, accounts, cap: limit.map(|limit| limit.cap) },
        limit,
        taken: SeatUse { used: tokens(taken.0), held: tokens(taken.1) },
    }
}

/// Twelve seats less one: four members and two invitations stand for them.
fn team() -> Team {
    let until = at("2026-12-01T00:00:00Z");
    let limit =
        SeatLimit { cap: tokens(400_000), instead: Some(CapOverride { tokens: tokens(450_000), until }) };
    Team {
        members: vec![
            member(1, "Mara Lindqvist", CustomerAdministrator, (412_900, 12_400), None),
            member(2, "Tunde Okafor", AccountOperator, (388_120, 18_500), Some(limit)),
            member(3, "Sofia Reyes", AccountOperator, (96_400, 0), Some(SeatLimit::of(tokens(100_000)))),
            member(4, "Jonas Brandt", CustomerViewer, (0, 0), None),
        ],
        invitations: vec![
            OpenInvitation {
                id: "ivt_01K8Z0000000000000000000AA".parse().unwrap(),
                email: "hana@northlight.example".to_owned(),
                role: AccountOperator,
                accounts: [account_id("Slow Kitchen"), account_id("Tech in Ten")].into(),
                sent_at: at("2026-11-21T09:00:00Z"),
                expires_at: at("2026-11-28T09:00:00Z"),
            },
            OpenInvitation {
                id: "ivt_01K8Z0000000000000000000A1".parse().unwrap(),
                email: "late@northlight.example".to_owned(),
                role: CustomerViewer,
                accounts: [].into(),
                sent_at: at("2026-11-10T09:00:00Z"),
                expires_at: at("2026-11-17T09:00:00Z"),
            },
        ],
        seats: Seats { paid: Some(6), fewer: None, members: 4, invited: 1 },
        pool: tokens(1_200_000),
        cycle: (at("2026-11-01T00:00:00Z"), at("2026-12-01T00:00:00Z")),
        accounts: ["Night Sky Daily", "Slow Kitchen", "Tech in Ten"]
            .map(|name| (account_id(name), name.to_owned()))
            .into(),
        requests: vec![asked(Reason::SeatCap)],
        holdings: vec![Holding {
            production: "sample-33".parse().unwrap(),
            title: "Chip wars, ep. 11".to_owned(),
            member: Some(person(2)),
            held: tokens(4_800),
            since: at("2026-11-22T09:00:00Z"),
            lapses_at: at("2026-11-23T09:00:00Z"),
        }],
        as_of: at("2026-11-22T16:40:00Z"),
    }
}

fn asked(reason: Reason) -> SeatRequest {
    SeatRequest {
        id: "req_01K8Z0000000000000000000AA".parse().unwrap(),
        person: person(3),
        name: "Sofia Reyes".to_owned(),
        refusal: "ref_01K8Z0000000000000000000AA".parse().unwrap(),
        title: "Autumn Soups, the film".to_owned(),
        reason,
        needed: tokens(23_830),
        words: Some("The premiere is on Friday".to_owned()),
        asked_at: at("2026-11-22T11:30:00Z"),
        answer: None,
    }
}

fn plan(tier: Tier, seats: u32, next: Next) -> PlanState {
    let plan = Plan { tier, billing: BillingPeriod::Monthly, seats };
    let id = "sub_01K8Z0000000000000000000AA".parse().unwrap();
    let book = values::price_book().unwrap();
    let new = Subscription::new(id, plan, &book, Currency::Gbp, "2026-11-01".parse().unwrap()).unwrap();
    let subscription = Some(Subscription { next, ..new });
    PlanState { subscription, currency: Currency::Gbp, in_use: InUse { accounts: 3, seats: 5 }, book }
}

fn view(team: &Team, plan: &PlanState) -> TeamView {
    let reader = reader(CustomerAdministrator);
    let frame = FrameView::of(&sample::usage(195_000, 4_800, 0), false, &reader);
    TeamView::of(team, plan, frame, &reader)
}

fn page(view: TeamView) -> String {
    html(|| view! { <TeamContent view /> })
}

#[test]
fn h5_the_team_shows_who_takes_what_of_the_pool() {
    let html = page(view(&team(), &plan(Tier::Atelier, 6, Next::Renew)));
    let said = words(&html);
    for figure in [
        "6 seats, 5 taken",
        "412,900",
        "12,400 held",
        "450,000",
        "until 1 Dec, then 400,000",
        "Invited until 28 Nov",
    ] {
        assert!(said.contains(figure), "{figure}: {said}");
    }
    assert!(
        said.contains("last seat")
            && said.contains("£11.70 today, £39.00 a month and 200,000 tokens to the pool"),
        "{said}"
    );
    assert_eq!(html.matches(">You<").count(), 1, "one's own row is marked");
    insta::assert_snapshot!(html);
}

#[test]
fn reading_5_23_a_full_team_says_what_one_more_seat_comes_to() {
    let mut full = team();
    full.seats.invited = 2;
    full.requests.clear();
    full.holdings.clear();
    full.invitations.clear();
    let said = words(&page(view(&full, &plan(Tier::Atelier, 6, Next::Renew))));
    assert!(said.contains("All 6 seats are in use. One more seat adds"), "{said}");
    assert!(said.contains("Nobody is invited."), "{said}");
    full.seats.fewer = Some((6, "2026-12-01".parse().unwrap()));
    let said = words(&page(view(&full, &plan(Tier::Atelier, 7, Next::Renew))));
    assert!(said.contains("there are 6 seats, and all of them are in use"), "{said}");
    full.seats = Seats { paid: None, fewer: None, members: 4, invited: 0 };
    let html = page(view(&full, &plan(Tier::Pro, 1, Next::Renew)));
    assert!(
        words(&html).contains("4 members")
            && !html.contains("Change seats")
            && !html.contains("class=\"said\"")
    );
}

#[test]
fn h5_the_forms_of_a_seat_carry_what_they_were_made_on() {
    let (team, reader) = (team(), reader(CustomerAdministrator));
    let form = SeatForm::of(&team.members[1], &team, &reader);
    let plan = plan(Tier::Atelier, 6, Next::Renew);
    let html = page(TeamView { open: Some(Open::Seat(Box::new(form))), ..view(&team, &plan) });
    for carried in [
        "name=\"shown[role]\" value=\"operator\"",
        "name=\"shown[cap]\" value=\"400000\"",
        "value=\"450000 1796083200000000",
    ] {
        assert_eq!(html.matches(carried).count(), 3, "{carried}: in each of the three forms");
    }
    let said = words(&html);
    for said_of in [
        "450,000 tokens hold until 1 Dec",
        "then 400,000 again",
        "388,120 used and 18,500 held",
        "1 production runs in their name",
        "What they made stays.",
    ] {
        assert!(said.contains(said_of), "{said_of}: {said}");
    }
    assert!(html.contains("End it now") && html.contains("Remove Tunde Okafor"));
    let last = SeatForm::of(&team.members[0], &team, &reader);
    assert_eq!(
        (last.remove, last.instead),
        (None, None),
        "the last administrator stays; without a cap nothing is overridden"
    );
    let wrong = Some(("cap".to_owned(), "Write a whole number of tokens, such as 200,000.".to_owned()));
    let form = SeatForm { cap: "many".to_owned(), wrong, ..SeatForm::of(&team.members[2], &team, &reader) };
    let html = page(TeamView { open: Some(Open::Seat(Box::new(form))), ..view(&team, &plan) });
    assert!(
        html.contains("role=\"alert\"")
            && html.contains("value=\"many\"")
            && html.contains("aria-invalid=\"true\"")
    );
}

#[test]
fn h6_the_form_that_invites_begins_with_the_least_role() {
    let (team, reader) = (team(), reader(CustomerAdministrator));
    let form = InviteForm::empty(&team, &reader);
    assert!(form.roles[0].chosen && form.roles[0].value == "viewer");
    let plan = plan(Tier::Atelier, 6, Next::Renew);
    let html = page(TeamView { open: Some(Open::Invite(Box::new(form))), ..view(&team, &plan) });
    insta::assert_snapshot!(html.split("id=\"invite\"").nth(1).unwrap().split("</section>").next().unwrap());
}

#[test]
fn h7_a_link_asks_what_it_must_and_says_the_same_whatever_is_wrong() {
    let offer = |comes, wrong| OfferView {
        customer: "Northlight Films".to_owned(),
        email: "hana@northlight.example".to_owned(),
        role: "operator".to_owned(),
        until: "28 Nov, 09:00 UTC".to_owned(),
        comes,
        name: String::new(),
        wrong,
    };
    let page = |offer| {
        let view = AcceptView { token: "00".to_owned(), offer };
        html(|| view! { <AcceptContent view /> })
    };
    let new = page(Some(offer(Comes::New, None)));
    insta::assert_snapshot!("h7_a_new_person_joins", new);
    let wrong = Some(("password".to_owned(), "A password has 12 to 128 characters.".to_owned()));
    let known = page(Some(offer(Comes::Known, wrong)));
    assert!(
        known.contains("current-password")
            && known.contains("role=\"alert\"")
            && !known.contains("name=\"name\"")
    );
    let signed_in = page(Some(offer(Comes::SignedIn, None)));
    assert!(!signed_in.contains("type=\"password\""));
    insta::assert_snapshot!("h7_a_link_that_cannot_be_used", page(None));
}

#[test]
fn a7_a_request_waits_on_overview_and_is_answered_there() {
    let reader = reader(CustomerAdministrator);
    let mut overview = sample::overview();
    overview.needs = [Reason::SeatCap, Reason::NotEnoughCapacity]
        .map(|reason| Need::Asked(Box::new(asked(reason))))
        .into();
    let needs = NeedView::all(&overview, &reader);
    insta::assert_snapshot!(html(|| view! { <NeedsYou needs /> }));
}

#[test]
fn a7_a_member_sees_their_own_use_and_cap() {
    let mut overview = sample::overview();
    overview.needs.clear();
    let until = at("2026-11-25T00:00:00Z");
    overview.seat = Some(OwnSeat {
        limit: SeatLimit {
            cap: tokens(100_000),
            instead: Some(CapOverride { tokens: tokens(120_000), until }),
        },
        taken: SeatUse { used: tokens(96_400), held: tokens(2_000) },
        resets_at: at("2026-12-01T00:00:00Z"),
    });
    let view = OverviewView::of(&overview, false, &reader(AccountOperator)).unwrap();
    let html = html(|| view! { <OverviewContent overview=view /> });
    let said = words(&html);
    for figure in
        ["96,400 of your cap of 120,000 tokens", "2,000 held", "21,600 left", "100,000 again from 25 Nov"]
    {
        assert!(said.contains(figure), "{figure}: {said}");
    }
    insta::assert_snapshot!(html.split("own-seat\"").nth(1).unwrap().split("</section>").next().unwrap());
}

#[test]
fn a7_asking_for_more_says_what_becomes_of_it() {
    let page = |may, said: Option<(Tone, &str)>| {
        let said = said.map(|(tone, words)| (tone, words.to_owned()));
        let ask = AskForMoreView { refusal: "ref_01K8Z0000000000000000000AA".to_owned(), may, said };
        html(|| view! { <AskForMore ask /> })
    };
    insta::assert_snapshot!(page(true, None));
    let waits = page(
        false,
        Some((Tone::Accent, "You asked for more on 22 Nov, 11:30 UTC. It waits for an administrator.")),
    );
    assert!(!waits.contains("<form") && waits.contains("role=\"status\""));
}
