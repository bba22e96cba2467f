//! Somebody's own data in words, and what becomes of the forms of the page.

use super::{AskedView, ConsentView, LeavingView, PrivacyView, TypedPrivacy};
use crate::{
    AppError, flash, format::Format, frame::FrameView, reader::Reader, respond, team::Wrong, ui::Tone,
};
use billing::{
    audit::privacy::{
        Consent, ConsentKind, PrivacyRequest, RESOLVED_WITHIN, RequestKind, RequestOutcome, Stage,
    },
    time::Timestamp,
};
use engine::Engine;

/// The page, and the name under which a form that has to be corrected waits in the session.
pub(super) const PAGE: &str = "/you/privacy";
const WRONG: &str = "wrong_privacy";

/// What the page says of somebody.
#[derive(Clone, Debug, Default)]
pub struct OwnWishes {
    /// What they have asked, newest first.
    pub requests: Vec<PrivacyRequest>,
    /// Their word on terms and privacy notice.
    pub terms: Option<Consent>,
    /// Their word on news of the product.
    pub news: Option<Consent>,
    /// What nobody would be left to manage without them.
    pub alone: Vec<String>,
}

impl PrivacyView {
    /// The page, and what was wrong with the last form, once.
    pub async fn load(engine: &Engine, reader: &Reader) -> Result<Self, AppError> {
        let member = &reader.member;
        let own = OwnWishes {
            requests: engine.privacy_requests(member).await?,
            terms: engine.consent(member, ConsentKind::Terms).await?,
            news: engine.consent(member, ConsentKind::ProductNews).await?,
            alone: engine.alone_in_charge(member).await?,
        };
        let kept: Option<(TypedPrivacy, Wrong)> = flash::take(WRONG).await?;
        let frame = FrameView::load(engine, reader).await?;
        Ok(Self::of(&own, kept, engine.now(), frame, reader))
    }

    /// The page of this person at this moment.
    #[must_use]
    pub fn of(
        own: &OwnWishes,
        kept: Option<(TypedPrivacy, Wrong)>,
        at: Timestamp,
        frame: FrameView,
        reader: &Reader,
    ) -> Self {
        let format = reader.format;
        let (typed, wrong) = kept.unzip();
        let leaving = own.requests.iter().find(|one| one.is_open() && one.kind == RequestKind::Erasure);
        let asked = own.requests.iter().filter(|one| !one.is_open() || one.kind != RequestKind::Erasure);
        Self {
            frame,
            facts: vec![reader.member.name.clone(), reader.member.email.clone()],
            leaving: leaving.map(|one| LeavingView {
                request: one.id.to_string(),
                words: leaving_words(one, &own.alone, at, format),
            }),
            alone: alone_words(&own.alone),
            email: reader.member.email.clone(),
            would_end: format!(
                "Asked today, your account is deleted on {}.",
                format.date(at.after(RESOLVED_WITHIN).day())
            ),
            consents: vec![terms(own.terms.as_ref(), format), news(own.news.as_ref(), format)],
            asked: asked.map(|one| asked_view(one, at, format)).collect(),
            typed: typed.unwrap_or_default(),
            wrong,
        }
    }
}

/// That an account will be deleted, for every page that says so.
pub(crate) fn leaving_words(
    request: &PrivacyRequest,
    alone: &[String],
    at: Timestamp,
    format: &Format,
) -> String {
    if request.waits_since.is_some() && at >= request.resolve_by {
        let of = alone_words(alone).unwrap_or_else(|| "It is done within a minute.".to_owned());
        return format!("Your account was to be deleted on {}. {of}", format.instant(request.resolve_by));
    }
    let why = match &request.extension {
        Some(reason) => format!(" It takes longer than 30 days: {reason}"),
        None => String::new(),
    };
    format!(
        "Your account will be deleted on {}. Until then you can sign in, and everything stays as it is.{why}",
        format.instant(request.resolve_by)
    )
}

fn alone_words(of: &[String]) -> Option<String> {
    (!of.is_empty()).then(|| {
        format!(
            "You are the only administrator of {} who stays, so your account cannot be deleted now. Make somebody else an \
             administrator under Team & seats first; or write to privacy@jarai.studio to have the customer itself closed.",
            of.join(" and ")
        )
    })
}

fn terms(word: Option<&Consent>, format: &Format) -> ConsentView {
    let record = match word {
        Some(word) => {
            let version = word.version.as_ref().map(|version| format!("version of {version}, "));
            format!(
                "Accepted: {}on {}. They hold as long as there is an account.",
                version.unwrap_or_default(),
                format.instant(word.since)
            )
        }
        None => "Your customer has accepted them for everybody in its team.".to_owned(),
    };
    ConsentView {
        title: "Terms and Privacy Notice".to_owned(),
        state: if word.is_some() {
            (Tone::Ok, "Accepted".to_owned())
        } else {
            (Tone::Calm, "By your customer".to_owned())
        },
        record,
        change: None,
    }
}

fn news(word: Option<&Consent>, format: &Format) -> ConsentView {
    let given = word.is_some_and(|word| word.given);
    let record = match word {
        Some(word) if given => format!("You agreed on {}.", format.instant(word.since)),
        Some(word) => format!("You took it back on {}.", format.instant(word.since)),
        None => "You have not agreed, and are sent none.".to_owned(),
    };
    let (wanted, words) = if given { ("no", "Stop product news") } else { ("yes", "Send me product news") };
    ConsentView {
        title: "Product news by email".to_owned(),
        state: if given { (Tone::Ok, "On".to_owned()) } else { (Tone::Calm, "Off".to_owned()) },
        record,
        change: Some(("productNews".to_owned(), wanted.to_owned(), words.to_owned())),
    }
}

/// How a request stands, in a word.
pub(super) fn stage_words(stage: Stage) -> (Tone, String) {
    let (tone, words) = match stage {
        Stage::Received => (Tone::Accent, "Received"),
        Stage::Acknowledged => (Tone::Accent, "Acknowledged"),
        Stage::AcknowledgementOverdue => (Tone::Bad, "To be acknowledged"),
        Stage::Overdue => (Tone::Bad, "Overdue"),
        Stage::Ended(RequestOutcome::Fulfilled) => (Tone::Ok, "Done"),
        Stage::Ended(RequestOutcome::Declined) => (Tone::Warn, "Declined"),
        Stage::Ended(RequestOutcome::Withdrawn) => (Tone::Calm, "Withdrawn"),
    };
    (tone, words.to_owned())
}

const fn title(kind: RequestKind) -> &'static str {
    match kind {
        RequestKind::Export => "A copy of your data",
        RequestKind::Erasure => "Your account deleted",
        RequestKind::Restriction => "Your data restricted",
        RequestKind::Objection => "A use of your data ended",
    }
}

fn asked_view(one: &PrivacyRequest, at: Timestamp, format: &Format) -> AskedView {
    let mut facts = vec![format!("asked {}", format.minute(one.asked_at))];
    if one.kind.is_answered_by_staff() {
        facts.push(match one.acknowledged_at {
            Some(known) => format!("acknowledged {}", format.minute(known)),
            None => format!("acknowledged by {}", format.minute(one.acknowledge_by())),
        });
    }
    facts.push(match one.ended {
        Some((ended, RequestOutcome::Withdrawn)) => format!("withdrawn {}", format.minute(ended)),
        Some((ended, _)) => format!("resolved {}", format.minute(ended)),
        None => format!("resolved by {}", format.minute(one.resolve_by)),
    });
    let said = one.words.as_ref().map(|words| format!("“{words}”"));
    let longer = one.extension.as_ref().filter(|_| one.is_open());
    let longer = longer.map(|reason| format!("It takes longer than 30 days: {reason}"));
    AskedView {
        id: one.id.to_string(),
        title: title(one.kind).to_owned(),
        state: stage_words(one.stage(at)),
        facts,
        words: [said, longer, one.answer.clone()].into_iter().flatten().collect(),
        may_withdraw: one.is_open(),
    }
}

/// Goes back to the page with a word on what was done, or with what was wrong and what was typed.
async fn back<T>(
    done: Result<T, engine::Error>,
    typed: TypedPrivacy,
    words: impl FnOnce(T) -> String,
) -> Result<(), AppError> {
    match done {
        Ok(done) => flash::say(Tone::Ok, words(done)).await?,
        Err(engine::Error::Stale(what)) => {
            flash::say(Tone::Bad, format!("{what} Nothing was changed.")).await?;
        }
        Err(engine::Error::LastAdministrator) => {
            let words = "You are the only administrator who stays, so your account cannot be deleted now. Nothing was changed.";
            flash::keep(WRONG, &(typed, Wrong::of("alone", words))).await?;
        }
        Err(error) => flash::keep(WRONG, &(typed, Wrong::from_engine(error)?)).await?,
    }
    respond::see_other(PAGE);
    Ok(())
}

/// Begins the grace after which the account is deleted.
pub(super) async fn request_erasure(engine: &Engine, typed: &str, reader: &Reader) -> Result<(), AppError> {
    let asked = engine.request_erasure(&reader.member, typed).await;
    let words = |request: PrivacyRequest| {
        let on = reader.format.instant(request.resolve_by);
        format!("It is asked. Your account is deleted on {on}, and a letter says how to keep it.")
    };
    back(asked, TypedPrivacy::default(), words).await
}

/// Asks that data be restricted, or objects.
pub(super) async fn ask(
    engine: &Engine,
    kind: String,
    words: String,
    reader: &Reader,
) -> Result<(), AppError> {
    let wanted = if kind == "objection" { RequestKind::Objection } else { RequestKind::Restriction };
    let asked = engine.ask_about_privacy(&reader.member, wanted, &words).await;
    let says = |request: PrivacyRequest| {
        let [known, done] = [request.acknowledge_by(), request.resolve_by].map(|at| reader.format.minute(at));
        format!("It is asked. It is acknowledged by {known} and resolved by {done}.")
    };
    back(asked, TypedPrivacy { kind, words }, says).await
}

/// Takes back what was asked.
pub(super) async fn withdraw(engine: &Engine, request: &str, reader: &Reader) -> Result<(), AppError> {
    let id = request.parse().map_err(|_| AppError::NotFound { what: "request".to_owned() })?;
    let withdrawn = match engine.withdraw_privacy_request(&reader.member, id).await {
        Err(error @ engine::Error::NotFound(_)) => return Err(error.into()),
        other => other,
    };
    let words = |kind| match kind {
        RequestKind::Erasure => "Your account stays. Nothing was changed.".to_owned(),
        _ => "The request is withdrawn.".to_owned(),
    };
    back(withdrawn, TypedPrivacy::default(), words).await
}

/// Agrees to something, or no longer does.
pub(super) async fn consent(
    engine: &Engine,
    kind: &str,
    given: &str,
    reader: &Reader,
) -> Result<(), AppError> {
    let wanted = if kind == "productNews" { ConsentKind::ProductNews } else { ConsentKind::Terms };
    let given = given == "yes";
    let kept = engine.set_consent(&reader.member, wanted, given).await;
    let words = |()| {
        let said = if given {
            "Product news comes by email from now on."
        } else {
            "No product news is sent any more."
        };
        said.to_owned()
    };
    back(kept, TypedPrivacy::default(), words).await
}
