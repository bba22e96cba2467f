//! All data requests in words, and what becomes of the answers to them.

use super::{AnswerForm, RequestRow, RequestsView, privacy_words::stage_words};
use crate::{AppError, flash, format::Format, frame::FrameView, reader::Reader, respond, ui::Tone};
use billing::{
    audit::privacy::{RequestKind, Stage},
    id::PrivacyRequestId,
    time::{Span, Timestamp},
};
use engine::{
    Engine,
    audit::{RequestLine, Resolution},
};
use serde::{Deserialize, Serialize};

const PAGE: &str = "/platform/requests";
/// The name under which a form that has to be corrected waits in the session.
const WRONG: &str = "wrong_data_request";

/// What somebody has typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypedAnswer {
    /// The request's id.
    pub request: String,
    /// The day by which it is resolved.
    pub until: String,
    /// Why that is later.
    pub reason: String,
    /// How it ends.
    pub outcome: String,
    /// What was done, or why not.
    pub note: String,
}

/// The same, and which field is wrong and why.
type WrongAnswer = (TypedAnswer, (String, String));

impl RequestsView {
    /// Every request, and what was wrong with the last answer, once.
    pub async fn load(engine: &Engine, reader: &Reader) -> Result<Self, AppError> {
        let lines = engine.all_privacy_requests(&reader.member).await?;
        let kept: Option<WrongAnswer> = flash::take(WRONG).await?;
        let frame = FrameView::load(engine, reader).await?;
        Ok(Self::of(&lines, kept, engine.now(), frame, reader.format))
    }

    /// The page of these requests at this moment.
    #[must_use]
    pub fn of(
        lines: &[RequestLine],
        kept: Option<WrongAnswer>,
        at: Timestamp,
        frame: FrameView,
        format: &Format,
    ) -> Self {
        let count = |wanted: &dyn Fn(&RequestLine) -> bool| {
            u64::try_from(lines.iter().filter(|line| wanted(line)).count()).unwrap_or(u64::MAX)
        };
        let open = count(&|line| line.request.is_open());
        let late = |line: &RequestLine| {
            matches!(line.request.stage(at), Stage::Overdue | Stage::AcknowledgementOverdue)
        };
        let late = count(&late);
        let late = if late == 0 { "none is late".to_owned() } else { format!("{} late", format.count(late)) };
        Self {
            frame,
            facts: vec![format!("{} open", format.count(open)), late],
            rows: lines.iter().map(|line| row(line, kept.as_ref(), at, format)).collect(),
            wrong: kept.map(|(_, (_, message))| message),
        }
    }
}

fn row(line: &RequestLine, kept: Option<&WrongAnswer>, at: Timestamp, format: &Format) -> RequestRow {
    let request = &line.request;
    let longer = request.extension.as_ref().map(|reason| format!("Extended: {reason}"));
    let waits = request.waits_since.filter(|_| request.is_open());
    let waits = waits.map(|since| format!("Waits since {}: the last administrator.", format.minute(since)));
    RequestRow {
        title: request.kind.title().to_owned(),
        who: line.name.clone(),
        email: line.email.clone(),
        words: [
            request.words.as_ref().map(|words| format!("“{words}”")),
            longer,
            waits,
            request.answer.clone(),
        ]
        .into_iter()
        .flatten()
        .collect(),
        asked: format.minute(request.asked_at),
        acknowledged: match request.acknowledged_at {
            Some(known) => format.minute(known),
            None => format!("by {}", format.minute(request.acknowledge_by())),
        },
        resolved: match request.ended {
            Some((ended, _)) => format.minute(ended),
            None => format!("by {}", format.minute(request.resolve_by)),
        },
        state: stage_words(request.stage(at)),
        answer: request.is_open().then(|| answer(line, kept)),
    }
}

fn answer(line: &RequestLine, kept: Option<&WrongAnswer>) -> AnswerForm {
    let request = &line.request;
    let id = request.id.to_string();
    let kept = kept.filter(|(typed, _)| typed.request == id);
    let (typed, wrong) = kept.cloned().unzip();
    let typed = typed.unwrap_or_default();
    // A day stands for its first instant.
    let first = request.resolve_by.after(Span::days(1)).day();
    let last = request.resolve_at_last().day();
    AnswerForm {
        acknowledge: request.acknowledged_at.is_none(),
        fulfil: request.kind != RequestKind::Erasure,
        days: (first <= last).then(|| (first.to_string(), last.to_string())),
        until: typed.until,
        reason: typed.reason,
        note: typed.note,
        wrong: wrong.map(|(field, _)| field),
        request: id,
    }
}

fn request_id(text: &str) -> Result<PrivacyRequestId, AppError> {
    text.parse().map_err(|_| AppError::NotFound { what: "request".to_owned() })
}

/// Goes back to the page with a word on what was done, or with what was wrong and what was typed.
async fn back(done: Result<(), engine::Error>, typed: TypedAnswer, words: &str) -> Result<(), AppError> {
    match done {
        Ok(()) => flash::say(Tone::Ok, words.to_owned()).await?,
        Err(engine::Error::Stale(what)) => {
            flash::say(Tone::Bad, format!("{what} Nothing was changed.")).await?;
        }
        Err(engine::Error::Invalid { field, message }) => {
            flash::keep(WRONG, &(typed, (field, message))).await?;
        }
        Err(error) => return Err(error.into()),
    }
    respond::see_other(PAGE);
    Ok(())
}

/// Acknowledges it.
pub(super) async fn acknowledge(engine: &Engine, request: &str, reader: &Reader) -> Result<(), AppError> {
    let done = engine.acknowledge_request(&reader.member, request_id(request)?).await;
    back(done, TypedAnswer::default(), "It is acknowledged, and the person is told.").await
}

impl TypedAnswer {
    /// Moves its day.
    pub(super) async fn extend(self, engine: &Engine, reader: &Reader) -> Result<(), AppError> {
        let id = request_id(&self.request)?;
        let done = match self.until.parse() {
            Ok(until) => engine.extend_request(&reader.member, id, until, &self.reason).await,
            Err(_) => Err(engine::Error::Invalid {
                field: "until".to_owned(),
                message: "Choose the day by which it is resolved.".to_owned(),
            }),
        };
        back(done, self, "It is extended, and the person is told why.").await
    }

    /// Ends it.
    pub(super) async fn resolve(self, engine: &Engine, reader: &Reader) -> Result<(), AppError> {
        let id = request_id(&self.request)?;
        let fulfilled = self.outcome == "fulfilled";
        let resolution = if fulfilled { Resolution::Fulfilled } else { Resolution::Declined };
        let done = engine.resolve_request(&reader.member, id, resolution, &self.note).await;
        back(done, self, "It is resolved, and the person is told.").await
    }
}
