//! Objects in the form that Stripe gives them, as far as we read them: the sandbox keeps the same form, so that both are
//! read by the same code.

use super::Found;
use crate::Error;
use billing::{
    money::{Currency, Money},
    payment::{PaidState, Seen},
};
use serde::Deserialize;
use std::collections::BTreeMap;

/// `checkout.session`.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Session {
    pub(super) id: String,
    pub(super) amount_total: i64,
    pub(super) currency: String,
    #[serde(default)]
    pub(super) metadata: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) payment_intent: Option<String>,
    pub(super) payment_status: String,
    pub(super) status: String,
}

/// `payment_intent`.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Intent {
    pub(super) status: String,
    #[serde(default)]
    pub(super) payment_method: Option<String>,
}

/// `payment_method`, of a card.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Method {
    pub(super) id: String,
    pub(super) card: Card,
}

/// What may be shown of a card.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Card {
    pub(super) last4: String,
}

impl Session {
    /// What it says of our order, together with the payment and the way to pay that belong to it.
    pub(super) fn found(self, intent: Option<&Intent>, method: Option<Method>) -> Result<Found, Error> {
        let bad = |what: &str| Error::corrupt("checkout.session", &self.id, what);
        let currency: Currency = self
            .currency
            .to_uppercase()
            .parse()
            .map_err(|_| bad("is in a currency that we do not bill in"))?;
        let named = |name: &str| self.metadata.get(name).cloned().unwrap_or_default();
        let failed = self.status == "expired" || intent.is_some_and(|intent| intent.status == "canceled");
        let state = match self.payment_status.as_str() {
            "paid" => PaidState::Paid,
            _ if failed => PaidState::Failed,
            _ => PaidState::Unpaid,
        };
        Ok(Found {
            open: self.status == "open",
            seen: Seen {
                order: named("order"),
                customer: named("customer"),
                amount: Money::new(self.amount_total, currency),
                state,
                method: method.as_ref().map(|method| format!("card ending {}", method.card.last4)),
                payment: self.payment_intent,
            },
            method: method.map(|method| method.id),
        })
    }
}
