//! What is left, live: one server-sent event at once, then one whenever the figures differ from those last sent.
//!
//! Changes are heard of as they happen, those of other processes too where the database can tell of them. What is not heard is
//! found by looking every second, so a page is never more than two seconds behind, and nobody follows who may no longer. B2,
//! I-45.

use crate::{
    api::problem::{Code, Problem},
    state::{AppState, Stopping},
};
use app::{
    AppError,
    allowance::{UsageView, live::usage_view},
    format::Format,
    reader::Reader,
    request::format_of,
    team::session::member_of,
};
use axum::{
    Router,
    extract::State,
    response::sse::{Event, KeepAlive, Sse},
    routing::get,
};
use engine::{Engine, team::Member};
use futures::{Stream, StreamExt, stream};
use http::HeaderMap;
use std::{convert::Infallible, time::Duration};
use tokio::{
    sync::watch,
    time::{sleep, timeout},
};
use tower_sessions::Session;

/// How often figures are looked at when nothing was heard.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long a burst of changes is collected before it is shown.
const BURST: Duration = Duration::from_millis(250);
/// How often a silent stream shows that it is alive.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// `/live/usage`.
pub fn router() -> Router<AppState> {
    Router::new().route("/live/usage", get(usage))
}

async fn usage(
    State(engine): State<Engine>,
    State(stopping): State<Stopping>,
    session: Session,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let member = member_of(&session, &engine).await.map_err(|error| failed(&error))?;
    let member = member.ok_or(Problem::plain(Code::SignedOut))?;
    let follower = Follower::new(engine, session, &member, format_of(&headers));
    let events = stream::unfold(follower, Follower::next).take_until(stopping.wait());
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}

/// The cause is in the log already, where the error was made.
fn failed(error: &AppError) -> Problem {
    let code = if *error == AppError::Busy { Code::ServiceUnavailable } else { Code::InternalError };
    Problem::plain(code)
}

/// One page that follows its customer's figures.
struct Follower {
    engine: Engine,
    session: Session,
    format: &'static Format,
    changes: watch::Receiver<u64>,
    looked: bool,
    shown: Option<UsageView>,
}

impl Follower {
    fn new(engine: Engine, session: Session, member: &Member, format: &'static Format) -> Self {
        let changes = engine.changes(member.customer);
        Self { engine, session, format, changes, looked: false, shown: None }
    }

    /// The next event, once there is something new; none once the session is nobody's any more.
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Self)> {
        loop {
            self.wait().await;
            let Ok(member) = self.member().await else { continue };
            let reader = Reader { member: member?, format: self.format };
            let Ok(view) = usage_view(&self.engine, &reader).await else { continue };
            if self.shown.as_ref() == Some(&view) {
                continue;
            }
            let Ok(event) = Event::default().json_data(&view) else { continue };
            self.shown = Some(view);
            return Some((Ok(event), self));
        }
    }

    /// Until it is time to look: the first look is at once.
    async fn wait(&mut self) {
        if !std::mem::replace(&mut self.looked, true) {
            return;
        }
        if let Ok(Ok(())) = timeout(LOOK_EVERY, self.changes.changed()).await {
            sleep(BURST).await;
            self.changes.mark_unchanged();
        }
    }

    /// Who follows, asked anew each time: somebody may have signed out or been removed.
    async fn member(&self) -> Result<Option<Member>, AppError> {
        self.session.load().await?;
        member_of(&self.session, &self.engine).await
    }
}
