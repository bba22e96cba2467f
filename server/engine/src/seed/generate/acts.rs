//! Events done as acts: whoever runs out buys a pack first, an invoice is paid when it is issued.

use super::{
    Generated,
    days::{Event, What},
    market::{Buyer, Market},
};
use crate::{
    Error,
    gateway::{Charged, Found},
    ids::Ids,
    payment::{MakeOrder, NoteCharge, Ordered, Settle, Wanted},
    production::{Admit, Finish, RecordCall, Report},
    tier::Subscribe,
    writer::{Past, Paying, Shared, Touch, write_past},
};
use billing::{
    audit::Actor,
    id::{PersonId, ProductionName},
    payment::{PaidState, Seen},
    time::Timestamp,
};
use std::collections::HashSet;

/// More than the largest of these productions takes, in tokens: whoever has less buys more.
const ENOUGH: i64 = 8_000;
/// With what everything is paid, for people.
const CARD: &str = "card ending 4242";

/// The writing of it all.
pub(super) struct Round<'a> {
    shared: &'a Shared,
    ids: &'a Ids,
    market: &'a Market,
    /// Who orders packs.
    by: PersonId,
    /// What was written.
    pub(super) made: Generated,
    /// Rows of events that wait to be written.
    waiting: i64,
}

impl<'a> Round<'a> {
    pub(super) fn new(shared: &'a Shared, ids: &'a Ids, market: &'a Market, by: PersonId) -> Self {
        Self { shared, ids, market, by, made: Generated::default(), waiting: 0 }
    }

    /// Rows that are written, and those that are going to be.
    pub(super) const fn planned(&self) -> i64 {
        self.made.rows + self.waiting
    }

    /// Rows that wait to be written.
    pub(super) const fn waiting(&self) -> i64 {
        self.waiting
    }

    /// Counts what waits to be written.
    pub(super) fn plan(&mut self, events: &[Event]) {
        let usage = events.iter().filter(|event| event.what.is_usage()).count();
        self.waiting = i64::try_from(usage).unwrap_or(i64::MAX);
    }

    /// Every customer subscribes.
    pub(super) async fn subscribe(&mut self, at: Timestamp) -> Result<(), Error> {
        let market = self.market;
        write_past(self.shared, self.ids, &self.touches(), at, |past| {
            for buyer in &market.buyers {
                let (customer, new) = (buyer.id, buyer.subscription);
                past.act(customer, &Subscribe { customer, new, by: Actor::Operations }, at)?;
                pay(past, buyer, at)?;
            }
            Ok(())
        })
        .await
    }

    /// Writes events, which are in their order and whose productions begin among them.
    pub(super) async fn write(&mut self, events: Vec<Event>) -> Result<(), Error> {
        let Some(from) = events.first().map(|event| event.at) else { return Ok(()) };
        let (market, by, mut made) = (self.market, self.by, self.made);
        self.made = write_past(self.shared, self.ids, &self.touches(), from, |past| {
            let mut refused = HashSet::new();
            for event in events {
                let buyer = &market.buyers[event.buyer];
                past.refresh(buyer.id, event.at)?;
                pay(past, buyer, event.at)?;
                happen(past, buyer, by, event, &mut refused, &mut made)?;
            }
            Ok(made)
        })
        .await?;
        self.waiting = 0;
        Ok(())
    }

    fn touches(&self) -> Vec<Touch> {
        let of = |buyer: &'a Buyer| {
            buyer.accounts.iter().map(|(account, _)| Touch {
                account: Some(*account),
                key: Some(buyer.key),
                asks_gate: true,
                ..Touch::paying(buyer.id, Paying::default())
            })
        };
        self.market.buyers.iter().flat_map(of).collect()
    }
}

/// Does an event; of a production that was refused, nothing more happens.
fn happen(
    past: &mut Past,
    buyer: &Buyer,
    by: PersonId,
    event: Event,
    refused: &mut HashSet<ProductionName>,
    made: &mut Generated,
) -> Result<(), Error> {
    let (at, customer) = (event.at, buyer.id);
    match event.what {
        What::Asks(request) => {
            if past.books(customer)?.wallet.available(at).get() < ENOUGH {
                made.packs += 1;
                buy(past, buyer, by, format!("pack-{}", made.packs), at)?;
            }
            let name = request.production.clone();
            match past.act(customer, &Admit::new(customer, Some(buyer.key), *request)?, at) {
                Ok(_) => made.productions += 1,
                Err(Error::Refused(_)) => drop(refused.insert(name)),
                Err(error) => return Err(error),
            }
        }
        What::Reports(name, step, number, attempt) if !refused.contains(&name) => {
            past.act(customer, &Report::new(customer, None, name, step, number, attempt)?, at)??;
            made.rows += 1;
        }
        What::Ends(production, end) if !refused.contains(&production) => {
            past.act(customer, &Finish { customer, within: None, production, end }, at)??;
        }
        What::Dawns | What::Reports(..) | What::Ends(..) => {}
        What::Calls(name, report) => {
            past.act(customer, &RecordCall::new(customer, Some(buyer.key), name, report)?, at)??;
            made.rows += 1;
        }
    }
    Ok(())
}

/// Buys a pack: an order, and its payment.
fn buy(past: &mut Past, buyer: &Buyer, by: PersonId, request: String, at: Timestamp) -> Result<(), Error> {
    let (customer, wanted) = (buyer.id, Wanted::Pack(buyer.pack, None));
    let order = MakeOrder { customer, request, wanted, shown: None, by };
    let Ordered::Order(order) = past.act(customer, &order, at)?? else {
        return Err(Error::corrupt("sample", customer, "a pack is no order"));
    };
    let seen = Seen {
        payment: Some(format!("pay_{}", order.id)),
        order: order.id.to_string(),
        customer: customer.to_string(),
        amount: order.totals.total,
        state: PaidState::Paid,
        method: Some(CARD.to_owned()),
    };
    let found = Found { seen, method: None, card: None, declined: None, open: false };
    let settle = Settle { customer, order: order.id, found, lifts: None, told: None };
    past.act(customer, &settle, at).map(drop)
}

/// Pays what was invoiced.
fn pay(past: &mut Past, buyer: &Buyer, at: Timestamp) -> Result<(), Error> {
    let customer = buyer.id;
    let open = past.books(customer)?.charges.iter().find(|(_, row)| row.done_at.is_none());
    let Some(charge) = open.map(|(id, _)| *id) else { return Ok(()) };
    let (charged, method) = (Charged::Paid(format!("pay_{charge}")), Some(CARD.to_owned()));
    past.act(customer, &NoteCharge { customer, charge, tried: 0, charged, method }, at)
}
