//! Making an order: what it comes to today is written down, and is what is charged. T8, I-20, I-43.

use super::{plan::purchase_words, plan_words};
use crate::{
    Engine, Error,
    audit::Note,
    db::{entity::order, payment::order_of, to_json, to_word},
    team::Member,
    writer::{Act, Books, Desk, Paying, Touch},
};
use billing::{
    audit::{Actor, AuditAct},
    budget::BudgetScope,
    id::{AccountId, CustomerId, OrderId, PersonId},
    payment::{Lift, Line, Order, OrderState, Purchase, TaxRule, Totals},
    team::Permission,
    tier::{Change, Effect, Plan},
    time::Span,
    tokens::Tokens,
};
use std::net::IpAddr;

/// How long an order can be paid: its prices are those of the day.
const OPEN_FOR: Span = Span::minutes(30);
/// The longest name that a caller gives to an order.
const REQUEST_CHARACTERS: usize = 64;

/// What somebody wants to buy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// A pack of so many tokens; and the account whose limit of this month it lifts, where it is bought from a refusal.
    Pack(Tokens, Option<AccountId>),
    /// Another plan.
    Plan(Plan),
    /// An invoice that is outstanding.
    Invoice(i64),
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ordered {
    /// An order that waits for its payment, or was paid before.
    Order(Box<Order>),
    /// The plan is changed, or will be when the term ends: nothing is to be paid now.
    Changed(Box<Change>),
}

/// The act. The caller's name of it makes it harmless to ask twice.
pub(crate) struct MakeOrder {
    pub(crate) customer: CustomerId,
    pub(crate) request: String,
    pub(crate) wanted: Wanted,
    /// The plan that a change was made on, where somebody was shown it.
    pub(crate) shown: Option<String>,
    pub(crate) by: PersonId,
}

impl Act for MakeOrder {
    /// An error inside is an answer: that it was refused stays in the log.
    type Answer = Result<Ordered, Error>;

    fn touches(&self) -> Touch {
        let account = match self.wanted {
            Wanted::Pack(_, account) => account,
            Wanted::Plan(_) | Wanted::Invoice(_) => None,
        };
        let paying = Paying { request: Some(self.request.clone()), ..Paying::default() };
        Touch { account, ..Touch::paying(self.customer, paying) }
    }

    fn decide(&self, books: &mut Books, desk: &Desk) -> Result<Self::Answer, Error> {
        if let Some(known) = books.orders.values().find(|order| order.request == self.request) {
            return self.again(known).map(Ok);
        }
        match self.wanted {
            Wanted::Pack(tokens, lifts) => self.pack(tokens, lifts, books, desk).map(Ok),
            Wanted::Plan(plan) => self.plan(plan, books, desk),
            Wanted::Invoice(number) => self.outstanding(number, books, desk).map(Ok),
        }
    }
}

impl MakeOrder {
    /// The same request asked again hears the same order; another one cannot take its name.
    fn again(&self, known: &order::Model) -> Result<Ordered, Error> {
        let order = order_of(known)?;
        let same = match (self.wanted, &order.purchase) {
            (Wanted::Pack(wanted, account), Purchase::Pack { tokens, lift }) => {
                wanted == *tokens && account == lift.as_ref().map(|lift| lift.account)
            }
            (Wanted::Plan(plan), Purchase::Plan(change)) => plan == change.to,
            (Wanted::Invoice(wanted), Purchase::Invoice { number }) => wanted == *number,
            _ => false,
        };
        if same {
            Ok(Ordered::Order(Box::new(order)))
        } else {
            Err(invalid("request", "This form was used for another order. Start again."))
        }
    }

    fn pack(
        &self,
        tokens: Tokens,
        lifts: Option<AccountId>,
        books: &mut Books,
        desk: &Desk,
    ) -> Result<Ordered, Error> {
        let price = desk.prices()?.pack(tokens).and_then(|pack| pack.prices.of(books.currency));
        let price = price
            .ok_or_else(|| invalid("pack", "There is no such pack. Choose one of those that are sold."))?;
        let month = desk.at.month();
        let lift = match lifts {
            None => None,
            Some(account) => {
                let known = books.accounts.contains_key(&account);
                let limit =
                    books.limits.get(&BudgetScope::Account(account)).and_then(|limits| limits.stop_at(month));
                known.then_some(()).ok_or(Error::NotFound("account"))?;
                limit.map(|_| Lift { account, month, by: price })
            }
        };
        let lines = vec![Line::pack(tokens, price, desk.at)];
        self.open(&Purchase::Pack { tokens, lift }, &lines, &books.tax(desk)?, books, desk)
    }

    fn plan(&self, plan: Plan, books: &mut Books, desk: &Desk) -> Result<Result<Ordered, Error>, Error> {
        let current = books.subscription().copied();
        let change =
            Change::of(current.as_ref(), plan, books.in_use, desk.prices()?, books.currency, desk.at)
                .map_err(|error| invalid("plan", &error.to_string()))?;
        if let Some(changed) = books.plan_moved_on(self.shown.as_deref(), &plan_words(plan), self.by, desk)? {
            return Ok(Err(changed));
        }
        let net = change.net().map_err(|error| books.disagree(error))?;
        if change.effect == Effect::AtOnce && net.minor() > 0 {
            let lines = change.lines.clone();
            books.give_up_plan_orders(self.by, desk)?;
            return self
                .open(&Purchase::Plan(Box::new(change)), &lines, &books.tax(desk)?, books, desk)
                .map(Ok);
        }
        books.apply(&change, None, Actor::Person(self.by), desk)?;
        Ok(Ok(Ordered::Changed(Box::new(change))))
    }

    fn outstanding(&self, number: i64, books: &mut Books, desk: &Desk) -> Result<Ordered, Error> {
        let invoice = books.outstanding.get(&number).ok_or(Error::NotFound("invoice"))?;
        let money = |minor| billing::money::Money::new(minor, books.currency);
        let totals = Totals {
            net: money(invoice.net_minor),
            tax: money(invoice.tax_minor),
            total: money(invoice.total_minor),
        };
        let tax: TaxRule = crate::db::from_json("invoice", number, &invoice.tax)?;
        self.write(&Purchase::Invoice { number }, &[], &tax, totals, books, desk)
    }

    fn open(
        &self,
        purchase: &Purchase,
        lines: &[Line],
        tax: &TaxRule,
        books: &mut Books,
        desk: &Desk,
    ) -> Result<Ordered, Error> {
        let totals = Totals::of(lines, tax, books.currency).map_err(|error| books.disagree(error))?;
        self.write(purchase, lines, tax, totals, books, desk)
    }

    fn write(
        &self,
        purchase: &Purchase,
        lines: &[Line],
        tax: &TaxRule,
        totals: Totals,
        books: &mut Books,
        desk: &Desk,
    ) -> Result<Ordered, Error> {
        let id = OrderId::new(desk.ids.next(desk.at)?);
        let row = order::Model {
            customer_id: self.customer.to_string(),
            id: id.to_string(),
            request: self.request.clone(),
            kind: kind(purchase).to_owned(),
            purchase: to_json("order", id, purchase)?,
            lines: to_json("order", id, &lines)?,
            tax: to_json("order", id, tax)?,
            currency: to_word(&books.currency)?,
            net_minor: totals.net.minor(),
            tax_minor: totals.tax.minor(),
            total_minor: totals.total.minor(),
            state: to_word(&OrderState::Open)?,
            made_by: Some(self.by.to_string()),
            made_at: desk.at.micros(),
            expires_at: desk.at.after(OPEN_FOR).micros(),
            checkout: None,
            checkout_url: None,
            payment: None,
            method: None,
            settled_at: None,
            invoice_id: None,
            next_look_at: None,
            paid_from: None,
        };
        let order = order_of(&row)?;
        let note = Note::of(self.customer, Actor::Person(self.by), AuditAct::OrderMade, id);
        let total = format!("{} {}", totals.total.currency(), totals.total);
        books.note(&note.with("for", purchase_words(purchase)).with("total", total), desk)?;
        books.orders.insert(id, row);
        Ok(Ordered::Order(Box::new(order)))
    }
}

const fn kind(purchase: &Purchase) -> &'static str {
    match purchase {
        Purchase::Pack { .. } => "pack",
        Purchase::Plan(_) => "plan",
        Purchase::Invoice { .. } => "invoice",
    }
}

pub(super) fn invalid(field: &str, message: &str) -> Error {
    Error::Invalid { field: field.to_owned(), message: message.to_owned() }
}

impl Engine {
    /// Orders something for the member's customer. `request` is the caller's own name of it: asked again, it is the same
    /// order.
    pub async fn order(&self, member: &Member, request: &str, wanted: Wanted) -> Result<Ordered, Error> {
        self.order_on(member, request, wanted, None, None).await
    }

    /// The same for somebody at this address: orders of packs from it are counted. T5: [`Error::TooFast`] where there have been
    /// too many in a short time.
    pub async fn order_from(
        &self,
        member: &Member,
        request: &str,
        wanted: Wanted,
        from: IpAddr,
    ) -> Result<Ordered, Error> {
        self.order_on(member, request, wanted, None, Some(from)).await
    }

    /// The same for another plan, made on the [`PlanState::mark`](crate::tier::PlanState::mark) that was shown: where the
    /// plan is no longer that one, nothing is ordered. I-44.
    pub async fn change_plan(
        &self,
        member: &Member,
        request: &str,
        to: Plan,
        shown: &str,
    ) -> Result<Ordered, Error> {
        self.order_on(member, request, Wanted::Plan(to), Some(shown.to_owned()), None).await
    }

    async fn order_on(
        &self,
        member: &Member,
        request: &str,
        wanted: Wanted,
        shown: Option<String>,
        from: Option<IpAddr>,
    ) -> Result<Ordered, Error> {
        member.require(Permission::ManageBilling)?;
        if let Wanted::Plan(plan) = wanted {
            let book = self.price_book().await?;
            let self_serve = book.offer(plan.tier).is_some_and(|offer| offer.self_serve);
            let same_tier = self
                .subscription(member.customer, member.currency)
                .await?
                .is_some_and(|current| current.is_active() && current.plan.tier == plan.tier);
            // 5.24: whoever has been set up by sales goes on by themselves.
            if !self_serve && !same_tier && !member.may_somewhere(Permission::RunPlatform) {
                return Err(invalid("plan", "This plan is set up by JARAI's sales. Talk to us."));
            }
        }
        let named = (1..=REQUEST_CHARACTERS).contains(&request.len()) && request.is_ascii();
        named
            .then_some(())
            .ok_or_else(|| invalid("request", "This form cannot be used. Load the page again."))?;
        let (customer, by) = (member.customer, member.person);
        if let Wanted::Pack(..) = wanted {
            self.count_pack(customer, request, from).await?;
        }
        let act = MakeOrder { customer, request: request.to_owned(), wanted, shown, by };
        let ordered = self.writer.ask(act).await??;
        if let (Wanted::Plan(_), Ordered::Order(order)) = (wanted, &ordered) {
            self.close_replaced(member.customer, order.id).await?;
        }
        Ok(ordered)
    }
}
