//! Giving money back: asked for by JARAI's own staff, made at the provider from a row that was written before, and booked like
//! every refund that the provider has. P7, I-36.
//!
//! The row's id is the idempotency key: a process that dies after the provider has made it makes it again, once.

use super::{credit::withheld, order::invalid};
use crate::{
    Engine, Error,
    audit::Note,
    clock::machine_micros,
    db::{
        begin_write,
        entity::{credit_note, dispute, invoice, payment, refund},
        rows,
    },
    gateway::Refunded,
    team::Member,
    writer::{Act, Books, Desk, Paying, Touch, lock_wallet},
};
use billing::{
    audit::{Actor, AuditAct},
    id::{CustomerId, InvoiceId, RefundId},
    money::Money,
    team::Permission,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set, sea_query::Expr,
};

/// How long a process may take over a refund before another one makes it.
const LEASE_MICROS: i64 = 60_000_000;
/// Refunds that are made at once.
const MADE_AT_ONCE: u64 = 32;
/// The longest reason that is kept.
const REASON_CHARACTERS: usize = 300;

/// What became of a refund that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RefundOutcome {
    /// It is made, and booked.
    Made,
    /// The provider does not answer: it is tried again by itself, and made once.
    Waiting,
    /// The provider will not make it; why, in its own word.
    Refused(String),
}

impl Engine {
    /// Gives back some of what an invoice of the member's customer was paid with, for a reason. `request` is the caller's own
    /// name of it: asked again, it is the same refund.
    pub async fn refund(
        &self,
        by: &Member,
        invoice: InvoiceId,
        amount: Money,
        (request, reason): (&str, &str),
    ) -> Result<RefundOutcome, Error> {
        by.require(Permission::RunPlatform)?;
        let reason: String = reason.trim().chars().take(REASON_CHARACTERS).collect();
        if reason.is_empty() {
            return Err(invalid("reason", "Say why: the audit log keeps it. Nothing was given back."));
        }
        let owner = by.customer.to_string();
        let transaction = begin_write(&self.shared.pools.side).await?;
        lock_wallet(&transaction, &owner).await?;
        let known = refund::Entity::find()
            .filter(refund::Column::CustomerId.eq(&owner))
            .filter(refund::Column::Request.eq(request));
        if let Some(known) = known.one(&transaction).await? {
            transaction.rollback().await?;
            return self.make_refund(&known).await;
        }
        let invoice = invoice::Entity::find()
            .filter(invoice::Column::CustomerId.eq(&owner))
            .filter(invoice::Column::Id.eq(invoice.to_string()));
        let invoice = invoice.one(&transaction).await?.ok_or(Error::NotFound("invoice"))?;
        let left = left_to_refund(&transaction, &invoice).await?;
        if amount.currency() != by.currency || !(1..=left).contains(&amount.minor()) {
            let left = Money::new(left, by.currency);
            let message = format!("Give back more than nothing and at most {left}, what is left of it.");
            return Err(invalid("amount", &message));
        }
        let at = self.now();
        let row = refund::Model {
            customer_id: owner,
            id: RefundId::new(self.shared.ids.next(at)?).to_string(),
            invoice: invoice.number,
            request: request.to_owned(),
            amount_minor: amount.minor(),
            reason: reason.clone(),
            asked_by: by.person.to_string(),
            asked_at: at.micros(),
            leased_until: 0,
            done_at: None,
            outcome: None,
        };
        rows::insert::<refund::Entity>(&transaction, std::slice::from_ref(&row)).await?;
        let note = Note::of(by.customer, Actor::Person(by.person), AuditAct::RefundMade, &row.id);
        let total = format!("{} {amount}", by.currency);
        let note = note.with("invoice", invoice.number).with("total", total).because(&reason);
        self.shared.note(&transaction, &note).await?;
        transaction.commit().await?;
        self.make_refund(&row).await
    }

    /// Makes the refunds that the provider had no answer for, and answers how many there were. The sweep does this by itself.
    pub async fn refund_due(&self) -> Result<usize, Error> {
        let due = refund::Entity::find()
            .filter(refund::Column::DoneAt.is_null())
            .filter(refund::Column::LeasedUntil.lte(machine_micros()))
            .order_by_asc(refund::Column::AskedAt)
            .limit(MADE_AT_ONCE)
            .all(&self.shared.pools.read)
            .await?;
        let made = due.len();
        for row in due {
            self.make_refund(&row).await?;
        }
        Ok(made)
    }

    async fn make_refund(&self, row: &refund::Model) -> Result<RefundOutcome, Error> {
        if let Some(outcome) = &row.outcome {
            return Ok(if outcome == "made" {
                RefundOutcome::Made
            } else {
                RefundOutcome::Refused(outcome.clone())
            });
        }
        let machine = machine_micros();
        let taken = refund::Entity::update_many()
            .col_expr(refund::Column::LeasedUntil, Expr::value(machine + LEASE_MICROS))
            .filter(refund::Column::CustomerId.eq(&row.customer_id))
            .filter(refund::Column::Id.eq(&row.id))
            .filter(refund::Column::DoneAt.is_null())
            .filter(refund::Column::LeasedUntil.lte(machine))
            .exec(&self.shared.pools.side)
            .await?;
        if taken.rows_affected == 0 {
            return Ok(RefundOutcome::Waiting); // another process makes it
        }
        let paid = payment::Entity::find_by_id((row.customer_id.clone(), row.invoice));
        let paid = paid.one(&self.shared.pools.read).await?;
        let paid = paid.ok_or_else(|| Error::corrupt("refund", &row.id, "its invoice is not paid"))?;
        let customer: CustomerId =
            row.customer_id.parse().map_err(|error| Error::corrupt("refund", &row.id, error))?;
        let amount = Money::new(row.amount_minor, self.currency(customer).await?);
        let outcome = match self.gateway.refund(&row.id, &paid.reference, amount).await {
            Ok(Refunded::Done(_) | Refunded::Pending(_)) => RefundOutcome::Made,
            Ok(Refunded::Refused(why)) => RefundOutcome::Refused(why),
            Err(Error::ProviderAway(_)) => return Ok(RefundOutcome::Waiting),
            Err(error) => return Err(error),
        };
        if outcome == RefundOutcome::Made {
            self.see_payment(&paid, None).await?;
        }
        let word = if let RefundOutcome::Refused(why) = &outcome { why } else { "made" };
        let done = refund::ActiveModel {
            done_at: Set(Some(self.now().micros())),
            outcome: Set(Some(word.to_owned())),
            ..Default::default()
        };
        refund::Entity::update_many()
            .set(done)
            .filter(refund::Column::CustomerId.eq(&row.customer_id))
            .filter(refund::Column::Id.eq(&row.id))
            .exec(&self.shared.pools.side)
            .await?;
        Ok(outcome)
    }

    /// I-37: what is owed for a dispute is settled otherwise, or given up, for a reason; it no longer stands against the
    /// customer.
    pub async fn settle_debt(
        &self,
        by: &Member,
        customer: CustomerId,
        dispute: &str,
        reason: &str,
    ) -> Result<(), Error> {
        by.require(Permission::RunPlatform)?;
        if reason.trim().is_empty() {
            return Err(invalid("reason", "Say why: the audit log keeps it. Nothing was changed."));
        }
        let (dispute, reason, by) = (dispute.to_owned(), reason.to_owned(), Actor::Person(by.person));
        self.writer.ask(SettleDebt { customer, dispute, reason, by }).await
    }
}

/// What can still be given back of a paid invoice, in minor units: nothing of one that is not paid.
async fn left_to_refund(connection: &impl ConnectionTrait, of: &invoice::Model) -> Result<i64, Error> {
    let key = (of.customer_id.clone(), of.number);
    let Some(paid) = payment::Entity::find_by_id(key).one(connection).await? else { return Ok(0) };
    let credited = credit_note::Entity::find()
        .filter(credit_note::Column::CustomerId.eq(&of.customer_id))
        .filter(credit_note::Column::Invoice.eq(of.number));
    let contested = dispute::Entity::find()
        .filter(dispute::Column::CustomerId.eq(&of.customer_id))
        .filter(dispute::Column::Invoice.eq(of.number));
    let waiting = refund::Entity::find()
        .filter(refund::Column::CustomerId.eq(&of.customer_id))
        .filter(refund::Column::Invoice.eq(of.number))
        .filter(refund::Column::DoneAt.is_null());
    let credited = credited.all(connection).await?.into_iter().map(|note| note.total_minor);
    let contested = contested.all(connection).await?;
    let contested = contested.iter().map(withheld);
    let waiting = waiting.all(connection).await?.into_iter().map(|row| row.amount_minor);
    Ok(paid.amount_minor - credited.chain(contested).chain(waiting).sum::<i64>())
}

/// The act: a debt no longer stands against its customer.
struct SettleDebt {
    customer: CustomerId,
    dispute: String,
    reason: String,
    by: Actor,
}

impl Act for SettleDebt {
    type Answer = ();

    fn touches(&self) -> Touch {
        Touch::paying(self.customer, Paying::default())
    }

    fn decide(&self, books: &mut Books, desk: &Desk) -> Result<(), Error> {
        let row = books.disputes.get_mut(&self.dispute).ok_or(Error::NotFound("dispute"))?;
        if row.settled_at.is_some() || row.owed_minor == 0 {
            return Ok(()); // sent twice
        }
        row.settled_at = Some(desk.at.micros());
        let owed = Money::new(row.owed_minor, books.currency);
        books.block_for_debts();
        let note = Note::of(self.customer, self.by, AuditAct::DebtSettled, &self.dispute);
        let owed = format!("{} {owed}", books.currency);
        books.note(&note.moved("owed", Some(owed), None).because(&self.reason), desk)
    }
}
