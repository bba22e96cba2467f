//! Customers as JARAI's own staff see, open and change them. H1, H2, H10.

use crate::{
    support::{World, both},
    team::{add, member},
};
use anyhow::{Context, Result};
use billing::{
    audit::AuditAct,
    customer::{AccountStatus, Residency},
    money::Currency,
    payment::Country,
    team::Role,
};
use engine::{
    Error,
    audit::AuditFilter,
    customer::{AccountChange, CustomerChange, NewCustomer},
};

fn third() -> NewCustomer {
    NewCustomer {
        name: " Third Light ".to_owned(),
        email: "billing@third.example".to_owned(),
        country: Country::GB,
        currency: Currency::Jpy,
        residency: Residency::Eu,
    }
}

both! {
    /// Opened with name, billing email, currency and residency; what cannot be says which field is wrong.
    async fn h2_staff_open_a_customer(world: &World) -> Result<()> {
        let engine = &world.engine;
        let paula = member(world, add(world, "Paula", Role::PlatformAdministrator).await?).await?;
        let id = engine.open_customer_by(&paula, third()).await?;
        let file = engine.customer_file(&paula, id).await?;
        assert_eq!((file.line.name.as_str(), file.line.currency), ("Third Light", Currency::Jpy));
        assert_eq!((file.line.residency, file.email.as_deref()), (Some(Residency::Eu), Some("billing@third.example")));
        assert_eq!((file.line.tier, file.accounts.len(), file.notes.as_str()), (None, 0, ""));
        let names: Vec<_> = engine.customers(&paula).await?.into_iter().map(|line| (line.name, line.accounts)).collect();
        assert_eq!(names, [("Northlight Films".to_owned(), 1), ("Third Light".to_owned(), 0)]);
        for (field, new) in [
            ("name", NewCustomer { name: " ".to_owned(), ..third() }),
            ("email", NewCustomer { email: "nowhere".to_owned(), ..third() }),
        ] {
            let wrong = engine.open_customer_by(&paula, new).await;
            assert!(matches!(&wrong, Err(Error::Invalid { field: said, .. }) if said == field), "{wrong:?}");
        }
        for role in [Role::CustomerAdministrator, Role::FinanceViewer] {
            let who = member(world, add(world, &format!("{role:?}"), role).await?).await?;
            assert!(matches!(engine.open_customer_by(&who, third()).await, Err(Error::Forbidden)));
            assert!(matches!(engine.customers(&who).await, Err(Error::Forbidden)));
            assert!(matches!(engine.customer_file(&who, world.customer).await, Err(Error::Forbidden)));
            let change = CustomerChange::Notes("mine".to_owned());
            assert!(matches!(engine.change_customer(&who, world.customer, change).await, Err(Error::Forbidden)));
        }
        Ok(())
    }
}

both! {
    /// Notes are staff's alone, also in the log; they are put back, and an account's status is set with a reason.
    async fn h10_staff_change_a_customer_and_its_accounts(world: &World) -> Result<()> {
        let engine = &world.engine;
        let (mara, paula) = (world.administrator().await?, member(world, add(world, "Paula", Role::PlatformAdministrator).await?).await?);
        let notes = async |text: &str| engine.change_customer(&paula, world.customer, CustomerChange::Notes(text.to_owned())).await;
        notes("Pays late").await?;
        let before = world.count("audit_entry").await?;
        notes(" Pays late ").await?;
        assert_eq!(world.count("audit_entry").await?, before, "nothing differs");
        notes("Pays").await?;
        let log = async |reader, act| engine.audit_log(reader, &AuditFilter { act: Some(act), ..AuditFilter::default() }, 9).await;
        assert!(log(&mara, AuditAct::NotesChanged).await?.is_empty(), "they are JARAI’s own");
        let entries = log(&paula, AuditAct::NotesChanged).await?;
        let (newest, oldest) = (entries[0].entry.id, entries[1].entry.id);
        assert!(matches!(engine.revert(&paula, oldest, "Late").await, Err(Error::Stale(_))));
        assert!(matches!(engine.revert(&mara, newest, "Mine").await, Err(Error::NotFound(_))));
        engine.revert(&paula, newest, "It was right").await?;
        assert_eq!(engine.customer_file(&paula, world.customer).await?.notes, "Pays late");

        engine.change_customer(&paula, world.customer, CustomerChange::Residency(Residency::Us)).await?;
        let moved = log(&mara, AuditAct::CustomerChanged).await?;
        assert_eq!(moved[0].entry.after.get("residency").map(String::as_str), Some("us"));
        let elsewhere = engine.open_customer("Another", Currency::Eur).await?;
        let theirs = engine.open_account(elsewhere, "Theirs", AccountStatus::Active).await?;
        let closed = AccountChange::Status(AccountStatus::Closed);
        engine.change_account_of(&paula, elsewhere, theirs, closed, "Gone").await?;
        assert_eq!(engine.account(elsewhere, theirs).await?.status, AccountStatus::Closed);
        let crossed = engine.change_account_of(&paula, world.customer, theirs, closed, "Gone").await;
        assert!(matches!(crossed, Err(Error::NotFound("account"))), "an account belongs to one customer");
        let own = engine.accounts_of(&mara).await?.first().context("an account")?.id;
        assert!(matches!(engine.change_account_of(&mara, world.customer, own, closed, "Mine").await, Err(Error::Forbidden)));
        Ok(())
    }
}
