//! The team as its administrators see it: members, what they have taken, who is invited, the seats, what is held. A7, H4, H5.

use super::{Member, SeatRequest, SeatTerms, asked::use_of, invitation::accounts_of};
use crate::{
    Engine, Error,
    db::{
        entity::{account_access, invitation, member, person, production, seat_cycle, token_hold},
        from_word,
        team::seat_limit_of,
    },
};
use billing::{
    budget::{SeatLimit, SeatUse},
    id::{AccountId, InvitationId, PersonId, ProductionName},
    team::{Permission, Role, Seats},
    time::Timestamp,
    tokens::Tokens,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::{BTreeSet, HashMap};

/// Productions that hold something, of which a page shows the largest.
const HOLDS: u64 = 20;

/// A member of a team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamMember {
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// Their email address.
    pub email: String,
    /// What they are.
    pub terms: SeatTerms,
    /// Their cap, and what holds in its place for a time.
    pub limit: Option<SeatLimit>,
    /// What their productions have taken in this cycle.
    pub taken: SeatUse,
}

/// An invitation that has not ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenInvitation {
    /// Which.
    pub id: InvitationId,
    /// To which address.
    pub email: String,
    /// What they will be.
    pub role: Role,
    /// Which accounts an operator will reach.
    pub accounts: BTreeSet<AccountId>,
    /// When its link was sent.
    pub sent_at: Timestamp,
    /// Until when the link works.
    pub expires_at: Timestamp,
}

/// A production that holds tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holding {
    /// The pipeline's name of it.
    pub production: ProductionName,
    /// What people call it.
    pub title: String,
    /// In whose name it is made.
    pub member: Option<PersonId>,
    /// What it holds.
    pub held: Tokens,
    /// When it was admitted.
    pub since: Timestamp,
    /// When it lapses, unless it is heard of.
    pub lapses_at: Timestamp,
}

/// A customer's team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Team {
    /// Members, those who have taken most first.
    pub members: Vec<TeamMember>,
    /// Invitations that have not ended, newest first; those that have expired take no seat.
    pub invitations: Vec<OpenInvitation>,
    /// Seats, where the plan has some.
    pub seats: Seats,
    /// The plan's tokens of this cycle.
    pub pool: Tokens,
    /// Start and end of the cycle.
    pub cycle: (Timestamp, Timestamp),
    /// The accounts, by name.
    pub accounts: Vec<(AccountId, String)>,
    /// Requests that wait for an answer, oldest first.
    pub requests: Vec<SeatRequest>,
    /// What is held, the largest first.
    pub holdings: Vec<Holding>,
    /// When all this is so.
    pub as_of: Timestamp,
}

impl Engine {
    /// The team, for those who manage it.
    pub async fn team(&self, member: &Member) -> Result<Team, Error> {
        member.require(Permission::ManageTeam)?;
        let usage = self.usage(member.customer).await?;
        let cycle = Self::cycle_of(&usage);
        let at = usage.capacity.as_of;
        let members = self.team_members(member, cycle.0).await?;
        let invitations = self.open_invitations(member).await?;
        let subscription = self.subscription(member.customer, member.currency).await?;
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let live = invitations.iter().filter(|one| one.expires_at > at).count();
        let book = self.price_book().await?;
        let accounts = self.accounts(member.customer).await?;
        Ok(Team {
            seats: Seats::of(subscription.as_ref(), &book, count(members.len()), count(live)),
            members,
            invitations,
            pool: usage.capacity.allowance.granted,
            cycle,
            accounts: accounts.into_iter().map(|line| (line.id, line.name)).collect(),
            requests: self.open_requests(member).await?,
            holdings: self.holdings(member).await?,
            as_of: at,
        })
    }

    async fn team_members(&self, member: &Member, cycle: Timestamp) -> Result<Vec<TeamMember>, Error> {
        let (read, owner) = (&self.shared.pools.read, member.customer.to_string());
        let rows = member::Entity::find()
            .filter(member::Column::CustomerId.eq(&owner))
            .order_by_asc(member::Column::CreatedAt)
            .order_by_asc(member::Column::PersonId)
            .all(read)
            .await?;
        let people = person::Entity::find()
            .filter(person::Column::Id.is_in(rows.iter().map(|row| &row.person_id)))
            .all(read)
            .await?;
        let people: HashMap<&str, &person::Model> = people.iter().map(|row| (row.id.as_str(), row)).collect();
        let reached = account_access::Entity::find()
            .filter(account_access::Column::CustomerId.eq(&owner))
            .all(read)
            .await?;
        let taken = seat_cycle::Entity::find()
            .filter(seat_cycle::Column::CustomerId.eq(&owner))
            .filter(seat_cycle::Column::StartsAt.eq(cycle.micros()))
            .all(read)
            .await?;
        let mut members = Vec::new();
        for row in rows {
            let bad = |what: &str| Error::corrupt("member", &row.person_id, what);
            let known = people.get(row.person_id.as_str()).ok_or_else(|| bad("is nobody"))?;
            let own = reached.iter().filter(|one| one.person_id == row.person_id);
            let accounts = own.map(|one| one.account_id.parse().map_err(|_| bad("account")));
            let taken = taken.iter().find(|one| one.person_id == row.person_id);
            let limit = seat_limit_of(&row)?;
            members.push(TeamMember {
                person: row.person_id.parse().map_err(|_| bad("person"))?,
                name: known.name.clone(),
                email: known.email.clone(),
                terms: SeatTerms {
                    role: from_word("member", &row.person_id, &row.role)?,
                    accounts: accounts.collect::<Result<_, _>>()?,
                    cap: limit.map(|limit| limit.cap),
                },
                limit,
                taken: taken.map_or(Ok(SeatUse::default()), use_of)?,
            });
        }
        members.sort_by_key(|one| std::cmp::Reverse(one.taken.used));
        Ok(members)
    }

    async fn open_invitations(&self, member: &Member) -> Result<Vec<OpenInvitation>, Error> {
        let rows = invitation::Entity::find()
            .filter(invitation::Column::CustomerId.eq(member.customer.to_string()))
            .filter(invitation::Column::EndedAt.is_null())
            .order_by_desc(invitation::Column::Id)
            .all(&self.shared.pools.read)
            .await?;
        let open = |row: &invitation::Model| {
            let bad = |what: &str| Error::corrupt("invitation", &row.id, what);
            let instant = |micros| Timestamp::from_micros(micros).map_err(|_| bad("instant"));
            Ok(OpenInvitation {
                id: row.id.parse().map_err(|_| bad("id"))?,
                email: row.email.clone(),
                role: from_word("invitation", &row.id, &row.role)?,
                accounts: accounts_of(row)?,
                sent_at: instant(row.invited_at)?,
                expires_at: instant(row.expires_at)?,
            })
        };
        rows.iter().map(open).collect()
    }

    async fn holdings(&self, member: &Member) -> Result<Vec<Holding>, Error> {
        let (read, owner) = (&self.shared.pools.read, member.customer.to_string());
        let holds = token_hold::Entity::find()
            .filter(token_hold::Column::CustomerId.eq(&owner))
            .filter(token_hold::Column::EndedAt.is_null())
            .filter(token_hold::Column::HeldTokens.gt(0))
            .order_by_desc(token_hold::Column::HeldTokens)
            .order_by_asc(token_hold::Column::Production)
            .limit(HOLDS)
            .all(read)
            .await?;
        let named = production::Entity::find()
            .filter(production::Column::CustomerId.eq(&owner))
            .filter(production::Column::Name.is_in(holds.iter().map(|hold| &hold.production)))
            .all(read)
            .await?;
        let holding = |hold: &token_hold::Model| {
            let bad = |what: &str| Error::corrupt("token_hold", &hold.production, what);
            let instant = |micros| Timestamp::from_micros(micros).map_err(|_| bad("instant"));
            let of = named.iter().find(|row| row.name == hold.production);
            let of = of.ok_or_else(|| bad("has no production"))?;
            Ok(Holding {
                production: hold.production.parse().map_err(|_| bad("production"))?,
                title: of.title.clone(),
                member: of.member_id.as_deref().map(str::parse).transpose().map_err(|_| bad("member"))?,
                held: Tokens::new(hold.held_tokens).map_err(|_| bad("tokens"))?,
                since: instant(of.admitted_at)?,
                lapses_at: instant(hold.expires_at)?,
            })
        };
        holds.iter().map(holding).collect()
    }
}
