//! The pages in reach, whose they are, and who is signed in. On a narrow screen it opens from a button, without a script.

use super::preferences::{Preferences, PreferencesView};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// One page that is listed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its address.
    pub path: String,
    /// Its name.
    pub name: String,
    /// The heading that it stands under, where that begins with it.
    pub heading: Option<String>,
}

/// What the navigation shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NavigationView {
    /// The person's name.
    pub person: String,
    /// What they are to the customer.
    pub role: String,
    /// The customer's name.
    pub customer: String,
    /// The others that they may look at: id and name.
    pub others: Vec<(String, String)>,
    /// The pages that they are led to.
    pub entries: Vec<Entry>,
    /// How they read.
    pub preferences: PreferencesView,
}

/// The navigation.
#[component]
pub(super) fn Navigation(navigation: NavigationView, path: &'static str) -> impl IntoView {
    let links = navigation.entries.into_iter().map(|entry| {
        let current = (entry.path == path).then_some("page");
        view! {
            {entry.heading.map(|heading| view! { <li class="group">{heading}</li> })}
            <li>
                <a href=entry.path aria-current=current>
                    {entry.name}
                </a>
            </li>
        }
    });
    view! {
        <nav class="side" id="menu" popover="auto" aria-label="Console">
            <button class="button menu-close" type="button" popovertarget="menu" popovertargetaction="hide">
                "Close"
            </button>
            <Switcher customer=navigation.customer others=navigation.others />
            <ul>{links.collect_view()}</ul>
            <div class="side-foot">
                <Preferences preferences=navigation.preferences path />
                <form class="signed-in" method="post" action="/act/sign-out">
                    <p>
                        <a class="you" href="/you" aria-current=(path == "/you").then_some("page")>
                            {navigation.person}
                        </a>
                        <span class="small muted">{navigation.role}</span>
                    </p>
                    <button class="button" data-kind="quiet" type="submit">
                        "Sign out"
                    </button>
                </form>
            </div>
        </nav>
    }
}

/// Whose figures these are, and whose they could be.
#[component]
fn Switcher(customer: String, others: Vec<(String, String)>) -> impl IntoView {
    if others.is_empty() {
        return view! { <p class="customer">{customer}</p> }.into_any();
    }
    let choices = others.into_iter().map(|(id, name)| {
        view! {
            <li>
                <button type="submit" name="customer" value=id>
                    {name}
                </button>
            </li>
        }
    });
    view! {
        <details class="switch">
            <summary>
                <span class="unseen">"Customer: "</span>
                {customer}
            </summary>
            <form method="post" action="/act/switch-customer">
                <ul>{choices.collect_view()}</ul>
            </form>
        </details>
    }
    .into_any()
}

#[cfg(feature = "ssr")]
mod on_the_server {
    use super::{Entry, NavigationView, PreferencesView};
    use crate::{frame::PAGES, reader::Reader};

    impl NavigationView {
        /// The pages that this reader is led to.
        #[must_use]
        pub fn of(reader: &Reader) -> Self {
            let member = &reader.member;
            let others = member.customers.iter().filter(|(id, _)| *id != member.customer);
            let mut group = None;
            let entry = |page: &crate::frame::Page| {
                let begins = page.group.filter(|_| group != page.group);
                group = page.group;
                Entry {
                    path: page.path.to_owned(),
                    name: page.name.to_owned(),
                    heading: begins.map(str::to_owned),
                }
            };
            Self {
                person: member.name.clone(),
                role: member.role.title().to_owned(),
                customer: member.customer_name.clone(),
                others: others.map(|(id, name)| (id.to_string(), name.clone())).collect(),
                entries: PAGES.iter().filter(|page| reader.may(page.permission)).map(entry).collect(),
                preferences: PreferencesView::of_request(),
            }
        }
    }
}
