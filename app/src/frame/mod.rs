//! What stands around a page: the navigation and the usage banner where somebody is signed in, else the name alone.

mod loaded;
mod navigation;
mod pages;
mod preferences;
mod server_fns;

pub use loaded::loaded;
pub use navigation::NavigationView;
pub use pages::{PAGES, Page, own_address};
pub use preferences::PreferencesView;
pub use server_fns::{Appearance, SwitchCustomer, appearance, switch_customer};

use crate::{
    allowance::{LiveBanner, UsageView},
    flash::Notice,
    ui::{Logo, Said},
};
use leptos::prelude::*;
use navigation::Navigation;
use serde::{Deserialize, Serialize};

/// Who is signed in, for whom, and what is left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrameView {
    /// The pages in reach, the person, and how they read.
    pub navigation: NavigationView,
    /// What is left.
    pub usage: UsageView,
    /// What was done just now.
    pub notice: Option<Notice>,
    /// In an installation of samples, its clock: `22 Oct 2026, 16:40 UTC`.
    pub sandbox: Option<String>,
}

/// A page of somebody who is signed in.
#[component]
pub fn Frame(
    /// Who, and what is left.
    frame: FrameView,
    /// Which page it is.
    path: &'static str,
    /// Whether the page is about usage: then the banner stands in full, else in one line.
    #[prop(optional)]
    full_banner: bool,
    /// The page.
    children: Children,
) -> impl IntoView {
    let sandbox = frame.sandbox.map(|clock| {
        view! {
            <footer class="sandbox">
                <a href="/sandbox">"Sample data"</a>
                <span>"The clock shows " {clock}</span>
            </footer>
        }
    });
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
            <Navigation navigation=frame.navigation path />
            <div class="content">
                <LiveBanner initial=frame.usage full=full_banner />
                <main id="main" tabindex="-1">
                    {frame.notice.map(|notice| view! { <Said tone=notice.tone words=notice.words /> })}
                    {children()}
                </main>
                {sandbox}
            </div>
        </div>
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

/// The head of a page: its title, one line of facts, and what can be done.
#[component]
pub fn PageHeader(
    /// The title.
    #[prop(into)]
    title: String,
    /// The line of facts.
    #[prop(optional)]
    facts: Vec<String>,
    /// Links and buttons.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let facts = (!facts.is_empty()).then(|| {
        let facts = facts.into_iter().map(|fact| view! { <span>{fact}</span> }).collect_view();
        view! { <p class="facts">{facts}</p> }
    });
    view! {
        <header class="page-header">
            <div>
                <h1>{title}</h1>
                {facts}
            </div>
            {children.map(|children| view! { <div class="acts">{children()}</div> })}
        </header>
    }
}

#[cfg(feature = "ssr")]
mod on_the_server {
    use super::{FrameView, NavigationView};
    use crate::{AppError, allowance::UsageView, flash, reader::Reader};
    use engine::{Engine, allowance::Usage};

    impl FrameView {
        /// What stands around this reader's page.
        #[must_use]
        pub fn of(usage: &Usage, sandbox: bool, reader: &Reader) -> Self {
            Self {
                navigation: NavigationView::of(reader),
                usage: UsageView::of(usage, reader),
                notice: None,
                sandbox: sandbox.then(|| reader.format.instant(usage.capacity.as_of)),
            }
        }

        /// The same, with what was done just now.
        pub async fn with_notice(self) -> Result<Self, AppError> {
            Ok(Self { notice: flash::said().await?, ..self })
        }

        /// The same, for a page that needs nothing else of the usage.
        pub async fn load(engine: &Engine, reader: &Reader) -> Result<Self, AppError> {
            let usage = engine.usage(reader.member.customer).await?;
            Self::of(&usage, engine.is_sandbox(), reader).with_notice().await
        }
    }
}
