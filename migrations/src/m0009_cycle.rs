//! Billing cycles: what is granted anew at the start of each; and the tokens of each day, from which a forecast is made.

crate::step! {
    "m0009_cycle",
    "CREATE TABLE subscription (
        customer_id TEXT NOT NULL REFERENCES customer (id),
        id TEXT NOT NULL,
        tier TEXT NOT NULL CONSTRAINT subscription_tier_is_known CHECK (tier IN
            ('creator', 'pro', 'atelier', 'enterprise')),
        billing TEXT NOT NULL CONSTRAINT subscription_billing_is_known CHECK (billing IN ('monthly', 'annual')),
        anchor_on TEXT NOT NULL,
        allowance_tokens BIGINT NOT NULL CONSTRAINT subscription_allowance_not_negative CHECK (allowance_tokens >= 0),
        refreshed_cycles BIGINT NOT NULL CONSTRAINT subscription_cycles_not_negative CHECK (refreshed_cycles >= 0),
        refreshes_at BIGINT NOT NULL,
        ends_at BIGINT,
        PRIMARY KEY (customer_id, id)
    );
    CREATE INDEX subscription_due ON subscription (refreshes_at);
    ALTER TABLE token_grant ADD COLUMN subscription_id TEXT;
    ALTER TABLE token_grant ADD COLUMN cycle BIGINT;
    CREATE UNIQUE INDEX token_grant_once_a_cycle ON token_grant (customer_id, subscription_id, cycle)
        WHERE subscription_id IS NOT NULL;
    CREATE TABLE usage_day (
        customer_id TEXT NOT NULL REFERENCES customer (id),
        account_id TEXT NOT NULL,
        posted_on TEXT NOT NULL,
        used_tokens BIGINT NOT NULL CONSTRAINT usage_day_used_not_negative CHECK (used_tokens >= 0),
        PRIMARY KEY (customer_id, posted_on, account_id)
    );",
    append_only: []
}
