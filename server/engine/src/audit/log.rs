//! Reading the audit log: JARAI's own staff read all of it, a customer's administrators what concerns their customer. N1.

use super::entry_of;
use crate::{
    Engine, Error,
    db::{
        entity::{account, api_key, audit_entry, contact, customer, member, person},
        to_word,
    },
    team::Member,
};
use billing::{
    audit::{Actor, AuditAct, AuditEntry, Facts},
    id::{AuditId, ContactId, CustomerId, InvitationId, PersonId},
    team::{Permission, Scope},
    time::Timestamp,
};
use chrono::{Days, NaiveDate};
use sea_orm::{
    ColumnTrait, Condition, DatabaseConnection, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use ulid::Ulid;

/// The fields that say who somebody is.
const PERSONAL: [&str; 6] = ["name", "email", "first name", "last name", "phone", "role or job"];

/// What the log is narrowed to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Only of this customer; of all that the reader may see where there is none.
    pub customer: Option<CustomerId>,
    /// Only by this one.
    pub by: Option<Actor>,
    /// Only this act.
    pub act: Option<AuditAct>,
    /// From this UTC day on.
    pub from: Option<NaiveDate>,
    /// Up to this UTC day, which is part of it.
    pub to: Option<NaiveDate>,
    /// Only those before this one: the page after it.
    pub before: Option<AuditId>,
}

/// One entry, with the names of what it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditLine {
    /// What was kept.
    pub entry: AuditEntry,
    /// The name of who has acted; none where it was whoever runs the installation.
    pub by: Option<String>,
    /// Whether that is somebody of JARAI's own.
    pub by_staff: bool,
    /// The name of the customer that it concerns.
    pub customer: Option<String>,
    /// The name of what was acted on, where it has one.
    pub subject: Option<String>,
    /// What differs: a field, what it was, and what it became; ids in it are said by their names.
    pub changes: Vec<(String, Option<String>, Option<String>)>,
    /// The entry that has put it back.
    pub reverted_by: Option<AuditId>,
    /// Whether the reader may put it back.
    pub may_revert: bool,
}

impl Engine {
    /// Up to `limit` entries, newest first.
    pub async fn audit_log(
        &self,
        reader: &Member,
        filter: &AuditFilter,
        limit: u64,
    ) -> Result<Vec<AuditLine>, Error> {
        reader.require(Permission::SeeAudit)?;
        let read = &self.shared.pools.read;
        let mut found = visible(reader)?.order_by_desc(audit_entry::Column::Id).limit(limit);
        if let Some(customer) = filter.customer {
            found = found.filter(audit_entry::Column::CustomerId.eq(customer.to_string()));
        }
        if let Some(act) = filter.act {
            found = found.filter(audit_entry::Column::Act.eq(to_word(&act)?));
        }
        if let Some(by) = filter.by {
            found = found.filter(acted(by));
        }
        // An entry's id begins with its instant, so days are a range of the key.
        if let Some(from) = filter.from {
            found = found.filter(audit_entry::Column::Id.gte(first_of(from)));
        }
        if let Some(next) = filter.to.and_then(|to| to.checked_add_days(Days::new(1))) {
            found = found.filter(audit_entry::Column::Id.lt(first_of(next)));
        }
        if let Some(before) = filter.before {
            found = found.filter(audit_entry::Column::Id.lt(before.to_string()));
        }
        let entries = found.all(read).await?.iter().map(entry_of).collect::<Result<Vec<_>, _>>()?;
        self.with_names(reader, entries).await
    }

    /// One entry that the reader may see.
    pub(super) async fn audit_entry(&self, reader: &Member, entry: AuditId) -> Result<AuditEntry, Error> {
        reader.require(Permission::SeeAudit)?;
        let found = visible(reader)?.filter(audit_entry::Column::Id.eq(entry.to_string()));
        let row = found.one(&self.shared.pools.read).await?.ok_or(Error::NotFound("entry"))?;
        entry_of(&row)
    }

    /// Those who may have acted on the customer that the reader looks at: its members, and JARAI's own.
    pub async fn actors(&self, reader: &Member) -> Result<Vec<(PersonId, String)>, Error> {
        reader.require(Permission::SeeAudit)?;
        let read = &self.shared.pools.read;
        let members = member::Entity::find()
            .filter(member::Column::CustomerId.eq(reader.customer.to_string()))
            .all(read)
            .await?;
        let rows = person::Entity::find()
            .filter(
                Condition::any()
                    .add(person::Column::StaffRole.is_not_null())
                    .add(person::Column::Id.is_in(members.iter().map(|row| &row.person_id))),
            )
            .order_by_asc(person::Column::Name)
            .all(read)
            .await?;
        let named = |row: person::Model| {
            Ok((row.id.parse().map_err(|error| Error::corrupt("person", &row.id, error))?, row.name))
        };
        rows.into_iter().map(named).collect()
    }

    async fn with_names(&self, reader: &Member, entries: Vec<AuditEntry>) -> Result<Vec<AuditLine>, Error> {
        let read = &self.shared.pools.read;
        let ids: BTreeSet<String> = entries
            .iter()
            .flat_map(|entry| {
                let by = match entry.by {
                    Actor::Person(person) => Some(person.to_string()),
                    Actor::Key(key) => Some(key.to_string()),
                    Actor::Operations => None,
                };
                let customer = entry.customer.map(|customer| customer.to_string());
                let known = [by, customer, Some(entry.subject.clone())].into_iter().flatten();
                let values = entry.before.values().chain(entry.after.values());
                known.chain(values.flat_map(|value| value.split(", ")).map(str::to_owned))
            })
            .collect();
        let (names, staff, people) = names(read, &ids).await?;
        let of = |prefix: &str| ids.iter().filter(|id| id.starts_with(prefix)).cloned().collect();
        let beside = (of(InvitationId::PREFIX), of(ContactId::PREFIX));
        let instead = self.said_instead(&people, beside).await?;
        let reverted = audit_entry::Entity::find()
            .filter(audit_entry::Column::Reverts.is_in(entries.iter().map(|entry| entry.id.to_string())))
            .all(read)
            .await?;
        let mut reverted_by = HashMap::new();
        for row in reverted {
            let id: AuditId =
                row.id.parse().map_err(|error| Error::corrupt("audit_entry", &row.id, error))?;
            reverted_by.extend(row.reverts.map(|entry| (entry, id)));
        }
        let line = |entry: AuditEntry| {
            let by = match entry.by {
                Actor::Person(person) => Some(person.to_string()),
                Actor::Key(key) => Some(key.to_string()),
                Actor::Operations => None,
            };
            let put_back = reverted_by.get(&entry.id.to_string()).copied();
            AuditLine {
                by_staff: by.as_ref().is_some_and(|id| staff.contains(id)),
                by: by.map(|id| names.get(&id).cloned().unwrap_or(id)),
                customer: entry.customer.and_then(|id| names.get(&id.to_string()).cloned()),
                subject: names.get(&entry.subject).cloned(),
                changes: changes(&entry, &names, &instead),
                reverted_by: put_back,
                may_revert: put_back.is_none() && super::revert::may_revert(reader, &entry),
                entry,
            }
        };
        Ok(entries.into_iter().map(line).collect())
    }
}

/// What differs, field by field, with names in place of ids. The log is never changed, so of somebody who was forgotten it
/// still has the name and the address; nobody is shown them (Y3).
fn changes(
    entry: &AuditEntry,
    names: &HashMap<String, String>,
    instead: &BTreeMap<String, String>,
) -> Vec<(String, Option<String>, Option<String>)> {
    let said = |field: &String, value: &String| {
        if let Some(other) = instead.get(&entry.subject).filter(|_| PERSONAL.contains(&field.as_str())) {
            return other.clone();
        }
        let parts = value.split(", ").map(|part| names.get(part).map_or(part, String::as_str));
        parts.collect::<Vec<_>>().join(", ")
    };
    let fields: BTreeSet<&String> = entry.before.keys().chain(entry.after.keys()).collect();
    let change = |field: &String| {
        let of = |facts: &Facts| facts.get(field).map(|value| said(field, value));
        (field.clone(), of(&entry.before), of(&entry.after))
    };
    fields.into_iter().map(change).collect()
}

/// What the reader may see, before it is narrowed.
fn visible(reader: &Member) -> Result<sea_orm::Select<audit_entry::Entity>, Error> {
    if reader.may(Permission::RunPlatform, Scope::Platform) {
        return Ok(audit_entry::Entity::find());
    }
    let internal = AuditAct::ALL.iter().filter(|act| act.is_internal()).map(to_word);
    Ok(audit_entry::Entity::find()
        .filter(audit_entry::Column::CustomerId.eq(reader.customer.to_string()))
        .filter(audit_entry::Column::Act.is_not_in(internal.collect::<Result<Vec<_>, _>>()?)))
}

fn acted(by: Actor) -> Condition {
    let of = |kind: &str, id: String| {
        Condition::all().add(audit_entry::Column::ActorKind.eq(kind)).add(audit_entry::Column::ActorId.eq(id))
    };
    match by {
        Actor::Person(person) => of("person", person.to_string()),
        Actor::Key(key) => of("key", key.to_string()),
        Actor::Operations => Condition::all().add(audit_entry::Column::ActorKind.eq("operations")),
    }
}

/// The least id of a day.
fn first_of(day: NaiveDate) -> String {
    AuditId::new(Ulid::from_parts(Timestamp::midnight(day).unsigned_millis(), 0)).to_string()
}

/// The names behind ids, which of them are JARAI's own people, and the people.
async fn names(
    read: &DatabaseConnection,
    ids: &BTreeSet<String>,
) -> Result<(HashMap<String, String>, BTreeSet<String>, Vec<person::Model>), Error> {
    let of = |prefix: &str| ids.iter().filter(|id| id.starts_with(prefix)).cloned().collect::<Vec<_>>();
    let people =
        person::Entity::find().filter(person::Column::Id.is_in(of(PersonId::PREFIX))).all(read).await?;
    let staff = people.iter().filter(|row| row.staff_role.is_some()).map(|row| row.id.clone()).collect();
    let mut names: HashMap<_, _> = people.iter().map(|row| (row.id.clone(), row.name.clone())).collect();
    let customers = customer::Entity::find().filter(customer::Column::Id.is_in(of("cus_"))).all(read).await?;
    names.extend(customers.into_iter().map(|row| (row.id, row.name)));
    let accounts = account::Entity::find().filter(account::Column::Id.is_in(of("acc_"))).all(read).await?;
    names.extend(accounts.into_iter().map(|row| (row.id, row.name)));
    let keys = api_key::Entity::find().filter(api_key::Column::Id.is_in(of("key_"))).all(read).await?;
    names.extend(keys.into_iter().map(|row| (row.id, row.name)));
    let of = of(ContactId::PREFIX);
    let contacts = contact::Entity::find().filter(contact::Column::Id.is_in(of)).all(read).await?;
    let name = |row: &contact::Model| format!("{} {}", row.first_name, row.last_name).trim_end().to_owned();
    names.extend(contacts.into_iter().map(|row| (row.id.clone(), name(&row))));
    Ok((names, staff, people))
}
