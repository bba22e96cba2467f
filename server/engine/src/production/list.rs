//! A customer's productions, newest first, page by page.

use crate::{
    Engine, Error,
    db::{
        entity::{production, token_hold},
        production::hold_of,
        rows, to_word,
    },
    team::Member,
};
use billing::{
    id::{AccountId, CustomerId, ProductionId, ProductionName},
    production::{End, Hold, Status},
    sample,
    team::Permission,
    time::Timestamp,
    tokens::Tokens,
};
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::{Expr, ExprTrait},
};
use serde_json::json;
use std::collections::{BTreeSet, HashMap};

/// One production of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedProduction {
    /// The pipeline's name of it.
    pub production: ProductionName,
    /// Ours; it rises with time.
    pub id: ProductionId,
    /// For which account.
    pub account: AccountId,
    /// What people call it.
    pub title: String,
    /// Where it stands.
    pub status: Status,
    /// Whether it ended by its lease.
    pub expired: bool,
    /// Tokens set aside at admission.
    pub tokens: Tokens,
    /// Tokens charged.
    pub captured: Tokens,
    /// Tokens still set aside.
    pub held: Tokens,
    /// When it was admitted.
    pub admitted_at: Timestamp,
}

/// What a list is narrowed to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProductionFilter {
    /// Only of this account.
    pub account: Option<AccountId>,
    /// Only in this state.
    pub state: Option<ProductionState>,
    /// Only those before this one: the page after it.
    pub before: Option<ProductionId>,
}

/// How a production stands, as people sort them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProductionState {
    /// Not ended.
    Running,
    /// Ended well.
    Published,
    /// Ended badly, or by its lease.
    Failed,
    /// Stopped.
    Cancelled,
}

impl ProductionState {
    /// The words of `token_hold.state` for an end; none for what runs.
    const fn ends(self) -> &'static [&'static str] {
        match self {
            Self::Running => &[],
            Self::Published => &["published"],
            Self::Failed => &["failed", "expired"],
            Self::Cancelled => &["cancelled"],
        }
    }
}

impl Engine {
    /// Up to `limit` productions, newest first, from the one after `before` on. What is admitted meanwhile comes before all
    /// of them and moves no page.
    pub async fn productions(
        &self,
        customer: CustomerId,
        account: Option<AccountId>,
        before: Option<ProductionId>,
        limit: u64,
    ) -> Result<Vec<ListedProduction>, Error> {
        let filter = ProductionFilter { account, before, state: None };
        self.listed(customer, None, &filter, limit).await
    }

    /// As [`Engine::productions`], of the accounts that the member reaches.
    pub async fn productions_of(
        &self,
        member: &Member,
        filter: &ProductionFilter,
        limit: u64,
    ) -> Result<Vec<ListedProduction>, Error> {
        member.require(Permission::SeeProductions)?;
        self.listed(member.customer, member.reach.accounts(), filter, limit).await
    }

    /// What people call a production in the member's reach, of this account where one is named.
    pub async fn production_title(
        &self,
        member: &Member,
        name: &str,
        account: Option<AccountId>,
    ) -> Result<String, Error> {
        let mut found = production::Entity::find()
            .filter(production::Column::CustomerId.eq(member.customer.to_string()))
            .filter(production::Column::Name.eq(name));
        if let Some(account) = account {
            found = found.filter(production::Column::AccountId.eq(account.to_string()));
        }
        let row = found.one(&self.shared.pools.read).await?.ok_or(Error::NotFound("production"))?;
        let account = row.account_id.parse().map_err(|error| Error::corrupt("production", name, error))?;
        member.require_of(Permission::SeeUsage, account).map_err(|_| Error::NotFound("production"))?;
        Ok(row.title)
    }

    pub(super) async fn listed(
        &self,
        customer: CustomerId,
        reach: Option<&BTreeSet<AccountId>>,
        filter: &ProductionFilter,
        limit: u64,
    ) -> Result<Vec<ListedProduction>, Error> {
        let read = &self.shared.pools.read;
        let mut found = production::Entity::find()
            .filter(production::Column::CustomerId.eq(customer.to_string()))
            .order_by_desc(production::Column::Id)
            .limit(limit);
        if let Some(reach) = reach {
            let reach = reach.iter().map(ToString::to_string);
            found = found.filter(production::Column::AccountId.is_in(reach));
        }
        if let Some(account) = filter.account {
            found = found.filter(production::Column::AccountId.eq(account.to_string()));
        }
        if let Some(before) = filter.before {
            found = found.filter(production::Column::Id.lt(before.to_string()));
        }
        if let Some(state) = filter.state {
            found = found.filter(
                Expr::col((production::Entity, production::Column::Name)).in_subquery(names(customer, state)),
            );
        }
        let found = found.all(read).await?;
        let currency = self.currency(customer).await?;
        let keys = found.iter().map(|row| vec![json!(row.customer_id), json!(row.name)]);
        let columns = [token_hold::Column::CustomerId, token_hold::Column::Production];
        let mut holds: HashMap<String, token_hold::Model> =
            rows::load::<token_hold::Entity>(read, &columns, keys, "")
                .await?
                .into_iter()
                .map(|row| (row.production.clone(), row))
                .collect();
        let listed = |row: production::Model| {
            let bad = |what: &str| Error::corrupt("production", &row.name, what);
            let hold_row = holds.remove(&row.name).ok_or_else(|| bad("has no hold"))?;
            let hold = hold_of(&hold_row, &[], currency)?;
            let tokens = |count| Tokens::new(count).map_err(|_| bad("tokens"));
            Ok(ListedProduction {
                production: row.name.parse().map_err(|_| bad("name"))?,
                id: row.id.parse().map_err(|_| bad("id"))?,
                account: row.account_id.parse().map_err(|_| bad("account"))?,
                status: hold.status(),
                expired: matches!(hold, Hold::Ended(ended) if ended.end == End::Expired),
                tokens: tokens(hold_row.tokens)?,
                captured: tokens(hold_row.captured_tokens)?,
                held: tokens(hold_row.held_tokens)?,
                admitted_at: Timestamp::from_micros(row.admitted_at).map_err(|_| bad("admitted_at"))?,
                title: row.title,
            })
        };
        found.into_iter().map(listed).collect()
    }
}

/// The names of a customer's productions in a state.
fn names(customer: CustomerId, state: ProductionState) -> sea_orm::sea_query::SelectStatement {
    let holds = token_hold::Entity::find()
        .select_only()
        .column(token_hold::Column::Production)
        .filter(token_hold::Column::CustomerId.eq(customer.to_string()));
    let of = match state {
        ProductionState::Running => holds.filter(token_hold::Column::EndedAt.is_null()),
        ended => holds
            .filter(token_hold::Column::EndedAt.is_not_null())
            .filter(token_hold::Column::State.is_in(ended.ends().iter().copied())),
    };
    of.into_query()
}

/// Published productions that say what one of a customer's own takes.
const TYPICAL: u64 = 50;

impl Engine {
    /// What a production of this customer's takes: the mean of the newest that were published, or of a standard short video
    /// where there are none yet.
    pub async fn tokens_of_a_production(&self, member: &Member) -> Result<Tokens, Error> {
        member.require(Permission::SeeUsage)?;
        let taken: Vec<i64> = token_hold::Entity::find()
            .select_only()
            .column(token_hold::Column::CapturedTokens)
            .filter(token_hold::Column::CustomerId.eq(member.customer.to_string()))
            .filter(token_hold::Column::State.eq(to_word(&End::Published)?))
            .filter(token_hold::Column::CapturedTokens.gt(0))
            .order_by_desc(token_hold::Column::EndedAt)
            .limit(TYPICAL)
            .into_tuple()
            .all(&self.shared.pools.read)
            .await?;
        let out_of_range =
            |error: billing::tokens::OutOfRange| Error::corrupt("token_hold", member.customer, error);
        let count = i64::try_from(taken.len()).unwrap_or(i64::MAX);
        match taken.iter().sum::<i64>().checked_div(count) {
            Some(mean) => Tokens::new(mean).map_err(out_of_range),
            None => sample::short_video_tokens().map_err(out_of_range),
        }
    }
}
