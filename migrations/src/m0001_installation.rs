//! What is true of the installation as a whole.

crate::step! {
    "m0001_installation",
    "CREATE TABLE installation (
        id BIGINT NOT NULL PRIMARY KEY CONSTRAINT installation_is_one CHECK (id = 1),
        sandbox BIGINT NOT NULL CONSTRAINT installation_sandbox_is_a_flag CHECK (sandbox IN (0, 1)),
        clock_offset_micros BIGINT NOT NULL,
        CONSTRAINT installation_clock_is_the_machines_unless_sandbox CHECK (sandbox = 1 OR clock_offset_micros = 0)
    );",
    append_only: []
}
