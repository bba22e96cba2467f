//! The banner's words: state, consequence, remedy, date, in that order.
//!
//! "When you reach about 75% of the monthly allowance with auto-top-up off, the banner prompts you to buy extra capacity so
//! productions don't stall mid-month." B1–B5, 5.13, 5.14: every state names the tokens left, and the extra capacity apart.

use super::usage::{KeyEntry, UsageView};
use crate::{
    format::Format,
    reader::Reader,
    ui::{Fill, Place, Tape, Tone},
};
use billing::{
    allowance::{Banner, Capacity, banner::banner, banner::percent_used},
    customer::{PaymentBlock, PaymentStanding},
    notice,
    tokens::Tokens,
    top_up::AutoTopUpState,
};
use engine::allowance::Usage;

/// What who may not spend the customer's money asks for.
const BUY: &str = "buy capacity";

impl UsageView {
    /// What this reader is shown of this usage.
    #[must_use]
    pub fn of(usage: &Usage, reader: &Reader) -> Self {
        let state = banner(&usage.capacity, &usage.settings);
        let format = reader.format;
        let (left, of) = tokens_left(&usage.capacity, state, format);
        let headline = headline(state, usage, &left, format);
        Self {
            state,
            tone: tone(state),
            advice: advice(state, usage, reader),
            act: act(state, reader),
            facts: facts(state, usage, &left, &of, format),
            headline,
            tape: tape(usage, format),
            left,
            of,
            key: key(&usage.capacity, format),
            pace: pace(usage, format),
            as_of: format.instant(usage.capacity.as_of),
        }
    }
}

pub(super) const fn tone(state: Banner) -> Tone {
    match state {
        Banner::PaymentOverdue | Banner::NothingLeft | Banner::AutoTopUpFailed => Tone::Bad,
        Banner::PaymentFailed | Banner::Prompt | Banner::PromptOnExtra => Tone::Warn,
        Banner::OnExtra | Banner::AutoTopUp | Banner::Healthy => Tone::Calm,
    }
}

/// What whoever may spend the customer's money does about it.
pub(super) fn act(state: Banner, reader: &Reader) -> Option<(String, String)> {
    let (address, words) = match state {
        Banner::PaymentOverdue | Banner::PaymentFailed => ("/invoices", "See what is to be paid"),
        Banner::AutoTopUpFailed => ("/buy/auto-top-up", "See what to do"),
        _ => ("/buy", "Buy capacity"),
    };
    reader.may_buy().then(|| (address.to_owned(), words.to_owned()))
}

/// B5: the allowance while it lasts, else the extra capacity; never one sum of both.
pub(super) fn tokens_left(capacity: &Capacity, state: Banner, format: &Format) -> (String, String) {
    let allowance = capacity.allowance;
    let on_extra = matches!(state, Banner::OnExtra | Banner::PromptOnExtra)
        || (allowance.left.is_zero() && !capacity.extra.left.is_zero());
    if on_extra {
        (format.tokens(capacity.extra.left), "of extra capacity".to_owned())
    } else if allowance.granted.is_zero() {
        (format.tokens(allowance.left), "and no allowance this cycle".to_owned())
    } else {
        (format.tokens(allowance.left), format!("of {}", format.tokens(allowance.granted)))
    }
}

pub(super) fn headline(state: Banner, usage: &Usage, left: &str, format: &Format) -> String {
    match state {
        Banner::PaymentOverdue => match usage.settings.payment {
            PaymentStanding::Blocked(PaymentBlock::DisputedDebt) => {
                "A disputed payment is outstanding".to_owned()
            }
            _ => notice::OVERDUE.to_owned(),
        },
        Banner::NothingLeft => "No tokens left".to_owned(),
        Banner::AutoTopUpFailed => match usage.settings.auto_top_up {
            AutoTopUpState::Paused => "Auto-top-up is paused: the bank asks for confirmation".to_owned(),
            _ => "Auto-top-up failed: card declined".to_owned(),
        },
        Banner::PaymentFailed => notice::PAYMENT_FAILED.to_owned(),
        Banner::Prompt | Banner::PromptOnExtra => {
            let percent = percent_used(&usage.capacity.allowance).unwrap_or_default();
            notice::used(&format.percent(percent))
        }
        Banner::OnExtra => format!("Running on extra capacity: {left} tokens left"),
        Banner::AutoTopUp | Banner::Healthy => format!("{left} tokens left"),
    }
}

pub(super) fn advice(state: Banner, usage: &Usage, reader: &Reader) -> Option<String> {
    let may_buy = reader.may_buy();
    let or_ask = |remedy: &str, act: &str| if may_buy { remedy.to_owned() } else { reader.ask_to(act) };
    Some(match state {
        Banner::PaymentOverdue => {
            let settle = or_ask(notice::SETTLE, "settle it");
            format!("{}{} {settle}", notice::REFUSED, running_finish(usage, reader.format))
        }
        Banner::NothingLeft => nothing_left(usage, reader),
        Banner::AutoTopUpFailed => {
            let change = match usage.settings.auto_top_up {
                AutoTopUpState::Paused => {
                    or_ask("Nothing more is bought until you turn it on again.", "turn it on again")
                }
                _ => or_ask("Nothing more is bought until the card changes.", "change the card"),
            };
            sentences([forecast(usage, reader.format), Some(change)])
        }
        Banner::PaymentFailed => {
            let until = match usage.settings.payment {
                PaymentStanding::InGrace { until } => Some(notice::works_until(&reader.format.day(until))),
                _ => None,
            };
            sentences([until, Some(or_ask(notice::SETTLE_BEFORE, "settle it before then"))])
        }
        Banner::Prompt => {
            let buy = or_ask(notice::BUY, BUY);
            sentences([forecast(usage, reader.format), Some(buy)])
        }
        Banner::PromptOnExtra => {
            let on_extra = "Production now runs on extra capacity.".to_owned();
            let buy = or_ask("Buy more before it is used up.", BUY);
            sentences([Some(on_extra), forecast(usage, reader.format), Some(buy)])
        }
        Banner::OnExtra | Banner::AutoTopUp | Banner::Healthy => return forecast(usage, reader.format),
    })
}

fn sentences<const N: usize>(all: [Option<String>; N]) -> String {
    all.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// B3: when it runs out at the pace of the last days, and how much too early that is.
fn forecast(usage: &Usage, format: &Format) -> Option<String> {
    let runs_out_at = usage.forecast?.runs_out_at;
    let days = usage.capacity.allowance.refreshes_at.map(|at| (at.day() - runs_out_at.day()).num_days());
    let early = match days.and_then(|days| u64::try_from(days).ok()) {
        None | Some(0) => String::new(),
        Some(days) => format!(", {} early", format.counted(days, "day", "days")),
    };
    Some(format!("At this pace it runs out on {}{early}.", format.day(runs_out_at)))
}

/// Until when productions are refused, what still works, and whom to ask.
fn nothing_left(usage: &Usage, reader: &Reader) -> String {
    let may_buy = reader.may_buy();
    let date = usage.capacity.allowance.refreshes_at.map(|at| reader.format.day(at));
    let buying = may_buy.then(|| "you buy extra capacity".to_owned());
    let ends = [date, buying].into_iter().flatten().collect::<Vec<_>>().join(" or until ");
    let until = if ends.is_empty() { ends } else { format!(" until {ends}") };
    let ask = if may_buy { String::new() } else { format!(" {}", reader.ask_to(BUY)) };
    format!("New productions are refused{until}.{}{ask}", running_finish(usage, reader.format))
}

/// What still works.
fn running_finish(usage: &Usage, format: &Format) -> String {
    match usage.running {
        0 => String::new(),
        1 => " The running one will finish.".to_owned(),
        running => format!(" The {} running will finish.", format.count(running)),
    }
}

fn facts(state: Banner, usage: &Usage, left: &str, of: &str, format: &Format) -> Vec<String> {
    let Capacity { allowance, extra, overdrawn, .. } = &usage.capacity;
    let left = match state {
        Banner::AutoTopUp | Banner::Healthy => Some(of.to_owned()),
        Banner::OnExtra => None,
        _ => Some(format!("{left} tokens left {of}")),
    };
    let used_up = format!("none left of the allowance of {}", format.tokens(allowance.granted));
    let refresh = allowance.refreshes_at.map(|at| format!("refreshes {}", format.day(at)));
    let on_extra = allowance.left.is_zero() && !extra.left.is_zero();
    let reserve = if on_extra {
        (!allowance.granted.is_zero()).then_some(used_up)
    } else {
        Some(notice::in_reserve(extra.left, &format.tokens(extra.left)))
    };
    let held = held(usage, format);
    let owed = (!overdrawn.is_zero())
        .then(|| format!("{} overdrawn, taken from the next tokens", format.tokens(*overdrawn)));
    [left, reserve, refresh, Some(held), owed, automatic(usage, format)].into_iter().flatten().collect()
}

/// What is bought without asking, and how much of the month's cap is left for it.
fn automatic(usage: &Usage, format: &Format) -> Option<String> {
    let agreed = usage.auto_top_up.filter(|agreed| agreed.state == AutoTopUpState::On)?;
    if agreed.cap_is_reached() {
        return Some(format!(
            "auto-top-up: this month’s cap of {} is reached, it buys again from {}",
            format.money(agreed.cap),
            format.day(usage.capacity.as_of.month().end())
        ));
    }
    let left = billing::money::Money::new(agreed.cap.minor() - agreed.spent.minor(), agreed.cap.currency());
    Some(format!(
        "auto-top-up on: buys {} below {}, {} of {} left this month",
        format.tokens(agreed.buys),
        format.tokens(agreed.below),
        format.money(left),
        format.money(agreed.cap)
    ))
}

fn held(usage: &Usage, format: &Format) -> String {
    if usage.running == 0 {
        return "nothing held".to_owned();
    }
    let productions = format.counted(usage.running, "running production", "running productions");
    format!("{} held by {productions}", format.tokens(usage.capacity.held()))
}

/// The allowance, then the extra capacity, each as used, held, left; the notch and the playhead belong to the allowance.
fn tape(usage: &Usage, format: &Format) -> Tape {
    let Capacity { allowance, extra, .. } = &usage.capacity;
    let granted = i128::from(allowance.granted.get());
    let whole = granted + i128::from(extra.held.get()) + i128::from(extra.left.get());
    let amount = |fill, tokens: Tokens| (fill, tokens.get());
    let parts = Tape::parts(&[
        amount(Fill::Spent, allowance.used),
        amount(Fill::Held, allowance.held),
        amount(Fill::Left, allowance.left),
        amount(Fill::Held, extra.held),
        amount(Fill::Extra, extra.left),
    ]);
    let has_allowance = granted > 0;
    let passed = passed(usage).filter(|_| has_allowance);
    let named =
        key(&usage.capacity, format).into_iter().map(|entry| entry.text.to_lowercase()).collect::<Vec<_>>();
    let cycle = passed.map(|(passed, length)| {
        let percent = Place::of(passed, length).percent();
        format!("; {} of the cycle has passed", format.percent(percent.into()))
    });
    Tape {
        notch: has_allowance
            .then(|| Place::of(granted * i128::from(usage.settings.threshold_percent), whole * 100)),
        limit: None,
        head: passed.map(|(passed, length)| Place::of(granted * passed, whole * length)),
        label: format!("Tokens: {}{}", named.join(", "), cycle.unwrap_or_default()),
        parts,
    }
}

/// How much of the cycle has passed, and how long it is, in microseconds.
fn passed(usage: &Usage) -> Option<(i128, i128)> {
    let (start, end) = (usage.cycle_starts_at?.micros(), usage.capacity.allowance.refreshes_at?.micros());
    let (passed, length) = (usage.capacity.as_of.micros() - start, end - start);
    (length > 0).then(|| (i128::from(passed.clamp(0, length)), i128::from(length)))
}

fn pace(usage: &Usage, format: &Format) -> Option<String> {
    let used = percent_used(&usage.capacity.allowance)?;
    let (passed, length) = passed(usage)?;
    let cycle = Place::of(passed, length).percent();
    let compared = format!(
        "{} of the allowance is used, {} of the cycle has passed",
        format.percent(used),
        format.percent(cycle.into())
    );
    let forecast = usage.forecast.filter(|_| !usage.capacity.left().is_zero());
    Some(match forecast {
        Some(forecast) => format!(
            "{compared}. Runs out on {} at {} tokens a day, the mean of {}",
            format.day(forecast.runs_out_at),
            format.tokens(forecast.per_day),
            format.counted(forecast.days.into(), "day", "days")
        ),
        None => compared,
    })
}

fn key(capacity: &Capacity, format: &Format) -> Vec<KeyEntry> {
    let entry = |fill, name, number| KeyEntry { fill, text: format!("{name} {}", format.tokens(number)) };
    vec![
        entry(Fill::Spent, "Spent", capacity.allowance.used),
        entry(Fill::Held, "Held", capacity.held()),
        entry(Fill::Left, "Left", capacity.allowance.left),
        entry(Fill::Extra, "Extra", capacity.extra.left),
    ]
}
