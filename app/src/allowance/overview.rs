//! Overview: what is left, what needs somebody, budgets and the newest productions.

use super::{LiveTokensLeft, server_fns::overview_figures, transcript::Transcript};
use crate::{
    budget::{BudgetView, Budgets},
    error::ErrorPage,
    frame::{Frame, FrameView},
    production::{LatestProductions, NeedsYou, ProductionView, RefusalView},
};
use leptos::prelude::*;
use leptos_meta::Title;
use serde::{Deserialize, Serialize};

/// All that Overview shows, true of one instant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OverviewView {
    /// Who is signed in, and what is left.
    pub frame: FrameView,
    /// The line of facts under the heading.
    pub facts: Vec<String>,
    /// The newest refusal of the month.
    pub refusal: Option<RefusalView>,
    /// The month of the budgets: `November`.
    pub month: String,
    /// The accounts with their limits.
    pub budgets: Vec<BudgetView>,
    /// The newest productions, newest first.
    pub productions: Vec<ProductionView>,
}

/// What a customer sees first.
#[component]
pub fn OverviewPage() -> impl IntoView {
    let overview = Resource::new_blocking(|| (), |()| overview_figures());
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                match overview.await {
                    Ok(overview) => view! { <OverviewContent overview /> }.into_any(),
                    Err(error) => view! { <ErrorPage error /> }.into_any(),
                }
            })}
        </Suspense>
    }
}

/// Overview of these figures.
#[component]
pub fn OverviewContent(
    /// What to show.
    overview: OverviewView,
) -> impl IntoView {
    let usage = overview.frame.usage.clone();
    let facts = overview.facts.into_iter().map(|fact| view! { <span>{fact}</span> }).collect_view();
    view! {
        <Title text="Overview" />
        <Frame frame=overview.frame path="/">
            <header class="page-header">
                <h1>"Overview"</h1>
                <p class="facts">{facts}</p>
            </header>
            <LiveTokensLeft initial=usage />
            {overview.refusal.map(|refusal| view! { <NeedsYou refusal /> })}
            <div class="columns">
                <LatestProductions productions=overview.productions />
                <Budgets month=overview.month budgets=overview.budgets />
            </div>
            <Transcript />
        </Frame>
    }
}

#[cfg(feature = "ssr")]
mod on_the_server {
    use super::{BudgetView, FrameView, OverviewView, ProductionView, RefusalView};
    use crate::{
        AppError,
        allowance::UsageView,
        format::{day, month},
    };
    use engine::{allowance::Overview, team::Member};

    impl OverviewView {
        /// What this member is shown.
        pub fn of(overview: &Overview, member: &Member) -> Result<Self, AppError> {
            let capacity = &overview.usage.capacity;
            let cycle = overview.usage.cycle_starts_at.zip(capacity.allowance.refreshes_at);
            let cycle = cycle.map(|(start, end)| format!("cycle {} – {}", day(start), day(end)));
            let budget = |account| BudgetView::of(account, capacity.as_of);
            Ok(Self {
                frame: FrameView {
                    person: member.name.clone(),
                    role: member.role.title().to_owned(),
                    customer: member.customer_name.clone(),
                    usage: UsageView::of(&overview.usage, member.role),
                },
                facts: [Some(member.customer_name.clone()), cycle].into_iter().flatten().collect(),
                refusal: overview.refusal.as_ref().map(|refusal| RefusalView::of(refusal, member.role)),
                month: month(capacity.as_of),
                budgets: overview.accounts.iter().map(budget).collect::<Result<_, _>>()?,
                productions: overview.productions.iter().map(ProductionView::of).collect(),
            })
        }
    }
}
