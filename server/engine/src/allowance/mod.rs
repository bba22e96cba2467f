//! What is left: granted by acts of the writer, read live from the rows that the gate decides by.

mod entries;
mod needs;
mod overview;
mod report;
mod report_cost;
mod used;

pub use entries::{LedgerLine, LedgerPage};
pub use needs::{Awaited, Need};
pub use overview::Overview;
pub use report::{UsageBy, UsageLine, UsageRange, UsageReport};
pub use report_cost::{CallCosts, OUTSIDE};

use crate::{
    Engine, Error,
    audit::Note,
    db::{
        allowance::grant_of,
        customer::standing_of,
        entity::{token_grant, token_hold, usage_day, wallet},
        to_word,
    },
    writer::{Act, Books, Desk, NewGrant, Touch},
};
use billing::{
    allowance::{BannerSettings, Capacity, Forecast, Grant, Source, draw, forecast},
    audit::{Actor, AuditAct},
    id::{CustomerId, GrantId},
    money::Money,
    time::{Span, Timestamp},
    tokens::Tokens,
    top_up::{AutoTopUp, AutoTopUpState},
};
use chrono::NaiveDate;
use sea_orm::{
    ColumnTrait, Condition, DatabaseConnection, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, sea_query::Expr,
};
use tokio::sync::watch;

/// A customer's capacity, and what the banner says of it depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usage {
    /// What is left.
    pub capacity: Capacity,
    /// The lots beyond the allowance that have something left or held, in draw order.
    pub lots: Vec<Grant>,
    /// When this allowance began; none without an allowance.
    pub cycle_starts_at: Option<Timestamp>,
    /// How many productions run.
    pub running: u64,
    /// When capacity will run out, at the pace of the last days; none while nothing is foreseen.
    pub forecast: Option<Forecast>,
    /// What the banner depends on beside the figures.
    pub settings: BannerSettings,
    /// What was agreed about automatic purchases; none where nothing ever was.
    pub auto_top_up: Option<AutoTopUp>,
}

/// The act: a lot of tokens.
struct GrantTokens {
    customer: CustomerId,
    source: Source,
    tokens: Tokens,
    expires_at: Option<Timestamp>,
    price_paid: Option<Money>,
}

impl Act for GrantTokens {
    type Answer = GrantId;

    fn touches(&self) -> Touch {
        Touch::wallet(self.customer)
    }

    fn decide(&self, books: &mut Books, desk: &Desk) -> Result<GrantId, Error> {
        let invalid =
            |message: &str| Error::Invalid { field: "grant".to_owned(), message: message.to_owned() };
        if self.tokens.is_zero() {
            return Err(invalid("a grant has at least one token"));
        }
        if self.expires_at.is_some_and(|end| end <= desk.at) {
            return Err(invalid("a grant ends after it starts"));
        }
        books.head.left.plus(self.tokens).map_err(|_| invalid("the wallet cannot hold so many tokens"))?;
        let id = GrantId::new(desk.ids.next(desk.at)?);
        let grant = Grant::new(id, self.source, self.tokens, desk.at, self.expires_at);
        books.lapse(desk)?;
        books.grant(NewGrant { grant, price_paid: self.price_paid, cycle: None, order: None }, desk)?;
        let note = Note::of(self.customer, Actor::Operations, AuditAct::TokensGranted, id);
        let note = note.with("tokens", self.tokens).with("source", to_word(&self.source)?);
        books.note(&note.moved("ends", None, self.expires_at), desk)?;
        Ok(id)
    }
}

impl Engine {
    /// Adds a lot of tokens, from now on. A recorded overdraft is taken from it first.
    pub async fn grant(
        &self,
        customer: CustomerId,
        source: Source,
        tokens: Tokens,
        expires_at: Option<Timestamp>,
        price_paid: Option<Money>,
    ) -> Result<GrantId, Error> {
        self.writer.ask(GrantTokens { customer, source, tokens, expires_at, price_paid }).await
    }

    /// What is left, now.
    pub async fn usage(&self, customer: CustomerId) -> Result<Usage, Error> {
        let (read, at, owner) = (&self.shared.pools.read, self.now(), customer.to_string());
        let of = self.customer_row(customer).await?;
        let (payment, auto_top_up) = (standing_of(&of, at)?, self.auto_top_up(&of).await?);
        let wallet =
            wallet::Entity::find_by_id(&owner).one(read).await?.ok_or(Error::NotFound("customer"))?;
        let grants = lots_that_count(read, &owner, at).await?;
        let running = token_hold::Entity::find()
            .filter(token_hold::Column::CustomerId.eq(&owner))
            .filter(token_hold::Column::EndedAt.is_null())
            .count(read)
            .await?;
        let overdrawn =
            Tokens::new(wallet.overdrawn_tokens).map_err(|error| Error::corrupt("wallet", &owner, error))?;
        let allowances = grants.iter().filter(|grant| grant.source.is_allowance() && grant.is_open(at));
        let capacity = Capacity::of(&grants, overdrawn, at);
        let cycle_starts_at = allowances.map(|grant| grant.effective_at).min();
        let mut lots: Vec<Grant> = grants.into_iter().filter(|grant| grant.is_extra(at)).collect();
        draw::sort(&mut lots);
        Ok(Usage {
            cycle_starts_at,
            lots,
            forecast: foresee(read, customer, &capacity).await?,
            capacity,
            running,
            settings: BannerSettings {
                payment,
                auto_top_up: auto_top_up.map_or(AutoTopUpState::Off, |agreed| agreed.as_the_banner_has_it()),
                ..BannerSettings::default()
            },
            auto_top_up,
        })
    }

    /// When the cycle before the one that starts at this instant began: with the newest earlier allowance, else a month ago.
    pub async fn cycle_before(&self, customer: CustomerId, starts_at: Timestamp) -> Result<Timestamp, Error> {
        let earlier = token_grant::Entity::find()
            .filter(token_grant::Column::CustomerId.eq(customer.to_string()))
            .filter(is_allowance()?)
            .filter(token_grant::Column::EffectiveAt.lt(starts_at.micros()))
            .order_by_desc(token_grant::Column::EffectiveAt)
            .one(&self.shared.pools.read)
            .await?;
        let month_before = starts_at.before(Span::micros(1)).month().start();
        earlier.map_or(Ok(month_before), |row| {
            Timestamp::from_micros(row.effective_at)
                .map_err(|error| Error::corrupt("token_grant", &row.id, error))
        })
    }

    /// Ticks whenever this process has changed the customer's books.
    #[must_use]
    pub fn changes(&self, customer: CustomerId) -> watch::Receiver<u64> {
        self.shared.watch(customer)
    }
}

/// The lots that something may be left of, or is held of, and the allowance whether or not: a customer of years has hundreds that
/// were bought and are spent.
async fn lots_that_count(read: &DatabaseConnection, owner: &str, at: Timestamp) -> Result<Vec<Grant>, Error> {
    let is_open = Condition::any()
        .add(token_grant::Column::ExpiresAt.is_null())
        .add(token_grant::Column::ExpiresAt.gt(at.micros()));
    let is_told = Condition::any().add(token_grant::Column::RemainingTokens.gt(0)).add(is_allowance()?);
    let counts = Condition::any()
        .add(Condition::all().add(is_open).add(is_told))
        .add(token_grant::Column::HeldTokens.gt(0));
    let rows = token_grant::Entity::find().filter(token_grant::Column::CustomerId.eq(owner)).filter(counts);
    rows.all(read).await?.iter().map(grant_of).collect()
}

/// Whether a lot is an allowance: what [`Source::is_allowance`] says, in the database.
fn is_allowance() -> Result<Expr, Error> {
    Ok(token_grant::Column::Source.is_in([to_word(&Source::Allowance)?, to_word(&Source::Evaluation)?]))
}

/// The tokens of the last days, and what they let foresee.
async fn foresee(
    read: &DatabaseConnection,
    customer: CustomerId,
    capacity: &Capacity,
) -> Result<Option<Forecast>, Error> {
    let of_customer =
        || usage_day::Entity::find().filter(usage_day::Column::CustomerId.eq(customer.to_string()));
    let first = of_customer().select_only().column_as(usage_day::Column::PostedOn.min(), "first");
    let first = first.into_tuple::<Option<String>>().one(read).await?.flatten();
    let Some(first) = first else { return Ok(None) };
    let days = forecast::window(capacity.as_of.day());
    // One row, however many days and accounts there are. With no last day PostgreSQL would plan anew for each customer, which
    // takes it longer than the answer.
    let charged = of_customer()
        .select_only()
        .column_as(Expr::col(usage_day::Column::UsedTokens).sum().cast_as("BIGINT"), "used")
        .filter(usage_day::Column::PostedOn.between(days.start().to_string(), days.end().to_string()))
        .into_tuple::<Option<i64>>()
        .one(read)
        .await?;
    let charged = Tokens::new(charged.flatten().unwrap_or_default())
        .map_err(|error| Error::corrupt("usage_day", customer, error))?;
    let first: NaiveDate = first.parse().map_err(|error| Error::corrupt("usage_day", customer, error))?;
    Ok(forecast(charged, first, capacity))
}
