//! Journals that the database itself refuses to change: I-2, T16.

use sea_orm_migration::{
    DbErr,
    sea_orm::{ConnectionTrait, DbBackend},
};

/// Makes `UPDATE` and `DELETE` on a table fail, whoever asks.
pub async fn protect(connection: &impl ConnectionTrait, table: &str) -> Result<(), DbErr> {
    for statement in statements(connection.get_database_backend(), table) {
        connection.execute_unprepared(&statement).await?;
    }
    Ok(())
}

fn statements(backend: DbBackend, table: &str) -> Vec<String> {
    if backend == DbBackend::Sqlite {
        return ["UPDATE", "DELETE"]
            .map(|act| {
                format!(
                    "CREATE TRIGGER {table}_no_{act} BEFORE {act} ON {table} \
                     BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
            })
            .to_vec();
    }
    vec![
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS \
         $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
            .to_owned(),
        format!(
            "CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} \
             FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        ),
    ]
}
