//! Payments of which nobody has heard for days whether they were made: listed for whoever runs the platform, and put away once
//! somebody has looked into them. I-35, S4.

use crate::{
    Engine, Error,
    audit::Note,
    db::{
        begin_write,
        entity::{customer, invoice, order, outbox, top_up_purchase},
        from_word, to_word,
    },
    team::Member,
};
use billing::{
    audit::{Actor, AuditAct},
    id::{CustomerId, PurchaseId},
    money::{Currency, Money},
    payment::OrderState,
    team::Permission,
    time::Timestamp,
    top_up::GIVEN_UP_AFTER,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};

/// Payments of each kind that a page lists.
const LISTED: u64 = 50;

/// What nobody has heard of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unheard {
    /// A purchase of auto-top-up that was given up: whether it was charged is not known.
    Purchase(PurchaseId),
    /// A renewal's charge, which is still asked for.
    Renewal,
    /// An order whose hosted page cannot be closed.
    Order,
}

/// A payment of which nobody has heard for days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unanswered {
    /// Which kind.
    pub what: Unheard,
    /// Whose.
    pub customer: (CustomerId, String),
    /// What the provider knows it by: the key of the charge, or the name of the hosted page.
    pub key: String,
    /// How much, with tax.
    pub amount: Money,
    /// Since when.
    pub since: Timestamp,
}

/// A row that is one, before its customer is known.
struct Found {
    what: Unheard,
    customer: String,
    key: String,
    minor: i64,
    since: i64,
}

impl Engine {
    /// The payments of which nobody has heard for days, oldest first.
    pub(crate) async fn unanswered(&self) -> Result<Vec<Unanswered>, Error> {
        let read = &self.shared.pools.read;
        let days_ago = self.now().before(GIVEN_UP_AFTER).micros();
        let mut found = self.unanswered_purchases().await?;
        found.extend(self.unanswered_renewals(days_ago).await?);
        found.extend(self.unanswered_orders(days_ago).await?);
        found.sort_by_key(|found| found.since);
        let mut unanswered = Vec::new();
        for Found { what, customer, key, minor, since } in found {
            let row = customer::Entity::find_by_id(&customer).one(read).await?;
            let row = row.ok_or_else(|| Error::corrupt("customer", &customer, "is missing"))?;
            let id = row.id.parse().map_err(|error| Error::corrupt("customer", &row.id, error))?;
            let currency: Currency = from_word("customer", &row.id, &row.currency)?;
            unanswered.push(Unanswered {
                what,
                customer: (id, row.name),
                amount: Money::new(minor, currency),
                since: Timestamp::from_micros(since)
                    .map_err(|error| Error::corrupt("payment", &key, error))?,
                key,
            });
        }
        Ok(unanswered)
    }

    async fn unanswered_purchases(&self) -> Result<Vec<Found>, Error> {
        let rows = top_up_purchase::Entity::find()
            .filter(top_up_purchase::Column::UnansweredAt.is_not_null())
            .filter(top_up_purchase::Column::LookedIntoAt.is_null())
            .order_by_asc(top_up_purchase::Column::UnansweredAt)
            .limit(LISTED)
            .all(&self.shared.pools.read)
            .await?;
        let found = |row: top_up_purchase::Model| {
            let id = row.id.parse().map_err(|error| Error::corrupt("top_up_purchase", &row.id, error))?;
            Ok(Found {
                what: Unheard::Purchase(id),
                customer: row.customer_id,
                key: row.id,
                minor: row.total_minor,
                since: row.made_at,
            })
        };
        rows.into_iter().map(found).collect()
    }

    async fn unanswered_renewals(&self, days_ago: i64) -> Result<Vec<Found>, Error> {
        let read = &self.shared.pools.read;
        let rows = outbox::Entity::find()
            .filter(outbox::Column::DoneAt.is_null())
            .filter(outbox::Column::DueAt.lte(days_ago))
            .order_by_asc(outbox::Column::DueAt)
            .limit(LISTED)
            .all(read)
            .await?;
        let mut found = Vec::new();
        for row in rows {
            let invoice =
                invoice::Entity::find_by_id((row.customer_id.clone(), row.invoice)).one(read).await?;
            let invoice = invoice.ok_or_else(|| Error::corrupt("outbox", &row.id, "names no invoice"))?;
            found.push(Found {
                what: Unheard::Renewal,
                key: format!("{}-{}", row.id, row.tries),
                customer: row.customer_id,
                minor: invoice.total_minor,
                since: row.due_at,
            });
        }
        Ok(found)
    }

    async fn unanswered_orders(&self, days_ago: i64) -> Result<Vec<Found>, Error> {
        let rows = order::Entity::find()
            .filter(order::Column::State.eq(to_word(&OrderState::Open)?))
            .filter(order::Column::ExpiresAt.lte(days_ago))
            .filter(order::Column::Checkout.is_not_null())
            .order_by_asc(order::Column::MadeAt)
            .limit(LISTED)
            .all(&self.shared.pools.read)
            .await?;
        let found = |row: order::Model| Found {
            what: Unheard::Order,
            key: row.checkout.unwrap_or(row.id),
            customer: row.customer_id,
            minor: row.total_minor,
            since: row.made_at,
        };
        Ok(rows.into_iter().map(found).collect())
    }

    /// Puts a purchase away that somebody has looked into at the provider, with what they have found. One that was put away
    /// before stays so.
    pub async fn look_into_purchase(
        &self,
        by: &Member,
        purchase: PurchaseId,
        reason: &str,
    ) -> Result<(), Error> {
        by.require(Permission::RunPlatform)?;
        if reason.trim().is_empty() {
            let message = "Say what you have found: the audit log keeps it. Nothing was changed.".to_owned();
            return Err(Error::Invalid { field: "reason".to_owned(), message });
        }
        let transaction = begin_write(&self.shared.pools.side).await?;
        let row = top_up_purchase::Entity::find()
            .filter(top_up_purchase::Column::Id.eq(purchase.to_string()))
            .filter(top_up_purchase::Column::UnansweredAt.is_not_null())
            .one(&transaction)
            .await?
            .ok_or(Error::NotFound("purchase"))?;
        let looked = top_up_purchase::ActiveModel {
            looked_into_at: Set(Some(self.now().micros())),
            ..Default::default()
        };
        let taken = top_up_purchase::Entity::update_many()
            .set(looked)
            .filter(top_up_purchase::Column::Id.eq(&row.id))
            .filter(top_up_purchase::Column::LookedIntoAt.is_null())
            .exec(&transaction)
            .await?;
        if taken.rows_affected == 0 {
            return Ok(()); // sent twice
        }
        let owner = row.customer_id.parse();
        let owner: CustomerId = owner.map_err(|error| Error::corrupt("top_up_purchase", &row.id, error))?;
        let note = Note::of(owner, Actor::Person(by.person), AuditAct::JobSetAside, purchase);
        self.shared.note(&transaction, &note.with("order", &row.order_id).because(reason)).await?;
        transaction.commit().await?;
        Ok(())
    }
}
