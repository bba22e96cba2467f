//! One customer's books in memory: read once, changed by decisions, saved as sets of rows, and kept for the next group as long as
//! nobody else has changed them.

use super::{
    Automatic, Desk,
    facts::{Account, Admitted, PaidInvoice, Payer, Production, Promise, ReportedCall, Running, Seat},
    journal::Journal,
    origin::{Asked, Origin},
};
use crate::{
    Error,
    db::{
        allowance::grant_row,
        entity::{dispute, invoice, order, outbox, token_grant},
    },
};
use billing::{
    allowance::{Cause, Grant, Head, Pool, Posting, Transfer, Wallet},
    budget::{Budget, BudgetScope, Limits, SeatUse},
    id::{
        AccountId, CallName, CustomerId, EntryId, GrantId, KeyId, OrderId, OutboxId, PersonId,
        ProductionName, QuoteId, SubscriptionId,
    },
    money::{Cost, Currency, Money, MoneyError},
    payment::InvoiceNumber,
    production::{End, Hold, OpenHold},
    tier::{InUse, Subscription, Terms},
    time::{Month, Timestamp},
    tokens::{OutOfRange, Tokens},
};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// What stands against one limit in one month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spending {
    pub(crate) spent: Cost,
    pub(crate) held: Cost,
    /// When what is spent reached the amount at which somebody is told.
    pub(crate) told_at: Option<Timestamp>,
}

/// A lot that comes into being.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewGrant {
    pub(crate) grant: Grant,
    pub(crate) price_paid: Option<Money>,
    /// The subscription and the number of its cycle, where the lot is an allowance that was refreshed.
    pub(crate) cycle: Option<(SubscriptionId, u32)>,
    /// The order whose payment it was given for.
    pub(crate) order: Option<OrderId>,
}

/// One customer's books.
#[derive(Debug)]
pub(crate) struct Books {
    pub(crate) customer: CustomerId,
    pub(crate) name: String,
    pub(crate) currency: Currency,
    pub(crate) payer: Payer,
    pub(crate) head: Head,
    pub(crate) wallet: Wallet,
    pub(crate) accounts: HashMap<AccountId, Account>,
    /// Productions that the accounts which ask the gate run: admitted, not ended, not lapsed.
    pub(crate) running: HashMap<AccountId, Running>,
    /// Keys by their names.
    pub(crate) keys: HashMap<KeyId, String>,
    pub(crate) seats: HashMap<PersonId, Seat>,
    /// Tokens of a member in the cycle that starts at that instant.
    pub(crate) seat_use: HashMap<(PersonId, Timestamp), SeatUse>,
    pub(crate) limits: HashMap<BudgetScope, Limits>,
    pub(crate) spending: HashMap<(BudgetScope, Month), Spending>,
    pub(crate) quotes: HashMap<QuoteId, Promise>,
    pub(crate) calls: HashMap<CallName, ReportedCall>,
    pub(crate) productions: HashMap<ProductionName, Production>,
    /// Productions of which acts only ask whether, and how, they were admitted.
    pub(crate) admitted: HashMap<ProductionName, Admitted>,
    pub(crate) subscriptions: Vec<Subscription>,
    /// Accounts and seats in use, where an act is about money coming in.
    pub(crate) in_use: InUse,
    pub(crate) orders: HashMap<OrderId, order::Model>,
    pub(crate) charges: HashMap<OutboxId, outbox::Model>,
    /// Invoices that are not paid, by number.
    pub(crate) outstanding: BTreeMap<i64, invoice::Model>,
    /// Invoices that were paid and are named, by number.
    pub(crate) paid: HashMap<i64, PaidInvoice>,
    /// Disputes by the provider's names of them, where an act is about money.
    pub(crate) disputes: BTreeMap<String, dispute::Model>,
    /// What is bought without asking.
    pub(crate) automatic: Automatic,
    /// Events of the payment provider that were taken before.
    pub(crate) known_events: HashSet<String>,
    /// Payments, by the provider's names of them, that have paid for something.
    pub(crate) taken_payments: HashSet<String>,
    /// Orders with a payment that could not be used, which staff know of.
    pub(crate) unused_orders: HashSet<String>,
    /// Tokens charged by this group, by account and day of booking.
    pub(crate) used: BTreeMap<(AccountId, NaiveDate), Tokens>,
    pub(crate) journal: Journal,
    /// Productions that run and that no act of the group names.
    pub(super) unnamed: HashMap<ProductionName, Production>,
    /// Those that have ended in the group before: a look at the tables that was taken ahead of it may still see them run.
    pub(super) ended: HashMap<ProductionName, Production>,
    pub(super) asked: Asked,
    pub(super) origin: Origin,
}

impl Books {
    /// The production of this name, if there is one.
    pub(crate) fn production(&mut self, name: &ProductionName) -> Result<&mut Production, Error> {
        self.productions.get_mut(name).ok_or(Error::NotFound("production"))
    }

    /// The same, where it is of an account that the caller reaches: one that is out of reach does not exist.
    pub(crate) fn production_within(
        &mut self,
        name: &ProductionName,
        within: Option<&BTreeSet<AccountId>>,
    ) -> Result<&mut Production, Error> {
        let production = self.production(name)?;
        let reached = within.is_none_or(|accounts| accounts.contains(&production.account));
        if reached { Ok(production) } else { Err(Error::NotFound("production")) }
    }

    /// What the customer's tier allows; no limits where no tier applies.
    pub(crate) fn terms(&self, desk: &Desk) -> Result<Terms, Error> {
        let Some(tier) = self.payer.tier else { return Ok(Terms::UNLIMITED) };
        Ok(desk.prices()?.offer(tier).map_or(Terms::UNLIMITED, |offer| offer.terms))
    }

    /// What stands against a limit in a month.
    pub(crate) fn spending(&self, scope: BudgetScope, month: Month) -> Spending {
        let nothing = Cost::zero(self.currency);
        let nothing = Spending { spent: nothing, held: nothing, told_at: None };
        self.spending.get(&(scope, month)).copied().unwrap_or(nothing)
    }

    /// A limit and what stands against it; none where none is set.
    pub(crate) fn budget(&self, scope: BudgetScope, month: Month) -> Result<Option<Budget>, Error> {
        let limit = self.limits.get(&scope).and_then(|limits| limits.stop_at(month));
        let Some(limit) = limit else { return Ok(None) };
        let limit = limit.to_cost().map_err(|error| Error::corrupt("budget", format!("{scope:?}"), error))?;
        let Spending { spent, held, .. } = self.spending(scope, month);
        Ok(Some(Budget { limit, spent, held, resets_at: month.end() }))
    }

    /// Moves what stands against every limit that is concerned, in a month, and notes when somebody has to be told.
    pub(crate) fn spend(
        &mut self,
        scopes: impl Iterator<Item = BudgetScope>,
        month: Month,
        desk: &Desk,
        change: impl Fn(&mut Spending) -> Result<(), MoneyError>,
    ) -> Result<(), Error> {
        for scope in scopes {
            let mut spending = self.spending(scope, month);
            change(&mut spending)
                .map_err(|error| Error::corrupt("budget_month", format!("{scope:?}"), error))?;
            let tells = self.limits.get(&scope).is_some_and(|limits| limits.tells(spending.spent));
            spending.told_at = spending.told_at.filter(|_| tells).or(tells.then_some(desk.at));
            self.spending.insert((scope, month), spending);
        }
        Ok(())
    }

    /// Start and end of the cycle that a seat's cap counts in: the allowance's, or the calendar month where there is no
    /// allowance.
    pub(crate) fn cycle(&self, at: Timestamp) -> (Timestamp, Timestamp) {
        self.wallet.cycle(at).unwrap_or((at.month().start(), at.month().end()))
    }

    /// What a member's productions have taken in a cycle.
    pub(crate) fn seat_use(&self, member: PersonId, cycle_starts_at: Timestamp) -> SeatUse {
        self.seat_use.get(&(member, cycle_starts_at)).copied().unwrap_or_default()
    }

    /// Moves what a member's productions have taken; of one that is made in nobody's name, nothing moves.
    pub(crate) fn take(
        &mut self,
        seat: Option<(PersonId, Timestamp)>,
        change: impl FnOnce(&mut SeatUse) -> Result<(), OutOfRange>,
    ) -> Result<(), Error> {
        let Some(key) = seat else { return Ok(()) };
        let mut taken = self.seat_use(key.0, key.1);
        change(&mut taken).map_err(|error| Error::corrupt("seat_cycle", key.0, error))?;
        self.seat_use.insert(key, taken);
        Ok(())
    }

    /// What an invoice is called.
    pub(crate) fn invoice_name(&self, number: i64) -> String {
        let series = self.origin.customer.invoice_series.clone().unwrap_or_default();
        InvoiceNumber { series, number }.to_string()
    }

    /// The row of a lot.
    pub(crate) fn origin_of(&self, grant: GrantId) -> Option<&token_grant::Model> {
        self.origin.grants.get(&grant.to_string())
    }

    /// Adds a lot of tokens.
    pub(crate) fn grant(&mut self, new: NewGrant, desk: &Desk) -> Result<(), Error> {
        let row = grant_row(self.customer, &new, desk.at)?;
        self.origin.grants.insert(row.id.clone(), row.clone());
        self.journal.grants.push(row);
        let moved = self.wallet.grant(new.grant).map_err(|error| self.disagree(error))?;
        self.book(moved, &Cause::default(), desk.at, desk)?;
        Ok(())
    }

    /// Books what has lapsed since the last act.
    pub(crate) fn lapse(&mut self, desk: &Desk) -> Result<(), Error> {
        let lapsed = self.wallet.lapse(desk.at);
        self.book(lapsed, &Cause::default(), desk.at, desk)?;
        Ok(())
    }

    /// Ends a production that runs: what it still holds goes home, what it still might cost no longer counts.
    pub(crate) fn end(
        &mut self,
        name: &ProductionName,
        mut open: OpenHold,
        end: End,
        desk: &Desk,
    ) -> Result<(), Error> {
        let (customer, released) = (self.customer, open.outstanding());
        let moved = self.wallet.release(&mut open, desk.at).map_err(|error| self.disagree(error))?;
        let production = self.production(name)?;
        let (account, seat, cause) = (production.account, production.seat, production.cause(name));
        let budgets = production.budgets(customer);
        self.book(moved, &cause, desk.at, desk)?;
        self.spend(budgets, open.month, desk, |month| {
            month.held = month.held.minus(open.money)?;
            Ok(())
        })?;
        self.take(seat, |taken| {
            taken.held = taken.held.minus(released)?;
            Ok(())
        })?;
        if !open.has_lapsed(desk.at) {
            self.running.entry(account).and_modify(|running| running.count -= 1);
        }
        self.production(name)?.hold = Hold::Ended(open.end(end, desk.at));
        Ok(())
    }

    /// Appends transfers to the ledger and answers the first entry. The lots and the ledger must agree afterwards; where
    /// they do not, the group is given up.
    pub(crate) fn book(
        &mut self,
        transfers: Vec<Transfer>,
        cause: &Cause,
        occurred_at: Timestamp,
        desk: &Desk,
    ) -> Result<Option<EntryId>, Error> {
        self.earn(&transfers, cause, desk)?;
        let mut first = None;
        for transfer in transfers {
            let id = EntryId::new(desk.ids.next(desk.at)?);
            let posting = Posting { id, occurred_at, posted_on: desk.at.day() };
            if let (Pool::Used, Some(account)) = (transfer.credit, cause.account) {
                let used = self.used.entry((account, posting.posted_on)).or_default();
                *used = used
                    .plus(transfer.tokens)
                    .map_err(|error| Error::corrupt("usage_day", account, error))?;
            }
            let entry = self.head.append(self.customer, transfer, cause.clone(), posting);
            self.journal.entries.push(entry.map_err(|error| Error::corrupt("wallet", self.customer, error))?);
            first.get_or_insert(id);
        }
        self.check()?;
        Ok(first)
    }

    fn check(&self) -> Result<(), Error> {
        let lots = self.wallet.grants();
        let left: Tokens = lots.iter().map(|grant| grant.remaining).sum();
        let held: Tokens = lots.iter().map(|grant| grant.held).sum();
        let agree =
            (left, held, self.wallet.overdrawn()) == (self.head.left, self.head.held, self.head.overdrawn);
        if agree { Ok(()) } else { Err(self.disagree("the lots and the ledger disagree")) }
    }

    /// The error that gives a group up.
    pub(crate) fn disagree(&self, what: impl ToString) -> Error {
        Error::corrupt("wallet", self.customer, what)
    }
}
