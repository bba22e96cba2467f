//! "A clear 'budget limit reached' message": the page of one refusal, with its figures and the ways out. G2–G4.

use super::{RefusalView, server_fns::refusal_page};
use crate::{
    frame::{Frame, FrameView, PageHeader, loaded},
    ui::{Figure, Figures, Tape, TapeMeter, Tone, ToneIcon, Transcript},
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use serde::{Deserialize, Serialize};

/// How a refusal is read, step by step.
const STEPS: [&str; 4] = [
    "A production is admitted whole or **refused up front**: nothing of it ran, and nothing was charged.",
    "The figures say what it **needed**, what was **left**, and by how much it was **short**.",
    "Take one of the **ways out**; the pipeline then asks again, and the same production may start.",
    "Every refusal is kept under **Usage → Turned away**.",
];

/// One way out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WayView {
    /// What to do.
    pub title: String,
    /// What follows from it.
    pub words: String,
    /// Where it is done, and what that is called.
    pub act: Option<(String, String)>,
}

/// The page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedView {
    /// What stands around it.
    pub frame: FrameView,
    /// The refusal.
    pub refusal: RefusalView,
    /// Account, and when.
    pub facts: Vec<String>,
    /// Needed, left, short by, and when it starts again.
    pub figures: Vec<Figure>,
    /// What stood against the limit; the part beyond it is what this production needed more.
    pub tape: Option<(Tape, [String; 2])>,
    /// The ways out, best first.
    pub ways: Vec<WayView>,
    /// The code of the reason.
    pub code: String,
    /// The refusal's id.
    pub reference: String,
}

/// One refusal.
#[component]
pub fn RefusedPage() -> impl IntoView {
    let id = use_params_map().get_untracked().get("refusal").unwrap_or_default();
    loaded(move || refusal_page(id.clone()), move |view| view! { <RefusedContent view /> })
}

/// The page of this refusal.
#[component]
pub fn RefusedContent(
    /// What to show.
    view: RefusedView,
) -> impl IntoView {
    let tape = view.tape.map(|(tape, [from, to])| {
        view! {
            <div class="beyond">
                <TapeMeter tape />
                <p class="beyond-words small muted">
                    <span>{from}</span>
                    <span>{to}</span>
                </p>
            </div>
        }
    });
    let ways = view.ways.into_iter().map(|way| {
        let act = way.act.map(|(address, words)| {
            view! {
                <a class="button" data-kind="primary" href=address>
                    {words}
                </a>
            }
        });
        view! {
            <li class="panel">
                <h3>{way.title}</h3>
                <p class="muted">{way.words}</p>
                {act}
            </li>
        }
    });
    let figures = (!view.figures.is_empty()).then(|| view! { <Figures figures=view.figures /> });
    view! {
        <Title text=view.refusal.title.clone() />
        <Frame frame=view.frame path="/usage">
            <p class="lead">
                <ToneIcon tone=Tone::Bad />
                "Not started"
            </p>
            <PageHeader title=view.refusal.title facts=view.facts />
            <p class="prose">{view.refusal.detail}</p>
            {figures}
            {tape}
            <section aria-labelledby="ways">
                <h2 id="ways">"Ways out"</h2>
                <ul class="ways-out">{ways.collect_view()}</ul>
            </section>
            <p class="facts small">
                <span>"Code " <code>{view.code}</code></span>
                <span>"Reference " <code>{view.reference}</code></span>
                <span>
                    <a href="/usage?by=refused">"All that was turned away"</a>
                </span>
            </p>
            <Transcript title="When a production is refused" steps=STEPS.to_vec() />
        </Frame>
    }
}

#[cfg(feature = "ssr")]
mod on_the_server {
    use super::{RefusalView, RefusedView, WayView};
    use crate::{
        AppError,
        format::Format,
        frame::FrameView,
        reader::Reader,
        ui::{Figure, Fill, Place, Tape},
    };
    use billing::{
        Refusal,
        refusal::{Figures, Reason, Remedy},
        team::{Permission, Scope},
        time::Timestamp,
    };
    use engine::{Engine, production::RefusalLine};

    impl RefusedView {
        /// The refusal of this id, as this reader sees it.
        pub async fn load(engine: &Engine, id: &str, reader: &Reader) -> Result<Self, AppError> {
            let missing = |_| AppError::NotFound { what: "refusal".to_owned() };
            let line = engine.refusal(&reader.member, id.parse().map_err(missing)?).await?;
            let account = engine.account(reader.member.customer, line.account).await?;
            let frame = FrameView::load(engine, reader).await?;
            Ok(Self::of(&line, &account.name, frame, reader))
        }

        /// This refusal, as this reader sees it.
        #[must_use]
        pub fn of(line: &RefusalLine, account: &str, frame: FrameView, reader: &Reader) -> Self {
            let format = reader.format;
            let view = RefusalView::of(line, reader);
            let under = under(&line.refusal, format);
            let figures = view.figures.iter().zip(under);
            let figure = |(figure, under): (&super::super::FigureView, String)| Figure {
                name: figure.name.clone(),
                amount: figure.amount.clone(),
                under,
            };
            let mut figures: Vec<Figure> = figures.map(figure).collect();
            figures.extend(line.refusal.resets_at.map(|at| starts_again(&line.refusal, at, format)));
            Self {
                frame,
                facts: vec![account.to_owned(), format!("refused {}", format.minute(line.refused_at))],
                tape: tape(&line.refusal, format),
                ways: line.refusal.remedies.iter().filter_map(|remedy| way(*remedy, line, reader)).collect(),
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
                let raised =
                    limit.plus(*short_by).map_or_else(|_| "–".to_owned(), |limit| format.cost(limit));
                [
                    "about, at today’s prices".to_owned(),
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
        let (used, held, left, short, limit, needed) = match &refusal.figures {
            Some(Figures::Money { used, held, available, short_by, limit, needed }) => (
                used.micros(),
                held.micros(),
                available.micros().max(0),
                short_by.micros(),
                format.cost(*limit),
                format.cost(*needed),
            ),
            Some(Figures::Tokens { used, held, available, short_by, limit, needed }) => (
                used.get(),
                held.get(),
                available.get(),
                short_by.get(),
                format.tokens(*limit),
                format.tokens(*needed),
            ),
            Some(Figures::Count { .. }) | None => return None,
        };
        let amounts = [(Fill::Spent, used), (Fill::Held, held), (Fill::Left, left), (Fill::Beyond, short)];
        let whole: i128 = amounts.iter().map(|(_, amount)| i128::from(*amount)).sum();
        let label = format!("Limit {limit}; this production needs {needed}");
        let tape = Tape {
            parts: Tape::parts(&amounts),
            notch: None,
            limit: Some(Place::of(whole - i128::from(short), whole)),
            head: None,
            label,
        };
        Some((tape, ["Used and held so far".to_owned(), format!("Limit {limit}, this production beyond it")]))
    }

    fn way(remedy: Remedy, line: &RefusalLine, reader: &Reader) -> Option<WayView> {
        let title = RefusalView::way(remedy, &line.refusal, reader)?;
        let scope = Scope::Account(reader.member.customer, line.account);
        let may_raise = reader.member.may(Permission::SetAccountBudget, scope);
        let (words, act) = match (remedy, line.refusal.reason) {
            (Remedy::RaiseBudget, Reason::AccountBudget) if may_raise => {
                let address = format!("/accounts?edit={}#limits", line.account);
                ("For this month only, or for every month.", Some((address, "Raise the limit".to_owned())))
            }
            (Remedy::RaiseBudget, _) => ("The production can then start, if it fits.", None),
            (Remedy::BuyCapacity, _) => ("It is added to the balance and used after the allowance.", None),
            (Remedy::Wait, _) => ("Nothing has to be done; the pipeline may ask again then.", None),
            (Remedy::PlanSmaller, _) => (
                "See what fits before you ask.",
                Some(("/estimate".to_owned(), "Estimate a production".to_owned())),
            ),
            (Remedy::ChangePlan, _) => ("A larger plan allows larger productions.", None),
            (Remedy::SettlePayment, _) => ("New productions start again once it is settled.", None),
            (Remedy::ChooseAnotherModel, _) => {
                ("A model with a known price can be held against the limit.", None)
            }
            (Remedy::AskAdministrator, _) => ("It is theirs to change.", None),
        };
        let act = act.filter(|(address, _)| address != "/estimate" || reader.may(Permission::Estimate));
        Some(WayView { title, words: words.to_owned(), act })
    }
}
