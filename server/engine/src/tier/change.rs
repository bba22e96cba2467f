//! Changing a plan: what it would come to, what is decided for the end of the term, and which plan fits. 5.22; I-43.

use crate::{
    Engine, Error,
    audit::Note,
    db::{
        entity::{account, invitation, member, subscription, token_grant},
        tier::subscription_of,
        to_word,
    },
    payment::plan_words,
    team::Member,
    writer::{Act, Books, Desk, Paying, Touch},
};
use billing::{
    allowance::Source,
    audit::{Actor, AuditAct},
    customer::AccountStatus,
    id::{CustomerId, PersonId, SubscriptionId},
    money::Currency,
    team::Permission,
    tier::{Change, ChangeError, InUse, Next, Plan, PriceBook, Status, Subscription},
    time::Timestamp,
    tokens::Tokens,
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};

/// Cycles that a plan is advised by.
const ADVISED_BY: u64 = 3;

/// A customer's plan as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanState {
    /// The newest subscription, whether it is at work, rests or is over; none before the first.
    pub subscription: Option<Subscription>,
    /// What the customer is billed in.
    pub currency: Currency,
    /// Accounts and seats in use.
    pub in_use: InUse,
    /// What is sold.
    pub book: PriceBook,
}

impl PlanState {
    /// What a change to this plan would come to today.
    pub fn change(&self, to: Plan, at: Timestamp) -> Result<Change, ChangeError> {
        Change::of(self.subscription.as_ref(), to, self.in_use, &self.book, self.currency, at)
    }

    /// What a form about this plan is made on: other words as soon as somebody has changed it. I-44.
    #[must_use]
    pub fn mark(&self) -> String {
        plan_mark(self.subscription.as_ref().filter(|current| current.is_active()))
    }
}

/// What a plan is advised by: tokens used in the last whole cycles, oldest first, and what is in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advised {
    /// Tokens used, cycle by cycle.
    pub cycles: Vec<Tokens>,
    /// Accounts and seats in use.
    pub in_use: InUse,
}

/// The act: what becomes of the subscription when its term ends.
struct Decide {
    customer: CustomerId,
    subscription: SubscriptionId,
    next: Next,
    /// What the decision was made on, where somebody was shown it.
    shown: Option<String>,
    by: PersonId,
}

impl Act for Decide {
    /// An error inside is an answer: that it was refused stays in the log.
    type Answer = Result<(), Error>;

    fn touches(&self) -> Touch {
        Touch::paying(self.customer, Paying::default())
    }

    fn decide(&self, books: &mut Books, desk: &Desk) -> Result<Self::Answer, Error> {
        let invalid = |message: String| Error::Invalid { field: "plan".to_owned(), message };
        if let Next::Become(plan) = self.next {
            let change =
                Change::of(books.subscription(), plan, books.in_use, desk.prices()?, books.currency, desk.at);
            change.map_err(|error| invalid(error.to_string()))?;
        }
        let is_meant = |known: &Subscription| known.id == self.subscription && known.is_active();
        let place = books.subscriptions.iter().position(is_meant);
        let place = place.ok_or_else(|| invalid("the subscription has ended meanwhile".to_owned()))?;
        if books.subscriptions[place].next == self.next {
            return Ok(Ok(())); // sent twice, or somebody else wanted the same
        }
        let wanted = next_words(self.next);
        if let Some(changed) = books.plan_moved_on(self.shown.as_deref(), &wanted, self.by, desk)? {
            return Ok(Err(changed));
        }
        let before = std::mem::replace(&mut books.subscriptions[place].next, self.next);
        let by = Actor::Person(self.by);
        let note = Note::of(self.customer, by, AuditAct::PlanDecided, self.subscription);
        let note = note.moved("when the term ends", Some(next_words(before)), Some(next_words(self.next)));
        books.note(&note, desk)?;
        Ok(Ok(()))
    }
}

/// A plan and what becomes of it, as of which somebody decides.
fn plan_mark(current: Option<&Subscription>) -> String {
    match current {
        Some(current) => format!("{}, which then {}", plan_words(current.plan), next_words(current.next)),
        None => "no plan".to_owned(),
    }
}

impl Books {
    /// I-44: the error for whoever was shown another plan than the one that is so now; their attempt stays in the log.
    pub(crate) fn plan_moved_on(
        &mut self,
        shown: Option<&str>,
        wanted: &str,
        by: PersonId,
        desk: &Desk,
    ) -> Result<Option<Error>, Error> {
        let now = plan_mark(self.subscription());
        if shown.is_none_or(|shown| shown == now) {
            return Ok(None);
        }
        let why = format!("Wanted {wanted}; it had been changed to {now} meanwhile.");
        let note = Note::of(self.customer, Actor::Person(by), AuditAct::ChangeRefused, self.customer);
        self.note(&note.because(&why), desk)?;
        Ok(Some(Error::Changed { now }))
    }
}

/// What becomes of a subscription, for the log.
fn next_words(next: Next) -> String {
    match next {
        Next::Renew => "goes on".to_owned(),
        Next::Become(plan) => plan_words(plan),
        Next::Pause => "pauses".to_owned(),
        Next::Cancel => "ends".to_owned(),
    }
}

impl Engine {
    /// A customer's plan, for whoever manages its billing.
    pub async fn plan_of(&self, member: &Member) -> Result<PlanState, Error> {
        member.require(Permission::ManageBilling)?;
        Ok(PlanState {
            subscription: self.subscription(member.customer, member.currency).await?,
            currency: member.currency,
            in_use: self.in_use(member.customer).await?,
            book: self.price_book().await?,
        })
    }

    /// The newest subscription of a customer: the one at work, where there is one.
    pub async fn subscription(
        &self,
        customer: CustomerId,
        currency: Currency,
    ) -> Result<Option<Subscription>, Error> {
        let rows = subscription::Entity::find()
            .filter(subscription::Column::CustomerId.eq(customer.to_string()))
            .all(&self.shared.pools.read)
            .await?;
        let all = rows.iter().map(|row| subscription_of(row, currency)).collect::<Result<Vec<_>, _>>()?;
        let rank = |one: &Subscription| (one.status != Status::Active, std::cmp::Reverse(one.id));
        Ok(all.into_iter().min_by_key(rank))
    }

    async fn in_use(&self, customer: CustomerId) -> Result<InUse, Error> {
        let read = &self.shared.pools.read;
        let closed = to_word(&AccountStatus::Closed)?;
        let accounts = account::Entity::find()
            .filter(account::Column::CustomerId.eq(customer.to_string()))
            .filter(account::Column::Status.ne(closed))
            .count(read)
            .await?;
        let members = member::Entity::find()
            .filter(member::Column::CustomerId.eq(customer.to_string()))
            .count(read)
            .await?;
        let invited = invitation::Entity::find()
            .filter(invitation::Column::CustomerId.eq(customer.to_string()))
            .filter(invitation::Column::EndedAt.is_null())
            .filter(invitation::Column::ExpiresAt.gt(self.now().micros()))
            .count(read)
            .await?;
        let count = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        Ok(InUse { accounts: count(accounts), seats: count(members.saturating_add(invited)) })
    }

    /// Decides what becomes of a subscription when its term ends; undone by deciding that it goes on. `shown` is the
    /// [`PlanState::mark`] that the decision was made on.
    pub async fn decide_next(
        &self,
        member: &Member,
        subscription: SubscriptionId,
        next: Next,
        shown: Option<&str>,
    ) -> Result<(), Error> {
        member.require(Permission::ManageBilling)?;
        let (customer, by, shown) = (member.customer, member.person, shown.map(str::to_owned));
        self.writer.ask(Decide { customer, subscription, next, shown, by }).await?
    }

    /// What a plan is advised by.
    pub async fn advised_by(&self, member: &Member) -> Result<Advised, Error> {
        member.require(Permission::ManageBilling)?;
        let lots = token_grant::Entity::find()
            .filter(token_grant::Column::CustomerId.eq(member.customer.to_string()))
            .filter(token_grant::Column::Source.eq(to_word(&Source::Allowance)?))
            .filter(token_grant::Column::ExpiresAt.lte(self.now().micros()))
            .filter(token_grant::Column::Cycle.is_not_null())
            .order_by_desc(token_grant::Column::ExpiresAt)
            .limit(ADVISED_BY)
            .all(&self.shared.pools.read)
            .await?;
        let mut cycles = Vec::new();
        for lot in lots.iter().rev() {
            let instant = |micros| {
                Timestamp::from_micros(micros).map_err(|error| Error::corrupt("token_grant", &lot.id, error))
            };
            let (from, until) = (instant(lot.effective_at)?, instant(lot.expires_at.unwrap_or_default())?);
            cycles.push(self.tokens_between(member.customer, from.day(), until.day()).await?);
        }
        Ok(Advised { cycles, in_use: self.in_use(member.customer).await? })
    }
}
