//! Forgetting somebody once the grace of their request is over: their seats are free and their reach ends at once (I-45),
//! and of who they were a pseudonym is left. Invoices, ledger and the log stay: the law asks for them. Y1, Y3.
//!
//! It is one transaction under the wallets of all their customers, and it ends their request: of many processes one does it.

use super::{
    charge::teams_of,
    password::hash,
    turn::{Turn, listed},
};
use crate::{
    Engine, Error,
    audit::{Note, request::lock_person},
    db::{
        begin_write,
        entity::{
            contact, invitation, letter_choice, member, person, privacy_request, recovery_code, seat_request,
            second_factor, session, sign_in_link,
        },
        to_word,
    },
    ids::random,
    writer::Shared,
};
use billing::{
    audit::{
        Actor, AuditAct,
        privacy::{RequestKind, RequestOutcome, pseudonym},
    },
    id::PersonId,
};
use sea_orm::{
    ColumnTrait, Condition, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set,
};
use std::collections::{BTreeMap, BTreeSet};

/// As many as one sweep forgets.
const AT_ONCE: u64 = 64;
/// What the log says of what ends with them.
const WHY: &str = "They asked to be forgotten.";

impl Shared {
    /// Ends what somebody is to a customer, as when they are removed.
    async fn leave(
        &self,
        transaction: &DatabaseTransaction,
        row: member::Model,
        person: PersonId,
    ) -> Result<(), Error> {
        let customer = row.customer_id.parse();
        let customer = customer.map_err(|error| Error::corrupt("member", &row.person_id, error))?;
        let turn = Turn { shared: self, transaction, at: self.clock.now(), customer };
        let terms = turn.terms(&row).await?;
        turn.assign(person, &BTreeSet::new()).await?;
        turn.withdraw_requests(person).await?;
        let note = Note::of(customer, Actor::Operations, AuditAct::MemberRemoved, person).because(WHY);
        let note = note.moved("role", Some(row.role.clone()), None);
        let note = note.moved("accounts", listed(&terms.accounts), None).moved("cap", terms.cap, None);
        self.note(transaction, &note).await?;
        member::Entity::delete_by_id((row.customer_id, row.person_id)).exec(transaction).await?;
        Ok(())
    }

    /// Ends every way in: devices, links, the second factor and its recovery codes.
    async fn close_ways_in(
        &self,
        transaction: &DatabaseTransaction,
        of: &person::Model,
    ) -> Result<(), Error> {
        session::Entity::delete_many().filter(session::Column::PersonId.eq(&of.id)).exec(transaction).await?;
        let links = Condition::any()
            .add(sign_in_link::Column::PersonId.eq(&of.id))
            .add(sign_in_link::Column::Email.eq(&of.email));
        sign_in_link::Entity::delete_many().filter(links).exec(transaction).await?;
        second_factor::Entity::delete_by_id(&of.id).exec(transaction).await?;
        let choices = letter_choice::Column::PersonId.eq(&of.id);
        letter_choice::Entity::delete_many().filter(choices).exec(transaction).await?;
        let codes = recovery_code::Column::PersonId.eq(&of.id);
        recovery_code::Entity::delete_many().filter(codes).exec(transaction).await?;
        Ok(())
    }

    /// Takes their address out of invitations; one that is open is revoked, and its seat is free.
    async fn uninvite(
        &self,
        transaction: &DatabaseTransaction,
        of: &person::Model,
        instead: &str,
    ) -> Result<(), Error> {
        let open = invitation::Entity::find()
            .filter(invitation::Column::Email.eq(&of.email))
            .filter(invitation::Column::EndedAt.is_null())
            .all(transaction)
            .await?;
        for row in open {
            let customer = row.customer_id.parse();
            let customer = customer.map_err(|error| Error::corrupt("invitation", &row.id, error))?;
            let turn = Turn { shared: self, transaction, at: self.clock.now(), customer };
            let note = Note::of(customer, Actor::Operations, AuditAct::InvitationRevoked, &row.id);
            self.note(transaction, &note.because(WHY)).await?;
            super::invitation::end(&turn, row, "revoked").await?;
        }
        invitation::Entity::update_many()
            .set(invitation::ActiveModel { email: Set(instead.to_owned()), ..Default::default() })
            .filter(invitation::Column::Email.eq(&of.email))
            .exec(transaction)
            .await?;
        Ok(())
    }

    /// Leaves the pseudonym where customers have them as a contact, who can no longer sign in.
    async fn blank_contacts(
        &self,
        transaction: &DatabaseTransaction,
        of: &person::Model,
        (name, instead): (&str, &str),
    ) -> Result<(), Error> {
        let blank = contact::ActiveModel {
            first_name: Set(name.to_owned()),
            last_name: Set(String::new()),
            email: Set(instead.to_owned()),
            phone: Set(None),
            job: Set(None),
            inactive_since: Set(Some(self.clock.now().micros())),
            rests: Set(None),
            ..Default::default()
        };
        let theirs = contact::Entity::update_many().set(blank).filter(contact::Column::Email.eq(&of.email));
        theirs.exec(transaction).await?;
        Ok(())
    }

    /// Takes away what they have written themselves, and ends what else they have asked.
    async fn blank_words(&self, transaction: &DatabaseTransaction, of: &person::Model) -> Result<(), Error> {
        seat_request::Entity::update_many()
            .set(seat_request::ActiveModel { words: Set(None), ..Default::default() })
            .filter(seat_request::Column::PersonId.eq(&of.id))
            .exec(transaction)
            .await?;
        privacy_request::Entity::update_many()
            .set(privacy_request::ActiveModel { words: Set(None), ..Default::default() })
            .filter(privacy_request::Column::PersonId.eq(&of.id))
            .exec(transaction)
            .await?;
        let ended = privacy_request::ActiveModel {
            ended_at: Set(Some(self.clock.now().micros())),
            outcome: Set(Some(to_word(&RequestOutcome::Withdrawn)?)),
            ..Default::default()
        };
        privacy_request::Entity::update_many()
            .set(ended)
            .filter(privacy_request::Column::PersonId.eq(&of.id))
            .filter(privacy_request::Column::EndedAt.is_null())
            .exec(transaction)
            .await?;
        Ok(())
    }
}

impl Engine {
    /// Forgets everybody whose day has come, and answers how many there were. The sweep does this by itself.
    pub async fn erase_due(&self) -> Result<usize, Error> {
        let due = privacy_request::Entity::find()
            .filter(privacy_request::Column::EndedAt.is_null())
            .filter(privacy_request::Column::ResolveBy.lte(self.now().micros()))
            .filter(privacy_request::Column::Kind.eq(to_word(&RequestKind::Erasure)?))
            .order_by_asc(privacy_request::Column::ResolveBy)
            .limit(AT_ONCE)
            .all(&self.shared.pools.read)
            .await?;
        let mut erased = 0;
        for request in due {
            erased += usize::from(self.erase(&request).await?);
        }
        Ok(erased)
    }

    /// Forgets one, where it is still asked; false where it is not, where somebody else has done it, or where they are the
    /// last administrator of a customer.
    async fn erase(&self, due: &privacy_request::Model) -> Result<bool, Error> {
        // Nobody knows the password that this is a hash of.
        let (password_hash, at) = (hash(hex::encode(random::<32>()?)).await?, self.now());
        let transaction = begin_write(&self.shared.pools.side).await?;
        let locked = self.shared.lock_teams_of(&transaction, &due.person_id).await?;
        let of = match lock_person(&transaction, &due.person_id).await {
            Err(Error::NotFound(_)) => return Ok(false), // forgotten by another process
            other => other?,
        };
        if teams_of(&transaction, &of.id).await? != locked {
            return Ok(false); // they joined a team meanwhile: the next sweep locks it too
        }
        let alone = self.shared.alone_in_charge(&transaction, &of, None).await?;
        if !alone.is_empty() {
            self.hold_up(&transaction, due, &of, &alone).await?;
            transaction.commit().await?;
            return Ok(false);
        }
        let current = privacy_request::Entity::find_by_id(&due.id).lock_exclusive().one(&transaction).await?;
        let is_due = current.is_some_and(|row| row.resolve_by <= at.micros());
        if !is_due || !self.shared.end_request(&transaction, &due.id, RequestOutcome::Fulfilled, None).await?
        {
            return Ok(false);
        }
        let person: PersonId = of.id.parse().map_err(|error| Error::corrupt("person", &of.id, error))?;
        let (name, instead) = (pseudonym(person), format!("{} (erased)", of.id));
        let memberships =
            member::Entity::find().filter(member::Column::PersonId.eq(&of.id)).all(&transaction).await?;
        for row in memberships {
            self.shared.leave(&transaction, row, person).await?;
        }
        self.shared.uninvite(&transaction, &of, &instead).await?;
        self.shared.blank_contacts(&transaction, &of, (&name, &instead)).await?;
        self.shared.close_ways_in(&transaction, &of).await?;
        self.shared.blank_letters(&transaction, &of.email, &instead).await?;
        self.shared.blank_words(&transaction, &of).await?;
        let erased = person::ActiveModel {
            email: Set(instead),
            name: Set(name),
            password_hash: Set(password_hash),
            staff_role: Set(None),
            erased_at: Set(Some(at.micros())),
            ..Default::default()
        };
        person::Entity::update_many()
            .set(erased)
            .filter(person::Column::Id.eq(&of.id))
            .exec(&transaction)
            .await?;
        self.shared.note(&transaction, &Note::beside(Actor::Operations, AuditAct::Erased, person)).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Keeps since when a deletion waits, and says so once.
    async fn hold_up(
        &self,
        transaction: &DatabaseTransaction,
        due: &privacy_request::Model,
        of: &person::Model,
        alone: &[String],
    ) -> Result<(), Error> {
        let waits = privacy_request::ActiveModel {
            waits_since: Set(Some(self.now().micros())),
            ..Default::default()
        };
        let first = privacy_request::Entity::update_many()
            .set(waits)
            .filter(privacy_request::Column::Id.eq(&due.id))
            .filter(privacy_request::Column::EndedAt.is_null())
            .filter(privacy_request::Column::WaitsSince.is_null())
            .exec(transaction)
            .await?;
        if first.rows_affected == 0 {
            return Ok(());
        }
        self.shared.post(transaction, None, &crate::audit::erasure_waits(of, alone)).await?;
        let note = Note::beside(Actor::Operations, AuditAct::ErasureHeldUp, &of.id);
        let why = format!("They are the only administrator of {}.", alone.join(" and "));
        self.shared.note(transaction, &note.because(&why)).await
    }

    /// Where an entry of the log says a name or an address of somebody who was forgotten: what it says instead.
    pub(crate) async fn said_instead(
        &self,
        people: &[person::Model],
        (invitations, contacts): (Vec<String>, Vec<String>),
    ) -> Result<BTreeMap<String, String>, Error> {
        let erased = people.iter().filter(|row| row.erased_at.is_some());
        let mut instead: BTreeMap<String, String> =
            erased.map(|row| (row.id.clone(), row.name.clone())).collect();
        let rows = invitation::Entity::find()
            .filter(invitation::Column::Id.is_in(invitations))
            .all(&self.shared.pools.read)
            .await?;
        instead.extend(rows.into_iter().filter(|row| !row.email.contains('@')).map(|row| {
            let person = row.email.split(' ').next().unwrap_or_default().parse();
            (row.id, person.map_or(row.email, pseudonym))
        }));
        let rows = contact::Entity::find()
            .filter(contact::Column::Id.is_in(contacts))
            .all(&self.shared.pools.read)
            .await?;
        let erased = rows.into_iter().filter(|row| !row.email.contains('@'));
        instead.extend(erased.map(|row| (row.id, row.first_name)));
        Ok(instead)
    }
}
