//! What waits for somebody. G2, G11, 5.14.

use crate::{
    support::{World, both, speech},
    team::{add, member},
};
use anyhow::{Context, Result};
use billing::{
    allowance::{Banner, Source},
    budget::{BudgetScope, LimitChange},
    customer::AccountStatus,
    money::{Currency, Money},
    production::{End, Outcome, Step, hold::Stage},
    refusal::Reason,
    team::Role,
    tokens::Tokens,
};
use engine::{
    allowance::Need,
    production::{AdmitRequest, RefusalLine, Standing},
    team::Member,
};

/// Reason, title of the newest, how many others.
fn refused(needs: &[Need]) -> Vec<(Reason, &str, u64)> {
    let refused = needs.iter().filter_map(|need| match need {
        Need::Refused(refused) => Some(refused),
        _ => None,
    });
    refused.map(|of| (of.newest.refusal.reason, of.newest.title.as_str(), of.others)).collect()
}

async fn needs(world: &World, member: &Member) -> Result<Vec<Need>> {
    Ok(world.engine.overview(member).await?.needs)
}

async fn standing(world: &World, member: &Member, refusal: &RefusalLine) -> Result<Standing> {
    let engine = &world.engine;
    let usage = engine.usage(world.customer).await?;
    let account = engine.account(world.customer, refusal.account).await?;
    Ok(engine.standing(member, refusal, &usage, &account).await?)
}

/// What a second of speech may cost, in pence.
async fn price(world: &World, step: &Step) -> Result<i64> {
    let money = world.admit("probe", vec![step.clone()]).await?.money;
    world.finish("probe", End::Cancelled).await?;
    Ok(money.to_money_up().minor())
}

both! {
    /// One line for each account and reason, until the limit is high enough for the production or it was admitted after all.
    async fn g11_refusals_wait_once_each_until_their_cause_is_gone(world: &World) -> Result<()> {
        let mara = member(world, add(world, "Mara", Role::CustomerAdministrator).await?).await?;
        world.grant(Source::Allowance, 100_000, None).await?;
        let (small, large) = (speech("one", 1_000), speech("one", 2_000));
        let pence = price(world, &small).await?;
        world.limit(1).await?;
        for name in ["a", "b", "a"] {
            world.admit(name, vec![small.clone()]).await.expect_err("over the limit");
        }
        world.admit("c", vec![large.clone()]).await.expect_err("over the limit");
        assert_eq!(refused(&needs(world, &mara).await?), [(Reason::AccountBudget, "Production c", 2)]);
        let all = world.engine.refusals(&mara, None, 9).await?;
        assert_eq!(all.len(), 4, "each answer is kept");

        world.limit(pence + 1).await?;
        assert_eq!(refused(&needs(world, &mara).await?), [(Reason::AccountBudget, "Production c", 0)], "a and b fit");
        assert_eq!(standing(world, &mara, &all[1]).await?, Standing::Fits);
        world.admit("a", vec![small.clone()]).await?;
        assert_eq!(standing(world, &mara, &all[1]).await?, Standing::Admitted);
        assert_eq!(refused(&needs(world, &mara).await?), [(Reason::AccountBudget, "Production c", 1)], "b no longer fits beside a");
        assert_eq!(standing(world, &mara, &all[0]).await?, Standing::Stands);

        let raise = LimitChange::RaiseThisMonthTo(Money::new(pence * 4, Currency::Gbp));
        world.engine.set_limits_of(&mara, world.account, None, vec![raise]).await?;
        assert_eq!(needs(world, &mara).await?, [], "nothing waits");
        assert_eq!(standing(world, &mara, &all[0]).await?, Standing::Fits);
        world.clock("2026-11-01T00:00:00Z").await?;
        world.limit(1).await?;
        assert_eq!(refused(&needs(world, &mara).await?), [], "a new month");
        Ok(())
    }
}

both! {
    /// Each reason is held against its own scope: capacity, the customer's limit, a seat's cap, concurrency, status, payment.
    async fn g2_each_refusal_is_held_against_its_own_scope(world: &World) -> Result<()> {
        let engine = &world.engine;
        let olga = add(world, "Olga", Role::AccountOperator).await?;
        engine.assign_accounts(world.customer, olga, &[world.account]).await?;
        let mara = member(world, add(world, "Mara", Role::CustomerAdministrator).await?).await?;
        let step = || vec![speech("one", 100)];
        world.grant(Source::Allowance, 100, None).await?;
        world.admit("capacity", step()).await.expect_err("800 tokens of 100");
        world.grant(Source::TopUp, 10_000, None).await?;

        let customer = BudgetScope::Customer(world.customer);
        engine.set_limit(world.customer, customer, Some(Money::new(1, Currency::Gbp))).await?;
        world.admit("customer", step()).await.expect_err("over the customer’s limit");
        assert_eq!(refused(&needs(world, &mara).await?), [(Reason::CustomerBudget, "Production customer", 0)], "capacity was bought");
        engine.set_limit(world.customer, customer, None).await?;

        engine.set_seat_cap(world.customer, olga, Some(Tokens::new(799)?)).await?;
        let request = AdmitRequest { member: Some(olga), ..world.request("seat", step()) };
        engine.admit(world.customer, None, request).await.expect_err("over the cap");
        assert_eq!(refused(&needs(world, &mara).await?), [(Reason::SeatCap, "Production seat", 0)]);
        engine.set_seat_cap(world.customer, olga, Some(Tokens::new(800)?)).await?;

        engine.set_concurrency(world.customer, world.account, Some(1)).await?;
        world.admit("first", step()).await?;
        world.admit("second", step()).await.expect_err("one at once");
        assert_eq!(refused(&needs(world, &mara).await?), [(Reason::Concurrency, "Production second", 0)]);
        world.finish("first", End::Cancelled).await?;
        assert_eq!(needs(world, &mara).await?, []);

        let elsewhere = engine.open_account(world.customer, "Elsewhere", AccountStatus::Suspended).await?;
        let request = AdmitRequest { account: elsewhere, ..world.request("status", step()) };
        engine.admit(world.customer, None, request).await.expect_err("not active");
        assert_eq!(refused(&needs(world, &mara).await?), [(Reason::AccountNotActive, "Production status", 0)]);
        assert_eq!(needs(world, &member(world, olga).await?).await?, [], "not hers to see");

        engine.set_grace(world.customer, Some("2026-10-22T16:00:00Z".parse()?)).await?;
        world.admit("payment", step()).await.expect_err("past grace");
        let reasons = needs(world, &mara).await?;
        assert_eq!(refused(&reasons)[0], (Reason::PaymentRequired, "Production payment", 0), "the newest first");
        engine.set_grace(world.customer, None).await?;
        assert_eq!(refused(&needs(world, &mara).await?).len(), 1);
        Ok(())
    }
}

both! {
    /// What the banner does not show, limits that are reached or told, and what has awaited approval for days.
    async fn reading_5_14_the_rest_waits_in_its_order(world: &World) -> Result<()> {
        let engine = &world.engine;
        let mara = member(world, add(world, "Mara", Role::CustomerAdministrator).await?).await?;
        let vera = member(world, add(world, "Vera", Role::CustomerViewer).await?).await?;
        world.grant(Source::Allowance, 1_600, Some("2026-11-01T00:00:00Z")).await?;
        let told = engine.open_account(world.customer, "Told", AccountStatus::Active).await?;
        let penny = Money::new(1, Currency::Gbp);
        engine.change_limits(world.customer, BudgetScope::Account(told), vec![LimitChange::TellAt(Some(penny))]).await?;
        for (name, account) in [("a", world.account), ("b", told)] {
            let step = speech("one", 100);
            let request = AdmitRequest { account, ..world.request(name, vec![step.clone()]) };
            engine.admit(world.customer, None, request).await?;
            world.report(name, &step, 1, Outcome::Succeeded).await?;
        }
        world.finish("b", End::Published).await?;
        engine.heartbeat(world.customer, "a".parse()?, Some(Stage::AwaitingApproval)).await?;
        world.limit(1).await?;
        engine.set_grace(world.customer, Some("2026-10-30T00:00:00Z".parse()?)).await?;
        world.clock("2026-10-25T17:40:00Z").await?;

        let found = needs(world, &mara).await?;
        let (awaited, rest) = found.split_last().context("four things wait")?;
        let limits = [Need::LimitReached(world.account), Need::Banner(Banner::PaymentFailed), Need::Told(told)];
        assert_eq!(rest, limits, "nothing is left, which the banner says");
        let Need::AwaitsApproval(awaited) = awaited else { panic!("{awaited:?}") };
        assert_eq!((awaited.title.as_str(), awaited.others), ("Production a", 0));
        assert!(awaited.since.to_string().starts_with("2026-10-22T16:4"), "{awaited:?}");
        assert_eq!(needs(world, &vera).await?, [Need::Banner(Banner::PaymentFailed)], "a viewer sees no cost and no usage");

        engine.heartbeat(world.customer, "a".parse()?, None).await?;
        assert!(!needs(world, &mara).await?.iter().any(|need| matches!(need, Need::AwaitsApproval(_))), "heard of again");
        world.limit(100_000).await?;
        engine.change_limits(world.customer, BudgetScope::Account(told), vec![LimitChange::TellAt(None)]).await?;
        engine.set_grace(world.customer, None).await?;
        assert_eq!(needs(world, &mara).await?, []);
        Ok(())
    }
}
