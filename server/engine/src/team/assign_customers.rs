//! Operator assignments, *customer access*: which customers somebody reaches, in one transaction over all of them. H4, I-44.

use super::{
    Member,
    terms::Because,
    turn::{Kept, Turn},
};
use crate::{
    Engine, Error,
    audit::Note,
    db::{
        begin_write,
        entity::{customer, member, person},
        from_word, to_word,
    },
    writer::{Shared, lock_wallet},
};
use billing::{
    audit::{Actor, AuditAct},
    id::{CustomerId, PersonId},
    team::{Permission, Role},
    tier::PriceBook,
};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Which customers somebody is to reach, made on what was shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerTicks {
    /// What they reached, and as what, when the form was made.
    pub shown: BTreeMap<CustomerId, Role>,
    /// Which of these stay.
    pub keep: BTreeSet<CustomerId>,
    /// One that comes to them, and as what.
    pub add: Option<(CustomerId, Role)>,
}

/// Which customers somebody reaches, in one transaction over all that it concerns.
struct AssignCustomers {
    by: Member,
    person: PersonId,
    ticks: CustomerTicks,
    book: PriceBook,
}

impl AssignCustomers {
    async fn act(&self, shared: &Shared, transaction: &DatabaseTransaction) -> Kept<()> {
        let at = shared.clock.now();
        let turn = |customer| Turn { shared, transaction, at, customer };
        let subject = self.person.to_string();
        if !turn(self.by.customer).runs_platform(&self.by).await? {
            self.refuse(shared, transaction, "They no longer run the platform.").await?;
            return Ok(Err(Error::Forbidden));
        }
        let of = person::Entity::find_by_id(&subject).one(transaction).await?;
        let of = of.filter(|row| row.staff_role.is_none()).ok_or(Error::NotFound("person"))?;
        let rows =
            member::Entity::find().filter(member::Column::PersonId.eq(&subject)).all(transaction).await?;
        let now = reached(&rows)?;
        let wanted = self.wanted(&now);
        if now == wanted {
            return Ok(Ok(())); // sent twice
        }
        if now != self.ticks.shown {
            let is = names_of(&now, transaction).await?;
            let why = format!("It had been changed to {is} meanwhile.");
            self.refuse(shared, transaction, &why).await?;
            return Ok(Err(Error::Changed { now: is }));
        }
        let (gone, stay): (Vec<_>, Vec<_>) =
            rows.into_iter().partition(|row| !wanted.keys().any(|id| id.to_string() == row.customer_id));
        let id = |row: &member::Model| {
            row.customer_id.parse().map_err(|error| Error::corrupt("member", &row.customer_id, error))
        };
        for row in &gone {
            let left = turn(id(row)?).leaves_an_administrator(&self.by, row, Role::CustomerViewer).await?;
            if let Err(refused) = left {
                return Ok(Err(refused));
            }
        }
        let because = Because { by: Actor::Person(self.by.person), reason: "", reverts: None };
        for row in gone {
            turn(id(&row)?).take_out(row, &because).await?;
        }
        if let Some((customer, role)) = self.ticks.add
            && !stay.iter().any(|row| row.customer_id == customer.to_string())
        {
            self.add(&turn(customer), &of, role, &because).await?;
        }
        Ok(Ok(()))
    }

    /// Notes the refusal: of no customer, since it names several.
    async fn refuse(
        &self,
        shared: &Shared,
        transaction: &DatabaseTransaction,
        why: &str,
    ) -> Result<(), Error> {
        let by = Actor::Person(self.by.person);
        shared.note(transaction, &Note::beside(by, AuditAct::ChangeRefused, self.person).because(why)).await
    }

    /// What they reach afterwards.
    fn wanted(&self, now: &BTreeMap<CustomerId, Role>) -> BTreeMap<CustomerId, Role> {
        let kept = self.ticks.shown.iter().filter(|(id, _)| self.ticks.keep.contains(id));
        let mut wanted: BTreeMap<_, _> = kept.map(|(id, role)| (*id, *role)).collect();
        if let Some((id, role)) = self.ticks.add {
            // Who is there already stays what they are.
            wanted.entry(id).or_insert_with(|| now.get(&id).copied().unwrap_or(role));
        }
        wanted
    }

    async fn add(
        &self,
        turn: &Turn<'_>,
        of: &person::Model,
        role: Role,
        because: &Because<'_>,
    ) -> Result<(), Error> {
        customer::Entity::find_by_id(turn.customer.to_string())
            .one(turn.transaction)
            .await?
            .ok_or(Error::NotFound("customer"))?;
        if turn.is_inactive(&of.email).await? {
            let message =
                "They are an inactive contact of that customer. Make them active on its page first.";
            return Err(Error::Invalid { field: "add".to_owned(), message: message.to_owned() });
        }
        turn.seats(&self.book).await?.take_one()?;
        let row = member::Model {
            customer_id: turn.customer.to_string(),
            person_id: of.id.clone(),
            role: to_word(&role)?,
            created_at: turn.at.micros(),
            cap_tokens: None,
            override_tokens: None,
            override_until: None,
        };
        let note = because.note(turn, AuditAct::MemberAdded, &of.id).with("role", &row.role);
        turn.put_in(row, &BTreeSet::new()).await?;
        turn.note(&note).await
    }
}

/// What somebody reaches, by their rows.
fn reached(rows: &[member::Model]) -> Result<BTreeMap<CustomerId, Role>, Error> {
    let one = |row: &member::Model| {
        let id =
            row.customer_id.parse().map_err(|error| Error::corrupt("member", &row.customer_id, error))?;
        Ok((id, from_word("member", &row.person_id, &row.role)?))
    };
    rows.iter().map(one).collect()
}

/// Customers by their names.
async fn names_of(
    reached: &BTreeMap<CustomerId, Role>,
    transaction: &DatabaseTransaction,
) -> Result<String, Error> {
    let rows = customer::Entity::find()
        .filter(customer::Column::Id.is_in(reached.keys().map(ToString::to_string)))
        .order_by_asc(customer::Column::Name)
        .all(transaction)
        .await?;
    let names: Vec<String> = rows.into_iter().map(|row| row.name).collect();
    Ok(if names.is_empty() { "no customer".to_owned() } else { names.join(", ") })
}

impl Engine {
    /// H4, *customer access*: which customers somebody reaches, made on what was shown. Who is taken from a customer is a
    /// removed member there, at once; who comes to one takes a seat. All of it, or nothing.
    pub async fn assign_customers(
        &self,
        by: &Member,
        person: PersonId,
        ticks: CustomerTicks,
    ) -> Result<(), Error> {
        by.require(Permission::RunPlatform)?;
        if ticks.add.is_some_and(|(_, role)| !Role::GIVEN.contains(&role)) {
            let message = "Choose one of the three roles.".to_owned();
            return Err(Error::Invalid { field: "role".to_owned(), message });
        }
        let (shared, book) = (Arc::clone(&self.shared), self.price_book().await?);
        let act = AssignCustomers { by: by.clone(), person, ticks, book };
        let task = tokio::spawn(async move {
            let transaction = begin_write(&shared.pools.side).await?;
            let touched: BTreeSet<CustomerId> =
                act.ticks.shown.keys().copied().chain(act.ticks.add.map(|(id, _)| id)).collect();
            // In the order in which the writer locks them.
            for customer in touched {
                lock_wallet(&transaction, &customer.to_string()).await?;
            }
            let answer = act.act(&shared, &transaction).await?;
            transaction.commit().await?;
            answer
        });
        task.await.map_err(|_| Error::Busy)?
    }
}
