//! Whole sets of rows in one statement each, and several of them in one: a group of acts is loaded by two statements and saved
//! by one, whatever its size.
//!
//! The entity is the table's description: columns, key and types come from it, the rows of a set travel as one JSON parameter,
//! and the same code serves both databases.

mod cells;
mod changes;
mod questions;

pub(crate) use changes::{Changes, Guarded};
pub(crate) use questions::{Answers, Asked, Questions};

use crate::Error;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, IdenStatic, Iterable, Statement,
    sea_query::ColumnType,
};
use serde::Serialize;
use serde_json::Value as Json;

/// Adds rows to an append-only table.
pub(crate) async fn insert<E: EntityTrait<Model: Serialize>>(
    connection: &impl ConnectionTrait,
    rows: &[E::Model],
) -> Result<(), Error> {
    let mut changes = Changes::of(connection.get_database_backend());
    changes.insert::<E>(rows);
    changes.write(connection).await
}

/// Brings rows to this state, whether they exist or not; the caller holds the lock that covers them.
pub(crate) async fn upsert<E: EntityTrait<Model: Serialize>>(
    connection: &impl ConnectionTrait,
    rows: &[E::Model],
) -> Result<(), Error> {
    let mut changes = Changes::of(connection.get_database_backend());
    changes.upsert::<E>(rows);
    changes.write(connection).await
}

/// Adds to the figures that are no part of the key, from nothing where there is no row yet; nothing has to be loaded.
pub(crate) async fn add<E: EntityTrait<Model: Serialize>>(
    connection: &impl ConnectionTrait,
    rows: &[E::Model],
) -> Result<(), Error> {
    let mut changes = Changes::of(connection.get_database_backend());
    changes.add::<E>(rows);
    changes.write(connection).await
}

/// The rows whose `columns` equal one of the keys, as far as `condition` (SQL over the alias `t`) holds of them. Rows that
/// are many come faster by this than by [`Questions`].
pub(crate) async fn load<E: EntityTrait>(
    connection: &impl ConnectionTrait,
    columns: &[E::Column],
    keys: impl IntoIterator<Item = Vec<Json>>,
    condition: &str,
) -> Result<Vec<E::Model>, Error> {
    let keys: Vec<Json> = keys.into_iter().map(Json::Array).collect();
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let backend = connection.get_database_backend();
    let text = format!("SELECT {} {}", wanted::<E>(), from::<E>(backend, 1, columns, condition));
    let statement = Statement::from_sql_and_values(backend, text, [Json::Array(keys).to_string().into()]);
    Ok(E::find().from_raw_sql(statement).all(connection).await?)
}

/// All columns, in the entity's order.
fn wanted<E: EntityTrait>() -> String {
    listed(", ", E::Column::iter(), |list, _, column| {
        list.push_str("t.");
        quote(list, &column);
    })
}

/// The rows that equal a key of a parameter. CROSS JOIN fixes the order: from the keys to the table, by its index.
fn from<E: EntityTrait>(
    backend: DbBackend,
    parameter: usize,
    columns: &[E::Column],
    condition: &str,
) -> String {
    let equal = listed(" AND ", columns.iter(), |list, at, column| {
        list.push_str("t.");
        quote(list, column);
        list.push_str(" = ");
        put_cell(list, backend, at, column);
    });
    format!(
        "FROM {} CROSS JOIN \"{}\" t WHERE {equal} {condition}",
        source(backend, parameter),
        E::default().table_name(),
    )
}

/// Where the rows of a parameter come from, as `k.value`. SQLite's parameters are taken in their order.
fn source(backend: DbBackend, parameter: usize) -> String {
    match backend {
        DbBackend::Postgres => format!("jsonb_array_elements(${parameter}::jsonb) AS k(value)"),
        _ => "jsonb_each(?) AS k".to_owned(),
    }
}

/// What `each` writes of every column. All of them go into one text: a group of acts needs hundreds of such parts.
fn listed<C>(
    between: &str,
    columns: impl Iterator<Item = C>,
    each: impl Fn(&mut String, usize, C),
) -> String {
    let mut list = String::with_capacity(1_024);
    for (at, column) in columns.enumerate() {
        list.push_str(if at > 0 { between } else { "" });
        each(&mut list, at, column);
    }
    list
}

/// One cell of `k.value`, as the column's type. SQLite's `->>` gives a JSON number as INTEGER and a string as TEXT; it would make a
/// path of a number for every cell.
fn put_cell(text: &mut String, backend: DbBackend, at: usize, column: &impl ColumnTrait) {
    let (path, kind) = match backend {
        DbBackend::Postgres => (format!("{at}"), if is_whole(column) { "::bigint" } else { "" }),
        _ => (format!("'$[{at}]'"), ""),
    };
    text.extend(["(k.value->>", &path, ")", kind]);
}

/// Entities hold whole numbers and texts only.
fn is_whole(column: &impl ColumnTrait) -> bool {
    matches!(column.def().get_column_type(), ColumnType::BigInteger)
}

fn quote(text: &mut String, column: &impl IdenStatic) {
    text.push('"');
    text.push_str(column.as_str());
    text.push('"');
}
