//! Acts on real databases: every test here runs on a SQLite file and on PostgreSQL, and ends with the check of the books
//! that shares no code with what wrote them.

mod audit;
mod books;
mod budget;
mod customers;
mod gate;
mod generate;
mod hang_ups;
mod histories;
mod installation;
mod keys;
mod mail;
mod needs;
mod payment;
mod platform;
mod pnl;
mod pool;
mod position;
mod privacy;
mod production;
mod races;
mod reversal;
mod samples;
mod seats;
mod shop;
mod sign_in;
mod split;
mod statement;
mod strike;
mod stripe;
mod support;
mod team;
mod tier;
mod top_up;
mod velocity;
mod year;
