//! Invitations: to whom, and for how long. H7: single-use, seven days.

use crate::time::Span;

/// H7, 5.27: how long the link of an invitation works.
pub const INVITATION_LASTS: Span = Span::days(7);
/// The longest address that mail can have.
const CHARACTERS: usize = 254;

/// No address that mail could be sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Write an email address such as ana@studio.example.")]
pub struct BadAddress;

/// An email address as it is kept: addresses are compared without regard to case and surrounding space.
pub fn address(typed: &str) -> Result<String, BadAddress> {
    let address = typed.trim().to_lowercase();
    let odd = |letter: char| letter.is_whitespace() || letter.is_control() || "<>,;\"()".contains(letter);
    let mailed = address.split_once('@').is_some_and(|(local, host)| {
        let dotted = host.contains('.') && !host.starts_with('.') && !host.ends_with('.');
        !local.is_empty() && dotted && !host.contains('@')
    });
    if mailed && address.len() <= CHARACTERS && !address.contains(odd) {
        Ok(address)
    } else {
        Err(BadAddress)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn h7_an_address_is_kept_in_one_spelling_and_nothing_else_is_one() {
        assert_eq!(address("  Ana@Studio.Example ").as_deref(), Ok("ana@studio.example"));
        for bad in [
            "",
            "ana",
            "@studio.example",
            "ana@",
            "ana@host",
            "a b@c.d",
            "a@b@c.d",
            "a@b.c\r\nbcc: x@y.z",
            "a@.c",
            "<a@b.c>",
        ] {
            assert_eq!(address(bad), Err(BadAddress), "{bad:?}");
        }
        assert_eq!(address(&format!("{}@b.c", "a".repeat(251))), Err(BadAddress));
    }
}
