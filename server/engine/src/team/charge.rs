//! Who looks after what, and what nobody would look after without them. I-44, Y1.

use super::Member;
use crate::{
    Engine, Error,
    audit::request::leaving,
    db::{
        entity::{customer, invitation, member, person},
        to_word,
    },
    writer::{Shared, lock_wallet},
};
use billing::team::Role;
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter};
use std::collections::BTreeSet;

/// The customers whose teams somebody belongs to, or is invited to by their address.
pub(super) async fn teams_of(
    connection: &impl ConnectionTrait,
    person: &str,
) -> Result<BTreeSet<String>, Error> {
    let Some(row) = person::Entity::find_by_id(person).one(connection).await? else {
        return Ok(BTreeSet::new());
    };
    let members = member::Entity::find().filter(member::Column::PersonId.eq(person)).all(connection).await?;
    let invited = invitation::Entity::find()
        .filter(invitation::Column::Email.eq(&row.email))
        .filter(invitation::Column::EndedAt.is_null())
        .all(connection)
        .await?;
    let members = members.into_iter().map(|row| row.customer_id);
    Ok(members.chain(invited.into_iter().map(|row| row.customer_id)).collect())
}

impl Shared {
    /// Nothing else changes these teams, or is admitted in them, meanwhile: in one order, so that nobody waits in a circle.
    pub(crate) async fn lock_teams_of(
        &self,
        transaction: &DatabaseTransaction,
        person: &str,
    ) -> Result<BTreeSet<String>, Error> {
        let teams = teams_of(transaction, person).await?;
        for customer in &teams {
            lock_wallet(transaction, customer).await?;
        }
        Ok(teams)
    }

    /// The names of what nobody would be left to manage without this person: customers whose only administrator they are,
    /// and the platform. Those who are `leaving` are as good as gone.
    pub(crate) async fn alone_in_charge(
        &self,
        connection: &impl ConnectionTrait,
        person: &person::Model,
        leaving: Option<&[String]>,
    ) -> Result<Vec<String>, Error> {
        let gone: Vec<&str> =
            leaving.unwrap_or_default().iter().map(String::as_str).chain([person.id.as_str()]).collect();
        let administrator = to_word(&Role::CustomerAdministrator)?;
        let of = member::Entity::find()
            .filter(member::Column::PersonId.eq(&person.id))
            .filter(member::Column::Role.eq(&administrator))
            .all(connection)
            .await?;
        let mut alone = Vec::new();
        for row in of {
            let others = member::Entity::find()
                .filter(member::Column::CustomerId.eq(&row.customer_id))
                .filter(member::Column::Role.eq(&administrator))
                .filter(member::Column::PersonId.is_not_in(gone.iter().copied()));
            if others.count(connection).await? == 0 {
                let of = customer::Entity::find_by_id(&row.customer_id).one(connection).await?;
                alone.extend(of.map(|row| row.name));
            }
        }
        let platform = to_word(&Role::PlatformAdministrator)?;
        if person.staff_role.as_ref() == Some(&platform) {
            let others = person::Entity::find()
                .filter(person::Column::StaffRole.eq(platform))
                .filter(person::Column::Id.is_not_in(gone.iter().copied()));
            if others.count(connection).await? == 0 {
                alone.push("the platform".to_owned());
            }
        }
        Ok(alone)
    }
}

impl Engine {
    /// What nobody would be left to manage without them, by name; then their account is not deleted. Y1, I-44.
    pub async fn alone_in_charge(&self, member: &Member) -> Result<Vec<String>, Error> {
        let read = &self.shared.pools.read;
        let person = self.person_by_id(read, &member.person.to_string()).await?;
        let leaving = leaving(read).await?;
        self.shared.alone_in_charge(read, &person, Some(&leaving)).await
    }
}
