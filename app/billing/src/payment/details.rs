//! To whom invoices are made out. I1, I7.

use super::Country;
use serde::{Deserialize, Serialize};

/// The longest line of an address.
const LINE_CHARACTERS: usize = 200;
/// The longest address that mail can have.
const EMAIL_CHARACTERS: usize = 254;

/// A customer's billing details; each invoice keeps those of its day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BillingDetails {
    /// The name on the invoice.
    pub name: String,
    /// Street, town, postcode: a line each.
    pub address: Vec<String>,
    /// Decides the tax.
    pub country: Country,
    /// Where invoices are sent.
    pub email: String,
    /// The customer's own tax number, where it has one.
    pub tax_id: Option<String>,
}

/// Details that no invoice could be made out to: the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadDetails {
    /// Nobody, or too long a name.
    #[error("name")]
    Name,
    /// A line that is too long, or too many of them.
    #[error("address")]
    Address,
    /// No address that mail could be sent to.
    #[error("email")]
    Email,
    /// Too long.
    #[error("taxId")]
    TaxId,
}

impl BillingDetails {
    /// The details, unless an invoice could not be made out to them.
    pub fn checked(self) -> Result<Self, BadDetails> {
        let fits =
            |line: &String| line.chars().count() <= LINE_CHARACTERS && !line.contains(char::is_control);
        let local_and_host = self.email.split_once('@');
        let mailed = local_and_host.is_some_and(|(local, host)| !local.is_empty() && host.contains('.'));
        if self.name.trim().is_empty() || !fits(&self.name) {
            Err(BadDetails::Name)
        } else if self.address.len() > 6 || !self.address.iter().all(fits) {
            Err(BadDetails::Address)
        } else if !mailed || self.email.len() > EMAIL_CHARACTERS || self.email.contains(char::is_whitespace) {
            Err(BadDetails::Email)
        } else if !self.tax_id.iter().all(fits) {
            Err(BadDetails::TaxId)
        } else {
            Ok(self)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i1_an_invoice_needs_a_name_a_country_and_an_address_for_mail() {
        let good = BillingDetails {
            name: "Northlight Films Ltd".to_owned(),
            address: vec!["14 Harbour Row".to_owned(), "Bristol BS1 0XX".to_owned()],
            country: Country::GB,
            email: "billing@northlight.example".to_owned(),
            tax_id: None,
        };
        assert!(good.clone().checked().is_ok());
        let other = |change: fn(&mut BillingDetails)| {
            let mut details = good.clone();
            change(&mut details);
            details.checked()
        };
        assert_eq!(other(|details| details.name = " ".to_owned()), Err(BadDetails::Name));
        assert_eq!(other(|details| details.address = vec!["x".repeat(201)]), Err(BadDetails::Address));
        assert_eq!(other(|details| details.address = vec![String::new(); 7]), Err(BadDetails::Address));
        assert_eq!(other(|details| details.tax_id = Some("1\n2".to_owned())), Err(BadDetails::TaxId));
        for email in ["", "a", "a@", "@b.c", "a@b", "a b@c.d"] {
            let bad = BillingDetails { email: email.to_owned(), ..good.clone() };
            assert_eq!(bad.checked(), Err(BadDetails::Email), "{email}");
        }
    }
}
