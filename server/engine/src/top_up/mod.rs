//! Capacity that is bought without asking: what was agreed, each purchase, what stops it. U5, I-35.
//!
//! The writer looks after it at the end of every group of acts, in the same transaction: whoever crosses the agreed number of
//! tokens has written the order of one pack and the purchase that waits to be charged. The charge is made outside, under the
//! purchase's own key; what is paid is taken as every order is: payment, invoice and tokens in one act, once. Nobody waits
//! for any of it.
//!
//! Nothing turns it on but the form in which somebody agrees.

mod agree;
mod charge;
mod letters;
mod report;
mod tend;

pub use agree::ShownAmounts;
pub use report::{AgreedBy, AutoTopUpReport, EndedBy, PricedTopUp, PurchaseLine};

use crate::{
    Engine, Error,
    db::{
        entity::{auto_top_up, customer, top_up_agreement, top_up_purchase},
        from_word, to_word,
    },
};
use billing::{
    id::{CustomerId, OrderId},
    money::{Currency, Money},
    time::Timestamp,
    tokens::Tokens,
    top_up::{AutoTopUp, PurchaseState},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

/// What rows of an agreement say, at an instant; `in_flight` is what the purchase in flight comes to.
fn agreed_of(
    row: &auto_top_up::Model,
    agreement: &top_up_agreement::Model,
    in_flight: i64,
    at: Timestamp,
) -> Result<AutoTopUp, Error> {
    let bad = |error: String| Error::corrupt("top_up_agreement", &agreement.id, error);
    let tokens = |count| Tokens::new(count).map_err(|error| bad(error.to_string()));
    let currency: Currency = from_word("top_up_agreement", &agreement.id, &agreement.currency)?;
    let this_month = if row.month == at.month().to_string() { row.spent_minor } else { 0 };
    let spent = this_month.checked_add(in_flight).ok_or_else(|| bad("spends too much".to_owned()))?;
    Ok(AutoTopUp {
        state: from_word("auto_top_up", &row.customer_id, &row.state)?,
        below: tokens(agreement.below_tokens)?,
        buys: tokens(agreement.buys_tokens)?,
        once: Money::new(agreement.once_minor, currency),
        cap: Money::new(agreement.cap_minor, currency),
        spent: Money::new(spent, currency),
    })
}

impl Engine {
    /// What a customer has agreed to; none where nothing ever was.
    pub(crate) async fn auto_top_up(&self, customer: &customer::Model) -> Result<Option<AutoTopUp>, Error> {
        let (id, read) = (&customer.id, &self.shared.pools.read);
        let Some(row) = auto_top_up::Entity::find_by_id(id).one(read).await? else { return Ok(None) };
        let key = (id.clone(), row.agreement_id.clone());
        let agreement = top_up_agreement::Entity::find_by_id(key).one(read).await?;
        let agreement = agreement.ok_or_else(|| Error::corrupt("auto_top_up", id, "has no agreement"))?;
        let in_flight = self.purchase_in_flight(id).await?.map_or(0, |purchase| purchase.total_minor);
        agreed_of(&row, &agreement, in_flight, self.now()).map(Some)
    }

    async fn purchase_in_flight(&self, customer: &str) -> Result<Option<top_up_purchase::Model>, Error> {
        let found = top_up_purchase::Entity::find()
            .filter(top_up_purchase::Column::CustomerId.eq(customer))
            .filter(top_up_purchase::Column::EndedAt.is_null());
        Ok(found.one(&self.shared.pools.read).await?)
    }

    /// Whether an order is an automatic purchase that its owner has to pay.
    pub(crate) async fn waits_for_its_owner(
        &self,
        customer: CustomerId,
        order: OrderId,
    ) -> Result<bool, Error> {
        let waits = self.purchase_in_flight(&customer.to_string()).await?;
        let needs_owner = to_word(&PurchaseState::NeedsOwner)?;
        Ok(waits.is_some_and(|one| one.state == needs_owner && one.order_id == order.to_string()))
    }
}
