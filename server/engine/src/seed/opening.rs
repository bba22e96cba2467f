//! Opening the sample customers, and doing for them what they do beside producing.

use super::{
    PASSWORD,
    calendar::Scene,
    october::{Act, Whose},
    out_of_range,
    production::{Make, Work, text},
    studios::{REACH, STAFF, STUDIOS, Studio, details},
};
use crate::{
    Engine, Error,
    db::entity::person,
    payment::{Ordered, Wanted},
    production::{AdmitRequest, CallReport},
    team::{Member, NewInvitation, NewMember},
    tier::NewSubscription,
    top_up::ShownAmounts,
};
use billing::{
    budget::{BudgetScope, CapOverride, LimitChange},
    id::{AccountId, CustomerId, KeyId, PersonId},
    money::Money,
    production::Plan,
    refusal::Reason,
    team::{ContactDetails, Role},
    tier::{self, BillingPeriod, Tier},
    tokens::Tokens,
    top_up::{AutoTopUpState, Terms},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

/// A card that pays, and one that is declined when nobody is present.
const PAYS: &str = "4242 4242 4242 4242";
const FAILS_TO_PAY: &str = "4000 0000 0000 0341";
/// Seats of the sample team.
const SEATS: u32 = 3;

/// A sample customer that has been opened.
pub(super) struct Opened {
    studio: &'static Studio,
    customer: CustomerId,
    accounts: Vec<AccountId>,
    /// Its operators, and the places of the accounts that each reaches.
    operators: Vec<(&'static str, PersonId, Vec<usize>)>,
    key: Option<KeyId>,
    /// Who buys for it.
    buyer: PersonId,
}

impl Engine {
    pub(super) async fn open_studio(&self, place: usize) -> Result<Opened, Error> {
        let studio = &STUDIOS[place];
        let customer = self.open_customer(studio.name, studio.currency).await?;
        let key = match studio.key {
            Some((name, token)) => Some(self.keep_pipeline_key(customer, name, token).await?),
            None => None,
        };
        let mut accounts = Vec::new();
        for (name, status) in studio.accounts {
            accounts.push(self.open_account(customer, name, *status).await?);
        }
        let (mut operators, mut buyer) = (Vec::new(), None);
        for (email, name, role, _) in studio.people {
            let new = NewMember { name, email, password: PASSWORD, role: *role };
            let person = self.add_member(customer, new).await?;
            buyer = buyer.or((*role == Role::CustomerAdministrator).then_some(person));
            if *role == Role::AccountOperator {
                let known = REACH.into_iter().find(|(of, _)| of == email);
                let places =
                    known.map_or_else(|| (0..accounts.len()).collect(), |(_, places)| places.to_vec());
                let reach: Vec<AccountId> = places.iter().map(|place| accounts[*place]).collect();
                self.assign_accounts(customer, person, &reach).await?;
                operators.push((*email, person, places));
            }
        }
        let buyer = buyer.ok_or(Error::NotFound("administrator"))?;
        let opened = Opened { studio, customer, accounts, operators, key, buyer };
        self.start_tier(&opened).await?;
        Ok(opened)
    }

    /// Begins the subscription, or the evaluation.
    async fn start_tier(&self, of: &Opened) -> Result<(), Error> {
        let (at, tier) = (self.now(), of.studio.tier);
        self.set_billing_details(of.customer, details(of.studio)?).await?;
        if tier == Tier::Evaluation {
            self.begin_evaluation(of.customer).await
        } else {
            self.keep_sample_card(of.customer, of.studio.name, PAYS).await?;
            let seats = if tier == Tier::Atelier { SEATS } else { 1 };
            let plan = tier::Plan { tier, billing: BillingPeriod::Monthly, seats };
            self.subscribe(of.customer, NewSubscription { plan, anchor_on: at.day(), contract: None })
                .await?;
            self.charge_due().await.map(drop)
        }
    }

    /// What a customer does beside producing.
    pub(super) async fn act(&self, of: &Opened, act: Act) -> Result<(), Error> {
        let money = |minor| Money::new(minor, of.studio.currency);
        match act {
            Act::Buys(tokens) => self.buy(of, Tokens::new(tokens).map_err(out_of_range)?).await,
            Act::Calls(account, r#loop) => self.call(of, account, r#loop).await,
            Act::Stops(whose, minor) => self.limit(of, whose, LimitChange::StopAt(Some(money(minor)))).await,
            Act::StopsThisMonth(whose, minor) => {
                self.limit(of, whose, LimitChange::StopThisMonthAt(money(minor))).await
            }
            Act::Tells(whose, minor) => self.limit(of, whose, LimitChange::TellAt(Some(money(minor)))).await,
            Act::RunsAtOnce(account, limit) => {
                self.set_concurrency(of.customer, of.accounts[account], Some(limit)).await
            }
            Act::Caps(email, tokens) => {
                let cap = Tokens::new(tokens).map_err(out_of_range)?;
                self.set_seat_cap(of.customer, of.operator(email)?, Some(cap)).await
            }
            Act::Overrides(email, tokens) => self.allow_more(of, email, tokens).await,
            Act::Invites(email, account) => {
                let accounts = [of.accounts[account]].into();
                let new = NewInvitation { email: email.to_owned(), role: Role::AccountOperator, accounts };
                self.invite(&self.buyer(of).await?, new).await.map(drop)
            }
            Act::Asks(email, words) => {
                let asks = self.member(of.operator(email)?, None).await?.ok_or(Error::NotFound("member"))?;
                let refused = self.refusals(&asks, None, 1).await?;
                let refused = refused.first().ok_or(Error::NotFound("refusal"))?;
                self.ask_for_more(&asks, refused.id, words).await
            }
            Act::CardFails => self.keep_sample_card(of.customer, of.studio.name, FAILS_TO_PAY).await,
            Act::BuysByItself(state) => self.agree(of, state).await,
            Act::TurnsAway(account, title, make, reason) => {
                self.turn_away(of, account, title, make, reason).await
            }
            Act::Disputes(why) => self.raise_risk(of.customer, why).await,
            Act::Knows(contact, main) => self.write_down(of, contact, main).await,
            Act::Lapses => self.expire_lapsed().await.map(drop),
            Act::Makes(..) => Ok(()), // with all that is produced at this instant
        }
    }

    /// Buys a pack as anybody does: an order, the hosted page, and back.
    async fn buy(&self, of: &Opened, tokens: Tokens) -> Result<(), Error> {
        let buyer = self.buyer(of).await?;
        let request = format!("sample-{}", self.now().utc().format("%Y%m%d-%H"));
        let Ordered::Order(order) = self.order(&buyer, &request, Wanted::Pack(tokens, None)).await? else {
            return Err(Error::corrupt("sample", request, "is no order"));
        };
        let url = self.checkout(&buyer, order.id, format!("{tokens} tokens")).await?;
        self.sandbox_pay(url.rsplit('/').next().unwrap_or_default(), PAYS).await?;
        self.come_back(&buyer, order.id).await
    }

    /// JARAI's own administrator writes a contact down.
    async fn write_down(
        &self,
        of: &Opened,
        [name, email, phone, job]: &[&str; 4],
        main: Option<usize>,
    ) -> Result<(), Error> {
        let (email_of_staff, ..) = STAFF[0];
        let row = person::Entity::find().filter(person::Column::Email.eq(email_of_staff));
        let row = row.one(&self.shared.pools.read).await?.ok_or(Error::NotFound("person"))?;
        let id = row.id.parse().map_err(|error| Error::corrupt("person", &row.id, error))?;
        let staff = self.member(id, Some(of.customer)).await?.ok_or(Error::NotFound("member"))?;
        let details = ContactDetails {
            phone: Some((*phone).to_owned()),
            job: Some((*job).to_owned()),
            ..ContactDetails::of_name(name, email)
        };
        let shown = ContactDetails::default();
        let contact = self.save_contact(&staff, of.customer, None, shown, &details).await?;
        let Some(account) = main.and_then(|place| of.accounts.get(place)) else { return Ok(()) };
        self.choose_main_contact(&staff, of.customer, *account, None, Some(contact)).await
    }

    /// The administrator who acts for a customer.
    async fn buyer(&self, of: &Opened) -> Result<Member, Error> {
        self.member(of.buyer, None).await?.ok_or(Error::NotFound("member"))
    }

    /// Overrides somebody’s cap until the cycle ends.
    async fn allow_more(&self, of: &Opened, email: &str, tokens: i64) -> Result<(), Error> {
        let (buyer, person) = (self.buyer(of).await?, of.operator(email)?);
        let team = self.team(&buyer).await?;
        let known = team.members.iter().find(|one| one.person == person).and_then(|one| one.limit);
        let tokens = Tokens::new(tokens).map_err(out_of_range)?;
        let instead = CapOverride { tokens, until: team.cycle.1 };
        self.override_cap(&buyer, person, known.ok_or(Error::NotFound("cap"))?, Some(instead)).await
    }

    async fn limit(&self, of: &Opened, whose: Whose, change: LimitChange) -> Result<(), Error> {
        let scope = match whose {
            Whose::Account(place) => BudgetScope::Account(of.accounts[place]),
            Whose::Key => BudgetScope::Key(of.key.ok_or(Error::NotFound("key"))?),
            Whose::All => BudgetScope::Customer(of.customer),
        };
        self.change_limits(of.customer, scope, vec![change]).await
    }

    /// 5.19: a long text, outside productions.
    async fn call(&self, of: &Opened, account: usize, r#loop: i64) -> Result<(), Error> {
        let report = CallReport {
            account: of.accounts[account],
            r#loop,
            quantity: text(200_000, 20_000).map_err(out_of_range)?,
            model: None,
            occurred_at: None,
        };
        let name = format!("loop-{}-{}", r#loop, self.now().day());
        let name = name.parse().map_err(|error| Error::corrupt("sample", &name, error))?;
        self.record_call(of.customer, of.key, name, report).await.map(drop)
    }

    /// Its administrator agrees to automatic purchases, by the act that everybody agrees by; where its card is to be declined,
    /// it is, since so much has to be left that the first purchase is made at once.
    async fn agree(&self, of: &Opened, state: AutoTopUpState) -> Result<(), Error> {
        let declined = state == AutoTopUpState::Declined;
        if declined {
            self.keep_sample_card(of.customer, of.studio.name, FAILS_TO_PAY).await?;
        }
        let buyer = self.buyer(of).await?;
        let report = self.auto_top_up_report(&buyer).await?;
        let pack = report.packs.get(1).ok_or(Error::NotFound("pack"))?;
        // Two purchases a month, and a little of a third.
        let cap = pack.once.minor().saturating_mul(5).checked_div(2).unwrap_or_default();
        let cap = Money::new(cap, pack.once.currency());
        let ten_thousand = Tokens::new(10_000).map_err(out_of_range)?;
        let below = if declined {
            let left = self.usage(of.customer).await?.capacity.left();
            left.plus(ten_thousand).map_err(out_of_range)?
        } else {
            ten_thousand
        };
        let terms = Terms { below, buys: pack.tokens, cap };
        let worst = terms.worst_case(pack.once, report.spent);
        let worst = worst.map_err(|error| Error::corrupt("sample", of.studio.name, error))?;
        self.agree_to_top_up(&buyer, terms, ShownAmounts { once: pack.once, worst }).await?;
        self.buy_due().await.map(drop)
    }

    /// A production that the gate refuses for this reason and no other.
    async fn turn_away(
        &self,
        of: &Opened,
        account: usize,
        title: &str,
        make: Make,
        reason: Reason,
    ) -> Result<(), Error> {
        let name = format!("refused-{}", self.now().utc().format("%Y%m%d-%H"));
        let request = of.request(&name, title.to_owned(), account, make)?;
        let idle = reason == Reason::Maintenance;
        if idle {
            self.set_idle(true).await?;
        }
        let answer = self.admit(of.customer, of.key, request).await;
        if idle {
            self.set_idle(false).await?;
        }
        match answer {
            Err(Error::Refused(refusal)) if refusal.reason == reason => Ok(()),
            other => Err(Error::corrupt("sample", name, format!("is not refused for {reason:?}: {other:?}"))),
        }
    }
}

impl Opened {
    fn operator(&self, email: &str) -> Result<PersonId, Error> {
        let known = self.operators.iter().find(|(known, ..)| *known == email);
        known.map(|(_, person, _)| *person).ok_or(Error::NotFound("member"))
    }

    /// A production of this customer.
    pub(super) fn work(&self, scene: &Scene) -> Result<Work, Error> {
        let request = self.request(&scene.name, scene.title.clone(), scene.account, scene.make)?;
        Ok(Work { customer: self.customer, key: self.key, request, course: scene.course })
    }

    /// In the name of the operator who reaches the account, where there is one.
    fn request(&self, name: &str, title: String, account: usize, make: Make) -> Result<AdmitRequest, Error> {
        let bad = |error: &dyn std::fmt::Display| Error::corrupt("sample", name, error);
        let operator = self.operators.iter().find(|(_, _, places)| places.contains(&account));
        Ok(AdmitRequest {
            production: name.parse().map_err(|error| bad(&error))?,
            account: self.accounts[account],
            title,
            member: operator.map(|(_, person, _)| *person),
            quote: None,
            project_type: Some("short-video".to_owned()),
            plan: Plan::new(make.steps().map_err(out_of_range)?).map_err(|error| bad(&error))?,
        })
    }
}
