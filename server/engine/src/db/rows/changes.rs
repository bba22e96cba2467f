//! Sets of rows that are written together.

use super::{cells, listed, put_cell, quote, source};
use crate::Error;
use sea_orm::{
    ConnectionTrait, DbBackend, EntityTrait, IdenStatic, Iterable, PrimaryKeyToColumn, Statement, Value,
};
use serde::Serialize;
use std::iter;

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
    count: usize,
    rows: Result<String, Error>,
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
    pub(crate) fn insert<E: EntityTrait<Model: Serialize>>(&mut self, rows: &[E::Model]) {
        self.put::<E>(rows, "");
    }

    /// Brings rows to this state, whether they exist or not; the caller holds the lock that covers them.
    pub(crate) fn upsert<E: EntityTrait<Model: Serialize>>(&mut self, rows: &[E::Model]) {
        self.put::<E>(rows, &on_conflict::<E>(replace));
    }

    /// Adds to the figures that are no part of the key, from nothing where there is no row yet; nothing has to be loaded.
    pub(crate) fn add<E: EntityTrait<Model: Serialize>>(&mut self, rows: &[E::Model]) {
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

    fn put<E: EntityTrait<Model: Serialize>>(&mut self, rows: &[E::Model], then: &str) {
        for rows in rows.chunks(AT_ONCE) {
            self.sets.push(Set::of::<E>(self.backend, rows, then.to_owned()));
        }
    }

    /// These sets, to be written only if each of `rows` can be brought to its state: if the row that is there satisfies `still`, SQL
    /// over the table's name and `excluded`.
    pub(crate) fn only_if<E: EntityTrait<Model: Serialize>>(
        self,
        rows: &[E::Model],
        still: &str,
    ) -> Result<Guarded, Error> {
        let then = format!("{} WHERE {still}", on_conflict::<E>(replace));
        Guarded::of(Set::of::<E>(self.backend, rows, then), self)
    }

    /// Writes them all, or fails with all of them undone by whoever ends the transaction.
    pub(crate) async fn write(self, connection: &impl ConnectionTrait) -> Result<(), Error> {
        if !self.sets.is_empty() {
            connection.execute_raw(self.statement()?).await?;
        }
        Ok(())
    }

    fn statement(self) -> Result<Statement, Error> {
        let backend = self.backend;
        let mut texts: Vec<String> =
            self.sets.iter().zip(1..).map(|(set, at)| set.text(backend, at, "")).collect();
        let text = match (backend, texts.pop()) {
            (DbBackend::Postgres, Some(last)) if !texts.is_empty() => {
                let parts: Vec<String> =
                    texts.iter().enumerate().map(|(at, text)| format!("s{at} AS ({text})")).collect();
                format!("WITH {} {last}", parts.join(", "))
            }
            (_, last) => {
                texts.extend(last);
                texts.join("; ")
            }
        };
        Ok(Statement::from_sql_and_values(backend, text, values(self.sets)?))
    }
}

impl Set {
    fn of<E: EntityTrait<Model: Serialize>>(backend: DbBackend, rows: &[E::Model], then: String) -> Self {
        let columns = || E::Column::iter();
        let names = listed(", ", columns(), |list, _, column| quote(list, &column));
        let cells = listed(", ", columns(), |list, at, column| put_cell(list, backend, at, &column));
        // What fails is undone with its transaction: to undo it alone, SQLite would copy every page before it changes it.
        let insert = if backend == DbBackend::Sqlite { "INSERT OR FAIL" } else { "INSERT" };
        let head = format!("{insert} INTO \"{}\" ({names}) SELECT {cells} FROM ", E::default().table_name());
        Self { head, then, count: rows.len(), rows: cells::json(backend, rows) }
    }

    /// The insertion, whose rows are the parameter of this number. Without WHERE, SQLite reads ON CONFLICT as a join's condition.
    fn text(&self, backend: DbBackend, parameter: usize, condition: &str) -> String {
        format!("{}{} WHERE true{condition}{}", self.head, source(backend, parameter), self.then)
    }
}

/// Sets that are written only if another one is, all of it. Their statement is made beforehand: whoever writes it may have a lock.
pub(crate) struct Guarded {
    is_a_transaction: bool,
    /// Rows of all sets.
    count: usize,
    statement: Statement,
}

impl Guarded {
    fn of(first: Set, then: Changes) -> Result<Self, Error> {
        let Changes { backend, mut sets } = then;
        let count = first.count + sets.iter().map(|set| set.count).sum::<usize>();
        let is_a_transaction = backend == DbBackend::Postgres && first.count == 1;
        if backend != DbBackend::Postgres {
            sets.insert(0, first);
            let statement = Changes { backend, sets }.statement()?;
            return Ok(Self { is_a_transaction, count, statement });
        }
        let condition = " AND (SELECT yes FROM all_of_it)";
        let mut parts = vec![
            format!("first AS ({} RETURNING 1)", first.text(backend, 1, "")),
            format!("all_of_it AS (SELECT count(*) = ${} AS yes FROM first)", sets.len() + 2),
        ];
        parts.extend(
            sets.iter().zip(2..).map(|(set, at)| format!("s{at} AS ({})", set.text(backend, at, condition))),
        );
        let text = format!("WITH {} SELECT yes FROM all_of_it", parts.join(", "));
        let wanted = i64::try_from(first.count).unwrap_or(i64::MAX);
        let mut rows = values(iter::once(first).chain(sets))?;
        rows.push(wanted.into());
        Ok(Self { is_a_transaction, count, statement: Statement::from_sql_and_values(backend, text, rows) })
    }

    /// Whether it may be written by a connection that has no transaction open: PostgreSQL does it by one statement, and of one row
    /// either it and everything else is written, or nothing.
    pub(crate) const fn is_a_transaction(&self) -> bool {
        self.is_a_transaction
    }

    /// Writes everything and answers true; or answers false, and leaves it to whoever ends the transaction to undo what was written. It
    /// waits for another transaction that changes one of the rows in question, and sees what that one has left.
    pub(crate) async fn write(self, connection: &impl ConnectionTrait) -> Result<bool, Error> {
        if self.statement.db_backend != DbBackend::Postgres {
            let written = connection.execute_raw(self.statement).await?.rows_affected();
            return Ok(usize::try_from(written) == Ok(self.count));
        }
        let found = connection.query_one_raw(self.statement).await?;
        let found = found.ok_or_else(|| Error::corrupt("rows", "count", "answered nothing"))?;
        Ok(found.try_get_by_index(0)?)
    }
}

/// The rows of sets, as parameters in their order.
fn values(sets: impl IntoIterator<Item = Set>) -> Result<Vec<Value>, Error> {
    sets.into_iter().map(|set| set.rows.map(Value::from)).collect()
}

fn replace(text: &mut String, column: &impl IdenStatic) {
    quote(text, column);
    text.push_str(" = excluded.");
    quote(text, column);
}

/// What becomes of the columns that are no part of the key, where a row is there already.
fn on_conflict<E: EntityTrait>(set: impl Fn(&mut String, &E::Column)) -> String {
    let keys = || E::PrimaryKey::iter().map(PrimaryKeyToColumn::into_column);
    let key = listed(", ", keys(), |list, _, column| quote(list, &column));
    let rest = E::Column::iter().filter(|column| keys().all(|key| key.as_str() != column.as_str()));
    let set = listed(", ", rest, |list, _, column| set(list, &column));
    format!(" ON CONFLICT ({key}) DO UPDATE SET {set}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::entity::{usage_day, wallet};
    use sea_orm::{Database, DatabaseConnection};

    const STILL: &str = "wallet.revision = excluded.follows";

    fn wallet(customer: &str, revision: i64, follows: i64) -> wallet::Model {
        wallet::Model {
            customer_id: customer.to_owned(),
            seq: 0,
            hash: String::new(),
            left_tokens: 0,
            held_tokens: 0,
            overdrawn_tokens: 0,
            revision: Some(revision),
            follows: Some(follows),
        }
    }

    async fn write(database: &DatabaseConnection, wallets: &[wallet::Model]) -> bool {
        let mut rest = Changes::of(DbBackend::Sqlite);
        let day = "2026-11-27".to_owned();
        let (customer_id, account_id) = ("a".to_owned(), "b".to_owned());
        rest.add::<usage_day::Entity>(&[usage_day::Model {
            customer_id,
            account_id,
            posted_on: day,
            used_tokens: 7,
        }]);
        rest.only_if::<wallet::Entity>(wallets, STILL).unwrap().write(database).await.unwrap()
    }

    /// Only where every row was as it had to be: else whoever asked is told to undo it.
    #[tokio::test]
    async fn what_is_guarded_is_written_if_nothing_has_changed() {
        let database = Database::connect("sqlite::memory:").await.unwrap();
        let tables = "CREATE TABLE wallet (customer_id TEXT PRIMARY KEY, seq, hash, left_tokens, held_tokens,
                overdrawn_tokens, revision, follows);
            CREATE TABLE usage_day (customer_id, account_id, posted_on, used_tokens,
                PRIMARY KEY (customer_id, account_id, posted_on));";
        database.execute_unprepared(tables).await.unwrap();
        let mut first = Changes::of(DbBackend::Sqlite);
        first.insert::<wallet::Entity>(&[wallet("a", 1, 0), wallet("b", 1, 0)]);
        first.write(&database).await.unwrap();

        assert!(write(&database, &[wallet("a", 2, 1), wallet("b", 2, 1)]).await);
        assert!(write(&database, &[wallet("a", 3, 2)]).await);
        assert!(!write(&database, &[wallet("a", 3, 2)]).await, "it has revision 3 by now");
        assert!(
            !write(&database, &[wallet("a", 4, 3), wallet("b", 4, 3)]).await,
            "one of them has revision 2"
        );
    }

    /// Where one of several rows has changed and another one has not, there is something to undo.
    #[test]
    fn several_rows_need_a_transaction() {
        let guarded = |backend, count| {
            let rows = vec![wallet("a", 2, 1); count];
            Changes::of(backend).only_if::<wallet::Entity>(&rows, STILL).unwrap().is_a_transaction()
        };
        assert!(guarded(DbBackend::Postgres, 1));
        assert!(!guarded(DbBackend::Postgres, 2) && !guarded(DbBackend::Sqlite, 1));
    }
}
