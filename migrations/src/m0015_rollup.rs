//! What accounts earn and cost, summed by production, day and month in the transaction that books it; costs that became
//! known later; and months that are closed.

crate::step! {
    "m0015_rollup",
    "CREATE TABLE pnl_production (
        customer_id TEXT NOT NULL,
        account_id TEXT NOT NULL,
        posted_on TEXT NOT NULL,
        production TEXT NOT NULL,
        stage TEXT NOT NULL,
        kind TEXT NOT NULL,
        model TEXT NOT NULL,
        tokens BIGINT NOT NULL,
        attempts BIGINT NOT NULL,
        unknown BIGINT NOT NULL,
        charged_micros BIGINT NOT NULL,
        raw_micros BIGINT NOT NULL,
        top_up_micros BIGINT NOT NULL,
        PRIMARY KEY (customer_id, account_id, posted_on, production, stage, kind, model)
    );
    CREATE TABLE pnl_day (
        customer_id TEXT NOT NULL,
        account_id TEXT NOT NULL,
        posted_on TEXT NOT NULL,
        stage TEXT NOT NULL,
        kind TEXT NOT NULL,
        model TEXT NOT NULL,
        tokens BIGINT NOT NULL,
        attempts BIGINT NOT NULL,
        unknown BIGINT NOT NULL,
        charged_micros BIGINT NOT NULL,
        raw_micros BIGINT NOT NULL,
        top_up_micros BIGINT NOT NULL,
        PRIMARY KEY (customer_id, account_id, posted_on, stage, kind, model)
    );
    CREATE TABLE pnl_month (
        customer_id TEXT NOT NULL,
        account_id TEXT NOT NULL,
        month TEXT NOT NULL,
        stage TEXT NOT NULL,
        kind TEXT NOT NULL,
        model TEXT NOT NULL,
        tokens BIGINT NOT NULL,
        attempts BIGINT NOT NULL,
        unknown BIGINT NOT NULL,
        charged_micros BIGINT NOT NULL,
        raw_micros BIGINT NOT NULL,
        top_up_micros BIGINT NOT NULL,
        PRIMARY KEY (customer_id, account_id, month, stage, kind, model)
    );
    ALTER TABLE cost_entry ADD COLUMN quantity TEXT;
    CREATE INDEX cost_entry_unpriced ON cost_entry (posted_on) WHERE unpriced IS NOT NULL;
    CREATE TABLE cost_completion (
        customer_id TEXT NOT NULL,
        production TEXT NOT NULL,
        step TEXT NOT NULL,
        attempt BIGINT NOT NULL,
        raw_micros BIGINT NOT NULL,
        raw_currency TEXT NOT NULL,
        charged_micros BIGINT NOT NULL,
        price_version BIGINT NOT NULL,
        provider_rate BIGINT,
        customer_rate BIGINT,
        rates_on TEXT,
        markup_version BIGINT NOT NULL,
        completed_at BIGINT NOT NULL,
        posted_on TEXT NOT NULL,
        PRIMARY KEY (customer_id, production, step, attempt),
        FOREIGN KEY (customer_id, production, step, attempt)
            REFERENCES cost_entry (customer_id, production, step, attempt)
    );
    CREATE TABLE month_close (
        month TEXT NOT NULL PRIMARY KEY,
        closed_at BIGINT NOT NULL,
        digest TEXT NOT NULL
    );",
    append_only: ["cost_completion", "month_close"]
}
