//! Amounts in another currency than the customer's own: each calendar month at the mean of its days' rates, as income and
//! expenses are translated for a report. C2, C3.

use super::{reading::own, split::Part};
use crate::Error;
use billing::{
    money::{Cost, Currency, divide_half_even},
    pnl::{Catalog, Exchange, Failed, Lens, Pnl},
    time::{Month, Timestamp},
};
use chrono::NaiveDate;
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

/// Says parts in one currency, and remembers where it could not.
pub(super) struct Translation {
    catalog: Arc<Catalog>,
    customers: HashMap<String, Currency>,
    currency: Currency,
    lens: Lens,
    today: NaiveDate,
    means: HashMap<(Currency, Month), Option<i64>>,
    gaps: BTreeSet<(Currency, Month)>,
}

impl Translation {
    pub(super) fn new(
        catalog: Arc<Catalog>,
        customers: HashMap<String, Currency>,
        currency: Currency,
        lens: Lens,
        as_of: Timestamp,
    ) -> Self {
        let (means, gaps) = (HashMap::new(), BTreeSet::new());
        Self { catalog, customers, currency, lens, today: as_of.day(), means, gaps }
    }

    /// What everything is said in.
    pub(super) const fn currency(&self) -> Currency {
        self.currency
    }

    /// Months that could not be translated.
    pub(super) fn gaps(&self) -> BTreeSet<(Currency, Month)> {
        self.gaps.clone()
    }

    /// The figures of a part. Where a rate is missing, its amounts are left out and its calls count as unknown: no margin
    /// is named.
    pub(super) fn pnl(&mut self, part: &Part) -> Result<Pnl, Error> {
        let own_currency = self.customers.get(&part.customer).copied();
        let own_currency =
            own_currency.ok_or_else(|| Error::corrupt("pnl_day", &part.customer, "has no customer"))?;
        let pnl = own(&part.figures, &part.earned, own_currency, self.lens)?;
        if own_currency == self.currency {
            return Ok(pnl);
        }
        let legs = (self.mean(own_currency, part.month), self.mean(self.currency, part.month));
        let (Some(from), Some(into)) = legs else {
            let nothing = Pnl::nothing(self.currency, self.lens);
            let Pnl { tokens, calls, .. } = pnl;
            let failed = Failed { calls: pnl.failed.calls, unknown: pnl.failed.calls, ..nothing.failed };
            return Ok(Pnl { tokens, calls, unknown: calls, failed, untranslated: true, ..nothing });
        };
        let convert = |amount: Cost| {
            Exchange::convert(amount, from, into, self.currency)
                .map_err(|error| Error::corrupt("pnl_day", part.month, error))
        };
        Ok(Pnl {
            subscription: convert(pnl.subscription)?,
            top_ups: convert(pnl.top_ups)?,
            invoiced: convert(pnl.invoiced)?,
            charged: convert(pnl.charged)?,
            raw: pnl.raw.map(convert).transpose()?,
            failed: Failed {
                charged: convert(pnl.failed.charged)?,
                raw: pnl.failed.raw.map(convert).transpose()?,
                ..pnl.failed
            },
            ..pnl
        })
    }

    /// The mean of the month's days until today, in micro-units for one euro; none where one of them has no rate.
    fn mean(&mut self, currency: Currency, month: Month) -> Option<i64> {
        let (catalog, today) = (&self.catalog, self.today);
        let mean = self.means.entry((currency, month)).or_insert_with(|| {
            let last = month.last_day().min(today);
            let days = month.start().day().iter_days().take_while(|day| *day <= last);
            let rates: Option<Vec<i64>> =
                days.map(|day| Some(catalog.rates.on(currency, day)?.micros_per_euro)).collect();
            let rates = rates?;
            let count = i128::try_from(rates.len()).ok().filter(|count| *count > 0)?;
            i64::try_from(divide_half_even(rates.into_iter().map(i128::from).sum(), count)).ok()
        });
        if mean.is_none() {
            self.gaps.insert((currency, month));
        }
        *mean
    }
}
