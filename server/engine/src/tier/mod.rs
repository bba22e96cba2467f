//! "Your monthly allowance refreshes each billing cycle." Subscriptions: what they grant, when they renew, how they change.
//! A4–A8, 5.22, 5.33; I-39, I-42, I-43.
//!
//! The refresh is part of every group of acts: whatever is due to a customer that the group touches is granted, and its
//! renewal invoiced, before anything is decided, so that nobody is refused at midnight because a job has not come by. The
//! sweep touches those that nobody else does.

mod book;
mod change;

pub(crate) use book::have_one as have_price_book;
pub use change::{Advised, PlanState};

use crate::{
    Engine, Error,
    audit::Note,
    db::entity::{customer, subscription},
    mail::past_grace,
    payment::{NewInvoice, plan_words},
    team::Member,
    writer::{Act, Books, Desk, NewGrant, Touch},
};
use billing::{
    allowance::{Grant, Source},
    audit::{Actor, AuditAct},
    id::{CustomerId, GrantId, SubscriptionId},
    money::Money,
    payment::{Line, Totals},
    team::Permission,
    tier::{Next, Plan, Renewal, Status, Subscription, Turn},
    tokens::Tokens,
};
use chrono::NaiveDate;
use sea_orm::{
    ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{ExprTrait, Query},
};

/// Customers whose cycles one sweep refreshes; the next one follows seconds later.
const SWEEP: u64 = 256;

/// T5: what was agreed by contract, whatever the price book says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contract {
    /// What each cycle grants.
    pub allowance: Tokens,
    /// What a term costs, net of tax, in what the customer is billed in.
    pub price: Money,
}

/// What a customer is subscribed to by JARAI's own staff.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewSubscription {
    /// The plan.
    pub plan: Plan,
    /// The day from which its cycles are counted; not in the future.
    pub anchor_on: NaiveDate,
    /// What was agreed; none goes by the price book.
    pub contract: Option<Contract>,
}

/// The act: a subscription begins.
pub(crate) struct Subscribe {
    pub(crate) customer: CustomerId,
    pub(crate) new: NewSubscription,
    pub(crate) by: Actor,
}

impl Act for Subscribe {
    type Answer = SubscriptionId;

    fn touches(&self) -> Touch {
        Touch::wallet(self.customer)
    }

    fn decide(&self, books: &mut Books, desk: &Desk) -> Result<SubscriptionId, Error> {
        let NewSubscription { plan, anchor_on, contract } = self.new;
        let invalid = |field: &str, message: String| Error::Invalid { field: field.to_owned(), message };
        if anchor_on > desk.at.day() {
            return Err(invalid("anchor", "a subscription does not start in the future".to_owned()));
        }
        if books.subscription().is_some() {
            return Err(invalid("plan", "the customer has a subscription".to_owned()));
        }
        let id = SubscriptionId::new(desk.ids.next(desk.at)?);
        let new = match contract {
            Some(Contract { allowance, price }) => Subscription {
                id,
                plan,
                anchor_on,
                allowance,
                price,
                by_contract: true,
                term_from: 0,
                next: Next::Renew,
                status: Status::Active,
                refreshed_cycles: 0,
            },
            None => Subscription::new(id, plan, desk.prices()?, books.currency, anchor_on)
                .map_err(|error| invalid("plan", error.to_string()))?,
        };
        if new.price.minor() > 0 {
            let term = new.term();
            books.bill(&Renewal { plan, term }, id, desk)?;
        }
        books.begin_subscription(new, desk)?;
        let note = Note::of(self.customer, self.by, AuditAct::PlanChanged, self.customer);
        books.note(&note.with("plan", plan_words(plan)), desk)?;
        Ok(id)
    }
}

/// The act of the sweep: the group's own refresh does all there is to do.
struct Refresh {
    customer: CustomerId,
}

impl Act for Refresh {
    type Answer = ();

    fn touches(&self) -> Touch {
        Touch::wallet(self.customer)
    }

    fn decide(&self, _: &mut Books, _: &Desk) -> Result<(), Error> {
        Ok(())
    }
}

impl Books {
    /// The subscription that is at work, if there is one.
    pub(crate) fn subscription(&self) -> Option<&Subscription> {
        self.subscriptions.iter().find(|subscription| subscription.is_active())
    }

    /// Begins a subscription: what rested or waited before it is over, and what is due of it is granted at once.
    pub(crate) fn begin_subscription(&mut self, new: Subscription, desk: &Desk) -> Result<(), Error> {
        for paused in self.subscriptions.iter_mut().filter(|known| known.status == Status::Paused) {
            paused.status = Status::Ended;
        }
        let given_up = self.wallet.forfeit(Source::Evaluation, desk.at); // 5.5
        self.book(given_up, &billing::allowance::Cause::default(), desk.at, desk)?;
        self.payer.tier = Some(new.plan.tier);
        self.subscriptions.push(new);
        self.refresh(desk)
    }

    /// Grants every cycle whose time has come, each once and in order, and invoices every term that begins with one. A cycle
    /// that was slept through is granted too and lapses at once, so that the ledger has one lot for each cycle. 5.33: past
    /// the grace of a failed payment nothing is granted until it is settled.
    pub(crate) fn refresh(&mut self, desk: &Desk) -> Result<(), Error> {
        let is_due = |known: &Subscription| known.due_at().is_some_and(|due| due <= desk.at);
        if self.subscriptions.iter().any(is_due) && self.payer.standing(desk.at).block().is_none() {
            let book = desk.prices()?;
            let mut due = Vec::new();
            for known in &mut self.subscriptions {
                while let Some(turn) = known.take_due(book, desk.at) {
                    due.push((known.id, turn));
                }
            }
            for (subscription, turn) in due {
                self.turn(subscription, &turn, desk)?;
            }
        }
        self.wallet.let_bought_rest(self.has_no_plan_any_more());
        Ok(())
    }

    /// 5.21: what was bought rests once nothing is subscribed to any more.
    pub(crate) fn has_no_plan_any_more(&self) -> bool {
        !self.subscriptions.is_empty() && self.subscriptions.iter().all(|known| known.status == Status::Ended)
    }

    fn turn(&mut self, subscription: SubscriptionId, turn: &Turn, desk: &Desk) -> Result<(), Error> {
        self.lapse(desk)?;
        if let Some(renewal) = &turn.renewal {
            self.payer.tier = Some(renewal.plan.tier);
            if renewal.term.price.minor() > 0 {
                self.bill(renewal, subscription, desk)?;
            }
        }
        if turn.allowance.is_zero() {
            return Ok(());
        }
        let id = GrantId::new(desk.ids.next(desk.at)?);
        let cycle = turn.cycle;
        self.tell_of_refresh(subscription, cycle, turn.allowance, desk);
        let grant = Grant::new(id, Source::Allowance, turn.allowance, cycle.starts_at, Some(cycle.ends_at));
        let cycle = Some((subscription, cycle.number));
        self.grant(NewGrant { grant, price_paid: None, cycle, order: None }, desk)?;
        self.lapse(desk)
    }

    /// Invoices a term, and has it charged.
    fn bill(&mut self, renewal: &Renewal, subscription: SubscriptionId, desk: &Desk) -> Result<(), Error> {
        let (plan, term) = (renewal.plan, renewal.term);
        let lines = [Line::plan(plan, term, term.price, term.price)];
        let tax = self.tax(desk)?;
        let totals = Totals::of(&lines, &tax, self.currency).map_err(|error| self.disagree(error))?;
        let new =
            NewInvoice { lines: &lines, tax: &tax, totals, order: None, subscription: Some(subscription) };
        let number = self.invoice(&new, desk)?;
        self.charge_later(number, desk)
    }
}

impl Engine {
    /// Subscribes a customer to a plan: its limits hold from now on, what is due of its allowance is granted at once, and its
    /// price is invoiced. For JARAI's own staff; customers order a plan and pay first.
    pub async fn subscribe(
        &self,
        customer: CustomerId,
        new: NewSubscription,
    ) -> Result<SubscriptionId, Error> {
        self.writer.ask(Subscribe { customer, new, by: Actor::Operations }).await
    }

    /// H2, DOMAIN section 2: the platform's administrators set a customer's plan up, where it has none at work. It begins
    /// today; its price is invoiced, and charged as renewals are.
    pub async fn set_up_plan(
        &self,
        by: &Member,
        customer: CustomerId,
        plan: Plan,
    ) -> Result<SubscriptionId, Error> {
        by.require(Permission::RunPlatform)?;
        let new = NewSubscription { plan, anchor_on: self.now().day(), contract: None };
        self.writer.ask(Subscribe { customer, new, by: Actor::Person(by.person) }).await
    }

    /// Grants what is due to customers whom nobody has touched since, tells those whose grace is over, and answers how many there were. The sweep does this
    /// by itself.
    pub async fn refresh_due(&self) -> Result<usize, Error> {
        let (read, now) = (&self.shared.pools.read, self.now().micros());
        let mut due = due(read, now).await?;
        due.extend(past_grace(read, now).await?);
        for customer in &due {
            self.writer.ask(Refresh { customer: *customer }).await?;
        }
        Ok(due.len())
    }
}

async fn due(read: &DatabaseConnection, at: i64) -> Result<Vec<CustomerId>, Error> {
    let blocked = Query::select()
        .column(customer::Column::Id)
        .from(customer::Entity)
        .and_where(customer::Column::PaymentBlock.is_not_null().or(customer::Column::GraceUntil.lte(at)))
        .to_owned();
    let rows = subscription::Entity::find()
        .filter(subscription::Column::RefreshesAt.lte(at))
        .filter(subscription::Column::CustomerId.not_in_subquery(blocked))
        .order_by_asc(subscription::Column::RefreshesAt)
        .limit(SWEEP)
        .all(read)
        .await?;
    let customer = |row: &subscription::Model| {
        row.customer_id.parse().map_err(|error| Error::corrupt("subscription", &row.id, error))
    };
    rows.iter().map(customer).collect()
}
