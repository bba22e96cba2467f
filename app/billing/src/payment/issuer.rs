//! Who issues invoices: a value of the installation, not of the code. 5.29.

use serde::{Deserialize, Serialize};

/// The longest line.
const LINE_CHARACTERS: usize = 200;
/// The most lines of an address.
const LINES: usize = 6;

/// Who issues invoices and credit notes; each keeps the one of its day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Issuer {
    /// The name by law.
    pub name: String,
    /// Street, town, country: a line each.
    pub address: Vec<String>,
    /// The tax number, as it is written on invoices.
    pub tax_id: Option<String>,
}

/// Nobody who could issue an invoice: what is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadIssuer {
    /// No name, or too long a one.
    #[error("the name has to be a line of at most 200 characters")]
    Name,
    /// No address, too many lines, or one that is too long.
    #[error("the address has to be one to six lines of at most 200 characters")]
    Address,
    /// An empty tax number, or too long a one.
    #[error("the tax number has to be a line of at most 200 characters")]
    TaxId,
}

impl Issuer {
    /// The issuer, unless no invoice could name it.
    pub fn checked(self) -> Result<Self, BadIssuer> {
        let is_line = |line: &String| {
            !line.trim().is_empty()
                && line.chars().count() <= LINE_CHARACTERS
                && !line.contains(char::is_control)
        };
        if !is_line(&self.name) {
            Err(BadIssuer::Name)
        } else if self.address.is_empty() || self.address.len() > LINES || !self.address.iter().all(is_line) {
            Err(BadIssuer::Address)
        } else if !self.tax_id.iter().all(is_line) {
            Err(BadIssuer::TaxId)
        } else {
            Ok(self)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_5_29_an_issuer_has_a_name_and_an_address() {
        let good = crate::sample::issuer();
        assert_eq!(good.clone().checked(), Ok(good.clone()));
        let other = |change: fn(&mut Issuer)| {
            let mut issuer = good.clone();
            change(&mut issuer);
            issuer.checked()
        };
        assert_eq!(other(|issuer| issuer.name = " ".to_owned()), Err(BadIssuer::Name));
        assert_eq!(other(|issuer| issuer.name = "x".repeat(201)), Err(BadIssuer::Name));
        assert_eq!(other(|issuer| issuer.address.clear()), Err(BadIssuer::Address));
        assert_eq!(other(|issuer| issuer.address = vec!["x".to_owned(); 7]), Err(BadIssuer::Address));
        assert_eq!(other(|issuer| issuer.address = vec!["a\nb".to_owned()]), Err(BadIssuer::Address));
        assert_eq!(other(|issuer| issuer.tax_id = Some(String::new())), Err(BadIssuer::TaxId));
        assert!(other(|issuer| issuer.tax_id = None).is_ok());
    }
}
