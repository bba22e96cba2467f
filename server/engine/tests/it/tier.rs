//! Billing cycles on real rows: each grants once, whoever comes first, and however long everybody slept.

use crate::support::{World, both, production, speech};
use anyhow::Result;
use billing::{
    allowance::Source,
    customer::PaymentBlock,
    id::SubscriptionId,
    money::{Currency, Money},
    production::{End, Outcome},
    refusal::Reason,
    tier::{BillingPeriod, Next, Plan, Tier},
    tokens::Tokens,
};
use engine::{
    Engine, Error, Settings,
    tier::{Contract, NewSubscription},
};
use futures::future::join_all;

/// Pro from the anchor on, with 1,000 tokens a cycle.
async fn subscribe(world: &World, billing: BillingPeriod, anchor: &str) -> Result<SubscriptionId> {
    let new = NewSubscription {
        plan: Plan { tier: Tier::Pro, billing, seats: 1 },
        anchor_on: anchor.parse()?,
        contract: Some(Contract { allowance: Tokens::new(1_000)?, price: Money::zero(Currency::Gbp) }),
    };
    Ok(world.engine.subscribe(world.customer, new).await?)
}

both! {
    /// Worked example 2: what is bought survives the refresh, what is left of the allowance does not.
    async fn a4_the_allowance_refreshes_and_bought_capacity_stays(world: &World) -> Result<()> {
        subscribe(world, BillingPeriod::Monthly, "2026-09-30").await?;
        world.grant(Source::TopUp, 200, None).await?;
        assert_eq!(world.balance().await?, (1_200, 0));
        let step = speech("one", 130);
        world.admit("a", vec![step.clone()]).await?;
        world.report("a", &step, 1, Outcome::Succeeded).await?;
        world.finish("a", End::Published).await?;
        let capacity = world.engine.usage(world.customer).await?.capacity;
        assert_eq!((capacity.allowance.used.get(), capacity.extra.left.get()), (1_000, 160));
        assert_eq!(capacity.allowance.refreshes_at.map(|at| at.to_string()).as_deref(), Some("2026-10-30T00:00:00Z"));
        world.clock("2026-10-30T00:00:01Z").await?;
        world.engine.refresh_due().await?;
        let capacity = world.engine.usage(world.customer).await?.capacity;
        assert_eq!((capacity.allowance.used.get(), capacity.allowance.left.get(), capacity.extra.left.get()), (0, 1_000, 160));
        assert_eq!(capacity.allowance.refreshes_at.map(|at| at.to_string()).as_deref(), Some("2026-11-30T00:00:00Z"));
        Ok(())
    }
}

both! {
    /// Two servers at one boundary, and acts besides the sweep: one grant. Nobody has to wait for the sweep.
    async fn i39_a_cycle_is_granted_once_whoever_comes_first(world: &World) -> Result<()> {
        subscribe(world, BillingPeriod::Monthly, "2026-09-30").await?;
        world.admit("all", vec![speech("one", 125)]).await?;
        world.clock("2026-10-30T00:00:01Z").await?;
        let other = Engine::open(Settings { database_url: world.url.clone(), sandbox: true }).await?;
        let sweeps = (0..16).map(|n| if n % 2 == 0 { world.engine.refresh_due() } else { other.refresh_due() });
        let names: Vec<String> = (0..8).map(|n| format!("p{n}")).collect();
        let asks = names.iter().map(|name| world.admit(name, vec![speech("one", 1)]));
        let (swept, admitted) = tokio::join!(join_all(sweeps), join_all(asks));
        swept.into_iter().collect::<Result<Vec<_>, _>>()?;
        admitted.into_iter().collect::<Result<Vec<_>, _>>()?;
        assert_eq!(world.count("token_grant").await?, 2);
        assert_eq!(world.balance().await?.0, 1_000 - 8 * 8);
        other.close().await;
        Ok(())
    }
}

both! {
    /// Everybody slept through three cycles: each has its lot with its own end, those that are over have lapsed.
    async fn i39_slept_through_cycles_are_granted_once_each(world: &World) -> Result<()> {
        subscribe(world, BillingPeriod::Monthly, "2026-08-31").await?;
        assert_eq!(world.count("token_grant").await?, 2, "since August: the last one runs");
        world.clock("2027-01-31T00:00:01Z").await?;
        world.engine.refresh_due().await?;
        world.engine.refresh_due().await?;
        assert_eq!(world.count("token_grant").await?, 6);
        assert_eq!(world.balance().await?, (1_000, 0));
        assert_eq!(world.count("token_entry WHERE credit_pool = 'lapsed' AND tokens = 1000").await?, 5);
        let february = "2027-02-28T00:00:00Z".parse::<billing::time::Timestamp>()?.micros();
        assert_eq!(world.count(&format!("token_grant WHERE expires_at = {february} AND cycle = 5")).await?, 1);
        let database = world.database().await?;
        let twice = "INSERT INTO token_grant (customer_id, id, source, amount_tokens, remaining_tokens, held_tokens, \
                     effective_at, expires_at, created_at, subscription_id, cycle) SELECT customer_id, 'grt_twice', source, \
                     amount_tokens, 0, 0, effective_at, expires_at, created_at, subscription_id, cycle FROM token_grant \
                     WHERE cycle = 5";
        assert!(sea_orm::ConnectionTrait::execute_unprepared(&database, twice).await.is_err(), "the database refuses a second");
        Ok(())
    }
}

both! {
    /// I-42: a year is paid at once and granted month by month, until it ends.
    async fn i42_an_annual_payment_is_twelve_monthly_refreshes(world: &World) -> Result<()> {
        let subscription = subscribe(world, BillingPeriod::Annual, "2026-10-22").await?;
        let admin = world.administrator().await?;
        world.engine.decide_next(&admin, subscription, Next::Cancel, None).await?;
        for month in ["2026-11", "2026-12", "2027-01", "2027-02", "2027-03", "2027-04", "2027-05", "2027-06", "2027-07",
                      "2027-08", "2027-09", "2027-10", "2027-11"] {
            world.clock(&format!("{month}-22T00:00:01Z")).await?;
            world.engine.refresh_due().await?;
            let capacity = world.engine.usage(world.customer).await?.capacity;
            let granted = if month < "2027-10" { 1_000 } else { 0 };
            assert_eq!((capacity.allowance.granted.get(), capacity.left().get()), (granted, granted), "{month}");
        }
        assert_eq!(world.count("token_grant").await?, 12);
        Ok(())
    }
}

both! {
    /// 5.33: past the grace of a failed payment a new cycle grants nothing and the gate says why; once it is settled, the
    /// cycle that runs is granted.
    async fn a_customer_who_has_not_paid_is_granted_nothing_new(world: &World) -> Result<()> {
        subscribe(world, BillingPeriod::Monthly, "2026-09-30").await?;
        world.engine.set_payment_block(world.customer, Some(PaymentBlock::PastGrace)).await?;
        world.clock("2026-10-30T00:00:01Z").await?;
        assert_eq!(world.engine.refresh_due().await?, 0);
        let Err(Error::Refused(refusal)) = world.admit("a", vec![speech("one", 1)]).await else { panic!("unpaid") };
        assert_eq!(refusal.reason, Reason::PaymentRequired);
        assert_eq!(world.balance().await?, (0, 0));
        world.engine.set_payment_block(world.customer, None).await?;
        world.admit("a", vec![speech("one", 1)]).await?;
        assert_eq!(world.balance().await?, (992, 8));
        Ok(())
    }
}

both! {
    /// Held before the refresh and charged after it: from the hold's own lot, booked on the day it completes.
    async fn i41_a_hold_that_crosses_a_refresh_draws_its_own_lot(world: &World) -> Result<()> {
        subscribe(world, BillingPeriod::Monthly, "2026-09-30").await?;
        let step = speech("one", 100);
        world.clock("2026-10-29T23:55:00Z").await?;
        world.admit("a", vec![step.clone()]).await?;
        world.clock("2026-10-30T00:01:00Z").await?;
        world.report("a", &step, 1, Outcome::Succeeded).await?;
        assert_eq!(world.balance().await?, (1_000, 0), "the new allowance is whole");
        let receipt = world.engine.receipt(world.customer, &production("a")).await?;
        assert_eq!(receipt.entries.len(), 2);
        assert_eq!(world.count("token_entry WHERE credit_pool = 'used' AND posted_on = '2026-10-30'").await?, 1);
        assert_eq!(world.count("token_entry WHERE credit_pool = 'lapsed' AND tokens = 200").await?, 1);
        Ok(())
    }
}

both! {
    /// B3: five days of use are a pace, and the pace is a date.
    async fn b3_a_pace_of_days_foresees_the_day_that_capacity_runs_out(world: &World) -> Result<()> {
        subscribe(world, BillingPeriod::Monthly, "2026-10-20").await?;
        for day in 23..=27 {
            let (name, step) = (format!("d{day}"), speech("one", 20));
            world.admit(&name, vec![step.clone()]).await?;
            world.report(&name, &step, 1, Outcome::Succeeded).await?;
            world.finish(&name, End::Published).await?;
            let usage = world.engine.usage(world.customer).await?;
            assert_eq!(usage.forecast.is_some(), day > 25, "silent under three whole days");
            world.clock(&format!("2026-10-{day}T12:00:00Z")).await?;
        }
        let forecast = world.engine.usage(world.customer).await?.forecast.expect("a pace");
        assert_eq!((forecast.per_day.get(), forecast.days), (160, 5));
        assert!(forecast.runs_out_at.to_string().starts_with("2026-10-28T18:00:0"), "{}", forecast.runs_out_at);
        Ok(())
    }
}
