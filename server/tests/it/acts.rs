//! Every act of the engine and what it leaves behind, whoever asks: pages, the pipeline, commands, the sweep. N1, N4. One that
//! is in neither list fails; whoever adds an act says here what the log keeps of it.

use crate::tidy::{files, without_tests};
use billing::audit::AuditAct;
use std::collections::BTreeSet;

/// What changes something, and the entry that it leaves.
const LEAVE_AN_ENTRY: &[(&str, AuditAct)] = &[
    ("accept_invitation", AuditAct::InvitationAccepted),
    ("add_member", AuditAct::MemberAdded),
    ("add_pipeline_key", AuditAct::KeyMade),
    ("add_staff", AuditAct::StaffAdded),
    ("advance_sandbox_clock", AuditAct::ClockAdvanced),
    ("answer_request", AuditAct::RequestAnswered),
    ("ask_for_more", AuditAct::MoreRequested),
    ("assign_accounts", AuditAct::AccountsAssigned),
    ("assign_customers", AuditAct::MemberAdded),
    ("assign_operator", AuditAct::AccountsAssigned),
    ("change_account", AuditAct::AccountChanged),
    ("change_account_of", AuditAct::AccountChanged),
    ("change_customer", AuditAct::NotesChanged),
    ("change_key", AuditAct::KeyChanged),
    ("change_limits", AuditAct::LimitsChanged),
    ("change_mode", AuditAct::ModeChanged),
    ("change_password", AuditAct::PasswordChanged),
    ("change_seat", AuditAct::RoleChanged),
    ("check_code", AuditAct::RecoveryCodeUsed),
    ("checkout", AuditAct::PaymentBegun),
    ("choose_main_contact", AuditAct::AccountChanged),
    ("confirm_second_factor", AuditAct::SecondFactorTurnedOn),
    ("decide_next", AuditAct::PlanDecided),
    ("end_other_sessions", AuditAct::SessionEnded),
    ("end_session", AuditAct::SessionEnded),
    ("give_up", AuditAct::OrderGivenUp),
    ("grant", AuditAct::TokensGranted),
    ("import_markup", AuditAct::ListImported),
    ("import_price_book", AuditAct::ListImported),
    ("import_prices", AuditAct::ListImported),
    ("import_rates", AuditAct::ListImported),
    ("invite", AuditAct::MemberInvited),
    ("join", AuditAct::Registered),
    ("make_key", AuditAct::KeyMade),
    ("new_recovery_codes", AuditAct::RecoveryCodesMade),
    ("open_account", AuditAct::AccountOpened),
    ("open_account_of", AuditAct::AccountOpened),
    ("open_customer", AuditAct::CustomerOpened),
    ("open_customer_by", AuditAct::CustomerOpened),
    ("order", AuditAct::OrderMade),
    ("override_cap", AuditAct::SeatCapOverridden),
    ("raise_risk", AuditAct::RiskScoreRaised),
    ("release_hold", AuditAct::HoldReleased),
    ("remove_member", AuditAct::MemberRemoved),
    ("rename", AuditAct::ProfileChanged),
    ("reset_password", AuditAct::PasswordChanged),
    ("reset_risk", AuditAct::RiskScoreReset),
    ("revoke_invitation", AuditAct::InvitationRevoked),
    ("revoke_key", AuditAct::KeyRevoked),
    ("rotate_key", AuditAct::KeyRotated),
    ("save_contact", AuditAct::ContactSaved),
    ("send_invitation_again", AuditAct::InvitationSentAgain),
    ("set_account_limit", AuditAct::LimitsChanged),
    ("set_account_loops", AuditAct::AccountChanged),
    ("set_billing_details", AuditAct::BillingDetailsSaved),
    ("set_billing_details_of", AuditAct::BillingDetailsSaved),
    ("set_concurrency", AuditAct::AccountChanged),
    ("set_event_aside", AuditAct::JobSetAside),
    ("set_grace", AuditAct::CustomerChanged),
    ("set_idle", AuditAct::ModeChanged),
    ("set_key_rate", AuditAct::KeyChanged),
    ("set_limit", AuditAct::LimitsChanged),
    ("set_limits_of", AuditAct::LimitsChanged),
    ("set_payment_block", AuditAct::CustomerChanged),
    ("set_sandbox_clock", AuditAct::ClockAdvanced),
    ("set_seat_cap", AuditAct::SeatCapChanged),
    ("set_tier", AuditAct::PlanChanged),
    ("set_up_plan", AuditAct::PlanChanged),
    ("subscribe", AuditAct::PlanChanged),
    ("switch_contact", AuditAct::ContactSwitched),
    ("switch_control", AuditAct::ControlsChanged),
    ("try_event_again", AuditAct::JobResubmitted),
    ("turn_second_factor_off", AuditAct::SecondFactorTurnedOff),
];

/// What changes something and books itself elsewhere, or leaves nothing that is anybody's doing.
const BOOK_THEMSELVES: &[(&str, &str)] = &[
    ("admit", "the ledger"),
    ("admit_by", "the ledger"),
    ("begin_evaluation", "the ledger: a grant, in the customer that was opened with an entry"),
    ("begin_request", "answers that are kept for a repetition"),
    ("begin_second_factor", "nothing holds before its code confirms it"),
    ("charge_due", "payments and the ledger"),
    ("close_months", "the journal of months"),
    ("come_back", "payments; a plan that is paid leaves `PlanChanged`"),
    ("complete_costs", "the journal of completed costs"),
    ("enter", "the link is used up; the session is seen under one’s own devices"),
    ("expire_lapsed", "the ledger"),
    ("finish", "the ledger"),
    ("finish_by", "the ledger"),
    ("forget_request", "answers that are kept for a repetition"),
    ("hear", "the journal of events, payments and the ledger"),
    ("hear_sandbox", "the same"),
    ("heartbeat", "the production’s own lease"),
    ("heartbeat_by", "the production’s own lease"),
    ("keep_answer", "answers that are kept for a repetition"),
    ("load_catalog_samples", "leaves `ListImported` for every list at once"),
    ("load_samples", "made by the acts of these tables"),
    ("open_replay_customer", "made by the acts of these tables"),
    ("prove", "counts of tries"),
    ("quote", "quotes"),
    ("quote_by", "quotes"),
    ("rebuild_rollups", "sums that are made anew of what was booked"),
    ("reconcile", "payments and the ledger"),
    ("record_call", "the journal of costs"),
    ("record_call_by", "the journal of costs"),
    ("refresh_due", "the ledger and invoices"),
    ("register", "a letter; what its link does leaves the entry"),
    ("report_attempt", "the ledger and the journal of costs"),
    ("report_attempt_by", "the ledger and the journal of costs"),
    ("revert", "leaves the entry of the act by which it puts back"),
    ("sandbox_confirm", "the provider’s objects"),
    ("sandbox_pay", "the provider’s objects"),
    ("send_link", "a letter; what its link does leaves the entry"),
    ("sign_in", "counts of tries"),
    ("take_payments", "payments and the ledger"),
];

/// What reads, or opens and closes the engine.
const READ: &[&str] = &[
    "account",
    "accounts",
    "accounts_of",
    "actors",
    "advised_by",
    "assignments",
    "attach",
    "audit_log",
    "billing_details",
    "capacity_by",
    "close",
    "controls_off",
    "cost_by_day",
    "customer_budget",
    "customer_file",
    "customers",
    "cycle_before",
    "devices",
    "entries",
    "entries_by",
    "has_heard",
    "has_second_factor",
    "idle_since",
    "invited",
    "invoice_of",
    "invoices_of",
    "jobs",
    "key_of",
    "keys_of",
    "limit_history",
    "link",
    "lists_of",
    "loops_off",
    "mailbox",
    "member",
    "method_of",
    "month",
    "open",
    "order_of",
    "orders_of",
    "overview",
    "owners_of",
    "pipeline_key",
    "plan_of",
    "platform_pnl",
    "pnl",
    "preview",
    "price_book",
    "production_title",
    "productions",
    "productions_by",
    "productions_of",
    "raw_costs",
    "ready",
    "receipt",
    "receipt_by",
    "receipt_of",
    "recovery_codes_left",
    "refusal",
    "refusals",
    "request_at",
    "rollup_lag",
    "sample_people",
    "sandbox_page",
    "sandbox_signature",
    "second_factor_setup",
    "sights",
    "standing",
    "standing_refusals",
    "subscription",
    "switches",
    "tariff",
    "tariff_in_force",
    "team",
    "tokens_by_account",
    "tokens_of_a_production",
    "usage",
    "usage_report",
    "verify",
];

#[test]
fn n1_every_act_of_the_engine_says_what_it_leaves_behind() {
    let sources = files("server/engine/src", ".rs");
    let rooms = sources.iter().filter(|(path, _)| !path.contains("/src/db/"));
    let (mut found, mut source) = (BTreeSet::new(), String::new());
    for (_, text) in rooms {
        let text = without_tests(text);
        source.push_str(text);
        found.extend(text.split("pub async fn ").skip(1).filter_map(|rest| {
            let end = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_')?;
            rest.get(..end).map(str::to_owned)
        }));
    }
    let named: Vec<&str> = LEAVE_AN_ENTRY
        .iter()
        .map(|(name, _)| *name)
        .chain(BOOK_THEMSELVES.iter().map(|(name, _)| *name))
        .chain(READ.iter().copied())
        .collect();
    let known: BTreeSet<String> = named.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(known.len(), named.len(), "an act stands in two lists");
    let missing: Vec<_> = found.symmetric_difference(&known).collect();
    assert!(missing.is_empty(), "in the engine or in the lists alone: {missing:?}");
    for (name, act) in LEAVE_AN_ENTRY {
        assert!(source.contains(&format!("AuditAct::{act:?}")), "nothing writes the {act:?} of {name}");
    }
    for (name, where_else) in BOOK_THEMSELVES {
        assert!(!where_else.is_empty(), "{name} books itself nowhere");
    }
}
