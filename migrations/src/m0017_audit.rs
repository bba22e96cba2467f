//! Who has done what, when and why, from what to what (N1); and the letters that are sent because of it (N3).

crate::step! {
    "m0017_audit",
    "CREATE TABLE audit_entry (
        id TEXT NOT NULL PRIMARY KEY,
        customer_id TEXT REFERENCES customer (id),
        at BIGINT NOT NULL,
        actor_kind TEXT NOT NULL
            CONSTRAINT audit_entry_actor_is_known CHECK (actor_kind IN ('person', 'key', 'operations')),
        actor_id TEXT,
        act TEXT NOT NULL,
        subject TEXT NOT NULL,
        before_facts TEXT NOT NULL,
        after_facts TEXT NOT NULL,
        reason TEXT,
        reverts TEXT CONSTRAINT audit_entry_is_reverted_once UNIQUE REFERENCES audit_entry (id),
        CONSTRAINT audit_entry_names_its_actor CHECK ((actor_kind = 'operations') = (actor_id IS NULL))
    );
    CREATE INDEX audit_entry_of_customer ON audit_entry (customer_id, id);
    CREATE TABLE mail (
        id TEXT NOT NULL PRIMARY KEY,
        customer_id TEXT REFERENCES customer (id),
        recipient TEXT NOT NULL,
        kind TEXT NOT NULL,
        subject TEXT NOT NULL,
        paragraphs TEXT NOT NULL,
        link_words TEXT,
        link_path TEXT,
        created_at BIGINT NOT NULL,
        sent_at BIGINT,
        tries BIGINT NOT NULL,
        CONSTRAINT mail_link_has_words CHECK ((link_words IS NULL) = (link_path IS NULL))
    );
    CREATE INDEX mail_by_recipient ON mail (recipient, id);
    CREATE INDEX mail_unsent ON mail (id) WHERE sent_at IS NULL;",
    append_only: ["audit_entry"]
}
