//! What failed attempts cost, beside the other sums of the P&L. The sums are emptied: a server that opens the books makes
//! them anew from the journals, which know which attempts failed.

crate::step! {
    "m0016_failed",
    "ALTER TABLE pnl_production ADD COLUMN failed BIGINT NOT NULL DEFAULT 0;
    ALTER TABLE pnl_production ADD COLUMN failed_unknown BIGINT NOT NULL DEFAULT 0;
    ALTER TABLE pnl_production ADD COLUMN failed_charged_micros BIGINT NOT NULL DEFAULT 0;
    ALTER TABLE pnl_production ADD COLUMN failed_raw_micros BIGINT NOT NULL DEFAULT 0;
    ALTER TABLE pnl_day ADD COLUMN failed BIGINT NOT NULL DEFAULT 0;
    ALTER TABLE pnl_day ADD COLUMN failed_unknown BIGINT NOT NULL DEFAULT 0;
    ALTER TABLE pnl_day ADD COLUMN failed_charged_micros BIGINT NOT NULL DEFAULT 0;
    ALTER TABLE pnl_day ADD COLUMN failed_raw_micros BIGINT NOT NULL DEFAULT 0;
    ALTER TABLE pnl_month ADD COLUMN failed BIGINT NOT NULL DEFAULT 0;
    ALTER TABLE pnl_month ADD COLUMN failed_unknown BIGINT NOT NULL DEFAULT 0;
    ALTER TABLE pnl_month ADD COLUMN failed_charged_micros BIGINT NOT NULL DEFAULT 0;
    ALTER TABLE pnl_month ADD COLUMN failed_raw_micros BIGINT NOT NULL DEFAULT 0;
    DELETE FROM pnl_production;
    DELETE FROM pnl_day;
    DELETE FROM pnl_month;",
    append_only: []
}
