//! Usage: where the tokens of a range of days went, and who was turned away. A2, G4, G11.

use super::server_fns::usage_page;
use crate::{
    frame::{Frame, FrameView, PageHeader, loaded},
    ui::{Badge, Bar, Choice, Figure, Figures, Place, Segments, Select, Series, Tabs, Tone, Transcript},
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

/// How usage is read, step by step.
const STEPS: [&str; 4] = [
    "Choose a **range** of days and, where you like, one account; the address keeps your choice.",
    "Choose what to add up by: **step, kind, production, account, person or key**. Most tokens stand on top.",
    "**Turned away** lists the productions that the gate refused, why, and what would help.",
    "**Export CSV** answers exactly what the page shows.",
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
        }
    }
}

/// One line of the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageRow {
    /// What it is of.
    pub name: String,
    /// Where that leads.
    pub address: Option<String>,
    /// The kind of call, where lines differ in it.
    pub kind: Option<String>,
    /// Charged steps.
    pub steps: String,
    /// Tokens.
    pub tokens: String,
    /// Of all tokens of the range.
    pub share: String,
    /// Of the longest bar.
    pub bar: Place,
}

/// One production that was turned away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedRow {
    /// When.
    pub refused: String,
    /// What people call it, and for which account.
    pub production: (String, String),
    /// Where its figures are.
    pub page: String,
    /// Why.
    pub why: (Tone, String),
    /// What it needed, and what was left of what.
    pub figures: Option<[String; 3]>,
    /// What would help.
    pub help: String,
}

/// What the page lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum UsageTable {
    /// Charges: the name of the first column, whether kinds differ, the lines, the totals.
    Charges {
        /// The name of the first column.
        head: String,
        /// Whether there is a column for the kind.
        kinds: bool,
        /// Most tokens first.
        rows: Vec<UsageRow>,
        /// Steps, tokens and share of all of them.
        total: [String; 3],
    },
    /// Who was turned away, newest first.
    Refused(Vec<RefusedRow>),
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
    /// The lines.
    pub table: UsageTable,
    /// The same for a program.
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
    let table = match view.table {
        UsageTable::Charges { head, kinds, rows, total } => charges(head, kinds, rows, total).into_any(),
        UsageTable::Refused(rows) => refused(rows).into_any(),
    };
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
            <section aria-label="Where the tokens went">
                <Tabs label="Add up by" choices=view.tabs />
                {table}
            </section>
            <Transcript title="Seeing where the tokens went" steps=STEPS.to_vec() />
        </Frame>
    }
}

fn charges(head: String, kinds: bool, rows: Vec<UsageRow>, total: [String; 3]) -> impl IntoView {
    if rows.is_empty() {
        return view! { <p class="empty">"Nothing was charged in this range. Choose another range or account."</p> }
            .into_any();
    }
    let row = |row: UsageRow| {
        let name = match row.address {
            Some(address) => view! { <a href=address>{row.name}</a> }.into_any(),
            None => row.name.into_any(),
        };
        view! {
            <tr>
                <th scope="row">{name}</th>
                {row.kind.map(|kind| view! { <td class="muted" data-label="Kind">{kind}</td> })}
                <td class="number" data-label="Steps">{row.steps}</td>
                <td class="number" data-label="Tokens">{row.tokens}</td>
                <td class="number" data-label="Share">{row.share}</td>
                <td class="bars"><Bar length=row.bar series=Series::First /></td>
            </tr>
        }
    };
    let [steps, tokens, share] = total;
    view! {
        <div class="scroll">
        <table class="list" data-dense="true">
            <thead>
                <tr>
                    <th scope="col">{head}</th>
                    {kinds.then(|| view! { <th scope="col">"Kind"</th> })}
                    <th scope="col" class="number">"Steps"</th>
                    <th scope="col" class="number">"Tokens"</th>
                    <th scope="col" class="number">"Share"</th>
                    <td class="bars"></td>
                </tr>
            </thead>
            <tbody>{rows.into_iter().map(row).collect_view()}</tbody>
            <tfoot>
                <tr>
                    <th scope="row">"Total"</th>
                    {kinds.then(|| view! { <td></td> })}
                    <td class="number" data-label="Steps">{steps}</td>
                    <td class="number" data-label="Tokens">{tokens}</td>
                    <td class="number" data-label="Share">{share}</td>
                    <td class="bars"></td>
                </tr>
            </tfoot>
        </table>
        </div>
    }
    .into_any()
}

fn refused(rows: Vec<RefusedRow>) -> impl IntoView {
    if rows.is_empty() {
        return view! { <p class="empty">"Nobody was turned away in this range."</p> }.into_any();
    }
    let row = |row: RefusedRow| {
        let (tone, why) = row.why;
        let [needed, left, of] = row.figures.unwrap_or_else(|| ["–", "–", ""].map(str::to_owned));
        let of = (!of.is_empty()).then(|| view! { <span class="under">{of}</span> });
        view! {
            <tr>
                <th scope="row">
                    <a href=row.page>{row.production.0}</a>
                    <span class="under">{row.production.1}</span>
                </th>
                <td data-label="When">{row.refused}</td>
                <td data-label="Why"><Badge tone text=why /></td>
                <td class="number" data-label="Needed">{needed}</td>
                <td class="number" data-label="Was left">{left} {of}</td>
                <td data-label="What would help">{row.help}</td>
            </tr>
        }
    };
    view! {
        <div class="scroll">
        <table class="list">
            <thead>
                <tr>
                    <th scope="col">"Production"</th>
                    <th scope="col">"When"</th>
                    <th scope="col">"Why"</th>
                    <th scope="col" class="number">"Needed"</th>
                    <th scope="col" class="number">"Was left"</th>
                    <th scope="col">"What would help"</th>
                </tr>
            </thead>
            <tbody>{rows.into_iter().map(row).collect_view()}</tbody>
        </table>
        </div>
        <p class="note">"Nothing of these ran and nothing was charged."</p>
    }
    .into_any()
}
