//! Active and inactive: an inactive contact is no member, at once, and is again what they were when they are active again.

use super::ContactSwitch;
use crate::{
    Engine, Error,
    audit::{MOVED_ON, Note},
    db::{
        entity::{contact, member},
        from_json, rows, to_json, to_word,
    },
    team::{
        Member, invitation,
        terms::Because,
        turn::{Kept, TeamAct, Turn, listed},
    },
};
use async_trait::async_trait;
use billing::{
    audit::{Actor, AuditAct},
    id::{AccountId, AuditId, ContactId, PersonId},
    team::{Permission, Role},
    tier::PriceBook,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What a contact was as a member.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Rests {
    person: PersonId,
    pub(super) role: Role,
    accounts: BTreeSet<AccountId>,
    cap: Option<i64>,
    since: i64,
}

struct SwitchContact {
    by: Member,
    contact: ContactId,
    active: bool,
    reason: String,
    reverts: Option<AuditId>,
    book: PriceBook,
}

#[async_trait]
impl TeamAct for SwitchContact {
    type Answer = ();

    async fn act(&self, turn: &Turn<'_>) -> Kept<()> {
        if let Err(refused) = turn.is_run_by(&self.by, &self.contact.to_string()).await? {
            return Ok(Err(refused));
        }
        let row = turn.contact(self.contact).await?.ok_or(Error::NotFound("contact"))?;
        if row.inactive_since.is_none() == self.active {
            return Ok(self.reverts.map_or(Ok(()), |_| Err(Error::Stale(MOVED_ON))));
        }
        if self.active { self.wake(turn, row).await } else { self.rest(turn, row).await }
    }
}

impl SwitchContact {
    fn note(&self, turn: &Turn<'_>) -> Note {
        let reverts = self.reverts.map(|entry| (AuditAct::ContactSwitched, entry));
        let because = Because { by: Actor::Person(self.by.person), reason: &self.reason, reverts };
        let state = |active: bool| Some(if active { "active" } else { "inactive" });
        because.note(turn, AuditAct::ContactSwitched, self.contact).moved(
            "state",
            state(!self.active),
            state(self.active),
        )
    }

    /// Ends their sign-in with this customer, at once, and keeps what they were.
    async fn rest(&self, turn: &Turn<'_>, row: contact::Model) -> Kept<()> {
        let member = turn.member_by_email(&row.email).await?;
        let (mut note, mut rests) = (self.note(turn), None);
        if let Some(of) = member {
            if let Err(refused) = turn.leaves_an_administrator(&self.by, &of, Role::CustomerViewer).await? {
                return Ok(Err(refused));
            }
            let now = turn.terms(&of).await?;
            note = note.moved("role", Some(of.role.clone()), None);
            note = note.moved("accounts", listed(&now.accounts), None).moved("cap", now.cap, None);
            let person =
                of.person_id.parse().map_err(|error| Error::corrupt("member", &of.person_id, error))?;
            let was = Rests {
                person,
                role: now.role,
                accounts: now.accounts,
                cap: of.cap_tokens,
                since: of.created_at,
            };
            rests = Some(to_json("contact", &row.id, &was)?);
            turn.end_membership(of).await?;
        }
        invitation::revoke_open(turn, &row.email).await?;
        turn.forget_main_contact(&row.id, &self.by).await?;
        let row = contact::Model { inactive_since: Some(turn.at.micros()), rests, ..row };
        rows::upsert::<contact::Entity>(turn.transaction, &[row]).await?;
        turn.note(&note).await?;
        Ok(Ok(()))
    }

    /// They are again what they were.
    async fn wake(&self, turn: &Turn<'_>, row: contact::Model) -> Kept<()> {
        let mut note = self.note(turn);
        let was: Option<Rests> =
            row.rests.as_deref().map(|json| from_json("contact", &row.id, json)).transpose()?;
        if let Some(was) = was
            && turn.member(was.person).await?.is_none()
        {
            turn.seats(&self.book).await?.take_one()?;
            note = note.with("role", to_word(&was.role)?).moved("accounts", None, listed(&was.accounts));
            let back = member::Model {
                customer_id: turn.customer.to_string(),
                person_id: was.person.to_string(),
                role: to_word(&was.role)?,
                created_at: was.since,
                cap_tokens: was.cap,
                override_tokens: None,
                override_until: None,
            };
            turn.put_in(back, &was.accounts).await?;
        }
        let row = contact::Model { inactive_since: None, rests: None, ..row };
        rows::upsert::<contact::Entity>(turn.transaction, &[row]).await?;
        turn.note(&note).await?;
        Ok(Ok(()))
    }
}

impl Engine {
    /// Makes a contact active or inactive, with a reason. Inactive: a member with their address loses their sign-in at once
    /// and gets it back, as what they were, when they are active again. The last administrator stays.
    pub async fn switch_contact(
        &self,
        by: &Member,
        switch: ContactSwitch,
        reason: &str,
    ) -> Result<(), Error> {
        by.require(Permission::RunPlatform)?;
        self.put_contact(by, switch, reason, None).await
    }

    pub(crate) async fn put_contact(
        &self,
        by: &Member,
        ContactSwitch { customer, contact, active }: ContactSwitch,
        reason: &str,
        reverts: Option<AuditId>,
    ) -> Result<(), Error> {
        let (by, reason, book) = (by.clone(), reason.to_owned(), self.price_book().await?);
        self.in_turn(customer, SwitchContact { by, contact, active, reason, reverts, book }).await
    }
}
