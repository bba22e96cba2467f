//! Taking a payment: what the provider has, held against the order; then payment, invoice and what was bought, in one
//! transaction, once. U7, I-31 to I-34.

use crate::{
    Engine, Error,
    db::{
        entity::{order, payment_event},
        payment::order_of,
        to_word,
    },
    gateway::Found,
    mail::{Readers, words},
    writer::{Act, Books, Desk, NewGrant, Paying, Touch},
};
use billing::{
    allowance::{Grant, Source},
    audit::Actor,
    budget::{BudgetScope, LimitChange},
    id::{AccountId, CustomerId, GrantId, OrderId, PersonId},
    payment::{Lift, Mismatch, Order, OrderState, PaidState, Purchase},
    tokens::Tokens,
};

/// What became of a payment that was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// What was bought was given now.
    Applied,
    /// It had been given before.
    Known,
    /// The money is not there yet.
    Waiting,
    /// It will not come.
    Failed,
    /// I-33: the money is there and buys nothing: somebody has to look at it.
    Quarantined(Mismatch),
}

/// An event as it is noted.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) object: Option<String>,
}

/// The act.
pub(crate) struct Settle {
    pub(crate) customer: CustomerId,
    pub(crate) order: OrderId,
    pub(crate) found: Found,
    /// The account whose limit it lifts.
    pub(crate) lifts: Option<AccountId>,
    /// The event that has led here, if one has.
    pub(crate) told: Option<Told>,
}

impl Act for Settle {
    type Answer = Settled;

    fn touches(&self) -> Touch {
        let event = self.told.as_ref().map(|told| told.id.clone());
        let payment = self.found.seen.payment.clone();
        let paying = Paying { order: Some(self.order), event, payment, ..Paying::default() };
        Touch { account: self.lifts, ..Touch::paying(self.customer, paying) }
    }

    fn decide(&self, books: &mut Books, desk: &Desk) -> Result<Settled, Error> {
        if self.told.as_ref().is_some_and(|told| books.known_events.contains(&told.id)) {
            return Ok(Settled::Known);
        }
        let settled = self.settle(books, desk)?;
        if let Settled::Quarantined(mismatch) = settled {
            tracing::error!(order = %self.order, customer = %self.customer, %mismatch, "a payment buys nothing");
        }
        let unseen = matches!(settled, Settled::Quarantined(_))
            && !books.unused_orders.contains(&self.order.to_string());
        if self.told.is_some() || unseen {
            self.noted_as().note(Some(self.order), settled, books, desk)?;
        }
        Ok(settled)
    }
}

impl Settle {
    /// As what it is noted: the event that has led here; else that it was looked at, where nobody has told of it and somebody
    /// has to see what came of it.
    fn noted_as(&self) -> Told {
        let looked = || Told {
            id: format!("looked_at_{}", self.order),
            name: "order.looked_at".to_owned(),
            object: self.found.seen.payment.clone(),
        };
        self.told.clone().unwrap_or_else(looked)
    }

    fn settle(&self, books: &mut Books, desk: &Desk) -> Result<Settled, Error> {
        let row = books.orders.get(&self.order).ok_or(Error::NotFound("order"))?;
        let order = order_of(row)?;
        let seen = &self.found.seen;
        if let Err(mismatch) = order.check(seen) {
            return Ok(Settled::Quarantined(mismatch));
        }
        if order.state == OrderState::Paid {
            let same = row.payment == seen.payment;
            return Ok(if same { Settled::Known } else { Settled::Quarantined(Mismatch::Changed) });
        }
        let payment = match (seen.state, &seen.payment) {
            (PaidState::Paid, Some(payment)) => payment.clone(),
            (PaidState::Failed, _) => {
                self.close(OrderState::Expired, books)?;
                return Ok(Settled::Failed);
            }
            _ => return Ok(Settled::Waiting),
        };
        if books.taken_payments.contains(&payment) {
            return Ok(Settled::Quarantined(Mismatch::Taken)); // it has paid for something else
        }
        if !still_buys(&order, books) {
            return Ok(Settled::Quarantined(Mismatch::Changed));
        }
        let number = match order.purchase {
            Purchase::Invoice { number } => number,
            Purchase::Pack { .. } | Purchase::Plan(_) => {
                let (lines, totals) = (&order.lines, order.totals);
                let new = super::NewInvoice {
                    lines,
                    tax: &order.tax,
                    totals,
                    order: Some(order.id),
                    subscription: None,
                };
                books.invoice(&new, desk)?
            }
        };
        let invoice = books.outstanding.get(&number).map(|invoice| invoice.id.clone());
        books.received(number, &payment, order.totals.total, seen.method.clone(), desk)?;
        let row = books.orders.get_mut(&self.order).ok_or(Error::NotFound("order"))?;
        (row.payment, row.method, row.invoice_id) = (Some(payment), seen.method.clone(), invoice);
        row.settled_at = Some(desk.at.micros());
        self.close(OrderState::Paid, books)?;
        books.give(&order, desk)?;
        Ok(Settled::Applied)
    }

    fn close(&self, state: OrderState, books: &mut Books) -> Result<(), Error> {
        if let Some(row) = books.orders.get_mut(&self.order) {
            row.state = to_word(&state)?;
        }
        Ok(())
    }
}

impl Told {
    /// I-31: an event is taken once; what came of it stands beside it.
    pub(super) fn note(
        &self,
        order: Option<OrderId>,
        settled: Settled,
        books: &mut Books,
        desk: &Desk,
    ) -> Result<(), Error> {
        let (outcome, why) = match settled {
            Settled::Applied => ("applied", None),
            Settled::Known => ("known", None),
            Settled::Waiting | Settled::Failed => ("waiting", None),
            Settled::Quarantined(mismatch) => ("quarantined", Some(to_word(&mismatch)?)),
        };
        books.known_events.insert(self.id.clone());
        if matches!(settled, Settled::Quarantined(_)) {
            books.unused_orders.extend(order.map(|order| order.to_string()));
        }
        books.journal.events.push(payment_event::Model {
            id: self.id.clone(),
            kind: self.name.clone(),
            object: self.object.clone(),
            order_id: order.map(|order| order.to_string()),
            outcome: outcome.to_owned(),
            why,
            received_at: desk.at.micros(),
        });
        Ok(())
    }
}

/// Whether what was ordered can still be given: a change of plan only to the plan that it was made for, an invoice only
/// while it is outstanding.
fn still_buys(order: &Order, books: &Books) -> bool {
    match &order.purchase {
        Purchase::Pack { .. } => true,
        Purchase::Plan(change) => change.is_for(books.subscription()),
        Purchase::Invoice { number } => books.outstanding.contains_key(number),
    }
}

impl Books {
    fn give(&mut self, order: &Order, desk: &Desk) -> Result<(), Error> {
        match &order.purchase {
            Purchase::Pack { tokens, lift } => {
                self.lapse(desk)?;
                self.give_pack(order, *tokens, desk)?;
                lift.as_ref().map_or(Ok(()), |lift| self.lift(lift, order.id, desk))
            }
            Purchase::Plan(change) => {
                let by = self.buyer(order.id)?.map_or(Actor::Operations, Actor::Person);
                self.apply(change, Some(order.id), by, desk)
            }
            Purchase::Invoice { .. } => Ok(()),
        }
    }

    fn give_pack(&mut self, order: &Order, tokens: Tokens, desk: &Desk) -> Result<(), Error> {
        let id = GrantId::new(desk.ids.next(desk.at)?);
        let source = if self.buyer(order.id)?.is_some() { Source::TopUp } else { Source::AutoTopUp };
        if source == Source::TopUp {
            let words = words::bought(tokens, order.totals.total, order.id, desk.writing);
            self.tell(Readers::Administrators, words);
        }
        let grant = Grant::new(id, source, tokens, desk.at, None);
        let new = NewGrant { grant, price_paid: Some(order.totals.net), cycle: None, order: Some(order.id) };
        self.grant(new, desk)
    }

    /// 5.7: the account's limit of this month rises by what was paid.
    fn lift(&mut self, lift: &Lift, order: OrderId, desk: &Desk) -> Result<(), Error> {
        let scope = BudgetScope::Account(lift.account);
        let limit = self.limits.get(&scope).and_then(|limits| limits.stop_at(lift.month));
        let Some(limit) = limit.filter(|_| lift.month == desk.at.month()) else { return Ok(()) };
        let raised = limit.plus(lift.by).map_err(|error| self.disagree(error))?;
        let by = self.buyer(order)?;
        self.set_limits(scope, &[LimitChange::StopThisMonthAt(raised)], by, desk)
    }

    /// Who has made an order.
    fn buyer(&self, order: OrderId) -> Result<Option<PersonId>, Error> {
        let by = self.orders.get(&order).and_then(|row| row.made_by.as_deref()).map(str::parse).transpose();
        by.map_err(|error| Error::corrupt("order", order, error))
    }
}

impl Engine {
    /// Asks the provider how an order's payment stands, and takes it. None where nobody was sent to pay yet.
    pub(super) async fn look_at(&self, row: &order::Model, told: Option<Told>) -> Result<Settled, Error> {
        let Some(checkout) = &row.checkout else { return Ok(Settled::Waiting) };
        let Order { id: order, customer, purchase, .. } = order_of(row)?;
        let lifts = match purchase {
            Purchase::Pack { lift, .. } => lift.map(|lift| lift.account),
            Purchase::Plan(_) | Purchase::Invoice { .. } => None,
        };
        let Some(found) = self.gateway.checkout(checkout).await? else {
            // The page is of a provider, or an account of it, that was set up before: nobody can pay on it here.
            if let Some(told) = told {
                self.pass_over(told, "quarantined", Some("order")).await?;
            }
            return Ok(Settled::Waiting);
        };
        let close = match &found.declined {
            Some(declined) => self.count_decline(row, declined).await?,
            None => false,
        };
        if found.seen.state == PaidState::Paid
            && let (Some(method), Some(label)) = (&found.method, &found.seen.method)
        {
            self.keep_method(customer, (method, label), found.card.clone()).await?;
        }
        let (paid, card) = (found.seen.payment.clone(), found.card.clone());
        let settled = self.writer.ask(Settle { customer, order, found, lifts, told }).await?;
        match settled {
            Settled::Applied => {
                self.count_card(row, card.as_deref()).await?;
                if let Some(reference) = paid
                    && let Some(paid) = self.payment_named(&reference).await?
                {
                    // I-32: it may have gone back before anybody told that it was there.
                    self.see_payment(&paid, None).await?;
                }
                Ok(settled)
            }
            // T5: where it was paid in the same moment, that is taken.
            Settled::Waiting if close => {
                Box::pin(self.end_order(row, customer, order, Actor::Operations)).await
            }
            settled => Ok(settled),
        }
    }
}
