//! Books that earlier programs have written are opened by this one: every row is as it was, every figure that is new is computed
//! from them, the books are sound, and they go on. I-29.
//!
//! Each file beside this one is what the program of one schema wrote as its sample data: its rows in SQL that both databases read,
//! in the order of its tables, compressed by `brotli -q 11 -w 24`. They were made once by building the commit, loading its sample
//! data into a file, and writing every table out but `seaql_migrations`:
//!
//! * `m0011`, of ef08590: one customer in its first month, before plans, payments, sums of the P&L and the log.
//! * `m0020`, of 36eb6c3: a year of nine customers in every state; the tenth, Northlight Films, was left out for its size.
//! * `m0026`, of c1610ad: the same with auto-top-up as a contract, privacy, platform, refunds and disputes.
//!
//! The other schemas have no data of their own: of them `i29_every_earlier_schema_is_brought_up_to_date` knows the empty tables.

use crate::support::{On, postgres};
use anyhow::{Context, Result, ensure};
use billing::{allowance::Source, id::CustomerId, tokens::Tokens};
use engine::Engine;
use migrations::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, QueryResult, Statement};
use std::{
    collections::{BTreeMap, BTreeSet},
    io::Read,
    path::Path,
};

/// Steps of a schema, and what was written in it.
struct Earlier {
    name: &'static str,
    rows: &'static [u8],
    /// Tables whose rows later steps change on purpose, and the columns of them that stay.
    moved: &'static [(&'static str, &'static [&'static str])],
}

/// m0034: what became of what a hold drew follows from its own figures, as the books check says of each lot.
const DRAWN: (&str, &[&str]) =
    ("hold_draw", &["customer_id", "production", "position", "grant_id", "drawn_tokens"]);

const EARLIER: [Earlier; 3] = [
    Earlier {
        name: "m0011_console",
        rows: include_bytes!("m0011.sql.br"),
        // m0013: one plan a customer, with its dates; m0024: agreements, which nobody had given.
        moved: &[
            ("subscription", &["customer_id", "id", "tier", "billing", "allowance_tokens"]),
            ("auto_top_up", &[]),
            DRAWN,
        ],
    },
    Earlier {
        name: "m0020_keys",
        rows: include_bytes!("m0020.sql.br"),
        // m0022: links of letters are kept as hashes alone.
        moved: &[
            ("mail", &["id", "customer_id", "kind", "subject", "created_at"]),
            ("auto_top_up", &[]),
            DRAWN,
        ],
    },
    Earlier { name: "m0026_reversal", rows: include_bytes!("m0026.sql.br"), moved: &[DRAWN] },
];

/// A table, its columns, and its rows as texts.
type Rows = BTreeMap<String, (Vec<String>, BTreeSet<Vec<Option<String>>>)>;

/// A table and its columns, of every statement of a file.
fn tables(sql: &str) -> impl Iterator<Item = (String, Vec<String>)> {
    sql.lines().filter_map(|line| {
        let (table, columns) =
            line.strip_prefix("INSERT INTO \"")?.strip_suffix(") VALUES")?.split_once("\" (")?;
        let columns = columns.split(", ").map(|column| column.trim_matches('"').to_owned());
        Some((table.to_owned(), columns.collect()))
    })
}

async fn select(
    database: &DatabaseConnection,
    table: &str,
    columns: &[String],
) -> Result<BTreeSet<Vec<Option<String>>>> {
    let all: Vec<String> = columns.iter().map(|column| format!("CAST(\"{column}\" AS TEXT)")).collect();
    let sql = format!("SELECT {} FROM \"{table}\"", all.join(", "));
    let rows = database.query_all_raw(Statement::from_string(database.get_database_backend(), sql)).await?;
    let texts = |row: &QueryResult| -> Result<Vec<Option<String>>, _> {
        (0..columns.len()).map(|n| row.try_get_by_index(n)).collect()
    };
    rows.iter().map(|row| texts(row).context(table.to_owned())).collect()
}

/// Puts the rows where there are tables of their schema, and reads them back.
async fn put(url: &str, earlier: &Earlier, sql: &str) -> Result<Rows> {
    let names = Migrator::migrations();
    let steps = names.iter().position(|step| step.name() == earlier.name).context("a schema")? + 1;
    let database = Database::connect(url).await?;
    Migrator::up(&database, Some(u32::try_from(steps)?)).await?;
    database.execute_unprepared(sql).await?;
    let mut rows = Rows::new();
    for (table, columns) in tables(sql) {
        let found = select(&database, &table, &columns).await?;
        rows.insert(table, (columns, found));
    }
    database.close().await?;
    Ok(rows)
}

/// Whether each row is as it was, but for what was moved on purpose.
async fn compare(url: &str, earlier: &Earlier, before: &Rows) -> Result<()> {
    let database = Database::connect(url).await?;
    for (table, (columns, rows)) in before {
        let moved = earlier.moved.iter().find(|(moved, _)| moved == table);
        let stays = |column: &String| moved.is_none_or(|(_, stay)| stay.contains(&column.as_str()));
        let kept: Vec<usize> = (0..columns.len()).filter(|n| stays(&columns[*n])).collect();
        if kept.is_empty() {
            continue;
        }
        let names: Vec<String> = kept.iter().map(|n| columns[*n].clone()).collect();
        let expected: BTreeSet<_> =
            rows.iter().map(|row| kept.iter().map(|n| row[*n].clone()).collect::<Vec<_>>()).collect();
        let found = select(&database, table, &names).await?;
        let lost: Vec<_> = expected.difference(&found).take(3).collect();
        ensure!(lost.is_empty(), "{}, {table}: rows are not as they were: {names:?} {lost:#?}", earlier.name);
        let new: Vec<_> = found.difference(&expected).take(3).collect();
        ensure!(new.is_empty(), "{}, {table}: rows that nobody wrote: {names:?} {new:#?}", earlier.name);
    }
    database.close().await?;
    Ok(())
}

async fn sound(url: &str, when: &str) -> Result<()> {
    let violations = engine::verify::verify(url).await?;
    ensure!(violations.is_empty(), "{when}: {violations:#?}");
    Ok(())
}

/// Brings the books of each schema up to date.
async fn brought_up_to_date(on: On) -> Result<()> {
    let folder = tempfile::tempdir()?;
    for earlier in &EARLIER {
        let mut sql = String::new();
        brotli::Decompressor::new(earlier.rows, 4_096).read_to_string(&mut sql)?;
        let url = fresh(on, folder.path(), earlier.name).await?;
        let before = put(&url, earlier, &sql).await?;
        ensure!(before.contains_key("token_entry") && before.contains_key("cost_entry"), "hardly anything");

        let engine = Engine::attach(&url).await.context(earlier.name)?;
        sound(&url, earlier.name).await?;
        compare(&url, earlier, &before).await?;

        // And they go on.
        let (columns, customers) = &before["customer"];
        let id = columns.iter().position(|column| column == "id").context("an id")?;
        for customer in customers {
            let customer: CustomerId = customer[id].as_deref().context("an id")?.parse()?;
            let left = engine.usage(customer).await?.capacity.left();
            engine.grant(customer, Source::Promotion, Tokens::new(100)?, None, None).await?;
            ensure!(engine.usage(customer).await?.capacity.left() >= left, "{customer} has lost tokens");
        }
        while engine.expire_lapsed().await? > 0 {}
        engine.refresh_due().await?;
        engine.close().await;
        sound(&url, &format!("{}, some acts later", earlier.name)).await?;
    }
    Ok(())
}

async fn fresh(on: On, folder: &Path, name: &str) -> Result<String> {
    match on {
        On::Sqlite => Ok(format!("sqlite://{}/{name}.db?mode=rwc", folder.display())),
        On::Postgres => postgres::empty_database().await,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn i29_books_of_earlier_programs_are_brought_up_to_date_sqlite() -> Result<()> {
    brought_up_to_date(On::Sqlite).await
}

#[tokio::test(flavor = "multi_thread")]
async fn i29_books_of_earlier_programs_are_brought_up_to_date_postgres() -> Result<()> {
    brought_up_to_date(On::Postgres).await
}
