//! Sample data for an empty sandbox: one customer on its way through October 2026, made by the engine's own acts on an
//! advancing clock, so that every figure of it has its entries. The same on every machine.

use crate::{
    Engine, Error, db::entity::customer, production::AdmitRequest, team::NewMember, tier::NewSubscription,
};
use billing::{
    allowance::Source,
    customer::AccountStatus,
    id::{AccountId, CustomerId},
    money::{Currency, Money},
    production::{Attempt, End, Outcome, Plan, Step},
    sample,
    team::Role,
    tier::{BillingPeriod, Tier},
    time::{Span, Timestamp},
    tokens::Tokens,
};
use sea_orm::{EntityTrait, PaginatorTrait};

/// The password of every sample sign-in: they exist in sandbox installations only.
const PASSWORD: &str = "sample-password";
/// The sample key of the pipeline: likewise.
const KEY: &str = "jk_sample_0000000000000000000000000000000000000000000000000000000000";
/// Email, name, role, and what they see.
const PEOPLE: [(&str, &str, Role, &str); 2] = [
    (
        "mara@northlight.example",
        "Mara Lindqvist",
        Role::CustomerAdministrator,
        "administrator of Northlight Films",
    ),
    ("tunde@northlight.example", "Tunde Okafor", Role::AccountOperator, "operator: may not manage billing"),
];
/// Account, monthly limit in pence.
const ACCOUNTS: [(&str, Option<i64>); 3] =
    [("Night Sky Daily", None), ("Slow Kitchen", Some(13_000)), ("Tech in Ten", Some(50_000))];
/// Titles by account, in the order of [`ACCOUNTS`].
const SERIES: [&str; 3] = ["Night sky tonight", "Autumn soups", "Chip wars"];
/// Pro's allowance.
const ALLOWANCE: i64 = 250_000;
/// Productions of 6,000 tokens each that are done by the sample moment.
const DONE: i32 = 32;

/// What to sign in with; only sandbox installations have such people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Samples {
    /// Email, password, and what they see.
    pub sign_ins: Vec<(String, String, String)>,
    /// A key of the pipeline.
    pub key: String,
    /// Accounts of the customer that the key belongs to.
    pub accounts: Vec<(AccountId, String)>,
}

impl Engine {
    /// Loads the sample data where the database is empty, and answers what to sign in with. None where the installation
    /// is not a sandbox, or holds data of its own.
    pub async fn load_samples(&self) -> Result<Option<Samples>, Error> {
        if !self.is_sandbox() {
            return Ok(None);
        }
        if customer::Entity::find().count(&self.shared.pools.read).await? == 0 {
            self.make_samples().await?;
        }
        let Some(key) = self.pipeline_key(KEY).await? else { return Ok(None) };
        let accounts = self.accounts(key.customer).await?;
        let sign_in =
            |(email, _, _, sees): (&str, &str, Role, &str)| (email.into(), PASSWORD.into(), sees.into());
        Ok(Some(Samples {
            sign_ins: PEOPLE.map(sign_in).to_vec(),
            key: KEY.to_owned(),
            accounts: accounts.into_iter().map(|account| (account.id, account.name)).collect(),
        }))
    }

    /// A customer with one account, one key and one grant, for a replayed trace: priced in dollars, so that no exchange
    /// rate is needed on the trace's days.
    pub async fn open_replay_customer(
        &self,
        tokens: Tokens,
    ) -> Result<(CustomerId, AccountId, String), Error> {
        self.load_catalog_samples().await?;
        let customer = self.open_customer("Replay", Currency::Usd).await?;
        let account = self.open_account(customer, "Trace", AccountStatus::Active).await?;
        let key = self.add_pipeline_key(customer, "Replay").await?;
        if let Some(known) = self.pipeline_key(&key).await? {
            self.set_key_rate(customer, known.id, Some(0)).await?; // a trace is replayed as fast as it can be
        }
        self.grant(customer, Source::Adjustment, tokens, None, None).await?;
        Ok((customer, account, key))
    }

    /// Goes by the sample tariff, prices, rates and markup.
    pub async fn load_catalog_samples(&self) -> Result<(), Error> {
        let from = instant("2020-01-01T00:00:00Z")?;
        let mut catalog = sample::catalog(from, 0).map_err(out_of_range)?;
        let days = instant("2025-10-01T00:00:00Z")?;
        catalog.rates = sample::catalog(days, 1_200).map_err(out_of_range)?.rates;
        self.add_catalog(&catalog, "Sample values").await
    }

    async fn make_samples(&self) -> Result<(), Error> {
        let starts_at = instant("2026-10-01T00:00:00Z")?;
        self.set_sandbox_clock(starts_at).await?;
        self.load_catalog_samples().await?;
        let customer = self.open_customer("Northlight Films", Currency::Gbp).await?;
        self.keep_pipeline_key(customer, "Sample pipeline", KEY).await?;
        let mut accounts = Vec::new();
        for (name, limit) in ACCOUNTS {
            let account = self.open_account(customer, name, AccountStatus::Active).await?;
            let limit = limit.map(|pence| Money::new(pence, Currency::Gbp));
            self.set_account_limit(customer, account, limit).await?;
            accounts.push(account);
        }
        for (email, name, role, _) in PEOPLE {
            let person =
                self.add_member(customer, NewMember { name, email, password: PASSWORD, role }).await?;
            if role == Role::AccountOperator {
                self.assign_accounts(customer, person, &accounts).await?;
            }
        }
        let allowance = Tokens::new(ALLOWANCE).map_err(out_of_range)?;
        let (tier, billing, anchor_on) = (Tier::Pro, BillingPeriod::Monthly, starts_at.day());
        let pro = NewSubscription { tier, billing, anchor_on, allowance, ends_at: None };
        self.subscribe(customer, pro).await?;
        self.make_productions(customer, &accounts, starts_at).await?;
        self.set_sandbox_clock(instant("2026-10-22T16:40:00Z")?).await
    }

    /// Thirty-two finished productions over three weeks, one that is running, and one that its account's limit refused.
    async fn make_productions(
        &self,
        customer: CustomerId,
        accounts: &[AccountId],
        starts_at: Timestamp,
    ) -> Result<(), Error> {
        let plan = sample::short_video().map_err(out_of_range)?;
        for (number, account) in (1..=DONE).zip(accounts.iter().cycle()) {
            self.set_sandbox_clock(starts_at.after(Span::hours(9 + (number - 1) * 16))).await?;
            let request = request(number, *account, &plan)?;
            let name = request.production.clone();
            match self.admit(customer, None, request).await {
                Ok(_) => {}
                Err(Error::Refused(_)) => continue,
                Err(error) => return Err(error),
            }
            for step in &plan {
                self.report_attempt(customer, name.clone(), step.name.clone(), 1, done(step)).await?;
            }
            self.finish(customer, name, End::Published).await?;
        }
        self.set_sandbox_clock(instant("2026-10-22T16:20:00Z")?).await?;
        let Some(account) = accounts.last() else { return Ok(()) };
        let running = request(DONE + 1, *account, &plan)?;
        let name = running.production.clone();
        self.admit(customer, None, running).await?;
        for step in plan.iter().take(8) {
            self.report_attempt(customer, name.clone(), step.name.clone(), 1, done(step)).await?;
        }
        let refused = request(DONE + 3, accounts[1], &plan)?;
        match self.admit(customer, None, refused).await {
            Err(Error::Refused(_)) => Ok(()),
            other => Err(Error::corrupt("sample", "refusal", format!("{other:?}"))),
        }
    }
}

fn request(number: i32, account: AccountId, plan: &[Step]) -> Result<AdmitRequest, Error> {
    let series = usize::try_from(number - 1).unwrap_or_default() % SERIES.len();
    let bad = |error: &dyn std::fmt::Display| Error::corrupt("sample", number, error);
    Ok(AdmitRequest {
        production: format!("sample-{number}").parse().map_err(|error| bad(&error))?,
        account,
        title: format!("{}, ep. {}", SERIES[series], (number + 2) / 3),
        member: None,
        quote: None,
        project_type: Some("short-video".to_owned()),
        plan: Plan::new(plan.to_vec()).map_err(|error| bad(&error))?,
    })
}

fn done(step: &Step) -> Attempt {
    Attempt { outcome: Outcome::Succeeded, quantity: step.quantity, model: None, occurred_at: None }
}

fn instant(text: &str) -> Result<Timestamp, Error> {
    text.parse().map_err(|error| Error::corrupt("sample", text, error))
}

fn out_of_range(error: billing::tokens::OutOfRange) -> Error {
    Error::corrupt("sample", "values", error)
}
