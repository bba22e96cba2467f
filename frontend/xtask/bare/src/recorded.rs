//! What the gate has written: which rows each act of which production was about.

use super::TABLES;
use anyhow::{Context, Result};
use rusqlite::{Connection, types::Value};
use std::{collections::HashMap, ops::Range};

/// Acts of a production: its admission, four captures, its release.
const ACTS: usize = 6;

/// Which of a production's acts are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kinds {
    /// All of them.
    All,
    /// Only what it captures.
    Captures,
}

impl Kinds {
    /// Their places among a production's acts.
    fn places(self) -> Range<usize> {
        match self {
            Self::All => 0..ACTS,
            Self::Captures => 1..ACTS - 1,
        }
    }
}

/// A table's rows by its place among the tables, and each act's rows by table and place.
pub struct Recorded {
    pub rows: Vec<Vec<Vec<Value>>>,
    pub acts: Vec<Vec<(usize, usize)>>,
}

/// A table while it is read.
struct Table {
    place: usize,
    columns: Vec<String>,
    rows: Vec<Vec<Value>>,
    /// Rows by the production that they name.
    of: HashMap<String, Vec<usize>>,
}

impl Table {
    fn read(connection: &Connection, name: &str, place: usize) -> Result<Self> {
        let mut statement = connection.prepare(&format!("SELECT * FROM \"{name}\" ORDER BY rowid"))?;
        let columns: Vec<String> = statement.column_names().into_iter().map(str::to_owned).collect();
        let rows: Vec<Vec<Value>> = statement
            .query_map([], |row| (0..columns.len()).map(|at| row.get(at)).collect())?
            .collect::<Result<_, _>>()?;
        let mut table = Self { place, columns, rows, of: HashMap::new() };
        let named = if name == "production" { "name" } else { "production" };
        if table.columns.iter().any(|column| column == named) {
            for row in 0..table.rows.len() {
                if let Some(production) = table.text(row, named) {
                    table.of.entry(production.to_owned()).or_default().push(row);
                }
            }
        }
        Ok(table)
    }

    fn text(&self, row: usize, column: &str) -> Option<&str> {
        let at = self.columns.iter().position(|name| name == column)?;
        match &self.rows[row][at] {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The production's rows, as far as a condition holds of them.
    fn named(&self, production: &str, is: impl Fn(usize) -> bool) -> Vec<(usize, usize)> {
        let rows = self.of.get(production).into_iter().flatten().copied();
        rows.filter(|row| is(*row)).map(|row| (self.place, row)).collect()
    }

    /// The rows whose texts are these.
    fn whose(&self, texts: &[(&str, Option<&str>)]) -> Vec<(usize, usize)> {
        let is = |row: &usize| texts.iter().all(|(column, text)| self.text(*row, column) == *text);
        (0..self.rows.len()).filter(is).map(|row| (self.place, row)).collect()
    }
}

impl Recorded {
    /// Reads everything.
    pub fn read(connection: &Connection) -> Result<Self> {
        let tables: Vec<Table> = TABLES
            .iter()
            .enumerate()
            .map(|(place, (name, _))| Table::read(connection, name, place))
            .collect::<Result<_>>()?;
        let of = |name: &str| -> Result<&Table> {
            let place = TABLES.iter().position(|(table, _)| *table == name);
            place.map(|place| &tables[place]).with_context(|| format!("{name} is not written"))
        };
        let productions = of("production")?;
        let mut acts = Vec::new();
        for row in 0..productions.rows.len() {
            acts.extend(Self::production(&of, row)?);
        }
        Ok(Self { acts, rows: tables.into_iter().map(|table| table.rows).collect() })
    }

    /// The acts of one production.
    fn production<'a>(
        of: &impl Fn(&str) -> Result<&'a Table>,
        row: usize,
    ) -> Result<Vec<Vec<(usize, usize)>>> {
        let productions = of("production")?;
        let text = |column| productions.text(row, column);
        let name = text("name").context("a production without a name")?;
        let (customer, account) = (text("customer_id"), text("account_id"));
        let (entries, costs, draws) = (of("token_entry")?, of("cost_entry")?, of("hold_draw")?);
        let mut always = of("token_hold")?.named(name, |_| true);
        let parts = draws.named(name, |_| true);
        for (_, draw) in &parts {
            always.extend(of("token_grant")?.whose(&[("id", draws.text(*draw, "grant_id"))]));
        }
        always.extend(of("wallet")?.whose(&[("customer_id", customer)]));
        let mut spent = Vec::new();
        for scope in [account, customer, text("key_id")] {
            spent.extend(of("budget_month")?.whose(&[("scope_id", scope)]));
        }
        let moved = |pool: &str| {
            entries.named(name, |row| {
                entries.text(row, "step").is_none() && entries.text(row, "credit_pool") == Some(pool)
            })
        };
        let with = |parts: &[&[(usize, usize)]]| [parts.concat(), always.clone()].concat();

        let planned = of("production_step")?.named(name, |_| true);
        let mut acts = vec![with(&[&[(productions.place, row)], &planned, &parts, &moved("held"), &spent])];
        for (_, cost) in costs.named(name, |_| true) {
            let (step, day) = (costs.text(cost, "step"), costs.text(cost, "posted_on"));
            let of_step = |table: &Table| table.named(name, |row| table.text(row, "step") == step);
            let labels: Vec<(&str, Option<&str>)> = ["customer_id", "account_id", "kind", "model"]
                .into_iter()
                .map(|column| (column, costs.text(cost, column)))
                .collect();
            let summed = |table: &Table| table.whose(&labels);
            let sums = of("pnl_production")?;
            acts.push(with(&[
                &of_step(of("step_attempt")?),
                &of_step(entries),
                &of_step(costs),
                &sums.named(name, |row| sums.text(row, "posted_on") == day),
                &of("usage_day")?.whose(&[("account_id", account), ("posted_on", day)]),
                &summed(of("pnl_day")?),
                &summed(of("pnl_month")?),
                &spent,
            ]));
        }
        acts.push(with(&[&moved("available")]));
        anyhow::ensure!(acts.len() == ACTS, "{name} has {} acts", acts.len());
        Ok(acts)
    }

    /// Every production's admission.
    pub fn admissions(&self) -> Vec<usize> {
        (0..self.acts.len()).step_by(ACTS).collect()
    }

    /// Groups of acts of these kinds: of twice as many productions at once, in turn, so that each has an act in every second
    /// group. The first ones leave captures out, one after the other, so that groups hold acts of every kind.
    pub fn groups(&self, group: usize, kinds: Kinds) -> impl Iterator<Item = Vec<usize>> {
        let (productions, at_once) = (self.acts.len() / ACTS, 2 * group);
        let Range { start, end } = kinds.places();
        let mut at_work: Vec<(usize, usize)> = (0..at_once).map(|production| (production, start)).collect();
        let (mut next, mut turn) = (at_once, 0);
        std::iter::from_fn(move || {
            let mut acts = Vec::with_capacity(group);
            for _ in 0..group {
                let (production, act) = at_work[turn];
                acts.push(production * ACTS + act);
                at_work[turn] = match act {
                    _ if act == start && production < at_once => {
                        (production, start + 1 + production % (end - start - 1))
                    }
                    _ if act + 1 < end => (production, act + 1),
                    _ => {
                        next += 1;
                        (next - 1, start)
                    }
                };
                turn = (turn + 1) % at_once;
            }
            (next < productions).then_some(acts)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    const PRODUCTIONS: usize = 50;

    fn groups(kinds: Kinds) -> Vec<Vec<usize>> {
        let nothing = Recorded { rows: Vec::new(), acts: vec![Vec::new(); PRODUCTIONS * ACTS] };
        nothing.groups(10, kinds).collect()
    }

    #[test]
    fn no_act_is_written_twice_and_each_comes_after_what_it_builds_on() {
        for kinds in [Kinds::All, Kinds::Captures] {
            let acts = groups(kinds).concat();
            assert_eq!(acts.iter().collect::<HashSet<_>>().len(), acts.len(), "{kinds:?}");
            let mut last: HashMap<usize, usize> = HashMap::new();
            for act in acts {
                let before = last.insert(act / ACTS, act % ACTS);
                assert!(before < Some(act % ACTS), "{kinds:?}: {act}");
                assert!(before.is_some() || act % ACTS == kinds.places().start, "{kinds:?}: {act}");
            }
        }
    }

    #[test]
    fn groups_are_of_one_size_and_of_every_kind_that_is_asked_for() {
        for kinds in [Kinds::All, Kinds::Captures] {
            let groups = groups(kinds);
            assert!(groups.len() > 10 && groups.iter().all(|group| group.len() == 10), "{kinds:?}");
            let written: HashSet<usize> = groups.concat().iter().map(|act| act % ACTS).collect();
            assert_eq!(written, kinds.places().collect(), "{kinds:?}");
            let later = groups[8].iter().map(|act| act % ACTS).collect::<HashSet<_>>();
            assert!(later.len() > 2, "{kinds:?}: all at the same act");
        }
    }
}
