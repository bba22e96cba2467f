//! Revenue by customer and month or day: subscriptions as they are earned, and what was invoiced. 5.26.

use crate::{
    Error,
    db::entity::{credit_note, invoice, revenue_entry},
};
use billing::{
    pnl::earned_until,
    time::{Month, Timestamp},
};
use chrono::NaiveDate;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, sea_query::Expr};
use std::{collections::BTreeMap, ops::RangeInclusive};

/// What was earned by day, less what was given back of it; and what was invoiced, less what was credited. Micro-units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Earned {
    pub(super) subscription: i64,
    pub(super) invoiced: i64,
}

impl Earned {
    pub(super) fn add(&mut self, more: &Self) {
        self.subscription += more.subscription;
        self.invoiced += more.invoiced;
    }
}

/// An amount over days.
struct Entry {
    customer: String,
    micros: i64,
    from: NaiveDate,
    until: NaiveDate,
    booked_on: NaiveDate,
}

/// Everything that can earn or was invoiced until the end of a range.
pub(super) struct Revenue {
    entries: Vec<Entry>,
    /// Customer, day, micro-units.
    invoiced: Vec<(String, NaiveDate, i64)>,
    /// What lapsed of what was bought: customer, day, micro-units.
    lapsed: Vec<(String, NaiveDate, i64)>,
}

impl Revenue {
    /// Reads what was booked until `last`, of one customer or of all.
    pub(super) async fn load(
        read: &DatabaseTransaction,
        customer: Option<&str>,
        last: NaiveDate,
    ) -> Result<Self, Error> {
        let mut entries = revenue_entry::Entity::find()
            // In words of its own, not as a parameter: only so does its partial index fit.
            .filter(Expr::cust("kind <> 'topUp'"))
            .filter(revenue_entry::Column::PostedOn.lte(last.to_string()));
        let until = Timestamp::midnight(last).after(billing::time::Span::days(1));
        let mut invoices = invoice::Entity::find().filter(invoice::Column::IssuedAt.lt(until.micros()));
        let mut credited =
            credit_note::Entity::find().filter(credit_note::Column::IssuedAt.lt(until.micros()));
        if let Some(customer) = customer {
            credited = credited.filter(credit_note::Column::CustomerId.eq(customer));
            entries = entries.filter(revenue_entry::Column::CustomerId.eq(customer));
            invoices = invoices.filter(invoice::Column::CustomerId.eq(customer));
        }
        let mut revenue = Self { entries: Vec::new(), invoiced: Vec::new(), lapsed: Vec::new() };
        for row in entries.all(read).await? {
            let day =
                |text: &str| text.parse().map_err(|error| Error::corrupt("revenue_entry", &row.id, error));
            let booked_on = day(&row.posted_on)?;
            if row.kind == "subscription" || (row.kind == "refund" && row.grant_id.is_none()) {
                let (from, until) = (day(&row.from_on)?, day(&row.until_on)?);
                let (customer, micros) = (row.customer_id.clone(), row.micros);
                revenue.entries.push(Entry { customer, micros, from, until, booked_on });
            } else if row.kind == "breakage" {
                revenue.lapsed.push((row.customer_id.clone(), booked_on, row.micros));
            }
        }
        for row in invoices.all(read).await? {
            let bad = |error: &dyn std::fmt::Display| Error::corrupt("invoice", &row.id, error.to_string());
            let currency: billing::money::Currency = row.currency.parse().map_err(|error| bad(&error))?;
            let net = billing::money::Money::new(row.net_minor, currency).to_cost();
            let day = Timestamp::from_micros(row.issued_at).map_err(|error| bad(&error))?.day();
            revenue.invoiced.push((row.customer_id.clone(), day, net.map_err(|error| bad(&error))?.micros()));
        }
        for row in credited.all(read).await? {
            let bad =
                |error: &dyn std::fmt::Display| Error::corrupt("credit_note", &row.id, error.to_string());
            let currency: billing::money::Currency = row.currency.parse().map_err(|error| bad(&error))?;
            let net = billing::money::Money::new(row.net_minor, currency).to_cost();
            let day = Timestamp::from_micros(row.issued_at).map_err(|error| bad(&error))?.day();
            let micros = net.map_err(|error| bad(&error))?.micros();
            revenue.invoiced.push((row.customer_id.clone(), day, -micros));
        }
        Ok(revenue)
    }

    /// What each customer has earned and was invoiced in these days, by what `time` makes of a day.
    fn sums<T: Ord + Copy>(&self, spans: &[(T, RangeInclusive<NaiveDate>)]) -> BTreeMap<(String, T), Earned> {
        let mut sums: BTreeMap<(String, T), Earned> = BTreeMap::new();
        for (time, days) in spans {
            let after = days.end().succ_opt().unwrap_or(*days.end());
            for entry in &self.entries {
                let until = |day| earned_until(entry.micros, entry.from, entry.until, entry.booked_on, day);
                let subscription = until(after) - until(*days.start());
                if subscription != 0 {
                    let sum = sums.entry((entry.customer.clone(), *time)).or_default();
                    sum.add(&Earned { subscription, invoiced: 0 });
                }
            }
            for (customer, day, micros) in &self.invoiced {
                if days.contains(day) {
                    let sum = sums.entry((customer.clone(), *time)).or_default();
                    sum.add(&Earned { subscription: 0, invoiced: *micros });
                }
            }
        }
        sums
    }

    /// By month, as far as it is in the range.
    pub(super) fn by_month(&self, days: &RangeInclusive<NaiveDate>) -> BTreeMap<(String, Month), Earned> {
        self.sums(&months(days))
    }

    /// By day.
    pub(super) fn by_day(&self, days: &RangeInclusive<NaiveDate>) -> BTreeMap<(String, NaiveDate), Earned> {
        let all: Vec<_> = days_of(days).map(|day| (day, day..=day)).collect();
        self.sums(&all)
    }

    /// Of one customer until the end of a day: invoiced, earned by day, lapsed.
    pub(super) fn until(&self, customer: &str, last: NaiveDate) -> (i64, i64, i64) {
        let after = last.succ_opt().unwrap_or(last);
        let earned = self.entries.iter().filter(|entry| entry.customer == customer);
        let earned =
            earned.map(|entry| earned_until(entry.micros, entry.from, entry.until, entry.booked_on, after));
        let sum = |rows: &[(String, NaiveDate, i64)]| {
            rows.iter().filter(|(of, day, _)| of == customer && *day <= last).map(|(.., micros)| micros).sum()
        };
        (sum(&self.invoiced), earned.sum(), sum(&self.lapsed))
    }
}

/// Every day of a range.
pub(super) fn days_of(days: &RangeInclusive<NaiveDate>) -> impl Iterator<Item = NaiveDate> + use<> {
    let last = *days.end();
    days.start().iter_days().take_while(move |day| *day <= last)
}

/// The months of a range, each with its days within it.
pub(super) fn months(days: &RangeInclusive<NaiveDate>) -> Vec<(Month, RangeInclusive<NaiveDate>)> {
    let mut months = Vec::new();
    let mut first = *days.start();
    while first <= *days.end() {
        let month = Timestamp::midnight(first).month();
        let last = month.last_day().min(*days.end());
        months.push((month, first..=last));
        first = month.end().day();
    }
    months
}
