//! What of a P&L can be chosen, as links and as a form.

use super::{
    Asked, FiltersView, Statement, Whose,
    asked::{BASES, TABS},
    range::RANGES,
};
use crate::{production::on_the_server::account_choices, ui::Choice};
use billing::money::Currency;

/// The ranges, the views of revenue and the fields.
pub(super) fn filters(statement: &Statement) -> FiltersView {
    let asked = &statement.asked;
    let choice = |there: Asked, words: &str, chosen| Choice {
        value: there.address(asked.path()),
        words: words.to_owned(),
        chosen,
    };
    let range = |(word, words, of_platform): (&'static str, &str, &str)| {
        let words = if asked.whose == Whose::Platform { of_platform } else { words };
        choice(asked.with(|other| other.range = word), words, asked.range == word)
    };
    let basis =
        |(_, words, basis)| choice(asked.with(|other| other.basis = basis), words, asked.basis == basis);
    let currency = |currency: Currency| Choice {
        value: currency.code().to_owned(),
        words: currency.code().to_owned(),
        chosen: currency == statement.report.currency,
    };
    // What stands in a field of the form is said by the field. A production belongs to its account.
    let narrow = asked.whose == Whose::Platform || asked.production.is_some();
    let fields: &[&str] =
        if narrow { &["from", "to", "currency"] } else { &["from", "to", "currency", "account"] };
    let mut kept = asked.with(|_| {}).parts();
    kept.retain(|(name, _)| !fields.contains(name));
    FiltersView {
        ranges: RANGES.map(range).to_vec(),
        bases: BASES.map(basis).to_vec(),
        only: statement.step_name().map(|name| {
            (format!("Only the step {name}"), asked.at(|other| other.step = None).address(asked.path()))
        }),
        kept: kept.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        days: (asked.range == "custom")
            .then(|| (asked.days.start().to_string(), asked.days.end().to_string())),
        accounts: if narrow { Vec::new() } else { account_choices(&statement.accounts, asked.account) },
        currencies: Currency::ALL.map(currency).to_vec(),
    }
}

/// What can be added up.
pub(super) fn tabs(asked: &Asked) -> Vec<Choice> {
    let choice = |word: &'static str| {
        let there = asked.with(|other| other.by = word);
        let words = TABS.into_iter().find(|(known, ..)| *known == word).map_or(word, |(_, words, ..)| words);
        Choice { value: there.address(asked.path()), words: words.to_owned(), chosen: word == asked.by }
    };
    asked.tabs().map(choice).collect()
}
