//! Who has set which limit, from what to what: one row for each amount that a change has moved. G1, G3, N1.

crate::step! {
    "m0012_history",
    "CREATE TABLE budget_change (
        customer_id TEXT NOT NULL REFERENCES customer (id),
        id TEXT NOT NULL,
        scope_kind TEXT NOT NULL
            CONSTRAINT budget_change_scope_is_known CHECK (scope_kind IN ('account', 'customer', 'key')),
        scope_id TEXT NOT NULL,
        kind TEXT NOT NULL
            CONSTRAINT budget_change_kind_is_known CHECK (kind IN ('stopAt', 'stopThisMonthAt', 'tellAt')),
        month TEXT NOT NULL,
        before_minor BIGINT CONSTRAINT budget_change_before_not_negative CHECK (before_minor >= 0),
        after_minor BIGINT CONSTRAINT budget_change_after_not_negative CHECK (after_minor >= 0),
        person_id TEXT REFERENCES person (id),
        changed_at BIGINT NOT NULL,
        PRIMARY KEY (customer_id, id),
        CONSTRAINT budget_change_moves_something CHECK (before_minor IS DISTINCT FROM after_minor)
    );
    CREATE INDEX budget_change_of_scope ON budget_change (customer_id, scope_kind, scope_id, id);",
    append_only: ["budget_change"]
}
