//! `server staff`: makes somebody one of JARAI's own staff. In earnest nobody else can: staff are invited by no page.

use crate::config::DATABASE;
use billing::{money::Currency, team::Role};
use engine::{Engine, team::NewMember};
use std::io::{self, BufRead, IsTerminal};

/// Whom, as what, and of which installation.
#[derive(Clone, Debug, clap::Args)]
pub struct StaffOptions {
    /// The address that they sign in by
    email: String,
    /// Their name
    #[arg(long)]
    name: String,
    /// What they are
    #[arg(long, value_enum)]
    role: StaffRole,
    /// Where there is no customer yet, one of this name is opened: staff always look at one
    #[arg(long, value_name = "NAME", default_value = "JARAI")]
    first_customer: String,
    /// What that customer is billed in
    #[arg(long, default_value = "GBP")]
    currency: Currency,
    /// Where the books are: a sqlite:// or postgres:// address
    #[arg(long, value_name = "URL", env = "DATABASE_URL", hide_env_values = true, default_value = DATABASE)]
    database_url: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum StaffRole {
    /// Owns customers and the platform's switches
    PlatformAdministrator,
    /// Reads every customer's money
    FinanceViewer,
}

/// Why nobody was made staff.
#[derive(Debug, thiserror::Error)]
pub enum StaffError {
    /// There is no password.
    #[error("the password, one line on standard input, could not be read: {0}")]
    Password(#[from] io::Error),
    /// The engine has refused it.
    #[error(transparent)]
    Engine(#[from] engine::Error),
}

/// Makes them staff, with the password that stands on standard input: what is on a command line, others can read.
pub async fn run(options: &StaffOptions) -> Result<(), StaffError> {
    let input = io::stdin();
    if input.is_terminal() {
        eprintln!("Their first password, in one line (they change it under Profile & security):");
    }
    let mut password = String::new();
    input.lock().read_line(&mut password)?;
    let role = match options.role {
        StaffRole::PlatformAdministrator => Role::PlatformAdministrator,
        StaffRole::FinanceViewer => Role::FinanceViewer,
    };
    let password = password.trim_end_matches(['\r', '\n']);
    let engine = Engine::attach(&options.database_url).await?;
    let person =
        engine.hire(NewMember { name: &options.name, email: &options.email, password, role }).await?;
    if engine.member(person, None).await?.is_none() {
        engine.open_customer(&options.first_customer, options.currency).await?;
        println!("{} is the first customer", options.first_customer);
    }
    engine.close().await;
    println!("{} signs in as {}", options.email, role.title().to_lowercase());
    Ok(())
}
