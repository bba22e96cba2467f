//! Whether a refusal still stands: the gate's scopes once more, with the figures of today.

use super::{Figures, Reason, Refusal};
use crate::{
    budget::{Budget, SeatUse},
    customer::AccountStatus,
    money::MoneyError,
    tokens::Tokens,
};

/// What a refusal is held against: the facts of its own scope, as they are now.
#[derive(Clone, Copy, Debug)]
pub struct Present {
    /// Whether the platform is idle.
    pub idle: bool,
    /// Whether something is to be paid before the customer starts anything.
    pub payment_blocked: bool,
    /// Whether the account may produce.
    pub status: AccountStatus,
    /// The most tokens that the customer's tier allows one production.
    pub largest_production: Option<Tokens>,
    /// How many productions the account runs.
    pub running: u64,
    /// How many it may run at once; none where there is no limit.
    pub concurrency: Option<u64>,
    /// This month's limit of whoever's limit it was; none where none is set.
    pub budget: Option<Budget>,
    /// The cap of whoever's cap it was, and what they have taken in this cycle.
    pub seat: Option<(Tokens, SeatUse)>,
    /// Tokens left of allowance and extra capacity together.
    pub left: Tokens,
}

impl Refusal {
    /// Whether the gate would give the same answer once more. A plan with a step of unknown price is asked about again by
    /// the pipeline alone, as long as there is a limit.
    pub fn stands(&self, now: &Present) -> Result<bool, MoneyError> {
        Ok(match (self.reason, &self.figures) {
            (Reason::Maintenance, _) => now.idle,
            (Reason::PaymentRequired, _) => now.payment_blocked,
            (Reason::AccountNotActive, _) => !now.status.may_produce(),
            (Reason::ProductionTooLarge, Some(Figures::Tokens { needed, .. })) => {
                now.largest_production.is_some_and(|largest| *needed > largest)
            }
            (Reason::Concurrency, _) => now.concurrency.is_some_and(|limit| now.running >= limit),
            (Reason::PriceUnknown, _) => now.budget.is_some(),
            (
                Reason::KeyBudget | Reason::AccountBudget | Reason::CustomerBudget,
                Some(Figures::Money { needed, .. }),
            ) => match &now.budget {
                Some(budget) => !budget.admits(*needed)?,
                None => false,
            },
            (Reason::SeatCap, Some(Figures::Tokens { needed, .. })) => {
                now.seat.is_some_and(|(cap, taken)| !taken.admits(cap, *needed))
            }
            (Reason::NotEnoughCapacity, Some(Figures::Tokens { needed, .. })) => *needed > now.left,
            // Without its figures nobody can say that it is over.
            _ => true,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        id::AccountId,
        money::{Cost, Currency, Money},
        refusal::Scope,
    };
    use ulid::Ulid;

    fn tokens(count: i64) -> Tokens {
        Tokens::new(count).unwrap()
    }

    fn pounds(pence: i64) -> Cost {
        Money::new(pence, Currency::Gbp).to_cost().unwrap()
    }

    fn budget(limit: i64) -> Budget {
        let resets_at = "2026-11-01T00:00:00Z".parse().unwrap();
        Budget { limit: pounds(limit), spent: pounds(9_000), held: pounds(500), resets_at }
    }

    fn taken() -> SeatUse {
        SeatUse { used: tokens(800), held: tokens(100) }
    }

    /// All is well, for a production of 301 pence and 200 tokens.
    fn well() -> Present {
        Present {
            idle: false,
            payment_blocked: false,
            status: AccountStatus::Pilot,
            largest_production: Some(tokens(200)),
            running: 1,
            concurrency: Some(2),
            budget: Some(budget(9_801)),
            seat: Some((tokens(1_100), taken())),
            left: tokens(200),
        }
    }

    fn refusal(reason: Reason) -> Refusal {
        let figures = match reason {
            Reason::KeyBudget | Reason::AccountBudget | Reason::CustomerBudget => {
                Figures::of_budget(&budget(9_500), pounds(301)).ok()
            }
            Reason::ProductionTooLarge | Reason::SeatCap | Reason::NotEnoughCapacity => {
                Some(Figures::of_size(tokens(199), tokens(200)))
            }
            _ => None,
        };
        let scope = Scope::Account { id: AccountId::new(Ulid::from_parts(1, 1)), name: "Travel".to_owned() };
        Refusal { reason, scope, figures, step: None, resets_at: None, remedies: Vec::new(), owed: None }
    }

    #[test]
    fn g2_a_refusal_stands_until_its_own_cause_is_gone() {
        let cause = |reason| match reason {
            Reason::Maintenance => Present { idle: true, ..well() },
            Reason::PaymentRequired => Present { payment_blocked: true, ..well() },
            Reason::AccountNotActive => Present { status: AccountStatus::Suspended, ..well() },
            Reason::ProductionTooLarge => Present { largest_production: Some(tokens(199)), ..well() },
            Reason::Concurrency => Present { running: 2, ..well() },
            Reason::KeyBudget | Reason::AccountBudget | Reason::CustomerBudget => {
                Present { budget: Some(budget(9_800)), ..well() }
            }
            Reason::PriceUnknown => well(),
            Reason::SeatCap => Present { seat: Some((tokens(1_099), taken())), ..well() },
            Reason::NotEnoughCapacity => Present { left: tokens(199), ..well() },
        };
        let unlimited =
            Present { largest_production: None, concurrency: None, budget: None, seat: None, ..well() };
        for reason in Reason::ALL {
            let refusal = refusal(reason);
            assert_eq!(refusal.stands(&cause(reason)), Ok(true), "{reason:?} stands");
            assert_eq!(refusal.stands(&well()), Ok(reason == Reason::PriceUnknown), "{reason:?} is over");
            assert_eq!(refusal.stands(&unlimited), Ok(false), "{reason:?} without a limit");
        }
    }
}
