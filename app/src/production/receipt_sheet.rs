//! A receipt for a program: a row a step; for those who may see raw cost, a row a call.

use super::{
    receipt::{ReceiptView, StepView},
    receipt_calls::CallView,
};
use crate::sheet::Sheet;

/// The names of a call's cells in a table for programs.
const COLUMNS: [&str; 16] = [
    "try",
    "verdict",
    "provider",
    "model",
    "raw_cost",
    "raw_currency",
    "price_version",
    "provider_per_euro",
    "customer_per_euro",
    "rates_on",
    "markup_version",
    "markup_percent",
    "call_cost",
    "call_currency",
    "unknown_because",
    "quoted",
];

impl CallView {
    /// Its cells, in the order of [`COLUMNS`].
    fn cells(&self) -> [String; 16] {
        let [provider_rate, customer_rate, rates_on] = self.rates.clone().unwrap_or_default();
        let [markup_version, markup] = self.markup.clone().unwrap_or_default();
        [
            self.number.clone(),
            self.verdict.clone(),
            self.provider.clone(),
            self.model.clone(),
            self.raw.clone().unwrap_or_default(),
            self.currency.clone(),
            self.price_version.clone().unwrap_or_default(),
            provider_rate,
            customer_rate,
            rates_on,
            markup_version,
            markup,
            self.charged.clone().unwrap_or_default(),
            self.customer_currency.clone(),
            self.charged.clone().err().unwrap_or_default(),
            self.quoted.to_string(),
        ]
    }
}

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
