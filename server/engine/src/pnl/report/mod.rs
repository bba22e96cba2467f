//! "Account P&L shows revenue, AI cost, and margin for an account; the Customer P&L rolls it up across a customer's
//! accounts. Use these to see which productions or steps are driving cost." P1–P5, 5.9–5.12, 5.26, 5.28, 5.31.
//!
//! Every statement is a sum of parts: what one line has taken and earned in one month. Tokens, calls and costs come from the
//! rollups. The subscription of a month is split over the customer's accounts by the tokens captured in it, and an account's
//! share over its productions and steps by theirs, each time by largest remainders: every level sums to the one above.

mod earned;
pub(crate) mod figures;
mod journal;
mod reading;
mod split;
pub(crate) mod sums;
mod translate;

pub use journal::{PnlExtent, PnlSource};

use crate::{
    Engine, Error,
    db::{begin_read, entity::account, to_word},
    installation,
    team::Member,
};
use billing::{
    id::{AccountId, CustomerId},
    money::{Cost, Currency},
    pnl::{Lens, Pnl, Unpriced},
    production::Kind,
    team::{Permission, Scope},
    time::{Month, Timestamp},
};
use chrono::NaiveDate;
use reading::{Reading, own, sum};
use sea_orm::EntityTrait;
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::RangeInclusive,
};
use translate::Translation;

/// What the whole platform's figures are said in unless somebody asks otherwise. C3.
const REPORTED_IN: Currency = Currency::Gbp;

/// What a P&L is asked about. P5.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PnlQuery {
    /// The days of booking (UTC), both included.
    pub days: RangeInclusive<NaiveDate>,
    /// Only of this account; none for all accounts in reach.
    pub account: Option<AccountId>,
    /// Only of this production of the account; empty for what was done outside productions.
    pub production: Option<String>,
    /// Only of this step.
    pub step: Option<PnlStep>,
    /// What it is added up by.
    pub by: PnlBy,
    /// What every amount is said in; none for what the customer is billed in.
    pub currency: Option<Currency>,
}

/// One of the pipeline's steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PnlStep {
    /// The pipeline's number of it; empty for calls of no step.
    pub stage: String,
    /// The kind of call; none for all kinds.
    pub kind: Option<Kind>,
}

impl PnlStep {
    /// Whether a line that is apart by stage and kind is of this step.
    fn is(&self, columns: &[String]) -> bool {
        let [stage, kind] = [0, 1].map(|place| columns.get(place).map_or("", String::as_str));
        stage == self.stage && self.kind.is_none_or(|known| to_word(&known).is_ok_and(|word| word == kind))
    }
}

/// What the lines are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PnlBy {
    /// The customer's accounts.
    Account,
    /// Productions.
    Production,
    /// The pipeline's steps.
    Step,
    /// The steps of each production.
    ProductionStep,
    /// AI models.
    Model,
    /// Customers, on the whole platform.
    Customer,
}

/// One line of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PnlLine {
    /// An id, the name of a production, the pipeline's number of a step, a model. Empty for what belongs to none: calls
    /// outside productions, and what was earned while nothing was used.
    pub key: String,
    /// What people call it, where that is somebody's choice: a customer, an account, a production.
    pub name: Option<String>,
    /// The pipeline's number of the step, where the line is of a step of a production.
    pub stage: Option<String>,
    /// The kind of call, where the line is of one.
    pub kind: Option<Kind>,
    /// Its figures.
    pub pnl: Pnl,
}

/// 5.26: at every date, what was invoiced is recognised, lapsed or deferred.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// What was invoiced, net of tax.
    pub invoiced: Cost,
    /// What of it was earned.
    pub recognised: Cost,
    /// What of it was paid for tokens that lapsed.
    pub breakage: Cost,
    /// What of it is still to be earned.
    pub deferred: Cost,
}

/// A statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PnlReport {
    /// What every amount is in.
    pub currency: Currency,
    /// Whether the reader sees raw cost.
    pub lens: Lens,
    /// Every line, dearest first: they sum to the total.
    pub lines: Vec<PnlLine>,
    /// All of it.
    pub total: Pnl,
    /// As many days before.
    pub before: Pnl,
    /// The days of the range, or its months where it is long: first day, figures. They sum to the total.
    pub series: Vec<(NaiveDate, Pnl)>,
    /// Of the whole customer at the end of the range, in the currency that it is billed in: what is still to be earned is
    /// a balance, which the mean rate of no month says. None for a part of the customer.
    pub position: Option<Position>,
    /// Why calls have no known cost, and how many.
    pub unpriced: Vec<(Unpriced, i64)>,
    /// Months for which a currency has no rate: their amounts are missing, and no margin is named.
    pub gaps: Vec<(Currency, Month)>,
    /// The instant that all of this is true of.
    pub as_of: Timestamp,
}

/// Whose statement it is.
struct Owner {
    /// One customer; none for all.
    customer: Option<CustomerId>,
    /// The accounts that count; none for all.
    accounts: Option<BTreeSet<AccountId>>,
    lens: Lens,
    source: PnlSource,
}

impl Owner {
    fn customer(&self) -> Option<String> {
        self.customer.map(|id| id.to_string())
    }
}

impl Engine {
    /// P1: what the accounts that the member reaches have earned and cost.
    pub async fn pnl(&self, member: &Member, query: &PnlQuery) -> Result<PnlReport, Error> {
        self.pnl_from(PnlSource::Sums, member, query).await
    }

    async fn owner(&self, member: &Member, query: &PnlQuery, source: PnlSource) -> Result<Owner, Error> {
        member.require(Permission::SeeCost)?;
        let accounts = if let Some(account) = query.account {
            member.require_of(Permission::SeeCost, account)?;
            let known = account::Entity::find_by_id((member.customer.to_string(), account.to_string()));
            known.one(&self.shared.pools.read).await?.ok_or(Error::NotFound("account"))?;
            Some([account].into())
        } else {
            member.reach.accounts().cloned()
        };
        let raw = member.may_somewhere(Permission::SeeRawCost);
        let lens = if raw { Lens::Raw } else { Lens::CustomerFacing };
        Ok(Owner { customer: Some(member.customer), accounts, lens, source })
    }

    /// P3: every customer's, for who runs the platform.
    pub async fn platform_pnl(&self, member: &Member, query: &PnlQuery) -> Result<PnlReport, Error> {
        self.platform_pnl_from(PnlSource::Sums, member, query).await
    }

    /// The same, from a source.
    pub async fn platform_pnl_from(
        &self,
        source: PnlSource,
        member: &Member,
        query: &PnlQuery,
    ) -> Result<PnlReport, Error> {
        member.may(Permission::SeePlatformPnl, Scope::Platform).then_some(()).ok_or(Error::Forbidden)?;
        let owner = Owner { customer: None, accounts: None, lens: Lens::Raw, source };
        self.report(&owner, query, query.currency.unwrap_or(REPORTED_IN)).await
    }

    /// The lines of a customer by key, in their order: what a month is closed with.
    pub(super) async fn lines_of(
        &self,
        customer: CustomerId,
        query: &PnlQuery,
    ) -> Result<BTreeMap<String, Pnl>, Error> {
        let owner =
            Owner { customer: Some(customer), accounts: None, lens: Lens::Raw, source: PnlSource::Sums };
        let snapshot = begin_read(&self.shared.pools.read).await?;
        let reading = Reading::open(&snapshot, &owner, query).await?;
        let currencies = reading.billed_in()?;
        let mut lines: BTreeMap<String, Pnl> = BTreeMap::new();
        for part in reading.parts(&query.days, query.by).await? {
            let currency = currencies.get(&part.customer).copied().ok_or(Error::NotFound("customer"))?;
            let pnl = own(&part.figures, &part.earned, currency, Lens::Raw)?;
            let line = lines.entry(part.line.key).or_insert(Pnl::nothing(currency, Lens::Raw));
            *line = line.plus(&pnl).map_err(sum)?;
        }
        Ok(lines)
    }

    async fn report(&self, owner: &Owner, query: &PnlQuery, currency: Currency) -> Result<PnlReport, Error> {
        let as_of = self.now();
        let snapshot = begin_read(&self.shared.pools.read).await?;
        let changed_at = installation::load(&snapshot).await?.catalog_changed_at;
        let catalog = self.shared.lists(&snapshot, changed_at).await?;
        let reading = Reading::open(&snapshot, owner, query).await?;
        let customers = reading.billed_in()?;
        let translation = Translation::new(catalog, customers, currency, owner.lens, as_of);
        reading.report(translation, as_of).await
    }
}
