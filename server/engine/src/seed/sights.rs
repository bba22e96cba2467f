//! Where each state of the console can be seen: every refusal, every state of a budget and of a production, and who sees it.

use crate::{
    Engine, Error,
    customer::AccountLine,
    production::{ListedProduction, ProductionFilter, RefusalLine},
    team::Member,
};
use billing::{production::Status, refusal::Reason};

/// Somebody, and something that they see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sight {
    /// Who.
    pub member: Member,
    /// What.
    pub shows: Shown,
}

/// What is seen; a budget with a few words on what it is an example of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// A production that was refused.
    Refusal(RefusalLine),
    /// An account and its limit.
    Budget(&'static str, AccountLine),
    /// A production.
    Production(ListedProduction),
}

/// Every refusal in the gate's order, and who sees it.
const REFUSALS: [(Reason, &str); 11] = [
    (Reason::Maintenance, "cora@copper.example"),
    (Reason::PaymentRequired, "theo@thistle.example"),
    (Reason::AccountNotActive, "hana@harbour.example"),
    (Reason::ProductionTooLarge, "iris@evergreen.example"),
    (Reason::Concurrency, "quinn@quarry.example"),
    (Reason::PriceUnknown, "sal@saltmarsh.example"),
    (Reason::KeyBudget, "ren@lantern.example"),
    (Reason::AccountBudget, "sofia@northlight.example"),
    (Reason::CustomerBudget, "mia@meridian.example"),
    (Reason::SeatCap, "omar@harbour.example"),
    (Reason::NotEnoughCapacity, "fern@fern.example"),
];

/// Every state of a budget: whose it is to see, which account, and what it is.
const BUDGETS: [(&str, &str, &str); 7] = [
    ("mara@northlight.example", "Night Sky Daily", "No limit"),
    ("sal@saltmarsh.example", "Saltmarsh", "Under its limit"),
    ("hana@harbour.example", "Deep Water", "Told at 80% of its limit"),
    ("cora@copper.example", "Copper Lane", "Limit reached by calls outside productions"),
    ("theo@thistle.example", "Thistle", "Limit lowered below what is spent"),
    ("cora@copper.example", "Copper Shorts", "Limit raised for this month only"),
    ("mia@meridian.example", "Meridian", "Limit capped by the customer’s own"),
];

/// Every state of a production, whether it ended by its lease, and who sees one.
const PRODUCTIONS: [(Status, bool, &str); 7] = [
    (Status::Admitted, false, "hana@harbour.example"),
    (Status::Producing, false, "mara@northlight.example"),
    (Status::AwaitingApproval, false, "mara@northlight.example"),
    (Status::Published, false, "mara@northlight.example"),
    (Status::Failed, false, "mara@northlight.example"),
    (Status::Failed, true, "hana@harbour.example"),
    (Status::Cancelled, false, "mara@northlight.example"),
];

/// Refusals, or productions, among which one is looked for.
const NEWEST: u64 = 400;

impl Engine {
    /// What these sample people see, as far as it is to be seen now: where the clock was advanced, some of it is over.
    pub async fn sights(&self, people: &[Member]) -> Result<Vec<Sight>, Error> {
        let of = |email: &str| people.iter().find(|member| member.email == email);
        let mut sights = Vec::new();
        let mut see = |member: &Member, shows: Option<Shown>| {
            sights.extend(shows.map(|shows| Sight { member: member.clone(), shows }));
        };
        for (reason, email) in REFUSALS {
            let Some(member) = of(email) else { continue };
            let mut found = self.refusals(member, None, NEWEST).await?.into_iter();
            see(member, found.find(|line| line.refusal.reason == reason).map(Shown::Refusal));
        }
        for (email, account, says) in BUDGETS {
            let Some(member) = of(email) else { continue };
            let mut found = self.accounts_of(member).await?.into_iter();
            see(member, found.find(|line| line.name == account).map(|line| Shown::Budget(says, line)));
        }
        for (status, expired, email) in PRODUCTIONS {
            let Some(member) = of(email) else { continue };
            let mut found =
                self.productions_of(member, &ProductionFilter::default(), NEWEST).await?.into_iter();
            let fits = |line: &ListedProduction| line.status == status && line.expired == expired;
            see(member, found.find(fits).map(Shown::Production));
        }
        Ok(sights)
    }
}
