//! Putting back what an act has changed: by the same kind of act and through the same checks, only while the value still is
//! what the act has left, once. Money and tokens are never put back here: they have counter-entries. N1, N4.

use super::revert_account::AccountPart;
use crate::{
    Engine, Error,
    customer::{ChangedCustomer, CustomerChange},
    db::entity::audit_entry,
    team::{ContactSwitch, Member},
    writer::{Act, Books, Desk, LimitNote, Touch},
};
use billing::{
    audit::{Actor, AuditAct, AuditEntry, Facts},
    budget::{BudgetScope, LimitKind, Limits},
    id::{AuditId, ContactId, CustomerId, PersonId},
    money::{Currency, Money},
    team::{Permission, Scope},
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

/// What somebody is told who comes too late.
pub(crate) const MOVED_ON: &str = "The value has been changed since, so this entry cannot be put back.";

impl Engine {
    /// Puts back what an entry has changed, with a reason; the new entry names the old one.
    pub async fn revert(&self, member: &Member, entry: AuditId, reason: &str) -> Result<(), Error> {
        let entry = self.audit_entry(member, entry).await?;
        let invalid = |field: &str, message: &str| Error::Invalid {
            field: field.to_owned(),
            message: message.to_owned(),
        };
        if !can_revert(&entry) {
            return Err(invalid("entry", "This kind of act is not put back here."));
        }
        may_revert(member, &entry).then_some(()).ok_or(Error::Forbidden)?;
        if reason.trim().is_empty() {
            return Err(invalid("reason", "Say why it is put back: the log keeps it."));
        }
        let known = audit_entry::Entity::find().filter(audit_entry::Column::Reverts.eq(entry.id.to_string()));
        if known.count(&self.shared.pools.read).await? > 0 {
            return Err(Error::Stale("This entry was put back before."));
        }
        let by = Actor::Person(member.person);
        match (entry.act, entry.customer) {
            (AuditAct::LimitsChanged, Some(customer)) => {
                let scope = scope_of(&entry).ok_or(Error::NotFound("limit"))?;
                let (member, reason) = (member.person, reason.to_owned());
                self.writer.ask(RevertLimits { customer, scope, entry, member, reason }).await
            }
            (AuditAct::AccountChanged, Some(customer)) => {
                self.put_account_back(member, customer, &entry, reason).await
            }
            (
                AuditAct::RoleChanged | AuditAct::AccountsAssigned | AuditAct::SeatCapChanged,
                Some(customer),
            ) => self.put_member_back(member, customer, entry, reason).await,
            (AuditAct::ContactSwitched, Some(customer)) => {
                let contact = entry.subject.parse().map_err(|_| Error::NotFound("contact"))?;
                let active = entry.before.get("state").is_some_and(|state| state == "active");
                let switch = ContactSwitch { customer, contact, active };
                self.put_contact(member, switch, reason, Some(entry.id)).await
            }
            (AuditAct::RiskScoreReset, Some(customer)) => {
                let (was, _) = risk(&entry).ok_or(Error::NotFound("entry"))?;
                self.put_risk_back(by, customer, was, (entry.id, reason)).await
            }
            (AuditAct::ControlsChanged, None) => self.put_controls_back(member, &entry, reason).await,
            (AuditAct::CustomerChanged | AuditAct::NotesChanged, Some(customer)) => {
                let (change, left) = customer_change(&entry).ok_or(Error::NotFound("entry"))?;
                let reverts = Some((entry.id, left));
                self.put_customer(ChangedCustomer { customer, change, by, reason, reverts }).await
            }
            (AuditAct::ModeChanged, None) => {
                let idle = entry.before.get("mode").is_some_and(|mode| mode == "idle");
                self.put_mode(idle, by, reason, Some(entry.id)).await
            }
            _ => Err(invalid("entry", "This kind of act is not put back here.")),
        }
    }
}

/// Whether there is a way to put such an entry back.
fn can_revert(entry: &AuditEntry) -> bool {
    entry.act.is_reversible()
        && match entry.act {
            AuditAct::LimitsChanged => entry.customer.is_some() && scope_of(entry).is_some(),
            AuditAct::AccountChanged => entry.customer.is_some() && AccountPart::of(entry).is_some(),
            AuditAct::RoleChanged | AuditAct::AccountsAssigned | AuditAct::SeatCapChanged => {
                entry.customer.is_some() && entry.subject.parse::<PersonId>().is_ok()
            }
            AuditAct::ContactSwitched => {
                entry.customer.is_some() && entry.subject.parse::<ContactId>().is_ok()
            }
            AuditAct::RiskScoreReset => risk(entry).is_some_and(|(_, left)| left == 0),
            AuditAct::CustomerChanged | AuditAct::NotesChanged => {
                entry.customer.is_some() && customer_change(entry).is_some()
            }
            AuditAct::ModeChanged | AuditAct::ControlsChanged => entry.customer.is_none(),
            _ => false,
        }
}

/// Whether the member may put an entry back: whoever may do the act itself.
pub(super) fn may_revert(member: &Member, entry: &AuditEntry) -> bool {
    if !can_revert(entry) {
        return false;
    }
    match (entry.act, entry.customer) {
        (AuditAct::LimitsChanged, Some(customer)) => match scope_of(entry) {
            Some(BudgetScope::Account(account)) => {
                member.may(Permission::SetAccountBudget, Scope::Account(customer, account))
            }
            Some(BudgetScope::Customer(_)) => {
                member.may(Permission::SetCustomerBudget, Scope::Customer(customer))
            }
            Some(BudgetScope::Key(_)) => member.may(Permission::ManageKeys, Scope::Customer(customer)),
            None => false,
        },
        (AuditAct::AccountChanged, Some(customer)) => {
            let part = AccountPart::of(entry);
            let permission = part.map_or(Permission::RunPlatform, |part| part.permission());
            let account = entry.subject.parse();
            account.is_ok_and(|account| member.may(permission, Scope::Account(customer, account)))
        }
        (AuditAct::RoleChanged | AuditAct::AccountsAssigned | AuditAct::SeatCapChanged, Some(customer)) => {
            member.may(Permission::ManageTeam, Scope::Customer(customer))
        }
        _ => member.may(Permission::RunPlatform, Scope::Platform),
    }
}

/// Whose limits an entry names.
fn scope_of(entry: &AuditEntry) -> Option<BudgetScope> {
    let id = &entry.subject;
    let account = || id.parse().ok().map(BudgetScope::Account);
    let customer = || id.parse().ok().map(BudgetScope::Customer);
    account().or_else(customer).or_else(|| id.parse().ok().map(BudgetScope::Key))
}

/// What a risk score was, and what it was left as.
fn risk(entry: &AuditEntry) -> Option<(i64, i64)> {
    let of = |facts: &Facts| facts.get("risk score").and_then(|score| score.parse().ok());
    of(&entry.before).zip(of(&entry.after))
}

/// The change that puts a customer back, and what it must still be; none where nobody had said what it was.
fn customer_change(entry: &AuditEntry) -> Option<(CustomerChange, CustomerChange)> {
    let of = |facts: &Facts| CustomerChange::of_log(entry.act, facts);
    Some((of(&entry.before)?, of(&entry.after)?))
}

/// The act: limits as they were before an entry.
struct RevertLimits {
    customer: CustomerId,
    scope: BudgetScope,
    entry: AuditEntry,
    member: PersonId,
    reason: String,
}

impl Act for RevertLimits {
    type Answer = ();

    fn touches(&self) -> Touch {
        let (account, key) = match self.scope {
            BudgetScope::Account(account) => (Some(account), None),
            BudgetScope::Key(key) => (None, Some(key)),
            BudgetScope::Customer(_) => (None, None),
        };
        Touch { account, key, ..Touch::wallet(self.customer) }
    }

    fn decide(&self, books: &mut Books, desk: &Desk) -> Result<(), Error> {
        let now = books.limits.get(&self.scope).copied().unwrap_or_default();
        let restored = self.restored(now, books.currency, desk)?;
        let note = LimitNote { by: Some(self.member), reason: &self.reason, reverts: Some(self.entry.id) };
        books.put_limits(self.scope, restored, &note, desk)
    }
}

impl RevertLimits {
    /// The limits with the entry's amounts as they were; those that it says nothing of stay.
    fn restored(&self, now: Limits, currency: Currency, desk: &Desk) -> Result<Limits, Error> {
        let (month, mut restored) = (desk.at.month(), now);
        for kind in [LimitKind::StopAt, LimitKind::StopThisMonthAt, LimitKind::TellAt] {
            let field = super::limit_words(kind);
            let of = |facts: &Facts| amount(facts.get(field), currency);
            let (before, after) = (of(&self.entry.before)?, of(&self.entry.after)?);
            if before == after {
                continue;
            }
            let is = match kind {
                LimitKind::StopAt => now.stop_at,
                LimitKind::StopThisMonthAt => now.stop_at(month),
                LimitKind::TellAt => now.tell_at,
            };
            if kind == LimitKind::StopThisMonthAt && self.entry.at.month() != month {
                return Err(Error::Stale("The month that it was set for is over."));
            }
            if is != after {
                return Err(Error::Stale(MOVED_ON));
            }
            match kind {
                LimitKind::StopAt => restored.stop_at = before,
                LimitKind::TellAt => restored.tell_at = before,
                LimitKind::StopThisMonthAt => {
                    let alone = before.filter(|amount| Some(*amount) != restored.stop_at);
                    restored.in_month = alone.map(|amount| (month, amount));
                }
            }
        }
        Ok(restored)
    }
}

/// An amount of the log: `GBP 120.00`.
fn amount(text: Option<&String>, currency: Currency) -> Result<Option<Money>, Error> {
    let Some(text) = text else { return Ok(None) };
    let bad = || Error::corrupt("audit_entry", text, "is no amount of the customer's currency");
    let (code, digits) = text.split_once(' ').ok_or_else(bad)?;
    (code == currency.to_string()).then_some(()).ok_or_else(bad)?;
    Money::typed(digits, currency).map(Some).map_err(|_| bad())
}
