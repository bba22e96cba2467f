//! A team in words and numbers.

use super::{
    Open, TeamView,
    invite_words::invite_form,
    lists::{HoldingView, InvitationView, RequestView},
    roster::MemberRow,
    seat_words::seat_form,
};
use crate::{
    AppError,
    format::Format,
    frame::FrameView,
    reader::Reader,
    tier::names::{billing_words, tier_words},
    ui::{Place, Tone},
};
use billing::{
    refusal::Reason,
    team::{Permission, Role},
    tier::{Effect, Plan, Subscription},
    time::Timestamp,
};
use engine::{
    Engine,
    team::{Holding, OpenInvitation, SeatRequest, Team, TeamMember},
    tier::PlanState,
};

impl TeamView {
    /// The team, and what was asked to be opened.
    pub async fn load(engine: &Engine, edit: &str, invite: bool, reader: &Reader) -> Result<Self, AppError> {
        reader.may(Permission::ManageTeam).then_some(()).ok_or(AppError::Forbidden)?;
        let team = engine.team(&reader.member).await?;
        let plan = engine.plan_of(&reader.member).await?;
        let mut view = Self::of(&team, &plan, FrameView::load(engine, reader).await?, reader);
        let edited = team.members.iter().find(|one| one.person.to_string() == edit);
        view.open = match edited {
            Some(member) => Some(Open::Seat(Box::new(seat_form(member, &team, reader).await?))),
            None if !edit.is_empty() => return Err(AppError::NotFound { what: "member".to_owned() }),
            None => invite_form(&team, invite, reader).await?.map(Box::new).map(Open::Invite),
        };
        Ok(view)
    }

    /// The team, with nothing open beside it.
    #[must_use]
    pub fn of(team: &Team, plan: &PlanState, frame: FrameView, reader: &Reader) -> Self {
        let format = reader.format;
        let most = team.members.iter().map(|one| one.taken.used.get()).max().unwrap_or_default();
        Self {
            frame,
            facts: facts(team, plan, format),
            seats: team.seats.paid.and_then(|paid| seats_address(plan, paid.saturating_add(1))),
            says: says(team, plan, format),
            open: None,
            members: team.members.iter().map(|one| row(one, team, most, reader)).collect(),
            invitations: team.invitations.iter().map(|one| invitation(one, team, format)).collect(),
            requests: team.requests.iter().map(|one| request(one, format)).collect(),
            holdings: team.holdings.iter().map(|one| holding(one, team, format)).collect(),
        }
    }
}

fn facts(team: &Team, plan: &PlanState, format: &Format) -> Vec<String> {
    let current = plan.subscription.filter(Subscription::is_active);
    let seats = match team.seats.paid {
        Some(paid) => format!(
            "{}, {} taken",
            format.counted(paid.into(), "seat", "seats"),
            format.count(team.seats.used())
        ),
        None => format.counted(team.seats.members.into(), "member", "members"),
    };
    let pool = (!team.pool.is_zero()).then(|| format!("one pool of {} tokens", format.tokens(team.pool)));
    let (start, end) = team.cycle;
    [
        current.map(|current| {
            format!("{}, {}", tier_words(current.plan.tier), billing_words(current.plan.billing))
        }),
        Some(seats),
        pool,
        Some(format!("cycle {} – {}", format.day(start), format.day(end))),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The plan's page, where so many seats are shown before anything is changed.
fn seats_address(plan: &PlanState, seats: u32) -> Option<String> {
    let current = plan.subscription.filter(Subscription::is_active)?;
    let tier = tier_words(current.plan.tier).to_lowercase();
    let billing = billing_words(current.plan.billing);
    Some(format!("/plan?billing={billing}&to={tier}&seats={seats}#preview"))
}

/// What one more seat comes to, or that nobody takes one.
fn says(team: &Team, plan: &PlanState, format: &Format) -> Option<String> {
    let paid = team.seats.paid?;
    let free = team.seats.free().unwrap_or_default();
    let taken = match (free, team.seats.fewer) {
        (0, Some((seats, from))) => {
            let seats = format.counted(seats.into(), "seat", "seats");
            return Some(format!(
                "From {} there are {seats}, and all of them are in use. Undo that on the plan’s page to invite somebody.",
                format.date(from)
            ));
        }
        (0, None) => format!("All {} are in use.", format.counted(paid.into(), "seat", "seats")),
        (1, _) => "Inviting one more person takes your last seat.".to_owned(),
        (free, _) => format!("{} are free.", format.counted(free.into(), "seat", "seats")),
    };
    let current = plan.subscription.filter(Subscription::is_active)?;
    let more = Plan { seats: current.plan.seats.saturating_add(1), ..current.plan };
    let change = plan.change(more, team.as_of).ok().filter(|change| change.effect == Effect::AtOnce);
    let price = change.as_ref().and_then(|change| change.net().ok());
    let each = plan.book.offer(more.tier).and_then(|offer| offer.seat_price(more.billing, plan.currency));
    let (Some(change), Some(today), Some(each)) = (change, price, each) else { return Some(taken) };
    let period = if more.billing.cycles() == 1 { "month" } else { "year" };
    Some(format!(
        "{taken} One more seat adds {} today, {} a {period} and {} tokens to the pool, before tax.",
        format.money(today),
        format.money(each),
        format.tokens(change.grants_now)
    ))
}

fn row(one: &TeamMember, team: &Team, most: i64, reader: &Reader) -> MemberRow {
    let format = reader.format;
    let (used, held) = (one.taken.used, one.taken.held);
    MemberRow {
        name: one.name.clone(),
        email: one.email.clone(),
        own: one.person == reader.member.person,
        role: one.terms.role.title().to_owned(),
        accounts: accounts(one.terms.role, one.terms.accounts.iter().copied(), team),
        used: format.tokens(used),
        held: (!held.is_zero()).then(|| format!("{} held", format.tokens(held))),
        share: if team.pool.is_zero() {
            "–".to_owned()
        } else {
            format.share(used.get().into(), team.pool.get().into())
        },
        bar: Place::of(used.get().into(), most.into()),
        cap: cap(one, team.as_of, format),
        edit: format!("/team?edit={}#seat", one.person),
    }
}

fn cap(one: &TeamMember, at: Timestamp, format: &Format) -> (String, Option<String>) {
    let Some(limit) = one.limit else { return ("–".to_owned(), None) };
    let then = |instead: billing::budget::CapOverride| {
        format!("until {}, then {}", format.day(instead.until), format.tokens(limit.cap))
    };
    (format.tokens(limit.at(at)), limit.override_at(at).map(then))
}

/// Which accounts a role reaches, by name.
pub(super) fn accounts(
    role: Role,
    reached: impl Iterator<Item = billing::id::AccountId>,
    team: &Team,
) -> String {
    if role != Role::AccountOperator {
        return "All".to_owned();
    }
    let name = |id| team.accounts.iter().find(|(known, _)| *known == id).map(|(_, name)| name.clone());
    let names: Vec<String> = reached.filter_map(name).collect();
    if names.is_empty() { "None yet".to_owned() } else { names.join(", ") }
}

fn invitation(one: &OpenInvitation, team: &Team, format: &Format) -> InvitationView {
    let live = one.expires_at > team.as_of;
    let state = if live {
        (Tone::Calm, format!("Invited until {}", format.day(one.expires_at)))
    } else {
        (Tone::Warn, format!("Expired on {}, takes no seat", format.day(one.expires_at)))
    };
    let role = match one.role {
        Role::AccountOperator => {
            format!("Operator: {}", accounts(one.role, one.accounts.iter().copied(), team))
        }
        role => role.title().to_owned(),
    };
    InvitationView {
        id: one.id.to_string(),
        email: one.email.clone(),
        role,
        state,
        sent: format!("sent {}", format.minute(one.sent_at)),
    }
}

/// A request in words; shared with what Overview says of it.
pub(crate) fn request(one: &SeatRequest, format: &Format) -> RequestView {
    let needed = format.tokens(one.needed);
    let (what, grant) = match one.reason {
        Reason::SeatCap => ("does not fit their cap in this cycle", format!("Allow {needed} tokens")),
        _ => ("does not fit what is left of the pool", "Tell them it fits now".to_owned()),
    };
    RequestView {
        id: one.id.to_string(),
        title: format!("{} asks for more", one.name),
        words: format!("“{}” needs {needed} tokens and {what}.", one.title),
        said: one.words.clone(),
        asked: format!("Asked {}.", format.minute(one.asked_at)),
        grant,
        buy: one.reason != Reason::SeatCap,
    }
}

fn holding(one: &Holding, team: &Team, format: &Format) -> HoldingView {
    let name = |id| team.members.iter().find(|known| known.person == id).map(|known| known.name.clone());
    let whose = match one.member {
        Some(member) => name(member).unwrap_or_else(|| "somebody who has left".to_owned()),
        None => "in nobody’s name".to_owned(),
    };
    HoldingView {
        production: one.production.to_string(),
        title: one.title.clone(),
        facts: vec![
            whose,
            format!("since {}", format.minute(one.since)),
            format!("lapses {} unless it is heard of", format.minute(one.lapses_at)),
        ],
        held: format.tokens(one.held),
    }
}
