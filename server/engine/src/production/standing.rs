//! Which refusals still need somebody: those whose production has not been admitted since, and that the gate would give
//! once more. G2, G11.

use super::refusals::{RefusalLine, line};
use crate::{
    Engine, Error,
    allowance::Usage,
    customer::AccountLine,
    db::{
        budget::limits_of,
        entity::{budget, budget_month, member, production, refusal, seat_cycle},
        reach::narrow,
        scope::scope_of,
        team::seat_limit_of,
    },
    installation,
    team::Member,
};
use billing::{
    budget::{Budget, BudgetScope, SeatUse},
    id::{AccountId, PersonId, RefusalId},
    money::Cost,
    refusal::{Present, Scope},
    team::Permission,
    time::Timestamp,
    tokens::Tokens,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Statement, Value};
use std::collections::HashMap;
use ulid::Ulid;

/// Productions that are looked at: the newest that were turned away this month.
const NEWEST: u32 = 200;

/// What has become of a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The gate would refuse the production again.
    Stands,
    /// Its cause is gone: the pipeline may ask again.
    Fits,
    /// The production was admitted later.
    Admitted,
}

/// A refusal that stands, for one or more productions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandingRefusal {
    /// The newest.
    pub newest: RefusalLine,
    /// How many other productions of the account wait for the same reason.
    pub others: u64,
}

/// All that refusals are held against.
struct Measures<'a> {
    idle: bool,
    largest_production: Option<Tokens>,
    usage: &'a Usage,
    accounts: HashMap<AccountId, &'a AccountLine>,
    /// Limits of the customer and of keys; an account's stand in its line.
    budgets: HashMap<BudgetScope, Budget>,
    seats: HashMap<PersonId, (Tokens, SeatUse)>,
}

impl Engine {
    /// The refusals of this month that still stand, of the accounts in the member's reach: one for each account and
    /// reason, newest first.
    pub async fn standing_refusals(
        &self,
        member: &Member,
        usage: &Usage,
        accounts: &[AccountLine],
    ) -> Result<Vec<StandingRefusal>, Error> {
        member.require(Permission::SeeUsage)?;
        let refused = self.not_admitted_since(member, usage.capacity.as_of.month().start()).await?;
        if refused.is_empty() {
            return Ok(Vec::new());
        }
        let measures = self.measures(member, usage, accounts).await?;
        let mut standing: Vec<StandingRefusal> = Vec::new();
        for newest in refused {
            if !measures.stands(&newest)? {
                continue;
            }
            let same = |known: &&mut StandingRefusal| {
                (known.newest.account, known.newest.refusal.reason) == (newest.account, newest.refusal.reason)
            };
            match standing.iter_mut().find(same) {
                Some(known) => known.others += 1,
                None => standing.push(StandingRefusal { newest, others: 0 }),
            }
        }
        Ok(standing)
    }

    /// What has become of one refusal.
    pub async fn standing(
        &self,
        member: &Member,
        refused: &RefusalLine,
        usage: &Usage,
        account: &AccountLine,
    ) -> Result<Standing, Error> {
        member.require_of(Permission::SeeUsage, refused.account)?;
        let key = (member.customer.to_string(), refused.production.to_string());
        if production::Entity::find_by_id(key).one(&self.shared.pools.read).await?.is_some() {
            return Ok(Standing::Admitted);
        }
        let measures = self.measures(member, usage, std::slice::from_ref(account)).await?;
        Ok(if measures.stands(refused)? { Standing::Stands } else { Standing::Fits })
    }

    /// The newest refusal of each production that was turned away since an instant and has not been admitted.
    async fn not_admitted_since(&self, member: &Member, since: Timestamp) -> Result<Vec<RefusalLine>, Error> {
        let read = &self.shared.pools.read;
        // Identities rise with time, and the key begins with them.
        let first = RefusalId::new(Ulid::from_parts(since.unsigned_millis(), 0));
        let mut values: Vec<Value> =
            vec![member.customer.to_string().into(), first.to_string().into(), since.micros().into()];
        let mut text = "SELECT r.* FROM refusal r JOIN (SELECT max(id) AS id FROM refusal \
                        WHERE customer_id = $1 AND id >= $2 AND refused_at >= $3"
            .to_owned();
        narrow(&mut text, &mut values, "account_id", member.reach.accounts());
        text.push_str(
            " GROUP BY production) newest ON newest.id = r.id WHERE r.customer_id = $1 AND NOT EXISTS \
             (SELECT 1 FROM production p WHERE p.customer_id = r.customer_id AND p.name = r.production) \
             ORDER BY r.id DESC LIMIT ",
        );
        text.push_str(&NEWEST.to_string());
        let statement = Statement::from_sql_and_values(read.get_database_backend(), text, values);
        let rows = refusal::Entity::find().from_raw_sql(statement).all(read).await?;
        rows.into_iter().map(line).collect()
    }

    async fn measures<'a>(
        &self,
        member: &Member,
        usage: &'a Usage,
        accounts: &'a [AccountLine],
    ) -> Result<Measures<'a>, Error> {
        let installation = installation::load(&self.shared.pools.read).await?;
        let terms = self.terms_of(&self.customer_row(member.customer).await?).await?;
        Ok(Measures {
            idle: installation.idle_since.is_some(),
            largest_production: terms.largest_production,
            usage,
            accounts: accounts.iter().map(|line| (line.id, line)).collect(),
            budgets: self.shared_budgets(member, usage.capacity.as_of).await?,
            seats: self.seats(member, usage).await?,
        })
    }

    /// 5.8: the customer's own limit of this month, under which all its accounts are together; none where none is set.
    pub async fn customer_budget(&self, member: &Member) -> Result<Option<Budget>, Error> {
        member.require(Permission::SeeCost)?;
        let budgets = self.shared_budgets(member, self.now()).await?;
        Ok(budgets.get(&BudgetScope::Customer(member.customer)).copied())
    }

    /// This month's limits of the customer and of its keys.
    async fn shared_budgets(
        &self,
        member: &Member,
        at: Timestamp,
    ) -> Result<HashMap<BudgetScope, Budget>, Error> {
        let (read, owner, month) = (&self.shared.pools.read, member.customer.to_string(), at.month());
        let spending = budget_month::Entity::find()
            .filter(budget_month::Column::CustomerId.eq(&owner))
            .filter(budget_month::Column::ScopeKind.ne("account"))
            .filter(budget_month::Column::Month.eq(month.to_string()))
            .all(read)
            .await?;
        let limits = budget::Entity::find()
            .filter(budget::Column::CustomerId.eq(&owner))
            .filter(budget::Column::ScopeKind.ne("account"))
            .all(read)
            .await?;
        let mut budgets = HashMap::new();
        for row in limits {
            let Some(limit) = limits_of(&row, member.currency)?.stop_at(month) else { continue };
            let limit = limit.to_cost().map_err(|error| Error::corrupt("budget", &row.scope_id, error))?;
            let same = |of: &&budget_month::Model| {
                (&of.scope_kind, &of.scope_id) == (&row.scope_kind, &row.scope_id)
            };
            let spent = spending.iter().find(same);
            let cost =
                |part: fn(&budget_month::Model) -> i64| Cost::new(spent.map_or(0, part), member.currency);
            let (spent, held) = (cost(|row| row.spent_micros), cost(|row| row.held_micros));
            let scope = scope_of("budget", &row.scope_kind, &row.scope_id)?;
            budgets.insert(scope, Budget { limit, spent, held, resets_at: month.end() });
        }
        Ok(budgets)
    }

    /// The members who have a cap, as it is now, and what they have taken in this cycle.
    async fn seats(
        &self,
        member: &Member,
        usage: &Usage,
    ) -> Result<HashMap<PersonId, (Tokens, SeatUse)>, Error> {
        let (read, owner) = (&self.shared.pools.read, member.customer.to_string());
        let starts_at = usage.cycle_starts_at.unwrap_or_else(|| usage.capacity.as_of.month().start());
        let taken = seat_cycle::Entity::find()
            .filter(seat_cycle::Column::CustomerId.eq(&owner))
            .filter(seat_cycle::Column::StartsAt.eq(starts_at.micros()))
            .all(read)
            .await?;
        let capped = member::Entity::find()
            .filter(member::Column::CustomerId.eq(&owner))
            .filter(member::Column::CapTokens.is_not_null())
            .all(read)
            .await?;
        let at = usage.capacity.as_of;
        let seat = |row: &member::Model| {
            let limit = seat_limit_of(row)?;
            let bad = |what: &str| Error::corrupt("seat_cycle", &row.person_id, what);
            let tokens = |count| Tokens::new(count).map_err(|_| bad("tokens"));
            let taken = taken.iter().find(|of| of.person_id == row.person_id);
            let (used, held) = taken.map_or((0, 0), |row| (row.spent_tokens, row.held_tokens));
            let taken = SeatUse { used: tokens(used)?, held: tokens(held)? };
            let id = row.person_id.parse().map_err(|_| bad("person"))?;
            Ok(limit.map(|limit| (id, (limit.at(at), taken))))
        };
        capped.iter().filter_map(|row| seat(row).transpose()).collect()
    }
}

impl Measures<'_> {
    fn stands(&self, refused: &RefusalLine) -> Result<bool, Error> {
        let account = self.accounts.get(&refused.account).ok_or(Error::NotFound("account"))?;
        let (budget, seat) = match &refused.refusal.scope {
            Scope::Account { .. } => (account.budget, None),
            Scope::Customer { id, .. } => (self.budgets.get(&BudgetScope::Customer(*id)).copied(), None),
            Scope::Key { id, .. } => (self.budgets.get(&BudgetScope::Key(*id)).copied(), None),
            Scope::Member { id, .. } => (None, self.seats.get(id).copied()),
            Scope::Platform => (None, None),
        };
        let present = Present {
            idle: self.idle,
            payment_blocked: self.usage.settings.payment.block().is_some(),
            status: account.status,
            largest_production: self.largest_production,
            running: account.running,
            concurrency: account.concurrency,
            budget,
            seat,
            left: self.usage.capacity.left(),
        };
        let stands = refused.refusal.stands(&present);
        stands.map_err(|error| Error::corrupt("refusal", refused.id, error))
    }
}
