//! Who reaches what, for the platform's administrators: operators and accounts, people and customers. H4.

use super::Member;
use crate::{
    Engine, Error,
    db::{
        entity::{account, account_access, customer, member, person},
        from_word,
    },
};
use billing::{
    id::{AccountId, CustomerId, PersonId},
    team::{Permission, Role},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Memberships that a page lists; narrowing it to a customer shows the rest.
const LISTED: u64 = 500;

/// An operator, and which accounts of a customer they reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperatorAccess {
    /// Whose accounts.
    pub customer: CustomerId,
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// Their email address.
    pub email: String,
    /// What they reach.
    pub accounts: BTreeSet<AccountId>,
}

/// Somebody, and which customers they reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerAccess {
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// Their email address.
    pub email: String,
    /// What they reach, and as what.
    pub customers: BTreeMap<CustomerId, Role>,
}

/// The assignments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignments {
    /// Every customer, by name.
    pub customers: Vec<(CustomerId, String)>,
    /// The accounts of the customers that have operators, by name.
    pub accounts: Vec<(CustomerId, AccountId, String)>,
    /// Operators, by customer and name.
    pub operators: Vec<OperatorAccess>,
    /// People who are members somewhere, by name.
    pub people: Vec<CustomerAccess>,
}

impl Engine {
    /// The assignments; of one customer's people alone, where it is named.
    pub async fn assignments(&self, by: &Member, of: Option<CustomerId>) -> Result<Assignments, Error> {
        by.require(Permission::RunPlatform)?;
        let read = &self.shared.pools.read;
        let customers = customer::Entity::find().order_by_asc(customer::Column::Name).all(read).await?;
        let mut found = member::Entity::find().order_by_asc(member::Column::CreatedAt).limit(LISTED);
        if let Some(of) = of {
            found = found.filter(member::Column::CustomerId.eq(of.to_string()));
        }
        let members = found.all(read).await?;
        let rows = person::Entity::find()
            .filter(person::Column::Id.is_in(members.iter().map(|row| &row.person_id)))
            .filter(person::Column::StaffRole.is_null())
            .order_by_asc(person::Column::Name)
            .order_by_asc(person::Column::Id)
            .all(read)
            .await?;
        // Everything that these people reach, also beyond the customer that was asked for.
        let whole = member::Entity::find()
            .filter(member::Column::PersonId.is_in(rows.iter().map(|row| &row.id)))
            .all(read)
            .await?;
        let mut people = Vec::new();
        for row in &rows {
            let own = whole.iter().filter(|one| one.person_id == row.id);
            let reached = own.map(|one| Ok((customer_id(one)?, role_of(one)?)));
            people.push(CustomerAccess {
                person: person_id(&row.id)?,
                name: row.name.clone(),
                email: row.email.clone(),
                customers: reached.collect::<Result<_, Error>>()?,
            });
        }
        let operators = self.operators(&members, &people).await?;
        let owners: BTreeSet<String> = operators.iter().map(|one| one.customer.to_string()).collect();
        let accounts = account::Entity::find()
            .filter(account::Column::CustomerId.is_in(owners))
            .order_by_asc(account::Column::Name)
            .all(read)
            .await?;
        let named = |row: &customer::Model| Ok((parsed("customer", &row.id)?, row.name.clone()));
        let account = |row: &account::Model| {
            Ok((parsed("customer", &row.customer_id)?, parsed("account", &row.id)?, row.name.clone()))
        };
        let customers = customers.iter().map(named).collect::<Result<Vec<_>, Error>>()?;
        let place: HashMap<CustomerId, usize> =
            customers.iter().enumerate().map(|(place, (id, _))| (*id, place)).collect();
        let mut operators = operators;
        operators.sort_by(|one, two| {
            (place.get(&one.customer), &one.name).cmp(&(place.get(&two.customer), &two.name))
        });
        Ok(Assignments {
            customers,
            accounts: accounts.iter().map(account).collect::<Result<_, Error>>()?,
            operators,
            people,
        })
    }

    async fn operators(
        &self,
        members: &[member::Model],
        people: &[CustomerAccess],
    ) -> Result<Vec<OperatorAccess>, Error> {
        let operators: Vec<&member::Model> = members
            .iter()
            .filter(|row| role_of(row).is_ok_and(|role| role == Role::AccountOperator))
            .collect();
        let reached = account_access::Entity::find()
            .filter(account_access::Column::PersonId.is_in(operators.iter().map(|row| &row.person_id)))
            .all(&self.shared.pools.read)
            .await?;
        let mut all = Vec::new();
        for row in operators {
            let id = person_id(&row.person_id)?;
            let Some(known) = people.iter().find(|one| one.person == id) else { continue };
            let own = reached
                .iter()
                .filter(|one| one.person_id == row.person_id && one.customer_id == row.customer_id);
            all.push(OperatorAccess {
                customer: customer_id(row)?,
                person: id,
                name: known.name.clone(),
                email: known.email.clone(),
                accounts: own.map(|one| parsed("account", &one.account_id)).collect::<Result<_, _>>()?,
            });
        }
        Ok(all)
    }
}

fn parsed<T: std::str::FromStr<Err: ToString>>(table: &'static str, id: &str) -> Result<T, Error> {
    id.parse().map_err(|error: T::Err| Error::corrupt(table, id, error.to_string()))
}

fn person_id(id: &str) -> Result<PersonId, Error> {
    parsed("person", id)
}

fn customer_id(row: &member::Model) -> Result<CustomerId, Error> {
    parsed("customer", &row.customer_id)
}

fn role_of(row: &member::Model) -> Result<Role, Error> {
    from_word("member", &row.person_id, &row.role)
}
