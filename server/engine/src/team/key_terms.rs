//! What a key is made with: checked, and kept. T12.

use super::Member;
use crate::{
    Engine, Error,
    audit::Note,
    db::{
        budget::{Changed, change_row, limits_of, limits_row},
        entity::{account, budget, budget_change},
        rows, to_json,
    },
};
use billing::{
    budget::{BudgetScope, LimitChange, Limits},
    id::{AccountId, KeyId, LimitChangeId},
    money::Money,
    team::{KeyAct, KeyScope},
};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter};
use std::{collections::BTreeSet, ops::RangeInclusive};

/// The longest name of a key.
const NAME_CHARACTERS: usize = 80;
/// Acts a second that a key may be given.
const RATE: RangeInclusive<u32> = 1..=10_000;

/// What a key is made with, or changed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyTerms {
    /// What its administrators call it.
    pub name: String,
    /// What it may do, and for which accounts.
    pub scope: KeyScope,
    /// How many acts a second it may ask; none leaves it to the server.
    pub acts_per_second: Option<u32>,
    /// What it may spend a month; none is no limit of its own.
    pub limit: Option<Money>,
}

pub(super) fn invalid(field: &str, message: impl Into<String>) -> Error {
    Error::Invalid { field: field.to_owned(), message: message.into() }
}

impl Engine {
    pub(super) async fn check_terms(
        &self,
        transaction: &DatabaseTransaction,
        member: &Member,
        terms: &KeyTerms,
    ) -> Result<(), Error> {
        let length = terms.name.trim().chars().count();
        if !(1..=NAME_CHARACTERS).contains(&length) || terms.name.contains(char::is_control) {
            return Err(invalid("name", format!("A name has 1 to {NAME_CHARACTERS} characters.")));
        }
        if terms.scope.acts.is_empty() {
            return Err(invalid("acts", "Choose at least one thing that the key may do."));
        }
        if terms.acts_per_second.is_some_and(|rate| !RATE.contains(&rate)) {
            return Err(invalid("rate", "A key may ask 1 to 10,000 acts a second."));
        }
        if let Some(limit) = terms.limit
            && (limit.currency() != member.currency || limit.minor() < 0 || limit.to_cost().is_err())
        {
            return Err(invalid("limit", "Write an amount that the books can hold."));
        }
        let Some(wanted) = &terms.scope.accounts else { return Ok(()) };
        if wanted.is_empty() {
            return Err(invalid("accounts", "Choose at least one account, or all of them."));
        }
        let known = account::Entity::find()
            .filter(account::Column::CustomerId.eq(member.customer.to_string()))
            .filter(account::Column::Id.is_in(wanted.iter().map(ToString::to_string)))
            .all(transaction)
            .await?;
        if known.len() == wanted.len() { Ok(()) } else { Err(Error::NotFound("account")) }
    }

    /// Sets a key's monthly limit, as every limit is set: with its history and its entry in the log.
    pub(super) async fn limit_key(
        &self,
        transaction: &DatabaseTransaction,
        member: &Member,
        key: KeyId,
        limit: Option<Money>,
    ) -> Result<(), Error> {
        let (scope, at) = (BudgetScope::Key(key), self.now());
        let id = (member.customer.to_string(), "key".to_owned(), key.to_string());
        let known = budget::Entity::find_by_id(id).one(transaction).await?;
        let before = known.map(|row| limits_of(&row, member.currency)).transpose()?.unwrap_or_default();
        if before.stop_at(at.month()) == limit {
            return Ok(());
        }
        let after: Limits = before.changed(LimitChange::StopAt(limit), at.month());
        let moves = before.moved(&after, at.month());
        let changed = Changed { customer: member.customer, scope, by: Some(member.person), at };
        let mut history = Vec::new();
        for moved in &moves {
            history.push(change_row(LimitChangeId::new(self.shared.ids.next(at)?), &changed, moved)?);
        }
        let row = limits_row(member.customer, scope, &after);
        rows::upsert::<budget::Entity>(transaction, &[row]).await?;
        rows::insert::<budget_change::Entity>(transaction, &history).await?;
        let note = Note::of_limits(member.customer, Some(member.person), scope, &moves);
        self.shared.note(transaction, &note).await
    }
}

pub(super) fn accounts_json(key: KeyId, terms: &KeyTerms) -> Result<Option<String>, Error> {
    terms.scope.accounts.as_ref().map(|accounts| to_json("api_key", key, accounts)).transpose()
}

/// Terms, for the log; their limit has an entry of its own.
pub(super) fn terms_words(terms: &KeyTerms) -> [(&'static str, Option<String>); 4] {
    let acts: Vec<&str> = terms.scope.acts.iter().map(|act: &KeyAct| act.word()).collect();
    let ids = |accounts: &BTreeSet<AccountId>| {
        accounts.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    };
    [
        ("name", Some(terms.name.trim().to_owned())),
        ("may", Some(acts.join(", "))),
        ("accounts", Some(terms.scope.accounts.as_ref().map_or("all".to_owned(), ids))),
        ("acts a second", terms.acts_per_second.map(|rate| rate.to_string())),
    ]
}
