//! Money that goes back: what was credited of an invoice, disputes of a payment and what is owed for them, refunds that are
//! to be made, and tokens that were taken back with the money. P7; I-36, I-37.

crate::step! {
    "m0026_reversal",
    "ALTER TABLE token_grant ADD COLUMN clawed_tokens BIGINT
        CONSTRAINT token_grant_clawed_not_negative CHECK (clawed_tokens IS NULL OR clawed_tokens >= 0);
    ALTER TABLE customer ADD COLUMN credit_notes BIGINT;
    ALTER TABLE revenue_entry ADD COLUMN credit_note BIGINT;
    CREATE TABLE credit_note (
        customer_id TEXT NOT NULL,
        number BIGINT NOT NULL CONSTRAINT credit_note_number_positive CHECK (number > 0),
        id TEXT NOT NULL,
        invoice BIGINT NOT NULL,
        reason TEXT NOT NULL CONSTRAINT credit_note_reason_is_known CHECK (reason IN ('refund', 'dispute')),
        billed_to TEXT NOT NULL,
        tax TEXT NOT NULL,
        currency TEXT NOT NULL,
        net_minor BIGINT NOT NULL,
        tax_minor BIGINT NOT NULL,
        total_minor BIGINT NOT NULL CONSTRAINT credit_note_total_positive CHECK (total_minor > 0),
        clawed_tokens BIGINT NOT NULL CONSTRAINT credit_note_clawed_not_negative CHECK (clawed_tokens >= 0),
        issued_at BIGINT NOT NULL,
        PRIMARY KEY (customer_id, number),
        FOREIGN KEY (customer_id, invoice) REFERENCES invoice (customer_id, number),
        CONSTRAINT credit_note_total_is_the_sum CHECK (net_minor + tax_minor = total_minor)
    );
    CREATE UNIQUE INDEX credit_note_by_id ON credit_note (id);
    CREATE INDEX credit_note_by_invoice ON credit_note (customer_id, invoice);
    CREATE TABLE dispute (
        customer_id TEXT NOT NULL,
        id TEXT NOT NULL,
        invoice BIGINT NOT NULL,
        state TEXT NOT NULL CONSTRAINT dispute_state_is_known CHECK (state IN ('open', 'won', 'lost')),
        disputed_minor BIGINT NOT NULL CONSTRAINT dispute_amount_positive CHECK (disputed_minor > 0),
        clawed_tokens BIGINT NOT NULL CONSTRAINT dispute_clawed_not_negative CHECK (clawed_tokens >= 0),
        owed_minor BIGINT NOT NULL CONSTRAINT dispute_owed_not_negative CHECK (owed_minor >= 0),
        opened_at BIGINT NOT NULL,
        closed_at BIGINT,
        settled_at BIGINT,
        PRIMARY KEY (customer_id, id),
        FOREIGN KEY (customer_id, invoice) REFERENCES invoice (customer_id, number),
        CONSTRAINT dispute_never_owes_more CHECK (owed_minor <= disputed_minor),
        CONSTRAINT dispute_won_leaves_nothing CHECK (state <> 'won' OR (clawed_tokens = 0 AND owed_minor = 0)),
        CONSTRAINT dispute_open_is_not_closed CHECK ((state = 'open') = (closed_at IS NULL))
    );
    CREATE UNIQUE INDEX dispute_by_id ON dispute (id);
    CREATE TABLE refund (
        customer_id TEXT NOT NULL,
        id TEXT NOT NULL,
        invoice BIGINT NOT NULL,
        request TEXT NOT NULL,
        amount_minor BIGINT NOT NULL CONSTRAINT refund_amount_positive CHECK (amount_minor > 0),
        reason TEXT NOT NULL,
        asked_by TEXT NOT NULL,
        asked_at BIGINT NOT NULL,
        leased_until BIGINT NOT NULL,
        done_at BIGINT,
        outcome TEXT,
        PRIMARY KEY (customer_id, id),
        FOREIGN KEY (customer_id, invoice) REFERENCES invoice (customer_id, number),
        CONSTRAINT refund_done_has_an_outcome CHECK ((done_at IS NULL) = (outcome IS NULL))
    );
    CREATE UNIQUE INDEX refund_by_request ON refund (customer_id, request);
    CREATE INDEX refund_due ON refund (asked_at) WHERE done_at IS NULL;",
    append_only: ["credit_note"]
}
