//! Generated books: as sound as any, the same on both databases, and never beside others.

use crate::support::{START, postgres};
use anyhow::{Context, Result, ensure};
use chrono::Months;
use engine::{
    Engine, Error, Settings,
    pnl::{PnlBy, PnlQuery, PnlReport, PnlSource},
    seed::{Generated, Generation},
};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement};

const ROWS: i64 = 4_000;
const WANTED: Generation = Generation { rows: ROWS, seed: 7 };
/// The sums that the P&L reads.
const SUMS: [&str; 3] = ["pnl_production", "pnl_day", "pnl_month"];

/// What a query answers, a text a row.
async fn texts(database: &DatabaseConnection, sql: &str) -> Result<Vec<String>> {
    let rows = Statement::from_string(database.get_database_backend(), sql);
    let rows = database.query_all_raw(rows).await?;
    rows.iter().map(|row| Ok(row.try_get_by_index::<String>(0)?)).collect()
}

async fn count(database: &DatabaseConnection, table: &str) -> Result<i64> {
    let sql = format!("SELECT CAST(count(*) AS BIGINT) FROM {table}");
    let row = database.query_one_raw(Statement::from_string(database.get_database_backend(), sql)).await?;
    Ok(row.context("a count")?.try_get_by_index(0)?)
}

/// Every line of the sums, in order.
async fn sums(database: &DatabaseConnection) -> Result<Vec<String>> {
    let mut lines = Vec::new();
    for table in SUMS {
        let time = if table == "pnl_month" { "month" } else { "posted_on" };
        let production = if table == "pnl_production" { "production" } else { "''" };
        let sql = format!(
            "SELECT customer_id || ' ' || account_id || ' ' || {time} || ' ' || {production} || ' ' || stage || ' ' || kind \
             || ' ' || model || ' ' || tokens || ' ' || attempts || ' ' || unknown || ' ' || charged_micros || ' ' \
             || raw_micros || ' ' || top_up_micros FROM {table}"
        );
        let mut of_table = texts(database, &sql).await?;
        of_table.sort();
        lines.append(&mut of_table);
    }
    Ok(lines)
}

/// I-50: a statement from the sums is the one from the journals.
async fn same_statements(engine: &Engine) -> Result<()> {
    let extent = engine.pnl_extent().await?.context("calls")?;
    assert_eq!(extent.calls, ROWS);
    let (customer, account, _) = *extent.accounts.first().context("an account")?;
    let staff = engine.sample_people().await?.into_iter().map(|(member, _)| member.person).next();
    let member = engine.member(staff.context("staff")?, Some(customer)).await?.context("a member")?;
    let first = extent.last.checked_sub_months(Months::new(5)).context("a day")?;
    for (by, account) in
        [(PnlBy::ProductionStep, Some(account)), (PnlBy::Step, Some(account)), (PnlBy::Account, None)]
    {
        let query =
            PnlQuery { days: first..=extent.last, account, production: None, step: None, by, currency: None };
        let sums = engine.pnl(&member, &query).await?;
        ensure!(sums.total.calls > 0 && sums.lines.len() > 1, "{sums:?}");
        for source in [PnlSource::Journals, PnlSource::WholeJournals] {
            let journals = engine.pnl_from(source, &member, &query).await?;
            assert_eq!(PnlReport { as_of: sums.as_of, ..journals }, sums, "{by:?}");
        }
    }
    Ok(())
}

/// Generates books there, checks them, and answers what they are and where each customer's ledger ends.
async fn generated(url: &str) -> Result<(Generated, Vec<String>)> {
    let engine = Engine::attach_sandbox(url).await?;
    engine.set_sandbox_clock(START.parse()?).await?;
    let mut told = 0;
    let made = engine.generate(WANTED, |rows| told = rows).await?;
    assert_eq!((made.rows, told), (ROWS, ROWS));
    ensure!(made.customers == 6 && made.accounts > 6 && made.productions > 100 && made.packs > 0, "{made:?}");

    let database = Database::connect(url).await?;
    let calls = "(SELECT step FROM step_attempt UNION ALL SELECT name FROM outside_call) AS calls";
    assert_eq!([count(&database, "cost_entry").await?, count(&database, calls).await?], [ROWS; 2]);
    for (what, sql) in [
        ("months", "(SELECT DISTINCT month FROM pnl_month) AS months"),
        ("kinds", "(SELECT DISTINCT kind FROM pnl_month) AS kinds"),
        ("earned by being used", "revenue_entry WHERE kind = 'topUp'"),
        ("earned by day", "revenue_entry WHERE kind = 'subscription'"),
        ("that run", "token_hold WHERE ended_at IS NULL"),
        ("that failed or were stopped", "token_hold WHERE state IN ('failed', 'cancelled')"),
    ] {
        ensure!(count(&database, sql).await? > 0, "none {what}");
    }
    assert_eq!(count(&database, "invoice").await?, count(&database, "payment").await?, "all is paid");

    same_statements(&engine).await?;
    let written = sums(&database).await?;
    engine.rebuild_rollups().await?;
    assert_eq!(sums(&database).await?, written, "the sums are those that are made anew");
    let ends =
        texts(&database, "SELECT customer_id || ' ' || seq || ' ' || hash FROM wallet ORDER BY customer_id")
            .await?;
    database.close().await?;

    let again = engine.generate(WANTED, drop).await;
    ensure!(matches!(&again, Err(Error::Invalid { message, .. }) if message.contains("in use")), "{again:?}");
    engine.close().await;
    let violations = engine::verify::verify(url).await?;
    ensure!(violations.is_empty(), "the books are not sound: {violations:#?}");
    Ok((made, ends))
}

#[tokio::test(flavor = "multi_thread")]
async fn generated_books_are_sound_and_the_same_on_both_databases() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = format!("sqlite://{}/books.db?mode=rwc", folder.path().display());
    let cluster = postgres::fresh_database().await?;
    let (on_file, on_cluster) = tokio::try_join!(generated(&file), generated(&cluster))?;
    assert_eq!(on_file, on_cluster, "the same seed makes the same books");
    Ok(())
}

#[tokio::test]
async fn books_are_generated_in_sandboxes_only() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let url = format!("sqlite://{}/books.db?mode=rwc", folder.path().display());
    let engine = Engine::open(Settings { database_url: url.clone(), sandbox: false }).await?;
    let refused = engine.generate(WANTED, drop).await;
    ensure!(
        matches!(&refused, Err(Error::Invalid { message, .. }) if message.contains("sandbox")),
        "{refused:?}"
    );
    engine.close().await;
    ensure!(Engine::attach_sandbox(&url).await.is_err(), "what it is it stays");
    Ok(())
}
