//! What a change of plan comes to, in words.

use super::{
    CardView, PlanQuery, PreviewView,
    names::{billing_words, tier_words},
    offer_words::{PublishedPrices, includes, price, tier_of, whom},
    preview::PreviewAct,
};
use crate::{
    AppError,
    payment::{SummaryView, words::plan_words},
    reader::Reader,
};
use billing::{
    money::Money,
    payment::{TaxRule, Totals},
    team::Permission,
    tier::{BillingPeriod, Change, ChangeError, Effect, Offer, Plan, Subscription, Tier},
    time::Timestamp,
};
use engine::tier::PlanState;

/// What is asked about a plan.
pub(super) struct Asked<'a> {
    pub(super) state: &'a PlanState,
    pub(super) billing: BillingPeriod,
    pub(super) request: String,
    pub(super) at: Timestamp,
    pub(super) reader: &'a Reader,
    pub(super) published: PublishedPrices,
}

impl Asked<'_> {
    fn current(&self) -> Option<&Subscription> {
        self.state.subscription.as_ref().filter(|current| current.is_active())
    }

    /// The plan of a tier that a card leads to: as many seats as there are, or as are in use.
    fn plan(&self, offer: &Offer, seats: Option<u32>) -> Plan {
        let known = self
            .current()
            .filter(|current| current.plan.tier == offer.tier)
            .map(|current| current.plan.seats);
        let most = if offer.by_seat { u32::MAX } else { 1 };
        let used = if offer.by_seat { self.state.in_use.seats } else { 1 };
        let seats = seats.or(known).unwrap_or(used).clamp(offer.seats_from, most);
        Plan { tier: offer.tier, billing: self.billing, seats }
    }

    /// 5.24: whether the reader may set this tier up, or only sales.
    fn may_choose(&self, offer: &Offer) -> bool {
        offer.self_serve
            || self.current().is_some_and(|current| current.plan.tier == offer.tier)
            || self.reader.may(Permission::RunPlatform)
    }

    pub(super) fn card(&self, tier: Tier) -> Option<CardView> {
        let (format, book) = (self.reader.format, &self.state.book);
        let offer = book.offer(tier)?;
        let plan = self.plan(offer, None);
        let yours = self.current().is_some_and(|current| current.plan.tier == tier);
        let same = self.current().is_some_and(|current| current.plan == plan);
        let (price, unit) = price(offer, self.billing, self.state.currency, format);
        let (word, billing) = (tier_words(tier).to_lowercase(), billing_words(self.billing));
        let act = if !self.may_choose(offer) {
            Some((self.published.0.clone(), "Talk to us".to_owned()))
        } else if same && !offer.by_seat {
            None
        } else {
            let words =
                if same { "Change seats".to_owned() } else { format!("See {}, {billing}", tier_words(tier)) };
            Some((format!("/plan?billing={billing}&to={word}#preview"), words))
        };
        Some(CardView {
            name: tier_words(tier).to_owned(),
            whom: whom(tier).to_owned(),
            price,
            unit,
            includes: includes(offer, format),
            primary: tier == Tier::Pro && !same,
            yours,
            act,
        })
    }

    /// What was asked to be shown.
    pub(super) fn preview(
        &self,
        query: &PlanQuery,
        tax: Option<&TaxRule>,
    ) -> Result<Option<PreviewView>, AppError> {
        if let Some(current) = self.current()
            && matches!(query.to.as_str(), "pause" | "cancel")
        {
            return Ok(Some(self.leaving(current, &query.to)));
        }
        let Some(offer) = tier_of(&query.to).and_then(|tier| self.state.book.offer(tier)) else {
            return Ok(None);
        };
        if !self.may_choose(offer) {
            return Ok(None);
        }
        let to = self.plan(offer, query.seats.trim().parse().ok());
        let title = format!("Change to {}", plan_words(to, self.reader.format));
        let seats = offer.by_seat.then(|| {
            (
                tier_words(to.tier).to_lowercase(),
                billing_words(to.billing).to_owned(),
                offer.seats_from,
                to.seats,
            )
        });
        let nothing = PreviewView {
            title,
            says: String::new(),
            summary: None,
            follows: Vec::new(),
            act: None,
            seats,
            refused: None,
        };
        match self.state.change(to, self.at) {
            Ok(change) => self.change(&change, tax, nothing).map(Some),
            Err(ChangeError::Same) => {
                Ok(Some(PreviewView { says: "This is the plan that you have.".to_owned(), ..nothing }))
            }
            Err(error) => Ok(Some(PreviewView { refused: Some(refused(error)), ..nothing })),
        }
    }

    fn leaving(&self, current: &Subscription, word: &str) -> PreviewView {
        let format = self.reader.format;
        let on = format.date(current.term().until);
        let (title, says, button) = if word == "pause" {
            (
                "Pause the subscription",
                format!(
                    "It rests from {on} on: nothing is charged, no allowance is granted, and you can still use what you bought."
                ),
                format!("Pause on {on}"),
            )
        } else {
            (
                "Cancel the subscription",
                format!(
                    "It ends on {on}. Everything works until then. What you bought is kept, and can be used once you have a plan again."
                ),
                format!("Cancel on {on}"),
            )
        };
        let fields = [
            ("subscription", current.id.to_string()),
            ("next", word.to_owned()),
            ("shown", self.state.mark()),
        ];
        let fields = fields.map(|(name, value)| (name.to_owned(), value)).to_vec();
        PreviewView {
            title: title.to_owned(),
            says: format!("{says} It can be undone until then."),
            summary: None,
            follows: vec![
                ("Next charge".to_owned(), "none".to_owned()),
                ("Charged now".to_owned(), format.money(Money::zero(self.state.currency))),
            ],
            act: Some(PreviewAct { action: "/act/decide-plan".to_owned(), fields, words: button }),
            seats: None,
            refused: None,
        }
    }

    /// A8: the pool before and after, where another number of seats is looked at.
    fn pool(&self, change: &Change) -> (String, String) {
        let (format, after) = (self.reader.format, change.allowance);
        let seats = |current: &&Subscription| {
            current.plan.tier == change.to.tier && current.plan.seats != change.to.seats
        };
        match self.current().filter(seats) {
            Some(current) => {
                let words = format!("{} → {} tokens", format.tokens(current.allowance), format.tokens(after));
                ("Pool a cycle".to_owned(), words)
            }
            None => ("Tokens a cycle".to_owned(), format.tokens(after)),
        }
    }

    fn change(
        &self,
        change: &Change,
        tax: Option<&TaxRule>,
        nothing: PreviewView,
    ) -> Result<PreviewView, AppError> {
        let (format, currency) = (self.reader.format, self.state.currency);
        let (next_on, next_charge) = change.next_charge();
        let net = change.net()?;
        let charged = change.effect == Effect::AtOnce && net.minor() > 0;
        let follows = vec![
            (
                "Takes effect".to_owned(),
                if change.effect == Effect::AtOnce { "at once".to_owned() } else { format.date(change.on) },
            ),
            self.pool(change),
            ("Added at once".to_owned(), format!("{} tokens", format.tokens(change.grants_now))),
            (
                "Next charge".to_owned(),
                format!("{}, {} before tax", format.date(next_on), format.money(next_charge)),
            ),
        ];
        let says = match change.effect {
            Effect::AtTermEnd => {
                "The paid term runs to its end first: nothing is taken away and nothing is charged now. It can be undone until then."
            }
            Effect::AtOnce if charged => {
                "Days before today stay at the old price; from today on you pay the new one. This is what is charged."
            }
            Effect::AtOnce => "It starts at once and costs nothing now.",
        };
        if charged && tax.is_none() {
            let refused = (
                "Say first to whom invoices are made out: the country decides the tax.".to_owned(),
                "/billing-details".to_owned(),
                "Billing details".to_owned(),
            );
            return Ok(PreviewView { says: says.to_owned(), follows, refused: Some(refused), ..nothing });
        }
        let summary = match tax.filter(|_| charged) {
            Some(tax) => {
                let totals = Totals::of(&change.lines, tax, currency)?;
                Some((SummaryView::of(&change.lines, tax, &totals, "Total today", format), totals.total))
            }
            None => None,
        };
        let words = match (&summary, change.effect) {
            (Some((_, total)), _) => format!("Continue to payment, {}", format.money(*total)),
            (None, Effect::AtTermEnd) => format!("Change on {}", format.date(change.on)),
            (None, Effect::AtOnce) => format!("Start {}", plan_words(change.to, format)),
        };
        let fields = [
            ("tier", tier_words(change.to.tier).to_lowercase()),
            ("billing", billing_words(change.to.billing).to_owned()),
            ("seats", change.to.seats.to_string()),
            ("request", self.request.clone()),
            ("shown", self.state.mark()),
        ];
        let fields = fields.map(|(name, value)| (name.to_owned(), value)).to_vec();
        Ok(PreviewView {
            says: says.to_owned(),
            summary: summary.map(|(summary, _)| summary),
            follows,
            act: Some(PreviewAct { action: "/act/change-plan".to_owned(), fields, words }),
            ..nothing
        })
    }
}

/// Why a change cannot be made, and the way on.
fn refused(error: ChangeError) -> (String, String, String) {
    let why = format!("It cannot be changed: {error}. Nothing was changed.");
    match error {
        ChangeError::TooManyAccounts(..) => (why, "/accounts".to_owned(), "See your accounts".to_owned()),
        _ => (why, "/plan".to_owned(), "Back to your plan".to_owned()),
    }
}
