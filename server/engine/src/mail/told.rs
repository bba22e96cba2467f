//! What acts on the books tell of by letter: put down while it is decided, written to whom it concerns in the same transaction.
//! Who that is, is asked only where there is something to tell. I5, I6, B2, 5.33.

use super::{Letter, MailKind, letter_row, words};
use crate::{
    Error,
    db::{
        entity::{customer, letter_choice, mail, member, person, refusal},
        rows, to_word,
    },
    ids::Ids,
    writer::{Books, Desk},
};
use billing::{
    allowance::{BannerSettings, Capacity, banner::percent_used},
    id::{CustomerId, SubscriptionId},
    money::Money,
    refusal::Reason,
    team::Role,
    tier::{Cycle, Cycles},
    time::Timestamp,
    tokens::Tokens,
    top_up::AutoTopUpState,
};
use sea_orm::{
    ColumnTrait, DatabaseConnection, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait},
};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Customers whom one sweep tells that their grace is over; the next one follows seconds later.
const AT_ONCE: u64 = 256;

/// Whom it concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Readers {
    /// The customer's administrators.
    Administrators,
    /// Where invoices are sent; its administrators where nothing was said of that.
    Billing,
    /// Both.
    AdministratorsAndBilling,
    /// Whoever has agreed to auto-top-up, and where invoices are sent.
    OwnerAndBilling,
}

/// A letter without its address.
#[derive(Clone, Debug)]
pub(crate) struct Words {
    pub(crate) kind: MailKind,
    pub(crate) subject: String,
    pub(crate) paragraphs: Vec<String>,
    pub(crate) link: (String, String),
}

/// Something that is told.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    readers: Readers,
    words: Words,
    /// Told only if productions were turned away for want of capacity since.
    turned_away_since: Option<Timestamp>,
}

impl Told {
    pub(crate) const fn of(readers: Readers, words: Words) -> Self {
        Self { readers, words, turned_away_since: None }
    }
}

/// An invoice, as letters name it.
pub(crate) struct Named {
    pub(crate) name: String,
    pub(crate) page: String,
    pub(crate) total: Money,
}

impl Books {
    /// What is told at the end of every group: that the allowance is nearly used up, once a cycle, while nothing is bought
    /// without asking (B2); and that the grace of a failed payment is over, once (5.33).
    pub(crate) fn tend_letters(&mut self, desk: &Desk) -> Result<(), Error> {
        self.tell_of_use(desk)?;
        let over = self.payer.grace_until.filter(|until| *until <= desk.at).map(Timestamp::micros);
        if over.is_some() && over != self.payer.overdue_told_for {
            self.payer.overdue_told_for = over;
            self.tell(Readers::AdministratorsAndBilling, words::past_grace());
        }
        Ok(())
    }

    fn tell_of_use(&mut self, desk: &Desk) -> Result<(), Error> {
        let Some((starts_at, _)) = self.wallet.cycle(desk.at) else { return Ok(()) };
        if self.payer.used_told_for == Some(starts_at.micros()) {
            return Ok(());
        }
        let agreed = self.agreed(desk)?;
        if agreed.is_some_and(|agreed| agreed.as_the_banner_has_it() == AutoTopUpState::On) {
            return Ok(());
        }
        let capacity = Capacity::of(self.wallet.grants(), self.wallet.overdrawn(), desk.at);
        let settings = BannerSettings { auto_top_up: AutoTopUpState::Off, ..BannerSettings::default() };
        let Some(percent) = percent_used(&capacity.allowance) else { return Ok(()) };
        if percent >= settings.threshold_percent {
            self.payer.used_told_for = Some(starts_at.micros());
            self.tell(Readers::Administrators, words::used(&capacity, percent, desk.writing));
        }
        Ok(())
    }

    /// A cycle's allowance is there; told of where work was waiting for it.
    pub(crate) fn tell_of_refresh(
        &mut self,
        subscription: SubscriptionId,
        cycle: Cycle,
        allowance: Tokens,
        desk: &Desk,
    ) {
        let of = self.subscriptions.iter().find(|known| known.id == subscription);
        let before = cycle.number.checked_sub(1);
        let before =
            of.zip(before).and_then(|(known, number)| Cycles::anchored_on(known.anchor_on).cycle(number));
        let Some(before) = before else { return }; // the first cycle refreshes nothing
        // Of cycles that were slept through, the one that runs is told of.
        let mut since = before.starts_at;
        self.journal.told.retain(|told| {
            since = told.turned_away_since.map_or(since, |earlier| earlier.min(since));
            told.turned_away_since.is_none()
        });
        let words = words::refreshed(allowance, cycle.ends_at, desk.writing);
        let told = Told { turned_away_since: Some(since), ..Told::of(Readers::Administrators, words) };
        self.journal.told.push(told);
    }

    /// Puts something down that is told.
    pub(crate) fn tell(&mut self, readers: Readers, words: Words) {
        self.journal.told.push(Told::of(readers, words));
    }

    /// An outstanding invoice, as letters name it.
    pub(crate) fn named(&self, number: i64) -> Option<Named> {
        let row = self.outstanding.get(&number)?;
        let total = Money::new(row.total_minor, self.currency);
        Some(Named { name: self.invoice_name(number), page: format!("/invoices/{}", row.id), total })
    }

    fn billing_address(&self) -> Option<String> {
        let address = self.payer.details.as_ref().map(|details| details.email.trim().to_lowercase());
        address.filter(|address| !address.is_empty())
    }
}

/// Writes the letters of a group.
pub(crate) async fn post_told<'a>(
    transaction: &DatabaseTransaction,
    books: impl Iterator<Item = &'a Books>,
    ids: &Ids,
    at: Timestamp,
) -> Result<(), Error> {
    let books: Vec<&Books> = books.filter(|books| !books.journal.told.is_empty()).collect();
    if books.is_empty() {
        return Ok(());
    }
    let administrators = administrators(transaction, &books).await?;
    let mut letters = Vec::new();
    for books in books {
        for told in &books.journal.told {
            if let Some(since) = told.turned_away_since
                && !was_turned_away(transaction, books, since).await?
            {
                continue;
            }
            for to in addresses(books, told.readers, &administrators) {
                letters.push((books.customer, told.words.to(to)));
            }
        }
    }
    let people = people(transaction, &letters.iter().map(|(_, letter)| letter.to.as_str()).collect()).await?;
    let off = switched_off(transaction, people.values()).await?;
    let mut posted = Vec::new();
    for (customer, letter) in letters {
        let person = people.get(&letter.to).cloned();
        let choice = (person.clone().unwrap_or_default(), to_word(&letter.kind)?);
        if !off.contains(&choice) {
            let row = letter_row(ids, at, Some(customer), &letter)?;
            posted.push(mail::Model { person_id: person, ..row });
        }
    }
    rows::insert::<mail::Entity>(transaction, &posted).await
}

impl Words {
    fn to(&self, to: String) -> Letter {
        let Self { kind, subject, paragraphs, link } = self.clone();
        Letter { to, kind, subject, paragraphs, link: Some(link) }
    }
}

/// The addresses, each once, in a fixed order.
fn addresses(
    books: &Books,
    readers: Readers,
    administrators: &BTreeMap<String, BTreeSet<String>>,
) -> BTreeSet<String> {
    let managing = || administrators.get(&books.customer.to_string()).cloned().unwrap_or_default();
    let billing = books.billing_address();
    match readers {
        Readers::Administrators => managing(),
        Readers::Billing => billing.map_or_else(managing, |address| [address].into()),
        Readers::AdministratorsAndBilling => managing().into_iter().chain(billing).collect(),
        Readers::OwnerAndBilling => books.automatic.owner.iter().cloned().chain(billing).collect(),
    }
}

/// The addresses of every customer's administrators.
async fn administrators(
    transaction: &DatabaseTransaction,
    books: &[&Books],
) -> Result<BTreeMap<String, BTreeSet<String>>, Error> {
    let role = to_word(&Role::CustomerAdministrator)?;
    let keys = books.iter().map(|books| vec![json!(books.customer), json!(role)]);
    let columns = [member::Column::CustomerId, member::Column::Role];
    let members = rows::load::<member::Entity>(transaction, &columns, keys, "").await?;
    let ids: BTreeSet<&String> = members.iter().map(|row| &row.person_id).collect();
    let ids = ids.into_iter().map(|id| vec![json!(id)]);
    let alive = "AND t.erased_at IS NULL";
    let people = rows::load::<person::Entity>(transaction, &[person::Column::Id], ids, alive).await?;
    let mut found = BTreeMap::<String, BTreeSet<String>>::new();
    for row in members {
        let address = people.iter().find(|person| person.id == row.person_id).map(|one| one.email.clone());
        found.entry(row.customer_id).or_default().extend(address);
    }
    Ok(found)
}

/// Whoever signs in with one of these addresses.
async fn people(
    transaction: &DatabaseTransaction,
    addresses: &BTreeSet<&str>,
) -> Result<BTreeMap<String, String>, Error> {
    let keys = addresses.iter().map(|address| vec![json!(address)]);
    let found = rows::load::<person::Entity>(transaction, &[person::Column::Email], keys, "").await?;
    Ok(found.into_iter().map(|row| (row.email, row.id)).collect())
}

/// What these people do not want.
async fn switched_off(
    transaction: &DatabaseTransaction,
    people: impl Iterator<Item = &String>,
) -> Result<HashSet<(String, String)>, Error> {
    let keys = people.map(|id| vec![json!(id)]);
    let of = [letter_choice::Column::PersonId];
    let found = rows::load::<letter_choice::Entity>(transaction, &of, keys, "").await?;
    Ok(found.into_iter().map(|row| (row.person_id, row.kind)).collect())
}

/// 5.33: customers whose grace is over and who were not told of it.
pub(crate) async fn past_grace(read: &DatabaseConnection, at: i64) -> Result<Vec<CustomerId>, Error> {
    let untold = customer::Column::OverdueToldFor
        .is_null()
        .or(Expr::col(customer::Column::OverdueToldFor).ne(Expr::col(customer::Column::GraceUntil)));
    let rows = customer::Entity::find()
        .filter(customer::Column::GraceUntil.lte(at))
        .filter(untold)
        .order_by_asc(customer::Column::GraceUntil)
        .limit(AT_ONCE)
        .all(read)
        .await?;
    rows.iter()
        .map(|row| row.id.parse().map_err(|error| Error::corrupt("customer", &row.id, error)))
        .collect()
}

async fn was_turned_away(
    transaction: &DatabaseTransaction,
    books: &Books,
    since: Timestamp,
) -> Result<bool, Error> {
    let found = refusal::Entity::find()
        .filter(refusal::Column::CustomerId.eq(books.customer.to_string()))
        .filter(refusal::Column::RefusedAt.gte(since.micros()))
        .filter(refusal::Column::Reason.eq(to_word(&Reason::NotEnoughCapacity)?))
        .one(transaction)
        .await?;
    Ok(found.is_some())
}
