//! Numbers of invoices and credit notes: a series without gaps of each for every customer, so that two customers never wait for each other's number.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The number of an invoice: `JAR-7K3Q9F2M-0007`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceNumber {
    /// The customer's own letters and digits.
    pub series: String,
    /// From 1, without gaps.
    pub number: i64,
}

impl fmt::Display for InvoiceNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JAR-{}-{:04}", self.series, self.number)
    }
}

/// The number of a credit note: `JAR-7K3Q9F2M-C0001`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditNoteNumber {
    /// The customer's own letters and digits.
    pub series: String,
    /// From 1, without gaps.
    pub number: i64,
}

impl fmt::Display for CreditNoteNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JAR-{}-C{:04}", self.series, self.number)
    }
}

#[cfg(test)]
mod tests {
    use super::{CreditNoteNumber, InvoiceNumber};

    #[test]
    fn a_number_has_four_digits_or_more() {
        let number = |number| InvoiceNumber { series: "7K3Q9F2M".to_owned(), number }.to_string();
        assert_eq!([number(7), number(12_345)], ["JAR-7K3Q9F2M-0007", "JAR-7K3Q9F2M-12345"]);
        let note = CreditNoteNumber { series: "7K3Q9F2M".to_owned(), number: 7 };
        assert_eq!(note.to_string(), "JAR-7K3Q9F2M-C0007");
    }
}
