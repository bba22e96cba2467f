//! What a member is, as rows, and how it becomes something else: by an administrator's form, by an assignment, or because an
//! entry of the log is put back. Each difference leaves its entry. H4, H5, A7, N1.

use super::{
    Member, SeatTerms,
    turn::{Kept, Turn, listed},
};
use crate::{
    Error,
    audit::Note,
    db::{
        entity::{account_access, member},
        from_word, rows,
        team::seat_limit_of,
        to_word,
    },
};
use billing::{
    audit::{Actor, AuditAct},
    id::{AccountId, AuditId, PersonId},
    team::Role,
    tokens::Tokens,
};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use std::collections::BTreeSet;

/// Who changes a member, why, and which entry of the log is put back by it, where one is.
pub(super) struct Because<'a> {
    pub(super) by: Actor,
    pub(super) reason: &'a str,
    /// The act whose entry it is, and the entry.
    pub(super) reverts: Option<(AuditAct, AuditId)>,
}

impl Because<'_> {
    /// The beginning of a note.
    pub(super) fn note(&self, turn: &Turn<'_>, act: AuditAct, subject: impl std::fmt::Display) -> Note {
        let entry = self.reverts.filter(|(of, _)| *of == act).map(|(_, entry)| entry);
        Note::of(turn.customer, self.by, act, subject).because(self.reason).reverting(entry)
    }
}

impl Turn<'_> {
    /// What a member is now.
    pub(super) async fn terms(&self, row: &member::Model) -> Result<SeatTerms, Error> {
        let rows = account_access::Entity::find()
            .filter(account_access::Column::CustomerId.eq(&row.customer_id))
            .filter(account_access::Column::PersonId.eq(&row.person_id))
            .all(self.transaction)
            .await?;
        let id = |row: &account_access::Model| {
            row.account_id.parse().map_err(|error| Error::corrupt("account_access", &row.person_id, error))
        };
        Ok(SeatTerms {
            role: from_word("member", &row.person_id, &row.role)?,
            accounts: rows.iter().map(id).collect::<Result<_, _>>()?,
            cap: seat_limit_of(row)?.map(|limit| limit.cap),
        })
    }

    /// Nothing, where an administrator is left when this member gets that role. Decided under the lock: two who demote each
    /// other at once come one after the other.
    pub(super) async fn leaves_an_administrator(
        &self,
        by: &Member,
        row: &member::Model,
        to: Role,
    ) -> Kept<()> {
        let administers = row.role == to_word(&Role::CustomerAdministrator)?;
        if !administers || to == Role::CustomerAdministrator || self.administrators().await? > 1 {
            return Ok(Ok(()));
        }
        self.refuse(by, &row.person_id, "They are the last administrator.").await?;
        Ok(Err(Error::LastAdministrator))
    }

    /// Makes a member what they are to be: a row, what they reach, and an entry for each thing that differs.
    pub(super) async fn rewrite(
        &self,
        row: member::Model,
        now: &SeatTerms,
        to: &SeatTerms,
        because: &Because<'_>,
    ) -> Result<(), Error> {
        let (capped, person) = (to.cap.is_some(), row.person_id.clone());
        let changed = member::Model {
            role: to_word(&to.role)?,
            cap_tokens: to.cap.map(Tokens::get),
            override_tokens: row.override_tokens.filter(|_| capped),
            override_until: row.override_until.filter(|_| capped),
            ..row
        };
        self.save(changed).await?;
        if now.role != to.role {
            let (before, after) = (to_word(&now.role)?, to_word(&to.role)?);
            let note = because.note(self, AuditAct::RoleChanged, &person);
            self.note(&note.moved("role", Some(before), Some(after))).await?;
        }
        if now.accounts != to.accounts {
            let id = person.parse().map_err(|error| Error::corrupt("member", &person, error))?;
            self.assign(id, &to.accounts).await?;
            let (before, after) = (listed(&now.accounts), listed(&to.accounts));
            let note = because.note(self, AuditAct::AccountsAssigned, &person);
            self.note(&note.moved("accounts", before, after)).await?;
        }
        if now.cap != to.cap {
            let note = because.note(self, AuditAct::SeatCapChanged, &person);
            self.note(&note.moved("cap", now.cap, to.cap)).await?;
        }
        Ok(())
    }

    /// Makes somebody a member, who is none.
    pub(super) async fn put_in(
        &self,
        row: member::Model,
        accounts: &BTreeSet<AccountId>,
    ) -> Result<(), Error> {
        let id = row.person_id.parse().map_err(|error| Error::corrupt("member", &row.person_id, error))?;
        member::Entity::insert(row.into_active_model()).exec_without_returning(self.transaction).await?;
        self.assign(id, accounts).await
    }

    pub(super) async fn save(&self, row: member::Model) -> Result<(), Error> {
        rows::upsert::<member::Entity>(self.transaction, &[row]).await
    }

    pub(super) async fn assign(&self, person: PersonId, accounts: &BTreeSet<AccountId>) -> Result<(), Error> {
        account_access::Entity::delete_many()
            .filter(account_access::Column::CustomerId.eq(self.customer.to_string()))
            .filter(account_access::Column::PersonId.eq(person.to_string()))
            .exec(self.transaction)
            .await?;
        let row = |account: &AccountId| account_access::Model {
            customer_id: self.customer.to_string(),
            person_id: person.to_string(),
            account_id: account.to_string(),
        };
        if !accounts.is_empty() {
            let rows = accounts.iter().map(|account| row(account).into_active_model());
            account_access::Entity::insert_many(rows).exec_without_returning(self.transaction).await?;
        }
        Ok(())
    }
}
