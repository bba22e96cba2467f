//! Answers to requests that were sent under a free-form `Idempotency-Key`. I-15 to I-17.

crate::step! {
    "m0010_idempotency",
    "CREATE TABLE idempotency (
        customer_id TEXT NOT NULL REFERENCES customer (id),
        key TEXT NOT NULL,
        fingerprint TEXT NOT NULL,
        status BIGINT,
        body TEXT,
        started_at BIGINT NOT NULL,
        PRIMARY KEY (customer_id, key),
        CONSTRAINT idempotency_answer_is_whole CHECK ((status IS NULL) = (body IS NULL))
    );
    CREATE INDEX idempotency_by_start ON idempotency (started_at);",
    append_only: []
}
