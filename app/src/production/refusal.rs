//! A refusal on a page: what happened, the three figures, the ways out. The words of the gate, with numbers written for
//! people.

use crate::ui::{Tone, ToneIcon};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// One figure and its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FigureView {
    /// What it is.
    pub name: String,
    /// How much, with its unit.
    pub amount: String,
}

/// A production that was refused, as a page says it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusalView {
    /// The headline.
    pub title: String,
    /// Which production, why, and what became of it.
    pub detail: String,
    /// Needed, left, short by; none where no amount is the cause.
    pub figures: Vec<FigureView>,
    /// What helps, best first.
    pub remedies: Vec<String>,
    /// When it was refused.
    pub refused_at: String,
    /// The page of it.
    pub page: String,
}

/// What waits for somebody: the newest refusal.
#[component]
pub fn NeedsYou(
    /// The refusal.
    refusal: RefusalView,
) -> impl IntoView {
    let figure = |figure: FigureView| {
        view! {
            <div>
                <dt>{figure.name}</dt>
                <dd>{figure.amount}</dd>
            </div>
        }
    };
    let figures = (!refusal.figures.is_empty())
        .then(|| view! { <dl class="refusal-figures">{refusal.figures.into_iter().map(figure).collect_view()}</dl> });
    let remedies = refusal.remedies.into_iter().map(|remedy| view! { <li>{remedy}</li> }).collect_view();
    view! {
        <section class="needs-you" aria-labelledby="needs-you">
            <h2 id="needs-you">"Needs you"</h2>
            <div class="refusal">
                <div class="refusal-words">
                    <h3>
                        <ToneIcon tone=Tone::Bad />
                        {refusal.title}
                    </h3>
                    <p>{refusal.detail} " " <span class="muted">{refusal.refused_at}</span></p>
                    <p class="small">
                        <a href=refusal.page>"Figures and ways out"</a>
                    </p>
                    <div class="ways">
                        <h4>"What helps"</h4>
                        <ul class="facts">{remedies}</ul>
                    </div>
                </div>
                {figures}
            </div>
        </section>
    }
}

#[cfg(feature = "ssr")]
mod on_the_server {
    use super::{FigureView, RefusalView};
    use crate::{format::Format, reader::Reader};
    use billing::{
        Refusal,
        refusal::{Figures, Reason, Remedy},
    };
    use engine::production::RefusalLine;

    impl RefusalView {
        /// A refusal as this reader sees it.
        #[must_use]
        pub fn of(line: &RefusalLine, reader: &Reader) -> Self {
            let ways =
                line.refusal.remedies.iter().filter_map(|remedy| Self::way(*remedy, &line.refusal, reader));
            Self {
                title: line.refusal.title().to_owned(),
                detail: detail(line),
                figures: figures(&line.refusal, reader.format),
                page: format!("/refusals/{}", line.id),
                remedies: ways.collect(),
                refused_at: format!("Refused {}.", reader.format.minute(line.refused_at)),
            }
        }
    }

    impl RefusalView {
        /// Who may not spend the customer's money is told whom to ask; who may is told what to do.
        pub(crate) fn way(remedy: Remedy, refusal: &Refusal, reader: &Reader) -> Option<String> {
            let words = match (remedy, reader.may_buy()) {
                (Remedy::RaiseBudget, true) => "Raise this month’s limit",
                (Remedy::RaiseBudget, false) => "Ask an administrator to raise this month’s limit",
                (Remedy::BuyCapacity, true) => "Buy extra capacity",
                (Remedy::BuyCapacity, false) => "Ask an administrator to buy capacity",
                (Remedy::Wait, _) => match refusal.resets_at {
                    Some(at) => return Some(format!("Wait until {}", reader.format.minute(at))),
                    None if refusal.reason == Reason::Concurrency => "Wait until a production ends",
                    None => "Try again later",
                },
                (Remedy::AskAdministrator, false) => "Ask an administrator",
                (Remedy::AskAdministrator, true) if refusal.reason == Reason::AccountNotActive => {
                    "Activate the account"
                }
                (Remedy::AskAdministrator, true) => return None,
                (Remedy::PlanSmaller, _) => "Plan a smaller production",
                (Remedy::ChangePlan, true) => "Change to a plan that allows more",
                (Remedy::ChangePlan, false) => "Ask an administrator to change the plan",
                (Remedy::SettlePayment, true) => "Settle the payment",
                (Remedy::SettlePayment, false) => "Ask an administrator to settle the payment",
                (Remedy::ChooseAnotherModel, _) => "Choose another model for the step",
            };
            Some(words.to_owned())
        }
    }

    fn detail(line: &RefusalLine) -> String {
        let (title, scope) = (&line.title, line.refusal.scope.name());
        let why = match (line.refusal.reason, &line.refusal.step) {
            (Reason::AccountNotActive, _) => format!("{scope} is not active, so it starts no productions"),
            (Reason::PriceUnknown, Some(step)) => {
                format!("{scope} has a monthly limit and the model of step {step} has no price")
            }
            (Reason::PriceUnknown, None) => format!("{scope} has a monthly limit and a model has no price"),
            (Reason::KeyBudget | Reason::AccountBudget | Reason::CustomerBudget, _) => {
                format!("it does not fit this month’s limit of {scope}")
            }
            (Reason::Maintenance, _) => "the platform is closed for maintenance".to_owned(),
            (Reason::PaymentRequired, _) => format!("{scope} has a payment outstanding"),
            (Reason::ProductionTooLarge, _) => {
                format!("it needs more tokens than the plan of {scope} allows for one production")
            }
            (Reason::Concurrency, _) => format!("{scope} runs as many productions at once as it may"),
            (Reason::SeatCap, _) => format!("it does not fit the cap of {scope} in this cycle"),
            (Reason::NotEnoughCapacity, _) => format!("{scope} has too few tokens left"),
        };
        format!("“{title}” was not started: {why}. Nothing ran and nothing was charged.")
    }

    fn figures(refusal: &Refusal, format: &Format) -> Vec<FigureView> {
        let (tokens, cost) = (|count| format.tokens(count), |amount| format.cost(amount));
        let named = |names: [&str; 3], amounts: [String; 3]| {
            let figure = |(name, amount): (&str, String)| FigureView { name: name.to_owned(), amount };
            names.into_iter().zip(amounts).map(figure).collect()
        };
        match &refusal.figures {
            None => Vec::new(),
            Some(Figures::Tokens { needed, available, short_by, .. }) => named(
                ["Tokens needed", "Tokens left", "Short by"],
                [tokens(*needed), tokens(*available), tokens(*short_by)],
            ),
            Some(Figures::Count { limit, held, short_by, .. }) => named(
                ["Running", "May run at once", "Must end first"],
                [format.count(*held), format.count(*limit), format.count(*short_by)],
            ),
            Some(Figures::Money { limit, needed, available, short_by, .. }) => named(
                ["Needed, about", &format!("Left of {}", cost(*limit)), "Short by"],
                [cost(*needed), cost(*available), cost(*short_by)],
            ),
        }
    }
}
