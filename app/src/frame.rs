//! What stands around a page: the navigation and the usage banner where somebody is signed in, else the name alone.

use crate::{
    allowance::{LiveBanner, UsageView},
    ui::Logo,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// One entry of the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// Its address.
    pub path: &'static str,
    /// Its name, here and in its heading.
    pub name: &'static str,
}

/// The pages that exist, in the order in which they are listed. A sign-in leads back to none but these.
pub const PAGES: [Page; 1] = [Page { path: "/", name: "Overview" }];

/// Who is signed in, for whom, and what is left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrameView {
    /// The person's name.
    pub person: String,
    /// What they are to the customer.
    pub role: String,
    /// The customer's name.
    pub customer: String,
    /// What is left.
    pub usage: UsageView,
}

/// A page of somebody who is signed in.
#[component]
pub fn Frame(
    /// Who, and what is left.
    frame: FrameView,
    /// Which page it is.
    path: &'static str,
    /// The page.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="frame">
            <header class="top">
                <p class="brand">
                    <Logo />
                    "JARAI Console"
                </p>
                <button class="button menu-button" type="button" popovertarget="menu">
                    "Menu"
                </button>
            </header>
            <Navigation frame=frame.clone() path />
            <div class="content">
                <LiveBanner initial=frame.usage />
                <main id="main" tabindex="-1">
                    {children()}
                </main>
            </div>
        </div>
    }
}

/// The pages, and who is signed in. On a narrow screen it opens from a button, without a script.
#[component]
fn Navigation(frame: FrameView, path: &'static str) -> impl IntoView {
    let links = PAGES.map(|page| {
        view! {
            <li>
                <a href=page.path aria-current=(page.path == path).then_some("page")>
                    {page.name}
                </a>
            </li>
        }
    });
    view! {
        <nav class="side" id="menu" popover="auto" aria-label="Console">
            <button class="button menu-close" type="button" popovertarget="menu" popovertargetaction="hide">
                "Close"
            </button>
            <p class="customer">{frame.customer}</p>
            <ul>{links}</ul>
            <form class="signed-in" method="post" action="/act/sign-out">
                <p>
                    {frame.person} <span class="small muted">{frame.role}</span>
                </p>
                <button class="button" data-kind="quiet" type="submit">
                    "Sign out"
                </button>
            </form>
        </nav>
    }
}

/// A page outside: nobody is signed in, or nobody knows.
#[component]
pub fn PlainFrame(
    /// The page.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="plain">
            <main id="main" tabindex="-1">
                <p class="brand">
                    <Logo />
                    "JARAI Console"
                </p>
                {children()}
            </main>
        </div>
    }
}
