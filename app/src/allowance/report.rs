//! Usage: where the tokens of a range of days went, what the calls cost, and who was turned away. A2, G4, G11, P6.

use super::{
    report_table::{UsageTable, UsageTableView},
    server_fns::usage_page,
};
use crate::{
    frame::{Frame, FrameView, PageHeader, loaded},
    ui::{Choice, Figure, Figures, PageLinks, Pages, Segments, Select, Tabs, Transcript},
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

/// How usage is read, step by step.
const STEPS: [&str; 4] = [
    "Choose a **range** of days and, where you like, one account; the address keeps your choice.",
    "Choose what to add up by: **step, kind, production, account, person or key**. Most tokens stand on top; **AI cost** counts every call.",
    "**Turned away** lists the productions that the gate refused, why, and what would help.",
    "**Export CSV** answers what the page shows, with every line.",
];

/// What was asked in the address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageQuery {
    /// `cycle`, `last`, `90` or `custom`.
    pub range: Option<String>,
    /// The first day of a custom range.
    pub from: Option<String>,
    /// Its last day.
    pub to: Option<String>,
    /// An account's id.
    pub account: Option<String>,
    /// What is added up: `step`, `kind`, `production`, `account`, `person`, `key`; or `refused`.
    pub by: Option<String>,
    /// Which page of the lines, from 1 on.
    pub page: Option<String>,
}

impl UsageQuery {
    /// What was filled in; a field left empty says nothing.
    #[must_use]
    pub fn given(self) -> Self {
        let given = |part: Option<String>| part.filter(|text| !text.is_empty());
        Self {
            range: given(self.range),
            from: given(self.from),
            to: given(self.to),
            account: given(self.account),
            by: given(self.by),
            page: given(self.page),
        }
    }
}

/// The page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsagePageView {
    /// What stands around it.
    pub frame: FrameView,
    /// The line of facts under the heading.
    pub facts: Vec<String>,
    /// The ranges to choose from.
    pub ranges: Vec<Choice>,
    /// The first and last day, as a date field has them.
    pub days: (String, String),
    /// The accounts to narrow it to.
    pub accounts: Vec<Choice>,
    /// What is added up, to be kept when the range changes.
    pub by: String,
    /// The large figures.
    pub figures: Vec<Figure>,
    /// What can be added up.
    pub tabs: Vec<Choice>,
    /// The lines of one page.
    pub table: UsageTable,
    /// Where that stands, where there is more than one.
    pub pages: Option<Pages>,
    /// All lines for a program.
    pub csv: String,
}

/// Where the tokens went.
#[component]
pub fn UsagePage() -> impl IntoView {
    let query = use_query_map().get_untracked();
    let part = |name: &str| query.get(name);
    let asked = UsageQuery {
        range: part("range"),
        from: part("from"),
        to: part("to"),
        account: part("account"),
        by: part("by"),
        page: part("page"),
    }
    .given();
    loaded(move || usage_page(asked.clone()), move |view| view! { <UsageContent view /> })
}

/// The page of these figures.
#[component]
pub fn UsageContent(
    /// What to show.
    view: UsagePageView,
) -> impl IntoView {
    let (from, to) = view.days;
    view! {
        <Title text="Usage" />
        <Frame frame=view.frame path="/usage" full_banner=true>
            <PageHeader title="Usage" facts=view.facts>
                <a class="button" href=view.csv download>
                    "Export CSV"
                </a>
            </PageHeader>
            <div class="filters">
                <Segments label="Range" choices=view.ranges />
                <form method="get" action="/usage">
                    <input type="hidden" name="range" value="custom" />
                    <input type="hidden" name="by" value=view.by />
                    <div class="field" data-inline="true">
                        <label for="from">"From"</label>
                        <input id="from" name="from" type="date" value=from required />
                    </div>
                    <div class="field" data-inline="true">
                        <label for="to">"To"</label>
                        <input id="to" name="to" type="date" value=to required />
                    </div>
                    <Select name="account" label="Account" choices=view.accounts />
                    <button class="button" type="submit">
                        "Show"
                    </button>
                </form>
            </div>
            <Figures figures=view.figures />
            <section aria-label="Where it went">
                <Tabs label="Add up by" choices=view.tabs />
                <UsageTableView table=view.table />
                {view.pages.map(|pages| view! { <PageLinks pages /> })}
            </section>
            <Transcript title="Seeing where the tokens went" steps=STEPS.to_vec() />
        </Frame>
    }
}
