//! What letters about somebody's own data say. None of their links carries a secret: they lead to a page behind the sign-in.

use crate::{
    db::entity::person,
    mail::{Letter, MailKind},
    team::spoken,
};
use billing::{
    audit::privacy::{PrivacyRequest, RequestOutcome},
    time::Timestamp,
};

const PAGE: &str = "/you/privacy";

fn letter(to: &person::Model, subject: &str, paragraphs: Vec<String>) -> Letter {
    Letter {
        to: to.email.clone(),
        kind: MailKind::Privacy,
        subject: subject.to_owned(),
        paragraphs,
        link: Some(("Open Privacy".to_owned(), PAGE.to_owned())),
    }
}

/// The grace begins.
pub(super) fn erasure_begins(to: &person::Model, at: Timestamp) -> Letter {
    letter(
        to,
        &format!("Your account will be deleted on {}", spoken(at)),
        vec![
            format!(
                "You have asked that your account at JARAI Console be deleted. It will be on {}. Until then you can sign in as \
                 ever, and everything stays as it is.",
                spoken(at)
            ),
            "To keep your account, sign in before then, open Privacy under Profile & security and press “Keep my account”."
                .to_owned(),
            "What the law requires to be kept, invoices and the ledger among it, stays without your name. No further letter \
             comes once it is done: your address is gone then, too."
                .to_owned(),
            "If it was not you, keep your account as said above and set another password at once.".to_owned(),
        ],
    )
}

/// The grace was ended by whoever it is about.
pub(super) fn erasure_withdrawn(to: &person::Model) -> Letter {
    letter(
        to,
        "Your account stays",
        vec!["You have taken back the wish to have your account at JARAI Console deleted. Nothing was changed.".to_owned()],
    )
}

/// The day has come, and they are somebody's last administrator.
pub(crate) fn erasure_waits(to: &person::Model, of: &[String]) -> Letter {
    letter(
        to,
        "Your account could not be deleted yet",
        vec![
            format!("You are the only administrator of {} by now, so your account is not deleted yet.", of.join(" and ")),
            "Make somebody else an administrator under Team & seats: your account is deleted within a minute after that. To \
             have the customer itself closed, write to privacy@jarai.studio."
                .to_owned(),
        ],
    )
}

/// A request has come in.
pub(super) fn received(to: &person::Model, request: &PrivacyRequest) -> Letter {
    letter(
        to,
        &format!("{}: we have your request", request.kind.title()),
        vec![format!(
            "We acknowledge it by {} and resolve it by {}.",
            spoken(request.acknowledge_by()),
            spoken(request.resolve_by)
        )],
    )
}

/// Somebody of JARAI looks at it.
pub(super) fn acknowledged(to: &person::Model, request: &PrivacyRequest) -> Letter {
    letter(
        to,
        &format!("{}: we are looking at your request", request.kind.title()),
        vec![format!("Somebody is looking at it. It is resolved by {}.", spoken(request.resolve_by))],
    )
}

/// It takes longer.
pub(super) fn extended(to: &person::Model, request: &PrivacyRequest, by: Timestamp, reason: &str) -> Letter {
    letter(
        to,
        &format!("{}: it will take until {}", request.kind.title(), spoken(by)),
        vec![format!("Your request will be resolved by {}. {reason}", spoken(by))],
    )
}

/// It has ended.
pub(super) fn resolved(
    to: &person::Model,
    request: &PrivacyRequest,
    outcome: RequestOutcome,
    note: &str,
) -> Letter {
    let (title, said) = (request.kind.title(), note.to_owned());
    if outcome == RequestOutcome::Fulfilled {
        return letter(to, &format!("{title}: done"), vec!["Your request is fulfilled.".to_owned(), said]);
    }
    let on = "If you disagree, write to privacy@jarai.studio, or complain to the data protection authority of your country.";
    letter(
        to,
        &format!("{title}: not done"),
        vec!["Your request was looked at and is not fulfilled.".to_owned(), said, on.to_owned()],
    )
}
