//! One production through the gate: admitted whole or refused, told the same twice, ended once.

use crate::support::{World, both, packaging, production, speech};
use anyhow::Result;
use billing::{
    allowance::Source,
    production::{Attempt, Conflict, End, Hold, Outcome, attempt::BadAttempt, hold::Stage},
    refusal::{Figures, Reason, Remedy},
};
use engine::Error;

both! {
    /// Seven steps are one decision: where they do not fit, nothing is held and nothing is written but the refusal.
    async fn i12_a_production_is_admitted_whole_or_not_at_all(world: &World) -> Result<()> {
        world.grant(Source::Allowance, 550, Some("2026-11-01T00:00:00Z")).await?;
        let steps: Vec<_> = (1..=7).map(|n| speech(&format!("step-{n}"), 10)).collect();
        let Err(Error::Refused(refusal)) = world.admit("a", steps.clone()).await else { panic!("560 do not fit into 550") };
        assert_eq!(refusal.reason, Reason::NotEnoughCapacity);
        let Some(Figures::Tokens { limit, needed, available, short_by, .. }) = refusal.figures else { panic!("figures") };
        assert_eq!([limit.get(), needed.get(), available.get(), short_by.get()], [550, 560, 550, 10]);
        assert_eq!(refusal.resets_at.map(|at| at.to_string()).as_deref(), Some("2026-11-01T00:00:00Z"));
        for table in ["production", "production_step", "token_hold", "hold_draw", "budget_month"] {
            assert_eq!(world.count(table).await?, 0, "{table}");
        }
        assert_eq!((world.count("refusal").await?, world.count("token_entry").await?), (1, 1));
        world.grant(Source::TopUp, 10, None).await?;
        let admission = world.admit("a", steps).await?;
        assert_eq!(admission.tokens.get(), 560, "a refusal does not use up the name");
        Ok(())
    }
}

both! {
    /// A customer that is not there has no books to look into, and whoever is asked for in the same group is served.
    async fn i12_a_customer_that_is_not_there_is_not_found(world: &World) -> Result<()> {
        world.grant(Source::Allowance, 80, None).await?;
        let stranger = "cus_01K8Z0000000000000000000A1".parse()?;
        let steps = vec![speech("one", 10)];
        let (asked, own) = tokio::join!(
            world.engine.admit(stranger, None, world.request("a", steps.clone())),
            world.admit("a", steps.clone()),
        );
        assert!(matches!(asked, Err(Error::NotFound("customer"))), "{asked:?}");
        own?;
        Ok(())
    }
}

both! {
    /// A used-up allowance still counts in the figures of a refusal, and its refresh is a way out.
    async fn i12_a_used_up_allowance_still_has_its_figures(world: &World) -> Result<()> {
        world.grant(Source::Allowance, 80, Some("2026-11-01T00:00:00Z")).await?;
        let step = speech("one", 10);
        world.admit("a", vec![step.clone()]).await?;
        world.report("a", &step, 1, Outcome::Succeeded).await?;
        world.finish("a", End::Published).await?;
        let Err(Error::Refused(refusal)) = world.admit("b", vec![step]).await else { panic!("nothing is left") };
        let Some(Figures::Tokens { limit, used, available, .. }) = refusal.figures else { panic!("figures") };
        assert_eq!([limit.get(), used.get(), available.get()], [80, 80, 0]);
        assert_eq!(refusal.remedies, [Remedy::BuyCapacity, Remedy::Wait]);
        Ok(())
    }
}

both! {
    /// The same name with the same content hears the first answer; with other content it hears a conflict.
    async fn i16_a_name_means_one_thing(world: &World) -> Result<()> {
        world.grant(Source::Allowance, 1_000, None).await?;
        let steps = vec![speech("one", 10), speech("two", 10)];
        let first = world.admit("a", steps.clone()).await?;
        world.report("a", &steps[0], 1, Outcome::Succeeded).await?;
        assert_eq!(world.admit("a", steps.clone()).await?, first, "also after its hold was drawn down");
        let other = world.admit("a", vec![speech("one", 11)]).await.unwrap_err();
        assert!(matches!(other, Error::Conflict(Conflict::IdReused)));
        let failed = world.report("a", &steps[0], 1, Outcome::Failed).await.unwrap_err();
        assert!(matches!(failed, Error::Conflict(Conflict::AttemptReused)));
        assert_eq!(world.report("a", &steps[0], 1, Outcome::Succeeded).await?.hold_left.get(), 80);
        let strange = world.report("a", &packaging("three"), 1, Outcome::Succeeded).await.unwrap_err();
        assert!(matches!(strange, Error::BadAttempt(BadAttempt::UnknownStep)));
        let kind = world.report("a", &packaging("two"), 1, Outcome::Succeeded).await.unwrap_err();
        assert!(matches!(kind, Error::BadAttempt(BadAttempt::OtherKind)));
        Ok(())
    }
}

both! {
    /// Worked example 6: two failures and a success on a dearer model are three costs and one charge; a second success
    /// costs money, and moves no token.
    async fn a9_tokens_once_and_cost_for_every_attempt(world: &World) -> Result<()> {
        world.grant(Source::Allowance, 1_000, None).await?;
        let step = speech("voice", 10);
        world.admit("a", vec![step.clone()]).await?;
        for number in [1, 2] {
            let failed = world.report("a", &step, number, Outcome::Failed).await?;
            assert_eq!((failed.tokens.get(), failed.hold_left.get()), (0, 80));
            assert!(failed.cost.is_some());
        }
        let fallback = Attempt {
            outcome: Outcome::Succeeded,
            quantity: step.quantity,
            model: Some("nobody-knows".to_owned()),
            occurred_at: None,
        };
        let done = world.report_as("a", &step, 3, fallback).await?;
        assert_eq!((done.tokens.get(), done.cost), (80, None), "unknown is never zero");
        let second = world.report("a", &step, 4, Outcome::Succeeded).await.unwrap_err();
        assert!(matches!(second, Error::Conflict(Conflict::AlreadyCaptured)));
        let again = world.report("a", &step, 4, Outcome::Succeeded).await.unwrap_err();
        assert!(matches!(again, Error::Conflict(Conflict::AlreadyCaptured)), "the first answer again");
        assert_eq!(world.count("cost_entry").await?, 4);
        assert_eq!(world.balance().await?, (920, 0));
        let receipt = world.engine.receipt(world.customer, &production("a")).await?;
        assert_eq!((receipt.unknown_costs, receipt.entries.len()), (1, 2));
        Ok(())
    }
}

both! {
    /// Nobody speaks for an admitted production: its tokens are back after ten minutes and a sweep. What comes later
    /// moves no token, and its cost is recorded.
    async fn i11_an_orphan_gives_its_tokens_back(world: &World) -> Result<()> {
        world.grant(Source::Allowance, 1_000, None).await?;
        let step = speech("one", 10);
        world.admit("a", vec![step.clone()]).await?;
        world.clock("2026-10-22T16:49:50Z").await?;
        assert_eq!(world.engine.expire_lapsed().await?, 0);
        world.clock("2026-10-22T16:50:01Z").await?;
        assert_eq!(world.engine.expire_lapsed().await?, 1);
        assert_eq!(world.balance().await?, (1_000, 0));
        let late = world.report("a", &step, 1, Outcome::Succeeded).await.unwrap_err();
        assert!(matches!(late, Error::Conflict(Conflict::HoldExpired)));
        assert_eq!(world.count("cost_entry").await?, 1);
        let finish = world.finish("a", End::Published).await.unwrap_err();
        assert!(matches!(finish, Error::Conflict(Conflict::HoldExpired)));
        let receipt = world.engine.receipt(world.customer, &production("a")).await?;
        assert!(matches!(receipt.hold, Hold::Ended(ended) if ended.end == End::Expired));
        Ok(())
    }
}

both! {
    /// A lease that has run out counts at once, also where the sweep has not come by.
    async fn i11_a_lapsed_hold_is_over_before_the_sweep(world: &World) -> Result<()> {
        world.grant(Source::Allowance, 1_000, None).await?;
        let step = speech("one", 10);
        world.admit("a", vec![step.clone()]).await?;
        world.report("a", &step, 1, Outcome::Failed).await?;
        world.clock("2026-10-23T16:39:00Z").await?;
        let lease = world.engine.heartbeat(world.customer, production("a"), Some(Stage::AwaitingApproval)).await?;
        assert!(lease.expires_at.to_string().starts_with("2026-11-22T16:39:0"), "{}", lease.expires_at);
        world.clock("2026-11-22T16:40:00Z").await?;
        let late = world.engine.heartbeat(world.customer, production("a"), None).await.unwrap_err();
        assert!(matches!(late, Error::Conflict(Conflict::HoldExpired)));
        assert_eq!(world.balance().await?, (1_000, 0));
        Ok(())
    }
}

both! {
    /// A call 34 days ago of a hold that was kept alive is booked today with its own time; one of 36 days ago, or six
    /// minutes ahead, is refused and leaves nothing.
    async fn i41_a_late_call_is_booked_today_with_its_own_time(world: &World) -> Result<()> {
        world.grant(Source::Allowance, 1_000, Some("2026-11-01T00:00:00Z")).await?;
        let (one, two) = (speech("one", 10), speech("two", 10));
        world.admit("a", vec![one.clone(), two.clone()]).await?;
        for at in ["2026-10-22T16:45:00Z", "2026-11-20T00:00:00Z", "2026-11-25T16:40:00Z"] {
            world.clock(at).await?;
            world.engine.heartbeat(world.customer, production("a"), Some(Stage::AwaitingApproval)).await?;
        }
        let report = |step: &billing::production::Step, at: &str| {
            let quantity = step.quantity;
            let occurred_at = Some(at.parse().expect("a time"));
            Attempt { outcome: Outcome::Succeeded, quantity, model: None, occurred_at }
        };
        for outside in ["2026-10-20T16:40:00Z", "2026-11-25T16:46:30Z"] {
            let refused = world.report_as("a", &one, 1, report(&one, outside)).await.unwrap_err();
            assert!(matches!(refused, Error::BadAttempt(BadAttempt::OutsideWindow)), "{outside}");
        }
        assert_eq!(world.count("step_attempt").await?, 0);
        let capture = world.report_as("a", &one, 1, report(&one, "2026-10-22T16:41:00Z")).await?;
        assert_eq!(capture.tokens.get(), 80);
        let booked = "token_entry WHERE credit_pool = 'used' AND posted_on = '2026-11-25' AND occurred_at = 1792687260000000";
        assert_eq!(world.count(booked).await?, 1);
        world.report_as("a", &two, 1, report(&two, "2026-11-25T16:44:00Z")).await?;
        assert_eq!(world.balance().await?, (0, 0), "from the hold's own lot, which ended in October");
        Ok(())
    }
}

both! {
    /// What ends without any charge gives everything back.
    async fn i8_a_production_without_a_charge_gives_everything_back(world: &World) -> Result<()> {
        world.grant(Source::Allowance, 1_000, None).await?;
        world.admit("a", vec![speech("one", 10), speech("two", 30)]).await?;
        assert_eq!(world.balance().await?, (680, 320));
        let settled = world.finish("a", End::Failed).await?;
        assert_eq!((settled.captured.get(), settled.released.get()), (0, 320));
        assert_eq!(world.balance().await?, (1_000, 0));
        Ok(())
    }
}

both! {
    /// What another customer owns does not exist.
    async fn t1_another_customers_production_is_not_there(world: &World) -> Result<()> {
        world.grant(Source::Allowance, 1_000, None).await?;
        let step = speech("one", 10);
        world.admit("a", vec![step.clone()]).await?;
        let stranger = world.engine.open_customer("Stranger", billing::money::Currency::Eur).await?;
        let receipt = world.engine.receipt(stranger, &production("a")).await.unwrap_err();
        assert!(matches!(receipt, Error::NotFound("production")));
        let finish = world.engine.finish(stranger, production("a"), End::Cancelled).await.unwrap_err();
        assert!(matches!(finish, Error::NotFound("production")));
        let admit = world.engine.admit(stranger, None, world.request("b", vec![step])).await.unwrap_err();
        assert!(matches!(admit, Error::NotFound("account")));
        Ok(())
    }
}
