//! Jobs in words, and what becomes of the forms about events.

use super::{EventRow, JobRow, JobsView, UnansweredRow, UnsentRow};
use crate::{
    AppError, flash,
    format::Format,
    frame::FrameView,
    reader::Reader,
    respond,
    ui::{Figure, Tone},
};
use billing::{team::Permission, time::Timestamp};
use engine::{
    Engine,
    jobs::{JobLine, JobsReport, Waiting},
    mail::Unsent,
    payment::{Retried, Unanswered, Unheard, UnusedEvent},
};

/// The name under which what was wrong waits in the session.
const WRONG: &str = "wrong_event";
const PAGE: &str = "/platform/jobs";

impl JobsView {
    /// The jobs as they are.
    pub async fn load(engine: &Engine, reader: &Reader) -> Result<Self, AppError> {
        reader.may(Permission::RunPlatform).then_some(()).ok_or(AppError::Forbidden)?;
        let report = engine.jobs(&reader.member).await?;
        let frame = FrameView::load(engine, reader).await?;
        let is_read_here = engine.is_sandbox() && !engine.sends_letters();
        let view = Self::of(&report, is_read_here, frame, reader.format);
        Ok(Self { wrong: flash::take(WRONG).await?, ..view })
    }

    /// The page of this report; letters are read on a sandbox's own page where nobody carries them.
    #[must_use]
    pub fn of(report: &JobsReport, is_read_here: bool, frame: FrameView, format: &Format) -> Self {
        let open = report.events.iter().filter(|event| event.is_open()).count();
        let letters = if is_read_here { "read at /sandbox/mail" } else { "" };
        let mut events: Vec<&UnusedEvent> = report.events.iter().collect();
        events.sort_by_key(|event| !event.is_open());
        Self {
            frame,
            facts: vec!["Every process".to_owned(), format!("as of {}", format.instant(report.as_of))],
            figures: vec![
                waits("Letters waiting", &report.letters, letters, format),
                waits("Charges waiting", &report.charges, "", format),
                Figure {
                    name: "Events not used".to_owned(),
                    amount: format.count(u64::try_from(open).unwrap_or_default()),
                    under: if open == 0 {
                        "nobody has to look".to_owned()
                    } else {
                        "somebody has to look".to_owned()
                    },
                },
            ],
            unanswered: report.unanswered.iter().map(|payment| unanswered(payment, format)).collect(),
            unsent: report.unsent.iter().map(|letter| unsent(letter, format)).collect(),
            jobs: report.jobs.iter().map(|line| job(line, format)).collect(),
            events: events.into_iter().map(|event| row(event, format)).collect(),
            wrong: None,
        }
    }
}

fn waits(name: &str, waiting: &Waiting, otherwise: &str, format: &Format) -> Figure {
    let since = waiting.oldest.map(|at| format!("the oldest since {}", format.instant(at)));
    let tried = (waiting.tried > 0).then(|| format!("{} tried before", format.count(waiting.tried)));
    let said: Vec<String> = [since, tried].into_iter().flatten().collect();
    let said = if waiting.count == 0 { "nothing waits".to_owned() } else { said.join(", ") };
    let under =
        if otherwise.is_empty() || waiting.count == 0 { said } else { format!("{said}; {otherwise}") };
    Figure { name: name.to_owned(), amount: format.count(waiting.count), under }
}

fn job(line: &JobLine, format: &Format) -> JobRow {
    let state = match (line.is_failing(), line.ran_at) {
        (true, _) => (Tone::Bad, "Failing"),
        (false, Some(_)) => (Tone::Ok, "Running"),
        (false, None) => (Tone::Calm, "Not yet"),
    };
    let at = |at: Option<Timestamp>| at.map_or_else(|| "Not yet".to_owned(), |at| format.instant(at));
    JobRow {
        name: line.job.title().to_owned(),
        state: (state.0, state.1.to_owned()),
        ran: at(line.ran_at),
        did: match line.did {
            Some((at, did)) => format!("{}, {}", format.counted(did, "thing", "things"), format.instant(at)),
            None => "Nothing yet".to_owned(),
        },
        failed: line
            .failed
            .as_ref()
            .map(|(at, reason)| format!("Last failed {}: {reason}", format.instant(*at))),
    }
}

/// Why an event could not be used.
fn why(word: &str) -> String {
    match word {
        "order" => "It names no order that can be paid here.".to_owned(),
        "amount" => "What was paid is not what the order comes to.".to_owned(),
        "changed" => {
            "What was ordered can no longer be given: it has changed, or was paid otherwise.".to_owned()
        }
        "taken" => "The same payment has paid for something else.".to_owned(),
        other => format!("It does not fit: {other}."),
    }
}

fn said(last: &Retried, format: &Format) -> String {
    let reason = last.why.clone().unwrap_or_default();
    let what = match last.outcome.as_str() {
        "applied" => "what was paid for was given".to_owned(),
        "known" => "it had been given before".to_owned(),
        "waiting" => "the money is not there".to_owned(),
        "failed" => format!("the provider could not be asked: {reason}"),
        "setAside" => format!("set aside: {reason}"),
        _ => "it still does not fit".to_owned(),
    };
    format!("{}: {what}", format.instant(last.at))
}

fn row(event: &UnusedEvent, format: &Format) -> EventRow {
    let state = match event.last.as_ref().map(|last| last.outcome.as_str()) {
        Some("applied" | "known") => (Tone::Ok, "Settled"),
        Some("setAside") => (Tone::Calm, "Set aside"),
        _ => (Tone::Bad, "Waits"),
    };
    EventRow {
        id: event.id.clone(),
        kind: event.kind.clone(),
        when: format.instant(event.received_at),
        customer: event
            .customer
            .as_ref()
            .map(|(id, name)| (format!("/platform/customers/{id}"), name.clone())),
        why: why(&event.why),
        last: event.last.as_ref().map(|last| said(last, format)),
        state: (state.0, state.1.to_owned()),
        is_open: event.is_open(),
    }
}

/// Looks again at an event, and says what came of it.
pub(super) async fn look_again(engine: &Engine, event: &str, reader: &Reader) -> Result<(), AppError> {
    reader.may(Permission::RunPlatform).then_some(()).ok_or(AppError::Forbidden)?;
    let retried = engine.try_event_again(&reader.member, event).await?;
    respond::see_other(PAGE);
    let tone = if retried.is_done() { Tone::Ok } else { Tone::Warn };
    flash::say(tone, format!("It was looked at again. {}.", said(&retried, reader.format))).await
}

fn unsent(letter: &Unsent, format: &Format) -> UnsentRow {
    UnsentRow {
        id: letter.id.to_string(),
        link_is_over: letter.link_is_over,
        subject: letter.subject.clone(),
        to: letter.to.clone(),
        at: format.minute(letter.at),
        why: format!("{}, {}", letter.why, format.counted(letter.tries, "try", "tries")),
    }
}

fn unanswered(payment: &Unanswered, format: &Format) -> UnansweredRow {
    let (what, advice) = match payment.what {
        Unheard::Purchase(_) => (
            "Auto-top-up, given up",
            "Look for the key among the provider’s payments. Where it was charged, give it back there: no tokens and no \
             invoice came of it. Then tell the customer, whose auto-top-up is off, and put it away.",
        ),
        Unheard::Renewal => (
            "A renewal’s charge",
            "It is still asked for by itself, under the same key, and never charged twice. Look whether the provider is \
             reached at all, under Jobs.",
        ),
        Unheard::Order => (
            "An order’s hosted page",
            "Its page could not be closed. Close it at the provider; it is looked at again by itself, and what was paid there \
             is taken.",
        ),
    };
    let (id, name) = &payment.customer;
    UnansweredRow {
        what: what.to_owned(),
        since: format.instant(payment.since),
        key: payment.key.clone(),
        customer: (format!("/platform/customers/{id}"), name.clone()),
        amount: format.money(payment.amount),
        advice: advice.to_owned(),
        purchase: match payment.what {
            Unheard::Purchase(purchase) => Some(purchase.to_string()),
            Unheard::Renewal | Unheard::Order => None,
        },
    }
}

/// Has a letter tried again, or says why not.
pub(super) async fn send_again(engine: &Engine, letter: &str, reader: &Reader) -> Result<(), AppError> {
    reader.may(Permission::RunPlatform).then_some(()).ok_or(AppError::Forbidden)?;
    let letter = letter.parse().map_err(|_| AppError::NotFound { what: "letter".to_owned() })?;
    let done = engine.send_letter_again(&reader.member, letter).await;
    let words = "The letter is on its way again: within a minute it leaves, or is tried again for two days. Then it stands here \
                 once more.";
    said_of(done, words).await
}

/// Puts a payment away, or says why not.
pub(super) async fn look_into(
    engine: &Engine,
    purchase: &str,
    reason: &str,
    reader: &Reader,
) -> Result<(), AppError> {
    reader.may(Permission::RunPlatform).then_some(()).ok_or(AppError::Forbidden)?;
    let purchase = purchase.parse().map_err(|_| AppError::NotFound { what: "purchase".to_owned() })?;
    let done = engine.look_into_purchase(&reader.member, purchase, reason).await;
    said_of(done, "It is put away: nobody has to look at it any more. The audit log keeps what you found.")
        .await
}

/// Goes back to the page, which says what came of it.
async fn said_of(done: Result<(), engine::Error>, words: &str) -> Result<(), AppError> {
    match done {
        Ok(()) => {
            respond::see_other(PAGE);
            flash::say(Tone::Ok, words.to_owned()).await
        }
        Err(engine::Error::Invalid { message, .. }) => {
            respond::see_other(PAGE);
            flash::keep(WRONG, &message).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Sets an event aside, or says why not.
pub(super) async fn set_aside(
    engine: &Engine,
    event: &str,
    reason: &str,
    reader: &Reader,
) -> Result<(), AppError> {
    reader.may(Permission::RunPlatform).then_some(()).ok_or(AppError::Forbidden)?;
    let done = engine.set_event_aside(&reader.member, event, reason).await;
    said_of(done, "It is set aside: nobody has to look at it any more.").await
}
