//! Which page answers which address.

use crate::{
    allowance::{OverviewPage, UsagePage},
    budget::AccountsPage,
    error::NotFoundPage,
    help::HelpPage,
    production::{EstimatePage, ProductionsPage, ReceiptPage, RefusedPage},
    sandbox::SandboxPage,
    team::SignInPage,
};
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{Route, Router, Routes},
    path,
};

/// All pages. They are rendered as a whole before the first byte is sent, so that a page without scripts is complete and
/// its status is known.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Title formatter=|page| format!("{page} – JARAI Console") />
        <Router>
            <Routes fallback=NotFoundPage>
                <Route path=path!("/") view=OverviewPage ssr=SsrMode::Async />
                <Route path=path!("/productions") view=ProductionsPage ssr=SsrMode::Async />
                <Route path=path!("/productions/:production") view=ReceiptPage ssr=SsrMode::Async />
                <Route path=path!("/usage") view=UsagePage ssr=SsrMode::Async />
                <Route path=path!("/accounts") view=AccountsPage ssr=SsrMode::Async />
                <Route path=path!("/estimate") view=EstimatePage ssr=SsrMode::Async />
                <Route path=path!("/help") view=HelpPage ssr=SsrMode::Async />
                <Route path=path!("/refusals/:refusal") view=RefusedPage ssr=SsrMode::Async />
                <Route path=path!("/sandbox") view=SandboxPage ssr=SsrMode::Async />
                <Route path=path!("/sign-in") view=SignInPage ssr=SsrMode::Async />
            </Routes>
        </Router>
    }
}
