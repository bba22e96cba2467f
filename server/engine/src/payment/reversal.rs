//! Money that went back: a payment is looked at again, and one act books what became of it. A refund is a credit note, and the
//! tokens that were bought with it are taken back as far as they are free; a dispute takes them back too, and what was spent
//! of them is owed. P7, I4; I-36, I-37.
//!
//! The act goes by totals that the provider has: whatever was told, late, twice or in any order, ends in the same books.

use super::{CreditReason, Settled, settle::Told};
use crate::{
    Engine, Error,
    audit::Note,
    db::entity::{dispute, payment},
    gateway::{Dispute, DisputeState, Payment},
    mail::{Contested, Readers, contested},
    writer::{Act, Books, Desk, PaidInvoice, Paying, Touch},
};
use billing::{
    allowance::Cause,
    audit::{Actor, AuditAct},
    customer::PaymentBlock,
    id::CustomerId,
    money::{Money, MoneyError},
    payment::{Mismatch, reversal},
    tokens::Tokens,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

/// The act: what became of a payment.
pub(crate) struct SeePayment {
    pub(crate) customer: CustomerId,
    /// The invoice that it has paid.
    pub(crate) number: i64,
    pub(crate) seen: Payment,
    /// The event that has led here, if one has.
    pub(crate) told: Option<Told>,
}

impl Act for SeePayment {
    type Answer = Settled;

    fn touches(&self) -> Touch {
        let event = self.told.as_ref().map(|told| told.id.clone());
        Touch::paying(self.customer, Paying { event, paid: Some(self.number), ..Paying::default() })
    }

    fn decide(&self, books: &mut Books, desk: &Desk) -> Result<Settled, Error> {
        if self.told.as_ref().is_some_and(|told| books.known_events.contains(&told.id)) {
            return Ok(Settled::Known);
        }
        let settled = self.see(books, desk)?;
        if let Some(told) = &self.told {
            told.note(None, settled, books, desk)?;
        }
        Ok(settled)
    }
}

impl SeePayment {
    fn see(&self, books: &mut Books, desk: &Desk) -> Result<Settled, Error> {
        let paid = books.paid.get(&self.number).cloned().ok_or(Error::NotFound("invoice"))?;
        if self.seen.amount != Money::new(paid.payment.amount_minor, books.currency) {
            return Ok(Settled::Quarantined(Mismatch::Amount));
        }
        books.lapse(desk)?;
        let mut reversal = Reversal { paid, books, desk };
        let refunded = reversal.refund(self.seen.refunded)?;
        let disputed = match &self.seen.dispute {
            Some(dispute) => reversal.dispute(dispute)?,
            None => false,
        };
        Ok(if refunded || disputed { Settled::Applied } else { Settled::Known })
    }
}

/// What is booked of one paid invoice.
pub(super) struct Reversal<'a> {
    pub(super) paid: PaidInvoice,
    pub(super) books: &'a mut Books,
    pub(super) desk: &'a Desk<'a>,
}

impl Reversal<'_> {
    /// Credits what was refunded since the last look; answers whether there was anything.
    fn refund(&mut self, refunded: Money) -> Result<bool, Error> {
        let known = self.credited(Some(CreditReason::Refund))?;
        let refunded = smaller(refunded, self.totals().total);
        if refunded.minor() <= known.minor() {
            return Ok(false);
        }
        let amount = self.ok(refunded.minus(known))?;
        let clawed = self.claw_back(self.sum([self.gone()?, amount])?)?;
        self.credit(CreditReason::Refund, amount, clawed)?;
        Ok(true)
    }

    /// Books where a dispute has got to; answers whether that is news.
    fn dispute(&mut self, seen: &Dispute) -> Result<bool, Error> {
        if seen.state == DisputeState::Inquiry {
            return Ok(false); // the money has not gone
        }
        let known = self.books.disputes.get(&seen.id).cloned();
        let is_new = known.is_none();
        let Some(row) = (match known {
            Some(row) => Some(row),
            None => self.open(seen)?,
        }) else {
            return Ok(false);
        };
        let closes = row.state == "open" && seen.state != DisputeState::Open;
        if closes {
            self.close(row, seen.state)?;
        } else if is_new {
            self.tell(&row);
        }
        if is_new || closes {
            self.books.block_for_debts();
        }
        Ok(is_new || closes)
    }

    /// Books a dispute that is new; none where all of the money has gone back already.
    fn open(&mut self, seen: &Dispute) -> Result<Option<dispute::Model>, Error> {
        let (total, gone) = (self.totals().total, self.gone()?);
        let disputed = smaller(seen.amount, self.ok(total.minus(gone))?);
        if disputed.minor() <= 0 {
            tracing::warn!(dispute = seen.id, "money is contested that has gone back already");
            return Ok(None);
        }
        let wanted = self.wanted(self.sum([gone, disputed])?);
        let clawed = self.claw_back(self.sum([gone, disputed])?)?;
        let owed = self.ok(reversal::owed(disputed, wanted, clawed))?;
        let row = dispute::Model {
            customer_id: self.books.customer.to_string(),
            id: seen.id.clone(),
            invoice: self.paid.invoice.number,
            state: "open".to_owned(),
            disputed_minor: disputed.minor(),
            clawed_tokens: clawed.get(),
            owed_minor: owed.minor(),
            opened_at: self.desk.at.micros(),
            closed_at: None,
            settled_at: None,
        };
        self.books.disputes.insert(row.id.clone(), row.clone());
        self.books.raise_risk(&format!("The payment of invoice {} is disputed.", row.invoice), self.desk)?;
        let note = self.note(AuditAct::DisputeOpened, &row.id).with("disputed", words(disputed));
        let note = note.with("tokens taken back", clawed.get()).with("owed", words(owed));
        self.books.note(&note, self.desk)?;
        Ok(Some(row))
    }

    fn close(&mut self, mut row: dispute::Model, state: DisputeState) -> Result<(), Error> {
        let (clawed, money) =
            (self.tokens(row.clawed_tokens)?, |minor| Money::new(minor, self.books.currency));
        let (disputed, owed) = (money(row.disputed_minor), money(row.owed_minor));
        row.closed_at = Some(self.desk.at.micros());
        let note = self.note(AuditAct::DisputeClosed, &row.id);
        if state == DisputeState::Won {
            if let Some(lot) = self.paid.lot.filter(|_| !clawed.is_zero()) {
                let moved =
                    self.books.wallet.restore(lot, clawed).map_err(|error| self.books.disagree(error))?;
                self.books.book(moved, &Cause::default(), self.desk.at, self.desk)?;
            }
            "won".clone_into(&mut row.state);
            (row.clawed_tokens, row.owed_minor) = (0, 0);
            self.books.note(
                &note.with("won", words(disputed)).with("tokens given back", clawed.get()),
                self.desk,
            )?;
        } else {
            "lost".clone_into(&mut row.state);
            self.books.note(&note.with("lost", words(disputed)).with("owed", words(owed)), self.desk)?;
        }
        let lost = row.state == "lost";
        self.tell(&dispute::Model { clawed_tokens: clawed.get(), ..row.clone() });
        self.books.disputes.insert(row.id.clone(), row);
        let back = self.ok(disputed.minus(owed))?;
        if lost && back.minor() > 0 {
            self.credit(CreditReason::Dispute, back, clawed)?;
        }
        Ok(())
    }

    /// I5: the customer's administrators hear where it has got to.
    fn tell(&mut self, row: &dispute::Model) {
        let money = |minor| Money::new(minor, self.books.currency);
        let disputed = Contested {
            invoice: self.books.invoice_name(row.invoice),
            page: format!("/invoices/{}", self.paid.invoice.id),
            amount: money(row.disputed_minor),
            owed: money(row.owed_minor),
            tokens: Tokens::new(row.clawed_tokens).unwrap_or_default(),
        };
        let told = match row.state.as_str() {
            "won" => contested::won(&disputed, self.desk.writing),
            "lost" => contested::lost(&disputed, self.desk.writing),
            _ => contested::opened(&disputed, self.desk.writing),
        };
        self.books.tell(Readers::Administrators, told);
    }

    /// Takes tokens back for all the money that is gone, as many as are free, and answers how many that were.
    fn claw_back(&mut self, gone: Money) -> Result<Tokens, Error> {
        let (Some(lot), wanted) = (self.paid.lot, self.wanted(gone)) else { return Ok(Tokens::ZERO) };
        let moved = self.books.wallet.claw_back(lot, wanted).map_err(|error| self.books.disagree(error))?;
        let clawed = moved.iter().map(|transfer| transfer.tokens).sum();
        self.books.book(moved, &Cause::default(), self.desk.at, self.desk)?;
        Ok(clawed)
    }

    /// How many tokens are still to be taken back for all the money that is gone.
    fn wanted(&self, gone: Money) -> Tokens {
        let lot = self.paid.lot.and_then(|id| self.books.wallet.grants().iter().find(|lot| lot.id == id));
        lot.map_or(Tokens::ZERO, |lot| {
            reversal::claw_back(lot.amount, gone, self.totals().total).beyond(lot.clawed)
        })
    }

    pub(super) fn note(&self, act: AuditAct, subject: impl std::fmt::Display) -> Note {
        let note = Note::of(self.books.customer, Actor::Operations, act, subject);
        note.with("invoice", self.paid.invoice.number)
    }

    pub(super) fn tokens(&self, count: i64) -> Result<Tokens, Error> {
        Tokens::new(count).map_err(|error| self.books.disagree(error))
    }

    pub(super) fn sum<const N: usize>(&self, parts: [Money; N]) -> Result<Money, Error> {
        let nothing = Money::zero(self.books.currency);
        self.ok(parts.into_iter().try_fold(nothing, Money::plus))
    }

    pub(super) fn ok<T>(&self, found: Result<T, impl Into<MoneyError>>) -> Result<T, Error> {
        found.map_err(|error| self.books.disagree(error.into()))
    }
}

/// The smaller of two amounts of one currency.
const fn smaller(one: Money, other: Money) -> Money {
    if one.minor() < other.minor() { one } else { other }
}

/// An amount as the log writes it.
pub(super) fn words(amount: Money) -> String {
    format!("{} {amount}", amount.currency())
}

impl Books {
    /// What is owed for disputed payments and not settled; none where nothing is.
    pub(crate) fn owed(&self) -> Option<Money> {
        let open = self.disputes.values().filter(|row| row.settled_at.is_none());
        let owed: i64 = open.map(|row| row.owed_minor).sum();
        (owed > 0).then(|| Money::new(owed, self.currency))
    }

    /// I-37: whoever owes money for a dispute starts nothing new; once nothing is owed, that no longer stands against them.
    pub(super) fn block_for_debts(&mut self) {
        let owes = self.owed().is_some();
        self.payer.block = match self.payer.block {
            None | Some(PaymentBlock::DisputedDebt) => owes.then_some(PaymentBlock::DisputedDebt),
            other => other,
        };
    }
}

impl Engine {
    /// Asks the provider what became of a payment, and books it. Nothing where the provider knows of no such payment.
    pub(super) async fn see_payment(
        &self,
        paid: &payment::Model,
        told: Option<Told>,
    ) -> Result<Settled, Error> {
        let Some(seen) = self.gateway.payment(&paid.reference).await? else {
            if let Some(told) = told {
                self.pass_over(told, "quarantined", Some("payment")).await?;
            }
            return Ok(Settled::Waiting);
        };
        let customer = paid.customer_id.parse();
        let customer = customer.map_err(|error| Error::corrupt("payment", &paid.reference, error))?;
        self.writer.ask(SeePayment { customer, number: paid.number, seen, told }).await
    }

    /// The payment of this name, if we have it.
    pub(super) async fn payment_named(&self, reference: &str) -> Result<Option<payment::Model>, Error> {
        let known = payment::Entity::find().filter(payment::Column::Reference.eq(reference));
        Ok(known.one(&self.shared.pools.read).await?)
    }
}
