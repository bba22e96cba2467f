//! The tables of Usage: charges and costs, and who was turned away.

use crate::ui::{Badge, Bar, Place, Series, Tone};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// One line of the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageRow {
    /// What it is of.
    pub name: String,
    /// Where that leads.
    pub address: Option<String>,
    /// The kind of call, where lines differ in it.
    pub kind: Option<String>,
    /// Calls, also those that failed.
    pub calls: String,
    /// Tokens.
    pub tokens: String,
    /// Of all tokens of the range.
    pub share: String,
    /// Of the longest bar.
    pub bar: Place,
    /// What the calls cost, for those who may see it.
    pub cost: Option<CostCell>,
}

/// What calls cost; unknown is never zero.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CostCell {
    /// Of those whose cost is known; a dash where it is of none.
    pub known: String,
    /// How many have no known cost; empty where all have.
    pub unknown: String,
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
    /// Charges and costs.
    Charges {
        /// The name of the first column.
        head: String,
        /// Whether there is a column for the kind.
        kinds: bool,
        /// Most tokens first.
        rows: Vec<UsageRow>,
        /// Calls, tokens and share of all of them.
        total: [String; 3],
        /// What all calls cost, for those who may see it.
        cost: Option<CostCell>,
        /// What the costs leave out.
        note: Option<String>,
    },
    /// Who was turned away, newest first.
    Refused(Vec<RefusedRow>),
}

/// The lines, whatever they are of.
#[component]
pub fn UsageTableView(
    /// Which ones.
    table: UsageTable,
) -> impl IntoView {
    match table {
        UsageTable::Charges { head, kinds, rows, total, cost, note } => view! {
            {charges(head, kinds, rows, total, cost)}
            {note.map(|note| view! { <p class="note">{note}</p> })}
        }
        .into_any(),
        UsageTable::Refused(rows) => refused(rows).into_any(),
    }
}

fn charges(
    head: String,
    kinds: bool,
    rows: Vec<UsageRow>,
    total: [String; 3],
    cost: Option<CostCell>,
) -> impl IntoView {
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
                <td class="number" data-label="Calls">{row.calls}</td>
                {row.cost.map(amount)}
                <td class="number" data-label="Tokens">{row.tokens}</td>
                <td class="number" data-label="Share">{row.share}</td>
                <td class="bars"><Bar length=row.bar series=Series::First /></td>
            </tr>
        }
    };
    let [calls, tokens, share] = total;
    view! {
        <div class="scroll">
        <table class="list" data-dense="true">
            <thead>
                <tr>
                    <th scope="col">{head}</th>
                    {kinds.then(|| view! { <th scope="col">"Kind"</th> })}
                    <th scope="col" class="number">"Calls"</th>
                    {cost.is_some().then(|| view! { <th scope="col" class="number">"AI cost"</th> })}
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
                    <td class="number" data-label="Calls">{calls}</td>
                    {cost.map(amount)}
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

fn amount(cost: CostCell) -> impl IntoView {
    let unknown =
        (!cost.unknown.is_empty()).then(|| view! { <span class="under">{cost.unknown} " unknown"</span> });
    view! { <td class="number" data-label="AI cost">{cost.known} {unknown}</td> }
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
