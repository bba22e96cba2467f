//! Automatic purchases in words: state, consequence, remedy, date.

use super::{
    AutoTopUpView, BoughtRow,
    automatic_forms::KeptTopUp,
    automatic_offer::{form, review},
};
use crate::{AppError, format::Format, frame::FrameView, reader::Reader, ui::Tone};
use billing::{
    customer::PaymentStanding,
    team::Permission,
    top_up::{AutoTopUp, AutoTopUpState, EndReason, PurchaseState},
};
use engine::{
    Engine,
    allowance::Usage,
    top_up::{AutoTopUpReport, PurchaseLine},
};

/// What somebody has to do before they can agree: what, where, and what the link says.
struct Missing(&'static str, &'static str, &'static str);

impl AutoTopUpView {
    /// How automatic purchases of this reader's customer stand.
    pub async fn load(engine: &Engine, reader: &Reader) -> Result<Self, AppError> {
        let report = engine.auto_top_up_report(&reader.member).await?;
        let usage = engine.usage(reader.member.customer).await?;
        let kept = KeptTopUp::take().await?;
        let frame = FrameView::of(&usage, engine.is_sandbox(), reader).with_notice().await?;
        Ok(Self::of(&report, &usage, kept, frame, reader))
    }

    /// This, as this reader sees it; with what they have typed.
    #[must_use]
    pub fn of(
        report: &AutoTopUpReport,
        usage: &Usage,
        kept: Option<KeptTopUp>,
        frame: FrameView,
        reader: &Reader,
    ) -> Self {
        let typed = kept.map(|kept| (kept.typed, kept.wrong));
        let may = reader.may_buy();
        let agreed = report.agreed.as_ref().map(|(agreed, _)| agreed);
        let state = agreed.map_or(AutoTopUpState::Off, |agreed| agreed.state);
        let holds = matches!(state, AutoTopUpState::On | AutoTopUpState::Paused);
        let missing = missing(report, usage).filter(|_| may);
        let fits = typed.as_ref().filter(|(_, wrong)| wrong.is_none() && may && missing.is_none());
        let fits = fits.and_then(|(typed, _)| Some((typed, typed.terms(report, reader).ok()?)));
        let review = fits.map(|(typed, (terms, pack))| review(typed, &terms, &pack, report, usage, reader));
        let form = (may && missing.is_none() && review.is_none()).then(|| form(report, state, typed, reader));
        let mut says = says(report, usage, reader);
        says.extend(missing.as_ref().map(|missing| missing.0.to_owned()));
        if !may && state != AutoTopUpState::On {
            says.push(reader.ask_to("turn it on"));
        }
        let remedy = missing.map(|Missing(_, address, words)| (address.to_owned(), words.to_owned()));
        Self {
            leads_back: may,
            facts: facts(report, reader.format),
            state: badge(state),
            says,
            remedy: remedy.or_else(|| pays_by_hand(report).filter(|_| may)),
            agreed: agreed
                .filter(|_| holds)
                .map(|agreed| terms_rows(agreed, report, reader))
                .unwrap_or_default(),
            may_turn_off: may && holds,
            form,
            review,
            history: reader
                .may(Permission::SeeInvoices)
                .then(|| report.purchases.iter().map(|line| bought(line, reader.format)).collect()),
            frame,
        }
    }
}

const fn is_outstanding(usage: &Usage) -> bool {
    !matches!(usage.settings.payment, PaymentStanding::Paid)
}

fn missing(report: &AutoTopUpReport, usage: &Usage) -> Option<Missing> {
    if is_outstanding(usage) {
        return Some(Missing("Settle what is outstanding first.", "/invoices", "See what is to be paid"));
    }
    if report.packs.is_empty() {
        let words = "Say first to whom invoices are made out: the country decides the tax.";
        return Some(Missing(words, "/billing-details", "Billing details"));
    }
    if report.card_was_declined {
        let words = "Buy a pack and pay it with another card: that card is kept. Then you can turn auto-top-up on again.";
        return Some(Missing(words, "/buy", "Buy a pack with another card"));
    }
    if report.card.is_none() {
        let words = "No card is known yet. Buy a pack first: the card that you pay it with is kept, and charged from then on.";
        return Some(Missing(words, "/buy", "Buy a pack"));
    }
    None
}

/// The purchase that its owner has to pay.
fn pays_by_hand(report: &AutoTopUpReport) -> Option<(String, String)> {
    let waiting = report.in_flight.as_ref().filter(|one| one.state == PurchaseState::NeedsOwner)?;
    Some((format!("/orders/{}", waiting.order), "Pay this purchase yourself".to_owned()))
}

fn facts(report: &AutoTopUpReport, format: &Format) -> Vec<String> {
    match &report.agreed {
        Some((_, by)) => vec![format!("Agreed by {} on {}", by.name, format.instant(by.at))],
        None => vec!["Buys a pack when few tokens are left, so that productions don’t stall".to_owned()],
    }
}

pub(super) fn badge(state: AutoTopUpState) -> (Tone, String) {
    let (tone, words) = match state {
        AutoTopUpState::On => (Tone::Ok, "On"),
        AutoTopUpState::Off => (Tone::Calm, "Off"),
        AutoTopUpState::Declined => (Tone::Bad, "Stopped: card declined"),
        AutoTopUpState::Paused => (Tone::Bad, "Paused"),
    };
    (tone, words.to_owned())
}

fn says(report: &AutoTopUpReport, usage: &Usage, reader: &Reader) -> Vec<String> {
    let format = reader.format;
    let Some((agreed, _)) = &report.agreed else {
        return vec!["Nothing is bought without you.".to_owned()];
    };
    let mut says = match agreed.state {
        AutoTopUpState::On => vec![format!(
            "The next pack is bought once fewer than {} tokens are left. Now {} are.",
            format.tokens(agreed.below),
            format.tokens(usage.capacity.left())
        )],
        AutoTopUpState::Paused => paused(report, format),
        AutoTopUpState::Declined | AutoTopUpState::Off => ended(report, format),
    };
    let waiting = report.in_flight.as_ref().filter(|one| one.state == PurchaseState::Waiting);
    says.extend(waiting.map(|one| being_charged(one, format)));
    if agreed.state == AutoTopUpState::On && waiting.is_none() && agreed.cap_is_reached() {
        says.push(format!(
            "This month’s cap has no room for another pack: nothing more is bought before {}. Until then, buy a pack yourself or agree to a higher cap.",
            format.day(report.as_of.month().end())
        ));
    }
    says
}

fn being_charged(purchase: &PurchaseLine, format: &Format) -> String {
    let total = format.money(purchase.total);
    if purchase.tries <= 1 && purchase.due_at <= purchase.made_at {
        return format!("A purchase of {total} is being charged.");
    }
    format!(
        "A purchase of {total} is pending: the payment provider has not answered yet. It is asked again at {}; you are charged once at most.",
        format.minute(purchase.due_at)
    )
}

fn paused(report: &AutoTopUpReport, format: &Format) -> Vec<String> {
    match report.in_flight.as_ref().filter(|one| one.state == PurchaseState::NeedsOwner) {
        Some(waiting) => vec![
            format!("Your bank asks you to confirm the purchase of {}. Nothing was charged.", format.money(waiting.total)),
            "Nothing more is bought by itself until you turn it on again, with this card or another one.".to_owned(),
        ],
        None => vec!["Your bank had asked for confirmation. Nothing more is bought by itself until you turn it on again.".to_owned()],
    }
}

/// Why it has ended.
fn ended(report: &AutoTopUpReport, format: &Format) -> Vec<String> {
    let Some(end) = &report.ended else { return Vec::new() };
    let on = format.instant(end.at);
    let name = end.name.clone().unwrap_or_else(|| "Somebody".to_owned());
    let words = match end.why {
        EndReason::TurnedOff | EndReason::Replaced => format!("{name} turned it off on {on}."),
        EndReason::Declined => format!("The card was declined on {on}. Nothing was charged."),
        EndReason::Overdue => format!("It stopped on {on}, because another payment had failed."),
        EndReason::Disputed => format!("It stopped on {on}, because a payment was disputed."),
        EndReason::PlanEnded => format!("It stopped on {on}, because the plan had ended."),
        EndReason::NotSold => format!("It stopped on {on}: the pack is no longer sold. Nothing was charged."),
        EndReason::DearerThanAgreed => {
            format!("It stopped on {on}: the pack costs more now than was agreed. Nothing was charged.")
        }
        EndReason::Unanswered => {
            format!(
                "It stopped on {on}: for three days nobody could say whether a purchase was paid. JARAI looks into it."
            )
        }
    };
    let then = if end.why == EndReason::Declined {
        "Nothing more is bought until the card changes."
    } else {
        "Nothing is bought without you."
    };
    vec![words, then.to_owned()]
}

fn terms_rows(agreed: &AutoTopUp, report: &AutoTopUpReport, reader: &Reader) -> Vec<(String, String)> {
    let format = reader.format;
    let mut rows = vec![
        ("Buys".to_owned(), format!("{} tokens", format.tokens(agreed.buys))),
        ("Once fewer are left than".to_owned(), format!("{} tokens", format.tokens(agreed.below))),
        ("One purchase, with tax, at most".to_owned(), format.money(agreed.once)),
        (
            format!("Spent in {}", format.month(report.as_of)),
            format!("{} of {}", format.money(agreed.spent), format.money(agreed.cap)),
        ),
    ];
    rows.extend(report.card.clone().map(|card| ("Charged to".to_owned(), card)));
    rows
}

fn bought(line: &PurchaseLine, format: &Format) -> BoughtRow {
    let (tone, words) = match line.state {
        PurchaseState::Paid => (Tone::Ok, "Paid"),
        PurchaseState::Waiting => (Tone::Warn, "Being charged"),
        PurchaseState::NeedsOwner => (Tone::Bad, "Bank asks you"),
        PurchaseState::Declined => (Tone::Bad, "Declined"),
        PurchaseState::Expired => (Tone::Calm, "Not paid"),
    };
    BoughtRow {
        when: format.instant(line.made_at),
        what: format!("{} tokens", format.tokens(line.tokens)),
        total: format.money(line.total),
        state: (tone, words.to_owned()),
        page: format!("/orders/{}", line.order),
    }
}
