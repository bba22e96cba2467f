//! Accounts that a group names, their limits, and what stands against them.

use super::book_of;
use crate::{
    Error,
    db::{
        entity::{account, budget, budget_month},
        from_word, rows,
    },
    writer::{Account, Books, Touch, books::Spending},
};
use billing::{
    id::{AccountId, CustomerId},
    money::{Cost, Money},
    time::{Month, Timestamp},
};
use sea_orm::DatabaseTransaction;
use serde_json::json;
use std::collections::{BTreeSet, HashMap};

/// Accounts that are named, their limits, and what stands against them in the months that count.
pub(super) async fn accounts(
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
