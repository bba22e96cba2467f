//! Money in the fake: pages that are paid on, charges, refunds, disputes. A way to pay behaves by its name, as Stripe's test
//! cards do.

use super::{
    Asked, Fake, Memory,
    objects::{Done, missing},
    refusal,
};
use serde_json::{Value, json};

/// Where a payment gets to by the name of the way to pay.
enum Fate {
    Paid,
    Declined(&'static str),
    NeedsAction,
    Later,
    Disputed(&'static str),
}

fn fate(card: &str) -> Fate {
    match card {
        card if card.contains("InsufficientFunds") => Fate::Declined("insufficient_funds"),
        card if card.contains("hargeDeclined") => Fate::Declined("generic_decline"),
        card if card.contains("authenticationRequired") => Fate::NeedsAction,
        card if card.contains("DisputeInquiry") => Fate::Disputed("warning_needs_response"),
        card if card.contains("createDispute") => Fate::Disputed("needs_response"),
        card if card.contains("later") => Fate::Later,
        _ => Fate::Paid,
    }
}

fn text(object: &Value, field: &str) -> String {
    object[field].as_str().unwrap_or_default().to_owned()
}

impl Fake {
    /// Pays on a hosted page, with a test card of Stripe's; `later` is paid some time after.
    pub fn pay(&self, session: &str, card: &str) -> Done {
        self.memory().pay_page(session, card)
    }

    /// The money of a page that is paid later has come, or will not.
    pub fn arrive(&self, session: &str, came: bool) {
        self.memory().arrive(session, came);
    }

    /// What is charged to known ways to pay from now on goes as this card does.
    pub fn cards_become(&self, card: &str) {
        self.memory().cards.values_mut().for_each(|known| card.clone_into(known));
    }

    /// A charge that the bank was still at is paid.
    pub fn succeed(&self, intent: &str) {
        self.memory().succeed(intent);
    }

    /// The bank of whoever has paid asks for the money back.
    pub fn dispute(&self, intent: &str) -> Value {
        self.memory().open_dispute(intent, "needs_response")
    }

    /// A dispute is decided.
    pub fn decide(&self, dispute: &str, status: &str) {
        let mut memory = self.memory();
        let dispute = memory.change(dispute, json!({"status": status}));
        memory.tell("charge.dispute.closed", &dispute);
    }
}

impl Memory {
    pub fn confirm_page(&mut self, id: &str, asked: &Asked) -> Done {
        let method = asked.field("payment_method").unwrap_or_default();
        let card = self.cards.get(method).cloned().unwrap_or_default();
        let page = self.pay_page(id, &card)?;
        if let Some(end) = card.strip_prefix("later, ") {
            self.arrive(id, end == "comes");
        }
        Ok(page)
    }

    fn arrive(&mut self, session: &str, came: bool) {
        let intent = text(&self.named(session).expect("a session"), "payment_intent");
        let (status, name) = if came {
            self.succeed(&intent);
            ("paid", "checkout.session.async_payment_succeeded")
        } else {
            let failed = self.change(&intent, json!({"status": "requires_payment_method"}));
            self.tell("payment_intent.payment_failed", &failed);
            ("unpaid", "checkout.session.async_payment_failed")
        };
        let session = self.change(session, json!({"payment_status": status}));
        self.tell(name, &session);
    }

    fn pay_page(&mut self, id: &str, card: &str) -> Done {
        let session = self.named(id)?;
        if session["status"] != "open" {
            return Err((400, refusal("invalid_request_error", json!({}))));
        }
        let intent = match session["payment_intent"].as_str() {
            Some(intent) => self.named(intent)?,
            None => self.open_intent(json!({
                "amount": session["amount_total"], "currency": session["currency"], "customer": session["customer"],
                "metadata": self.intent_metadata.get(id),
            })),
        };
        let intent = text(&intent, "id");
        self.change(id, json!({"payment_intent": intent}));
        let method = self.save_card(card, &session["customer"].clone());
        self.attempt(&intent, &method, false)?;
        let paid = self.named(&intent)?["status"] == "succeeded";
        let status = if paid { "paid" } else { "unpaid" };
        let session = self.change(id, json!({"status": "complete", "payment_status": status}));
        self.tell("checkout.session.completed", &session);
        Ok(session)
    }

    /// Keeps a way to pay, as `setup_future_usage` does.
    fn save_card(&mut self, card: &str, customer: &Value) -> String {
        let method = self.make("payment_method", "pm", json!({"customer": customer, "type": "card"}));
        let id = text(&method, "id");
        // One card has one, whoever uses it.
        self.object(&id).expect("a way to pay")["card"]["fingerprint"] = json!(format!("print of {card}"));
        self.cards.insert(id.clone(), card.to_owned());
        id
    }

    fn open_intent(&mut self, mut fields: Value) -> Value {
        fields["status"] = json!("requires_payment_method");
        fields["last_payment_error"] = Value::Null;
        fields["next_action"] = Value::Null;
        fields["processing"] = Value::Null;
        fields["shipping"] = Value::Null;
        fields["automatic_payment_methods"] = Value::Null;
        if fields["metadata"].is_null() {
            fields["metadata"] = json!({});
        }
        self.make("payment_intent", "pi", fields)
    }

    pub fn make_intent(&mut self, asked: &Asked) -> Done {
        if let Some(customer) = asked.field("customer") {
            self.named(customer).map_err(|_| missing(400, "customer"))?;
        }
        let method = asked.field("payment_method").unwrap_or_default().to_owned();
        let is_known = method.starts_with("pm_card_") || self.cards.contains_key(&method);
        if !method.is_empty() && !is_known {
            return Err(missing(400, "payment_method"));
        }
        let intent = self.open_intent(json!({
            "amount": asked.number("amount"), "currency": asked.field("currency"), "customer": asked.field("customer"),
            "metadata": asked.below("metadata"),
        }));
        let intent = text(&intent, "id");
        if asked.field("confirm") == Some("true") {
            self.attempt(&intent, &method, asked.field("off_session") == Some("true"))?;
        }
        self.named(&intent)
    }

    pub fn cancel_intent(&mut self, id: &str) -> Done {
        if matches!(self.named(id)?["status"].as_str(), Some("succeeded" | "canceled")) {
            return Err((
                400,
                refusal("invalid_request_error", json!({"code": "payment_intent_unexpected_state"})),
            ));
        }
        Ok(self.change(id, json!({"status": "canceled", "cancellation_reason": "duplicate"})))
    }

    /// Tries to take the money of a payment.
    fn attempt(&mut self, intent: &str, method: &str, off_session: bool) -> Result<(), (u16, Value)> {
        let card = self.cards.get(method).cloned().unwrap_or_else(|| method.to_owned());
        self.change(intent, json!({"payment_method": method}));
        match fate(&card) {
            Fate::Paid => self.succeed(intent),
            Fate::Disputed(status) => {
                self.succeed(intent);
                self.open_dispute(intent, status);
            }
            Fate::Later => drop(self.change(intent, json!({"status": "processing"}))),
            Fate::NeedsAction if !off_session => {
                let action = json!({"type": "use_stripe_sdk"});
                let asks = self.change(intent, json!({"status": "requires_action", "next_action": action}));
                self.tell("payment_intent.requires_action", &asks);
            }
            Fate::NeedsAction => return Err(self.decline(intent, "authentication_required", None)),
            Fate::Declined(why) => return Err(self.decline(intent, "card_declined", Some(why))),
        }
        Ok(())
    }

    fn decline(&mut self, intent: &str, code: &str, decline_code: Option<&str>) -> (u16, Value) {
        let method = self.named(intent).map(|intent| text(&intent, "payment_method")).unwrap_or_default();
        let charge = self.fresh("ch");
        let error = json!({
            "type": "card_error", "code": code, "decline_code": decline_code, "charge": charge,
            "payment_method": self.named(&method).ok(),
        });
        let intent =
            self.change(intent, json!({"status": "requires_payment_method", "last_payment_error": error}));
        self.tell("payment_intent.payment_failed", &intent);
        let more = json!({"code": code, "decline_code": decline_code, "payment_intent": intent});
        (402, refusal("card_error", more))
    }

    fn succeed(&mut self, id: &str) {
        let intent = self.named(id).expect("a payment");
        let mut charge = json!({"failure_code": null});
        for field in ["amount", "currency", "customer", "metadata", "payment_method"] {
            charge[field] = intent[field].clone();
        }
        for (field, value) in [
            ("amount_captured", intent["amount"].clone()),
            ("amount_refunded", json!(0)),
            ("captured", json!(true)),
            ("disputed", json!(false)),
            ("paid", json!(true)),
            ("payment_intent", json!(id)),
            ("refunded", json!(false)),
            ("status", json!("succeeded")),
        ] {
            charge[field] = value;
        }
        let charge = self.make("charge", "ch", charge);
        let paid = json!({"status": "succeeded", "amount_received": intent["amount"], "latest_charge": charge["id"]});
        let intent = self.change(id, paid);
        self.tell("payment_intent.succeeded", &intent);
        self.tell("charge.succeeded", &charge);
    }

    fn open_dispute(&mut self, intent: &str, status: &str) -> Value {
        let intent = self.named(intent).expect("a payment");
        let charge = text(&intent, "latest_charge");
        self.change(&charge, json!({"disputed": true}));
        let dispute = self.make(
            "dispute",
            "dp",
            json!({
                "amount": intent["amount"], "currency": intent["currency"], "charge": charge,
                "payment_intent": intent["id"], "status": status,
            }),
        );
        self.tell("charge.dispute.created", &dispute);
        dispute
    }

    pub fn close_dispute(&mut self, id: &str) -> Done {
        self.named(id)?;
        let dispute = self.change(id, json!({"status": "lost"}));
        self.tell("charge.dispute.closed", &dispute);
        Ok(dispute)
    }

    pub fn refund(&mut self, asked: &Asked) -> Done {
        let charge = match (asked.field("payment_intent"), asked.field("charge")) {
            (Some(intent), _) => {
                let intent = self.named(intent).map_err(|_| missing(404, "payment_intent"))?;
                text(&intent, "latest_charge")
            }
            (None, charge) => charge.unwrap_or_default().to_owned(),
        };
        let charge = self.named(&charge).map_err(|_| missing(404, "charge"))?;
        let number = |field: &str| charge[field].as_i64().unwrap_or_default();
        let left = number("amount") - number("amount_refunded");
        let amount = asked.number("amount").unwrap_or(left);
        if left == 0 || amount > left {
            let code = if left == 0 { json!("charge_already_refunded") } else { Value::Null };
            return Err((400, refusal("invalid_request_error", json!({"code": code}))));
        }
        let refunded = number("amount_refunded") + amount;
        let fields = json!({"amount_refunded": refunded, "refunded": left == amount});
        let charge = self.change(&text(&charge, "id"), fields);
        let refund = self.make(
            "refund",
            "re",
            json!({
                "amount": amount, "currency": charge["currency"], "charge": charge["id"],
                "payment_intent": charge["payment_intent"], "metadata": asked.below("metadata"), "status": "succeeded",
            }),
        );
        self.tell("charge.refunded", &charge);
        Ok(refund)
    }
}
