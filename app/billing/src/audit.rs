//! Who has done what. N1: immutable, sensitive acts, with what was before and after, the authority on who changed what and
//! when. Money and tokens are never turned back through it: those have counter-entries of their own.

pub mod privacy;

use crate::{
    id::{AuditId, CustomerId, KeyId, PersonId},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What something was, or became: a field's name in plain words and its exact value (`role` → `customerViewer`,
/// `stops at` → `GBP 120.00`). What is not there has no value.
pub type Facts = BTreeMap<String, String>;

/// Who has acted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Actor {
    /// Somebody who had signed in, or who opened a link that was sent to them.
    Person(PersonId),
    /// A key of the pipeline.
    Key(KeyId),
    /// Whoever runs the installation: its commands, and what it does by itself.
    Operations,
}

macro_rules! acts {
    ($($(#[$doc:meta])* $name:ident = $title:literal;)*) => {
        /// An act that is kept.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase")]
        pub enum AuditAct {
            $($(#[$doc])* $name,)*
        }

        impl AuditAct {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// What it is called on a page, after the name of who did it: `invited a member`.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self {
                    $(Self::$name => $title,)*
                }
            }
        }
    };
}

acts! {
    /// L5.
    Registered = "registered";
    /// L1.
    PasswordChanged = "changed their password";
    /// L1.
    SecondFactorTurnedOn = "turned the second factor on";
    /// L1.
    SecondFactorTurnedOff = "turned the second factor off";
    /// L1.
    RecoveryCodesMade = "made new recovery codes";
    /// L1.
    RecoveryCodeUsed = "signed in with a recovery code";
    /// L2.
    SessionEnded = "ended a session";
    /// H3.
    ProfileChanged = "changed their profile";
    /// H5.
    MemberInvited = "invited a member";
    /// N3.
    LettersChosen = "chose which letters they get";
    /// H7.
    InvitationSentAgain = "sent an invitation again";
    /// H7.
    InvitationRevoked = "revoked an invitation";
    /// H7.
    InvitationAccepted = "accepted an invitation";
    /// H4, H5.
    MemberAdded = "made somebody a member";
    /// DOMAIN section 2.
    StaffAdded = "made somebody one of JARAI’s staff";
    /// H5.
    RoleChanged = "changed a role";
    /// H5.
    MemberRemoved = "removed a member";
    /// H4.
    AccountsAssigned = "changed which accounts somebody reaches";
    /// A7.
    SeatCapChanged = "changed a seat’s cap";
    /// A7.
    SeatCapOverridden = "overrode a seat’s cap for a time";
    /// A7.
    HoldReleased = "released a hold";
    /// A7.
    MoreRequested = "asked for more";
    /// A7.
    RequestAnswered = "answered a request";
    /// P7.
    RefundMade = "refunded a payment";
    /// I-36: the provider told of it.
    PaymentRefunded = "booked a refund";
    /// I4, I-37.
    DisputeOpened = "booked a disputed payment";
    /// I-37.
    DisputeClosed = "booked the end of a dispute";
    /// I-37.
    DebtSettled = "settled a debt";
    /// I-44: what was shown was no longer so, or nobody would have been left to manage the team.
    ChangeRefused = "was refused a change";
    /// 5.23.
    SeatsChanged = "changed the number of seats";
    /// T12.
    KeyMade = "made a key";
    /// T12.
    KeyChanged = "changed a key";
    /// T12.
    KeyRotated = "rotated a key";
    /// T12.
    KeyRevoked = "revoked a key";
    /// H2.
    CustomerOpened = "opened a customer";
    /// H2.
    CustomerChanged = "changed a customer";
    /// H3.
    ContactSaved = "saved a contact";
    /// DOMAIN section 2: who is made inactive loses their sign-in at once.
    ContactSwitched = "made a contact active or inactive";
    /// DOMAIN section 2: internal notes.
    NotesChanged = "changed the internal notes";
    /// I4.
    RiskScoreRaised = "raised the risk score";
    /// I4.
    RiskScoreReset = "reset the risk score";
    /// T2, T3.
    AccountOpened = "opened an account";
    /// H10.
    AccountChanged = "changed an account";
    /// G1, G5, G6.
    LimitsChanged = "changed a monthly limit";
    /// 5.6.
    PlanChanged = "changed the plan";
    /// I3.
    PlanDecided = "decided how the plan goes on";
    /// U1.
    OrderMade = "made an order";
    /// U1.
    OrderGivenUp = "gave an order up";
    /// U3.
    PaymentBegun = "went to pay";
    /// 5.29.
    IssuerChanged = "changed who issues invoices";
    /// I1.
    BillingDetailsSaved = "changed the billing details";
    /// U5.
    AutoTopUpTurnedOn = "turned auto-top-up on";
    /// U5.
    AutoTopUpTurnedOff = "turned auto-top-up off";
    /// I-35: it has ended by itself, or waits for its owner.
    AutoTopUpStopped = "stopped auto-top-up";
    /// T17.
    TokensGranted = "granted tokens";
    /// K3.
    ModeChanged = "changed the platform’s mode";
    /// *Time*: sandboxes only.
    ClockAdvanced = "advanced the sandbox’s clock";
    /// K1, K2.
    ControlsChanged = "changed the platform’s controls";
    /// P9, P11.
    ListImported = "imported a list";
    /// S4.
    JobResubmitted = "sent a failed job again";
    /// S4.
    JobSetAside = "set a failed job aside";
    /// Y1.
    DataExported = "took out their data";
    /// Y2.
    ErasureRequested = "asked to be forgotten";
    /// Y2.
    ErasureWithdrawn = "took back the wish to be forgotten";
    /// Y2.
    Erased = "was forgotten";
    /// Y3: somebody is the last administrator when they are to be forgotten.
    ErasureHeldUp = "could not be forgotten yet";
    /// Y1.
    PrivacyAsked = "asked to restrict or object to the use of their data";
    /// Y2.
    PrivacyWithdrawn = "withdrew a data request";
    /// Y2.
    PrivacyAcknowledged = "acknowledged a data request";
    /// Y2.
    PrivacyExtended = "extended a data request";
    /// Y5.
    PrivacyResolved = "resolved a data request";
    /// Y1.
    ConsentChanged = "changed what they agree to";
}

impl AuditAct {
    /// Whether what was before can be put back by the same kind of act. Never money, tokens, or what a secret is made of.
    #[must_use]
    pub const fn is_reversible(self) -> bool {
        matches!(
            self,
            Self::RoleChanged
                | Self::AccountsAssigned
                | Self::SeatCapChanged
                | Self::LimitsChanged
                | Self::CustomerChanged
                | Self::NotesChanged
                | Self::AccountChanged
                | Self::ContactSwitched
                | Self::RiskScoreReset
                | Self::ModeChanged
                | Self::ControlsChanged
        )
    }
}

impl AuditAct {
    /// Whether it is JARAI's own: no customer is shown it.
    #[must_use]
    pub const fn is_internal(self) -> bool {
        matches!(self, Self::NotesChanged | Self::RiskScoreRaised | Self::RiskScoreReset)
    }
}

/// One entry of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditEntry {
    /// Which.
    pub id: AuditId,
    /// Whose; none where it concerns the platform or a person without a customer.
    pub customer: Option<CustomerId>,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: Actor,
    /// What.
    pub act: AuditAct,
    /// To what: an id, or a name.
    pub subject: String,
    /// What differed before.
    pub before: Facts,
    /// What differs now.
    pub after: Facts,
    /// Why, where it was said.
    pub reason: Option<String>,
    /// The entry that this one puts back.
    pub reverts: Option<AuditId>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn n1_every_act_has_words_of_its_own_and_money_is_not_turned_back() {
        let mut titles: Vec<_> = AuditAct::ALL.iter().map(|act| act.title()).collect();
        titles.sort_unstable();
        titles.dedup();
        assert_eq!(titles.len(), AuditAct::ALL.len());
        for act in [AuditAct::OrderMade, AuditAct::PlanChanged, AuditAct::TokensGranted, AuditAct::KeyRevoked]
        {
            assert!(!act.is_reversible(), "{act:?}");
        }
        assert!(AuditAct::RoleChanged.is_reversible());
    }
}
