//! Accounts & budgets: each account's month, and where new productions stop. G1, G5, reading 5.7.

use super::{
    history::{ChangeView, LimitHistory},
    server_fns::accounts_page,
};
use crate::{
    frame::{Frame, FrameView, PageHeader, loaded},
    ui::{Badge, Problem, Tape, TapeMeter, Tone, Transcript},
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

/// How limits are used, step by step.
const STEPS: [&str; 4] = [
    "Each account shows what it has **spent and held this month**, and what is left of its limit.",
    "Open **Edit limits**: set where you want to be told, and where new productions stop.",
    "Choose **every month** or **this month only**; the next month then goes by the old limit again.",
    "A limit below what is spent is allowed: what runs finishes, and new productions are refused until the month ends.",
];

/// One account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountView {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The one thing to know of it.
    pub notice: Option<(Tone, String)>,
    /// Tokens of this cycle, and what it runs.
    pub facts: Vec<String>,
    /// The month.
    pub tape: Tape,
    /// Spent, held, left, limit: names and amounts.
    pub cells: Vec<(String, String)>,
    /// What follows from it.
    pub says: String,
    /// Where its limits are edited, for those who may.
    pub edit: Option<(String, String)>,
    /// Whether they are being edited.
    pub editing: bool,
}

/// What a form for limits was made on: amounts as they are typed, empty where there is none. I-44.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownLimits {
    /// *Stop new productions at*, every month.
    #[serde(default)]
    pub stop_at: String,
    /// The same, for this month only.
    #[serde(default)]
    pub this_month: String,
    /// *Tell me at*.
    #[serde(default)]
    pub tell_at: String,
}

/// The form for the limits of one account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LimitsForm {
    /// Its id.
    pub account: String,
    /// Its name.
    pub name: String,
    /// What stands before an amount: `£`.
    pub unit: String,
    /// *Tell me at*, as it was set or typed.
    pub tell_at: String,
    /// *Stop new productions at*, as it was set or typed.
    pub stop_at: String,
    /// Whether the limit is for this month only.
    pub this_month: bool,
    /// The month: `November`.
    pub month: String,
    /// Whether there is a limit to remove.
    pub has_limit: bool,
    /// What is spent and held, and what follows.
    pub says: String,
    /// Which field is wrong, and why.
    pub wrong: Option<(String, String)>,
    /// Who has changed the limits before, newest first.
    pub history: Vec<ChangeView>,
    /// What it was made on.
    pub shown: ShownLimits,
}

/// The page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountsView {
    /// What stands around it.
    pub frame: FrameView,
    /// The line of facts under the heading.
    pub facts: Vec<String>,
    /// The accounts in reach, by name.
    pub accounts: Vec<AccountView>,
    /// Whether the reader may open another account.
    pub may_open: bool,
    /// The form, where one is open.
    pub form: Option<LimitsForm>,
}

/// Each account and its month.
#[component]
pub fn AccountsPage() -> impl IntoView {
    let edit = use_query_map().get_untracked().get("edit").unwrap_or_default();
    loaded(move || accounts_page(edit.clone()), move |view| view! { <AccountsContent view /> })
}

/// The page of these figures.
#[component]
pub fn AccountsContent(
    /// What to show.
    view: AccountsView,
) -> impl IntoView {
    let list = if view.accounts.is_empty() {
        view! { <p class="empty">"No accounts yet. Each account and what it spends in a month shows here."</p> }.into_any()
    } else {
        let rows = view.accounts.into_iter().map(account).collect_view();
        view! { <ul class="accounts">{rows}</ul> }.into_any()
    };
    let open = view.form.is_some();
    view! {
        <Title text="Accounts & budgets" />
        <Frame frame=view.frame path="/accounts">
            <PageHeader title="Accounts & budgets" facts=view.facts>
                {view.may_open.then(|| {
                    view! {
                        <a class="button" href="/accounts/new">
                            "Open an account"
                        </a>
                    }
                })}
            </PageHeader>
            <div class="columns" data-form=open.to_string()>
                <section class="panel" aria-label="Accounts">{list}</section>
                {view.form.map(|form| view! { <Limits form /> })}
            </div>
            <Transcript title="Setting a budget" steps=STEPS.to_vec() />
        </Frame>
    }
}

fn account(account: AccountView) -> impl IntoView {
    let cells = account.cells.into_iter().map(|(name, amount)| {
        view! {
            <div>
                <dt>{name}</dt>
                <dd>{amount}</dd>
            </div>
        }
    });
    let facts = account.facts.into_iter().map(|fact| view! { <span>{fact}</span> }).collect_view();
    let edit = match account.edit {
        _ if account.editing => view! { <span class="muted small">"Editing"</span> }.into_any(),
        Some((address, words)) => {
            let name = account.name.clone();
            view! {
                <a href=address>
                    {words} <span class="unseen">" of " {name}</span>
                </a>
            }
            .into_any()
        }
        None => ().into_any(),
    };
    view! {
        <li id=account.id>
            <div class="account-top">
                <h2>
                    {account.name} " " {account.notice.map(|(tone, text)| view! { <Badge tone text /> })}
                </h2>
                {edit}
            </div>
            <p class="facts small">{facts}</p>
            <TapeMeter tape=account.tape />
            <dl class="cells">{cells.collect_view()}</dl>
            <p class="small muted">{account.says}</p>
        </li>
    }
}

/// The form, with what was typed and what was wrong with it.
#[component]
fn Limits(form: LimitsForm) -> impl IntoView {
    let wrong = form.wrong.as_ref().map(|(field, _)| field.clone());
    let is_wrong = move |field: &str| wrong.as_deref() == Some(field);
    let problem = form.wrong.map(|(_, message)| view! { <Problem message /> });
    let remove = form.has_limit.then(|| {
        view! {
            <button class="button" data-kind="quiet" type="submit" name="remove" value="true" formnovalidate>
                "Remove limit"
            </button>
        }
    });
    view! {
        <section class="panel limits" aria-labelledby="limits">
            <h2 id="limits">"Limits for " {form.name}</h2>
            {problem}
            <form method="post" action="/act/set-limits">
                <input type="hidden" name="account" value=form.account />
                <input type="hidden" name="shown[stop_at]" value=form.shown.stop_at />
                <input type="hidden" name="shown[this_month]" value=form.shown.this_month />
                <input type="hidden" name="shown[tell_at]" value=form.shown.tell_at />
                <AmountField
                    name="tell_at"
                    label="Tell me at"
                    hint="Of what is spent this month. Leave it empty to be told nothing."
                    unit=form.unit.clone()
                    value=form.tell_at
                    wrong=is_wrong("tell_at")
                />
                <AmountField
                    name="stop_at"
                    label="Stop new productions at"
                    hint="Counts spent and held. Running productions finish."
                    unit=form.unit
                    value=form.stop_at
                    wrong=is_wrong("stop_at")
                />
                <fieldset>
                    <legend>"From when"</legend>
                    <label class="option">
                        <input type="radio" name="from" value="always" checked=!form.this_month />
                        "Now, and every month"
                    </label>
                    <label class="option">
                        <input type="radio" name="from" value="month" checked=form.this_month />
                        {form.month}
                        " only, then as before"
                    </label>
                </fieldset>
                <p class="said">{form.says}</p>
                <div class="acts">
                    <button class="button" data-kind="primary" type="submit">
                        "Save limits"
                    </button>
                    {remove}
                    <a class="button" data-kind="quiet" href="/accounts">
                        "Close"
                    </a>
                </div>
            </form>
            <LimitHistory changes=form.history />
        </section>
    }
}

/// An amount of money, with its sign before it and what it means below it.
#[component]
pub(crate) fn AmountField(
    name: &'static str,
    #[prop(into)] label: String,
    #[prop(into)] hint: String,
    unit: String,
    value: String,
    wrong: bool,
) -> impl IntoView {
    let hint_id = format!("{name}-hint");
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <div class="with-unit">
                <span>{unit}</span>
                <input
                    id=name
                    name=name
                    inputmode="decimal"
                    autocomplete="off"
                    value=value
                    aria-invalid=wrong.then_some("true")
                    aria-describedby=hint_id.clone()
                />
            </div>
            <p class="hint" id=hint_id>
                {hint}
            </p>
        </div>
    }
}
