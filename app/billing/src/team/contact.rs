//! Contacts: people attached to a customer, whether they can sign in or not. H1, H3.

use super::address;
use serde::{Deserialize, Serialize};

/// The longest name, and the longest job title.
const CHARACTERS: usize = 80;
/// The longest telephone number.
const PHONE_CHARACTERS: usize = 32;

/// H3: what is known of a contact.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContactDetails {
    /// First name.
    pub first_name: String,
    /// Last name; empty where they have one name only.
    pub last_name: String,
    /// Their email address: a member with this address is this contact.
    pub email: String,
    /// A telephone number.
    pub phone: Option<String>,
    /// Role or job title.
    pub job: Option<String>,
}

/// What cannot stand in a contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadContact {
    /// The first name is missing or too long.
    #[error("Write a first name of at most 80 characters.")]
    FirstName,
    /// The last name is too long.
    #[error("A last name has at most 80 characters.")]
    LastName,
    /// It is no address.
    #[error("Write an email address such as ana@studio.example.")]
    Email,
    /// It is no telephone number.
    #[error("Write a telephone number such as +44 20 7946 0018, or leave it empty.")]
    Phone,
    /// The job title is too long.
    #[error("A role or job title has at most 80 characters.")]
    Job,
}

impl BadContact {
    /// The field that is wrong.
    #[must_use]
    pub const fn field(self) -> &'static str {
        match self {
            Self::FirstName => "first_name",
            Self::LastName => "last_name",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Job => "job",
        }
    }
}

impl ContactDetails {
    /// A contact of somebody who is called like this: the last word is the last name.
    #[must_use]
    pub fn of_name(name: &str, email: &str) -> Self {
        let (first, last) = name.trim().rsplit_once(' ').unwrap_or((name.trim(), ""));
        Self {
            first_name: first.trim().to_owned(),
            last_name: last.to_owned(),
            email: email.to_owned(),
            phone: None,
            job: None,
        }
    }

    /// First and last name.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name).trim().to_owned()
    }

    /// The same without surrounding space, where it can be kept.
    pub fn checked(&self) -> Result<Self, BadContact> {
        let text = |text: &str, at_least: usize, bad| {
            let text = text.trim();
            let fits =
                (at_least..=CHARACTERS).contains(&text.chars().count()) && !text.contains(char::is_control);
            fits.then(|| text.to_owned()).ok_or(bad)
        };
        let optional = |text: &Option<String>| {
            text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
        };
        let phone = optional(&self.phone);
        if phone.as_deref().is_some_and(|phone| !is_phone(phone)) {
            return Err(BadContact::Phone);
        }
        let job = optional(&self.job).map(|job| text(&job, 1, BadContact::Job)).transpose()?;
        Ok(Self {
            first_name: text(&self.first_name, 1, BadContact::FirstName)?,
            last_name: text(&self.last_name, 0, BadContact::LastName)?,
            email: address(&self.email).map_err(|_| BadContact::Email)?,
            phone,
            job,
        })
    }
}

/// Digits with what people write between them.
fn is_phone(text: &str) -> bool {
    let written = |letter: char| letter.is_ascii_digit() || " +-().".contains(letter);
    text.len() <= PHONE_CHARACTERS
        && text.chars().all(written)
        && text.chars().filter(char::is_ascii_digit).count() >= 4
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ana() -> ContactDetails {
        ContactDetails {
            first_name: " Ana ".to_owned(),
            last_name: "Moss".to_owned(),
            email: " Ana@Studio.Example".to_owned(),
            phone: Some("+44 (0)20 7946-0018".to_owned()),
            job: Some(" ".to_owned()),
        }
    }

    #[test]
    fn h3_a_contact_is_kept_in_one_spelling_and_says_which_field_is_wrong() {
        let kept = ana().checked().unwrap();
        assert_eq!(
            (kept.name().as_str(), kept.email.as_str(), kept.job.as_deref()),
            ("Ana Moss", "ana@studio.example", None)
        );
        let mononym = ContactDetails { last_name: String::new(), phone: None, ..ana() };
        assert_eq!(mononym.checked().unwrap().name(), "Ana");
        for (field, bad) in [
            ("first_name", ContactDetails { first_name: " ".to_owned(), ..ana() }),
            ("last_name", ContactDetails { last_name: "x".repeat(81), ..ana() }),
            ("email", ContactDetails { email: "nowhere".to_owned(), ..ana() }),
            ("phone", ContactDetails { phone: Some("call me".to_owned()), ..ana() }),
            ("phone", ContactDetails { phone: Some("12".to_owned()), ..ana() }),
            ("job", ContactDetails { job: Some("x".repeat(81)), ..ana() }),
        ] {
            assert_eq!(bad.checked().map_err(BadContact::field), Err(field));
        }
    }

    #[test]
    fn h3_a_name_that_was_never_split_is_split_before_its_last_word() {
        let named = |name: &str| ContactDetails::of_name(name, "a@b.c");
        assert_eq!(
            (named("Mara Lindqvist").first_name.as_str(), named("Mara Lindqvist").last_name.as_str()),
            ("Mara", "Lindqvist")
        );
        assert_eq!(
            (named("Ana de Sá").first_name.as_str(), named("Fern").last_name.as_str()),
            ("Ana de", "")
        );
    }
}
