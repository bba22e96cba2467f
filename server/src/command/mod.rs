//! What the binary can be told to do. One file a command.

mod backup;
mod clock;
mod dump;
mod generate;
mod import;
mod mode;
mod month;
mod price_book;
mod receipt;
mod replay;
mod restore;
mod rollups;
mod serve;
pub mod settings;
mod staff;
mod tariff;
mod verify;

use crate::config::ServeOptions;

/// A command and its options.
#[derive(Clone, Debug, clap::Subcommand)]
pub enum Command {
    /// Serves the pages and the gate until it is told to stop.
    Serve(Box<ServeOptions>),
    /// Copies everything into a file, while servers go on.
    Backup(backup::BackupOptions),
    /// Says what time it is for the books; in a sandbox it can be made later.
    Clock(clock::ClockOptions),
    /// Fills an empty sandbox with a year of books, as large as asked for.
    Generate(generate::GenerateOptions),
    /// Imports prices, exchange rates, a markup or a price book: the dated lists that money is computed by.
    Import(import::ImportOptions),
    /// Closes the gate for new productions, or opens it again.
    Mode(mode::ModeOptions),
    /// Prints what every account earned and cost in a month.
    Month(month::MonthOptions),
    /// Prints what is sold now, for changing and importing it.
    PriceBook(price_book::PriceBookOptions),
    /// Prints every token of a production with its lot and tariff line, and every call with its cost.
    Receipt(receipt::ReceiptOptions),
    /// Drives a trace of AI calls through the running gate and accounts for every token.
    Replay(replay::ReplayOptions),
    /// Puts a copy in place, brings it up to date and checks it.
    Restore(restore::RestoreOptions),
    /// Says how far the sums of the P&L are behind, or makes them anew.
    Rollups(rollups::RollupsOptions),
    /// Prints the table of settings that stands in the runbook.
    #[command(hide = true)]
    Settings,
    /// Makes somebody one of JARAI's own staff, with the password that is read from standard input.
    Staff(staff::StaffOptions),
    /// Prints what calls take from the allowance now, for changing and importing it.
    Tariff(tariff::TariffOptions),
    /// Checks the books: computes every balance again from the journals and lists what is wrong.
    Verify(verify::VerifyOptions),
}

/// Why a command did not end well, in one line for whoever started it.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The server did not start, or stopped.
    #[error(transparent)]
    Serve(#[from] serve::ServeError),
    /// There is no copy.
    #[error(transparent)]
    Backup(#[from] backup::BackupError),
    /// The copy is not in place.
    #[error(transparent)]
    Restore(#[from] restore::RestoreError),
    /// The clock was not advanced.
    #[error(transparent)]
    Clock(#[from] clock::ClockError),
    /// Nothing, or not everything, was generated.
    #[error(transparent)]
    Generate(engine::Error),
    /// The mode was not set.
    #[error(transparent)]
    Mode(engine::Error),
    /// There is no such month, or it has changed.
    #[error(transparent)]
    Month(#[from] month::MonthError),
    /// The sums were not made.
    #[error(transparent)]
    Rollups(engine::Error),
    /// The price book was not printed.
    #[error(transparent)]
    PriceBook(#[from] price_book::PriceBookError),
    /// There is no receipt.
    #[error(transparent)]
    Receipt(#[from] receipt::ReceiptError),
    /// Nothing was imported.
    #[error(transparent)]
    Import(#[from] import::ImportError),
    /// The trace was not replayed, or not as it should have been.
    #[error(transparent)]
    Replay(#[from] replay::ReplayError),
    /// Nobody was made staff.
    #[error(transparent)]
    Staff(#[from] staff::StaffError),
    /// The tariff was not printed.
    #[error(transparent)]
    Tariff(#[from] tariff::TariffError),
    /// The books could not be read, or something in them is wrong.
    #[error(transparent)]
    Verify(#[from] verify::VerifyError),
}

impl Command {
    /// Runs it to its end.
    pub async fn run(self) -> Result<(), CommandError> {
        match self {
            Self::Serve(options) => Ok(serve::run(&options).await?),
            Self::Backup(options) => Ok(backup::run(&options).await?),
            Self::Restore(options) => Ok(restore::run(&options).await?),
            Self::Clock(options) => Ok(clock::run(&options).await?),
            Self::Generate(options) => generate::run(&options).await.map_err(CommandError::Generate),
            Self::Mode(options) => mode::run(&options).await.map_err(CommandError::Mode),
            Self::Month(options) => Ok(month::run(&options).await?),
            Self::Rollups(options) => rollups::run(&options).await.map_err(CommandError::Rollups),
            Self::PriceBook(options) => Ok(price_book::run(&options).await?),
            Self::Receipt(options) => Ok(receipt::run(&options).await?),
            Self::Import(options) => Ok(import::run(&options).await?),
            Self::Replay(options) => Ok(replay::run(&options).await?),
            Self::Settings => {
                print!("{}", settings::table());
                Ok(())
            }
            Self::Staff(options) => Ok(staff::run(&options).await?),
            Self::Tariff(options) => Ok(tariff::run(&options).await?),
            Self::Verify(options) => Ok(verify::run(&options).await?),
        }
    }
}
