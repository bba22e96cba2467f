//! The public prices in words.

use super::{
    PricingView,
    names::{billing_words, tier_words},
    offer_words::{PublishedPrices, SHOWN, billing_of, periods, price, whom},
    pricing::{PricingGroup, PricingHead, PricingRow},
};
use crate::{AppError, format::Format, request, ui::Choice};
use billing::{
    money::Currency,
    production::Priority,
    sample,
    tier::{BillingPeriod, Offer, PriceBook},
};
use engine::Engine;

impl PricingView {
    /// The prices of the book in force.
    pub async fn load(engine: &Engine, billing: &str, currency: &str) -> Result<Self, AppError> {
        let (billing, currency) = (billing_of(billing), currency.parse().unwrap_or(Currency::Gbp));
        let published = PublishedPrices::of_request()?;
        Ok(Self::of(&engine.price_book().await?, billing, currency, &published, request::format()))
    }

    /// These prices, in words.
    #[must_use]
    pub fn of(
        book: &PriceBook,
        billing: BillingPeriod,
        currency: Currency,
        published: &PublishedPrices,
        format: &Format,
    ) -> Self {
        let word = billing_words(billing);
        let offers: Vec<&Offer> = SHOWN.into_iter().filter_map(|tier| book.offer(tier)).collect();
        let currencies = Currency::ALL.map(|of| Choice {
            value: of.code().to_owned(),
            words: format!("{} {}", of.code(), format.symbol(of)),
            chosen: of == currency,
        });
        Self {
            periods: periods(billing, book, currency, |word| {
                format!("/pricing?billing={word}&currency={currency}")
            }),
            period: word.to_owned(),
            currencies: currencies.to_vec(),
            heads: offers.iter().map(|offer| head(offer, billing, currency, published, format)).collect(),
            groups: groups(book, &offers, currency, format),
            note: book.label.clone(),
            site: published.0.clone(),
        }
    }
}

fn head(
    offer: &Offer,
    billing: BillingPeriod,
    currency: Currency,
    published: &PublishedPrices,
    format: &Format,
) -> PricingHead {
    let (price, unit) = price(offer, billing, currency, format);
    let name = tier_words(offer.tier);
    let word = billing_words(billing);
    let act = if offer.self_serve {
        (format!("/plan?billing={word}&to={}", name.to_lowercase()), format!("Choose {name}"))
    } else {
        (published.0.clone(), "Talk to us".to_owned())
    };
    PricingHead { name: name.to_owned(), whom: whom(offer.tier).to_owned(), price, unit, act }
}

fn groups(book: &PriceBook, offers: &[&Offer], currency: Currency, format: &Format) -> Vec<PricingGroup> {
    let row = |name: &str, cell: &dyn Fn(&Offer) -> String| PricingRow {
        name: name.to_owned(),
        cells: offers.iter().map(|offer| cell(offer)).collect(),
    };
    let group = |name: &str, rows: Vec<PricingRow>| PricingGroup { name: name.to_owned(), rows };
    let yes = |_: &Offer| "Yes".to_owned();
    let pack =
        book.packs.iter().filter_map(|pack| pack.prices.of(currency)).min_by_key(|price| price.minor());
    let from = pack.map_or("–".to_owned(), |price| format!("from {}", format.money(price)));
    let short_video = sample::short_video_tokens().unwrap_or_default();
    let videos = |offer: &Offer| {
        let count = offer.allowance.get().checked_div(short_video.get()).unwrap_or_default();
        if offer.by_seat { format!("{} a seat", format.count(count)) } else { format.count(count) }
    };
    vec![
        group(
            "Capacity",
            vec![
                row("Tokens a month", &|offer| {
                    let tokens = format.tokens(offer.allowance);
                    if offer.by_seat { format!("{tokens} a seat, pooled") } else { tokens }
                }),
                row("Extra capacity", &|_| from.clone()),
            ],
        ),
        group(
            "Work",
            vec![
                row("Accounts", &|offer| {
                    offer.accounts.map_or("Unlimited".to_owned(), |count| format.count(count))
                }),
                row("Seats", &|offer| {
                    let seats = format.count(offer.seats_from);
                    if offer.by_seat { format!("From {seats}") } else { seats }
                }),
                row("Processing", &|offer| {
                    let first = offer.terms.priority == Priority::Priority;
                    if first { "Priority" } else { "Standard" }.to_owned()
                }),
                row("Productions at once, for each account", &|offer| {
                    offer.terms.concurrency.map_or("Any number".to_owned(), |count| format.count(count))
                }),
                row("Largest production", &|offer| {
                    offer
                        .terms
                        .largest_production
                        .map_or("Any".to_owned(), |most| format!("{} tokens", format.tokens(most)))
                }),
            ],
        ),
        group("Control", vec![row("Production budgets", &yes), row("Account and customer P&L", &yes)]),
        group(
            "What a month makes",
            vec![row(&format!("Standard short videos, {} tokens each", format.tokens(short_video)), &videos)],
        ),
    ]
}
