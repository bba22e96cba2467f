//! The page of a P&L, whoever's it is.

use super::{
    Coverage, CoverageView, PnlPageQuery, PnlTable, PnlTableView, PositionView,
    server_fns::{platform_pnl_page, pnl_page},
};
use crate::{
    frame::{Frame, FrameView, PageHeader, loaded},
    ui::{Chart, ChartView, Choice, Figure, Figures, Segments, Select, Stop, Tabs, Trail, Transcript},
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

/// How a P&L is read, step by step.
const STEPS: [&str; 4] = [
    "Choose a **range** and whether revenue counts as it is **recognised** or as it is **invoiced**. Each figure says how it changed since as many days before.",
    "**What drives the cost** ranks accounts, productions, steps and models; the dearest stand on top, and a column’s name sorts by it.",
    "Follow a name **down**: from the customer to an account, to a production, to its steps and its receipt. Each level sums to the one above.",
    "**Coverage** says how complete the figures are. Where a cost is not known, the margin is incomplete and says why.",
];

/// What the page can be narrowed to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FiltersView {
    /// The ranges to choose from.
    pub ranges: Vec<Choice>,
    /// When revenue counts.
    pub bases: Vec<Choice>,
    /// The step that it is narrowed to, and the address without it.
    pub only: Option<(String, String)>,
    /// What the form keeps: name and value.
    pub kept: Vec<(String, String)>,
    /// The first and last day, where a range of one's own is chosen.
    pub days: Option<(String, String)>,
    /// The accounts to narrow it to; none on the platform.
    pub accounts: Vec<Choice>,
    /// The currencies to say it in.
    pub currencies: Vec<Choice>,
}

/// The page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PnlPageView {
    /// What stands around it.
    pub frame: FrameView,
    /// Whether it is the whole platform's.
    pub platform: bool,
    /// Whose P&L it is.
    pub title: String,
    /// The pages above it, and itself; empty at the top.
    pub trail: Vec<Stop>,
    /// The line of facts under the heading.
    pub facts: Vec<String>,
    /// The production's receipt, where it is of one.
    pub receipt: Option<String>,
    /// The same for a program.
    pub csv: String,
    /// What can be chosen.
    pub filters: FiltersView,
    /// The large figures.
    pub figures: Vec<Figure>,
    /// What they are compared with.
    pub compared: String,
    /// Revenue, cost and margin over time; none where nothing happened.
    pub over_time: Option<ChartView>,
    /// From revenue to margin; none where nothing happened.
    pub to_margin: Option<ChartView>,
    /// What can be added up.
    pub tabs: Vec<Choice>,
    /// The lines.
    pub table: PnlTable,
    /// What the amounts are.
    pub note: String,
    /// How complete it is.
    pub coverage: CoverageView,
    /// Where the revenue stands, for who reaches all of it.
    pub position: Option<PositionView>,
}

fn asked() -> PnlPageQuery {
    let query = use_query_map().get_untracked();
    PnlPageQuery::of(|name| query.get(name)).given()
}

/// The P&L of a customer, or of what the reader reaches of it.
#[component]
pub fn PnlPage() -> impl IntoView {
    let asked = asked();
    loaded(move || pnl_page(asked.clone()), move |view| view! { <PnlContent view /> })
}

/// The P&L of the platform.
#[component]
pub fn PlatformPnlPage() -> impl IntoView {
    let asked = asked();
    loaded(move || platform_pnl_page(asked.clone()), move |view| view! { <PnlContent view /> })
}

/// The page of these figures.
#[component]
pub fn PnlContent(
    /// What to show.
    view: PnlPageView,
) -> impl IntoView {
    let path = if view.platform { "/pnl/platform" } else { "/pnl" };
    let chart = |chart: ChartView| view! { <section class="panel"><Chart chart /></section> };
    view! {
        <Title text=view.title.clone() />
        <Frame frame=view.frame path>
            {(!view.trail.is_empty()).then(|| view! { <Trail stops=view.trail /> })}
            <PageHeader title=view.title facts=view.facts>
                {view.receipt.map(|receipt| view! { <a class="button" href=receipt>"Open the receipt"</a> })}
                <a class="button" href=view.csv download>
                    "Export CSV"
                </a>
            </PageHeader>
            <Filters filters=view.filters path />
            <Figures figures=view.figures />
            <p class="note compared">{view.compared}</p>
            {view.over_time.map(chart)}
            {view.to_margin.map(chart)}
            <section aria-labelledby="drivers" class="drivers">
                <h2 id="drivers">"What drives the cost"</h2>
                <Tabs label="Add up by" choices=view.tabs />
                <PnlTableView table=view.table />
                <p class="note">{view.note}</p>
            </section>
            <Coverage coverage=view.coverage position=view.position />
            <Transcript title="Reading a P&L" steps=STEPS.to_vec() />
        </Frame>
    }
}

#[component]
fn Filters(filters: FiltersView, path: &'static str) -> impl IntoView {
    let kept =
        filters.kept.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value /> });
    let days = filters.days.map(|(from, to)| {
        view! {
            <div class="field" data-inline="true">
                <label for="from">"From"</label>
                <input id="from" name="from" type="date" value=from required />
            </div>
            <div class="field" data-inline="true">
                <label for="to">"To"</label>
                <input id="to" name="to" type="date" value=to required />
            </div>
        }
    });
    let accounts = (!filters.accounts.is_empty())
        .then(|| view! { <Select name="account" label="Account" choices=filters.accounts /> });
    let only = filters.only.map(|(words, address)| {
        view! { <p class="only">{words} <a href=address>"Show all steps"</a></p> }
    });
    view! {
        <div class="filters">
            <Segments label="Range" choices=filters.ranges />
            <Segments label="Revenue counts as" choices=filters.bases />
            <form method="get" action=path>
                {kept.collect_view()}
                {days}
                {accounts}
                <Select name="currency" label="Currency" choices=filters.currencies />
                <button class="button" type="submit">
                    "Show"
                </button>
            </form>
            {only}
        </div>
    }
}
