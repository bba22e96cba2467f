//! A customer's plan, risk score and loops in words, and what becomes of the forms that set them.

use super::{
    AccountChoices, LoopTick, PlanStanding, RiskStanding,
    change_words::{reason_of, told},
    staff_words::{customer_id, staff_alone, word},
};
use crate::{
    AppError,
    format::Format,
    reader::Reader,
    tier::names::{billing_words, tier_words},
    ui::{Choice, Tone},
};
use billing::{
    id::AccountId,
    production::Control,
    sample::RISK_PER_DISPUTE,
    tier::{BillingPeriod, Plan, Status, Tier},
};
use engine::{Engine, customer::CustomerFile};
use std::collections::BTreeSet;

/// The tiers that staff set up.
const TIERS: [Tier; 3] = [Tier::Creator, Tier::Pro, Tier::Atelier];

/// The plan, and whether one can be set up.
pub(super) fn plan(file: &CustomerFile, format: &Format) -> PlanStanding {
    let words = |plan: Plan| {
        let seats = format.counted(u64::from(plan.seats), "seat", "seats");
        let seats = if plan.tier == Tier::Atelier { format!(", {seats}") } else { String::new() };
        format!("{}, {}{seats}", tier_words(plan.tier), billing_words(plan.billing))
    };
    let current = file.subscription.as_ref();
    let at_work = current.filter(|known| known.status == Status::Active);
    let says = match (current, at_work, file.line.tier) {
        (_, Some(known), _) => format!(
            "{}. Look at the customer and open Plan to change it: the change is priced and paid as its own administrators’ are.",
            words(known.plan)
        ),
        (Some(known), None, _) if known.status == Status::Paused => {
            format!("{} rests. It goes on when its administrators say so.", words(known.plan))
        }
        (Some(known), None, _) => format!("{} has ended.", words(known.plan)),
        (None, None, Some(tier)) => format!("{}: no plan was chosen yet.", tier_words(tier)),
        (None, None, None) => "No plan yet.".to_owned(),
    };
    let tier = |tier: Tier| Choice {
        value: word(tier),
        words: tier_words(tier).to_owned(),
        chosen: tier == Tier::Pro,
    };
    PlanStanding { says, tiers: at_work.is_none().then(|| TIERS.map(tier).to_vec()) }
}

/// The score in words.
pub(super) fn risk(score: i64, format: &Format) -> RiskStanding {
    RiskStanding {
        score,
        state: (if score > 0 { Tone::Warn } else { Tone::Ok }, format.count(score)),
        says: format!(
            "It rises by {} with each payment that is disputed (a sample value). Only JARAI’s own staff see it; nothing is refused because of it.",
            format.count(RISK_PER_DISPUTE)
        ),
    }
}

/// What is chosen for an account.
pub(super) fn choices(
    file: &CustomerFile,
    account: AccountId,
    off: &BTreeSet<i64>,
    platform_off: &BTreeSet<Control>,
) -> AccountChoices {
    let main = file.contacts.iter().find(|one| one.main_of.contains(&account)).and_then(|one| one.id);
    let active = file.contacts.iter().filter(|one| one.inactive_since.is_none());
    let contact = |one: &engine::team::Contact| {
        let id = one.id?;
        Some(Choice { value: id.to_string(), words: one.details.name(), chosen: main == Some(id) })
    };
    let nobody = Choice { value: String::new(), words: "Nobody".to_owned(), chosen: main.is_none() };
    let tick = |control: Control| {
        let number = control.loop_number().unwrap_or_default();
        let off_everywhere = if platform_off.contains(&control) { ", off on the whole platform" } else { "" };
        LoopTick { number, words: format!("{}{off_everywhere}", control.title()), on: !off.contains(&number) }
    };
    AccountChoices {
        main: main.map(|id| id.to_string()).unwrap_or_default(),
        mains: std::iter::once(nobody).chain(active.filter_map(contact)).collect(),
        off: off.iter().map(i64::to_string).collect::<Vec<_>>().join(" "),
        loops: Control::LOOPS.map(tick).to_vec(),
    }
}

/// Sets the score to nothing.
pub(super) async fn reset_risk(
    engine: &Engine,
    customer: &str,
    shown: i64,
    reason: &str,
    reader: &Reader,
) -> Result<(), AppError> {
    staff_alone(reader)?;
    let customer = customer_id(customer)?;
    let done = match reason_of(reason) {
        Ok(reason) => engine.reset_risk(&reader.member, customer, shown, reason).await,
        Err(error) => Err(error),
    };
    told(customer, done, "The risk score is 0 again.".to_owned()).await
}

/// What somebody has typed of a plan.
pub(super) struct TypedPlan {
    pub customer: String,
    pub tier: String,
    pub billing: String,
    pub seats: String,
}

impl TypedPlan {
    fn plan(&self) -> Result<Plan, engine::Error> {
        let invalid = |field: &str, message: &str| engine::Error::Invalid {
            field: field.to_owned(),
            message: message.to_owned(),
        };
        let tier = TIERS.into_iter().find(|tier| word(tier) == self.tier);
        let tier = tier.ok_or_else(|| invalid("tier", "Choose a plan. Nothing was changed."))?;
        let annual = self.billing == "annual";
        let billing = if annual { BillingPeriod::Annual } else { BillingPeriod::Monthly };
        let seats = match tier {
            Tier::Atelier => self.seats.trim().parse().ok().filter(|seats| (1..=10_000).contains(seats)),
            _ => Some(1),
        };
        let seats =
            seats.ok_or_else(|| invalid("seats", "Write a whole number of seats. Nothing was changed."))?;
        Ok(Plan { tier, billing, seats })
    }

    /// Sets it up, or says why not.
    pub async fn set_up(self, engine: &Engine, reader: &Reader) -> Result<(), AppError> {
        staff_alone(reader)?;
        let customer = customer_id(&self.customer)?;
        let done = match self.plan() {
            Ok(plan) => engine.set_up_plan(&reader.member, customer, plan).await.map(drop),
            Err(error) => Err(error),
        };
        told(
            customer,
            done,
            "The plan is set up: its allowance is granted and its first invoice issued.".to_owned(),
        )
        .await
    }
}

/// Sets which loops run for an account.
pub(super) async fn set_account_loops(
    engine: &Engine,
    (customer, account): (&str, &str),
    (shown, on): (&str, &[String]),
    reader: &Reader,
) -> Result<(), AppError> {
    staff_alone(reader)?;
    let customer = customer_id(customer)?;
    let account = account.parse().map_err(|_| AppError::NotFound { what: "account".to_owned() })?;
    let shown: BTreeSet<i64> = shown.split_whitespace().filter_map(|number| number.parse().ok()).collect();
    let on: BTreeSet<i64> = on.iter().filter_map(|number| number.parse().ok()).collect();
    let off = (1..=5).filter(|number| !on.contains(number)).collect();
    let done = engine.set_account_loops(&reader.member, (customer, account), &shown, &off).await;
    told(customer, done, "Its loops are saved: the pipeline goes by them from its next look on.".to_owned())
        .await
}
