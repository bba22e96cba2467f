//! "Your monthly allowance refreshes each billing cycle." Subscriptions, as far as they grant tokens. A4–A6, 5.33; I-39.
//!
//! The refresh is part of every group of acts: whatever is due to a customer that the group touches is granted before
//! anything is decided, so that nobody is refused at midnight because a job has not come by. The sweep touches those that
//! nobody else does.

use crate::{
    Engine, Error,
    db::entity::{customer, subscription},
    writer::{Act, Books, Desk, NewGrant, Touch},
};
use billing::{
    allowance::{Grant, Source},
    id::{CustomerId, GrantId, SubscriptionId},
    tier::{BillingPeriod, Subscription, Tier},
    time::Timestamp,
    tokens::Tokens,
};
use chrono::NaiveDate;
use sea_orm::{
    ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Query,
};

/// Customers whose cycles one sweep refreshes; the next one follows seconds later.
const SWEEP: u64 = 256;

/// What a customer subscribes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewSubscription {
    /// The tier.
    pub tier: Tier,
    /// How often it is paid.
    pub billing: BillingPeriod,
    /// The day from which its cycles are counted; not in the future.
    pub anchor_on: NaiveDate,
    /// What each cycle grants.
    pub allowance: Tokens,
    /// From when nothing more is granted; none while it goes on.
    pub ends_at: Option<Timestamp>,
}

/// The act: a subscription begins.
struct Subscribe {
    customer: CustomerId,
    new: NewSubscription,
}

impl Act for Subscribe {
    type Answer = SubscriptionId;

    fn touches(&self) -> Touch {
        Touch::wallet(self.customer)
    }

    fn decide(&self, books: &mut Books, desk: &Desk) -> Result<SubscriptionId, Error> {
        let NewSubscription { tier, billing, anchor_on, allowance, ends_at } = self.new;
        if anchor_on > desk.at.day() {
            let message = "a subscription does not start in the future".to_owned();
            return Err(Error::Invalid { field: "anchor".to_owned(), message });
        }
        let id = SubscriptionId::new(desk.ids.next(desk.at)?);
        books.subscriptions.push(Subscription {
            id,
            tier,
            billing,
            anchor_on,
            allowance,
            refreshed_cycles: 0,
            ends_at,
        });
        books.refresh(desk)?;
        Ok(id)
    }
}

/// The act of the sweep: the group's own refresh does all there is to do.
struct Refresh {
    customer: CustomerId,
}

impl Act for Refresh {
    type Answer = ();

    fn touches(&self) -> Touch {
        Touch::wallet(self.customer)
    }

    fn decide(&self, _: &mut Books, _: &Desk) -> Result<(), Error> {
        Ok(())
    }
}

impl Books {
    /// Grants every cycle whose time has come, each once and in order. One that was slept through is granted too and lapses
    /// at once, so that the ledger has one lot for each cycle. 5.33: past the grace of a failed payment nothing is granted
    /// until it is settled.
    pub(crate) fn refresh(&mut self, desk: &Desk) -> Result<(), Error> {
        if self.payment.block().is_some() {
            return Ok(());
        }
        let mut due = Vec::new();
        for subscription in &mut self.subscriptions {
            while let Some(cycle) = subscription.take_due(desk.at) {
                due.push((subscription.id, subscription.allowance, cycle));
            }
        }
        for (subscription, allowance, cycle) in due {
            self.lapse(desk)?;
            if allowance.is_zero() {
                continue;
            }
            let id = GrantId::new(desk.ids.next(desk.at)?);
            let grant = Grant::new(id, Source::Allowance, allowance, cycle.starts_at, Some(cycle.ends_at));
            let cycle = Some((subscription, cycle.number));
            self.grant(NewGrant { grant, price_paid: None, cycle }, desk)?;
            self.lapse(desk)?;
        }
        Ok(())
    }
}

impl Engine {
    /// Subscribes a customer to a tier: its limits hold from now on, and what is due of its allowance is granted at once.
    pub async fn subscribe(
        &self,
        customer: CustomerId,
        new: NewSubscription,
    ) -> Result<SubscriptionId, Error> {
        let id = self.writer.ask(Subscribe { customer, new }).await?;
        self.set_tier(customer, Some(new.tier)).await?;
        Ok(id)
    }

    /// Grants what is due to customers whom nobody has touched since, and answers how many there were. The sweep does this
    /// by itself.
    pub async fn refresh_due(&self) -> Result<usize, Error> {
        let due = due(&self.shared.pools.read, self.now()).await?;
        for customer in &due {
            self.writer.ask(Refresh { customer: *customer }).await?;
        }
        Ok(due.len())
    }
}

async fn due(read: &DatabaseConnection, at: Timestamp) -> Result<Vec<CustomerId>, Error> {
    let blocked = Query::select()
        .column(customer::Column::Id)
        .from(customer::Entity)
        .and_where(customer::Column::PaymentBlock.is_not_null())
        .to_owned();
    let rows = subscription::Entity::find()
        .filter(subscription::Column::RefreshesAt.lte(at.micros()))
        .filter(subscription::Column::CustomerId.not_in_subquery(blocked))
        .order_by_asc(subscription::Column::RefreshesAt)
        .limit(SWEEP)
        .all(read)
        .await?;
    let customer = |row: &subscription::Model| {
        row.customer_id.parse().map_err(|error| Error::corrupt("subscription", &row.id, error))
    };
    rows.iter().map(customer).collect()
}
