//! The dated lists of the platform: which version holds, what the next one will change, and where exchange rates are missing.
//! K1, P9, P11, C1, C2.

use super::lists_table::{Changes, ChangesView, RateRow, RateTable, VersionRow, Versions};
#[cfg(feature = "ssr")]
use crate::reader::Reader;
use crate::{
    AppError,
    frame::{Frame, FrameView, PageHeader, loaded},
    ui::{PageLinks, Pages, Transcript},
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

/// The page's address, and its name.
pub(super) const PATH: &str = "/platform/lists";
const TITLE: &str = "Prices and rates";
/// How lists change, step by step.
const STEPS: [&str; 4] = [
    "Every list is **dated and never edited**: a later version takes its place from its day on, and what is booked keeps the version it was booked by.",
    "A version that is still to come stands under **What changes on** its day, line by line: what it was, and what it will be.",
    "Lists are added by the commands **import prices**, **import rates**, **import markup** and **import price-book**.",
    "A **gap** is a range of days without an exchange rate. Import the missing rates: costs that were unknown are then completed.",
];

/// What was asked in the address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListsQuery {
    /// A part of the name of models, or of who runs them.
    pub model: Option<String>,
    /// Which page of the models' prices, from 1 on.
    pub page: Option<String>,
}

/// A list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListView {
    /// What it is called.
    pub title: String,
    /// What it decides.
    pub about: String,
    /// What the column of what a version says is called.
    pub says: String,
    /// Its versions, newest first.
    pub versions: Vec<VersionRow>,
    /// What is said where there are none.
    pub empty: String,
    /// What the versions to come will change, soonest first.
    pub upcoming: Vec<ChangesView>,
    /// What the version in force has changed; none where it is the first.
    pub latest: Option<ChangesView>,
}

/// The prices of models.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PricesView {
    /// The versions of one page, and all that will change.
    pub list: ListView,
    /// What the models are narrowed to.
    pub model: String,
    /// How many models there are, or how many fit.
    pub count: String,
    /// Where the page stands, where there is more than one.
    pub pages: Option<Pages>,
}

/// Exchange rates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RatesView {
    /// What they decide, and which days are looked at.
    pub about: String,
    /// By currency.
    pub rows: Vec<RateRow>,
}

/// The page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListsPageView {
    /// What stands around it.
    pub frame: FrameView,
    /// The line of facts under the heading.
    pub facts: Vec<String>,
    /// What calls take from an allowance.
    pub tariff: ListView,
    /// What providers charge.
    pub prices: PricesView,
    /// What is added to it.
    pub markup: ListView,
    /// What is sold.
    pub book: ListView,
    /// What currencies are worth.
    pub rates: RatesView,
}

/// Every dated list, as this reader sees it.
#[server(name = PlatformLists, endpoint = "platform-lists-page", prefix = "/act")]
pub async fn platform_lists_page(
    /// What was asked in the address.
    #[server(default)]
    query: ListsQuery,
) -> Result<ListsPageView, AppError> {
    let (reader, engine) = Reader::of_request().await?;
    ListsPageView::load(&engine, &query, &reader).await
}

/// The platform's lists.
#[component]
pub fn PlatformListsPage() -> impl IntoView {
    let query = use_query_map().get_untracked();
    let part = |name: &str| query.get(name).filter(|value| !value.is_empty());
    let asked = ListsQuery { model: part("model"), page: part("page") };
    loaded(move || platform_lists_page(asked.clone()), move |view| view! { <PlatformListsContent view /> })
}

/// The page of these lists.
#[component]
pub fn PlatformListsContent(
    /// What to show.
    view: ListsPageView,
) -> impl IntoView {
    let PricesView { list: prices, model, count, pages } = view.prices;
    let pages = pages.map(|pages| view! { <PageLinks pages /> });
    let filter = view! {
        <form class="filters" method="get" action=format!("{PATH}#prices")>
            <div class="field" data-inline="true">
                <label for="model">"Model or provider"</label>
                <input id="model" name="model" type="search" value=model />
            </div>
            <button class="button" type="submit">
                "Show"
            </button>
            <span class="muted">{count}</span>
        </form>
    };
    view! {
        <Title text=TITLE />
        <Frame frame=view.frame path=PATH>
            <PageHeader title=TITLE facts=view.facts />
            <List id="tariff" list=view.tariff />
            <List id="prices" list=prices filter=filter.into_any() pages=pages.into_any() />
            <List id="markup" list=view.markup />
            <List id="book" list=view.book />
            <Rates rates=view.rates />
            <Transcript title="How lists change" steps=STEPS.to_vec() />
        </Frame>
    }
}

/// A list: what will change first, then its versions.
#[component]
fn List(
    id: &'static str,
    list: ListView,
    #[prop(optional)] filter: Option<AnyView>,
    #[prop(optional)] pages: Option<AnyView>,
) -> impl IntoView {
    let planned = if list.upcoming.is_empty() {
        view! { <p class="empty">"No later version is planned."</p> }.into_any()
    } else {
        let changes = |changes: ChangesView| {
            let title = changes.title.clone();
            view! { <div class="dated-part"><h3>{title}</h3><Changes changes /></div> }
        };
        list.upcoming.into_iter().map(changes).collect_view().into_any()
    };
    let latest = list.latest.map(|changes| {
        let title = changes.title.clone();
        view! { <details class="dated-latest"><summary>{title}</summary><Changes changes /></details> }
    });
    let versions = if list.versions.is_empty() {
        view! { <p class="empty">{list.empty}</p> }.into_any()
    } else {
        view! { <Versions versions=list.versions says=list.says /> }.into_any()
    };
    view! {
        <section class="dated" aria-labelledby=id>
            <h2 id=id>{list.title}</h2>
            <p class="note">{list.about}</p>
            {filter}
            {planned}
            <div class="dated-part"><h3>"Versions"</h3>{versions} {pages}</div>
            {latest}
        </section>
    }
}

#[component]
fn Rates(rates: RatesView) -> impl IntoView {
    view! {
        <section class="dated" aria-labelledby="rates">
            <h2 id="rates">"Exchange rates"</h2>
            <p class="note">{rates.about}</p>
            <RateTable rows=rates.rows />
        </section>
    }
}
