//! The sandbox's hosted page: where the payment provider's own page would be. It says that no money moves.

use super::server_fns::sandbox_pay_page;
use crate::{
    frame::loaded,
    ui::{Badge, Logo, Problem, Tone},
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use serde::{Deserialize, Serialize};

/// The page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SandboxPayView {
    /// The provider's name of it.
    pub checkout: String,
    /// What is bought.
    pub words: String,
    /// What it costs.
    pub amount: String,
    /// Whether it can still be paid.
    pub open: bool,
    /// Whether the bank asks for a second step.
    pub asks: bool,
    /// Where it goes back to.
    pub back: String,
    /// The test cards: number, and what happens.
    pub cards: Vec<(String, String)>,
    /// Why the last try was not paid.
    pub wrong: Option<String>,
}

/// The hosted page.
#[component]
pub fn SandboxPayPage() -> impl IntoView {
    let checkout = use_params_map().get_untracked().get("checkout").unwrap_or_default();
    loaded(move || sandbox_pay_page(checkout.clone()), move |view| view! { <SandboxPayContent view /> })
}

/// The page of this checkout.
#[component]
pub fn SandboxPayContent(
    /// What to show.
    view: SandboxPayView,
) -> impl IntoView {
    let card = |(number, words): (String, String)| {
        view! {
            <tr>
                <td>
                    <code>{number}</code>
                </td>
                <td>{words}</td>
            </tr>
        }
    };
    let form = match (view.open, view.asks) {
        (false, _) => {
            view! { <p class="prose">"This page can no longer be paid on. Nothing more is charged."</p> }
                .into_any()
        }
        (true, true) => view! { <SecondStep checkout=view.checkout /> }.into_any(),
        (true, false) => view! { <CardForm checkout=view.checkout amount=view.amount.clone() /> }.into_any(),
    };
    view! {
        <Title text="Pay by card" />
        <main id="main" class="pay" tabindex="-1">
            <section class="pay-what" aria-label="What is paid">
                <p class="brand">
                    <Logo />
                    "JARAI"
                    <Badge tone=Tone::Warn text="Sandbox, no money moves" />
                </p>
                <p>
                    <a href=view.back>"Back to JARAI Console"</a>
                </p>
                <p class="muted">{view.words}</p>
                <p class="hero">
                    <strong>{view.amount}</strong>
                </p>
                <h2>"Test cards, any later date and any code"</h2>
                <table class="list" data-dense="true">
                    <thead class="unseen">
                        <tr>
                            <th scope="col">"Number"</th>
                            <th scope="col">"What happens"</th>
                        </tr>
                    </thead>
                    <tbody>{view.cards.into_iter().map(card).collect_view()}</tbody>
                </table>
            </section>
            <section class="pay-how" aria-labelledby="pay">
                <h1 id="pay">"Pay by card"</h1>
                {view.wrong.map(|message| view! { <Problem message /> })}
                {form}
            </section>
        </main>
    }
}

#[component]
fn CardForm(checkout: String, amount: String) -> impl IntoView {
    view! {
        <form class="stack" method="post" action="/act/pay-in-sandbox">
            <input type="hidden" name="checkout" value=checkout />
            <div class="field">
                <label for="card">"Card number"</label>
                <input id="card" name="card" inputmode="numeric" autocomplete="off" required maxlength="23" aria-describedby="card-hint" />
                <p class="hint" id="card-hint">
                    "One of the test cards. Its number is not kept."
                </p>
            </div>
            <button class="button" data-kind="primary" type="submit">
                "Pay " {amount}
            </button>
            <p class="small muted">"Tokens are added once the payment is confirmed."</p>
        </form>
    }
}

#[component]
fn SecondStep(checkout: String) -> impl IntoView {
    view! {
        <p class="prose">"The bank asks whether it is you. Nothing is charged before you confirm."</p>
        <form class="acts" method="post" action="/act/confirm-in-sandbox">
            <input type="hidden" name="checkout" value=checkout />
            <button class="button" data-kind="primary" type="submit" name="agreed" value="yes">
                "Confirm"
            </button>
            <button class="button" type="submit" name="agreed" value="no">
                "Refuse"
            </button>
        </form>
    }
}

#[cfg(feature = "ssr")]
pub(super) use on_the_server::{confirm, pay};

#[cfg(feature = "ssr")]
mod on_the_server {
    use super::SandboxPayView;
    use crate::{AppError, flash, request, respond};
    use engine::{
        Engine,
        payment::{CARDS, SandboxPaid},
    };

    /// The name under which the reason of a failed try waits in the session.
    const WRONG: &str = "wrong_card";

    /// Pays, and goes on to where the provider's page would lead.
    pub async fn pay(engine: &Engine, checkout: &str, card: &str) -> Result<(), AppError> {
        match engine.sandbox_pay(checkout, card).await {
            Ok(paid) => go_on(checkout, paid).await,
            Err(engine::Error::Invalid { message, .. }) => {
                go_on(checkout, SandboxPaid::Declined(message)).await
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The second step.
    pub async fn confirm(engine: &Engine, checkout: &str, agreed: bool) -> Result<(), AppError> {
        go_on(checkout, engine.sandbox_confirm(checkout, agreed).await?).await
    }

    async fn go_on(checkout: &str, paid: SandboxPaid) -> Result<(), AppError> {
        let here = format!("/sandbox/pay/{checkout}");
        match paid {
            SandboxPaid::Done(address) => respond::see_other(&address),
            SandboxPaid::Asks => respond::see_other(&here),
            SandboxPaid::Declined(words) => {
                flash::keep(WRONG, &words).await?;
                respond::see_other(&here);
            }
        }
        Ok(())
    }

    impl SandboxPayView {
        /// The hosted page of a checkout.
        pub async fn load(engine: &Engine, checkout: &str) -> Result<Self, AppError> {
            let missing = || AppError::NotFound { what: "page".to_owned() };
            let page = engine.sandbox_page(checkout).await?.ok_or_else(missing)?;
            let card = |card: engine::payment::Card| (card.number.to_owned(), card.words.to_owned());
            Ok(Self {
                checkout: checkout.to_owned(),
                words: page.words,
                amount: request::format().money(page.amount),
                open: page.open,
                asks: page.asks,
                back: page.back_url,
                cards: CARDS.map(card).to_vec(),
                wrong: flash::take(WRONG).await?,
            })
        }
    }
}
