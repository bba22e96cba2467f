//! A pipeline that makes productions at a server, many at once, and remembers what it was told.

use anyhow::{Context, Result, bail};
use billing::{
    allowance::Source,
    customer::AccountStatus,
    id::{AccountId, CustomerId},
    money::{Currency, Money},
    payment::{BillingDetails, Country},
    team::Role,
    tokens::Tokens,
    top_up::Terms,
};
use engine::{
    Engine, Settings,
    payment::{Ordered, SandboxPaid, Wanted},
    team::{Member, NewMember},
    top_up::ShownAmounts,
};
use futures::future::join_all;
use reqwest::{Client, RequestBuilder, StatusCode};
use sea_orm::{Database, DatabaseConnection};
use serde_json::json;
use std::{
    collections::BTreeSet,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// Who asks at once.
pub const CALLERS: usize = 16;
/// Steps of a production.
const STEPS: [&str; 2] = ["voice", "music"];
/// A pack, and what it comes to with tax.
const PACK: i64 = 50_000;
const ONCE: i64 = 2_160;

/// What the server has said yes to.
#[derive(Debug, Default)]
pub struct Told {
    /// Productions that were admitted.
    pub admitted: BTreeSet<String>,
    /// Steps that were captured: production and step.
    pub captured: BTreeSet<(String, String)>,
    /// Productions that were finished.
    pub finished: BTreeSet<String>,
    /// How often it was told to come back later.
    pub later: usize,
}

/// What one caller does next.
#[derive(Clone, Copy, Debug)]
enum Next {
    Admit,
    Capture(usize),
    Finish,
}

/// A caller: it makes one production after the other, and goes on where it was when nobody answers.
#[derive(Debug)]
struct Caller {
    name: String,
    made: usize,
    next: Next,
}

/// The pipeline.
pub struct Pipeline {
    account: AccountId,
    key: String,
    client: Client,
    callers: Mutex<Vec<Caller>>,
    told: Mutex<Told>,
}

impl Pipeline {
    /// A customer with more tokens than it can use, whose auto-top-up buys as often as it may, and its pipeline.
    pub async fn new(database_url: &str) -> Result<Self> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let engine = Engine::open(Settings { database_url: database_url.to_owned(), sandbox: true }).await?;
        engine.load_catalog_samples().await?;
        let customer = engine.open_customer("Northlight Films", Currency::Gbp).await?;
        let account = engine.open_account(customer, "Slow Kitchen", AccountStatus::Active).await?;
        engine.set_concurrency(customer, account, Some(100)).await?;
        engine.grant(customer, Source::TopUp, Tokens::new(100_000_000)?, None, None).await?;
        buy_without_asking(&engine, customer).await?;
        let key = engine.add_pipeline_key(customer, "Pipeline").await?;
        engine.close().await;
        let caller = |n| Caller { name: format!("c{n}"), made: 0, next: Next::Admit };
        let callers = Mutex::new((0..CALLERS).map(caller).collect());
        let client = Client::builder().timeout(Duration::from_secs(30)).build()?;
        Ok(Self { account, key, client, callers, told: Mutex::default() })
    }

    /// What it was told so far.
    pub fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Works at this server until nobody answers any more.
    pub async fn work(&self, base: &str) -> Result<()> {
        let callers = std::mem::take(&mut *self.callers.lock().unwrap_or_else(PoisonError::into_inner));
        let worked = join_all(callers.into_iter().map(|caller| self.call(base, caller))).await;
        let callers: Vec<Caller> = worked.into_iter().collect::<Result<_>>()?;
        *self.callers.lock().unwrap_or_else(PoisonError::into_inner) = callers;
        Ok(())
    }

    async fn call(&self, base: &str, mut caller: Caller) -> Result<Caller> {
        while self.step(base, &mut caller).await? {}
        Ok(caller)
    }

    /// Asks for one thing; false where nobody answers. Anything but a yes to what was asked, or asked again, is a failure.
    async fn step(&self, base: &str, caller: &mut Caller) -> Result<bool> {
        let production = format!("{}-{}", caller.name, caller.made);
        let Ok(reply) = self.request(base, &production, caller.next).bearer_auth(&self.key).send().await
        else {
            return Ok(false);
        };
        let status = reply.status();
        let Ok(body) = reply.text().await else { return Ok(false) };
        if status == StatusCode::SERVICE_UNAVAILABLE || status == StatusCode::TOO_MANY_REQUESTS {
            self.told().later += 1;
            tokio::time::sleep(Duration::from_millis(20)).await;
            return Ok(true);
        }
        if !status.is_success() {
            bail!("{production}, {:?}: {status} {body}", caller.next);
        }
        let mut told = self.told();
        caller.next = match caller.next {
            Next::Admit => {
                told.admitted.insert(production);
                Next::Capture(0)
            }
            Next::Capture(n) => {
                told.captured.insert((production, STEPS[n].to_owned()));
                if n + 1 < STEPS.len() { Next::Capture(n + 1) } else { Next::Finish }
            }
            Next::Finish => {
                told.finished.insert(production);
                caller.made += 1;
                Next::Admit
            }
        };
        Ok(true)
    }

    fn request(&self, base: &str, production: &str, next: Next) -> RequestBuilder {
        let place = format!("{base}/api/v1/productions/{production}");
        let speech = json!({"seconds": 10});
        match next {
            Next::Admit => {
                let steps = STEPS.map(|step| json!({"step": step, "kind": "speech", "quantity": speech}));
                let plan = json!({"account": self.account, "title": "One of many", "steps": steps});
                self.client.put(place).json(&plan)
            }
            Next::Capture(n) => {
                let attempt = json!({"outcome": "succeeded", "kind": "speech", "quantity": speech});
                self.client.put(format!("{place}/steps/{}/attempts/1", STEPS[n])).json(&attempt)
            }
            Next::Finish => {
                self.client.post(format!("{place}/finish")).json(&json!({"outcome": "published"}))
            }
        }
    }

    /// Whether it can see what is left.
    pub async fn can_read(&self, base: &str) -> Result<bool> {
        let place = format!("{base}/api/v1/capacity?account={}", self.account);
        Ok(self.client.get(place).bearer_auth(&self.key).send().await?.status().is_success())
    }

    /// Whether everything that it was told is in the books, and the books are sound.
    pub async fn audit(&self, database_url: &str) -> Result<()> {
        let violations = engine::verify::verify(database_url).await?;
        if !violations.is_empty() {
            bail!("the books are not sound: {violations:#?}");
        }
        let database = Database::connect(database_url).await?;
        let all = async |sql: &str| pairs(&database, sql).await;
        let kept = Told {
            admitted: all("SELECT name AS a, '' AS b FROM production")
                .await?
                .into_iter()
                .map(|(a, _)| a)
                .collect(),
            captured: all("SELECT production AS a, step AS b FROM step_attempt").await?.into_iter().collect(),
            finished: all("SELECT production AS a, '' AS b FROM token_hold WHERE state = 'published'")
                .await?
                .into_iter()
                .map(|(a, _)| a)
                .collect(),
            later: 0,
        };
        let charged = all("SELECT key AS a, '' AS b FROM sandbox_object WHERE key LIKE 'charge pur_%' \
                           AND body LIKE '%succeeded%'")
        .await?;
        let granted = all("SELECT id AS a, '' AS b FROM token_grant WHERE source = 'autoTopUp'").await?;
        database.close().await?;
        let told = self.told();
        let lost: Vec<&String> = told.admitted.difference(&kept.admitted).collect();
        anyhow::ensure!(lost.is_empty(), "admitted and not in the books: {lost:?}");
        let lost: Vec<_> = told.captured.difference(&kept.captured).collect();
        anyhow::ensure!(lost.is_empty(), "captured and not in the books: {lost:?}");
        let lost: Vec<&String> = told.finished.difference(&kept.finished).collect();
        anyhow::ensure!(lost.is_empty(), "finished and not in the books: {lost:?}");
        // One may be under way: charged by the provider and not yet granted, or not yet charged.
        anyhow::ensure!(
            charged.len() == granted.len() || charged.len() == granted.len() + 1,
            "{} charges and {} lots",
            charged.len(),
            granted.len()
        );
        Ok(())
    }
}

impl Pipeline {
    /// Whether these productions are finished in that database.
    pub async fn has_finished(&self, database_url: &str, these: &BTreeSet<String>) -> Result<()> {
        let database = Database::connect(database_url).await?;
        let finished =
            pairs(&database, "SELECT production AS a, '' AS b FROM token_hold WHERE state = 'published'");
        let finished: BTreeSet<String> = finished.await?.into_iter().map(|(a, _)| a).collect();
        database.close().await?;
        let lost: Vec<&String> = these.difference(&finished).collect();
        anyhow::ensure!(lost.is_empty(), "finished and not in the copy: {lost:?}");
        Ok(())
    }
}

async fn pairs(database: &DatabaseConnection, sql: &str) -> Result<Vec<(String, String)>> {
    use sea_orm::{ConnectionTrait, Statement};
    let statement = Statement::from_string(database.get_database_backend(), sql);
    let rows = database.query_all_raw(statement).await?;
    rows.iter().map(|row| Ok((row.try_get("", "a")?, row.try_get("", "b")?))).collect()
}

/// The customer buys a pack with a card, and agrees to buy one whenever less is left than there ever is.
async fn buy_without_asking(engine: &Engine, customer: CustomerId) -> Result<()> {
    let details = BillingDetails {
        name: "Northlight Films Ltd".to_owned(),
        address: vec!["14 Harbour Row".to_owned()],
        country: Country::GB,
        email: "billing@northlight.example".to_owned(),
        tax_id: None,
    };
    engine.set_billing_details(customer, details).await?;
    let new = NewMember {
        name: "Mara Lindqvist",
        email: "mara@northlight.example",
        password: "a long password",
        role: Role::CustomerAdministrator,
    };
    let person = engine.add_member(customer, new).await?;
    let member: Member = engine.member(person, None).await?.context("a member")?;
    let wanted = Wanted::Pack(Tokens::new(PACK)?, None);
    let Ordered::Order(order) = engine.order(&member, "first", wanted).await? else { bail!("an order") };
    let url = engine.checkout(&member, order.id, "words".to_owned()).await?;
    let reference = url.rsplit('/').next().context("a reference")?;
    let SandboxPaid::Done(_) = engine.sandbox_pay(reference, "4242 4242 4242 4242").await? else {
        bail!("paid")
    };
    engine.come_back(&member, order.id).await?;
    let gbp = |minor: i64| Money::new(minor, Currency::Gbp);
    let terms = Terms { below: Tokens::new(1_000_000_000)?, buys: Tokens::new(PACK)?, cap: gbp(100_000_000) };
    let worst = terms
        .worst_case(gbp(ONCE), engine.auto_top_up_report(&member).await?.spent)
        .context("a worst case")?;
    engine.agree_to_top_up(&member, terms, ShownAmounts { once: gbp(ONCE), worst }).await?;
    Ok(())
}
