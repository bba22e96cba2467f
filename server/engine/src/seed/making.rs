//! Opening the sample studios, and making what they make.

use super::{
    PASSWORD, instant, out_of_range, request,
    studios::{Standing, Studio},
};
use crate::{Engine, Error, team::NewMember};
use billing::{
    allowance::Source,
    id::{AccountId, CustomerId},
    money::Money,
    team::Role,
    tier::Tier,
    time::Timestamp,
    tokens::Tokens,
    top_up::AutoTopUp,
};

impl Engine {
    pub(super) async fn open_studio(
        &self,
        studio: &Studio,
        starts_at: Timestamp,
    ) -> Result<(CustomerId, Vec<AccountId>), Error> {
        let customer = self.open_customer(studio.name, studio.currency).await?;
        let mut accounts = Vec::new();
        for (name, status) in studio.accounts {
            accounts.push(self.open_account(customer, name, *status).await?);
        }
        for (email, name, role, _) in studio.people {
            let new = NewMember { name, email, password: PASSWORD, role: *role };
            let person = self.add_member(customer, new).await?;
            if *role == Role::AccountOperator {
                self.assign_accounts(customer, person, &accounts).await?;
            }
        }
        if studio.tier == Tier::Evaluation {
            self.set_tier(customer, Some(studio.tier)).await?;
            let tokens = Tokens::new(studio.allowance).map_err(out_of_range)?;
            let ends = instant("2026-11-02T00:00:00Z")?;
            self.grant(customer, Source::Evaluation, tokens, Some(ends), None).await?;
        } else {
            self.subscribe_sample(customer, studio.tier, studio.allowance, starts_at).await?;
        }
        if let Some(bought) = studio.bought {
            let (tokens, paid) =
                (Tokens::new(bought).map_err(out_of_range)?, Money::new(1_800, studio.currency));
            self.grant(customer, Source::TopUp, tokens, None, Some(paid)).await?;
        }
        Ok((customer, accounts))
    }

    /// One production of a studio, in one account after the other; the last of a studio with none left is refused.
    pub(super) async fn make(
        &self,
        studio: &Studio,
        customer: CustomerId,
        accounts: &[AccountId],
        number: usize,
    ) -> Result<(), Error> {
        if let (Standing::GraceUntil(_), true) = (studio.standing, number + 1 == studio.makes.len()) {
            self.settle(studio, customer).await?;
        }
        let steps = studio.makes[number].1.steps().map_err(out_of_range)?;
        let account = accounts[number % accounts.len()];
        let named = format!("{}, part {}", studio.accounts[number % accounts.len()].0, number + 1);
        let request = request(&format!("studio-{}", number + 1), named, account, &steps)?;
        self.produce(customer, request, &steps).await
    }

    /// What stands with a studio's payments: rows, until the acts that set them exist.
    pub(super) async fn settle(&self, studio: &Studio, customer: CustomerId) -> Result<(), Error> {
        match studio.standing {
            Standing::Plain => Ok(()),
            Standing::GraceUntil(day) => {
                self.set_grace(customer, Some(instant(&format!("2026-10-{day}T00:00:00Z"))?)).await
            }
            Standing::AutoTopUp(state) => {
                // Minor units: of a currency without any, a hundred and fifty whole ones are about a pound's worth.
                let minor = if studio.currency.digits() == 0 { 150 } else { 100 };
                let money = |units: i64| Money::new(units * minor, studio.currency);
                let tokens = |count| Tokens::new(count).map_err(out_of_range);
                let (below, buys) = (tokens(10_000)?, tokens(50_000)?);
                let agreed = AutoTopUp { state, below, buys, cap: money(60), spent: money(22) };
                self.keep_auto_top_up(customer, &agreed).await
            }
        }
    }
}
