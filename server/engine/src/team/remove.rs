//! Removing a member: access ends at once, their content stays. H5; I-44, I-45.

use super::{
    Member,
    terms::Because,
    turn::{Kept, TeamAct, Turn, listed},
};
use crate::{
    Engine, Error,
    db::{
        entity::{audit_entry, member, seat_request},
        to_word,
    },
};
use async_trait::async_trait;
use billing::{
    audit::{Actor, AuditAct},
    id::PersonId,
    team::{Permission, Role},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};
use std::collections::BTreeSet;

struct Remove {
    by: Member,
    person: PersonId,
    shown: Role,
}

#[async_trait]
impl TeamAct for Remove {
    type Answer = ();

    async fn act(&self, turn: &Turn<'_>) -> Kept<()> {
        let Some(row) = turn.member(self.person).await? else { return self.again(turn).await };
        if let Err(refused) = turn.allows(&self.by, &row.person_id).await? {
            return Ok(Err(refused));
        }
        let now = turn.terms(&row).await?;
        if now.role != self.shown {
            let why = format!("Wanted to remove them; they had become {} meanwhile.", now.role.title());
            turn.refuse(&self.by, &row.person_id, &why).await?;
            return Ok(Err(Error::Changed { now: now.to_string() }));
        }
        if let Err(refused) = turn.leaves_an_administrator(&self.by, &row, Role::CustomerViewer).await? {
            return Ok(Err(refused));
        }
        let by = Actor::Person(self.by.person);
        turn.take_out(row, &Because { by, reason: "", reverts: None }).await?;
        Ok(Ok(()))
    }
}

impl Remove {
    /// Whoever was removed before is removed; whoever never was a member does not exist here.
    async fn again(&self, turn: &Turn<'_>) -> Kept<()> {
        let removed = audit_entry::Entity::find()
            .filter(audit_entry::Column::CustomerId.eq(turn.customer.to_string()))
            .filter(audit_entry::Column::Act.eq(to_word(&AuditAct::MemberRemoved)?))
            .filter(audit_entry::Column::Subject.eq(self.person.to_string()));
        Ok(removed.one(turn.transaction).await?.map(drop).ok_or(Error::NotFound("member")))
    }
}

impl Turn<'_> {
    /// Ends a membership: their reach, and what they have asked for.
    pub(super) async fn take_out(&self, row: member::Model, because: &Because<'_>) -> Result<(), Error> {
        let note = because.note(self, AuditAct::MemberRemoved, &row.person_id);
        let now = self.terms(&row).await?;
        let note = note.moved("role", Some(row.role.clone()), None);
        let note = note.moved("accounts", listed(&now.accounts), None).moved("cap", now.cap, None);
        self.note(&note).await?;
        self.end_membership(row).await
    }

    /// The same without an entry: the caller keeps it in one of its own.
    pub(super) async fn end_membership(&self, row: member::Model) -> Result<(), Error> {
        let person =
            row.person_id.parse().map_err(|error| Error::corrupt("member", &row.person_id, error))?;
        self.assign(person, &BTreeSet::new()).await?;
        self.withdraw_requests(person).await?;
        let key = (row.customer_id, row.person_id);
        member::Entity::delete_by_id(key).exec(self.transaction).await?;
        Ok(())
    }

    /// What a member has asked for ends with them.
    pub(super) async fn withdraw_requests(&self, person: PersonId) -> Result<(), Error> {
        let changed = seat_request::ActiveModel {
            answered_at: Set(Some(self.at.micros())),
            answer: Set(Some("withdrawn".to_owned())),
            ..Default::default()
        };
        seat_request::Entity::update_many()
            .set(changed)
            .filter(seat_request::Column::CustomerId.eq(self.customer.to_string()))
            .filter(seat_request::Column::PersonId.eq(person.to_string()))
            .filter(seat_request::Column::AnsweredAt.is_null())
            .exec(self.transaction)
            .await?;
        Ok(())
    }
}

impl Engine {
    /// Removes a member whose role was shown: their sessions and their reach end at once, what runs in their name may
    /// settle, and nothing new starts in it. Their content stays.
    pub async fn remove_member(&self, member: &Member, person: PersonId, shown: Role) -> Result<(), Error> {
        member.require(Permission::ManageTeam)?;
        self.in_turn(member.customer, Remove { by: member.clone(), person, shown }).await
    }
}
