//! What AI calls cost us: models, dated prices, rates and markups, and the cost of every attempt.

crate::step! {
    "m0007_pnl",
    "CREATE TABLE model (
        name TEXT NOT NULL PRIMARY KEY,
        provider TEXT NOT NULL,
        kind TEXT NOT NULL,
        is_default BIGINT NOT NULL CONSTRAINT model_default_is_a_flag CHECK (is_default IN (0, 1))
    );
    CREATE UNIQUE INDEX model_one_default_a_kind ON model (kind) WHERE is_default = 1;
    CREATE TABLE provider_price_version (
        model TEXT NOT NULL REFERENCES model (name),
        version BIGINT NOT NULL,
        effective_at BIGINT NOT NULL,
        currency TEXT NOT NULL,
        PRIMARY KEY (model, version)
    );
    CREATE TABLE provider_price (
        model TEXT NOT NULL,
        version BIGINT NOT NULL,
        unit TEXT NOT NULL,
        pico BIGINT NOT NULL CONSTRAINT provider_price_not_negative CHECK (pico >= 0),
        PRIMARY KEY (model, version, unit),
        FOREIGN KEY (model, version) REFERENCES provider_price_version (model, version)
    );
    CREATE TABLE exchange_rate (
        currency TEXT NOT NULL,
        rate_on TEXT NOT NULL,
        micros_per_euro BIGINT NOT NULL CONSTRAINT exchange_rate_positive CHECK (micros_per_euro > 0),
        PRIMARY KEY (currency, rate_on)
    );
    CREATE TABLE markup_version (
        version BIGINT NOT NULL PRIMARY KEY,
        effective_at BIGINT NOT NULL,
        basis_points BIGINT NOT NULL CONSTRAINT markup_version_not_negative CHECK (basis_points >= 0)
    );
    CREATE TABLE cost_entry (
        customer_id TEXT NOT NULL,
        production TEXT NOT NULL,
        step TEXT NOT NULL,
        attempt BIGINT NOT NULL,
        account_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        stage TEXT,
        model TEXT,
        raw_micros BIGINT,
        raw_currency TEXT,
        charged_micros BIGINT,
        charged_currency TEXT NOT NULL,
        unpriced TEXT,
        price_version BIGINT,
        provider_rate BIGINT,
        customer_rate BIGINT,
        rates_on TEXT,
        markup_version BIGINT,
        occurred_at BIGINT NOT NULL,
        posted_on TEXT NOT NULL,
        PRIMARY KEY (customer_id, production, step, attempt),
        CONSTRAINT cost_entry_is_known_or_says_why
            CHECK ((unpriced IS NULL) = (raw_micros IS NOT NULL AND charged_micros IS NOT NULL))
    );",
    append_only: ["provider_price_version", "provider_price", "exchange_rate", "markup_version", "cost_entry"]
}
