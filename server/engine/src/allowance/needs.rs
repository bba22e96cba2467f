//! What waits for somebody, most pressing first: what has stopped, what will stop, what may be forgotten. 5.14, G11, N1.

use super::Usage;
use crate::{
    Engine, Error,
    customer::AccountLine,
    db::{
        customer::payer_of,
        entity::{production, token_hold},
    },
    production::StandingRefusal,
    team::{Member, SeatRequest},
};
use billing::{
    allowance::{Banner, banner::behind},
    budget::Budget,
    id::{AccountId, ProductionName},
    production::hold::Stage,
    refusal::Reason,
    team::{Permission, Role},
    tier::Tier,
    time::{Span, Timestamp},
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};

/// How long a production may await approval before somebody is reminded.
const PATIENCE: Span = Span::days(3);

/// One thing that waits for somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Need {
    /// A production was refused, and the gate would refuse it again.
    Refused(Box<StandingRefusal>),
    /// The banner would say this, had it nothing more pressing to say.
    Banner(Banner),
    /// A member asks for more tokens.
    Asked(Box<SeatRequest>),
    /// An account has reached its limit of the month.
    LimitReached(AccountId),
    /// An account has spent what somebody wanted to be told at.
    Told(AccountId),
    /// Productions have awaited approval for long.
    AwaitsApproval(Awaited),
    /// 3.11: the free evaluation runs, or has ended; a plan is to be chosen. With the day on which what is left of it ends.
    ChoosePlan(Option<Timestamp>),
    /// 3.11: there is no account yet for which something could be produced.
    OpenFirstAccount,
    /// 3.11, X4: nothing was produced yet; the tour shows how it goes.
    TakeTour,
}

/// The production that has awaited approval longest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Awaited {
    /// The pipeline's name of it.
    pub production: ProductionName,
    /// What people call it.
    pub title: String,
    /// When something was last heard of it.
    pub since: Timestamp,
    /// When its hold lapses.
    pub lapses_at: Timestamp,
    /// How many others have waited too long.
    pub others: u64,
}

impl Engine {
    /// Everything that waits for somebody, as far as the member may see it.
    pub(super) async fn needs(
        &self,
        member: &Member,
        usage: &Usage,
        accounts: &[AccountLine],
    ) -> Result<Vec<Need>, Error> {
        let (mut refused, mut awaited) = (Vec::new(), None);
        if member.may_somewhere(Permission::SeeUsage) {
            refused = self.standing_refusals(member, usage, accounts).await?;
            awaited = self.longest_awaited(member, usage.capacity.as_of).await?;
        }
        let mut needs: Vec<Need> = refused.into_iter().map(Box::new).map(Need::Refused).collect();
        let asked = self.open_requests(member).await?;
        needs.extend(asked.into_iter().map(Box::new).map(Need::Asked));
        if member.may_somewhere(Permission::SeeCost) {
            needs.extend(accounts.iter().filter_map(of_limits));
        }
        needs.extend(behind(&usage.capacity, &usage.settings).into_iter().map(Need::Banner));
        needs.extend(awaited.map(Need::AwaitsApproval));
        if member.role == Role::CustomerAdministrator {
            needs.extend(self.first_steps(member, usage, accounts).await?);
        }
        let turned_away: Vec<AccountId> = needs.iter().filter_map(Need::at_its_limit).collect();
        needs.retain(|need| !matches!(need, Need::LimitReached(account) if turned_away.contains(account)));
        needs.sort_by_key(Need::rank);
        Ok(needs)
    }

    /// What is still to be done of the first run, in its order.
    async fn first_steps(
        &self,
        member: &Member,
        usage: &Usage,
        accounts: &[AccountLine],
    ) -> Result<Vec<Need>, Error> {
        let read = &self.shared.pools.read;
        let customer = self.customer_row(member.customer).await?;
        let evaluates = payer_of(&customer)?.tier == Some(Tier::Evaluation);
        let made = production::Entity::find()
            .filter(production::Column::CustomerId.eq(&customer.id))
            .one(read)
            .await?;
        let ends_at = usage.capacity.allowance.refreshes_at;
        let steps = [
            evaluates.then_some(Need::ChoosePlan(ends_at)),
            accounts.is_empty().then_some(Need::OpenFirstAccount),
            made.is_none().then_some(Need::TakeTour),
        ];
        Ok(steps.into_iter().flatten().collect())
    }

    async fn longest_awaited(&self, member: &Member, at: Timestamp) -> Result<Option<Awaited>, Error> {
        let read = &self.shared.pools.read;
        let lease = Stage::AwaitingApproval.lease();
        let mut waiting = token_hold::Entity::find()
            .filter(token_hold::Column::CustomerId.eq(member.customer.to_string()))
            .filter(token_hold::Column::EndedAt.is_null())
            .filter(token_hold::Column::State.eq("awaitingApproval"))
            .filter(token_hold::Column::ExpiresAt.gt(at.micros()))
            .filter(token_hold::Column::ExpiresAt.lte(at.after(lease).before(PATIENCE).micros()));
        if let Some(reach) = member.reach.accounts() {
            let reach = reach.iter().map(ToString::to_string);
            waiting = waiting.filter(token_hold::Column::AccountId.is_in(reach));
        }
        let oldest = waiting.clone().order_by_asc(token_hold::Column::ExpiresAt).one(read).await?;
        let Some(hold) = oldest else { return Ok(None) };
        let bad = |what: &str| Error::corrupt("token_hold", &hold.production, what);
        let named = production::Entity::find_by_id((hold.customer_id.clone(), hold.production.clone()));
        let named = named.one(read).await?.ok_or_else(|| bad("has no production"))?;
        let lapses_at = Timestamp::from_micros(hold.expires_at).map_err(|_| bad("expires_at"))?;
        Ok(Some(Awaited {
            production: hold.production.parse().map_err(|_| bad("production"))?,
            title: named.title,
            since: lapses_at.before(lease),
            lapses_at,
            others: waiting.count(read).await?.saturating_sub(1),
        }))
    }
}

/// What an account's limits have to say.
fn of_limits(account: &AccountLine) -> Option<Need> {
    let left = account.budget.as_ref().map(Budget::available);
    let reached = left.is_some_and(|left| left.is_ok_and(|left| left.micros() <= 0));
    if !account.status.may_produce() {
        None // it starts nothing in any case
    } else if reached {
        Some(Need::LimitReached(account.id))
    } else {
        account.told_at.map(|_| Need::Told(account.id))
    }
}

impl Need {
    /// What refuses productions now, what will, what may be forgotten.
    const fn rank(&self) -> u8 {
        match self {
            Self::Banner(Banner::NothingLeft | Banner::PaymentOverdue) => 0,
            Self::Refused(_) | Self::Asked(_) => 1,
            Self::LimitReached(_) => 2,
            Self::Banner(Banner::PaymentFailed) => 3,
            Self::Banner(Banner::AutoTopUpFailed) => 4,
            Self::Banner(_) => 5,
            Self::Told(_) => 6,
            Self::AwaitsApproval(_) => 7,
            Self::ChoosePlan(_) => 8,
            Self::OpenFirstAccount => 9,
            Self::TakeTour => 10,
        }
    }

    /// The account whose reached limit a refusal tells of already.
    fn at_its_limit(&self) -> Option<AccountId> {
        let Self::Refused(refused) = self else { return None };
        (refused.newest.refusal.reason == Reason::AccountBudget).then_some(refused.newest.account)
    }
}
