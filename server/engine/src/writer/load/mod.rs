//! Loading what a group touches: one statement a table, whatever the number of acts.

mod accounts;
mod payments;
mod productions;
mod promises;
mod spending;

use super::{Automatic, Books, Touch, automatic, books::Origin, journal::Journal};
use crate::{
    Error,
    db::{
        allowance::grant_of,
        customer::payer_of,
        entity::{customer, subscription, token_grant, wallet},
        from_word, rows,
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
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Locks the wallets of a group in one order, in a statement of its own: under PostgreSQL's read committed a statement
/// that locks *and* loads would see other tables as they were before it had to wait. SQLite's writer is alone anyway.
pub(super) async fn lock(transaction: &DatabaseTransaction, touches: &[Touch]) -> Result<(), Error> {
    lock_all(transaction, customers(touches)).await
}

/// Locks one wallet, for what is done to one customer's books besides acts.
pub(crate) async fn lock_wallet(transaction: &DatabaseTransaction, customer: &str) -> Result<(), Error> {
    lock_all(transaction, [customer.to_owned()].into()).await
}

async fn lock_all(transaction: &DatabaseTransaction, customers: BTreeSet<String>) -> Result<(), Error> {
    if transaction.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    let customers: Json = customers.into_iter().map(|id| json!(id)).collect();
    let text = "SELECT customer_id FROM wallet WHERE customer_id IN \
                (SELECT k.value FROM jsonb_array_elements_text($1::jsonb) AS k(value)) ORDER BY customer_id FOR UPDATE";
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, text, [customers.to_string().into()]);
    transaction.query_all_raw(statement).await?;
    Ok(())
}

/// The books of every customer that the group touches.
pub(super) async fn load(
    transaction: &DatabaseTransaction,
    touches: &[Touch],
    at: Timestamp,
) -> Result<HashMap<CustomerId, Books>, Error> {
    let mut books = open_books(transaction, touches, at).await?;
    subscriptions(transaction, touches, &mut books).await?;
    productions::productions(transaction, touches, &mut books).await?;
    productions::steps(transaction, touches, &mut books).await?;
    accounts::accounts(transaction, touches, &mut books).await?;
    accounts::seats(transaction, touches, &mut books).await?;
    accounts::running(transaction, touches, at, &mut books).await?;
    promises::quotes(transaction, touches, &mut books).await?;
    promises::calls(transaction, touches, &mut books).await?;
    spending::limits(transaction, touches, &mut books).await?;
    spending::months(transaction, touches, at, &mut books).await?;
    spending::seats(transaction, touches, at, &mut books).await?;
    payments::payments(transaction, touches, at, &mut books).await?;
    automatic::load(transaction, touches, &mut books).await?;
    Ok(books)
}

fn customers(touches: &[Touch]) -> BTreeSet<String> {
    touches.iter().map(|touch| touch.customer.to_string()).collect()
}

/// Customers, wallets, and their lots.
async fn open_books(
    transaction: &DatabaseTransaction,
    touches: &[Touch],
    at: Timestamp,
) -> Result<HashMap<CustomerId, Books>, Error> {
    let keys = || customers(touches).into_iter().map(|id| vec![json!(id)]);
    let wallets =
        rows::load::<wallet::Entity>(transaction, &[wallet::Column::CustomerId], keys(), "").await?;
    let mut wallets: HashMap<String, wallet::Model> =
        wallets.into_iter().map(|row| (row.customer_id.clone(), row)).collect();
    let mut grants = lots(transaction, touches, at).await?;
    let mut books = HashMap::new();
    for row in rows::load::<customer::Entity>(transaction, &[customer::Column::Id], keys(), "").await? {
        let wallet =
            wallets.remove(&row.id).ok_or_else(|| Error::corrupt("wallet", &row.id, "is missing"))?;
        let grants = grants.remove(&row.id).unwrap_or_default();
        let one = open_book(row, &wallet, grants)?;
        books.insert(one.customer, one);
    }
    Ok(books)
}

/// The lots that have something left or held, by the partial index; and those that have not ended, since a cycle's
/// allowance also counts when it is used up. A bought lot that is used up is over.
async fn lots(
    transaction: &DatabaseTransaction,
    touches: &[Touch],
    at: Timestamp,
) -> Result<HashMap<String, Vec<token_grant::Model>>, Error> {
    let keys = || customers(touches).into_iter().map(|id| vec![json!(id), json!(at.micros())]);
    let owner = [token_grant::Column::CustomerId];
    let open = "AND (t.remaining_tokens > 0 OR t.held_tokens > 0)";
    let unexpired = "AND t.expires_at > CAST(k.value->>1 AS BIGINT)";
    let mut lots: HashMap<String, Vec<token_grant::Model>> = HashMap::new();
    for condition in [open, unexpired] {
        for row in rows::load::<token_grant::Entity>(transaction, &owner, keys(), condition).await? {
            let known = lots.entry(row.customer_id.clone()).or_default();
            if known.iter().all(|lot| lot.id != row.id) {
                known.push(row);
            }
        }
    }
    Ok(lots)
}

/// Every subscription of a customer that the group touches: whatever is due is granted before anything is decided.
async fn subscriptions(
    transaction: &DatabaseTransaction,
    touches: &[Touch],
    books: &mut HashMap<CustomerId, Books>,
) -> Result<(), Error> {
    let keys = customers(touches).into_iter().map(|id| vec![json!(id)]);
    let owner = [subscription::Column::CustomerId];
    for row in rows::load::<subscription::Entity>(transaction, &owner, keys, "").await? {
        let books = book_of(books, &row.customer_id)?;
        let subscription = subscription_of(&row, books.currency)?;
        books.subscriptions.push(subscription);
        books.origin.subscriptions.push(subscription);
    }
    Ok(())
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
    let customer = row.id.parse().map_err(|error| Error::corrupt("customer", &row.id, error))?;
    Ok(Books {
        customer,
        currency: from_word("customer", &row.id, &row.currency)?,
        payer: payer_of(&row)?,
        name: row.name.clone(),
        wallet: Wallet::new(lots, head.overdrawn),
        origin: Origin {
            grants: grants.into_iter().map(|grant| (grant.id.clone(), grant)).collect(),
            seq: head.seq,
            customer: row,
            holds: HashMap::new(),
            draws: HashMap::new(),
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
        journal: Journal::default(),
    })
}

fn book_of<'a>(books: &'a mut HashMap<CustomerId, Books>, customer: &str) -> Result<&'a mut Books, Error> {
    let id = customer.parse().map_err(|error| Error::corrupt("customer", customer, error))?;
    books.get_mut(&id).ok_or_else(|| Error::corrupt("customer", customer, "is missing"))
}
