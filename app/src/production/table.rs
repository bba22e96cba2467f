//! Productions as a table: on Overview the newest, on their page all of them.

use crate::ui::{Badge, Tone};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// One production of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductionView {
    /// What people call it.
    pub title: String,
    /// Where its receipt is, for those who may see it.
    pub receipt: Option<String>,
    /// The account's name.
    pub account: String,
    /// Where it stands.
    pub status: (Tone, String),
    /// Tokens still held, and charged, for those who may see them.
    pub tokens: Option<(String, String)>,
    /// When it was admitted.
    pub admitted: String,
}

/// A list of productions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductionsView {
    /// Newest first.
    pub rows: Vec<ProductionView>,
    /// Whether there are columns for tokens.
    pub tokens: bool,
    /// What is said where there are none.
    pub empty: String,
}

/// The newest productions.
#[component]
pub fn LatestProductions(
    /// Newest first.
    productions: ProductionsView,
) -> impl IntoView {
    view! {
        <section class="panel" aria-labelledby="productions">
            <h2 id="productions">"Latest productions"</h2>
            <ProductionsTable productions />
        </section>
    }
}

/// Productions, one a row.
#[component]
pub fn ProductionsTable(
    /// The list.
    productions: ProductionsView,
) -> impl IntoView {
    if productions.rows.is_empty() {
        return view! { <p class="empty">{productions.empty}</p> }.into_any();
    }
    let tokens = productions.tokens.then(|| {
        view! {
            <th scope="col" class="number">"Held"</th>
            <th scope="col" class="number">"Used"</th>
        }
    });
    let rows = productions.rows.into_iter().map(row).collect_view();
    view! {
        <table class="list">
            <thead>
                <tr>
                    <th scope="col">"Production"</th>
                    <th scope="col">"Status"</th>
                    {tokens}
                    <th scope="col" class="number">"Admitted"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

fn row(production: ProductionView) -> impl IntoView {
    let (tone, status) = production.status;
    let title = match production.receipt {
        Some(address) => view! { <a href=address>{production.title}</a> }.into_any(),
        None => production.title.into_any(),
    };
    let tokens = production.tokens.map(|(held, used)| {
        let (none_held, none_used) = (held == "0", used == "0");
        view! {
            <td class="number" class:none=none_held data-label="Held">{held}</td>
            <td class="number" class:none=none_used data-label="Used">{used}</td>
        }
    });
    view! {
        <tr>
            <th scope="row">
                {title}
                <span class="under">{production.account}</span>
            </th>
            <td data-label="Status">
                <Badge tone text=status />
            </td>
            {tokens}
            <td class="number" data-label="Admitted">{production.admitted}</td>
        </tr>
    }
}

#[cfg(feature = "ssr")]
pub(super) mod on_the_server {
    use super::{ProductionView, ProductionsView};
    use crate::{AppError, reader::Reader, ui::Tone};
    use billing::{production::Status, team::Permission};
    use engine::{customer::AccountLine, production::ListedProduction};

    /// What a state is called, and what it means.
    pub fn status_words(status: Status, expired: bool) -> (Tone, String) {
        let (tone, words) = match status {
            Status::Admitted => (Tone::Accent, "Admitted"),
            Status::Producing => (Tone::Accent, "Producing"),
            Status::AwaitingApproval => (Tone::Warn, "Awaiting approval"),
            Status::Published => (Tone::Ok, "Published"),
            Status::Failed if expired => (Tone::Bad, "Expired"),
            Status::Failed => (Tone::Bad, "Failed"),
            Status::Cancelled => (Tone::Calm, "Cancelled"),
        };
        (tone, words.to_owned())
    }

    impl ProductionsView {
        /// Productions of these accounts as this reader sees them.
        pub fn of(
            found: &[ListedProduction],
            accounts: &[AccountLine],
            reader: &Reader,
        ) -> Result<Self, AppError> {
            let (tokens, format) = (reader.may(Permission::SeeUsage), reader.format);
            let row = |line: &ListedProduction| {
                let account = accounts.iter().find(|account| account.id == line.account);
                let account = account.ok_or_else(|| AppError::unavailable(&"a production of no account"))?;
                Ok(ProductionView {
                    title: line.title.clone(),
                    receipt: tokens.then(|| format!("/productions/{}", line.production)),
                    account: account.name.clone(),
                    status: status_words(line.status, line.expired),
                    tokens: tokens.then(|| (format.tokens(line.held), format.tokens(line.captured))),
                    admitted: format.minute(line.admitted_at),
                })
            };
            Ok(Self {
                rows: found.iter().map(row).collect::<Result<_, AppError>>()?,
                tokens,
                empty: "No productions yet. The first one that the pipeline starts shows here.".to_owned(),
            })
        }
    }
}
