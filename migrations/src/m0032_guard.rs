//! By which a group is written only if the books still are those that it was decided on: a wallet's row says which revision it
//! follows, so that one statement locks the wallet, compares and changes it.

crate::step! {
    "m0032_guard",
    "ALTER TABLE wallet ADD COLUMN follows BIGINT;",
    append_only: []
}
