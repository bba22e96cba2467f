//! What is sold, what a customer has agreed to pay for, and to whom its invoices are made out.

crate::step! {
    "m0013_tier",
    "CREATE TABLE price_book_version (
        version BIGINT NOT NULL PRIMARY KEY,
        effective_at BIGINT NOT NULL,
        book TEXT NOT NULL
    );
    ALTER TABLE customer ADD COLUMN billing_details TEXT;
    ALTER TABLE customer ADD COLUMN invoice_series TEXT;
    ALTER TABLE customer ADD COLUMN invoices BIGINT;
    UPDATE customer SET invoice_series = substr(id, 23), invoices = 0;
    CREATE UNIQUE INDEX customer_by_invoice_series ON customer (invoice_series);
    DROP INDEX subscription_due;
    ALTER TABLE subscription RENAME TO subscription_before;
    CREATE TABLE subscription (
        customer_id TEXT NOT NULL REFERENCES customer (id),
        id TEXT NOT NULL,
        tier TEXT NOT NULL CONSTRAINT subscription_tier_is_known CHECK (tier IN
            ('creator', 'pro', 'atelier', 'enterprise')),
        billing TEXT NOT NULL CONSTRAINT subscription_billing_is_known CHECK (billing IN ('monthly', 'annual')),
        seats BIGINT NOT NULL CONSTRAINT subscription_seats_positive CHECK (seats > 0),
        anchor_on TEXT NOT NULL,
        allowance_tokens BIGINT NOT NULL CONSTRAINT subscription_allowance_not_negative CHECK (allowance_tokens >= 0),
        price_minor BIGINT NOT NULL CONSTRAINT subscription_price_not_negative CHECK (price_minor >= 0),
        by_contract BIGINT NOT NULL CONSTRAINT subscription_contract_is_a_flag CHECK (by_contract IN (0, 1)),
        term_from_cycle BIGINT NOT NULL CONSTRAINT subscription_term_not_negative CHECK (term_from_cycle >= 0),
        next TEXT NOT NULL,
        status TEXT NOT NULL
            CONSTRAINT subscription_status_is_known CHECK (status IN ('active', 'paused', 'ended')),
        refreshed_cycles BIGINT NOT NULL CONSTRAINT subscription_cycles_not_negative CHECK (refreshed_cycles >= 0),
        refreshes_at BIGINT NOT NULL,
        PRIMARY KEY (customer_id, id)
    );
    INSERT INTO subscription SELECT customer_id, id, tier, billing, 1, anchor_on, allowance_tokens, 0, 1,
        refreshed_cycles - refreshed_cycles % (CASE billing WHEN 'annual' THEN 12 ELSE 1 END), '\"renew\"',
        CASE WHEN ends_at IS NULL THEN 'active' ELSE 'ended' END, refreshed_cycles, refreshes_at FROM subscription_before;
    DROP TABLE subscription_before;
    CREATE INDEX subscription_due ON subscription (refreshes_at);
    CREATE UNIQUE INDEX subscription_one_at_work ON subscription (customer_id) WHERE status = 'active';",
    append_only: ["price_book_version"]
}
