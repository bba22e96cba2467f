//! The server from outside: requests in, replies out, on a real engine over a file of its own.

mod acts;
mod authorization;
mod batch;
mod browser;
mod commands;
mod contract;
mod csrf;
mod faults;
mod forms;
mod gate;
mod hang_ups;
mod headers;
mod kills;
mod letters;
mod limits;
mod lists;
mod live;
mod numbers;
mod openapi;
mod operations;
mod pages;
mod pipeline;
#[path = "../../engine/tests/it/support/postgres.rs"]
mod postgres;
mod privacy;
mod processes;
mod raise;
mod routes;
mod scene;
mod served;
mod sign_in;
mod support;
mod team;
mod tidy;
mod velocity;
mod webhooks;
