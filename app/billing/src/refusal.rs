//! One refusal, three voices: REST, page and log all speak this value. "A clear 'budget limit reached' message."

mod figures;
mod standing;

pub use figures::Figures;
pub use standing::Present;

use crate::{
    id::{AccountId, CustomerId, KeyId, PersonId, StepName},
    money::Money,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// Why a production was not admitted, in the gate's order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The platform is idle. K5.
    Maintenance,
    /// The customer is past the grace after a failed payment, or owes a disputed one.
    PaymentRequired,
    /// The account may not produce. H10.
    AccountNotActive,
    /// More tokens than the tier allows one production. T10.
    ProductionTooLarge,
    /// The account runs as many productions at once as it may. G5.
    Concurrency,
    /// The key's monthly limit.
    KeyBudget,
    /// A budget is set and a step's model has no price. 5.7.
    PriceUnknown,
    /// The account's monthly limit. G2.
    AccountBudget,
    /// The customer's monthly limit. G6.
    CustomerBudget,
    /// The member's cap in this cycle.
    SeatCap,
    /// Allowance and bought capacity together. 5.15.
    NotEnoughCapacity,
}

impl Reason {
    /// All of them, in the gate's order.
    pub const ALL: [Self; 11] = [
        Self::Maintenance,
        Self::PaymentRequired,
        Self::AccountNotActive,
        Self::ProductionTooLarge,
        Self::Concurrency,
        Self::KeyBudget,
        Self::PriceUnknown,
        Self::AccountBudget,
        Self::CustomerBudget,
        Self::SeatCap,
        Self::NotEnoughCapacity,
    ];
}

/// Whose limit it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Scope {
    /// Everybody: the platform itself.
    Platform,
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
    /// One key of the pipeline.
    Key {
        /// Which one.
        id: KeyId,
        /// Its name.
        name: String,
    },
    /// One member of the team, on a seat.
    Member {
        /// Which one.
        id: PersonId,
        /// Their name.
        name: String,
    },
}

impl Scope {
    /// The word for what kind of scope it is.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Platform => "platform",
            Self::Customer { .. } => "customer",
            Self::Account { .. } => "account",
            Self::Key { .. } => "key",
            Self::Member { .. } => "member",
        }
    }

    /// The name to show.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Platform => "The platform",
            Self::Customer { name, .. }
            | Self::Account { name, .. }
            | Self::Key { name, .. }
            | Self::Member { name, .. } => name,
        }
    }
}

/// What helps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remedy {
    /// Raise the limit.
    RaiseBudget,
    /// Buy extra capacity.
    BuyCapacity,
    /// Wait until the limit starts anew, or until something ends.
    Wait,
    /// Ask somebody who may change it.
    AskAdministrator,
    /// Plan the step with a model that has a price.
    ChooseAnotherModel,
    /// Plan a smaller production.
    PlanSmaller,
    /// Change to a tier that allows more.
    ChangePlan,
    /// Pay what is outstanding.
    SettlePayment,
}

/// A production that was not admitted. Nothing ran, nothing is held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Refusal {
    /// Why.
    pub reason: Reason,
    /// Whose limit.
    pub scope: Scope,
    /// By how much; none where no amount is the cause.
    pub figures: Option<Figures>,
    /// The step that is the cause, where one is.
    pub step: Option<StepName>,
    /// When the limit starts anew.
    pub resets_at: Option<Timestamp>,
    /// What helps, best first.
    pub remedies: Vec<Remedy>,
    /// I-37: what is owed for disputed payments, where that is the cause.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owed: Option<Money>,
}

impl Refusal {
    /// The headline: the handbook's words for every limit on capacity or money.
    #[must_use]
    pub const fn title(&self) -> &'static str {
        match self.reason {
            Reason::Maintenance => "Closed for maintenance",
            Reason::PaymentRequired => "Payment required",
            Reason::AccountNotActive => "Account not active",
            Reason::ProductionTooLarge => "Production too large",
            Reason::Concurrency => "Too many productions at once",
            Reason::KeyBudget
            | Reason::PriceUnknown
            | Reason::AccountBudget
            | Reason::CustomerBudget
            | Reason::SeatCap
            | Reason::NotEnoughCapacity => "Budget limit reached",
        }
    }

    /// What happened, with figures, and what to do: state, consequence, remedy, date.
    #[must_use]
    pub fn detail(&self) -> String {
        format!("{}. Nothing ran. {}.", self.cause(), self.ways_out())
    }

    /// What stands against the production.
    fn cause(&self) -> String {
        let name = self.scope.name();
        if let Some(owed) = self.owed {
            return format!(
                "{name} owes {} {owed} for a disputed payment whose tokens were used, so no new production starts until \
                 that is settled",
                owed.currency()
            );
        }
        match (&self.reason, &self.figures) {
            (Reason::Maintenance, _) => format!("{name} is idle for maintenance and starts no productions"),
            (Reason::PaymentRequired, _) => {
                format!("{name} has a payment outstanding, so no new production starts until it is settled")
            }
            (Reason::AccountNotActive, _) => format!("{name} is not active, so it starts no productions"),
            (Reason::PriceUnknown, _) => {
                let step = self.step.as_ref().map(ToString::to_string).unwrap_or_default();
                format!(
                    "{name} has a monthly limit and the model of step {step} has no price, so nobody can say whether \
                     the production fits"
                )
            }
            (Reason::ProductionTooLarge, Some(Figures::Tokens { limit, needed, short_by, .. })) => format!(
                "This production needs {needed} tokens; the plan of {name} allows {limit} for one, {short_by} fewer"
            ),
            (_, Some(Figures::Count { limit, held, .. })) => {
                format!("{name} runs {held} productions and may run {limit} at once")
            }
            (_, Some(Figures::Money { limit, needed, available, short_by, .. })) => format!(
                "This production needs {} {needed}; {name} has {available} of {limit} left this month, {short_by} short",
                limit.currency()
            ),
            (_, Some(Figures::Tokens { needed, available, short_by, .. })) => {
                format!(
                    "This production needs {needed} tokens; {name} has {available} left, {short_by} short"
                )
            }
            (_, None) => format!("{name} has reached its limit"),
        }
    }

    /// The remedies as one sentence.
    fn ways_out(&self) -> String {
        let mut ways: Vec<String> = self.remedies.iter().map(|remedy| self.way(*remedy)).collect();
        let last = ways.pop().unwrap_or_else(|| "ask an administrator".to_owned());
        let sentence = if ways.is_empty() { last } else { format!("{} or {last}", ways.join(", ")) };
        let mut letters = sentence.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
    }

    fn way(&self, remedy: Remedy) -> String {
        let words = match (remedy, self.resets_at) {
            (Remedy::Wait, Some(at)) => return format!("wait until {at}"),
            (Remedy::Wait, None) if self.reason == Reason::Concurrency => "wait until one ends",
            (Remedy::Wait, None) => "ask again later",
            (Remedy::RaiseBudget, _) => "raise the limit",
            (Remedy::BuyCapacity, _) => "buy capacity",
            (Remedy::AskAdministrator, _) => "ask an administrator",
            (Remedy::ChooseAnotherModel, _) => "choose another model for the step",
            (Remedy::PlanSmaller, _) => "plan a smaller production",
            (Remedy::ChangePlan, _) => "change to a plan that allows more",
            (Remedy::SettlePayment, _) if self.owed.is_some() => "settle it with JARAI",
            (Remedy::SettlePayment, _) => "settle the payment",
        };
        words.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        allowance::{Grant, Source},
        budget::Budget,
        id::GrantId,
        money::{Cost, Currency},
        tokens::Tokens,
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
        Refusal {
            reason,
            scope,
            figures,
            step,
            resets_at: Some(november()),
            remedies: vec![Remedy::BuyCapacity, Remedy::Wait],
            owed: None,
        }
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
            (&"not_enough_capacity".into(), &"buy_capacity".into())
        );

        let Figures::Money { limit, used, held, needed, available, short_by } = over_budget() else {
            panic!()
        };
        assert_eq!((limit, used, held, needed), (pounds(10_000), pounds(9_200), pounds(500), pounds(301)));
        assert_eq!((available, short_by), (pounds(300), pounds(1)));
    }

    #[test]
    fn i37_whoever_owes_for_a_dispute_is_told_how_much_and_with_whom_to_settle() {
        let remedies = vec![Remedy::SettlePayment];
        let owed = Some(Money::new(1_901, Currency::Gbp));
        let refused = Refusal { remedies, owed, ..refusal(Reason::PaymentRequired, None) };
        assert_eq!(
            refused.detail(),
            "Travel owes GBP 19.01 for a disputed payment whose tokens were used, so no new production starts until that \
             is settled. Nothing ran. Settle it with JARAI."
        );
        let general = Refusal { owed: None, ..refused.clone() };
        assert!(general.detail().starts_with("Travel has a payment outstanding"));
        assert_eq!(
            serde_json::to_value(&general).unwrap().get("owed"),
            None,
            "those of before are read as ever"
        );
        assert_eq!(refused.title(), general.title());
    }

    #[test]
    fn g5_waiting_ends_at_an_instant_or_with_a_production() {
        let ways = |reason, resets_at| Refusal { resets_at, ..refusal(reason, None) }.detail();
        assert!(ways(Reason::Concurrency, None).contains("wait until one ends"));
        assert!(ways(Reason::Maintenance, None).contains("ask again later"));
        assert!(ways(Reason::Concurrency, Some(november())).contains("wait until 2026-11-01T00:00:00Z"));
    }

    #[test]
    fn g2_the_words_say_what_happened_with_figures_and_what_to_do() {
        let detail = |reason, figures| refusal(reason, figures).detail();
        assert_eq!(
            detail(Reason::AccountBudget, Some(over_budget())),
            "This production needs GBP 3.01; Travel has 3.00 of 100.00 left this month, 0.01 short. Nothing ran. Buy \
             capacity or wait until 2026-11-01T00:00:00Z."
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
