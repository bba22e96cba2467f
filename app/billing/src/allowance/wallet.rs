//! A customer's lots together, and the only ways in which their tokens move.
//!
//! Each move answers with the transfers that book it; whoever calls appends them to the ledger. One wallet serves all of
//! a customer's accounts: on Atelier that is the shared pool.

use super::{
    draw::{self, Draw, Short},
    grant::{Grant, Source},
    ledger::{Pool, Transfer},
};
use crate::{
    id::GrantId,
    production::hold::OpenHold,
    time::{Span, Timestamp},
    tokens::{OutOfRange, Tokens},
};

/// All lots of a customer that still matter, in draw order, and what is owed beyond them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wallet {
    grants: Vec<Grant>,
    overdrawn: Tokens,
    /// 5.21: whether what was bought rests, because its owner has no plan.
    bought_rests: bool,
}

/// The lots and a hold disagree: a row was changed by something else than the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WalletError {
    /// A hold has drawn on a lot that is not here.
    #[error("the grant {0} of a hold is missing")]
    GrantMissing(GrantId),
    /// A lot would hold less than nothing or more than it was.
    #[error(transparent)]
    OutOfRange(#[from] OutOfRange),
}

impl Wallet {
    /// The lots of a customer, in any order, and the tokens owed.
    #[must_use]
    pub fn new(mut grants: Vec<Grant>, overdrawn: Tokens) -> Self {
        draw::sort(&mut grants);
        Self { grants, overdrawn, bought_rests: false }
    }

    /// 5.21: what was bought is kept and cannot be drawn on while its owner has no plan.
    pub const fn let_bought_rest(&mut self, rests: bool) {
        self.bought_rests = rests;
    }

    /// The lots that a new production may draw on, in draw order.
    fn usable(&self) -> Vec<Grant> {
        self.grants.iter().filter(|grant| !(self.bought_rests && grant.source.is_bought())).copied().collect()
    }

    /// The lots, in draw order.
    #[must_use]
    pub fn grants(&self) -> &[Grant] {
        &self.grants
    }

    /// What is owed: taken first from the next lot.
    #[must_use]
    pub const fn overdrawn(&self) -> Tokens {
        self.overdrawn
    }

    /// Tokens that a new production can draw at this instant.
    #[must_use]
    pub fn available(&self, at: Timestamp) -> Tokens {
        draw::available(&self.usable(), at)
    }

    /// When the allowance that is open began and when it ends: the cycle that a seat's cap counts in. None without an
    /// allowance, or where it never ends.
    #[must_use]
    pub fn cycle(&self, at: Timestamp) -> Option<(Timestamp, Timestamp)> {
        let open = || self.grants.iter().filter(|grant| grant.source.is_allowance() && grant.is_open(at));
        let starts_at = open().map(|grant| grant.effective_at).min()?;
        open().filter_map(|grant| grant.expires_at).max().map(|ends_at| (starts_at, ends_at))
    }

    /// Adds a lot; a recorded overdraft is taken from it first (5.17).
    pub fn grant(&mut self, mut grant: Grant) -> Result<Vec<Transfer>, WalletError> {
        let mut moved = vec![transfer(Pool::Issued, Pool::Available, Some(grant.id), grant.amount)];
        let repaid = self.overdrawn.min(grant.remaining);
        grant.remaining = grant.remaining.minus(repaid)?;
        self.overdrawn = self.overdrawn.minus(repaid)?;
        moved.push(transfer(Pool::Available, Pool::Overdrawn, Some(grant.id), repaid));
        self.grants.push(grant);
        draw::sort(&mut self.grants);
        Ok(booked(moved))
    }

    /// Books the remainders of lots that have expired as lapsed. What running productions hold stays theirs (5.20).
    pub fn lapse(&mut self, at: Timestamp) -> Vec<Transfer> {
        let expired = self.grants.iter_mut().filter(|grant| grant.has_expired(at));
        booked(expired.map(|grant| {
            let rest = std::mem::take(&mut grant.remaining);
            transfer(Pool::Available, Pool::Lapsed, Some(grant.id), rest)
        }))
    }

    /// 5.5: ends the lots of one source and gives up what is left of them; what running productions hold stays theirs.
    pub fn forfeit(&mut self, source: Source, at: Timestamp) -> Vec<Transfer> {
        let given_up = self.grants.iter_mut().filter(|grant| grant.source == source && grant.is_open(at));
        booked(given_up.map(|grant| {
            grant.expires_at = Some(at.max(grant.effective_at.after(Span::micros(1))));
            let rest = std::mem::take(&mut grant.remaining);
            transfer(Pool::Available, Pool::Lapsed, Some(grant.id), rest)
        }))
    }

    /// Takes tokens of a lot back to where they came from, as many as nobody holds or has used, up to `most`. I-36.
    pub fn claw_back(&mut self, lot: GrantId, most: Tokens) -> Result<Vec<Transfer>, WalletError> {
        let grant = self.find(lot)?;
        let taken = grant.remaining.min(most);
        grant.remaining = grant.remaining.minus(taken)?;
        grant.clawed = grant.clawed.plus(taken)?;
        Ok(booked([transfer(Pool::Available, Pool::Issued, Some(lot), taken)]))
    }

    /// Gives back what was taken of a lot, once its money is there again. I-37.
    pub fn restore(&mut self, lot: GrantId, tokens: Tokens) -> Result<Vec<Transfer>, WalletError> {
        let grant = self.find(lot)?;
        grant.clawed = grant.clawed.minus(tokens)?;
        grant.remaining = grant.remaining.plus(tokens)?;
        Ok(booked([transfer(Pool::Issued, Pool::Available, Some(lot), tokens)]))
    }

    /// Puts a lot beside the others that was left out because it is used up.
    pub fn recall(&mut self, grant: Grant) {
        if self.grants.iter().all(|known| known.id != grant.id) {
            self.grants.push(grant);
            draw::sort(&mut self.grants);
        }
    }

    /// Forgets the lots that are used up and have ended: nothing happens to one unless it is [recalled](Self::recall).
    pub fn forget_spent(&mut self, at: Timestamp) {
        self.grants.retain(|lot| {
            let has_something = !lot.remaining.is_zero() || !lot.held.is_zero();
            has_something || lot.expires_at.is_some_and(|end| end > at)
        });
    }

    /// Says which lots would give the tokens of a production, all or nothing.
    pub fn draw(&self, tokens: Tokens, at: Timestamp) -> Result<Vec<Draw>, Short> {
        draw::draw(&self.usable(), tokens, at)
    }

    /// Sets aside what [`Wallet::draw`] named.
    pub fn hold(&mut self, draws: &[Draw]) -> Result<Vec<Transfer>, WalletError> {
        for draw in draws {
            let grant = self.find(draw.grant)?;
            grant.remaining = grant.remaining.minus(draw.tokens)?;
            grant.held = grant.held.plus(draw.tokens)?;
        }
        Ok(draws
            .iter()
            .map(|draw| transfer(Pool::Available, Pool::Held, Some(draw.grant), draw.tokens))
            .collect())
    }

    /// Charges a step: from what its production holds, in draw order; then, since a production that was admitted is let
    /// finish, from what is left; then as an overdraft. I-8.
    pub fn capture(
        &mut self,
        hold: &mut OpenHold,
        tokens: Tokens,
        at: Timestamp,
    ) -> Result<Vec<Transfer>, WalletError> {
        let mut missing = tokens;
        let mut moved = Vec::new();
        for drawn in &mut hold.draws {
            let taken = drawn.outstanding().min(missing);
            if taken.is_zero() {
                continue; // a lot that is used up need not be here
            }
            missing = missing.minus(taken)?;
            drawn.captured = drawn.captured.plus(taken)?;
            let grant = self.find(drawn.grant)?;
            grant.held = grant.held.minus(taken)?;
            moved.push(transfer(Pool::Held, Pool::Used, Some(drawn.grant), taken));
        }
        hold.overrun = hold.overrun.plus(missing)?;
        for overrun in draw::draw_up_to(&self.grants, missing, at) {
            missing = missing.minus(overrun.tokens)?;
            let grant = self.find(overrun.grant)?;
            grant.remaining = grant.remaining.minus(overrun.tokens)?;
            moved.push(transfer(Pool::Available, Pool::Used, Some(overrun.grant), overrun.tokens));
        }
        self.overdrawn = self.overdrawn.plus(missing)?;
        moved.push(transfer(Pool::Overdrawn, Pool::Used, None, missing));
        Ok(booked(moved))
    }

    /// Gives back what a production no longer needs: to the lots that it came from, or, where a lot has expired
    /// meanwhile, to nobody. I-10.
    pub fn release(&mut self, hold: &mut OpenHold, at: Timestamp) -> Result<Vec<Transfer>, WalletError> {
        let mut moved = Vec::new();
        for drawn in &mut hold.draws {
            let rest = drawn.outstanding();
            if rest.is_zero() {
                continue;
            }
            drawn.returned = drawn.returned.plus(rest)?;
            let grant = self.find(drawn.grant)?;
            grant.held = grant.held.minus(rest)?;
            if grant.has_expired(at) {
                moved.push(transfer(Pool::Held, Pool::Lapsed, Some(drawn.grant), rest));
            } else {
                grant.remaining = grant.remaining.plus(rest)?;
                moved.push(transfer(Pool::Held, Pool::Available, Some(drawn.grant), rest));
            }
        }
        Ok(booked(moved))
    }

    fn find(&mut self, id: GrantId) -> Result<&mut Grant, WalletError> {
        self.grants.iter_mut().find(|grant| grant.id == id).ok_or(WalletError::GrantMissing(id))
    }
}

const fn transfer(debit: Pool, credit: Pool, grant: Option<GrantId>, tokens: Tokens) -> Transfer {
    Transfer { debit, credit, grant, tokens }
}

/// Only what moved at all is booked.
fn booked(moved: impl IntoIterator<Item = Transfer>) -> Vec<Transfer> {
    moved.into_iter().filter(|transfer| !transfer.tokens.is_zero()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        money::{Cost, Currency},
        production::hold::{HoldDraw, Stage},
    };
    use ulid::Ulid;

    fn at() -> Timestamp {
        "2026-10-22T16:40:00Z".parse().unwrap()
    }

    fn tokens(count: i64) -> Tokens {
        Tokens::new(count).unwrap()
    }

    fn grant_id(number: u128) -> GrantId {
        GrantId::new(Ulid::from_parts(1, number))
    }

    fn tomorrow() -> Timestamp {
        at().after(Span::days(1))
    }

    /// Lot 1: an allowance of ten until tomorrow. Lot 2: ten that were bought.
    fn wallet() -> Wallet {
        let allowance = Grant::new(grant_id(1), Source::Allowance, tokens(10), at(), Some(tomorrow()));
        let bought = Grant::new(grant_id(2), Source::TopUp, tokens(10), at(), None);
        Wallet::new(vec![bought, allowance], Tokens::ZERO)
    }

    fn hold(wallet: &mut Wallet, size: i64) -> OpenHold {
        let draws = wallet.draw(tokens(size), at()).unwrap();
        wallet.hold(&draws).unwrap();
        OpenHold {
            stage: Stage::Admitted,
            expires_at: at().after(Stage::Admitted.lease()),
            draws: draws.iter().map(HoldDraw::of).collect(),
            overrun: Tokens::ZERO,
            money: Cost::zero(Currency::Gbp),
            month: at().month(),
        }
    }

    fn moved(debit: Pool, credit: Pool, lot: Option<u128>, count: i64) -> Transfer {
        transfer(debit, credit, lot.map(grant_id), tokens(count))
    }

    #[test]
    fn i8_a_capture_takes_the_hold_then_what_is_left_then_owes() {
        let mut wallet = wallet();
        let mut hold = hold(&mut wallet, 12);
        let entries = wallet.capture(&mut hold, tokens(25), at()).unwrap();
        assert_eq!(
            entries,
            [
                moved(Pool::Held, Pool::Used, Some(1), 10),
                moved(Pool::Held, Pool::Used, Some(2), 2),
                moved(Pool::Available, Pool::Used, Some(2), 8),
                moved(Pool::Overdrawn, Pool::Used, None, 5),
            ]
        );
        assert_eq!((hold.overrun, wallet.overdrawn()), (tokens(13), tokens(5)));
    }

    #[test]
    fn an_overdraft_is_taken_first_from_the_next_lots() {
        let mut wallet = Wallet::new(Vec::new(), tokens(15));
        let lot = |number| Grant::new(grant_id(number), Source::TopUp, tokens(10), at(), None);
        let entries = wallet.grant(lot(1)).unwrap();
        assert_eq!(
            entries,
            [
                moved(Pool::Issued, Pool::Available, Some(1), 10),
                moved(Pool::Available, Pool::Overdrawn, Some(1), 10),
            ]
        );
        wallet.grant(lot(2)).unwrap();
        assert_eq!((wallet.available(at()), wallet.overdrawn()), (tokens(5), Tokens::ZERO));
    }

    #[test]
    fn i10_settled_at_40_per_cent_each_lot_gets_back_its_part() {
        let mut wallet = wallet();
        let mut hold = hold(&mut wallet, 20);
        wallet.capture(&mut hold, tokens(8), at()).unwrap();
        let entries = wallet.release(&mut hold, at()).unwrap();
        assert_eq!(
            entries,
            [moved(Pool::Held, Pool::Available, Some(1), 2), moved(Pool::Held, Pool::Available, Some(2), 10),]
        );
        assert_eq!(wallet.release(&mut hold, at()), Ok(Vec::new()), "once");
    }

    #[test]
    fn i41_a_lot_that_ends_keeps_what_is_held_and_takes_nothing_back() {
        let mut wallet = wallet();
        let mut hold = hold(&mut wallet, 6);
        assert_eq!(wallet.lapse(tomorrow()), [moved(Pool::Available, Pool::Lapsed, Some(1), 4)]);
        assert_eq!(wallet.lapse(tomorrow()), [], "once");
        let charged = wallet.capture(&mut hold, tokens(5), tomorrow()).unwrap();
        assert_eq!(charged, [moved(Pool::Held, Pool::Used, Some(1), 5)]);
        let released = wallet.release(&mut hold, tomorrow()).unwrap();
        assert_eq!(released, [moved(Pool::Held, Pool::Lapsed, Some(1), 1)]);
        assert_eq!(wallet.available(tomorrow()), tokens(10));
    }

    #[test]
    fn reading_5_5_what_is_given_up_lapses_and_what_is_held_does_not() {
        let mut wallet = wallet();
        hold(&mut wallet, 4);
        let later = at().after(Span::hours(1));
        assert_eq!(
            wallet.forfeit(Source::Allowance, later),
            [moved(Pool::Available, Pool::Lapsed, Some(1), 6)]
        );
        assert_eq!(wallet.cycle(later), None, "it has ended");
        assert_eq!((wallet.forfeit(Source::Allowance, later), wallet.available(later)), (vec![], tokens(10)));
    }

    #[test]
    fn reading_5_21_what_was_bought_is_kept_and_rests_without_a_plan() {
        let mut wallet = wallet();
        wallet.let_bought_rest(true);
        assert_eq!((wallet.available(at()), wallet.draw(tokens(11), at()).is_err()), (tokens(10), true));
        wallet.let_bought_rest(false);
        assert_eq!(wallet.available(at()), tokens(20));
    }

    #[test]
    fn a_lot_that_is_used_up_need_not_be_here_but_one_that_is_held_must() {
        let mut all = wallet();
        let mut hold = hold(&mut all, 15);
        all.capture(&mut hold, tokens(10), at()).unwrap();
        let bought = all.grants().iter().copied().filter(|lot| lot.id == grant_id(2)).collect();
        let mut rest = Wallet::new(bought, Tokens::ZERO);
        assert_eq!(rest.capture(&mut hold, tokens(1), at()).unwrap().len(), 1);

        let mut none = Wallet::new(Vec::new(), Tokens::ZERO);
        assert_eq!(none.release(&mut hold, at()), Err(WalletError::GrantMissing(grant_id(2))));
    }

    #[test]
    fn a7_the_cycle_is_that_of_the_allowance_that_is_open() {
        assert_eq!(wallet().cycle(at()), Some((at(), tomorrow())));
        assert_eq!(wallet().cycle(tomorrow()), None, "it has ended, and what was bought has no cycle");
        let endless = Grant::new(grant_id(3), Source::Allowance, tokens(1), at(), None);
        assert_eq!(Wallet::new(vec![endless], Tokens::ZERO).cycle(at()), None);
    }
}
