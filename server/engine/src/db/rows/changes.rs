//! Sets of rows that are written together.

use super::{listed, put_cell, quote, source};
use crate::Error;
use sea_orm::{
    ConnectionTrait, DbBackend, EntityTrait, IdenStatic, Iterable, ModelTrait, PrimaryKeyToColumn, Statement,
    Value,
};
use serde::Serialize;

/// Rows of one set; a group of acts never has more.
const AT_ONCE: usize = 4_096;

/// Sets that are written by one round trip to the database: PostgreSQL does them as parts of one statement, which see the tables
/// as they were before it, so that no row may be in two of them; SQLite does one after the other.
pub(crate) struct Changes {
    backend: DbBackend,
    sets: Vec<Set>,
}

/// Rows of one table, and the insertion around the parameter that they are.
struct Set {
    head: String,
    then: String,
    rows: Vec<u8>,
}

impl Changes {
    pub(crate) const fn of(backend: DbBackend) -> Self {
        Self { backend, sets: Vec::new() }
    }

    /// These sets, and then the others.
    pub(crate) fn and(mut self, others: Self) -> Self {
        self.sets.extend(others.sets);
        self
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
        let set = |text: &mut String, column: &E::Column| {
            quote(text, column);
            text.push_str(" = excluded.");
            quote(text, column);
        };
        self.put::<E>(rows, &on_conflict::<E>(set));
    }

    /// Adds to the figures that are no part of the key, from nothing where there is no row yet; nothing has to be loaded.
    pub(crate) fn add<E: EntityTrait>(&mut self, rows: &[E::Model])
    where
        E::Model: ModelTrait<Entity = E>,
    {
        let table = E::default();
        let sum = |text: &mut String, column: &E::Column| {
            quote(text, column);
            for part in [" = \"", table.table_name(), "\"."] {
                text.push_str(part);
            }
            quote(text, column);
            text.push_str(" + excluded.");
            quote(text, column);
        };
        self.put::<E>(rows, &on_conflict::<E>(sum));
    }

    fn put<E: EntityTrait>(&mut self, rows: &[E::Model], then: &str)
    where
        E::Model: ModelTrait<Entity = E>,
    {
        let columns = || E::Column::iter();
        let names = listed(", ", columns(), |list, _, column| quote(list, &column));
        let cells = listed(", ", columns(), |list, at, column| put_cell(list, self.backend, at, &column));
        // What fails is undone with its transaction: to undo it alone, SQLite would copy every page before it changes it.
        let insert = if self.backend == DbBackend::Sqlite { "INSERT OR FAIL" } else { "INSERT" };
        for rows in rows.chunks(AT_ONCE) {
            let mut sent = Vec::new();
            for row in rows {
                sent.extend_from_slice(if sent.is_empty() { b"[[" } else { b",[" });
                for (at, column) in columns().enumerate() {
                    sent.extend_from_slice(if at > 0 { b"," } else { b"" });
                    put_json(self.backend, row.get(column), &mut sent);
                }
                sent.push(b']');
            }
            sent.push(b']');
            self.sets.push(Set {
                head: format!(
                    "{insert} INTO \"{}\" ({names}) SELECT {cells} FROM ",
                    E::default().table_name()
                ),
                then: then.to_owned(),
                rows: sent,
            });
        }
    }

    /// Writes them all, or fails with all of them undone by whoever ends the transaction.
    pub(crate) async fn write(self, connection: &impl ConnectionTrait) -> Result<(), Error> {
        let backend = self.backend;
        let (mut texts, rows) = self.texts("")?;
        let Some(last) = texts.pop() else { return Ok(()) };
        let text = match backend {
            DbBackend::Postgres if !texts.is_empty() => format!("WITH {} {last}", parts(&texts)),
            _ => {
                texts.push(last);
                texts.join("; ")
            }
        };
        connection.execute_raw(Statement::from_sql_and_values(backend, text, rows)).await?;
        Ok(())
    }

    /// On PostgreSQL: writes them all in one statement, if `wanted` finds so many rows; else none of them, and answers false.
    /// `wanted` is SQL with one parameter, whose number it is told; what it locks is locked before anything is written.
    pub(crate) async fn write_if(
        self,
        connection: &impl ConnectionTrait,
        wanted: impl FnOnce(usize) -> String,
        parameter: String,
        count: i64,
    ) -> Result<bool, Error> {
        let (backend, sets) = (self.backend, self.sets.len());
        let condition = format!(" AND (SELECT count(*) FROM wanted) = ${}", sets + 2);
        let (texts, mut values) = self.texts(&condition)?;
        values.extend([parameter.into(), count.into()]);
        let comma = if sets > 0 { ", " } else { "" };
        let (wanted, parts) = (wanted(sets + 1), parts(&texts));
        let text =
            format!("WITH wanted AS ({wanted}){comma}{parts} SELECT count(*) = ${} FROM wanted", sets + 2);
        let found = connection.query_one_raw(Statement::from_sql_and_values(backend, text, values)).await?;
        let found = found.ok_or_else(|| Error::corrupt("rows", "count", "answered nothing"))?;
        Ok(found.try_get_by_index(0)?)
    }

    /// One insertion a set, and the rows of each as its parameter.
    fn texts(self, condition: &str) -> Result<(Vec<String>, Vec<Value>), Error> {
        let (mut texts, mut rows) =
            (Vec::with_capacity(self.sets.len()), Vec::with_capacity(self.sets.len()));
        for Set { head, then, rows: sent } in self.sets {
            let sent = String::from_utf8(sent).map_err(|error| Error::corrupt("rows", "JSON", error))?;
            rows.push(sent.into());
            // Without WHERE, SQLite reads ON CONFLICT as the condition of a join.
            texts.push(format!("{head}{} WHERE true{condition}{then}", source(self.backend, rows.len())));
        }
        Ok((texts, rows))
    }
}

/// Insertions as parts of one statement.
fn parts(texts: &[String]) -> String {
    let parts: Vec<String> =
        texts.iter().enumerate().map(|(at, text)| format!("s{at} AS ({text})")).collect();
    parts.join(", ")
}

/// What becomes of the columns that are no part of the key, where a row is there already.
fn on_conflict<E: EntityTrait>(set: impl Fn(&mut String, &E::Column)) -> String {
    let keys = || E::PrimaryKey::iter().map(PrimaryKeyToColumn::into_column);
    let key = listed(", ", keys(), |list, _, column| quote(list, &column));
    let rest = E::Column::iter().filter(|column| keys().all(|key| key.as_str() != column.as_str()));
    let set = listed(", ", rest, |list, _, column| set(list, &column));
    format!(" ON CONFLICT ({key}) DO UPDATE SET {set}")
}

/// A cell as JSON. PostgreSQL gets whole numbers as texts: out of JSON's numbers it would make decimals first.
fn put_json(backend: DbBackend, value: Value, into: &mut Vec<u8>) {
    match (value, backend) {
        (Value::BigInt(Some(number)), DbBackend::Postgres) => {
            into.push(b'"');
            put(number, into);
            into.push(b'"');
        }
        (Value::BigInt(Some(number)), _) => put(number, into),
        (Value::String(Some(text)), _) => put(text, into),
        _ => put((), into), // null
    }
}

fn put(cell: impl Serialize, into: &mut Vec<u8>) {
    serde_json::to_writer(into, &cell).unwrap_or_default(); // numbers and texts are JSON, and a Vec takes everything
}
