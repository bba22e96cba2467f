//! The whole gate on real rows: every scope in its order, quotes that are honoured, caps, calls outside productions.

use crate::support::{World, both, packaging, production, speech};
use anyhow::{Context, Result};
use billing::{
    allowance::Source,
    budget::BudgetScope,
    customer::{AccountStatus, PaymentBlock},
    id::{KeyId, PersonId},
    money::{Currency, Money},
    production::{Conflict, End, Outcome, Plan, Quantity, Step, quantity::Length},
    refusal::{Figures, Reason, Refusal, Remedy},
    team::Role,
    tier::Tier,
    time::Span,
    tokens::Tokens,
};
use engine::{
    Engine, Error, Settings,
    production::{AdmitRequest, CallReport, QuoteRequest},
    team::NewMember,
};
use futures::future::join_all;

/// A key of the customer's, as the pipeline asks by it.
async fn key(world: &World) -> Result<KeyId> {
    let token = world.engine.add_pipeline_key(world.customer, "Pipeline").await?;
    Ok(world.engine.pipeline_key(&token).await?.context("a key")?.id)
}

async fn member(world: &World, name: &str) -> Result<PersonId> {
    let email = format!("{name}@northlight.example");
    let new = NewMember { name, email: &email, password: "a long password", role: Role::AccountOperator };
    Ok(world.engine.add_member(world.customer, new).await?)
}

async fn ask(world: &World, key: Option<KeyId>, request: AdmitRequest) -> Result<Option<Refusal>> {
    match world.engine.admit(world.customer, key, request).await {
        Ok(_) => Ok(None),
        Err(Error::Refused(refusal)) => Ok(Some(*refusal)),
        Err(error) => Err(error.into()),
    }
}

both! {
    /// Every scope stands against one production; they are lifted one by one, and each in its turn is the answer.
    async fn g4_the_gate_answers_in_its_order(world: &World) -> Result<()> {
        let engine = &world.engine;
        let (key, member) = (key(world).await?, member(world, "tunde").await?);
        let running = [speech("one", 1)];
        world.grant(Source::Allowance, 8_000, Some("2026-11-01T00:00:00Z")).await?;
        world.admit("running", running.to_vec()).await?;
        let step = speech("one", 1_200);
        let request = || AdmitRequest { member: Some(member), ..world.request("a", vec![step.clone()]) };
        let quote = QuoteRequest { account: world.account, plan: Plan::new(vec![step.clone()])? };
        let money = engine.quote(world.customer, Some(key), quote).await?.money;
        let pence = |count: i64| Some(Money::new(count, Currency::Gbp));
        let tight = money.micros().div_euclid(10_000) - 1;
        let wide = money.micros().div_euclid(10_000) * 3;

        engine.set_idle(true).await?;
        engine.set_payment_block(world.customer, Some(PaymentBlock::PastGrace)).await?;
        engine.set_tier(world.customer, Some(Tier::Evaluation)).await?;
        engine.set_concurrency(world.customer, world.account, Some(1)).await?;
        let mut request_large = request();
        request_large.plan = Plan::new(vec![speech("one", 1_300)])?;
        for scope in [BudgetScope::Key(key), BudgetScope::Account(world.account), BudgetScope::Customer(world.customer)] {
            engine.set_limit(world.customer, scope, pence(tight)).await?;
        }
        engine.set_seat_cap(world.customer, member, Some(Tokens::new(9_000)?)).await?;

        let expect = async |reason: Reason, request: AdmitRequest| -> Result<Refusal> {
            let refusal = ask(world, Some(key), request).await?.context("refused")?;
            assert_eq!(refusal.reason, reason);
            Ok(refusal)
        };
        expect(Reason::Maintenance, request()).await?;
        engine.set_idle(false).await?;
        expect(Reason::PaymentRequired, request()).await?;
        engine.set_payment_block(world.customer, None).await?;
        let large = expect(Reason::ProductionTooLarge, request_large).await?;
        assert!(matches!(large.figures, Some(Figures::Tokens { limit, short_by, .. }) if (limit.get(), short_by.get()) == (10_000, 400)));
        let busy = expect(Reason::Concurrency, request()).await?;
        assert!(matches!(busy.figures, Some(Figures::Count { limit: 1, held: 1, short_by: 1, .. })));
        world.finish("running", End::Cancelled).await?;
        let by_key = expect(Reason::KeyBudget, request()).await?;
        assert_eq!((by_key.scope.name(), by_key.scope.kind()), ("Pipeline", "key"));
        engine.set_limit(world.customer, BudgetScope::Key(key), pence(wide)).await?;
        expect(Reason::AccountBudget, request()).await?;
        engine.set_limit(world.customer, BudgetScope::Account(world.account), None).await?;
        let by_customer = expect(Reason::CustomerBudget, request()).await?;
        assert_eq!(by_customer.remedies, [Remedy::AskAdministrator, Remedy::Wait]);
        engine.set_limit(world.customer, BudgetScope::Customer(world.customer), pence(wide)).await?;
        let seat = expect(Reason::SeatCap, request()).await?;
        assert_eq!((seat.scope.name(), seat.resets_at.map(|at| at.to_string()).as_deref()), ("tunde", Some("2026-11-01T00:00:00Z")));
        engine.set_seat_cap(world.customer, member, None).await?;
        expect(Reason::NotEnoughCapacity, request()).await?;
        world.grant(Source::TopUp, 1_600, None).await?;
        assert_eq!(ask(world, Some(key), request()).await?, None);
        assert_eq!(world.count("token_hold").await?, 2, "a refused production holds nothing");
        assert_eq!(world.count("seat_cycle").await?, 1);
        Ok(())
    }
}

both! {
    /// H10, K5: an account that is not active starts nothing; idle, what runs goes on to its end.
    async fn k5_in_idle_mode_what_runs_finishes(world: &World) -> Result<()> {
        world.grant(Source::Allowance, 1_000, None).await?;
        let step = speech("one", 10);
        world.admit("a", vec![step.clone()]).await?;
        world.engine.set_idle(true).await?;
        let other = Engine::open(Settings { database_url: world.url.clone(), sandbox: true }).await?;
        let refused = other.admit(world.customer, None, world.request("b", vec![step.clone()])).await;
        let Err(Error::Refused(refusal)) = refused else { panic!("closed for every process") };
        assert_eq!((refusal.reason, refusal.title()), (Reason::Maintenance, "Closed for maintenance"));
        world.report("a", &step, 1, Outcome::Succeeded).await?;
        world.finish("a", End::Published).await?;
        other.set_idle(false).await?;
        world.admit("b", vec![step.clone()]).await?;
        let closed = world.engine.open_account(world.customer, "Old", AccountStatus::Closed).await?;
        let request = AdmitRequest { account: closed, ..world.request("c", vec![step]) };
        let refusal = ask(world, None, request).await?.context("refused")?;
        assert_eq!((refusal.reason, refusal.scope.name()), (Reason::AccountNotActive, "Old"));
        other.close().await;
        Ok(())
    }
}

both! {
    /// A cap, a limit and the pool together, from eight clients at once: the tightest refuses, and what was refused holds
    /// nothing anywhere.
    async fn i13_pool_cap_and_limit_together_hold_under_fire(world: &World) -> Result<()> {
        let (key, member) = (key(world).await?, member(world, "tunde").await?);
        world.grant(Source::Allowance, 80 * 9, None).await?;
        world.engine.set_seat_cap(world.customer, member, Some(Tokens::new(80 * 3)?)).await?;
        world.engine.set_limit(world.customer, BudgetScope::Key(key), Some(Money::new(100_000, Currency::Gbp))).await?;
        let step = speech("one", 10);
        let asks = (0..64).map(|n| {
            let request = world.request(&format!("p{n}"), vec![step.clone()]);
            // every second production is made in the name of the member whose cap is 3
            ask(world, Some(key), AdmitRequest { member: (n % 2 == 0).then_some(member), ..request })
        });
        let verdicts: Vec<_> = join_all(asks).await.into_iter().collect::<Result<_>>()?;
        let of = |reason: Option<Reason>| verdicts.iter().filter(|verdict| verdict.as_ref().map(|refusal| refusal.reason) == reason).count();
        assert_eq!(of(None), 9);
        assert!(of(Some(Reason::SeatCap)) > 0 && of(Some(Reason::NotEnoughCapacity)) > 0);
        assert_eq!(of(None) + of(Some(Reason::SeatCap)) + of(Some(Reason::NotEnoughCapacity)), 64);
        assert_eq!(world.balance().await?, (0, 720));
        assert!(world.count("production WHERE member_id IS NOT NULL").await? <= 3);
        assert_eq!(world.count("token_hold").await?, 9);
        Ok(())
    }
}

both! {
    /// What a member has taken: held at admission, used at capture, given back at the end, and counted in the cycle of
    /// the admission.
    async fn a7_a_seat_counts_in_the_cycle_that_admitted(world: &World) -> Result<()> {
        let member = member(world, "tunde").await?;
        world.grant(Source::Allowance, 1_000, Some("2026-11-01T00:00:00Z")).await?;
        world.engine.set_seat_cap(world.customer, member, Some(Tokens::new(160)?)).await?;
        let (one, two) = (speech("one", 10), speech("two", 10));
        let request = |name: &str| AdmitRequest { member: Some(member), ..world.request(name, vec![one.clone(), two.clone()]) };
        assert_eq!(ask(world, None, request("a")).await?, None);
        assert_eq!(ask(world, None, request("b")).await?.map(|refusal| refusal.reason), Some(Reason::SeatCap));
        world.report("a", &one, 1, Outcome::Succeeded).await?;
        world.clock("2026-10-23T16:00:00Z").await?;
        world.finish("a", End::Published).await?;
        assert_eq!(world.count("seat_cycle WHERE spent_tokens = 80 AND held_tokens = 0").await?, 1);
        let small = AdmitRequest { member: Some(member), ..world.request("c", vec![one.clone()]) };
        assert_eq!(ask(world, None, small.clone()).await?, None, "80 of 160 are used");
        let stranger = AdmitRequest { member: Some(PersonId::new(ulid::Ulid::from_parts(1, 1))), ..small };
        let unknown = world.engine.admit(world.customer, None, AdmitRequest { production: production("d"), ..stranger }).await;
        assert!(matches!(unknown, Err(Error::NotFound("member"))));
        Ok(())
    }
}

both! {
    /// A promised price holds through settlement, whatever is in force by then; it is for one account and one plan, and
    /// ends after a quarter of an hour.
    async fn a_quote_is_honoured_through_settlement(world: &World) -> Result<()> {
        world.grant(Source::Allowance, 1_000, None).await?;
        let step = speech("one", 10);
        let plan = Plan::new(vec![step.clone()])?;
        let quote = |account, plan| world.engine.quote(world.customer, None, QuoteRequest { account, plan });
        let promised = quote(world.account, plan.clone()).await?;
        assert_eq!((promised.tokens.get(), promised.refusal.clone(), promised.lines.len()), (80, None, 1));
        assert_eq!(world.count("token_hold").await?, 0, "a quote holds nothing");

        let using = |name: &str, steps: Vec<Step>| AdmitRequest { quote: Some(promised.id), ..world.request(name, steps) };
        let other_plan = world.engine.admit(world.customer, None, using("a", vec![speech("one", 11)])).await;
        assert!(matches!(other_plan, Err(Error::Invalid { field, .. }) if field == "quote"));
        let admission = world.engine.admit(world.customer, None, using("a", vec![step.clone()])).await?.value;
        assert_eq!((admission.tokens, admission.money), (promised.tokens, promised.money));

        // the markup doubles on the next day: only what was quoted is spared
        let database = world.database().await?;
        sea_orm::ConnectionTrait::execute_unprepared(&database,
            "INSERT INTO markup_version (version, effective_at, basis_points) VALUES (2, 1792713600000000, 5000)").await?;
        database.close().await?;
        let other = Engine::open(Settings { database_url: world.url.clone(), sandbox: true }).await?;
        other.set_sandbox_clock("2026-10-22T16:44:00Z".parse()?).await?;
        other.heartbeat(world.customer, production("a"), None).await?;
        other.set_sandbox_clock("2026-10-23T16:30:00Z".parse()?).await?;
        let attempt = || billing::production::Attempt { outcome: Outcome::Succeeded, quantity: step.quantity, model: None, occurred_at: None };
        let capture = other.report_attempt(world.customer, production("a"), step.name.clone(), 1, attempt()).await?;
        assert_eq!((capture.cost, capture.tokens), (Some(promised.money), promised.tokens));
        let unquoted = other.admit(world.customer, None, world.request("b", vec![step.clone()])).await?.value;
        assert!(unquoted.money.micros() > promised.money.micros(), "without a quote the new markup counts");
        let late = other.admit(world.customer, None, using("c", vec![step])).await.unwrap_err();
        assert!(matches!(late, Error::Conflict(Conflict::QuoteExpired)));
        assert_eq!(world.count("cost_entry WHERE quoted = 1").await?, 1);
        other.close().await;
        Ok(())
    }
}

both! {
    /// A quote gives the gate's own answer.
    async fn a_quote_says_whether_the_plan_fits(world: &World) -> Result<()> {
        world.grant(Source::Allowance, 79, None).await?;
        let plan = Plan::new(vec![speech("one", 10)])?;
        let request = QuoteRequest { account: world.account, plan };
        let quote = world.engine.quote(world.customer, None, request.clone()).await?;
        assert_eq!(quote.refusal.map(|refusal| refusal.reason), Some(Reason::NotEnoughCapacity));
        assert_eq!(world.count("refusal").await?, 0, "nobody was turned away");
        let stranger = world.engine.open_customer("Stranger", Currency::Eur).await?;
        let foreign = world.engine.quote(stranger, None, request).await.unwrap_err();
        assert!(matches!(foreign, Error::NotFound("account")));
        Ok(())
    }
}

both! {
    /// G5: an account runs so many at once; what has ended or lapsed makes room at once.
    async fn g5_so_many_productions_at_once(world: &World) -> Result<()> {
        world.grant(Source::Allowance, 1_000, None).await?;
        world.engine.set_concurrency(world.customer, world.account, Some(2)).await?;
        let admitted = async |name: &str| world.admit(name, vec![packaging("one")]).await.is_ok();
        assert!(admitted("a").await && admitted("b").await && !admitted("c").await);
        world.finish("a", End::Failed).await?;
        assert!(admitted("c").await && !admitted("d").await);
        world.engine.advance_sandbox_clock(Span::minutes(11)).await?;
        assert!(admitted("d").await && admitted("e").await && !admitted("f").await, "two have lapsed, swept or not");
        let names: Vec<String> = (0..20).map(|n| format!("x{n}")).collect();
        let asks = names.iter().map(|name| admitted(name));
        assert_eq!(join_all(asks).await, [false; 20]);
        let wrong = world.engine.set_concurrency(world.customer, world.account, Some(101)).await.unwrap_err();
        assert!(matches!(wrong, Error::Invalid { .. }));
        Ok(())
    }
}

both! {
    /// 5.19: a call outside productions costs money, counts against every limit that it concerns, and takes no token.
    async fn p12_a_call_outside_productions_counts_once(world: &World) -> Result<()> {
        let key = key(world).await?;
        let quantity = Quantity::Speech { length: Length::from_millis(60_000)? };
        let report = |account, model: Option<&str>| CallReport {
            account, r#loop: 3, quantity, model: model.map(str::to_owned), occurred_at: None,
        };
        let call = |name: &str, report| world.engine.record_call(world.customer, Some(key), name.parse().expect("a name"), report);
        let booked = call("c1", report(world.account, None)).await?;
        let cost = booked.cost.context("a price")?;
        assert_eq!(call("c1", report(world.account, None)).await?, booked, "counted once");
        let reused = call("c1", report(world.account, Some("other"))).await.unwrap_err();
        assert!(matches!(reused, Error::Conflict(Conflict::IdReused)));
        assert_eq!(call("c2", report(world.account, Some("nobody-knows"))).await?.cost, None, "unknown is never zero");
        let account = world.engine.account(world.customer, world.account).await?;
        assert_eq!(account.spent, cost);
        assert_eq!(world.count(&format!("budget_month WHERE spent_micros = {}", cost.micros())).await?, 3);
        assert_eq!((world.count("token_entry").await?, world.count("cost_entry").await?), (0, 2));
        world.grant(Source::Allowance, 1_000, None).await?;
        let limit = Money::new(cost.micros().div_euclid(10_000), Currency::Gbp);
        world.engine.set_limit(world.customer, BudgetScope::Customer(world.customer), Some(limit)).await?;
        let refusal = ask(world, None, world.request("a", vec![speech("one", 1)])).await?.context("refused")?;
        assert_eq!(refusal.reason, Reason::CustomerBudget);
        Ok(())
    }
}
