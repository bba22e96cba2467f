//! What is true of every wallet, ledger, price and banner, whatever happened to it before.
//!
//! Each law is tried on some hundreds of made-up cases. One that fails prints the smallest case it can find; copy that
//! into a test of its own beside the code that was wrong.

use billing::{
    allowance::{
        Banner, BannerSettings, Capacity, Cause, Entry, Grant, Head, Pool, Posting, Source, Tariff,
        TariffLine, Transfer, Unit, Wallet, banner,
        capacity::{Allowance, Extra},
        draw,
    },
    budget::Budget,
    customer::{AccountStatus, PaymentStanding},
    id::{AccountId, CustomerId, EntryId, GrantId, PersonId},
    money::{Cost, Currency, divide_half_even},
    pnl::{CallCost, Catalog, Dated, MarkupVersion, PriceUnit, PriceVersion, UnitPrices, Unpriced},
    production::{
        End, Estimate, EstimateLine, Facts, OpenHold, Plan, Quantity, Step, admit,
        hold::{HoldDraw, Stage},
        quantity::{Count, ImageSource, Length},
    },
    refusal::{Figures, Reason},
    sample,
    time::{Span, Timestamp},
    tokens::Tokens,
    top_up::AutoTopUpState,
};
use proptest::{collection::vec, option, prelude::*, sample::select};
use rust_decimal::{Decimal, RoundingStrategy};
use std::collections::BTreeMap;
use ulid::Ulid;

/// No file of failed cases is kept.
fn config() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::default() }
}

// -----------------------------------------------------------------------------------------------------------
// A customer's wallet, with the productions that hold of it and the ledger that its moves are booked in.

/// Something that happens to a wallet. Indices are taken modulo what there is.
#[derive(Clone, Debug)]
enum Event {
    Grant { source: Source, amount: i64, starts_in: i64, lasts: Option<i64> },
    Admit { tokens: i64 },
    Capture { which: usize, tokens: i64 },
    Release { which: usize },
    Wait { minutes: i64 },
    Lapse,
}

fn source() -> impl Strategy<Value = Source> {
    use Source::{Adjustment, Allowance, AutoTopUp, Evaluation, Promotion, TopUp};
    select(vec![Allowance, Evaluation, Promotion, Adjustment, TopUp, AutoTopUp])
}

fn event() -> impl Strategy<Value = Event> {
    let lot = (source(), 1..40_i64, prop_oneof![4 => Just(0), 1 => -9..90_i64], option::of(91..2_000_i64));
    prop_oneof![
        3 => lot.prop_map(|(source, amount, starts_in, lasts)| {
            Event::Grant { source, amount, starts_in, lasts }
        }),
        3 => (0..50_i64).prop_map(|tokens| Event::Admit { tokens }),
        4 => (any::<usize>(), 0..30_i64).prop_map(|(which, tokens)| Event::Capture { which, tokens }),
        2 => any::<usize>().prop_map(|which| Event::Release { which }),
        1 => (1..900_i64).prop_map(|minutes| Event::Wait { minutes }),
        1 => Just(Event::Lapse),
    ]
}

fn history() -> impl Strategy<Value = Vec<Event>> {
    vec(event(), 1..60)
}

fn tokens(count: i64) -> Tokens {
    Tokens::new(count).unwrap()
}

fn instant(minutes: i64) -> Timestamp {
    let start: Timestamp = "2026-10-22T16:40:00Z".parse().unwrap();
    start.after(Span::micros(minutes * 60_000_000))
}

fn customer() -> CustomerId {
    CustomerId::new(Ulid::from_parts(1, 1))
}

fn account() -> AccountId {
    AccountId::new(Ulid::from_parts(1, 2))
}

/// A wallet and all that was ever booked of it.
struct World {
    now: i64,
    wallet: Wallet,
    lots: Vec<Grant>,
    open: Vec<OpenHold>,
    head: Head,
    entries: Vec<Entry>,
}

impl World {
    fn new() -> Self {
        let wallet = Wallet::new(Vec::new(), Tokens::ZERO);
        Self { now: 0, wallet, lots: Vec::new(), open: Vec::new(), head: Head::start(), entries: Vec::new() }
    }

    fn after(history: &[Event]) -> Self {
        let mut world = Self::new();
        for event in history {
            world.live(event);
        }
        world
    }

    /// Lets something happen; answers what moved.
    fn live(&mut self, event: &Event) -> Vec<Transfer> {
        let at = instant(self.now);
        let moved = match *event {
            Event::Grant { source, amount, starts_in, lasts } => {
                let id = GrantId::new(Ulid::from_parts(3, u128::try_from(self.lots.len()).unwrap()));
                let (from, until) =
                    (instant(self.now + starts_in), lasts.map(|lasts| instant(self.now + lasts)));
                let grant = Grant::new(id, source, tokens(amount), from, until);
                self.lots.push(grant);
                self.wallet.grant(grant).unwrap()
            }
            Event::Admit { tokens: wanted } => match self.wallet.draw(tokens(wanted), at) {
                Ok(draws) => {
                    self.open.push(hold(draws.iter().map(HoldDraw::of).collect(), at));
                    self.wallet.hold(&draws).unwrap()
                }
                Err(_) => Vec::new(),
            },
            Event::Capture { which, tokens: wanted } => match self.open.len() {
                0 => Vec::new(),
                holds => self.wallet.capture(&mut self.open[which % holds], tokens(wanted), at).unwrap(),
            },
            Event::Release { which } => match self.open.len() {
                0 => Vec::new(),
                holds => {
                    let mut ended = self.open.swap_remove(which % holds);
                    self.wallet.release(&mut ended, at).unwrap()
                }
            },
            Event::Wait { minutes } => {
                self.now += minutes;
                Vec::new()
            }
            Event::Lapse => self.wallet.lapse(at),
        };
        self.book(&moved);
        moved
    }

    fn book(&mut self, moved: &[Transfer]) {
        for transfer in moved {
            let number = u128::try_from(self.entries.len()).unwrap();
            let (id, at) = (EntryId::new(Ulid::from_parts(4, number)), instant(self.now));
            let posting = Posting { id, occurred_at: at, posted_on: at.day() };
            self.entries.push(self.head.append(customer(), *transfer, Cause::default(), posting).unwrap());
        }
    }

    /// Debits and credits of a pool, from the entries alone.
    fn turnover(&self, pool: Pool) -> (i64, i64) {
        let sum = |side: fn(&Transfer) -> Pool| {
            let of_pool = self.entries.iter().filter(|entry| side(&entry.transfer) == pool);
            of_pool.map(|entry| entry.transfer.tokens.get()).sum()
        };
        (sum(|transfer| transfer.debit), sum(|transfer| transfer.credit))
    }

    /// What the entries put into a pool from a lot.
    fn booked(&self, grant: GrantId, pool: Pool) -> i64 {
        let into = |transfer: &Transfer| transfer.grant == Some(grant) && transfer.credit == pool;
        self.entries
            .iter()
            .filter(|entry| into(&entry.transfer))
            .map(|entry| entry.transfer.tokens.get())
            .sum()
    }
}

/// What a hold took and how much of it was charged say what became of each part.
fn as_its_figures_say(draws: &[HoldDraw], ended: bool) -> Vec<HoldDraw> {
    let parts = draws.iter().map(|draw| (draw.grant, draw.drawn));
    HoldDraw::in_draw_order(parts, draws.iter().map(|draw| draw.captured).sum(), ended)
}

fn hold(draws: Vec<HoldDraw>, at: Timestamp) -> OpenHold {
    OpenHold {
        stage: Stage::Admitted,
        expires_at: at.after(Stage::Admitted.lease()),
        draws,
        overrun: Tokens::ZERO,
        money: Cost::zero(Currency::Gbp),
        month: at.month(),
    }
}

fn sum(all: impl Iterator<Item = Tokens>) -> i64 {
    all.map(Tokens::get).sum()
}

const POOLS: [Pool; 6] =
    [Pool::Issued, Pool::Available, Pool::Held, Pool::Used, Pool::Lapsed, Pool::Overdrawn];

proptest! {
    #![proptest_config(config())]

    #[test]
    fn i1_every_transfer_moves_something_from_one_pool_into_another(history in history()) {
        let mut world = World::new();
        for event in &history {
            for transfer in world.live(event) {
                prop_assert!(transfer.tokens.get() > 0, "{transfer:?} by {event:?}");
                prop_assert_ne!(transfer.debit, transfer.credit);
            }
        }
    }

    #[test]
    fn i1_debits_equal_credits_and_the_pools_are_what_the_lots_say(history in history()) {
        let world = World::after(&history);
        let (debits, credits): (Vec<_>, Vec<_>) = POOLS.into_iter().map(|pool| world.turnover(pool)).unzip();
        prop_assert_eq!(debits.iter().sum::<i64>(), credits.iter().sum::<i64>());

        let balance = |pool| { let (debit, credit) = world.turnover(pool); credit - debit };
        prop_assert_eq!(-balance(Pool::Issued), sum(world.lots.iter().map(|lot| lot.amount)));
        prop_assert_eq!(balance(Pool::Available), sum(world.wallet.grants().iter().map(|lot| lot.remaining)));
        prop_assert_eq!(balance(Pool::Held), sum(world.wallet.grants().iter().map(|lot| lot.held)));
        prop_assert_eq!(balance(Pool::Held), sum(world.open.iter().map(OpenHold::outstanding)));
        prop_assert_eq!(-balance(Pool::Overdrawn), world.wallet.overdrawn().get());
        prop_assert_eq!(
            (balance(Pool::Available), balance(Pool::Held), -balance(Pool::Overdrawn)),
            (world.head.left.get(), world.head.held.get(), world.head.overdrawn.get())
        );
    }

    #[test]
    fn i3_every_token_of_a_lot_is_used_held_remaining_or_lapsed(history in history()) {
        let world = World::after(&history);
        prop_assert_eq!(world.wallet.grants().len(), world.lots.len());
        for lot in world.wallet.grants() {
            // an overdraft that a lot repaid was used before the lot came
            let used = world.booked(lot.id, Pool::Used) + world.booked(lot.id, Pool::Overdrawn);
            let lapsed = world.booked(lot.id, Pool::Lapsed);
            let (held, remaining) = (lot.held.get(), lot.remaining.get());
            prop_assert_eq!(lot.amount.get(), used + held + remaining + lapsed, "{:?}", lot);
            prop_assert_eq!(lot.used().get(), used + lapsed);
            prop_assert!(lapsed == 0 || lot.has_expired(instant(world.now)), "too early: {lot:?}");
        }
    }

    #[test]
    fn i8_a_capture_takes_what_is_held_then_what_is_left_then_owes(
        history in history(),
        which in any::<usize>(),
        wanted in 0..90_i64,
    ) {
        let mut world = World::after(&history);
        prop_assume!(!world.open.is_empty());
        let which = which % world.open.len();
        let held = world.open[which].outstanding().get();
        let left = world.wallet.available(instant(world.now)).get();
        let (overrun, owed) = (world.open[which].overrun.get(), world.wallet.overdrawn().get());
        let moved = world.live(&Event::Capture { which, tokens: wanted });

        let from = |pool| sum(moved.iter().filter(|one| one.debit == pool).map(|one| one.tokens));
        prop_assert!(moved.iter().all(|one| one.credit == Pool::Used), "{moved:?}");
        prop_assert_eq!(from(Pool::Held), wanted.min(held));
        prop_assert_eq!(from(Pool::Available), (wanted - held).clamp(0, left));
        prop_assert_eq!(from(Pool::Overdrawn), (wanted - held - left).max(0));
        prop_assert_eq!(world.open[which].overrun.get() - overrun, (wanted - held).max(0));
        prop_assert_eq!(world.wallet.overdrawn().get() - owed, (wanted - held - left).max(0));
    }

    #[test]
    fn i8_an_overdraft_is_taken_first_from_the_next_lot(
        history in history(),
        source in source(),
        amount in 1..40_i64,
        overrun in 0..60_i64,
    ) {
        let mut world = World::after(&history);
        world.open.push(hold(Vec::new(), instant(world.now)));
        let (which, left) = (world.open.len() - 1, world.wallet.available(instant(world.now)).get());
        world.live(&Event::Capture { which, tokens: left + overrun });
        let owed = world.wallet.overdrawn().get();
        prop_assert!(owed >= overrun);
        world.live(&Event::Grant { source, amount, starts_in: 0, lasts: None });
        prop_assert_eq!(world.wallet.overdrawn().get(), (owed - amount).max(0));
        prop_assert_eq!(world.wallet.available(instant(world.now)).get(), (amount - owed).max(0));
    }

    #[test]
    fn i9_captured_and_returned_and_outstanding_are_what_was_drawn(history in history()) {
        let mut world = World::new();
        for event in &history {
            world.live(event);
            for draw in world.open.iter().flat_map(|hold| &hold.draws) {
                let parts = [draw.captured, draw.returned, draw.outstanding()];
                prop_assert_eq!(sum(parts.into_iter()), draw.drawn.get());
                prop_assert!(draw.returned.is_zero(), "nothing is given back before the end");
            }
            for hold in &world.open {
                prop_assert_eq!(&hold.draws, &as_its_figures_say(&hold.draws, false));
            }
        }
        let at = instant(world.now);
        for mut hold in std::mem::take(&mut world.open) {
            world.wallet.release(&mut hold, at).unwrap();
            prop_assert!(hold.outstanding().is_zero());
            prop_assert_eq!(&hold.draws, &as_its_figures_say(&hold.draws, true));
            let (drawn, overrun) = (sum(hold.draws.iter().map(|draw| draw.drawn)), hold.overrun.get());
            let settled = hold.end(End::Published, at).settlement();
            prop_assert_eq!(settled.captured.get() + settled.released.get(), drawn + overrun);
        }
    }

    #[test]
    fn i10_a_release_returns_to_each_lot_exactly_what_was_not_captured(
        history in history(),
        wanted in 1..90_i64,
        part in 0..90_i64,
    ) {
        let mut world = World::after(&history);
        let lots = |world: &World| -> BTreeMap<GrantId, Grant> {
            world.wallet.grants().iter().map(|lot| (lot.id, *lot)).collect()
        };
        let before = lots(&world);
        let running = world.open.len();
        world.live(&Event::Admit { tokens: wanted });
        prop_assume!(world.open.len() > running);
        let drawn = world.open[running].draws.clone();
        world.live(&Event::Capture { which: running, tokens: part.min(wanted) });
        world.live(&Event::Release { which: running });

        let (after, mut captured) = (lots(&world), part.min(wanted));
        for draw in drawn {
            let taken = captured.min(draw.drawn.get()); // in the order in which the lots were drawn on
            captured -= taken;
            let (was, is) = (before[&draw.grant], after[&draw.grant]);
            prop_assert_eq!((is.remaining.get(), is.held), (was.remaining.get() - taken, was.held));
        }
        prop_assert!(part > 0 || before == after, "with nothing captured all is as before");
    }

    #[test]
    fn i10_what_is_held_outlives_its_lot_and_lapses_when_it_is_released(
        history in history(),
        which in any::<usize>(),
        minutes in 0..9_000_i64,
    ) {
        let mut world = World::after(&history);
        prop_assume!(!world.open.is_empty());
        let which = which % world.open.len();
        let (held, outstanding) = (world.head.held, world.open[which].outstanding());
        world.live(&Event::Wait { minutes });
        world.live(&Event::Lapse);
        prop_assert_eq!(world.head.held, held, "an end of a lot takes nothing that is held");

        let ended = world.lots.iter().filter(|lot| lot.has_expired(instant(world.now)));
        let gone: Vec<GrantId> = ended.map(|lot| lot.id).collect();
        let moved = world.live(&Event::Release { which });
        prop_assert_eq!(sum(moved.iter().map(|one| one.tokens)), outstanding.get());
        for one in moved {
            let pool = if gone.contains(&one.grant.unwrap()) { Pool::Lapsed } else { Pool::Available };
            prop_assert_eq!((one.debit, one.credit), (Pool::Held, pool));
        }
    }
}

// -----------------------------------------------------------------------------------------------------------
// The order in which lots are used up.

/// Whether a lot is used up before another, as the handbook and 5.15 have it.
fn goes_before(first: &Grant, second: &Grant) -> bool {
    let class = |lot: &Grant| match lot.source {
        Source::Evaluation => 0,
        Source::Allowance => 1,
        Source::Promotion => 2,
        Source::Adjustment => 3,
        Source::TopUp | Source::AutoTopUp => 4,
    };
    let end = |lot: &Grant| lot.expires_at.map_or(i64::MAX, Timestamp::micros);
    (class(first), end(first), first.effective_at, first.id)
        < (class(second), end(second), second.effective_at, second.id)
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn u1_no_lot_is_drawn_on_while_one_that_goes_before_it_has_some_left(
        history in history(),
        wanted in 1..200_i64,
    ) {
        let world = World::after(&history);
        let at = instant(world.now);
        let draws = draw::draw_up_to(world.wallet.grants(), tokens(wanted), at);
        let taken = |lot: &Grant| {
            let from_it = draws.iter().filter(|draw| draw.grant == lot.id);
            sum(from_it.map(|draw| draw.tokens))
        };
        let open = || world.wallet.grants().iter().filter(|lot| lot.is_open(at));
        for lot in open().filter(|lot| taken(lot) > 0) {
            for earlier in open().filter(|other| goes_before(other, lot)) {
                prop_assert_eq!(taken(earlier), earlier.remaining.get(), "{:?} before {:?}", earlier, lot);
            }
        }
        let bought = draws.iter().any(|draw| draw.source.is_bought());
        let allowance_left = open().any(|lot| lot.source.is_allowance() && taken(lot) < lot.remaining.get());
        prop_assert!(!(bought && allowance_left), "bought capacity is consumed after the monthly allowance");
        let available = world.wallet.available(at).get();
        prop_assert_eq!(sum(draws.iter().map(|draw| draw.tokens)), wanted.min(available));
    }

    #[test]
    fn i12_a_draw_is_all_or_nothing(history in history(), wanted in 0..200_i64) {
        let world = World::after(&history);
        let (at, before) = (instant(world.now), world.wallet.clone());
        let available = world.wallet.available(at);
        match world.wallet.draw(tokens(wanted), at) {
            Ok(draws) => {
                prop_assert_eq!(sum(draws.iter().map(|draw| draw.tokens)), wanted);
                let mut held = world.wallet.clone();
                held.hold(&draws).unwrap();
                prop_assert_eq!(held.available(at).get(), available.get() - wanted);
            }
            Err(short) => {
                prop_assert!(wanted > available.get());
                prop_assert_eq!(short.available, available);
            }
        }
        prop_assert_eq!(world.wallet, before, "asking moves nothing");
    }
}

// -----------------------------------------------------------------------------------------------------------
// The gate.

fn status() -> impl Strategy<Value = AccountStatus> {
    use AccountStatus::{Active, Closed, Pilot, Suspended};
    prop_oneof![4 => Just(Active), 4 => Just(Pilot), 1 => Just(Suspended), 1 => Just(Closed)]
}

fn pounds(micros: i64) -> Cost {
    Cost::new(micros, Currency::Gbp)
}

fn budget() -> impl Strategy<Value = Budget> {
    let is_reached = prop::bool::weighted(0.2);
    (0..60_i64, 0..60_i64, 0..20_i64, is_reached).prop_map(|(limit, spent, held, is_reached)| Budget {
        limit: pounds(if is_reached { spent + held } else { limit }),
        spent: pounds(spent),
        held: pounds(held),
        resets_at: instant(9 * 24 * 60),
    })
}

fn estimate_of(wanted: i64, money: i64, is_priced: bool) -> Estimate {
    let line = |name: &str, money| EstimateLine {
        step: name.parse().unwrap(),
        tokens: Tokens::ZERO,
        money,
        basis: None,
    };
    let lines = vec![line("known", Some(pounds(money))), line("other", is_priced.then(|| pounds(0)))];
    Estimate { tariff_version: 1, tokens: tokens(wanted), money: pounds(money), lines }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn g2_a_budget_admits_what_ends_at_or_below_its_limit_until_it_is_reached(
        budget in budget(),
        money in prop_oneof![1 => Just(0), 4 => 0..60_i64],
    ) {
        let (limit, taken) = (budget.limit.micros(), budget.spent.micros() + budget.held.micros());
        prop_assert_eq!(budget.admits(pounds(money)), Ok(taken < limit && taken + money <= limit));
        prop_assert_eq!(budget.available(), Ok(pounds(limit - taken)));
    }

    #[test]
    fn g2_the_gate_admits_a_whole_production_or_names_the_first_limit_that_binds(
        history in history(),
        status in status(),
        budget in option::of(budget()),
        (wanted, money, is_priced) in (0..80_i64, 0..60_i64, prop::bool::weighted(0.8)),
    ) {
        let world = World::after(&history);
        let (wallet, at) = (&world.wallet, instant(world.now));
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
            customer: customer(),
            customer_name: "Northwind",
            account: account(),
            account_name: "Travel",
            status,
            account_budget: budget,
            wallet,
            at,
        };
        let admits = |budget: Budget| {
            let taken = budget.spent.micros() + budget.held.micros();
            taken < budget.limit.micros() && taken + money <= budget.limit.micros()
        };
        let expected = if !matches!(status, AccountStatus::Active | AccountStatus::Pilot) {
            Some(Reason::AccountNotActive)
        } else if budget.is_some() && !is_priced {
            Some(Reason::PriceUnknown)
        } else if budget.is_some_and(|budget| !admits(budget)) {
            Some(Reason::AccountBudget)
        } else if wanted > wallet.available(at).get() {
            Some(Reason::NotEnoughCapacity)
        } else {
            None
        };
        match admit(&facts, &estimate_of(wanted, money, is_priced)).unwrap() {
            Ok(draws) => {
                prop_assert_eq!(expected, None);
                prop_assert_eq!(sum(draws.iter().map(|draw| draw.tokens)), wanted);
            }
            Err(refusal) => {
                prop_assert_eq!(Some(refusal.reason), expected);
                prop_assert!(!refusal.remedies.is_empty(), "a refusal says what helps");
                prop_assert!(refusal.detail().contains(refusal.scope.name()));
                let figures = refusal.figures.map(parts);
                let by_amount = matches!(refusal.reason, Reason::AccountBudget | Reason::NotEnoughCapacity);
                prop_assert_eq!(figures.is_some(), by_amount);
                if let Some([limit, used, held, needed, available, short_by]) = figures {
                    prop_assert_eq!(available, limit - used - held);
                    prop_assert_eq!(short_by, needed - available);
                }
            }
        }
    }
}

/// Limit, used, held, needed, available, short by.
fn parts(figures: Figures) -> [i64; 6] {
    match figures {
        Figures::Tokens { limit, used, held, needed, available, short_by } => {
            [limit, used, held, needed, available, short_by].map(Tokens::get)
        }
        Figures::Money { limit, used, held, needed, available, short_by } => {
            [limit, used, held, needed, available, short_by].map(Cost::micros)
        }
        Figures::Count { limit, used, held, needed, available, short_by } => {
            [limit, used, held, needed, available, short_by]
        }
    }
}

// -----------------------------------------------------------------------------------------------------------
// The ledger.

/// A field's name and a change to it.
type Flip = (&'static str, fn(&mut Entry));

/// Every field of an entry but its hash.
const FLIPS: [Flip; 18] = [
    ("member", |entry| entry.cause.member = Some(PersonId::new(Ulid::from_parts(9, 9)))),
    ("id", |entry| entry.id = EntryId::new(Ulid::from_parts(9, 9))),
    ("customer", |entry| entry.customer = CustomerId::new(Ulid::from_parts(9, 9))),
    ("seq", |entry| entry.seq += 1),
    ("debit", |entry| entry.transfer.debit = other(entry.transfer.debit)),
    ("credit", |entry| entry.transfer.credit = other(entry.transfer.credit)),
    ("grant", |entry| {
        let another = GrantId::new(Ulid::from_parts(9, 9));
        entry.transfer.grant = entry.transfer.grant.map_or(Some(another), |_| None);
    }),
    ("tokens", |entry| entry.transfer.tokens = more(entry.transfer.tokens)),
    ("account", |entry| entry.cause.account = Some(AccountId::new(Ulid::from_parts(9, 9)))),
    ("production", |entry| entry.cause.production = Some("another".parse().unwrap())),
    ("step", |entry| entry.cause.step = Some("another".parse().unwrap())),
    ("attempt", |entry| entry.cause.attempt = Some(entry.cause.attempt.unwrap_or_default() + 1)),
    ("tariff", |entry| entry.cause.tariff_version = Some(entry.cause.tariff_version.unwrap_or_default() + 1)),
    ("left before", |entry| entry.left_before = more(entry.left_before)),
    ("left after", |entry| entry.left_after = more(entry.left_after)),
    ("held after", |entry| entry.held_after = more(entry.held_after)),
    ("occurred at", |entry| entry.occurred_at = entry.occurred_at.after(Span::micros(1))),
    ("posted on", |entry| entry.posted_on = entry.posted_on.succ_opt().unwrap()),
];

fn other(pool: Pool) -> Pool {
    POOLS.into_iter().find(|other| *other != pool).unwrap()
}

fn more(count: Tokens) -> Tokens {
    count.plus(tokens(1)).unwrap()
}

/// The number of the first entry that does not follow from the one before it.
fn first_break(entries: &[Entry]) -> Option<i64> {
    let (mut hash, mut left, mut seq) = (String::new(), 0, 0);
    for entry in entries {
        let follows = entry.seq == seq + 1
            && entry.left_before.get() == left
            && entry.hash == entry.chained_hash(&hash);
        if !follows {
            return Some(entry.seq);
        }
        (hash, left, seq) = (entry.hash.clone(), entry.left_after.get(), entry.seq);
    }
    None
}

fn cause() -> impl Strategy<Value = Cause> {
    (
        any::<bool>(),
        option::of("[a-z]{1,4}"),
        option::of("[a-z]{1,4}"),
        option::of(0..9_i64),
        option::of(0..9_i64),
    )
        .prop_map(|(has_account, production, step, attempt, tariff_version)| Cause {
            member: None,
            account: has_account.then(account),
            production: production.map(|name| name.parse().unwrap()),
            step: step.map(|name| name.parse().unwrap()),
            attempt,
            tariff_version,
        })
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn i6_a_ledger_is_numbered_without_gaps_and_each_entry_follows_from_the_one_before(history in history()) {
        let world = World::after(&history);
        prop_assert_eq!(first_break(&world.entries), None);
        let numbers: Vec<i64> = world.entries.iter().map(|entry| entry.seq).collect();
        prop_assert_eq!(numbers, (1..=world.head.seq).collect::<Vec<_>>());
        if let Some(last) = world.entries.last() {
            prop_assert_eq!(
                (last.seq, &last.hash, last.left_after, last.held_after),
                (world.head.seq, &world.head.hash, world.head.left, world.head.held)
            );
        }
    }

    #[test]
    fn i6_a_change_to_any_field_breaks_the_chain_where_it_was_made(
        history in vec(event(), 1..12),
        cause in cause(),
        which in any::<prop::sample::Index>(),
    ) {
        let mut world = World::after(&history);
        let (at, transfer) = (instant(world.now), Transfer {
            debit: Pool::Issued,
            credit: Pool::Available,
            grant: None,
            tokens: tokens(5),
        });
        let id = EntryId::new(Ulid::from_parts(4, 1));
        let posting = Posting { id, occurred_at: at, posted_on: at.day() };
        world.entries.push(world.head.append(customer(), transfer, cause, posting).unwrap());
        let which = which.index(world.entries.len());
        for (field, flip) in FLIPS {
            let mut forged = world.entries.clone();
            flip(&mut forged[which]);
            prop_assert_eq!(first_break(&forged), Some(forged[which].seq), "{}", field);
            // and whoever computes its hash again only moves the break to the next
            let before = which.checked_sub(1).map_or("", |index| forged[index].hash.as_str());
            prop_assert_ne!(&forged[which].chained_hash(before), &world.entries[which].hash, "{}", field);
        }
        let mut shorter = world.entries.clone();
        shorter.remove(which);
        let was_last = which == shorter.len();
        prop_assert!(was_last || first_break(&shorter).is_some(), "a missing entry is seen");
    }

    #[test]
    fn i6_a_pool_never_goes_below_nothing(history in history(), more in 1..1_000_i64) {
        let world = World::after(&history);
        let posting = Posting {
            id: EntryId::new(Ulid::from_parts(4, 1)),
            occurred_at: instant(0),
            posted_on: instant(0).day(),
        };
        let head = &world.head;
        for (debit, credit, balance) in [
            (Pool::Available, Pool::Used, head.left),
            (Pool::Held, Pool::Used, head.held),
            (Pool::Issued, Pool::Overdrawn, head.overdrawn),
            (Pool::Available, Pool::Overdrawn, head.overdrawn),
        ] {
            let too_many = Transfer { debit, credit, grant: None, tokens: tokens(balance.get() + more) };
            let mut next = head.clone();
            prop_assert!(next.append(customer(), too_many, Cause::default(), posting).is_err());
            prop_assert_eq!(&next, head, "what is refused moves nothing");
        }
    }
}

// -----------------------------------------------------------------------------------------------------------
// Prices in tokens and in money.

fn counted(count: i64) -> Count {
    Count::new(count).unwrap()
}

fn long(millis: i64) -> Length {
    Length::from_millis(millis).unwrap()
}

/// A call of each kind, and the same a size larger.
fn call_and_larger() -> impl Strategy<Value = (Quantity, Quantity)> {
    let makers: Vec<fn(i64) -> Quantity> = vec![
        |size| text(size, 0, 0),
        |size| text(7, 0, size),
        |size| Quantity::Vision { images: counted(size) },
        |size| Quantity::Image { images: counted(size), source: ImageSource::Generated },
        |size| Quantity::Image { images: counted(size), source: ImageSource::Stock },
        |size| Quantity::Speech { length: long(size) },
        |size| Quantity::SpeechText { characters: counted(size) },
        |size| Quantity::Music { length: long(size) },
        |size| Quantity::Video { length: long(size) },
        |size| Quantity::Variant { variants: counted(size) },
        |size| Quantity::Transcription { length: long(size) },
        |size| Quantity::Packaging { items: counted(size) },
    ];
    let size = prop_oneof![Just(0), 0..3_000_i64, 0..=1_000_000_000_i64];
    (select(makers), size.clone(), size)
        .prop_map(|(make, one, other)| (make(one.min(other)), make(one.max(other))))
}

fn calls() -> impl Strategy<Value = Vec<Quantity>> {
    vec(call_and_larger().prop_map(|(call, _)| call), 1..30)
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a3_a_larger_call_never_takes_fewer_tokens_and_none_fewer_than_the_minimum(
        (call, larger) in call_and_larger(),
    ) {
        let tariff = sample::tariff().unwrap();
        let (of_call, of_larger) = (tariff.tokens(&call).unwrap(), tariff.tokens(&larger).unwrap());
        prop_assert!(of_call <= of_larger, "{call:?}: {of_call}, {larger:?}: {of_larger}");
        prop_assert!(of_call >= tariff.line(&call).unwrap().minimum);
    }

    #[test]
    fn a1_every_unit_begun_is_charged(
        images in prop_oneof![0..9_i64, 0..=1_000_000_000_i64],
        per in prop_oneof![1..5_000_i64, i64::MAX - 9..=i64::MAX],
        (each, minimum) in (prop_oneof![0..9_i64, 0..10_000_i64], 0..50_i64),
    ) {
        let kind = billing::production::Kind::Vision;
        let (unit, minimum) = (Unit::Image, tokens(minimum));
        let lines = vec![TariffLine { kind, unit, per, tokens: tokens(each), minimum }];
        let call = Quantity::Vision { images: counted(images) };
        let charged = Tariff { version: 1, lines }.tokens(&call).unwrap();
        let begun = images / per + i64::from(images % per > 0);
        prop_assert_eq!(charged.get(), (begun * each).max(minimum.get()));
    }

    #[test]
    fn c1_a_quotient_is_rounded_to_the_nearest_and_halves_to_the_even(
        numerator in -1_000_000_000_000_i64..1_000_000_000_000,
        denominator in prop_oneof![1..9_i64, 1..1_000_000_000_i64],
    ) {
        let rounded = divide_half_even(numerator.into(), denominator.into());
        let exact = Decimal::from(numerator) / Decimal::from(denominator);
        let nearest = exact.round_dp_with_strategy(0, RoundingStrategy::MidpointNearestEven);
        prop_assert_eq!(Decimal::from(rounded), nearest);
    }

    #[test]
    fn c1_a_quotient_is_never_further_than_a_half_away(
        numerator in prop_oneof![any::<i128>(), i128::MAX - 9..=i128::MAX, i128::MIN..i128::MIN + 9],
        denominator in prop_oneof![1..=i128::MAX, i128::MAX - 9..=i128::MAX],
    ) {
        let rounded = divide_half_even(numerator, denominator);
        // modulo 2¹²⁸, since the product may lie just beyond the range that the numerator is in
        let away = numerator.wrapping_sub(rounded.wrapping_mul(denominator)).unsigned_abs();
        let whole = denominator.unsigned_abs();
        prop_assert!(away <= whole && away <= whole - away, "{numerator} / {denominator} = {rounded}");
        prop_assert!(away != whole - away || rounded % 2 == 0);
    }

    #[test]
    fn a_length_is_read_as_it_is_written(millis in 0..=1_000_000_000_000_i64, cut in any::<bool>()) {
        let written = format!("{}.{:03}", millis / 1_000, millis % 1_000);
        let shortest = written.trim_end_matches('0').trim_end_matches('.');
        let text = if cut { shortest } else { written.as_str() };
        prop_assert_eq!(text.parse(), Ok(long(millis)), "{}", text);
        prop_assert_eq!(long(millis).seconds_begun(), millis / 1_000 + i64::from(millis % 1_000 > 0));
    }

    #[test]
    fn a_text_that_is_read_as_a_length_is_that_many_seconds(text in "[-+]?[0-9]{0,12}[.,eE]?[0-9]{0,4}") {
        let Ok(length) = text.parse::<Length>() else {
            let (whole, part) = text.split_once('.').unwrap_or((&text, "0"));
            let is_plain = |digits: &str, most| {
                (1..=most).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
            };
            let fits = whole.parse().is_ok_and(|seconds: i64| seconds < 1_000_000_000);
            prop_assert!(!(is_plain(whole, 10) && is_plain(part, 3) && fits), "{text:?} is a length");
            return Ok(());
        };
        prop_assert_eq!(text.parse::<Decimal>().unwrap(), Decimal::new(length.millis(), 3));
    }
}

// -----------------------------------------------------------------------------------------------------------
// What a call costs.

/// Pico-dollars a token: read, read from the cache, written.
fn text_prices() -> impl Strategy<Value = [i64; 3]> {
    [1..90_000_000_i64, 0..9_000_000_i64, 1..90_000_000_i64]
}

fn catalog_of([read, cached, written]: [i64; 3], markup: i64) -> Catalog {
    let mut catalog = sample::catalog(instant(0), 1).unwrap();
    let prices = vec![
        (PriceUnit::InputToken, read),
        (PriceUnit::CachedToken, cached),
        (PriceUnit::OutputToken, written),
    ];
    let value = PriceVersion { version: 2, currency: Currency::Usd, prices: UnitPrices(prices) };
    catalog.prices.insert("sample-text".to_owned(), vec![Dated { effective_at: instant(0), value }]);
    let value = MarkupVersion { version: 2, basis_points: markup };
    catalog.markups = vec![Dated { effective_at: instant(0), value }];
    catalog
}

fn text(read: i64, cached: i64, written: i64) -> Quantity {
    Quantity::Text {
        input_tokens: counted(read),
        output_tokens: counted(written),
        cached_tokens: counted(cached),
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn p6_a_text_call_costs_its_fresh_cached_and_written_tokens_and_is_rounded_once(
        prices in text_prices(),
        markup in 0..20_000_i64,
        (fresh, cached, written) in (0..200_000_i64, 0..200_000_i64, 0..50_000_i64),
    ) {
        let call = text(fresh + cached, cached, written);
        let cost = catalog_of(prices, markup).call_cost(&call, None, Currency::Gbp, instant(0));
        let CallCost::Known(cost) = cost else { return Err(TestCaseError::fail("priced")) };
        let pico = i128::from(prices[0] * fresh + prices[1] * cached + prices[2] * written);
        prop_assert!(is_nearest(cost.raw.micros(), pico, 1_000_000), "{pico} pico-dollars: {:?}", cost.raw);
        prop_assert_eq!(cost.raw.currency(), Currency::Usd);

        // by way of the euro and with the markup: from the exact figure, not from the rounded one
        let (pounds_a_euro, dollars_a_euro) = (871_300, 1_162_500);
        let exact = pico * pounds_a_euro * (10_000 + i128::from(markup));
        let unit = 1_000_000 * dollars_a_euro * 10_000;
        prop_assert!(is_nearest(cost.charged.micros(), exact, unit), "{:?}", cost.charged);
        prop_assert_eq!(cost.charged.currency(), Currency::Gbp);
    }

    #[test]
    fn p6_what_was_read_from_the_cache_is_priced_as_such_or_not_at_all(
        fresh in 0..9_000_i64,
        cached in prop_oneof![Just(0), 1..9_000_i64],
    ) {
        let mut catalog = catalog_of([3_000_000, 300_000, 15_000_000], 2_500);
        let version = catalog.prices.get_mut("sample-text").unwrap();
        version[0].value.prices.0.retain(|(unit, _)| *unit != PriceUnit::CachedToken);
        let cost = catalog.call_cost(&text(fresh + cached, cached, 1), None, Currency::Usd, instant(0));
        match cost {
            CallCost::Known(_) => prop_assert_eq!(cached, 0),
            CallCost::Unknown(why) => prop_assert_eq!((why, cached > 0), (Unpriced::NoPrice, true)),
        }
    }

    #[test]
    fn an_estimate_is_the_sum_of_its_lines(
        calls in calls(),
        unpriced in option::of(any::<prop::sample::Index>()),
    ) {
        let (catalog, tariff) = (sample::catalog(instant(0), 1).unwrap(), sample::tariff().unwrap());
        let unpriced = unpriced.map(|index| index.index(calls.len()));
        let steps = calls.iter().enumerate().map(|(number, quantity)| Step {
            name: format!("step-{number}").parse().unwrap(),
            quantity: *quantity,
            model: (Some(number) == unpriced).then(|| "nobody's".to_owned()),
            stage: None,
        });
        let plan = Plan::new(steps.collect()).unwrap();
        let estimate = Estimate::of(&plan, &tariff, &catalog, Currency::Eur, instant(0)).unwrap();

        prop_assert_eq!(estimate.lines.len(), calls.len());
        prop_assert_eq!(estimate.tokens.get(), sum(estimate.lines.iter().map(|line| line.tokens)));
        let known = estimate.lines.iter().filter_map(|line| line.money).map(Cost::micros);
        prop_assert_eq!(estimate.money, Cost::new(known.sum(), Currency::Eur));
        for (line, call) in estimate.lines.iter().zip(&calls) {
            prop_assert_eq!(Ok(line.tokens), tariff.tokens(call));
        }
        prop_assert_eq!(estimate.unpriced(), unpriced.map(|number| &estimate.lines[number].step));
    }
}

/// Whether a whole number is the nearest to a fraction, and the even one of two that are as near.
fn is_nearest(rounded: i64, numerator: i128, denominator: i128) -> bool {
    let away = 2 * (numerator - i128::from(rounded) * denominator).abs();
    away < denominator || (away == denominator && rounded % 2 == 0)
}

// -----------------------------------------------------------------------------------------------------------
// The banner.

proptest! {
    #![proptest_config(config())]

    #[test]
    fn b2_the_banner_shows_the_one_state_that_is_the_case(
        (used, held, left) in prop_oneof![
            4 => (0..400_i64, 0..20_i64, prop_oneof![Just(0), 0..400_i64]),
            1 => (0..99_i64).prop_map(|quarter| (3 * quarter, 0, quarter)),
        ],
        (extra, extra_held) in (prop_oneof![Just(0), 1..90_i64], 0..9_i64),
        (auto_top_up, threshold_percent) in (any::<bool>(), prop_oneof![4 => Just(75), 1 => 1..=100_i64]),
    ) {
        let granted = used + held + left;
        let allowance = Allowance {
            granted: tokens(granted),
            used: tokens(used),
            held: tokens(held),
            left: tokens(left),
            refreshes_at: Some(instant(1)),
        };
        let extra_lots = Extra { left: tokens(extra), held: tokens(extra_held) };
        let capacity = Capacity { allowance, extra: extra_lots, overdrawn: Tokens::ZERO, as_of: instant(0) };
        let state = if auto_top_up { AutoTopUpState::On } else { AutoTopUpState::Off };
        let set = BannerSettings { threshold_percent, auto_top_up: state, payment: PaymentStanding::Paid };
        let shown = banner(&capacity, &set);

        prop_assert_eq!(capacity.left().get(), left + extra);
        prop_assert_eq!(shown == Banner::NothingLeft, left + extra == 0);
        let prompts = matches!(shown, Banner::Prompt | Banner::PromptOnExtra);
        let reached = granted > 0 && used * 100 >= granted * threshold_percent;
        prop_assert_eq!(prompts, reached && !auto_top_up && left + extra > 0);
        let on_extra = matches!(shown, Banner::PromptOnExtra | Banner::OnExtra);
        prop_assert_eq!(on_extra, left == 0 && extra > 0);
        let rest = matches!(shown, Banner::AutoTopUp | Banner::Healthy);
        prop_assert!(!rest || (shown == Banner::AutoTopUp) == auto_top_up);
    }
}
