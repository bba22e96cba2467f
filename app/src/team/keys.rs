//! The keys of the pipeline: which there are, what each may do, and the token of one that was just made, once. T12.

use super::key_fns::keys_page;
use crate::{
    frame::{Frame, FrameView, PageHeader, loaded},
    ui::{Badge, Tone, Transcript},
};
use leptos::prelude::*;
use leptos_meta::Title;
use serde::{Deserialize, Serialize};

/// How keys are used, step by step.
const STEPS: [&str; 4] = [
    "**Make a key** for each pipeline, with the acts and the accounts that it needs and nothing more.",
    "The key is **shown once**. Put it where your pipeline keeps its secrets.",
    "**Rotate** it from time to time: the old token lives on for as long as you choose, so nothing stops.",
    "**Revoke** a key that got out: it is dead at once, and what it has started still settles.",
];

/// A token, on the one page that shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// The token.
    pub token: String,
    /// Whose, and what became of the one before.
    pub says: String,
}

/// One key of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyRow {
    /// Its page.
    pub page: String,
    /// What it is called.
    pub name: String,
    /// `jk_1a2b…`.
    pub start: String,
    /// That it is revoked, or that two tokens live.
    pub notice: Option<(Tone, String)>,
    /// What it may do.
    pub acts: String,
    /// For which accounts.
    pub accounts: String,
    /// `£12.40 of £50.00`.
    pub spent: String,
    /// When it was used last.
    pub used: String,
    /// When it was made, and by whom.
    pub made: (String, String),
}

/// The page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeysView {
    /// What stands around it.
    pub frame: FrameView,
    /// The line of facts.
    pub facts: Vec<String>,
    /// A token that was made just now.
    pub token: Option<Token>,
    /// The keys, newest first; those that are revoked last.
    pub rows: Vec<KeyRow>,
}

/// All keys.
#[component]
pub fn KeysPage() -> impl IntoView {
    loaded(keys_page, move |view| view! { <KeysContent view /> })
}

/// The page of these keys.
#[component]
pub fn KeysContent(
    /// What to show.
    view: KeysView,
) -> impl IntoView {
    let list = if view.rows.is_empty() {
        view! { <p class="empty">"No keys yet. A pipeline asks the gate with a key; make one to begin."</p> }
            .into_any()
    } else {
        let rows = view.rows.into_iter().map(row).collect_view();
        view! {
            <div class="scroll">
                <table class="list">
                    <thead>
                        <tr>
                            <th scope="col">"Key"</th>
                            <th scope="col">"May"</th>
                            <th scope="col">"Accounts"</th>
                            <th scope="col" class="number">"Spent this month"</th>
                            <th scope="col">"Last used"</th>
                            <th scope="col">"Made"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        }
        .into_any()
    };
    view! {
        <Title text="Pipeline keys" />
        <Frame frame=view.frame path="/keys">
            <PageHeader title="Pipeline keys" facts=view.facts>
                <a class="button" data-kind="primary" href="/keys/new">
                    "Make a key"
                </a>
            </PageHeader>
            {view.token.map(|token| view! { <ShownOnce token /> })}
            {list}
            <Transcript title="Using keys" steps=STEPS.to_vec() />
        </Frame>
    }
}

/// A token, and that it is not shown again.
#[component]
fn ShownOnce(token: Token) -> impl IntoView {
    view! {
        <section class="panel key-token" aria-labelledby="token">
            <h2 id="token">"Copy the key now: it is not shown again"</h2>
            <p>
                <code>{token.token}</code>
            </p>
            <p class="muted">{token.says}</p>
        </section>
    }
}

fn row(key: KeyRow) -> impl IntoView {
    view! {
        <tr>
            <th scope="row">
                <a href=key.page>{key.name}</a>
                " "
                {key.notice.map(|(tone, text)| view! { <Badge tone text /> })}
                <span class="under">
                    <code>{key.start}</code>
                </span>
            </th>
            <td data-label="May">{key.acts}</td>
            <td data-label="Accounts">{key.accounts}</td>
            <td class="number" data-label="Spent this month">{key.spent}</td>
            <td data-label="Last used">{key.used}</td>
            <td data-label="Made">
                {key.made.0}
                <span class="under">{key.made.1}</span>
            </td>
        </tr>
    }
}
