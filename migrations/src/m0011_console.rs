//! What pages show: who reaches what, what limits are set to, whether a payment is outstanding, and automatic purchases.

crate::step! {
    "m0011_console",
    "ALTER TABLE person ADD COLUMN staff_role TEXT
        CONSTRAINT person_staff_role_is_known CHECK (staff_role IN ('financeViewer', 'platformAdministrator'));
    CREATE TABLE account_access (
        customer_id TEXT NOT NULL,
        person_id TEXT NOT NULL,
        account_id TEXT NOT NULL,
        PRIMARY KEY (customer_id, person_id, account_id),
        FOREIGN KEY (customer_id, person_id) REFERENCES member (customer_id, person_id),
        FOREIGN KEY (customer_id, account_id) REFERENCES account (customer_id, id)
    );
    ALTER TABLE budget ADD COLUMN tell_at_minor BIGINT
        CONSTRAINT budget_tell_at_not_negative CHECK (tell_at_minor >= 0);
    ALTER TABLE budget ADD COLUMN month TEXT;
    ALTER TABLE budget ADD COLUMN month_limit_minor BIGINT
        CONSTRAINT budget_month_limit_not_negative CHECK (month_limit_minor >= 0);
    ALTER TABLE budget_month ADD COLUMN told_at BIGINT;
    ALTER TABLE customer ADD COLUMN grace_until BIGINT;
    CREATE TABLE auto_top_up (
        customer_id TEXT NOT NULL PRIMARY KEY REFERENCES customer (id),
        state TEXT NOT NULL
            CONSTRAINT auto_top_up_state_is_known CHECK (state IN ('off', 'on', 'declined', 'paused')),
        below_tokens BIGINT NOT NULL CONSTRAINT auto_top_up_below_positive CHECK (below_tokens > 0),
        buys_tokens BIGINT NOT NULL CONSTRAINT auto_top_up_buys_positive CHECK (buys_tokens > 0),
        cap_minor BIGINT NOT NULL CONSTRAINT auto_top_up_cap_not_negative CHECK (cap_minor >= 0),
        spent_minor BIGINT NOT NULL CONSTRAINT auto_top_up_spent_not_negative CHECK (spent_minor >= 0)
    );",
    append_only: []
}
