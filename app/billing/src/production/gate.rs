//! The gate: one decision over the whole production, all or nothing, before anything runs. G2, G4–G8, K5, T10, 5.15, 5.16.

use super::estimate::Estimate;
use crate::{
    allowance::{Draw, Grant, Source, Wallet},
    budget::{Budget, SeatUse},
    customer::{AccountStatus, PaymentBlock},
    id::{AccountId, CustomerId, KeyId, PersonId},
    money::{Money, MoneyError},
    refusal::{Figures, Reason, Refusal, Remedy, Scope},
    time::Timestamp,
    tokens::Tokens,
};

/// All that a decision depends on, read under one lock.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    /// Whether the platform is idle: closed for maintenance, or stopped in an emergency.
    pub idle: bool,
    /// Who pays.
    pub customer: CustomerId,
    /// The customer's name, for the refusal's words.
    pub customer_name: &'a str,
    /// Why the customer starts nothing, if something is to be paid first.
    pub payment_block: Option<PaymentBlock>,
    /// What it owes for disputed payments; none where it owes nothing.
    pub owed: Option<Money>,
    /// The customer's limit this month; none where none is set.
    pub customer_budget: Option<Budget>,
    /// The most tokens that the customer's tier allows one production.
    pub largest_production: Option<Tokens>,
    /// Who produces.
    pub account: AccountId,
    /// The account's name.
    pub account_name: &'a str,
    /// Whether the account may produce.
    pub status: AccountStatus,
    /// The account's limit this month; none where none is set.
    pub account_budget: Option<Budget>,
    /// How many productions the account runs.
    pub running: i64,
    /// How many it may run at once; none where there is no limit.
    pub concurrency: Option<i64>,
    /// The key that asks, where it has a limit.
    pub key: Option<KeyLimit<'a>>,
    /// The member in whose name it is made, where they have a cap.
    pub seat: Option<SeatCap<'a>>,
    /// The customer's lots.
    pub wallet: &'a Wallet,
    /// When the decision is made.
    pub at: Timestamp,
}

/// A key of the pipeline and its limit.
#[derive(Clone, Copy, Debug)]
pub struct KeyLimit<'a> {
    /// Which key.
    pub id: KeyId,
    /// Its name.
    pub name: &'a str,
    /// Its limit this month.
    pub budget: Budget,
}

/// A member of the team and their cap.
#[derive(Clone, Copy, Debug)]
pub struct SeatCap<'a> {
    /// Who.
    pub id: PersonId,
    /// Their name.
    pub name: &'a str,
    /// The most tokens that their productions may take in a cycle.
    pub cap: Tokens,
    /// What they have taken in this one.
    pub taken: SeatUse,
    /// When the next cycle begins.
    pub resets_at: Timestamp,
}

/// Whether one scope binds: nothing, or the refusal that it is.
type Check = fn(&Facts, &Estimate) -> Result<Option<Refusal>, MoneyError>;

/// "Rejected up front rather than partially running": the scopes in the order in which they are asked. The first that
/// binds is the answer.
const GATE: [Check; 9] = [
    maintenance,
    payment_required,
    account_not_active,
    production_too_large,
    concurrency,
    key_budget,
    account_budget,
    customer_budget,
    seat_cap,
];

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
fn maintenance(facts: &Facts, _: &Estimate) -> Result<Option<Refusal>, MoneyError> {
    let refusal = || plain(Reason::Maintenance, Scope::Platform, vec![Remedy::Wait]);
    Ok(facts.idle.then(refusal))
}

#[expect(clippy::unnecessary_wraps, reason = "one signature for every check of the gate")]
fn payment_required(facts: &Facts, _: &Estimate) -> Result<Option<Refusal>, MoneyError> {
    let refusal = |block| Refusal {
        owed: facts.owed.filter(|_| block == PaymentBlock::DisputedDebt),
        ..plain(Reason::PaymentRequired, customer_scope(facts), vec![Remedy::SettlePayment])
    };
    Ok(facts.payment_block.map(refusal))
}

#[expect(clippy::unnecessary_wraps, reason = "one signature for every check of the gate")]
fn account_not_active(facts: &Facts, _: &Estimate) -> Result<Option<Refusal>, MoneyError> {
    let refusal = || plain(Reason::AccountNotActive, account_scope(facts), vec![Remedy::AskAdministrator]);
    Ok((!facts.status.may_produce()).then(refusal))
}

/// T10: the tier's limit for one production.
#[expect(clippy::unnecessary_wraps, reason = "one signature for every check of the gate")]
fn production_too_large(facts: &Facts, estimate: &Estimate) -> Result<Option<Refusal>, MoneyError> {
    let exceeded = facts.largest_production.filter(|largest| estimate.tokens > *largest);
    Ok(exceeded.map(|largest| Refusal {
        figures: Some(Figures::of_size(largest, estimate.tokens)),
        ..plain(
            Reason::ProductionTooLarge,
            customer_scope(facts),
            vec![Remedy::PlanSmaller, Remedy::ChangePlan],
        )
    }))
}

/// G5: how many productions an account runs at once.
#[expect(clippy::unnecessary_wraps, reason = "one signature for every check of the gate")]
fn concurrency(facts: &Facts, _: &Estimate) -> Result<Option<Refusal>, MoneyError> {
    let reached = facts.concurrency.filter(|limit| facts.running >= *limit);
    Ok(reached.map(|limit| Refusal {
        figures: Some(Figures::of_running(limit, facts.running)),
        ..plain(Reason::Concurrency, account_scope(facts), vec![Remedy::Wait, Remedy::AskAdministrator])
    }))
}

fn key_budget(facts: &Facts, estimate: &Estimate) -> Result<Option<Refusal>, MoneyError> {
    let Some(key) = &facts.key else { return Ok(None) };
    let scope = Scope::Key { id: key.id, name: key.name.to_owned() };
    let remedies = vec![Remedy::RaiseBudget, Remedy::Wait];
    limit(Reason::KeyBudget, scope, Some(&key.budget), estimate, remedies)
}

/// G2: "if an account hits its monthly limit". 5.7 says that buying capacity may lift it for the month.
fn account_budget(facts: &Facts, estimate: &Estimate) -> Result<Option<Refusal>, MoneyError> {
    let remedies = vec![Remedy::RaiseBudget, Remedy::BuyCapacity, Remedy::Wait];
    limit(Reason::AccountBudget, account_scope(facts), facts.account_budget.as_ref(), estimate, remedies)
}

/// G6: set by the platform's staff, so the customer's own people can only ask.
fn customer_budget(facts: &Facts, estimate: &Estimate) -> Result<Option<Refusal>, MoneyError> {
    let remedies = vec![Remedy::AskAdministrator, Remedy::Wait];
    limit(Reason::CustomerBudget, customer_scope(facts), facts.customer_budget.as_ref(), estimate, remedies)
}

/// A monthly limit in money, whosever it is. 5.7: a plan with a step of unknown price is refused only where a limit is
/// set, since nobody can say that it fits.
fn limit(
    reason: Reason,
    scope: Scope,
    budget: Option<&Budget>,
    estimate: &Estimate,
    remedies: Vec<Remedy>,
) -> Result<Option<Refusal>, MoneyError> {
    let Some(budget) = budget else { return Ok(None) };
    if let Some(step) = estimate.unpriced() {
        let remedies = vec![Remedy::ChooseAnotherModel, Remedy::AskAdministrator];
        return Ok(Some(Refusal {
            step: Some(step.clone()),
            ..plain(Reason::PriceUnknown, scope, remedies)
        }));
    }
    if budget.admits(estimate.money)? {
        return Ok(None);
    }
    Ok(Some(Refusal {
        figures: Some(Figures::of_budget(budget, estimate.money)?),
        resets_at: Some(budget.resets_at),
        ..plain(reason, scope, remedies)
    }))
}

#[expect(clippy::unnecessary_wraps, reason = "one signature for every check of the gate")]
fn seat_cap(facts: &Facts, estimate: &Estimate) -> Result<Option<Refusal>, MoneyError> {
    let reached = facts.seat.filter(|seat| !seat.taken.admits(seat.cap, estimate.tokens));
    Ok(reached.map(|seat| Refusal {
        figures: Some(Figures::of_seat(&seat.taken, seat.cap, estimate.tokens)),
        resets_at: Some(seat.resets_at),
        ..plain(
            Reason::SeatCap,
            Scope::Member { id: seat.id, name: seat.name.to_owned() },
            vec![Remedy::AskAdministrator, Remedy::Wait],
        )
    }))
}

/// 5.15: allowance and bought capacity together, the last scope: it is the drawing itself that does not succeed.
fn not_enough_capacity(facts: &Facts, estimate: &Estimate) -> Refusal {
    let lots: Vec<Grant> =
        facts.wallet.grants().iter().filter(|grant| grant.is_open(facts.at)).copied().collect();
    // An evaluation ends and is not refreshed.
    let allowances = lots.iter().filter(|grant| grant.source == Source::Allowance);
    let resets_at = allowances.filter_map(|grant| grant.expires_at).max();
    let remedies = [Some(Remedy::BuyCapacity), resets_at.map(|_| Remedy::Wait)];
    Refusal {
        figures: Some(Figures::of_grants(&lots, estimate.tokens)),
        resets_at,
        ..plain(Reason::NotEnoughCapacity, customer_scope(facts), remedies.into_iter().flatten().collect())
    }
}

const fn plain(reason: Reason, scope: Scope, remedies: Vec<Remedy>) -> Refusal {
    Refusal { reason, scope, figures: None, step: None, resets_at: None, remedies, owed: None }
}

fn account_scope(facts: &Facts) -> Scope {
    Scope::Account { id: facts.account, name: facts.account_name.to_owned() }
}

fn customer_scope(facts: &Facts) -> Scope {
    Scope::Customer { id: facts.customer, name: facts.customer_name.to_owned() }
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
            idle: false,
            customer: CustomerId::new(Ulid::from_parts(1, 1)),
            customer_name: "Northwind",
            payment_block: None,
            owed: None,
            customer_budget: None,
            largest_production: None,
            account: AccountId::new(Ulid::from_parts(1, 2)),
            account_name: "Travel",
            status: AccountStatus::Active,
            account_budget: None,
            running: 0,
            concurrency: None,
            key: None,
            seat: None,
            wallet,
            at: at(),
        }
    }

    fn budget(limit: i64) -> Budget {
        Budget { limit: pounds(limit), spent: pounds(60), held: pounds(20), resets_at: november() }
    }

    /// 100 tokens and 30 micro-pounds, with one step that has no price.
    fn estimate() -> Estimate {
        let line =
            EstimateLine { step: "voice-1".parse().unwrap(), tokens: Tokens::ZERO, money: None, basis: None };
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

    /// Every scope binds; they are lifted one by one, in the order of the interface.
    #[test]
    fn g4_the_first_scope_that_binds_is_the_answer() {
        let (too_few, enough) = (wallet(99, None), wallet(100, None));
        let (tight, wide) = (budget(100), budget(110));
        let mut estimate = estimate();
        let seat = SeatCap {
            id: PersonId::new(Ulid::from_parts(1, 3)),
            name: "Tunde",
            cap: Tokens::new(150).unwrap(),
            taken: SeatUse { used: Tokens::new(40).unwrap(), held: Tokens::new(20).unwrap() },
            resets_at: november(),
        };
        let key = KeyLimit { id: KeyId::new(Ulid::from_parts(1, 4)), name: "Pipeline", budget: tight };
        let mut facts = Facts {
            idle: true,
            payment_block: Some(PaymentBlock::PastGrace),
            status: AccountStatus::Suspended,
            largest_production: Some(Tokens::new(99).unwrap()),
            running: 3,
            concurrency: Some(3),
            key: Some(key),
            account_budget: Some(tight),
            customer_budget: Some(tight),
            seat: Some(seat),
            ..facts(&too_few)
        };
        let mut reasons = Vec::new();
        let mut ask = |facts: &Facts, estimate: &Estimate| {
            reasons.push(
                admit(facts, estimate).unwrap().err().map(|refusal| (refusal.reason, refusal.scope.kind())),
            );
        };
        ask(&facts, &estimate);
        facts.idle = false;
        ask(&facts, &estimate);
        facts.payment_block = None;
        ask(&facts, &estimate);
        facts.status = AccountStatus::Pilot;
        ask(&facts, &estimate);
        facts.largest_production = Some(Tokens::new(100).unwrap());
        ask(&facts, &estimate);
        facts.running = 2;
        ask(&facts, &estimate);
        estimate.lines[0].money = Some(pounds(30));
        ask(&facts, &estimate);
        facts.key = Some(KeyLimit { budget: wide, ..key });
        ask(&facts, &estimate);
        facts.account_budget = Some(wide);
        ask(&facts, &estimate);
        facts.customer_budget = Some(wide);
        ask(&facts, &estimate);
        facts.seat = Some(SeatCap { cap: Tokens::new(160).unwrap(), ..seat });
        ask(&facts, &estimate);
        facts.wallet = &enough;
        ask(&facts, &estimate);
        assert_eq!(
            reasons,
            [
                Some((Reason::Maintenance, "platform")),
                Some((Reason::PaymentRequired, "customer")),
                Some((Reason::AccountNotActive, "account")),
                Some((Reason::ProductionTooLarge, "customer")),
                Some((Reason::Concurrency, "account")),
                Some((Reason::PriceUnknown, "key")),
                Some((Reason::KeyBudget, "key")),
                Some((Reason::AccountBudget, "account")),
                Some((Reason::CustomerBudget, "customer")),
                Some((Reason::SeatCap, "member")),
                Some((Reason::NotEnoughCapacity, "customer")),
                None,
            ]
        );
    }

    #[test]
    fn every_refusal_that_has_an_amount_says_what_is_missing() {
        let wallet = wallet(100, None);
        let mut priced = estimate();
        priced.lines.clear();
        let size = Facts { largest_production: Some(Tokens::new(60).unwrap()), ..facts(&wallet) };
        let Some(Figures::Tokens { limit, available, short_by, .. }) = refused(&size, &priced).figures else {
            panic!()
        };
        assert_eq!([limit.get(), available.get(), short_by.get()], [60, 60, 40]);
        let busy = Facts { running: 4, concurrency: Some(2), ..facts(&wallet) };
        let counted = Figures::Count { limit: 2, used: 0, held: 4, needed: 1, available: -2, short_by: 3 };
        assert_eq!(refused(&busy, &priced).figures, Some(counted));
        let seat = SeatCap {
            id: PersonId::new(Ulid::from_parts(1, 3)),
            name: "Tunde",
            cap: Tokens::new(120).unwrap(),
            taken: SeatUse { used: Tokens::new(40).unwrap(), held: Tokens::new(20).unwrap() },
            resets_at: november(),
        };
        let refusal = refused(&Facts { seat: Some(seat), ..facts(&wallet) }, &priced);
        let Some(Figures::Tokens { limit, used, held, needed, available, short_by }) = refusal.figures else {
            panic!()
        };
        let all = [limit, used, held, needed, available, short_by].map(Tokens::get);
        assert_eq!((all, refusal.resets_at), ([120, 40, 20, 100, 60, 40], Some(november())));
    }

    #[test]
    fn g2_a_limit_refuses_with_its_figures_its_day_and_its_remedies() {
        let wallet = wallet(100, None);
        let mut priced = estimate();
        priced.lines.clear();
        let refusal = refused(&Facts { account_budget: Some(budget(100)), ..facts(&wallet) }, &priced);
        let (limit, used, held, needed) = (pounds(100), pounds(60), pounds(20), pounds(30));
        let (available, short_by) = (pounds(20), pounds(10));
        assert_eq!(refusal.figures, Some(Figures::Money { limit, used, held, needed, available, short_by }));
        assert_eq!((refusal.scope.name(), refusal.resets_at), ("Travel", Some(november())));
        assert_eq!(refusal.remedies, [Remedy::RaiseBudget, Remedy::BuyCapacity, Remedy::Wait]);
    }

    #[test]
    fn a_step_of_unknown_price_is_named_where_a_budget_is_set_and_let_through_where_none_is() {
        let wallet = wallet(100, None);
        let refusal = refused(&Facts { account_budget: Some(budget(1_000)), ..facts(&wallet) }, &estimate());
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
