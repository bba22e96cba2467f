//! Lines, plans and taxes in words.

use super::summary::{SummaryLine, SummaryView};
use crate::{
    format::Format,
    tier::names::{billing_words, tier_words},
};
use billing::{
    payment::{Item, Line, TaxRule, Totals},
    tier::Plan,
};

/// A plan: `Pro, monthly`, `Atelier, annual, 5 seats`.
#[must_use]
pub fn plan_words(plan: Plan, format: &Format) -> String {
    let seats = if plan.seats > 1 {
        format!(", {}", format.counted(plan.seats.into(), "seat", "seats"))
    } else {
        String::new()
    };
    format!("{}, {}{seats}", tier_words(plan.tier), billing_words(plan.billing))
}

/// What a line is for.
#[must_use]
pub fn item_words(item: Item, format: &Format) -> String {
    match item {
        Item::Plan(plan) => plan_words(plan, format),
        Item::Unused(plan) => format!("Days of {} that are given back", plan_words(plan, format)),
        Item::Pack(tokens) => format!("{} tokens", format.tokens(tokens)),
    }
}

/// The days of a line, as far as it has any; the last one is the last that it is for.
#[must_use]
pub fn days_words(line: &Line, format: &Format) -> String {
    if line.from >= line.until {
        return format.date(line.from);
    }
    let last = line.until.pred_opt().unwrap_or(line.until);
    let days = u64::try_from((line.until - line.from).num_days()).unwrap_or_default();
    format!("{} – {}, {}", format.date(line.from), format.date(last), format.counted(days, "day", "days"))
}

/// `VAT 20%`.
#[must_use]
pub fn tax_words(tax: &TaxRule, format: &Format) -> String {
    if tax.basis_points % 100 == 0 {
        format!("{} {}", tax.name, format.percent(tax.basis_points / 100))
    } else {
        format!("{} {}", tax.name, format.tenths((tax.basis_points / 10).into()))
    }
}

impl SummaryView {
    /// Lines and what they come to; `total` is what the last line is called.
    #[must_use]
    pub fn of(lines: &[Line], tax: &TaxRule, totals: &Totals, total: &str, format: &Format) -> Self {
        let line = |line: &Line| SummaryLine {
            what: item_words(line.item, format),
            under: if line.from < line.until { days_words(line, format) } else { String::new() },
            amount: format.money(line.amount),
        };
        Self {
            lines: lines.iter().map(line).collect(),
            net: format.money(totals.net),
            tax: (tax_words(tax, format), format.money(totals.tax)),
            total: (total.to_owned(), format.money(totals.total)),
        }
    }
}
