//! One customer, for JARAI's own staff: its accounts, where its data are kept, and notes that only staff see. H1, H10.

use super::{
    AccountChoices, ContactForm, ContactRow, PlanStanding, RiskStanding,
    contacts::Contacts,
    customers::Chosen,
    staff_fns::customer_page,
    standing::{AccountForms, PlanPanel, RiskPanel},
};
use crate::{
    frame::{Frame, FrameView, PageHeader, loaded},
    ui::{Badge, Choice, Problem, ReasonField, Stop, Tone, Trail},
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use serde::{Deserialize, Serialize};

/// One account of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerAccount {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// How it stands.
    pub state: (Tone, String),
    /// What it runs and has spent.
    pub facts: Vec<String>,
    /// The states to choose from.
    pub statuses: Vec<Choice>,
    /// Its main contact and its loops.
    pub choices: AccountChoices,
}

/// The page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerView {
    /// What stands around it.
    pub frame: FrameView,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The line of facts.
    pub facts: Vec<String>,
    /// Its accounts, by name.
    pub accounts: Vec<CustomerAccount>,
    /// Its plan.
    pub plan: PlanStanding,
    /// Its risk score.
    pub risk: RiskStanding,
    /// Its contacts.
    pub contacts: Vec<ContactRow>,
    /// The contact that is open.
    pub contact: Option<ContactForm>,
    /// The zones to choose from.
    pub residencies: Vec<Choice>,
    /// The notes.
    pub notes: String,
    /// What was wrong with a form.
    pub wrong: Option<String>,
}

/// One customer.
#[component]
pub fn CustomerPage() -> impl IntoView {
    let customer = use_params_map().get_untracked().get("customer").unwrap_or_default();
    let contact = use_query_map().get_untracked().get("contact").unwrap_or_default();
    loaded(
        move || customer_page(customer.clone(), contact.clone()),
        move |view| view! { <CustomerContent view /> },
    )
}

/// The page of this customer.
#[component]
pub fn CustomerContent(
    /// What to show.
    view: CustomerView,
) -> impl IntoView {
    let trail = vec![
        Stop { words: "Customers".to_owned(), address: Some("/platform/customers".to_owned()) },
        Stop { words: view.name.clone(), address: None },
    ];
    let log = format!("/audit?customer={}", view.id);
    let [looked_at, housed, noted, planned, risky] = std::array::from_fn(|_| view.id.clone());
    let page = format!("/platform/customers/{}", view.id);
    let accounts = view.accounts.into_iter().map(|one| account(&view.id, one)).collect_view();
    view! {
        <Title text=view.name.clone() />
        <Frame frame=view.frame path="/platform/customers">
            <Trail stops=trail />
            <PageHeader title=view.name facts=view.facts>
                <a class="button" href=log>
                    "What was done"
                </a>
                <form method="post" action="/act/switch-customer">
                    <input type="hidden" name="customer" value=looked_at />
                    <button class="button" type="submit">
                        "Look at it"
                    </button>
                </form>
            </PageHeader>
            {view.wrong.map(|message| view! { <Problem message /> })}
            <Contacts page contacts=view.contacts form=view.contact />
            <div class="columns key-columns">
                <section class="panel" aria-labelledby="accounts">
                    <h2 id="accounts">"Accounts"</h2>
                    <ul class="accounts">{accounts}</ul>
                </section>
                <div class="stack">
                    <PlanPanel plan=view.plan customer=planned />
                    <RiskPanel risk=view.risk customer=risky />
                    <form class="panel stack" method="post" action="/act/set-residency" aria-labelledby="residence">
                        <h2 id="residence">"Residency"</h2>
                        <input type="hidden" name="customer" value=housed />
                        <Chosen name="residency" label="Where its data are kept" choices=view.residencies />
                        <button class="button" type="submit">
                            "Save residency"
                        </button>
                    </form>
                    <form class="panel stack details" method="post" action="/act/save-notes" aria-labelledby="internal">
                        <h2 id="internal">"Internal notes"</h2>
                        <p class="muted">"Only JARAI’s own staff see them, here and in the audit log."</p>
                        <input type="hidden" name="customer" value=noted />
                        <div class="field">
                            <label for="notes">"Notes"</label>
                            <textarea id="notes" name="notes" rows="6" maxlength="4000">
                                {view.notes}
                            </textarea>
                        </div>
                        <button class="button" type="submit">
                            "Save notes"
                        </button>
                    </form>
                </div>
            </div>
        </Frame>
    }
}

fn account(customer: &str, account: CustomerAccount) -> impl IntoView + use<> {
    let (tone, state) = account.state;
    let facts = account.facts.into_iter().map(|fact| view! { <span>{fact}</span> }).collect_view();
    let (place, id) = (account.id.clone(), account.id.clone());
    let (status_id, reason_id) = (format!("status-{}", account.id), format!("reason-{}", account.id));
    let option =
        |choice: Choice| view! { <option value=choice.value selected=choice.chosen>{choice.words}</option> };
    view! {
        <li id=place>
            <h3>
                {account.name} " " <Badge tone text=state />
            </h3>
            <p class="facts small">{facts}</p>
            <details class="folded">
                <summary>"Change its status"</summary>
                <form method="post" action="/act/set-account-status">
                    <input type="hidden" name="customer" value=customer.to_owned() />
                    <input type="hidden" name="account" value=id />
                    <div class="field">
                        <label for=status_id.clone()>"Status"</label>
                        <select id=status_id name="status">
                            {account.statuses.into_iter().map(option).collect_view()}
                        </select>
                    </div>
                    <ReasonField id=reason_id />
                    <button class="button" type="submit">
                        "Change the status"
                    </button>
                </form>
            </details>
            <AccountForms customer=customer.to_owned() account=account.id choices=account.choices />
        </li>
    }
}
