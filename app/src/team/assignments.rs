//! Operator assignments: who reaches which accounts, and who reaches which customers. H4: two tabs, tick and save.
//!
//! Each form carries what it was made on, so that nobody overwrites what they have not seen. I-44.

use super::assign_fns::assignments_page;
use crate::{
    frame::{Frame, FrameView, PageHeader, loaded},
    ui::{Choice, Problem, Select, Tabs, Transcript},
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

/// How assignments are made, step by step.
const STEPS: [&str; 3] = [
    "**Account access**: tick the accounts that an operator produces in, and save. It holds from their next look on.",
    "**Customer access**: untick a customer to end somebody’s membership there, choose one to give them another, and save.",
    "Where **somebody else was quicker**, nothing is changed: what is so now is shown, with what you ticked beside it.",
];

/// Something to tick.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tick {
    /// Its value.
    pub value: String,
    /// What it is called.
    pub words: String,
    /// Whether it is ticked.
    pub ticked: bool,
}

/// An operator and the accounts of a customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperatorForm {
    /// Whose accounts: id and name.
    pub customer: (String, String),
    /// Who.
    pub person: String,
    /// Name and address.
    pub name: (String, String),
    /// What it was made on.
    pub shown: String,
    /// The accounts.
    pub accounts: Vec<Tick>,
}

/// Somebody and their customers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonForm {
    /// Who.
    pub person: String,
    /// Name and address.
    pub name: (String, String),
    /// What it was made on.
    pub shown: String,
    /// Those that they reach.
    pub customers: Vec<Tick>,
    /// Those that can come to them; the first is none.
    pub others: Vec<Choice>,
    /// As what.
    pub roles: Vec<Choice>,
}

/// What a tab lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Access {
    /// Operators and accounts.
    Accounts(Vec<OperatorForm>),
    /// People and customers.
    Customers(Vec<PersonForm>),
}

/// The page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssignmentsView {
    /// What stands around it.
    pub frame: FrameView,
    /// The line of facts.
    pub facts: Vec<String>,
    /// The two tabs.
    pub tabs: Vec<Choice>,
    /// The tab's word, for the form that narrows.
    pub tab: String,
    /// The customers to narrow it to.
    pub customers: Vec<Choice>,
    /// The customer that it is narrowed to; empty where it is of all.
    pub narrowed: String,
    /// What it lists.
    pub access: Access,
    /// What was wrong with a form.
    pub wrong: Option<String>,
}

/// The assignments.
#[component]
pub fn AssignmentsPage() -> impl IntoView {
    let query = use_query_map().get_untracked();
    let of = |name: &str| query.get(name).unwrap_or_default();
    let (tab, customer) = (of("tab"), of("customer"));
    loaded(
        move || assignments_page(tab.clone(), customer.clone()),
        move |view| view! { <AssignmentsContent view /> },
    )
}

/// The page of these assignments.
#[component]
pub fn AssignmentsContent(
    /// What to show.
    view: AssignmentsView,
) -> impl IntoView {
    let narrowed = view.narrowed;
    let list = match view.access {
        Access::Accounts(forms) if forms.is_empty() => {
            view! { <p class="empty">"Nobody is an operator here. Give somebody that role under Customer access, or on the team’s page."</p> }.into_any()
        }
        Access::Accounts(forms) => {
            let form = |form: OperatorForm| view! { <Operator form narrowed=narrowed.clone() /> };
            view! { <ul class="assignments">{forms.into_iter().map(form).collect_view()}</ul> }.into_any()
        }
        Access::Customers(forms) if forms.is_empty() => {
            view! { <p class="empty">"Nobody is a member here yet."</p> }.into_any()
        }
        Access::Customers(forms) => {
            let form = |form: PersonForm| view! { <Somebody form narrowed=narrowed.clone() /> };
            view! { <ul class="assignments">{forms.into_iter().map(form).collect_view()}</ul> }.into_any()
        }
    };
    view! {
        <Title text="Operator assignments" />
        <Frame frame=view.frame path="/platform/assignments">
            <PageHeader title="Operator assignments" facts=view.facts>
                <a class="button" href="/audit?act=accountsAssigned">
                    "Who has changed them"
                </a>
            </PageHeader>
            {view.wrong.map(|message| view! { <Problem message /> })}
            <Tabs label="What is assigned" choices=view.tabs />
            <div class="filters">
                <form method="get" action="/platform/assignments">
                    <input type="hidden" name="tab" value=view.tab />
                    <Select name="customer" label="Customer" choices=view.customers />
                    <button class="button" type="submit">
                        "Show"
                    </button>
                </form>
            </div>
            {list}
            <Transcript title="Assigning people" steps=STEPS.to_vec() />
        </Frame>
    }
}

fn ticks(name: &'static str, ticks: Vec<Tick>) -> impl IntoView {
    let tick = move |tick: Tick| {
        view! {
            <label class="option">
                <input type="checkbox" name=name value=tick.value checked=tick.ticked />
                {tick.words}
            </label>
        }
    };
    ticks.into_iter().map(tick).collect_view()
}

#[component]
fn Operator(form: OperatorForm, narrowed: String) -> impl IntoView {
    let (customer, of) = form.customer;
    let (name, email) = form.name;
    let legend = format!("{name} reaches, of {of}");
    let place = format!("{}-{customer}", form.person);
    view! {
        <li id=place>
            <div>
                <h2>{name.clone()}</h2>
                <p class="muted small">{email} " · " {of}</p>
            </div>
            <form method="post" action="/act/assign-operator">
                <input type="hidden" name="customer" value=customer />
                <input type="hidden" name="person" value=form.person />
                <input type="hidden" name="shown" value=form.shown />
                <input type="hidden" name="narrowed" value=narrowed />
                <fieldset>
                    <legend class="unseen">{legend}</legend>
                    {ticks("accounts[]", form.accounts)}
                </fieldset>
                <button class="button" type="submit">
                    "Save " {name}
                </button>
            </form>
        </li>
    }
}

#[component]
fn Somebody(form: PersonForm, narrowed: String) -> impl IntoView {
    let (name, email) = form.name;
    let (legend, place) = (format!("{name} reaches"), form.person.clone());
    let open = form.others.iter().any(|choice| choice.chosen && !choice.value.is_empty());
    let (add, role) = (format!("add-{}", form.person), format!("role-{}", form.person));
    let option =
        |choice: Choice| view! { <option value=choice.value selected=choice.chosen>{choice.words}</option> };
    view! {
        <li id=place>
            <div>
                <h2>{name.clone()}</h2>
                <p class="muted small">{email}</p>
            </div>
            <form method="post" action="/act/assign-customers">
                <input type="hidden" name="person" value=form.person />
                <input type="hidden" name="shown" value=form.shown />
                <input type="hidden" name="narrowed" value=narrowed />
                <fieldset>
                    <legend class="unseen">{legend}</legend>
                    {ticks("keep[]", form.customers)}
                </fieldset>
                <details class="folded" open=open>
                    <summary>"Give them another customer"</summary>
                    <div class="assign-more">
                        <div class="field">
                            <label for=add.clone()>"And"</label>
                            <select id=add name="add">
                                {form.others.into_iter().map(option).collect_view()}
                            </select>
                        </div>
                        <div class="field">
                            <label for=role.clone()>"As"</label>
                            <select id=role name="role">
                                {form.roles.into_iter().map(option).collect_view()}
                            </select>
                        </div>
                    </div>
                </details>
                <button class="button" type="submit">
                    "Save " {name}
                </button>
            </form>
        </li>
    }
}
