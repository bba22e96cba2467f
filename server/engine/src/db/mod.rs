//! Connections, transactions, set-based statements, and what rows mean. Private to the engine: nobody outside can reach
//! a table.

pub(crate) mod allowance;
pub(crate) mod budget;
mod connect;
pub(crate) mod customer;
pub(crate) mod entity;
mod fault;
pub(crate) mod payment;
pub(crate) mod production;
pub(crate) mod reach;
pub(crate) mod rows;
pub(crate) mod scope;
pub(crate) mod team;
pub(crate) mod tier;
mod word;

pub(crate) use connect::{Pools, begin_read, begin_write, checker};
pub(crate) use fault::{Fault, fault};
pub(crate) use word::{from_json, from_word, to_json, to_word};
