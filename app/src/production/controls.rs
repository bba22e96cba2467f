//! The platform's controls: closing the gate for new productions, and opening it again. K1, K3, K5.

use super::server_fns::controls_page;
use crate::{
    frame::{Frame, FrameView, PageHeader, loaded},
    ui::{Badge, Problem, Tone, Transcript},
};
use leptos::prelude::*;
use leptos_meta::Title;
use serde::{Deserialize, Serialize};

/// How the platform is closed, step by step.
const STEPS: [&str; 3] = [
    "**Close the gate** for a maintenance window or an emergency: say why, the audit log keeps it.",
    "What runs **finishes and settles**. New productions of every customer are refused with the reason *maintenance*, and pipelines are told to ask again later.",
    "**Open the gate** and everything goes on; nothing is lost, and nobody has to be told.",
];

/// The page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControlsView {
    /// What stands around it.
    pub frame: FrameView,
    /// The line of facts.
    pub facts: Vec<String>,
    /// Whether the gate is closed.
    pub idle: bool,
    /// `Running`, or `Idle since 22 Oct 2026, 16:40 UTC`.
    pub state: (Tone, String),
    /// What that means.
    pub says: String,
    /// Why the form was not taken.
    pub wrong: Option<String>,
}

/// The controls.
#[component]
pub fn ControlsPage() -> impl IntoView {
    loaded(controls_page, move |view| view! { <ControlsContent view /> })
}

/// The page of these controls.
#[component]
pub fn ControlsContent(
    /// What to show.
    view: ControlsView,
) -> impl IntoView {
    let (tone, state) = view.state;
    let words = if view.idle { "Open the gate again" } else { "Close the gate for new productions" };
    let to = if view.idle { "running" } else { "idle" };
    view! {
        <Title text="Platform controls" />
        <Frame frame=view.frame path="/platform/controls">
            <PageHeader title="Platform controls" facts=view.facts>
                <a class="button" href="/audit?act=modeChanged">
                    "Who has changed it"
                </a>
            </PageHeader>
            {view.wrong.map(|message| view! { <Problem message /> })}
            <form class="panel stack details" method="post" action="/act/change-mode" aria-labelledby="mode">
                <h2 id="mode">"Mode " <Badge tone text=state /></h2>
                <p>{view.says}</p>
                <input type="hidden" name="mode" value=to />
                <div class="field">
                    <label for="reason">"Why"</label>
                    <input id="reason" name="reason" maxlength="200" required autocomplete="off" />
                </div>
                <button class="button" data-kind="primary" type="submit">
                    {words}
                </button>
            </form>
            <Transcript title="Closing the platform" steps=STEPS.to_vec() />
        </Frame>
    }
}

#[cfg(feature = "ssr")]
pub(super) use on_the_server::change_mode;

#[cfg(feature = "ssr")]
mod on_the_server {
    use super::ControlsView;
    use crate::{AppError, flash, frame::FrameView, reader::Reader, respond, ui::Tone};
    use billing::team::Permission;
    use engine::Engine;

    /// The name under which what was wrong waits in the session.
    const WRONG: &str = "wrong_mode";

    impl ControlsView {
        /// The mode as it is.
        pub async fn load(engine: &Engine, reader: &Reader) -> Result<Self, AppError> {
            reader.may(Permission::RunPlatform).then_some(()).ok_or(AppError::Forbidden)?;
            let since = engine.idle_since().await?;
            let (state, says) = match since {
                Some(since) => (
                    (Tone::Warn, format!("Idle since {}", reader.format.instant(since))),
                    "New productions of every customer are refused with the reason maintenance. What runs finishes and settles.",
                ),
                None => (
                    (Tone::Ok, "Running".to_owned()),
                    "The gate takes new productions. Closing it lets what runs finish; pipelines are told to ask again later.",
                ),
            };
            Ok(Self {
                frame: FrameView::load(engine, reader).await?,
                facts: vec!["Every customer".to_owned()],
                idle: since.is_some(),
                state,
                says: says.to_owned(),
                wrong: flash::take(WRONG).await?,
            })
        }
    }

    /// Sets the mode and says so, or says why not.
    pub async fn change_mode(
        engine: &Engine,
        mode: &str,
        reason: &str,
        reader: &Reader,
    ) -> Result<(), AppError> {
        reader.may(Permission::RunPlatform).then_some(()).ok_or(AppError::Forbidden)?;
        respond::see_other("/platform/controls");
        if reason.trim().is_empty() {
            let words = "Say why: the audit log keeps it. Nothing was changed.".to_owned();
            return flash::keep(WRONG, &words).await;
        }
        let idle = mode == "idle";
        engine.change_mode(&reader.member, idle, reason).await?;
        let said = if idle {
            "The gate is closed for new productions. What runs finishes."
        } else {
            "The gate is open: new productions are admitted again."
        };
        flash::say(Tone::Ok, said.to_owned()).await
    }
}
