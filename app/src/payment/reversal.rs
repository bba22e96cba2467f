//! What went back of an invoice, on its page: credit notes, disputes, and what staff can do about them. P7, I-36, I-37.

use crate::ui::{Badge, ReasonField, Tone};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A credit note, in a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditNoteRow {
    /// Its page.
    pub page: String,
    /// Its number.
    pub number: String,
    /// When, why, and which tokens went with it.
    pub under: String,
    /// What it comes to.
    pub total: String,
}

/// A dispute, in a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisputeRow {
    /// The provider's name of it.
    pub id: String,
    /// Where it has got to.
    pub state: (Tone, String),
    /// When, and what follows from it.
    pub under: String,
    /// How much is disputed.
    pub disputed: String,
    /// What is owed, where staff may settle it.
    pub owed: Option<String>,
}

/// The form by which staff give money back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundForm {
    /// The form's own name: sent twice, it gives back once.
    pub request: String,
    /// What is in the field: what is left of the payment, or what was typed.
    pub amount: String,
    /// What was given as a reason.
    pub reason: String,
    /// The most that can be given back, in words.
    pub most: String,
    /// What was wrong with it: the field and words.
    pub wrong: Option<(String, String)>,
}

/// What went back, and what can be done about it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReversalView {
    /// Of which invoice, by its id.
    pub invoice: String,
    /// Oldest first.
    pub credited: Vec<CreditNoteRow>,
    /// Oldest first.
    pub disputes: Vec<DisputeRow>,
    /// What follows for the customer from what is owed, and what ends it.
    pub advice: Option<String>,
    /// For staff, where something is left to give back.
    pub refund: Option<RefundForm>,
    /// In a sandbox, for staff: what its bank can be made to do with the payment, as words and verdicts.
    pub bank: Vec<(String, String)>,
}

impl ReversalView {
    fn is_empty(&self) -> bool {
        self.credited.is_empty() && self.disputes.is_empty()
    }
}

/// Credit notes and disputes; nothing where there are none.
#[component]
pub fn WentBack(
    /// What to show.
    view: ReversalView,
) -> impl IntoView {
    if view.is_empty() {
        return ().into_any();
    }
    let note = |row: CreditNoteRow| {
        view! {
            <div>
                <dt>
                    <a href=row.page>{row.number}</a>
                    <span class="under">{row.under}</span>
                </dt>
                <dd>{row.total}</dd>
            </div>
        }
    };
    let invoice = view.invoice;
    let dispute = move |row: DisputeRow| {
        let settle = row.owed.map(|owed| {
            view! { <SettleForm invoice=invoice.clone() dispute=row.id owed /> }
        });
        view! {
            <div>
                <dt>
                    "Dispute " <Badge tone=row.state.0 text=row.state.1 /> <span class="under">{row.under}</span> {settle}
                </dt>
                <dd>{row.disputed}</dd>
            </div>
        }
    };
    view! {
        <section class="panel" aria-labelledby="went-back">
            <h2 id="went-back">"What went back"</h2>
            {view.advice.map(|words| view! { <p class="prose">{words}</p> })}
            <dl class="summary">
                {view.credited.into_iter().map(note).collect_view()}
                {view.disputes.into_iter().map(dispute).collect_view()}
            </dl>
        </section>
    }
    .into_any()
}

#[component]
fn SettleForm(invoice: String, dispute: String, owed: String) -> impl IntoView {
    let field = format!("why-{dispute}");
    view! {
        <details class="folded">
            <summary>"Settle what is owed"</summary>
            <form class="stack" method="post" action="/act/settle-debt">
                <input type="hidden" name="invoice" value=invoice />
                <input type="hidden" name="dispute" value=dispute />
                <ReasonField id=field />
                <button class="button" type="submit">
                    "Settle " {owed}
                </button>
            </form>
        </details>
    }
}

/// What staff can do about a payment.
#[component]
pub fn GiveBack(
    /// What to show.
    view: ReversalView,
) -> impl IntoView {
    let invoice = view.invoice.clone();
    let refund = view.refund.map(|form| view! { <RefundPanel invoice=invoice.clone() form /> });
    let verdict = |(words, verdict): (String, String)| {
        view! {
            <button class="button" type="submit" name="verdict" value=verdict>
                {words}
            </button>
        }
    };
    let bank = (!view.bank.is_empty()).then(|| {
        view! {
            <section class="panel stack" aria-labelledby="bank">
                <h2 id="bank">"The sandbox’s bank"</h2>
                <p class="small muted">"Its owner asks the bank for the money back, or the bank has decided."</p>
                <form class="acts" method="post" action="/act/dispute-in-sandbox">
                    <input type="hidden" name="invoice" value=view.invoice />
                    {view.bank.into_iter().map(verdict).collect_view()}
                </form>
            </section>
        }
    });
    view! {
        {refund}
        {bank}
    }
}

#[component]
fn RefundPanel(invoice: String, form: RefundForm) -> impl IntoView {
    let wrong = |field: &str| {
        let wrong = form.wrong.as_ref().filter(|(of, _)| of == field);
        wrong.map(|(_, words)| view! { <p class="wrong" id=format!("{field}-wrong")>{words.clone()}</p> })
    };
    let marks = |field: &str| form.wrong.as_ref().is_some_and(|(of, _)| of == field).then_some("true");
    view! {
        <section class="panel" aria-labelledby="give-back">
            <h2 id="give-back">"Give money back"</h2>
            <form class="stack" method="post" action="/act/refund-invoice">
                <input type="hidden" name="invoice" value=invoice />
                <input type="hidden" name="request" value=form.request.clone() />
                <div class="field">
                    <label for="amount">"Amount, with tax"</label>
                    <input id="amount" name="amount" inputmode="decimal" required value=form.amount.clone() aria-invalid=marks("amount") aria-describedby="amount-hint amount-wrong" />
                    <p class="hint" id="amount-hint">
                        {form.most.clone()}
                    </p>
                    {wrong("amount")}
                </div>
                <div class="field">
                    <label for="reason">"Why"</label>
                    <input id="reason" name="reason" required maxlength="300" value=form.reason.clone() aria-invalid=marks("reason") aria-describedby="reason-wrong" />
                    {wrong("reason")}
                </div>
                <button class="button" type="submit">
                    "Give it back"
                </button>
            </form>
        </section>
    }
}
