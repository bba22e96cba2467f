//! A plan: the billable AI calls of one production, named by the pipeline. S1, 5.34.

use super::quantity::Quantity;
use crate::id::StepName;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// One billable AI call of a plan. Its retries share the name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// The pipeline's name of it.
    pub name: StepName,
    /// How much it is expected to take, and so its kind.
    pub quantity: Quantity,
    /// The model that is to run it; the kind's default model where there is none.
    pub model: Option<String>,
    /// The pipeline stage it belongs to (`"1"` … `"15"`, `"5b"`): what the P&L groups by.
    pub stage: Option<String>,
}

/// The steps of a production: 1 to 500, each name once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan(Vec<Step>);

/// Steps that are not a plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// No step, or more than 500.
    #[error("a plan has 1 to 500 steps")]
    Size,
    /// One name used twice.
    #[error("the step {1} is named twice")]
    NamedTwice(usize, StepName),
    /// More cached tokens than input tokens.
    #[error("cachedTokens is a part of inputTokens and cannot be more")]
    CachedBeyondInput(usize),
}

impl Plan {
    /// The most steps one production may have.
    pub const MAX_STEPS: usize = 500;

    /// A plan of these steps, in this order.
    pub fn new(steps: Vec<Step>) -> Result<Self, PlanError> {
        if steps.is_empty() || steps.len() > Self::MAX_STEPS {
            return Err(PlanError::Size);
        }
        let mut names = HashSet::new();
        for (index, step) in steps.iter().enumerate() {
            if !names.insert(&step.name) {
                return Err(PlanError::NamedTwice(index, step.name.clone()));
            }
            if !step.quantity.caches_within_input() {
                return Err(PlanError::CachedBeyondInput(index));
            }
        }
        Ok(Self(steps))
    }

    /// The steps, in the order of the plan.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::production::quantity::Count;

    #[test]
    fn a_plan_names_each_step_once() {
        let step = |name: &str| Step {
            name: name.parse().unwrap(),
            quantity: Quantity::Vision { images: Count::new(1).unwrap() },
            model: None,
            stage: None,
        };
        assert_eq!(Plan::new(vec![]), Err(PlanError::Size));
        assert_eq!(
            Plan::new(vec![step("a"), step("a")]),
            Err(PlanError::NamedTwice(1, "a".parse().unwrap()))
        );
        assert!(Plan::new((0..500).map(|n| step(&n.to_string())).collect()).is_ok());
        assert_eq!(Plan::new((0..501).map(|n| step(&n.to_string())).collect()), Err(PlanError::Size));
    }
}
