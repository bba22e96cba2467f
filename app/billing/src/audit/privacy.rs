//! What people ask of their own data, and by when they are answered. Y1–Y3: acknowledged within 72 hours, resolved within
//! 30 days, which become at most 90 with a reason; an account is deleted once its 30 days of grace are over.

use crate::{
    id::{ConsentId, PersonId, PrivacyRequestId},
    time::{Span, Timestamp},
};
use serde::{Deserialize, Serialize};

/// Y2: within what a request is acknowledged.
pub const ACKNOWLEDGED_WITHIN: Span = Span::hours(72);
/// Y2: within what it is resolved; Y1: how long an account that is to be deleted stays.
pub const RESOLVED_WITHIN: Span = Span::days(30);
/// Y2: what that can be extended to, counted from the request.
pub const EXTENDED_TO: Span = Span::days(90);
/// Y4: of which date the terms and the privacy notice are that are accepted today.
pub const TERMS_VERSION: &str = "12 April 2026";

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RequestKind {
    /// A copy of it; answered at once.
    Export,
    /// That the account be deleted.
    Erasure,
    /// That it be kept and not otherwise used.
    Restriction,
    /// That some use of it end.
    Objection,
}

impl RequestKind {
    /// What it is called on a page.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Export => "Copy of their data",
            Self::Erasure => "Deletion of the account",
            Self::Restriction => "Restriction of processing",
            Self::Objection => "Objection to processing",
        }
    }

    /// Whether somebody of JARAI has to look at it. The others answer themselves.
    #[must_use]
    pub const fn is_answered_by_staff(self) -> bool {
        matches!(self, Self::Restriction | Self::Objection)
    }
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RequestOutcome {
    /// It was done.
    Fulfilled,
    /// It was not done, for a reason.
    Declined,
    /// Whoever asked took it back.
    Withdrawn,
}

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrivacyRequest {
    /// Which.
    pub id: PrivacyRequestId,
    /// Whose.
    pub person: PersonId,
    /// What is asked.
    pub kind: RequestKind,
    /// What they said to it.
    pub words: Option<String>,
    /// When.
    pub asked_at: Timestamp,
    /// By when it is resolved; an account is deleted then.
    pub resolve_by: Timestamp,
    /// Why that is later than 30 days after the request.
    pub extension: Option<String>,
    /// When it was acknowledged.
    pub acknowledged_at: Option<Timestamp>,
    /// Since when a deletion that is due waits, because they are somebody's last administrator.
    pub waits_since: Option<Timestamp>,
    /// When and how it ended.
    pub ended: Option<(Timestamp, RequestOutcome)>,
    /// What staff answered.
    pub answer: Option<String>,
}

/// How a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// It waits to be acknowledged, in time.
    Received,
    /// It was acknowledged and is still in time.
    Acknowledged,
    /// It should have been acknowledged.
    AcknowledgementOverdue,
    /// It should have been resolved.
    Overdue,
    /// It has ended.
    Ended(RequestOutcome),
}

impl PrivacyRequest {
    /// By when it is acknowledged.
    #[must_use]
    pub fn acknowledge_by(&self) -> Timestamp {
        self.asked_at.after(ACKNOWLEDGED_WITHIN)
    }

    /// By when it is resolved however it is extended.
    #[must_use]
    pub fn resolve_at_last(&self) -> Timestamp {
        self.asked_at.after(EXTENDED_TO)
    }

    /// Whether it waits for somebody or for its day.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.ended.is_none()
    }

    /// Whether it may be resolved by then instead: later than now, and never later than 90 days after it was asked.
    #[must_use]
    pub fn may_be_extended_to(&self, by: Timestamp) -> bool {
        self.is_open() && by > self.resolve_by && by <= self.resolve_at_last()
    }

    /// How it stands.
    #[must_use]
    pub fn stage(&self, at: Timestamp) -> Stage {
        match (self.ended, self.acknowledged_at) {
            (Some((_, outcome)), _) => Stage::Ended(outcome),
            (None, _) if at > self.resolve_by => Stage::Overdue,
            (None, None) if at > self.acknowledge_by() => Stage::AcknowledgementOverdue,
            (None, None) => Stage::Received,
            (None, Some(_)) => Stage::Acknowledged,
        }
    }
}

/// To what somebody can agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ConsentKind {
    /// Terms and Privacy Notice: without them there is no account.
    Terms,
    /// News of the product by email.
    ProductNews,
}

/// What somebody has said to one of them, last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// Which word of theirs it is.
    pub id: ConsentId,
    /// To what.
    pub kind: ConsentKind,
    /// Whether they agree.
    pub given: bool,
    /// To which version.
    pub version: Option<String>,
    /// Since when.
    pub since: Timestamp,
}

/// Y3: what somebody who was forgotten is called: `Former member 7F3A`.
#[must_use]
pub fn pseudonym(person: PersonId) -> String {
    let id = person.to_string();
    format!("Former member {}", &id[id.len() - 4..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use ulid::Ulid;

    fn asked() -> PrivacyRequest {
        let asked_at: Timestamp = "2026-10-22T16:40:00Z".parse().expect("an instant");
        PrivacyRequest {
            id: PrivacyRequestId::new(Ulid::from_parts(1, 1)),
            person: PersonId::new(Ulid::from_parts(1, 0x7f3a)),
            kind: RequestKind::Restriction,
            words: None,
            asked_at,
            resolve_by: asked_at.after(RESOLVED_WITHIN),
            extension: None,
            acknowledged_at: None,
            waits_since: None,
            ended: None,
            answer: None,
        }
    }

    #[test]
    fn y2_a_request_is_acknowledged_in_72_hours_and_resolved_in_30_days() {
        let (new, minute) = (asked(), Span::minutes(1));
        assert_eq!(new.acknowledge_by().to_string(), "2026-10-25T16:40:00Z");
        assert_eq!(new.resolve_by.to_string(), "2026-11-21T16:40:00Z");
        assert_eq!(new.stage(new.acknowledge_by()), Stage::Received);
        assert_eq!(new.stage(new.acknowledge_by().after(minute)), Stage::AcknowledgementOverdue);
        let known = PrivacyRequest { acknowledged_at: Some(new.asked_at), ..new.clone() };
        assert_eq!(known.stage(new.resolve_by), Stage::Acknowledged);
        assert_eq!(known.stage(new.resolve_by.after(minute)), Stage::Overdue);
        let ended = PrivacyRequest { ended: Some((new.resolve_by, RequestOutcome::Withdrawn)), ..known };
        assert_eq!(ended.stage(new.resolve_by.after(minute)), Stage::Ended(RequestOutcome::Withdrawn));
    }

    #[test]
    fn y2_it_is_extended_to_90_days_and_not_shortened() {
        let new = asked();
        assert!(new.may_be_extended_to(new.asked_at.after(Span::days(90))));
        assert!(!new.may_be_extended_to(new.asked_at.after(Span::days(90)).after(Span::minutes(1))));
        assert!(!new.may_be_extended_to(new.resolve_by));
        let ended = PrivacyRequest { ended: Some((new.asked_at, RequestOutcome::Declined)), ..new.clone() };
        assert!(!ended.may_be_extended_to(new.asked_at.after(Span::days(60))));
    }

    #[test]
    fn y3_a_pseudonym_says_nothing_of_who_it_was() {
        assert_eq!(pseudonym(PersonId::new(Ulid::from_parts(1, 1))), "Former member 0001");
        assert_eq!(pseudonym(asked().person).len(), "Former member 7F3A".len());
    }
}
