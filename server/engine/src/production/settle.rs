//! Keeping alive, finishing, expiring: a hold ends exactly once. I-9, I-11.

use super::Within;
use crate::{
    Error,
    db::entity::token_hold,
    writer::{Act, Books, Desk, Touch},
};
use billing::{
    id::{CustomerId, ProductionName},
    production::{Conflict, End, Hold, Lease, Settlement, hold::Stage},
    time::Timestamp,
};
use sea_orm::{ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

/// Holds that one sweep ends; the next one follows seconds later.
const SWEEP: u64 = 256;

/// A sign of life.
pub(super) struct Heartbeat {
    pub(super) customer: CustomerId,
    /// The accounts that the caller reaches; none is all of them.
    pub(super) within: Within,
    pub(super) production: ProductionName,
    pub(super) stage: Option<Stage>,
}

impl Act for Heartbeat {
    type Answer = Result<Lease, Conflict>;

    fn touches(&self) -> Touch {
        Touch::production(self.customer, &self.production)
    }

    fn decide(&self, books: &mut Books, desk: &Desk) -> Result<Self::Answer, Error> {
        books.production_within(&self.production, self.within.as_ref())?;
        books.expire_if_lapsed(&self.production, desk)?;
        Ok(match &mut books.production(&self.production)?.hold {
            Hold::Ended(ended) => Err(ended.end.conflict()),
            Hold::Open(open) => {
                let stage = match (self.stage, open.stage) {
                    (Some(stage), _) => stage,
                    (None, Stage::AwaitingApproval) => Stage::AwaitingApproval,
                    (None, Stage::Admitted | Stage::Producing) => Stage::Producing,
                };
                open.renew(stage, desk.at);
                Ok(Lease { stage, expires_at: open.expires_at })
            }
        })
    }
}

/// The pipeline's word that a production is over.
pub(crate) struct Finish {
    pub(crate) customer: CustomerId,
    /// The accounts that the caller reaches; none is all of them.
    pub(crate) within: Within,
    pub(crate) production: ProductionName,
    pub(crate) end: End,
}

impl Act for Finish {
    type Answer = Result<Settlement, Conflict>;

    fn touches(&self) -> Touch {
        Touch::production(self.customer, &self.production)
    }

    fn decide(&self, books: &mut Books, desk: &Desk) -> Result<Self::Answer, Error> {
        books.production_within(&self.production, self.within.as_ref())?;
        books.expire_if_lapsed(&self.production, desk)?;
        if let Hold::Open(open) = books.production(&self.production)?.hold.clone() {
            books.end(&self.production, open, self.end, desk)?;
        }
        match &books.production(&self.production)?.hold {
            // The same end reported twice is one end; it hears the first answer.
            Hold::Ended(ended) if ended.end == self.end => Ok(Ok(ended.settlement())),
            Hold::Ended(ended) => Ok(Err(ended.end.conflict())),
            Hold::Open(_) => Err(books.disagree("an ended hold is open")),
        }
    }
}

/// The end of a production that nobody has spoken for; answers whether there was something to end.
pub(super) struct Expire {
    pub(super) customer: CustomerId,
    pub(super) production: ProductionName,
}

impl Act for Expire {
    type Answer = bool;

    fn touches(&self) -> Touch {
        Touch::production(self.customer, &self.production)
    }

    fn decide(&self, books: &mut Books, desk: &Desk) -> Result<bool, Error> {
        books.expire_if_lapsed(&self.production, desk)
    }
}

/// Productions whose lease has run out and that still hold something.
pub(super) async fn lapsed(
    read: &DatabaseConnection,
    at: Timestamp,
) -> Result<Vec<(CustomerId, ProductionName)>, Error> {
    let rows = token_hold::Entity::find()
        .filter(token_hold::Column::EndedAt.is_null())
        .filter(token_hold::Column::ExpiresAt.lte(at.micros()))
        .order_by_asc(token_hold::Column::ExpiresAt)
        .limit(SWEEP)
        .all(read)
        .await?;
    let bad =
        |row: &token_hold::Model| Error::corrupt("token_hold", &row.production, "has a name that is none");
    rows.iter()
        .map(|row| {
            let customer = row.customer_id.parse().map_err(|_| bad(row))?;
            Ok((customer, row.production.parse().map_err(|_| bad(row))?))
        })
        .collect()
}
