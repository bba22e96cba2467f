//! Seats: who is invited, what holds in the place of a cap for a time, and who has asked for more. A7, H5–H7, 5.23.

crate::step! {
    "m0019_seats",
    "ALTER TABLE member ADD COLUMN override_tokens BIGINT
        CONSTRAINT member_override_not_negative CHECK (override_tokens >= 0);
    ALTER TABLE member ADD COLUMN override_until BIGINT;
    CREATE TABLE invitation (
        customer_id TEXT NOT NULL REFERENCES customer (id),
        id TEXT NOT NULL,
        email TEXT NOT NULL,
        role TEXT NOT NULL CONSTRAINT invitation_role_is_given CHECK (role IN
            ('customerAdministrator', 'customerViewer', 'accountOperator')),
        accounts TEXT NOT NULL,
        token_hash TEXT NOT NULL CONSTRAINT invitation_token_is_unique UNIQUE,
        invited_by TEXT NOT NULL REFERENCES person (id),
        invited_at BIGINT NOT NULL,
        expires_at BIGINT NOT NULL,
        ended_at BIGINT,
        outcome TEXT CONSTRAINT invitation_outcome_is_known CHECK (outcome IN ('accepted', 'revoked', 'replaced')),
        PRIMARY KEY (customer_id, id),
        CONSTRAINT invitation_ends_after_it_starts CHECK (expires_at > invited_at),
        CONSTRAINT invitation_ends_with_an_outcome CHECK ((ended_at IS NULL) = (outcome IS NULL))
    );
    CREATE UNIQUE INDEX invitation_one_an_address ON invitation (customer_id, email) WHERE ended_at IS NULL;
    CREATE TABLE seat_request (
        customer_id TEXT NOT NULL REFERENCES customer (id),
        id TEXT NOT NULL,
        person_id TEXT NOT NULL REFERENCES person (id),
        refusal_id TEXT NOT NULL,
        title TEXT NOT NULL,
        reason TEXT NOT NULL
            CONSTRAINT seat_request_reason_is_known CHECK (reason IN ('seat_cap', 'not_enough_capacity')),
        needed_tokens BIGINT NOT NULL CONSTRAINT seat_request_needed_not_negative CHECK (needed_tokens >= 0),
        words TEXT,
        asked_at BIGINT NOT NULL,
        answered_at BIGINT,
        answer TEXT CONSTRAINT seat_request_answer_is_known CHECK (answer IN ('granted', 'declined', 'withdrawn')),
        answered_by TEXT REFERENCES person (id),
        PRIMARY KEY (customer_id, id),
        CONSTRAINT seat_request_is_answered_whole CHECK ((answered_at IS NULL) = (answer IS NULL))
    );
    CREATE UNIQUE INDEX seat_request_one_a_person ON seat_request (customer_id, person_id) WHERE answered_at IS NULL;",
    append_only: []
}
