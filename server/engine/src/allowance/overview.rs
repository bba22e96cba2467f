//! What a customer sees first: what is left, budgets, the newest productions and refusals.

use super::Usage;
use crate::{
    Engine, Error,
    customer::AccountLine,
    production::{ListedProduction, ProductionFilter, RefusalLine},
    team::Member,
};
use billing::team::Permission;

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
    /// The newest refusal of the current month, if any and if it is theirs to see.
    pub refusal: Option<RefusalLine>,
}

impl Engine {
    /// What a member sees first.
    pub async fn overview(&self, member: &Member) -> Result<Overview, Error> {
        let usage = self.usage(member.customer).await?;
        let month = usage.capacity.as_of.month();
        let refusal = if member.may_somewhere(Permission::SeeUsage) {
            let newest = self.refusals(member, None, 1).await?.into_iter().next();
            newest.filter(|line| line.refused_at >= month.start())
        } else {
            None
        };
        Ok(Overview {
            accounts: self.accounts_of(member).await?,
            productions: self.productions_of(member, &ProductionFilter::default(), NEWEST).await?,
            refusal,
            usage,
        })
    }
}
