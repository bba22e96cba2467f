//! Choosing one of a few: as a row of segments, or as a field that opens.

#[cfg(feature = "ssr")]
use crate::{AppError, format::Format};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// One thing to choose, and where it leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// The address that chooses it; or its value, in a field.
    pub value: String,
    /// What it is called.
    pub words: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// Addresses side by side, of which one is this page's.
#[component]
pub fn Segments(
    /// What is chosen.
    label: &'static str,
    /// From what.
    choices: Vec<Choice>,
) -> impl IntoView {
    links("segments", "true", label, choices)
}

/// Addresses as tabs above a table, of which one is this page's.
#[component]
pub fn Tabs(
    /// What is chosen.
    label: &'static str,
    /// From what.
    choices: Vec<Choice>,
) -> impl IntoView {
    links("tabs", "page", label, choices)
}

fn links(
    class: &'static str,
    current: &'static str,
    label: &'static str,
    choices: Vec<Choice>,
) -> impl IntoView {
    let link = |choice: Choice| {
        view! {
            <a href=choice.value aria-current=choice.chosen.then_some(current)>
                {choice.words}
            </a>
        }
    };
    view! {
        <nav class=class aria-label=label>
            {choices.into_iter().map(link).collect_view()}
        </nav>
    }
}

/// A field that opens.
#[component]
pub fn Select(
    /// The field's name in its form.
    name: &'static str,
    /// What is chosen.
    label: &'static str,
    /// From what.
    choices: Vec<Choice>,
) -> impl IntoView {
    let option =
        |choice: Choice| view! { <option value=choice.value selected=choice.chosen>{choice.words}</option> };
    view! {
        <div class="field" data-inline="true">
            <label for=name>{label}</label>
            <select id=name name=name>{choices.into_iter().map(option).collect_view()}</select>
        </div>
    }
}

/// On to what is older, and back to the newest.
#[component]
pub fn Pager(
    /// The address of what is older, if there is something.
    older: Option<String>,
    /// The address of the newest, where this page is not it.
    newest: Option<String>,
) -> impl IntoView {
    (older.is_some() || newest.is_some()).then(|| {
        view! {
            <nav class="pager" aria-label="Pages">
                {newest.map(|address| view! { <a class="button" href=address>"Newest"</a> })}
                {older.map(|address| view! { <a class="button" href=address>"Older"</a> })}
            </nav>
        }
    })
}

/// Which lines of a longer list a page has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pages {
    /// `Lines 51–100 of 230`.
    pub words: String,
    /// The address of the page before, if there is one.
    pub before: Option<String>,
    /// The address of the page after, if there is one.
    pub after: Option<String>,
}

#[cfg(feature = "ssr")]
impl Pages {
    /// The page that an address asks for: the first where it says nothing.
    pub fn asked(page: Option<&str>) -> Result<usize, AppError> {
        let page = page.unwrap_or("1").parse().ok().filter(|page| *page > 0);
        page.ok_or_else(|| AppError::Invalid {
            field: "page".to_owned(),
            message: "A page is a number from 1 on".to_owned(),
        })
    }

    /// The lines of one page, `size` on each, and where it stands if there are more; beyond the last page is the last page.
    pub fn cut<T>(
        all: Vec<T>,
        (page, size): (usize, usize),
        noun: &str,
        format: &Format,
        address: impl Fn(usize) -> String,
    ) -> (Vec<T>, Option<Self>) {
        let (count, last) = (all.len(), all.len().div_ceil(size).max(1));
        let page = page.min(last);
        let first = (page - 1).saturating_mul(size);
        let shown: Vec<T> = all.into_iter().skip(first).take(size).collect();
        let number = |number: usize| format.count(i128::try_from(number).unwrap_or(i128::MAX));
        let (from, to) = (number(first.saturating_add(1)), number(first.saturating_add(shown.len())));
        let pages = (count > size).then(|| Self {
            words: format!("{noun} {from}–{to} of {}", number(count)),
            before: (page > 1).then(|| address(page - 1)),
            after: (page < last).then(|| address(page.saturating_add(1))),
        });
        (shown, pages)
    }
}

/// Back and on through a list that has an end.
#[component]
pub fn PageLinks(
    /// Where this page stands.
    pages: Pages,
) -> impl IntoView {
    view! {
        <nav class="pager" aria-label="Pages">
            {pages.before.map(|address| view! { <a class="button" href=address>"Previous"</a> })}
            <span>{pages.words}</span>
            {pages.after.map(|address| view! { <a class="button" href=address>"Next"</a> })}
        </nav>
    }
}
