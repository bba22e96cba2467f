//! One credit note, on the screen and on paper.

use super::{Summary, SummaryView, invoice::Address, reversal_fns::credit_note_page};
use crate::frame::{Frame, FrameView, PageHeader, loaded};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use serde::{Deserialize, Serialize};

/// The page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditNoteView {
    /// What stands around it.
    pub frame: FrameView,
    /// Its number.
    pub number: String,
    /// The line of facts.
    pub facts: Vec<String>,
    /// The invoice that it credits: its page and number.
    pub invoice: (String, String),
    /// What it comes to.
    pub summary: SummaryView,
    /// Who issues it, line by line; nobody where the installation was told of nobody.
    pub issued_by: Vec<String>,
    /// To whom it was made out, line by line.
    pub billed_to: Vec<String>,
}

/// One credit note.
#[component]
pub fn CreditNotePage() -> impl IntoView {
    let note = use_params_map().get_untracked().get("note").unwrap_or_default();
    loaded(move || credit_note_page(note.clone()), move |view| view! { <CreditNoteContent view /> })
}

/// The page of this credit note.
#[component]
pub fn CreditNoteContent(
    /// What to show.
    view: CreditNoteView,
) -> impl IntoView {
    view! {
        <Title text=format!("Credit note {}", view.number) />
        <Frame frame=view.frame path="/invoices">
            <p class="small">
                <a href="/invoices">"Invoices"</a>
                " › "
                <a href=view.invoice.0>{view.invoice.1}</a>
            </p>
            <PageHeader title=format!("Credit note {}", view.number) facts=view.facts />
            <div class="columns receipt-columns">
                <div class="aside">
                    <section class="panel" aria-labelledby="lines">
                        <h2 id="lines">"Credited"</h2>
                        <Summary summary=view.summary />
                    </section>
                </div>
                <div class="aside">
                    <Address id="issued-by" title="Issued by" lines=view.issued_by />
                    <Address id="billed-to" title="Made out to" lines=view.billed_to />
                </div>
            </div>
        </Frame>
    }
}

#[cfg(feature = "ssr")]
mod on_the_server {
    use super::{CreditNoteView, SummaryView};
    use crate::{
        AppError,
        frame::FrameView,
        payment::{
            invoice::{billed_to, issued_by},
            reversal_words::reason_words,
            summary::SummaryLine,
            words::tax_words,
        },
        reader::Reader,
    };
    use engine::{
        Engine,
        payment::{CreditNote, Invoiced},
    };

    impl CreditNoteView {
        /// The credit note of this id.
        pub async fn load(engine: &Engine, id: &str, reader: &Reader) -> Result<Self, AppError> {
            let missing = |_| AppError::NotFound { what: "credit note".to_owned() };
            let id = id.parse().map_err(missing)?;
            let (note, invoice) = engine.credit_note_of(&reader.member, id).await?;
            Ok(Self::of(&note, &invoice, FrameView::load(engine, reader).await?, reader))
        }

        /// This credit note of this invoice, as this reader sees it.
        #[must_use]
        pub fn of(note: &CreditNote, invoice: &Invoiced, frame: FrameView, reader: &Reader) -> Self {
            let (format, totals) = (reader.format, note.totals);
            let tokens =
                (!note.tokens.is_zero()).then(|| format!("{} tokens taken back", format.tokens(note.tokens)));
            let line = SummaryLine {
                what: format!("Invoice {}: {}", invoice.number, reason_words(note.reason)),
                under: tokens.unwrap_or_default(),
                amount: format.money(totals.net),
            };
            Self {
                frame,
                number: note.number.to_string(),
                facts: vec![
                    reader.member.customer_name.clone(),
                    format.date(note.issued_at.day()),
                    totals.total.currency().code().to_owned(),
                ],
                invoice: (format!("/invoices/{}", invoice.id), invoice.number.to_string()),
                summary: SummaryView {
                    lines: vec![line],
                    net: format.money(totals.net),
                    tax: (tax_words(&invoice.tax, format), format.money(totals.tax)),
                    total: ("Total credited".to_owned(), format.money(totals.total)),
                },
                issued_by: note
                    .issuer
                    .as_ref()
                    .or(invoice.issuer.as_ref())
                    .map(issued_by)
                    .unwrap_or_default(),
                billed_to: billed_to(&invoice.billed_to),
            }
        }
    }
}
