//! Closing months. Until the sixth of the next month a month can still be completed; then its figures are written down as a
//! digest, and whoever computes them again must find the same bytes. DOMAIN *Time*, P8.

use super::report::{PnlBy, PnlQuery};
use crate::{
    Engine, Error,
    db::{
        entity::{customer, month_close, pnl_month},
        rows,
    },
};
use billing::{
    id::CustomerId,
    time::{Month, Span, Timestamp},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// How long after its end a month can be completed.
const OPEN_FOR: Span = Span::days(5);

/// The instant from which a month never changes: the sixth of the next, 00:00 UTC.
pub(super) fn closes_at(month: Month) -> Timestamp {
    month.end().after(OPEN_FOR)
}

/// A month of the whole platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClosedMonth {
    /// When it was closed; none while it can still change.
    pub closed_at: Option<Timestamp>,
    /// A line a customer and account, in one order: revenue, cost, tokens and calls, as CSV.
    pub text: String,
    /// Whether the figures are those that it was closed with.
    pub is_unchanged: bool,
}

impl Engine {
    /// Closes every month whose time has come, oldest first; answers how many.
    pub async fn close_months(&self) -> Result<usize, Error> {
        let read = &self.shared.pools.read;
        let newest = month_close::Entity::find().order_by_desc(month_close::Column::Month).one(read).await?;
        let from = match newest {
            Some(row) => Some(month(&row.month)?.end().month()),
            None => self.first_month().await?,
        };
        let mut closed = 0;
        let Some(mut next) = from else { return Ok(0) };
        while closes_at(next) <= self.now() {
            let row = month_close::Model {
                month: next.to_string(),
                closed_at: self.now().micros(),
                digest: digest(&self.month_text(next).await?),
            };
            // Two processes close a month alike; the first one is written down.
            let known = month_close::Entity::find_by_id(&row.month).one(&self.shared.pools.side).await?;
            if known.is_none() {
                rows::insert::<month_close::Entity>(&self.shared.pools.side, &[row]).await?;
            }
            closed += 1;
            next = next.end().month();
        }
        Ok(closed)
    }

    /// A month as it stands.
    pub async fn month(&self, month: Month) -> Result<ClosedMonth, Error> {
        let read = &self.shared.pools.read;
        let closed = month_close::Entity::find_by_id(month.to_string()).one(read).await?;
        let text = self.month_text(month).await?;
        let is_unchanged = closed.as_ref().is_none_or(|row| row.digest == digest(&text));
        let at = |row: month_close::Model| {
            Timestamp::from_micros(row.closed_at)
                .map_err(|error| Error::corrupt("month_close", &row.month, error))
        };
        Ok(ClosedMonth { closed_at: closed.map(at).transpose()?, text, is_unchanged })
    }

    async fn first_month(&self) -> Result<Option<Month>, Error> {
        let first: Option<String> = pnl_month::Entity::find()
            .select_only()
            .column(pnl_month::Column::Month)
            .order_by_asc(pnl_month::Column::Month)
            .limit(1)
            .into_tuple()
            .one(&self.shared.pools.read)
            .await?;
        first.as_deref().map(month).transpose()
    }

    async fn month_text(&self, month: Month) -> Result<String, Error> {
        let mut text = "month,customer,account,currency,subscription,top_ups,invoiced,charged,raw,tokens,calls,unknown\n"
            .to_owned();
        let customers = customer::Entity::find()
            .filter(customer::Column::CreatedAt.lt(month.end().micros()))
            .order_by_asc(customer::Column::Id);
        for row in customers.all(&self.shared.pools.read).await? {
            let customer: CustomerId =
                row.id.parse().map_err(|error| Error::corrupt("customer", &row.id, error))?;
            let query = PnlQuery {
                days: month.start().day()..=month.last_day(),
                account: None,
                production: None,
                step: None,
                by: PnlBy::Account,
                currency: None,
            };
            for (account, pnl) in self.lines_of(customer, &query).await? {
                let raw = pnl.raw.unwrap_or(pnl.charged);
                let _ = writeln!(
                    text,
                    "{month},{customer},{account},{},{},{},{},{},{raw},{},{},{}",
                    pnl.charged.currency(),
                    pnl.subscription,
                    pnl.top_ups,
                    pnl.invoiced,
                    pnl.charged,
                    pnl.tokens,
                    pnl.calls,
                    pnl.unknown
                );
            }
        }
        Ok(text)
    }
}

fn month(text: &str) -> Result<Month, Error> {
    text.parse().map_err(|error| Error::corrupt("month_close", text, error))
}

fn digest(text: &str) -> String {
    hex::encode(Sha256::digest(text))
}
