//! Loading what a group touches: one statement a table, whatever the number of acts.

use super::{
    Account, Books, Planned, Production, Reported, Touch,
    books::{Journal, Origin, Spending},
};
use crate::{
    Error,
    db::{
        entity::{
            account, budget, budget_month, customer, hold_draw, production, production_step, step_attempt,
            token_grant, token_hold, wallet,
        },
        from_word, rows,
    },
};
use billing::{
    allowance::{Head, Wallet},
    id::{AccountId, CustomerId},
    money::{Cost, Money},
    time::{Month, Timestamp},
    tokens::Tokens,
};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, Statement};
use serde_json::{Value as Json, json};
use std::collections::{BTreeSet, HashMap};

/// Locks the wallets of a group in one order, in a statement of its own: under PostgreSQL's read committed a statement
/// that locks *and* loads would see other tables as they were before it had to wait. SQLite's writer is alone anyway.
pub(super) async fn lock(transaction: &DatabaseTransaction, touches: &[Touch]) -> Result<(), Error> {
    if transaction.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    let customers: Json = customers(touches).into_iter().map(|id| json!(id)).collect();
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
    let mut books = open_books(transaction, touches).await?;
    productions(transaction, touches, &mut books).await?;
    steps(transaction, touches, &mut books).await?;
    accounts(transaction, touches, at, &mut books).await?;
    Ok(books)
}

fn customers(touches: &[Touch]) -> BTreeSet<String> {
    touches.iter().map(|touch| touch.customer.to_string()).collect()
}

/// Customers, wallets, and the lots that have something left or held.
async fn open_books(
    transaction: &DatabaseTransaction,
    touches: &[Touch],
) -> Result<HashMap<CustomerId, Books>, Error> {
    let keys = || customers(touches).into_iter().map(|id| vec![json!(id)]);
    let wallets =
        rows::load::<wallet::Entity>(transaction, &[wallet::Column::CustomerId], keys(), "").await?;
    let mut wallets: HashMap<String, wallet::Model> =
        wallets.into_iter().map(|row| (row.customer_id.clone(), row)).collect();
    let open = "AND (t.remaining_tokens > 0 OR t.held_tokens > 0)";
    let mut grants: HashMap<String, Vec<token_grant::Model>> = HashMap::new();
    for row in
        rows::load::<token_grant::Entity>(transaction, &[token_grant::Column::CustomerId], keys(), open)
            .await?
    {
        grants.entry(row.customer_id.clone()).or_default().push(row);
    }
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
    let lots = grants.iter().map(crate::allowance::grant_of).collect::<Result<_, _>>()?;
    let customer = row.id.parse().map_err(|error| Error::corrupt("customer", &row.id, error))?;
    Ok(Books {
        customer,
        currency: from_word("customer", &row.id, &row.currency)?,
        name: row.name,
        wallet: Wallet::new(lots, head.overdrawn),
        origin: Origin {
            grants: grants.into_iter().map(|grant| (grant.id.clone(), grant)).collect(),
            seq: head.seq,
            ..Origin::default()
        },
        head,
        accounts: HashMap::new(),
        limits: HashMap::new(),
        spending: HashMap::new(),
        productions: HashMap::new(),
        journal: Journal::default(),
    })
}

/// Productions that are named, their holds and what those drew.
async fn productions(
    transaction: &DatabaseTransaction,
    touches: &[Touch],
    books: &mut HashMap<CustomerId, Books>,
) -> Result<(), Error> {
    let named: BTreeSet<(String, String)> = touches
        .iter()
        .filter_map(|touch| Some((touch.customer.to_string(), touch.production.as_ref()?.to_string())))
        .collect();
    let keys = || named.iter().map(|(customer, name)| vec![json!(customer), json!(name)]);
    let found = rows::load::<production::Entity>(
        transaction,
        &[production::Column::CustomerId, production::Column::Name],
        keys(),
        "",
    )
    .await?;
    if found.is_empty() {
        return Ok(());
    }
    let mut holds = HashMap::new();
    for row in rows::load::<token_hold::Entity>(
        transaction,
        &[token_hold::Column::CustomerId, token_hold::Column::Production],
        keys(),
        "",
    )
    .await?
    {
        holds.insert((row.customer_id.clone(), row.production.clone()), row);
    }
    let mut draws: HashMap<_, Vec<hold_draw::Model>> = HashMap::new();
    for row in rows::load::<hold_draw::Entity>(
        transaction,
        &[hold_draw::Column::CustomerId, hold_draw::Column::Production],
        keys(),
        "",
    )
    .await?
    {
        draws.entry((row.customer_id.clone(), row.production.clone())).or_default().push(row);
    }
    for row in found {
        let key = (row.customer_id.clone(), row.name.clone());
        let hold = holds.remove(&key).ok_or_else(|| Error::corrupt("token_hold", &row.name, "is missing"))?;
        let books = book_of(books, &row.customer_id)?;
        books.add_production(row, hold, draws.remove(&key).unwrap_or_default())?;
    }
    Ok(())
}

impl Books {
    fn add_production(
        &mut self,
        row: production::Model,
        hold: token_hold::Model,
        draws: Vec<hold_draw::Model>,
    ) -> Result<(), Error> {
        let bad = |what: String| Error::corrupt("production", &row.name, what);
        let name = row.name.parse().map_err(|error| bad(format!("{error}")))?;
        let production = Production {
            hold_id: hold.id.parse().map_err(|error| bad(format!("{error}")))?,
            account: row.account_id.parse().map_err(|error| bad(format!("{error}")))?,
            tariff_version: row.tariff_version,
            fingerprint: row.fingerprint,
            admission: row.admission,
            hold: crate::production::hold_of(&hold, &draws, self.currency)?,
            tokens: Tokens::new(hold.tokens).map_err(|error| bad(error.to_string()))?,
            steps: HashMap::new(),
            attempts: HashMap::new(),
        };
        self.productions.insert(name, production);
        self.origin
            .draws
            .extend(draws.into_iter().map(|draw| ((draw.production.clone(), draw.position), draw)));
        self.origin.holds.insert(hold.production.clone(), hold);
        Ok(())
    }
}

/// Planned steps that are named, and every attempt of them.
async fn steps(
    transaction: &DatabaseTransaction,
    touches: &[Touch],
    books: &mut HashMap<CustomerId, Books>,
) -> Result<(), Error> {
    let named: BTreeSet<[String; 3]> = touches
        .iter()
        .filter_map(|touch| {
            let (production, step) = (touch.production.as_ref()?, touch.step.as_ref()?);
            Some([touch.customer.to_string(), production.to_string(), step.to_string()])
        })
        .collect();
    let keys = || named.iter().map(|key| key.iter().map(|part| json!(part)).collect());
    let planned = [
        production_step::Column::CustomerId,
        production_step::Column::Production,
        production_step::Column::Step,
    ];
    for row in rows::load::<production_step::Entity>(transaction, &planned, keys(), "").await? {
        let books = book_of(books, &row.customer_id)?;
        let bad = |error: billing::id::IdError| Error::corrupt("production_step", &row.step, error);
        let (production, step) = (row.production.parse().map_err(bad)?, row.step.parse().map_err(bad)?);
        let planned = Planned {
            kind: from_word("production_step", &row.step, &row.kind)?,
            money: row.money_micros.map(|micros| Cost::new(micros, books.currency)),
            stage: row.stage,
            model: row.model,
        };
        books.production(&production)?.steps.insert(step, planned);
    }
    let tried =
        [step_attempt::Column::CustomerId, step_attempt::Column::Production, step_attempt::Column::Step];
    for row in rows::load::<step_attempt::Entity>(transaction, &tried, keys(), "").await? {
        let books = book_of(books, &row.customer_id)?;
        let bad = |error: billing::id::IdError| Error::corrupt("step_attempt", &row.step, error);
        let (production, step) = (row.production.parse().map_err(bad)?, row.step.parse().map_err(bad)?);
        let verdict = from_word("step_attempt", &row.step, &row.verdict)?;
        let reported = Reported { verdict, fingerprint: row.fingerprint, answer: row.answer };
        books.production(&production)?.attempts.insert((step, row.attempt), reported);
    }
    Ok(())
}

/// Accounts that are named, their limits, and what stands against them in the months that count.
async fn accounts(
    transaction: &DatabaseTransaction,
    touches: &[Touch],
    at: Timestamp,
    books: &mut HashMap<CustomerId, Books>,
) -> Result<(), Error> {
    let named: BTreeSet<(CustomerId, AccountId)> =
        touches.iter().filter_map(|touch| Some((touch.customer, touch.account?))).collect();
    let keys = || named.iter().map(|(customer, account)| vec![json!(customer), json!(account)]);
    let account_of = |id: &str| id.parse::<AccountId>().map_err(|error| Error::corrupt("account", id, error));
    for row in rows::load::<account::Entity>(
        transaction,
        &[account::Column::CustomerId, account::Column::Id],
        keys(),
        "",
    )
    .await?
    {
        let status = from_word("account", &row.id, &row.status)?;
        let account = Account { name: row.name, status };
        book_of(books, &row.customer_id)?.accounts.insert(account_of(&row.id)?, account);
    }
    let of_account = "AND t.scope_kind = 'account'";
    for row in rows::load::<budget::Entity>(
        transaction,
        &[budget::Column::CustomerId, budget::Column::ScopeId],
        keys(),
        of_account,
    )
    .await?
    {
        let books = book_of(books, &row.customer_id)?;
        let account = account_of(&row.scope_id)?;
        let limit = row.limit_minor.map(|minor| Money::new(minor, books.currency));
        books.limits.insert(account, limit);
        books.origin.limits.insert(account, limit);
    }
    let mut months: BTreeSet<[String; 3]> = named
        .iter()
        .map(|(customer, account)| [customer.to_string(), account.to_string(), at.month().to_string()])
        .collect();
    for books in books.values() {
        for production in books.productions.values() {
            let month = production.hold.month().to_string();
            months.insert([books.customer.to_string(), production.account.to_string(), month]);
        }
    }
    let keys = months.iter().map(|key| vec![json!(key[0]), json!("account"), json!(key[1]), json!(key[2])]);
    let columns = [
        budget_month::Column::CustomerId,
        budget_month::Column::ScopeKind,
        budget_month::Column::ScopeId,
        budget_month::Column::Month,
    ];
    for row in rows::load::<budget_month::Entity>(transaction, &columns, keys, "").await? {
        let books = book_of(books, &row.customer_id)?;
        let month: Month =
            row.month.parse().map_err(|error| Error::corrupt("budget_month", &row.scope_id, error))?;
        let cost = |micros| Cost::new(micros, books.currency);
        let spending = Spending { spent: cost(row.spent_micros), held: cost(row.held_micros) };
        let key = (account_of(&row.scope_id)?, month);
        books.spending.insert(key, spending);
        books.origin.spending.insert(key, spending);
    }
    Ok(())
}

fn book_of<'a>(books: &'a mut HashMap<CustomerId, Books>, customer: &str) -> Result<&'a mut Books, Error> {
    let id = customer.parse().map_err(|error| Error::corrupt("customer", customer, error))?;
    books.get_mut(&id).ok_or_else(|| Error::corrupt("customer", customer, "is missing"))
}
