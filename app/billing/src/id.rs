//! Identities. Ours are a prefix that names the kind and 26 characters that sort by time (`acc_01K8…`); the pipeline's
//! own names are its to choose, within an alphabet that is safe in a path and in a hash.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use ulid::{ULID_LEN, Ulid};

/// A text that is not the identity it was read as.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Another kind's prefix, or none, or not 26 characters of Crockford's base 32 after it.
    #[error("expected {0} followed by 26 characters")]
    NotAnId(&'static str),
    /// Empty, longer than 64, or with a character outside `A–Z a–z 0–9 _ - .`.
    #[error("expected 1 to 64 characters of A–Z a–z 0–9 _ - .")]
    NotAName,
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(into = "String", try_from = "String")]
        pub struct $name(Ulid);

        impl $name {
            /// What every text of this kind starts with.
            pub const PREFIX: &'static str = $prefix;

            /// Wraps a time-ordered value that the caller's id source made.
            #[must_use]
            pub const fn new(value: Ulid) -> Self {
                Self(value)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut text = [0; $prefix.len() + ULID_LEN];
                let (prefix, value) = text.split_at_mut($prefix.len());
                prefix.copy_from_slice($prefix.as_bytes());
                value.copy_from_slice(self.0.array_to_str(&mut [0; ULID_LEN]).as_bytes());
                f.write_str(str::from_utf8(&text).map_err(|_| fmt::Error)?) // at once: whoever keeps it needs room once
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                text.strip_prefix($prefix)
                    .and_then(|rest| Ulid::from_string(rest).ok())
                    .filter(|value| text.ends_with(value.to_string().as_str()))
                    .map(Self)
                    .ok_or(IdError::NotAnId($prefix))
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, IdError> {
                text.parse()
            }
        }
    )*};
}

ids! {
    /// A billing entity: it owns accounts, one wallet, members and keys.
    CustomerId = "cus_";
    /// A brand or channel that a customer produces for.
    AccountId = "acc_";
    /// A person who can sign in.
    PersonId = "per_";
    /// A key of the production pipeline; it belongs to one customer.
    KeyId = "key_";
    /// One admitted production.
    ProductionId = "prd_";
    /// One lot of tokens.
    GrantId = "grt_";
    /// The tokens and money set aside for one production.
    HoldId = "hld_";
    /// One entry of the token ledger.
    EntryId = "ent_";
    /// A customer's agreement to a tier.
    SubscriptionId = "sub_";
    /// One order: what is to be paid for.
    OrderId = "ord_";
    /// One invoice.
    InvoiceId = "inv_";
    /// One credit note.
    CreditNoteId = "crn_";
    /// Money that is to go back.
    RefundId = "rfd_";
    /// Something that has to be done outside: a charge.
    OutboxId = "out_";
    /// What somebody has agreed to have bought without asking.
    AgreementId = "agr_";
    /// One purchase that was made without asking.
    PurchaseId = "pur_";
    /// One price that was promised.
    QuoteId = "quo_";
    /// One recorded refusal.
    RefusalId = "ref_";
    /// One recorded change of a limit.
    LimitChangeId = "lim_";
    /// One entry of the audit log.
    AuditId = "aud_";
    /// One letter.
    MailId = "mai_";
    /// One invitation to a team.
    InvitationId = "ivt_";
    /// One request for more tokens.
    SeatRequestId = "req_";
    /// One contact of a customer.
    ContactId = "con_";
    /// One request of a person about their own data.
    PrivacyRequestId = "dsr_";
    /// One word of a person on what they agree to.
    ConsentId = "cst_";
}

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        #[serde(into = "String", try_from = "String")]
        pub struct $name(String);

        impl $name {
            /// The name as it was given.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                text.to_owned().try_into()
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, IdError> {
                let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
                if (1..=64).contains(&text.len()) && text.chars().all(allowed) { Ok(Self(text)) } else { Err(IdError::NotAName) }
            }
        }
    )*};
}

names! {
    /// The pipeline's name of a production, unique in its customer.
    ProductionName;
    /// The pipeline's name of a step, unique in its production; retries share it.
    StepName;
    /// The pipeline's name of an AI call outside a production, unique in its customer.
    CallName;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_its_text_and_refuses_another_kind() {
        let id = AccountId::new(Ulid::from_parts(1_792_000_000_000, 7));
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(
            id.to_string().replace("acc_", "cus_").parse::<AccountId>(),
            Err(IdError::NotAnId("acc_"))
        );
        assert!(
            id.to_string().to_lowercase().parse::<AccountId>().is_err(),
            "one spelling only: ids are compared as text"
        );
    }

    #[test]
    fn names_keep_to_their_alphabet() {
        assert!("voice-1".parse::<StepName>().is_ok());
        for bad in ["", "a b", "a/b", "é", &"x".repeat(65)] {
            assert_eq!(bad.parse::<ProductionName>(), Err(IdError::NotAName), "{bad:?}");
        }
    }
}
