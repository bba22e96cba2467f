//! What is bought without asking, in a customer's books: how its newest agreement stands, and the purchase in flight. Most
//! customers have neither, and are asked for nothing more. U5, I-35.

use super::Books;
use crate::{
    Error,
    db::{
        entity::{auto_top_up, member, person, top_up_agreement, top_up_agreement_end, top_up_purchase},
        rows,
    },
};
use billing::id::CustomerId;
use sea_orm::{ConnectionTrait, DatabaseTransaction};
use serde_json::{Value as Json, json};
use std::collections::{BTreeSet, HashMap};

/// The part of a customer's books.
#[derive(Clone, Debug, Default)]
pub(crate) struct Automatic {
    /// How the newest agreement stands; none where nothing was ever agreed.
    pub(crate) standing: Option<auto_top_up::Model>,
    /// The agreement.
    pub(crate) agreement: Option<top_up_agreement::Model>,
    /// The address of whoever has agreed, while they belong to the customer.
    pub(crate) owner: Option<String>,
    /// The purchase in flight, and those that this group has made or ended.
    pub(crate) purchases: HashMap<String, top_up_purchase::Model>,
}

/// Loads the rest of it for the customers for whom something was agreed.
pub(super) async fn load(
    connection: &impl ConnectionTrait,
    standing: Vec<auto_top_up::Model>,
    books: &mut HashMap<CustomerId, Books>,
) -> Result<(), Error> {
    if standing.is_empty() {
        return Ok(());
    }
    let of = standing.iter().map(|row| vec![json!(row.customer_id), json!(row.agreement_id)]);
    let key = [top_up_agreement::Column::CustomerId, top_up_agreement::Column::Id];
    let agreements = rows::load::<top_up_agreement::Entity>(connection, &key, of, "").await?;
    let of = agreements.iter().map(|row| vec![json!(row.customer_id), json!(row.agreed_by)]);
    let key = [member::Column::CustomerId, member::Column::PersonId];
    let members = rows::load::<member::Entity>(connection, &key, of, "").await?;
    let people: BTreeSet<&String> = members.iter().map(|row| &row.person_id).collect();
    let people: Vec<Vec<Json>> = people.into_iter().map(|id| vec![json!(id)]).collect();
    let people = rows::load::<person::Entity>(connection, &[person::Column::Id], people, "").await?;
    let owners = standing.iter().map(|row| vec![json!(row.customer_id)]);
    let (owner, in_flight) = ([top_up_purchase::Column::CustomerId], "AND t.ended_at IS NULL");
    let purchases = rows::load::<top_up_purchase::Entity>(connection, &owner, owners, in_flight).await?;
    for row in standing {
        let agreement = agreements.iter().find(|known| known.customer_id == row.customer_id).cloned();
        let owner = agreement.as_ref().and_then(|agreed| {
            let belongs = |one: &&member::Model| {
                (&one.customer_id, &one.person_id) == (&agreed.customer_id, &agreed.agreed_by)
            };
            let member = members.iter().find(belongs)?;
            people.iter().find(|person| person.id == member.person_id).map(|person| person.email.clone())
        });
        let of = purchases.iter().filter(|purchase| purchase.customer_id == row.customer_id);
        let purchases = of.map(|purchase| (purchase.id.clone(), purchase.clone())).collect();
        let id = row.customer_id.parse();
        let id = id.map_err(|error| Error::corrupt("auto_top_up", &row.customer_id, error))?;
        if let Some(books) = books.get_mut(&id) {
            books.automatic = Automatic { standing: Some(row), agreement, owner, purchases };
            books.origin.automatic = books.automatic.clone();
        }
    }
    Ok(())
}

impl Automatic {
    /// Whether anything has become of it that [`save`] would write.
    pub(super) fn is_as(&self, before: &Self) -> bool {
        self.standing == before.standing && self.purchases == before.purchases
    }
}

/// Writes what has become of it; after the orders that purchases refer to.
pub(super) async fn save<'a>(
    transaction: &DatabaseTransaction,
    books: impl Iterator<Item = &'a Books>,
) -> Result<(), Error> {
    let (mut agreements, mut ends, mut standings) = (Vec::new(), Vec::new(), Vec::new());
    let mut purchases = Vec::new();
    for books in books {
        agreements.extend_from_slice(&books.journal.agreements);
        ends.extend_from_slice(&books.journal.agreement_ends);
        let (now, before) = (&books.automatic, &books.origin.automatic);
        if now.standing != before.standing {
            standings.extend(now.standing.clone());
        }
        let changed =
            now.purchases.iter().filter(|(id, purchase)| before.purchases.get(*id) != Some(purchase));
        purchases.extend(changed.map(|(_, purchase)| purchase.clone()));
    }
    // What has ended makes room for what begins: one is in flight at a time.
    let (ended, begun): (Vec<_>, Vec<_>) = purchases.into_iter().partition(|one| one.ended_at.is_some());
    rows::insert::<top_up_agreement::Entity>(transaction, &agreements).await?;
    rows::insert::<top_up_agreement_end::Entity>(transaction, &ends).await?;
    rows::upsert::<auto_top_up::Entity>(transaction, &standings).await?;
    rows::upsert::<top_up_purchase::Entity>(transaction, &ended).await?;
    rows::upsert::<top_up_purchase::Entity>(transaction, &begun).await
}
