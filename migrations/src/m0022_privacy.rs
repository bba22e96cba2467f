//! What people have asked of their own data and to what they have agreed (Y1, Y2), who was forgotten (Y3); and letters that
//! keep the token of a link apart from it, no longer than it works and never once they are sent.

crate::step! {
    "m0022_privacy",
    "CREATE TABLE privacy_request (
        id TEXT NOT NULL PRIMARY KEY,
        person_id TEXT NOT NULL REFERENCES person (id),
        kind TEXT NOT NULL CONSTRAINT privacy_request_kind_is_known
            CHECK (kind IN ('export', 'erasure', 'restriction', 'objection')),
        words TEXT,
        asked_at BIGINT NOT NULL,
        resolve_by BIGINT NOT NULL,
        extension TEXT,
        acknowledged_at BIGINT,
        acknowledged_by TEXT REFERENCES person (id),
        waits_since BIGINT,
        ended_at BIGINT,
        outcome TEXT CONSTRAINT privacy_request_outcome_is_known
            CHECK (outcome IN ('fulfilled', 'declined', 'withdrawn')),
        answer TEXT,
        ended_by TEXT REFERENCES person (id),
        CONSTRAINT privacy_request_is_resolved_later CHECK (resolve_by > asked_at),
        CONSTRAINT privacy_request_ends_with_an_outcome CHECK ((ended_at IS NULL) = (outcome IS NULL)),
        CONSTRAINT privacy_request_is_acknowledged_by_nobody_before_it_is
            CHECK (acknowledged_by IS NULL OR acknowledged_at IS NOT NULL)
    );
    CREATE UNIQUE INDEX privacy_request_one_open ON privacy_request (person_id, kind) WHERE ended_at IS NULL;
    CREATE INDEX privacy_request_open ON privacy_request (resolve_by) WHERE ended_at IS NULL;
    CREATE TABLE consent_entry (
        id TEXT NOT NULL PRIMARY KEY,
        person_id TEXT NOT NULL REFERENCES person (id),
        kind TEXT NOT NULL CONSTRAINT consent_entry_kind_is_known CHECK (kind IN ('terms', 'productNews')),
        given BIGINT NOT NULL CONSTRAINT consent_entry_is_given_or_not CHECK (given IN (0, 1)),
        version TEXT,
        at BIGINT NOT NULL
    );
    CREATE INDEX consent_entry_of_person ON consent_entry (person_id, id);
    INSERT INTO consent_entry (id, person_id, kind, given, version, at)
        SELECT replace(id, 'aud_', 'cst_'), actor_id, 'terms', 1, NULL, at FROM audit_entry
        WHERE act = 'registered' AND actor_kind = 'person';
    ALTER TABLE person ADD COLUMN erased_at BIGINT;
    ALTER TABLE mail ADD COLUMN link_hash TEXT;
    ALTER TABLE mail ADD COLUMN link_token TEXT
        CONSTRAINT mail_that_is_sent_keeps_no_token CHECK (link_token IS NULL OR sent_at IS NULL);
    CREATE INDEX mail_with_a_token ON mail (link_hash) WHERE link_token IS NOT NULL;
    UPDATE mail SET link_words = NULL, link_path = NULL WHERE link_path LIKE '%?token=%';",
    append_only: ["consent_entry"]
}
