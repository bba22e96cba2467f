//! Productions, their plans, what happened to each step, what they hold, and what was refused.
//!
//! That a step succeeds once is a partial unique index, for ever: it also covers steps of 0 tokens. I-18.

crate::step! {
    "m0006_production",
    "CREATE TABLE production (
        customer_id TEXT NOT NULL,
        name TEXT NOT NULL,
        id TEXT NOT NULL,
        account_id TEXT NOT NULL,
        key_id TEXT,
        title TEXT NOT NULL,
        project_type TEXT,
        tariff_version BIGINT NOT NULL,
        fingerprint TEXT NOT NULL,
        admission TEXT NOT NULL,
        admitted_at BIGINT NOT NULL,
        PRIMARY KEY (customer_id, name),
        FOREIGN KEY (customer_id, account_id) REFERENCES account (customer_id, id)
    );
    CREATE INDEX production_by_admission ON production (customer_id, admitted_at);
    CREATE TABLE production_step (
        customer_id TEXT NOT NULL,
        production TEXT NOT NULL,
        step TEXT NOT NULL,
        position BIGINT NOT NULL,
        kind TEXT NOT NULL,
        stage TEXT,
        model TEXT,
        quantity TEXT NOT NULL,
        tokens BIGINT NOT NULL CONSTRAINT production_step_tokens_not_negative CHECK (tokens >= 0),
        money_micros BIGINT,
        PRIMARY KEY (customer_id, production, step)
    );
    CREATE TABLE step_attempt (
        customer_id TEXT NOT NULL,
        production TEXT NOT NULL,
        step TEXT NOT NULL,
        attempt BIGINT NOT NULL CONSTRAINT step_attempt_counts_from_one CHECK (attempt > 0),
        verdict TEXT NOT NULL
            CONSTRAINT step_attempt_verdict_is_known CHECK (verdict IN ('succeeded', 'failed', 'refused')),
        fingerprint TEXT NOT NULL,
        answer TEXT NOT NULL,
        occurred_at BIGINT NOT NULL,
        posted_on TEXT NOT NULL,
        PRIMARY KEY (customer_id, production, step, attempt)
    );
    CREATE UNIQUE INDEX step_attempt_succeeds_once ON step_attempt (customer_id, production, step)
        WHERE verdict = 'succeeded';
    CREATE TABLE token_hold (
        customer_id TEXT NOT NULL,
        production TEXT NOT NULL,
        id TEXT NOT NULL,
        account_id TEXT NOT NULL,
        state TEXT NOT NULL CONSTRAINT token_hold_state_is_known CHECK (state IN
            ('admitted', 'producing', 'awaitingApproval', 'published', 'failed', 'cancelled', 'expired')),
        tokens BIGINT NOT NULL CONSTRAINT token_hold_tokens_not_negative CHECK (tokens >= 0),
        held_tokens BIGINT NOT NULL CONSTRAINT token_hold_held_not_negative CHECK (held_tokens >= 0),
        captured_tokens BIGINT NOT NULL CONSTRAINT token_hold_captured_not_negative CHECK (captured_tokens >= 0),
        overrun_tokens BIGINT NOT NULL CONSTRAINT token_hold_overrun_not_negative CHECK (overrun_tokens >= 0),
        returned_tokens BIGINT NOT NULL CONSTRAINT token_hold_returned_not_negative CHECK (returned_tokens >= 0),
        held_micros BIGINT NOT NULL CONSTRAINT token_hold_money_not_negative CHECK (held_micros >= 0),
        month TEXT NOT NULL,
        expires_at BIGINT NOT NULL,
        ended_at BIGINT,
        PRIMARY KEY (customer_id, production),
        FOREIGN KEY (customer_id, production) REFERENCES production (customer_id, name),
        CONSTRAINT token_hold_accounts_for_every_token
            CHECK (tokens = held_tokens + captured_tokens - overrun_tokens + returned_tokens),
        CONSTRAINT token_hold_ends_empty CHECK (ended_at IS NULL OR (held_tokens = 0 AND held_micros = 0))
    );
    CREATE INDEX token_hold_by_lease ON token_hold (expires_at) WHERE ended_at IS NULL;
    CREATE TABLE hold_draw (
        customer_id TEXT NOT NULL,
        production TEXT NOT NULL,
        position BIGINT NOT NULL,
        grant_id TEXT NOT NULL,
        drawn_tokens BIGINT NOT NULL CONSTRAINT hold_draw_draws_something CHECK (drawn_tokens > 0),
        captured_tokens BIGINT NOT NULL CONSTRAINT hold_draw_captured_not_negative CHECK (captured_tokens >= 0),
        returned_tokens BIGINT NOT NULL CONSTRAINT hold_draw_returned_not_negative CHECK (returned_tokens >= 0),
        PRIMARY KEY (customer_id, production, position),
        FOREIGN KEY (customer_id, grant_id) REFERENCES token_grant (customer_id, id),
        CONSTRAINT hold_draw_never_more_than_drawn CHECK (captured_tokens + returned_tokens <= drawn_tokens)
    );
    CREATE TABLE refusal (
        customer_id TEXT NOT NULL,
        id TEXT NOT NULL,
        production TEXT NOT NULL,
        account_id TEXT NOT NULL,
        title TEXT NOT NULL,
        reason TEXT NOT NULL,
        refusal TEXT NOT NULL,
        refused_at BIGINT NOT NULL,
        PRIMARY KEY (customer_id, id)
    );",
    append_only: ["production", "production_step", "step_attempt", "refusal"]
}
