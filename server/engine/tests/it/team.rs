//! Who reaches what: roles, assignments, customers. DOMAIN section 2, T1.

use crate::support::{World, both, packaging, speech};
use anyhow::{Context, Result};
use billing::{
    allowance::Source,
    budget::LimitChange,
    customer::AccountStatus,
    id::{AccountId, PersonId},
    money::{Currency, Money},
    production::{End, Outcome, Plan},
    team::{Permission, Reach, Role, Scope},
};
use engine::{
    Error,
    allowance::{UsageBy, UsageRange},
    production::{ProductionFilter, ProductionState, QuoteRequest},
    team::{Member, NewMember},
};

/// What people sign in with.
pub const PASSWORD: &str = "larks over wet gravel";

/// Somebody new, in this role.
pub async fn add(world: &World, name: &str, role: Role) -> Result<PersonId> {
    let email = format!("{}@example.com", name.to_lowercase());
    let new = NewMember { name, email: &email, password: PASSWORD, role };
    let staff = role.is_staff();
    Ok(if staff {
        world.engine.add_staff(new).await?
    } else {
        world.engine.add_member(world.customer, new).await?
    })
}

/// The same, looking at the world's customer.
pub async fn member(world: &World, person: PersonId) -> Result<Member> {
    world.engine.member(person, Some(world.customer)).await?.context("a member")
}

/// A second account, with a production of 160 tokens beside one of 80 in the world's own.
async fn two_accounts(world: &World) -> Result<AccountId> {
    world.grant(Source::Allowance, 10_000, Some("2026-11-01T00:00:00Z")).await?;
    let other = world.engine.open_account(world.customer, "Other", AccountStatus::Active).await?;
    for (name, account, seconds) in [("mine", world.account, 10), ("theirs", other, 20)] {
        let steps = vec![speech("voice", seconds), packaging("pack")];
        let request = engine::production::AdmitRequest { account, ..world.request(name, steps.clone()) };
        world.engine.admit(world.customer, None, request).await?;
        world.report(name, &steps[0], 1, Outcome::Succeeded).await?;
        world.finish(name, End::Published).await?;
    }
    Ok(other)
}

fn today() -> UsageRange {
    let day = "2026-10-22".parse().expect("a day");
    UsageRange { days: day..=day, account: None }
}

both! {
    /// An operator sees the accounts that were assigned, and of the others not even that they exist.
    async fn h4_an_operator_reaches_the_assigned_accounts_and_no_other(world: &World) -> Result<()> {
        let other = two_accounts(world).await?;
        let engine = &world.engine;
        let person = add(world, "Olga", Role::AccountOperator).await?;
        assert_eq!(member(world, person).await?.reach, Reach::Accounts(world.customer, [].into()));
        assert!(engine.productions_of(&member(world, person).await?, &ProductionFilter::default(), 9).await?.is_empty());

        engine.assign_accounts(world.customer, person, &[world.account]).await?;
        let olga = member(world, person).await?;
        let seen = engine.productions_of(&olga, &ProductionFilter::default(), 9).await?;
        assert_eq!(seen.iter().map(|line| line.production.as_str()).collect::<Vec<_>>(), ["mine"]);
        assert_eq!(engine.accounts_of(&olga).await?.len(), 1);
        assert_eq!(engine.usage_report(&olga, &today(), UsageBy::Account).await?.total.get(), 80);
        assert!(engine.receipt_of(&olga, &"mine".parse()?).await.is_ok());
        let hidden = engine.receipt_of(&olga, &"theirs".parse()?).await.expect_err("another account’s");
        assert!(matches!(hidden, Error::NotFound("production")), "{hidden}");
        let plan = || Plan::new(vec![speech("voice", 1)]).expect("a plan");
        assert!(engine.preview(&olga, world.account, plan()).await.is_ok());
        assert!(matches!(engine.preview(&olga, other, plan()).await, Err(Error::NotFound(_))));
        let raise = || vec![LimitChange::StopAt(Some(Money::new(100, Currency::Gbp)))];
        assert!(matches!(engine.set_limits_of(&olga, world.account, None, raise()).await, Err(Error::Forbidden)));
        assert!(matches!(engine.set_limits_of(&olga, other, None, raise()).await, Err(Error::NotFound(_))));
        Ok(())
    }
}

both! {
    /// A viewer sees productions and what is left; neither tokens by step nor cost.
    async fn h6_a_viewer_reads_productions_and_no_usage(world: &World) -> Result<()> {
        two_accounts(world).await?;
        let engine = &world.engine;
        let vera = member(world, add(world, "Vera", Role::CustomerViewer).await?).await?;
        assert_eq!(engine.productions_of(&vera, &ProductionFilter::default(), 9).await?.len(), 2);
        assert_eq!(engine.overview(&vera).await?.needs, []);
        let day = *today().days.start();
        assert!(matches!(engine.receipt_of(&vera, &"mine".parse()?).await, Err(Error::Forbidden)));
        assert!(matches!(engine.usage_report(&vera, &today(), UsageBy::Step).await, Err(Error::Forbidden)));
        assert!(matches!(engine.refusals(&vera, None, 9).await, Err(Error::Forbidden)));
        assert!(matches!(engine.cost_by_day(&vera, day..=day).await, Err(Error::Forbidden)));
        Ok(())
    }
}

both! {
    /// Staff reach every customer and look at one at a time; a member reaches their own, whatever they ask for.
    async fn reading_5_10_staff_reach_every_customer(world: &World) -> Result<()> {
        let engine = &world.engine;
        let elsewhere = engine.open_customer("Another", Currency::Eur).await?;
        let ada = add(world, "Ada", Role::CustomerAdministrator).await?;
        let paula = add(world, "Paula", Role::PlatformAdministrator).await?;
        let seen = engine.member(paula, Some(elsewhere)).await?.context("staff")?;
        assert_eq!((seen.customer, seen.currency, seen.customers.len()), (elsewhere, Currency::Eur, 2));
        assert!(seen.may(Permission::RunPlatform, Scope::Platform));
        let own = engine.member(ada, Some(elsewhere)).await?.context("a member")?;
        assert_eq!((own.customer, own.customers.len()), (world.customer, 1));
        assert_eq!(own.administrator.as_deref(), Some("Ada"));
        assert!(!own.may(Permission::SeeCapacity, Scope::Shared(elsewhere)));
        Ok(())
    }
}

both! {
    /// A report adds up to the ledger, whatever it is added up by; a list is narrowed to a state.
    async fn a2_usage_adds_up_by_whatever_it_is_asked(world: &World) -> Result<()> {
        two_accounts(world).await?;
        let engine = &world.engine;
        let ada = member(world, add(world, "Ada", Role::CustomerAdministrator).await?).await?;
        for (by, lines) in [
            (UsageBy::Step, 1),
            (UsageBy::Kind, 1),
            (UsageBy::Production, 2),
            (UsageBy::Account, 2),
            (UsageBy::Person, 1),
            (UsageBy::Key, 1),
        ] {
            let report = engine.usage_report(&ada, &today(), by).await?;
            assert_eq!((report.total.get(), report.productions, report.lines.len()), (240, 2, lines), "{by:?}");
        }
        let of = |state| ProductionFilter { state: Some(state), ..ProductionFilter::default() };
        assert_eq!(engine.productions_of(&ada, &of(ProductionState::Published), 9).await?.len(), 2);
        assert!(engine.productions_of(&ada, &of(ProductionState::Running), 9).await?.is_empty());
        let day = *today().days.start();
        let cost: i64 = engine.cost_by_day(&ada, day..=day).await?.iter().map(|day| day.cost.micros()).sum();
        let spent: i64 = engine.accounts_of(&ada).await?.iter().map(|account| account.spent.micros()).sum();
        assert_eq!(cost, spent);
        Ok(())
    }
}

both! {
    /// The estimate on a page is the gate's quote, and leaves nothing behind.
    async fn g4_a_preview_is_what_the_gate_would_quote(world: &World) -> Result<()> {
        world.grant(Source::Allowance, 1_000, Some("2026-11-01T00:00:00Z")).await?;
        let engine = &world.engine;
        let ada = member(world, add(world, "Ada", Role::CustomerAdministrator).await?).await?;
        for seconds in [10, 1_000] {
            let plan = Plan::new(vec![speech("voice", seconds)])?;
            let preview = engine.preview(&ada, world.account, plan.clone()).await?;
            assert_eq!(world.count("quote").await?, i64::from(seconds == 1_000), "nothing is written");
            let quote = engine.quote(world.customer, None, QuoteRequest { account: world.account, plan }).await?;
            assert_eq!((preview.estimate.tokens, preview.estimate.money), (quote.tokens, quote.money));
            assert_eq!(preview.refusal, quote.refusal);
            assert_eq!(preview.refusal.is_some(), seconds == 1_000);
        }
        Ok(())
    }
}
