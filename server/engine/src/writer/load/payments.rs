//! What acts about money coming in name: orders, charges, events; and what the customer has outstanding and in use.

use super::book_of;
use crate::{
    Error,
    db::{
        entity::{account, invitation, invoice, member, order, outbox, payment_event},
        rows,
    },
    writer::{Books, Touch, act::Paying},
};
use billing::{id::CustomerId, time::Timestamp};
use sea_orm::DatabaseTransaction;
use serde_json::{Value as Json, json};
use std::collections::{BTreeSet, HashMap};

/// All of it; nothing is asked where no act of the group is about money.
pub(super) async fn payments(
    transaction: &DatabaseTransaction,
    touches: &[Touch],
    at: Timestamp,
    books: &mut HashMap<CustomerId, Books>,
) -> Result<(), Error> {
    let paying: Vec<(CustomerId, &Paying)> =
        touches.iter().filter_map(|touch| Some((touch.customer, touch.paying.as_ref()?))).collect();
    if paying.is_empty() {
        return Ok(());
    }
    orders(transaction, &paying, books).await?;
    charges(transaction, &paying, books).await?;
    for row in rows::load::<payment_event::Entity>(
        transaction,
        &[payment_event::Column::Id],
        paying.iter().filter_map(|(_, paying)| Some(vec![json!(paying.event.as_ref()?)])),
        "",
    )
    .await?
    {
        for books in books.values_mut() {
            books.known_events.insert(row.id.clone());
        }
    }
    outstanding(transaction, &paying, books).await?;
    in_use(transaction, &paying, at, books).await
}

fn owners(paying: &[(CustomerId, &Paying)]) -> BTreeSet<CustomerId> {
    paying.iter().map(|(customer, _)| *customer).collect()
}

fn keys_of(owners: &BTreeSet<CustomerId>) -> impl Iterator<Item = Vec<Json>> {
    owners.iter().map(|customer| vec![json!(customer)])
}

/// The open orders of each customer, and those that are named by their id or by their caller's name.
async fn orders(
    transaction: &DatabaseTransaction,
    paying: &[(CustomerId, &Paying)],
    books: &mut HashMap<CustomerId, Books>,
) -> Result<(), Error> {
    use order::Column::{CustomerId as Owner, Id, Request};
    let by_id = paying.iter().filter_map(|(owner, paying)| Some(vec![json!(owner), json!(paying.order?)]));
    let by_request =
        paying.iter().filter_map(|(owner, paying)| Some(vec![json!(owner), json!(paying.request.as_ref()?)]));
    let owners = owners(paying);
    let mut found = rows::load::<order::Entity>(transaction, &[Owner, Id], by_id, "").await?;
    found.extend(rows::load::<order::Entity>(transaction, &[Owner, Request], by_request, "").await?);
    found.extend(
        rows::load::<order::Entity>(transaction, &[Owner], keys_of(&owners), "AND t.state = 'open'").await?,
    );
    for row in found {
        let id = row.id.parse().map_err(|error| Error::corrupt("order", &row.id, error))?;
        let books = book_of(books, &row.customer_id)?;
        books.origin.orders.insert(id, row.clone());
        books.orders.insert(id, row);
    }
    Ok(())
}

async fn charges(
    transaction: &DatabaseTransaction,
    paying: &[(CustomerId, &Paying)],
    books: &mut HashMap<CustomerId, Books>,
) -> Result<(), Error> {
    let owner = [outbox::Column::CustomerId];
    let waiting = "AND t.done_at IS NULL";
    for row in rows::load::<outbox::Entity>(transaction, &owner, keys_of(&owners(paying)), waiting).await? {
        let id = row.id.parse().map_err(|error| Error::corrupt("outbox", &row.id, error))?;
        let books = book_of(books, &row.customer_id)?;
        books.origin.charges.insert(id, row.clone());
        books.charges.insert(id, row);
    }
    Ok(())
}

async fn outstanding(
    transaction: &DatabaseTransaction,
    paying: &[(CustomerId, &Paying)],
    books: &mut HashMap<CustomerId, Books>,
) -> Result<(), Error> {
    let unpaid = "AND t.total_minor > 0 AND NOT EXISTS (SELECT 1 FROM payment p WHERE p.customer_id = t.customer_id \
                  AND p.number = t.number)";
    let owner = [invoice::Column::CustomerId];
    for row in rows::load::<invoice::Entity>(transaction, &owner, keys_of(&owners(paying)), unpaid).await? {
        book_of(books, &row.customer_id)?.outstanding.insert(row.number, row);
    }
    Ok(())
}

/// Accounts that are not closed; members and live invitations: what a smaller plan has to have room for. 5.23.
async fn in_use(
    transaction: &DatabaseTransaction,
    paying: &[(CustomerId, &Paying)],
    at: Timestamp,
    books: &mut HashMap<CustomerId, Books>,
) -> Result<(), Error> {
    let owners = owners(paying);
    let (of, open) = ([account::Column::CustomerId], "AND t.status <> 'closed'");
    let accounts = rows::count::<account::Entity>(transaction, &of, keys_of(&owners), open).await?;
    let of = [member::Column::CustomerId];
    let members = rows::count::<member::Entity>(transaction, &of, keys_of(&owners), "").await?;
    let (of, live) = (
        [invitation::Column::CustomerId],
        "AND t.ended_at IS NULL AND t.expires_at > CAST(k.value->>1 AS BIGINT)",
    );
    let keys = owners.iter().map(|customer| vec![json!(customer), json!(at.micros())]);
    let invited = rows::count::<invitation::Entity>(transaction, &of, keys, live).await?;
    for owner in owners {
        let key = [owner.to_string()];
        let count = |counts: &HashMap<Vec<String>, i64>| {
            counts.get(key.as_slice()).and_then(|count| u32::try_from(*count).ok()).unwrap_or_default()
        };
        let books = book_of(books, &key[0])?;
        books.in_use.accounts = count(&accounts);
        books.in_use.seats = count(&members).saturating_add(count(&invited));
    }
    Ok(())
}
