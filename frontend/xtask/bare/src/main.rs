//! The loop that the gate is held against: `bare RECORDED FILE` reads the rows that the gate has written into a `SQLite` file and
//! writes them again into another one of the same tables, row by row, by prepared statements over the one connection. Nothing
//! is loaded and nothing decided. `run GROUP MILLIS` on standard input is answered by acts and seconds; each run begins with an
//! empty file and leaves out its warm-up. `run GROUP MILLIS captures` writes captures alone, of productions that were all admitted
//! before; `… captures without-sums` leaves out the tables of sums, which a P&L is read from.
//!
//! A group has as many acts as the gate's, of as many productions at once, and writes a row that it changes once, as the gate
//! does. Rows that change from act to act are written as they were in the end: other figures of the same size.

mod recorded;

use anyhow::{Context, Result, bail};
use recorded::{Kinds, Recorded};
use rusqlite::{Connection, params_from_iter};
use std::{
    collections::BTreeSet,
    env, fs,
    io::{BufRead, Write, stdin, stdout},
    time::{Duration, Instant},
};

/// Those of the gate's connection.
const SETTINGS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000; \
                        PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY;";
/// What is not counted yet.
const WARM_UP: Duration = Duration::from_millis(300);

/// What becomes of a row that is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// There is none.
    Insert,
    /// It is brought to this state.
    Upsert,
    /// Its figures are added to.
    Add,
}

/// The tables that are written, in the gate's order.
const TABLES: [(&str, Way); 14] = [
    ("token_grant", Way::Upsert),
    ("production", Way::Insert),
    ("production_step", Way::Insert),
    ("token_hold", Way::Upsert),
    ("hold_draw", Way::Insert),
    ("step_attempt", Way::Insert),
    ("token_entry", Way::Insert),
    ("cost_entry", Way::Insert),
    ("budget_month", Way::Upsert),
    ("usage_day", Way::Add),
    ("pnl_production", Way::Add),
    ("pnl_day", Way::Add),
    ("pnl_month", Way::Add),
    ("wallet", Way::Upsert),
];

/// Those of them that hold sums of the others.
const SUMS: [&str; 4] = ["usage_day", "pnl_production", "pnl_day", "pnl_month"];

/// What is asked for.
struct Asked {
    /// Acts of a group.
    group: usize,
    /// How long it is measured.
    length: Duration,
    /// Acts that are written.
    kinds: Kinds,
    /// Whether the tables of sums are written, too.
    sums: bool,
}

impl Asked {
    fn read(line: &str) -> Result<Self> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let ["run", group, millis, ref what @ ..] = words[..] else { bail!("no such question") };
        let (kinds, sums) = match what {
            [] => (Kinds::All, true),
            ["captures"] => (Kinds::Captures, true),
            ["captures", "without-sums"] => (Kinds::Captures, false),
            _ => bail!("no such question"),
        };
        Ok(Self { group: group.parse()?, length: Duration::from_millis(millis.parse()?), kinds, sums })
    }
}

fn main() -> Result<()> {
    let [recorded, file] =
        env::args().skip(1).collect::<Vec<_>>().try_into().ok().context("bare RECORDED FILE")?;
    let read = Recorded::read(&Connection::open(&recorded)?)?;
    say(&format!("{} acts", read.acts.len()))?;
    for line in stdin().lock().lines() {
        let answer = run(&read, &recorded, &file, &Asked::read(&line?)?);
        say(&answer.unwrap_or_else(|error| format!("error: {error}")))?;
    }
    Ok(())
}

fn say(line: &str) -> Result<()> {
    let mut out = stdout().lock();
    writeln!(out, "{line}")?;
    Ok(out.flush()?)
}

/// Writes groups until the time is over, or everything that was recorded is written.
fn run(read: &Recorded, recorded: &str, file: &str, asked: &Asked) -> Result<String> {
    let connection = empty(recorded, file)?;
    let texts: Vec<Option<String>> = TABLES
        .iter()
        .map(|(table, way)| {
            let written = asked.sums || !SUMS.contains(table);
            written.then(|| text(&connection, table, *way)).transpose()
        })
        .collect::<Result<_>>()?;
    if asked.kinds == Kinds::Captures {
        write(&connection, read, &texts, &read.admissions())?;
    }
    let (begun, mut acts, mut counted) = (instant(), 0, None);
    for group in read.groups(asked.group, asked.kinds) {
        write(&connection, read, &texts, &group)?;
        acts += group.len();
        match counted {
            None if begun.elapsed() >= WARM_UP => counted = Some((instant(), acts)),
            Some((since, _)) if since.elapsed() >= asked.length => break,
            _ => {}
        }
    }
    let (since, before) = counted.context("too little was recorded")?;
    let took = since.elapsed();
    connection.close().map_err(|(_, error)| error)?;
    Ok(format!("{} {}", acts - before, took.as_secs_f64()))
}

fn write(connection: &Connection, read: &Recorded, texts: &[Option<String>], group: &[usize]) -> Result<()> {
    connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
    let mut touched = vec![BTreeSet::new(); TABLES.len()];
    for act in group {
        for (table, row) in &read.acts[*act] {
            touched[*table].insert(*row);
        }
    }
    for (table, rows) in touched.iter().enumerate().filter(|(_, rows)| !rows.is_empty()) {
        let Some(text) = &texts[table] else { continue };
        let mut statement = connection.prepare_cached(text)?;
        for row in rows {
            statement.execute(params_from_iter(&read.rows[table][*row]))?;
        }
    }
    connection.prepare_cached("COMMIT")?.execute([])?;
    Ok(())
}

/// A file with the same tables, and with whatever is in those that are not written here, as the gate's connection has it.
fn empty(recorded: &str, file: &str) -> Result<Connection> {
    for ending in ["", "-wal", "-shm"] {
        let path = format!("{file}{ending}");
        if fs::exists(&path)? {
            fs::remove_file(path)?;
        }
    }
    let connection = Connection::open(file)?;
    connection.set_prepared_statement_cache_capacity(64);
    connection.execute_batch(SETTINGS)?;
    connection.execute("ATTACH ? AS recorded", [recorded])?;
    let made = "SELECT sql, type, name FROM recorded.sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite%' \
                ORDER BY CASE type WHEN 'table' THEN 0 ELSE 1 END";
    let made: Vec<[String; 3]> = connection
        .prepare(made)?
        .query_map([], |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?]))?
        .collect::<Result<_, _>>()?;
    connection.execute_batch("BEGIN")?;
    for [sql, kind, name] in &made {
        connection.execute_batch(sql)?;
        let written = TABLES.iter().any(|(table, _)| table == name);
        if kind == "table" && (!written || ["token_grant", "wallet"].contains(&name.as_str())) {
            connection
                .execute_batch(&format!("INSERT INTO main.\"{name}\" SELECT * FROM recorded.\"{name}\""))?;
        }
    }
    connection.execute_batch("COMMIT; DETACH recorded; PRAGMA foreign_keys = ON;")?;
    Ok(connection)
}

/// A table's statement; the database says its columns and its key.
fn text(connection: &Connection, table: &str, way: Way) -> Result<String> {
    let columns: Vec<(String, bool)> = connection
        .prepare("SELECT name, pk > 0 FROM pragma_table_info(?)")?
        .query_map([table], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    let names = |of: &dyn Fn(&(String, bool)) -> Option<String>| {
        columns.iter().filter_map(of).collect::<Vec<_>>().join(", ")
    };
    let key = names(&|(name, key)| key.then(|| name.clone()));
    let set = names(&|(name, key)| {
        let added = if way == Way::Add { format!("\"{table}\".{name} + ") } else { String::new() };
        (!key).then(|| format!("{name} = {added}excluded.{name}"))
    });
    let values = names(&|_| Some("?".to_owned()));
    let then = match way {
        Way::Insert => String::new(),
        Way::Upsert | Way::Add => format!(" ON CONFLICT ({key}) DO UPDATE SET {set}"),
    };
    Ok(format!("INSERT INTO \"{table}\" VALUES ({values}){then}"))
}

#[expect(clippy::disallowed_methods, reason = "a bench measures itself; no rule hangs on it")]
fn instant() -> Instant {
    Instant::now()
}
