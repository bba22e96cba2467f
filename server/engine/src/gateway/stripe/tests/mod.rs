//! The adapter by itself.

#[path = "../../../../tests/it/stripe/fake/mod.rs"]
mod fake;
