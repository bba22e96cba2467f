//! Whole sets of rows in one statement each: a group of acts is loaded and saved by a handful of constant texts.
//!
//! The entity is the table's description: columns, key and types come from it, the rows travel as one JSON parameter, and
//! the same code serves both databases.

use crate::Error;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, IdenStatic, Iterable, ModelTrait,
    PrimaryKeyToColumn, Statement, Value, sea_query::ColumnType,
};
use serde_json::Value as Json;
use std::collections::HashMap;

/// Rows of one statement; a group of acts never has more.
const AT_ONCE: usize = 4_096;

/// Adds rows to an append-only table.
pub(crate) async fn insert<E: EntityTrait>(
    connection: &impl ConnectionTrait,
    rows: &[E::Model],
) -> Result<(), Error>
where
    E::Model: ModelTrait<Entity = E>,
{
    save::<E>(connection, rows, "").await
}

/// Brings rows to this state, whether they exist or not; the caller holds the lock that covers them.
pub(crate) async fn upsert<E: EntityTrait>(
    connection: &impl ConnectionTrait,
    rows: &[E::Model],
) -> Result<(), Error>
where
    E::Model: ModelTrait<Entity = E>,
{
    save::<E>(connection, rows, &on_conflict::<E>(|column| format!("{column} = excluded.{column}"))).await
}

/// Adds to the figures that are no part of the key, from nothing where there is no row yet; nothing has to be loaded.
pub(crate) async fn add<E: EntityTrait>(
    connection: &impl ConnectionTrait,
    rows: &[E::Model],
) -> Result<(), Error>
where
    E::Model: ModelTrait<Entity = E>,
{
    let table = E::default();
    let sum = |column: &String| format!("{column} = \"{}\".{column} + excluded.{column}", table.table_name());
    save::<E>(connection, rows, &on_conflict::<E>(sum)).await
}

/// What becomes of the columns that are no part of the key, where a row is there already.
fn on_conflict<E: EntityTrait>(set: impl Fn(&String) -> String) -> String {
    let key: Vec<String> = E::PrimaryKey::iter().map(|key| quoted(&key.into_column())).collect();
    let rest = E::Column::iter().map(|column| quoted(&column)).filter(|column| !key.contains(column));
    let set: Vec<String> = rest.map(|column| set(&column)).collect();
    format!(" ON CONFLICT ({}) DO UPDATE SET {}", key.join(", "), set.join(", "))
}

async fn save<E: EntityTrait>(
    connection: &impl ConnectionTrait,
    rows: &[E::Model],
    then: &str,
) -> Result<(), Error>
where
    E::Model: ModelTrait<Entity = E>,
{
    if rows.is_empty() {
        return Ok(());
    }
    let backend = connection.get_database_backend();
    let columns: Vec<E::Column> = E::Column::iter().collect();
    let names: Vec<String> = columns.iter().map(quoted).collect();
    let cells: Vec<String> =
        columns.iter().enumerate().map(|(at, column)| cell(backend, at, column)).collect();
    // Without WHERE, SQLite reads ON CONFLICT as the condition of a join.
    let text = format!(
        "INSERT INTO \"{}\" ({}) SELECT {} FROM {} WHERE true{then}",
        E::default().table_name(),
        names.join(", "),
        cells.join(", "),
        source(backend)
    );
    for rows in rows.chunks(AT_ONCE) {
        let rows: Vec<Json> =
            rows.iter().map(|row| columns.iter().map(|column| json(row.get(*column))).collect()).collect();
        let rows = [Json::Array(rows).to_string().into()];
        connection.execute_raw(Statement::from_sql_and_values(backend, text.as_str(), rows)).await?;
    }
    Ok(())
}

/// The rows whose `columns` equal one of the keys, as far as `condition` (SQL over the alias `t`) holds of them.
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
    let wanted: Vec<String> = E::Column::iter().map(|column| format!("t.{}", quoted(&column))).collect();
    // CROSS JOIN fixes the order: from the keys to the table, by its index.
    let text = format!(
        "SELECT {} FROM {} CROSS JOIN \"{}\" t WHERE {} {condition}",
        wanted.join(", "),
        source(backend),
        E::default().table_name(),
        equal(backend, columns)
    );
    let statement = Statement::from_sql_and_values(backend, text, [Json::Array(keys).to_string().into()]);
    Ok(E::find().from_raw_sql(statement).all(connection).await?)
}

/// How many rows there are whose `columns` equal each of the keys, as far as `condition` holds of them; keys without any
/// row are left out. The columns hold texts.
pub(crate) async fn count<E: EntityTrait>(
    connection: &impl ConnectionTrait,
    columns: &[E::Column],
    keys: impl IntoIterator<Item = Vec<Json>>,
    condition: &str,
) -> Result<HashMap<Vec<String>, i64>, Error> {
    let keys: Vec<Json> = keys.into_iter().map(Json::Array).collect();
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let backend = connection.get_database_backend();
    let names: Vec<String> = columns.iter().map(|column| format!("t.{}", quoted(column))).collect();
    let names = names.join(", ");
    let text = format!(
        "SELECT {names}, CAST(count(*) AS BIGINT) FROM {} CROSS JOIN \"{}\" t WHERE {} {condition} GROUP BY {names}",
        source(backend),
        E::default().table_name(),
        equal(backend, columns)
    );
    let statement = Statement::from_sql_and_values(backend, text, [Json::Array(keys).to_string().into()]);
    let mut counts = HashMap::new();
    for row in connection.query_all_raw(statement).await? {
        let key = (0..columns.len()).map(|at| row.try_get_by_index(at)).collect::<Result<_, _>>()?;
        counts.insert(key, row.try_get_by_index(columns.len())?);
    }
    Ok(counts)
}

/// That the table's `columns` equal the parts of a key.
fn equal(backend: DbBackend, columns: &[impl ColumnTrait]) -> String {
    let matches: Vec<String> = columns
        .iter()
        .enumerate()
        .map(|(at, column)| format!("t.{} = {}", quoted(column), cell(backend, at, column)))
        .collect();
    matches.join(" AND ")
}

/// Where the rows of the parameter come from, as `k.value`.
const fn source(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Postgres => "jsonb_array_elements($1::jsonb) AS k(value)",
        _ => "jsonb_each(?1) AS k",
    }
}

/// One cell of `k.value`, as the column's type. SQLite's `->>` gives a JSON number as INTEGER and a string as TEXT.
fn cell(backend: DbBackend, at: usize, column: &impl ColumnTrait) -> String {
    let whole = matches!(column.def().get_column_type(), ColumnType::BigInteger);
    match (backend, whole) {
        (DbBackend::Postgres, true) => format!("(k.value->>{at})::bigint"),
        _ => format!("(k.value->>{at})"),
    }
}

fn quoted(column: &impl IdenStatic) -> String {
    format!("\"{}\"", column.as_str())
}

/// A cell as JSON; entities hold whole numbers and texts only.
fn json(value: Value) -> Json {
    match value {
        Value::BigInt(Some(number)) => Json::from(number),
        Value::String(Some(text)) => Json::from(text),
        _ => Json::Null,
    }
}
