//! Words of the caller: short, and without characters that a page, a log or a database would stumble over.

use serde::{Deserialize, Deserializer, de::Error};

/// 1 to `MOST` characters, not only blanks, none of them a control character.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text<const MOST: usize>(String);

impl<const MOST: usize> From<Text<MOST>> for String {
    fn from(text: Text<MOST>) -> Self {
        text.0
    }
}

impl<'de, const MOST: usize> Deserialize<'de> for Text<MOST> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let fits =
            text.chars().count() <= MOST && !text.trim().is_empty() && !text.chars().any(char::is_control);
        if fits {
            Ok(Self(text))
        } else {
            Err(D::Error::custom(format!(
                "expected 1 to {MOST} characters, not only blanks, without control characters"
            )))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Text;

    #[test]
    fn a_text_is_short_and_printable() {
        let read = |text: &str| serde_json::from_value::<Text<5>>(text.into());
        assert_eq!(String::from(read("Été 5").unwrap()), "Été 5");
        for bad in ["", "  ", "123456", "a\u{0}b", "a\nb"] {
            assert!(read(bad).is_err(), "{bad:?}");
        }
    }
}
