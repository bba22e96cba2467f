//! Sets of rows that are written together.

use super::{cell, quoted, source};
use crate::Error;
use sea_orm::{
    ConnectionTrait, DbBackend, EntityTrait, Iterable, ModelTrait, PrimaryKeyToColumn, Statement, Value,
};
use serde_json::Value as Json;
use std::fmt::Write;

/// Rows of one set; a group of acts never has more.
const AT_ONCE: usize = 4_096;

/// Sets that are written by one round trip to the database: PostgreSQL does them as parts of one statement, which see the tables
/// as they were before it, so that no row may be in two of them; SQLite does one after the other.
pub(crate) struct Changes {
    backend: DbBackend,
    /// One insertion a set, and the rows of each.
    texts: Vec<String>,
    rows: Vec<Value>,
}

impl Changes {
    pub(crate) fn on(connection: &impl ConnectionTrait) -> Self {
        Self { backend: connection.get_database_backend(), texts: Vec::new(), rows: Vec::new() }
    }

    /// Adds rows to an append-only table.
    pub(crate) fn insert<E: EntityTrait>(&mut self, rows: &[E::Model])
    where
        E::Model: ModelTrait<Entity = E>,
    {
        self.put::<E>(rows, "");
    }

    /// Brings rows to this state, whether they exist or not; the caller holds the lock that covers them.
    pub(crate) fn upsert<E: EntityTrait>(&mut self, rows: &[E::Model])
    where
        E::Model: ModelTrait<Entity = E>,
    {
        self.put::<E>(rows, &on_conflict::<E>(|column| format!("{column} = excluded.{column}")));
    }

    /// Adds to the figures that are no part of the key, from nothing where there is no row yet; nothing has to be loaded.
    pub(crate) fn add<E: EntityTrait>(&mut self, rows: &[E::Model])
    where
        E::Model: ModelTrait<Entity = E>,
    {
        let table = E::default();
        let sum =
            |column: &String| format!("{column} = \"{}\".{column} + excluded.{column}", table.table_name());
        self.put::<E>(rows, &on_conflict::<E>(sum));
    }

    fn put<E: EntityTrait>(&mut self, rows: &[E::Model], then: &str)
    where
        E::Model: ModelTrait<Entity = E>,
    {
        let columns: Vec<E::Column> = E::Column::iter().collect();
        let names: Vec<String> = columns.iter().map(quoted).collect();
        let cells: Vec<String> =
            columns.iter().enumerate().map(|(at, column)| cell(self.backend, at, column)).collect();
        // What fails is undone with its transaction: to undo it alone, SQLite would copy every page before it changes it.
        let insert = if self.backend == DbBackend::Sqlite { "INSERT OR FAIL" } else { "INSERT" };
        for rows in rows.chunks(AT_ONCE) {
            let mut sent = String::from("[");
            for row in rows {
                sent.push_str(if sent.len() > 1 { ",[" } else { "[" });
                for (at, column) in columns.iter().enumerate() {
                    sent.push_str(if at > 0 { "," } else { "" });
                    put_json(self.backend, row.get(*column), &mut sent);
                }
                sent.push(']');
            }
            sent.push(']');
            self.rows.push(sent.into());
            // Without WHERE, SQLite reads ON CONFLICT as the condition of a join.
            self.texts.push(format!(
                "{insert} INTO \"{}\" ({}) SELECT {} FROM {} WHERE true{then}",
                E::default().table_name(),
                names.join(", "),
                cells.join(", "),
                source(self.backend, self.rows.len())
            ));
        }
    }

    /// Writes them all, or fails with all of them undone by whoever ends the transaction.
    pub(crate) async fn write(self, connection: &impl ConnectionTrait) -> Result<(), Error> {
        let Self { backend, mut texts, rows } = self;
        let Some(last) = texts.pop() else { return Ok(()) };
        let text = match backend {
            DbBackend::Postgres if !texts.is_empty() => {
                let parts: Vec<String> =
                    texts.iter().enumerate().map(|(at, text)| format!("s{at} AS ({text})")).collect();
                format!("WITH {} {last}", parts.join(", "))
            }
            _ => {
                texts.push(last);
                texts.join("; ")
            }
        };
        connection.execute_raw(Statement::from_sql_and_values(backend, text, rows)).await?;
        Ok(())
    }
}

/// What becomes of the columns that are no part of the key, where a row is there already.
fn on_conflict<E: EntityTrait>(set: impl Fn(&String) -> String) -> String {
    let key: Vec<String> = E::PrimaryKey::iter().map(|key| quoted(&key.into_column())).collect();
    let rest = E::Column::iter().map(|column| quoted(&column)).filter(|column| !key.contains(column));
    let set: Vec<String> = rest.map(|column| set(&column)).collect();
    format!(" ON CONFLICT ({}) DO UPDATE SET {}", key.join(", "), set.join(", "))
}

/// A cell as JSON. PostgreSQL gets whole numbers as texts: out of JSON's numbers it would make decimals first.
fn put_json(backend: DbBackend, value: Value, into: &mut String) {
    let written = match (value, backend) {
        (Value::BigInt(Some(number)), DbBackend::Postgres) => write!(into, "\"{number}\""),
        (Value::BigInt(Some(number)), _) => write!(into, "{number}"),
        (Value::String(Some(text)), _) => write!(into, "{}", Json::from(text)),
        _ => write!(into, "null"),
    };
    written.unwrap_or_default(); // a String takes everything
}
