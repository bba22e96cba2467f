//! Tariffs, lots of tokens, the wallet and the ledger.

crate::step! {
    "m0004_allowance",
    "CREATE TABLE tariff_version (
        version BIGINT NOT NULL PRIMARY KEY,
        label TEXT NOT NULL,
        effective_at BIGINT NOT NULL
    );
    CREATE TABLE tariff_line (
        version BIGINT NOT NULL REFERENCES tariff_version (version),
        kind TEXT NOT NULL,
        unit TEXT NOT NULL,
        per_units BIGINT NOT NULL CONSTRAINT tariff_line_charges_by_whole_units CHECK (per_units > 0),
        tokens BIGINT NOT NULL CONSTRAINT tariff_line_tokens_not_negative CHECK (tokens >= 0),
        minimum_tokens BIGINT NOT NULL CONSTRAINT tariff_line_minimum_not_negative CHECK (minimum_tokens >= 0),
        PRIMARY KEY (version, kind, unit)
    );
    CREATE TABLE wallet (
        customer_id TEXT NOT NULL PRIMARY KEY REFERENCES customer (id),
        seq BIGINT NOT NULL CONSTRAINT wallet_seq_not_negative CHECK (seq >= 0),
        hash TEXT NOT NULL,
        left_tokens BIGINT NOT NULL CONSTRAINT wallet_left_not_negative CHECK (left_tokens >= 0),
        held_tokens BIGINT NOT NULL CONSTRAINT wallet_held_not_negative CHECK (held_tokens >= 0),
        overdrawn_tokens BIGINT NOT NULL CONSTRAINT wallet_overdrawn_not_negative CHECK (overdrawn_tokens >= 0)
    );
    CREATE TABLE token_grant (
        customer_id TEXT NOT NULL REFERENCES customer (id),
        id TEXT NOT NULL,
        source TEXT NOT NULL CONSTRAINT token_grant_source_is_known CHECK (source IN
            ('allowance', 'evaluation', 'promotion', 'adjustment', 'topUp', 'autoTopUp')),
        amount_tokens BIGINT NOT NULL CONSTRAINT token_grant_amount_positive CHECK (amount_tokens > 0),
        remaining_tokens BIGINT NOT NULL CONSTRAINT token_grant_remaining_not_negative CHECK (remaining_tokens >= 0),
        held_tokens BIGINT NOT NULL CONSTRAINT token_grant_held_not_negative CHECK (held_tokens >= 0),
        effective_at BIGINT NOT NULL,
        expires_at BIGINT,
        price_paid_minor BIGINT,
        payment_id TEXT,
        created_at BIGINT NOT NULL,
        PRIMARY KEY (customer_id, id),
        CONSTRAINT token_grant_never_more_than_granted CHECK (remaining_tokens + held_tokens <= amount_tokens),
        CONSTRAINT token_grant_ends_after_it_starts CHECK (expires_at IS NULL OR expires_at > effective_at)
    );
    CREATE INDEX token_grant_open ON token_grant (customer_id) WHERE remaining_tokens > 0 OR held_tokens > 0;
    CREATE INDEX token_grant_by_expiry ON token_grant (customer_id, expires_at);
    CREATE TABLE token_entry (
        customer_id TEXT NOT NULL,
        seq BIGINT NOT NULL,
        id TEXT NOT NULL,
        debit_pool TEXT NOT NULL CONSTRAINT token_entry_debit_is_a_pool CHECK (debit_pool IN
            ('issued', 'available', 'held', 'used', 'lapsed', 'overdrawn')),
        credit_pool TEXT NOT NULL CONSTRAINT token_entry_credit_is_a_pool CHECK (credit_pool IN
            ('issued', 'available', 'held', 'used', 'lapsed', 'overdrawn')),
        tokens BIGINT NOT NULL CONSTRAINT token_entry_moves_something CHECK (tokens > 0),
        grant_id TEXT,
        account_id TEXT,
        production TEXT,
        step TEXT,
        attempt BIGINT,
        tariff_version BIGINT,
        left_before BIGINT NOT NULL,
        left_after BIGINT NOT NULL CONSTRAINT token_entry_left_not_negative CHECK (left_after >= 0),
        held_after BIGINT NOT NULL CONSTRAINT token_entry_held_not_negative CHECK (held_after >= 0),
        occurred_at BIGINT NOT NULL,
        posted_on TEXT NOT NULL,
        hash TEXT NOT NULL,
        PRIMARY KEY (customer_id, seq),
        CONSTRAINT token_entry_leaves_one_pool_for_another CHECK (debit_pool <> credit_pool)
    );
    CREATE INDEX token_entry_by_production ON token_entry (customer_id, production) WHERE production IS NOT NULL;",
    append_only: ["token_entry"]
}
