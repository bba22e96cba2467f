//! Letters that did not leave and are not tried any more, each with the button that sends it again. N3, S4.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A letter that was given up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnsentRow {
    /// Which.
    pub id: String,
    /// Its subject.
    pub subject: String,
    /// To whom it was to go.
    pub to: String,
    /// When it was written.
    pub at: String,
    /// Why it did not leave, and how often it was tried.
    pub why: String,
    /// Whether its link works no more: then it is not sent again.
    pub link_is_over: bool,
}

/// The list; nothing where there is none.
#[component]
pub(super) fn UnsentLetters(letters: Vec<UnsentRow>) -> impl IntoView {
    (!letters.is_empty()).then(|| view! {
        <section class="panel stack" aria-labelledby="unsent">
            <h2 id="unsent">"Letters that were given up"</h2>
            <p class="small muted">
                "Nobody has got them, and none is tried again by itself. Mend what kept them first: an address that does not \
                 exist refuses them again."
            </p>
            <div class="scroll" tabindex="0" role="region" aria-label="Letters that were given up as a table">
                <table class="list event-list">
                    <thead>
                        <tr>
                            <th scope="col">"Letter"</th>
                            <th scope="col">"To"</th>
                            <th scope="col">"Why it did not leave"</th>
                            <th scope="col"><span class="unseen">"What to do"</span></th>
                        </tr>
                    </thead>
                    <tbody>{letters.into_iter().map(row).collect_view()}</tbody>
                </table>
            </div>
        </section>
    })
}

fn row(letter: UnsentRow) -> impl IntoView {
    let act = if letter.link_is_over {
        view! { <p class="small muted">"Its link works no more. Whoever needs it asks for another one."</p> }
            .into_any()
    } else {
        view! {
            <form method="post" action="/act/send-letter-again">
                <input type="hidden" name="letter" value=letter.id />
                <button class="button" type="submit">
                    "Send again" <span class="unseen">" to " {letter.to.clone()}</span>
                </button>
            </form>
        }
        .into_any()
    };
    view! {
        <tr>
            <th scope="row">
                {letter.subject} <span class="under">"Written " {letter.at}</span>
            </th>
            <td>{letter.to}</td>
            <td>{letter.why}</td>
            <td>{act}</td>
        </tr>
    }
}
