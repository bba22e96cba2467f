//! What went back of invoices, for pages.

use super::{CreditReason, Invoiced, credit::withheld};
use crate::{
    Engine, Error,
    db::{
        entity::{credit_note, dispute},
        from_json, from_word,
    },
    team::Member,
};
use billing::{
    id::CreditNoteId,
    money::{Currency, Money},
    payment::{CreditNoteNumber, Issuer, Totals},
    team::Permission,
    time::Timestamp,
    tokens::Tokens,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use std::collections::HashMap;

/// What was credited of an invoice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreditNote {
    /// Which one.
    pub id: CreditNoteId,
    /// Its number.
    pub number: CreditNoteNumber,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// 5.29: by whom, where that was kept.
    pub issuer: Option<Issuer>,
    /// Why.
    pub reason: CreditReason,
    /// What it comes to.
    pub totals: Totals,
    /// The tokens that were taken back with it.
    pub tokens: Tokens,
}

/// Where a dispute has got to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DisputeOutcome {
    /// It is not decided.
    Open,
    /// The money is back.
    Won,
    /// The money is gone for good.
    Lost,
}

/// A payment that whoever has made it contests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disputed {
    /// The provider's name of the dispute.
    pub id: String,
    /// Where it has got to.
    pub outcome: DisputeOutcome,
    /// How much is disputed.
    pub disputed: Money,
    /// What is owed for it: its tokens were spent. Nothing once that was settled.
    pub owed: Money,
    /// What of the payment it withholds beside what was credited: nobody can give that back.
    pub withheld: Money,
    /// The tokens that were taken back with it.
    pub tokens: Tokens,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it was decided.
    pub closed_at: Option<Timestamp>,
}

/// What went back, by the number of the invoice.
type Reversals = HashMap<i64, (Vec<CreditNote>, Vec<Disputed>)>;

impl Engine {
    /// A credit note of the member's customer, and the invoice that it credits.
    pub async fn credit_note_of(
        &self,
        member: &Member,
        note: CreditNoteId,
    ) -> Result<(CreditNote, Invoiced), Error> {
        member.require(Permission::SeeInvoices)?;
        let found = credit_note::Entity::find()
            .filter(credit_note::Column::CustomerId.eq(member.customer.to_string()))
            .filter(credit_note::Column::Id.eq(note.to_string()))
            .one(&self.shared.pools.read)
            .await?
            .ok_or(Error::NotFound("credit note"))?;
        let invoice = self.invoice_numbered(member, found.invoice).await?;
        let note = invoice.credited.iter().find(|known| known.id == note).cloned();
        Ok((note.ok_or(Error::NotFound("credit note"))?, invoice))
    }

    pub(super) async fn reversals_of(
        &self,
        owner: &str,
        numbers: &[i64],
        series: &str,
    ) -> Result<Reversals, Error> {
        let read = &self.shared.pools.read;
        let mut found = Reversals::new();
        let credited = credit_note::Entity::find()
            .filter(credit_note::Column::CustomerId.eq(owner))
            .filter(credit_note::Column::Invoice.is_in(numbers.iter().copied()))
            .order_by_asc(credit_note::Column::Number);
        for row in credited.all(read).await? {
            found.entry(row.invoice).or_default().0.push(note_of(&row, series)?);
        }
        let contested = dispute::Entity::find()
            .filter(dispute::Column::CustomerId.eq(owner))
            .filter(dispute::Column::Invoice.is_in(numbers.iter().copied()))
            .order_by_asc(dispute::Column::OpenedAt);
        let contested = contested.all(read).await?;
        if contested.is_empty() {
            return Ok(found);
        }
        let owner = owner.parse().map_err(|error| Error::corrupt("dispute", owner, error))?;
        let currency = self.currency(owner).await?;
        for row in contested {
            found.entry(row.invoice).or_default().1.push(disputed_of(&row, currency)?);
        }
        Ok(found)
    }
}

fn note_of(row: &credit_note::Model, series: &str) -> Result<CreditNote, Error> {
    let bad = |what: &dyn std::fmt::Display| Error::corrupt("credit_note", &row.id, what.to_string());
    let currency: Currency = from_word("credit_note", &row.id, &row.currency)?;
    let money = |minor| Money::new(minor, currency);
    Ok(CreditNote {
        id: row.id.parse().map_err(|error: billing::id::IdError| bad(&error))?,
        number: CreditNoteNumber { series: series.to_owned(), number: row.number },
        issued_at: Timestamp::from_micros(row.issued_at).map_err(|error| bad(&error))?,
        issuer: row.issuer.as_deref().map(|issuer| from_json("credit_note", &row.id, issuer)).transpose()?,
        reason: from_word("credit_note", &row.id, &row.reason)?,
        totals: Totals {
            net: money(row.net_minor),
            tax: money(row.tax_minor),
            total: money(row.total_minor),
        },
        tokens: Tokens::new(row.clawed_tokens).map_err(|error| bad(&error))?,
    })
}

fn disputed_of(row: &dispute::Model, currency: Currency) -> Result<Disputed, Error> {
    let bad = |what: &dyn std::fmt::Display| Error::corrupt("dispute", &row.id, what.to_string());
    let time = |micros| Timestamp::from_micros(micros).map_err(|error| bad(&error));
    Ok(Disputed {
        id: row.id.clone(),
        outcome: from_word("dispute", &row.id, &row.state)?,
        disputed: Money::new(row.disputed_minor, currency),
        owed: Money::new(if row.settled_at.is_some() { 0 } else { row.owed_minor }, currency),
        withheld: Money::new(withheld(row), currency),
        tokens: Tokens::new(row.clawed_tokens).map_err(|error| bad(&error))?,
        opened_at: time(row.opened_at)?,
        closed_at: row.closed_at.map(time).transpose()?,
    })
}
