//! Letters that are sent: who has one on its way, when it is tried again, and when it was given up; whose it is, and which kinds
//! somebody does not want. What was told of once stands at its customer: of which cycle's allowance, of the end of which grace.
//! N3, I5, 5.33.

crate::step! {
    "m0027_mail",
    "ALTER TABLE mail ADD COLUMN person_id TEXT;
    ALTER TABLE mail ADD COLUMN leased_until BIGINT;
    ALTER TABLE mail ADD COLUMN next_try_at BIGINT;
    ALTER TABLE mail ADD COLUMN failed_with TEXT;
    ALTER TABLE mail ADD COLUMN given_up_at BIGINT
        CONSTRAINT mail_that_is_given_up_was_not_sent CHECK (given_up_at IS NULL OR sent_at IS NULL);
    ALTER TABLE customer ADD COLUMN used_told_for BIGINT;
    ALTER TABLE customer ADD COLUMN overdue_told_for BIGINT;
    CREATE INDEX customer_in_grace ON customer (grace_until) WHERE grace_until IS NOT NULL;
    ALTER TABLE installation ADD COLUMN letters_secret TEXT;
    CREATE TABLE letter_choice (
        person_id TEXT NOT NULL REFERENCES person (id),
        kind TEXT NOT NULL CONSTRAINT letter_choice_kind_can_be_switched_off
            CHECK (kind IN ('allowanceUsed', 'refreshed', 'bought', 'autoTopUp')),
        off_at BIGINT NOT NULL,
        PRIMARY KEY (person_id, kind)
    );",
    append_only: []
}
