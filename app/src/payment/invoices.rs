//! The invoices and credit notes of a customer.

use super::server_fns::invoices_page;
use crate::{
    frame::{Frame, FrameView, PageHeader, loaded},
    ui::{Badge, Tone, Transcript},
};
use leptos::prelude::*;
use leptos_meta::Title;
use serde::{Deserialize, Serialize};

/// How invoices work, step by step.
const STEPS: [&str; 4] = [
    "Every payment has its **invoice**: a renewal’s is issued when the term begins, a purchase’s when it is paid.",
    "Numbers have **no gaps**; an invoice never changes, and keeps the billing details of its day.",
    "Money that goes back has a **credit note** with a number of its own.",
    "Print it, or save it as a PDF, from **Invoices → its number**.",
];

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceRow {
    /// Its page.
    pub page: String,
    /// Its number.
    pub number: String,
    /// When it was issued.
    pub issued: String,
    /// What it is for.
    pub what: String,
    /// What it comes to before tax, and the tax.
    pub net_and_tax: (String, String),
    /// What it comes to.
    pub total: String,
    /// Whether it is paid.
    pub state: (Tone, String),
}

/// The page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoicesView {
    /// What stands around it.
    pub frame: FrameView,
    /// The line of facts.
    pub facts: Vec<String>,
    /// The currency of all of them: a program is told it apart from the amounts.
    pub currency: String,
    /// Newest first.
    pub rows: Vec<InvoiceRow>,
    /// Whether the reader may change to whom they are made out.
    pub may_edit: bool,
}

/// All invoices.
#[component]
pub fn InvoicesPage() -> impl IntoView {
    loaded(invoices_page, move |view| view! { <InvoicesContent view /> })
}

/// The page of these invoices.
#[component]
pub fn InvoicesContent(
    /// What to show.
    view: InvoicesView,
) -> impl IntoView {
    let row = |row: InvoiceRow| {
        view! {
            <tr>
                <th scope="row">
                    <a href=row.page>{row.number}</a>
                </th>
                <td data-label="Issued">{row.issued}</td>
                <td>{row.what}</td>
                <td class="number" data-label="Total">{row.total}</td>
                <td>
                    <Badge tone=row.state.0 text=row.state.1 />
                </td>
            </tr>
        }
    };
    let list = if view.rows.is_empty() {
        view! { <p class="empty">"No invoices yet. The first comes with the first payment."</p> }.into_any()
    } else {
        view! {
            <div class="scroll">
                <table class="list">
                    <thead>
                        <tr>
                            <th scope="col">"Number"</th>
                            <th scope="col">"Issued"</th>
                            <th scope="col">"For"</th>
                            <th scope="col" class="number">"Total"</th>
                            <th scope="col">"State"</th>
                        </tr>
                    </thead>
                    <tbody>{view.rows.into_iter().map(row).collect_view()}</tbody>
                </table>
            </div>
        }
        .into_any()
    };
    view! {
        <Title text="Invoices" />
        <Frame frame=view.frame path="/invoices">
            <PageHeader title="Invoices" facts=view.facts>
                <a class="button" href="/invoices.csv" download="">
                    "CSV"
                </a>
                {view.may_edit.then(|| view! { <a class="button" href="/billing-details">"Billing details"</a> })}
            </PageHeader>
            {list}
            <Transcript title="Invoices and receipts" steps=STEPS.to_vec() />
        </Frame>
    }
}

#[cfg(feature = "ssr")]
mod on_the_server {
    use super::{InvoiceRow, InvoicesView};
    use crate::{
        AppError,
        format::Format,
        frame::FrameView,
        payment::{
            reversal_words::{reason_words, state},
            words::item_words,
        },
        reader::Reader,
        sheet::Sheet,
        ui::Tone,
    };
    use billing::{money::Money, time::Timestamp};
    use engine::{
        Engine,
        payment::{CreditNote, Invoiced},
    };

    impl InvoicesView {
        /// The customer's invoices.
        pub async fn load(engine: &Engine, reader: &Reader) -> Result<Self, AppError> {
            let invoices = engine.invoices_of(&reader.member).await?;
            let method = engine.method_of(&reader.member).await?;
            let count = u64::try_from(invoices.len()).unwrap_or(u64::MAX);
            let facts = [
                Some(reader.member.customer_name.clone()),
                Some(reader.format.counted(count, "invoice", "invoices")),
                method.map(|method| format!("renewals are charged to the {method}")),
            ];
            Ok(Self {
                frame: FrameView::load(engine, reader).await?,
                facts: facts.into_iter().flatten().collect(),
                currency: reader.member.currency.code().to_owned(),
                rows: rows(&invoices, reader.format),
                may_edit: reader.may_buy(),
            })
        }

        /// The same rows, written for a program.
        #[must_use]
        pub fn sheet(&self) -> Sheet {
            let row = |row: &InvoiceRow| {
                let (net, tax) = row.net_and_tax.clone();
                let state = row.state.1.clone();
                vec![
                    row.number.clone(),
                    row.issued.clone(),
                    row.what.clone(),
                    self.currency.clone(),
                    net,
                    tax,
                    row.total.clone(),
                    state,
                ]
            };
            let columns = vec!["number", "issued", "for", "currency", "net", "tax", "total", "state"];
            Sheet { name: "invoices".to_owned(), columns, rows: self.rows.iter().map(row).collect() }
        }
    }

    /// Invoices and credit notes together, newest first.
    fn rows(invoices: &[Invoiced], format: &Format) -> Vec<InvoiceRow> {
        let mut rows: Vec<(Timestamp, InvoiceRow)> = Vec::new();
        for invoice in invoices {
            let noted = |note: &CreditNote| (note.issued_at, note_row(note, invoice, format));
            rows.extend(invoice.credited.iter().rev().map(noted));
            rows.push((invoice.issued_at, row(invoice, format)));
        }
        rows.sort_by(|(one, _), (other, _)| other.cmp(one));
        rows.into_iter().map(|(_, row)| row).collect()
    }

    fn note_row(note: &CreditNote, of: &Invoiced, format: &Format) -> InvoiceRow {
        let minus = |amount: Money| format.money(Money::new(-amount.minor(), amount.currency()));
        InvoiceRow {
            page: format!("/credit-notes/{}", note.id),
            number: note.number.to_string(),
            issued: format.date(note.issued_at.day()),
            what: format!("Invoice {}: {}", of.number, reason_words(note.reason)),
            net_and_tax: (minus(note.totals.net), minus(note.totals.tax)),
            total: minus(note.totals.total),
            state: (Tone::Calm, "Credit note".to_owned()),
        }
    }

    fn row(invoice: &Invoiced, format: &Format) -> InvoiceRow {
        let what: Vec<String> = invoice.lines.iter().map(|line| item_words(line.item, format)).collect();
        InvoiceRow {
            page: format!("/invoices/{}", invoice.id),
            number: invoice.number.to_string(),
            issued: format.date(invoice.issued_at.day()),
            what: what.join("; "),
            net_and_tax: (format.money(invoice.totals.net), format.money(invoice.totals.tax)),
            total: format.money(invoice.totals.total),
            state: state(invoice, format),
        }
    }
}
