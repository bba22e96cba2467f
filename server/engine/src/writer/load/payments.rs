//! What acts about money coming in name: orders, charges, events; and what the customer has outstanding and in use.

use super::book_of;
use crate::{
    Error,
    db::{
        allowance::grant_of,
        entity::{
            account, credit_note, dispute, invitation, invoice, member, order, outbox, payment,
            payment_event, token_grant,
        },
        rows::{self, Questions},
    },
    writer::{Books, Touch, act::Paying, facts::PaidInvoice},
};
use billing::{
    customer::PaymentBlock,
    id::{CustomerId, GrantId},
    time::Timestamp,
};
use sea_orm::ConnectionTrait;
use serde_json::{Value as Json, json};
use std::collections::{BTreeSet, HashMap};

/// All of it; nothing is asked where no act of the group is about money.
pub(super) async fn payments(
    connection: &impl ConnectionTrait,
    touches: &[Touch],
    at: Timestamp,
    books: &mut HashMap<CustomerId, Books>,
) -> Result<(), Error> {
    debts(connection, books).await?;
    let paying: Vec<(CustomerId, &Paying)> =
        touches.iter().filter_map(|touch| Some((touch.customer, touch.paying.as_ref()?))).collect();
    if paying.is_empty() {
        return Ok(());
    }
    orders(connection, &paying, books).await?;
    charges(connection, &paying, books).await?;
    for row in rows::load::<payment_event::Entity>(
        connection,
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
    unused(connection, &paying, books).await?;
    taken(connection, &paying, books).await?;
    outstanding(connection, &paying, books).await?;
    disputes(connection, &owners(&paying), books).await?;
    paid(connection, &paying, books).await?;
    in_use(connection, &paying, at, books).await
}

fn owners(paying: &[(CustomerId, &Paying)]) -> BTreeSet<CustomerId> {
    paying.iter().map(|(customer, _)| *customer).collect()
}

fn keys_of(owners: &BTreeSet<CustomerId>) -> impl Iterator<Item = Vec<Json>> {
    owners.iter().map(|customer| vec![json!(customer)])
}

/// The open orders of each customer, and those that are named by their id or by their caller's name.
async fn orders(
    connection: &impl ConnectionTrait,
    paying: &[(CustomerId, &Paying)],
    books: &mut HashMap<CustomerId, Books>,
) -> Result<(), Error> {
    use order::Column::{CustomerId as Owner, Id, Request};
    let by_id = paying.iter().filter_map(|(owner, paying)| Some(vec![json!(owner), json!(paying.order?)]));
    let by_request =
        paying.iter().filter_map(|(owner, paying)| Some(vec![json!(owner), json!(paying.request.as_ref()?)]));
    let owners = owners(paying);
    let mut found = rows::load::<order::Entity>(connection, &[Owner, Id], by_id, "").await?;
    found.extend(rows::load::<order::Entity>(connection, &[Owner, Request], by_request, "").await?);
    found.extend(
        rows::load::<order::Entity>(connection, &[Owner], keys_of(&owners), "AND t.state = 'open'").await?,
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
    connection: &impl ConnectionTrait,
    paying: &[(CustomerId, &Paying)],
    books: &mut HashMap<CustomerId, Books>,
) -> Result<(), Error> {
    let owner = [outbox::Column::CustomerId];
    let waiting = "AND t.done_at IS NULL";
    for row in rows::load::<outbox::Entity>(connection, &owner, keys_of(&owners(paying)), waiting).await? {
        let id = row.id.parse().map_err(|error| Error::corrupt("outbox", &row.id, error))?;
        let books = book_of(books, &row.customer_id)?;
        books.origin.charges.insert(id, row.clone());
        books.charges.insert(id, row);
    }
    Ok(())
}

/// Orders of which staff know already that a payment of theirs could not be used.
async fn unused(
    connection: &impl ConnectionTrait,
    paying: &[(CustomerId, &Paying)],
    books: &mut HashMap<CustomerId, Books>,
) -> Result<(), Error> {
    let looked = paying.iter().filter(|(_, paying)| paying.payment.is_some());
    let orders = looked.filter_map(|(_, paying)| Some(vec![json!(paying.order?)]));
    let (of, kept) = ([payment_event::Column::OrderId], "AND t.outcome = 'quarantined'");
    for row in rows::load::<payment_event::Entity>(connection, &of, orders, kept).await? {
        for books in books.values_mut() {
            books.unused_orders.extend(row.order_id.clone());
        }
    }
    Ok(())
}

/// Which of the payments that are named have paid for something, whoever's.
async fn taken(
    connection: &impl ConnectionTrait,
    paying: &[(CustomerId, &Paying)],
    books: &mut HashMap<CustomerId, Books>,
) -> Result<(), Error> {
    let named = paying.iter().filter_map(|(_, paying)| Some(vec![json!(paying.payment.as_ref()?)]));
    let by_name = [payment::Column::Reference];
    for row in rows::load::<payment::Entity>(connection, &by_name, named, "").await? {
        for books in books.values_mut() {
            books.taken_payments.insert(row.reference.clone());
        }
    }
    Ok(())
}

async fn outstanding(
    connection: &impl ConnectionTrait,
    paying: &[(CustomerId, &Paying)],
    books: &mut HashMap<CustomerId, Books>,
) -> Result<(), Error> {
    let unpaid = "AND t.total_minor > 0 AND NOT EXISTS (SELECT 1 FROM payment p WHERE p.customer_id = t.customer_id \
                  AND p.number = t.number)";
    let owner = [invoice::Column::CustomerId];
    for row in rows::load::<invoice::Entity>(connection, &owner, keys_of(&owners(paying)), unpaid).await? {
        book_of(books, &row.customer_id)?.outstanding.insert(row.number, row);
    }
    Ok(())
}

/// I-37: what is owed by whoever is refused for it: the refusal says how much.
async fn debts(
    connection: &impl ConnectionTrait,
    books: &mut HashMap<CustomerId, Books>,
) -> Result<(), Error> {
    let owe = |books: &&Books| books.payer.block == Some(PaymentBlock::DisputedDebt);
    let owing: BTreeSet<CustomerId> = books.values().filter(owe).map(|books| books.customer).collect();
    if owing.is_empty() { Ok(()) } else { disputes(connection, &owing, books).await }
}

/// What the customer's payers contest, or have contested.
async fn disputes(
    connection: &impl ConnectionTrait,
    owners: &BTreeSet<CustomerId>,
    books: &mut HashMap<CustomerId, Books>,
) -> Result<(), Error> {
    let owner = [dispute::Column::CustomerId];
    for row in rows::load::<dispute::Entity>(connection, &owner, keys_of(owners), "").await? {
        let books = book_of(books, &row.customer_id)?;
        books.origin.disputes.insert(row.id.clone(), row.clone());
        books.disputes.insert(row.id.clone(), row);
    }
    Ok(())
}

/// The paid invoices that are named, each with what was credited of it and the lot that it bought.
async fn paid(
    connection: &impl ConnectionTrait,
    paying: &[(CustomerId, &Paying)],
    books: &mut HashMap<CustomerId, Books>,
) -> Result<(), Error> {
    let keys: Vec<Vec<Json>> =
        paying.iter().filter_map(|(owner, paying)| Some(vec![json!(owner), json!(paying.paid?)])).collect();
    if keys.is_empty() {
        return Ok(());
    }
    let by_number = [payment::Column::CustomerId, payment::Column::Number];
    let payments = rows::load::<payment::Entity>(connection, &by_number, keys.clone(), "").await?;
    let by_invoice = [credit_note::Column::CustomerId, credit_note::Column::Invoice];
    let credited = rows::load::<credit_note::Entity>(connection, &by_invoice, keys.clone(), "").await?;
    let by_number = [invoice::Column::CustomerId, invoice::Column::Number];
    for row in rows::load::<invoice::Entity>(connection, &by_number, keys, "").await? {
        let is_its = |customer: &str, number| customer == row.customer_id && number == row.number;
        let Some(payment) = payments.iter().find(|payment| is_its(&payment.customer_id, payment.number))
        else {
            continue; // it is outstanding
        };
        let books = book_of(books, &row.customer_id)?;
        let lot = match &row.order_id {
            Some(order) => {
                let of = [token_grant::Column::CustomerId, token_grant::Column::PaymentId];
                let key = [vec![json!(row.customer_id), json!(order)]];
                rows::load::<token_grant::Entity>(connection, &of, key, "").await?.pop()
            }
            None => None,
        };
        let lot = lot.map(|lot| books.recall(lot)).transpose()?;
        let credited =
            credited.iter().filter(|note| is_its(&note.customer_id, note.invoice)).cloned().collect();
        let number = row.number;
        let paid = PaidInvoice { invoice: row, payment: payment.clone(), credited, lot };
        books.paid.insert(number, paid);
    }
    Ok(())
}

impl Books {
    /// Puts a lot beside those that were loaded: one that is used up is no longer among them.
    fn recall(&mut self, row: token_grant::Model) -> Result<GrantId, Error> {
        let lot = grant_of(&row)?;
        self.wallet.recall(lot);
        self.origin.grants.entry(row.id.clone()).or_insert(row);
        Ok(lot.id)
    }
}

/// Accounts that are not closed; members and live invitations: what a smaller plan has to have room for. 5.23.
async fn in_use(
    connection: &impl ConnectionTrait,
    paying: &[(CustomerId, &Paying)],
    at: Timestamp,
    books: &mut HashMap<CustomerId, Books>,
) -> Result<(), Error> {
    let owners = owners(paying);
    let mut ask = Questions::on(connection);
    let (of, open) = ([account::Column::CustomerId], "AND t.status <> 'closed'");
    let accounts = ask.count::<account::Entity>(&of, keys_of(&owners), open);
    let members = ask.count::<member::Entity>(&[member::Column::CustomerId], keys_of(&owners), "");
    let (of, live) = (
        [invitation::Column::CustomerId],
        "AND t.ended_at IS NULL AND t.expires_at > CAST(k.value->>1 AS BIGINT)",
    );
    let keys = owners.iter().map(|customer| vec![json!(customer), json!(at.micros())]);
    let invited = ask.count::<invitation::Entity>(&of, keys, live);
    let mut answers = ask.send(connection).await?;
    let (accounts, members) = (answers.counts(accounts)?, answers.counts(members)?);
    let invited = answers.counts(invited)?;
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
