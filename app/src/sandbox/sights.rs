//! Where each refusal, each state of a budget and each state of a production can be seen, with a button straight there.

use crate::ui::{Badge, Tape, TapeMeter, Tone};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Something that somebody sees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SightView {
    /// The state in a word or two.
    pub state: Option<(Tone, String)>,
    /// What it is.
    pub title: String,
    /// Whose, and the figures.
    pub facts: Vec<String>,
    /// Spent, held and left, of an account.
    pub tape: Option<Tape>,
    /// Who sees it: address and name.
    pub person: (String, String),
    /// The page on which they see it.
    pub page: String,
}

/// What is seen, of one sort.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sights {
    /// Its place on the page.
    pub id: String,
    /// What sort.
    pub title: String,
    /// What is to be known of all of them.
    pub words: String,
    /// All of them.
    pub rows: Vec<SightView>,
}

/// One sort, one below the other; each button signs in and leads to the page.
#[component]
pub(super) fn SightList(group: Sights, password: String) -> impl IntoView {
    let row = move |sight: SightView| {
        let (email, name) = sight.person;
        let facts = sight.facts.into_iter().map(|fact| view! { <span>{fact}</span> }).collect_view();
        view! {
            <li>
                <div class="sight">
                    <h3>
                        {sight.title.clone()} " " {sight.state.map(|(tone, text)| view! { <Badge tone text /> })}
                    </h3>
                    <p class="facts small">{facts}</p>
                    {sight.tape.map(|tape| view! { <TapeMeter tape /> })}
                </div>
                <form method="post" action="/act/sign-in">
                    <input type="hidden" name="email" value=email />
                    <input type="hidden" name="password" value=password.clone() />
                    <input type="hidden" name="next" value=sight.page />
                    <button class="button" type="submit">
                        "See it as " {name} <span class="unseen">": " {sight.title}</span>
                    </button>
                </form>
            </li>
        }
    };
    let (id, rows) = (group.id.clone(), group.rows.into_iter().map(row).collect_view());
    view! {
        <section class="sights" aria-labelledby=id>
            <h2 id=group.id>{group.title}</h2>
            <p class="prose muted">{group.words}</p>
            <ul>{rows}</ul>
        </section>
    }
}

#[cfg(feature = "ssr")]
mod on_the_server {
    use super::{SightView, Sights};
    use crate::{
        AppError,
        budget::BudgetView,
        format::Format,
        production::{ProductionsView, words::reason_words},
        reader::Reader,
    };
    use engine::{
        Engine,
        customer::AccountLine,
        production::{ListedProduction, RefusalLine},
        seed::{Shown, Sight},
        team::Member,
    };

    /// Sorts: place, heading, and what is to be known.
    const SORTS: [(&str, &str, &str); 3] = [
        (
            "refusals",
            "Refusals",
            "Every reason for which the gate turns a production away, in the gate’s order. Each is listed under Usage, \
             Turned away.",
        ),
        ("budgets", "Budgets", "Every state of a monthly limit, as it stands now."),
        (
            "productions",
            "Productions",
            "One in each state. Those that run lapse in time; one that was only admitted, after ten minutes.",
        ),
    ];

    impl Sights {
        /// All that these people are examples of.
        pub async fn load(
            engine: &Engine,
            people: &[Member],
            format: &'static Format,
        ) -> Result<Vec<Self>, AppError> {
            let mut groups = SORTS.map(|(id, title, words)| Self {
                id: id.to_owned(),
                title: title.to_owned(),
                words: words.to_owned(),
                rows: Vec::new(),
            });
            let [refusals, budgets, productions] = &mut groups;
            for Sight { member, shows } in engine.sights(people).await? {
                let reader = Reader { member, format };
                match shows {
                    Shown::Refusal(line) => refusals.rows.push(SightView::refusal(&line, &reader)),
                    Shown::Budget(says, line) => {
                        budgets.rows.push(SightView::budget(says, &line, engine, &reader)?);
                    }
                    Shown::Production(line) => {
                        let accounts = engine.accounts_of(&reader.member).await?;
                        productions.rows.push(SightView::production(&line, &accounts, &reader)?);
                    }
                }
            }
            Ok(groups.into())
        }
    }

    impl SightView {
        fn refusal(line: &RefusalLine, reader: &Reader) -> Self {
            Self {
                title: reason_words(line.refusal.reason).1,
                state: None,
                facts: vec![
                    line.title.clone(),
                    reader.member.customer_name.clone(),
                    reader.format.minute(line.refused_at),
                ],
                tape: None,
                person: person(&reader.member),
                page: format!("/refusals/{}", line.id),
            }
        }

        fn budget(
            says: &str,
            line: &AccountLine,
            engine: &Engine,
            reader: &Reader,
        ) -> Result<Self, AppError> {
            let budget = BudgetView::of(line, engine.now(), reader.format)?;
            let spent = format!("{} spent", budget.spent);
            let mut facts = vec![budget.account, reader.member.customer_name.clone(), spent, budget.limit];
            facts.extend(budget.facts);
            Ok(Self {
                title: says.to_owned(),
                state: budget.notice,
                facts,
                tape: Some(budget.tape),
                person: person(&reader.member),
                page: format!("/accounts?edit={}#{}", line.id, line.id),
            })
        }

        fn production(
            line: &ListedProduction,
            accounts: &[AccountLine],
            reader: &Reader,
        ) -> Result<Self, AppError> {
            let listed = ProductionsView::of(std::slice::from_ref(line), accounts, reader)?;
            let row = listed.rows.into_iter().next();
            let (account, state) = row.map(|row| (row.account, row.status)).unzip();
            let customer = Some(reader.member.customer_name.clone());
            Ok(Self {
                title: line.title.clone(),
                state,
                facts: account.into_iter().chain(customer).collect(),
                tape: None,
                person: person(&reader.member),
                page: format!("/productions/{}", line.production),
            })
        }
    }

    fn person(member: &Member) -> (String, String) {
        (member.email.clone(), member.name.clone())
    }
}
