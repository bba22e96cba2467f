//! Switching loops and features off, and what the loops have cost lately. K1, K2, K4, P12.
//!
//! A switch is the pipeline's to go by: it reads with the capacity which loops are off for an account. A call that was made
//! all the same has cost money and is booked as ever; here it is seen how many there were.

use crate::{
    Engine, Error,
    audit::Note,
    db::{
        begin_write,
        entity::{control_off, cost_entry, installation},
        from_word, rows, to_word,
    },
    team::Member,
};
use billing::{
    audit::{Actor, AuditAct, AuditEntry},
    id::AuditId,
    money::{Cost, Currency},
    production::Control,
    team::Permission,
    time::{Span, Timestamp},
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait, QueryFilter, QuerySelect,
    Statement, sea_query::Expr,
};
use std::collections::{BTreeMap, BTreeSet};

/// Days of recent spend.
pub const SPEND_DAYS: i32 = 30;
/// What calls outside productions have cost since a day, by the loop that made them.
const SPENT: &str = "SELECT loop AS number, raw_currency, CAST(SUM(raw_micros) AS BIGINT) AS micros, \
    CAST(COUNT(*) AS BIGINT) AS calls FROM cost_entry WHERE loop IS NOT NULL AND posted_on >= ?1 \
    GROUP BY loop, raw_currency";

/// What a loop has cost lately outside productions, in what providers charge.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoopSpend {
    /// By the providers' currencies.
    pub known: BTreeMap<Currency, Cost>,
    /// Calls.
    pub calls: u64,
    /// Calls whose cost is not known; unknown is never zero.
    pub unknown: u64,
}

/// The switches as they stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Switches {
    /// What is off, and since when.
    pub off: BTreeMap<Control, Timestamp>,
    /// What each loop has cost outside productions in the last [`SPEND_DAYS`] days, by its number.
    pub spend: BTreeMap<i64, LoopSpend>,
    /// Calls that were reported of a loop after it was switched off, by its number.
    pub calls_while_off: BTreeMap<i64, u64>,
}

impl Switches {
    /// What is off.
    #[must_use]
    pub fn off(&self) -> BTreeSet<Control> {
        self.off.keys().copied().collect()
    }
}

impl Engine {
    /// The switches, and what the loops cost, for whoever runs the platform.
    pub async fn switches(&self, by: &Member) -> Result<Switches, Error> {
        by.require(Permission::RunPlatform)?;
        let read = &self.shared.pools.read;
        let off = off(read).await?;
        let mut calls_while_off = BTreeMap::new();
        for (control, since) in &off {
            let Some(number) = control.loop_number() else { continue };
            let after = cost_entry::Entity::find()
                .select_only()
                .column_as(cost_entry::Column::Step.count(), "calls")
                .filter(cost_entry::Column::Loop.eq(number))
                .filter(cost_entry::Column::PostedOn.gte(since.day().to_string()))
                .filter(cost_entry::Column::OccurredAt.gt(since.micros()))
                .into_tuple::<i64>()
                .one(read)
                .await?;
            calls_while_off.insert(number, u64::try_from(after.unwrap_or_default()).unwrap_or_default());
        }
        Ok(Switches { off, spend: self.spend().await?, calls_while_off })
    }

    /// What is off on the whole platform, for whoever runs it.
    pub async fn controls_off(&self, by: &Member) -> Result<BTreeSet<Control>, Error> {
        by.require(Permission::RunPlatform)?;
        Ok(off(&self.shared.pools.read).await?.into_keys().collect())
    }

    async fn spend(&self) -> Result<BTreeMap<i64, LoopSpend>, Error> {
        let read = &self.shared.pools.read;
        let since = self.now().before(Span::days(SPEND_DAYS)).day().to_string();
        let backend = read.get_database_backend();
        let text = if backend == DbBackend::Postgres { SPENT.replace("?1", "$1") } else { SPENT.to_owned() };
        let found = read.query_all_raw(Statement::from_sql_and_values(backend, text, [since.into()])).await?;
        let mut spend: BTreeMap<i64, LoopSpend> = BTreeMap::new();
        for row in found {
            let number: i64 = row.try_get("", "number")?;
            let calls: i64 = row.try_get("", "calls")?;
            let calls = u64::try_from(calls).unwrap_or_default();
            let of = spend.entry(number).or_default();
            of.calls += calls;
            match row.try_get::<Option<String>>("", "raw_currency")? {
                None => of.unknown += calls,
                Some(word) => {
                    let currency: Currency = from_word("cost_entry", "sum", &word)?;
                    let micros: i64 = row.try_get("", "micros")?;
                    of.known.insert(currency, Cost::new(micros, currency));
                }
            }
        }
        Ok(spend)
    }

    /// K2: switches something on or off, with a reason; with all that has to be switched with it, where that was agreed to.
    /// One that is as asked already stays, and says nothing.
    pub async fn switch_control(
        &self,
        by: &Member,
        (control, on): (Control, bool),
        agreed: &[Control],
        reason: &str,
    ) -> Result<(), Error> {
        by.require(Permission::RunPlatform)?;
        if reason.trim().is_empty() {
            let message = "Say why: the audit log keeps it. Nothing was changed.".to_owned();
            return Err(Error::Invalid { field: "reason".to_owned(), message });
        }
        let transaction = begin_write(&self.shared.pools.side).await?;
        in_turn(&transaction).await?;
        let before: BTreeSet<Control> = off(&transaction).await?.into_keys().collect();
        if before.contains(&control) != on {
            return Ok(());
        }
        let after = control.switch(on, &before, agreed).map_err(Error::Needed)?;
        self.put_controls(
            &transaction,
            &before,
            &after,
            Why { by: Actor::Person(by.person), reason, reverts: None },
        )
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    async fn put_controls(
        &self,
        transaction: &DatabaseTransaction,
        before: &BTreeSet<Control>,
        after: &BTreeSet<Control>,
        Why { by, reason, reverts }: Why<'_>,
    ) -> Result<(), Error> {
        let state = |off: &BTreeSet<Control>, control| Some(if off.contains(control) { "off" } else { "on" });
        let mut note =
            Note::beside(by, AuditAct::ControlsChanged, "platform").because(reason).reverting(reverts);
        for control in before.symmetric_difference(after) {
            note = note.moved(control.title(), state(before, control), state(after, control));
            let name = to_word(control)?;
            if after.contains(control) {
                let row = control_off::Model { name, since: self.now().micros() };
                rows::insert::<control_off::Entity>(transaction, &[row]).await?;
            } else {
                control_off::Entity::delete_by_id(name).exec(transaction).await?;
            }
        }
        self.shared.note(transaction, &note).await
    }

    /// Puts an entry back: each switch as it was, while each is what the entry has left and all that is on has what it needs.
    pub(crate) async fn put_controls_back(
        &self,
        by: &Member,
        entry: &AuditEntry,
        reason: &str,
    ) -> Result<(), Error> {
        let transaction = begin_write(&self.shared.pools.side).await?;
        in_turn(&transaction).await?;
        let before: BTreeSet<Control> = off(&transaction).await?.into_keys().collect();
        let mut after = before.clone();
        for control in Control::ALL {
            let was = (entry.before.get(control.title()), entry.after.get(control.title()));
            let (Some(was), Some(left)) = was else { continue };
            if before.contains(&control) != (left == "off") {
                return Err(Error::Stale(
                    "A switch has been changed since, so this entry cannot be put back.",
                ));
            }
            if was == "off" {
                after.insert(control)
            } else {
                after.remove(&control)
            };
        }
        if !Control::holds(&after) {
            return Err(Error::Stale("Something that is on now needs what would be switched off."));
        }
        let why = Why { by: Actor::Person(by.person), reason, reverts: Some(entry.id) };
        self.put_controls(&transaction, &before, &after, why).await?;
        transaction.commit().await?;
        Ok(())
    }
}

/// Who switches, why, and which entry is put back by it.
struct Why<'a> {
    by: Actor,
    reason: &'a str,
    reverts: Option<AuditId>,
}

/// PostgreSQL: two who switch at once take turns, as for the mode.
async fn in_turn(transaction: &DatabaseTransaction) -> Result<(), Error> {
    installation::Entity::update_many()
        .col_expr(installation::Column::Id, Expr::value(1_i64))
        .exec(transaction)
        .await?;
    Ok(())
}

pub(super) async fn off(connection: &impl ConnectionTrait) -> Result<BTreeMap<Control, Timestamp>, Error> {
    let found = control_off::Entity::find().all(connection).await?;
    let one = |row: control_off::Model| {
        let since = Timestamp::from_micros(row.since);
        let since = since.map_err(|error| Error::corrupt("control_off", &row.name, error))?;
        Ok((from_word("control_off", &row.name, &row.name)?, since))
    };
    found.into_iter().map(one).collect()
}
