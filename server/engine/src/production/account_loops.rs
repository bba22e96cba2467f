//! "Accounts mirror the five loops": a loop that is off for an account does not run for it, whatever the platform says. K4.

use super::controls::off;
use crate::{
    Engine, Error,
    audit::{MOVED_ON, Note},
    db::{
        begin_write,
        entity::{account, account_loop_off},
        rows,
    },
    team::Member,
};
use billing::{
    audit::{Actor, AuditAct},
    id::{AccountId, AuditId, CustomerId, PersonId},
    production::Control,
    team::{Permission, Scope},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use std::collections::{BTreeMap, BTreeSet};

/// `none`, or `loop 3, loop 5`.
fn loop_words(loops: &BTreeSet<i64>) -> String {
    let all: Vec<String> = loops.iter().map(|number| format!("loop {number}")).collect();
    if all.is_empty() { "none".to_owned() } else { all.join(", ") }
}

/// The loops that such words name; none where they are of another form.
pub(crate) fn loops_of_words(words: &str) -> Option<BTreeSet<i64>> {
    if words == "none" {
        return Some(BTreeSet::new());
    }
    words.split(", ").map(|word| word.strip_prefix("loop ")?.parse().ok()).collect()
}

/// Which loops are off for an account, and what the log says of it.
pub(crate) struct ChangedLoops<'a> {
    pub(crate) customer: CustomerId,
    pub(crate) account: AccountId,
    /// What was off when it was decided, or what an entry that is put back has left.
    pub(crate) shown: BTreeSet<i64>,
    pub(crate) to: BTreeSet<i64>,
    pub(crate) by: PersonId,
    pub(crate) reason: &'a str,
    pub(crate) reverts: Option<AuditId>,
}

impl Engine {
    /// K4: which loops are off for an account, by its own switches.
    pub async fn loops_off(&self, customer: CustomerId) -> Result<BTreeMap<AccountId, BTreeSet<i64>>, Error> {
        let found = account_loop_off::Entity::find()
            .filter(account_loop_off::Column::CustomerId.eq(customer.to_string()))
            .all(&self.shared.pools.read)
            .await?;
        let mut all: BTreeMap<AccountId, BTreeSet<i64>> = BTreeMap::new();
        for row in found {
            let id = row.account_id.parse();
            let id = id.map_err(|error| Error::corrupt("account_loop_off", &row.account_id, error))?;
            all.entry(id).or_default().insert(row.r#loop);
        }
        Ok(all)
    }

    /// Which loops do not run for an account: those that are off on the platform, and its own.
    pub(crate) async fn loops_that_rest(
        &self,
        customer: CustomerId,
        account: AccountId,
    ) -> Result<BTreeSet<i64>, Error> {
        let off = off(&self.shared.pools.read).await?;
        let mut all: BTreeSet<i64> = off.into_keys().filter_map(Control::loop_number).collect();
        all.extend(self.loops_off(customer).await?.remove(&account).unwrap_or_default());
        Ok(all)
    }

    /// K4: sets which loops are off for an account, made on what was shown. It holds from the pipeline's next look on.
    pub async fn set_account_loops(
        &self,
        by: &Member,
        (customer, account): (CustomerId, AccountId),
        shown: &BTreeSet<i64>,
        to: &BTreeSet<i64>,
    ) -> Result<(), Error> {
        let scope = Scope::Account(customer, account);
        by.may(Permission::SetAccountBudget, scope).then_some(()).ok_or(Error::Forbidden)?;
        if to.iter().any(|number| !(1..=5).contains(number)) {
            let message = "There are loops 1 to 5.".to_owned();
            return Err(Error::Invalid { field: "loops".to_owned(), message });
        }
        let (shown, to, by) = (shown.clone(), to.clone(), by.person);
        let changed = ChangedLoops { customer, account, shown, to, by, reason: "", reverts: None };
        self.put_loops(changed).await
    }

    pub(crate) async fn put_loops(&self, changed: ChangedLoops<'_>) -> Result<(), Error> {
        let ChangedLoops { customer, account, shown, to, by, reason, reverts } = changed;
        let (owner, id) = (customer.to_string(), account.to_string());
        let transaction = begin_write(&self.shared.pools.side).await?;
        crate::writer::lock_wallet(&transaction, &owner).await?;
        let known = account::Entity::find_by_id((owner.clone(), id.clone())).one(&transaction).await?;
        known.ok_or(Error::NotFound("account"))?;
        let own = account_loop_off::Column::AccountId.eq(&id);
        let found = account_loop_off::Entity::find()
            .filter(account_loop_off::Column::CustomerId.eq(&owner))
            .filter(own.clone())
            .all(&transaction)
            .await?;
        let now: BTreeSet<i64> = found.iter().map(|row| row.r#loop).collect();
        if reverts.is_some() && now != shown {
            return Err(Error::Stale(MOVED_ON));
        }
        if now == to {
            return Ok(());
        }
        let note = |act| Note::of(customer, Actor::Person(by), act, account);
        if now != shown {
            let is = loop_words(&now);
            let why =
                format!("Wanted loops off: {}; they had been changed to {is} meanwhile.", loop_words(&to));
            self.shared.note(&transaction, &note(AuditAct::ChangeRefused).because(&why)).await?;
            transaction.commit().await?;
            return Err(Error::Changed { now: format!("off: {is}") });
        }
        account_loop_off::Entity::delete_many()
            .filter(account_loop_off::Column::CustomerId.eq(&owner))
            .filter(own)
            .exec(&transaction)
            .await?;
        let since = self.now().micros();
        let row = |number: &i64| account_loop_off::Model {
            customer_id: owner.clone(),
            account_id: id.clone(),
            r#loop: *number,
            since: found.iter().find(|row| row.r#loop == *number).map_or(since, |row| row.since),
        };
        rows::insert::<account_loop_off::Entity>(&transaction, &to.iter().map(row).collect::<Vec<_>>())
            .await?;
        let moved = note(AuditAct::AccountChanged)
            .moved("loops off", Some(loop_words(&now)), Some(loop_words(&to)))
            .because(reason)
            .reverting(reverts);
        self.shared.note(&transaction, &moved).await?;
        transaction.commit().await?;
        Ok(())
    }
}
