//! What is left: granted by acts of the writer, read live from the rows that the gate decides by.

mod overview;

pub use overview::{AccountLine, Overview, ProductionLine, RefusalLine};

use crate::{
    Engine, Error,
    db::{
        allowance::grant_of,
        entity::{token_grant, token_hold, wallet},
    },
    writer::{Act, Books, Desk, NewGrant, Touch},
};
use billing::{
    allowance::{BannerSettings, Capacity, Grant, Source},
    id::{CustomerId, GrantId},
    money::Money,
    time::Timestamp,
    tokens::Tokens,
};
use sea_orm::{ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter};
use tokio::sync::watch;

/// A customer's capacity, and what the banner says of it depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usage {
    /// What is left.
    pub capacity: Capacity,
    /// When this allowance began; none without an allowance.
    pub cycle_starts_at: Option<Timestamp>,
    /// How many productions run.
    pub running: u64,
    /// What the customer has set.
    pub settings: BannerSettings,
}

/// The act: a lot of tokens.
struct GrantTokens {
    customer: CustomerId,
    source: Source,
    tokens: Tokens,
    expires_at: Option<Timestamp>,
    price_paid: Option<Money>,
}

impl Act for GrantTokens {
    type Answer = GrantId;

    fn touches(&self) -> Touch {
        Touch::wallet(self.customer)
    }

    fn decide(&self, books: &mut Books, desk: &Desk) -> Result<GrantId, Error> {
        let invalid =
            |message: &str| Error::Invalid { field: "grant".to_owned(), message: message.to_owned() };
        if self.tokens.is_zero() {
            return Err(invalid("a grant has at least one token"));
        }
        if self.expires_at.is_some_and(|end| end <= desk.at) {
            return Err(invalid("a grant ends after it starts"));
        }
        books.head.left.plus(self.tokens).map_err(|_| invalid("the wallet cannot hold so many tokens"))?;
        let id = GrantId::new(desk.ids.next(desk.at)?);
        let grant = Grant::new(id, self.source, self.tokens, desk.at, self.expires_at);
        books.lapse(desk)?;
        books.grant(NewGrant { grant, price_paid: self.price_paid }, desk)?;
        Ok(id)
    }
}

impl Engine {
    /// Adds a lot of tokens, from now on. A recorded overdraft is taken from it first.
    pub async fn grant(
        &self,
        customer: CustomerId,
        source: Source,
        tokens: Tokens,
        expires_at: Option<Timestamp>,
        price_paid: Option<Money>,
    ) -> Result<GrantId, Error> {
        self.writer.ask(GrantTokens { customer, source, tokens, expires_at, price_paid }).await
    }

    /// What is left, now.
    pub async fn usage(&self, customer: CustomerId) -> Result<Usage, Error> {
        let (read, at, owner) = (&self.shared.pools.read, self.now(), customer.to_string());
        let wallet =
            wallet::Entity::find_by_id(&owner).one(read).await?.ok_or(Error::NotFound("customer"))?;
        let matters = Condition::any()
            .add(token_grant::Column::ExpiresAt.is_null())
            .add(token_grant::Column::ExpiresAt.gt(at.micros()))
            .add(token_grant::Column::HeldTokens.gt(0));
        let grants: Vec<Grant> = token_grant::Entity::find()
            .filter(token_grant::Column::CustomerId.eq(&owner))
            .filter(matters)
            .all(read)
            .await?
            .iter()
            .map(grant_of)
            .collect::<Result<_, _>>()?;
        let running = token_hold::Entity::find()
            .filter(token_hold::Column::CustomerId.eq(&owner))
            .filter(token_hold::Column::EndedAt.is_null())
            .count(read)
            .await?;
        let overdrawn =
            Tokens::new(wallet.overdrawn_tokens).map_err(|error| Error::corrupt("wallet", &owner, error))?;
        let allowances = grants.iter().filter(|grant| grant.source.is_allowance() && grant.is_open(at));
        Ok(Usage {
            cycle_starts_at: allowances.map(|grant| grant.effective_at).min(),
            capacity: Capacity::of(&grants, overdrawn, at),
            running,
            settings: BannerSettings::default(),
        })
    }

    /// Ticks whenever this process has changed the customer's books.
    #[must_use]
    pub fn changes(&self, customer: CustomerId) -> watch::Receiver<u64> {
        self.shared.watch(customer)
    }
}
