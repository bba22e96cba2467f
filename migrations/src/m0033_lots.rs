//! A lot's tokens change with every group of acts. While an index asked whether any were left, each change wrote every index of the
//! table anew; a customer's lots are few, and are found by the customer. On PostgreSQL they find room beside the row.

crate::step! {
    "m0033_lots",
    "DROP INDEX token_grant_open;",
    postgres: "ALTER TABLE token_grant SET (fillfactor = 60);",
    append_only: []
}
