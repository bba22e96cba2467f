//! Charging renewals when nobody is present, from rows that were written with the invoice. 5.33, I8.
//!
//! The row's id and the number of the try are the idempotency key: a process that dies between the charge and its note
//! charges again under the same key, and the provider answers with the same charge.

use super::waiting::PaidBy;
use crate::{
    Engine, Error,
    clock::machine_micros,
    db::entity::{invoice, outbox, payment_account},
    gateway::{ChargeRequest, Charged},
    mail::{Readers, Unpaid, words},
    writer::{Act, Books, Desk, Paying, Touch},
};
use billing::{
    id::{CustomerId, OutboxId},
    money::Money,
    payment::dunning,
    time::Timestamp,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr};

/// How long a process may take over a charge before another one does it.
const LEASE_MICROS: i64 = 60_000_000;
/// Charges that are made at once.
const MADE_AT_ONCE: u64 = 32;

/// The act: how a charge went.
pub(crate) struct NoteCharge {
    pub(crate) customer: CustomerId,
    pub(crate) charge: OutboxId,
    /// Which try it was, from 0: told of twice, it has failed once.
    pub(crate) tried: i64,
    pub(crate) charged: Charged,
    /// How it was paid, for people.
    pub(crate) method: Option<String>,
}

impl Act for NoteCharge {
    type Answer = ();

    fn touches(&self) -> Touch {
        let payment = match &self.charged {
            Charged::Paid(reference) => Some(reference.clone()),
            _ => None,
        };
        Touch::paying(self.customer, Paying { payment, ..Paying::default() })
    }

    fn decide(&self, books: &mut Books, desk: &Desk) -> Result<(), Error> {
        let Some(row) = books.charges.get(&self.charge).cloned() else { return Ok(()) }; // noted before
        let number = row.invoice;
        let amount =
            books.outstanding.get(&number).map(|invoice| Money::new(invoice.total_minor, books.currency));
        let due_at =
            Timestamp::from_micros(row.made_at).map_err(|error| Error::corrupt("outbox", &row.id, error))?;
        match (&self.charged, amount) {
            (Charged::Paid(reference), Some(_)) if books.taken_payments.contains(reference) => {
                tracing::error!(customer = %self.customer, number, reference, "a charge names a payment that has paid for something else");
                books.end_charge(self.charge, "taken", desk);
            }
            (Charged::Paid(reference), Some(amount)) => {
                books.received(number, reference, amount, self.method.clone(), desk)?;
            }
            (Charged::Paid(_), None) => {
                tracing::error!(customer = %self.customer, number, "an invoice was paid twice");
                books.end_charge(self.charge, "paid twice", desk);
            }
            // Asked again under the same key, once this process's turn is over.
            (Charged::Pending, _) => {}
            (Charged::Declined(_) | Charged::NeedsAction, _) if row.tries != self.tried => {}
            (Charged::Declined(_) | Charged::NeedsAction, _) => {
                let grace_until = *books.payer.grace_until.get_or_insert(dunning::grace_until(due_at));
                let tries = row.tries + 1;
                let next = dunning::next_try(due_at, usize::try_from(tries).unwrap_or(usize::MAX));
                if let Some(invoice) = books.named(number) {
                    let words = words::declined(&invoice, self.why(), next, grace_until, desk.writing);
                    books.tell(Readers::AdministratorsAndBilling, words);
                }
                let row = books.charges.entry(self.charge).or_insert(row);
                row.tries = tries;
                match next {
                    Some(next) => (row.due_at, row.leased_until) = (next.micros(), 0),
                    None => books.end_charge(self.charge, "declined", desk),
                }
            }
        }
        Ok(())
    }
}

impl NoteCharge {
    const fn why(&self) -> Unpaid {
        match (&self.charged, &self.method) {
            (Charged::NeedsAction, _) => Unpaid::BankAsks,
            (_, None) => Unpaid::NoCard,
            _ => Unpaid::Declined,
        }
    }
}

impl Books {
    /// Has an invoice charged, as soon as its transaction is committed.
    pub(crate) fn charge_later(&mut self, invoice: i64, desk: &Desk) -> Result<(), Error> {
        let id = OutboxId::new(desk.ids.next(desk.at)?);
        let row = outbox::Model {
            customer_id: self.customer.to_string(),
            id: id.to_string(),
            kind: "charge".to_owned(),
            invoice,
            made_at: desk.at.micros(),
            due_at: desk.at.micros(),
            leased_until: 0,
            tries: 0,
            done_at: None,
            outcome: None,
        };
        self.charges.insert(id, row);
        Ok(())
    }

    fn end_charge(&mut self, charge: OutboxId, outcome: &str, desk: &Desk) {
        if let Some(row) = self.charges.get_mut(&charge) {
            (row.done_at, row.outcome) = (Some(desk.at.micros()), Some(outcome.to_owned()));
        }
    }
}

impl Engine {
    /// Makes the charges that are due, and answers how many there were. The sweep does this by itself.
    pub async fn charge_due(&self) -> Result<usize, Error> {
        let (now, machine) = (self.now().micros(), machine_micros());
        let due = outbox::Entity::find()
            .filter(outbox::Column::DoneAt.is_null())
            .filter(outbox::Column::DueAt.lte(now))
            .filter(outbox::Column::LeasedUntil.lte(machine))
            .order_by_asc(outbox::Column::DueAt)
            .limit(MADE_AT_ONCE)
            .all(&self.shared.pools.read)
            .await?;
        let mut made = 0;
        for row in due {
            if let Some(row) = self.lease(row).await? {
                made += 1;
                if self.make_charge(&row).await? == Charged::Pending {
                    break; // where the provider does not answer, the others would only wait as long
                }
            }
        }
        Ok(made)
    }

    /// Takes a charge for this process; none where another one has it, or has made it.
    async fn lease(&self, row: outbox::Model) -> Result<Option<outbox::Model>, Error> {
        let machine = machine_micros();
        let taken = outbox::Entity::update_many()
            .col_expr(outbox::Column::LeasedUntil, Expr::value(machine + LEASE_MICROS))
            .filter(outbox::Column::CustomerId.eq(&row.customer_id))
            .filter(outbox::Column::Id.eq(&row.id))
            .filter(outbox::Column::DoneAt.is_null())
            .filter(outbox::Column::DueAt.lte(self.now().micros()))
            .filter(outbox::Column::LeasedUntil.lte(machine))
            .exec(&self.shared.pools.side)
            .await?;
        Ok((taken.rows_affected == 1).then_some(row))
    }

    async fn make_charge(&self, row: &outbox::Model) -> Result<Charged, Error> {
        let read = &self.shared.pools.read;
        let corrupt = |error: billing::id::IdError| Error::corrupt("outbox", &row.id, error);
        let customer: CustomerId = row.customer_id.parse().map_err(corrupt)?;
        let charge: OutboxId = row.id.parse().map_err(corrupt)?;
        let known = invoice::Entity::find_by_id((row.customer_id.clone(), row.invoice)).one(read).await?;
        let known = known.ok_or_else(|| Error::corrupt("outbox", &row.id, "names no invoice"))?;
        let amount = Money::new(known.total_minor, self.currency(customer).await?);
        let account = payment_account::Entity::find_by_id(&row.customer_id).one(read).await?;
        let label = account.as_ref().and_then(|account| account.method_label.clone());
        let charged = match account.and_then(|account| Some((account.provider_customer, account.method?))) {
            // Whoever has left no way to pay pays by hand within the days of grace.
            None => Charged::Declined("no_payment_method".to_owned()),
            Some((provider_customer, method)) => {
                let key = format!("{charge}-{}", row.tries);
                let request = ChargeRequest { key, customer, provider_customer, method, amount };
                self.gateway.charge(&request).await?
            }
        };
        if let Charged::Declined(why) = &charged {
            tracing::info!(%customer, %charge, why, "a charge was declined");
        }
        if charged == Charged::NeedsAction {
            self.note_waiting(customer, &format!("{charge}-{}", row.tries), PaidBy::Invoice(row.invoice))
                .await?;
        }
        if charged != Charged::Pending {
            let note =
                NoteCharge { customer, charge, tried: row.tries, charged: charged.clone(), method: label };
            self.writer.ask(note).await?;
        }
        Ok(charged)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tier::NewSubscription;
    use billing::{
        money::Currency,
        payment::{BillingDetails, Country},
        tier::{BillingPeriod, Plan, Tier},
    };

    async fn tries(engine: &Engine) -> i64 {
        let row = outbox::Entity::find().one(&engine.shared.pools.read).await.unwrap();
        row.expect("a charge").tries
    }

    /// 5.33: one decline that two processes have heard (the first was slower than its lease) is one try of four, and one letter.
    #[tokio::test]
    async fn i35_a_decline_that_is_noted_twice_counts_once() {
        let folder = tempfile::tempdir().unwrap();
        let database_url = format!("sqlite://{}/books.db?mode=rwc", folder.path().display());
        let engine = Engine::attach_sandbox(&database_url).await.unwrap(); // no sweep charges by itself
        engine.set_sandbox_clock("2026-10-22T16:40:00Z".parse().unwrap()).await.unwrap();
        engine.load_catalog_samples().await.unwrap();
        let customer = engine.open_customer("Northlight Films", Currency::Gbp).await.unwrap();
        let details = BillingDetails {
            name: "Northlight Films Ltd".to_owned(),
            address: vec!["14 Harbour Row".to_owned()],
            country: Country::GB,
            email: "billing@northlight.example".to_owned(),
            tax_id: None,
        };
        engine.set_billing_details(customer, details).await.unwrap();
        let plan = Plan { tier: Tier::Pro, billing: BillingPeriod::Monthly, seats: 1 };
        let new = NewSubscription { plan, anchor_on: "2026-10-22".parse().unwrap(), contract: None };
        engine.subscribe(customer, new).await.unwrap();
        let row = outbox::Entity::find().one(&engine.shared.pools.read).await.unwrap().expect("a charge");
        let charge = row.id.parse().unwrap();
        let declined = |tried| NoteCharge {
            customer,
            charge,
            tried,
            charged: Charged::Declined("card_declined".to_owned()),
            method: Some("card ending 0341".to_owned()),
        };
        for _ in 0..2 {
            engine.writer.ask(declined(0)).await.unwrap();
            assert_eq!(tries(&engine).await, 1);
        }
        let letters = engine.mailbox(Some("billing@northlight.example")).await.unwrap();
        let failed = letters.iter().filter(|posted| posted.letter.subject.starts_with("A payment failed"));
        assert_eq!(failed.count(), 1, "{letters:?}");
        engine.writer.ask(declined(1)).await.unwrap();
        assert_eq!(tries(&engine).await, 2, "the next one counts");
        engine.close().await;
    }
}
