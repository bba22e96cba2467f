//! The audit log: who has done what, when and why, from what to what; and putting it back. N1, N4, T17.

use crate::{
    support::{World, both, speech},
    team::{add, member},
};
use anyhow::{Context, Result};
use billing::{
    allowance::Source,
    audit::{AuditAct, Facts},
    budget::{BudgetScope, LimitChange},
    customer::{AccountStatus, PaymentBlock},
    money::{Currency, Money},
    pnl::ExchangeRates,
    production::Kind,
    team::Role,
    tier::{BillingPeriod, Next, Plan, Tier},
    tokens::Tokens,
};
use engine::{
    Error,
    audit::{AuditFilter, AuditLine},
    customer::AccountChange,
    payment::{Ordered, Wanted},
    pnl::PricedModel,
    team::Member,
};
use sea_orm::ConnectionTrait;

fn facts(pairs: &[(&str, &str)]) -> Facts {
    pairs.iter().map(|(field, value)| ((*field).to_owned(), (*value).to_owned())).collect()
}

fn pounds(pounds: i64) -> Money {
    Money::new(pounds * 100, Currency::Gbp)
}

/// Somebody who sees all of the log.
async fn paula(world: &World) -> Result<Member> {
    member(world, add(world, "Paula", Role::PlatformAdministrator).await?).await
}

/// The newest entry of an act.
async fn newest(world: &World, reader: &Member, act: AuditAct) -> Result<AuditLine> {
    let filter = AuditFilter { act: Some(act), ..AuditFilter::default() };
    let mut found = world.engine.audit_log(reader, &filter, 1).await?;
    found.pop().with_context(|| format!("no entry of {act:?}"))
}

/// How many entries there are.
async fn count(world: &World) -> Result<i64> {
    world.count("audit_entry").await
}

both! {
    /// One entry an act, in its own transaction, with who has done it and what differs.
    async fn n1_each_act_leaves_its_entry(world: &World) -> Result<()> {
        let (engine, mara, paula) = (&world.engine, world.administrator().await?, paula(world).await?);
        let opened = newest(world, &paula, AuditAct::CustomerOpened).await?;
        assert_eq!(opened.entry.after, facts(&[("name", "Northlight Films"), ("billed in", "GBP")]));
        assert_eq!((opened.by.as_deref(), opened.subject.as_deref()), (None, Some("Northlight Films")));

        let details = engine.billing_details(&mara).await?.context("details")?;
        engine.set_billing_details_of(&mara, billing::payment::BillingDetails { name: "Other Ltd".to_owned(), ..details }).await?;
        let saved = newest(world, &paula, AuditAct::BillingDetailsSaved).await?;
        assert_eq!(saved.by.as_deref(), Some("Mara Lindqvist"));
        assert_eq!((saved.entry.before, saved.entry.after), (facts(&[("name", "Northlight Films Ltd")]), facts(&[("name", "Other Ltd")])));

        let account = engine.open_account_of(&mara, "Second").await?;
        let opened = newest(world, &paula, AuditAct::AccountOpened).await?;
        assert_eq!((opened.by.as_deref(), opened.subject.as_deref()), (Some("Mara Lindqvist"), Some("Second")));
        engine.set_concurrency(world.customer, account.id, Some(3)).await?;
        engine.change_account(&paula, account.id, AccountChange::Status(AccountStatus::Suspended), "Owes us").await?;
        let changed = newest(world, &paula, AuditAct::AccountChanged).await?;
        assert_eq!((changed.entry.before, changed.entry.after), (facts(&[("status", "active")]), facts(&[("status", "suspended")])));
        assert_eq!((changed.by_staff, changed.entry.reason.as_deref()), (true, Some("Owes us")));

        let plan = Plan { tier: Tier::Pro, billing: BillingPeriod::Monthly, seats: 1 };
        let Ordered::Order(order) = engine.order(&mara, "one", Wanted::Plan(plan)).await? else { panic!("to be paid") };
        let made = newest(world, &paula, AuditAct::OrderMade).await?;
        assert_eq!((made.entry.subject.clone(), made.entry.after["for"].as_str()), (order.id.to_string(), "pro, monthly, 1 seat"));
        let url = engine.checkout(&mara, order.id, "Pro".to_owned()).await?;
        assert_eq!(newest(world, &paula, AuditAct::PaymentBegun).await?.entry.subject, order.id.to_string());
        engine.sandbox_pay(url.rsplit('/').next().context("a page")?, "4242 4242 4242 4242").await?;
        engine.come_back(&mara, order.id).await?;
        let changed = newest(world, &paula, AuditAct::PlanChanged).await?;
        assert_eq!((changed.by.as_deref(), changed.entry.after["plan"].as_str()), (Some("Mara Lindqvist"), "pro, monthly, 1 seat"));
        let subscription = engine.subscription(world.customer, Currency::Gbp).await?.context("a plan")?;
        engine.decide_next(&mara, subscription.id, Next::Pause, None).await?;
        engine.decide_next(&mara, subscription.id, Next::Renew, None).await?;
        let decided = newest(world, &paula, AuditAct::PlanDecided).await?;
        assert_eq!((decided.entry.before["when the term ends"].as_str(), decided.entry.after["when the term ends"].as_str()), ("pauses", "goes on"));
        let Ordered::Order(order) = engine.order(&mara, "two", Wanted::Pack(Tokens::new(50_000)?, None)).await? else { panic!("to be paid") };
        engine.give_up(&mara, order.id).await?;
        assert_eq!(newest(world, &paula, AuditAct::OrderGivenUp).await?.entry.subject, order.id.to_string());

        world.grant(Source::Promotion, 1_000, None).await?;
        let granted = newest(world, &paula, AuditAct::TokensGranted).await?;
        assert_eq!(granted.entry.after, facts(&[("tokens", "1000"), ("source", "promotion")]));
        engine.set_payment_block(world.customer, Some(PaymentBlock::PastGrace)).await?;
        engine.set_payment_block(world.customer, None).await?;
        newest(world, &paula, AuditAct::CustomerChanged).await?;
        Ok(())
    }
}

both! {
    /// The platform's own acts: mode, clock, lists. What changes nothing says nothing.
    async fn n1_the_platforms_acts_leave_their_entries(world: &World) -> Result<()> {
        let (engine, paula) = (&world.engine, paula(world).await?);
        engine.change_mode(&paula, true, "Maintenance of the database").await?;
        let before = count(world).await?;
        engine.set_idle(true).await?;
        assert_eq!(count(world).await?, before, "it was idle already");
        let idle = newest(world, &paula, AuditAct::ModeChanged).await?;
        assert_eq!((idle.entry.before["mode"].as_str(), idle.entry.after["mode"].as_str()), ("running", "idle"));
        engine.revert(&paula, idle.entry.id, "Done").await?;
        assert_eq!(engine.idle_since().await?, None);
        let put_back = newest(world, &paula, AuditAct::ModeChanged).await?;
        assert_eq!(put_back.entry.reverts, Some(idle.entry.id));
        assert!(matches!(engine.revert(&paula, idle.entry.id, "Again").await, Err(Error::Stale(_))));

        world.clock("2026-10-22T17:40:00Z").await?;
        let turned = newest(world, &paula, AuditAct::ClockAdvanced).await?;
        assert!(turned.entry.after["clock"].starts_with("2026-10-22T17:40:00"), "{:?}", turned.entry.after);

        let from = "2026-10-24T00:00:00Z".parse()?;
        let prices = billing::pnl::UnitPrices(vec![(billing::pnl::PriceUnit::InputToken, 1)]);
        let model = PricedModel { name: "new".to_owned(), provider: "Somebody".to_owned(), kind: Kind::Text, prices };
        engine.import_prices(&[model], Currency::Usd, from).await?;
        assert_eq!(newest(world, &paula, AuditAct::ListImported).await?.entry.after["models added"], "1");
        engine.import_rates(&ExchangeRates::default()).await?;
        assert_eq!(newest(world, &paula, AuditAct::ListImported).await?.entry.subject, "exchange rates");
        engine.import_markup(3_000, from).await?;
        let markup = newest(world, &paula, AuditAct::ListImported).await?.entry;
        assert_eq!((markup.before["hundredths of a per cent"].as_str(), markup.after["hundredths of a per cent"].as_str()), ("2500", "3000"));
        let book = engine.price_book().await?;
        engine.import_price_book(&book, from).await?;
        assert_eq!(newest(world, &paula, AuditAct::ListImported).await?.entry.subject, "price book");
        Ok(())
    }
}

both! {
    /// By the same act, only while the value is what the entry has left, once, with a reason, linked to what it puts back.
    async fn n1_a_limit_is_put_back_only_while_it_is_what_the_entry_left(world: &World) -> Result<()> {
        let (engine, mara) = (&world.engine, world.administrator().await?);
        world.limit(30_000).await?;
        let set = async |changes| engine.set_limits_of(&mara, world.account, None, changes).await;
        let limits = async || Ok::<_, Error>(engine.account(world.customer, world.account).await?.limits);
        let start = limits().await?;
        set(vec![LimitChange::TellAt(Some(pounds(200))), LimitChange::StopThisMonthAt(pounds(330))]).await?;
        let first = newest(world, &mara, AuditAct::LimitsChanged).await?;
        assert!(first.may_revert);
        assert_eq!(first.entry.after, facts(&[("stops this month at", "GBP 330.00"), ("tells at", "GBP 200.00")]));

        set(vec![LimitChange::TellAt(Some(pounds(250)))]).await?;
        assert!(matches!(engine.revert(&mara, first.entry.id, "A typo").await, Err(Error::Stale(_))), "it was changed since");
        let second = newest(world, &mara, AuditAct::LimitsChanged).await?;
        assert!(matches!(engine.revert(&mara, second.entry.id, " ").await, Err(Error::Invalid { field, .. }) if field == "reason"));
        engine.revert(&mara, second.entry.id, "A typo").await?;
        assert_eq!(limits().await?.tell_at, Some(pounds(200)));
        engine.revert(&mara, first.entry.id, "A typo too").await?;
        assert_eq!(limits().await?, start);
        let put_back = newest(world, &mara, AuditAct::LimitsChanged).await?;
        assert_eq!((put_back.entry.reverts, put_back.entry.reason.as_deref()), (Some(first.entry.id), Some("A typo too")));
        let log = engine.audit_log(&mara, &AuditFilter { act: Some(AuditAct::LimitsChanged), ..AuditFilter::default() }, 9).await?;
        let line = log.iter().find(|line| line.entry.id == first.entry.id).context("the first")?;
        assert_eq!((line.reverted_by, line.may_revert), (Some(put_back.entry.id), false));
        assert!(matches!(engine.revert(&mara, first.entry.id, "Again").await, Err(Error::Stale(_))), "once");

        let history = engine.limit_history(&mara, world.account).await?;
        assert_eq!(history[0].by.as_deref(), Some("Mara Lindqvist"), "the history of limits has it too");
        world.grant(Source::Allowance, 1_000, None).await?;
        world.admit("a", vec![speech("one", 1)]).await?;

        set(vec![LimitChange::StopThisMonthAt(pounds(400))]).await?;
        let october = newest(world, &mara, AuditAct::LimitsChanged).await?;
        world.clock("2026-11-01T00:00:00Z").await?;
        assert!(matches!(engine.revert(&mara, october.entry.id, "Late").await, Err(Error::Stale(_))), "the month is over");
        Ok(())
    }
}

both! {
    /// Two who put the same entry back at once do so once; only who may do the act may put it back; money is not put back.
    async fn n1_an_entry_is_put_back_once_by_who_may_do_the_act(world: &World) -> Result<()> {
        let (engine, mara, paula) = (&world.engine, world.administrator().await?, paula(world).await?);
        world.limit(30_000).await?;
        let entry = newest(world, &mara, AuditAct::LimitsChanged).await?.entry.id;
        let (one, two) = tokio::join!(engine.revert(&mara, entry, "One"), engine.revert(&paula, entry, "Two"));
        assert_eq!([one, two].iter().filter(|done| done.is_ok()).count(), 1);

        engine.change_account(&paula, world.account, AccountChange::Status(AccountStatus::Suspended), "Abuse").await?;
        let suspended = newest(world, &mara, AuditAct::AccountChanged).await?;
        assert!(!suspended.may_revert, "its status is JARAI’s to set");
        assert!(matches!(engine.revert(&mara, suspended.entry.id, "Mine").await, Err(Error::Forbidden)));
        let change = AccountChange::Status(AccountStatus::Active);
        assert!(matches!(engine.change_account(&mara, world.account, change, "").await, Err(Error::Forbidden)));
        engine.revert(&paula, suspended.entry.id, "Settled").await?;
        assert_eq!(engine.account(world.customer, world.account).await?.status, AccountStatus::Active);
        engine.change_account(&mara, world.account, AccountChange::Concurrency(Some(4)), "").await?;
        let four = newest(world, &mara, AuditAct::AccountChanged).await?;
        assert!(four.may_revert);
        engine.revert(&mara, four.entry.id, "Too few").await?;
        assert!(engine.change_account(&mara, world.account, AccountChange::Concurrency(Some(101)), "").await.is_err());

        let scope = BudgetScope::Customer(world.customer);
        engine.change_limits(world.customer, scope, vec![LimitChange::StopAt(Some(pounds(900)))]).await?;
        let whole = newest(world, &mara, AuditAct::LimitsChanged).await?;
        assert!(!whole.may_revert, "G6: the customer’s own limit is JARAI’s to set");
        world.grant(Source::Promotion, 1_000, None).await?;
        let granted = newest(world, &paula, AuditAct::TokensGranted).await?;
        assert!(!granted.may_revert);
        assert!(matches!(engine.revert(&paula, granted.entry.id, "No").await, Err(Error::Invalid { .. })));
        Ok(())
    }
}

both! {
    /// A customer's administrators read their own customer's entries; others read none. Pages, days, people and acts narrow it.
    async fn n1_who_reads_what_of_the_log(world: &World) -> Result<()> {
        let (engine, mara, paula) = (&world.engine, world.administrator().await?, paula(world).await?);
        let elsewhere = engine.open_customer("Another", Currency::Eur).await?;
        engine.set_idle(true).await?;
        for minor in 1..=5 {
            world.limit(minor).await?;
        }
        engine.set_limits_of(&mara, world.account, None, vec![LimitChange::StopAt(Some(pounds(1)))]).await?;
        let own = engine.audit_log(&mara, &AuditFilter::default(), 99).await?;
        assert!(own.iter().all(|line| line.entry.customer == Some(world.customer)));
        let everything = engine.audit_log(&paula, &AuditFilter::default(), 99).await?;
        assert!(everything.len() > own.len() && everything.iter().any(|line| line.entry.act == AuditAct::ModeChanged));
        let theirs = AuditFilter { customer: Some(elsewhere), ..AuditFilter::default() };
        assert_eq!(engine.audit_log(&paula, &theirs, 9).await?.len(), 1);
        assert!(engine.audit_log(&mara, &theirs, 9).await?.is_empty());
        let foreign = everything.iter().find(|line| line.entry.customer == Some(elsewhere)).context("theirs")?;
        assert!(matches!(engine.revert(&mara, foreign.entry.id, "Why not").await, Err(Error::NotFound("entry"))));

        let mut paged = Vec::new();
        let mut before = None;
        loop {
            let page = engine.audit_log(&mara, &AuditFilter { before, ..AuditFilter::default() }, 2).await?;
            let Some(last) = page.last() else { break };
            before = Some(last.entry.id);
            paged.extend(page);
        }
        assert_eq!(paged, own);
        let by_mara = AuditFilter { by: Some(billing::audit::Actor::Person(mara.person)), ..AuditFilter::default() };
        assert_eq!(engine.audit_log(&mara, &by_mara, 9).await?.len(), 1);
        let today = "2026-10-22".parse()?;
        let days = |from, to| AuditFilter { from, to, ..AuditFilter::default() };
        assert_eq!(engine.audit_log(&mara, &days(Some(today), Some(today)), 99).await?, own);
        assert!(engine.audit_log(&mara, &days(today.succ_opt(), None), 9).await?.is_empty());
        assert!(engine.audit_log(&mara, &days(None, today.pred_opt()), 9).await?.is_empty());
        assert!(engine.actors(&mara).await?.iter().any(|(_, name)| name == "Paula"));

        for role in [Role::CustomerViewer, Role::AccountOperator, Role::FinanceViewer] {
            let who = member(world, add(world, &format!("{role:?}"), role).await?).await?;
            assert!(matches!(engine.audit_log(&who, &AuditFilter::default(), 9).await, Err(Error::Forbidden)), "{role:?}");
        }
        let database = world.database().await?;
        for act in ["UPDATE audit_entry SET reason = 'x'", "DELETE FROM audit_entry"] {
            assert!(database.execute_unprepared(act).await.is_err(), "T16: {act}");
        }
        Ok(())
    }
}
