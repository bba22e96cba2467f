//! Customers in words for JARAI's own staff, and what becomes of the forms that were sent.

use super::{
    CustomerView, CustomersView, NewCustomerView, change_words, contact_words, customers::CustomerRow,
    file::CustomerAccount, standing_words,
};
use crate::{
    AppError, flash,
    format::Format,
    frame::FrameView,
    payment::{COUNTRIES, country_choices},
    reader::Reader,
    respond,
    tier::tier_words,
    ui::{Choice, Tone},
};
use billing::{
    customer::{AccountStatus, Residency},
    id::{AccountId, CustomerId},
    money::Currency,
    payment::Country,
    production::Control,
    team::Permission,
};
use engine::{
    Engine,
    customer::{AccountLine, CustomerFile, CustomerLine, NewCustomer},
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The name under which a form that has to be corrected waits in the session.
const WRONG: &str = "wrong_customer";

/// What somebody has typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct TypedCustomer {
    pub name: String,
    pub email: String,
    pub country: String,
    pub currency: String,
    pub residency: String,
}

pub(super) fn staff_alone(reader: &Reader) -> Result<(), AppError> {
    reader.may(Permission::RunPlatform).then_some(()).ok_or(AppError::Forbidden)
}

pub(super) fn customer_id(text: &str) -> Result<CustomerId, AppError> {
    text.parse().map_err(|_| AppError::NotFound { what: "customer".to_owned() })
}

/// The word of something in a form.
pub(super) fn word(value: impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}

pub(super) fn residency_of(text: &str) -> Option<Residency> {
    Residency::ALL.into_iter().find(|one| word(one) == text)
}

const fn status_words(status: AccountStatus) -> (Tone, &'static str) {
    match status {
        AccountStatus::Active => (Tone::Ok, "Active"),
        AccountStatus::Pilot => (Tone::Calm, "Pilot"),
        AccountStatus::Suspended => (Tone::Warn, "Suspended"),
        AccountStatus::Closed => (Tone::Calm, "Closed"),
    }
}

pub(super) const STATUSES: [AccountStatus; 4] =
    [AccountStatus::Active, AccountStatus::Pilot, AccountStatus::Suspended, AccountStatus::Closed];

/// Which loops are off.
#[derive(Clone, Debug, Default)]
pub struct Loops {
    /// By each account's own switches.
    pub own: BTreeMap<AccountId, BTreeSet<i64>>,
    /// On the whole platform.
    pub platform: BTreeSet<Control>,
}

fn residencies(chosen: Option<Residency>) -> Vec<Choice> {
    let one = |one: Residency| Choice {
        value: word(one),
        words: one.title().to_owned(),
        chosen: chosen == Some(one),
    };
    let nothing = Choice { value: String::new(), words: "Not said yet".to_owned(), chosen: chosen.is_none() };
    let nothing = chosen.is_none().then_some(nothing);
    nothing.into_iter().chain(Residency::ALL.map(one)).collect()
}

impl CustomersView {
    /// Every customer, by name.
    pub async fn load(engine: &Engine, reader: &Reader) -> Result<Self, AppError> {
        let lines = engine.customers(&reader.member).await?;
        let count = u64::try_from(lines.len()).unwrap_or(u64::MAX);
        Ok(Self {
            frame: FrameView::load(engine, reader).await?,
            facts: vec![reader.format.counted(count, "customer", "customers")],
            rows: lines.iter().map(|line| row(line, reader.format)).collect(),
        })
    }
}

fn row(line: &CustomerLine, format: &Format) -> CustomerRow {
    CustomerRow {
        page: format!("/platform/customers/{}", line.id),
        name: line.name.clone(),
        plan: line.tier.map_or("None yet", tier_words).to_owned(),
        currency: line.currency.to_string(),
        residency: line.residency.map_or("–", Residency::title).to_owned(),
        risk: (line.risk_score > 0).then(|| format!("Risk {}", format.count(line.risk_score))),
        accounts: format.count(line.accounts),
        opened: format.date(line.opened_at.day()),
    }
}

impl NewCustomerView {
    /// The form, empty or as it was sent.
    pub async fn load(engine: &Engine, reader: &Reader) -> Result<Self, AppError> {
        staff_alone(reader)?;
        let kept: Option<(TypedCustomer, (String, String))> = flash::take(WRONG).await?;
        let (typed, wrong) = kept.map_or_else(Default::default, |(typed, wrong)| (typed, Some(wrong)));
        let currency = |one: Currency| Choice {
            value: one.to_string(),
            words: one.to_string(),
            chosen: one.to_string() == typed.currency,
        };
        Ok(Self {
            frame: FrameView::load(engine, reader).await?,
            countries: country_choices(&typed.country),
            currencies: Currency::ALL.map(currency).to_vec(),
            residencies: residencies(residency_of(&typed.residency).or(Some(Residency::Uk))),
            name: typed.name,
            email: typed.email,
            wrong,
        })
    }
}

impl TypedCustomer {
    fn new_customer(&self) -> Result<NewCustomer, (String, String)> {
        let wrong = |field: &str, words: &str| (field.to_owned(), words.to_owned());
        let known = COUNTRIES.iter().any(|(code, _)| *code == self.country);
        let country: Option<Country> = self.country.parse().ok().filter(|_| known);
        Ok(NewCustomer {
            name: self.name.clone(),
            email: self.email.clone(),
            country: country.ok_or_else(|| wrong("country", "Choose a country: it decides the tax."))?,
            currency: self.currency.parse().map_err(|_| wrong("currency", "Choose a currency."))?,
            residency: residency_of(&self.residency)
                .ok_or_else(|| wrong("residency", "Choose where its data are kept."))?,
        })
    }

    /// Opens the customer and goes on to its page; what is wrong goes back with what was typed.
    pub async fn open(self, engine: &Engine, reader: &Reader) -> Result<(), AppError> {
        staff_alone(reader)?;
        let wrong = match self.new_customer() {
            Err(wrong) => wrong,
            Ok(new) => match engine.open_customer_by(&reader.member, new).await {
                Ok(id) => {
                    let said = format!(
                        "{} is open. Set its plan up here, or look at it to order one.",
                        self.name.trim()
                    );
                    flash::say(Tone::Ok, said).await?;
                    respond::see_other(&format!("/platform/customers/{id}"));
                    return Ok(());
                }
                Err(engine::Error::Invalid { field, message }) => (field, message),
                Err(error) => return Err(error.into()),
            },
        };
        flash::keep(WRONG, &(self, wrong)).await?;
        respond::see_other("/platform/customers/new");
        Ok(())
    }
}

impl CustomerView {
    /// One customer.
    pub async fn load(
        engine: &Engine,
        customer: &str,
        contact: &str,
        reader: &Reader,
    ) -> Result<Self, AppError> {
        staff_alone(reader)?;
        let file = engine.customer_file(&reader.member, customer_id(customer)?).await?;
        let loops = Loops {
            own: engine.loops_off(file.line.id).await?,
            platform: engine.controls_off(&reader.member).await?,
        };
        let frame = FrameView::load(engine, reader).await?;
        let wrong = change_words::wrong().await?;
        let form = contact_words::form(&file, contact).await?;
        let view = Self::of(&file, &loops, wrong, frame, reader.format);
        Ok(Self { contact: form, ..view })
    }

    /// The page of this customer.
    #[must_use]
    pub fn of(
        file: &CustomerFile,
        loops: &Loops,
        wrong: Option<String>,
        frame: FrameView,
        format: &Format,
    ) -> Self {
        let line = &file.line;
        let facts = [
            Some(line.tier.map_or("no plan yet", tier_words).to_owned()),
            Some(format!("billed in {}", line.currency)),
            file.email.clone(),
            Some(format!("opened {}", format.date(line.opened_at.day()))),
        ];
        Self {
            frame,
            id: line.id.to_string(),
            name: line.name.clone(),
            facts: facts.into_iter().flatten().collect(),
            accounts: file.accounts.iter().map(|line| account(line, file, loops, format)).collect(),
            plan: standing_words::plan(file, format),
            risk: standing_words::risk(line.risk_score, format),
            contacts: contact_words::rows(file, format),
            contact: None,
            residencies: residencies(line.residency),
            notes: file.notes.clone(),
            wrong,
        }
    }
}

fn account(line: &AccountLine, file: &CustomerFile, loops: &Loops, format: &Format) -> CustomerAccount {
    let none = BTreeSet::new();
    let off = loops.own.get(&line.id).unwrap_or(&none);
    let (tone, words) = status_words(line.status);
    let status = |status: AccountStatus| Choice {
        value: word(status),
        words: match status {
            AccountStatus::Active => "Active: produces",
            AccountStatus::Pilot => "Pilot: produces, on trial",
            AccountStatus::Suspended => "Suspended: starts nothing new",
            AccountStatus::Closed => "Closed: starts nothing new, kept for its history",
        }
        .to_owned(),
        chosen: status == line.status,
    };
    CustomerAccount {
        id: line.id.to_string(),
        name: line.name.clone(),
        state: (tone, words.to_owned()),
        facts: vec![
            format!("{} running", format.count(line.running)),
            format!("{} spent this month", format.cost(line.spent)),
        ],
        statuses: STATUSES.map(status).to_vec(),
        choices: standing_words::choices(file, line.id, off, &loops.platform),
    }
}
