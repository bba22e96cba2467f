//! The door: the pages, the gate's REST interface and the commands of one binary.
//!
//! Nothing is decided here. A handler parses, asks the engine, and answers; what every request must pass (a name for the
//! log, the security headers, the check for foreign pages, the session) is a layer in [`router`].

#![recursion_limit = "256"] // a page is one type as deep as its markup

pub mod api;
mod archive;
mod assets;
pub mod auth;
pub mod client;
pub mod command;
pub mod config;
mod correlation;
mod csrf;
mod embedded;
pub mod export;
mod headers;
mod health;
pub mod limits;
mod live;
pub mod metrics;
mod one_click;
pub mod origin;
pub mod page;
pub mod router;
mod session;
pub mod smtp;
pub mod state;
