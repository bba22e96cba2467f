//! Which processes serve, so that they share what a key may ask; and which days' books were checked by themselves, and what was
//! found. T12, I-3.

crate::step! {
    "m0030_operations",
    "CREATE TABLE process (
        id TEXT PRIMARY KEY NOT NULL,
        seen_at BIGINT NOT NULL
    );
    CREATE TABLE books_check (
        day TEXT PRIMARY KEY NOT NULL,
        begun_at BIGINT NOT NULL,
        ended_at BIGINT CONSTRAINT books_check_ends_after_it_has_begun CHECK (ended_at IS NULL OR ended_at >= begun_at),
        violations BIGINT CONSTRAINT books_check_counts CHECK (violations IS NULL OR violations >= 0)
    );",
    append_only: []
}
