//! I-7: ten thousand operations on our wallet and on the slow, obvious model; every answer and every total the same.
//!
//! The model shares no code with the wallet. It keeps one element for every single token, knows nothing but the list of
//! what happened, and answers each question by living through that list again from the start.

use billing::{
    allowance::{Cause, Draw, Grant, Head, Pool, Posting, Source, Transfer, Wallet},
    customer::AccountStatus,
    id::{AccountId, CustomerId, EntryId, GrantId},
    money::{Cost, Currency},
    production::{
        Conflict, End, Estimate, Facts, Hold, OpenHold, admit,
        hold::{HoldDraw, Stage},
    },
    refusal::{Figures, Reason},
    time::{Span, Timestamp},
    tokens::Tokens,
};
use std::collections::BTreeMap;
use ulid::Ulid;

/// Worlds that are played through, each from its own seed, and operations in each.
const SEEDS: u64 = 100;
const OPERATIONS: usize = 100;

/// What somebody asks for. Lots and productions are numbered as they come; times are minutes since the world began.
#[derive(Clone, Copy, Debug)]
enum Event {
    Grant { lot: i64, source: Source, amount: i64, from: i64, until: Option<i64> },
    Admit { production: i64, tokens: i64 },
    Capture { production: i64, tokens: i64 },
    Heartbeat { production: i64, stage: Stage },
    Finish { production: i64 },
    Sweep,
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Verdict {
    Granted { repaid: i64 },
    Admitted { draws: Vec<(i64, i64)> },
    Short { limit: i64, used: i64, held: i64, available: i64, by: i64 },
    Charged { from_hold: i64, from_left: i64, owed: i64 },
    KeptAlive { until: i64 },
    Settled { captured: i64, released: i64 },
    Refused(Conflict),
    Swept { productions: i64, released: i64, lapsed: i64 },
}

/// What there is at one instant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Totals {
    left: i64,
    held: i64,
    used: i64,
    lapsed: i64,
    overdrawn: i64,
    lots: BTreeMap<i64, Lot>,
}

/// What became of the tokens of one lot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Lot {
    remaining: i64,
    held: i64,
    used: i64,
    lapsed: i64,
}

// -----------------------------------------------------------------------------------------------------------
// The model.

/// One single token.
struct Token {
    lot: i64,
    class: i64,
    from: i64,
    until: Option<i64>,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Free,
    HeldBy(i64),
    Used,
}

struct Run {
    lease_ends: i64,
    ended: Option<Conflict>,
    captured: i64,
    released: i64,
}

/// The whole world, as it is after living through a list of events.
#[derive(Default)]
struct Model {
    /// In the order in which they are used up.
    tokens: Vec<Token>,
    runs: BTreeMap<i64, Run>,
    lots: Vec<i64>,
    used: i64,
    owed: i64,
}

/// Allowance before what was given, what was given before what was bought.
fn class(source: Source) -> i64 {
    match source {
        Source::Evaluation => 1,
        Source::Allowance => 2,
        Source::Promotion => 3,
        Source::Adjustment => 4,
        Source::TopUp | Source::AutoTopUp => 5,
    }
}

impl Token {
    fn is_open(&self, now: i64) -> bool {
        self.state == State::Free && self.from <= now && self.until.is_none_or(|end| now < end)
    }

    fn is_lapsed(&self, now: i64) -> bool {
        self.state == State::Free && self.until.is_some_and(|end| end <= now)
    }
}

impl Model {
    /// Lives through everything from the start; answers the last event.
    fn replay(events: &[(i64, Event)]) -> (Self, Option<Verdict>) {
        let (mut model, mut last) = (Self::default(), None);
        for (now, event) in events {
            last = Some(model.live(*event, *now));
        }
        (model, last)
    }

    fn live(&mut self, event: Event, now: i64) -> Verdict {
        match event {
            Event::Grant { lot, source, amount, from, until } => self.grant(lot, source, amount, from, until),
            Event::Admit { production, tokens } => self.admit(production, tokens, now),
            Event::Sweep => self.sweep(now),
            Event::Capture { production, .. }
            | Event::Heartbeat { production, .. }
            | Event::Finish { production } => {
                if self.runs[&production].ended.is_none() && self.runs[&production].lease_ends <= now {
                    self.end(production, Conflict::HoldExpired, now);
                }
                match (self.runs[&production].ended, event) {
                    (Some(conflict), _) => Verdict::Refused(conflict),
                    (None, Event::Capture { tokens, .. }) => self.capture(production, tokens, now),
                    (None, Event::Heartbeat { stage, .. }) => self.keep_alive(production, stage, now),
                    (None, _) => self.finish(production, now),
                }
            }
        }
    }

    fn grant(&mut self, lot: i64, source: Source, amount: i64, from: i64, until: Option<i64>) -> Verdict {
        self.lots.push(lot);
        let mut repaid = 0;
        for _ in 0..amount {
            let mut state = State::Free;
            if self.owed > 0 {
                self.owed -= 1;
                repaid += 1;
                state = State::Used;
            }
            self.tokens.push(Token { lot, class: class(source), from, until, state });
        }
        self.tokens
            .sort_by_key(|token| (token.class, token.until.unwrap_or(i64::MAX), token.from, token.lot));
        Verdict::Granted { repaid }
    }

    fn admit(&mut self, production: i64, tokens: i64, now: i64) -> Verdict {
        let open: Vec<usize> =
            (0..self.tokens.len()).filter(|index| self.tokens[*index].is_open(now)).collect();
        let available = count(open.iter());
        if tokens > available {
            let of_open_lots = |state: fn(&State) -> bool| {
                let is_of_open =
                    |token: &&Token| token.from <= now && token.until.is_none_or(|end| now < end);
                count(self.tokens.iter().filter(is_of_open).filter(|token| state(&token.state)))
            };
            return Verdict::Short {
                limit: of_open_lots(|_| true),
                used: of_open_lots(|state| *state == State::Used),
                held: of_open_lots(|state| matches!(state, State::HeldBy(_))),
                available,
                by: tokens - available,
            };
        }
        let mut draws: Vec<(i64, i64)> = Vec::new();
        for index in open.into_iter().take(usize::try_from(tokens).unwrap()) {
            self.tokens[index].state = State::HeldBy(production);
            let lot = self.tokens[index].lot;
            match draws.last_mut() {
                Some((last, from_it)) if *last == lot => *from_it += 1,
                _ => draws.push((lot, 1)),
            }
        }
        self.runs.insert(production, Run { lease_ends: now + 10, ended: None, captured: 0, released: 0 });
        Verdict::Admitted { draws }
    }

    fn capture(&mut self, production: i64, tokens: i64, now: i64) -> Verdict {
        let (mut from_hold, mut from_left, mut owed) = (0, 0, 0);
        for _ in 0..tokens {
            if let Some(token) = self.tokens.iter_mut().find(|token| token.state == State::HeldBy(production))
            {
                token.state = State::Used;
                from_hold += 1;
            } else if let Some(token) = self.tokens.iter_mut().find(|token| token.is_open(now)) {
                token.state = State::Used;
                from_left += 1;
            } else {
                self.owed += 1;
                owed += 1;
            }
        }
        self.used += tokens;
        let run = self.runs.get_mut(&production).unwrap();
        run.captured += tokens;
        run.lease_ends = now + 24 * 60;
        Verdict::Charged { from_hold, from_left, owed }
    }

    fn keep_alive(&mut self, production: i64, stage: Stage, now: i64) -> Verdict {
        let until = match stage {
            Stage::Admitted => now + 10,
            Stage::Producing => now + 24 * 60,
            Stage::AwaitingApproval => now + 30 * 24 * 60,
        };
        self.runs.get_mut(&production).unwrap().lease_ends = until;
        Verdict::KeptAlive { until }
    }

    fn finish(&mut self, production: i64, now: i64) -> Verdict {
        self.end(production, Conflict::AlreadyFinished, now);
        let run = &self.runs[&production];
        Verdict::Settled { captured: run.captured, released: run.released }
    }

    /// Answers how many tokens went home, and how many found their lot gone.
    fn end(&mut self, production: i64, why: Conflict, now: i64) -> (i64, i64) {
        let (mut home, mut gone) = (0, 0);
        for token in self.tokens.iter_mut().filter(|token| token.state == State::HeldBy(production)) {
            token.state = State::Free;
            if token.is_lapsed(now) { gone += 1 } else { home += 1 }
        }
        let run = self.runs.get_mut(&production).unwrap();
        run.ended = Some(why);
        run.released = home + gone;
        (home, gone)
    }

    fn sweep(&mut self, now: i64) -> Verdict {
        let is_due = |run: &Run| run.ended.is_none() && run.lease_ends <= now;
        let due: Vec<i64> =
            self.runs.iter().filter(|(_, run)| is_due(run)).map(|(number, _)| *number).collect();
        let (mut released, mut lapsed) = (0, 0);
        for production in &due {
            let (home, gone) = self.end(*production, Conflict::HoldExpired, now);
            released += home;
            lapsed += gone;
        }
        Verdict::Swept { productions: count(due.iter()), released, lapsed }
    }

    fn totals(&self, now: i64) -> Totals {
        let mut lots: BTreeMap<i64, Lot> = self.lots.iter().map(|lot| (*lot, Lot::default())).collect();
        for token in &self.tokens {
            let lot = lots.get_mut(&token.lot).unwrap();
            match token.state {
                State::Free if token.is_lapsed(now) => lot.lapsed += 1,
                State::Free => lot.remaining += 1,
                State::HeldBy(_) => lot.held += 1,
                State::Used => lot.used += 1,
            }
        }
        Totals {
            left: count(self.tokens.iter().filter(|token| token.is_open(now))),
            held: lots.values().map(|lot| lot.held).sum(),
            used: self.used,
            lapsed: lots.values().map(|lot| lot.lapsed).sum(),
            overdrawn: self.owed,
            lots,
        }
    }
}

fn count<T>(of: impl Iterator<Item = T>) -> i64 {
    i64::try_from(of.count()).unwrap()
}

// -----------------------------------------------------------------------------------------------------------
// Ours, driven as the engine drives it.

/// Our wallet with its holds, its ledger, and what the ledger's entries add up to.
struct Ours {
    customer: CustomerId,
    account: AccountId,
    wallet: Wallet,
    holds: BTreeMap<i64, Hold>,
    head: Head,
    booked: Totals,
    entries: u64,
}

fn tokens(count: i64) -> Tokens {
    Tokens::new(count).unwrap()
}

fn instant(minutes: i64) -> Timestamp {
    let start: Timestamp = "2026-10-22T16:40:00Z".parse().unwrap();
    start.after(Span::micros(minutes * 60_000_000))
}

fn grant_id(lot: i64) -> GrantId {
    GrantId::new(Ulid::from_parts(1_792_000_000_000, u128::try_from(lot).unwrap()))
}

/// Which lot an identity is.
fn lot_of(grant: GrantId) -> i64 {
    (0..1_000).find(|lot| grant_id(*lot) == grant).unwrap()
}

impl Ours {
    fn new() -> Self {
        Self {
            customer: CustomerId::new(Ulid::from_parts(1, 1)),
            account: AccountId::new(Ulid::from_parts(1, 2)),
            wallet: Wallet::new(Vec::new(), Tokens::ZERO),
            holds: BTreeMap::new(),
            head: Head::start(),
            booked: Totals::default(),
            entries: 0,
        }
    }

    /// Writes transfers into the ledger.
    fn book(&mut self, moved: &[Transfer], now: i64) {
        for transfer in moved {
            self.entries += 1;
            let id = EntryId::new(Ulid::from_parts(2, self.entries.into()));
            let posting = Posting { id, occurred_at: instant(now), posted_on: instant(now).day() };
            self.head.append(self.customer, *transfer, Cause::default(), posting).unwrap();
            let (amount, totals) = (transfer.tokens.get(), &mut self.booked);
            match transfer.credit {
                Pool::Used => totals.used += amount,
                Pool::Lapsed => totals.lapsed += amount,
                Pool::Issued | Pool::Available | Pool::Held | Pool::Overdrawn => {}
            }
            let Some(lot) = transfer.grant.map(|grant| totals.lots.entry(lot_of(grant)).or_default()) else {
                continue;
            };
            match transfer.credit {
                Pool::Used | Pool::Overdrawn => lot.used += amount, // what is repaid was used before
                Pool::Lapsed => lot.lapsed += amount,
                Pool::Issued | Pool::Available | Pool::Held => {}
            }
        }
    }

    fn live(&mut self, event: Event, now: i64) -> Verdict {
        match event {
            Event::Grant { lot, source, amount, from, until } => {
                let until = until.map(instant);
                let grant = Grant::new(grant_id(lot), source, tokens(amount), instant(from), until);
                let moved = self.wallet.grant(grant).unwrap();
                self.booked.lots.entry(lot).or_default();
                self.book(&moved, now);
                Verdict::Granted { repaid: between(&moved, Pool::Available, Pool::Overdrawn) }
            }
            Event::Admit { production, tokens } => self.admit(production, tokens, now),
            Event::Sweep => self.sweep(now),
            Event::Capture { production, .. }
            | Event::Heartbeat { production, .. }
            | Event::Finish { production } => {
                self.expire_if_lapsed(production, now);
                match (self.holds[&production].clone(), event) {
                    (Hold::Ended(ended), _) => Verdict::Refused(ended.end.conflict()),
                    (Hold::Open(open), Event::Capture { tokens, .. }) => {
                        self.capture(production, open, tokens, now)
                    }
                    (Hold::Open(mut open), Event::Heartbeat { stage, .. }) => {
                        open.renew(stage, instant(now));
                        let micros = open.expires_at.micros() - instant(0).micros();
                        self.holds.insert(production, Hold::Open(open));
                        Verdict::KeptAlive { until: micros / 60_000_000 }
                    }
                    (Hold::Open(_), _) => self.end(production, End::Published, now).0,
                }
            }
        }
    }

    fn admit(&mut self, production: i64, wanted: i64, now: i64) -> Verdict {
        let money = Cost::zero(Currency::Gbp);
        let facts = Facts {
            idle: false,
            payment_block: None,
            owed: None,
            customer_budget: None,
            largest_production: None,
            running: 0,
            concurrency: None,
            key: None,
            seat: None,
            customer: self.customer,
            customer_name: "Northwind",
            account: self.account,
            account_name: "Travel",
            status: AccountStatus::Active,
            account_budget: None,
            wallet: &self.wallet,
            at: instant(now),
        };
        let estimate = Estimate { tariff_version: 1, tokens: tokens(wanted), money, lines: Vec::new() };
        let draws: Vec<Draw> = match admit(&facts, &estimate).unwrap() {
            Ok(draws) => draws,
            Err(refusal) => {
                assert_eq!(refusal.reason, Reason::NotEnoughCapacity);
                return short(refusal.figures.unwrap());
            }
        };
        let moved = self.wallet.hold(&draws).unwrap();
        self.book(&moved, now);
        let open = OpenHold {
            stage: Stage::Admitted,
            expires_at: instant(now).after(Stage::Admitted.lease()),
            draws: draws.iter().map(HoldDraw::of).collect(),
            overrun: Tokens::ZERO,
            money,
            month: instant(now).month(),
        };
        self.holds.insert(production, Hold::Open(open));
        Verdict::Admitted {
            draws: draws.iter().map(|draw| (lot_of(draw.grant), draw.tokens.get())).collect(),
        }
    }

    fn capture(&mut self, production: i64, mut open: OpenHold, wanted: i64, now: i64) -> Verdict {
        open.renew(Stage::Producing, instant(now));
        let moved = self.wallet.capture(&mut open, tokens(wanted), instant(now)).unwrap();
        self.book(&moved, now);
        self.holds.insert(production, Hold::Open(open));
        Verdict::Charged {
            from_hold: between(&moved, Pool::Held, Pool::Used),
            from_left: between(&moved, Pool::Available, Pool::Used),
            owed: between(&moved, Pool::Overdrawn, Pool::Used),
        }
    }

    /// The one end of a hold that is open; answers its settlement, and what went home and what found its lot gone.
    fn end(&mut self, production: i64, end: End, now: i64) -> (Verdict, i64, i64) {
        let Some(Hold::Open(mut open)) = self.holds.remove(&production) else { panic!("the hold is open") };
        let moved = self.wallet.release(&mut open, instant(now)).unwrap();
        self.book(&moved, now);
        let ended = open.end(end, instant(now));
        let settlement = ended.settlement();
        self.holds.insert(production, Hold::Ended(ended));
        let verdict =
            Verdict::Settled { captured: settlement.captured.get(), released: settlement.released.get() };
        (verdict, between(&moved, Pool::Held, Pool::Available), between(&moved, Pool::Held, Pool::Lapsed))
    }

    fn is_due(&self, production: i64, now: i64) -> bool {
        matches!(&self.holds[&production], Hold::Open(open) if open.has_lapsed(instant(now)))
    }

    fn expire_if_lapsed(&mut self, production: i64, now: i64) {
        if self.is_due(production, now) {
            self.end(production, End::Expired, now);
        }
    }

    fn sweep(&mut self, now: i64) -> Verdict {
        let due: Vec<i64> = self.holds.keys().copied().filter(|number| self.is_due(*number, now)).collect();
        let ends: Vec<(Verdict, i64, i64)> =
            due.into_iter().map(|number| self.end(number, End::Expired, now)).collect();
        Verdict::Swept {
            productions: count(ends.iter()),
            released: ends.iter().map(|(_, home, _)| home).sum(),
            lapsed: ends.iter().map(|(_, _, gone)| gone).sum(),
        }
    }

    /// Books what has lapsed by now, as the engine does before it moves anything.
    fn lapse(&mut self, now: i64) {
        let moved = self.wallet.lapse(instant(now));
        self.book(&moved, now);
    }

    /// Forgets lots that have ended and takes in the rest in another order, as from the database.
    fn reload(&mut self, now: i64) {
        let is_empty = |grant: &Grant| grant.remaining.is_zero() && grant.held.is_zero();
        let matters = |grant: &&Grant| !grant.has_expired(instant(now)) || !is_empty(grant);
        let lots = self.wallet.grants().iter().rev().filter(matters).copied().collect();
        self.wallet = Wallet::new(lots, self.wallet.overdrawn());
    }

    /// What the ledger and the lots say there is. Expiry is a date: a lapse not yet booked is one all the same.
    fn totals(&self, now: i64) -> Totals {
        let mut totals = Totals {
            left: self.wallet.available(instant(now)).get(),
            held: self.head.held.get(),
            overdrawn: self.head.overdrawn.get(),
            ..self.booked.clone()
        };
        assert_eq!(
            self.wallet.overdrawn(),
            self.head.overdrawn,
            "the wallet and its ledger agree on what is owed"
        );
        let remaining: i64 = self.wallet.grants().iter().map(|grant| grant.remaining.get()).sum();
        assert_eq!(remaining, self.head.left.get(), "the lots and the ledger agree on what remains");
        for grant in self.wallet.grants() {
            let lot = totals.lots.get_mut(&lot_of(grant.id)).unwrap();
            lot.held = grant.held.get();
            if grant.has_expired(instant(now)) {
                lot.lapsed += grant.remaining.get();
                totals.lapsed += grant.remaining.get();
            } else {
                lot.remaining = grant.remaining.get();
                assert_eq!(grant.used().get(), lot.used, "the lot and the ledger agree on what is used");
            }
        }
        totals
    }
}

/// How many tokens moved from one pool into another.
fn between(moved: &[Transfer], debit: Pool, credit: Pool) -> i64 {
    moved.iter().filter(|one| (one.debit, one.credit) == (debit, credit)).map(|one| one.tokens.get()).sum()
}

fn short(figures: Figures) -> Verdict {
    let Figures::Tokens { limit, used, held, needed, available, short_by } = figures else {
        panic!("in tokens")
    };
    assert_eq!(needed.get() - available.get(), short_by.get());
    let [limit, used, held, available, by] = [limit, used, held, available, short_by].map(Tokens::get);
    Verdict::Short { limit, used, held, available, by }
}

// -----------------------------------------------------------------------------------------------------------
// The dice.

/// `SplitMix64`: the same numbers from the same seed, everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: i64) -> i64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        i64::try_from((mixed ^ (mixed >> 31)) % u64::try_from(sides).unwrap()).unwrap()
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[usize::try_from(self.roll(i64::try_from(of.len()).unwrap())).unwrap()]
    }

    /// How many minutes pass: mostly few, so that productions live; now and then a day, so that lots end under holds.
    fn minutes(&mut self) -> i64 {
        match self.roll(20) {
            0..=12 => self.roll(3),
            13..=16 => 7 + self.roll(5),
            17 | 18 => 60 * (1 + self.roll(9)),
            _ => 24 * 60 * (1 + self.roll(2)) - self.roll(2),
        }
    }

    /// The next thing that somebody asks for. Small, odd sizes: holds lie across lots, and lots run out.
    fn event(&mut self, lots: i64, known: &Known, production: i64, now: i64) -> Event {
        let grant = |dice: &mut Self| Event::Grant {
            lot: lots,
            source: dice.pick(&[
                Source::Allowance,
                Source::Allowance,
                Source::Evaluation,
                Source::Promotion,
                Source::Adjustment,
                Source::TopUp,
                Source::AutoTopUp,
            ]),
            amount: 1 + dice.roll(13),
            from: now + dice.pick(&[0, 0, 0, 0, -5, 30]),
            until: dice.pick(&[None, Some(()), Some(())]).map(|()| now + 31 + dice.roll(3_000)),
        };
        match self.roll(20) {
            0..=3 => grant(self),
            4..=8 => Event::Admit { production, tokens: self.roll(24) },
            9 => Event::Sweep,
            _ if known.running.is_empty() => grant(self),
            roll => {
                let of =
                    if self.roll(10) == 0 && !known.ended.is_empty() { &known.ended } else { &known.running };
                let production = self.pick(of);
                match roll {
                    10..=14 => Event::Capture { production, tokens: self.roll(17) },
                    15 | 16 => {
                        let stage = self.pick(&[Stage::Producing, Stage::Producing, Stage::AwaitingApproval]);
                        Event::Heartbeat { production, stage }
                    }
                    _ => Event::Finish { production },
                }
            }
        }
    }
}

/// Productions, as far as whoever rolls the dice has heard of them.
#[derive(Default)]
struct Known {
    running: Vec<i64>,
    ended: Vec<i64>,
}

impl Known {
    fn hear(&mut self, event: Event, answer: &Verdict) {
        match (event, answer) {
            (Event::Admit { production, .. }, Verdict::Admitted { .. }) => self.running.push(production),
            (
                Event::Finish { production }
                | Event::Capture { production, .. }
                | Event::Heartbeat { production, .. },
                Verdict::Settled { .. } | Verdict::Refused(_),
            ) => {
                self.running.retain(|other| *other != production);
                self.ended.push(production);
            }
            _ => {}
        }
    }
}

/// How often the worlds came to what they are played for. A case that never comes up is not tested.
#[derive(Debug, Default)]
struct Seen {
    operations: usize,
    admitted_across_lots: usize,
    short: usize,
    overrun: usize,
    overdraft: usize,
    repaid: usize,
    captured_from_expired_lot: usize,
    released_into_expired_lot: usize,
    swept: usize,
    refused_after_lapse: usize,
    refused_after_end: usize,
}

impl Seen {
    fn note(&mut self, verdict: &Verdict) {
        self.operations += 1;
        let case = match verdict {
            Verdict::Granted { repaid: 1.. } => &mut self.repaid,
            Verdict::Admitted { draws } if draws.len() > 1 => &mut self.admitted_across_lots,
            Verdict::Short { .. } => &mut self.short,
            Verdict::Charged { owed: 1.., .. } => &mut self.overdraft,
            Verdict::Charged { from_left: 1.., .. } => &mut self.overrun,
            Verdict::Refused(Conflict::HoldExpired) => &mut self.refused_after_lapse,
            Verdict::Refused(_) => &mut self.refused_after_end,
            Verdict::Swept { lapsed: 1.., .. } => &mut self.released_into_expired_lot,
            Verdict::Swept { productions: 1.., .. } => &mut self.swept,
            _ => return,
        };
        *case += 1;
    }
}

/// Plays one world through on both sides.
fn play(world: u64, seen: &mut Seen) {
    let (mut dice, mut ours, mut events) = (Dice(world), Ours::new(), Vec::new());
    let (mut now, mut known) = (0, Known::default());
    for number in 0..OPERATIONS {
        now += dice.minutes();
        if dice.roll(2) == 0 {
            ours.lapse(now);
        }
        if dice.roll(5) == 0 {
            ours.reload(now);
        }
        let event = dice.event(count(ours.booked.lots.keys()), &known, i64::try_from(number).unwrap(), now);
        let before = ours.totals(now);
        let answer = ours.live(event, now);
        events.push((now, event));
        let (model, expected) = Model::replay(&events);
        let place = format!("seed {world}, operation {number}, minute {now}: {event:?}");
        assert_eq!(Some(&answer), expected.as_ref(), "ours and the model's answer to {place}");
        let after = ours.totals(now);
        assert_eq!(after, model.totals(now), "ours and the model's totals after {place}");

        seen.note(&answer);
        known.hear(event, &answer);
        if matches!(answer, Verdict::Short { .. } | Verdict::Refused(Conflict::AlreadyFinished)) {
            assert_eq!(after, before, "a refusal moves nothing: {place}");
        }
        let ended = events.iter().filter_map(|(_, event)| match event {
            Event::Grant { lot, until: Some(end), .. } if *end <= now => Some(lot),
            _ => None,
        });
        let charged =
            ended.filter(|lot| before.lots.get(lot).is_some_and(|was| after.lots[lot].used > was.used));
        seen.captured_from_expired_lot += charged.count();
    }
}

#[test]
fn i7_ten_thousand_operations_answer_as_the_slow_obvious_model_does() {
    let mut seen = Seen::default();
    for world in 1..=SEEDS {
        play(world, &mut seen);
    }
    assert_eq!(seen.operations, 10_000);
    let least = [
        seen.admitted_across_lots,
        seen.short,
        seen.overrun,
        seen.overdraft,
        seen.repaid,
        seen.captured_from_expired_lot,
        seen.released_into_expired_lot,
        seen.swept,
        seen.refused_after_lapse,
        seen.refused_after_end,
    ];
    assert!(least.iter().all(|times| *times >= 20), "{seen:?}");
}
