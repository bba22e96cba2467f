//! How automatic purchases stand, for the page about them.

use super::agreed_of;
use crate::{
    Engine, Error,
    db::{
        customer::payer_of,
        entity::{
            auto_top_up, payment_account, person, top_up_agreement, top_up_agreement_end, top_up_purchase,
        },
        from_word,
    },
    team::Member,
};
use billing::{
    id::OrderId,
    money::Money,
    payment::{Line, Totals},
    team::Permission,
    time::Timestamp,
    tokens::Tokens,
    top_up::{AutoTopUp, AutoTopUpState, EndReason, PurchaseState},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::HashMap;

/// Purchases that the page lists.
const LISTED: u64 = 50;

/// A pack as it would be bought without asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PricedTopUp {
    /// How many tokens.
    pub tokens: Tokens,
    /// What one purchase comes to, tax included.
    pub once: Money,
}

/// Who has agreed, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgreedBy {
    /// Their name.
    pub name: String,
    /// When.
    pub at: Timestamp,
    /// What this month could still come to, as they were told.
    pub worst: Money,
}

/// Who has ended an agreement, when, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndedBy {
    /// Their name; none where it has ended by itself.
    pub name: Option<String>,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub why: EndReason,
}

/// A purchase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PurchaseLine {
    /// Its order.
    pub order: OrderId,
    /// When it was made.
    pub made_at: Timestamp,
    /// How many tokens.
    pub tokens: Tokens,
    /// What it comes to, tax included.
    pub total: Money,
    /// Where it has got to.
    pub state: PurchaseState,
    /// How often it was tried.
    pub tries: u32,
    /// When it is tried next, while it waits.
    pub due_at: Timestamp,
}

/// How automatic purchases stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AutoTopUpReport {
    /// The newest agreement; none where nothing was ever agreed.
    pub agreed: Option<(AutoTopUp, AgreedBy)>,
    /// How it has ended, where it has.
    pub ended: Option<EndedBy>,
    /// The purchase in flight.
    pub in_flight: Option<PurchaseLine>,
    /// Purchases, newest first; empty for whoever may not see invoices.
    pub purchases: Vec<PurchaseLine>,
    /// What can be agreed to; empty before it is known to whom invoices are made out.
    pub packs: Vec<PricedTopUp>,
    /// The card that is charged; none where none is known, or for whoever may not see invoices.
    pub card: Option<String>,
    /// Whether that card is the one that was declined.
    pub card_was_declined: bool,
    /// What was spent this month, with the purchase that is being charged.
    pub spent: Money,
    /// When all this is so.
    pub as_of: Timestamp,
}

impl Engine {
    /// How automatic purchases of the member's customer stand.
    pub async fn auto_top_up_report(&self, member: &Member) -> Result<AutoTopUpReport, Error> {
        member.require(Permission::SeeCapacity)?;
        let (at, read, owner) = (self.now(), &self.shared.pools.read, member.customer.to_string());
        let row = auto_top_up::Entity::find_by_id(&owner).one(read).await?;
        let in_flight = self.purchase_in_flight(&owner).await?;
        let (mut agreed, mut ended) = (None, None);
        if let Some(row) = &row {
            let key = (owner.clone(), row.agreement_id.clone());
            let agreement = top_up_agreement::Entity::find_by_id(key.clone()).one(read).await?;
            let agreement =
                agreement.ok_or_else(|| Error::corrupt("auto_top_up", &owner, "has no agreement"))?;
            let minor = in_flight.as_ref().map_or(0, |purchase| purchase.total_minor);
            let by = AgreedBy {
                name: self.person_named(&agreement.agreed_by).await?,
                at: instant(&agreement.id, agreement.agreed_at)?,
                worst: Money::new(agreement.worst_minor, member.currency),
            };
            agreed = Some((agreed_of(row, &agreement, minor, at)?, by));
            ended = match top_up_agreement_end::Entity::find_by_id(key).one(read).await? {
                Some(end) => Some(self.ended_by(&end).await?),
                None => None,
            };
        }
        // What waits for its owner is given up by whoever agrees anew.
        let given_up =
            in_flight.as_ref().filter(|one| one.state == "needsOwner").map_or(0, |one| one.total_minor);
        let spent = agreed.as_ref().map_or(0, |(agreed, _)| agreed.spent.minor() - given_up);
        let spent = Money::new(spent, member.currency);
        let account = payment_account::Entity::find_by_id(&owner).one(read).await?;
        let declined = row.as_ref().and_then(|row| row.declined_method.clone());
        let has_declined =
            agreed.as_ref().is_some_and(|(agreed, _)| agreed.state == AutoTopUpState::Declined);
        let method = account.as_ref().and_then(|account| account.method.clone());
        let sees = member.may_somewhere(Permission::SeeInvoices);
        let bought = self.agreed_packs(&owner).await?;
        let line = |row: &top_up_purchase::Model| line_of(row, &bought, member);
        Ok(AutoTopUpReport {
            spent,
            card_was_declined: has_declined && method.is_some() && method == declined,
            card: account.filter(|_| sees).and_then(|account| account.method_label),
            in_flight: in_flight.as_ref().map(line).transpose()?,
            purchases: if sees { self.purchases(member, &bought).await? } else { Vec::new() },
            packs: self.priced_packs(member).await?,
            agreed,
            ended,
            as_of: at,
        })
    }

    async fn ended_by(&self, end: &top_up_agreement_end::Model) -> Result<EndedBy, Error> {
        Ok(EndedBy {
            name: match &end.ended_by {
                Some(person) => Some(self.person_named(person).await?),
                None => None,
            },
            at: instant(&end.agreement_id, end.ended_at)?,
            why: from_word("top_up_agreement_end", &end.agreement_id, &end.why)?,
        })
    }

    async fn person_named(&self, person: &str) -> Result<String, Error> {
        let found = person::Entity::find_by_id(person).one(&self.shared.pools.read).await?;
        Ok(found.map_or_else(String::new, |person| person.name))
    }

    /// How many tokens each agreement buys.
    async fn agreed_packs(&self, owner: &str) -> Result<HashMap<String, i64>, Error> {
        let found = top_up_agreement::Entity::find()
            .filter(top_up_agreement::Column::CustomerId.eq(owner))
            .all(&self.shared.pools.read)
            .await?;
        Ok(found.into_iter().map(|row| (row.id, row.buys_tokens)).collect())
    }

    async fn purchases(
        &self,
        member: &Member,
        bought: &HashMap<String, i64>,
    ) -> Result<Vec<PurchaseLine>, Error> {
        let found = top_up_purchase::Entity::find()
            .filter(top_up_purchase::Column::CustomerId.eq(member.customer.to_string()))
            .order_by_desc(top_up_purchase::Column::Id)
            .limit(LISTED)
            .all(&self.shared.pools.read)
            .await?;
        found.iter().map(|row| line_of(row, bought, member)).collect()
    }

    /// The packs with tax, as they would be bought today.
    async fn priced_packs(&self, member: &Member) -> Result<Vec<PricedTopUp>, Error> {
        let customer = self.customer_row(member.customer).await?;
        let Some(details) = payer_of(&customer)?.details else { return Ok(Vec::new()) };
        let tax = self.tax_rule(details.country);
        let packs = self.price_book().await?.packs_in(member.currency);
        let priced = |pack: billing::top_up::PricedPack| {
            let lines = [Line::pack(pack.tokens, pack.price, self.now())];
            let totals = Totals::of(&lines, &tax, member.currency);
            let totals = totals.map_err(|error| Error::corrupt("price_book_version", pack.tokens, error))?;
            Ok(PricedTopUp { tokens: pack.tokens, once: totals.total })
        };
        packs.into_iter().map(priced).collect()
    }
}

fn line_of(
    row: &top_up_purchase::Model,
    bought: &HashMap<String, i64>,
    member: &Member,
) -> Result<PurchaseLine, Error> {
    let tokens = bought.get(&row.agreement_id).copied().unwrap_or_default();
    Ok(PurchaseLine {
        order: row.order_id.parse().map_err(|error| Error::corrupt("top_up_purchase", &row.id, error))?,
        made_at: instant(&row.id, row.made_at)?,
        tokens: Tokens::new(tokens).map_err(|error| Error::corrupt("top_up_purchase", &row.id, error))?,
        total: Money::new(row.total_minor, member.currency),
        state: from_word("top_up_purchase", &row.id, &row.state)?,
        tries: u32::try_from(row.tries).unwrap_or(u32::MAX),
        due_at: instant(&row.id, row.due_at)?,
    })
}

fn instant(row: &str, micros: i64) -> Result<Timestamp, Error> {
    Timestamp::from_micros(micros).map_err(|error| Error::corrupt("top_up_purchase", row, error))
}
