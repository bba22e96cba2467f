//! "Accounts can carry a production budget. If an account hits its monthly limit, new productions are rejected up front."
//!
//! A budget is money a calendar month (UTC), in the customer's currency, measured in customer-facing AI cost. G1, G2,
//! readings 5.7 and 5.16.

mod limits;
pub mod seat;

pub use limits::{LimitChange, LimitKind, LimitMove, Limits};
pub use seat::{CapOverride, SeatLimit, SeatUse};

use crate::{
    id::{AccountId, CustomerId, KeyId},
    money::{Cost, Money, MoneyError},
    time::Timestamp,
};

/// Whose limit in money it is. Every cost counts against all that it concerns; the tightest limit decides (5.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BudgetScope {
    /// One account's. G1, G5.
    Account(AccountId),
    /// The customer's. G6.
    Customer(CustomerId),
    /// One key's of the pipeline.
    Key(KeyId),
}

/// A limit this month and what stands against it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// The most that may be spent in the month.
    pub limit: Cost,
    /// What finished calls have cost.
    pub spent: Cost,
    /// What running productions may still cost.
    pub held: Cost,
    /// When the next month begins.
    pub resets_at: Timestamp,
}

impl Budget {
    /// `limit − spent − held`; negative once a limit was lowered below what is used.
    pub fn available(&self) -> Result<Cost, MoneyError> {
        self.limit.minus(self.spent)?.minus(self.held)
    }

    /// 5.16: whether a production that may cost `estimate` fits. Spending exactly the limit is allowed, starting anything
    /// once it is reached is not.
    pub fn admits(&self, estimate: Cost) -> Result<bool, MoneyError> {
        let available = self.available()?;
        Ok(available.micros() > 0 && available.minus(estimate)?.micros() >= 0)
    }

    /// G3: the least limit that admits a production which may cost `estimate`. What costs nothing needs the limit not to
    /// be reached.
    pub fn least_limit(&self, estimate: Cost) -> Result<Money, MoneyError> {
        let needed = Cost::new(estimate.micros().max(1), estimate.currency());
        Ok(self.spent.plus(self.held)?.plus(needed)?.to_money_up())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::{Currency, Money};

    fn pounds(pence: i64) -> Cost {
        Money::new(pence, Currency::Gbp).to_cost().unwrap()
    }

    #[test]
    fn g2_worked_example_3_equal_is_allowed_and_a_penny_more_is_not() {
        let resets_at = "2026-12-01T00:00:00Z".parse().unwrap();
        let budget = Budget { limit: pounds(10_000), spent: pounds(9_200), held: pounds(500), resets_at };
        assert_eq!(budget.admits(pounds(300)), Ok(true));
        assert_eq!(budget.admits(pounds(301)), Ok(false));
    }

    #[test]
    fn g3_the_least_limit_admits_and_a_penny_less_does_not() {
        let resets_at = "2026-12-01T00:00:00Z".parse().unwrap();
        for (spent, estimate, least) in
            [(300_000_000, 24_600_000, 32_460), (300_000_001, 24_600_000, 32_461), (7, 0, 1)]
        {
            let [spent, estimate] = [spent, estimate].map(|micros| Cost::new(micros, Currency::Gbp));
            let budget = |pence| Budget { limit: pounds(pence), spent, held: pounds(0), resets_at };
            assert_eq!(budget(0).least_limit(estimate), Ok(Money::new(least, Currency::Gbp)));
            assert_eq!([least, least - 1].map(|pence| budget(pence).admits(estimate)), [Ok(true), Ok(false)]);
        }
    }

    #[test]
    fn c1_a_limit_says_nothing_about_another_currency() {
        let resets_at = "2026-12-01T00:00:00Z".parse().unwrap();
        let budget = Budget { limit: pounds(10_000), spent: pounds(0), held: pounds(0), resets_at };
        let yen = Cost::zero(Currency::Jpy);
        assert_eq!(budget.admits(yen), Err(MoneyError::Currencies(Currency::Gbp, Currency::Jpy)));
    }

    #[test]
    fn g2_at_the_limit_even_a_free_production_is_refused() {
        let resets_at = "2026-12-01T00:00:00Z".parse().unwrap();
        let budget = Budget { limit: pounds(10_000), spent: pounds(10_000), held: pounds(0), resets_at };
        assert_eq!(budget.admits(pounds(0)), Ok(false));
    }
}
