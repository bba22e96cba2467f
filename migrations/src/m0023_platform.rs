//! What the platform's own administrators look after: contacts of a customer, and which of them is an account's main one (H1,
//! H3); the risk score (I4); which loops and features are off (K1, K2, K4); what the background work last did, and what was
//! tried again (S4).

crate::step! {
    "m0023_platform",
    "CREATE TABLE contact (
        customer_id TEXT NOT NULL REFERENCES customer (id),
        id TEXT NOT NULL,
        first_name TEXT NOT NULL,
        last_name TEXT NOT NULL,
        email TEXT NOT NULL,
        phone TEXT,
        job TEXT,
        created_at BIGINT NOT NULL,
        inactive_since BIGINT,
        rests TEXT,
        PRIMARY KEY (customer_id, id),
        CONSTRAINT contact_rests_while_inactive CHECK (rests IS NULL OR inactive_since IS NOT NULL)
    );
    CREATE UNIQUE INDEX contact_one_an_address ON contact (customer_id, email);
    CREATE TABLE main_contact (
        customer_id TEXT NOT NULL,
        account_id TEXT NOT NULL,
        contact_id TEXT NOT NULL,
        PRIMARY KEY (customer_id, account_id),
        FOREIGN KEY (customer_id, account_id) REFERENCES account (customer_id, id),
        FOREIGN KEY (customer_id, contact_id) REFERENCES contact (customer_id, id)
    );
    ALTER TABLE customer ADD COLUMN risk_score BIGINT
        CONSTRAINT customer_risk_score_not_negative CHECK (risk_score >= 0);
    CREATE TABLE control_off (
        name TEXT NOT NULL PRIMARY KEY,
        since BIGINT NOT NULL
    );
    CREATE TABLE account_loop_off (
        customer_id TEXT NOT NULL,
        account_id TEXT NOT NULL,
        loop BIGINT NOT NULL CONSTRAINT account_loop_off_is_a_loop CHECK (loop BETWEEN 1 AND 5),
        since BIGINT NOT NULL,
        PRIMARY KEY (customer_id, account_id, loop),
        FOREIGN KEY (customer_id, account_id) REFERENCES account (customer_id, id)
    );
    CREATE TABLE job (
        name TEXT NOT NULL PRIMARY KEY,
        ran_at BIGINT NOT NULL,
        did BIGINT NOT NULL CONSTRAINT job_did_not_negative CHECK (did >= 0),
        did_at BIGINT,
        failed_at BIGINT,
        failed_with TEXT,
        CONSTRAINT job_says_why_it_failed CHECK ((failed_at IS NULL) = (failed_with IS NULL))
    );
    CREATE TABLE event_retry (
        event_id TEXT NOT NULL REFERENCES payment_event (id),
        at BIGINT NOT NULL,
        outcome TEXT NOT NULL CONSTRAINT event_retry_outcome_is_known CHECK (outcome IN
            ('applied', 'known', 'waiting', 'failed', 'quarantined', 'setAside')),
        why TEXT,
        PRIMARY KEY (event_id, at)
    );
    CREATE INDEX cost_entry_by_loop ON cost_entry (posted_on) WHERE loop IS NOT NULL;
    CREATE INDEX payment_event_unused ON payment_event (received_at) WHERE outcome = 'quarantined';",
    append_only: ["event_retry"]
}
