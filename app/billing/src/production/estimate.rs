//! What a plan would take: tokens by the tariff, money by the models' prices. The estimate in the browser and the one at
//! the gate are this function.

use super::plan::Plan;
use crate::{
    allowance::{Tariff, TariffError},
    id::StepName,
    money::{Cost, Currency, MoneyError},
    pnl::{CallCost, Catalog, CostBasis},
    time::Timestamp,
    tokens::{OutOfRange, Tokens},
};
use serde::{Deserialize, Serialize};

/// One step of an estimate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EstimateLine {
    /// The step.
    pub step: StepName,
    /// What its success takes from the allowance.
    pub tokens: Tokens,
    /// What it is expected to cost the customer; none where its model has no price.
    pub money: Option<Cost>,
    /// The prices, rates and markup that the money was computed by.
    pub basis: Option<CostBasis>,
}

/// What a plan would take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Estimate {
    /// By which tariff.
    pub tariff_version: i64,
    /// All tokens.
    pub tokens: Tokens,
    /// All money that is known.
    pub money: Cost,
    /// Step by step, in the order of the plan.
    pub lines: Vec<EstimateLine>,
}

/// A plan that cannot be estimated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EstimateError {
    /// The tariff has no price for a step.
    #[error(transparent)]
    Tariff(#[from] TariffError),
    /// A sum does not fit.
    #[error(transparent)]
    OutOfRange(#[from] OutOfRange),
    /// A sum of money does not fit.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

impl Estimate {
    /// Prices a plan by the versions in force at `at`, in the customer's currency.
    pub fn of(
        plan: &Plan,
        tariff: &Tariff,
        catalog: &Catalog,
        currency: Currency,
        at: Timestamp,
    ) -> Result<Self, EstimateError> {
        let (mut tokens, mut money) = (Tokens::ZERO, Cost::zero(currency));
        let mut lines = Vec::with_capacity(plan.steps().len());
        for step in plan.steps() {
            let cost = catalog.call_cost(&step.quantity, step.model.as_deref(), currency, at);
            let (known, basis) = match cost {
                CallCost::Known(known) => (Some(known.charged), Some(known.basis)),
                CallCost::Unknown(_) => (None, None),
            };
            let line = EstimateLine {
                step: step.name.clone(),
                tokens: tariff.tokens(&step.quantity)?,
                money: known,
                basis,
            };
            tokens = tokens.plus(line.tokens)?;
            money = money.plus(line.money.unwrap_or(Cost::zero(currency)))?;
            lines.push(line);
        }
        Ok(Self { tariff_version: tariff.version, tokens, money, lines })
    }

    /// The first step whose money is not known.
    #[must_use]
    pub fn unpriced(&self) -> Option<&StepName> {
        self.lines.iter().find(|line| line.money.is_none()).map(|line| &line.step)
    }
}
