//! Inviting somebody: an address, a role, and an operator's accounts. H5–H7.

use crate::ui::Problem;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A role that can be given: its word, its name, what it is for, and whether it is chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleChoice {
    /// Its value.
    pub value: String,
    /// What it is called.
    pub name: String,
    /// What it may do.
    pub means: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// An account that an operator may reach.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountChoice {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// The form, empty or as it was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InviteForm {
    /// The address.
    pub email: String,
    /// The roles.
    pub roles: Vec<RoleChoice>,
    /// The accounts.
    pub accounts: Vec<AccountChoice>,
    /// What follows: that it takes a seat.
    pub says: String,
    /// Which field is wrong, and why.
    pub wrong: Option<(String, String)>,
}

/// The form.
#[component]
pub(super) fn InviteSomebody(form: InviteForm) -> impl IntoView {
    let invalid = form.wrong.as_ref().is_some_and(|(field, _)| field == "email").then_some("true");
    let problem = form.wrong.map(|(_, message)| view! { <Problem message /> });
    view! {
        <section class="panel seat-form" id="invite" aria-labelledby="invite-title">
            <h2 id="invite-title">"Invite somebody"</h2>
            {problem}
            <form method="post" action="/act/invite-member">
                <div class="field">
                    <label for="email">"Email"</label>
                    <input
                        id="email"
                        name="email"
                        type="email"
                        autocomplete="off"
                        autocapitalize="none"
                        spellcheck="false"
                        required
                        maxlength="254"
                        value=form.email
                        aria-invalid=invalid
                        aria-describedby="email-hint"
                    />
                    <p class="hint" id="email-hint">
                        "They get a link that works once, for seven days, and for this address alone."
                    </p>
                </div>
                <RoleFields roles=form.roles accounts=form.accounts />
                <p class="said">{form.says}</p>
                <div class="acts">
                    <button class="button" data-kind="primary" type="submit">
                        "Send the invitation"
                    </button>
                    <a class="button" data-kind="quiet" href="/team">
                        "Close"
                    </a>
                </div>
            </form>
        </section>
    }
}

/// The roles, and below them the accounts of an operator.
#[component]
pub(super) fn RoleFields(roles: Vec<RoleChoice>, accounts: Vec<AccountChoice>) -> impl IntoView {
    let role = |role: RoleChoice| {
        view! {
            <label class="option">
                <input type="radio" name="role" value=role.value checked=role.chosen />
                <span>
                    {role.name} <span class="muted">" – " {role.means}</span>
                </span>
            </label>
        }
    };
    let account = |account: AccountChoice| {
        view! {
            <label class="option">
                <input type="checkbox" name="accounts[]" value=account.id checked=account.chosen />
                {account.name}
            </label>
        }
    };
    let accounts = if accounts.is_empty() {
        view! { <p class="hint">"There are no accounts yet."</p> }.into_any()
    } else {
        accounts.into_iter().map(account).collect_view().into_any()
    };
    view! {
        <fieldset>
            <legend>"Role"</legend>
            {roles.into_iter().map(role).collect_view()}
        </fieldset>
        <fieldset>
            <legend>"Accounts of an operator"</legend>
            {accounts}
        </fieldset>
    }
}
