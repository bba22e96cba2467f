//! `server receipt PRODUCTION`: every token of a production with the lot that it came from and the tariff line that set its
//! number, and every call with its cost.

use crate::config::DATABASE;
use billing::{
    allowance::{Pool, Tariff},
    id::{CustomerId, ProductionName},
    production::Hold,
};
use engine::{
    Engine,
    production::{Receipt, ReceiptEntry},
};
use std::fmt::Write;

/// Which production, and whose.
#[derive(Clone, Debug, clap::Args)]
pub struct ReceiptOptions {
    /// The pipeline's name of the production
    production: ProductionName,
    /// Whose; only needed where several customers have a production of this name
    #[arg(long, value_name = "ID")]
    customer: Option<CustomerId>,
    /// Where the books are: a sqlite:// or postgres:// address
    #[arg(long, value_name = "URL", env = "DATABASE_URL", hide_env_values = true, default_value = DATABASE)]
    database_url: String,
}

/// Why there is no receipt.
#[derive(Debug, thiserror::Error)]
pub enum ReceiptError {
    /// Nobody has such a production.
    #[error("no production is named {0}")]
    Unknown(ProductionName),
    /// Several customers have one.
    #[error("several customers have a production {0}; add --customer with one of {1}")]
    Ambiguous(ProductionName, String),
    /// The database does not answer.
    #[error(transparent)]
    Engine(#[from] engine::Error),
}

/// Prints the receipt.
pub async fn run(options: &ReceiptOptions) -> Result<(), ReceiptError> {
    let engine = Engine::attach(&options.database_url).await?;
    let name = &options.production;
    let owners = match options.customer {
        Some(customer) => vec![customer],
        None => engine.owners_of(name).await?,
    };
    let customer = match owners.as_slice() {
        [] => return Err(ReceiptError::Unknown(name.clone())),
        [one] => *one,
        several => {
            let ids: Vec<String> = several.iter().map(ToString::to_string).collect();
            return Err(ReceiptError::Ambiguous(name.clone(), ids.join(", ")));
        }
    };
    let receipt = engine.receipt(customer, name).await?;
    let tariff = engine.tariff(receipt.tariff_version).await?;
    print!("{}", written(customer, &receipt, &tariff));
    engine.close().await;
    Ok(())
}

fn written(customer: CustomerId, receipt: &Receipt, tariff: &Tariff) -> String {
    let mut text = String::new();
    let status = match &receipt.hold {
        Hold::Open(open) => format!("open until {}", open.expires_at),
        Hold::Ended(ended) => format!("{:?} at {}", ended.end, ended.ended_at).to_lowercase(),
    };
    let _ = writeln!(text, "production  {} “{}”", receipt.production, receipt.title);
    let _ = writeln!(text, "customer    {customer}, account {}", receipt.account);
    let _ = writeln!(text, "admitted    {}, {} tokens held, {status}", receipt.admitted_at, receipt.tokens);
    let _ = writeln!(text, "\ntokens");
    for entry in &receipt.entries {
        let _ = writeln!(text, "  {}", line(entry, tariff));
    }
    let moved = |debit: &[Pool], credit: Pool| -> i64 {
        let counts =
            receipt.entries.iter().filter(|entry| debit.contains(&entry.debit) && entry.credit == credit);
        counts.map(|entry| entry.tokens.get()).sum()
    };
    let beyond = moved(&[Pool::Available, Pool::Overdrawn], Pool::Used);
    let used = moved(&[Pool::Held], Pool::Used) + beyond;
    let (back, lapsed) = (moved(&[Pool::Held], Pool::Available), moved(&[Pool::Held], Pool::Lapsed));
    let _ = writeln!(
        text,
        "  held {} = used {} + given back {back} + lapsed {lapsed} + still held {}; beyond the hold {beyond}; used in all {used}",
        receipt.tokens,
        used - beyond,
        receipt.tokens.get() - (used - beyond) - back - lapsed
    );
    let _ = writeln!(text, "\ncalls");
    for call in &receipt.calls {
        let cost = match (call.charged, call.unpriced) {
            (Some(cost), _) => format!("{} {cost}", cost.currency()),
            (None, Some(why)) => format!("unknown: {why:?}"),
            (None, None) => "unknown".to_owned(),
        };
        let model = call.model.as_deref().unwrap_or("no model");
        let verdict = format!("{:?}", call.verdict).to_lowercase();
        let _ = writeln!(
            text,
            "  {:<20} try {:<3} {verdict:<10} {model:<28} {cost}",
            call.step.to_string(),
            call.number
        );
    }
    let (currency, unknown) = (receipt.cost.currency(), receipt.unknown_costs);
    let _ = writeln!(text, "  known in all {currency} {}, unknown of {unknown} calls", receipt.cost);
    text
}

/// One move of tokens, where it came from, and why it is this many.
fn line(entry: &ReceiptEntry, tariff: &Tariff) -> String {
    let lot = entry.grant.map_or("owed, of no lot".to_owned(), |(id, source)| format!("{id} {source:?}"));
    let mut text = format!(
        "#{:<6} {:>9} {:>9} to {:<9} {lot}",
        entry.seq,
        entry.tokens.to_string(),
        entry.debit.word(),
        entry.credit.word()
    );
    if let Some((step, kind)) = &entry.step {
        let _ = write!(text, ", step {step}");
        if let Some(of) = entry.planned.and_then(|planned| tariff.line(&planned).ok()) {
            let each = if of.per == 1 { "each".to_owned() } else { format!("each {} begun", of.per) };
            let (version, tokens, unit) = (tariff.version, of.tokens, of.unit);
            let _ = write!(text, "; tariff {version}: {kind} {tokens} for {each} ({unit:?})");
            if !of.minimum.is_zero() {
                let _ = write!(text, ", at least {}", of.minimum);
            }
        }
    }
    text
}
