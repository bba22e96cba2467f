//! "New productions are rejected up front with a clear 'budget limit reached' message rather than partially running."
//!
//! Productions: the list, the receipt of one, and what was refused with its figures and ways out. S1–S3, G2–G4, reading 5.15.

mod controls;
#[cfg(feature = "ssr")]
mod controls_words;
mod estimate;
mod estimate_form;
#[cfg(feature = "ssr")]
mod estimate_words;
mod receipt;
mod receipt_calls;
#[cfg(feature = "ssr")]
mod receipt_lots;
#[cfg(feature = "ssr")]
mod receipt_rows;
#[cfg(feature = "ssr")]
mod receipt_sheet;
#[cfg(feature = "ssr")]
mod receipt_sources;
#[cfg(feature = "ssr")]
mod receipt_words;
mod refusal;
mod refused;
#[cfg(feature = "ssr")]
mod refused_words;
mod server_fns;
mod table;
#[cfg(feature = "ssr")]
pub mod words;

pub use controls::{ControlsContent, ControlsPage, ControlsView, SwitchRow};
pub use estimate::{EstimateBody, EstimateContent, EstimatePage, EstimateQuery, EstimateView, VerdictView};
pub use estimate_form::EstimateForm;
pub use receipt::{Detail, ReceiptContent, ReceiptPage, ReceiptView};
pub use receipt_calls::CallView;
#[cfg(feature = "ssr")]
pub(crate) use receipt_sources::unknown as unknown_words;
pub use refusal::{FigureView, RefusalView};
pub use refused::{RefusedContent, RefusedPage, RefusedView, Way, WayView};
pub use server_fns::{
    ChangeMode, EstimateOfProduction, EstimateVerdict, PlatformControls, ProductionReceipt, ProductionsList,
    RefusalOfProduction, SwitchControl, change_mode, controls_page, estimate_page, estimate_verdict,
    production_receipt, productions_list, refusal_page, switch_control,
};
pub use table::{LatestProductions, ProductionView, ProductionsTable, ProductionsView};

use crate::{
    frame::{Frame, FrameView, PageHeader, loaded},
    ui::{Choice, Pager, Segments, Select, Transcript},
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

/// The part of an address that names a production.
pub const NAME_PARAMETER: &str = "production";
/// How the list of productions is used, step by step.
const STEPS: [&str; 4] = [
    "Open **Productions**: the newest stand on top, each with where it stands.",
    "Narrow the list by state or account; the address keeps your choice, so it can be shared.",
    "Open a production to see its receipt: what was held, what each step used, what went home.",
    "A production that was turned away stands under **Usage → Turned away**, with what would help.",
];

/// The list of productions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductionsPageView {
    /// What stands around it.
    pub frame: FrameView,
    /// The line of facts under the heading.
    pub facts: Vec<String>,
    /// How the list can be narrowed by state.
    pub states: Vec<Choice>,
    /// The accounts to narrow it to.
    pub accounts: Vec<Choice>,
    /// The state that is chosen, to be kept when the account changes.
    pub state: Option<String>,
    /// One page of it.
    pub productions: ProductionsView,
    /// The page after it, if there is one, and back to the newest.
    pub older: Option<String>,
    /// Back to the newest, where this is a later page.
    pub newest: Option<String>,
}

/// What was asked in the address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductionsQuery {
    /// `running`, `published`, `failed` or `cancelled`.
    pub state: Option<String>,
    /// An account's id.
    pub account: Option<String>,
    /// The production before this page.
    pub before: Option<String>,
}

/// Every production in reach, page by page.
#[component]
pub fn ProductionsPage() -> impl IntoView {
    let query = use_query_map().get_untracked();
    let part = |name: &str| query.get(name).filter(|value| !value.is_empty());
    let asked = ProductionsQuery { state: part("state"), account: part("account"), before: part("before") };
    loaded(move || productions_list(asked.clone()), move |view| view! { <ProductionsContent view /> })
}

/// The list of these productions.
#[component]
pub fn ProductionsContent(
    /// What to show.
    view: ProductionsPageView,
) -> impl IntoView {
    view! {
        <Title text="Productions" />
        <Frame frame=view.frame path="/productions">
            <PageHeader title="Productions" facts=view.facts />
            <div class="filters">
                <Segments label="State" choices=view.states />
                <form method="get" action="/productions">
                    {view.state.map(|state| view! { <input type="hidden" name="state" value=state /> })}
                    <Select name="account" label="Account" choices=view.accounts />
                    <button class="button" type="submit">
                        "Show"
                    </button>
                </form>
            </div>
            <section class="scroll" aria-label="Productions">
                <ProductionsTable productions=view.productions />
            </section>
            <Pager older=view.older newest=view.newest />
            <Transcript title="Following your productions" steps=STEPS.to_vec() />
        </Frame>
    }
}

#[cfg(feature = "ssr")]
pub(crate) mod on_the_server {
    use super::{Choice, FrameView, ProductionsPageView, ProductionsQuery, ProductionsView};
    use crate::{AppError, reader::Reader};
    use billing::id::{AccountId, ProductionId};
    use engine::{
        Engine,
        customer::AccountLine,
        production::{ProductionFilter, ProductionState},
    };

    /// Productions on one page.
    const PAGE: usize = 25;
    /// The word of a state in the address, and on the page.
    const STATES: [(&str, &str, ProductionState); 4] = [
        ("running", "Running", ProductionState::Running),
        ("published", "Published", ProductionState::Published),
        ("failed", "Failed", ProductionState::Failed),
        ("cancelled", "Cancelled", ProductionState::Cancelled),
    ];

    impl ProductionsQuery {
        /// What the list is narrowed to. What the address says and nothing knows is said so.
        fn filter(&self) -> Result<ProductionFilter, AppError> {
            let unknown = |field: &str| AppError::Invalid {
                field: field.to_owned(),
                message: format!("The address names no {field} that there is"),
            };
            let state = self.state.as_deref().map(|word| {
                let known = STATES.into_iter().find(|(known, ..)| *known == word);
                known.map(|(.., state)| state).ok_or_else(|| unknown("state"))
            });
            let account = self.account.as_deref().map(str::parse::<AccountId>).transpose();
            let before = self.before.as_deref().map(str::parse::<ProductionId>).transpose();
            Ok(ProductionFilter {
                account: account.map_err(|_| unknown("account"))?,
                state: state.transpose()?,
                before: before.map_err(|_| unknown("production"))?,
            })
        }

        /// The address of the list narrowed like this.
        fn address(&self) -> String {
            let parts = [("state", &self.state), ("account", &self.account), ("before", &self.before)];
            let parts =
                parts.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", value.as_ref()?)));
            let query = parts.collect::<Vec<_>>().join("&");
            if query.is_empty() { "/productions".to_owned() } else { format!("/productions?{query}") }
        }
    }

    impl ProductionsPageView {
        /// One page of the list, as this reader sees it.
        pub async fn load(
            engine: &Engine,
            query: &ProductionsQuery,
            reader: &Reader,
        ) -> Result<Self, AppError> {
            let filter = query.filter()?;
            let accounts = engine.accounts_of(&reader.member).await?;
            let limit = u64::try_from(PAGE + 1).unwrap_or(u64::MAX);
            let mut found = engine.productions_of(&reader.member, &filter, limit).await?;
            let older = (found.len() > PAGE).then(|| {
                found.truncate(PAGE);
                let before = found.last().map(|last| last.id.to_string());
                ProductionsQuery { before, ..query.clone() }.address()
            });
            let newest = ProductionsQuery { before: None, ..query.clone() };
            let mut productions = ProductionsView::of(&found, &accounts, reader)?;
            if *query != ProductionsQuery::default() {
                "No production is like that. Choose another state or account."
                    .clone_into(&mut productions.empty);
            }
            Ok(Self {
                frame: FrameView::load(engine, reader).await?,
                facts: vec![reader.member.customer_name.clone(), "newest first".to_owned()],
                states: states(&newest),
                accounts: account_choices(&accounts, filter.account),
                state: query.state.clone(),
                productions,
                older,
                newest: query.before.is_some().then(|| newest.address()),
            })
        }
    }

    fn states(query: &ProductionsQuery) -> Vec<Choice> {
        let choice = |state: Option<&str>, words: &str| Choice {
            value: ProductionsQuery { state: state.map(str::to_owned), ..query.clone() }.address(),
            words: words.to_owned(),
            chosen: query.state.as_deref() == state,
        };
        let all = std::iter::once(choice(None, "All"));
        all.chain(STATES.map(|(word, words, _)| choice(Some(word), words))).collect()
    }

    /// The accounts to narrow a page to, and all of them.
    pub fn account_choices(accounts: &[AccountLine], chosen: Option<AccountId>) -> Vec<Choice> {
        let all = Choice { value: String::new(), words: "All accounts".to_owned(), chosen: chosen.is_none() };
        let of = |account: &AccountLine| Choice {
            value: account.id.to_string(),
            words: account.name.clone(),
            chosen: chosen == Some(account.id),
        };
        std::iter::once(all).chain(accounts.iter().map(of)).collect()
    }
}
