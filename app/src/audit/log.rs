//! The page of the log.

use super::{AuditQuery, server_fns::audit_page};
use crate::{
    frame::{Frame, FrameView, PageHeader, loaded},
    ui::{Badge, Choice, Pager, ReasonField, Select, Tone, Transcript},
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

/// How the log is read, step by step.
const STEPS: [&str; 3] = [
    "Every act stands here with **who** has done it, **when**, and what a value was **before and after**. Entries are never changed.",
    "Narrow it to a **person**, an **act** or **days**; the address keeps your choice, and **Export CSV** answers the same.",
    "**Revert** puts a setting back by the same act, as long as nobody has changed it since. Money and tokens are never turned back: they have counter-entries.",
];

/// The form that puts an entry back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevertForm {
    /// The entry's id.
    pub entry: String,
    /// What would hold again: `stops at GBP 300.00`.
    pub says: String,
    /// Where to go afterwards.
    pub next: String,
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRow {
    /// Its id.
    pub id: String,
    /// When.
    pub when: String,
    /// When, for programs.
    pub at: String,
    /// Who, and whether they are JARAI's own.
    pub who: (String, bool),
    /// What they did: `changed a monthly limit`.
    pub what: String,
    /// To what; the customer's name where the page is of several.
    pub of: Vec<String>,
    /// What differs: field, before, after.
    pub changes: Vec<(String, Option<String>, Option<String>)>,
    /// Why.
    pub reason: Option<String>,
    /// That it was put back, or puts something back.
    pub notice: Option<(Tone, String)>,
    /// How it can be put back, for who may.
    pub revert: Option<RevertForm>,
}

/// The page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditPageView {
    /// What stands around it.
    pub frame: FrameView,
    /// The line of facts.
    pub facts: Vec<String>,
    /// The customers to narrow it to; empty where it is of one alone.
    pub customers: Vec<Choice>,
    /// The people to narrow it to.
    pub people: Vec<Choice>,
    /// The acts to narrow it to.
    pub acts: Vec<Choice>,
    /// The first and last day, as date fields have them.
    pub days: (String, String),
    /// Newest first.
    pub rows: Vec<AuditRow>,
    /// The address of what is older.
    pub older: Option<String>,
    /// The address of the newest, where this page is not it.
    pub newest: Option<String>,
    /// The same for a program.
    pub csv: String,
}

/// Who has done what.
#[component]
pub fn AuditPage() -> impl IntoView {
    let query = use_query_map().get_untracked();
    let asked = AuditQuery::of(|name| query.get(name));
    loaded(move || audit_page(asked.clone()), move |view| view! { <AuditContent view /> })
}

/// The page of these entries.
#[component]
pub fn AuditContent(
    /// What to show.
    view: AuditPageView,
) -> impl IntoView {
    let customers = (!view.customers.is_empty())
        .then(|| view! { <Select name="customer" label="Customer" choices=view.customers /> });
    let list = if view.rows.is_empty() {
        view! { <p class="empty">"No entries here. Every act that changes something leaves one."</p> }
            .into_any()
    } else {
        view! {
            <div class="scroll">
                <table class="list">
                    <thead>
                        <tr>
                            <th scope="col">"When"</th>
                            <th scope="col">"Who and what"</th>
                            <th scope="col">"Before → after"</th>
                            <th scope="col">"Why"</th>
                        </tr>
                    </thead>
                    <tbody>{view.rows.into_iter().map(row).collect_view()}</tbody>
                </table>
            </div>
        }
        .into_any()
    };
    let (from, to) = view.days;
    view! {
        <Title text="Audit log" />
        <Frame frame=view.frame path="/audit">
            <PageHeader title="Audit log" facts=view.facts>
                <a class="button" href=view.csv download>
                    "Export CSV"
                </a>
            </PageHeader>
            <div class="filters">
                <form method="get" action="/audit">
                    {customers}
                    <Select name="by" label="Who" choices=view.people />
                    <Select name="act" label="Act" choices=view.acts />
                    <div class="field" data-inline="true">
                        <label for="from">"From"</label>
                        <input id="from" name="from" type="date" value=from />
                    </div>
                    <div class="field" data-inline="true">
                        <label for="to">"To"</label>
                        <input id="to" name="to" type="date" value=to />
                    </div>
                    <button class="button" type="submit">
                        "Show"
                    </button>
                </form>
            </div>
            {list}
            <Pager older=view.older newest=view.newest />
            <Transcript title="Reading the log" steps=STEPS.to_vec() />
        </Frame>
    }
}

fn row(row: AuditRow) -> impl IntoView {
    let change = |(field, before, after): (String, Option<String>, Option<String>)| {
        let nothing = || "nothing".to_owned();
        let words = match (before, after) {
            (None, Some(after)) => after,
            (before, after) => {
                format!("{} → {}", before.unwrap_or_else(nothing), after.unwrap_or_else(nothing))
            }
        };
        view! {
            <div>
                <dt>{field}</dt>
                <dd>{words}</dd>
            </div>
        }
    };
    let of = row.of.into_iter().map(|of| view! { <span class="under">{of}</span> }).collect_view();
    let (who, staff) = row.who;
    let changes = (!row.changes.is_empty())
        .then(|| view! { <dl class="log-changes">{row.changes.into_iter().map(change).collect_view()}</dl> });
    view! {
        <tr id=row.id>
            <th scope="row">
                <time datetime=row.at>{row.when}</time>
            </th>
            <td>
                <strong>{who}</strong>
                {staff.then_some(" (JARAI)")}
                " "
                {row.what}
                {of}
            </td>
            <td>
                {changes}
                {row.revert.map(|form| view! { <Revert form /> })}
            </td>
            <td>
                {row.reason}
                " "
                {row.notice.map(|(tone, text)| view! { <Badge tone text /> })}
            </td>
        </tr>
    }
}

/// The form that puts an entry back, folded.
#[component]
fn Revert(form: RevertForm) -> impl IntoView {
    let reason = format!("reason-{}", form.entry);
    view! {
        <details class="folded">
            <summary>"Revert"</summary>
            <form method="post" action="/act/revert-entry">
                <p class="muted small">"Puts back: " {form.says} ". Only if nobody has changed it since."</p>
                <input type="hidden" name="entry" value=form.entry />
                <input type="hidden" name="next" value=form.next />
                <ReasonField id=reason />
                <button class="button" type="submit">
                    "Put it back"
                </button>
            </form>
        </details>
    }
}
