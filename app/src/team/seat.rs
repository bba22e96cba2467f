//! One member's seat: role, reach and cap; another cap for a time; and its end. H4, H5, A7.
//!
//! Each form carries what it was made on, so that nobody overwrites what they have not seen. I-44.

use super::invite::{AccountChoice, RoleChoice, RoleFields};
use crate::ui::Problem;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What a form was made on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownSeat {
    /// The role's word.
    #[serde(default)]
    pub role: String,
    /// Ids of accounts, with spaces between them.
    #[serde(default)]
    pub accounts: String,
    /// The cap in tokens; empty without one.
    #[serde(default)]
    pub cap: String,
    /// What holds in its place: tokens and microseconds; empty where nothing does.
    #[serde(default)]
    pub instead: String,
}

/// Another cap for a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OverrideForm {
    /// Tokens, as they were set or typed.
    pub tokens: String,
    /// When the cycle ends: `1 Nov, 00:00 UTC`.
    pub cycle_ends: String,
    /// A day, as it was typed; empty until the cycle ends.
    pub until: String,
    /// What holds now.
    pub says: String,
    /// Whether there is an override to end.
    pub ends: bool,
}

/// The forms of one member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeatForm {
    /// Whose.
    pub person: String,
    /// Their name.
    pub name: String,
    /// What it was made on.
    pub shown: ShownSeat,
    /// The roles.
    pub roles: Vec<RoleChoice>,
    /// The accounts.
    pub accounts: Vec<AccountChoice>,
    /// The cap, as it was set or typed.
    pub cap: String,
    /// What they have taken in this cycle.
    pub says: String,
    /// Another cap for a time, where they have one.
    pub instead: Option<OverrideForm>,
    /// What becomes of a removed member; none where they cannot be.
    pub remove: Option<String>,
    /// Which field is wrong, and why.
    pub wrong: Option<(String, String)>,
}

/// The forms.
#[component]
pub(super) fn SeatEditor(form: SeatForm) -> impl IntoView {
    let wrong = form.wrong.as_ref().map(|(field, _)| field.clone());
    let is_wrong = move |field: &str| (wrong.as_deref() == Some(field)).then_some("true");
    let problem = form.wrong.map(|(_, message)| view! { <Problem message /> });
    let (person, shown) = (form.person, form.shown);
    let made = || view! { <Made person=person.clone() shown=shown.clone() /> };
    let instead = form.instead.map(|instead| {
        view! {
            <Instead
                form=instead
                invalid=is_wrong("tokens").or(is_wrong("until"))
                person=person.clone()
                shown=shown.clone()
            />
        }
    });
    let remove = form.remove.map(|words| {
        view! {
            <details>
                <summary>"Remove " {form.name.clone()}</summary>
                <form method="post" action="/act/remove-member">
                    {made()}
                    <p>{words}</p>
                    <button class="button" type="submit">
                        "Remove " {form.name.clone()} " now"
                    </button>
                </form>
            </details>
        }
    });
    view! {
        <section class="panel seat-form" id="seat" aria-labelledby="seat-title">
            <h2 id="seat-title">{form.name.clone()}</h2>
            {problem}
            <div class="seat-columns">
                <form method="post" action="/act/change-seat">
                    {made()}
                    <RoleFields roles=form.roles accounts=form.accounts />
                    <div class="field">
                        <label for="cap">"Cap, tokens a cycle"</label>
                        <input
                            id="cap"
                            name="cap"
                            inputmode="numeric"
                            autocomplete="off"
                            value=form.cap
                            aria-invalid=is_wrong("cap")
                            aria-describedby="cap-hint"
                        />
                        <p class="hint" id="cap-hint">
                            "Leave it empty for no cap. It counts what is used and held in their name; running productions finish."
                        </p>
                    </div>
                    <p class="said">{form.says}</p>
                    <div class="acts">
                        <button class="button" data-kind="primary" type="submit">
                            "Save " {form.name}
                        </button>
                        <a class="button" data-kind="quiet" href="/team">
                            "Close"
                        </a>
                    </div>
                </form>
                <div class="stack">{instead} {remove}</div>
            </div>
        </section>
    }
}

/// Whose form it is, and what it was made on.
#[component]
fn Made(person: String, shown: ShownSeat) -> impl IntoView {
    view! {
        <input type="hidden" name="person" value=person />
        <input type="hidden" name="shown[role]" value=shown.role />
        <input type="hidden" name="shown[accounts]" value=shown.accounts />
        <input type="hidden" name="shown[cap]" value=shown.cap />
        <input type="hidden" name="shown[instead]" value=shown.instead />
    }
}

/// Another cap for a time.
#[component]
fn Instead(
    form: OverrideForm,
    invalid: Option<&'static str>,
    person: String,
    shown: ShownSeat,
) -> impl IntoView {
    let end = form.ends.then(|| {
        view! {
            <button class="button" data-kind="quiet" type="submit" name="end" value="true" formnovalidate>
                "End it now"
            </button>
        }
    });
    let day = !form.until.is_empty();
    view! {
        <form method="post" action="/act/override-cap">
            <h3>"Another cap for a time"</h3>
            <p class="muted">{form.says}</p>
            <Made person shown />
            <div class="field">
                <label for="tokens">"Tokens"</label>
                <input id="tokens" name="tokens" inputmode="numeric" autocomplete="off" required value=form.tokens aria-invalid=invalid />
            </div>
            <fieldset>
                <legend>"Until"</legend>
                <label class="option">
                    <input type="radio" name="last" value="cycle" checked=!day />
                    "this cycle ends, " {form.cycle_ends}
                </label>
                <label class="option">
                    <input type="radio" name="last" value="day" checked=day />
                    "this day, 00:00 UTC"
                </label>
                <div class="field">
                    <label for="until">"Day"</label>
                    <input id="until" name="until" type="date" value=form.until aria-invalid=invalid />
                </div>
            </fieldset>
            <div class="acts">
                <button class="button" type="submit">
                    "Set it for a time"
                </button>
                {end}
            </div>
        </form>
    }
}
