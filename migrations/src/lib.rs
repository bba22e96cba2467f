//! The tables of the books, one step a room.
//!
//! Steps are written as SQL that SQLite and PostgreSQL both read: the rules of the books stand in them as named `CHECK`s,
//! partial indexes and triggers, which say more in SQL than through a builder. Instants are microseconds since 1970, days
//! are `2026-10-22`, money is whole minor or micro-units; no column has a default. A step is never edited once released.

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::*;

mod append_only;
mod m0001_installation;
mod m0002_customer;
mod m0003_team;
mod m0004_allowance;
mod m0005_budget;
mod m0006_production;
mod m0007_pnl;
mod m0008_gate;
mod m0009_cycle;
mod m0010_idempotency;
mod m0011_console;
mod m0012_history;
mod m0013_tier;
mod m0014_payment;
mod m0015_rollup;
mod m0016_failed;
mod m0017_audit;
mod m0018_sign_in;
mod m0019_seats;
mod m0020_keys;
mod m0021_statement;
mod m0022_privacy;
mod m0023_platform;
mod m0024_top_up;
mod m0026_reversal;
mod m0027_mail;
mod m0028_issuer_and_unanswered;

/// Every step, in order.
#[derive(Debug)]
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_installation::Step),
            Box::new(m0002_customer::Step),
            Box::new(m0003_team::Step),
            Box::new(m0004_allowance::Step),
            Box::new(m0005_budget::Step),
            Box::new(m0006_production::Step),
            Box::new(m0007_pnl::Step),
            Box::new(m0008_gate::Step),
            Box::new(m0009_cycle::Step),
            Box::new(m0010_idempotency::Step),
            Box::new(m0011_console::Step),
            Box::new(m0012_history::Step),
            Box::new(m0013_tier::Step),
            Box::new(m0014_payment::Step),
            Box::new(m0015_rollup::Step),
            Box::new(m0016_failed::Step),
            Box::new(m0017_audit::Step),
            Box::new(m0018_sign_in::Step),
            Box::new(m0019_seats::Step),
            Box::new(m0020_keys::Step),
            Box::new(m0021_statement::Step),
            Box::new(m0022_privacy::Step),
            Box::new(m0023_platform::Step),
            Box::new(m0024_top_up::Step),
            Box::new(m0026_reversal::Step),
            Box::new(m0027_mail::Step),
            Box::new(m0028_issuer_and_unanswered::Step),
        ]
    }
}

/// Declares a step that runs some SQL and then makes tables append-only.
macro_rules! step {
    ($name:literal, $sql:expr, append_only: [$($table:literal),*]) => {
        /// The step.
        #[derive(Debug)]
        pub struct Step;

        impl sea_orm_migration::MigrationName for Step {
            fn name(&self) -> &str {
                $name
            }
        }

        #[async_trait::async_trait]
        impl sea_orm_migration::MigrationTrait for Step {
            async fn up(&self, manager: &sea_orm_migration::SchemaManager) -> Result<(), sea_orm_migration::DbErr> {
                use sea_orm_migration::sea_orm::ConnectionTrait;
                manager.get_connection().execute_unprepared($sql).await?;
                $($crate::append_only::protect(manager.get_connection(), $table).await?;)*
                Ok(())
            }
        }
    };
}
use step;
