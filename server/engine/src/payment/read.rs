//! Orders and invoices, for pages.

use super::read_reversals::{CreditNote, Disputed};
use crate::{
    Engine, Error,
    db::{
        entity::{invoice, invoice_line, order, payment},
        from_json, from_word,
        payment::{line_of, order_of},
    },
    team::Member,
};
use billing::{
    id::{InvoiceId, OrderId},
    money::{Currency, Money},
    payment::{BillingDetails, InvoiceNumber, Issuer, Line, Order, TaxRule, Totals},
    team::Permission,
    time::Timestamp,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::HashMap;

/// Invoices and orders that a page lists.
const LISTED: u64 = 200;

/// An order, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderLine {
    /// The order.
    pub order: Order,
    /// Who made it, where somebody did.
    pub made_by: Option<String>,
    /// With what it was paid: `card ending 4242`.
    pub method: Option<String>,
    /// When the money was there.
    pub settled_at: Option<Timestamp>,
    /// The invoice that it is on.
    pub invoice: Option<InvoiceId>,
    /// Whether somebody was sent to pay it.
    pub sent_to_pay: bool,
    /// U5: whether it is charged by itself, so that nobody can pay it by hand or give it up.
    pub charges_itself: bool,
}

impl OrderLine {
    /// U5: whether nobody ordered it.
    #[must_use]
    pub const fn is_automatic(&self) -> bool {
        self.made_by.is_none()
    }
}

/// Whether an invoice is paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InvoiceState {
    /// Not yet.
    Open,
    /// When, and with what.
    Paid(Timestamp, Option<String>),
}

/// An invoice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invoiced {
    /// Which one.
    pub id: InvoiceId,
    /// Its number.
    pub number: InvoiceNumber,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// 5.29: by whom: as it was issued, or as the installation says where it was issued before that was kept.
    pub issuer: Option<Issuer>,
    /// To whom.
    pub billed_to: BillingDetails,
    /// Its lines.
    pub lines: Vec<Line>,
    /// The tax on it.
    pub tax: TaxRule,
    /// What it comes to.
    pub totals: Totals,
    /// Whether it is paid.
    pub state: InvoiceState,
    /// The order that it is for, where it is not a renewal's.
    pub order: Option<OrderId>,
    /// What was credited of it, oldest first.
    pub credited: Vec<CreditNote>,
    /// What its payer contests, or has contested.
    pub disputes: Vec<Disputed>,
}

impl Engine {
    /// An order of the member's customer.
    pub async fn order_of(&self, member: &Member, order: OrderId) -> Result<OrderLine, Error> {
        member.require(Permission::SeeInvoices)?;
        let line = order_line(&self.order_row(member.customer, order).await?)?;
        let charges_itself = line.is_automatic() && !self.waits_for_its_owner(member.customer, order).await?;
        Ok(OrderLine { charges_itself, ..line })
    }

    /// The customer's orders, newest first.
    pub async fn orders_of(&self, member: &Member) -> Result<Vec<OrderLine>, Error> {
        member.require(Permission::SeeInvoices)?;
        let rows = order::Entity::find()
            .filter(order::Column::CustomerId.eq(member.customer.to_string()))
            .order_by_desc(order::Column::MadeAt)
            .limit(LISTED)
            .all(&self.shared.pools.read)
            .await?;
        rows.iter().map(order_line).collect()
    }

    /// The customer's invoices, newest first.
    pub async fn invoices_of(&self, member: &Member) -> Result<Vec<Invoiced>, Error> {
        member.require(Permission::SeeInvoices)?;
        let rows = invoice::Entity::find()
            .filter(invoice::Column::CustomerId.eq(member.customer.to_string()))
            .order_by_desc(invoice::Column::Number)
            .limit(LISTED)
            .all(&self.shared.pools.read)
            .await?;
        self.invoiced(member, rows).await
    }

    /// An invoice of the member's customer.
    pub async fn invoice_of(&self, member: &Member, id: InvoiceId) -> Result<Invoiced, Error> {
        member.require(Permission::SeeInvoices)?;
        let row = invoice::Entity::find()
            .filter(invoice::Column::CustomerId.eq(member.customer.to_string()))
            .filter(invoice::Column::Id.eq(id.to_string()))
            .one(&self.shared.pools.read)
            .await?;
        let found = self.invoiced(member, row.into_iter().collect()).await?;
        found.into_iter().next().ok_or(Error::NotFound("invoice"))
    }

    pub(super) async fn invoice_numbered(&self, member: &Member, number: i64) -> Result<Invoiced, Error> {
        let key = (member.customer.to_string(), number);
        let row = invoice::Entity::find_by_id(key).one(&self.shared.pools.read).await?;
        let found = self.invoiced(member, row.into_iter().collect()).await?;
        found.into_iter().next().ok_or(Error::NotFound("invoice"))
    }

    async fn invoiced(&self, member: &Member, rows: Vec<invoice::Model>) -> Result<Vec<Invoiced>, Error> {
        let (read, owner) = (&self.shared.pools.read, member.customer.to_string());
        let series = self.customer_row(member.customer).await?.invoice_series.unwrap_or_default();
        let numbers: Vec<i64> = rows.iter().map(|row| row.number).collect();
        let of_these = invoice_line::Column::Number.is_in(numbers.iter().copied());
        let lines = invoice_line::Entity::find()
            .filter(invoice_line::Column::CustomerId.eq(&owner))
            .filter(of_these)
            .order_by_asc(invoice_line::Column::Position)
            .all(read)
            .await?;
        let payments = payment::Entity::find()
            .filter(payment::Column::CustomerId.eq(&owner))
            .filter(payment::Column::Number.is_in(numbers.iter().copied()))
            .all(read)
            .await?;
        let payments: HashMap<i64, payment::Model> =
            payments.into_iter().map(|row| (row.number, row)).collect();
        let mut gone = self.reversals_of(&owner, &numbers, &series).await?;
        let today = self.issuer().await?;
        let invoiced = |row: invoice::Model| {
            let (credited, disputes) = gone.remove(&row.number).unwrap_or_default();
            let paid = invoiced(&row, &series, &lines, payments.get(&row.number))?;
            let issuer = paid.issuer.clone().or_else(|| today.clone());
            Ok(Invoiced { issuer, credited, disputes, ..paid })
        };
        rows.into_iter().map(invoiced).collect()
    }
}

fn invoiced(
    row: &invoice::Model,
    series: &str,
    lines: &[invoice_line::Model],
    payment: Option<&payment::Model>,
) -> Result<Invoiced, Error> {
    let bad = |what: String| Error::corrupt("invoice", &row.id, what);
    let time = |micros| Timestamp::from_micros(micros).map_err(|error| bad(error.to_string()));
    let currency: Currency = from_word("invoice", &row.id, &row.currency)?;
    let money = |minor| Money::new(minor, currency);
    let lines = lines.iter().filter(|line| line.number == row.number).map(|line| line_of(line, currency));
    Ok(Invoiced {
        id: row.id.parse().map_err(|error| bad(format!("{error}")))?,
        number: InvoiceNumber { series: series.to_owned(), number: row.number },
        issued_at: time(row.issued_at)?,
        issuer: row.issuer.as_deref().map(|issuer| from_json("invoice", &row.id, issuer)).transpose()?,
        billed_to: from_json("invoice", &row.id, &row.billed_to)?,
        lines: lines.collect::<Result<_, _>>()?,
        tax: from_json("invoice", &row.id, &row.tax)?,
        totals: Totals {
            net: money(row.net_minor),
            tax: money(row.tax_minor),
            total: money(row.total_minor),
        },
        state: match payment {
            None => InvoiceState::Open,
            Some(payment) => InvoiceState::Paid(time(payment.received_at)?, payment.method.clone()),
        },
        order: row
            .order_id
            .as_deref()
            .map(str::parse)
            .transpose()
            .map_err(|error| bad(format!("{error}")))?,
        credited: Vec::new(),
        disputes: Vec::new(),
    })
}

fn order_line(row: &order::Model) -> Result<OrderLine, Error> {
    let bad = |what: String| Error::corrupt("order", &row.id, what);
    let settled_at = row.settled_at.map(Timestamp::from_micros).transpose();
    let invoice = row.invoice_id.as_deref().map(str::parse).transpose();
    Ok(OrderLine {
        order: order_of(row)?,
        made_by: row.made_by.clone(),
        method: row.method.clone(),
        settled_at: settled_at.map_err(|error| bad(error.to_string()))?,
        invoice: invoice.map_err(|error| bad(format!("{error}")))?,
        sent_to_pay: row.checkout.is_some(),
        charges_itself: row.made_by.is_none(),
    })
}
