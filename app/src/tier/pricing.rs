//! The public page of prices: a table with row headers, for everybody. T1–T8. The address says period and currency.

use super::server_fns::pricing_page;
use crate::{
    frame::loaded,
    ui::{Choice, Logo, Segments, Select},
};
use leptos::prelude::*;
use leptos_meta::{Meta, Title};
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

/// A tier's head.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PricingHead {
    /// Its name.
    pub name: String,
    /// For whom it is.
    pub whom: String,
    /// What it costs a month.
    pub price: String,
    /// What that is for.
    pub unit: String,
    /// Where it is chosen, and what that is called.
    pub act: (String, String),
}

/// A line that compares the tiers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PricingRow {
    /// What is compared.
    pub name: String,
    /// A cell for each tier.
    pub cells: Vec<String>,
}

/// Lines that belong together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PricingGroup {
    /// What they are about.
    pub name: String,
    /// The lines.
    pub rows: Vec<PricingRow>,
}

/// The page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PricingView {
    /// Monthly or annual.
    pub periods: Vec<Choice>,
    /// The same, for the form that chooses the currency.
    pub period: String,
    /// The currencies.
    pub currencies: Vec<Choice>,
    /// The tiers.
    pub heads: Vec<PricingHead>,
    /// What they include.
    pub groups: Vec<PricingGroup>,
    /// What stands beside sample values.
    pub note: String,
    /// Where JARAI's own prices are.
    pub site: String,
}

/// The page of prices.
#[component]
pub fn PricingPage() -> impl IntoView {
    let query = use_query_map().get_untracked();
    let (billing, currency) =
        (query.get("billing").unwrap_or_default(), query.get("currency").unwrap_or_default());
    loaded(
        move || pricing_page(billing.clone(), currency.clone()),
        move |view| view! { <PricingContent view /> },
    )
}

/// The page of these prices.
#[component]
pub fn PricingContent(
    /// What to show.
    view: PricingView,
) -> impl IntoView {
    view! {
        <Title text="Pricing" />
        <Meta name="description" content="What JARAI costs: Creator, Pro and Atelier, by month or by year, in six currencies." />
        <PublicTop />
        <main id="main" class="pricing" tabindex="-1">
            <div class="page-header">
                <div>
                    <h1>"Pricing"</h1>
                    <p class="muted">
                        "A plan gives you tokens each month. Each step of a production uses some. Prices are before tax."
                    </p>
                </div>
                <div class="acts">
                    <Segments label="How often it is paid" choices=view.periods />
                    <form class="filters" method="get" action="/pricing">
                        <input type="hidden" name="billing" value=view.period />
                        <Select name="currency" label="Currency" choices=view.currencies />
                        <button class="button" type="submit">
                            "Show"
                        </button>
                    </form>
                </div>
            </div>
            <Compared heads=view.heads groups=view.groups />
            <p class="note">{view.note} " " <a href=view.site rel="noopener">"See current pricing on jarai.studio"</a></p>
            <Questions />
        </main>
    }
}

#[component]
fn PublicTop() -> impl IntoView {
    view! {
        <header class="public-top">
            <p class="brand">
                <Logo />
                "JARAI"
            </p>
            <nav aria-label="Public">
                <a href="/pricing" aria-current="page">
                    "Pricing"
                </a>
                <a href="/sign-in">"Sign in"</a>
                <a href="/register">"Register"</a>
            </nav>
        </header>
    }
}

#[component]
fn Compared(heads: Vec<PricingHead>, groups: Vec<PricingGroup>) -> impl IntoView {
    let columns = heads.len() + 1;
    let head = |head: PricingHead| {
        view! {
            <th scope="col">
                <span class="tier">{head.name}</span>
                <span class="under">{head.whom}</span>
                <span class="price">{head.price}</span>
                <span class="under">{head.unit}</span>
                <a class="button" href=head.act.0>
                    {head.act.1}
                </a>
            </th>
        }
    };
    let row = |row: PricingRow| {
        let cells = row.cells.into_iter().map(|cell| view! { <td>{cell}</td> }).collect_view();
        view! {
            <tr>
                <th scope="row">{row.name}</th>
                {cells}
            </tr>
        }
    };
    let group = move |group: PricingGroup| {
        view! {
            <tbody>
                <tr class="group">
                    <th scope="rowgroup" colspan=columns>
                        {group.name}
                    </th>
                </tr>
                {group.rows.into_iter().map(row).collect_view()}
            </tbody>
        }
    };
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label="Plans compared">
            <table class="compare">
                <thead>
                    <tr>
                        <td class="muted small">"Tokens refresh every month, also where a year is paid at once."</td>
                        {heads.into_iter().map(head).collect_view()}
                    </tr>
                </thead>
                {groups.into_iter().map(group).collect_view()}
            </table>
        </div>
    }
}

#[component]
fn Questions() -> impl IntoView {
    view! {
        <section aria-labelledby="questions">
            <h2 id="questions">"Questions"</h2>
            <dl class="questions">
                <div>
                    <dt>"What if I run out?"</dt>
                    <dd>
                        "Running productions finish. New ones wait for the refresh, or until you buy extra capacity."
                    </dd>
                </div>
                <div>
                    <dt>"Do unused tokens carry over?"</dt>
                    <dd>
                        "The allowance starts afresh each cycle. Extra capacity stays while you are subscribed."
                    </dd>
                </div>
                <div>
                    <dt>"Can I leave?"</dt>
                    <dd>"Yes, from the Plan page. You keep what you paid for until the term ends."</dd>
                </div>
                <div>
                    <dt>"Do I need a card to start?"</dt>
                    <dd>"No. Creator is free and starts at once."</dd>
                </div>
            </dl>
        </section>
    }
}
