//! Sample data for an empty sandbox: customers in every state and the year that has led there, made by the engine's own
//! acts on an advancing clock, so that every figure of it has its entries. The same on every machine.

mod calendar;
mod generate;
mod october;
mod opening;
mod production;
mod sights;
mod studios;

pub use generate::{Generated, Generation};
pub use sights::{Shown, Sight};

use crate::{
    Engine, Error,
    db::entity::{customer, person},
    gateway::Sandbox,
    pnl::PricedModel,
    team::{Member, NewMember},
};
use billing::{
    allowance::Source,
    customer::AccountStatus,
    id::{AccountId, CustomerId},
    money::Currency,
    pnl::UnitPrices,
    sample,
    time::Timestamp,
    tokens::Tokens,
};
use calendar::What;
use opening::Opened;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use std::{collections::HashMap, sync::Arc};
use studios::{Person, STAFF, STUDIOS};

/// The password of every sample sign-in: they exist in sandbox installations only.
pub const PASSWORD: &str = "sample-password";
/// The sample key of the pipeline: likewise.
const KEY: &str = "jk_sample_0000000000000000000000000000000000000000000000000000000000";
/// When the lists change that are planned.
const FROM_THEN_ON: &str = "2027-04-01T00:00:00Z";
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
            // Sample people pay with test cards, also where another provider is set up.
            let provider = Arc::new(Sandbox::new(self.shared.pools.clone()));
            let gateway = Arc::clone(&provider);
            Self { gateway, test_cards: Some(provider), ..self.clone() }.make_samples().await?;
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

    /// A customer with one account, one key and one grant, for a replayed trace.
    pub async fn open_replay_customer(
        &self,
        currency: Currency,
        tokens: Tokens,
    ) -> Result<(CustomerId, AccountId, String), Error> {
        self.load_catalog_samples().await?;
        let customer = self.open_customer("Replay", currency).await?;
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
        self.load_catalog_with_rates(instant("2025-10-01T00:00:00Z")?).await
    }

    /// The same, with rates from this day on.
    async fn load_catalog_with_rates(&self, days: Timestamp) -> Result<(), Error> {
        let from = instant("2020-01-01T00:00:00Z")?;
        let mut catalog = sample::catalog(from, 0).map_err(out_of_range)?;
        catalog.rates = sample::catalog(days, 1_200).map_err(out_of_range)?.rates;
        self.add_catalog(&catalog, "Sample values").await
    }

    /// What will be in force some months from now, so that it is seen what a list to come changes.
    async fn plan_samples(&self) -> Result<(), Error> {
        let (name, kind, unit, pico) = sample::TO_COME;
        let model = PricedModel {
            name: name.to_owned(),
            provider: sample::PROVIDER.to_owned(),
            kind,
            prices: UnitPrices(vec![(unit, pico)]),
        };
        let from = instant(FROM_THEN_ON)?;
        self.import_prices(&[model], Currency::Usd, from).await?;
        self.import_markup(sample::MARKUP_TO_COME, from).await.map(drop)
    }

    async fn make_samples(&self) -> Result<(), Error> {
        let events = calendar::events()?;
        self.turn_clock(events[0].at, None).await?;
        self.load_catalog_samples().await?;
        self.plan_samples().await?;
        for (email, name, role, _) in STAFF {
            self.add_staff(NewMember { name, email, password: PASSWORD, role }).await?;
        }
        let mut opened: HashMap<usize, Opened> = HashMap::new();
        for together in events.chunk_by(|one, next| one.at == next.at) {
            // On a slow machine a minute may have passed by itself.
            if together[0].at > self.now() {
                self.turn_clock(together[0].at, None).await?;
            }
            self.refresh_due().await?;
            let mut works = Vec::new();
            for event in together {
                let of = || opened.get(&event.studio).ok_or(Error::NotFound("customer"));
                match &event.what {
                    What::Opens => drop(opened.insert(event.studio, self.open_studio(event.studio).await?)),
                    What::Makes(scene) => works.push(of()?.work(scene)?),
                    What::Does(act) => self.act(of()?, *act).await?,
                }
            }
            self.produce(&works).await?;
            self.charge_due().await?;
        }
        self.refresh_due().await?;
        Ok(())
    }
}

/// Everybody who can be signed in as: Northlight's people first, JARAI's own last.
fn sample_people() -> impl Iterator<Item = Person> {
    STUDIOS.iter().flat_map(|studio| studio.people).chain(&STAFF).copied()
}

fn instant(text: &str) -> Result<Timestamp, Error> {
    text.parse().map_err(|error| Error::corrupt("sample", text, error))
}

fn out_of_range(error: billing::tokens::OutOfRange) -> Error {
    Error::corrupt("sample", "values", error)
}
