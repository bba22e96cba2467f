//! The letters of a sandbox: from which none is sent, unless it was told of a mail server. Elsewhere there is no such page.

use super::server_fns::mailbox_page;
use crate::{frame::loaded, ui::Logo};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

/// A letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetterView {
    /// To whom.
    pub to: String,
    /// When it was written.
    pub at: String,
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub paragraphs: Vec<String>,
    /// What its link says, and where it leads.
    pub link: Option<(String, String)>,
    /// Whether it had one that was used or works no more.
    pub link_is_over: bool,
    /// Whether a mail server has taken it.
    pub left: bool,
}

/// The mailbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailboxView {
    /// Whose letters alone; everybody's where it is empty.
    pub to: String,
    /// Whether letters are handed over to a mail server.
    pub leave: bool,
    /// The newest letters, newest first.
    pub letters: Vec<LetterView>,
}

/// The mailbox.
#[component]
pub fn MailboxPage() -> impl IntoView {
    let to = use_query_map().get_untracked().get("to").unwrap_or_default();
    loaded(move || mailbox_page(to.clone()), move |view| view! { <MailboxContent view /> })
}

/// These letters.
#[component]
pub fn MailboxContent(
    /// What to show.
    view: MailboxView,
) -> impl IntoView {
    let is_empty = view.letters.is_empty();
    let words = if view.leave {
        "Letters leave this installation: a mail server takes them to whoever they are for. They stand here too, newest \
         first. The link of a letter that has left is in that letter alone. "
    } else {
        "No letter leaves this installation. What would have been sent stands here, newest first, its links included. "
    };
    let letter = |letter: LetterView| {
        let over = if letter.left {
            "Its link has left with the letter."
        } else {
            "Its link was used, or works no more."
        };
        let link = letter.link.map(|(words, path)| {
            view! {
                <p>
                    <a class="button" href=path>
                        {words}
                    </a>
                </p>
            }
        });
        view! {
            <li class="letter">
                <h2>{letter.subject}</h2>
                <p class="facts small">
                    <span>"To " {letter.to}</span>
                    <span>{letter.at}</span>
                    {letter.left.then(|| view! { <span>"Handed over to the mail server"</span> })}
                </p>
                {letter.paragraphs.into_iter().map(|words| view! { <p>{words}</p> }).collect_view()}
                {link}
                {letter.link_is_over.then(|| view! { <p class="muted">{over}</p> })}
            </li>
        }
    };
    view! {
        <Title text="The sandbox’s mailbox" />
        <main id="main" class="sandbox-page" tabindex="-1">
            <p class="brand">
                <Logo />
                "JARAI Console"
            </p>
            <h1>"The sandbox’s mailbox"</h1>
            <p class="prose">
                {words}
                <a href="/sandbox">"Sample data"</a>
            </p>
            <form class="filters" method="get" action="/sandbox/mail">
                <div class="field" data-inline="true">
                    <label for="to">"Letters to"</label>
                    <input id="to" name="to" type="email" autocomplete="off" value=view.to />
                </div>
                <button class="button" type="submit">
                    "Show"
                </button>
            </form>
            {is_empty.then(|| view! { <p class="empty">"No letters yet. Register, or ask for a link, and it will stand here."</p> })}
            <ul>{view.letters.into_iter().map(letter).collect_view()}</ul>
        </main>
    }
}
