//! A customer's plan in words, and what becomes of the forms that change it.

use super::{
    AdvisedPlan, AdvisorView, DecidedView, PlanQuery, PlanView, UnpaidView,
    names::{billing_words, tier_words},
    offer_words::{PublishedPrices, SHOWN, billing_of, periods, tier_of},
    preview_words::Asked,
};
use crate::{
    AppError, flash,
    format::Format,
    frame::FrameView,
    payment::{go_and_pay, stays, words::plan_words},
    reader::Reader,
    respond,
    ui::Tone,
    writing::AmountWriting,
};
use billing::{
    payment::Purchase,
    team::Permission,
    tier::{
        BillingPeriod, Change, Effect, InUse, Next, Plan, Status, Subscription, Tier,
        advisor::{self, Candidate},
    },
    time::Timestamp,
};
use engine::{
    Engine,
    payment::{OrderLine, Ordered},
    tier::PlanState,
};

impl PlanView {
    /// The customer's plan, and what was asked about it.
    pub async fn load(engine: &Engine, query: &PlanQuery, reader: &Reader) -> Result<Self, AppError> {
        reader.may(Permission::ManageBilling).then_some(()).ok_or(AppError::Forbidden)?;
        let (state, at) = (engine.plan_of(&reader.member).await?, engine.now());
        let current = state.subscription.filter(Subscription::is_active);
        let billing = if query.billing.is_empty() {
            current.map_or(BillingPeriod::Monthly, |current| current.plan.billing)
        } else {
            billing_of(&query.billing)
        };
        let tax =
            engine.billing_details(&reader.member).await?.map(|details| engine.tax_rule(details.country));
        let request = engine.fresh_request()?;
        let published = PublishedPrices::of_request()?;
        let asked = Asked { state: &state, billing, request, at, reader, published };
        let preview = asked.preview(query, tax.as_ref())?;
        let advised = engine.advised_by(&reader.member).await?;
        Ok(Self {
            frame: FrameView::load(engine, reader).await?,
            facts: facts(&state, reader),
            periods: periods(billing, &state.book, state.currency, |word| format!("/plan?billing={word}")),
            cards: SHOWN.into_iter().filter_map(|tier| asked.card(tier)).collect(),
            preview,
            unpaid: unpaid(&engine.orders_of(&reader.member).await?, at, reader.format),
            decided: current.and_then(|current| decided(&current, state.mark(), reader.format)),
            may_leave: current
                .is_some_and(|current| current.price.minor() > 0 && current.next == Next::Renew),
            advisor: Some(AdvisorView {
                cycles: advised.cycles,
                plans: advised_plans(advised.in_use, &state, reader.format)?,
                packs: state.book.packs_in(state.currency),
                writing: AmountWriting::of(reader.format, state.currency),
            }),
        })
    }
}

fn advised_plans(in_use: InUse, state: &PlanState, format: &Format) -> Result<Vec<AdvisedPlan>, AppError> {
    let plan = |(plan, candidate): (Plan, Candidate)| AdvisedPlan {
        name: format!("{}, {}", tier_words(plan.tier), billing_words(plan.billing)),
        seats: (plan.tier == Tier::Atelier).then(|| format!("{} seats", format.count(plan.seats))),
        subscription: candidate.subscription,
        allowance: candidate.allowance,
        accounts_too_many: candidate.accounts_too_many,
    };
    let candidates = advisor::candidates(in_use, &state.book, state.currency)?;
    Ok(candidates.into_iter().map(plan).collect())
}

fn facts(state: &PlanState, reader: &Reader) -> Vec<String> {
    let format = reader.format;
    let name = reader.member.customer_name.clone();
    let Some(subscription) = &state.subscription else {
        return vec![name, "no plan yet: choose one to go on after the evaluation".to_owned()];
    };
    let plan = format!("{} is on {}", name, plan_words(subscription.plan, format));
    let term = subscription.term();
    let then = match (subscription.status, subscription.next) {
        (Status::Paused, _) => "paused: choose a plan to go on".to_owned(),
        (Status::Ended, _) => {
            "ended: what was bought is kept and can be used once there is a plan again".to_owned()
        }
        (Status::Active, Next::Renew) if subscription.price.minor() > 0 => {
            format!(
                "renews on {} for {} before tax",
                format.date(term.until),
                format.money(subscription.price)
            )
        }
        (Status::Active, Next::Renew) => "free".to_owned(),
        (Status::Active, _) => format!("paid until {}", format.date(term.until)),
    };
    vec![plan, then, format!("{} tokens a cycle", format.tokens(subscription.allowance))]
}

/// The change that was ordered last, where it can still be paid.
fn unpaid(orders: &[OrderLine], at: Timestamp, format: &Format) -> Option<UnpaidView> {
    orders.iter().map(|line| &line.order).find_map(|order| match &order.purchase {
        Purchase::Plan(change) if order.is_open(at) => Some(UnpaidView {
            words: format!(
                "{} is ordered and not paid: {} with tax. Nothing was charged, and {}. It can be paid until {}.",
                plan_words(change.to, format),
                format.money(order.totals.total),
                stays(change, format),
                format.minute(order.expires_at)
            ),
            page: format!("/orders/{}", order.id),
        }),
        _ => None,
    })
}

/// What was decided for the end of the term.
fn decided(current: &Subscription, shown: String, format: &Format) -> Option<DecidedView> {
    let on = format.date(current.term().until);
    let words = match current.next {
        Next::Renew => return None,
        Next::Become(plan) => format!(
            "On {on} this becomes {}. Until then everything stays as it is.",
            plan_words(plan, format)
        ),
        Next::Pause => {
            format!("On {on} this pauses: nothing is charged and nothing is granted until you resume.")
        }
        Next::Cancel => format!("On {on} this ends. Everything works until then; what you bought is kept."),
    };
    Some(DecidedView { words, subscription: current.id.to_string(), shown })
}

/// Changes the plan: goes on to payment, or says what was done.
pub(super) async fn change(
    engine: &Engine,
    (tier, billing, seats): (&str, &str, &str),
    (request, shown): (&str, &str),
    reader: &Reader,
) -> Result<(), AppError> {
    let missing =
        || AppError::Invalid { field: "tier".to_owned(), message: "There is no such plan".to_owned() };
    let tier = tier_of(tier).ok_or_else(missing)?;
    let seats = seats.trim().parse().map_err(|_| missing())?;
    let plan = Plan { tier, billing: billing_of(billing), seats };
    match engine.change_plan(&reader.member, request, plan, shown).await {
        Ok(Ordered::Order(order)) => return go_and_pay(engine, &order, reader).await,
        Ok(Ordered::Changed(change)) => flash::say(Tone::Ok, made(&change, reader.format)).await?,
        Err(engine::Error::Invalid { message, .. }) => {
            flash::say(Tone::Bad, format!("Nothing was changed: {message}")).await?;
        }
        Err(engine::Error::Changed { now }) => second(&now).await?,
        Err(error) => return Err(error.into()),
    }
    respond::see_other("/plan");
    Ok(())
}

/// Tells who came second what the plan is now.
async fn second(now: &str) -> Result<(), AppError> {
    let words = format!(
        "Somebody else has changed the plan meanwhile: it is now {now}. Nothing of yours was changed. Look at it again and decide."
    );
    flash::conflict(words).await
}

fn made(change: &Change, format: &Format) -> String {
    match change.effect {
        Effect::AtOnce => {
            format!(
                "You are on {}. {} tokens were granted.",
                plan_words(change.to, format),
                format.tokens(change.grants_now)
            )
        }
        Effect::AtTermEnd => {
            format!(
                "On {} this becomes {}. It can be undone until then.",
                format.date(change.on),
                plan_words(change.to, format)
            )
        }
    }
}

/// Decides what becomes of a subscription when its term ends.
pub(super) async fn decide(
    engine: &Engine,
    subscription: &str,
    (next, shown): (&str, &str),
    reader: &Reader,
) -> Result<(), AppError> {
    let missing = |_| AppError::NotFound { what: "subscription".to_owned() };
    let (next, said) = match next {
        "pause" => (Next::Pause, "It pauses when the term ends. It can be undone until then."),
        "cancel" => (Next::Cancel, "It ends when the term does. It can be undone until then."),
        _ => (Next::Renew, "It goes on as it was."),
    };
    let subscription = subscription.parse().map_err(missing)?;
    match engine.decide_next(&reader.member, subscription, next, Some(shown)).await {
        Ok(()) => flash::say(Tone::Ok, said.to_owned()).await?,
        Err(engine::Error::Changed { now }) => second(&now).await?,
        Err(error) => return Err(error.into()),
    }
    respond::see_other("/plan");
    Ok(())
}
