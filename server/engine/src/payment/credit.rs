//! What is credited of an invoice: the note with its number, what it takes from revenue, and how much is gone by now. 5.26.

use super::reversal::{Reversal, words};
use crate::{
    Error,
    db::{
        entity::{credit_note, dispute},
        from_word, to_word,
    },
};
use billing::{
    audit::AuditAct,
    id::CreditNoteId,
    money::{Cost, Money},
    payment::{Totals, reversal},
    pnl::lot_share,
    tokens::Tokens,
};

/// Why an invoice was credited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CreditReason {
    /// Money was given back.
    Refund,
    /// A dispute was lost, and tokens had been taken back with it.
    Dispute,
}

impl Reversal<'_> {
    /// Issues a credit note over an amount, with the tokens that were taken back for it; what it takes from revenue is booked
    /// today, beyond what those tokens have not earned yet. 5.26.
    pub(super) fn credit(
        &mut self,
        reason: CreditReason,
        amount: Money,
        clawed: Tokens,
    ) -> Result<(), Error> {
        let before = self.credited(None)?;
        let invoice = self.totals();
        let totals = self.ok(reversal::credit(invoice, before, self.sum([before, amount])?))?;
        let number = self.books.payer.credit_notes + 1;
        let id = CreditNoteId::new(self.desk.ids.next(self.desk.at)?);
        let from = &self.paid.invoice;
        let row = credit_note::Model {
            customer_id: from.customer_id.clone(),
            number,
            id: id.to_string(),
            invoice: from.number,
            reason: to_word(&reason)?,
            billed_to: from.billed_to.clone(),
            tax: from.tax.clone(),
            currency: from.currency.clone(),
            net_minor: totals.net.minor(),
            tax_minor: totals.tax.minor(),
            total_minor: totals.total.minor(),
            clawed_tokens: clawed.get(),
            issued_at: self.desk.at.micros(),
            issuer: self.desk.issuer.map(str::to_owned),
        };
        let unearned = self.unearned(clawed)?;
        let net = self.ok(totals.net.to_cost())?;
        let earned = self.ok(net.minus(unearned))?;
        self.books.give_up(earned, self.paid.lot, number, self.desk)?;
        self.books.payer.credit_notes = number;
        let note = self.note(AuditAct::PaymentRefunded, id).with("total", words(totals.total));
        self.books.note(&note.with("tokens taken back", clawed.get()), self.desk)?;
        self.books.journal.credit_notes.push(row.clone());
        self.paid.credited.push(row.clone());
        if let Some(paid) = self.books.paid.get_mut(&row.invoice) {
            paid.credited.push(row);
        }
        Ok(())
    }

    /// What tokens have not earned that are taken back for good: the end of their lot.
    fn unearned(&self, clawed: Tokens) -> Result<Cost, Error> {
        let nothing = Cost::zero(self.books.currency);
        let Some(lot) = self.paid.lot.and_then(|lot| self.books.origin_of(lot)) else { return Ok(nothing) };
        let price = Money::new(lot.price_paid_minor.unwrap_or_default(), self.books.currency);
        let price = self.ok(price.to_cost())?.micros();
        let before: i64 = self.paid.credited.iter().map(|note| note.clawed_tokens).sum();
        let earned = |gone: i64| lot_share(price, lot.amount_tokens, lot.amount_tokens - gone);
        Ok(Cost::new(earned(before) - earned(before + clawed.get()), self.books.currency))
    }

    /// All of the money that is gone.
    pub(super) fn gone(&self) -> Result<Money, Error> {
        self.sum([self.credited(None)?, self.disputed()])
    }

    pub(super) fn totals(&self) -> Totals {
        let (invoice, money) = (&self.paid.invoice, |minor| Money::new(minor, self.books.currency));
        Totals {
            net: money(invoice.net_minor),
            tax: money(invoice.tax_minor),
            total: money(invoice.total_minor),
        }
    }

    /// What was credited, for one reason or any.
    pub(super) fn credited(&self, reason: Option<CreditReason>) -> Result<Money, Error> {
        let mut sum = 0;
        for note in &self.paid.credited {
            let is: CreditReason = from_word("credit_note", &note.id, &note.reason)?;
            sum += if reason.is_none_or(|reason| reason == is) { note.total_minor } else { 0 };
        }
        Ok(Money::new(sum, self.books.currency))
    }

    /// What is disputed and not credited: of open disputes all, of lost ones what is owed.
    pub(super) fn disputed(&self) -> Money {
        let of_it = |row: &&dispute::Model| row.invoice == self.paid.invoice.number;
        let sum = self.books.disputes.values().filter(of_it).map(withheld);
        Money::new(sum.sum(), self.books.currency)
    }
}

/// What a dispute withholds of its payment beside what was credited, in minor units: while it is open all that is disputed,
/// then what is owed for it, settled or not: that money did not come back to the payment. I-37.
pub(super) fn withheld(row: &dispute::Model) -> i64 {
    if row.state == "open" { row.disputed_minor } else { row.owed_minor }
}
