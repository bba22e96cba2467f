//! One refusal, three voices: REST, page and log all speak this value. "A clear 'budget limit reached' message."

use crate::{
    allowance::Grant,
    budget::Budget,
    id::{AccountId, CustomerId, StepName},
    money::{Cost, MoneyError},
    time::Timestamp,
    tokens::Tokens,
};
use serde::{Deserialize, Serialize};

/// Why a production was not admitted, in the gate's order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The account may not produce.
    AccountNotActive,
    /// A budget is set and a step's model has no price.
    PriceUnknown,
    /// The account's monthly limit.
    AccountBudget,
    /// Allowance and bought capacity together.
    NotEnoughCapacity,
}

/// Which limit it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Scope {
    /// Everything that a customer shares.
    Customer {
        /// Which one.
        id: CustomerId,
        /// Its name.
        name: String,
    },
    /// One account.
    Account {
        /// Which one.
        id: AccountId,
        /// Its name.
        name: String,
    },
}

impl Scope {
    /// The name to show.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Customer { name, .. } | Self::Account { name, .. } => name,
        }
    }
}

/// What stood against the production; `available = limit − used − held`, `short_by = needed − available`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "unit", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Figures {
    /// In allowance tokens.
    Tokens {
        /// All that is granted.
        limit: Tokens,
        /// Charged already.
        used: Tokens,
        /// Held by running productions.
        held: Tokens,
        /// What this production needs.
        needed: Tokens,
        /// What is left.
        available: Tokens,
        /// What is missing.
        short_by: Tokens,
    },
    /// In customer-facing AI cost.
    Money {
        /// The month's limit.
        limit: Cost,
        /// Spent already.
        used: Cost,
        /// Held by running productions.
        held: Cost,
        /// What this production may cost.
        needed: Cost,
        /// What is left; negative once a limit was lowered below what is used.
        available: Cost,
        /// What is missing.
        short_by: Cost,
    },
}

impl Figures {
    /// The figures of a budget that binds.
    pub fn of_budget(budget: &Budget, needed: Cost) -> Result<Self, MoneyError> {
        let available = budget.available()?;
        Ok(Self::Money {
            limit: budget.limit,
            used: budget.spent,
            held: budget.held,
            needed,
            available,
            short_by: needed.minus(available)?,
        })
    }

    /// The figures of lots that are not enough.
    #[must_use]
    pub fn of_grants(grants: &[Grant], needed: Tokens) -> Self {
        let total = |part: fn(&Grant) -> Tokens| grants.iter().map(part).sum();
        let available = total(|grant| grant.remaining);
        Self::Tokens {
            limit: total(|grant| grant.amount),
            used: total(Grant::used),
            held: total(|grant| grant.held),
            needed,
            available,
            short_by: needed.beyond(available),
        }
    }
}

/// What helps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remedy {
    /// Raise the account's limit.
    RaiseBudget,
    /// Buy extra capacity.
    BuyCapacity,
    /// Wait until the limit starts anew.
    Wait,
    /// Ask somebody who may change it.
    AskAdministrator,
    /// Plan the step with a model that has a price.
    ChooseAnotherModel,
}

/// A production that was not admitted. Nothing ran, nothing is held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Refusal {
    /// Why.
    pub reason: Reason,
    /// Which limit.
    pub scope: Scope,
    /// By how much; none where no amount is the cause.
    pub figures: Option<Figures>,
    /// The step that is the cause, where one is.
    pub step: Option<StepName>,
    /// When the limit starts anew.
    pub resets_at: Option<Timestamp>,
    /// What helps, best first.
    pub remedies: Vec<Remedy>,
}

impl Refusal {
    /// The headline: the handbook's words for every limit on capacity or money.
    #[must_use]
    pub const fn title(&self) -> &'static str {
        match self.reason {
            Reason::AccountNotActive => "Account not active",
            Reason::PriceUnknown | Reason::AccountBudget | Reason::NotEnoughCapacity => {
                "Budget limit reached"
            }
        }
    }

    /// What happened, with figures, and what to do: state, consequence, remedy, date.
    #[must_use]
    pub fn detail(&self) -> String {
        let name = self.scope.name();
        let until = self.resets_at.map(|at| format!(" or wait until {at}")).unwrap_or_default();
        match (&self.reason, &self.figures) {
            (Reason::AccountNotActive, _) => {
                format!(
                    "{name} is not active, so it starts no productions. Ask an administrator to activate it."
                )
            }
            (Reason::PriceUnknown, _) => {
                let step = self.step.as_ref().map(ToString::to_string).unwrap_or_default();
                format!(
                    "{name} has a monthly limit and the model of step {step} has no price, so nobody can say whether the \
                     production fits. Choose another model for the step, or ask an administrator."
                )
            }
            (_, Some(Figures::Money { limit, needed, available, short_by, .. })) => format!(
                "This production needs {} {needed}; {name} has {available} of {limit} left this month, {short_by} short. \
                 Nothing ran. Raise the limit, buy capacity{until}.",
                limit.currency()
            ),
            (_, Some(Figures::Tokens { needed, available, short_by, .. })) => format!(
                "This production needs {needed} tokens; {name} has {available} left, {short_by} short. Nothing ran. Buy \
                 capacity{until}."
            ),
            (_, None) => format!("{name} has reached its limit. Nothing ran."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        allowance::Source,
        id::GrantId,
        money::{Currency, Money},
    };
    use ulid::Ulid;

    fn pounds(pence: i64) -> Cost {
        Money::new(pence, Currency::Gbp).to_cost().unwrap()
    }

    fn november() -> Timestamp {
        "2026-11-01T00:00:00Z".parse().unwrap()
    }

    fn refusal(reason: Reason, figures: Option<Figures>) -> Refusal {
        let scope = Scope::Account { id: AccountId::new(Ulid::from_parts(1, 1)), name: "Travel".to_owned() };
        let step = (reason == Reason::PriceUnknown).then(|| "voice-1".parse().unwrap());
        Refusal { reason, scope, figures, step, resets_at: Some(november()), remedies: vec![Remedy::Wait] }
    }

    fn over_budget() -> Figures {
        let (limit, spent, held) = (pounds(10_000), pounds(9_200), pounds(500));
        Figures::of_budget(&Budget { limit, spent, held, resets_at: november() }, pounds(301)).unwrap()
    }

    fn out_of_tokens() -> Figures {
        let tokens = |count| Tokens::new(count).unwrap();
        let lot = |number, source| {
            let (id, amount) = (GrantId::new(Ulid::from_parts(1, number)), tokens(1_000));
            Grant {
                remaining: tokens(100),
                held: tokens(250),
                ..Grant::new(id, source, amount, november(), None)
            }
        };
        Figures::of_grants(&[lot(1, Source::Allowance), lot(2, Source::TopUp)], tokens(1_200))
    }

    #[test]
    fn g2_the_headline_is_the_handbooks_wherever_capacity_or_money_is_the_limit() {
        let title = |reason| refusal(reason, None).title();
        assert_eq!(title(Reason::AccountBudget), "Budget limit reached");
        assert_eq!(title(Reason::NotEnoughCapacity), "Budget limit reached");
        assert_eq!(title(Reason::PriceUnknown), "Budget limit reached");
        assert_eq!(title(Reason::AccountNotActive), "Account not active");
    }

    #[test]
    fn i12_a_refusal_names_limit_used_held_and_needed() {
        let written =
            serde_json::to_value(refusal(Reason::NotEnoughCapacity, Some(out_of_tokens()))).unwrap();
        let expected = serde_json::json!({
            "unit": "tokens", "limit": 2_000, "used": 1_300, "held": 500, "needed": 1_200, "available": 200,
            "shortBy": 1_000,
        });
        assert_eq!(written["figures"], expected);
        assert_eq!(
            (&written["reason"], &written["remedies"][0]),
            (&"not_enough_capacity".into(), &"wait".into())
        );

        let Figures::Money { limit, used, held, needed, available, short_by } = over_budget() else {
            panic!()
        };
        assert_eq!((limit, used, held, needed), (pounds(10_000), pounds(9_200), pounds(500), pounds(301)));
        assert_eq!((available, short_by), (pounds(300), pounds(1)));
    }

    #[test]
    fn g2_the_words_say_what_happened_with_figures_and_what_to_do() {
        let detail = |reason, figures| refusal(reason, figures).detail();
        assert_eq!(
            detail(Reason::AccountBudget, Some(over_budget())),
            "This production needs GBP 3.01; Travel has 3.00 of 100.00 left this month, 0.01 short. Nothing ran. Raise \
             the limit, buy capacity or wait until 2026-11-01T00:00:00Z."
        );
        assert_eq!(
            detail(Reason::NotEnoughCapacity, Some(out_of_tokens())),
            "This production needs 1200 tokens; Travel has 200 left, 1000 short. Nothing ran. Buy capacity or wait \
             until 2026-11-01T00:00:00Z."
        );
        assert!(detail(Reason::PriceUnknown, None).contains("the model of step voice-1 has no price"));
        assert!(detail(Reason::AccountNotActive, None).starts_with("Travel is not active"));
    }
}
