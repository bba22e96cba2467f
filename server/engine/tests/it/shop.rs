//! Somebody who buys: orders, pays on the sandbox's page, and hears what its provider tells.

use crate::support::World;
use anyhow::{Context, Result, bail};
use billing::{
    id::OrderId,
    payment::{Order, OrderState},
    tier::{BillingPeriod, Plan, Tier},
    tokens::Tokens,
};
use engine::{
    payment::{Heard, NotHeard, Ordered, SandboxPaid, Wanted},
    team::Member,
};
use sea_orm::{ConnectionTrait, Statement};
use serde_json::Value;

pub const PAID: &str = "4242 4242 4242 4242";
pub const UNTOLD: &str = "4000 0000 0000 2037";
pub const PACK: i64 = 50_000;

pub const fn plan(tier: Tier, billing: BillingPeriod, seats: u32) -> Plan {
    Plan { tier, billing, seats }
}

pub const PRO: Plan = plan(Tier::Pro, BillingPeriod::Monthly, 1);
pub const YEAR: Plan = plan(Tier::Pro, BillingPeriod::Annual, 1);
pub const CREATOR: Plan = plan(Tier::Creator, BillingPeriod::Monthly, 1);

/// A world and somebody who may buy.
pub struct Shop<'a> {
    pub world: &'a World,
    pub buyer: Member,
}

impl<'a> Shop<'a> {
    pub async fn open(world: &'a World) -> Result<Self> {
        Ok(Self { world, buyer: world.administrator().await? })
    }

    pub async fn order(&self, request: &str, wanted: Wanted) -> Result<Order> {
        match self.world.engine.order(&self.buyer, request, wanted).await? {
            Ordered::Order(order) => Ok(*order),
            Ordered::Changed(change) => bail!("nothing to pay: {change:?}"),
        }
    }

    pub async fn pack(&self, request: &str) -> Result<Order> {
        self.order(request, Wanted::Pack(Tokens::new(PACK)?, None)).await
    }

    /// The provider's name of the hosted page.
    pub async fn checkout(&self, order: &Order) -> Result<String> {
        let url = self.world.engine.checkout(&self.buyer, order.id, "words".to_owned()).await?;
        Ok(url.rsplit('/').next().context("a reference")?.to_owned())
    }

    pub async fn pay(&self, order: &Order, card: &str) -> Result<SandboxPaid> {
        let reference = self.checkout(order).await?;
        Ok(self.world.engine.sandbox_pay(&reference, card).await?)
    }

    /// Orders it, pays it and comes back.
    pub async fn buy(&self, request: &str, wanted: Wanted) -> Result<Order> {
        let order = self.order(request, wanted).await?;
        self.pay(&order, PAID).await?;
        self.world.engine.come_back(&self.buyer, order.id).await?;
        Ok(self.world.engine.order_of(&self.buyer, order.id).await?.order)
    }

    pub async fn state(&self, order: OrderId) -> Result<OrderState> {
        Ok(self.world.engine.order_of(&self.buyer, order).await?.order.state)
    }

    pub async fn plan(&self) -> Result<billing::tier::Subscription> {
        let state = self.world.engine.plan_of(&self.buyer).await?;
        state.subscription.context("a subscription")
    }

    /// The bytes of every event that the sandbox's provider has to tell.
    pub async fn events(&self) -> Result<Vec<Value>> {
        let database = self.world.database().await?;
        let sql = "SELECT body FROM sandbox_event ORDER BY id";
        let rows =
            database.query_all_raw(Statement::from_string(database.get_database_backend(), sql)).await?;
        rows.iter().map(|row| Ok(serde_json::from_str(&row.try_get_by_index::<String>(0)?)?)).collect()
    }

    pub async fn hear(&self, event: &Value) -> Result<Heard, NotHeard> {
        let body = event.to_string();
        let header = self.world.engine.sandbox_signature(body.as_bytes()).await?;
        self.world.engine.hear(body.as_bytes(), &header).await
    }

    /// The provider's name of the payment of an order that nobody was told of.
    pub async fn payment_of(&self, order: &Order) -> Result<String> {
        let database = self.world.database().await?;
        let sql = "SELECT body FROM sandbox_object WHERE id LIKE 'pi_%' ORDER BY id";
        let rows =
            database.query_all_raw(Statement::from_string(database.get_database_backend(), sql)).await?;
        for row in rows {
            let intent: Value = serde_json::from_str(&row.try_get_by_index::<String>(0)?)?;
            if intent["metadata"]["order"] == order.id.to_string() {
                return Ok(intent["id"].as_str().context("an id")?.to_owned());
            }
        }
        bail!("no payment of {}", order.id)
    }

    pub async fn bought(&self) -> Result<i64> {
        Ok(self.world.engine.usage(self.world.customer).await?.capacity.extra.left.get())
    }
}
