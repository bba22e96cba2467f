//! Why an act is done: the audit log keeps it. N1.

use leptos::prelude::*;

/// The field for a reason, named `reason` in its form; at most 300 characters.
#[component]
pub fn ReasonField(
    /// Its id: one of a kind on the page.
    #[prop(into)]
    id: String,
    /// What it asks.
    #[prop(default = "Why")]
    label: &'static str,
) -> impl IntoView {
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <input id=id name="reason" maxlength="300" required autocomplete="off" />
        </div>
    }
}
