//! The page of a refusal in words and numbers.

use super::{
    refusal::{FigureView, RefusalView},
    refused::{RefusedView, Way, WayView},
};
use crate::{
    AppError,
    budget::RaiseForm,
    format::Format,
    frame::FrameView,
    reader::Reader,
    team::AskForMoreView,
    ui::{Figure, Fill, Place, Tape, Tone},
};
use billing::{
    Refusal,
    refusal::{Figures, Reason, Remedy},
    team::Permission,
    time::Timestamp,
};
use engine::{
    Engine,
    customer::AccountLine,
    production::{RefusalLine, Standing},
};

impl RefusedView {
    /// The refusal of this id, as this reader sees it.
    pub async fn load(engine: &Engine, id: &str, reader: &Reader) -> Result<Self, AppError> {
        let missing = |_| AppError::NotFound { what: "refusal".to_owned() };
        let line = engine.refusal(&reader.member, id.parse().map_err(missing)?).await?;
        let account = engine.account(reader.member.customer, line.account).await?;
        let usage = engine.usage(reader.member.customer).await?;
        let standing = engine.standing(&reader.member, &line, &usage, &account).await?;
        let raise = RaiseForm::load(&line, &account, usage.capacity.as_of, reader).await?;
        let frame = FrameView::of(&usage, engine.is_sandbox(), reader).with_notice().await?;
        let ask = AskForMoreView::load(engine, &line, standing == Standing::Stands, reader).await?;
        let mut view = Self::of(&line, &account, (standing, raise), frame, reader);
        if ask.as_ref().is_some_and(|ask| ask.may) {
            // It is asked right here: no other panel says so once more.
            view.ways.retain(|way| !matches!(way, Way::Words(way) if way.title.starts_with("Ask ")));
        }
        Ok(Self { ask, ..view })
    }

    /// This refusal, as this reader sees it.
    #[must_use]
    pub fn of(
        line: &RefusalLine,
        account: &AccountLine,
        (standing, raise): (Standing, Option<RaiseForm>),
        frame: FrameView,
        reader: &Reader,
    ) -> Self {
        let format = reader.format;
        let view = RefusalView::of(line, reader);
        let under = under(&line.refusal, format);
        let figures = view.figures.iter().zip(under);
        let figure = |(figure, under): (&FigureView, String)| Figure {
            name: figure.name.clone(),
            amount: figure.amount.clone(),
            under,
        };
        let mut figures: Vec<Figure> = figures.map(figure).collect();
        figures.extend(line.refusal.resets_at.map(|at| starts_again(&line.refusal, at, format)));
        Self {
            frame,
            facts: vec![account.name.clone(), format!("refused {}", format.minute(line.refused_at))],
            state: state(standing),
            over: over(line, account, standing, format),
            ask: None,
            tape: tape(&line.refusal, format),
            ways: if standing == Standing::Stands { ways(line, raise, reader) } else { Vec::new() },
            code: code(line.refusal.reason),
            reference: line.id.to_string(),
            figures,
            refusal: view,
        }
    }
}

/// The reason's word, as programs read it.
fn code(reason: Reason) -> String {
    let word = serde_json::to_value(reason).ok();
    word.as_ref().and_then(|word| word.as_str()).unwrap_or_default().to_owned()
}

/// The lines below needed, left, short by.
fn under(refusal: &Refusal, format: &Format) -> [String; 3] {
    match &refusal.figures {
        Some(Figures::Money { used, held, limit, short_by, .. }) => {
            let raised = limit.plus(*short_by).map_or_else(|_| "–".to_owned(), |limit| format.cost(limit));
            [
                "at the prices of that moment".to_owned(),
                format!("{} spent, {} held", format.cost(*used), format.cost(*held)),
                format!("limit would be {raised}"),
            ]
        }
        Some(Figures::Tokens { used, held, limit, .. }) => [
            "by the tariff".to_owned(),
            format!(
                "{} used, {} held of {}",
                format.tokens(*used),
                format.tokens(*held),
                format.tokens(*limit)
            ),
            "tokens".to_owned(),
        ],
        Some(Figures::Count { .. }) => {
            ["productions".to_owned(), "productions".to_owned(), "productions".to_owned()]
        }
        None => [String::new(), String::new(), String::new()],
    }
}

fn starts_again(refusal: &Refusal, at: Timestamp, format: &Format) -> Figure {
    let money = matches!(refusal.figures, Some(Figures::Money { .. }));
    let name = if money { "Month starts again" } else { "Refreshes" };
    Figure { name: name.to_owned(), amount: format.day(at), under: format.minute(at) }
}

/// Spent, held and left up to the limit, then what lies beyond it.
fn tape(refusal: &Refusal, format: &Format) -> Option<(Tape, [String; 2])> {
    let (amounts, [used, held, short, limit, needed]) = match &refusal.figures {
        Some(Figures::Money { used, held, available, short_by, limit, needed }) => (
            [used, held, available, short_by].map(|cost| cost.micros()),
            [used, held, short_by, limit, needed].map(|cost| format.cost(*cost)),
        ),
        Some(Figures::Tokens { used, held, available, short_by, limit, needed }) => (
            [used, held, available, short_by].map(|tokens| tokens.get()),
            [used, held, short_by, limit, needed].map(|tokens| format.tokens(*tokens)),
        ),
        Some(Figures::Count { .. }) | None => return None,
    };
    let fills = [Fill::Spent, Fill::Held, Fill::Left, Fill::Beyond];
    let parts: Vec<(Fill, i64)> = fills.into_iter().zip(amounts.map(|amount| amount.max(0))).collect();
    let whole: i128 = parts.iter().map(|(_, amount)| i128::from(*amount)).sum();
    let beyond = i128::from(amounts[3]);
    let tape = Tape {
        parts: Tape::parts(&parts),
        notch: None,
        limit: Some(Place::of(whole - beyond, whole)),
        head: None,
        label: format!("Limit {limit}; this production needs {needed}"),
    };
    let so_far = if amounts[1] == 0 { format!("Spent {used}") } else { format!("Spent {used}, held {held}") };
    Some((tape, [so_far, format!("Limit {limit}, this production {short} beyond it")]))
}

/// The ways out side by side. Buying becomes a panel of its own, beside [`Way::Raise`], where it can be done.
fn ways(line: &RefusalLine, mut raise: Option<RaiseForm>, reader: &Reader) -> Vec<Way> {
    let way = |remedy: &Remedy| match (remedy, raise.take()) {
        (Remedy::RaiseBudget, Some(form)) => Some(Way::Raise(Box::new(form))),
        (_, form) => {
            raise = form;
            in_words(*remedy, line, reader).map(Way::Words)
        }
    };
    line.refusal.remedies.iter().filter_map(way).collect()
}

fn in_words(remedy: Remedy, line: &RefusalLine, reader: &Reader) -> Option<WayView> {
    let title = RefusalView::way(remedy, &line.refusal, reader)?;
    let (words, act) = match remedy {
        Remedy::RaiseBudget => ("The production can then start, if it fits.", None),
        Remedy::BuyCapacity if line.refusal.reason == Reason::AccountBudget => (
            "It lifts the limit for this month by what you buy, and adds the tokens.",
            Some((format!("/buy?lift={}", line.account), "Choose a pack".to_owned())),
        ),
        Remedy::BuyCapacity => (
            "It is added to the balance and used after the allowance.",
            Some(("/buy".to_owned(), "Choose a pack".to_owned())),
        ),
        Remedy::Wait => ("Nothing has to be done; the pipeline may ask again then.", None),
        Remedy::PlanSmaller => (
            "See what fits before you ask.",
            Some(("/estimate".to_owned(), "Estimate a production".to_owned())),
        ),
        Remedy::ChangePlan => {
            ("A larger plan allows larger productions.", Some(("/plan".to_owned(), "See plans".to_owned())))
        }
        Remedy::SettlePayment => (
            "New productions start again once it is settled.",
            Some(("/invoices".to_owned(), "See what is to be paid".to_owned())),
        ),
        Remedy::ChooseAnotherModel => ("A model with a known price can be held against the limit.", None),
        Remedy::AskAdministrator => ("It is theirs to change.", None),
    };
    let may = |address: &str| {
        if address == "/estimate" { reader.may(Permission::Estimate) } else { reader.may_buy() }
    };
    let act = act.filter(|(address, _)| may(address));
    Some(WayView { title, words: words.to_owned(), act })
}

fn state(standing: Standing) -> (Tone, String) {
    let (tone, words) = match standing {
        Standing::Stands => (Tone::Bad, "Not started"),
        Standing::Fits => (Tone::Ok, "Not started; it may start now"),
        Standing::Admitted => (Tone::Ok, "Started later"),
    };
    (tone, words.to_owned())
}

/// What has become of a refusal that no longer stands.
fn over(line: &RefusalLine, account: &AccountLine, standing: Standing, format: &Format) -> Option<WayView> {
    let name = &account.name;
    match standing {
        Standing::Stands => None,
        Standing::Fits => Some(WayView {
            title: "The pipeline may ask again".to_owned(),
            words: match (line.refusal.reason, account.budget) {
                (Reason::AccountBudget, Some(budget)) => format!(
                    "{name} may spend {} this month, which is enough: the same production may start now.",
                    format.cost(budget.limit)
                ),
                (Reason::AccountBudget, None) => {
                    format!("{name} has no limit any longer: the same production may start now.")
                }
                _ => "What stood against it is gone: the same production may start now.".to_owned(),
            },
            act: None,
        }),
        Standing::Admitted => Some(WayView {
            title: "It has started since".to_owned(),
            words: "The pipeline asked again, and the production was admitted.".to_owned(),
            act: Some((format!("/productions/{}", line.production), "Open its receipt".to_owned())),
        }),
    }
}
