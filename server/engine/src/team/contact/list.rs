//! The contacts of a customer, with the members who have not been written down yet.

use super::{Contact, details_of, switch::Rests};
use crate::{
    Engine, Error,
    db::{
        entity::{contact, main_contact, member, person},
        from_json, from_word,
    },
};
use billing::{
    id::{CustomerId, IdError},
    team::ContactDetails,
    time::Timestamp,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use std::collections::BTreeSet;

impl Engine {
    /// The contacts of a customer by name, with the members who have not been written down yet.
    pub(crate) async fn contacts(&self, customer: CustomerId) -> Result<Vec<Contact>, Error> {
        let (read, owner) = (&self.shared.pools.read, customer.to_string());
        let rows = contact::Entity::find()
            .filter(contact::Column::CustomerId.eq(&owner))
            .order_by_asc(contact::Column::Id)
            .all(read)
            .await?;
        let mains = main_contact::Entity::find()
            .filter(main_contact::Column::CustomerId.eq(&owner))
            .all(read)
            .await?;
        let members = member::Entity::find().filter(member::Column::CustomerId.eq(&owner)).all(read).await?;
        let people = person::Entity::find()
            .filter(person::Column::Id.is_in(members.iter().map(|row| &row.person_id)))
            .all(read)
            .await?;
        let signs_in = |of: &person::Model| {
            let row = members.iter().find(|row| row.person_id == of.id);
            let row = row.ok_or_else(|| Error::corrupt("person", &of.id, "is no member"))?;
            let id = of.id.parse().map_err(|error| Error::corrupt("person", &of.id, error))?;
            Ok::<_, Error>((id, from_word("member", &of.id, &row.role)?))
        };
        let mut all = Vec::new();
        for row in &rows {
            let bad = |what: &dyn std::fmt::Display| Error::corrupt("contact", &row.id, what.to_string());
            let rests: Option<Rests> =
                row.rests.as_deref().map(|json| from_json("contact", &row.id, json)).transpose()?;
            let own = mains.iter().filter(|main| main.contact_id == row.id);
            all.push(Contact {
                id: Some(row.id.parse().map_err(|error: IdError| bad(&error))?),
                details: details_of(row),
                inactive_since: row
                    .inactive_since
                    .map(Timestamp::from_micros)
                    .transpose()
                    .map_err(|error| bad(&error))?,
                member: people.iter().find(|of| of.email == row.email).map(signs_in).transpose()?,
                rests_as: rests.map(|was| was.role),
                main_of: own
                    .map(|main| main.account_id.parse())
                    .collect::<Result<_, _>>()
                    .map_err(|error: IdError| bad(&error))?,
            });
        }
        for of in people.iter().filter(|of| !rows.iter().any(|row| row.email == of.email)) {
            all.push(Contact {
                id: None,
                details: ContactDetails::of_name(&of.name, &of.email),
                inactive_since: None,
                member: Some(signs_in(of)?),
                rests_as: None,
                main_of: BTreeSet::new(),
            });
        }
        all.sort_by_key(|one| (one.inactive_since.is_some(), one.details.name().to_lowercase()));
        Ok(all)
    }
}
