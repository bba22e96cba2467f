//! Capacity that is bought without asking: what was agreed.

use crate::{
    Engine, Error,
    db::{
        entity::{auto_top_up, customer},
        from_word, rows, to_word,
    },
};
use billing::{
    id::CustomerId,
    money::{Currency, Money},
    tokens::Tokens,
    top_up::AutoTopUp,
};
use sea_orm::EntityTrait;

impl Engine {
    /// What a customer has agreed to; none where nothing ever was.
    pub(crate) async fn auto_top_up(&self, customer: &customer::Model) -> Result<Option<AutoTopUp>, Error> {
        let id = &customer.id;
        let Some(row) = auto_top_up::Entity::find_by_id(id).one(&self.shared.pools.read).await? else {
            return Ok(None);
        };
        let currency: Currency = from_word("customer", id, &customer.currency)?;
        let tokens = |count| Tokens::new(count).map_err(|error| Error::corrupt("auto_top_up", id, error));
        Ok(Some(AutoTopUp {
            state: from_word("auto_top_up", id, &row.state)?,
            below: tokens(row.below_tokens)?,
            buys: tokens(row.buys_tokens)?,
            cap: Money::new(row.cap_minor, currency),
            spent: Money::new(row.spent_minor, currency),
        }))
    }

    /// Keeps what the sample data say was agreed: consent is asked for where payments are.
    pub(crate) async fn keep_auto_top_up(
        &self,
        customer: CustomerId,
        agreed: &AutoTopUp,
    ) -> Result<(), Error> {
        let row = auto_top_up::Model {
            customer_id: customer.to_string(),
            state: to_word(&agreed.state)?,
            below_tokens: agreed.below.get(),
            buys_tokens: agreed.buys.get(),
            cap_minor: agreed.cap.minor(),
            spent_minor: agreed.spent.minor(),
        };
        rows::upsert::<auto_top_up::Entity>(&self.shared.pools.side, &[row]).await
    }
}
