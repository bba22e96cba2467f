//! The objects of the fake: made of Stripe's examples, listed, expanded, told of.

use super::{Asked, Memory, put, refusal};
use serde_json::{Value, json};

/// An object, or the status and body of a refusal.
pub type Done = Result<Value, (u16, Value)>;

/// Stripe's own example of an object of this kind.
pub fn example(kind: &str) -> Value {
    let all: Value = serde_json::from_str(include_str!("../objects.json")).expect("the examples");
    all["resources"][kind].clone()
}

/// That a parameter, or the address, names nothing.
pub fn missing(status: u16, parameter: &str) -> (u16, Value) {
    (status, refusal("invalid_request_error", json!({"code": "resource_missing", "param": parameter})))
}

impl Memory {
    pub fn object(&mut self, id: &str) -> Option<&mut Value> {
        self.objects.iter_mut().find(|object| object["id"] == id)
    }

    pub fn named(&self, id: &str) -> Done {
        let known = self.objects.iter().find(|object| object["id"] == id);
        known.cloned().ok_or_else(|| missing(404, "id"))
    }

    pub fn fresh(&mut self, prefix: &str) -> String {
        self.made += 1;
        format!("{prefix}_fake{}", self.made)
    }

    /// Keeps a new object: Stripe's example with these fields.
    pub fn make(&mut self, kind: &str, prefix: &str, fields: Value) -> Value {
        let mut object = example(kind);
        object["object"] = json!(kind);
        object["livemode"] = json!(false);
        object["metadata"] = json!({});
        object["id"] = json!(self.fresh(prefix));
        put(&mut object, fields);
        self.objects.push(object.clone());
        object
    }

    pub fn change(&mut self, id: &str, fields: Value) -> Value {
        let object = self.object(id).expect("an object");
        put(object, fields);
        object.clone()
    }

    pub fn tell(&mut self, name: &str, object: &Value) {
        let mut event = example("event");
        event["id"] = json!(self.fresh("evt"));
        event["type"] = json!(name);
        event["data"] = json!({"object": object});
        self.events.push(event);
    }

    pub fn make_customer(&mut self, asked: &Asked) -> Value {
        let fields = json!({"name": asked.field("name"), "metadata": asked.below("metadata")});
        let customer = self.make("customer", "cus", fields);
        self.tell("customer.created", &customer);
        customer
    }

    /// What the command line makes before it pays, and we do not.
    pub fn make_plain(&mut self, kind: &str, asked: &Asked) -> Value {
        let id = self.fresh(&kind[..3]);
        let kind = kind.trim_end_matches('s');
        let object = json!({
            "id": id, "object": kind, "unit_amount": asked.number("unit_amount"), "currency": asked.field("currency"),
            "metadata": asked.below("metadata"),
        });
        self.objects.push(object.clone());
        self.tell(&format!("{kind}.created"), &object);
        // The account numbers by which Stripe's own trials of a direct debit come, or do not.
        match asked.field("sepa_debit[iban]") {
            Some("AT611904300234573201") => drop(self.cards.insert(id, "later, comes".to_owned())),
            Some(_) => drop(self.cards.insert(id, "later, fails".to_owned())),
            None => {}
        }
        object
    }

    pub fn make_session(&mut self, asked: &Asked) -> Done {
        let customer = asked.field("customer");
        if let Some(customer) = customer {
            self.named(customer).map_err(|_| missing(400, "customer"))?;
        }
        let price = asked.field("line_items[0][price]").map(|id| self.named(id)).transpose()?;
        let (each, currency) = match price {
            Some(price) => (price["unit_amount"].as_i64(), price["currency"].as_str().map(ToOwned::to_owned)),
            None => (
                asked.number("line_items[0][price_data][unit_amount]"),
                asked.field("line_items[0][price_data][currency]").map(ToOwned::to_owned),
            ),
        };
        let total = each.zip(asked.number("line_items[0][quantity]")).map(|(each, count)| each * count);
        let session = self.make(
            "checkout.session",
            "cs_test",
            json!({
                "amount_subtotal": total, "amount_total": total, "currency": currency, "customer": customer,
                "client_reference_id": asked.field("client_reference_id"), "metadata": asked.below("metadata"),
                "mode": asked.field("mode"), "payment_intent": null, "payment_status": "unpaid", "status": "open",
                "success_url": asked.field("success_url"), "cancel_url": asked.field("cancel_url"),
            }),
        );
        let id = session["id"].as_str().unwrap_or_default().to_owned();
        self.intent_metadata.insert(id.clone(), asked.below("payment_intent_data[metadata]"));
        let url = json!({"url": format!("https://checkout.stripe.com/c/pay/{id}")});
        Ok(self.change(&id, url))
    }

    pub fn expire(&mut self, id: &str) -> Done {
        if self.named(id)?["status"] != "open" {
            return Err((400, refusal("invalid_request_error", json!({}))));
        }
        let session = self.change(id, json!({"status": "expired"}));
        self.tell("checkout.session.expired", &session);
        Ok(session)
    }

    /// The newest first, as Stripe lists them.
    pub fn list(&self, kind: &str, asked: &Asked) -> Value {
        let limit = asked.number("limit").and_then(|limit| usize::try_from(limit).ok()).unwrap_or(10);
        let fits = |object: &&Value| {
            object["object"] == kind
                && ["customer", "payment_intent"]
                    .iter()
                    .all(|name| asked.field(name).is_none_or(|wanted| object[*name] == wanted))
        };
        let data: Vec<&Value> = self.objects.iter().rev().filter(fits).take(limit).collect();
        json!({"object": "list", "data": data, "has_more": false, "url": asked.path})
    }

    pub fn expanded(&self, mut object: Value, asked: &Asked) -> Value {
        for (_, path) in asked.query.iter().filter(|(name, _)| name.starts_with("expand[")) {
            let mut place = Some(&mut object);
            for step in path.split('.') {
                place = place.and_then(|object| object.get_mut(step));
                if let Some(id) = place.as_deref().and_then(Value::as_str)
                    && let (Ok(whole), Some(place)) = (self.named(id), place.as_deref_mut())
                {
                    *place = whole;
                }
            }
        }
        object
    }
}
