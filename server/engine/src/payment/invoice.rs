//! Issuing an invoice: a number without a gap, its lines, the tax of the day, who issues it, and to whom it was made out. I1,
//! I7, 5.29, 5.32.

use crate::{
    Error,
    db::{
        entity::{invoice, invoice_line, payment},
        to_json, to_word,
    },
    mail::{Readers, words},
    writer::{Books, Desk},
};
use billing::{
    id::{InvoiceId, OrderId, SubscriptionId},
    money::Money,
    payment::{BillingDetails, Line, TaxRule, Totals},
};

/// What an invoice is issued for.
pub(crate) struct NewInvoice<'a> {
    pub(crate) lines: &'a [Line],
    pub(crate) tax: &'a TaxRule,
    pub(crate) totals: Totals,
    pub(crate) order: Option<OrderId>,
    pub(crate) subscription: Option<SubscriptionId>,
}

impl Books {
    /// To whom invoices are made out; without it nobody can be charged.
    pub(crate) fn details(&self) -> Result<&BillingDetails, Error> {
        self.payer.details.as_ref().ok_or_else(|| Error::Invalid {
            field: "country".to_owned(),
            message: "Say first to whom invoices are made out: the country decides the tax.".to_owned(),
        })
    }

    /// The tax of the customer's country.
    pub(crate) fn tax(&self, desk: &Desk) -> Result<TaxRule, Error> {
        Ok((desk.tax)(self.details()?.country))
    }

    /// Issues an invoice and answers its number; what its lines earn by day is booked with it.
    pub(crate) fn invoice(&mut self, new: &NewInvoice, desk: &Desk) -> Result<i64, Error> {
        let number = self.payer.invoices + 1;
        let (id, customer) = (InvoiceId::new(desk.ids.next(desk.at)?), self.customer.to_string());
        let row = invoice::Model {
            customer_id: customer.clone(),
            number,
            id: id.to_string(),
            order_id: new.order.map(|id| id.to_string()),
            subscription_id: new.subscription.map(|id| id.to_string()),
            billed_to: to_json("invoice", id, self.details()?)?,
            tax: to_json("invoice", id, new.tax)?,
            currency: to_word(&self.currency)?,
            net_minor: new.totals.net.minor(),
            tax_minor: new.totals.tax.minor(),
            total_minor: new.totals.total.minor(),
            issued_at: desk.at.micros(),
            issuer: desk.issuer.map(str::to_owned),
        };
        for (position, line) in (1..).zip(new.lines) {
            self.journal.invoice_lines.push(invoice_line::Model {
                customer_id: customer.clone(),
                number,
                position,
                item: to_json("invoice_line", id, &line.item)?,
                quantity: line.quantity.into(),
                unit_minor: line.unit.minor(),
                from_on: line.from.to_string(),
                until_on: line.until.to_string(),
                amount_minor: line.amount.minor(),
            });
            self.earn_by_day(line, number, desk)?;
        }
        self.payer.invoices = number;
        self.journal.invoices.push(row.clone());
        self.outstanding.insert(number, row);
        if let Some(invoice) = self.named(number).filter(|invoice| invoice.total.minor() > 0) {
            // What was ordered is paid in the same act.
            self.tell(Readers::Billing, words::invoice(&invoice, new.order.is_some(), desk.writing));
        }
        Ok(number)
    }

    /// Money has been received for an invoice, all of it. Once nothing is outstanding any more, nothing stands against the
    /// customer on that account, and what it was not granted in the meantime is left out.
    pub(crate) fn received(
        &mut self,
        number: i64,
        reference: &str,
        amount: Money,
        method: Option<String>,
        desk: &Desk,
    ) -> Result<(), Error> {
        let invoice = self.named(number);
        self.taken_payments.insert(reference.to_owned());
        self.outstanding
            .remove(&number)
            .ok_or_else(|| Error::corrupt("invoice", number, "is not outstanding"))?;
        self.journal.payments.push(payment::Model {
            customer_id: self.customer.to_string(),
            number,
            reference: reference.to_owned(),
            currency: to_word(&amount.currency())?,
            amount_minor: amount.minor(),
            method,
            received_at: desk.at.micros(),
        });
        for charge in
            self.charges.values_mut().filter(|charge| charge.invoice == number && charge.done_at.is_none())
        {
            charge.done_at = Some(desk.at.micros());
            charge.outcome = Some("paid".to_owned());
        }
        if self.outstanding.is_empty() && self.payer.grace_until.is_some() {
            let was_blocked = self.payer.standing(desk.at).block().is_some();
            self.payer.grace_until = None;
            if let Some(invoice) = invoice {
                let words = words::paid_again(&invoice, was_blocked, desk.writing);
                self.tell(Readers::AdministratorsAndBilling, words);
            }
            if was_blocked {
                self.subscriptions.iter_mut().for_each(|known| known.skip_to(desk.at));
                self.refresh(desk)?;
            }
        }
        Ok(())
    }
}
