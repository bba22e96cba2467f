//! What went back of an invoice in words, and what becomes of the forms about it.

use super::reversal::{CreditNoteRow, DisputeRow, RefundForm, ReversalView};
use crate::{
    AppError, flash, format::Format, reader::Reader, respond, team::session::require_fresh, ui::Tone,
};
use billing::{id::InvoiceId, money::Money, team::Permission};
use engine::{
    Engine,
    payment::{CreditNote, CreditReason, DisputeOutcome, Disputed, InvoiceState, Invoiced, RefundOutcome},
};
use serde::{Deserialize, Serialize};

/// The name under which a refund that has to be corrected waits in the session.
const WRONG: &str = "wrong_refund";

/// What somebody has typed of a refund, and what was wrong with it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct WrongRefund {
    /// Of which invoice, by its id.
    pub invoice: String,
    /// The amount, as it was typed.
    pub amount: String,
    /// The reason.
    pub reason: String,
    /// The field and what is wrong with it.
    pub wrong: (String, String),
}

/// Why an invoice was credited.
pub(super) const fn reason_words(reason: CreditReason) -> &'static str {
    match reason {
        CreditReason::Refund => "money given back",
        CreditReason::Dispute => "a dispute that was lost",
    }
}

/// Whether an invoice is paid, and what went back of it since, in a word.
pub(super) fn state(invoice: &Invoiced, format: &Format) -> (Tone, String) {
    let credited: i64 = invoice.credited.iter().map(|note| note.totals.total.minor()).sum();
    let contested = invoice.disputes.iter().any(|one| one.outcome == DisputeOutcome::Open);
    let owes = invoice.disputes.iter().any(|one| one.owed.minor() > 0);
    match &invoice.state {
        InvoiceState::Open => (Tone::Warn, "To be paid".to_owned()),
        InvoiceState::Paid(..) if contested => (Tone::Bad, "Disputed".to_owned()),
        InvoiceState::Paid(..) if owes => (Tone::Bad, "Charged back".to_owned()),
        InvoiceState::Paid(..) if credited >= invoice.totals.total.minor() => {
            (Tone::Calm, "Credited".to_owned())
        }
        InvoiceState::Paid(..) if credited > 0 => {
            let credited = Money::new(credited, invoice.totals.total.currency());
            (Tone::Ok, format!("Paid, {} credited", format.money(credited)))
        }
        InvoiceState::Paid(..) => (Tone::Ok, "Paid".to_owned()),
    }
}

impl ReversalView {
    /// What went back of this invoice, as this reader sees it.
    #[must_use]
    pub fn of(
        invoice: &Invoiced,
        (sandbox, request): (bool, String),
        wrong: Option<WrongRefund>,
        reader: &Reader,
    ) -> Self {
        let (format, staff) = (reader.format, reader.may(Permission::RunPlatform));
        let left = left(invoice).filter(|_| staff);
        let wrong = wrong.filter(|wrong| wrong.invoice == invoice.id.to_string());
        let refund = left.map(|left| RefundForm {
            request,
            amount: wrong.as_ref().map_or_else(|| left.to_string(), |wrong| wrong.amount.clone()),
            reason: wrong.as_ref().map(|wrong| wrong.reason.clone()).unwrap_or_default(),
            most: format!(
                "At most {}. Tokens that it bought and that are free go back with it; a credit note is issued.",
                format.money(left)
            ),
            wrong: wrong.map(|wrong| wrong.wrong),
        });
        let open = invoice.disputes.iter().any(|one| one.outcome == DisputeOutcome::Open);
        let said = |words: &str, verdict: &str| (words.to_owned(), verdict.to_owned());
        let bank = match (staff && sandbox, open, left) {
            (true, true, _) => vec![said("Decide for JARAI", "won"), said("Decide against JARAI", "lost")],
            (true, false, Some(_)) if invoice.disputes.is_empty() => {
                vec![said("Dispute this payment", "open")]
            }
            _ => Vec::new(),
        };
        Self {
            invoice: invoice.id.to_string(),
            credited: invoice.credited.iter().map(|note| note_row(note, format)).collect(),
            disputes: invoice.disputes.iter().map(|one| dispute_row(one, staff, format)).collect(),
            advice: advice(invoice, staff, format),
            refund,
            bank,
        }
    }
}

/// What can still be given back of an invoice; none where that is nothing.
fn left(invoice: &Invoiced) -> Option<Money> {
    let InvoiceState::Paid(..) = invoice.state else { return None };
    let credited = invoice.credited.iter().map(|note| note.totals.total.minor());
    let withheld = invoice.disputes.iter().map(|one| one.withheld.minor());
    let total = invoice.totals.total;
    let left = total.minor() - credited.chain(withheld).sum::<i64>();
    (left > 0).then(|| Money::new(left, total.currency()))
}

fn note_row(note: &CreditNote, format: &Format) -> CreditNoteRow {
    let tokens =
        (!note.tokens.is_zero()).then(|| format!("{} tokens taken back", format.tokens(note.tokens)));
    let facts = [Some(format.date(note.issued_at.day())), Some(reason_words(note.reason).to_owned()), tokens];
    CreditNoteRow {
        page: format!("/credit-notes/{}", note.id),
        number: note.number.to_string(),
        under: facts.into_iter().flatten().collect::<Vec<_>>().join(" · "),
        total: format.money(Money::new(-note.totals.total.minor(), note.totals.total.currency())),
    }
}

fn dispute_row(one: &Disputed, staff: bool, format: &Format) -> DisputeRow {
    let owed = (one.owed.minor() > 0).then(|| format.money(one.owed));
    let facts = [
        Some(format.date(one.opened_at.day())),
        (!one.tokens.is_zero()).then(|| format!("{} tokens taken back", format.tokens(one.tokens))),
        owed.as_ref().map(|owed| format!("{owed} owed: its tokens were used")),
    ];
    DisputeRow {
        id: one.id.clone(),
        state: match one.outcome {
            DisputeOutcome::Open => (Tone::Bad, "Open".to_owned()),
            DisputeOutcome::Won => (Tone::Ok, "Won".to_owned()),
            DisputeOutcome::Lost => (Tone::Calm, "Lost".to_owned()),
        },
        under: facts.into_iter().flatten().collect::<Vec<_>>().join(" · "),
        disputed: format.money(one.disputed),
        owed: owed.filter(|_| staff && one.outcome == DisputeOutcome::Lost),
    }
}

/// What follows from what is owed, and what ends it.
fn advice(invoice: &Invoiced, staff: bool, format: &Format) -> Option<String> {
    let owed: i64 = invoice.disputes.iter().map(|one| one.owed.minor()).sum();
    let owed = (owed > 0).then(|| format.money(Money::new(owed, invoice.totals.total.currency())))?;
    let ends = if staff {
        "Once they have paid it, settle it here with how they did."
    } else {
        "Write to JARAI to pay it: as soon as it is settled, productions start again."
    };
    Some(format!(
        "{owed} is owed: the bank took the money back after its tokens were used. New productions are refused, and what \
         runs finishes. {ends}"
    ))
}

/// What was wrong with a refund before this page.
pub(super) async fn wrong() -> Result<Option<WrongRefund>, AppError> {
    flash::take(WRONG).await
}

fn invoice_id(text: &str) -> Result<InvoiceId, AppError> {
    text.parse().map_err(|_| AppError::NotFound { what: "invoice".to_owned() })
}

/// Gives money back, and goes on to the invoice.
pub(super) async fn refund(
    engine: &Engine,
    (invoice, request): (&str, &str),
    (amount, reason): (String, String),
    reader: &Reader,
) -> Result<(), AppError> {
    let (id, page) = (invoice_id(invoice)?, format!("/invoices/{invoice}"));
    reader.may(Permission::RunPlatform).then_some(()).ok_or(AppError::Forbidden)?;
    require_fresh(&page).await?;
    let wrong = async |field: &str, words: String| {
        respond::see_other(&page);
        let (invoice, wrong) = (invoice.to_owned(), (field.to_owned(), words));
        let kept = WrongRefund { invoice, amount: amount.clone(), reason: reason.clone(), wrong };
        flash::keep(WRONG, &kept).await
    };
    let Ok(money) = Money::typed(amount.trim(), reader.member.currency) else {
        return wrong("amount", "Write an amount such as 12.50. Nothing was given back.".to_owned()).await;
    };
    let (tone, words) = match engine.refund(&reader.member, id, money, (request, &reason)).await {
        Ok(RefundOutcome::Made) => {
            let amount = reader.format.money(money);
            (Tone::Ok, format!("{amount} were given back, and a credit note is issued."))
        }
        Ok(RefundOutcome::Waiting) => {
            let words =
                "The payment provider does not answer. It is tried again by itself, and given back once.";
            (Tone::Warn, words.to_owned())
        }
        Ok(RefundOutcome::Refused(why)) => {
            (Tone::Bad, format!("The payment provider has refused it ({why}). Nothing was given back."))
        }
        Err(engine::Error::Invalid { field, message }) => return wrong(&field, message).await,
        Err(error) => return Err(error.into()),
    };
    respond::see_other(&page);
    flash::say(tone, words).await
}

/// Settles what is owed for a dispute.
pub(super) async fn settle(
    engine: &Engine,
    (invoice, dispute): (&str, &str),
    reason: &str,
    reader: &Reader,
) -> Result<(), AppError> {
    let page = format!("/invoices/{}", invoice_id(invoice)?);
    reader.may(Permission::RunPlatform).then_some(()).ok_or(AppError::Forbidden)?;
    require_fresh(&page).await?;
    let done = engine.settle_debt(&reader.member, reader.member.customer, dispute, reason).await;
    let (tone, words) = match done {
        Ok(()) => (Tone::Ok, "It is settled, and no longer stands against the customer.".to_owned()),
        Err(engine::Error::Invalid { message, .. }) => (Tone::Bad, message),
        Err(error) => return Err(error.into()),
    };
    respond::see_other(&page);
    flash::say(tone, words).await
}

/// Has the sandbox's bank ask for a payment back, or decide about it.
pub(super) async fn dispute(
    engine: &Engine,
    invoice: &str,
    verdict: &str,
    reader: &Reader,
) -> Result<(), AppError> {
    let id = invoice_id(invoice)?;
    let verdict = match verdict {
        "won" => Some(true),
        "lost" => Some(false),
        _ => None,
    };
    engine.sandbox_dispute_of(&reader.member, id, verdict).await?;
    respond::see_other(&format!("/invoices/{invoice}"));
    Ok(())
}
