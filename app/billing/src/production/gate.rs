//! The gate: one decision over the whole production, all or nothing, before anything runs. G2, G4, 5.15, 5.16.

use super::estimate::Estimate;
use crate::{
    allowance::{Draw, Grant, Wallet},
    budget::Budget,
    customer::AccountStatus,
    id::{AccountId, CustomerId},
    money::MoneyError,
    refusal::{Figures, Reason, Refusal, Remedy, Scope},
    time::Timestamp,
};

/// All that a decision depends on, read under one lock.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    /// Who pays.
    pub customer: CustomerId,
    /// The customer's name, for the refusal's words.
    pub customer_name: &'a str,
    /// Who produces.
    pub account: AccountId,
    /// The account's name.
    pub account_name: &'a str,
    /// Whether the account may produce.
    pub status: AccountStatus,
    /// The account's limit this month; none where none is set.
    pub budget: Option<Budget>,
    /// The customer's lots.
    pub wallet: &'a Wallet,
    /// When the decision is made.
    pub at: Timestamp,
}

/// Whether one scope binds: nothing, or the refusal that it is.
type Check = fn(&Facts, &Estimate) -> Result<Option<Refusal>, MoneyError>;

/// "Rejected up front rather than partially running": the scopes in the order in which they are asked. The first that
/// binds is the answer.
const GATE: [Check; 4] = [account_not_active, price_unknown, account_budget, not_enough_capacity];

/// Admits the whole production, and says from which lots its tokens come, or refuses it with the reason and the ways out.
pub fn admit(facts: &Facts, estimate: &Estimate) -> Result<Result<Vec<Draw>, Refusal>, MoneyError> {
    for check in GATE {
        if let Some(refusal) = check(facts, estimate)? {
            return Ok(Err(refusal));
        }
    }
    Ok(facts.wallet.draw(estimate.tokens, facts.at).map_err(|_| capacity_refusal(facts, estimate)))
}

#[expect(clippy::unnecessary_wraps, reason = "one signature for every check of the gate")]
fn account_not_active(facts: &Facts, _: &Estimate) -> Result<Option<Refusal>, MoneyError> {
    let refusal = || Refusal {
        reason: Reason::AccountNotActive,
        scope: account_scope(facts),
        figures: None,
        step: None,
        resets_at: None,
        remedies: vec![Remedy::AskAdministrator],
    };
    Ok((!facts.status.may_produce()).then(refusal))
}

/// 5.7: a plan with a step of unknown price is refused only where a budget is set, since nobody can say that it fits.
#[expect(clippy::unnecessary_wraps, reason = "one signature for every check of the gate")]
fn price_unknown(facts: &Facts, estimate: &Estimate) -> Result<Option<Refusal>, MoneyError> {
    let (Some(_), Some(step)) = (&facts.budget, estimate.unpriced()) else { return Ok(None) };
    Ok(Some(Refusal {
        reason: Reason::PriceUnknown,
        scope: account_scope(facts),
        figures: None,
        step: Some(step.clone()),
        resets_at: None,
        remedies: vec![Remedy::ChooseAnotherModel, Remedy::AskAdministrator],
    }))
}

fn account_budget(facts: &Facts, estimate: &Estimate) -> Result<Option<Refusal>, MoneyError> {
    let Some(budget) = &facts.budget else { return Ok(None) };
    if budget.admits(estimate.money)? {
        return Ok(None);
    }
    Ok(Some(Refusal {
        reason: Reason::AccountBudget,
        scope: account_scope(facts),
        figures: Some(Figures::of_budget(budget, estimate.money)?),
        step: None,
        resets_at: Some(budget.resets_at),
        remedies: vec![Remedy::RaiseBudget, Remedy::BuyCapacity, Remedy::Wait],
    }))
}

#[expect(clippy::unnecessary_wraps, reason = "one signature for every check of the gate")]
fn not_enough_capacity(facts: &Facts, estimate: &Estimate) -> Result<Option<Refusal>, MoneyError> {
    let fits = estimate.tokens <= facts.wallet.available(facts.at);
    Ok((!fits).then(|| capacity_refusal(facts, estimate)))
}

fn capacity_refusal(facts: &Facts, estimate: &Estimate) -> Refusal {
    let lots: Vec<Grant> =
        facts.wallet.grants().iter().filter(|grant| grant.is_open(facts.at)).copied().collect();
    let allowances = lots.iter().filter(|grant| grant.source.is_allowance());
    let resets_at = allowances.filter_map(|grant| grant.expires_at).max();
    Refusal {
        reason: Reason::NotEnoughCapacity,
        scope: Scope::Customer { id: facts.customer, name: facts.customer_name.to_owned() },
        figures: Some(Figures::of_grants(&lots, estimate.tokens)),
        step: None,
        resets_at,
        remedies: [Some(Remedy::BuyCapacity), resets_at.map(|_| Remedy::Wait)]
            .into_iter()
            .flatten()
            .collect(),
    }
}

fn account_scope(facts: &Facts) -> Scope {
    Scope::Account { id: facts.account, name: facts.account_name.to_owned() }
}
