//! From an order to the hosted page and back. U3; I-34: what nobody told of is found by looking.

use super::{Settled, velocity::network_name};
use crate::{
    Engine, Error,
    audit::Note,
    db::{entity::order, payment::order_of, to_word},
    gateway::CheckoutRequest,
    team::Member,
    writer::{Act, Books, Desk, Paying, Touch},
};
use billing::{
    audit::{Actor, AuditAct},
    id::{CustomerId, OrderId},
    payment::{Order, OrderState},
    team::Permission,
    time::Span,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set, sea_query::ExprTrait};
use std::net::IpAddr;

/// How long an order is left to its buyer and to the provider's events before it is looked at.
const LEFT_ALONE: Span = Span::minutes(2);
/// Orders that are looked at at once.
const LOOKED_AT: u64 = 64;
/// What whoever pays too late is told.
const TOO_LATE: &str = "This order can no longer be paid. Nothing was charged. Start again.";

/// What whoever pays an automatic purchase by hand is told.
const BY_ITSELF: &str = "Auto-top-up charges this purchase by itself. Nothing was charged now.";

/// The order's own page.
fn page_of(order: OrderId) -> String {
    format!("/orders/{order}")
}

/// The act: the hosted page of an order is known; or the order is given up.
struct Attach {
    customer: CustomerId,
    order: OrderId,
    checkout: Option<(String, String)>,
    /// From where somebody was sent there, by a name that says nothing of it.
    from: Option<String>,
    by: Actor,
}

impl Act for Attach {
    /// Whether the order can still be paid.
    type Answer = bool;

    fn touches(&self) -> Touch {
        Touch::paying(self.customer, Paying { order: Some(self.order), ..Paying::default() })
    }

    fn decide(&self, books: &mut Books, desk: &Desk) -> Result<bool, Error> {
        let open = to_word(&OrderState::Open)?;
        let being_charged = books.is_being_charged(self.order);
        let row = books.orders.get_mut(&self.order).ok_or(Error::NotFound("order"))?;
        match &self.checkout {
            Some((reference, url)) => {
                (row.checkout, row.checkout_url) = (Some(reference.clone()), Some(url.clone()));
                row.paid_from.clone_from(&self.from);
            }
            None if row.state == open && !being_charged => row.state = to_word(&OrderState::Expired)?,
            None => return Ok(false),
        }
        let is_open = row.state == open;
        let act = if self.checkout.is_some() { AuditAct::PaymentBegun } else { AuditAct::OrderGivenUp };
        books.note(&Note::of(self.customer, self.by, act, self.order), desk)?;
        Ok(is_open)
    }
}

impl Engine {
    /// Where the browser is sent to pay an order: the hosted page, opened once. `words` says what is bought.
    pub async fn checkout(&self, member: &Member, order: OrderId, words: String) -> Result<String, Error> {
        self.checkout_by(member, order, words, None).await
    }

    /// The same for somebody at this address: cards that are declined there are counted. T5: [`Error::TooFast`] where there have
    /// been too many in a short time.
    pub async fn checkout_from(
        &self,
        member: &Member,
        order: OrderId,
        words: String,
        from: IpAddr,
    ) -> Result<String, Error> {
        self.checkout_by(member, order, words, Some(network_name(from))).await
    }

    async fn checkout_by(
        &self,
        member: &Member,
        order: OrderId,
        words: String,
        from: Option<String>,
    ) -> Result<String, Error> {
        member.require(Permission::ManageBilling)?;
        let row = self.order_row(member.customer, order).await?;
        let order = order_of(&row)?;
        if order.state == OrderState::Paid {
            return Ok(page_of(order.id));
        }
        let refused =
            |message: &str| Error::Invalid { field: "order".to_owned(), message: message.to_owned() };
        if !order.is_open(self.now()) {
            return Err(refused(TOO_LATE));
        }
        if row.made_by.is_none() && !self.waits_for_its_owner(member.customer, order.id).await? {
            return Err(refused(BY_ITSELF));
        }
        self.declines_allow(member.customer, from.as_deref()).await?;
        if let Some(url) = row.checkout_url {
            return Ok(url);
        }
        self.takes_payments()
            .then_some(())
            .ok_or_else(|| refused("No payment provider is set up here. Nothing was charged."))?;
        let mut request = CheckoutRequest {
            order: order.id,
            customer: member.customer,
            provider_customer: self.provider_customer(member.customer, &member.customer_name).await?,
            amount: order.totals.total,
            words,
            paid_url: page_of(order.id),
            back_url: format!("{}?back=true", page_of(order.id)),
            expires_at: order.expires_at,
        };
        let checkout = match self.gateway.open_checkout(&request).await {
            Err(Error::NotFound("payer")) => {
                // Another account of the provider's is set up than the one that has known the customer.
                request.provider_customer =
                    self.new_provider_customer(member.customer, &member.customer_name).await?;
                self.gateway.open_checkout(&request).await?
            }
            opened => opened?,
        };
        let attached = Some((checkout.reference.clone(), checkout.url.clone()));
        let by = Actor::Person(member.person);
        let attach = Attach { customer: member.customer, order: order.id, checkout: attached, from, by };
        if self.writer.ask(attach).await? {
            return Ok(checkout.url);
        }
        // Another order has taken its place in the meantime.
        self.gateway.close_checkout(&checkout.reference).await?;
        Err(refused(TOO_LATE))
    }

    /// I-43: nobody can pay the hosted pages of orders whose place another one has taken.
    pub(super) async fn close_replaced(&self, customer: CustomerId, by: OrderId) -> Result<(), Error> {
        let replaced = order::Entity::find()
            .filter(order::Column::CustomerId.eq(customer.to_string()))
            .filter(order::Column::Kind.eq("plan"))
            .filter(order::Column::State.eq(to_word(&OrderState::Expired)?))
            .filter(order::Column::ExpiresAt.gt(self.now().micros()))
            .filter(order::Column::Id.ne(by.to_string()))
            .all(&self.shared.pools.read)
            .await?;
        for checkout in replaced.iter().filter_map(|row| row.checkout.as_deref()) {
            self.gateway.close_checkout(checkout).await?;
        }
        Ok(())
    }

    /// The buyer has come back: the payment is looked at, whatever has been told of it.
    pub async fn come_back(&self, member: &Member, order: OrderId) -> Result<(), Error> {
        member.require(Permission::SeeInvoices)?;
        let row = self.order_row(member.customer, order).await?;
        if row.state == to_word(&OrderState::Open)? {
            match self.look_at(&row, None).await {
                // The order is shown as it is known; it will be looked at again.
                Err(Error::ProviderAway(why)) => {
                    tracing::warn!(order = row.id, why, "a payment was not looked at");
                }
                looked => drop(looked?),
            }
        }
        Ok(())
    }

    /// Gives an order up: nobody can pay it any more.
    pub async fn give_up(&self, member: &Member, order: OrderId) -> Result<(), Error> {
        member.require(Permission::ManageBilling)?;
        let row = self.order_row(member.customer, order).await?;
        self.end_order(&row, member.customer, order, Actor::Person(member.person)).await?;
        Ok(())
    }

    /// Closes an order and its hosted page; where it was paid in the same moment, that is taken instead.
    pub(crate) async fn end_order(
        &self,
        row: &order::Model,
        customer: CustomerId,
        order: OrderId,
        by: Actor,
    ) -> Result<Settled, Error> {
        if let Some(checkout) = &row.checkout {
            self.gateway.close_checkout(checkout).await?;
            let settled = self.look_at(row, None).await?;
            if settled == Settled::Applied {
                return Ok(settled);
            }
        }
        self.writer.ask(Attach { customer, order, checkout: None, from: None, by }).await?;
        Ok(Settled::Failed)
    }

    /// I-34: looks at orders that somebody was sent to pay and that nobody has told of since, the older the less often; those
    /// that can no longer be paid are given up. Answers how many were found paid.
    pub async fn reconcile(&self) -> Result<usize, Error> {
        let now = self.now();
        let before = now.before(LEFT_ALONE).micros();
        let waiting = order::Entity::find()
            .filter(order::Column::State.eq(to_word(&OrderState::Open)?))
            .filter(order::Column::MadeAt.lte(before))
            .filter(order::Column::NextLookAt.is_null().or(order::Column::NextLookAt.lte(now.micros())))
            .order_by_asc(order::Column::MadeAt)
            .limit(LOOKED_AT)
            .all(&self.shared.pools.read)
            .await?;
        let (mut paid, mut failed) = (0, None);
        for row in waiting {
            match self.reconcile_one(&row).await {
                Ok(settled) => paid += usize::from(settled == Settled::Applied),
                // The others would only wait as long for the same.
                Err(error @ Error::ProviderAway(_)) => return Err(error),
                // One order that cannot be looked at holds up none of the others.
                Err(error) => {
                    tracing::error!(order = row.id, %error, "an order cannot be looked at");
                    failed = Some(error);
                }
            }
        }
        failed.map_or(Ok(paid), Err)
    }

    async fn reconcile_one(&self, row: &order::Model) -> Result<Settled, Error> {
        let order: Order = order_of(row)?;
        if !self.take_look(row, Some(order.next_look(self.now()).micros())).await? {
            return Ok(Settled::Known); // it was told of meanwhile
        }
        let settled = match self.look_at(row, None).await {
            Err(error) => {
                self.take_look(row, row.next_look_at).await?; // it was not seen: it is due as before
                return Err(error);
            }
            looked => looked?,
        };
        if settled == Settled::Waiting && !order.is_open(self.now()) {
            return self.end_order(row, order.customer, order.id, Actor::Operations).await;
        }
        Ok(settled)
    }

    /// Says when an order is looked at next; whether it still waits.
    async fn take_look(&self, row: &order::Model, next: Option<i64>) -> Result<bool, Error> {
        let taken = order::Entity::update_many()
            .set(order::ActiveModel { next_look_at: Set(next), ..Default::default() })
            .filter(order::Column::CustomerId.eq(&row.customer_id))
            .filter(order::Column::Id.eq(&row.id))
            .filter(order::Column::State.eq(&row.state))
            .exec(&self.shared.pools.side)
            .await?;
        Ok(taken.rows_affected == 1)
    }

    pub(crate) async fn order_row(
        &self,
        customer: CustomerId,
        order: OrderId,
    ) -> Result<order::Model, Error> {
        let key = (customer.to_string(), order.to_string());
        let row = order::Entity::find_by_id(key).one(&self.shared.pools.read).await?;
        row.ok_or(Error::NotFound("order"))
    }
}
