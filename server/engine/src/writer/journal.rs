//! What a group adds.

use crate::db::entity::{
    account, audit_entry, budget_change, cost_completion, cost_entry, credit_note, invoice, invoice_line,
    outside_call, payment, payment_event, production, production_step, quote, refusal, revenue_entry,
    step_attempt, token_grant, top_up_agreement, top_up_agreement_end,
};
use crate::mail::Told;
use billing::allowance::Entry;

/// Rows that a group adds to append-only tables.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    pub(crate) grants: Vec<token_grant::Model>,
    pub(crate) productions: Vec<production::Model>,
    pub(crate) steps: Vec<production_step::Model>,
    pub(crate) attempts: Vec<step_attempt::Model>,
    pub(crate) entries: Vec<Entry>,
    pub(crate) costs: Vec<cost_entry::Model>,
    /// Costs that have become known, each with the entry that it completes and its attempt, where it is of a step.
    pub(crate) completions: Vec<(cost_entry::Model, Option<step_attempt::Model>, cost_completion::Model)>,
    pub(crate) calls: Vec<outside_call::Model>,
    pub(crate) quotes: Vec<quote::Model>,
    pub(crate) refusals: Vec<refusal::Model>,
    pub(crate) limit_changes: Vec<budget_change::Model>,
    pub(crate) accounts: Vec<account::Model>,
    pub(crate) invoices: Vec<invoice::Model>,
    pub(crate) invoice_lines: Vec<invoice_line::Model>,
    pub(crate) payments: Vec<payment::Model>,
    pub(crate) credit_notes: Vec<credit_note::Model>,
    pub(crate) events: Vec<payment_event::Model>,
    pub(crate) revenue: Vec<revenue_entry::Model>,
    pub(crate) audit: Vec<audit_entry::Model>,
    /// What is told by letter, and to whom.
    pub(crate) told: Vec<Told>,
    pub(crate) agreements: Vec<top_up_agreement::Model>,
    pub(crate) agreement_ends: Vec<top_up_agreement_end::Model>,
}
