//! At the end of every group of acts: purchases whose order is paid or over, agreements that have to stop, and the one
//! purchase that is due. I-35.

use super::{agreed_of, letters};
use crate::{
    Error,
    audit::Note,
    db::{
        entity::{order, top_up_agreement, top_up_agreement_end, top_up_purchase},
        payment::order_of,
        to_json, to_word,
    },
    mail::Readers,
    writer::{Books, Desk},
};
use billing::{
    audit::{Actor, AuditAct},
    id::{OrderId, PersonId, PurchaseId},
    money::Money,
    payment::{Line, OrderState, Purchase, TaxRule, Totals},
    tokens::Tokens,
    top_up::{
        AutoTopUp, AutoTopUpState, EndReason, GIVEN_UP_AFTER, PurchaseState, Situation, Verdict, verdict,
    },
};

/// What one pack comes to, for a customer, now.
pub(super) struct PackPrice {
    pub(super) lines: Vec<Line>,
    pub(super) tax: TaxRule,
    pub(super) totals: Totals,
}

impl Books {
    /// Looks after what is bought without asking. Whatever it finds wrong about buying is no reason to hold an act up: it
    /// then stops.
    pub(crate) fn tend_top_up(&mut self, desk: &Desk) -> Result<(), Error> {
        if self.automatic.standing.is_none() {
            return Ok(());
        }
        self.close_purchases(desk)?;
        let Some(agreed) = self.agreed(desk)? else { return Ok(()) };
        let in_flight = self.in_flight().is_some();
        let left = self.not_used_up(desk);
        let looks = agreed.state == AutoTopUpState::On && !in_flight && left < agreed.below;
        let pack = if looks { self.pack_price(agreed.buys, desk)? } else { None };
        let situation = Situation {
            left,
            in_flight,
            price: pack.as_ref().map(|pack| pack.totals.total),
            standing: self.payer.standing(desk.at),
            plan_ended: self.has_no_plan_any_more(),
        };
        match (verdict(&agreed, &situation), pack) {
            (Verdict::Buy(_), Some(pack)) => self.buy(&agreed, &pack, desk),
            (Verdict::CapReached, _) => {
                self.tell_of_cap(&agreed, desk);
                Ok(())
            }
            (Verdict::Stop(why), _) => self.end_top_up(why, None, desk),
            _ => Ok(()),
        }
    }

    /// What the gate could still give; also from lots that begin in a moment, since another process's clock may be ahead of
    /// this one's: what it has just granted is not bought a second time.
    fn not_used_up(&self, desk: &Desk) -> Tokens {
        let lots = self.wallet.grants().iter().filter(|lot| !lot.has_expired(desk.at));
        lots.map(|lot| lot.remaining).sum()
    }

    /// How the newest agreement stands; none where nothing was ever agreed.
    pub(crate) fn agreed(&self, desk: &Desk) -> Result<Option<AutoTopUp>, Error> {
        let (Some(row), Some(agreement)) = (&self.automatic.standing, &self.automatic.agreement) else {
            return Ok(None);
        };
        let in_flight = self.in_flight().map_or(0, |purchase| purchase.total_minor);
        agreed_of(row, agreement, in_flight, desk.at).map(Some)
    }

    /// The purchase in flight.
    pub(super) fn in_flight(&self) -> Option<&top_up_purchase::Model> {
        self.automatic.purchases.values().find(|purchase| purchase.ended_at.is_none())
    }

    /// What a pack comes to, with tax; none where it is not sold, or nobody knows the tax.
    pub(super) fn pack_price(&self, buys: Tokens, desk: &Desk) -> Result<Option<PackPrice>, Error> {
        let price = desk.prices()?.pack(buys).and_then(|pack| pack.prices.of(self.currency));
        let (Some(price), Some(details)) = (price, &self.payer.details) else { return Ok(None) };
        let (lines, tax) = (vec![Line::pack(buys, price, desk.at)], (desk.tax)(details.country));
        let totals = Totals::of(&lines, &tax, self.currency).ok();
        Ok(totals.filter(|totals| totals.total.minor() > 0).map(|totals| PackPrice { lines, tax, totals }))
    }

    /// Whether an order is an automatic purchase that may be charged at any moment, so that nobody else may pay it or give
    /// it up.
    pub(crate) fn is_being_charged(&self, order: OrderId) -> bool {
        let order = order.to_string();
        self.in_flight().is_some_and(|one| one.order_id == order && one.state == "waiting" && one.tries > 0)
    }

    /// Ends the purchases whose order is paid or over.
    fn close_purchases(&mut self, desk: &Desk) -> Result<(), Error> {
        let Some(purchase) = self.in_flight().cloned() else { return Ok(()) };
        let id = purchase.order_id.parse();
        let id: OrderId = id.map_err(|error| Error::corrupt("top_up_purchase", &purchase.id, error))?;
        let Some(order) = self.orders.get(&id).map(order_of).transpose()? else { return Ok(()) };
        match order.state {
            OrderState::Open => Ok(()),
            OrderState::Expired => self.end_purchase(&purchase.id, PurchaseState::Expired, desk),
            OrderState::Paid => {
                self.end_purchase(&purchase.id, PurchaseState::Paid, desk)?;
                let month = desk.at.month().to_string();
                if let Some(row) = &mut self.automatic.standing {
                    let spent = if row.month == month { row.spent_minor } else { 0 };
                    row.spent_minor = spent.saturating_add(purchase.total_minor);
                    row.month = month;
                }
                let agreed = self.agreed(desk)?;
                let bought = order.lines.first().map_or(Tokens::ZERO, |line| match line.item {
                    billing::payment::Item::Pack(tokens) => tokens,
                    _ => Tokens::ZERO,
                });
                if let Some(agreed) = agreed {
                    self.tell(
                        Readers::OwnerAndBilling,
                        letters::bought(bought, order.totals.total, &agreed, id, desk.writing),
                    );
                }
                Ok(())
            }
        }
    }

    /// Ends a purchase.
    pub(super) fn end_purchase(&mut self, id: &str, state: PurchaseState, desk: &Desk) -> Result<(), Error> {
        if let Some(purchase) = self.automatic.purchases.get_mut(id) {
            purchase.state = to_word(&state)?;
            purchase.ended_at = (!state.is_in_flight()).then_some(desk.at.micros());
        }
        Ok(())
    }

    /// Orders one pack, and has it charged once this is committed.
    fn buy(&mut self, agreed: &AutoTopUp, pack: &PackPrice, desk: &Desk) -> Result<(), Error> {
        let agreement = self.automatic.agreement.as_ref().map(|agreement| agreement.id.clone());
        let id = PurchaseId::new(desk.ids.next(desk.at)?);
        let order = OrderId::new(desk.ids.next(desk.at)?);
        let totals = pack.totals;
        self.orders.insert(order, self.order_row(order, id, agreed.buys, pack, desk)?);
        self.automatic.purchases.insert(
            id.to_string(),
            top_up_purchase::Model {
                customer_id: self.customer.to_string(),
                id: id.to_string(),
                agreement_id: agreement.unwrap_or_default(),
                order_id: order.to_string(),
                total_minor: totals.total.minor(),
                state: to_word(&PurchaseState::Waiting)?,
                made_at: desk.at.micros(),
                due_at: desk.at.micros(),
                tries: 0,
                ended_at: None,
                unanswered_at: None,
                looked_into_at: None,
            },
        );
        let note = Note::of(self.customer, Actor::Operations, AuditAct::OrderMade, order);
        let what = format!("{} tokens, by auto-top-up", agreed.buys);
        self.note(&note.with("for", what).with("total", exact(totals.total)), desk)
    }

    fn order_row(
        &self,
        id: OrderId,
        purchase: PurchaseId,
        buys: Tokens,
        pack: &PackPrice,
        desk: &Desk,
    ) -> Result<order::Model, Error> {
        let bought = Purchase::Pack { tokens: buys, lift: None };
        Ok(order::Model {
            customer_id: self.customer.to_string(),
            id: id.to_string(),
            request: purchase.to_string(),
            kind: "pack".to_owned(),
            purchase: to_json("order", id, &bought)?,
            lines: to_json("order", id, &pack.lines)?,
            tax: to_json("order", id, &pack.tax)?,
            currency: to_word(&self.currency)?,
            net_minor: pack.totals.net.minor(),
            tax_minor: pack.totals.tax.minor(),
            total_minor: pack.totals.total.minor(),
            state: to_word(&OrderState::Open)?,
            made_by: None,
            made_at: desk.at.micros(),
            expires_at: desk.at.after(GIVEN_UP_AFTER).micros(),
            checkout: None,
            checkout_url: None,
            payment: None,
            method: None,
            settled_at: None,
            invoice_id: None,
            next_look_at: None,
            paid_from: None,
        })
    }

    /// Once a month, that its cap has no room for a purchase that would be due.
    fn tell_of_cap(&mut self, agreed: &AutoTopUp, desk: &Desk) {
        let month = desk.at.month().to_string();
        let Some(row) = &mut self.automatic.standing else { return };
        if row.cap_told_in.as_ref() == Some(&month) {
            return;
        }
        row.cap_told_in = Some(month);
        self.tell(
            Readers::OwnerAndBilling,
            letters::cap_reached(agreed, desk.at.month().end(), desk.writing),
        );
    }

    /// Ends the agreement, where it has not ended: by somebody, or by itself. Only another agreement begins again.
    pub(crate) fn end_top_up(
        &mut self,
        why: EndReason,
        by: Option<PersonId>,
        desk: &Desk,
    ) -> Result<(), Error> {
        let Some(agreed) = self.agreed(desk)? else { return Ok(()) };
        let (Some(row), Some(agreement)) = (&mut self.automatic.standing, &self.automatic.agreement) else {
            return Ok(());
        };
        if !matches!(agreed.state, AutoTopUpState::On | AutoTopUpState::Paused) {
            return Ok(());
        }
        let left_in = to_word(&why.leaves())?;
        let before = std::mem::replace(&mut row.state, left_in.clone());
        self.journal.agreement_ends.push(top_up_agreement_end::Model {
            customer_id: agreement.customer_id.clone(),
            agreement_id: agreement.id.clone(),
            ended_at: desk.at.micros(),
            ended_by: by.map(|person| person.to_string()),
            why: to_word(&why)?,
        });
        let id = agreement.id.clone();
        let (actor, act) = match by {
            Some(person) => (Actor::Person(person), AuditAct::AutoTopUpTurnedOff),
            None => (Actor::Operations, AuditAct::AutoTopUpStopped),
        };
        let note = Note::of(self.customer, actor, act, id);
        let note = note.moved("state", Some(before), Some(left_in)).with("why", to_word(&why)?);
        self.note(&note, desk)?;
        if by.is_some() {
            return Ok(());
        }
        self.tell(Readers::OwnerAndBilling, letters::stopped(why, &agreed, desk.writing));
        Ok(())
    }

    /// To what somebody has agreed, as a row whose facts the log keeps.
    pub(super) fn note_agreement(
        &mut self,
        agreement: &top_up_agreement::Model,
        by: PersonId,
        desk: &Desk,
    ) -> Result<(), Error> {
        let money = |minor| exact(Money::new(minor, self.currency));
        let note = Note::of(self.customer, Actor::Person(by), AuditAct::AutoTopUpTurnedOn, &agreement.id)
            .with("below", agreement.below_tokens)
            .with("buys", agreement.buys_tokens)
            .with("one purchase", money(agreement.once_minor))
            .with("cap a month", money(agreement.cap_minor))
            .with("this month’s worst case", money(agreement.worst_minor))
            .with("card", &agreement.card);
        self.note(&note, desk)
    }
}

pub(super) fn exact(amount: Money) -> String {
    format!("{} {amount}", amount.currency())
}
