//! `server import …`: the dated lists that costs are computed by. What is in force is never edited; a later date takes its
//! place, and every running server goes by it from its next act on. P6, P9, P11, C2.

mod decimal;
mod markup;
mod price_book;
mod prices;
mod rates;
mod tariff;

use crate::config::DATABASE;
use billing::time::Timestamp;
use chrono::NaiveDate;
use engine::Engine;
use std::{io, path::PathBuf};

/// What to import, and into which books.
#[derive(Clone, Debug, clap::Args)]
pub struct ImportOptions {
    #[command(subcommand)]
    list: List,
    /// Where the books are: a sqlite:// or postgres:// address
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "DATABASE_URL",
        hide_env_values = true,
        default_value = DATABASE
    )]
    database_url: String,
}

#[derive(Clone, Debug, clap::Subcommand)]
enum List {
    /// Prices of AI models: a JSON object of models with their costs by unit, in US dollars
    Prices {
        /// The list
        file: PathBuf,
        /// The day from which the prices hold, from 00:00 UTC
        #[arg(long, value_name = "DATE")]
        from: NaiveDate,
    },
    /// Exchange rates: a CSV of days with the units of each currency for one euro
    Rates {
        /// The list
        file: PathBuf,
    },
    /// What is sold and for how much: tiers, packs, the evaluation, as `server price-book` prints them
    PriceBook {
        /// The book, as JSON
        file: PathBuf,
        /// The day from which it holds, from 00:00 UTC
        #[arg(long, value_name = "DATE")]
        from: NaiveDate,
    },
    /// What calls take from the allowance: a line for each kind of call, as `server tariff` prints them
    Tariff {
        /// The tariff, as JSON
        file: PathBuf,
        /// The day from which it holds, from 00:00 UTC
        #[arg(long, value_name = "DATE")]
        from: NaiveDate,
    },
    /// The uplift over raw cost, in per cent, such as 25 or 12.5
    Markup {
        /// How many per cent, with at most two decimals
        percent: String,
        /// The day from which it holds, from 00:00 UTC
        #[arg(long, value_name = "DATE")]
        from: NaiveDate,
    },
}

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be read.
    #[error("cannot read {}: {error}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The file is not of this form.
    #[error("{}: {what}", path.display())]
    Form {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// The percentage is none.
    #[error("expected per cent from 0 to 10000 with at most two decimals, such as 25 or 12.5")]
    Percent,
    /// The list does not fit those that are in force, or the database does not answer.
    #[error("nothing was imported")]
    Engine(#[from] engine::Error),
}

/// Imports one list and says what became of it, line by line.
pub async fn run(options: &ImportOptions) -> Result<(), ImportError> {
    let read = |path: &PathBuf| {
        std::fs::read_to_string(path).map_err(|error| ImportError::File { path: path.clone(), error })
    };
    let form = |path: &PathBuf| {
        let path = path.clone();
        move |what: String| ImportError::Form { path, what }
    };
    let engine = Engine::attach(&options.database_url).await?;
    match &options.list {
        List::Prices { file, from } => {
            let list = prices::read(&read(file)?).map_err(form(file))?;
            let imported = engine.import_prices(&list.models, prices::CURRENCY, Timestamp::midnight(*from));
            print!("{}", prices::report(&list, &imported.await?, *from));
        }
        List::Rates { file } => {
            let list = rates::read(&read(file)?).map_err(form(file))?;
            let imported = engine.import_rates(&list.rates).await?;
            print!("{}", rates::report(&list, &imported));
        }
        List::PriceBook { file, from } => {
            let book = price_book::read(&read(file)?).map_err(form(file))?;
            let version = engine.import_price_book(&book, Timestamp::midnight(*from)).await?;
            println!("price book version {version} from {from}");
        }
        List::Tariff { file, from } => {
            let tariff = tariff::read(&read(file)?).map_err(form(file))?;
            let version = engine.import_tariff(&tariff, Timestamp::midnight(*from)).await?;
            println!("tariff version {version} from {from}");
        }
        List::Markup { percent, from } => {
            let basis_points = markup::read(percent).ok_or(ImportError::Percent)?;
            let version = engine.import_markup(basis_points, Timestamp::midnight(*from)).await?;
            println!("markup version {version}: {percent} per cent from {from}");
        }
    }
    let completed = engine.complete_costs().await?;
    if completed > 0 {
        println!("{completed} costs that were unknown are known now");
    }
    engine.close().await;
    Ok(())
}

pub use prices::{CURRENCY as PRICES_IN, read as read_prices};
pub use rates::read as read_rates;
