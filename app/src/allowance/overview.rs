//! Overview: what is left, what needs somebody, budgets and the newest productions.

use super::{LiveTokensLeft, NeedView, NeedsYou, server_fns::overview_figures};
use crate::{
    budget::{BudgetView, Budgets},
    frame::{Frame, FrameView, PageHeader, loaded},
    production::{LatestProductions, ProductionsView},
    team::{OwnSeat, OwnSeatView},
    ui::{Chart, ChartView, Transcript},
};
use leptos::prelude::*;
use leptos_meta::Title;
use serde::{Deserialize, Serialize};

/// The handbook's four steps, word for word. X3.
pub const STEPS: [&str; 4] = [
    "Your tier sets a monthly token allowance (Creator / Pro / Atelier).",
    "Each AI step consumes tokens; the billing banner shows what’s left.",
    "At ~75% used (without auto-top-up) a banner prompts you to buy extra capacity.",
    "Track cost vs revenue on the Account P&L dashboard.",
];

/// All that Overview shows, true of one instant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OverviewView {
    /// Who is signed in, and what is left.
    pub frame: FrameView,
    /// The line of facts under the heading.
    pub facts: Vec<String>,
    /// Whether the reader may take the cycle's usage with them.
    pub export: bool,
    /// Whether they may estimate a production.
    pub estimate: bool,
    /// AI cost by day, for those who may see it and where there is any.
    pub cost: Option<ChartView>,
    /// What waits for somebody, most pressing first.
    pub needs: Vec<NeedView>,
    /// The reader's own use and cap, where they have a cap.
    pub seat: Option<OwnSeatView>,
    /// The month of the budgets: `November`.
    pub month: String,
    /// The accounts with their limits, for those who may see them.
    pub budgets: Option<Vec<BudgetView>>,
    /// The newest productions, newest first.
    pub productions: ProductionsView,
}

/// What a customer sees first.
#[component]
pub fn OverviewPage() -> impl IntoView {
    loaded(overview_figures, move |overview| view! { <OverviewContent overview /> })
}

/// Overview of these figures.
#[component]
pub fn OverviewContent(
    /// What to show.
    overview: OverviewView,
) -> impl IntoView {
    let usage = overview.frame.usage.clone();
    view! {
        <Title text="Overview" />
        <Frame frame=overview.frame path="/" full_banner=true>
            <PageHeader title="Overview" facts=overview.facts>
                {overview.export.then(|| view! { <a class="button" href="/usage.csv" download>"Export CSV"</a> })}
                {overview.estimate.then(estimate)}
            </PageHeader>
            <LiveTokensLeft initial=usage />
            <NeedsYou needs=overview.needs />
            {overview.seat.map(|seat| view! { <OwnSeat seat /> })}
            {overview.budgets.map(|budgets| {
                view! {
                    <div class="columns">
                        {overview.cost.map(|chart| view! { <section class="panel"><Chart chart /></section> })}
                        <Budgets month=overview.month budgets />
                    </div>
                }
            })}
            <LatestProductions productions=overview.productions />
            <Transcript title="Tokens, allowance & top-ups" steps=STEPS.to_vec() />
        </Frame>
    }
}

fn estimate() -> impl IntoView {
    view! {
        <a class="button" data-kind="primary" href="/estimate">
            "Estimate a production"
        </a>
    }
}

#[cfg(feature = "ssr")]
mod on_the_server {
    use super::{BudgetView, FrameView, NeedView, OverviewView, ProductionsView};
    use crate::{AppError, allowance::cost::cost_chart, reader::Reader, team::OwnSeatView};
    use billing::team::Permission;
    use engine::{Engine, allowance::Overview};

    impl OverviewView {
        /// What this reader is shown now, and what was done just before: a sign-in leads here.
        pub async fn load(engine: &Engine, reader: &Reader) -> Result<Self, AppError> {
            let view = Self::of(&engine.overview(&reader.member).await?, engine.is_sandbox(), reader)?;
            Ok(Self { frame: view.frame.with_notice().await?, ..view })
        }

        /// What this reader is shown.
        pub fn of(overview: &Overview, sandbox: bool, reader: &Reader) -> Result<Self, AppError> {
            let (capacity, format) = (&overview.usage.capacity, reader.format);
            let cycle = overview.usage.cycle_starts_at.zip(capacity.allowance.refreshes_at);
            let cycle =
                cycle.map(|(start, end)| format!("cycle {} – {}", format.day(start), format.day(end)));
            let budget = |account| BudgetView::of(account, capacity.as_of, format);
            let budgets = overview.accounts.iter().map(budget).collect::<Result<_, _>>()?;
            Ok(Self {
                frame: FrameView::of(&overview.usage, sandbox, reader),
                facts: [Some(reader.member.customer_name.clone()), cycle].into_iter().flatten().collect(),
                cost: cost_chart(&overview.cost, overview.days.clone(), reader)?,
                export: reader.may(Permission::SeeUsage),
                estimate: reader.may(Permission::Estimate),
                needs: NeedView::all(overview, reader),
                seat: overview.seat.as_ref().map(|seat| OwnSeatView::of(seat, capacity.as_of, format)),
                month: format.month(capacity.as_of),
                budgets: reader.may(Permission::SeeCost).then_some(budgets),
                productions: ProductionsView::of(&overview.productions, &overview.accounts, reader)?,
            })
        }
    }
}
