//! The receipt of a production: every token with its lot, step and tariff version.

mod rows;
mod sources;

use crate::{
    Engine, Error,
    db::{
        entity::{cost_entry, hold_draw, person, production, production_step, token_grant, token_hold},
        production::hold_of,
    },
    team::Member,
    writer::Verdict,
};
use billing::{
    allowance::{Pool, Source},
    id::{AccountId, CustomerId, EntryId, GrantId, ProductionId, ProductionName, StepName},
    money::Cost,
    pnl::{Exchange, Unpriced},
    production::{Hold, Kind, Quantity},
    team::Permission,
    time::Timestamp,
    tokens::Tokens,
};
use rows::{booked, calls, entry, lot, steps};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use sources::sources;

/// One ledger entry of a production.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptEntry {
    /// Which entry.
    pub id: EntryId,
    /// Its number in the customer's ledger.
    pub seq: i64,
    /// Where the tokens came from.
    pub debit: Pool,
    /// Where they went.
    pub credit: Pool,
    /// How many.
    pub tokens: Tokens,
    /// The lot, and where it came from; none for an overdraft.
    pub grant: Option<(GrantId, Source)>,
    /// The step that was charged, and its kind.
    pub step: Option<(StepName, Kind)>,
    /// What the step was planned with: the tariff's line follows from it.
    pub planned: Option<Quantity>,
    /// The tariff that set the amount.
    pub tariff_version: Option<i64>,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// One reported call of a production.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptCall {
    /// The step.
    pub step: StepName,
    /// Which try.
    pub number: i64,
    /// What became of it.
    pub verdict: Verdict,
    /// The model that ran it, or its kind's default.
    pub model: Option<String>,
    /// What it cost the customer; none where that is not known.
    pub charged: Option<Cost>,
    /// Why that is not known, where it is not.
    pub unpriced: Option<Unpriced>,
    /// What it cost JARAI and how the customer's cost came about, for those who may see raw cost.
    pub source: Option<CallSource>,
}

/// Where the cost of a call comes from. 5.11: for platform administrators and finance alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallSource {
    /// Who ran the model, where it is known.
    pub provider: Option<String>,
    /// What the provider charges, in its currency; none where that is not known.
    pub raw: Option<Cost>,
    /// The version of the model's prices.
    pub price_version: Option<i64>,
    /// The exchange rates; none where provider and customer share a currency.
    pub exchange: Option<Exchange>,
    /// The version of the markup, and hundredths of a per cent.
    pub markup: Option<(i64, i64)>,
    /// Whether the customer's cost is what a quote had promised, whatever these versions say.
    pub quoted: bool,
}

/// One step of a production as it was planned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptStep {
    /// The pipeline's name of it.
    pub name: StepName,
    /// The pipeline's number of it.
    pub stage: Option<String>,
    /// How much it was to take.
    pub quantity: Quantity,
    /// Tokens set aside for it.
    pub tokens: Tokens,
}

/// A lot that a production was charged to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReceiptLot {
    /// Which lot.
    pub id: GrantId,
    /// Where it came from.
    pub source: Source,
    /// From when it could be drawn on.
    pub effective_at: Timestamp,
}

/// A production with everything that was booked for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The pipeline's name of it.
    pub production: ProductionName,
    /// Ours.
    pub id: ProductionId,
    /// For which account.
    pub account: AccountId,
    /// What people call it.
    pub title: String,
    /// When it was admitted.
    pub admitted_at: Timestamp,
    /// Its hold.
    pub hold: Hold,
    /// Tokens set aside at admission.
    pub tokens: Tokens,
    /// The tariff that it was admitted under.
    pub tariff_version: i64,
    /// What kind of output it makes.
    pub project_type: Option<String>,
    /// In whose name it was asked for.
    pub member: Option<String>,
    /// Its steps, in the order of its plan.
    pub steps: Vec<ReceiptStep>,
    /// The lots that its entries name.
    pub lots: Vec<ReceiptLot>,
    /// Its calls, by step and try.
    pub calls: Vec<ReceiptCall>,
    /// Customer-facing cost of its calls, as far as it is known.
    pub cost: Cost,
    /// How many of its calls have no known cost.
    pub unknown_costs: usize,
    /// Its ledger entries, oldest first.
    pub entries: Vec<ReceiptEntry>,
}

impl Engine {
    /// Customers who have a production of this name; for whoever runs the installation.
    pub async fn owners_of(&self, production: &ProductionName) -> Result<Vec<CustomerId>, Error> {
        let rows = production::Entity::find()
            .filter(production::Column::Name.eq(production.as_str()))
            .order_by_asc(production::Column::CustomerId)
            .all(&self.shared.pools.read)
            .await?;
        let owner = |row: production::Model| {
            row.customer_id.parse().map_err(|error| Error::corrupt("production", production, error))
        };
        rows.into_iter().map(owner).collect()
    }

    /// A production and everything that was booked for it.
    pub async fn receipt(&self, customer: CustomerId, production: &ProductionName) -> Result<Receipt, Error> {
        let read = &self.shared.pools.read;
        let owner = customer.to_string();
        let key = (owner.clone(), production.to_string());
        let missing = Error::NotFound("production");
        let row = production::Entity::find_by_id(key.clone()).one(read).await?.ok_or(missing)?;
        let currency = self.currency(customer).await?;
        let hold = token_hold::Entity::find_by_id(key).one(read).await?;
        let hold = hold.ok_or_else(|| Error::corrupt("token_hold", production, "is missing"))?;
        let draws = hold_draw::Entity::find()
            .filter(hold_draw::Column::CustomerId.eq(&owner))
            .filter(hold_draw::Column::Production.eq(production.as_str()))
            .all(read)
            .await?;
        let costs = cost_entry::Entity::find()
            .filter(cost_entry::Column::CustomerId.eq(&owner))
            .filter(cost_entry::Column::Production.eq(production.as_str()))
            .order_by_asc(cost_entry::Column::Step)
            .order_by_asc(cost_entry::Column::Attempt)
            .all(read)
            .await?;
        let mut cost = Cost::zero(currency);
        for micros in costs.iter().filter_map(|row| row.charged_micros) {
            let sum = cost.plus(Cost::new(micros, currency));
            cost = sum.map_err(|error| Error::corrupt("cost_entry", production, error))?;
        }
        let entries = booked(read, &owner, production).await?;
        let lots = token_grant::Entity::find()
            .filter(token_grant::Column::CustomerId.eq(&owner))
            .filter(token_grant::Column::Id.is_in(entries.iter().filter_map(|row| row.grant_id.clone())))
            .order_by_asc(token_grant::Column::Id)
            .all(read)
            .await?;
        let planned = production_step::Entity::find()
            .filter(production_step::Column::CustomerId.eq(&owner))
            .filter(production_step::Column::Production.eq(production.as_str()))
            .order_by_asc(production_step::Column::Position)
            .all(read)
            .await?;
        let bad = |what: &str| Error::corrupt("production", production, what);
        Ok(Receipt {
            production: production.clone(),
            id: row.id.parse().map_err(|_| bad("id"))?,
            account: row.account_id.parse().map_err(|_| bad("account"))?,
            title: row.title,
            admitted_at: Timestamp::from_micros(row.admitted_at).map_err(|_| bad("admitted_at"))?,
            tokens: Tokens::new(hold.tokens).map_err(|_| bad("tokens"))?,
            hold: hold_of(&hold, &draws, currency)?,
            tariff_version: row.tariff_version,
            project_type: row.project_type,
            member: self.name_of(row.member_id).await?,
            steps: steps(&planned)?,
            lots: lots.iter().map(lot).collect::<Result<_, _>>()?,
            calls: calls(read, &owner, production, &costs).await?,
            cost,
            unknown_costs: costs.iter().filter(|row| row.charged_micros.is_none()).count(),
            entries: entries.iter().map(|row| entry(row, &lots, &planned)).collect::<Result<_, _>>()?,
        })
    }
}

impl Engine {
    /// The receipt of a production in the member's reach.
    pub async fn receipt_of(&self, member: &Member, production: &ProductionName) -> Result<Receipt, Error> {
        member.require(Permission::SeeUsage)?;
        let mut receipt = self.receipt(member.customer, production).await?;
        // What is out of reach does not exist, whatever its account.
        let hidden = |_| Error::NotFound("production");
        member.require_of(Permission::SeeUsage, receipt.account).map_err(hidden)?;
        if member.may_somewhere(Permission::SeeRawCost) {
            let mut known = sources(&self.shared.pools.read, member.customer, production).await?;
            for call in &mut receipt.calls {
                call.source = known.remove(&(call.step.to_string(), call.number));
            }
        }
        Ok(receipt)
    }

    async fn name_of(&self, person: Option<String>) -> Result<Option<String>, Error> {
        let Some(id) = person else { return Ok(None) };
        Ok(person::Entity::find_by_id(id).one(&self.shared.pools.read).await?.map(|row| row.name))
    }
}
