//! What a customer sees first: what is left, what needs somebody, budgets, cost by day, the newest productions.

use super::{Need, Usage};
use crate::{
    Engine, Error,
    customer::AccountLine,
    pnl::CostDay,
    production::{ListedProduction, ProductionFilter},
    team::{Member, OwnSeat},
};
use billing::team::Permission;
use chrono::NaiveDate;
use std::ops::RangeInclusive;

/// Productions that Overview lists.
const NEWEST: u64 = 6;

/// What a customer sees first, as far as a member may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overview {
    /// What is left.
    pub usage: Usage,
    /// The accounts in reach, by name; what they spend is for those who may see it.
    pub accounts: Vec<AccountLine>,
    /// The newest productions, newest first.
    pub productions: Vec<ListedProduction>,
    /// The days of the cycle so far, or of the month where there is no cycle.
    pub days: RangeInclusive<NaiveDate>,
    /// What their calls cost, for those who may see it.
    pub cost: Vec<CostDay>,
    /// What waits for somebody, most pressing first.
    pub needs: Vec<Need>,
    /// The member's own cap and use, where they have a cap.
    pub seat: Option<OwnSeat>,
}

impl Engine {
    /// What a member sees first.
    pub async fn overview(&self, member: &Member) -> Result<Overview, Error> {
        let usage = self.usage(member.customer).await?;
        let accounts = self.accounts_of(member).await?;
        let starts_at = usage.cycle_starts_at.unwrap_or_else(|| usage.capacity.as_of.month().start());
        let days = starts_at.day()..=usage.capacity.as_of.day();
        let sees_cost = member.may_somewhere(Permission::SeeCost);
        let cost = if sees_cost { self.cost_by_day(member, days.clone()).await? } else { Vec::new() };
        Ok(Overview {
            days,
            cost,
            needs: self.needs(member, &usage, &accounts).await?,
            seat: self.own_seat(member, &usage).await?,
            accounts,
            productions: self.productions_of(member, &ProductionFilter::default(), NEWEST).await?,
            usage,
        })
    }
}
