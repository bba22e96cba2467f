//! Getting in: whose a session is and on which device, links that were sent, the second factor, and how often something was
//! tried. Of links and recovery codes there are hashes only.

crate::step! {
    "m0018_sign_in",
    "ALTER TABLE session ADD COLUMN person_id TEXT REFERENCES person (id);
    ALTER TABLE session ADD COLUMN began_at BIGINT;
    ALTER TABLE session ADD COLUMN seen_at BIGINT;
    ALTER TABLE session ADD COLUMN ends_at BIGINT;
    ALTER TABLE session ADD COLUMN device TEXT;
    ALTER TABLE session ADD COLUMN address TEXT;
    CREATE INDEX session_by_person ON session (person_id);
    CREATE TABLE sign_in_link (
        kind TEXT NOT NULL
            CONSTRAINT sign_in_link_kind_is_known CHECK (kind IN ('registration', 'signIn', 'passwordReset')),
        email TEXT NOT NULL,
        token_hash TEXT NOT NULL CONSTRAINT sign_in_link_token_is_unique UNIQUE,
        person_id TEXT REFERENCES person (id),
        sign_up TEXT,
        made_at BIGINT NOT NULL,
        expires_at BIGINT NOT NULL,
        PRIMARY KEY (kind, email),
        CONSTRAINT sign_in_link_registers_somebody_new
            CHECK ((kind = 'registration') = (sign_up IS NOT NULL) AND (sign_up IS NULL OR person_id IS NULL)),
        CONSTRAINT sign_in_link_ends_after_it_begins CHECK (expires_at > made_at)
    );
    CREATE INDEX sign_in_link_by_expiry ON sign_in_link (expires_at);
    CREATE TABLE second_factor (
        person_id TEXT NOT NULL PRIMARY KEY REFERENCES person (id),
        secret TEXT NOT NULL,
        confirmed_at BIGINT,
        last_step BIGINT NOT NULL
    );
    CREATE TABLE recovery_code (
        person_id TEXT NOT NULL REFERENCES person (id),
        code_hash TEXT NOT NULL,
        PRIMARY KEY (person_id, code_hash)
    );
    CREATE TABLE try_limit (
        subject TEXT NOT NULL PRIMARY KEY,
        full_at BIGINT NOT NULL
    );
    CREATE INDEX try_limit_by_end ON try_limit (full_at);
    CREATE INDEX customer_on_evaluation ON customer (id) WHERE tier = 'evaluation';",
    append_only: []
}
