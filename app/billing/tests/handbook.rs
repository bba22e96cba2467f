//! What the handbook says, sentence by sentence, and the worked examples: one test each.
//!
//! Sentences on tiers, prices, seats, annual prepay and the P&L dashboards have their tests where those rooms are.

use billing::{
    allowance::{Banner, BannerSettings, Capacity, Draw, Grant, Source, Wallet, banner},
    budget::Budget,
    customer::AccountStatus,
    id::{AccountId, CustomerId, GrantId},
    money::{Cost, Currency, Money},
    pnl::{CallCost, Catalog, Dated, Model, PriceUnit, PriceVersion, UnitPrices},
    production::{
        Attempt, End, Estimate, Facts, Kind, OpenHold, Outcome, Plan, Quantity, admit, attempt,
        hold::{HoldDraw, Stage},
        quantity::{Count, ImageSource, Length},
    },
    refusal::{Figures, Reason, Refusal, Remedy},
    sample,
    time::{Span, Timestamp},
    tokens::Tokens,
    top_up::AutoTopUpState,
};
use ulid::Ulid;

/// A customer, Northwind, with an account, Travel, on the sample lists.
struct Northwind {
    at: Timestamp,
    wallet: Wallet,
    budget: Option<Budget>,
    lots: u128,
}

fn tokens(count: i64) -> Tokens {
    Tokens::new(count).unwrap()
}

fn count(count: i64) -> Count {
    Count::new(count).unwrap()
}

fn seconds(seconds: i64) -> Length {
    Length::from_millis(seconds * 1_000).unwrap()
}

fn text(read: i64, written: i64) -> Quantity {
    Quantity::Text { input_tokens: count(read), output_tokens: count(written), cached_tokens: count(0) }
}

fn pounds(text: &str) -> Cost {
    let (pounds, pence) = text.split_once('.').unwrap();
    let minor = pounds.parse::<i64>().unwrap() * 100 + pence.parse::<i64>().unwrap();
    Money::new(minor, Currency::Gbp).to_cost().unwrap()
}

fn october() -> Timestamp {
    "2026-10-22T16:40:00Z".parse().unwrap()
}

fn november() -> Timestamp {
    "2026-11-01T00:00:00Z".parse().unwrap()
}

/// A production of so many tokens, at no cost.
fn production(size: i64) -> Estimate {
    Estimate { tariff_version: 1, tokens: tokens(size), money: Cost::zero(Currency::Gbp), lines: Vec::new() }
}

fn short_video() -> Estimate {
    let (tariff, catalog) = (sample::tariff().unwrap(), sample::catalog(october(), 30).unwrap());
    let plan = Plan::new(sample::short_video().unwrap()).unwrap();
    Estimate::of(&plan, &tariff, &catalog, Currency::Gbp, october()).unwrap()
}

impl Northwind {
    /// With an allowance until the first of November, and no budget.
    fn with_allowance(size: i64) -> Self {
        let wallet = Wallet::new(Vec::new(), Tokens::ZERO);
        let mut northwind = Self { at: october(), wallet, budget: None, lots: 0 };
        northwind.grant(Source::Allowance, size, Some(november()));
        northwind
    }

    fn grant(&mut self, source: Source, size: i64, until: Option<Timestamp>) -> GrantId {
        self.lots += 1;
        let id = GrantId::new(Ulid::from_parts(self.at.unsigned_millis(), self.lots));
        self.wallet.grant(Grant::new(id, source, tokens(size), self.at, until)).unwrap();
        id
    }

    fn buy(&mut self, size: i64) -> GrantId {
        self.grant(Source::TopUp, size, None)
    }

    fn ask(&self, estimate: &Estimate) -> Result<Vec<Draw>, Box<Refusal>> {
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
            customer: CustomerId::new(Ulid::from_parts(1, 1)),
            customer_name: "Northwind",
            account: AccountId::new(Ulid::from_parts(1, 2)),
            account_name: "Travel",
            status: AccountStatus::Active,
            account_budget: self.budget,
            wallet: &self.wallet,
            at: self.at,
        };
        admit(&facts, estimate).unwrap().map_err(Box::new)
    }

    /// Admits a production and sets its tokens and money aside.
    fn start(&mut self, estimate: &Estimate) -> Result<OpenHold, Box<Refusal>> {
        let draws = self.ask(estimate)?;
        self.wallet.hold(&draws).unwrap();
        if let Some(budget) = &mut self.budget {
            budget.held = budget.held.plus(estimate.money).unwrap();
        }
        Ok(OpenHold {
            stage: Stage::Admitted,
            expires_at: self.at.after(Stage::Admitted.lease()),
            draws: draws.iter().map(HoldDraw::of).collect(),
            overrun: Tokens::ZERO,
            money: estimate.money,
            month: self.at.month(),
        })
    }

    fn capture(&mut self, hold: &mut OpenHold, size: i64) {
        self.wallet.capture(hold, tokens(size), self.at).unwrap();
    }

    /// A production from its admission to its end that takes exactly this much.
    fn produce(&mut self, size: i64) {
        let mut hold = self.start(&production(size)).unwrap();
        self.capture(&mut hold, size);
        self.wallet.release(&mut hold, self.at).unwrap();
    }

    fn capacity(&self) -> Capacity {
        Capacity::of(self.wallet.grants(), self.wallet.overdrawn(), self.at)
    }

    /// Allowance used, and what is left of it and of bought capacity.
    fn used_and_left(&self) -> (i64, i64, i64) {
        let Capacity { allowance, extra, .. } = self.capacity();
        (allowance.used.get(), allowance.left.get(), extra.left.get())
    }

    fn banner(&self, auto_top_up: bool) -> Banner {
        let auto_top_up = if auto_top_up { AutoTopUpState::On } else { AutoTopUpState::Off };
        banner(&self.capacity(), &BannerSettings { auto_top_up, ..BannerSettings::default() })
    }
}

/// "Each AI call your productions make (text, image generation, voiceover, video composition, music…) consumes a budgeted
/// number of tokens from your monthly allowance."
#[test]
fn seed_each_ai_call_consumes_a_budgeted_number_of_tokens_from_the_allowance() {
    let tariff = sample::tariff().unwrap();
    let calls = [
        (text(2_000, 1_000), 30),
        (Quantity::Image { images: count(1), source: ImageSource::Generated }, 120),
        (Quantity::Speech { length: seconds(30) }, 240),
        (Quantity::Video { length: seconds(30) }, 3_300),
        (Quantity::Music { length: seconds(30) }, 150),
    ];
    let mut northwind = Northwind::with_allowance(20_000);
    let mut hold = northwind.start(&short_video()).unwrap();
    let mut used = 0;
    for (call, budgeted) in calls {
        let charge = tariff.tokens(&call).unwrap();
        assert_eq!(charge, tokens(budgeted), "{call:?}");
        northwind.capture(&mut hold, charge.get());
        used += budgeted;
        assert_eq!(northwind.used_and_left().0, used, "{call:?}");
    }
}

/// "Your tier sets a monthly token allowance. Each AI step consumes tokens; the billing banner shows what's left."
#[test]
fn seed_the_billing_banner_shows_what_is_left() {
    let mut northwind = Northwind::with_allowance(20_000);
    northwind.produce(6_000);
    let capacity = northwind.capacity();
    assert_eq!((capacity.allowance.granted, capacity.allowance.left), (tokens(20_000), tokens(14_000)));
    assert_eq!(northwind.banner(false), Banner::Healthy);

    let hold = northwind.start(&production(4_000)).unwrap();
    let capacity = northwind.capacity();
    assert_eq!((capacity.allowance.held, capacity.allowance.left), (hold.outstanding(), tokens(10_000)));
}

/// "Heavier steps (video composition, long voiceover) cost more than light ones (a short text generation)."
#[test]
fn seed_heavier_steps_cost_more_than_light_ones() {
    let tariff = sample::tariff().unwrap();
    let price = |call: Quantity| tariff.tokens(&call).unwrap();
    let short_text = price(text(800, 200));
    let long_voiceover = price(Quantity::Speech { length: seconds(180) });
    let video = price(Quantity::Video { length: seconds(30) });
    assert!(short_text < long_voiceover && long_voiceover < video, "{short_text}, {long_voiceover}, {video}");
    assert!(
        price(Quantity::Speech { length: seconds(5) }) < long_voiceover,
        "a voiceover costs by its length"
    );
}

/// "Your monthly allowance refreshes each billing cycle."
#[test]
fn seed_allowance_refreshes_each_cycle() {
    let mut northwind = Northwind::with_allowance(100_000);
    northwind.produce(60_000);
    assert_eq!(northwind.capacity().allowance.refreshes_at, Some(november()));

    northwind.at = november();
    assert_eq!(northwind.capacity().left(), Tokens::ZERO, "what was not used does not carry over (A5)");
    northwind.grant(Source::Allowance, 100_000, Some("2026-12-01T00:00:00Z".parse().unwrap()));
    assert_eq!(northwind.used_and_left(), (0, 100_000, 0));
    assert_eq!(northwind.banner(false), Banner::Healthy);
}

/// "When you reach about 75% of the monthly allowance with auto-top-up off, the banner prompts you to buy extra capacity."
#[test]
fn seed_about_75_percent_prompts_with_auto_top_up_off() {
    let mut northwind = Northwind::with_allowance(100_000);
    northwind.produce(75_000);
    assert_eq!(northwind.banner(false), Banner::Prompt);
    assert_eq!(northwind.banner(true), Banner::AutoTopUp);
}

/// "… so productions don't stall mid-month." The prompt comes while there is something left to produce with.
#[test]
fn seed_the_prompt_comes_before_productions_stall() {
    let mut northwind = Northwind::with_allowance(100_000);
    northwind.produce(75_000);
    assert_eq!(northwind.banner(false), Banner::Prompt);
    assert!(northwind.ask(&short_video()).is_ok());

    let mut stalled = Northwind::with_allowance(100_000);
    stalled.produce(100_000);
    assert_eq!(stalled.banner(false), Banner::NothingLeft);
    assert_eq!(stalled.ask(&short_video()).unwrap_err().reason, Reason::NotEnoughCapacity);
}

/// "When you need more than your tier includes, buy extra capacity on top of the subscription. It's added to your balance …"
#[test]
fn seed_extra_capacity_is_added_to_the_balance() {
    let mut northwind = Northwind::with_allowance(5_000);
    assert_eq!(northwind.ask(&short_video()).unwrap_err().reason, Reason::NotEnoughCapacity);
    northwind.buy(20_000);
    assert_eq!(northwind.used_and_left(), (0, 5_000, 20_000), "beside the allowance, which is as it was");
    assert!(northwind.ask(&short_video()).is_ok());
}

/// "… and consumed after the monthly allowance."
#[test]
fn seed_extra_capacity_is_consumed_after_the_monthly_allowance() {
    let mut northwind = Northwind::with_allowance(5_000);
    let bought = northwind.buy(20_000);
    let draws = northwind.ask(&short_video()).unwrap();
    let sources: Vec<_> = draws.iter().map(|draw| (draw.source, draw.tokens.get())).collect();
    assert_eq!(sources, [(Source::Allowance, 5_000), (Source::TopUp, 1_000)]);
    assert_eq!(draws[1].grant, bought);

    northwind.produce(5_000);
    assert_eq!(northwind.used_and_left(), (5_000, 0, 20_000), "not one bought token while allowance lasts");
    northwind.produce(1);
    assert_eq!(northwind.used_and_left(), (5_000, 0, 19_999));
}

/// "Atelier: Pooled capacity across seats." One wallet serves the whole customer.
#[test]
fn seed_capacity_is_pooled_across_seats() {
    let mut atelier = Northwind::with_allowance(600_000);
    let (one, other) =
        (atelier.start(&production(400_000)).unwrap(), atelier.start(&production(200_000)).unwrap());
    assert_eq!(one.draws[0].grant, other.draws[0].grant);
    assert_eq!(atelier.capacity().left(), Tokens::ZERO);
}

/// "Accounts can carry a production budget." They need not.
#[test]
fn seed_accounts_can_carry_a_production_budget() {
    let mut northwind = Northwind::with_allowance(100_000);
    let video = short_video();
    assert!(northwind.ask(&video).is_ok(), "no budget, no limit");
    northwind.budget = Some(budget("0.30", "0.00", "0.00"));
    assert_eq!(northwind.ask(&video).unwrap_err().reason, Reason::AccountBudget);
    northwind.budget = Some(budget("20.00", "0.00", "0.00"));
    assert!(northwind.ask(&video).is_ok());
}

/// "If an account hits its monthly limit, new productions are rejected up front with a clear 'budget limit reached' message
/// …"
#[test]
fn seed_new_productions_are_rejected_up_front_with_budget_limit_reached() {
    let mut northwind = Northwind::with_allowance(100_000);
    northwind.budget = Some(budget("100.00", "99.00", "1.00"));
    let refusal = northwind.ask(&production(1)).unwrap_err();
    assert_eq!(refusal.title(), "Budget limit reached");
    assert_eq!(refusal.reason, Reason::AccountBudget);
    assert_eq!(refusal.resets_at, Some(november()));
    let Some(Figures::Money { limit, used, held, .. }) = refusal.figures else { panic!("in money") };
    assert_eq!((limit, used, held), (pounds("100.00"), pounds("99.00"), pounds("1.00")));

    let exhausted = Northwind::with_allowance(100).ask(&production(101)).unwrap_err();
    assert_eq!(exhausted.title(), "Budget limit reached", "the same headline for what else runs out (5.15)");
}

/// "… rather than partially running." A production is admitted whole or not at all, and one that was admitted is let finish.
#[test]
fn seed_no_production_runs_in_part() {
    let mut northwind = Northwind::with_allowance(6_000);
    let before = northwind.wallet.clone();
    assert!(northwind.start(&production(6_001)).is_err());
    assert_eq!(northwind.wallet, before, "a refused production holds nothing");

    northwind.budget = Some(budget("100.00", "0.00", "0.00"));
    let mut hold = northwind.start(&short_video()).unwrap();
    northwind.budget = Some(budget("0.00", "100.00", "0.00"));
    northwind.capture(&mut hold, 6_000);
    northwind.capture(&mut hold, 500); // more than was estimated
    assert_eq!((hold.outstanding(), hold.overrun), (Tokens::ZERO, tokens(500)));
    assert_eq!(northwind.wallet.overdrawn(), tokens(500));

    northwind.buy(20_000);
    assert_eq!(
        northwind.capacity().extra.left,
        tokens(19_500),
        "an overdraft is taken first from the next lot (5.17)"
    );
    assert_eq!(northwind.wallet.overdrawn(), Tokens::ZERO);
}

/// "Raise the budget …"
#[test]
fn seed_raising_the_budget_resumes() {
    let mut northwind = Northwind::with_allowance(100_000);
    northwind.budget = Some(budget("20.00", "19.80", "0.00"));
    let refusal = northwind.ask(&short_video()).unwrap_err();
    assert_eq!(refusal.remedies[0], Remedy::RaiseBudget);
    northwind.budget = Some(budget("40.00", "19.80", "0.00"));
    assert!(northwind.ask(&short_video()).is_ok());
}

/// "… or buy capacity to resume."
#[test]
fn seed_buying_capacity_resumes() {
    let mut northwind = Northwind::with_allowance(5_999);
    let refusal = northwind.ask(&short_video()).unwrap_err();
    assert_eq!(refusal.remedies[0], Remedy::BuyCapacity);
    let Some(Figures::Tokens { short_by, .. }) = refusal.figures else { panic!("in tokens") };
    northwind.buy(short_by.get());
    assert!(northwind.ask(&short_video()).is_ok(), "what it said was missing is enough");
}

/// "Use these to see which productions or steps are driving cost." Every step of an estimate has its own.
#[test]
fn seed_steps_show_what_drives_cost() {
    let video = short_video();
    let dearest = video.lines.iter().max_by_key(|line| line.money.unwrap().micros()).unwrap();
    assert_eq!(dearest.step.as_str(), "composition");
    let all: i64 = video.lines.iter().map(|line| line.money.unwrap().micros()).sum();
    assert_eq!(video.money.micros(), all);
}

fn budget(limit: &str, spent: &str, held: &str) -> Budget {
    Budget { limit: pounds(limit), spent: pounds(spent), held: pounds(held), resets_at: november() }
}

/// Used 74,999, auto off → figures only. Used 75,000 → prompt. Same with auto on → figures only.
#[test]
fn worked_example_1_the_prompt_comes_with_the_75_000th_token() {
    let mut northwind = Northwind::with_allowance(100_000);
    northwind.produce(74_999);
    assert_eq!(northwind.banner(false), Banner::Healthy);
    let hold = northwind.start(&production(10_000)).unwrap();
    assert_eq!(
        northwind.banner(false),
        Banner::Healthy,
        "held tokens do not count towards the percentage (5.13)"
    );
    assert_eq!(hold.outstanding(), tokens(10_000));
    northwind.produce(1);
    assert_eq!(northwind.banner(false), Banner::Prompt);
    assert_eq!(northwind.banner(true), Banner::AutoTopUp);
}

/// Used 95,000; balance 20,000; a production captures 12,000 → allowance 100,000 used, balance 13,000. Refresh → allowance
/// 0 used, balance still 13,000.
#[test]
fn worked_example_2_a_production_across_allowance_and_balance() {
    let mut northwind = Northwind::with_allowance(100_000);
    northwind.produce(95_000);
    northwind.buy(20_000);
    northwind.produce(12_000);
    assert_eq!(northwind.used_and_left(), (100_000, 0, 13_000));
    assert_eq!(northwind.banner(false), Banner::PromptOnExtra);

    northwind.at = november();
    northwind.wallet.lapse(november());
    northwind.grant(Source::Allowance, 100_000, None);
    assert_eq!(northwind.used_and_left(), (0, 100_000, 13_000));
}

/// Account budget £100.00, spent £92.00, held £5.00, estimate £3.00 → accepted (equal is allowed). Estimate £3.01 → refused,
/// nothing written but the refusal.
#[test]
fn worked_example_3_a_budget_may_be_spent_to_the_penny() {
    let mut northwind = Northwind::with_allowance(100_000);
    northwind.budget = Some(budget("100.00", "92.00", "5.00"));
    let costing = |money| Estimate { money: pounds(money), ..production(6_000) };
    let before = northwind.wallet.clone();
    let refusal = northwind.start(&costing("3.01")).unwrap_err();
    assert_eq!((&northwind.wallet, northwind.budget), (&before, Some(budget("100.00", "92.00", "5.00"))));
    let Some(Figures::Money { needed, available, short_by, .. }) = refusal.figures else {
        panic!("in money")
    };
    assert_eq!((needed, available, short_by), (pounds("3.01"), pounds("3.00"), pounds("0.01")));

    assert!(northwind.start(&costing("3.00")).is_ok());
    assert!(northwind.start(&costing("0.00")).is_err(), "the limit is reached: nothing new is started");
}

/// Two operators on one Atelier pool with 10,000 left each start a 6,000 production → exactly one is accepted. One after the
/// other here; at the same instant in the engine's races.
#[test]
fn worked_example_4_of_two_productions_the_pool_serves_one() {
    let mut atelier = Northwind::with_allowance(10_000);
    assert!(atelier.start(&production(6_000)).is_ok());
    let refusal = atelier.start(&production(6_000)).unwrap_err();
    assert_eq!(refusal.reason, Reason::NotEnoughCapacity);
    let (limit, used, held) = (tokens(10_000), Tokens::ZERO, tokens(6_000));
    let (needed, available, short_by) = (tokens(6_000), tokens(4_000), tokens(2_000));
    assert_eq!(refusal.figures, Some(Figures::Tokens { limit, used, held, needed, available, short_by }));
    assert_eq!(atelier.capacity().left(), tokens(4_000));
}

/// A second model for video, at twice the price.
fn with_a_dearer_video_model() -> Catalog {
    let mut catalog = sample::catalog(october(), 30).unwrap();
    let prices = UnitPrices(vec![(PriceUnit::Second, 28_000_000_000)]);
    let value = PriceVersion { version: 1, currency: Currency::Usd, prices };
    catalog.models.insert("dearer".to_owned(), Model { provider: "Another".to_owned(), kind: Kind::Video });
    catalog.prices.insert("dearer".to_owned(), vec![Dated { effective_at: october(), value }]);
    catalog
}

/// Step 10 fails twice and succeeds on a dearer fallback model → tokens once at tariff; three cost rows.
#[test]
fn worked_example_6_tokens_once_and_every_attempt_its_cost() {
    let (tariff, catalog) = (sample::tariff().unwrap(), with_a_dearer_video_model());
    let mut northwind = Northwind::with_allowance(20_000);
    let mut hold = northwind.start(&short_video()).unwrap();
    let try_it = |outcome, model: Option<&str>| Attempt {
        outcome,
        quantity: Quantity::Video { length: seconds(30) },
        model: model.map(str::to_owned),
        occurred_at: None,
    };
    let attempts = [
        try_it(Outcome::Failed, None),
        try_it(Outcome::Failed, None),
        try_it(Outcome::Succeeded, Some("dearer")),
    ];
    let mut costs = Vec::new();
    for tried in &attempts {
        assert_eq!(attempt::check(Kind::Video, tried, northwind.at), Ok(()));
        let cost = catalog.call_cost(&tried.quantity, tried.model.as_deref(), Currency::Gbp, northwind.at);
        let CallCost::Known(cost) = cost else { panic!("every attempt has a price") };
        costs.push(cost);
        if tried.outcome == Outcome::Succeeded {
            northwind.capture(&mut hold, tariff.tokens(&tried.quantity).unwrap().get());
        }
    }
    assert_eq!(northwind.used_and_left().0, 3_300, "once, and by the tariff whatever the model");
    assert_eq!(costs.iter().map(|cost| cost.raw.to_string()).collect::<Vec<_>>(), ["0.42", "0.42", "0.84"]);
    assert_eq!(costs[2].basis.model, "dearer");

    northwind.wallet.release(&mut hold, northwind.at).unwrap();
    let settlement = hold.end(End::Published, northwind.at).settlement();
    assert_eq!((settlement.captured, settlement.released), (tokens(3_300), tokens(2_700)));
}

/// JPY customer buys ¥1,500 → stored as 1500, shown without decimals.
#[test]
fn worked_example_8_yen_are_stored_whole_and_shown_without_decimals() {
    let price = Money::new(1_500, Currency::Jpy);
    assert_eq!((price.minor(), price.currency(), price.to_string().as_str()), (1_500, Currency::Jpy, "1500"));
}

/// 5.20: a production that runs across a cycle boundary is charged from what it drew, and what it gives back too late lapses.
#[test]
fn a_production_across_a_cycle_boundary_is_charged_from_its_own_lots() {
    let mut northwind = Northwind::with_allowance(6_000);
    let mut hold = northwind.start(&short_video()).unwrap();
    hold.renew(Stage::AwaitingApproval, northwind.at);

    northwind.at = november().after(Span::days(1));
    northwind.wallet.lapse(northwind.at);
    northwind.grant(Source::Allowance, 6_000, None);
    assert!(!hold.has_lapsed(northwind.at));
    northwind.capture(&mut hold, 5_000);
    northwind.wallet.release(&mut hold, northwind.at).unwrap();
    assert_eq!(northwind.used_and_left(), (0, 6_000, 0), "the new cycle's allowance is whole");
    assert_eq!(northwind.wallet.available(northwind.at), tokens(6_000));
}
