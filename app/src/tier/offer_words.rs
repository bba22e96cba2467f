//! Tiers and what they cost, in words: what the plan's page and the public one have in common.

use super::names::{billing_words, tier_words};
use crate::{AppError, format::Format, ui::Choice};
use billing::{
    money::Currency,
    production::Priority,
    tier::{BillingPeriod, Offer, PriceBook, Tier},
};
use leptos::prelude::use_context;

/// T8: where JARAI publishes the prices that hold today; the server provides it.
#[derive(Clone, Debug)]
pub struct PublishedPrices(pub String);

impl PublishedPrices {
    /// Of this installation.
    pub(super) fn of_request() -> Result<Self, AppError> {
        use_context().ok_or_else(|| AppError::unavailable(&"no address of published prices in the context"))
    }
}

/// The tiers that are shown side by side.
pub(super) const SHOWN: [Tier; 3] = [Tier::Creator, Tier::Pro, Tier::Atelier];

pub(super) fn billing_of(word: &str) -> BillingPeriod {
    if word == "annual" { BillingPeriod::Annual } else { BillingPeriod::Monthly }
}

pub(super) fn tier_of(word: &str) -> Option<Tier> {
    SHOWN.into_iter().find(|tier| tier_words(*tier).eq_ignore_ascii_case(word))
}

pub(super) fn whom(tier: Tier) -> &'static str {
    match tier {
        Tier::Creator => "Individuals getting started",
        Tier::Pro => "Regular producers",
        Tier::Atelier => "Teams",
        Tier::Evaluation | Tier::Enterprise => "",
    }
}

/// What a tier costs a month, and what that is for.
pub(super) fn price(
    offer: &Offer,
    billing: BillingPeriod,
    currency: Currency,
    format: &Format,
) -> (String, String) {
    let Some(month) = offer.seat_price_a_month(billing, currency) else {
        return ("–".to_owned(), String::new());
    };
    let seat = if offer.by_seat { "a seat a month" } else { "a month" };
    let unit = match offer.seat_price(billing, currency) {
        Some(price) if price.minor() == 0 => format!("{seat}, no card needed"),
        Some(price) if billing == BillingPeriod::Annual => {
            format!("{seat}, {} billed yearly", format.money(price))
        }
        _ => seat.to_owned(),
    };
    (format.money(month), unit)
}

/// By month or by year; T7: what a year saves at least, whichever tier it is.
pub(super) fn periods(
    chosen: BillingPeriod,
    book: &PriceBook,
    currency: Currency,
    address: impl Fn(&str) -> String,
) -> Vec<Choice> {
    let saving = SHOWN.into_iter().filter_map(|tier| book.offer(tier)?.saving(currency)).min();
    let annual = saving.map_or("Annual".to_owned(), |percent| format!("Annual, save {percent}%"));
    [("Monthly".to_owned(), BillingPeriod::Monthly), (annual, BillingPeriod::Annual)]
        .map(|(words, of)| Choice { value: address(billing_words(of)), words, chosen: of == chosen })
        .to_vec()
}

/// What a tier includes, line by line.
pub(super) fn includes(offer: &Offer, format: &Format) -> Vec<String> {
    let tokens = format.tokens(offer.allowance);
    let accounts = match offer.accounts {
        Some(accounts) => format.counted(accounts.into(), "account", "accounts"),
        None => "Unlimited accounts".to_owned(),
    };
    let mut lines = if offer.by_seat {
        vec![
            format!("{tokens} tokens a seat, pooled"),
            format!("From {} seats, team billing", format.count(offer.seats_from)),
        ]
    } else {
        vec![format!("{tokens} tokens a month")]
    };
    lines.push(accounts);
    if offer.terms.priority == Priority::Priority {
        lines.push("Priority processing".to_owned());
    }
    lines
}
