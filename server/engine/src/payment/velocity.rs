//! How fast packs may be bought and cards be declined. T5: whoever tries stolen cards, or buys with one as much as there is before
//! its owner notices, is slowed down; everybody else never meets it. Auto-top-up has a cap of its own and is not counted here.
//!
//! Orders of packs are counted by customer and by network, packs that were paid by card, each before it is known how they end;
//! declines, of any order, stricter: by customer, by network and by card. Counts are rows, so that several processes agree. A
//! page on which a card is declined once too often is closed; the next one is opened once one is free again.
//!
//! A card is known by the provider's own name of it (Stripe's `fingerprint`), a network by its hash: neither says what it is.

use crate::{
    Engine, Error, Hurry, TooFast,
    db::entity::{order, payment_account, payment_decline},
    gateway::Declined,
    team::{Pace, network},
};
use billing::{id::CustomerId, time::Timestamp};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, sea_query::OnConflict};
use sha2::{Digest, Sha256};
use std::net::IpAddr;

/// Orders of packs by one customer: thirty at once, then one each ten minutes.
const PACKS_OF_CUSTOMER: Pace = Pace::new("packs_of_customer", 30, 600);
/// Packs that one card has paid, whoever for.
const PACKS_OF_CARD: Pace = Pace::new("packs_of_card", 30, 600);
/// Orders of packs from one network: an office may have several customers.
const PACKS_FROM: Pace = Pace::new("packs_from", 60, 300);
/// Cards that were declined for one customer: eight at once, then one each half hour.
const DECLINES_OF_CUSTOMER: Pace = Pace::new("declines_of_customer", 8, 1_800);
/// Tries of one card that were declined, whoever for: four at once, then one each six hours.
const DECLINES_OF_CARD: Pace = Pace::new("declines_of_card", 4, 21_600);
/// Cards that were declined on pages that were opened from one network.
const DECLINES_FROM: Pace = Pace::new("declines_from", 12, 1_800);

/// A network by a name that says nothing of it.
pub(super) fn network_name(from: IpAddr) -> String {
    let mut hash = Sha256::new_with_prefix("network of whoever pays");
    hash.update(network(from));
    hex::encode(hash.finalize())
}

impl Engine {
    /// Counts an order of a pack that is about to be made, unless it was made before under this name.
    pub(super) async fn count_pack(
        &self,
        customer: CustomerId,
        request: &str,
        from: Option<IpAddr>,
    ) -> Result<(), Error> {
        let (owner, read) = (customer.to_string(), &self.shared.pools.read);
        let known = order::Entity::find()
            .filter(order::Column::CustomerId.eq(&owner))
            .filter(order::Column::Request.eq(request));
        if known.one(read).await?.is_some() {
            return Ok(());
        }
        let from = from.map(network_name);
        self.declines_allow(customer, from.as_deref()).await?;
        let account = payment_account::Entity::find_by_id(&owner).one(read).await?;
        if let Some(card) = account.and_then(|account| account.card) {
            self.is_free(Hurry::PacksOfCard, PACKS_OF_CARD, &card).await?;
        }
        self.take_pack(Hurry::PacksOfCustomer, PACKS_OF_CUSTOMER, &owner).await?;
        let Some(from) = from else { return Ok(()) };
        let taken = self.take_pack(Hurry::PacksFrom, PACKS_FROM, &from).await;
        if taken.is_err() {
            self.shared.give_back(PACKS_OF_CUSTOMER, &[&owner]).await?;
        }
        taken
    }

    /// Whether another page may be opened, after what was declined.
    pub(super) async fn declines_allow(&self, customer: CustomerId, from: Option<&str>) -> Result<(), Error> {
        let owner = customer.to_string();
        self.is_free(Hurry::DeclinesOfCustomer, DECLINES_OF_CUSTOMER, &owner).await?;
        match from {
            Some(from) => self.is_free(Hurry::DeclinesFrom, DECLINES_FROM, from).await,
            None => Ok(()),
        }
    }

    /// Counts a pack that somebody has paid with a card.
    pub(super) async fn count_card(&self, of: &order::Model, card: Option<&str>) -> Result<(), Error> {
        match card.filter(|_| of.kind == "pack") {
            Some(card) => self.shared.count(PACKS_OF_CARD, &[card]).await,
            None => Ok(()),
        }
    }

    /// Counts a try that was declined, once; whether the page on which it was made is to be closed.
    pub(super) async fn count_decline(&self, of: &order::Model, declined: &Declined) -> Result<bool, Error> {
        let row = payment_decline::Model {
            id: declined.id.clone(),
            customer_id: of.customer_id.clone(),
            order_id: of.id.clone(),
            card: declined.card.clone(),
            declined_at: self.now().micros(),
        };
        let known = OnConflict::column(payment_decline::Column::Id).do_nothing().to_owned();
        let inserted = payment_decline::Entity::insert(row.into_active_model())
            .on_conflict(known)
            .exec_without_returning(&self.shared.pools.side)
            .await?;
        if inserted == 0 {
            return Ok(false); // it was counted before
        }
        let counted = [
            Some((DECLINES_OF_CUSTOMER, of.customer_id.as_str())),
            declined.card.as_deref().map(|card| (DECLINES_OF_CARD, card)),
            of.paid_from.as_deref().map(|from| (DECLINES_FROM, from)),
        ];
        let mut too_many = false;
        for (pace, name) in counted.into_iter().flatten() {
            self.shared.count(pace, &[name]).await?;
            too_many |= self.shared.wait(pace, &[name]).await?.is_some();
        }
        if too_many {
            tracing::warn!(customer = of.customer_id, order = of.id, "cards are declined too often");
        }
        Ok(too_many)
    }

    async fn take_pack(&self, of: Hurry, pace: Pace, name: &str) -> Result<(), Error> {
        match self.shared.take(pace, &[name]).await {
            Err(Error::TooManyTries { seconds }) => {
                let wait = i64::try_from(seconds).unwrap_or(i64::MAX / 1_000_000) * 1_000_000;
                Err(self.too_fast(of, wait)?)
            }
            taken => taken,
        }
    }

    async fn is_free(&self, of: Hurry, pace: Pace, name: &str) -> Result<(), Error> {
        match self.shared.wait(pace, &[name]).await? {
            Some(wait) => Err(self.too_fast(of, wait)?),
            None => Ok(()),
        }
    }

    fn too_fast(&self, of: Hurry, wait: i64) -> Result<Error, Error> {
        let until = Timestamp::from_micros(self.now().micros().saturating_add(wait));
        let until = until.map_err(|error| Error::corrupt("try_limit", "wait", error))?;
        Ok(Error::TooFast(TooFast { of, until }))
    }
}
