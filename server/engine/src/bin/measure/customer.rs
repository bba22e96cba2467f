//! Customers that are measured.

use super::Outcome;
use billing::{
    allowance::Source,
    customer::AccountStatus,
    id::{AccountId, CustomerId, KeyId},
    money::{Currency, Money},
    time::Span,
    tokens::Tokens,
};
use engine::Engine;
use std::{fmt, str::FromStr};

/// Tokens of an allowance: more than a run uses up. As many were bought.
const PLENTY: i64 = 100_000_000_000;
/// A limit that is never met.
const LIMIT_MINOR: i64 = 100_000_000_000;

/// A customer with tokens, accounts with limits, and a key.
pub(super) struct Customer {
    pub(super) id: CustomerId,
    pub(super) accounts: Vec<AccountId>,
    pub(super) key: KeyId,
}

/// Its ids, parted by commas: the customer, its key, its accounts.
impl fmt::Display for Customer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{},{}", self.id, self.key)?;
        self.accounts.iter().try_for_each(|account| write!(f, ",{account}"))
    }
}

impl FromStr for Customer {
    type Err = Box<dyn std::error::Error>;

    fn from_str(text: &str) -> Outcome<Self> {
        let mut parts = text.split(',');
        let mut next = || parts.next().ok_or("not a customer with a key");
        let (id, key) = (next()?.parse()?, next()?.parse()?);
        Ok(Self { id, key, accounts: parts.map(str::parse).collect::<Result<_, _>>()? })
    }
}

/// Opens one that has more tokens than a run uses up.
pub(super) async fn open(engine: &Engine, accounts: usize) -> Outcome<Customer> {
    open_with(engine, accounts, Tokens::new(PLENTY)?).await
}

/// The same that has so many tokens in its allowance, and as many that were bought.
pub(super) async fn open_with(engine: &Engine, accounts: usize, tokens: Tokens) -> Outcome<Customer> {
    let id = engine.open_customer("Measured", Currency::Gbp).await?;
    let token = engine.add_pipeline_key(id, "Pipeline").await?;
    let key = engine.pipeline_key(&token).await?.ok_or("no key")?.id;
    let next_month = engine.now().after(Span::days(30));
    engine.grant(id, Source::Allowance, tokens, Some(next_month), None).await?;
    engine.grant(id, Source::TopUp, tokens, None, Some(Money::new(LIMIT_MINOR, Currency::Gbp))).await?;
    let mut opened = Vec::new();
    for _ in 0..accounts {
        let account = engine.open_account(id, "Measured", AccountStatus::Active).await?;
        let limit = Money::new(LIMIT_MINOR, Currency::Gbp);
        engine.set_account_limit(id, account, Some(limit)).await?;
        opened.push(account);
    }
    Ok(Customer { id, accounts: opened, key })
}
