//! Which page answers which address.

use crate::{
    allowance::OverviewPage,
    error::NotFoundPage,
    production::{ProductionsPage, ReceiptPage},
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
                <Route path=path!("/sign-in") view=SignInPage ssr=SsrMode::Async />
            </Routes>
        </Router>
    }
}
