//! Requests under a free-form `Idempotency-Key`: the first answer is kept, and whoever asks again hears it. I-15 to I-17.
//!
//! Acts that their caller names are idempotent by that name, in the transaction that does them; this is for requests
//! without a name of their own. The mark that a request has begun is set before its acts, the answer after them. Where a
//! process dies in between, the same request is done again once its mark has grown old: acts with names are counted once
//! all the same, and a quote that nobody has heard of binds nobody.

use crate::{Engine, Error, db::entity::idempotency};
use billing::{id::CustomerId, time::Span};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, Set, sea_query::OnConflict};

/// After how long a request without an answer is taken to have died with its process.
const ABANDONED: Span = Span::minutes(1);
/// How long answers are kept; as long as a late call may be reported.
const KEPT: Span = Span::days(35);

/// An answer as it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: String,
}

/// What is known of a request under a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begun {
    /// Nothing: it is to be done now, and [`Engine::keep_answer`] or [`Engine::forget_request`] to be called after it.
    Fresh,
    /// It was done: this was the answer.
    Done(KeptAnswer),
    /// It is being done.
    Running,
    /// The key belongs to another request.
    OtherRequest,
}

impl Engine {
    /// Marks a request as begun, unless it is known. `fingerprint` tells requests of one key apart.
    pub async fn begin_request(
        &self,
        customer: CustomerId,
        key: &str,
        fingerprint: &str,
    ) -> Result<Begun, Error> {
        let (side, now) = (&self.shared.pools.side, self.now());
        let fresh = idempotency::Model {
            customer_id: customer.to_string(),
            key: key.to_owned(),
            fingerprint: fingerprint.to_owned(),
            status: None,
            body: None,
            started_at: now.micros(),
        };
        let known_key = OnConflict::columns([idempotency::Column::CustomerId, idempotency::Column::Key])
            .do_nothing()
            .to_owned();
        let added = idempotency::Entity::insert(fresh.into_active_model())
            .on_conflict(known_key)
            .exec_without_returning(side)
            .await?;
        if added == 1 {
            return Ok(Begun::Fresh);
        }
        let id = (customer.to_string(), key.to_owned());
        let Some(known) = idempotency::Entity::find_by_id(id).one(side).await? else {
            return Ok(Begun::Running); // it was forgotten this very moment
        };
        if known.fingerprint != fingerprint {
            return Ok(Begun::OtherRequest);
        }
        if let (Some(status), Some(body)) = (known.status, known.body) {
            let status =
                status.try_into().map_err(|error| Error::corrupt("idempotency", &known.key, error))?;
            return Ok(Begun::Done(KeptAnswer { status, body }));
        }
        if known.started_at > now.before(ABANDONED).micros() {
            return Ok(Begun::Running);
        }
        let taken_over = idempotency::Entity::update_many()
            .set(idempotency::ActiveModel { started_at: Set(now.micros()), ..Default::default() })
            .filter(idempotency::Column::CustomerId.eq(customer.to_string()))
            .filter(idempotency::Column::Key.eq(key))
            .filter(idempotency::Column::Status.is_null())
            .filter(idempotency::Column::StartedAt.eq(known.started_at))
            .exec(side)
            .await?;
        Ok(if taken_over.rows_affected == 1 { Begun::Fresh } else { Begun::Running })
    }

    /// Keeps the answer to a request that was begun.
    pub async fn keep_answer(
        &self,
        customer: CustomerId,
        key: &str,
        answer: KeptAnswer,
    ) -> Result<(), Error> {
        idempotency::Entity::update_many()
            .set(idempotency::ActiveModel {
                status: Set(Some(answer.status.into())),
                body: Set(Some(answer.body)),
                ..Default::default()
            })
            .filter(idempotency::Column::CustomerId.eq(customer.to_string()))
            .filter(idempotency::Column::Key.eq(key))
            .exec(&self.shared.pools.side)
            .await?;
        Ok(())
    }

    /// Forgets a request that was begun and has no answer worth keeping: it can be sent again.
    pub async fn forget_request(&self, customer: CustomerId, key: &str) -> Result<(), Error> {
        idempotency::Entity::delete_by_id((customer.to_string(), key.to_owned()))
            .exec(&self.shared.pools.side)
            .await?;
        Ok(())
    }

    /// Forgets what is older than anybody asks for again.
    pub(crate) async fn forget_old_answers(&self) -> Result<(), Error> {
        idempotency::Entity::delete_many()
            .filter(idempotency::Column::StartedAt.lt(self.now().before(KEPT).micros()))
            .exec(&self.shared.pools.side)
            .await?;
        Ok(())
    }
}
