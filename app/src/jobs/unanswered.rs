//! Payments of which nobody has heard for days, each with what to do about it. I-35, S4.

use crate::ui::ReasonField;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A payment of which nobody has heard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnansweredRow {
    /// What it is for.
    pub what: String,
    /// Since when.
    pub since: String,
    /// What the provider knows it by.
    pub key: String,
    /// Whose: the customer's page and its name.
    pub customer: (String, String),
    /// How much, with tax.
    pub amount: String,
    /// What to do.
    pub advice: String,
    /// The purchase, where it is put away by hand.
    pub purchase: Option<String>,
}

/// The list; nothing where there is none.
#[component]
pub(super) fn UnansweredPayments(payments: Vec<UnansweredRow>) -> impl IntoView {
    (!payments.is_empty()).then(|| view! {
        <section class="panel stack" aria-labelledby="unanswered">
            <h2 id="unanswered">"Payments without an answer"</h2>
            <p class="small muted">
                "For more than three days nobody has heard whether these were paid."
            </p>
            <div class="scroll" tabindex="0" role="region" aria-label="Payments without an answer as a table">
                <table class="list event-list">
                    <thead>
                        <tr>
                            <th scope="col">"Payment"</th>
                            <th scope="col">"Whose"</th>
                            <th scope="col" class="number">"Amount"</th>
                            <th scope="col">"What to do"</th>
                        </tr>
                    </thead>
                    <tbody>{payments.into_iter().map(row).collect_view()}</tbody>
                </table>
            </div>
        </section>
    })
}

fn row(payment: UnansweredRow) -> impl IntoView {
    let (page, name) = payment.customer;
    let form = payment.purchase.map(|purchase| {
        let field = format!("found-{purchase}");
        view! {
            <details class="folded">
                <summary>"Put it away"</summary>
                <form method="post" action="/act/look-into-purchase">
                    <input type="hidden" name="purchase" value=purchase />
                    <ReasonField id=field label="What you have found" />
                    <button class="button" type="submit">
                        "Put it away"
                    </button>
                </form>
            </details>
        }
    });
    view! {
        <tr>
            <th scope="row">
                {payment.what} <span class="under">"Since " {payment.since}</span>
                <code class="under">{payment.key}</code>
            </th>
            <td>
                <a href=page>{name}</a>
            </td>
            <td class="number" data-label="Amount">{payment.amount}</td>
            <td>
                {payment.advice}
                {form}
            </td>
        </tr>
    }
}
