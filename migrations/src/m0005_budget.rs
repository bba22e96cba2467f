//! Limits, and what stands against them month by month. G1, G5, 5.7.

crate::step! {
    "m0005_budget",
    "CREATE TABLE budget (
        customer_id TEXT NOT NULL REFERENCES customer (id),
        scope_kind TEXT NOT NULL CONSTRAINT budget_scope_is_known CHECK (scope_kind IN ('account', 'customer', 'key')),
        scope_id TEXT NOT NULL,
        limit_minor BIGINT CONSTRAINT budget_limit_not_negative CHECK (limit_minor >= 0),
        PRIMARY KEY (customer_id, scope_kind, scope_id)
    );
    CREATE TABLE budget_month (
        customer_id TEXT NOT NULL REFERENCES customer (id),
        scope_kind TEXT NOT NULL
            CONSTRAINT budget_month_scope_is_known CHECK (scope_kind IN ('account', 'customer', 'key')),
        scope_id TEXT NOT NULL,
        month TEXT NOT NULL,
        spent_micros BIGINT NOT NULL CONSTRAINT budget_month_spent_not_negative CHECK (spent_micros >= 0),
        held_micros BIGINT NOT NULL CONSTRAINT budget_month_held_not_negative CHECK (held_micros >= 0),
        PRIMARY KEY (customer_id, scope_kind, scope_id, month)
    );",
    append_only: []
}
