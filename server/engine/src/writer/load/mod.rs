//! Loading what a group touches: by two statements, whatever the number of acts. The second one asks for what belongs to that
//! which the first one has found, where anything does; an act about money asks for more.

mod accounts;
mod payments;
mod productions;
mod promises;
mod spending;

use super::{
    Automatic, Books, Touch, automatic,
    journal::Journal,
    kept::Kept,
    origin::{Asked as AskedFor, Origin},
};
use crate::{
    Error,
    db::{
        allowance::grant_of,
        customer::payer_of,
        entity::{auto_top_up, customer, installation, subscription, token_grant, wallet},
        from_word,
        rows::{Answers, Asked, Questions},
        tier::subscription_of,
    },
};
use billing::{
    allowance::{Head, Wallet},
    id::CustomerId,
    tier::InUse,
    time::Timestamp,
    tokens::Tokens,
};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, Statement};
use serde_json::{Value as Json, json};
use spending::Wanted;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Locks the wallets of a group in one order, in a statement of its own: under PostgreSQL's read committed a statement
/// that locks *and* loads would see other tables as they were before it had to wait. SQLite's writer is alone anyway. Answers
/// the wallets' revisions.
pub(super) async fn lock(
    transaction: &DatabaseTransaction,
    customers: impl Iterator<Item = CustomerId>,
) -> Result<Vec<(CustomerId, i64)>, Error> {
    let backend = transaction.get_database_backend();
    let text = match backend {
        DbBackend::Postgres => {
            "SELECT customer_id, coalesce(revision, 0) FROM wallet WHERE customer_id IN (SELECT k.value FROM \
             jsonb_array_elements_text($1::jsonb) AS k(value)) ORDER BY customer_id FOR UPDATE"
        }
        _ => {
            "SELECT customer_id, coalesce(revision, 0) FROM wallet WHERE customer_id IN (SELECT k.value FROM json_each(?) k)"
        }
    };
    let customers: BTreeSet<CustomerId> = customers.collect();
    let customers = json!(customers).to_string();
    let rows =
        transaction.query_all_raw(Statement::from_sql_and_values(backend, text, [customers.into()])).await?;
    rows.into_iter()
        .map(|row| Ok((customer_of(&row.try_get_by_index::<String>(0)?)?, row.try_get_by_index(1)?)))
        .collect()
}

/// Locks one wallet, for what is done to one customer's books besides acts: what was kept of them is so no more.
pub(crate) async fn lock_wallet(transaction: &DatabaseTransaction, customer: &str) -> Result<(), Error> {
    let text = "UPDATE wallet SET revision = coalesce(revision, 0) + 1 WHERE customer_id = $1";
    let backend = transaction.get_database_backend();
    transaction.execute_raw(Statement::from_sql_and_values(backend, text, [customer.into()])).await?;
    Ok(())
}

/// Books by customer.
pub(super) type All = HashMap<CustomerId, Books>;

/// Puts what was answered into the books.
trait Put: FnOnce(&mut Answers, &mut All) -> Result<(), Error> {}

impl<F: FnOnce(&mut Answers, &mut All) -> Result<(), Error>> Put for F {}

/// The installation, and the books of every customer that the group touches: those that are kept, with what they lack.
pub(super) async fn load(
    connection: &impl ConnectionTrait,
    touches: &[Touch],
    at: Timestamp,
    kept: &mut Kept,
) -> Result<(installation::Model, All), Error> {
    let mut books = kept.take(touches, at)?;
    let mut ask = Questions::on(connection);
    let installation = ask.rows::<installation::Entity>(&[installation::Column::Id], [vec![json!(1)]], "");
    let unknown = |customer: &CustomerId| !books.contains_key(customer);
    let unknown: BTreeSet<CustomerId> = customers(touches).into_iter().filter(unknown).collect();
    let opened = Opened::ask(&mut ask, &unknown, at);
    let buys_alone = |books: &&Books| books.automatic.standing.is_some();
    let buyers = books.values().filter(buys_alone).map(|books| books.customer).chain(unknown).collect();
    let automatic = [auto_top_up::Column::CustomerId];
    let automatic = ask.rows::<auto_top_up::Entity>(&automatic, keys_of(&buyers), "");
    let admitted = productions::admitted(&mut ask, touches, &books);
    let productions = productions::productions(&mut ask, touches, &books);
    let steps = productions::steps(&mut ask, touches, &books);
    let accounts = accounts::accounts(&mut ask, touches);
    let seats = accounts::seats(&mut ask, touches);
    let quotes = promises::quotes(&mut ask, touches);
    let calls = promises::calls(&mut ask, touches);
    let running = accounts::running(&mut ask, touches, at, &books);
    let spending = spending::spending(&mut ask, Wanted::of_acts(touches, at, &books).unknown_to(&books));
    let mut answers = ask.send(connection).await?;
    let installation = answers.take(installation)?.pop();
    let installation = installation.ok_or_else(|| Error::corrupt("installation", 1, "is missing"))?;
    books.extend(opened.books(&mut answers)?);
    admitted(&mut answers, &mut books)?;
    productions(&mut answers, &mut books)?;
    steps(&mut answers, &mut books)?;
    accounts(&mut answers, &mut books)?;
    seats(&mut answers, &mut books)?;
    quotes(&mut answers, &mut books)?;
    calls(&mut answers, &mut books)?;
    running(&mut answers, &mut books)?;
    spending(&mut answers, &mut books)?;
    let automatic = answers.take(automatic)?;

    let mut ask = Questions::on(connection);
    let spending = spending::spending(&mut ask, Wanted::of_productions(&books).unknown_to(&books));
    let seats = spending::seats(&mut ask, touches, at, &books);
    let mut answers = ask.send(connection).await?;
    spending(&mut answers, &mut books)?;
    seats(&mut answers, &mut books)?;
    payments::payments(connection, touches, at, &mut books).await?;
    automatic::load(connection, automatic, &mut books).await?;
    Ok((installation, books))
}

fn customers(touches: &[Touch]) -> BTreeSet<CustomerId> {
    touches.iter().map(|touch| touch.customer).collect()
}

fn keys_of(customers: &BTreeSet<CustomerId>) -> impl Iterator<Item = Vec<Json>> {
    customers.iter().map(|id| vec![json!(id)])
}

/// Customers, wallets, their lots and subscriptions: what every act touches.
struct Opened {
    customers: Asked<customer::Entity>,
    wallets: Asked<wallet::Entity>,
    /// The lots that have something left or held, and those that have not ended, since a cycle's allowance also counts when it is
    /// used up. A bought lot that is used up is over.
    lots: Asked<token_grant::Entity>,
    /// Whatever is due of them is granted before anything is decided.
    subscriptions: Asked<subscription::Entity>,
}

impl Opened {
    fn ask(ask: &mut Questions, customers: &BTreeSet<CustomerId>, at: Timestamp) -> Self {
        let matter =
            "AND (t.remaining_tokens > 0 OR t.held_tokens > 0 OR t.expires_at > CAST(k.value->>1 AS BIGINT))";
        let dated = customers.iter().map(|id| vec![json!(id), json!(at.micros())]);
        Self {
            customers: ask.rows(&[customer::Column::Id], keys_of(customers), ""),
            wallets: ask.rows(&[wallet::Column::CustomerId], keys_of(customers), ""),
            lots: ask.rows(&[token_grant::Column::CustomerId], dated, matter),
            subscriptions: ask.rows(&[subscription::Column::CustomerId], keys_of(customers), ""),
        }
    }

    fn books(self, answers: &mut Answers) -> Result<All, Error> {
        let wallets = answers.take(self.wallets)?.into_iter();
        let mut wallets: HashMap<String, wallet::Model> =
            wallets.map(|row| (row.customer_id.clone(), row)).collect();
        let mut lots: HashMap<String, Vec<token_grant::Model>> = HashMap::new();
        for row in answers.take(self.lots)? {
            lots.entry(row.customer_id.clone()).or_default().push(row);
        }
        let mut books = HashMap::new();
        for row in answers.take(self.customers)? {
            let wallet =
                wallets.remove(&row.id).ok_or_else(|| Error::corrupt("wallet", &row.id, "is missing"))?;
            let lots = lots.remove(&row.id).unwrap_or_default();
            let one = open_book(row, &wallet, lots)?;
            books.insert(one.customer, one);
        }
        for row in answers.take(self.subscriptions)? {
            let books = book_of(&mut books, &row.customer_id)?;
            let subscription = subscription_of(&row, books.currency)?;
            books.subscriptions.push(subscription);
            books.origin.subscriptions.push(subscription);
        }
        Ok(books)
    }
}

fn open_book(
    row: customer::Model,
    wallet: &wallet::Model,
    grants: Vec<token_grant::Model>,
) -> Result<Books, Error> {
    let tokens =
        |count: i64| Tokens::new(count).map_err(|error| Error::corrupt("wallet", &wallet.customer_id, error));
    let head = Head {
        seq: wallet.seq,
        hash: wallet.hash.clone(),
        left: tokens(wallet.left_tokens)?,
        held: tokens(wallet.held_tokens)?,
        overdrawn: tokens(wallet.overdrawn_tokens)?,
    };
    let lots = grants.iter().map(grant_of).collect::<Result<_, _>>()?;
    let customer = customer_of(&row.id)?;
    Ok(Books {
        customer,
        currency: from_word("customer", &row.id, &row.currency)?,
        payer: payer_of(&row)?,
        name: row.name.clone(),
        wallet: Wallet::new(lots, head.overdrawn),
        origin: Origin {
            grants: grants.into_iter().map(|grant| (grant.id.clone(), grant)).collect(),
            seq: head.seq,
            revision: wallet.revision.unwrap_or_default(),
            customer: row,
            holds: HashMap::new(),
            spending: HashMap::new(),
            limits: HashMap::new(),
            seat_use: HashMap::new(),
            subscriptions: Vec::new(),
            orders: HashMap::new(),
            charges: HashMap::new(),
            disputes: BTreeMap::new(),
            automatic: Automatic::default(),
        },
        head,
        accounts: HashMap::new(),
        running: HashMap::new(),
        keys: HashMap::new(),
        seats: HashMap::new(),
        seat_use: HashMap::new(),
        limits: HashMap::new(),
        spending: HashMap::new(),
        subscriptions: Vec::new(),
        in_use: InUse::default(),
        orders: HashMap::new(),
        charges: HashMap::new(),
        outstanding: BTreeMap::new(),
        paid: HashMap::new(),
        disputes: BTreeMap::new(),
        automatic: Automatic::default(),
        known_events: HashSet::new(),
        taken_payments: HashSet::new(),
        unused_orders: HashSet::new(),
        used: BTreeMap::new(),
        quotes: HashMap::new(),
        calls: HashMap::new(),
        productions: HashMap::new(),
        admitted: HashMap::new(),
        journal: Journal::default(),
        unnamed: HashMap::new(),
        ended: HashMap::new(),
        asked: AskedFor::default(),
    })
}

fn book_of<'a>(books: &'a mut HashMap<CustomerId, Books>, customer: &str) -> Result<&'a mut Books, Error> {
    books.get_mut(&customer_of(customer)?).ok_or_else(|| Error::corrupt("customer", customer, "is missing"))
}

fn customer_of(id: &str) -> Result<CustomerId, Error> {
    id.parse().map_err(|error| Error::corrupt("customer", id, error))
}
