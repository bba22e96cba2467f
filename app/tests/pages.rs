//! Every page and every state of the banner, from values to HTML. Views are pure functions of values, so the snapshots are
//! the same on every machine.

#[path = "pages/customers.rs"]
mod customers;
#[path = "pages/keys.rs"]
mod keys;
#[path = "pages/lists.rs"]
mod lists;
#[path = "pages/payment.rs"]
mod payment;
#[path = "pages/pnl.rs"]
mod pnl;
#[path = "pages/privacy.rs"]
mod privacy;
#[path = "pages/sample.rs"]
mod sample;
#[path = "pages/sign_in.rs"]
mod sign_in;
#[path = "pages/states.rs"]
mod states;
#[path = "pages/team.rs"]
mod team;
#[path = "pages/top_up.rs"]
mod top_up;

use app::{
    AppError,
    allowance::{OverviewContent, OverviewView, UsageBanner, UsageView},
    error::{ErrorPage, NotFoundPage},
    production::RefusalView,
    team::{SignInContent, SignInView, Wrong},
};
use billing::{
    allowance::Banner,
    customer::AccountStatus,
    refusal::Reason,
    team::Role::{self, AccountOperator, CustomerAdministrator},
};
use engine::allowance::Usage;
use leptos::{prelude::*, tachys::view::RenderHtml};
use leptos_meta::{ServerMetaContext, provide_meta_context};
use sample::{overview, reader, refusal, usage};

/// A view as the server sends it, a tag a line; what a browser needs to wake an island is left out.
fn html<V: IntoView>(view: impl FnOnce() -> V) -> String {
    let html = Owner::new().with(|| {
        provide_context(ServerMetaContext::new().0);
        provide_meta_context();
        view().into_view().to_html()
    });
    let islands =
        html.split("<leptos-island ").enumerate().map(|(number, part)| match part.split_once('>') {
            Some((_, rest)) if number > 0 => format!("<leptos-island>{rest}"),
            _ => part.to_owned(),
        });
    islands.collect::<String>().replace("<!>", "").replace("><", ">\n<")
}

/// What the banner says, without its tags.
fn words(html: &str) -> String {
    html.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text).collect()
}

fn banner(usage: &Usage, role: Role, expected: Banner) -> String {
    let view = UsageView::of(usage, &reader(role));
    assert_eq!(view.state, expected);
    let html = html(|| view! { <UsageBanner usage=view full=true /> });
    let words = words(&html);
    assert!(words.contains("tokens left"), "every state names the tokens left: {words}");
    html
}

#[test]
fn b1_a_healthy_banner_names_what_is_left_and_the_extra_apart() {
    let html = banner(&usage(180_990, 4_800, 40_000), CustomerAdministrator, Banner::Healthy);
    let words = words(&html);
    for figure in
        ["64,210 tokens left", "of 250,000", "40,000 extra in reserve", "refreshes 1 Dec", "4,800 held by 3"]
    {
        assert!(words.contains(figure), "{figure}: {words}");
    }
    insta::assert_snapshot!(html);
}

#[test]
fn b2_prompts_at_75_percent_with_auto_top_up_off() {
    let below = usage(187_499, 0, 0);
    assert_eq!(UsageView::of(&below, &reader(CustomerAdministrator)).state, Banner::Healthy);
    let html = banner(&usage(187_500, 0, 0), CustomerAdministrator, Banner::Prompt);
    assert!(words(&html).contains("75% of this month’s allowance is used"));
    assert!(words(&html).contains("62,500 tokens left of 250,000"));
    insta::assert_snapshot!(html);
}

#[test]
fn b2_an_operator_is_told_whom_to_ask() {
    let html = banner(&usage(195_000, 4_800, 0), AccountOperator, Banner::Prompt);
    assert!(words(&html).contains("Ask Mara Lindqvist, your administrator, to buy capacity."));
    insta::assert_snapshot!(html);
}

#[test]
fn b2_with_auto_top_up_on_there_are_figures_and_no_prompt() {
    let mut usage = usage(195_000, 4_800, 0);
    sample::buy_automatically(&mut usage);
    insta::assert_snapshot!(banner(&usage, CustomerAdministrator, Banner::AutoTopUp));
}

#[test]
fn b3_with_nothing_left_the_banner_says_what_still_works() {
    let html = banner(&usage(245_200, 4_800, 0), CustomerAdministrator, Banner::NothingLeft);
    assert!(words(&html).contains("The 3 running will finish."));
    insta::assert_snapshot!(html);
}

#[test]
fn reading_5_14_at_100_percent_the_prompt_says_what_production_runs_on() {
    let html = banner(&usage(250_000, 0, 31_400), CustomerAdministrator, Banner::PromptOnExtra);
    assert!(words(&html).contains("Production now runs on extra capacity."));
    insta::assert_snapshot!(html);
}

#[test]
fn u1_extra_capacity_after_the_allowance_without_a_prompt() {
    let mut usage = usage(250_000, 0, 31_400);
    sample::buy_automatically(&mut usage);
    insta::assert_snapshot!(banner(&usage, CustomerAdministrator, Banner::OnExtra));
}

#[test]
fn u1_who_may_not_manage_billing_is_never_told_to_buy() {
    let states =
        [usage(180_990, 4_800, 0), usage(195_000, 0, 0), usage(250_000, 0, 31_400), usage(250_000, 0, 0)];
    let advice =
        states.map(|usage| UsageView::of(&usage, &reader(AccountOperator)).advice.unwrap_or_default());
    assert!(
        advice.iter().all(|advice| !advice.to_lowercase().replace("to buy capacity", "").contains("buy"))
    );
    assert_eq!(
        advice.map(|advice| advice.ends_with("Ask Mara Lindqvist, your administrator, to buy capacity.")),
        [false, true, true, true]
    );
}

#[test]
fn without_an_allowance_nothing_is_measured_against_one() {
    let mut usage = usage(0, 0, 5_000);
    usage.capacity.allowance = billing::allowance::capacity::Allowance::default();
    usage.cycle_starts_at = None;
    let html = banner(&usage, CustomerAdministrator, Banner::OnExtra);
    assert!(!html.contains("tape-notch") && !html.contains("tape-head"));
    insta::assert_snapshot!(html);
}

#[test]
fn an_overdraft_is_named() {
    let mut usage = usage(250_000, 0, 0);
    usage.capacity.overdrawn = sample::tokens(1_200);
    let html = banner(&usage, CustomerAdministrator, Banner::NothingLeft);
    assert!(words(&html).contains("1,200 overdrawn"));
}

fn overview_html(overview: &engine::allowance::Overview, role: Role) -> String {
    let view = OverviewView::of(overview, true, &reader(role)).unwrap();
    html(|| view! { <OverviewContent overview=view /> })
}

#[test]
fn overview_shows_figures_refusal_budgets_and_productions() {
    insta::assert_snapshot!(overview_html(&overview(), CustomerAdministrator));
}

#[test]
fn overview_of_a_new_customer_says_what_will_appear() {
    let mut empty = overview();
    empty.usage = usage(0, 0, 0);
    empty.usage.running = 0;
    empty.accounts.clear();
    empty.productions.clear();
    empty.needs.clear();
    empty.cost.clear();
    insta::assert_snapshot!(overview_html(&empty, CustomerAdministrator));
}

#[test]
fn g2_a_refusal_names_all_three_figures() {
    let words = words(&overview_html(&overview(), CustomerAdministrator));
    for figure in ["£24.60", "£0.00", "Left of £300.00", "Short by", "Nothing ran and nothing was charged."]
    {
        assert!(words.contains(figure), "{figure}");
    }
}

#[test]
fn g2_every_reason_of_a_refusal_has_its_words() {
    let views = Reason::ALL.into_iter().flat_map(|reason| {
        [CustomerAdministrator, AccountOperator].map(|role| {
            let view = RefusalView::of(&refusal(reason), &reader(role));
            format!("{role:?} {view:#?}\n")
        })
    });
    insta::assert_snapshot!(views.collect::<String>());
}

#[test]
fn g1_a_lowered_limit_shows_what_lies_beyond_it() {
    let mut overview = overview();
    overview.accounts[0].budget.as_mut().unwrap().limit = sample::pounds(400);
    overview.accounts[1].status = AccountStatus::Suspended;
    let html = overview_html(&overview, CustomerAdministrator);
    assert!(html.contains("tape-limit"));
    assert!(words(&html).contains("£25.60 over"));
    assert!(words(&html).contains("Suspended"));
}

#[test]
fn l1_sign_in_is_a_plain_form() {
    let html = html(|| view! { <SignInContent view=SignInView::default() next=Some("/".to_owned()) /> });
    assert!(html.contains(r#"method="post" action="/act/sign-in""#));
    insta::assert_snapshot!(html);
}

#[test]
fn l1_a_failed_sign_in_keeps_the_address_and_never_the_password() {
    let message = "Email or password is wrong. Check both and try again.".to_owned();
    let wrong = Some(Wrong { field: "email".to_owned(), message, wait_seconds: None });
    let view = SignInView { email: "mara@northlight.example".to_owned(), wrong, done: None, samples: true };
    let html = html(|| view! { <SignInContent view next=None /> });
    assert!(html.contains(r#"role="alert""#) && html.contains(r#"value="mara@northlight.example""#));
    insta::assert_snapshot!(html);
}

#[test]
fn an_unknown_address_leads_to_overview() {
    insta::assert_snapshot!(html(|| view! { <NotFoundPage /> }));
}

#[test]
fn an_error_says_what_still_works_and_its_reference() {
    let error = AppError::Unavailable { reference: Some("91c7-22de".to_owned()) };
    let html = html(|| view! { <ErrorPage error /> });
    assert!(words(&html).contains("productions keep running") && html.contains("91c7-22de"));
    insta::assert_snapshot!(html);
}
