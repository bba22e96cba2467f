//! Stripe behind the port: the few calls that we need, form-encoded, under a pinned version and keys that make each happen
//! once. U3, U7; T6, I-30 to I-34.
//!
//! Every call names our order or charge in its metadata, on the session as on its payment, so that whatever Stripe tells of
//! them names it too. What is charged without anybody present is looked for before it is asked for: a key is remembered for a
//! day, and a card that was changed meanwhile would make another request of it.

mod api;
mod said;
mod settings;
#[cfg(test)]
mod tests;

pub use settings::{BadStripeSettings, Secret, StripeSettings};

use super::{
    Cancelled, ChargeRequest, Charged, Checkout, CheckoutRequest, Found, Gateway, Payment, Refunded,
    objects::{Disputed, Expandable, Intent, List, Method, Payer, Refund, Session},
};
use crate::Error;
use api::{Api, within};
use async_trait::async_trait;
use billing::{id::CustomerId, money::Money};
use said::Failure;
use sha2::{Digest, Sha256};
use std::time::Duration;

/// Where Stripe's hosted pages are.
pub const CHECKOUT_ORIGIN: &str = "https://checkout.stripe.com";
/// How long one question may take: a request of ours asks two at most, and answers within ten seconds.
const QUESTION: Duration = Duration::from_millis(4_500);
/// How long a charge may take, with the look for it: a bank is asked meanwhile.
const CHARGE: Duration = Duration::from_secs(9);
/// How many of the newest payments or pages of a customer are looked through for one of ours.
const LOOKED_THROUGH: &str = "100";

/// Stripe, as one account of it.
#[derive(Debug)]
pub(crate) struct Stripe {
    api: Api,
    webhook_secrets: Vec<Secret>,
    /// The origin under which browsers come back to us.
    return_to: String,
}

/// A form's fields.
type Form = Vec<(&'static str, String)>;

impl Stripe {
    pub(crate) fn new(settings: StripeSettings) -> Result<Self, Error> {
        let StripeSettings { secret_key, webhook_secrets, api_base, return_to } = settings;
        Ok(Self { api: Api::new(api_base, secret_key)?, webhook_secrets, return_to })
    }

    /// The session of an order that was opened before with other words: Stripe refuses to open it again under its key.
    async fn known_session(&self, request: &CheckoutRequest) -> Result<Session, Failure> {
        let query = [("customer", request.provider_customer.as_str()), ("limit", LOOKED_THROUGH)];
        let known: List<Session> = self.api.get("/v1/checkout/sessions", &query).await?;
        let order = request.order.to_string();
        let is_it = |session: &Session| {
            session
                .metadata
                .as_ref()
                .and_then(|named| named.get("order"))
                .is_some_and(|named| *named == order)
        };
        known.data.into_iter().find(is_it).ok_or(Failure::Away("has the page of the order at hand elsewhere"))
    }

    async fn opened(&self, request: &CheckoutRequest) -> Result<Session, Failure> {
        let key = format!("checkout-{}-{}", request.order, request.provider_customer);
        let form = checkout_form(request, &self.return_to);
        match self.api.post("/v1/checkout/sessions", &form, Some(&key)).await {
            Err(Failure::Refused(said)) if said.is_of_another_request() => self.known_session(request).await,
            answer => answer,
        }
    }

    /// A charge that was asked for before, however it stands now.
    async fn known_charge(&self, provider_customer: &str, key: &str) -> Result<Option<Intent>, Failure> {
        let query = [("customer", provider_customer), ("limit", LOOKED_THROUGH)];
        let known: List<Intent> = self.api.get("/v1/payment_intents", &query).await?;
        let is_it = |intent: &Intent| intent.metadata.get("charge").is_some_and(|named| named == key);
        Ok(known.data.into_iter().find(is_it))
    }

    async fn cancelled(&self, provider_customer: &str, key: &str) -> Result<Cancelled, Failure> {
        let Some(known) = self.known_charge(provider_customer, key).await? else {
            return Ok(Cancelled::Unknown);
        };
        match known.status.as_str() {
            "succeeded" => return Ok(Cancelled::Paid),
            "canceled" => return Ok(Cancelled::Done),
            _ => {}
        }
        let path = format!("/v1/payment_intents/{}/cancel", known.id);
        let form = vec![("cancellation_reason", "duplicate".to_owned())];
        self.api.post::<Intent>(&path, &form, None).await.map(|_| Cancelled::Done)
    }

    async fn charged(&self, request: &ChargeRequest) -> Result<Charged, Failure> {
        if let Some(known) = self.known_charge(&request.provider_customer, &request.key).await? {
            return Ok(known.charged());
        }
        let key = format!("charge-{}", request.key);
        let intent: Intent = self.api.post("/v1/payment_intents", &charge_form(request), Some(&key)).await?;
        Ok(intent.charged())
    }

    async fn became(&self, reference: &str) -> Result<(Intent, Option<Disputed>), Failure> {
        let expand = [("expand[0]", "latest_charge")];
        let intent: Intent = self.api.get(&format!("/v1/payment_intents/{reference}"), &expand).await?;
        let charge = intent.latest_charge.as_ref().and_then(Expandable::object);
        if !charge.is_some_and(|charge| charge.disputed) {
            return Ok((intent, None));
        }
        let query = [("payment_intent", reference), ("limit", "1")]; // the newest come first
        let disputes: List<Disputed> = self.api.get("/v1/disputes", &query).await?;
        Ok((intent, disputes.data.into_iter().next()))
    }
}

/// A page on which one order is paid. How long it is open is ours to say: it is closed when the order can no longer be paid.
fn checkout_form(request: &CheckoutRequest, return_to: &str) -> Form {
    let (order, customer) = (request.order.to_string(), request.customer.to_string());
    vec![
        ("mode", "payment".to_owned()),
        ("customer", request.provider_customer.clone()),
        ("client_reference_id", order.clone()),
        ("metadata[order]", order.clone()),
        ("metadata[customer]", customer.clone()),
        ("payment_intent_data[metadata][order]", order),
        ("payment_intent_data[metadata][customer]", customer),
        // Renewals are charged to it when nobody is present.
        ("payment_intent_data[setup_future_usage]", "off_session".to_owned()),
        ("payment_method_types[0]", "card".to_owned()),
        ("line_items[0][quantity]", "1".to_owned()),
        ("line_items[0][price_data][currency]", code(request.amount)),
        ("line_items[0][price_data][unit_amount]", request.amount.minor().to_string()),
        ("line_items[0][price_data][product_data][name]", request.words.clone()),
        ("success_url", format!("{return_to}{}", request.paid_url)),
        ("cancel_url", format!("{return_to}{}", request.back_url)),
    ]
}

fn charge_form(request: &ChargeRequest) -> Form {
    vec![
        ("amount", request.amount.minor().to_string()),
        ("currency", code(request.amount)),
        ("customer", request.provider_customer.clone()),
        ("payment_method", request.method.clone()),
        ("payment_method_types[0]", "card".to_owned()),
        ("off_session", "true".to_owned()),
        ("confirm", "true".to_owned()),
        ("metadata[customer]", request.customer.to_string()),
        ("metadata[charge]", request.key.clone()),
    ]
}

/// A currency as Stripe writes it.
fn code(amount: Money) -> String {
    amount.currency().code().to_lowercase()
}

/// A name that can stand in an address: none of Stripe's has other characters.
fn is_a_name(reference: &str) -> bool {
    !reference.is_empty() && reference.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}

#[async_trait]
impl Gateway for Stripe {
    fn checkout_origin(&self) -> Option<&'static str> {
        Some(CHECKOUT_ORIGIN)
    }

    async fn open_customer(&self, customer: CustomerId, name: &str) -> Result<String, Error> {
        let form = vec![("name", name.to_owned()), ("metadata[customer]", customer.to_string())];
        // A customer who was renamed meanwhile is another request.
        let key = format!("customer-{customer}-{}", hex::encode(&Sha256::digest(name)[..8]));
        let payer: Payer = within(QUESTION, self.api.post("/v1/customers", &form, Some(&key))).await?;
        Ok(payer.id)
    }

    async fn open_checkout(&self, request: &CheckoutRequest) -> Result<Checkout, Error> {
        let session = match within(QUESTION, self.opened(request)).await {
            Err(Failure::Refused(said)) if said.misses("customer") => return Err(Error::NotFound("payer")),
            answer => answer?,
        };
        let missing = || Error::corrupt("checkout.session", &session.id, "has no address");
        Ok(Checkout { url: session.url.clone().ok_or_else(missing)?, reference: session.id })
    }

    async fn checkout(&self, reference: &str) -> Result<Option<Found>, Error> {
        if !is_a_name(reference) {
            return Ok(None);
        }
        let path = format!("/v1/checkout/sessions/{reference}");
        let expand = [("expand[0]", "payment_intent"), ("expand[1]", "payment_intent.payment_method")];
        let session: Session = match within(QUESTION, self.api.get(&path, &expand)).await {
            Err(Failure::Refused(said)) if said.is_missing() => return Ok(None),
            answer => answer?,
        };
        let intent = session.payment_intent.as_ref().and_then(Expandable::object).cloned();
        let method: Option<Method> =
            intent.as_ref().and_then(|intent| intent.payment_method.as_ref()?.object().cloned());
        session.found(intent.as_ref(), method).map(Some)
    }

    async fn close_checkout(&self, reference: &str) -> Result<(), Error> {
        let path = format!("/v1/checkout/sessions/{reference}/expire");
        match within(QUESTION, self.api.post::<Session>(&path, &Form::new(), None)).await {
            // It is paid, has expired, or is nobody's: nobody can pay on it.
            Err(Failure::Refused(said)) if said.is_about_the_request() => Ok(()),
            Err(failure) => Err(failure.into()),
            Ok(_) => Ok(()),
        }
    }

    async fn charge(&self, request: &ChargeRequest) -> Result<Charged, Error> {
        match within(CHARGE, self.charged(request)).await {
            Err(Failure::Away(why)) => {
                tracing::warn!(charge = request.key, why, "it is not known yet how a charge went");
                Ok(Charged::Pending)
            }
            Err(Failure::Refused(said)) if said.is_decline() => Ok(said.charged()),
            answer => Ok(answer?),
        }
    }

    async fn cancel_charge(&self, provider_customer: &str, key: &str) -> Result<Cancelled, Error> {
        Ok(within(CHARGE, self.cancelled(provider_customer, key)).await?)
    }

    async fn payment(&self, reference: &str) -> Result<Option<Payment>, Error> {
        if !is_a_name(reference) {
            return Ok(None);
        }
        let (intent, dispute) = match within(QUESTION, self.became(reference)).await {
            Err(Failure::Refused(said)) if said.is_missing() => return Ok(None),
            answer => answer?,
        };
        let charge = intent.latest_charge.as_ref().and_then(Expandable::object);
        intent.payment(charge, dispute).map(Some)
    }

    async fn refund(&self, key: &str, payment: &str, amount: Money) -> Result<Refunded, Error> {
        let form = vec![
            ("payment_intent", payment.to_owned()),
            ("amount", amount.minor().to_string()),
            ("metadata[refund]", key.to_owned()),
        ];
        let key = format!("refund-{key}");
        match within(QUESTION, self.api.post::<Refund>("/v1/refunds", &form, Some(&key))).await {
            Err(Failure::Refused(said)) if said.is_about_the_request() => Ok(Refunded::Refused(said.word())),
            answer => Ok(answer?.refunded()),
        }
    }

    async fn webhook_secrets(&self) -> Result<Vec<String>, Error> {
        Ok(self.webhook_secrets.iter().map(|secret| secret.expose().to_owned()).collect())
    }
}
