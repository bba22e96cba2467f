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
mod m0029_velocity;
mod m0030_operations;
mod m0031_writer;
mod m0032_guard;
mod m0033_lots;
mod m0034_draws;

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
            Box::new(m0029_velocity::Step),
            Box::new(m0030_operations::Step),
            Box::new(m0031_writer::Step),
            Box::new(m0032_guard::Step),
            Box::new(m0033_lots::Step),
            Box::new(m0034_draws::Step),
        ]
    }
}

/// Declares a step that runs some SQL and then makes tables append-only.
macro_rules! step {
    ($name:literal, $sql:expr, $(postgres: $postgres:expr,)? append_only: [$($table:literal),*]) => {
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
            /// With the note that it was done: a step that fails, or is killed, has done nothing (I-29).
            fn use_transaction(&self) -> Option<bool> {
                Some(true)
            }

            async fn up(&self, manager: &sea_orm_migration::SchemaManager) -> Result<(), sea_orm_migration::DbErr> {
                use sea_orm_migration::sea_orm::ConnectionTrait;
                manager.get_connection().execute_unprepared($sql).await?;
                $(if manager.get_database_backend() == sea_orm_migration::sea_orm::DbBackend::Postgres {
                    manager.get_connection().execute_unprepared($postgres).await?;
                })?
                $($crate::append_only::protect(manager.get_connection(), $table).await?;)*
                Ok(())
            }
        }
    };
}
use step;

#[cfg(test)]
mod tests {
    use super::*;
    use sea_orm_migration::sea_orm::{ConnectionTrait, Database, DatabaseConnection};

    mod fails {
        crate::step! { "m9999_fails", "CREATE TABLE left_behind (id TEXT); INSERT INTO nowhere VALUES (1);", append_only: [] }
    }

    struct Broken;

    impl MigratorTrait for Broken {
        fn migrations() -> Vec<Box<dyn MigrationTrait>> {
            let mut steps = Migrator::migrations();
            steps.push(Box::new(fails::Step));
            steps
        }
    }

    async fn has(database: &DatabaseConnection, table: &str) -> bool {
        database.execute_unprepared(&format!("SELECT 1 FROM {table}")).await.is_ok()
    }

    #[tokio::test]
    async fn i29_a_step_that_fails_leaves_nothing_behind() {
        let database = Database::connect("sqlite::memory:").await.unwrap();
        assert!(Broken::up(&database, None).await.is_err());
        assert!(has(&database, "token_entry").await && !has(&database, "left_behind").await);
        assert!(Broken::up(&database, None).await.is_err(), "it is tried again, and fails as it did");
        Migrator::up(&database, None).await.expect("the tables are those of the last step that was done");
    }
}
