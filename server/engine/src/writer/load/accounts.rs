//! Who is named: accounts, how many productions they run, keys, members and their caps.

use super::{All, Put, book_of};
use crate::{
    Error,
    db::{
        entity::{account, api_key, member, person, token_hold},
        from_word,
        rows::{Answers, Questions},
        team::seat_limit_of,
    },
    writer::{
        Touch,
        facts::{Account, Running, Seat},
    },
};
use billing::{
    id::{AccountId, CustomerId},
    time::Timestamp,
};
use serde_json::json;
use std::collections::{BTreeSet, HashMap};

/// Accounts that are named, and keys.
pub(super) fn accounts(ask: &mut Questions, touches: &[Touch]) -> impl Put + use<> {
    let named: BTreeSet<(CustomerId, AccountId)> =
        touches.iter().filter_map(|touch| Some((touch.customer, touch.account?))).collect();
    let keys = named.iter().map(|(customer, account)| vec![json!(customer), json!(account)]);
    let columns = [account::Column::CustomerId, account::Column::Id];
    let accounts = ask.rows::<account::Entity>(&columns, keys, "");
    let named: BTreeSet<[String; 2]> = touches
        .iter()
        .filter_map(|touch| Some([touch.customer.to_string(), touch.key?.to_string()]))
        .collect();
    let keys = named.iter().map(|key| key.iter().map(|part| json!(part)).collect());
    let columns = [api_key::Column::CustomerId, api_key::Column::Id];
    let keys = ask.rows::<api_key::Entity>(&columns, keys, "");
    move |answers: &mut Answers, books: &mut All| {
        for row in answers.take(accounts)? {
            let status = from_word("account", &row.id, &row.status)?;
            let id = row.id.parse().map_err(|error| Error::corrupt("account", &row.id, error))?;
            let account = Account { name: row.name, status, concurrency: row.concurrency };
            book_of(books, &row.customer_id)?.accounts.insert(id, account);
        }
        for row in answers.take(keys)? {
            let id = row.id.parse().map_err(|error| Error::corrupt("api_key", &row.id, error))?;
            book_of(books, &row.customer_id)?.keys.insert(id, row.name);
        }
        Ok(())
    }
}

/// Members that are named, and their caps.
pub(super) fn seats(ask: &mut Questions, touches: &[Touch]) -> impl Put + use<> {
    let named: BTreeSet<[String; 2]> = touches
        .iter()
        .filter_map(|touch| Some([touch.customer.to_string(), touch.member?.to_string()]))
        .collect();
    let keys = named.iter().map(|key| key.iter().map(|part| json!(part)).collect());
    let columns = [member::Column::CustomerId, member::Column::PersonId];
    let members = ask.rows::<member::Entity>(&columns, keys, "");
    let people: BTreeSet<&String> = named.iter().map(|[_, person]| person).collect();
    let people = people.into_iter().map(|person| vec![json!(person)]);
    let people = ask.rows::<person::Entity>(&[person::Column::Id], people, "");
    move |answers: &mut Answers, books: &mut All| {
        let people = answers.take(people)?;
        let known: HashMap<String, String> = people.into_iter().map(|row| (row.id, row.name)).collect();
        for row in answers.take(members)? {
            let bad = |what: String| Error::corrupt("member", &row.person_id, what);
            let limit = seat_limit_of(&row)?;
            let name = known.get(&row.person_id).cloned().ok_or_else(|| bad("is nobody".to_owned()))?;
            let id = row.person_id.parse().map_err(|error| bad(format!("{error}")))?;
            book_of(books, &row.customer_id)?.seats.insert(id, Seat { name, limit });
        }
        Ok(())
    }
}

/// How many productions run in each account that asks the gate and of which it is not known. What has lapsed no longer runs,
/// whether the sweep has come by or not.
pub(super) fn running(
    ask: &mut Questions,
    touches: &[Touch],
    at: Timestamp,
    known: &All,
) -> impl Put + use<> {
    let is_known = |(customer, account): &(CustomerId, AccountId)| {
        known.get(customer).is_some_and(|books| books.running.contains_key(account))
    };
    let asking: BTreeSet<(CustomerId, AccountId)> = touches
        .iter()
        .filter(|touch| touch.asks_gate)
        .filter_map(|touch| Some((touch.customer, touch.account?)))
        .filter(|asking| !is_known(asking))
        .collect();
    let keys =
        asking.iter().map(|(customer, account)| vec![json!(customer), json!(account), json!(at.micros())]);
    let columns = [token_hold::Column::CustomerId, token_hold::Column::AccountId];
    let runs = "AND t.ended_at IS NULL AND t.expires_at > CAST(k.value->>2 AS BIGINT)";
    let holds = ask.rows::<token_hold::Entity>(&columns, keys, runs);
    move |answers: &mut Answers, books: &mut All| {
        for (customer, account) in asking {
            if let Some(books) = books.get_mut(&customer) {
                books.running.insert(account, Running::default());
            }
        }
        for row in answers.take(holds)? {
            let bad = |what: String| Error::corrupt("token_hold", &row.id, what);
            let lapses_at = Timestamp::from_micros(row.expires_at).map_err(|error| bad(error.to_string()))?;
            let account = row.account_id.parse().map_err(|error| bad(format!("{error}")))?;
            let running = book_of(books, &row.customer_id)?.running.entry(account).or_default();
            running.count += 1;
            running.lapse_at(lapses_at);
        }
        Ok(())
    }
}
