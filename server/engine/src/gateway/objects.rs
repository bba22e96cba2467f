//! Objects in the form that Stripe gives them, as far as we read them: the sandbox keeps the same form, so that both are
//! read by the same code.

use super::{Charged, Declined, Dispute, DisputeState, Found, Payment};
use crate::Error;
use billing::{
    money::{Currency, Money},
    payment::{PaidState, Seen},
};
use serde::Deserialize;
use std::collections::BTreeMap;

/// A word for a charge that was declined without one.
const DECLINED: &str = "card_declined";

/// An object, or its id where it was not asked for.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Expandable<T> {
    Id(String),
    Object(Box<T>),
}

impl<T> Expandable<T> {
    /// The object itself.
    pub(super) fn object(&self) -> Option<&T> {
        match self {
            Self::Object(object) => Some(object),
            Self::Id(_) => None,
        }
    }
}

/// `checkout.session`.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Session {
    pub(super) id: String,
    pub(super) amount_total: Option<i64>,
    pub(super) currency: Option<String>,
    pub(super) metadata: Option<BTreeMap<String, String>>,
    pub(super) payment_intent: Option<Expandable<Intent>>,
    pub(super) payment_status: String,
    pub(super) status: Option<String>,
    pub(super) url: Option<String>,
}

/// `payment_intent`.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Intent {
    pub(super) id: String,
    pub(super) amount: i64,
    pub(super) currency: String,
    pub(super) status: String,
    #[serde(default)]
    pub(super) metadata: BTreeMap<String, String>,
    pub(super) payment_method: Option<Expandable<Method>>,
    pub(super) latest_charge: Option<Expandable<Charge>>,
    pub(super) last_payment_error: Option<PaymentError>,
}

/// Why a payment failed.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct PaymentError {
    pub(super) code: Option<String>,
    pub(super) decline_code: Option<String>,
    /// The charge that was tried; none where it did not come to one.
    pub(super) charge: Option<String>,
    pub(super) payment_method: Option<Expandable<Method>>,
}

/// `payment_method`.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Method {
    pub(super) id: String,
    pub(super) r#type: String,
    pub(super) card: Option<Card>,
}

/// What may be shown of a card.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Card {
    pub(super) last4: String,
    /// The same for one card, whoever uses it.
    pub(super) fingerprint: Option<String>,
}

/// `charge`.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Charge {
    pub(super) amount: i64,
    pub(super) amount_refunded: i64,
    pub(super) currency: String,
    #[serde(default)]
    pub(super) disputed: bool,
}

/// `dispute`.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Disputed {
    pub(super) id: String,
    pub(super) amount: i64,
    pub(super) currency: String,
    pub(super) status: String,
}

/// `refund`.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Refund {
    pub(super) id: String,
    pub(super) status: Option<String>,
    pub(super) failure_reason: Option<String>,
}

/// `customer`.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Payer {
    pub(super) id: String,
}

/// `list`.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct List<T> {
    pub(super) data: Vec<T>,
}

/// Money as an object has it: minor units, and a code in small letters.
pub(super) fn money(object: &'static str, id: &str, minor: i64, currency: &str) -> Result<Money, Error> {
    let bad = |_| Error::corrupt(object, id, "is in a currency that we do not bill in");
    let currency: Currency = currency.to_uppercase().parse().map_err(bad)?;
    Ok(Money::new(minor, currency))
}

impl Session {
    /// What it says of our order, together with the payment and the way to pay that belong to it.
    pub(super) fn found(self, intent: Option<&Intent>, method: Option<Method>) -> Result<Found, Error> {
        let missing = || Error::corrupt("checkout.session", &self.id, "has no amount");
        let (minor, currency) = self.amount_total.zip(self.currency.as_deref()).ok_or_else(missing)?;
        let amount = money("checkout.session", &self.id, minor, currency)?;
        let named = |name: &str| {
            self.metadata.as_ref().and_then(|known| known.get(name)).cloned().unwrap_or_default()
        };
        let failed = self.status.as_deref() == Some("expired")
            || intent.is_some_and(|intent| intent.status == "canceled");
        let state = match self.payment_status.as_str() {
            "paid" => PaidState::Paid,
            _ if failed => PaidState::Failed,
            _ => PaidState::Unpaid,
        };
        Ok(Found {
            open: self.status.as_deref() == Some("open"),
            card: method.as_ref().map(Method::card),
            declined: intent.filter(|_| state != PaidState::Paid).and_then(Intent::declined),
            seen: Seen {
                order: named("order"),
                customer: named("customer"),
                amount,
                state,
                method: method.as_ref().map(Method::label),
                payment: self.payment_intent.map(|intent| match intent {
                    Expandable::Id(id) => id,
                    Expandable::Object(intent) => intent.id,
                }),
            },
            method: method.map(|method| method.id),
        })
    }
}

impl Method {
    /// The card itself, by a name that says nothing of it; the way to pay where it is none.
    fn card(&self) -> String {
        let print = self.card.as_ref().and_then(|card| card.fingerprint.clone());
        print.unwrap_or_else(|| self.id.clone())
    }

    /// How people call it.
    fn label(&self) -> String {
        match &self.card {
            Some(card) => format!("card ending {}", card.last4),
            None => self.r#type.replace('_', " "),
        }
    }
}

impl Intent {
    /// What it comes to.
    pub(super) fn money(&self) -> Result<Money, Error> {
        money("payment_intent", &self.id, self.amount, &self.currency)
    }

    /// How the charge stands that it is for.
    pub(super) fn charged(&self) -> Charged {
        let reason = self.last_payment_error.as_ref();
        let reason = reason.and_then(|error| error.decline_code.as_deref().or(error.code.as_deref()));
        match self.status.as_str() {
            "succeeded" => Charged::Paid(self.id.clone()),
            "processing" => Charged::Pending,
            "requires_action" | "requires_confirmation" => Charged::NeedsAction,
            _ => declined(reason),
        }
    }

    /// The last try that was declined.
    fn declined(&self) -> Option<Declined> {
        let error = self.last_payment_error.as_ref()?;
        let card = error.payment_method.as_ref().map(|method| match method {
            Expandable::Id(id) => id.clone(),
            Expandable::Object(method) => method.card(),
        });
        let id = error.charge.clone();
        let id = id.unwrap_or_else(|| format!("{} {}", self.id, card.as_deref().unwrap_or_default()));
        Some(Declined { id, card })
    }

    /// What became of it since, with the newest dispute about it.
    pub(super) fn payment(
        &self,
        charge: Option<&Charge>,
        dispute: Option<Disputed>,
    ) -> Result<Payment, Error> {
        let amount = self.money()?;
        let refunded = match charge {
            Some(charge) => money("charge", &self.id, charge.amount_refunded, &charge.currency)?,
            None => Money::zero(amount.currency()),
        };
        let amount = charge.map_or(amount, |charge| Money::new(charge.amount, refunded.currency()));
        Ok(Payment { amount, refunded, dispute: dispute.map(Dispute::try_from).transpose()? })
    }
}

/// The bank has said no. That its owner has to be asked is no decline.
pub(super) fn declined(reason: Option<&str>) -> Charged {
    match reason {
        Some("authentication_required") => Charged::NeedsAction,
        reason => Charged::Declined(reason.unwrap_or(DECLINED).to_owned()),
    }
}

impl TryFrom<Disputed> for Dispute {
    type Error = Error;

    fn try_from(dispute: Disputed) -> Result<Self, Error> {
        let state = match dispute.status.as_str() {
            "warning_needs_response" | "warning_under_review" => DisputeState::Inquiry,
            "needs_response" | "under_review" => DisputeState::Open,
            "won" | "warning_closed" | "prevented" => DisputeState::Won,
            "lost" => DisputeState::Lost,
            _ => return Err(Error::corrupt("dispute", &dispute.id, "has a status that we do not know")),
        };
        let amount = money("dispute", &dispute.id, dispute.amount, &dispute.currency)?;
        Ok(Self { id: dispute.id, amount, state })
    }
}
