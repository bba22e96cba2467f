//! A refusal on a page: what happened, the three figures, the ways out. The words of the gate, with numbers written for
//! people.

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

#[cfg(feature = "ssr")]
mod on_the_server {
    use super::{FigureView, RefusalView};
    use crate::{format::Format, reader::Reader};
    use billing::{
        Refusal,
        refusal::{Figures, Reason, Remedy},
        team::Permission,
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
                detail: detail(line, reader.format),
                figures: figures(&line.refusal, reader.format),
                page: format!("/refusals/{}", line.id),
                remedies: ways.collect(),
                refused_at: format!("Refused {}.", reader.format.minute(line.refused_at)),
            }
        }
    }

    impl RefusalView {
        /// Who may do it is told what to do; who may not is told whom to ask.
        pub(crate) fn way(remedy: Remedy, refusal: &Refusal, reader: &Reader) -> Option<String> {
            let ask = |act: &str| Some(reader.ask_to(act).trim_end_matches('.').to_owned());
            let words = match (remedy, reader.may_buy()) {
                (Remedy::RaiseBudget, _) if reader.may(Permission::SetAccountBudget) => {
                    "Raise this month’s limit"
                }
                (Remedy::RaiseBudget, _) => return ask("raise this month’s limit"),
                (Remedy::BuyCapacity, true) => "Buy extra capacity",
                (Remedy::BuyCapacity, false) => return ask("buy capacity"),
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
                (Remedy::ChangePlan, false) => return ask("change the plan"),
                (Remedy::SettlePayment, _) if refusal.owed.is_some() => "Settle it with JARAI",
                (Remedy::SettlePayment, true) => "Settle the payment",
                (Remedy::SettlePayment, false) => return ask("settle the payment"),
                (Remedy::ChooseAnotherModel, _) => "Choose another model for the step",
            };
            Some(words.to_owned())
        }
    }

    fn detail(line: &RefusalLine, format: &Format) -> String {
        let (title, scope) = (&line.title, line.refusal.scope.name());
        if let Some(Figures::Money { limit, needed, available, .. }) = &line.refusal.figures {
            let [limit, needed, left] = [limit, needed, available].map(|cost| format.cost(*cost));
            return format!(
                "“{title}” needs about {needed} and {scope} has {left} of {limit} left this month. Nothing ran and \
                 nothing was charged. Running productions finish."
            );
        }
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
            (Reason::PaymentRequired, _) => match line.refusal.owed {
                Some(owed) => {
                    format!(
                        "{scope} owes {} for a disputed payment whose tokens were used",
                        format.money(owed)
                    )
                }
                None => format!("{scope} has a payment outstanding"),
            },
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
