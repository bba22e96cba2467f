//! Team & seats: "capacity pooled across seats". Who is in the team, what each takes of the pool, who is invited, what is
//! asked for. A7, H4–H7, 5.23.

use super::{
    InviteForm, SeatForm,
    invite::InviteSomebody,
    lists::{HoldingView, Holdings, InvitationView, Invitations, RequestView, Requests},
    seat::SeatEditor,
    seat_fns::team_page,
};
use crate::{
    frame::{Frame, FrameView, PageHeader, loaded},
    ui::{Badge, Bar, Place, Series, Tone, Transcript},
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

/// How a team is managed, step by step.
const STEPS: [&str; 4] = [
    "**Invite** a colleague by email, with the least role that will do: the link works once, for seven days.",
    "Members **share one pool** of tokens; on Atelier each member and each live invitation takes a **seat**.",
    "**Edit** a member: their role, the accounts that they reach, and a **cap** in tokens a cycle.",
    "**Remove** a member and their access ends at once; what runs in their name finishes, and their work stays.",
];

/// One member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberRow {
    /// Their name.
    pub name: String,
    /// Their email address.
    pub email: String,
    /// Whether it is the reader.
    pub own: bool,
    /// What they are.
    pub role: String,
    /// The accounts that they reach.
    pub accounts: String,
    /// Tokens of this cycle.
    pub used: String,
    /// What they hold right now.
    pub held: Option<String>,
    /// Of the plan's tokens of this cycle.
    pub share: String,
    /// The same as a bar, beside the largest.
    pub bar: Place,
    /// Their cap, and what holds in its place for a time.
    pub cap: (String, Option<String>),
    /// Where they are edited.
    pub edit: String,
}

/// What stands open beside the team.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Open {
    /// The form that invites.
    Invite(Box<InviteForm>),
    /// The forms of one member.
    Seat(Box<SeatForm>),
}

/// The page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamView {
    /// What stands around it.
    pub frame: FrameView,
    /// Plan, seats, pool, cycle.
    pub facts: Vec<String>,
    /// Where seats are changed, where the plan has some.
    pub seats: Option<String>,
    /// What one more seat comes to, or that none is free.
    pub says: Option<String>,
    /// What stands open.
    pub open: Option<Open>,
    /// The members, those who have taken most first.
    pub members: Vec<MemberRow>,
    /// Who is invited.
    pub invitations: Vec<InvitationView>,
    /// Who asks for more.
    pub requests: Vec<RequestView>,
    /// What is held, the largest first.
    pub holdings: Vec<HoldingView>,
}

/// The team.
#[component]
pub fn TeamPage() -> impl IntoView {
    let query = use_query_map().get_untracked();
    let (edit, invite) = (query.get("edit").unwrap_or_default(), query.get("invite").is_some());
    loaded(move || team_page(edit.clone(), invite), move |view| view! { <TeamContent view /> })
}

/// The page of this team.
#[component]
pub fn TeamContent(
    /// What to show.
    view: TeamView,
) -> impl IntoView {
    let change = view.seats.map(|address| {
        view! {
            <a class="button" href=address>
                "Change seats"
            </a>
        }
    });
    let open = view.open.map(|open| match open {
        Open::Invite(form) => view! { <InviteSomebody form=*form /> }.into_any(),
        Open::Seat(form) => view! { <SeatEditor form=*form /> }.into_any(),
    });
    let rows = view.members.into_iter().map(member).collect_view();
    view! {
        <Title text="Team & seats" />
        <Frame frame=view.frame path="/team">
            <PageHeader title="Team & seats" facts=view.facts>
                {change}
                <a class="button" data-kind="primary" href="/team?invite=yes#invite">
                    "Invite somebody"
                </a>
            </PageHeader>
            <Requests requests=view.requests />
            {open}
            <section class="panel" aria-labelledby="members">
                <h2 id="members">"Members"</h2>
                <div class="scroll">
                    <table class="list team-list">
                        <thead>
                            <tr>
                                <th scope="col">"Member"</th>
                                <th scope="col">"Role"</th>
                                <th scope="col">"Accounts"</th>
                                <th scope="col" class="number">"Used this cycle"</th>
                                <th scope="col" class="number">"Share of the pool"</th>
                                <th scope="col"><span class="unseen">"Share as a bar"</span></th>
                                <th scope="col" class="number">"Cap"</th>
                                <th scope="col"><span class="unseen">"Edit"</span></th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            </section>
            {view.says.map(|says| view! { <p class="said">{says}</p> })}
            <Invitations invitations=view.invitations />
            <Holdings holdings=view.holdings />
            <Transcript title="Team, seats and caps" steps=STEPS.to_vec() />
        </Frame>
    }
}

fn member(row: MemberRow) -> impl IntoView {
    let (cap, under) = row.cap;
    let of = row.name.clone();
    view! {
        <tr>
            <th scope="row">
                {row.name} {row.own.then(|| view! { " " <Badge tone=Tone::Accent text="You" /> })}
                <span class="under">{row.email}</span>
            </th>
            <td>{row.role}</td>
            <td class="muted">{row.accounts}</td>
            <td class="number" data-label="Used this cycle">
                {row.used} {row.held.map(|held| view! { <span class="under">{held}</span> })}
            </td>
            <td class="number" data-label="Share of the pool">{row.share}</td>
            <td class="bars"><Bar length=row.bar series=Series::First /></td>
            <td class="number" data-label="Cap">
                {cap} {under.map(|under| view! { <span class="under">{under}</span> })}
            </td>
            <td class="number">
                <a href=row.edit>
                    "Edit" <span class="unseen">" " {of}</span>
                </a>
            </td>
        </tr>
    }
}
