//! What a price book changes, in words and numbers.

use super::lists_table::ChangeRow;
use crate::{format::Format, tier::names::tier_words};
use billing::{
    pnl::diff::{BookChange, BookLine, BookValue, TierLine},
    production::Priority,
};

/// A line of the price book that is not what it was.
pub(super) fn book_row(change: &BookChange, format: &Format) -> ChangeRow {
    let (line, under) = line_words(change.line, format);
    let value = |value: Option<&BookValue>| value.map_or("not sold".to_owned(), |value| words(value, format));
    ChangeRow { line, under, before: value(change.before.as_ref()), after: value(change.after.as_ref()) }
}

fn line_words(line: BookLine, format: &Format) -> (String, Option<String>) {
    let evaluation = |of: &str| ("Free evaluation".to_owned(), Some(of.to_owned()));
    match line {
        BookLine::Tier(tier, line) => (tier_words(tier).to_owned(), Some(of_tier(line))),
        BookLine::Pack(tokens, currency) => {
            (format!("Pack of {} tokens", format.tokens(tokens)), Some(currency.to_string()))
        }
        BookLine::EvaluationTokens => evaluation("Tokens"),
        BookLine::EvaluationDays => evaluation("Days"),
        BookLine::Label => ("Label".to_owned(), None),
    }
}

fn of_tier(line: TierLine) -> String {
    let words = match line {
        TierLine::Allowance => "Tokens a month for each seat",
        TierLine::Monthly(currency) => return format!("A seat a month, {currency}"),
        TierLine::Annual(currency) => return format!("A seat for twelve months ahead, {currency}"),
        TierLine::Accounts => "Open accounts",
        TierLine::SeatsFrom => "Fewest seats",
        TierLine::BySeat => "More seats can be bought",
        TierLine::SelfServe => "Customers choose it themselves",
        TierLine::LargestProduction => "Tokens of the largest production",
        TierLine::Concurrency => "Productions of an account at once",
        TierLine::Priority => "Place in the queue",
    };
    words.to_owned()
}

fn words(value: &BookValue, format: &Format) -> String {
    let word = match value {
        BookValue::Tokens(tokens) => return format.tokens(*tokens),
        BookValue::Count(count) => return format.count(*count),
        BookValue::Price(price) => return format.money(*price),
        BookValue::Text(text) => return text.clone(),
        BookValue::Unlimited => "no limit",
        BookValue::Flag(true) => "yes",
        BookValue::Flag(false) => "no",
        BookValue::Priority(Priority::Standard) => "standard",
        BookValue::Priority(Priority::Priority) => "priority",
    };
    word.to_owned()
}
