//! One invoice, on the screen and on paper.

use super::{
    ReversalView, Summary, SummaryView,
    reversal::{GiveBack, WentBack},
    server_fns::invoice_page,
};
use crate::{
    frame::{Frame, FrameView, PageHeader, loaded},
    ui::{Badge, Tone},
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use serde::{Deserialize, Serialize};

/// The page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceView {
    /// What stands around it.
    pub frame: FrameView,
    /// Its id.
    pub id: String,
    /// Its number.
    pub number: String,
    /// The line of facts.
    pub facts: Vec<String>,
    /// Whether it is paid.
    pub state: (Tone, String),
    /// What it is for and comes to.
    pub summary: SummaryView,
    /// Who issues it, line by line; nobody where the installation was told of nobody.
    pub issued_by: Vec<String>,
    /// To whom it was made out, line by line.
    pub billed_to: Vec<String>,
    /// What happened: when, and what.
    pub happened: Vec<(String, String)>,
    /// Where it is outstanding and the reader may pay it: what the button says, and the form's own name.
    pub pay: Option<(String, String)>,
    /// What went back of it, and what staff can do about it.
    pub reversal: ReversalView,
}

/// One invoice.
#[component]
pub fn InvoicePage() -> impl IntoView {
    let invoice = use_params_map().get_untracked().get("invoice").unwrap_or_default();
    loaded(move || invoice_page(invoice.clone()), move |view| view! { <InvoiceContent view /> })
}

/// The page of this invoice.
#[component]
pub fn InvoiceContent(
    /// What to show.
    view: InvoiceView,
) -> impl IntoView {
    let fact = |(when, what): (String, String)| {
        view! {
            <div>
                <dt>{when}</dt>
                <dd>{what}</dd>
            </div>
        }
    };
    let pay = view.pay.map(|(words, request)| {
        view! {
            <form method="post" action="/act/pay-invoice">
                <input type="hidden" name="invoice" value=view.id />
                <input type="hidden" name="request" value=request />
                <button class="button" data-kind="primary" type="submit">
                    {words}
                </button>
            </form>
        }
    });
    view! {
        <Title text=format!("Invoice {}", view.number) />
        <Frame frame=view.frame path="/invoices">
            <p class="small">
                <a href="/invoices">"Invoices"</a>
            </p>
            <PageHeader title=format!("Invoice {}", view.number) facts=view.facts>
                <Badge tone=view.state.0 text=view.state.1 />
                {pay}
            </PageHeader>
            <div class="columns receipt-columns">
                <div class="aside">
                    <section class="panel" aria-labelledby="lines">
                        <h2 id="lines">"Lines"</h2>
                        <Summary summary=view.summary />
                    </section>
                    <WentBack view=view.reversal.clone() />
                </div>
                <div class="aside">
                    <Address id="issued-by" title="Issued by" lines=view.issued_by />
                    <Address id="billed-to" title="Billed to" lines=view.billed_to />
                    <section class="panel" aria-labelledby="happened">
                        <h2 id="happened">"What happened"</h2>
                        <dl class="summary">{view.happened.into_iter().map(fact).collect_view()}</dl>
                    </section>
                    <GiveBack view=view.reversal />
                </div>
            </div>
        </Frame>
    }
}

/// Somebody's name and address; nothing where there is nobody.
#[component]
pub(super) fn Address(id: &'static str, title: &'static str, lines: Vec<String>) -> impl IntoView {
    let line = |line: String| view! { <span class="line">{line}</span> };
    (!lines.is_empty()).then(|| {
        view! {
            <section class="panel" aria-labelledby=id>
                <h2 id=id>{title}</h2>
                <address>{lines.into_iter().map(line).collect_view()}</address>
            </section>
        }
    })
}

#[cfg(feature = "ssr")]
mod on_the_server {
    use super::{InvoiceView, ReversalView, SummaryView};
    use crate::{
        AppError,
        frame::FrameView,
        payment::{
            details::country_words,
            reversal_words::{state, wrong},
        },
        reader::Reader,
    };
    use billing::payment::{BillingDetails, Issuer};
    use engine::{
        Engine,
        payment::{InvoiceState, Invoiced},
    };

    impl InvoiceView {
        /// The invoice of this id.
        pub async fn load(engine: &Engine, id: &str, reader: &Reader) -> Result<Self, AppError> {
            let missing = |_| AppError::NotFound { what: "invoice".to_owned() };
            let invoice = engine.invoice_of(&reader.member, id.parse().map_err(missing)?).await?;
            let frame = FrameView::load(engine, reader).await?;
            let (sandbox, request) = (engine.is_sandbox(), engine.fresh_request()?);
            let reversal = ReversalView::of(&invoice, (sandbox, request.clone()), wrong().await?, reader);
            Ok(Self::of(&invoice, frame, request, reversal, reader))
        }

        /// This invoice, as this reader sees it.
        #[must_use]
        pub fn of(
            invoice: &Invoiced,
            frame: FrameView,
            request: String,
            reversal: ReversalView,
            reader: &Reader,
        ) -> Self {
            let format = reader.format;
            let total = format.money(invoice.totals.total);
            let issued = (format.instant(invoice.issued_at), "Issued".to_owned());
            let paid = match &invoice.state {
                InvoiceState::Paid(at, method) => {
                    let with = method.as_ref().map(|method| format!(", {method}")).unwrap_or_default();
                    Some((format.instant(*at), format!("Paid {total}{with}")))
                }
                InvoiceState::Open => None,
            };
            let open = paid.is_none() && invoice.totals.total.minor() > 0;
            Self {
                frame,
                id: invoice.id.to_string(),
                number: invoice.number.to_string(),
                facts: vec![
                    reader.member.customer_name.clone(),
                    format.date(invoice.issued_at.day()),
                    invoice.totals.total.currency().code().to_owned(),
                ],
                state: state(invoice, format),
                summary: SummaryView::of(&invoice.lines, &invoice.tax, &invoice.totals, "Total", format),
                issued_by: invoice.issuer.as_ref().map(issued_by).unwrap_or_default(),
                billed_to: billed_to(&invoice.billed_to),
                happened: std::iter::once(issued).chain(paid).collect(),
                pay: (open && reader.may_buy()).then(|| (format!("Pay {total}"), request)),
                reversal,
            }
        }
    }

    pub(in crate::payment) fn issued_by(issuer: &Issuer) -> Vec<String> {
        let lines = std::iter::once(issuer.name.clone()).chain(issuer.address.iter().cloned());
        lines.chain(issuer.tax_id.clone()).collect()
    }

    pub(in crate::payment) fn billed_to(details: &BillingDetails) -> Vec<String> {
        let lines = std::iter::once(details.name.clone()).chain(details.address.iter().cloned());
        let rest =
            [Some(country_words(details.country)), details.tax_id.clone(), Some(details.email.clone())];
        lines.chain(rest.into_iter().flatten()).collect()
    }
}

#[cfg(feature = "ssr")]
pub(super) use on_the_server::{billed_to, issued_by};
