//! The tables of somebody's copy. Each names its columns: what is not named here, such as a hash, a token or the secret of
//! a second factor, does not leave.

use super::archive::{ArchiveTable, written};
use crate::{
    Error,
    db::entity::{
        account_access, api_key, contact, customer, invitation, letter_choice, member, person, production,
        seat_request, second_factor, session,
    },
};
use sea_orm::{ColumnTrait, DatabaseConnection as Database, EntityTrait, QueryFilter, QueryOrder};
use std::collections::HashMap;

type Table = Result<ArchiveTable, Error>;

/// The names of customers.
async fn customers(read: &Database, ids: Vec<String>) -> Result<HashMap<String, String>, Error> {
    let rows = customer::Entity::find().filter(customer::Column::Id.is_in(ids)).all(read).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}

pub(super) async fn profile(read: &Database, person: &str) -> Table {
    let row = person::Entity::find_by_id(person).one(read).await?.ok_or(Error::NotFound("person"))?;
    let factor = second_factor::Entity::find_by_id(person).one(read).await?;
    let since = factor.and_then(|row| row.confirmed_at).and_then(written);
    Ok(ArchiveTable {
        name: "profile",
        holds: "who you are here. Of your password there is a hash alone, which is not part of this copy.",
        columns: vec!["id", "name", "email", "since", "role_at_jarai", "second_factor_since"],
        rows: vec![vec![
            Some(row.id),
            Some(row.name),
            Some(row.email),
            written(row.created_at),
            row.staff_role,
            since,
        ]],
    })
}

pub(super) async fn memberships(read: &Database, person: &str) -> Table {
    let rows = member::Entity::find().filter(member::Column::PersonId.eq(person)).all(read).await?;
    let reached =
        account_access::Entity::find().filter(account_access::Column::PersonId.eq(person)).all(read).await?;
    let names = customers(read, rows.iter().map(|row| row.customer_id.clone()).collect()).await?;
    let row = |row: member::Model| {
        let accounts = reached.iter().filter(|one| one.customer_id == row.customer_id);
        let accounts: Vec<&str> = accounts.map(|one| one.account_id.as_str()).collect();
        let name = names.get(&row.customer_id).cloned();
        vec![
            Some(row.customer_id),
            name,
            Some(row.role),
            written(row.created_at),
            row.cap_tokens.map(|cap| cap.to_string()),
            Some(accounts.join(" ")).filter(|accounts| !accounts.is_empty()),
        ]
    };
    Ok(ArchiveTable {
        name: "memberships",
        holds: "the customers whose team you belong to, your role there, your cap and the accounts assigned to you.",
        columns: vec!["customer", "customer_name", "role", "since", "cap_tokens", "accounts"],
        rows: rows.into_iter().map(row).collect(),
    })
}

pub(super) async fn devices(read: &Database, person: &str) -> Table {
    let rows = session::Entity::find()
        .filter(session::Column::PersonId.eq(person))
        .order_by_asc(session::Column::BeganAt)
        .all(read)
        .await?;
    let row = |row: session::Model| {
        vec![
            row.device,
            row.address,
            row.began_at.and_then(written),
            row.seen_at.and_then(written),
            row.ends_at.and_then(written),
        ]
    };
    Ok(ArchiveTable {
        name: "devices",
        holds: "where you are signed in, from which address, since when, and when that ends at the latest.",
        columns: vec!["device", "address", "signed_in_at", "seen_at", "ends_at"],
        rows: rows.into_iter().map(row).collect(),
    })
}

pub(super) async fn invitations_made(read: &Database, person: &str) -> Table {
    let rows = invitation::Entity::find()
        .filter(invitation::Column::InvitedBy.eq(person))
        .order_by_asc(invitation::Column::Id)
        .all(read)
        .await?;
    invitations("invitations_made", "whom you have invited to a team, and what became of it.", read, rows)
        .await
}

pub(super) async fn invitations_received(read: &Database, email: &str) -> Table {
    let rows = invitation::Entity::find()
        .filter(invitation::Column::Email.eq(email))
        .order_by_asc(invitation::Column::Id)
        .all(read)
        .await?;
    invitations("invitations_received", "to which teams your address was invited.", read, rows).await
}

async fn invitations(
    name: &'static str,
    holds: &'static str,
    read: &Database,
    rows: Vec<invitation::Model>,
) -> Table {
    let names = customers(read, rows.iter().map(|row| row.customer_id.clone()).collect()).await?;
    let row = |row: invitation::Model| {
        vec![
            names.get(&row.customer_id).cloned(),
            Some(row.email),
            Some(row.role),
            written(row.invited_at),
            written(row.expires_at),
            row.ended_at.and_then(written),
            row.outcome,
        ]
    };
    Ok(ArchiveTable {
        name,
        holds,
        columns: vec!["customer_name", "email", "role", "sent_at", "works_until", "ended_at", "outcome"],
        rows: rows.into_iter().map(row).collect(),
    })
}

pub(super) async fn contacts(read: &Database, email: &str) -> Table {
    let rows = contact::Entity::find()
        .filter(contact::Column::Email.eq(email))
        .order_by_asc(contact::Column::Id)
        .all(read)
        .await?;
    let names = customers(read, rows.iter().map(|row| row.customer_id.clone()).collect()).await?;
    let row = |row: contact::Model| {
        vec![
            names.get(&row.customer_id).cloned(),
            Some(row.first_name),
            Some(row.last_name),
            Some(row.email),
            row.phone,
            row.job,
            written(row.created_at),
            row.inactive_since.and_then(written),
        ]
    };
    Ok(ArchiveTable {
        name: "contacts",
        holds: "which customers have you among their contacts, and what is written there.",
        columns: vec![
            "customer_name",
            "first_name",
            "last_name",
            "email",
            "phone",
            "job",
            "since",
            "inactive_since",
        ],
        rows: rows.into_iter().map(row).collect(),
    })
}

pub(super) async fn keys_made(read: &Database, person: &str) -> Table {
    let rows = api_key::Entity::find()
        .filter(api_key::Column::MadeBy.eq(person))
        .order_by_asc(api_key::Column::Id)
        .all(read)
        .await?;
    let row = |row: api_key::Model| {
        vec![
            Some(row.id),
            Some(row.customer_id),
            Some(row.name),
            written(row.created_at),
            row.revoked_at.and_then(written),
        ]
    };
    Ok(ArchiveTable {
        name: "keys_made",
        holds: "keys of pipelines that you have made. The keys themselves are kept nowhere.",
        columns: vec!["key", "customer", "name", "made_at", "revoked_at"],
        rows: rows.into_iter().map(row).collect(),
    })
}

pub(super) async fn productions(read: &Database, person: &str) -> Table {
    let rows = production::Entity::find()
        .filter(production::Column::MemberId.eq(person))
        .order_by_asc(production::Column::Id)
        .all(read)
        .await?;
    let row = |row: production::Model| {
        vec![
            Some(row.name),
            Some(row.title),
            Some(row.customer_id),
            Some(row.account_id),
            written(row.admitted_at),
        ]
    };
    Ok(ArchiveTable {
        name: "productions",
        holds: "productions that were started in your name.",
        columns: vec!["production", "title", "customer", "account", "admitted_at"],
        rows: rows.into_iter().map(row).collect(),
    })
}

pub(super) async fn seat_requests(read: &Database, person: &str) -> Table {
    let rows = seat_request::Entity::find()
        .filter(seat_request::Column::PersonId.eq(person))
        .order_by_asc(seat_request::Column::Id)
        .all(read)
        .await?;
    let row = |row: seat_request::Model| {
        vec![
            Some(row.title),
            Some(row.reason),
            Some(row.needed_tokens.to_string()),
            row.words,
            written(row.asked_at),
            row.answered_at.and_then(written),
            row.answer,
        ]
    };
    Ok(ArchiveTable {
        name: "seat_requests",
        holds: "when you have asked for more tokens, and how it was answered.",
        columns: vec!["production", "reason", "needed_tokens", "words", "asked_at", "answered_at", "answer"],
        rows: rows.into_iter().map(row).collect(),
    })
}

pub(super) async fn letter_choices(read: &Database, person: &str) -> Table {
    let rows =
        letter_choice::Entity::find().filter(letter_choice::Column::PersonId.eq(person)).all(read).await?;
    Ok(ArchiveTable {
        name: "letter_choices",
        holds: "kinds of letters that you do not want.",
        columns: vec!["kind", "off_since"],
        rows: rows.into_iter().map(|row| vec![Some(row.kind), written(row.off_at)]).collect(),
    })
}
