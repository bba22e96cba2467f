//! A receipt for a program: a row a step; for those who may see raw cost, a row a call.

use super::{
    receipt::{ReceiptView, StepView},
    receipt_calls::{COLUMNS, CallView},
};
use crate::sheet::Sheet;

impl ReceiptView {
    /// Its steps for a program. Where a step took several calls, the first row has the step's tokens, so that they add up.
    #[must_use]
    pub fn sheet(&self) -> Sheet {
        let mut columns = vec![
            "step",
            "name",
            "kind",
            "size",
            "tariff_line",
            "held",
            "used",
            "released",
            "from",
            "outcome",
        ];
        columns.extend(self.cost.as_ref().map(|_| "ai_cost"));
        let width = columns.len();
        let Some(calls) = &self.calls else {
            return Sheet { name: self.title.clone(), columns, rows: self.steps.iter().map(step).collect() };
        };
        columns.extend(COLUMNS);
        let mut rows = Vec::new();
        for of in &self.steps {
            let mut first = step(of);
            for call in calls.iter().filter(|call| call.step == of.step) {
                rows.push(first.into_iter().chain(call.cells()).collect());
                first = [of.step.clone(), of.name.clone()].into();
                first.resize(width, String::new());
            }
            if !calls.iter().any(|call: &CallView| call.step == of.step) {
                first.resize(columns.len(), String::new());
                rows.push(first);
            }
        }
        Sheet { name: self.title.clone(), columns, rows }
    }
}

fn step(step: &StepView) -> Vec<String> {
    let named = [&step.step, &step.name, &step.kind, &step.size, &step.line].map(Clone::clone);
    let rest = [step.from.join("; "), step.outcome.1.clone()];
    named.into_iter().chain(step.tokens.clone()).chain(rest).chain(step.cost.clone()).collect()
}
