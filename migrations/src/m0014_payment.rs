//! Money coming in: orders, what the provider has told, invoices, revenue, and what has to be done outside.

crate::step! {
    "m0014_payment",
    "CREATE TABLE \"order\" (
        customer_id TEXT NOT NULL REFERENCES customer (id),
        id TEXT NOT NULL,
        request TEXT NOT NULL,
        purchase TEXT NOT NULL,
        kind TEXT NOT NULL CONSTRAINT order_kind_is_known CHECK (kind IN ('pack', 'plan', 'invoice')),
        lines TEXT NOT NULL,
        tax TEXT NOT NULL,
        currency TEXT NOT NULL,
        net_minor BIGINT NOT NULL,
        tax_minor BIGINT NOT NULL,
        total_minor BIGINT NOT NULL CONSTRAINT order_total_positive CHECK (total_minor > 0),
        state TEXT NOT NULL CONSTRAINT order_state_is_known CHECK (state IN ('open', 'paid', 'expired')),
        made_by TEXT,
        made_at BIGINT NOT NULL,
        expires_at BIGINT NOT NULL,
        checkout TEXT,
        checkout_url TEXT,
        payment TEXT,
        method TEXT,
        settled_at BIGINT,
        invoice_id TEXT,
        PRIMARY KEY (customer_id, id),
        CONSTRAINT order_total_is_the_sum CHECK (net_minor + tax_minor = total_minor),
        CONSTRAINT order_paid_has_a_payment CHECK ((state = 'paid') = (invoice_id IS NOT NULL))
    );
    CREATE UNIQUE INDEX order_by_request ON \"order\" (customer_id, request);
    CREATE UNIQUE INDEX order_by_payment ON \"order\" (payment) WHERE payment IS NOT NULL;
    CREATE INDEX order_by_id ON \"order\" (id);
    CREATE INDEX order_open ON \"order\" (made_at) WHERE state = 'open';
    CREATE UNIQUE INDEX token_grant_once_a_payment ON token_grant (customer_id, payment_id) WHERE payment_id IS NOT NULL;
    CREATE TABLE payment_event (
        id TEXT NOT NULL PRIMARY KEY,
        kind TEXT NOT NULL,
        object TEXT,
        order_id TEXT,
        outcome TEXT NOT NULL CONSTRAINT payment_event_outcome_is_known CHECK (outcome IN
            ('applied', 'known', 'ignored', 'waiting', 'quarantined')),
        why TEXT,
        received_at BIGINT NOT NULL
    );
    CREATE TABLE payment_account (
        customer_id TEXT NOT NULL PRIMARY KEY REFERENCES customer (id),
        provider_customer TEXT NOT NULL,
        method TEXT,
        method_label TEXT,
        updated_at BIGINT NOT NULL
    );
    CREATE TABLE invoice (
        customer_id TEXT NOT NULL REFERENCES customer (id),
        number BIGINT NOT NULL CONSTRAINT invoice_number_positive CHECK (number > 0),
        id TEXT NOT NULL,
        order_id TEXT,
        subscription_id TEXT,
        billed_to TEXT NOT NULL,
        tax TEXT NOT NULL,
        currency TEXT NOT NULL,
        net_minor BIGINT NOT NULL,
        tax_minor BIGINT NOT NULL,
        total_minor BIGINT NOT NULL,
        issued_at BIGINT NOT NULL,
        PRIMARY KEY (customer_id, number),
        CONSTRAINT invoice_total_is_the_sum CHECK (net_minor + tax_minor = total_minor)
    );
    CREATE UNIQUE INDEX invoice_by_id ON invoice (id);
    CREATE TABLE invoice_line (
        customer_id TEXT NOT NULL,
        number BIGINT NOT NULL,
        position BIGINT NOT NULL,
        item TEXT NOT NULL,
        quantity BIGINT NOT NULL,
        unit_minor BIGINT NOT NULL,
        from_on TEXT NOT NULL,
        until_on TEXT NOT NULL,
        amount_minor BIGINT NOT NULL,
        PRIMARY KEY (customer_id, number, position),
        FOREIGN KEY (customer_id, number) REFERENCES invoice (customer_id, number)
    );
    CREATE TABLE payment (
        customer_id TEXT NOT NULL,
        number BIGINT NOT NULL,
        reference TEXT NOT NULL,
        currency TEXT NOT NULL,
        amount_minor BIGINT NOT NULL CONSTRAINT payment_amount_positive CHECK (amount_minor > 0),
        method TEXT,
        received_at BIGINT NOT NULL,
        PRIMARY KEY (customer_id, number),
        FOREIGN KEY (customer_id, number) REFERENCES invoice (customer_id, number)
    );
    CREATE UNIQUE INDEX payment_by_reference ON payment (reference);
    CREATE TABLE revenue_entry (
        customer_id TEXT NOT NULL REFERENCES customer (id),
        id TEXT NOT NULL,
        kind TEXT NOT NULL CONSTRAINT revenue_entry_kind_is_known CHECK (kind IN
            ('subscription', 'topUp', 'breakage', 'refund')),
        from_on TEXT NOT NULL,
        until_on TEXT NOT NULL,
        micros BIGINT NOT NULL,
        invoice BIGINT,
        grant_id TEXT,
        account_id TEXT,
        production TEXT,
        step TEXT,
        attempt BIGINT,
        posted_on TEXT NOT NULL,
        PRIMARY KEY (customer_id, id),
        CONSTRAINT revenue_entry_has_days CHECK (from_on < until_on)
    );
    CREATE INDEX revenue_entry_by_days ON revenue_entry (customer_id, from_on);
    CREATE TABLE outbox (
        customer_id TEXT NOT NULL REFERENCES customer (id),
        id TEXT NOT NULL,
        kind TEXT NOT NULL CONSTRAINT outbox_kind_is_known CHECK (kind IN ('charge')),
        invoice BIGINT NOT NULL,
        made_at BIGINT NOT NULL,
        due_at BIGINT NOT NULL,
        leased_until BIGINT NOT NULL,
        tries BIGINT NOT NULL,
        done_at BIGINT,
        outcome TEXT,
        PRIMARY KEY (customer_id, id)
    );
    CREATE INDEX outbox_due ON outbox (due_at) WHERE done_at IS NULL;
    CREATE TABLE sandbox_object (
        id TEXT NOT NULL PRIMARY KEY,
        key TEXT,
        body TEXT NOT NULL
    );
    CREATE UNIQUE INDEX sandbox_object_by_key ON sandbox_object (key);
    CREATE TABLE sandbox_event (
        id TEXT NOT NULL PRIMARY KEY,
        body TEXT NOT NULL,
        deliver_at BIGINT NOT NULL,
        delivered_at BIGINT
    );
    CREATE INDEX sandbox_event_due ON sandbox_event (deliver_at) WHERE delivered_at IS NULL;",
    append_only: ["invoice", "invoice_line", "payment", "payment_event", "revenue_entry"]
}
