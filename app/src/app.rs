//! Which page answers which address.

use crate::{
    allowance::{OverviewPage, UsagePage},
    audit::{AuditPage, PrivacyPage, RequestsPage},
    budget::AccountsPage,
    customer::{CustomerPage, CustomersPage, NewAccountPage, NewCustomerPage},
    error::NotFoundPage,
    help::HelpPage,
    jobs::JobsPage,
    mail::StopPage,
    payment::{CreditNotePage, DetailsPage, InvoicePage, InvoicesPage, OrderPage, SandboxPayPage},
    pnl::{PlatformListsPage, PlatformPnlPage, PnlPage},
    production::{ControlsPage, EstimatePage, ProductionsPage, ReceiptPage, RefusedPage},
    sandbox::SandboxPage,
    team::{
        AcceptPage, AskForLinkPage, AskForResetPage, AssignmentsPage, CodePage, CodesPage, ConfirmPage,
        EnterPage, FactorPage, JoinPage, KeyPage, KeysPage, MailboxPage, NewKeyPage, RegisterPage, ResetPage,
        SentPage, SignInPage, TeamPage, YouPage,
    },
    tier::{PlanPage, PricingPage},
    top_up::{AutoTopUpPage, BuyPage},
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
                <Route path=path!("/accounts/new") view=NewAccountPage ssr=SsrMode::Async />
                <Route path=path!("/keys") view=KeysPage ssr=SsrMode::Async />
                <Route path=path!("/keys/new") view=NewKeyPage ssr=SsrMode::Async />
                <Route path=path!("/keys/:key") view=KeyPage ssr=SsrMode::Async />
                <Route path=path!("/audit") view=AuditPage ssr=SsrMode::Async />
                <Route path=path!("/pnl") view=PnlPage ssr=SsrMode::Async />
                <Route path=path!("/pnl/platform") view=PlatformPnlPage ssr=SsrMode::Async />
                <Route path=path!("/platform/lists") view=PlatformListsPage ssr=SsrMode::Async />
                <Route path=path!("/platform/customers") view=CustomersPage ssr=SsrMode::Async />
                <Route path=path!("/platform/customers/new") view=NewCustomerPage ssr=SsrMode::Async />
                <Route path=path!("/platform/customers/:customer") view=CustomerPage ssr=SsrMode::Async />
                <Route path=path!("/platform/assignments") view=AssignmentsPage ssr=SsrMode::Async />
                <Route path=path!("/platform/jobs") view=JobsPage ssr=SsrMode::Async />
                <Route path=path!("/platform/requests") view=RequestsPage ssr=SsrMode::Async />
                <Route path=path!("/platform/controls") view=ControlsPage ssr=SsrMode::Async />
                <Route path=path!("/plan") view=PlanPage ssr=SsrMode::Async />
                <Route path=path!("/buy") view=BuyPage ssr=SsrMode::Async />
                <Route path=path!("/buy/auto-top-up") view=AutoTopUpPage ssr=SsrMode::Async />
                <Route path=path!("/orders/:order") view=OrderPage ssr=SsrMode::Async />
                <Route path=path!("/invoices") view=InvoicesPage ssr=SsrMode::Async />
                <Route path=path!("/invoices/:invoice") view=InvoicePage ssr=SsrMode::Async />
                <Route path=path!("/credit-notes/:note") view=CreditNotePage ssr=SsrMode::Async />
                <Route path=path!("/billing-details") view=DetailsPage ssr=SsrMode::Async />
                <Route path=path!("/pricing") view=PricingPage ssr=SsrMode::Async />
                <Route path=path!("/sandbox/pay/:checkout") view=SandboxPayPage ssr=SsrMode::Async />
                <Route path=path!("/team") view=TeamPage ssr=SsrMode::Async />
                <Route path=path!("/invitations/accept") view=AcceptPage ssr=SsrMode::Async />
                <Route path=path!("/estimate") view=EstimatePage ssr=SsrMode::Async />
                <Route path=path!("/help") view=HelpPage ssr=SsrMode::Async />
                <Route path=path!("/refusals/:refusal") view=RefusedPage ssr=SsrMode::Async />
                <Route path=path!("/sandbox") view=SandboxPage ssr=SsrMode::Async />
                <Route path=path!("/sandbox/mail") view=MailboxPage ssr=SsrMode::Async />
                <Route path=path!("/sign-in") view=SignInPage ssr=SsrMode::Async />
                <Route path=path!("/sign-in/code") view=CodePage ssr=SsrMode::Async />
                <Route path=path!("/sign-in/link") view=AskForLinkPage ssr=SsrMode::Async />
                <Route path=path!("/sign-in/reset") view=AskForResetPage ssr=SsrMode::Async />
                <Route path=path!("/register") view=RegisterPage ssr=SsrMode::Async />
                <Route path=path!("/sent") view=SentPage ssr=SsrMode::Async />
                <Route path=path!("/join") view=JoinPage ssr=SsrMode::Async />
                <Route path=path!("/enter") view=EnterPage ssr=SsrMode::Async />
                <Route path=path!("/reset") view=ResetPage ssr=SsrMode::Async />
                <Route path=path!("/confirm") view=ConfirmPage ssr=SsrMode::Async />
                <Route path=path!("/letters/stop") view=StopPage ssr=SsrMode::Async />
                <Route path=path!("/you") view=YouPage ssr=SsrMode::Async />
                <Route path=path!("/you/privacy") view=PrivacyPage ssr=SsrMode::Async />
                <Route path=path!("/you/factor") view=FactorPage ssr=SsrMode::Async />
                <Route path=path!("/you/codes") view=CodesPage ssr=SsrMode::Async />
            </Routes>
        </Router>
    }
}
