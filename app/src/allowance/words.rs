//! The banner's words: state, consequence, remedy, date, in that order.
//!
//! "When you reach about 75% of the monthly allowance with auto-top-up off, the banner prompts you to buy extra capacity so
//! productions don't stall mid-month." B1–B5, 5.13, 5.14: every state names the tokens left, and the extra capacity apart.

use super::usage::{KeyEntry, UsageView};
use crate::{
    format::{count, counted, day, instant, tokens},
    ui::{Fill, Place, Tape, Tone},
};
use billing::{
    allowance::{Banner, Capacity, banner::banner, banner::percent_used},
    team::Role,
    tokens::Tokens,
};
use engine::allowance::Usage;

/// What who may not spend the customer's money is told.
const ASK: &str = "Ask an administrator to buy capacity.";

impl UsageView {
    /// What somebody in this role is shown of this usage.
    #[must_use]
    pub fn of(usage: &Usage, role: Role) -> Self {
        let state = banner(&usage.capacity, &usage.settings);
        let (left, of) = tokens_left(&usage.capacity, state);
        let headline = headline(state, usage, &left);
        Self {
            state,
            tone: tone(state),
            advice: advice(state, usage, role),
            facts: facts(state, usage, &left, &of),
            headline,
            tape: tape(usage),
            left,
            of,
            key: key(&usage.capacity),
            pace: pace(usage),
            as_of: instant(usage.capacity.as_of),
        }
    }
}

const fn tone(state: Banner) -> Tone {
    match state {
        Banner::NothingLeft => Tone::Bad,
        Banner::Prompt | Banner::PromptOnExtra => Tone::Warn,
        Banner::OnExtra | Banner::AutoTopUp | Banner::Healthy => Tone::Calm,
    }
}

/// B5: the allowance while it lasts, else the extra capacity; never one sum of both.
fn tokens_left(capacity: &Capacity, state: Banner) -> (String, String) {
    let allowance = capacity.allowance;
    match state {
        Banner::OnExtra | Banner::PromptOnExtra => {
            (tokens(capacity.extra.left), "of extra capacity".to_owned())
        }
        _ if allowance.granted.is_zero() => {
            (tokens(allowance.left), "and no allowance this cycle".to_owned())
        }
        _ => (tokens(allowance.left), format!("of {}", tokens(allowance.granted))),
    }
}

fn headline(state: Banner, usage: &Usage, left: &str) -> String {
    match state {
        Banner::NothingLeft => "No tokens left".to_owned(),
        Banner::Prompt | Banner::PromptOnExtra => {
            let percent = percent_used(&usage.capacity.allowance).unwrap_or_default();
            format!("{percent}% of this month’s allowance is used")
        }
        Banner::OnExtra => format!("Running on extra capacity: {left} tokens left"),
        Banner::AutoTopUp | Banner::Healthy => format!("{left} tokens left"),
    }
}

fn advice(state: Banner, usage: &Usage, role: Role) -> Option<String> {
    let may_buy = role.may_manage_billing();
    let advice = match state {
        Banner::Prompt if may_buy => {
            "Buy extra capacity so that productions don’t stall mid-month; it is used after the allowance."
                .to_owned()
        }
        Banner::Prompt => ASK.to_owned(),
        Banner::PromptOnExtra => {
            let remedy = if may_buy { "Buy more before it is used up." } else { ASK };
            format!("Production now runs on extra capacity. {remedy}")
        }
        Banner::NothingLeft => nothing_left(usage, may_buy),
        Banner::OnExtra | Banner::AutoTopUp | Banner::Healthy => return None,
    };
    Some(advice)
}

/// Until when productions are refused, what still works, and whom to ask.
fn nothing_left(usage: &Usage, may_buy: bool) -> String {
    let date = usage.capacity.allowance.refreshes_at.map(day);
    let buying = may_buy.then(|| "you buy extra capacity".to_owned());
    let ends = [date, buying].into_iter().flatten().collect::<Vec<_>>().join(" or until ");
    let until = if ends.is_empty() { ends } else { format!(" until {ends}") };
    let running = match usage.running {
        0 => String::new(),
        1 => " The running one will finish.".to_owned(),
        running => format!(" The {} running will finish.", count(running)),
    };
    let ask = if may_buy { String::new() } else { format!(" {ASK}") };
    format!("New productions are refused{until}.{running}{ask}")
}

fn facts(state: Banner, usage: &Usage, left: &str, of: &str) -> Vec<String> {
    let Capacity { allowance, extra, overdrawn, .. } = &usage.capacity;
    let left = match state {
        Banner::Prompt | Banner::PromptOnExtra | Banner::NothingLeft => {
            Some(format!("{left} tokens left {of}"))
        }
        Banner::AutoTopUp | Banner::Healthy => Some(of.to_owned()),
        Banner::OnExtra => None,
    };
    let used_up = format!("none left of the allowance of {}", tokens(allowance.granted));
    let refresh = allowance.refreshes_at.map(|at| format!("refreshes {}", day(at)));
    let reserve = match state {
        Banner::OnExtra | Banner::PromptOnExtra => (!allowance.granted.is_zero()).then_some(used_up),
        _ if extra.left.is_zero() => Some("no extra capacity".to_owned()),
        _ => Some(format!("{} extra in reserve", tokens(extra.left))),
    };
    let held = held(usage);
    let owed = (!overdrawn.is_zero())
        .then(|| format!("{} overdrawn, taken from the next tokens", tokens(*overdrawn)));
    let automatic = (state == Banner::AutoTopUp).then(|| "auto-top-up on".to_owned());
    [left, reserve, refresh, Some(held), owed, automatic].into_iter().flatten().collect()
}

fn held(usage: &Usage) -> String {
    if usage.running == 0 {
        return "nothing held".to_owned();
    }
    let productions = counted(usage.running, "running production", "running productions");
    format!("{} held by {productions}", tokens(usage.capacity.held()))
}

/// The allowance, then the extra capacity, each as used, held, left; the notch and the playhead belong to the allowance.
fn tape(usage: &Usage) -> Tape {
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
    let named = key(&usage.capacity).into_iter().map(|entry| entry.text.to_lowercase()).collect::<Vec<_>>();
    let cycle = passed.map(|(passed, length)| {
        format!("; {}% of the cycle has passed", Place::of(passed, length).percent())
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

fn pace(usage: &Usage) -> Option<String> {
    let used = percent_used(&usage.capacity.allowance)?;
    let (passed, length) = passed(usage)?;
    let cycle = Place::of(passed, length).percent();
    Some(format!("{used}% of the allowance is used, {cycle}% of the cycle has passed"))
}

fn key(capacity: &Capacity) -> Vec<KeyEntry> {
    let entry = |fill, name, number| KeyEntry { fill, text: format!("{name} {}", tokens(number)) };
    vec![
        entry(Fill::Spent, "Spent", capacity.allowance.used),
        entry(Fill::Held, "Held", capacity.held()),
        entry(Fill::Left, "Left", capacity.allowance.left),
        entry(Fill::Extra, "Extra", capacity.extra.left),
    ]
}
