//! How fast somebody buys: from where an order is paid and with which card, by names that are no address and no card; payments
//! that were declined; when an order that waits is looked at again; and charges that wait for their owner at the provider though
//! they are paid otherwise by now. T5, I-34, I-35.

crate::step! {
    "m0029_velocity",
    "ALTER TABLE \"order\" ADD COLUMN next_look_at BIGINT;
    ALTER TABLE \"order\" ADD COLUMN paid_from TEXT;
    ALTER TABLE payment_account ADD COLUMN card TEXT;
    CREATE TABLE payment_decline (
        id TEXT NOT NULL PRIMARY KEY,
        customer_id TEXT NOT NULL,
        order_id TEXT NOT NULL,
        card TEXT,
        declined_at BIGINT NOT NULL,
        FOREIGN KEY (customer_id, order_id) REFERENCES \"order\" (customer_id, id)
    );
    CREATE INDEX payment_decline_by_order ON payment_decline (customer_id, order_id);
    CREATE INDEX payment_event_unused_of_order ON payment_event (order_id) WHERE outcome = 'quarantined';
    CREATE TABLE waiting_charge (
        key TEXT NOT NULL PRIMARY KEY,
        customer_id TEXT NOT NULL REFERENCES customer (id),
        order_id TEXT,
        invoice BIGINT,
        noted_at BIGINT NOT NULL,
        ended_at BIGINT,
        outcome TEXT CONSTRAINT waiting_charge_outcome_is_known CHECK (outcome IN ('cancelled', 'unknown', 'paid')),
        CONSTRAINT waiting_charge_is_for_one CHECK ((order_id IS NULL) <> (invoice IS NULL)),
        CONSTRAINT waiting_charge_ended_has_an_outcome CHECK ((ended_at IS NULL) = (outcome IS NULL))
    );
    CREATE INDEX waiting_charge_open ON waiting_charge (noted_at) WHERE ended_at IS NULL;",
    append_only: ["payment_decline"]
}
