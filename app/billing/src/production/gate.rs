//! The gate: one decision over the whole production, all or nothing, before anything runs. G2, G4, 5.15, 5.16.

use super::estimate::Estimate;
use crate::{
    allowance::{Draw, Grant, Source, Wallet},
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
const GATE: [Check; 3] = [account_not_active, price_unknown, account_budget];

/// Admits the whole production, and says from which lots its tokens come, or refuses it with the reason and the ways out.
pub fn admit(facts: &Facts, estimate: &Estimate) -> Result<Result<Vec<Draw>, Refusal>, MoneyError> {
    for check in GATE {
        if let Some(refusal) = check(facts, estimate)? {
            return Ok(Err(refusal));
        }
    }
    Ok(facts.wallet.draw(estimate.tokens, facts.at).map_err(|_| not_enough_capacity(facts, estimate)))
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

/// 5.15: allowance and bought capacity together, the last scope: it is the drawing itself that does not succeed.
fn not_enough_capacity(facts: &Facts, estimate: &Estimate) -> Refusal {
    let lots: Vec<Grant> =
        facts.wallet.grants().iter().filter(|grant| grant.is_open(facts.at)).copied().collect();
    // An evaluation ends and is not refreshed.
    let allowances = lots.iter().filter(|grant| grant.source == Source::Allowance);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        allowance::{Grant, Source},
        id::GrantId,
        money::{Cost, Currency},
        production::EstimateLine,
        refusal::{Figures, Reason, Remedy},
        tokens::Tokens,
    };
    use ulid::Ulid;

    fn at() -> Timestamp {
        "2026-10-22T16:40:00Z".parse().unwrap()
    }

    fn november() -> Timestamp {
        "2026-11-01T00:00:00Z".parse().unwrap()
    }

    fn pounds(micros: i64) -> Cost {
        Cost::new(micros, Currency::Gbp)
    }

    fn wallet(allowance: i64, until: Option<Timestamp>) -> Wallet {
        let (id, tokens) = (GrantId::new(Ulid::from_parts(1, 1)), Tokens::new(allowance).unwrap());
        Wallet::new(vec![Grant::new(id, Source::Allowance, tokens, at(), until)], Tokens::ZERO)
    }

    /// A customer without a limit.
    fn facts(wallet: &Wallet) -> Facts<'_> {
        Facts {
            customer: CustomerId::new(Ulid::from_parts(1, 1)),
            customer_name: "Northwind",
            account: AccountId::new(Ulid::from_parts(1, 2)),
            account_name: "Travel",
            status: AccountStatus::Active,
            budget: None,
            wallet,
            at: at(),
        }
    }

    fn budget(limit: i64) -> Budget {
        Budget { limit: pounds(limit), spent: pounds(60), held: pounds(20), resets_at: november() }
    }

    /// 100 tokens and 30 micro-pounds, with one step that has no price.
    fn estimate() -> Estimate {
        let line = EstimateLine { step: "voice-1".parse().unwrap(), tokens: Tokens::ZERO, money: None };
        Estimate {
            tariff_version: 1,
            tokens: Tokens::new(100).unwrap(),
            money: pounds(30),
            lines: vec![line],
        }
    }

    fn refused(facts: &Facts, estimate: &Estimate) -> Refusal {
        admit(facts, estimate).unwrap().unwrap_err()
    }

    #[test]
    fn g4_the_first_scope_that_binds_is_the_answer() {
        let (too_few, enough) = (wallet(99, None), wallet(100, None));
        let mut estimate = estimate();
        let mut facts =
            Facts { status: AccountStatus::Suspended, budget: Some(budget(100)), ..facts(&too_few) };
        assert_eq!(refused(&facts, &estimate).reason, Reason::AccountNotActive);
        facts.status = AccountStatus::Pilot;
        assert_eq!(refused(&facts, &estimate).reason, Reason::PriceUnknown);
        estimate.lines[0].money = Some(pounds(30));
        assert_eq!(refused(&facts, &estimate).reason, Reason::AccountBudget);
        facts.budget = Some(budget(110));
        assert_eq!(refused(&facts, &estimate).reason, Reason::NotEnoughCapacity);
        facts.wallet = &enough;
        assert!(admit(&facts, &estimate).unwrap().is_ok());
    }

    #[test]
    fn g2_a_limit_refuses_with_its_figures_its_day_and_its_remedies() {
        let wallet = wallet(100, None);
        let mut priced = estimate();
        priced.lines.clear();
        let refusal = refused(&Facts { budget: Some(budget(100)), ..facts(&wallet) }, &priced);
        let (limit, used, held, needed) = (pounds(100), pounds(60), pounds(20), pounds(30));
        let (available, short_by) = (pounds(20), pounds(10));
        assert_eq!(refusal.figures, Some(Figures::Money { limit, used, held, needed, available, short_by }));
        assert_eq!((refusal.scope.name(), refusal.resets_at), ("Travel", Some(november())));
        assert_eq!(refusal.remedies, [Remedy::RaiseBudget, Remedy::BuyCapacity, Remedy::Wait]);
    }

    #[test]
    fn a_step_of_unknown_price_is_named_where_a_budget_is_set_and_let_through_where_none_is() {
        let wallet = wallet(100, None);
        let refusal = refused(&Facts { budget: Some(budget(1_000)), ..facts(&wallet) }, &estimate());
        assert_eq!(refusal.step, Some("voice-1".parse().unwrap()));
        assert!(admit(&facts(&wallet), &estimate()).unwrap().is_ok());
    }

    #[test]
    fn waiting_helps_only_where_an_allowance_refreshes() {
        let (refreshes, stays) = (wallet(99, Some(november())), wallet(99, None));
        let refusal = refused(&facts(&refreshes), &estimate());
        assert_eq!((refusal.scope.name(), refusal.resets_at), ("Northwind", Some(november())));
        assert_eq!(refusal.remedies, [Remedy::BuyCapacity, Remedy::Wait]);
        let refusal = refused(&facts(&stays), &estimate());
        assert_eq!((refusal.resets_at, refusal.remedies), (None, vec![Remedy::BuyCapacity]));
    }

    #[test]
    fn h10_only_an_active_or_pilot_account_produces() {
        let wallet = wallet(100, None);
        let admitted = |status| admit(&Facts { status, ..facts(&wallet) }, &estimate()).unwrap().is_ok();
        assert!(admitted(AccountStatus::Active) && admitted(AccountStatus::Pilot));
        assert!(!admitted(AccountStatus::Suspended) && !admitted(AccountStatus::Closed));
    }
}
