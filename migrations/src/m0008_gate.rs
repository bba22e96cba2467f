//! What the whole gate asks: mode, tier, payment, concurrency, caps of seats, quotes; and calls outside productions.

crate::step! {
    "m0008_gate",
    "ALTER TABLE installation ADD COLUMN idle_since BIGINT;
    ALTER TABLE installation ADD COLUMN catalog_changed_at BIGINT;
    ALTER TABLE customer ADD COLUMN tier TEXT
        CONSTRAINT customer_tier_is_known CHECK (tier IN ('evaluation', 'creator', 'pro', 'atelier', 'enterprise'));
    ALTER TABLE customer ADD COLUMN payment_block TEXT
        CONSTRAINT customer_payment_block_is_known CHECK (payment_block IN ('pastGrace', 'disputedDebt'));
    ALTER TABLE account ADD COLUMN concurrency BIGINT
        CONSTRAINT account_concurrency_in_range CHECK (concurrency BETWEEN 1 AND 100);
    ALTER TABLE member ADD COLUMN cap_tokens BIGINT CONSTRAINT member_cap_not_negative CHECK (cap_tokens >= 0);
    ALTER TABLE api_key ADD COLUMN acts_per_second BIGINT
        CONSTRAINT api_key_rate_not_negative CHECK (acts_per_second >= 0);
    ALTER TABLE production ADD COLUMN member_id TEXT;
    ALTER TABLE production ADD COLUMN cycle_starts_at BIGINT;
    ALTER TABLE production ADD COLUMN quote_id TEXT;
    ALTER TABLE production_step ADD COLUMN basis TEXT;
    ALTER TABLE token_entry ADD COLUMN member_id TEXT;
    ALTER TABLE refusal ADD COLUMN key_id TEXT;
    ALTER TABLE refusal ADD COLUMN member_id TEXT;
    ALTER TABLE cost_entry ADD COLUMN loop BIGINT CONSTRAINT cost_entry_loop_in_range CHECK (loop BETWEEN 1 AND 5);
    ALTER TABLE cost_entry ADD COLUMN quoted BIGINT CONSTRAINT cost_entry_quoted_is_a_flag CHECK (quoted IN (0, 1));
    CREATE UNIQUE INDEX production_by_id ON production (customer_id, id);
    CREATE INDEX token_hold_running ON token_hold (customer_id, account_id) WHERE ended_at IS NULL;
    CREATE TABLE seat_cycle (
        customer_id TEXT NOT NULL REFERENCES customer (id),
        person_id TEXT NOT NULL,
        starts_at BIGINT NOT NULL,
        spent_tokens BIGINT NOT NULL CONSTRAINT seat_cycle_spent_not_negative CHECK (spent_tokens >= 0),
        held_tokens BIGINT NOT NULL CONSTRAINT seat_cycle_held_not_negative CHECK (held_tokens >= 0),
        PRIMARY KEY (customer_id, person_id, starts_at)
    );
    CREATE TABLE quote (
        customer_id TEXT NOT NULL REFERENCES customer (id),
        id TEXT NOT NULL,
        account_id TEXT NOT NULL,
        fingerprint TEXT NOT NULL,
        quoted_at BIGINT NOT NULL,
        expires_at BIGINT NOT NULL,
        tariff_version BIGINT NOT NULL,
        tokens BIGINT NOT NULL CONSTRAINT quote_tokens_not_negative CHECK (tokens >= 0),
        money_micros BIGINT NOT NULL CONSTRAINT quote_money_not_negative CHECK (money_micros >= 0),
        lines TEXT NOT NULL,
        PRIMARY KEY (customer_id, id),
        CONSTRAINT quote_ends_after_it_starts CHECK (expires_at > quoted_at)
    );
    CREATE TABLE outside_call (
        customer_id TEXT NOT NULL,
        name TEXT NOT NULL,
        account_id TEXT NOT NULL,
        key_id TEXT,
        loop BIGINT NOT NULL CONSTRAINT outside_call_loop_in_range CHECK (loop BETWEEN 1 AND 5),
        month TEXT NOT NULL,
        fingerprint TEXT NOT NULL,
        answer TEXT NOT NULL,
        occurred_at BIGINT NOT NULL,
        posted_on TEXT NOT NULL,
        PRIMARY KEY (customer_id, name),
        FOREIGN KEY (customer_id, account_id) REFERENCES account (customer_id, id)
    );",
    append_only: ["quote", "outside_call"]
}
