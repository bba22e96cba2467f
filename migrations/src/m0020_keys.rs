//! What a key of the pipeline may do and for which accounts, who has made it, when it was last used, and the token before
//! the one that it has, which lives on for a time after a rotation (T12); where a
//! customer's data are kept, and what staff have noted of it (H2).

crate::step! {
    "m0020_keys",
    "ALTER TABLE api_key ADD COLUMN token_start TEXT;
    ALTER TABLE api_key ADD COLUMN acts TEXT;
    ALTER TABLE api_key ADD COLUMN account_ids TEXT;
    ALTER TABLE api_key ADD COLUMN made_by TEXT REFERENCES person (id);
    ALTER TABLE api_key ADD COLUMN request TEXT;
    ALTER TABLE api_key ADD COLUMN last_used_at BIGINT;
    ALTER TABLE api_key ADD COLUMN previous_hash TEXT;
    ALTER TABLE api_key ADD COLUMN previous_until BIGINT;
    ALTER TABLE api_key ADD COLUMN rotation TEXT;
    CREATE UNIQUE INDEX api_key_previous ON api_key (previous_hash);
    CREATE UNIQUE INDEX api_key_request ON api_key (customer_id, request);
    ALTER TABLE customer ADD COLUMN residency TEXT
        CONSTRAINT customer_residency_is_known CHECK (residency IN ('uk', 'eu', 'us', 'global'));
    ALTER TABLE customer ADD COLUMN notes TEXT;
    CREATE INDEX audit_entry_by_actor ON audit_entry (actor_id, id);",
    append_only: []
}
