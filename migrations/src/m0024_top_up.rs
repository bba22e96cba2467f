//! Capacity that is bought without asking: who has agreed to what, when and on which figures; how the agreement stands; and
//! every purchase. One purchase of a customer is in flight at a time: the database refuses a second. U5, I-35.
//!
//! What stood in `auto_top_up` before was sample data that nobody had agreed to, so the table is made anew.

crate::step! {
    "m0024_top_up",
    "DROP TABLE auto_top_up;
    CREATE TABLE top_up_agreement (
        customer_id TEXT NOT NULL REFERENCES customer (id),
        id TEXT NOT NULL,
        agreed_by TEXT NOT NULL REFERENCES person (id),
        agreed_at BIGINT NOT NULL,
        below_tokens BIGINT NOT NULL CONSTRAINT top_up_agreement_below_positive CHECK (below_tokens > 0),
        buys_tokens BIGINT NOT NULL CONSTRAINT top_up_agreement_buys_positive CHECK (buys_tokens > 0),
        cap_minor BIGINT NOT NULL,
        currency TEXT NOT NULL,
        price_version BIGINT NOT NULL,
        once_minor BIGINT NOT NULL CONSTRAINT top_up_agreement_once_positive CHECK (once_minor > 0),
        worst_minor BIGINT NOT NULL CONSTRAINT top_up_agreement_worst_within_cap CHECK (worst_minor BETWEEN 0 AND cap_minor),
        card TEXT NOT NULL,
        PRIMARY KEY (customer_id, id),
        CONSTRAINT top_up_agreement_cap_has_room CHECK (cap_minor >= once_minor)
    );
    CREATE TABLE top_up_agreement_end (
        customer_id TEXT NOT NULL,
        agreement_id TEXT NOT NULL,
        ended_at BIGINT NOT NULL,
        ended_by TEXT REFERENCES person (id),
        why TEXT NOT NULL CONSTRAINT top_up_agreement_end_why_is_known CHECK (why IN ('turnedOff', 'replaced', 'declined',
            'overdue', 'disputed', 'planEnded', 'notSold', 'dearerThanAgreed', 'unanswered')),
        PRIMARY KEY (customer_id, agreement_id),
        FOREIGN KEY (customer_id, agreement_id) REFERENCES top_up_agreement (customer_id, id),
        CONSTRAINT top_up_agreement_end_is_somebodys
            CHECK ((why IN ('turnedOff', 'replaced')) = (ended_by IS NOT NULL))
    );
    CREATE TABLE auto_top_up (
        customer_id TEXT NOT NULL PRIMARY KEY REFERENCES customer (id),
        agreement_id TEXT NOT NULL,
        state TEXT NOT NULL
            CONSTRAINT auto_top_up_state_is_known CHECK (state IN ('off', 'on', 'declined', 'paused')),
        month TEXT NOT NULL,
        spent_minor BIGINT NOT NULL CONSTRAINT auto_top_up_spent_not_negative CHECK (spent_minor >= 0),
        cap_told_in TEXT,
        declined_method TEXT,
        FOREIGN KEY (customer_id, agreement_id) REFERENCES top_up_agreement (customer_id, id)
    );
    CREATE TABLE top_up_purchase (
        customer_id TEXT NOT NULL,
        id TEXT NOT NULL,
        agreement_id TEXT NOT NULL,
        order_id TEXT NOT NULL,
        total_minor BIGINT NOT NULL CONSTRAINT top_up_purchase_total_positive CHECK (total_minor > 0),
        state TEXT NOT NULL CONSTRAINT top_up_purchase_state_is_known
            CHECK (state IN ('waiting', 'needsOwner', 'paid', 'declined', 'expired')),
        made_at BIGINT NOT NULL,
        due_at BIGINT NOT NULL,
        tries BIGINT NOT NULL CONSTRAINT top_up_purchase_tries_not_negative CHECK (tries >= 0),
        ended_at BIGINT,
        PRIMARY KEY (customer_id, id),
        FOREIGN KEY (customer_id, agreement_id) REFERENCES top_up_agreement (customer_id, id),
        FOREIGN KEY (customer_id, order_id) REFERENCES \"order\" (customer_id, id),
        CONSTRAINT top_up_purchase_is_in_flight_until_it_ends
            CHECK ((state IN ('waiting', 'needsOwner')) = (ended_at IS NULL))
    );
    CREATE UNIQUE INDEX top_up_purchase_one_in_flight ON top_up_purchase (customer_id) WHERE ended_at IS NULL;
    CREATE UNIQUE INDEX top_up_purchase_one_an_order ON top_up_purchase (customer_id, order_id);
    CREATE INDEX top_up_purchase_due ON top_up_purchase (due_at) WHERE state = 'waiting';",
    append_only: ["top_up_agreement", "top_up_agreement_end"]
}
