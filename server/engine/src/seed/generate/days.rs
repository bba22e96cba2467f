//! What happens day by day: a year that grows, rests at weekends, with calls that fail and are made again, productions that
//! are stopped, calls outside productions, and some that still run at its end.

use super::{
    super::production::{Make, text},
    market::Market,
};
use crate::{
    Error,
    dice::Dice,
    production::{AdmitRequest, CallReport},
    seed::out_of_range,
};
use billing::{
    id::{CallName, ProductionName, StepName},
    production::{Attempt, End, Outcome, Plan},
    time::{Span, Timestamp},
};
use chrono::{Datelike, NaiveDate};

/// Shares of a week's work by its days.
const WEEK: [i64; 7] = [5, 6, 6, 6, 5, 1, 1];
/// The hours of a day in which productions begin.
const HOURS: (i64, i64) = (7, 21);
/// A second, in microseconds.
const SECOND: i64 = 1_000_000;
/// The longest that a production takes, in seconds: it ends on its day.
const LONGEST: i64 = 2 * 3_600;
/// A model that has no price.
const UNPRICED: &str = "sample-avatar";

/// Something that happens to a customer, by its place in the market.
pub(super) struct Event {
    pub(super) at: Timestamp,
    pub(super) buyer: usize,
    pub(super) what: What,
}

/// What happens.
pub(super) enum What {
    /// A day begins, and what is due is granted.
    Dawns,
    /// A production asks to be admitted.
    Asks(Box<AdmitRequest>),
    /// One of its calls is reported.
    Reports(ProductionName, StepName, i64, Attempt),
    /// It is over.
    Ends(ProductionName, End),
    /// A call outside productions.
    Calls(CallName, CallReport),
}

impl What {
    /// Whether a row of usage comes of it.
    pub(super) const fn is_usage(&self) -> bool {
        matches!(self, Self::Reports(..) | Self::Calls(..))
    }
}

/// The days from `first` until an instant, and what happens on them.
pub(super) struct Calendar {
    first: NaiveDate,
    last: NaiveDate,
    until: Timestamp,
    dice: Dice,
    named: i64,
}

impl Calendar {
    /// Until an instant; its day counts where enough of it has passed.
    pub(super) fn new(first: NaiveDate, until: Timestamp, dice: Dice) -> Self {
        let last = until.before(Span::micros((HOURS.0 * 3_600 + 2 * LONGEST) * SECOND)).day();
        Self { first, last, until, dice, named: 0 }
    }

    /// Its days, each with what is to have happened by its end, of `rows` in all.
    pub(super) fn days(&self, rows: i64) -> Vec<(NaiveDate, i64)> {
        let last = self.last;
        let days: Vec<NaiveDate> = self.first.iter_days().take_while(|day| *day <= last).collect();
        let count = i64::try_from(days.len()).unwrap_or(i64::MAX);
        // The pace of the last day is half as much again as that of the first.
        let weight = |(place, day): (i64, &NaiveDate)| {
            let weekday = usize::try_from(day.weekday().num_days_from_monday()).unwrap_or_default();
            WEEK[weekday] * (200 + 100 * place / count)
        };
        let weights: Vec<i64> = (0..).zip(&days).map(weight).collect();
        let whole: i64 = weights.iter().sum();
        let mut sum = 0;
        let mut due = Vec::new();
        for (day, weight) in days.into_iter().zip(weights) {
            sum += weight;
            due.push((
                day,
                i64::try_from(i128::from(rows) * i128::from(sum) / i128::from(whole)).unwrap_or(rows),
            ));
        }
        due
    }

    /// What happens on a day, in its order: at least `rows` rows of usage, and at most as many as there is `room` for.
    pub(super) fn day(
        &mut self,
        market: &Market,
        day: NaiveDate,
        rows: i64,
        room: i64,
    ) -> Result<Vec<Event>, Error> {
        let (midnight, is_last) = (Timestamp::midnight(day), day == self.last);
        let mut events: Vec<Event> =
            (0..market.buyers.len()).map(|buyer| Event { at: midnight, buyer, what: What::Dawns }).collect();
        let (mut planned, mut running) = (0, if is_last { 1 + market.buyers.len() / 10 } else { 0 });
        while planned < rows {
            let more = if self.dice.roll(100) < 8 {
                let at = self.begins_at(day);
                vec![self.call(market, at)?]
            } else {
                // On the last day some productions are not over yet.
                let runs = running > 0;
                running = running.saturating_sub(1);
                self.production(market, day, runs)?
            };
            let usage = more.iter().filter(|event| event.what.is_usage()).count();
            let usage = i64::try_from(usage).unwrap_or(i64::MAX);
            if planned + usage > room {
                let at = self.begins_at(day);
                events.push(self.call(market, at)?);
                planned += 1;
                continue;
            }
            planned += usage;
            events.extend(more);
        }
        events.sort_by_key(|event| event.at);
        Ok(events)
    }

    /// A call outside productions. 5.19.
    pub(super) fn call(&mut self, market: &Market, at: Timestamp) -> Result<Event, Error> {
        let buyer = market.shares.pick(&mut self.dice);
        let of = &market.buyers[buyer];
        let account = of.accounts[of.shares.pick(&mut self.dice)].0;
        let quantity =
            text(1_000 + self.dice.roll(20_000), 100 + self.dice.roll(4_000)).map_err(out_of_range)?;
        let report =
            CallReport { account, r#loop: 1 + self.dice.roll(5), quantity, model: None, occurred_at: None };
        let name = self.name("call")?;
        Ok(Event { at, buyer, what: What::Calls(name, report) })
    }

    /// A production from its admission to its end; one that runs at the end of it all has begun minutes before.
    fn production(&mut self, market: &Market, day: NaiveDate, runs: bool) -> Result<Vec<Event>, Error> {
        let buyer = market.shares.pick(&mut self.dice);
        let of = &market.buyers[buyer];
        let (account, channel) = &of.accounts[of.shares.pick(&mut self.dice)];
        let (word, make) = match self.dice.roll(10) {
            0..5 => ("short", Make::Short),
            5..8 => ("film", Make::Film(20 + self.dice.roll(41))),
            _ => ("texts", Make::Texts(4 + self.dice.roll(13))),
        };
        let name: ProductionName = self.name(word)?;
        let plan = Plan::new(make.steps().map_err(out_of_range)?);
        let plan = plan.map_err(|error| Error::corrupt("sample", &name, error))?;
        let mut at = if runs { self.until.before(Span::minutes(9)) } else { self.begins_at(day) };
        let (end, steps) = match self.dice.roll(60) {
            _ if runs => (None, 1 + self.dice.roll(4)),
            0 => (Some(End::Cancelled), 1 + self.dice.roll(4)),
            1 | 2 => (Some(End::Failed), 1 + self.dice.roll(4)),
            _ => (Some(End::Published), i64::MAX),
        };
        let request = AdmitRequest {
            production: name.clone(),
            account: *account,
            title: format!("{channel}, {}", at.utc().format("%-d %B %Y")),
            project_type: Some("short-video".to_owned()),
            member: None,
            quote: None,
            plan: plan.clone(),
        };
        let mut events = vec![Event { at, buyer, what: What::Asks(Box::new(request)) }];
        for step in plan.steps().iter().take(usize::try_from(steps).unwrap_or(usize::MAX)) {
            let failed = (self.dice.roll(25) == 0).then_some(Outcome::Failed);
            for (number, outcome) in (1..).zip(failed.into_iter().chain([Outcome::Succeeded])) {
                at = at.after(Span::micros((10 + self.dice.roll(40)) * SECOND));
                let model = (self.dice.roll(2_000) == 0).then(|| UNPRICED.to_owned());
                let attempt = Attempt { outcome, quantity: step.quantity, model, occurred_at: None };
                let what = What::Reports(name.clone(), step.name.clone(), number, attempt);
                events.push(Event { at, buyer, what });
            }
        }
        if let Some(end) = end {
            at = at.after(Span::micros(30 * SECOND));
            events.push(Event { at, buyer, what: What::Ends(name, end) });
        }
        Ok(events)
    }

    /// An instant of a day from which a production is over on that day, and before the end of it all.
    fn begins_at(&mut self, day: NaiveDate) -> Timestamp {
        let midnight = Timestamp::midnight(day);
        let from = midnight.after(Span::micros(HOURS.0 * 3_600 * SECOND));
        let until = midnight.after(Span::micros(HOURS.1 * 3_600 * SECOND));
        let until = until.min(self.until.before(Span::micros(LONGEST * SECOND)));
        from.after(Span::micros(self.dice.roll((until.micros() - from.micros()).max(1))))
    }

    /// The next name.
    fn name<N: std::str::FromStr<Err = billing::id::IdError>>(&mut self, word: &str) -> Result<N, Error> {
        self.named += 1;
        let name = format!("{word}-{:08}", self.named);
        name.parse().map_err(|error| Error::corrupt("sample", &name, error))
    }
}
