//! When everything happens: the year before October 2026 by each customer's rhythm, then October day by day.
//!
//! A year as an account of a studio has it: it grows, rests at weekends and in summer; calls fail and are made again, some
//! productions are stopped, fail, or are never heard of; one runs over a month's end and is reported late.

use super::{
    october::{self, Act},
    production::{Course, Make},
    studios::{COPPER, HARBOUR, NORTHLIGHT, Rhythm, STUDIOS, Studio},
};
use crate::{Error, dice::Dice};
use billing::{
    production::{End, Kind},
    time::{Span, Timestamp},
};
use chrono::{Datelike, NaiveDate, Weekday};

/// Something that happens to a customer.
pub(super) struct Event {
    pub(super) at: Timestamp,
    /// Its place in [`STUDIOS`].
    pub(super) studio: usize,
    pub(super) what: What,
}

/// What happens.
pub(super) enum What {
    /// It becomes a customer.
    Opens,
    /// It produces.
    Makes(Scene),
    /// Something else.
    Does(Act),
}

/// A production: its name, what people call it, the account's place, what it is and how it goes.
pub(super) struct Scene {
    pub(super) name: String,
    pub(super) title: String,
    pub(super) account: usize,
    pub(super) make: Make,
    pub(super) course: Course,
}

/// How a production goes: nearly always well.
fn course(dice: &mut Dice) -> Course {
    match dice.roll(60) {
        0 => Course::Runs(0),
        1 | 2 => Course::Stops(End::Failed),
        3 => Course::Stops(End::Cancelled),
        4..=10 => Course::Retried(Kind::Video),
        _ => Course::Published,
    }
}

/// Shares of a week's productions by its days, of 30.
const WEEK: [i64; 7] = [5, 6, 6, 6, 5, 1, 1];
/// The account whose budget leaves no room to compose anything twice.
const TIGHT: (usize, usize) = (NORTHLIGHT, 1);
/// How long nobody speaks for a production before it lapses.
const SILENCE: Span = Span::minutes(11);

/// All of it, in its order.
pub(super) fn events() -> Result<Vec<Event>, Error> {
    let (mut all, october) = (Vec::new(), day("2026-10-01")?);
    for (place, studio) in STUDIOS.iter().enumerate() {
        let since = day(studio.since)?;
        all.push(Event { at: Timestamp::midnight(since), studio: place, what: What::Opens });
        let days = since.iter_days().take_while(|day| *day < october);
        match studio.rhythm {
            Rhythm::Monthly(films) => monthly(place, films, days, &mut all),
            Rhythm::Daily { a_month, seconds } => daily(place, a_month, seconds, days, &mut all),
        }
    }
    for first in ["2025-12-01", "2026-03-01", "2026-06-01", "2026-09-01"] {
        over_the_end(day(first)?, &mut all);
    }
    for month in ["2026-01", "2026-05", "2026-08"] {
        rush(month, &mut all)?;
    }
    october::events(&mut all)?;
    all.sort_by_key(|event| event.at);
    Ok(all)
}

/// A film on some days of each month, for one account after the other.
fn monthly(studio: usize, films: &[(u32, i64)], days: impl Iterator<Item = NaiveDate>, all: &mut Vec<Event>) {
    for day in days {
        for (place, (_, seconds)) in films.iter().enumerate().filter(|(_, (on, _))| *on == day.day()) {
            let account = place % producing(&STUDIOS[studio]);
            all.push(film(studio, day, 10, account, *seconds, Course::Published));
        }
    }
}

/// Films day by day, more on working days, and a call outside productions on Fridays.
fn daily(
    studio: usize,
    a_month: [i64; 12],
    [shortest, longest]: [i64; 2],
    days: impl Iterator<Item = NaiveDate>,
    all: &mut Vec<Event>,
) {
    let (mut dice, mut made) = (Dice::new(u64::try_from(studio).unwrap_or_default()), 0);
    for day in days {
        let month = (day.month0() + 3) % 12; // October is the first
        let (pace, share) = (a_month[index(month)], WEEK[index(day.weekday().num_days_from_monday())]);
        // In thousandths; a month has 4.35 weeks.
        let due = pace * share * 1_000 * 100 / (30 * 435);
        for nth in 0..(due + dice.roll(1_000)) / 1_000 {
            let (seconds, mut course) = (shortest + dice.roll(longest - shortest), course(&mut dice));
            let account = made % producing(&STUDIOS[studio]);
            if let (Course::Retried(_), TIGHT) = (course, (studio, account)) {
                course = Course::Retried(Kind::Text);
            }
            let event = film(studio, day, 9 + 3 * nth, account, seconds, course);
            if matches!(course, Course::Runs(_)) {
                all.push(Event { at: event.at.after(SILENCE), studio, what: What::Does(Act::Lapses) });
            }
            all.push(event);
            made += 1;
        }
        if day.weekday() == Weekday::Fri {
            let r#loop = 2 + i64::from(day.iso_week().week() % 4);
            all.push(Event { at: at(day, 15), studio, what: What::Does(Act::Calls(made % 2, r#loop)) });
        }
    }
}

/// 5.20: Harbour admits a film on the evening of this month's last day and reports it after midnight.
fn over_the_end(first: NaiveDate, all: &mut Vec<Event>) {
    let last = Timestamp::midnight(first).month().last_day();
    for (course, minutes) in [(Course::Runs(1), -10), (Course::CatchesUp, 25)] {
        let mut event = film(HARBOUR, last, 24, 0, 90, course);
        event.at = event.at.after(Span::minutes(minutes));
        all.push(event);
    }
}

/// A month in which Copper Lane needs more than its allowance, buys 50,000 tokens and uses them up.
fn rush(month: &str, all: &mut Vec<Event>) -> Result<(), Error> {
    let date = |number: u32| day(&format!("{month}-{number:02}"));
    all.push(film(COPPER, date(23)?, 10, 0, 700, Course::Published));
    all.push(Event { at: at(date(26)?, 9), studio: COPPER, what: What::Does(Act::Buys(50_000)) });
    all.push(film(COPPER, date(26)?, 10, 1, 419, Course::Published));
    Ok(())
}

fn film(studio: usize, day: NaiveDate, hour: i64, account: usize, seconds: i64, course: Course) -> Event {
    let (at, make) = (at(day, hour), Make::Film(seconds));
    Event { at, studio, what: What::Makes(Scene::of(studio, at, account, make, course)) }
}

impl Scene {
    /// One that is called after its account and its day.
    pub(super) fn of(studio: usize, at: Timestamp, account: usize, make: Make, course: Course) -> Self {
        let of = &STUDIOS[studio];
        let title = of.series.get(account).copied().unwrap_or(of.accounts[account].0);
        Self {
            name: format!("film-{}", at.utc().format("%Y%m%d-%H")),
            title: format!("{title}, {}", at.utc().format("%-d %B %Y")),
            account,
            make,
            course,
        }
    }
}

fn day(text: &str) -> Result<NaiveDate, Error> {
    text.parse().map_err(|error| Error::corrupt("sample", text, error))
}

/// So many hours after midnight.
fn at(day: NaiveDate, hour: i64) -> Timestamp {
    Timestamp::midnight(day).after(Span::micros(hour * 3_600_000_000))
}

fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or_default()
}

/// Of the first accounts, how many may produce.
fn producing(studio: &Studio) -> usize {
    studio.accounts.iter().take_while(|(_, status)| status.may_produce()).count().max(1)
}
