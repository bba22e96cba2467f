//! What drives the cost: the lines of a P&L, each with its share.

use crate::{
    allowance::CostCell,
    ui::{Bar, PageLinks, Pages, Place, Series},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The head of a column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// What it is called.
    pub words: String,
    /// Where it is sorted by; none where that would say nothing.
    pub address: Option<String>,
    /// `ascending` or `descending`, where the lines are sorted by it.
    pub sorted: Option<String>,
}

/// What is left of revenue; or why nobody can say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MarginCell {
    /// The margin and its share of revenue.
    Known(String, String),
    /// Why it is incomplete.
    Incomplete(String),
}

/// What failed attempts cost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedCell {
    /// As far as it is known.
    pub cost: String,
    /// How many they were.
    pub calls: String,
    /// The same in words; none where there were none.
    pub words: Option<String>,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PnlRow {
    /// What it is of.
    pub name: String,
    /// The kind of call, where that says more.
    pub kind: Option<String>,
    /// What is below it.
    pub address: Option<String>,
    /// What was earned.
    pub revenue: String,
    /// What the calls cost, by the reader's lens.
    pub cost: CostCell,
    /// The cost with markup, and the markup, for those who see what it is added to.
    pub raised: Option<[String; 2]>,
    /// What of it went to failed attempts, and how many those were.
    pub failed: FailedCell,
    /// What is left.
    pub margin: MarginCell,
    /// Tokens used.
    pub tokens: String,
    /// AI calls.
    pub calls: String,
    /// Of the cost.
    pub share: String,
    /// Of the longest bar.
    pub bar: Place,
}

/// The lines of one page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PnlTable {
    /// The columns: name, revenue, AI cost, with markup and markup where they are, failed attempts, margin, rate, tokens, calls, share.
    pub heads: Vec<Head>,
    /// The lines.
    pub rows: Vec<PnlRow>,
    /// All lines together, also those of other pages.
    pub total: PnlRow,
    /// Where the page stands, where there is more than one.
    pub pages: Option<Pages>,
}

/// The lines of a P&L.
#[component]
pub fn PnlTableView(
    /// Which ones.
    table: PnlTable,
) -> impl IntoView {
    if table.rows.is_empty() {
        return view! {
            <p class="empty">"Nothing was earned and no call was made in this range. Choose another range or account."</p>
        }
        .into_any();
    }
    let labels: Vec<String> = table.heads.iter().map(|head| head.words.clone()).collect();
    let row = |row: PnlRow| {
        let name = match row.address.clone() {
            Some(address) => view! { <a href=address>{row.name.clone()}</a> }.into_any(),
            None => row.name.clone().into_any(),
        };
        view! { <tr><th scope="row">{name} {under(row.kind.clone())}</th>{cells(row, &labels, true)}</tr> }
    };
    view! {
        <div class="scroll">
            <table class="list pnl-lines" data-dense="true">
                <thead>
                    <tr>{table.heads.into_iter().enumerate().map(head).collect_view()}<td class="bars"></td></tr>
                </thead>
                <tbody>{table.rows.into_iter().map(row).collect_view()}</tbody>
                <tfoot>
                    <tr><th scope="row">{table.total.name.clone()}</th>{cells(table.total, &labels, false)}</tr>
                </tfoot>
            </table>
        </div>
        {table.pages.map(|pages| view! { <PageLinks pages /> })}
    }
    .into_any()
}

fn head((place, head): (usize, Head)) -> impl IntoView {
    let words = match head.address {
        Some(address) => view! { <a href=address>{head.words}</a> }.into_any(),
        None => head.words.into_any(),
    };
    view! { <th scope="col" class:number=place != 0 aria-sort=head.sorted>{words}</th> }
}

/// The cells beside the name, labelled as the columns are.
fn cells(row: PnlRow, labels: &[String], bar: bool) -> impl IntoView {
    let (margin, why, rate) = match row.margin {
        MarginCell::Known(margin, rate) => (margin, None, rate),
        MarginCell::Incomplete(why) => ("Incomplete".to_owned(), Some(why), "–".to_owned()),
    };
    let missing = (!row.cost.unknown.is_empty()).then(|| format!("{} unknown", row.cost.unknown));
    let mut amounts = vec![(row.revenue, None), (row.cost.known, missing)];
    amounts.extend(row.raised.into_iter().flatten().map(|amount| (amount, None)));
    amounts.extend([(row.failed.cost, row.failed.words), (margin, why)]);
    amounts.extend([rate, row.tokens, row.calls, row.share].map(|amount| (amount, None)));
    let cell = |((amount, more), label): ((String, Option<String>), &String)| {
        view! { <td class="number" data-label=label.clone()>{amount} {under(more)}</td> }
    };
    let cells: Vec<_> = amounts.into_iter().zip(labels.iter().skip(1)).map(cell).collect();
    let bar = bar.then(|| view! { <Bar length=row.bar series=Series::Third /> });
    view! { {cells} <td class="bars">{bar}</td> }
}

fn under(text: Option<String>) -> impl IntoView {
    text.map(|text| view! { <span class="under">{text}</span> })
}
