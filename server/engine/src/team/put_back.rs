//! Putting back what the log says of a member: their role, what they reach, their cap; by the same turn and the same checks
//! as the act itself, and only while it is what the entry has left. N1, N4.

use super::{
    Member, SeatTerms,
    terms::Because,
    turn::{Kept, TeamAct, Turn, read_list},
};
use crate::{Engine, Error, audit::MOVED_ON, db::from_word};
use async_trait::async_trait;
use billing::{
    audit::{Actor, AuditAct, AuditEntry},
    id::{CustomerId, PersonId},
    team::Role,
    tokens::Tokens,
};
use std::collections::BTreeSet;

struct PutBack {
    by: Member,
    person: PersonId,
    entry: AuditEntry,
    reason: String,
}

#[async_trait]
impl TeamAct for PutBack {
    type Answer = ();

    async fn act(&self, turn: &Turn<'_>) -> Kept<()> {
        let row = turn.member(self.person).await?;
        let row =
            row.ok_or(Error::Stale("They are no longer a member, so this entry cannot be put back."))?;
        if let Err(refused) = turn.allows(&self.by, &row.person_id).await? {
            return Ok(Err(refused));
        }
        let now = turn.terms(&row).await?;
        let to = self.to(&now)?;
        if let Err(refused) = turn.leaves_an_administrator(&self.by, &row, to.role).await? {
            return Ok(Err(refused));
        }
        turn.has_accounts(&to.accounts).await?;
        let reverts = Some((self.entry.act, self.entry.id));
        let because = Because { by: Actor::Person(self.by.person), reason: &self.reason, reverts };
        turn.rewrite(row, &now, &to, &because).await?;
        Ok(Ok(()))
    }
}

impl PutBack {
    /// What they are once it is put back, where it still is what the entry has left.
    fn to(&self, now: &SeatTerms) -> Result<SeatTerms, Error> {
        let of = |facts: &billing::audit::Facts, field: &str| facts.get(field).cloned();
        let parts = |field: &str| (of(&self.entry.before, field), of(&self.entry.after, field));
        let still = |same: bool| same.then_some(()).ok_or(Error::Stale(MOVED_ON));
        match self.entry.act {
            AuditAct::RoleChanged => {
                let (before, after) = parts("role");
                let role = |word: Option<String>| role_of(word.as_deref());
                still(role(after)? == Some(now.role))?;
                let role = role(before)?.filter(|role| Role::GIVEN.contains(role));
                let role = role.ok_or(Error::NotFound("role"))?;
                let operates = role == Role::AccountOperator;
                let accounts = if operates { now.accounts.clone() } else { BTreeSet::new() };
                Ok(SeatTerms { role, accounts, cap: now.cap })
            }
            AuditAct::AccountsAssigned => {
                let (before, after) = parts("accounts");
                still(read_list(after.as_ref())? == now.accounts)?;
                let operates = now.role == Role::AccountOperator;
                operates
                    .then_some(())
                    .ok_or(Error::Stale("They are no operator any more: give them that role first."))?;
                Ok(SeatTerms { accounts: read_list(before.as_ref())?, ..now.clone() })
            }
            _ => {
                let (before, after) = parts("cap");
                still(cap_of(after.as_deref())? == now.cap)?;
                Ok(SeatTerms { cap: cap_of(before.as_deref())?, ..now.clone() })
            }
        }
    }
}

fn role_of(word: Option<&str>) -> Result<Option<Role>, Error> {
    word.map(|word| from_word("audit_entry", word, word)).transpose()
}

fn cap_of(text: Option<&str>) -> Result<Option<Tokens>, Error> {
    let bad = |what: &dyn std::fmt::Display| Error::corrupt("audit_entry", "cap", what.to_string());
    let count = text.map(str::parse::<i64>).transpose().map_err(|error| bad(&error))?;
    count.map(Tokens::new).transpose().map_err(|error| bad(&error))
}

impl Engine {
    /// Puts back what an entry of the log has changed of a member.
    pub(crate) async fn put_member_back(
        &self,
        by: &Member,
        customer: CustomerId,
        entry: AuditEntry,
        reason: &str,
    ) -> Result<(), Error> {
        let person = entry.subject.parse().map_err(|_| Error::NotFound("member"))?;
        self.in_turn(customer, PutBack { by: by.clone(), person, entry, reason: reason.to_owned() }).await
    }
}
