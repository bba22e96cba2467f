//! Customers share nothing but what everybody may read: a connection that sees one customer's rows alone can do all that the gate
//! does for it. So the schema can be split by customer.

use crate::support::{On, World, packaging, speech};
use anyhow::Result;
use billing::{
    allowance::Source,
    customer::AccountStatus,
    money::Currency,
    production::{Attempt, End, Outcome},
};
use engine::{Engine, Error};
use sea_orm::{ConnectionTrait, Database, Statement};

/// Who sees nothing but this customer's rows, wherever a table says whose they are.
async fn confine(world: &World) -> Result<String> {
    let database = Database::connect(&world.url).await?;
    let named = "SELECT table_name::text AS name FROM information_schema.columns \
                 WHERE table_schema = 'public' AND column_name = 'customer_id'";
    let rows = database.query_all_raw(Statement::from_string(database.get_database_backend(), named)).await?;
    let mut rules = vec![
        "DROP ROLE IF EXISTS confined; CREATE ROLE confined LOGIN".to_owned(),
        "GRANT ALL ON ALL TABLES IN SCHEMA public TO confined; GRANT ALL ON SCHEMA public TO confined"
            .to_owned(),
        "GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO confined".to_owned(),
    ];
    let mut tables = vec![("customer".to_owned(), "id")];
    for row in &rows {
        tables.push((row.try_get("", "name")?, "customer_id"));
    }
    assert!(tables.len() > 20, "whose a row is stands in most tables: {tables:?}");
    for (table, column) in tables {
        rules.push(format!(
            "ALTER TABLE \"{table}\" ENABLE ROW LEVEL SECURITY; \
             CREATE POLICY own ON \"{table}\" TO confined USING ({column} = '{}')",
            world.customer
        ));
    }
    database.execute_unprepared(&rules.join(";\n")).await?;
    database.close().await?;
    Ok(world.url.replacen("postgres@", "confined@", 1))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_gate_needs_no_row_of_another_customer() -> Result<()> {
    let world = World::quiet(On::Postgres).await?;
    world.grant(Source::TopUp, 10_000, None).await?;
    world.limit(10_000).await?;
    let other = world.engine.open_customer("Elsewhere", Currency::Gbp).await?;
    let theirs = world.engine.open_account(other, "Theirs", AccountStatus::Active).await?;
    world.engine.close().await;

    let confined = Engine::attach(&confine(&world).await?).await?;
    let (spoken, packed) = (speech("voice", 10), packaging("pack"));
    let request = world.request("own", vec![spoken.clone(), packed]);
    let admission = confined.admit(world.customer, None, request.clone()).await?;
    assert!(!admission.again && confined.admit(world.customer, None, request.clone()).await?.again);
    let attempt =
        Attempt { outcome: Outcome::Succeeded, quantity: spoken.quantity, model: None, occurred_at: None };
    let name = request.production.clone();
    confined.report_attempt(world.customer, name.clone(), spoken.name, 1, attempt).await?;
    confined.heartbeat(world.customer, name.clone(), None).await?;
    confined.finish(world.customer, name.clone(), End::Published).await?;
    let too_much = world.request("too-much", vec![speech("long", 3_500)]);
    assert!(matches!(confined.admit(world.customer, None, too_much).await, Err(Error::Refused(_))));
    assert_eq!(confined.usage(world.customer).await?.capacity.left().get(), 10_000 - 80);
    confined.receipt(world.customer, &name).await?;

    let theirs = engine::production::AdmitRequest { account: theirs, ..request };
    let refused = confined.admit(other, None, theirs).await;
    assert!(matches!(refused, Err(Error::NotFound(_))), "the rules confine nothing: {refused:?}");
    confined.close().await;
    let violations = engine::verify::verify(&world.url).await?;
    assert!(violations.is_empty(), "{violations:#?}");
    Ok(())
}
