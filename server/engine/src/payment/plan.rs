//! A change of plan, as it is made once it is paid for or costs nothing now. 5.22; I-43.

use super::order::invalid;
use crate::{
    Error,
    audit::Note,
    db::to_word,
    writer::{Books, Desk},
};
use billing::{
    audit::{Actor, AuditAct},
    id::{OrderId, PersonId, SubscriptionId},
    payment::Purchase,
    tier::{Change, Effect, Plan, Subscription},
    tokens::Tokens,
};

/// A plan, for the log: `pro, monthly, 1 seat`.
pub(crate) fn plan_words(plan: Plan) -> String {
    let word = |value: Result<String, Error>| value.unwrap_or_default();
    let seats = if plan.seats == 1 { "seat" } else { "seats" };
    format!("{}, {}, {} {seats}", word(to_word(&plan.tier)), word(to_word(&plan.billing)), plan.seats)
}

impl Books {
    /// I-43: two administrators, or two clicks, make one change: a newer order takes the place of those that wait.
    pub(super) fn give_up_plan_orders(&mut self, by: PersonId, desk: &Desk) -> Result<(), Error> {
        let mut given_up = Vec::new();
        for (id, waiting) in &mut self.orders {
            if waiting.kind == "plan" && waiting.state == "open" {
                "expired".clone_into(&mut waiting.state);
                given_up.push(*id);
            }
        }
        for order in given_up {
            let by = Actor::Person(by);
            self.note(&Note::of(self.customer, by, AuditAct::OrderGivenUp, order), desk)?;
        }
        Ok(())
    }

    /// Makes a change of plan, whose price was paid with this order, or that costs nothing now.
    pub(crate) fn apply(
        &mut self,
        change: &Change,
        order: Option<OrderId>,
        by: Actor,
        desk: &Desk,
    ) -> Result<(), Error> {
        let before = self.subscription().map(|current| plan_words(current.plan));
        let from = if change.effect == Effect::AtOnce { "plan" } else { "plan from the next term on" };
        let note = Note::of(self.customer, by, AuditAct::PlanChanged, self.customer);
        self.note(&note.moved(from, before, Some(plan_words(change.to))), desk)?;
        let Some(place) = self.subscriptions.iter().position(Subscription::is_active) else {
            let id = SubscriptionId::new(desk.ids.next(desk.at)?);
            let (plan, anchor_on) = (change.to, change.term.from);
            let new = Subscription {
                allowance: change.allowance,
                price: change.term.price,
                ..Subscription::new(id, plan, desk.prices()?, self.currency, anchor_on)
                    .map_err(|error| invalid("plan", &error.to_string()))?
            };
            return self.begin_subscription(new, desk);
        };
        let changed = change.apply(self.subscriptions[place]);
        self.subscriptions[place] = changed;
        if change.effect == Effect::AtOnce {
            self.payer.tier = Some(change.to.tier);
            self.grant_difference(&changed, change.grants_now, order, desk)?;
        }
        Ok(())
    }

    /// 5.22: the difference in allowance, at once, until the cycle ends.
    fn grant_difference(
        &mut self,
        subscription: &Subscription,
        tokens: Tokens,
        order: Option<OrderId>,
        desk: &Desk,
    ) -> Result<(), Error> {
        use billing::allowance::{Grant, Source};
        let Some(cycle) = subscription.cycle_at(desk.at).filter(|_| !tokens.is_zero()) else { return Ok(()) };
        self.lapse(desk)?;
        let id = billing::id::GrantId::new(desk.ids.next(desk.at)?);
        let grant = Grant::new(id, Source::Allowance, tokens, desk.at, Some(cycle.ends_at));
        self.grant(crate::writer::NewGrant { grant, price_paid: None, cycle: None, order }, desk)
    }
}

/// What is bought, for the log.
pub(super) fn purchase_words(purchase: &Purchase) -> String {
    match purchase {
        Purchase::Pack { tokens, .. } => format!("{tokens} tokens"),
        Purchase::Plan(change) => plan_words(change.to),
        Purchase::Invoice { number } => format!("invoice {number}"),
    }
}
