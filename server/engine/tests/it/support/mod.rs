//! The world of a test: an engine on a fresh database, one customer with an account and tokens.

pub mod postgres;

use anyhow::{Context, Result};
use billing::{
    allowance::Source,
    customer::AccountStatus,
    id::{AccountId, CustomerId, ProductionName},
    money::{Currency, Money},
    payment::{BillingDetails, Country},
    production::{
        Admission, Attempt, Capture, End, Outcome, Plan, Quantity, Step,
        quantity::{Count, Length},
    },
    team::Role,
    time::Timestamp,
    tokens::Tokens,
};
use engine::{
    Engine, Error, Settings,
    payment::StripeSettings,
    production::AdmitRequest,
    team::{Member, NewMember},
};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection};

/// Which database a test runs on.
#[derive(Clone, Copy, Debug)]
pub enum On {
    /// A file, with a write-ahead log and full synchronisation.
    Sqlite,
    /// A database of a throw-away cluster.
    Postgres,
}

/// Defines a test that runs on both databases and audits the books at the end.
macro_rules! both {
    ($(#[$meta:meta])* async fn $name:ident($world:ident: &World) -> Result<()> $body:block) => {
        mod $name {
            use super::*;

            $(#[$meta])*
            async fn body($world: &World) -> Result<()> $body

            #[tokio::test(flavor = "multi_thread")]
            async fn sqlite() -> Result<()> {
                crate::support::World::run(crate::support::On::Sqlite, async |world| body(world).await).await
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn postgres() -> Result<()> {
                crate::support::World::run(crate::support::On::Postgres, async |world| body(world).await).await
            }
        }
    };
}
pub(crate) use both;

/// What a table of the P&L's sums keeps.
pub const PNL_FIGURES: [&str; 10] = [
    "tokens",
    "attempts",
    "unknown",
    "charged_micros",
    "raw_micros",
    "top_up_micros",
    "failed",
    "failed_unknown",
    "failed_charged_micros",
    "failed_raw_micros",
];

/// An engine and the customer that most tests need.
pub struct World {
    /// The engine under test.
    pub engine: Engine,
    /// Who pays; billed in pounds, with an empty wallet.
    pub customer: CustomerId,
    /// Who produces; no limit.
    pub account: AccountId,
    /// Where the database is.
    pub url: String,
    _directory: tempfile::TempDir,
}

/// When the sandbox clock of a test starts.
pub const START: &str = "2026-10-22T16:40:00Z";

impl World {
    /// Runs a test in a world of its own, then audits its books.
    pub async fn run(on: On, test: impl AsyncFnOnce(&World) -> Result<()>) -> Result<()> {
        Self::run_with(on, None, test).await
    }

    /// The same, where an account of Stripe takes the payments.
    pub async fn run_with(
        on: On,
        stripe: Option<StripeSettings>,
        test: impl AsyncFnOnce(&World) -> Result<()>,
    ) -> Result<()> {
        let world = Self::new(on, stripe).await?;
        test(&world).await?;
        world.engine.close().await;
        let violations = engine::verify::verify(&world.url).await?;
        anyhow::ensure!(violations.is_empty(), "the books are not sound: {violations:#?}");
        Ok(())
    }

    async fn new(on: On, stripe: Option<StripeSettings>) -> Result<Self> {
        Self::build(on, async |database_url| {
            Engine::open_with(Settings { database_url, sandbox: true }, stripe).await
        })
        .await
    }

    /// A world in which nothing happens by itself.
    pub async fn quiet(on: On) -> Result<Self> {
        Self::build(on, async |url| Engine::attach_sandbox(&url).await).await
    }

    async fn build(on: On, open: impl AsyncFnOnce(String) -> Result<Engine, Error>) -> Result<Self> {
        let directory = tempfile::tempdir()?;
        let url = match on {
            On::Sqlite => format!("sqlite://{}/books.db?mode=rwc", directory.path().display()),
            On::Postgres => postgres::fresh_database().await?,
        };
        let engine = open(url.clone()).await?;
        engine.set_sandbox_clock(START.parse()?).await?;
        engine.load_catalog_samples().await?;
        let customer = engine.open_customer("Northlight Films", Currency::Gbp).await?;
        let account = engine.open_account(customer, "Slow Kitchen", AccountStatus::Active).await?;
        Ok(Self { engine, customer, account, url, _directory: directory })
    }

    /// A connection of the test's own, beside the engine's.
    pub async fn database(&self) -> Result<DatabaseConnection> {
        Ok(Database::connect(&self.url).await?)
    }

    /// An administrator of the customer, whose invoices are made out to the United Kingdom.
    pub async fn administrator(&self) -> Result<Member> {
        let details = BillingDetails {
            name: "Northlight Films Ltd".to_owned(),
            address: vec!["14 Harbour Row".to_owned()],
            country: Country::GB,
            email: "billing@northlight.example".to_owned(),
            tax_id: None,
        };
        self.engine.set_billing_details(self.customer, details).await?;
        let new = NewMember {
            name: "Mara Lindqvist",
            email: "mara@northlight.example",
            password: "a long password",
            role: Role::CustomerAdministrator,
        };
        let person = self.engine.add_member(self.customer, new).await?;
        self.engine.member(person, None).await?.context("a member")
    }

    /// Gives the customer tokens.
    pub async fn grant(&self, source: Source, tokens: i64, expires_at: Option<&str>) -> Result<()> {
        let expires_at = expires_at.map(str::parse).transpose()?;
        self.engine.grant(self.customer, source, Tokens::new(tokens)?, expires_at, None).await?;
        Ok(())
    }

    /// Sets the account's monthly limit.
    pub async fn limit(&self, pence: i64) -> Result<()> {
        let limit = Some(Money::new(pence, Currency::Gbp));
        Ok(self.engine.set_account_limit(self.customer, self.account, limit).await?)
    }

    /// Asks to start a production of these steps.
    pub async fn admit(&self, name: &str, steps: Vec<Step>) -> Result<Admission, Error> {
        self.engine.admit(self.customer, None, self.request(name, steps)).await.map(|answer| answer.value)
    }

    /// What [`World::admit`] asks.
    pub fn request(&self, name: &str, steps: Vec<Step>) -> AdmitRequest {
        AdmitRequest {
            production: name.parse().expect("a name"),
            account: self.account,
            title: format!("Production {name}"),
            project_type: None,
            member: None,
            quote: None,
            plan: Plan::new(steps).expect("a plan"),
        }
    }

    /// Reports an attempt of a step as it was planned.
    pub async fn report(
        &self,
        name: &str,
        step: &Step,
        number: i64,
        outcome: Outcome,
    ) -> Result<Capture, Error> {
        self.report_as(
            name,
            step,
            number,
            Attempt { outcome, quantity: step.quantity, model: None, occurred_at: None },
        )
        .await
    }

    /// Reports an attempt of a step.
    pub async fn report_as(
        &self,
        name: &str,
        step: &Step,
        number: i64,
        attempt: Attempt,
    ) -> Result<Capture, Error> {
        self.engine.report_attempt(self.customer, production(name), step.name.clone(), number, attempt).await
    }

    /// Ends a production.
    pub async fn finish(&self, name: &str, end: End) -> Result<billing::production::Settlement, Error> {
        self.engine.finish(self.customer, production(name), end).await
    }

    /// Tokens left and held.
    pub async fn balance(&self) -> Result<(i64, i64)> {
        let capacity = self.engine.usage(self.customer).await?.capacity;
        Ok((capacity.left().get(), capacity.held().get()))
    }

    /// Moves the sandbox clock to an instant.
    pub async fn clock(&self, at: &str) -> Result<()> {
        Ok(self.engine.set_sandbox_clock(at.parse::<Timestamp>()?).await?)
    }

    /// Counts rows.
    pub async fn count(&self, table: &str) -> Result<i64> {
        let database = self.database().await?;
        let row = database
            .query_one_raw(sea_orm::Statement::from_string(
                database.get_database_backend(),
                format!("SELECT CAST(count(*) AS BIGINT) FROM {table}"),
            ))
            .await?;
        Ok(row.context("a count")?.try_get_by_index(0)?)
    }
}

/// A production's name.
pub fn production(name: &str) -> ProductionName {
    name.parse().expect("a name")
}

/// A step of so many seconds of speech: 8 tokens each by the sample tariff.
pub fn speech(name: &str, seconds: i64) -> Step {
    let length = Length::from_millis(seconds * 1_000).expect("a length");
    Step {
        name: name.parse().expect("a name"),
        quantity: Quantity::Speech { length },
        model: None,
        stage: None,
    }
}

/// A step of so many packaged things: no tokens, no cost.
pub fn packaging(name: &str) -> Step {
    let quantity = Quantity::Packaging { items: Count::new(1).expect("a count") };
    Step { name: name.parse().expect("a name"), quantity, model: None, stage: None }
}
