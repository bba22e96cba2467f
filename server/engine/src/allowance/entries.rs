//! A customer's ledger, oldest first, page by page.

use crate::{
    Engine, Error,
    db::{entity::token_entry, from_word},
};
use billing::{
    allowance::Pool,
    id::{AccountId, CustomerId, EntryId, GrantId, PersonId, ProductionName, StepName},
    time::Timestamp,
    tokens::Tokens,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::BTreeSet;

/// One line of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerLine {
    /// Which entry.
    pub id: EntryId,
    /// Its number, from 1, without gaps.
    pub seq: i64,
    /// The pool that the tokens left.
    pub debit: Pool,
    /// The pool that they entered.
    pub credit: Pool,
    /// How many.
    pub tokens: Tokens,
    /// The lot; none for an overdraft.
    pub grant: Option<GrantId>,
    /// Who produces; none for what concerns the customer as a whole.
    pub account: Option<AccountId>,
    /// In whose name.
    pub member: Option<PersonId>,
    /// The production.
    pub production: Option<ProductionName>,
    /// The step that was charged.
    pub step: Option<StepName>,
    /// The tariff that set the amount.
    pub tariff_version: Option<i64>,
    /// Tokens available after it.
    pub left: Tokens,
    /// Tokens held after it.
    pub held: Tokens,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// The UTC day that it is booked on.
    pub posted_on: String,
    /// Over all of it and the entry before.
    pub hash: String,
}

/// Entries, and where to go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerPage {
    /// Oldest first.
    pub lines: Vec<LedgerLine>,
    /// After which number there may be more; none where the ledger ends.
    pub more_after: Option<i64>,
}

/// So many entries are looked at for each that is asked for: an account that has few does not make a page the whole ledger.
const LOOKED_AT: i64 = 100;

impl Engine {
    /// Up to `limit` entries in the order of their numbers, from the one after `after` on; of these accounts alone where some are
    /// named. There may be fewer, and yet more to come.
    pub(crate) async fn entries_within(
        &self,
        customer: CustomerId,
        within: Option<&BTreeSet<AccountId>>,
        account: Option<AccountId>,
        after: Option<i64>,
        limit: u64,
    ) -> Result<LedgerPage, Error> {
        let read = &self.shared.pools.read;
        let after = after.unwrap_or_default();
        let looked_at = i64::try_from(limit).unwrap_or(i64::MAX).saturating_mul(LOOKED_AT);
        let until = after.saturating_add(looked_at);
        let of_customer = token_entry::Entity::find()
            .filter(token_entry::Column::CustomerId.eq(customer.to_string()))
            .order_by_asc(token_entry::Column::Seq);
        let mut found = of_customer
            .clone()
            .filter(token_entry::Column::Seq.gt(after))
            .filter(token_entry::Column::Seq.lte(until))
            .limit(limit);
        if let Some(within) = within {
            let within = within.iter().map(ToString::to_string);
            found = found.filter(token_entry::Column::AccountId.is_in(within));
        }
        if let Some(account) = account {
            found = found.filter(token_entry::Column::AccountId.eq(account.to_string()));
        }
        let lines: Vec<LedgerLine> = found.all(read).await?.iter().map(line).collect::<Result<_, _>>()?;
        let full = u64::try_from(lines.len()).is_ok_and(|count| count == limit);
        let more_after = if full {
            lines.last().map(|last| last.seq)
        } else {
            of_customer.filter(token_entry::Column::Seq.gt(until)).one(read).await?.map(|_| until)
        };
        Ok(LedgerPage { lines, more_after })
    }
}

fn line(row: &token_entry::Model) -> Result<LedgerLine, Error> {
    let bad = |what: &str| Error::corrupt("token_entry", row.seq, what);
    let tokens = |count| Tokens::new(count).map_err(|_| bad("tokens"));
    Ok(LedgerLine {
        id: row.id.parse().map_err(|_| bad("id"))?,
        seq: row.seq,
        debit: from_word("token_entry", row.seq, &row.debit_pool)?,
        credit: from_word("token_entry", row.seq, &row.credit_pool)?,
        tokens: tokens(row.tokens)?,
        grant: row.grant_id.as_deref().map(str::parse).transpose().map_err(|_| bad("grant"))?,
        account: row.account_id.as_deref().map(str::parse).transpose().map_err(|_| bad("account"))?,
        member: row.member_id.as_deref().map(str::parse).transpose().map_err(|_| bad("member"))?,
        production: row.production.as_deref().map(str::parse).transpose().map_err(|_| bad("production"))?,
        step: row.step.as_deref().map(str::parse).transpose().map_err(|_| bad("step"))?,
        tariff_version: row.tariff_version,
        left: tokens(row.left_after)?,
        held: tokens(row.held_after)?,
        occurred_at: Timestamp::from_micros(row.occurred_at).map_err(|_| bad("occurred_at"))?,
        posted_on: row.posted_on.clone(),
        hash: row.hash.clone(),
    })
}
