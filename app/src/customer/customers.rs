//! Every customer, for JARAI's own staff, and opening another one. H1, H2.

use super::staff_fns::{customers_page, new_customer_page};
use crate::{
    frame::{Frame, FrameView, PageHeader, loaded},
    ui::{Badge, Choice, Problem, Stop, Tone, Trail, Transcript},
};
use leptos::prelude::*;
use leptos_meta::Title;
use serde::{Deserialize, Serialize};

/// How customers are looked after, step by step.
const STEPS: [&str; 4] = [
    "**Open a customer** with its name, billing email, currency and residency; the currency never changes.",
    "Open its **page** to write contacts down and single out an account’s main one, to set a plan up, an account’s status and loops, its residency, its risk score, and notes that only staff see.",
    "**Make a contact inactive** and their sign-in ends at once; active again, they are what they were.",
    "**Look at it** to see its pages as its administrators do, and to order a plan on its behalf.",
];

/// One customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerRow {
    /// Its page.
    pub page: String,
    /// Its name.
    pub name: String,
    /// Its plan.
    pub plan: String,
    /// What it is billed in.
    pub currency: String,
    /// Where its data are kept.
    pub residency: String,
    /// Its risk score, where it has one.
    pub risk: Option<String>,
    /// How many accounts it has.
    pub accounts: String,
    /// When it was opened.
    pub opened: String,
}

/// The page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomersView {
    /// What stands around it.
    pub frame: FrameView,
    /// The line of facts.
    pub facts: Vec<String>,
    /// By name.
    pub rows: Vec<CustomerRow>,
}

/// The form of a new customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewCustomerView {
    /// What stands around it.
    pub frame: FrameView,
    /// Its name.
    pub name: String,
    /// Where its invoices are sent.
    pub email: String,
    /// The countries to choose from.
    pub countries: Vec<Choice>,
    /// The currencies to choose from.
    pub currencies: Vec<Choice>,
    /// The zones to choose from.
    pub residencies: Vec<Choice>,
    /// Which field is wrong, and why.
    pub wrong: Option<(String, String)>,
}

/// Every customer.
#[component]
pub fn CustomersPage() -> impl IntoView {
    loaded(customers_page, move |view| view! { <CustomersContent view /> })
}

/// A new customer.
#[component]
pub fn NewCustomerPage() -> impl IntoView {
    loaded(new_customer_page, move |view| view! { <NewCustomerContent view /> })
}

/// The page of these customers.
#[component]
pub fn CustomersContent(
    /// What to show.
    view: CustomersView,
) -> impl IntoView {
    let row = |row: CustomerRow| {
        view! {
            <tr>
                <th scope="row">
                    <a href=row.page>{row.name}</a>
                    {row.risk.map(|text| view! { " " <Badge tone=Tone::Warn text /> })}
                </th>
                <td data-label="Plan">{row.plan}</td>
                <td data-label="Currency">{row.currency}</td>
                <td data-label="Residency">{row.residency}</td>
                <td class="number" data-label="Accounts">{row.accounts}</td>
                <td class="number" data-label="Opened">{row.opened}</td>
            </tr>
        }
    };
    view! {
        <Title text="Customers" />
        <Frame frame=view.frame path="/platform/customers">
            <PageHeader title="Customers" facts=view.facts>
                <a class="button" data-kind="primary" href="/platform/customers/new">
                    "Open a customer"
                </a>
            </PageHeader>
            <div class="scroll">
                <table class="list">
                    <thead>
                        <tr>
                            <th scope="col">"Customer"</th>
                            <th scope="col">"Plan"</th>
                            <th scope="col">"Currency"</th>
                            <th scope="col">"Residency"</th>
                            <th scope="col" class="number">"Accounts"</th>
                            <th scope="col" class="number">"Opened"</th>
                        </tr>
                    </thead>
                    <tbody>{view.rows.into_iter().map(row).collect_view()}</tbody>
                </table>
            </div>
            <Transcript title="Looking after customers" steps=STEPS.to_vec() />
        </Frame>
    }
}

/// The form of a new customer.
#[component]
pub fn NewCustomerContent(
    /// What to show.
    view: NewCustomerView,
) -> impl IntoView {
    let wrong = view.wrong.as_ref().map(|(field, _)| field.clone());
    let is_wrong = move |field: &str| (wrong.as_deref() == Some(field)).then_some("true");
    let trail = vec![
        Stop { words: "Customers".to_owned(), address: Some("/platform/customers".to_owned()) },
        Stop { words: "Open a customer".to_owned(), address: None },
    ];
    view! {
        <Title text="Open a customer" />
        <Frame frame=view.frame path="/platform/customers">
            <Trail stops=trail />
            <PageHeader title="Open a customer" />
            {view.wrong.map(|(_, message)| view! { <Problem message /> })}
            <form class="panel stack details" method="post" action="/act/open-customer">
                <div class="field">
                    <label for="name">"Name"</label>
                    <input id="name" name="name" required maxlength="120" autocomplete="off" value=view.name aria-invalid=is_wrong("name") />
                </div>
                <div class="field">
                    <label for="email">"Billing email"</label>
                    <input id="email" name="email" type="email" required autocomplete="off" value=view.email aria-invalid=is_wrong("email") />
                </div>
                <Chosen name="country" label="Country, which decides the tax" choices=view.countries />
                <Chosen name="currency" label="Billed in, for ever" choices=view.currencies />
                <Chosen name="residency" label="Where its data are kept" choices=view.residencies />
                <button class="button" data-kind="primary" type="submit">
                    "Open the customer"
                </button>
            </form>
        </Frame>
    }
}

/// A field that opens, below its label.
#[component]
pub(super) fn Chosen(name: &'static str, label: &'static str, choices: Vec<Choice>) -> impl IntoView {
    let option =
        |choice: Choice| view! { <option value=choice.value selected=choice.chosen>{choice.words}</option> };
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <select id=name name=name>{choices.into_iter().map(option).collect_view()}</select>
        </div>
    }
}
