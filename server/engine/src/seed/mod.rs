//! Sample data for an empty sandbox: customers in every state on their way through October 2026, made by the engine's own
//! acts on an advancing clock, so that every figure of it has its entries. The same on every machine.

mod making;
mod northlight;
mod studios;

use crate::{
    Engine, Error,
    db::entity::{customer, person},
    production::AdmitRequest,
    team::{Member, NewMember},
    tier::NewSubscription,
};
use billing::{
    allowance::Source,
    customer::AccountStatus,
    id::{AccountId, CustomerId},
    money::Currency,
    production::{Attempt, End, Outcome, Plan, Step},
    sample,
    tier::{BillingPeriod, Tier},
    time::{Span, Timestamp},
    tokens::Tokens,
};
use northlight::{PEOPLE, place, title};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use studios::{Person, STAFF, STUDIOS};

/// The password of every sample sign-in: they exist in sandbox installations only.
pub const PASSWORD: &str = "sample-password";
/// The sample key of the pipeline: likewise.
const KEY: &str = "jk_sample_0000000000000000000000000000000000000000000000000000000000";
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
    /// The sample people as they are, each with what they see; only sandbox installations have such people.
    pub async fn sample_people(&self) -> Result<Vec<(Member, &'static str)>, Error> {
        let mut found = Vec::new();
        for (email, _, _, sees) in sample_people() {
            let row = person::Entity::find().filter(person::Column::Email.eq(email));
            let Some(row) = row.one(&self.shared.pools.read).await? else { continue };
            let id = row.id.parse().map_err(|error| Error::corrupt("person", &row.id, error))?;
            if let Some(member) = self.member(id, None).await? {
                found.push((member, sees));
            }
        }
        Ok(found)
    }

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
        let sign_in = |(email, _, _, sees): Person| (email.to_owned(), PASSWORD.to_owned(), sees.to_owned());
        Ok(Some(Samples {
            sign_ins: sample_people().map(sign_in).collect(),
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
        let (northlight, accounts) = self.open_northlight(starts_at).await?;
        let mut studios = Vec::new();
        for studio in &STUDIOS {
            studios.push(self.open_studio(studio, starts_at).await?);
        }
        for (email, name, role, _) in STAFF {
            self.add_staff(NewMember { name, email, password: PASSWORD, role }).await?;
        }
        let plan = sample::short_video().map_err(out_of_range)?;
        for (hour, event) in events() {
            self.set_sandbox_clock(starts_at.after(Span::hours(hour))).await?;
            match event {
                Event::Video(number) => {
                    let account = accounts[place(number) % accounts.len()];
                    let request = request(&format!("sample-{number}"), title(number), account, &plan)?;
                    self.produce(northlight, request, &plan).await?;
                }
                Event::Studio(place, number) => {
                    let (studio, (customer, accounts)) = (&STUDIOS[place], &studios[place]);
                    self.make(studio, *customer, accounts, number).await?;
                }
            }
        }
        for (studio, (customer, _)) in STUDIOS.iter().zip(&studios) {
            self.settle(studio, *customer).await?;
        }
        self.set_sandbox_clock(instant("2026-10-22T16:20:00Z")?).await?;
        self.leave_running(northlight, &accounts, &plan).await?;
        self.set_sandbox_clock(instant("2026-10-22T16:40:00Z")?).await
    }

    async fn subscribe_sample(
        &self,
        customer: CustomerId,
        tier: Tier,
        allowance: i64,
        starts_at: Timestamp,
    ) -> Result<(), Error> {
        let allowance = Tokens::new(allowance).map_err(out_of_range)?;
        let billing = BillingPeriod::Monthly;
        let new = NewSubscription { tier, billing, anchor_on: starts_at.day(), allowance, ends_at: None };
        self.subscribe(customer, new).await?;
        Ok(())
    }

    /// A production from its admission to its end; one that is refused is left at that.
    async fn produce(
        &self,
        customer: CustomerId,
        request: AdmitRequest,
        steps: &[Step],
    ) -> Result<(), Error> {
        let name = request.production.clone();
        match self.admit(customer, None, request).await {
            Ok(_) => {}
            Err(Error::Refused(_)) => return Ok(()),
            Err(error) => return Err(error),
        }
        for step in steps {
            self.report_attempt(customer, name.clone(), step.name.clone(), 1, done(step, Outcome::Succeeded))
                .await?;
        }
        self.finish(customer, name, End::Published).await?;
        Ok(())
    }
}

/// Everybody who can be signed in as: Northlight's people first, JARAI's own last.
fn sample_people() -> impl Iterator<Item = Person> {
    let northlight = PEOPLE.iter().map(|(person, _)| person);
    northlight.chain(STUDIOS.iter().flat_map(|studio| studio.people)).chain(&STAFF).copied()
}

/// What happens in October.
enum Event {
    /// Northlight makes a short video of this number.
    Video(i32),
    /// A studio makes one of its productions: their places.
    Studio(usize, usize),
}

/// All of it, in its order: hours into the month.
fn events() -> Vec<(i32, Event)> {
    let videos = (1..=DONE).map(|number| (9 + (number - 1) * 16, Event::Video(number)));
    let studios = STUDIOS.iter().enumerate().flat_map(|(place, studio)| {
        let makes = studio.makes.iter().enumerate();
        makes.map(move |(number, (hour, _))| (*hour, Event::Studio(place, number)))
    });
    let mut all: Vec<(i32, Event)> = videos.chain(studios).collect();
    all.sort_by_key(|(hour, _)| *hour);
    all
}

fn request(name: &str, title: String, account: AccountId, steps: &[Step]) -> Result<AdmitRequest, Error> {
    let bad = |error: &dyn std::fmt::Display| Error::corrupt("sample", name, error);
    Ok(AdmitRequest {
        production: name.parse().map_err(|error| bad(&error))?,
        account,
        title,
        member: None,
        quote: None,
        project_type: Some("short-video".to_owned()),
        plan: Plan::new(steps.to_vec()).map_err(|error| bad(&error))?,
    })
}

fn done(step: &Step, outcome: Outcome) -> Attempt {
    Attempt { outcome, quantity: step.quantity, model: None, occurred_at: None }
}

fn instant(text: &str) -> Result<Timestamp, Error> {
    text.parse().map_err(|error| Error::corrupt("sample", text, error))
}

fn out_of_range(error: billing::tokens::OutOfRange) -> Error {
    Error::corrupt("sample", "values", error)
}
