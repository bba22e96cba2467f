//! What a statement reads beside its sums, without walking through all that was ever used: revenue that is not a capture's,
//! calls of unknown cost, and the days around whole months.

crate::step! {
    "m0021_statement",
    "CREATE INDEX revenue_entry_by_booking ON revenue_entry (customer_id, posted_on) WHERE kind <> 'topUp';
    CREATE INDEX cost_entry_unpriced_of ON cost_entry (customer_id, posted_on) WHERE unpriced IS NOT NULL;
    CREATE INDEX pnl_day_by_day ON pnl_day (posted_on);",
    append_only: []
}
