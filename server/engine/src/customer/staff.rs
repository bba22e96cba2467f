//! Customers as JARAI's own staff see, open and change them. H1, H2, H10; DOMAIN section 2: residency and internal notes are
//! theirs alone.

use super::{AccountLine, Opening};
use crate::{
    Engine, Error,
    audit::{MOVED_ON, Note},
    db::{
        begin_write,
        entity::{account, customer},
        from_word, to_word,
    },
    team::{Contact, Member},
    writer::lock_wallet,
};
use billing::{
    audit::{Actor, AuditAct, Facts},
    customer::Residency,
    id::{AuditId, CustomerId},
    money::Currency,
    payment::{BillingDetails, Country},
    team::Permission,
    tier::{Subscription, Tier},
    time::Timestamp,
};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, QueryOrder, QuerySelect, Set};
use std::collections::HashMap;

/// The longest name of a customer, and the longest notes.
const NAME_CHARACTERS: usize = 120;
const NOTES_CHARACTERS: usize = 4_000;

/// H2: a customer that is to be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCustomer {
    /// Its name, which stands on its invoices too until it says otherwise.
    pub name: String,
    /// Where its invoices are sent.
    pub email: String,
    /// Decides the tax.
    pub country: Country,
    /// What it is billed in, for ever.
    pub currency: Currency,
    /// Where its data are kept.
    pub residency: Residency,
}

/// One customer of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerLine {
    /// Which.
    pub id: CustomerId,
    /// Its name.
    pub name: String,
    /// What it is billed in.
    pub currency: Currency,
    /// What it has subscribed to; none before the first plan.
    pub tier: Option<Tier>,
    /// Where its data are kept; none where nobody has said.
    pub residency: Option<Residency>,
    /// How many accounts it has.
    pub accounts: u64,
    /// I4: rises with each disputed payment.
    pub risk_score: i64,
    /// When it was opened.
    pub opened_at: Timestamp,
}

/// One customer, whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerFile {
    /// As in the list.
    pub line: CustomerLine,
    /// Where its invoices are sent; none before it has said so.
    pub email: Option<String>,
    /// What it is subscribed to, whether that is at work, rests or is over; none before the first.
    pub subscription: Option<Subscription>,
    /// What JARAI's own staff have noted.
    pub notes: String,
    /// Its contacts and members.
    pub contacts: Vec<Contact>,
    /// Its accounts.
    pub accounts: Vec<AccountLine>,
}

/// What staff change of a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CustomerChange {
    /// Where its data are kept.
    Residency(Residency),
    /// The internal notes, whole.
    Notes(String),
}

/// A change, and what the log says of it.
pub(crate) struct ChangedCustomer<'a> {
    pub(crate) customer: CustomerId,
    pub(crate) change: CustomerChange,
    pub(crate) by: Actor,
    pub(crate) reason: &'a str,
    /// Where it puts an entry back: the entry, and what must still hold.
    pub(crate) reverts: Option<(AuditId, CustomerChange)>,
}

impl CustomerChange {
    const fn act(&self) -> AuditAct {
        match self {
            Self::Residency(_) => AuditAct::CustomerChanged,
            Self::Notes(_) => AuditAct::NotesChanged,
        }
    }

    /// Its name in the log.
    const fn field(&self) -> &'static str {
        match self {
            Self::Residency(_) => "residency",
            Self::Notes(_) => "notes",
        }
    }

    /// What the log's words stand for; none where they are of no such change.
    pub(crate) fn of_log(act: AuditAct, facts: &Facts) -> Option<Self> {
        match act {
            AuditAct::NotesChanged => Some(Self::Notes(facts.get("notes").cloned().unwrap_or_default())),
            AuditAct::CustomerChanged => {
                from_word("audit_entry", "residency", facts.get("residency")?).ok().map(Self::Residency)
            }
            _ => None,
        }
    }

    /// Its value in the row and in the log; none where there are no notes.
    fn value(&self) -> Result<Option<String>, Error> {
        Ok(match self {
            Self::Residency(residency) => Some(to_word(residency)?),
            Self::Notes(notes) => Some(notes.trim().to_owned()).filter(|notes| !notes.is_empty()),
        })
    }
}

fn invalid(field: &str, message: impl Into<String>) -> Error {
    Error::Invalid { field: field.to_owned(), message: message.into() }
}

impl Engine {
    /// Every customer, by name.
    pub async fn customers(&self, member: &Member) -> Result<Vec<CustomerLine>, Error> {
        member.require(Permission::RunPlatform)?;
        let read = &self.shared.pools.read;
        let rows = customer::Entity::find().order_by_asc(customer::Column::Name).all(read).await?;
        let counts: HashMap<String, i64> = account::Entity::find()
            .select_only()
            .column(account::Column::CustomerId)
            .column_as(sea_orm::ColumnTrait::count(&account::Column::Id), "accounts")
            .group_by(account::Column::CustomerId)
            .into_tuple::<(String, i64)>()
            .all(read)
            .await?
            .into_iter()
            .collect();
        rows.iter().map(|row| line(row, counts.get(&row.id).copied().unwrap_or_default())).collect()
    }

    /// One customer with its accounts and what staff have noted.
    pub async fn customer_file(&self, member: &Member, of: CustomerId) -> Result<CustomerFile, Error> {
        member.require(Permission::RunPlatform)?;
        let row = self.customer_row(of).await?;
        let accounts = self.accounts(of).await?;
        let count = i64::try_from(accounts.len()).unwrap_or(i64::MAX);
        let payer = crate::db::customer::payer_of(&row)?;
        let line = line(&row, count)?;
        Ok(CustomerFile {
            email: payer.details.map(|details| details.email),
            subscription: self.subscription(of, line.currency).await?,
            contacts: self.contacts(of).await?,
            line,
            notes: row.notes.clone().unwrap_or_default(),
            accounts,
        })
    }

    /// H2: opens a customer with an empty wallet. Its plan is ordered, or set up by contract, afterwards.
    pub async fn open_customer_by(&self, member: &Member, new: NewCustomer) -> Result<CustomerId, Error> {
        member.require(Permission::RunPlatform)?;
        let name = new.name.trim().to_owned();
        if !(1..=NAME_CHARACTERS).contains(&name.chars().count()) || name.contains(char::is_control) {
            return Err(invalid("name", format!("A name has 1 to {NAME_CHARACTERS} characters.")));
        }
        let details = BillingDetails {
            name: name.clone(),
            address: Vec::new(),
            country: new.country,
            email: new.email.trim().to_owned(),
            tax_id: None,
        };
        let details = details
            .checked()
            .map_err(|_| invalid("email", "Write an email address such as billing@studio.example."))?;
        let opening = Opening {
            name: &name,
            currency: new.currency,
            tier: None,
            residency: Some(new.residency),
            details: Some(details),
            by: Actor::Person(member.person),
        };
        self.make_customer(&opening).await
    }

    /// Changes where a customer's data are kept, or the notes on it. What is as it was says nothing.
    pub async fn change_customer(
        &self,
        member: &Member,
        customer: CustomerId,
        change: CustomerChange,
    ) -> Result<(), Error> {
        member.require(Permission::RunPlatform)?;
        let by = Actor::Person(member.person);
        self.put_customer(ChangedCustomer { customer, change, by, reason: "", reverts: None }).await
    }

    /// Changes it in a transaction with the log.
    pub(crate) async fn put_customer(&self, changed: ChangedCustomer<'_>) -> Result<(), Error> {
        let ChangedCustomer { customer: of, change, by, reason, reverts } = changed;
        if matches!(&change, CustomerChange::Notes(notes) if notes.chars().count() > NOTES_CHARACTERS) {
            return Err(invalid("notes", "Notes have at most 4,000 characters."));
        }
        let transaction = begin_write(&self.shared.pools.side).await?;
        lock_wallet(&transaction, &of.to_string()).await?;
        let row = customer::Entity::find_by_id(of.to_string()).one(&transaction).await?;
        let row = row.ok_or(Error::NotFound("customer"))?;
        let before = match &change {
            CustomerChange::Residency(_) => row.residency.clone(),
            CustomerChange::Notes(_) => row.notes.clone(),
        };
        if let Some((_, left)) = &reverts
            && left.value()? != before
        {
            return Err(Error::Stale(MOVED_ON));
        }
        let after = change.value()?;
        if before == after {
            return Ok(());
        }
        let (mut row, act, field) = (row.into_active_model(), change.act(), change.field());
        match change {
            CustomerChange::Residency(_) => row.residency = Set(after.clone()),
            CustomerChange::Notes(_) => row.notes = Set(after.clone()),
        }
        row.update(&transaction).await?;
        let note = Note::of(of, by, act, of)
            .moved(field, before, after)
            .because(reason)
            .reverting(reverts.map(|(entry, _)| entry));
        self.shared.note(&transaction, &note).await?;
        transaction.commit().await?;
        Ok(())
    }
}

fn line(row: &customer::Model, accounts: i64) -> Result<CustomerLine, Error> {
    let bad = |error: &dyn std::fmt::Display| Error::corrupt("customer", &row.id, error.to_string());
    Ok(CustomerLine {
        id: row.id.parse().map_err(|error: billing::id::IdError| bad(&error))?,
        name: row.name.clone(),
        currency: from_word("customer", &row.id, &row.currency)?,
        tier: row.tier.as_deref().map(|tier| from_word("customer", &row.id, tier)).transpose()?,
        residency: row.residency.as_deref().map(|word| from_word("customer", &row.id, word)).transpose()?,
        risk_score: row.risk_score.unwrap_or_default(),
        accounts: u64::try_from(accounts).unwrap_or_default(),
        opened_at: Timestamp::from_micros(row.created_at).map_err(|error| bad(&error))?,
    })
}
