//! The first customer with people in every role, keys of every kind, and things of its own to ask for: what the table of all
//! routes is tried on.

use crate::{
    browser::Browser,
    support::{On, SIGN_IN, World, request, wrote},
};
use axum::body::Body;
use billing::{
    audit::{
        AuditAct,
        privacy::{ConsentKind, RequestKind},
    },
    budget::LimitChange,
    id::{InvoiceId, ProductionName, RefusalId, SubscriptionId},
    money::{Currency, Money},
    payment::{BillingDetails, Country},
    production::End,
    team::{ContactDetails, KeyAct, KeyScope, Role},
    tier::{BillingPeriod, Plan, Tier},
    time::Span,
    tokens::Tokens,
};
use engine::{
    Engine,
    audit::AuditFilter,
    payment::{Ordered, Wanted},
    team::{KeyTerms, Member, NewInvitation, NewMember, SignIn},
    tier::NewSubscription,
};
use http::{Method, Request, StatusCode, header};
use std::{
    collections::BTreeSet,
    net::Ipv4Addr,
    sync::{
        Mutex,
        atomic::{AtomicU32, Ordering},
    },
};

/// The keys that ask.
pub struct Keys {
    /// Lacks one act each, in the order of `KeyAct::ALL`.
    pub without: [String; 3],
    /// Everything, for the account `limited` alone.
    pub elsewhere: String,
    /// Revoked.
    pub revoked: String,
    /// Replaced, its overlap over.
    pub replaced: String,
}

/// A world with everything in it that a route may be asked for.
pub struct Scene {
    /// The world.
    pub world: World,
    /// Ada, who administers the first customer.
    pub ada: Member,
    /// Cookies of the people, in the order of the table's columns; nobody has none.
    pub cookies: [String; 7],
    /// Keys of the first customer.
    pub keys: Keys,
    refusal: RefusalId,
    invoice: InvoiceId,
    subscription: SubscriptionId,
    number: AtomicU32,
    running: Mutex<Option<String>>,
}

const PASSWORD: &str = SIGN_IN.1;

/// Who signs in by this address.
async fn member(engine: &Engine, email: &str) -> Member {
    let SignIn::Complete(person) = engine.sign_in(email, PASSWORD, Ipv4Addr::LOCALHOST.into()).await.unwrap()
    else {
        panic!("{email} is not let in");
    };
    engine.member(person, None).await.unwrap().expect("a member")
}

impl Scene {
    pub async fn on(on: On) -> Self {
        let world = World::on(on).await;
        world.add_person().await;
        let cookies = people(&world).await;
        let (engine, first) = (&world.engine, world.first.id);
        let ada = member(engine, SIGN_IN.0).await;
        engine.set_billing_details(first, details()).await.unwrap();
        let plan = Plan { tier: Tier::Pro, billing: BillingPeriod::Monthly, seats: 1 };
        let new = NewSubscription { plan, anchor_on: engine.now().day(), contract: None };
        let subscription = engine.subscribe(first, new).await.unwrap();
        let invoice = engine.invoices_of(&ada).await.unwrap()[0].id;
        let dear = crate::support::plan(
            world.first.limited,
            r#"{"step":"film","kind":"video","quantity":{"seconds":120}}"#,
        );
        assert_eq!(world.admit("dear", &dear).await.status, StatusCode::CONFLICT);
        let refusal = engine.refusals(&ada, None, 1).await.unwrap()[0].id;
        let keys = keys(&world, &ada).await;
        let number = AtomicU32::new(100);
        Self { world, ada, cookies, keys, refusal, invoice, subscription, number, running: Mutex::default() }
    }

    fn number(&self) -> u32 {
        self.number.fetch_add(1, Ordering::Relaxed)
    }

    /// The text with things of the first customer in place of `{…}`; what an act uses up is made anew.
    pub async fn fill(&self, text: &str) -> String {
        let mut filled = text.to_owned();
        for name in [
            "account",
            "customer",
            "production",
            "refusal",
            "invoice",
            "paid",
            "note",
            "subscription",
            "order",
            "checkout",
            "key",
            "invitation",
            "member",
            "entry",
            "request",
            "number",
            "code",
            "*rest",
            "mode",
            "letter_kind",
            "suspended",
            "contact",
            "risk",
            "planless",
            "operator",
            "event",
            "quote",
            "plan",
            "call",
            "attempt",
            "batch",
            "shown_limits",
            "shown_plan",
            "data_request",
            "yes_or_no",
            "in_60_days",
        ] {
            let place = format!("{{{name}}}");
            if filled.contains(&place) {
                filled = filled.replace(&place, &self.thing(name).await);
            }
        }
        filled
    }

    #[expect(clippy::too_many_lines, reason = "a table, one thing an arm")]
    async fn thing(&self, name: &str) -> String {
        let (engine, first) = (&self.world.engine, &self.world.first);
        match name {
            "account" => first.account.to_string(),
            "suspended" => first.suspended.to_string(),
            "customer" => first.id.to_string(),
            "production" => self.production().await,
            "refusal" => self.refusal.to_string(),
            "invoice" => self.invoice.to_string(),
            "paid" => self.paid().await.to_string(),
            "note" => self.note().await,
            "subscription" => self.subscription.to_string(),
            "order" => self.order().await,
            "checkout" => {
                let order = self.order().await.parse().unwrap();
                let url = engine.checkout(&self.ada, order, "Tokens".to_owned()).await.unwrap();
                url.rsplit('/').next().unwrap().to_owned()
            }
            "key" => {
                let made = engine.make_key(&self.ada, &self.thing_request(), &terms(None)).await;
                made.unwrap().key.to_string()
            }
            "invitation" => {
                let email = format!("i{}@first.example", self.number());
                let new = NewInvitation { email, role: Role::CustomerViewer, accounts: BTreeSet::new() };
                engine.invite(&self.ada, new).await.unwrap().to_string()
            }
            "member" => {
                let email = format!("n{}@first.example", self.number());
                let new =
                    NewMember { name: "New", email: &email, password: PASSWORD, role: Role::CustomerViewer };
                let person = engine.add_member(first.id, new).await.unwrap();
                engine.set_seat_cap(first.id, person, Some(Tokens::new(1_000).unwrap())).await.unwrap();
                person.to_string()
            }
            "operator" => {
                let email = format!("o{}@first.example", self.number());
                let role = Role::AccountOperator;
                let new = NewMember { name: "Operates", email: &email, password: PASSWORD, role };
                engine.add_member(first.id, new).await.unwrap().to_string()
            }
            "contact" => self.contact().await,
            "risk" => {
                engine.raise_risk(first.id, "A payment was disputed").await.unwrap();
                let paula = member(engine, "paula@jarai.example").await;
                engine.customer_file(&paula, first.id).await.unwrap().line.risk_score.to_string()
            }
            "planless" => {
                let other = engine.open_customer("Without a plan", Currency::Gbp).await.unwrap();
                engine.set_billing_details(other, details()).await.unwrap();
                other.to_string()
            }
            "event" => self.event().await,
            "entry" => self.entry().await,
            "request" => self.thing_request(),
            "number" => self.number().to_string(),
            // The other one than it is.
            "mode" => {
                let idle = engine.idle_since().await.unwrap().is_some();
                if idle { "running" } else { "idle" }.to_owned()
            }
            "letter_kind" => {
                let chosen = engine.letter_choices(&self.ada).await.unwrap();
                let all = chosen.iter().all(|one| one.wanted);
                if all { "Bought" } else { "Refreshed" }.to_owned()
            }
            "data_request" => self.open_request().await,
            "yes_or_no" => {
                let known = engine.consent(&self.ada, ConsentKind::ProductNews).await.unwrap();
                if known.is_some_and(|known| known.given) { "no" } else { "yes" }.to_owned()
            }
            "in_60_days" => engine.now().after(Span::days(60)).day().to_string(),
            "code" => "hold_expired".to_owned(),
            "*rest" => "nothing".to_owned(),
            "shown_limits" => {
                let limits = engine.account(first.id, first.account).await.unwrap().limits;
                let text =
                    |amount: Option<Money>| amount.map(|amount| amount.to_string()).unwrap_or_default();
                let this_month = text(limits.in_month.map(|(_, limit)| limit));
                let (stop_at, tell_at) = (text(limits.stop_at), text(limits.tell_at));
                format!("shown[stop_at]={stop_at}&shown[this_month]={this_month}&shown[tell_at]={tell_at}")
            }
            "shown_plan" => engine.plan_of(&self.ada).await.unwrap().mark().replace(' ', "%20"),
            "quote" => first.quote(),
            "plan" => first.plan(),
            "call" => first.call(),
            "attempt" => wrote("succeeded"),
            "batch" => {
                let path = format!("/productions/{}/heartbeat", self.production().await);
                format!(r#"{{"acts":[{{"method":"POST","path":"{path}","body":{{}}}}]}}"#)
            }
            other => panic!("nothing is called {other}"),
        }
    }

    fn thing_request(&self) -> String {
        format!("request-{}", self.number())
    }

    /// A production that runs. The one before it is ended, since an account runs only so many.
    async fn production(&self) -> String {
        let name = format!("theirs-{}", self.number());
        let before = self.running.lock().unwrap().replace(name.clone());
        if let Some(before) = before {
            let before = ProductionName::try_from(before).unwrap();
            let _ = self.world.engine.finish(self.world.first.id, before, End::Cancelled).await;
        }
        let reply = self.world.admit(&name, &self.world.first.plan()).await;
        assert!(reply.status.is_success(), "{}", reply.text());
        name
    }

    /// An objection of Ada's that nobody has answered.
    async fn open_request(&self) -> String {
        let engine = &self.world.engine;
        for open in engine.privacy_requests(&self.ada).await.unwrap() {
            if open.is_open() {
                engine.withdraw_privacy_request(&self.ada, open.id).await.unwrap();
            }
        }
        let asked = engine.ask_about_privacy(&self.ada, RequestKind::Objection, "To all of it").await;
        asked.unwrap().id.to_string()
    }

    async fn order(&self) -> String {
        let pack = Wanted::Pack(Tokens::new(50_000).unwrap(), None);
        match self.world.engine.order(&self.ada, &self.thing_request(), pack).await.unwrap() {
            Ordered::Order(order) => order.id.to_string(),
            Ordered::Changed(_) => panic!("a pack is paid for"),
        }
    }

    /// The invoice of a pack that was paid, by a card that pays nothing else: what is outstanding has to stay so.
    async fn paid(&self) -> InvoiceId {
        let (engine, order) = (&self.world.engine, self.order().await.parse().unwrap());
        let url = engine.checkout(&self.ada, order, "Tokens".to_owned()).await.unwrap();
        engine.sandbox_pay(url.rsplit('/').next().unwrap(), "4000 0000 0000 0341").await.unwrap();
        engine.come_back(&self.ada, order).await.unwrap();
        engine.order_of(&self.ada, order).await.unwrap().invoice.expect("an invoice")
    }

    /// A credit note: some of a payment was given back.
    async fn note(&self) -> String {
        let (engine, invoice) = (&self.world.engine, self.paid().await);
        let paula = member(engine, "paula@jarai.example").await;
        let paula = engine.member(paula.person, Some(self.world.first.id)).await.unwrap().expect("a member");
        let back = Money::new(100, Currency::Gbp);
        engine.refund(&paula, invoice, back, (&self.thing_request(), "Unhappy")).await.unwrap();
        engine.invoice_of(&self.ada, invoice).await.unwrap().credited[0].id.to_string()
    }

    /// A contact who cannot sign in.
    async fn contact(&self) -> String {
        let paula = member(&self.world.engine, "paula@jarai.example").await;
        let details = ContactDetails {
            first_name: "Ana".to_owned(),
            email: format!("k{}@first.example", self.number()),
            ..ContactDetails::default()
        };
        let shown = ContactDetails::default();
        let saved = self.world.engine.save_contact(&paula, self.world.first.id, None, shown, &details).await;
        saved.unwrap().to_string()
    }

    /// What a provider told of an order that nobody has.
    async fn event(&self) -> String {
        let (engine, id) = (&self.world.engine, format!("evt_{}", self.number()));
        let body = format!(
            r#"{{"id":"{id}","type":"payment_intent.succeeded","data":{{"object":{{"metadata":{{"order":"ord_none"}}}}}}}}"#
        );
        let header = engine.sandbox_signature(body.as_bytes()).await.unwrap();
        engine.hear(body.as_bytes(), &header).await.unwrap();
        id
    }

    /// An entry that can be put back.
    async fn entry(&self) -> String {
        let amount = Money::new(i64::from(self.number()) * 100, Currency::Gbp);
        let changes = vec![LimitChange::TellAt(Some(amount))];
        let engine = &self.world.engine;
        engine.set_limits_of(&self.ada, self.world.first.account, None, changes).await.unwrap();
        self.entries(AuditAct::LimitsChanged).await[0].clone()
    }

    /// The ids of the entries of an act, newest first.
    pub async fn entries(&self, act: AuditAct) -> Vec<String> {
        let paula = member(&self.world.engine, "paula@jarai.example").await;
        let filter = AuditFilter { act: Some(act), ..AuditFilter::default() };
        let found = self.world.engine.audit_log(&paula, &filter, 1_000).await.unwrap();
        found.into_iter().map(|line| line.entry.id.to_string()).collect()
    }

    /// A request of somebody: of a browser that has this cookie, or of a pipeline with this key.
    pub fn asked(
        &self,
        method: &str,
        path: &str,
        sent: &str,
        cookie: &str,
        key: Option<&str>,
    ) -> Request<Body> {
        let method: Method = method.parse().unwrap();
        if path.starts_with("/api/v1/") {
            let mut asked = request(method, path, key, sent);
            if !cookie.is_empty() {
                asked.headers_mut().insert(header::COOKIE, cookie.parse().unwrap());
            }
            return asked;
        }
        let mut asked = Browser::with_cookie(&self.world, cookie).request(method, path, sent);
        // What a server function answers can be told from its body, not from where a form is sent next.
        asked.headers_mut().insert(header::ACCEPT, "application/json".parse().unwrap());
        if let Some(key) = key {
            asked.headers_mut().insert(header::AUTHORIZATION, format!("Bearer {key}").parse().unwrap());
        }
        asked
    }
}

fn details() -> BillingDetails {
    BillingDetails {
        name: "First Ltd".to_owned(),
        address: vec!["1 First Street".to_owned()],
        country: Country::GB,
        email: "billing@first.example".to_owned(),
        tax_id: None,
    }
}

fn terms(without: Option<KeyAct>) -> KeyTerms {
    let acts = KeyAct::ALL.into_iter().filter(|act| Some(*act) != without).collect();
    let scope = KeyScope { acts, accounts: None };
    KeyTerms { name: "A key".to_owned(), scope, acts_per_second: None, limit: None }
}

async fn keys(world: &World, ada: &Member) -> Keys {
    let engine = &world.engine;
    let make = async |form: &str, terms: KeyTerms| {
        let made = engine.make_key(ada, form, &terms).await.unwrap();
        (made.key, made.token.expect("a token"))
    };
    let mut without = Vec::new();
    for act in KeyAct::ALL {
        without.push(make(act.word(), terms(Some(act))).await.1);
    }
    let scope = KeyScope { accounts: Some([world.first.limited].into()), ..KeyScope::whole() };
    let (revoked, revoked_token) = make("revoked", terms(None)).await;
    engine.revoke_key(ada, revoked, "Lost").await.unwrap();
    let (replaced, replaced_token) = make("replaced", terms(None)).await;
    engine.rotate_key(ada, replaced, "rotation", 0).await.unwrap();
    Keys {
        without: without.try_into().unwrap(),
        elsewhere: make("elsewhere", KeyTerms { scope, ..terms(None) }).await.1,
        revoked: revoked_token,
        replaced: replaced_token,
    }
}

/// Makes the people and signs them in.
async fn people(world: &World) -> [String; 7] {
    let engine = &world.engine;
    let new = |name, email, role| NewMember { name, email, password: PASSWORD, role };
    let (first, second) = (world.first.id, world.second.id);
    engine.add_member(first, new("Vera", "vera@first.example", Role::CustomerViewer)).await.unwrap();
    let olga =
        engine.add_member(first, new("Olga", "olga@first.example", Role::AccountOperator)).await.unwrap();
    engine.assign_accounts(first, olga, &[world.first.account]).await.unwrap();
    engine.add_staff(new("Felix", "felix@jarai.example", Role::FinanceViewer)).await.unwrap();
    engine.add_staff(new("Paula", "paula@jarai.example", Role::PlatformAdministrator)).await.unwrap();
    engine.add_member(second, new("Zoe", "zoe@second.example", Role::CustomerAdministrator)).await.unwrap();
    let emails = [
        "vera@first.example",
        "olga@first.example",
        SIGN_IN.0,
        "felix@jarai.example",
        "paula@jarai.example",
        "zoe@second.example",
    ];
    let mut cookies = vec![String::new()];
    for email in emails {
        let mut browser = Browser::with_cookie(world, "");
        browser.post("/act/sign-in", &[("email", email), ("password", PASSWORD)]).await;
        cookies.push(browser.cookie);
    }
    cookies.try_into().unwrap()
}
