//! By which a process knows whether what it remembers of a customer's productions still is so: it rises with every group of acts
//! that changes them, in the same transaction and under the wallet's lock.

crate::step! {
    "m0031_revision",
    "ALTER TABLE wallet ADD COLUMN revision BIGINT NOT NULL DEFAULT 0;",
    append_only: []
}
