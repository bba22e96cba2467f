//! A statement put together from its parts: lines with their names, days, and what is missing.

use super::{
    Owner, PnlBy, PnlLine, PnlQuery, PnlReport, Position,
    earned::{self, Earned, Revenue},
    figures::Figures,
    split::{Line, Part},
    sums::{Tables, Whose},
    translate::Translation,
};
use crate::{
    Error,
    db::{
        entity::{account, customer},
        from_word,
        production::titles,
        reach, to_word,
    },
};
use billing::{
    money::{Cost, Currency, MoneyError},
    pnl::{Failed, Lens, Pnl, Unpriced},
    time::Timestamp,
    tokens::Tokens,
};
use chrono::{Days, NaiveDate};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryResult, Statement,
    Value,
};
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, HashMap},
    fmt::Write,
    ops::RangeInclusive,
};

/// The most days that a statement is shown day by day.
const DAYS_APART: usize = 92;

/// One look at the books: all of it as of one instant, so that a statement sums while acts go on. What more than one part of
/// a statement needs is read once.
pub(super) struct Reading<'a> {
    read: &'a DatabaseTransaction,
    pub(super) owner: &'a Owner,
    pub(super) query: &'a PnlQuery,
    pub(super) tables: Tables<'a>,
    customers: Vec<customer::Model>,
    /// The accounts of the one customer.
    pub(super) open: Vec<account::Model>,
    pub(super) revenue: Revenue,
    /// What each account of the one customer was charged, by whole months: of the range, and of as many days before.
    pub(super) used: HashMap<String, Vec<(String, i128)>>,
}

impl<'a> Reading<'a> {
    pub(super) async fn open(
        read: &'a DatabaseTransaction,
        owner: &'a Owner,
        query: &'a PnlQuery,
    ) -> Result<Self, Error> {
        let tables = Tables::open(read, owner.source).await?;
        let revenue = Revenue::load(read, owner.customer().as_deref(), *query.days.end()).await?;
        let (mut customers, mut open) = (customer::Entity::find(), Vec::new());
        let mut used: HashMap<String, Vec<(String, i128)>> = HashMap::new();
        if let Some(id) = owner.customer() {
            customers = customers.filter(customer::Column::Id.eq(&id));
            open = account::Entity::find().filter(account::Column::CustomerId.eq(&id)).all(read).await?;
            let month = |day: &NaiveDate| Timestamp::midnight(*day).month();
            let months =
                month(days_before(&query.days).start()).start().day()..=month(query.days.end()).last_day();
            for ((_, month, account), figures) in
                tables.by_month(Whose::all_of(&id), &months, &["account_id"]).await?
            {
                if figures.tokens > 0 {
                    let account = account.into_iter().next().unwrap_or_default();
                    used.entry(month).or_default().push((account, figures.tokens.into()));
                }
            }
        }
        let customers = customers.all(read).await?;
        Ok(Self { read, owner, query, tables, customers, open, revenue, used })
    }

    pub(super) async fn report(
        &self,
        mut translation: Translation,
        as_of: Timestamp,
    ) -> Result<PnlReport, Error> {
        let Self { owner, query, .. } = self;
        let (currency, lens) = (translation.currency(), owner.lens);
        let nothing = Pnl::nothing(currency, lens);
        let parts = self.parts(&query.days, query.by).await?;
        let (mut lines, mut total) = (BTreeMap::new(), nothing);
        for part in &parts {
            let pnl = translation.pnl(part)?;
            total = total.plus(&pnl).map_err(sum)?;
            let line = lines.entry(&part.line).or_insert(nothing);
            *line = line.plus(&pnl).map_err(sum)?;
        }
        let series = self.series(&parts, &mut translation).await?;
        let gaps = translation.gaps().into_iter().collect();
        let mut before = nothing;
        // Nothing is rounded in the customer's own currency: its sum is the same without the lines.
        let own = owner.customer.is_some() && self.billed_in()?.into_values().all(|own| own == currency);
        let by = if own { PnlBy::Account } else { query.by };
        for part in self.parts(&days_before(&query.days), by).await? {
            before = before.plus(&translation.pnl(&part)?).map_err(sum)?;
        }
        let mut lines = self.named(lines).await?;
        lines.sort_by_key(|line| Reverse(line.pnl.cost().micros()));
        let unpriced = self.unpriced().await?;
        let position = self.position().await?;
        Ok(PnlReport { currency, lens, lines, total, before, series, position, unpriced, gaps, as_of })
    }

    /// The currencies of the customers.
    pub(super) fn billed_in(&self) -> Result<HashMap<String, Currency>, Error> {
        let currency =
            |row: &customer::Model| Ok((row.id.clone(), from_word("customer", &row.id, &row.currency)?));
        self.customers.iter().map(currency).collect()
    }

    /// The figures by day, or by month where the range is long.
    async fn series(
        &self,
        parts: &[Part],
        translation: &mut Translation,
    ) -> Result<Vec<(NaiveDate, Pnl)>, Error> {
        let Self { owner, query, .. } = self;
        let days = &query.days;
        let nothing = Pnl::nothing(translation.currency(), owner.lens);
        let mut series: BTreeMap<NaiveDate, Pnl> = BTreeMap::new();
        if earned::days_of(days).count() > DAYS_APART {
            for (month, span) in earned::months(days) {
                let mut all = nothing;
                for part in parts.iter().filter(|part| part.month == month) {
                    all = all.plus(&translation.pnl(part)?).map_err(sum)?;
                }
                series.insert(*span.start(), all);
            }
            return Ok(series.into_iter().collect());
        }
        series.extend(earned::days_of(days).map(|day| (day, nothing)));
        for (day, part) in self.daily(parts).await? {
            let known = series.entry(day).or_insert(nothing);
            *known = known.plus(&translation.pnl(&part)?).map_err(sum)?;
        }
        Ok(series.into_iter().collect())
    }

    /// What stands beside the lines' keys.
    async fn named(&self, lines: BTreeMap<&Line, Pnl>) -> Result<Vec<PnlLine>, Error> {
        let Self { owner, query, customers, open, .. } = self;
        let mut names: HashMap<String, String> = HashMap::new();
        match (query.by, owner.customer) {
            (PnlBy::Customer, _) => {
                names.extend(customers.iter().map(|row| (row.id.clone(), row.name.clone())));
            }
            (PnlBy::Account, Some(_)) => {
                names.extend(open.iter().map(|row| (row.id.clone(), row.name.clone())));
            }
            (PnlBy::Production | PnlBy::ProductionStep, Some(customer)) => {
                let productions: BTreeSet<String> = lines.keys().map(|line| line.key.clone()).collect();
                names = titles(self.read, &customer.to_string(), productions.into_iter()).await?;
            }
            _ => {}
        }
        let line = |(line, pnl): (&Line, Pnl)| {
            let kind =
                (!line.kind.is_empty()).then(|| from_word("pnl_day", &line.key, &line.kind)).transpose()?;
            let stage = (query.by == PnlBy::ProductionStep).then(|| line.stage.clone());
            Ok(PnlLine { key: line.key.clone(), name: names.get(&line.key).cloned(), stage, kind, pnl })
        };
        lines.into_iter().map(line).collect()
    }

    /// Calls in the range whose cost is not known to this day, by why.
    async fn unpriced(&self) -> Result<Vec<(Unpriced, i64)>, Error> {
        let Self { read, owner, query, .. } = self;
        let (from, to) = (query.days.start().to_string(), query.days.end().to_string());
        let mut values: Vec<Value> = vec![from.into(), to.into()];
        let mut text = "SELECT c.unpriced, CAST(count(*) AS BIGINT) AS calls FROM cost_entry c \
                        LEFT JOIN cost_completion k ON k.customer_id = c.customer_id AND k.production = c.production \
                        AND k.step = c.step AND k.attempt = c.attempt WHERE c.unpriced IS NOT NULL AND k.step IS NULL \
                        AND c.posted_on >= $1 AND c.posted_on <= $2"
            .to_owned();
        let step = query.step.as_ref();
        let kind = step.and_then(|step| step.kind).as_ref().map(to_word).transpose()?;
        for (column, value) in [
            ("c.customer_id", owner.customer()),
            ("c.production", query.production.clone()),
            ("COALESCE(c.stage, '')", step.map(|step| step.stage.clone())),
            ("c.kind", kind),
        ] {
            if let Some(value) = value {
                values.push(value.into());
                let _ = write!(text, " AND {column} = ${}", values.len());
            }
        }
        reach::narrow(&mut text, &mut values, "c.account_id", owner.accounts.as_ref());
        text.push_str(" GROUP BY c.unpriced ORDER BY calls DESC, c.unpriced");
        let rows = Statement::from_sql_and_values(read.get_database_backend(), text, values);
        let line = |row: QueryResult| {
            let why: String = row.try_get("", "unpriced")?;
            Ok((from_word("cost_entry", "unpriced", &why)?, row.try_get("", "calls")?))
        };
        read.query_all_raw(rows).await?.into_iter().map(line).collect()
    }

    /// 5.26: of a whole customer, in its own currency, at the end of the range.
    async fn position(&self) -> Result<Option<Position>, Error> {
        let Self { owner, query, tables, revenue, .. } = self;
        let narrowed = owner.accounts.is_some() || query.production.is_some() || query.step.is_some();
        let Some(id) = owner.customer().filter(|_| !narrowed) else { return Ok(None) };
        let currency = self.billed_in()?.get(&id).copied();
        let currency = currency.ok_or_else(|| Error::corrupt("customer", &id, "is missing"))?;
        let last = *query.days.end();
        let (invoiced, by_day, breakage) = revenue.until(&id, last);
        let used = tables.by_month(Whose::all_of(&id), &(NaiveDate::default()..=last), &[]).await?;
        let recognised = by_day + used.values().map(|figures| figures.top_ups).sum::<i64>();
        let amount = |micros| Cost::new(micros, currency);
        Ok(Some(Position {
            invoiced: amount(invoiced),
            recognised: amount(recognised),
            breakage: amount(breakage),
            deferred: amount(invoiced - recognised - breakage),
        }))
    }
}

/// As many days, before these.
fn days_before(days: &RangeInclusive<NaiveDate>) -> RangeInclusive<NaiveDate> {
    let count = u64::try_from(earned::days_of(days).count()).unwrap_or_default();
    let back = |day: &NaiveDate| day.checked_sub_days(Days::new(count)).unwrap_or(*day);
    back(days.start())..=back(days.end())
}

pub(super) fn sum(error: MoneyError) -> Error {
    Error::corrupt("pnl_day", "sum", error)
}

/// The figures of a part, in the customer's own currency.
pub(super) fn own(figures: &Figures, earned: &Earned, currency: Currency, lens: Lens) -> Result<Pnl, Error> {
    let amount = |micros| Cost::new(micros, currency);
    let tokens = Tokens::new(figures.tokens).map_err(|error| Error::corrupt("pnl_day", "tokens", error))?;
    Ok(Pnl {
        subscription: amount(earned.subscription),
        top_ups: amount(figures.top_ups),
        invoiced: amount(earned.invoiced),
        charged: amount(figures.charged),
        raw: (lens == Lens::Raw).then_some(amount(figures.raw)),
        tokens,
        calls: figures.calls,
        unknown: figures.unknown,
        failed: Failed {
            calls: figures.failed.calls,
            unknown: figures.failed.unknown,
            charged: amount(figures.failed.charged),
            raw: (lens == Lens::Raw).then_some(amount(figures.failed.raw)),
        },
        untranslated: false,
    })
}
