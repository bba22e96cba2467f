//! The account's monthly limit. G2, 5.7, 5.16; I-14.

use crate::{
    support::{World, both, speech},
    team::{add, member},
};
use anyhow::Result;
use billing::{
    allowance::Source,
    budget::{BudgetScope, LimitChange, LimitKind},
    customer::AccountStatus,
    money::{Currency, Money},
    production::{End, Outcome},
    refusal::{Figures, Reason, Remedy},
    team::Role,
};
use engine::Error;

both! {
    /// At its limit an account starts nothing; what runs finishes; raising the limit resumes.
    async fn g2_an_account_at_its_limit_is_refused_up_front(world: &World) -> Result<()> {
        world.grant(Source::Allowance, 100_000, None).await?;
        let step = speech("one", 1_000);
        let money = world.admit("probe", vec![step.clone()]).await?.money;
        world.finish("probe", End::Cancelled).await?;
        let pence = money.micros().div_euclid(10_000) * 2 + 1;
        world.limit(pence).await?;
        world.admit("a", vec![step.clone()]).await?;
        world.report("a", &step, 1, Outcome::Succeeded).await?;
        world.finish("a", End::Published).await?;
        world.limit(money.micros().div_euclid(10_000)).await?;
        let Err(Error::Refused(refusal)) = world.admit("b", vec![step.clone()]).await else { panic!("at its limit") };
        assert_eq!((refusal.reason, refusal.title()), (Reason::AccountBudget, "Budget limit reached"));
        assert!(matches!(refusal.figures, Some(Figures::Money { used, .. }) if used == money));
        assert_eq!(refusal.remedies, [Remedy::RaiseBudget, Remedy::BuyCapacity, Remedy::Wait]);
        world.limit(pence).await?;
        world.admit("b", vec![step]).await?;
        Ok(())
    }
}

both! {
    /// Lowering a limit below what is spent and held is allowed; running productions finish, the next one is refused.
    async fn i14_a_lowered_limit_stops_only_what_is_new(world: &World) -> Result<()> {
        world.grant(Source::Allowance, 100_000, None).await?;
        world.limit(100_000).await?;
        let step = speech("one", 1_000);
        world.admit("a", vec![step.clone()]).await?;
        world.limit(1).await?;
        world.report("a", &step, 1, Outcome::Succeeded).await?;
        world.finish("a", End::Published).await?;
        let Err(Error::Refused(refusal)) = world.admit("b", vec![speech("one", 1)]).await else { panic!("over the limit") };
        let Some(Figures::Money { available, .. }) = refusal.figures else { panic!("figures") };
        assert!(available.micros() < 0);
        Ok(())
    }
}

both! {
    /// 5.7: a step without a price is refused only where a limit is set.
    async fn g2_an_unknown_price_is_refused_only_under_a_limit(world: &World) -> Result<()> {
        world.grant(Source::Allowance, 100_000, None).await?;
        let mut step = speech("one", 10);
        step.model = Some("nobody-knows".to_owned());
        world.admit("a", vec![step.clone()]).await?;
        world.limit(100_000).await?;
        let Err(Error::Refused(refusal)) = world.admit("b", vec![step]).await else { panic!("nobody can say that it fits") };
        assert_eq!(refusal.reason, Reason::PriceUnknown);
        Ok(())
    }
}

both! {
    /// 5.20: what a production costs counts in the month that admitted it.
    async fn i41_a_production_counts_in_the_month_of_its_admission(world: &World) -> Result<()> {
        world.grant(Source::Allowance, 100_000, None).await?;
        let step = speech("one", 1_000);
        world.clock("2026-10-31T23:59:00Z").await?;
        let money = world.admit("a", vec![step.clone()]).await?.money;
        world.clock("2026-11-01T00:01:00Z").await?;
        world.report("a", &step, 1, Outcome::Succeeded).await?;
        let account = world.engine.account(world.customer, world.account).await?;
        assert_eq!((account.spent.micros(), account.held.micros()), (0, 0), "November");
        assert_eq!(world.count("budget_month WHERE month = '2026-10' AND scope_kind = 'account' AND held_micros = 0").await?, 1);
        assert!(money.micros() > 0);
        Ok(())
    }
}

both! {
    /// A limit for this month only is over when the month is; somebody is told once, when the amount is reached.
    async fn g3_a_limit_for_one_month_is_over_with_it_and_somebody_is_told_once(world: &World) -> Result<()> {
        world.grant(Source::TopUp, 10_000, None).await?;
        let pence = |pence| Money::new(pence, Currency::Gbp);
        let set = async |changes| {
            let scope = BudgetScope::Account(world.account);
            world.engine.change_limits(world.customer, scope, changes).await
        };
        let tell = LimitChange::TellAt(Some(pence(1)));
        set(vec![tell, LimitChange::StopAt(Some(pence(0))), LimitChange::StopThisMonthAt(pence(500))]).await?;
        let account = async || world.engine.account(world.customer, world.account).await;
        assert_eq!(account().await?.told_at, None);
        let steps = vec![speech("one", 400), speech("two", 400)];
        world.admit("a", steps.clone()).await?;
        world.report("a", &steps[0], 1, Outcome::Succeeded).await?;
        let told = account().await?.told_at.expect("a penny is spent");
        world.clock("2026-10-22T17:00:00Z").await?;
        world.report("a", &steps[1], 1, Outcome::Succeeded).await?;
        assert_eq!(account().await?.told_at, Some(told), "once");
        world.finish("a", End::Published).await?;
        set(vec![LimitChange::TellAt(Some(pence(400)))]).await?;
        assert_eq!(account().await?.told_at, None, "the amount was raised beyond what is spent");

        world.clock("2026-11-01T00:00:00Z").await?;
        let refused = world.admit("b", steps).await.expect_err("the limit of every month is nothing");
        assert!(matches!(refused, Error::Refused(refusal) if refusal.reason == Reason::AccountBudget));
        set(vec![LimitChange::StopAt(None)]).await?;
        assert_eq!(account().await?.limits.stop_at(world.engine.now().month()), None);
        Ok(())
    }
}

both! {
    /// Every change says who has made it, from what to what; what changes nothing says nothing, and a raise goes upwards only.
    async fn n1_a_change_of_a_limit_is_kept_with_who_made_it(world: &World) -> Result<()> {
        let engine = &world.engine;
        let mara = member(world, add(world, "Mara", Role::CustomerAdministrator).await?).await?;
        let pounds = |pounds: i64| Money::new(pounds * 100, Currency::Gbp);
        world.limit(30_000).await?;
        let set = async |changes| engine.set_limits_of(&mara, world.account, None, changes).await;
        for _ in 0..2 {
            set(vec![LimitChange::RaiseThisMonthTo(pounds(330))]).await?;
        }
        set(vec![LimitChange::RaiseThisMonthTo(pounds(310))]).await?;
        set(vec![LimitChange::TellAt(Some(pounds(200))), LimitChange::StopAt(Some(pounds(500)))]).await?;
        set(vec![LimitChange::StopAt(None)]).await?;

        let history = engine.limit_history(&mara, world.account).await?;
        let said: Vec<_> = history
            .iter()
            .map(|change| (change.moved.kind, change.moved.before, change.moved.after, change.by.as_deref()))
            .collect();
        let (stop, month, tell) = (LimitKind::StopAt, LimitKind::StopThisMonthAt, LimitKind::TellAt);
        let [p200, p300, p330, p500] = [200, 300, 330, 500].map(|amount| Some(pounds(amount)));
        assert_eq!(said, [
            (stop, p500, None, Some("Mara")),
            (tell, None, p200, Some("Mara")),
            (month, p330, p500, Some("Mara")),
            (stop, p300, p500, Some("Mara")),
            (month, p300, p330, Some("Mara")),
            (stop, None, p300, None),
        ]);
        assert_eq!(engine.account(world.customer, world.account).await?.budget, None);

        let other = engine.open_account(world.customer, "Other", AccountStatus::Active).await?;
        assert_eq!(engine.limit_history(&mara, other).await?, []);
        let vera = member(world, add(world, "Vera", Role::CustomerViewer).await?).await?;
        assert!(matches!(engine.limit_history(&vera, world.account).await, Err(Error::Forbidden)));
        let olga = member(world, add(world, "Olga", Role::AccountOperator).await?).await?;
        assert!(matches!(engine.limit_history(&olga, world.account).await, Err(Error::NotFound(_))));
        Ok(())
    }
}
