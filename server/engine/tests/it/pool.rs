//! Eight seats on one pool, asking at once, against a slow, obvious oracle that shares nothing with the engine but the order
//! in which it decided: whose cap binds is named, with its figures, and nothing of a refused production is held. A7, 5.16.

use crate::{
    support::{World, both, speech},
    team::{add, member},
};
use anyhow::{Context, Result};
use billing::{
    allowance::Source,
    budget::CapOverride,
    id::PersonId,
    production::{End, Outcome},
    refusal::{Figures, Reason, Scope},
    team::Role,
    time::Span,
    tokens::Tokens,
};
use engine::{Error, production::AdmitRequest};
use futures::future::join_all;
use sea_orm::{ConnectionTrait, Statement};
use std::collections::HashMap;

const SEATS: usize = 8;
const ROUNDS: i64 = 8;
const ASKS: i64 = 40;
const WEIGHT: i64 = 8;
const POOL: i64 = 14_000;

/// The same numbers for the same seed, everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from((self.0 >> 33) % sides.unsigned_abs()).expect("a number")
    }
}

/// One seat, in plain arithmetic.
#[derive(Clone, Copy, Default)]
struct Seat {
    cap: Option<i64>,
    /// The override that is set, and its last day.
    instead: Option<(i64, i64)>,
    used: i64,
    held: i64,
}

/// What is said of a production: nothing, or whose limit it was, the limit, used, held.
type Said = Option<(Option<usize>, [i64; 3])>;

struct Oracle {
    seats: [Seat; SEATS],
    left: i64,
    used: i64,
    held: i64,
    day: i64,
}

impl Oracle {
    fn ask(&mut self, seat: Option<usize>, needed: i64) -> Said {
        if let Some(place) = seat {
            let Seat { cap, instead, used, held } = self.seats[place];
            let over = instead.filter(|(_, last)| self.day <= *last).map(|(tokens, _)| tokens);
            if let Some(limit) = cap.map(|cap| over.unwrap_or(cap))
                && (used + held >= limit || used + held + needed > limit)
            {
                return Some((Some(place), [limit, used, held]));
            }
        }
        if needed > self.left {
            return Some((None, [POOL, self.used, self.held]));
        }
        self.left -= needed;
        self.held += needed;
        if let Some(place) = seat {
            self.seats[place].held += needed;
        }
        None
    }

    fn end(&mut self, seat: Option<usize>, tokens: i64, used: bool) {
        self.held -= tokens;
        if used {
            self.used += tokens;
        } else {
            self.left += tokens;
        }
        if let Some(place) = seat {
            self.seats[place].held -= tokens;
            self.seats[place].used += if used { tokens } else { 0 };
        }
    }
}

/// One ask: its name, whose, seconds, and what the gate said.
struct Ask {
    name: String,
    seat: Option<usize>,
    seconds: i64,
    said: Result<(), Error>,
}

/// The order of decisions: identities rise with them, within one process.
async fn order(world: &World) -> Result<HashMap<String, String>> {
    let database = world.database().await?;
    let mut order = HashMap::new();
    for text in ["SELECT name, id FROM production", "SELECT production, id FROM refusal"] {
        let statement = Statement::from_string(database.get_database_backend(), text);
        for row in database.query_all_raw(statement).await? {
            let (name, id): (String, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
            order.insert(name, id[4..].to_owned());
        }
    }
    Ok(order)
}

fn what(refused: &Result<(), Error>, people: &[PersonId]) -> Result<Said> {
    let refusal = match refused {
        Ok(()) => return Ok(None),
        Err(Error::Refused(refusal)) => refusal,
        Err(error) => anyhow::bail!("{error}"),
    };
    let Some(Figures::Tokens { limit, used, held, .. }) = refusal.figures else {
        anyhow::bail!("no figures")
    };
    let seat = match (refusal.reason, &refusal.scope) {
        (Reason::SeatCap, Scope::Member { id, .. }) => people.iter().position(|person| person == id),
        (Reason::NotEnoughCapacity, Scope::Customer { .. }) => None,
        other => anyhow::bail!("{other:?}"),
    };
    anyhow::ensure!((refusal.reason == Reason::SeatCap) == seat.is_some());
    Ok(Some((seat, [limit, used, held].map(Tokens::get))))
}

both! {
    async fn a7_the_seat_whose_cap_binds_is_named_under_contention(world: &World) -> Result<()> {
        let seed = std::env::var("JARAI_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(20_261_022);
        let mut dice = Dice(seed);
        world.grant(Source::Allowance, POOL, Some("2026-11-01T00:00:00Z")).await?;
        let engine = &world.engine;
        let ada = member(world, add(world, "Ada", Role::CustomerAdministrator).await?).await?;
        let mut people = Vec::new();
        for place in 0..SEATS {
            people.push(add(world, &format!("Seat{place}"), Role::AccountOperator).await?);
        }
        let mut oracle = Oracle { seats: [Seat::default(); SEATS], left: POOL, used: 0, held: 0, day: 0 };
        let (mut by_cap, mut by_pool) = (0, 0);
        for round in 0..ROUNDS {
            for (place, person) in people.iter().enumerate() {
                if dice.roll(3) == 0 || round == 0 {
                    let cap = (dice.roll(5) > 0).then(|| dice.roll(3_000));
                    engine.set_seat_cap(world.customer, *person, cap.map(Tokens::new).transpose()?).await?;
                    oracle.seats[place].cap = cap;
                }
                let known = engine.team(&ada).await?.members.into_iter().find(|one| one.person == *person);
                if let Some(limit) = known.context("a member")?.limit && dice.roll(3) == 0 {
                    let (count, days) = (dice.roll(5_000), dice.roll(3));
                    let until = engine.now().after(Span::hours(i32::try_from(days * 24 + 12)?));
                    let instead = CapOverride { tokens: Tokens::new(count)?, until };
                    engine.override_cap(&ada, *person, limit, Some(instead)).await?;
                    oracle.seats[place].instead = Some((count, round + days));
                }
            }
            let asks = (0..ASKS).map(|n| {
                let seat = usize::try_from(dice.roll(9)).ok().filter(|place| *place < SEATS);
                let (name, seconds) = (format!("r{round}-{n}"), dice.roll(60));
                let member = seat.map(|place| people[place]);
                let request = AdmitRequest { member, ..world.request(&name, vec![speech("one", seconds)]) };
                async move {
                    let said = engine.admit(world.customer, None, request).await.map(drop);
                    Ask { name, seat, seconds, said }
                }
            });
            let mut asks = join_all(asks).await;
            let order = order(world).await?;
            asks.sort_by_key(|ask| order[&ask.name].clone());
            for ask in &asks {
                let expected = oracle.ask(ask.seat, ask.seconds * WEIGHT);
                assert_eq!(what(&ask.said, &people)?, expected, "seed {seed}, {} of seat {:?}", ask.name, ask.seat);
                by_cap += usize::from(expected.is_some_and(|(seat, _)| seat.is_some()));
                by_pool += usize::from(expected.is_some_and(|(seat, _)| seat.is_none()));
            }
            for ask in asks.iter().filter(|ask| ask.said.is_ok()) {
                let used = dice.roll(2) == 0;
                if used {
                    world.report(&ask.name, &speech("one", ask.seconds), 1, Outcome::Succeeded).await?;
                }
                world.finish(&ask.name, if used { End::Published } else { End::Cancelled }).await?;
                oracle.end(ask.seat, ask.seconds * WEIGHT, used);
            }
            assert_eq!(world.balance().await?, (oracle.left, oracle.held), "seed {seed}, round {round}");
            for one in engine.team(&ada).await?.members {
                let Some(place) = people.iter().position(|person| *person == one.person) else { continue };
                let Seat { used, held, .. } = oracle.seats[place];
                assert_eq!((one.taken.used.get(), one.taken.held.get()), (used, held), "seed {seed}, seat {place}");
            }
            engine.advance_sandbox_clock(Span::days(1)).await?;
            oracle.day += 1;
        }
        assert!(by_cap > 20 && by_pool > 0, "both bind in this history: {by_cap}, {by_pool}");
        Ok(())
    }
}
