//! October 2026 until the 22nd, 16:40: what brings each customer to the state that it shows. Every budget state and every
//! refusal is somebody's.

use super::{
    calendar::{Event, Scene, What},
    instant,
    production::{Course, Make},
    studios::{
        COPPER, EVERGREEN, FERN, HARBOUR, LANTERN, MERIDIAN, NORTHLIGHT, QUARRY, SALTMARSH, STUDIOS, THISTLE,
    },
};
use crate::Error;
use billing::{production::End, refusal::Reason, time::Span, top_up::AutoTopUpState};

/// When, whose, and what.
struct Deed(&'static str, usize, Act);

/// What a customer does. Money is in minor units of its currency; an account is named by its place.
#[derive(Clone, Copy)]
pub(super) enum Act {
    /// It produces.
    Makes(usize, Make, Course),
    /// A pack of so many tokens is bought.
    Buys(i64),
    /// A call outside productions.
    Calls(usize, i64),
    /// A limit is set: from then on, for this month only, or where to tell.
    Stops(Whose, i64),
    StopsThisMonth(Whose, i64),
    Tells(Whose, i64),
    /// An account runs no more than so many productions at once.
    RunsAtOnce(usize, i64),
    /// A person takes no more than so many tokens a cycle.
    Caps(&'static str, i64),
    /// Until this cycle ends, a person’s cap is so many tokens.
    Overrides(&'static str, i64),
    /// Somebody is invited to produce in an account.
    Invites(&'static str, usize),
    /// A person asks for more, where they were refused last.
    Asks(&'static str, &'static str),
    /// From now on its card is declined where nobody is present: the next renewal fails.
    CardFails,
    /// Capacity is bought without asking.
    BuysByItself(AutoTopUpState),
    /// A payment is disputed: the risk score rises.
    Disputes(&'static str),
    /// Somebody is written down as a contact: name, address, telephone, job; and whose main contact they are.
    Knows(&'static [&'static str; 4], Option<usize>),
    /// What nobody has spoken for ends.
    Lapses,
    /// A production is refused for this reason.
    TurnsAway(usize, &'static str, Make, Reason),
}

/// Whose limit.
#[derive(Clone, Copy)]
pub(super) enum Whose {
    Account(usize),
    Key,
    All,
}

use Act::{
    Asks, Buys, BuysByItself, Calls, Caps, CardFails, Disputes, Invites, Knows, Lapses, Makes, Overrides,
    RunsAtOnce, Stops, StopsThisMonth, Tells, TurnsAway,
};
use AutoTopUpState::{Declined, On};
use Course::{Published, Runs, Waits};
use Make::{Film, Short, Texts, Unpriced};
use Whose::{Account, All, Key};

/// Contacts of Northlight: one who cannot sign in, and its administrator.
const PRIYA: [&str; 4] = ["Priya Nair", "priya@northlight.example", "+44 20 7946 0018", "Accounts payable"];
const MARA: [&str; 4] =
    ["Mara Lindqvist", "mara@northlight.example", "+44 20 7946 0102", "Managing director"];

/// What leads there, by customer. Northlight's productions are not in it.
const DEEDS: &[Deed] = &[
    Deed("2025-10-01T00:01", NORTHLIGHT, Stops(Account(1), 520)),
    Deed("2025-10-01T00:02", NORTHLIGHT, Knows(&PRIYA, Some(1))),
    Deed("2025-10-01T00:02", NORTHLIGHT, Knows(&MARA, Some(0))),
    Deed("2026-10-14T09:30", QUARRY, Disputes("The payment of the invoice of September was disputed")),
    Deed("2025-10-01T00:01", NORTHLIGHT, Stops(Account(2), 2_000)),
    Deed("2025-10-01T00:01", NORTHLIGHT, Tells(Account(2), 400)),
    Deed("2026-10-22T16:20", NORTHLIGHT, TurnsAway(1, "Autumn soups, ep. 12", Short, Reason::AccountBudget)),
    Deed("2026-10-01T00:01", HARBOUR, Stops(Account(0), 1_500)),
    Deed("2026-10-01T00:01", HARBOUR, Tells(Account(0), 1_200)),
    Deed("2026-10-01T00:01", HARBOUR, Caps("omar@harbour.example", 160_000)),
    Deed("2026-10-02T16:00", HARBOUR, Makes(0, Film(500), Published)),
    Deed("2026-10-07T16:00", HARBOUR, Makes(1, Film(450), Published)),
    Deed("2026-10-09T15:00", HARBOUR, Calls(1, 2)),
    Deed("2026-10-12T10:00", HARBOUR, Makes(1, Texts(3), Runs(0))),
    Deed("2026-10-12T10:11", HARBOUR, Lapses),
    Deed(
        "2026-10-13T12:00",
        HARBOUR,
        TurnsAway(2, "Tide Times, part 1", Film(520), Reason::AccountNotActive),
    ),
    Deed("2026-10-16T15:00", HARBOUR, Calls(1, 3)),
    Deed("2026-10-20T10:00", HARBOUR, Makes(0, Film(300), Published)),
    Deed("2026-10-20T15:00", HARBOUR, Overrides("omar@harbour.example", 170_000)),
    Deed(
        "2026-10-21T11:00",
        HARBOUR,
        TurnsAway(1, "Harbour Daily, a long night", Film(200), Reason::SeatCap),
    ),
    Deed("2026-10-21T11:30", HARBOUR, Asks("omar@harbour.example", "The festival moved it to this week")),
    Deed("2026-10-21T14:00", HARBOUR, Invites("lena@harbour.example", 1)),
    Deed("2026-10-22T16:40", HARBOUR, Makes(1, Texts(3), Runs(0))),
    Deed("2026-10-03T12:00", FERN, Makes(0, Film(80), Published)),
    Deed("2026-10-09T08:00", FERN, Makes(0, Film(80), Published)),
    Deed("2026-10-16T09:00", FERN, Makes(0, Texts(30), Published)),
    Deed(
        "2026-10-21T20:00",
        FERN,
        TurnsAway(0, "Fern Diaries, first frost", Film(60), Reason::NotEnoughCapacity),
    ),
    Deed("2026-10-20T14:00", EVERGREEN, Makes(0, Film(20), Published)),
    Deed(
        "2026-10-21T14:00",
        EVERGREEN,
        TurnsAway(0, "Evergreen, the whole story", Film(90), Reason::ProductionTooLarge),
    ),
    Deed("2026-10-01T00:01", COPPER, Stops(Account(0), 2_480)),
    Deed("2026-10-01T00:01", COPPER, Stops(Account(1), 1_600)),
    Deed("2026-10-03T10:00", COPPER, Makes(0, Film(700), Published)),
    Deed("2026-10-09T18:00", COPPER, Makes(1, Film(700), Published)),
    Deed("2026-10-14T02:00", COPPER, TurnsAway(1, "Copper Shorts, at night", Film(20), Reason::Maintenance)),
    Deed("2026-10-15T10:00", COPPER, Makes(0, Film(700), Published)),
    Deed("2026-10-16T11:00", COPPER, Calls(0, 2)),
    Deed("2026-10-17T11:00", COPPER, Calls(0, 3)),
    Deed("2026-10-18T11:00", COPPER, Calls(0, 4)),
    Deed("2026-10-20T09:00", COPPER, StopsThisMonth(Account(1), 2_400)),
    Deed("2026-10-20T17:00", COPPER, Buys(50_000)),
    Deed("2026-10-20T18:00", COPPER, Makes(1, Film(100), Published)),
    Deed("2026-10-01T00:01", LANTERN, Stops(Key, 6_000)),
    Deed("2026-10-03T22:00", LANTERN, Makes(0, Film(700), Published)),
    Deed("2026-10-10T04:00", LANTERN, Makes(1, Film(700), Published)),
    Deed("2026-10-15T14:00", LANTERN, Makes(0, Film(700), Published)),
    Deed("2026-10-15T15:00", LANTERN, Buys(50_000)),
    Deed("2026-10-15T15:00", LANTERN, BuysByItself(On)),
    Deed("2026-10-21T10:00", LANTERN, Makes(1, Film(120), Published)),
    Deed("2026-10-22T09:00", LANTERN, TurnsAway(1, "Lantern Shorts, one more", Film(60), Reason::KeyBudget)),
    Deed("2026-10-01T00:01", MERIDIAN, Stops(Account(0), 6_000)),
    Deed("2026-10-01T00:01", MERIDIAN, Stops(All, 2_800)),
    Deed("2026-10-01T00:01", MERIDIAN, BuysByItself(On)),
    Deed("2026-10-04T08:00", MERIDIAN, Makes(0, Film(800), Published)),
    Deed(
        "2026-10-19T08:00",
        MERIDIAN,
        TurnsAway(0, "Meridian, the long way", Film(300), Reason::CustomerBudget),
    ),
    Deed("2026-10-01T00:01", QUARRY, RunsAtOnce(0, 1)),
    Deed("2026-10-04T18:00", QUARRY, Makes(0, Film(700), Published)),
    Deed("2026-10-14T08:00", QUARRY, Makes(0, Film(800), Published)),
    Deed("2026-10-14T09:00", QUARRY, BuysByItself(Declined)),
    Deed("2026-10-21T09:00", QUARRY, Makes(0, Texts(3), Waits)),
    Deed(
        "2026-10-21T10:00",
        QUARRY,
        TurnsAway(0, "Quarry Road, a second at once", Film(30), Reason::Concurrency),
    ),
    Deed("2026-10-01T00:01", SALTMARSH, Stops(Account(0), 2_000)),
    Deed("2026-10-05T10:00", SALTMARSH, Makes(0, Film(400), Published)),
    Deed("2026-10-19T00:00", SALTMARSH, CardFails),
    Deed("2026-10-20T00:00", SALTMARSH, Lapses), // and the renewal is due
    Deed(
        "2026-10-21T15:00",
        SALTMARSH,
        TurnsAway(0, "Saltmarsh, with an avatar", Unpriced(30), Reason::PriceUnknown),
    ),
    Deed("2026-10-01T00:01", THISTLE, Stops(Account(0), 1_200)),
    Deed("2026-10-05T14:00", THISTLE, Makes(0, Film(400), Published)),
    Deed("2026-10-12T00:00", THISTLE, CardFails),
    Deed("2026-10-13T00:00", THISTLE, Lapses), // and the renewal is due
    Deed("2026-10-19T10:00", THISTLE, Stops(Account(0), 400)),
    Deed("2026-10-22T02:00", THISTLE, TurnsAway(0, "Thistle, part 2", Film(60), Reason::PaymentRequired)),
];

/// Northlight's short videos that are done by the 22nd, one every sixteen hours.
const DONE: i32 = 32;

/// All of October.
pub(super) fn events(all: &mut Vec<Event>) -> Result<(), Error> {
    for &Deed(minute, studio, act) in DEEDS {
        let at = instant(&format!("{minute}:00Z"))?;
        let what = match act {
            Makes(account, make, course) => What::Makes(Scene::of(studio, at, account, make, course)),
            act => What::Does(act),
        };
        all.push(Event { at, studio, what });
    }
    northlight(all)
}

/// Northlight Films: its short videos, and what its productions are at on the 22nd.
fn northlight(all: &mut Vec<Event>) -> Result<(), Error> {
    let (first, today) = (instant("2026-10-01T09:00:00Z")?, instant("2026-10-22T16:20:00Z")?);
    let mut make = |at, name, title: String, account, make, course| {
        let scene = Scene { name, title, account, make, course };
        all.push(Event { at, studio: NORTHLIGHT, what: What::Makes(scene) });
    };
    let (series, mut at) = (STUDIOS[NORTHLIGHT].series, first);
    let video = |number: i32, account: usize| {
        (format!("sample-{number}"), format!("{}, ep. {}", series[account], (number + 2) / 3))
    };
    for (number, account) in (1..=DONE).zip((0..series.len()).cycle()) {
        let (name, title) = video(number, account);
        make(at, name, title, account, Short, Published);
        at = at.after(Span::hours(16));
    }
    for (name, what, course) in [
        ("teaser-1", "that failed", Course::Stops(End::Failed)),
        ("teaser-2", "that was stopped", Course::Stops(End::Cancelled)),
        ("teaser-3", "to approve", Waits),
    ] {
        make(today, name.to_owned(), format!("Chip wars, a teaser {what}"), 2, Texts(3), course);
    }
    let (name, title) = video(DONE + 1, 2);
    make(today, name, title, 2, Short, Runs(8));
    Ok(())
}
