//! People, what they are to customers, their sessions, and the pipeline's keys. Secrets are kept as hashes only.

crate::step! {
    "m0003_team",
    "CREATE TABLE person (
        id TEXT NOT NULL PRIMARY KEY,
        email TEXT NOT NULL CONSTRAINT person_email_is_unique UNIQUE,
        name TEXT NOT NULL,
        password_hash TEXT NOT NULL,
        created_at BIGINT NOT NULL
    );
    CREATE TABLE member (
        customer_id TEXT NOT NULL REFERENCES customer (id),
        person_id TEXT NOT NULL REFERENCES person (id),
        role TEXT NOT NULL CONSTRAINT member_role_is_known CHECK (role IN
            ('customerAdministrator', 'customerViewer', 'accountOperator', 'financeViewer', 'platformAdministrator')),
        created_at BIGINT NOT NULL,
        PRIMARY KEY (customer_id, person_id)
    );
    CREATE INDEX member_by_person ON member (person_id);
    CREATE TABLE session (
        id_hash TEXT NOT NULL PRIMARY KEY,
        content TEXT NOT NULL,
        expires_at BIGINT NOT NULL
    );
    CREATE INDEX session_by_expiry ON session (expires_at);
    CREATE TABLE api_key (
        id TEXT NOT NULL PRIMARY KEY,
        customer_id TEXT NOT NULL REFERENCES customer (id),
        name TEXT NOT NULL,
        token_hash TEXT NOT NULL CONSTRAINT api_key_token_is_unique UNIQUE,
        created_at BIGINT NOT NULL,
        revoked_at BIGINT
    );",
    append_only: []
}
