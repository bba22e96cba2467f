//! The ledger: I-1, I-2, I-3, I-6, I-8, I-10.

use crate::support::{PNL_FIGURES, World, both, packaging, speech};
use anyhow::Result;
use billing::{
    allowance::Source,
    production::{Attempt, End, Outcome, Quantity, quantity::Length},
    team::Role,
};
use engine::{production::AdmitRequest, team::NewMember};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr};

both! {
    /// Whatever happened, debits equal credits (the books check adds them up), and the database refuses an entry that moves
    /// nothing or moves in a circle.
    async fn i1_every_entry_leaves_one_pool_for_another(world: &World) -> Result<()> {
        world.grant(Source::Allowance, 1_000, Some("2026-11-01T00:00:00Z")).await?;
        let steps = vec![speech("one", 10), speech("two", 20), packaging("three")];
        world.admit("a", steps.clone()).await?;
        world.report("a", &steps[0], 1, Outcome::Succeeded).await?;
        world.report("a", &steps[2], 1, Outcome::Succeeded).await?;
        world.finish("a", End::Published).await?;
        assert_eq!(world.count("token_entry").await?, 4, "granted, held, used, released; nothing for 0 tokens");

        let database = world.database().await?;
        let insert = |seq: i64, credit: &str, tokens: i64| format!(
            "INSERT INTO token_entry (customer_id, seq, id, debit_pool, credit_pool, tokens, left_before, left_after, \
             held_after, occurred_at, posted_on, hash) \
             VALUES ('{}', {seq}, 'x', 'available', '{credit}', {tokens}, 0, 0, 0, 0, '2026-10-22', '')", world.customer);
        let refused = async |sql: String| database.execute_unprepared(&sql).await.unwrap_err();
        assert!(broke(&refused(insert(5, "held", 0)).await, "token_entry_moves_something"));
        assert!(broke(&refused(insert(5, "held", -1)).await, "token_entry_moves_something"));
        assert!(broke(&refused(insert(5, "available", 1)).await, "token_entry_leaves_one_pool_for_another"));
        Ok(())
    }
}

fn broke(error: &DbErr, constraint: &str) -> bool {
    error.to_string().contains(constraint)
}

both! {
    /// With the server's own rights, a journal cannot be changed: not a row of it, on neither database.
    async fn i2_a_journal_can_only_grow(world: &World) -> Result<()> {
        world.grant(Source::Allowance, 1_000, None).await?;
        let steps = vec![speech("one", 10)];
        world.admit("a", steps.clone()).await?;
        world.report("a", &steps[0], 1, Outcome::Succeeded).await?;
        world.admit("too-large", vec![speech("one", 1_000)]).await.unwrap_err();
        world.limit(1).await?;
        let database = world.database().await?;
        for table in ["token_entry", "cost_entry", "step_attempt", "production", "production_step", "hold_draw", "refusal", "budget_change"] {
            assert!(world.count(table).await? > 0, "{table} has a row to protect");
            for sql in [format!("UPDATE {table} SET customer_id = customer_id"), format!("DELETE FROM {table}")] {
                let error = database.execute_unprepared(&sql).await.expect_err(&sql).to_string();
                assert!(error.contains("append-only"), "{sql}: {error}");
            }
        }
        Ok(())
    }
}

both! {
    /// Whoever changes one entry, also past the triggers, is named by its number; so is a balance that was changed.
    async fn i6_a_forged_entry_is_named(world: &World) -> Result<()> {
        world.grant(Source::Allowance, 1_000, None).await?;
        let step = speech("one", 10);
        world.admit("a", vec![step.clone()]).await?;
        world.report("a", &step, 1, Outcome::Succeeded).await?;
        let database = world.database().await?;
        unlock(&database, "token_entry").await?;
        let forge = |from: &str, to: &str| {
            format!("UPDATE token_entry SET posted_on = '{to}' WHERE seq = 2 AND posted_on = '{from}'")
        };
        database.execute_unprepared(&forge("2026-10-22", "2026-10-23")).await?;
        let found = engine::verify::verify(&world.url).await?;
        let entry = format!("entry 2 of {}", world.customer);
        assert_eq!(found.iter().map(|found| (&found.place, found.figure.as_str())).collect::<Vec<_>>(), [(&entry, "hash")]);
        database.execute_unprepared(&forge("2026-10-23", "2026-10-22")).await?;

        database.execute_unprepared("UPDATE wallet SET left_tokens = left_tokens + 1").await?;
        let found = engine::verify::verify(&world.url).await?;
        let said: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert_eq!(said, [format!("wallet of {}: tokens left is 921 and should be 920", world.customer)]);
        database.execute_unprepared("UPDATE wallet SET left_tokens = left_tokens - 1").await?;
        Ok(())
    }
}

/// Lets a journal's rows be changed.
async fn unlock(database: &DatabaseConnection, journal: &str) -> Result<()> {
    let sql = match database.get_database_backend() {
        DbBackend::Postgres => format!("DROP TRIGGER {journal}_append_only ON {journal}"),
        _ => format!("DROP TRIGGER {journal}_no_UPDATE"),
    };
    database.execute_unprepared(&sql).await?;
    Ok(())
}

both! {
    /// What a hold drew, and in which order, says what each lot was charged: another order is named, lot by lot.
    async fn i9_a_forged_draw_is_named(world: &World) -> Result<()> {
        world.grant(Source::Allowance, 60, Some("2026-11-01T00:00:00Z")).await?;
        world.grant(Source::TopUp, 100, None).await?;
        let steps = vec![speech("one", 5), speech("two", 5)];
        world.admit("a", steps.clone()).await?;
        world.report("a", &steps[0], 1, Outcome::Succeeded).await?;
        let database = world.database().await?;
        unlock(&database, "hold_draw").await?;
        database.execute_unprepared("UPDATE hold_draw SET position = 10 - position").await?;
        let said: Vec<String> = engine::verify::verify(&world.url).await?.iter().map(ToString::to_string).collect();
        assert_eq!(said.len(), 2, "{said:?}");
        assert!(said[0].ends_with("charged is 20 and should be 0") && said[1].ends_with("charged is 20 and should be 40"), "{said:?}");
        database.execute_unprepared("UPDATE hold_draw SET position = 10 - position").await?;
        Ok(())
    }
}

both! {
    /// Every balance that is kept is what the journal says, figure by figure: one that is off by one is named.
    async fn i3_a_kept_balance_that_the_journal_does_not_give_is_named(world: &World) -> Result<()> {
        world.grant(Source::Allowance, 1_000, None).await?;
        world.limit(10_000).await?;
        let person = NewMember { name: "Sam", email: "sam@example.com", password: "a long password", role: Role::AccountOperator };
        let member = world.engine.add_member(world.customer, person).await?;
        let steps = vec![speech("one", 10), speech("two", 10)];
        let request = AdmitRequest { member: Some(member), ..world.request("a", steps.clone()) };
        world.engine.admit(world.customer, None, request).await?;
        world.report("a", &steps[0], 1, Outcome::Succeeded).await?;

        let database = world.database().await?;
        for (table, columns) in [
            ("wallet", &["seq", "left_tokens", "held_tokens", "overdrawn_tokens"][..]),
            ("token_grant", &["remaining_tokens", "held_tokens"]),
            ("token_hold", &["held_tokens", "captured_tokens", "overrun_tokens", "returned_tokens", "held_micros"]),
            ("budget_month", &["spent_micros", "held_micros"]),
            ("seat_cycle", &["spent_tokens", "held_tokens"]),
            ("usage_day", &["used_tokens"]),
            ("pnl_production", &PNL_FIGURES),
            ("pnl_day", &PNL_FIGURES),
            ("pnl_month", &PNL_FIGURES),
        ] {
            assert!(world.count(table).await? > 0, "{table} keeps something");
            for column in columns {
                let change = |by: i64| format!("UPDATE {table} SET {column} = {column} + {by}");
                if let Err(error) = database.execute_unprepared(&change(1)).await {
                    assert!(error.to_string().to_lowercase().contains("check"), "{table}.{column}: {error}");
                    continue;
                }
                let found = engine::verify::verify(&world.url).await?;
                assert!(!found.is_empty(), "{table}.{column} is off by one and nobody says so");
                assert!(found.iter().all(|found| found.found != found.expected), "{found:?}");
                database.execute_unprepared(&change(-1)).await?;
            }
        }
        Ok(())
    }
}

both! {
    /// 5.17: a production that was admitted is let finish. What it needs beyond its hold comes from what is left, then
    /// stands as an overdraft that the next grant pays first.
    async fn i8_an_overrun_is_booked_and_never_refused(world: &World) -> Result<()> {
        world.grant(Source::Allowance, 100, Some("2026-11-01T00:00:00Z")).await?;
        let step = speech("one", 10);
        world.admit("a", vec![step.clone()]).await?;
        assert_eq!(world.balance().await?, (20, 80));
        let quantity = Quantity::Speech { length: Length::from_millis(20_000)? };
        let longer = Attempt { outcome: Outcome::Succeeded, quantity, model: None, occurred_at: None };
        let capture = world.report_as("a", &step, 1, longer).await?;
        assert_eq!((capture.tokens.get(), capture.hold_left.get()), (160, 0));
        let capacity = world.engine.usage(world.customer).await?.capacity;
        assert_eq!((capacity.left().get(), capacity.overdrawn.get()), (0, 60));
        let settled = world.finish("a", End::Published).await?;
        assert_eq!((settled.captured.get(), settled.released.get()), (160, 0));
        world.grant(Source::TopUp, 100, None).await?;
        let capacity = world.engine.usage(world.customer).await?.capacity;
        assert_eq!((capacity.left().get(), capacity.overdrawn.get()), (40, 0));
        Ok(())
    }
}

both! {
    /// A hold over the allowance and two top-ups, charged at 40 %: allowance first, and each lot gets its own part back.
    async fn i10_the_remainder_goes_home(world: &World) -> Result<()> {
        world.grant(Source::TopUp, 300, None).await?;
        world.grant(Source::Allowance, 600, Some("2026-11-01T00:00:00Z")).await?;
        world.grant(Source::TopUp, 300, None).await?;
        let steps = vec![speech("one", 50), speech("two", 75)];
        let admission = world.admit("a", steps.clone()).await?;
        let drawn: Vec<_> = admission.draws.iter().map(|draw| (draw.source, draw.tokens.get())).collect();
        assert_eq!(drawn, [(Source::Allowance, 600), (Source::TopUp, 300), (Source::TopUp, 100)]);
        world.report("a", &steps[0], 1, Outcome::Succeeded).await?;
        let settled = world.finish("a", End::Cancelled).await?;
        assert_eq!((settled.captured.get(), settled.released.get()), (400, 600));
        let capacity = world.engine.usage(world.customer).await?.capacity;
        assert_eq!((capacity.allowance.left.get(), capacity.extra.left.get()), (200, 600));
        Ok(())
    }
}

both! {
    /// What a lot has left at its end lapses, what a running production holds of it does not; given back later, it does.
    async fn a5_an_allowance_ends_with_its_cycle_and_held_tokens_outlive_it(world: &World) -> Result<()> {
        world.grant(Source::Allowance, 1_000, Some("2026-11-01T00:00:00Z")).await?;
        let steps = vec![speech("one", 10), speech("two", 10)];
        world.admit("a", steps.clone()).await?;
        world.engine.heartbeat(world.customer, crate::support::production("a"), None).await?;
        world.clock("2026-10-23T10:00:00Z").await?;
        let waiting = Some(billing::production::hold::Stage::AwaitingApproval);
        world.engine.heartbeat(world.customer, crate::support::production("a"), waiting).await?;
        world.clock("2026-11-02T00:00:00Z").await?;
        assert_eq!(world.balance().await?, (0, 160));
        let capture = world.report("a", &steps[0], 1, Outcome::Succeeded).await?;
        assert_eq!((capture.tokens.get(), capture.hold_left.get()), (80, 80));
        let settled = world.finish("a", End::Published).await?;
        assert_eq!((settled.captured.get(), settled.released.get()), (80, 80));
        assert_eq!(world.balance().await?, (0, 0));
        Ok(())
    }
}
