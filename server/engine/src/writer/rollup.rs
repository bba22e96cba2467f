//! What a group took and earned, summed by production, day and month; it is saved with the entries that it sums, so that
//! the sums are never behind. What belongs together is found by the attempt: its cost says stage, kind and model.

use crate::{
    Error,
    db::entity::{
        cost_completion, cost_entry, pnl_day, pnl_month, pnl_production, revenue_entry, step_attempt,
        token_entry,
    },
};
use billing::{
    money::{Cost, Currency},
    pnl::Exchange,
};
use std::collections::{BTreeMap, HashMap, HashSet};

/// What is counted and summed. Money is in the customer's currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Figures {
    tokens: i64,
    attempts: i64,
    unknown: i64,
    charged_micros: i64,
    raw_micros: i64,
    top_up_micros: i64,
    /// Of the attempts, those that failed, of how many of them the cost is not known, and what they cost.
    failed: i64,
    failed_unknown: i64,
    failed_charged_micros: i64,
    failed_raw_micros: i64,
}

impl Figures {
    fn add(&mut self, more: &Self) {
        self.tokens += more.tokens;
        self.attempts += more.attempts;
        self.unknown += more.unknown;
        self.charged_micros += more.charged_micros;
        self.raw_micros += more.raw_micros;
        self.top_up_micros += more.top_up_micros;
        self.failed += more.failed;
        self.failed_unknown += more.failed_unknown;
        self.failed_charged_micros += more.failed_charged_micros;
        self.failed_raw_micros += more.failed_raw_micros;
    }

    /// The same, where the calls failed: all of it was spent on failed attempts.
    const fn of_failed(self) -> Self {
        Self {
            failed: self.attempts,
            failed_unknown: self.unknown,
            failed_charged_micros: self.charged_micros,
            failed_raw_micros: self.raw_micros,
            ..self
        }
    }
}

/// The verdict on an attempt that failed: it cost money and took no tokens (5.18).
pub(crate) const FAILED: &str = "failed";

/// Which step of a production, or which call outside: production, step, attempt.
type Name = (String, String, i64);

/// How a call is sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Labels {
    stage: String,
    kind: String,
    model: String,
}

impl Labels {
    fn of(row: &cost_entry::Model) -> Self {
        Self {
            stage: row.stage.clone().unwrap_or_default(),
            kind: row.kind.clone(),
            model: row.model.clone().unwrap_or_default(),
        }
    }
}

/// Where a figure belongs: customer, account, day of booking, production, labels.
type Key = (String, String, String, String, Labels);

/// The same without the production, by some time.
type TimeKey = (String, String, String, Labels);

/// A row of any of the tables: its own keys, then what they have in common.
macro_rules! row {
    ($table:ident { $($key:ident),+ }, $labels:expr, $figures:expr) => {
        $table::Model {
            $($key,)+
            stage: $labels.stage,
            kind: $labels.kind,
            model: $labels.model,
            tokens: $figures.tokens,
            attempts: $figures.attempts,
            unknown: $figures.unknown,
            charged_micros: $figures.charged_micros,
            raw_micros: $figures.raw_micros,
            top_up_micros: $figures.top_up_micros,
            failed: $figures.failed,
            failed_unknown: $figures.failed_unknown,
            failed_charged_micros: $figures.failed_charged_micros,
            failed_raw_micros: $figures.failed_raw_micros,
        }
    };
}

/// The sums.
#[derive(Debug, Default)]
pub(crate) struct Rollup {
    labels: HashMap<(String, Name), Labels>,
    /// The attempts that failed.
    failed: HashSet<(String, Name)>,
    figures: BTreeMap<Key, Figures>,
}

impl Rollup {
    /// How an attempt went. That comes before its cost.
    pub(crate) fn attempt(&mut self, row: &step_attempt::Model) {
        if row.verdict == FAILED {
            let name = (row.production.clone(), row.step.clone(), row.attempt);
            self.failed.insert((row.customer_id.clone(), name));
        }
    }

    /// The cost of an attempt. Those of a step come before its tokens and what they earned.
    pub(crate) fn cost(&mut self, row: &cost_entry::Model) -> Result<(), Error> {
        let labels = Labels::of(row);
        let name = (row.customer_id.clone(), (row.production.clone(), row.step.clone(), row.attempt));
        let failed = self.failed.contains(&name);
        self.labels.insert(name, labels.clone());
        let key = (
            row.customer_id.clone(),
            row.account_id.clone(),
            row.posted_on.clone(),
            row.production.clone(),
            labels,
        );
        let known = Known {
            raw: row.raw_micros.zip(row.raw_currency.as_deref()),
            rates: row.provider_rate.zip(row.customer_rate),
        };
        let figures = Figures {
            attempts: 1,
            unknown: i64::from(row.unpriced.is_some()),
            charged_micros: row.charged_micros.unwrap_or_default(),
            raw_micros: known.raw_micros(&row.charged_currency)?,
            ..Figures::default()
        };
        let figures = if failed { figures.of_failed() } else { figures };
        self.figures.entry(key).or_default().add(&figures);
        Ok(())
    }

    /// A cost that has become known, on the day to which it is booked.
    pub(crate) fn completion(
        &mut self,
        of: &cost_entry::Model,
        row: &cost_completion::Model,
    ) -> Result<(), Error> {
        let known = Known {
            raw: Some((row.raw_micros, &row.raw_currency)),
            rates: row.provider_rate.zip(row.customer_rate),
        };
        let figures = Figures {
            unknown: -1,
            charged_micros: row.charged_micros,
            raw_micros: known.raw_micros(&of.charged_currency)?,
            ..Figures::default()
        };
        let name = (of.customer_id.clone(), (of.production.clone(), of.step.clone(), of.attempt));
        let figures = if self.failed.contains(&name) { figures.of_failed() } else { figures };
        let (customer, account) = (of.customer_id.clone(), of.account_id.clone());
        let key = (customer, account, row.posted_on.clone(), of.production.clone(), Labels::of(of));
        self.figures.entry(key).or_default().add(&figures);
        Ok(())
    }

    /// Tokens that a step was charged.
    pub(crate) fn tokens(&mut self, row: &token_entry::Model) -> Result<(), Error> {
        let (Some(account), true) = (&row.account_id, row.credit_pool == "used") else { return Ok(()) };
        let attempt = (row.production.as_ref(), row.step.as_ref(), row.attempt);
        let labels = self.of(&row.customer_id, attempt, &row.id)?;
        let production = row.production.clone().unwrap_or_default();
        let key = (row.customer_id.clone(), account.clone(), row.posted_on.clone(), production, labels);
        self.figures.entry(key).or_default().add(&Figures { tokens: row.tokens, ..Figures::default() });
        Ok(())
    }

    /// What bought tokens have earned by being used. Tokens that made good for an overdraft belong to no account.
    pub(crate) fn revenue(&mut self, row: &revenue_entry::Model) -> Result<(), Error> {
        let given_back = row.kind == "refund" && row.grant_id.is_some();
        if row.kind != "topUp" && !given_back {
            return Ok(());
        }
        let attempt = (row.production.as_ref(), row.step.as_ref(), row.attempt);
        let (production, labels) = match attempt {
            (Some(production), Some(_), Some(_)) => {
                (production.clone(), self.of(&row.customer_id, attempt, &row.id)?)
            }
            _ => <(String, Labels)>::default(),
        };
        let account = row.account_id.clone().unwrap_or_default();
        let key = (row.customer_id.clone(), account, row.posted_on.clone(), production, labels);
        let figures = Figures { top_up_micros: row.micros, ..Figures::default() };
        self.figures.entry(key).or_default().add(&figures);
        Ok(())
    }

    fn of(
        &self,
        customer: &str,
        attempt: (Option<&String>, Option<&String>, Option<i64>),
        id: &str,
    ) -> Result<Labels, Error> {
        let (Some(production), Some(step), Some(attempt)) = attempt else {
            return Err(Error::corrupt("pnl_day", id, "tokens were used by no step"));
        };
        let name = (production.clone(), step.clone(), attempt);
        let labels = self.labels.get(&(customer.to_owned(), name));
        labels.cloned().ok_or_else(|| Error::corrupt("pnl_day", id, "the attempt has no cost"))
    }

    /// The rows by production and day.
    pub(crate) fn productions(&self) -> Vec<pnl_production::Model> {
        let row = |((customer, account, day, production, labels), figures): (&Key, &Figures)| {
            let (customer_id, account_id) = (customer.clone(), account.clone());
            let (posted_on, production, labels) = (day.clone(), production.clone(), labels.clone());
            row!(pnl_production { customer_id, account_id, posted_on, production }, labels, figures)
        };
        self.figures.iter().map(row).collect()
    }

    /// The rows by day.
    pub(crate) fn days(&self) -> Vec<pnl_day::Model> {
        let row = |((customer_id, account_id, posted_on, labels), figures): (TimeKey, Figures)| {
            row!(pnl_day { customer_id, account_id, posted_on }, labels, figures)
        };
        self.by(str::to_owned).into_iter().map(row).collect()
    }

    /// The rows by month.
    pub(crate) fn months(&self) -> Vec<pnl_month::Model> {
        let row = |((customer_id, account_id, month, labels), figures): (TimeKey, Figures)| {
            row!(pnl_month { customer_id, account_id, month }, labels, figures)
        };
        // A day is `2026-11-25`, its month `2026-11`.
        self.by(|day| day.get(..7).unwrap_or(day).to_owned()).into_iter().map(row).collect()
    }

    fn by(&self, time: impl Fn(&str) -> String) -> BTreeMap<TimeKey, Figures> {
        let mut sums: BTreeMap<_, Figures> = BTreeMap::new();
        for ((customer, account, day, _, labels), figures) in &self.figures {
            let key = (customer.clone(), account.clone(), time(day), labels.clone());
            sums.entry(key).or_default().add(figures);
        }
        sums
    }
}

/// A cost that is known, as it stands in a row.
struct Known<'a> {
    raw: Option<(i64, &'a str)>,
    rates: Option<(i64, i64)>,
}

impl Known<'_> {
    /// The raw cost in the customer's currency, by the rates that the row keeps.
    fn raw_micros(&self, customers: &str) -> Result<i64, Error> {
        let Some((micros, currency)) = self.raw else { return Ok(0) };
        let currency_of =
            |code: &str| code.parse::<Currency>().map_err(|error| Error::corrupt("cost_entry", code, error));
        let (raw, into) = (Cost::new(micros, currency_of(currency)?), currency_of(customers)?);
        let raw = match self.rates {
            None => Ok(raw),
            Some((provider, customer)) => Exchange::convert(raw, provider, customer, into),
        };
        raw.map(Cost::micros).map_err(|error| Error::corrupt("cost_entry", micros, error))
    }
}
