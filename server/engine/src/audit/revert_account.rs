//! What the log says of an account, and how it is put back: its own settings, its loops, its main contact; each by the act that
//! sets it, and only while it is what the entry has left. N1, N4.

use crate::{
    Engine, Error,
    customer::{AccountChange, ChangedAccount},
    production::{ChangedLoops, loops_of_words},
    team::{ChosenContact, Member},
};
use billing::{
    audit::{Actor, AuditEntry, Facts},
    id::{ContactId, CustomerId},
    team::Permission,
};
use std::collections::BTreeSet;

/// What was changed of an account: what it was, and what the entry has left.
pub(super) enum AccountPart {
    /// Its status, or how many productions it may run at once.
    Setting(AccountChange, AccountChange),
    /// K4: the loops that are off for it.
    Loops(BTreeSet<i64>, BTreeSet<i64>),
    /// H1: who was singled out for it.
    MainContact(Option<ContactId>, Option<ContactId>),
}

impl AccountPart {
    /// What an entry is about; none where it cannot be put back.
    pub(super) fn of(entry: &AuditEntry) -> Option<Self> {
        let field = entry.before.keys().chain(entry.after.keys()).next()?;
        let of = |facts: &'_ Facts| facts.get(field).cloned();
        let (before, after) = (of(&entry.before), of(&entry.after));
        match field.as_str() {
            "loops off" => Some(Self::Loops(loops_of_words(&before?)?, loops_of_words(&after?)?)),
            "main contact" => {
                let contact = |id: Option<String>| id.map(|id| id.parse()).transpose().ok();
                Some(Self::MainContact(contact(before)?, contact(after)?))
            }
            setting => Some(Self::Setting(
                AccountChange::of_log(setting, before.as_ref())?,
                AccountChange::of_log(setting, after.as_ref())?,
            )),
        }
    }

    /// What one must be allowed to set it.
    pub(super) const fn permission(&self) -> Permission {
        match self {
            Self::Setting(change, _) => change.permission(),
            Self::Loops(..) => Permission::SetAccountBudget,
            Self::MainContact(..) => Permission::RunPlatform,
        }
    }
}

impl Engine {
    /// Puts back what an entry has changed of an account.
    pub(super) async fn put_account_back(
        &self,
        member: &Member,
        customer: CustomerId,
        entry: &AuditEntry,
        reason: &str,
    ) -> Result<(), Error> {
        let account = entry.subject.parse().map_err(|_| Error::NotFound("account"))?;
        let reverts = Some(entry.id);
        match AccountPart::of(entry).ok_or(Error::NotFound("entry"))? {
            AccountPart::Setting(change, left) => {
                let (by, reverts) = (Actor::Person(member.person), Some((entry.id, left)));
                self.put_account(ChangedAccount { customer, account, change, by, reason, reverts }).await
            }
            AccountPart::Loops(to, shown) => {
                let by = member.person;
                self.put_loops(ChangedLoops { customer, account, shown, to, by, reason, reverts }).await
            }
            AccountPart::MainContact(to, shown) => {
                let reason = reason.to_owned();
                self.put_main_contact(member, customer, ChosenContact { account, shown, to, reason, reverts })
                    .await
            }
        }
    }
}
