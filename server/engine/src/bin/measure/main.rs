//! What `cargo xtask bench` starts and asks: `measure generate URL ROWS SEED` and `measure record URL PRODUCTIONS` make books;
//! `measure pnl URL`, `measure gate URL` and `measure http …` do what one line of standard input after the other names, and answer
//! each with a line. It is no part of the product.

mod customer;
mod gate;
mod groups;
mod http;
mod pnl;
mod race;

use engine::{Engine, seed::Generation};
use std::{
    env,
    error::Error,
    io::{Write, stdout},
    process::ExitCode,
};

const USAGE: &str = "usage: measure generate URL ROWS SEED | record URL PRODUCTIONS | pnl URL \
                     | gate URL CUSTOMERS [CUSTOMER] | gate URL alone | customer URL | http GATE ECHO KEY ACCOUNT,…";

type Outcome<T> = Result<T, Box<dyn Error>>;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments[..] {
        ["generate", url, rows, seed] => generate(url, rows, seed).await,
        ["pnl", url] => pnl::pnl(url).await,
        ["record", url, productions] => gate::record(url, productions).await,
        ["gate", url, ref customers @ ..] => gate::gate(url, customers).await,
        ["customer", url] => http::customer(url).await,
        ["http", gate, echo, key, accounts] => http::http(gate, echo, key, accounts).await,
        _ => Err(USAGE.into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn generate(url: &str, rows: &str, seed: &str) -> Outcome<()> {
    let wanted = Generation { rows: rows.parse()?, seed: seed.parse()? };
    let engine = Engine::attach_sandbox(url).await?;
    let made = engine.generate(wanted, |rows| eprintln!("  {rows} rows")).await?;
    engine.close().await;
    let (customers, accounts, productions) = (made.customers, made.accounts, made.productions);
    println!("{} rows: {customers} customers, {accounts} accounts, {productions} productions", made.rows);
    Ok(())
}

/// Answers whoever asks.
fn say(line: &str) -> Outcome<()> {
    let mut out = stdout().lock();
    writeln!(out, "{line}")?;
    Ok(out.flush()?)
}
