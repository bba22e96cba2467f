//! Northlight Films: Pro, over 75 % of its allowance, three accounts, people in every role.

use super::{
    ALLOWANCE, DONE, KEY, PASSWORD, done, out_of_range, request,
    studios::{Make, Person},
};
use crate::{Engine, Error, team::NewMember};
use billing::{
    budget::{BudgetScope, LimitChange},
    customer::AccountStatus,
    id::{AccountId, CustomerId},
    money::{Currency, Money},
    production::{End, Outcome, Step, hold::Stage},
    team::Role,
    tier::Tier,
    time::Timestamp,
};

/// Northlight's people; the operators have the accounts of these places in [`ACCOUNTS`].
pub(super) const PEOPLE: [(Person, &[usize]); 4] = [
    (
        (
            "mara@northlight.example",
            "Mara Lindqvist",
            Role::CustomerAdministrator,
            "Pro, over 75% used: administrator of Northlight Films",
        ),
        &[],
    ),
    (
        (
            "tunde@northlight.example",
            "Tunde Okafor",
            Role::AccountOperator,
            "operator of two accounts: may not manage billing",
        ),
        &[0, 2],
    ),
    (
        (
            "sofia@northlight.example",
            "Sofia Reyes",
            Role::AccountOperator,
            "operator of one account, at its limit",
        ),
        &[1],
    ),
    (
        (
            "jonas@northlight.example",
            "Jonas Brandt",
            Role::CustomerViewer,
            "viewer: productions, no usage and no cost",
        ),
        &[],
    ),
];
/// Account, monthly limit in pence.
const ACCOUNTS: [(&str, Option<i64>); 3] =
    [("Night Sky Daily", None), ("Slow Kitchen", Some(13_000)), ("Tech in Ten", Some(50_000))];
/// Titles by account, in the order of [`ACCOUNTS`].
const SERIES: [&str; 3] = ["Night sky tonight", "Autumn soups", "Chip wars"];
impl Engine {
    /// Northlight Films: Pro, in pounds, with three accounts of which two have a limit.
    pub(super) async fn open_northlight(
        &self,
        starts_at: Timestamp,
    ) -> Result<(CustomerId, Vec<AccountId>), Error> {
        let customer = self.open_customer("Northlight Films", Currency::Gbp).await?;
        self.keep_pipeline_key(customer, "Sample pipeline", KEY).await?;
        let mut accounts = Vec::new();
        for (name, limit) in ACCOUNTS {
            let account = self.open_account(customer, name, AccountStatus::Active).await?;
            let limit = limit.map(|pence| Money::new(pence, Currency::Gbp));
            self.set_account_limit(customer, account, limit).await?;
            accounts.push(account);
        }
        let tell = LimitChange::TellAt(Some(Money::new(10_000, Currency::Gbp)));
        let told = accounts.last().copied().map(BudgetScope::Account);
        if let Some(scope) = told {
            self.change_limits(customer, scope, vec![tell]).await?;
        }
        for ((email, name, role, _), places) in PEOPLE {
            let person =
                self.add_member(customer, NewMember { name, email, password: PASSWORD, role }).await?;
            let reach: Vec<AccountId> = places.iter().map(|place| accounts[*place]).collect();
            self.assign_accounts(customer, person, &reach).await?;
        }
        self.subscribe_sample(customer, Tier::Pro, ALLOWANCE, starts_at).await?;
        Ok((customer, accounts))
    }

    /// Northlight at 16:20: one production at work, one waiting for approval, one failed, one stopped, one refused.
    pub(super) async fn leave_running(
        &self,
        customer: CustomerId,
        accounts: &[AccountId],
        plan: &[Step],
    ) -> Result<(), Error> {
        let teaser = Make::Texts(3).steps().map_err(out_of_range)?;
        let account = accounts[accounts.len() - 1];
        for (name, title, end) in [
            ("teaser-1", "Chip wars, a teaser that failed", Some(End::Failed)),
            ("teaser-2", "Chip wars, a teaser that was stopped", Some(End::Cancelled)),
            ("teaser-3", "Chip wars, a teaser to approve", None),
        ] {
            let request = request(name, title.to_owned(), account, &teaser)?;
            let name = request.production.clone();
            self.admit(customer, None, request).await?;
            let first = &teaser[0];
            for (number, outcome) in [(1, Outcome::Failed), (2, Outcome::Succeeded)] {
                self.report_attempt(customer, name.clone(), first.name.clone(), number, done(first, outcome))
                    .await?;
            }
            match end {
                Some(end) => drop(self.finish(customer, name, end).await?),
                None => drop(self.heartbeat(customer, name, Some(Stage::AwaitingApproval)).await?),
            }
        }
        let running = request(&format!("sample-{}", DONE + 1), title(DONE + 1), account, plan)?;
        let name = running.production.clone();
        self.admit(customer, None, running).await?;
        for step in plan.iter().take(8) {
            self.report_attempt(customer, name.clone(), step.name.clone(), 1, done(step, Outcome::Succeeded))
                .await?;
        }
        let refused = request(&format!("sample-{}", DONE + 3), title(DONE + 3), accounts[1], plan)?;
        match self.admit(customer, None, refused).await {
            Err(Error::Refused(_)) => Ok(()),
            other => Err(Error::corrupt("sample", "refusal", format!("{other:?}"))),
        }
    }
}

pub(super) fn place(number: i32) -> usize {
    usize::try_from(number - 1).unwrap_or_default()
}

/// What people call Northlight's short video of this number.
pub(super) fn title(number: i32) -> String {
    format!("{}, ep. {}", SERIES[place(number) % SERIES.len()], (number + 2) / 3)
}
