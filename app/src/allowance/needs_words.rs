//! What waits for somebody, in words: state, consequence, remedy, date.

use super::{
    needs::{NeedAct, NeedView},
    words::{act, advice, headline, tokens_left, tone},
};
use crate::{
    budget::raise_words::may_raise, format::Format, production::RefusalView, reader::Reader,
    team::roster_words::request, ui::Tone,
};
use billing::{
    allowance::Banner,
    id::AccountId,
    money::Cost,
    refusal::Reason,
    team::{Permission, Scope},
    time::Timestamp,
};
use engine::{
    allowance::{Awaited, Need, Overview, Usage},
    customer::AccountLine,
    production::StandingRefusal,
    team::SeatRequest,
};

impl NeedView {
    /// What this reader is told of everything that waits.
    #[must_use]
    pub fn all(overview: &Overview, reader: &Reader) -> Vec<Self> {
        overview.needs.iter().filter_map(|need| Self::of(need, overview, reader)).collect()
    }

    fn of(need: &Need, overview: &Overview, reader: &Reader) -> Option<Self> {
        let account = |id: &AccountId| overview.accounts.iter().find(|line| line.id == *id);
        let at = overview.usage.capacity.as_of;
        match need {
            Need::Refused(refused) => Some(turned_away(refused, reader)),
            Need::Banner(state) => Some(behind(*state, &overview.usage, reader)),
            Need::Asked(asked) => Some(asked_for_more(asked, reader)),
            Need::LimitReached(id) => reached(account(id)?, at, reader),
            Need::Told(id) => told(account(id)?, reader),
            Need::AwaitsApproval(awaited) => Some(awaits(awaited, reader.format)),
            Need::ChoosePlan(ends_at) => Some(choose_plan(*ends_at, reader.format)),
            Need::OpenFirstAccount => Some(step(
                "Open your first account",
                "An account is a brand or channel that you produce for. Productions, budgets and figures belong to one.",
                ("/accounts/new", "Open an account"),
            )),
            Need::TakeTour => Some(step(
                "See how it works",
                "Four steps: what a tier gives, what a production takes, when the banner prompts, where the money goes.",
                ("/help", "Take the tour"),
            )),
        }
    }
}

fn choose_plan(ends_at: Option<Timestamp>, format: &Format) -> NeedView {
    let words = match ends_at {
        Some(ends_at) => format!(
            "You are on the free evaluation. What is left of its tokens ends on {}. Creator is free too and comes back each month.",
            format.minute(ends_at)
        ),
        None => "Your free evaluation has ended, and new productions are refused. Creator is free and starts at once.".to_owned(),
    };
    step("Choose a plan", &words, ("/plan", "See the plans"))
}

/// A step of the first run.
fn step(title: &str, words: &str, way: (&str, &str)) -> NeedView {
    NeedView {
        tone: Tone::Accent,
        title: title.to_owned(),
        words: words.to_owned(),
        since: None,
        figures: Vec::new(),
        way: Some((way.0.to_owned(), way.1.to_owned())),
        acts: Vec::new(),
    }
}

fn turned_away(refused: &StandingRefusal, reader: &Reader) -> NeedView {
    let line = &refused.newest;
    let view = RefusalView::of(line, reader);
    let others = match refused.others {
        0 => String::new(),
        others => {
            let others = reader.format.counted(others, "other production waits", "other productions wait");
            format!(" {others} for the same reason.")
        }
    };
    let raise = line.refusal.reason == Reason::AccountBudget && may_raise(line, reader);
    let way = if raise {
        (format!("{}#raise", view.page), "Raise this month’s limit".to_owned())
    } else {
        (view.page, "Figures and ways out".to_owned())
    };
    NeedView {
        tone: Tone::Bad,
        title: view.title,
        words: format!("{}{others}", view.detail),
        since: Some(view.refused_at),
        figures: view.figures,
        way: Some(way),
        acts: Vec::new(),
    }
}

/// Somebody asks for more: answered here, in one click.
fn asked_for_more(asked: &SeatRequest, reader: &Reader) -> NeedView {
    let view = request(asked, reader.format);
    let act = |answer: &str, words: String| NeedAct {
        action: "/act/answer-request".to_owned(),
        fields: vec![("request".to_owned(), view.id.clone()), ("answer".to_owned(), answer.to_owned())],
        words,
    };
    let said = view.said.as_ref().map(|said| format!(" “{said}”")).unwrap_or_default();
    NeedView {
        tone: Tone::Warn,
        acts: vec![act("granted", view.grant.clone()), act("declined", "Decline".to_owned())],
        title: view.title,
        words: format!("{}{said}", view.words),
        since: Some(view.asked),
        figures: Vec::new(),
        way: Some(("/team#requests".to_owned(), "See the team".to_owned())),
    }
}

/// A state that the banner does not show.
fn behind(state: Banner, usage: &Usage, reader: &Reader) -> NeedView {
    let (left, _) = tokens_left(&usage.capacity, state, reader.format);
    let see = matches!(state, Banner::NothingLeft | Banner::Prompt | Banner::PromptOnExtra)
        && reader.may(Permission::SeeUsage);
    let usage_page = || ("/usage".to_owned(), "See where tokens go".to_owned());
    NeedView {
        tone: tone(state),
        title: headline(state, usage, &left, reader.format),
        words: advice(state, usage, reader).unwrap_or_default(),
        since: None,
        figures: Vec::new(),
        way: act(state, reader).or_else(|| see.then(usage_page)),
        acts: Vec::new(),
    }
}

fn reached(account: &AccountLine, at: Timestamp, reader: &Reader) -> Option<NeedView> {
    let (budget, format) = (account.budget?, reader.format);
    let ends = format.minute(at.month().end());
    let held = held(account.held, format);
    let (ask, way) = to_limits(account, reader, "raise it");
    Some(NeedView {
        tone: Tone::Bad,
        title: format!("{} has reached its limit", account.name),
        words: format!(
            "{} of {} is spent{held}. New productions are refused until {ends} or until it is raised; running \
             productions finish.{ask}",
            format.cost(account.spent),
            format.cost(budget.limit)
        ),
        since: None,
        figures: Vec::new(),
        way: Some(way),
        acts: Vec::new(),
    })
}

fn told(account: &AccountLine, reader: &Reader) -> Option<NeedView> {
    let (at, format) = (account.told_at?, reader.format);
    let amount = format.money(account.limits.tell_at?);
    let spent = format.cost(account.spent);
    let left = match account.budget.map(|budget| (budget.limit, budget.available())) {
        Some((limit, Ok(left))) => {
            let (left, limit) = (format.cost(left), format.cost(limit));
            format!("{left} of {limit} is left{}.", held(account.held, format))
        }
        _ => "There is no limit.".to_owned(),
    };
    let (ask, way) = to_limits(account, reader, "change its limits");
    Some(NeedView {
        tone: Tone::Warn,
        title: format!("{} has spent {amount}", account.name),
        words: format!("{spent} is spent this month. {left}{ask}"),
        since: Some(format!("Reached {}.", format.minute(at))),
        figures: Vec::new(),
        way: Some(way),
        acts: Vec::new(),
    })
}

fn held(held: Cost, format: &Format) -> String {
    if held.micros() > 0 { format!(", {} is held", format.cost(held)) } else { String::new() }
}

/// Whom to ask, and where the limits stand.
fn to_limits(account: &AccountLine, reader: &Reader, act: &str) -> (String, (String, String)) {
    let scope = Scope::Account(reader.member.customer, account.id);
    if reader.member.may(Permission::SetAccountBudget, scope) {
        let address = format!("/accounts?edit={}#limits", account.id);
        return (String::new(), (address, "Edit limits".to_owned()));
    }
    (format!(" {}", reader.ask_to(act)), (format!("/accounts#{}", account.id), "See the account".to_owned()))
}

fn awaits(awaited: &Awaited, format: &Format) -> NeedView {
    let (one, others) = (format!("“{}”", awaited.title), awaited.others);
    let who = match others {
        0 => format!("{one} has"),
        others => format!("{one} and {} have", format.counted(others, "other", "others")),
    };
    NeedView {
        tone: Tone::Warn,
        title: "Awaiting approval".to_owned(),
        words: format!(
            "{who} awaited approval for days. Its tokens stay held until {}, when it expires.",
            format.minute(awaited.lapses_at)
        ),
        since: Some(format!("Last heard of {}.", format.minute(awaited.since))),
        figures: Vec::new(),
        way: Some((format!("/productions/{}", awaited.production), "Open it".to_owned())),
        acts: Vec::new(),
    }
}
