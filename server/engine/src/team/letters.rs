//! What letters about getting in say: what was asked, what the link does and until when, and what to do if it was somebody
//! else.

use crate::mail::{Letter, MailKind};

const UNASKED: &str = "If it was not you, nothing has to be done: without this letter nobody gets in.";
const ONCE: &str = "The link works once, for 15 minutes.";

fn letter(
    to: &str,
    kind: MailKind,
    subject: &str,
    paragraphs: &[&str],
    link: Option<(&str, String)>,
) -> Letter {
    Letter {
        to: to.to_owned(),
        kind,
        subject: subject.to_owned(),
        paragraphs: paragraphs.iter().map(|words| (*words).to_owned()).collect(),
        link: link.map(|(words, path)| (words.to_owned(), path)),
    }
}

/// Somebody registers.
pub(super) fn registration(to: &str, token: &str) -> Letter {
    letter(
        to,
        MailKind::Registration,
        "Confirm your address for JARAI Console",
        &["Somebody, most likely you, has registered with this address.", ONCE, UNASKED],
        Some(("Set a password and begin", format!("/join?token={token}"))),
    )
}

/// Somebody registers who is known.
pub(super) fn known(to: &str, token: &str) -> Letter {
    letter(
        to,
        MailKind::Registration,
        "You are registered with JARAI Console already",
        &[
            "Somebody, most likely you, has registered with this address. It has a sign-in already, and nothing was changed.",
            ONCE,
            UNASKED,
        ],
        Some(("Sign in", format!("/enter?token={token}"))),
    )
}

/// Somebody wants to get in without a password.
pub(super) fn sign_in(to: &str, token: &str) -> Letter {
    letter(
        to,
        MailKind::SignIn,
        "Your link to sign in to JARAI Console",
        &["Somebody, most likely you, has asked to sign in by a link.", ONCE, UNASKED],
        Some(("Sign in", format!("/enter?token={token}"))),
    )
}

/// Somebody has forgotten their password.
pub(super) fn reset(to: &str, token: &str) -> Letter {
    letter(
        to,
        MailKind::PasswordReset,
        "Set another password for JARAI Console",
        &[
            "Somebody, most likely you, has asked to set another password. Until then the one that you have stays.",
            ONCE,
            UNASKED,
        ],
        Some(("Set another password", format!("/reset?token={token}"))),
    )
}

/// Somebody wants to get in with an address that nobody has.
pub(super) fn nobody(to: &str, kind: MailKind) -> Letter {
    letter(
        to,
        kind,
        "There is no sign-in for this address",
        &[
            "Somebody, most likely you, has asked for a link to JARAI Console. Nobody has registered with this address; \
             perhaps it was another one.",
            UNASKED,
        ],
        Some(("Register", "/register".to_owned())),
    )
}

/// What has changed about somebody's own sign-in.
pub(super) fn security(to: &str, subject: &str, what: &str) -> Letter {
    letter(
        to,
        MailKind::Security,
        subject,
        &[what, "If it was not you, set another password at once: whoever did it is then signed out."],
        Some(("Set another password", "/sign-in/reset".to_owned())),
    )
}
