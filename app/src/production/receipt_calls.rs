//! What each call of a production cost JARAI, and how the customer's cost came about. 5.11: for platform administrators and
//! finance; nobody else is sent any of it.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// One call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallView {
    /// The pipeline's name of the step.
    pub step: String,
    /// Which try.
    pub number: String,
    /// What became of it.
    pub verdict: String,
    /// Who ran the model; a dash where that is not known.
    pub provider: String,
    /// The model; a dash where none is named.
    pub model: String,
    /// What the provider charges; none where that is not known.
    pub raw: Option<String>,
    /// In which currency.
    pub currency: String,
    /// The version of the model's prices; none where there are none.
    pub price_version: Option<String>,
    /// Provider's and customer's currency for a euro, and the day; none where both share a currency.
    pub rates: Option<[String; 3]>,
    /// The version of the markup, and how much it is.
    pub markup: Option<[String; 2]>,
    /// The customer's cost; or why it is not known.
    pub charged: Result<String, String>,
    /// In which currency.
    pub customer_currency: String,
    /// Whether a quote had promised it.
    pub quoted: bool,
}

/// The calls, by step and try.
#[component]
pub(super) fn ReceiptCalls(calls: Vec<CallView>) -> impl IntoView {
    let rows = calls.into_iter().map(row).collect_view();
    view! {
        <div class="stack">
            <h2 id="calls">"What each call cost"</h2>
            <div class="scroll" tabindex="0" role="region" aria-labelledby="calls">
            <table class="list" data-dense="true">
                <thead>
                    <tr>
                        <th scope="col">"Call"</th>
                        <th scope="col">"Provider"</th>
                        <th scope="col" class="number">"Raw cost"</th>
                        <th scope="col">"Prices"</th>
                        <th scope="col">"Rates for a euro"</th>
                        <th scope="col" class="number">"Markup"</th>
                        <th scope="col" class="number">"AI cost"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
            </div>
            <p class="note">"Raw cost, provider, prices, rates and markup are shown to JARAI’s finance and platform staff only."</p>
        </div>
    }
}

fn row(call: CallView) -> impl IntoView {
    let dash = || "–".to_owned();
    let unknown = call.charged.is_err();
    let charged = match call.charged {
        Ok(cost) if call.quoted => view! { {cost} <span class="under">"as quoted"</span> }.into_any(),
        Ok(cost) => cost.into_any(),
        Err(why) => view! { "unknown" <span class="under">{why}</span> }.into_any(),
    };
    let rates = match call.rates {
        Some([provider, customer, day]) => {
            view! { {provider} " " {call.currency} ", " {customer} " " {call.customer_currency} <span class="under">{day}</span> }.into_any()
        }
        None if unknown => dash().into_any(),
        None => "same currency".into_any(),
    };
    let markup = match call.markup {
        Some([version, percent]) => {
            view! { {percent} <span class="under">"version " {version}</span> }.into_any()
        }
        None => dash().into_any(),
    };
    view! {
        <tr>
            <th scope="row">
                {call.step}
                <span class="under">"try " {call.number} ", " {call.verdict}</span>
            </th>
            <td data-label="Provider">
                {call.provider}
                <span class="under">{call.model}</span>
            </td>
            <td class="number" data-label="Raw cost">{call.raw.unwrap_or_else(dash)}</td>
            <td data-label="Prices">{call.price_version.map_or_else(dash, |version| format!("price version {version}"))}</td>
            <td data-label="Rates for a euro">{rates}</td>
            <td class="number" data-label="Markup">{markup}</td>
            <td class="number" data-label="AI cost">{charged}</td>
        </tr>
    }
}
