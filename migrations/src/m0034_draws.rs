//! What a hold has drawn from its lots never changes: captures use one lot up before the next, and its end gives back what is left,
//! so that what became of each part follows from the hold's own figures. A report therefore changes one row of them less.

crate::step! {
    "m0034_draws",
    "ALTER TABLE hold_draw RENAME TO hold_draw_before;
    CREATE TABLE hold_draw (
        customer_id TEXT NOT NULL,
        production TEXT NOT NULL,
        position BIGINT NOT NULL,
        grant_id TEXT NOT NULL,
        drawn_tokens BIGINT NOT NULL CONSTRAINT hold_draw_draws_something CHECK (drawn_tokens > 0),
        PRIMARY KEY (customer_id, production, position),
        FOREIGN KEY (customer_id, grant_id) REFERENCES token_grant (customer_id, id)
    );
    INSERT INTO hold_draw SELECT customer_id, production, position, grant_id, drawn_tokens FROM hold_draw_before;
    DROP TABLE hold_draw_before;",
    append_only: ["hold_draw"]
}
