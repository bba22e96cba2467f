//! What the log is narrowed to, as the address has it.

use serde::{Deserialize, Serialize};

/// What was asked in the address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditQuery {
    /// A customer's id; all that the reader may see where there is none.
    pub customer: Option<String>,
    /// A person's or a key's id, or `operations`.
    pub by: Option<String>,
    /// An act's word.
    pub act: Option<String>,
    /// The first day.
    pub from: Option<String>,
    /// The last day.
    pub to: Option<String>,
    /// The entry that the page before ended with.
    pub before: Option<String>,
}

impl AuditQuery {
    /// What the address says, part by part; a field left empty says nothing.
    #[must_use]
    pub fn of(part: impl Fn(&str) -> Option<String>) -> Self {
        let part = |name: &str| part(name).filter(|text| !text.is_empty());
        Self {
            customer: part("customer"),
            by: part("by"),
            act: part("act"),
            from: part("from"),
            to: part("to"),
            before: part("before"),
        }
    }

    /// The same, without what was left empty.
    #[must_use]
    pub fn given(self) -> Self {
        Self::of(|name| match name {
            "customer" => self.customer.clone(),
            "by" => self.by.clone(),
            "act" => self.act.clone(),
            "from" => self.from.clone(),
            "to" => self.to.clone(),
            _ => self.before.clone(),
        })
    }
}
