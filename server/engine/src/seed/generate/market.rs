//! Who the generated customers are: a few large ones and many small ones, each with accounts of which one leads, a plan that
//! does for most of its year, and packs for the rest.

use super::{super::studios::details_of, TOKENS_A_ROW};
use crate::{
    Error,
    customer::{new_account, new_customer},
    db::{
        begin_write,
        entity::{account, api_key, customer, wallet},
        rows, to_json,
    },
    dice::Dice,
    ids::Ids,
    team::new_key,
    tier::{Contract, NewSubscription},
};
use billing::{
    customer::AccountStatus,
    id::{AccountId, CustomerId, KeyId},
    money::{Currency, Money},
    tier::{BillingPeriod, Plan, PriceBook, Tier},
    time::Timestamp,
    tokens::Tokens,
};
use sea_orm::DatabaseConnection;

/// Rows for which there is one customer more.
const ROWS_A_CUSTOMER: i64 = 50_000;
/// The fewest customers, and the most.
const CUSTOMERS: (i64, i64) = (6, 1_000);
/// The first words of their names, and the second ones.
const NAMES: ([&str; 20], [&str; 10]) = (
    [
        "Amber", "Basalt", "Cedar", "Drift", "Ember", "Fjord", "Granite", "Heron", "Indigo", "Juniper",
        "Kestrel", "Larch", "Marble", "Nimbus", "Onyx", "Pebble", "Quill", "Rowan", "Sable", "Tundra",
    ],
    ["Films", "Studio", "Media", "Pictures", "House", "Works", "Channel", "Press", "Motion", "Stories"],
);
/// What accounts are called after.
const CHANNELS: [&str; 8] = ["Daily", "Shorts", "Kitchen", "Science", "Travel", "Archive", "Sports", "Music"];
/// Currencies, as often as they are billed in.
const CURRENCIES: [Currency; 10] = [
    Currency::Gbp,
    Currency::Usd,
    Currency::Eur,
    Currency::Gbp,
    Currency::Usd,
    Currency::Aud,
    Currency::Gbp,
    Currency::Eur,
    Currency::Cad,
    Currency::Jpy,
];
/// What a cycle grants at least by contract.
const SMALLEST_CONTRACT: i64 = 6_000;

/// Shares of a whole, to be chosen by.
pub(super) struct Shares(Vec<i64>);

impl Shares {
    /// The first has most, the others less and less, as sizes of customers do: one share in `head`, `head + 1` ….
    fn falling(count: i64, head: i64) -> Self {
        let mut sum = 0;
        let shares = (0..count).map(|place| {
            sum += 1_000_000 / (place + head);
            sum
        });
        Self(shares.collect())
    }

    fn whole(&self) -> i64 {
        self.0.last().copied().unwrap_or(1)
    }

    fn of(&self, place: usize) -> i64 {
        self.0[place] - place.checked_sub(1).map_or(0, |before| self.0[before])
    }

    /// One of them, the more likely the larger it is.
    pub(super) fn pick(&self, dice: &mut Dice) -> usize {
        let thrown = dice.roll(self.whole());
        self.0.partition_point(|until| *until <= thrown)
    }
}

/// A customer.
pub(super) struct Buyer {
    pub(super) id: CustomerId,
    pub(super) key: KeyId,
    /// Its accounts with their names.
    pub(super) accounts: Vec<(AccountId, String)>,
    pub(super) shares: Shares,
    /// What it subscribes to.
    pub(super) subscription: NewSubscription,
    /// The pack that it buys when it runs out.
    pub(super) pack: Tokens,
}

/// All of them.
pub(super) struct Market {
    pub(super) buyers: Vec<Buyer>,
    pub(super) shares: Shares,
}

impl Market {
    /// Opens them at an instant, for so many rows in a year.
    pub(super) async fn open(
        write: &DatabaseConnection,
        (rows, at): (i64, Timestamp),
        book: &PriceBook,
        ids: &Ids,
        dice: &mut Dice,
    ) -> Result<Self, Error> {
        let count = (rows / ROWS_A_CUSTOMER).clamp(CUSTOMERS.0, CUSTOMERS.1);
        let shares = Shares::falling(count, 3);
        let (mut opened, mut buyers) = (Opened::default(), Vec::new());
        for place in 0..index(count) {
            let tokens = rows * shares.of(place) / shares.whole() * TOKENS_A_ROW / 12;
            buyers.push(opened.buyer(place, tokens, book, (at, ids, dice))?);
        }
        let transaction = begin_write(write).await?;
        rows::insert::<customer::Entity>(&transaction, &opened.customers).await?;
        rows::insert::<wallet::Entity>(&transaction, &opened.wallets).await?;
        rows::insert::<account::Entity>(&transaction, &opened.accounts).await?;
        rows::insert::<api_key::Entity>(&transaction, &opened.keys).await?;
        transaction.commit().await?;
        Ok(Self { buyers, shares })
    }
}

/// Their rows.
#[derive(Default)]
struct Opened {
    customers: Vec<customer::Model>,
    wallets: Vec<wallet::Model>,
    accounts: Vec<account::Model>,
    keys: Vec<api_key::Model>,
}

impl Opened {
    /// A customer that is going to use about so many tokens a month.
    fn buyer(
        &mut self,
        place: usize,
        tokens: i64,
        book: &PriceBook,
        (at, ids, dice): (Timestamp, &Ids, &mut Dice),
    ) -> Result<Buyer, Error> {
        let (first, second) = (NAMES.0[place % NAMES.0.len()], place / NAMES.0.len());
        let round = second / NAMES.1.len();
        let name = format!("{first} {}", NAMES.1[second % NAMES.1.len()]);
        let name = if round == 0 { name } else { format!("{name} {}", round + 1) };
        let (id, currency) = (CustomerId::new(ids.next(at)?), CURRENCIES[place % CURRENCIES.len()]);
        let (customer, wallet) = new_customer(id, &name, currency, at)?;
        let details = details_of(&name, currency, "studio.example")?;
        let details = Some(to_json("customer", id, &details)?);
        self.customers.push(customer::Model { billing_details: details, ..customer });
        self.wallets.push(wallet);
        let key = KeyId::new(ids.next(at)?);
        // Nobody knows the token: it is as long as one, and no text that could be sent.
        let token = format!("{} {}", dice.bits(), dice.bits());
        self.keys.push(new_key(id, key, "Pipeline", &token, at));
        let count = 1 + dice.roll(3) + 8 / (2 + i64::try_from(place).unwrap_or(i64::MAX - 2));
        let mut accounts = Vec::new();
        for channel in 0..index(count) {
            let account = AccountId::new(ids.next(at)?);
            let name = format!("{first} {}", CHANNELS[channel % CHANNELS.len()]);
            self.accounts.push(new_account(id, account, &name, AccountStatus::Active, at)?);
            accounts.push((account, name));
        }
        let subscription = subscription(place, tokens, currency, book, at)?;
        let lack = tokens / 20;
        let fits = book.packs.iter().find(|pack| pack.tokens.get() >= lack).or(book.packs.last());
        let pack = fits.map(|pack| pack.tokens).ok_or(Error::NotFound("pack"))?;
        Ok(Buyer { id, key, accounts, shares: Shares::falling(count, 1), subscription, pack })
    }
}

/// Pro for every third of those whom it does for; a contract for nine tenths of what they need for the others, at Pro's
/// price for a token. Every fourth pays a year ahead.
fn subscription(
    place: usize,
    tokens: i64,
    currency: Currency,
    book: &PriceBook,
    at: Timestamp,
) -> Result<NewSubscription, Error> {
    let bad = |error: &dyn std::fmt::Display| Error::corrupt("sample", "subscription", error.to_string());
    let billing = if place % 4 == 3 { BillingPeriod::Annual } else { BillingPeriod::Monthly };
    let pro = Plan { tier: Tier::Pro, billing, seats: 1 };
    let allowance = book.allowance(pro).map_err(|error| bad(&error))?.get();
    let anchor_on = at.day();
    if place % 3 == 2 && tokens <= allowance {
        return Ok(NewSubscription { plan: pro, anchor_on, contract: None });
    }
    let agreed = (tokens * 9 / 10 / 1_000 * 1_000).max(SMALLEST_CONTRACT);
    let price = book.price(pro, currency).map_err(|error| bad(&error))?.minor() * agreed / allowance;
    let contract = Contract {
        allowance: Tokens::new(agreed).map_err(|error| bad(&error))?,
        price: Money::new(price.max(1), currency),
    };
    let plan = Plan { tier: Tier::Enterprise, ..pro };
    Ok(NewSubscription { plan, anchor_on, contract: Some(contract) })
}

fn index(count: i64) -> usize {
    usize::try_from(count).unwrap_or_default()
}
