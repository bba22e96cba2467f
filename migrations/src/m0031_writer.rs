//! What makes the writer's groups light. By its revision a process knows whether what it remembers of a customer's productions
//! still is so: it rises with every group of acts that changes them, in the same transaction and under the wallet's lock. And a
//! report changes a hold, what its lots have given, and a sum or two: they find room beside the row and touch no index. The lease
//! is in none any more: holds that run are few, and have an index of their own.

crate::step! {
    "m0031_writer",
    "ALTER TABLE wallet ADD COLUMN revision BIGINT;
    DROP INDEX token_hold_by_lease;",
    postgres: "ALTER TABLE token_hold SET (fillfactor = 60);
    ALTER TABLE hold_draw SET (fillfactor = 60);
    ALTER TABLE pnl_production SET (fillfactor = 70);",
    append_only: []
}
