//! Who was turned away, and why: the refusals that the gate recorded.

use crate::{
    Engine, Error,
    db::{entity::refusal, from_json},
    team::Member,
};
use billing::{
    Refusal,
    id::{AccountId, PersonId, ProductionName, RefusalId},
    team::Permission,
    time::Timestamp,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::ops::Range;

/// One refusal as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusalLine {
    /// Which refusal.
    pub id: RefusalId,
    /// The pipeline's name of the production that was refused.
    pub production: ProductionName,
    /// For which account.
    pub account: AccountId,
    /// In whose name.
    pub member: Option<PersonId>,
    /// What people call the production.
    pub title: String,
    /// When.
    pub refused_at: Timestamp,
    /// Why, with figures.
    pub refusal: Refusal,
}

impl Engine {
    /// Up to `limit` refusals of the accounts that the member reaches, newest first.
    pub async fn refusals(
        &self,
        member: &Member,
        within: Option<Range<Timestamp>>,
        limit: u64,
    ) -> Result<Vec<RefusalLine>, Error> {
        member.require(Permission::SeeUsage)?;
        let mut found = refusal::Entity::find()
            .filter(refusal::Column::CustomerId.eq(member.customer.to_string()))
            .order_by_desc(refusal::Column::Id)
            .limit(limit);
        if let Some(reach) = member.reach.accounts() {
            found = found.filter(refusal::Column::AccountId.is_in(reach.iter().map(ToString::to_string)));
        }
        if let Some(within) = within {
            found = found
                .filter(refusal::Column::RefusedAt.gte(within.start.micros()))
                .filter(refusal::Column::RefusedAt.lt(within.end.micros()));
        }
        found.all(&self.shared.pools.read).await?.into_iter().map(line).collect()
    }

    /// One refusal.
    pub async fn refusal(&self, member: &Member, id: RefusalId) -> Result<RefusalLine, Error> {
        let key = (member.customer.to_string(), id.to_string());
        let row = refusal::Entity::find_by_id(key).one(&self.shared.pools.read).await?;
        let found = line(row.ok_or(Error::NotFound("refusal"))?)?;
        member.require_of(Permission::SeeUsage, found.account)?;
        Ok(found)
    }
}

pub(super) fn line(row: refusal::Model) -> Result<RefusalLine, Error> {
    let bad = |what: &str| Error::corrupt("refusal", &row.id, what);
    Ok(RefusalLine {
        id: row.id.parse().map_err(|_| bad("id"))?,
        production: row.production.parse().map_err(|_| bad("production"))?,
        account: row.account_id.parse().map_err(|_| bad("account"))?,
        member: row.member_id.as_deref().map(str::parse).transpose().map_err(|_| bad("member"))?,
        refused_at: Timestamp::from_micros(row.refused_at).map_err(|_| bad("refused_at"))?,
        refusal: from_json("refusal", &row.id, &row.refusal)?,
        title: row.title,
    })
}
