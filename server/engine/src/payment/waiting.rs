//! Charges that wait for their owner at the provider. They are paid otherwise, on a hosted page; then the charge is cancelled, so
//! that nobody confirms it later and pays twice. I-35, 5.33.
//!
//! A charge is written down before anybody is told of it, and cancelled by the sweep: whatever dies, none is forgotten.

use crate::{
    Engine, Error,
    db::entity::{payment_account, waiting_charge},
    gateway::Cancelled,
};
use billing::id::{CustomerId, OrderId};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, Set,
    sea_query::{Expr, OnConflict},
};

/// Charges that are cancelled at once.
const AT_ONCE: u64 = 32;
/// That what a charge is for needs it no more: its order is paid or over, its invoice is paid.
const ORDER_IS_OVER: &str = "EXISTS (SELECT 1 FROM \"order\" o WHERE o.customer_id = waiting_charge.customer_id \
    AND o.id = waiting_charge.order_id AND o.state <> 'open')";
const INVOICE_IS_PAID: &str = "EXISTS (SELECT 1 FROM payment p WHERE p.customer_id = waiting_charge.customer_id \
    AND p.number = waiting_charge.invoice)";

/// By what a charge is paid where its owner does not confirm it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum PaidBy {
    /// The order's hosted page.
    Order(OrderId),
    /// An order for this invoice.
    Invoice(i64),
}

impl Engine {
    /// Writes down that a charge waits for its owner, under its own key.
    pub(crate) async fn note_waiting(
        &self,
        customer: CustomerId,
        key: &str,
        paid_by: PaidBy,
    ) -> Result<(), Error> {
        let (order_id, invoice) = match paid_by {
            PaidBy::Order(order) => (Some(order.to_string()), None),
            PaidBy::Invoice(number) => (None, Some(number)),
        };
        let row = waiting_charge::Model {
            key: key.to_owned(),
            customer_id: customer.to_string(),
            order_id,
            invoice,
            noted_at: self.now().micros(),
            ended_at: None,
            outcome: None,
        };
        let known = OnConflict::column(waiting_charge::Column::Key).do_nothing().to_owned();
        waiting_charge::Entity::insert(row.into_active_model())
            .on_conflict(known)
            .exec_without_returning(&self.shared.pools.side)
            .await?;
        Ok(())
    }

    /// Cancels charges that are paid otherwise by now, and answers how many there were. The sweep does this by itself.
    pub async fn cancel_paid_charges(&self) -> Result<usize, Error> {
        let over = Condition::any().add(Expr::cust(ORDER_IS_OVER)).add(Expr::cust(INVOICE_IS_PAID));
        let due = waiting_charge::Entity::find()
            .filter(waiting_charge::Column::EndedAt.is_null())
            .filter(over)
            .order_by_asc(waiting_charge::Column::NotedAt)
            .limit(AT_ONCE)
            .all(&self.shared.pools.read)
            .await?;
        for row in &due {
            let payer =
                payment_account::Entity::find_by_id(&row.customer_id).one(&self.shared.pools.read).await?;
            let cancelled = match payer {
                Some(payer) => self.gateway.cancel_charge(&payer.provider_customer, &row.key).await?,
                None => Cancelled::Unknown,
            };
            self.note_cancelled(row, cancelled).await?;
        }
        Ok(due.len())
    }

    async fn note_cancelled(&self, row: &waiting_charge::Model, cancelled: Cancelled) -> Result<(), Error> {
        let outcome = match cancelled {
            Cancelled::Done => "cancelled",
            Cancelled::Unknown => "unknown",
            Cancelled::Paid => {
                tracing::error!(
                    customer = row.customer_id,
                    charge = row.key,
                    "a charge was paid that was paid otherwise"
                );
                "paid"
            }
        };
        let ended = waiting_charge::ActiveModel {
            ended_at: Set(Some(self.now().micros())),
            outcome: Set(Some(outcome.to_owned())),
            ..Default::default()
        };
        waiting_charge::Entity::update_many()
            .set(ended)
            .filter(waiting_charge::Column::CustomerId.eq(&row.customer_id))
            .filter(waiting_charge::Column::Key.eq(&row.key))
            .exec(&self.shared.pools.side)
            .await?;
        Ok(())
    }
}
