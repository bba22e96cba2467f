//! Who has asked for more, and what a member sees of their own seat. A7.

use super::Member;
use crate::{
    Engine, Error,
    allowance::Usage,
    db::{
        entity::{member, person, seat_cycle, seat_request},
        from_word,
        team::seat_limit_of,
    },
    production::RefusalLine,
};
use billing::{
    budget::{SeatLimit, SeatUse},
    id::{PersonId, RefusalId, SeatRequestId},
    refusal::{Figures, Reason, Scope},
    team::Permission,
    time::Timestamp,
    tokens::Tokens,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

/// Somebody who has asked for more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeatRequest {
    /// Which.
    pub id: SeatRequestId,
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// The refusal that they have asked at.
    pub refusal: RefusalId,
    /// What the production is called.
    pub title: String,
    /// What has refused it: [`Reason::SeatCap`] or [`Reason::NotEnoughCapacity`].
    pub reason: Reason,
    /// What it needs.
    pub needed: Tokens,
    /// What they say, where they said something.
    pub words: Option<String>,
    /// When.
    pub asked_at: Timestamp,
    /// Whether it was granted, and when; none while it waits.
    pub answer: Option<(bool, Timestamp)>,
}

/// What a member with a cap sees of themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnSeat {
    /// Their cap.
    pub limit: SeatLimit,
    /// What they have taken in this cycle.
    pub taken: SeatUse,
    /// When the next one begins.
    pub resets_at: Timestamp,
}

/// Whether a member may ask for more at this refusal: it is their own cap, or the capacity that they may not buy.
pub(super) fn may_ask(member: &Member, line: &RefusalLine) -> Option<Tokens> {
    let Some(Figures::Tokens { needed, .. }) = line.refusal.figures else { return None };
    let theirs = match (line.refusal.reason, &line.refusal.scope) {
        (Reason::SeatCap, Scope::Member { id, .. }) => *id == member.person,
        (Reason::NotEnoughCapacity, _) => true,
        _ => false,
    };
    let produces = member.may_somewhere(Permission::Estimate);
    (theirs && produces && !member.may_somewhere(Permission::ManageTeam)).then_some(needed)
}

/// What a member's productions have taken in the cycle that starts at that instant.
pub(super) async fn taken(
    connection: &impl ConnectionTrait,
    customer: &str,
    person: PersonId,
    starts_at: Timestamp,
) -> Result<SeatUse, Error> {
    let key = (customer.to_owned(), person.to_string(), starts_at.micros());
    let row = seat_cycle::Entity::find_by_id(key).one(connection).await?;
    row.map_or(Ok(SeatUse::default()), |row| use_of(&row))
}

/// What a row says of a member's cycle.
pub(super) fn use_of(row: &seat_cycle::Model) -> Result<SeatUse, Error> {
    let tokens =
        |count| Tokens::new(count).map_err(|error| Error::corrupt("seat_cycle", &row.person_id, error));
    Ok(SeatUse { used: tokens(row.spent_tokens)?, held: tokens(row.held_tokens)? })
}

/// What a row says, with the name of who has asked.
pub(super) async fn request_of(
    connection: &impl ConnectionTrait,
    row: seat_request::Model,
) -> Result<SeatRequest, Error> {
    let asker = person::Entity::find_by_id(&row.person_id).one(connection).await?;
    let bad = |what: &str| Error::corrupt("seat_request", &row.id, what);
    let instant = |micros| Timestamp::from_micros(micros).map_err(|_| bad("instant"));
    let answered_at = row.answered_at.map(instant).transpose()?;
    Ok(SeatRequest {
        id: row.id.parse().map_err(|_| bad("id"))?,
        person: row.person_id.parse().map_err(|_| bad("person"))?,
        name: asker.ok_or_else(|| bad("is nobody’s"))?.name,
        refusal: row.refusal_id.parse().map_err(|_| bad("refusal"))?,
        reason: from_word("seat_request", &row.id, &row.reason)?,
        needed: Tokens::new(row.needed_tokens).map_err(|_| bad("needed"))?,
        asked_at: instant(row.asked_at)?,
        answer: row.answer.as_ref().zip(answered_at).map(|(word, at)| (word == "granted", at)),
        title: row.title,
        words: row.words,
    })
}

impl Engine {
    /// The requests of a customer that wait, oldest first; for those who answer them.
    pub(crate) async fn open_requests(&self, member: &Member) -> Result<Vec<SeatRequest>, Error> {
        if !member.may_somewhere(Permission::ManageTeam) {
            return Ok(Vec::new());
        }
        let read = &self.shared.pools.read;
        let rows = seat_request::Entity::find()
            .filter(seat_request::Column::CustomerId.eq(member.customer.to_string()))
            .filter(seat_request::Column::AnsweredAt.is_null())
            .order_by_asc(seat_request::Column::Id)
            .all(read)
            .await?;
        let mut requests = Vec::new();
        for row in rows {
            requests.push(request_of(read, row).await?);
        }
        Ok(requests)
    }

    /// Whether this member may ask for more at a refusal, and what has become of what they have asked there.
    pub async fn request_at(
        &self,
        member: &Member,
        line: &RefusalLine,
    ) -> Result<(bool, Option<SeatRequest>), Error> {
        let read = &self.shared.pools.read;
        let own = || {
            seat_request::Entity::find()
                .filter(seat_request::Column::CustomerId.eq(member.customer.to_string()))
                .filter(seat_request::Column::PersonId.eq(member.person.to_string()))
        };
        let here = own()
            .filter(seat_request::Column::RefusalId.eq(line.id.to_string()))
            .order_by_desc(seat_request::Column::Id)
            .one(read)
            .await?;
        let waits = own().filter(seat_request::Column::AnsweredAt.is_null()).one(read).await?.is_some();
        let here = match here {
            Some(row) => Some(request_of(read, row).await?),
            None => None,
        };
        Ok((may_ask(member, line).is_some() && !waits, here))
    }

    /// A member's own cap and use, where they have a cap.
    pub(crate) async fn own_seat(&self, member: &Member, usage: &Usage) -> Result<Option<OwnSeat>, Error> {
        let read = &self.shared.pools.read;
        let owner = member.customer.to_string();
        let key = (owner.clone(), member.person.to_string());
        let Some(row) = member::Entity::find_by_id(key).one(read).await? else { return Ok(None) };
        let Some(limit) = seat_limit_of(&row)? else { return Ok(None) };
        let (starts_at, resets_at) = Self::cycle_of(usage);
        let taken = taken(read, &owner, member.person, starts_at).await?;
        Ok(Some(OwnSeat { limit, taken, resets_at }))
    }
}
