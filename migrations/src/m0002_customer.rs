//! Customers and their accounts. H1, C1.

crate::step! {
    "m0002_customer",
    "CREATE TABLE customer (
        id TEXT NOT NULL PRIMARY KEY,
        name TEXT NOT NULL,
        currency TEXT NOT NULL
            CONSTRAINT customer_currency_is_billed CHECK (currency IN ('GBP', 'USD', 'EUR', 'AUD', 'CAD', 'JPY')),
        created_at BIGINT NOT NULL
    );
    CREATE TABLE account (
        customer_id TEXT NOT NULL REFERENCES customer (id),
        id TEXT NOT NULL,
        name TEXT NOT NULL,
        status TEXT NOT NULL
            CONSTRAINT account_status_is_known CHECK (status IN ('active', 'pilot', 'suspended', 'closed')),
        created_at BIGINT NOT NULL,
        PRIMARY KEY (customer_id, id)
    );",
    append_only: []
}
