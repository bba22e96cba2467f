//! Keys of the pipeline: only their hashes are kept. T12.

use crate::{Engine, Error, db::entity::api_key, hex, ids::random};
use billing::{
    id::{CustomerId, KeyId},
    time::Timestamp,
};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, Set};
use sha2::{Digest, Sha256};

/// What every key of the pipeline starts with.
const KEY_PREFIX: &str = "jk_";

/// A key of the pipeline that is alive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PipelineKey {
    /// Which key.
    pub id: KeyId,
    /// Whose.
    pub customer: CustomerId,
    /// How many acts a second it may ask; 0 is any number, none leaves it to the server.
    pub acts_per_second: Option<u32>,
}

/// The row of a new key, whose token is not kept.
pub(crate) fn new_key(
    customer: CustomerId,
    id: KeyId,
    name: &str,
    token: &str,
    at: Timestamp,
) -> api_key::Model {
    api_key::Model {
        id: id.to_string(),
        customer_id: customer.to_string(),
        name: name.to_owned(),
        token_hash: hex(&Sha256::digest(token)),
        created_at: at.micros(),
        acts_per_second: None,
        revoked_at: None,
    }
}

impl Engine {
    /// Makes a key of the pipeline and answers its token, which is not kept and cannot be shown again.
    pub async fn add_pipeline_key(&self, customer: CustomerId, name: &str) -> Result<String, Error> {
        let token = format!("{KEY_PREFIX}{}", hex(&random::<32>()?));
        self.keep_pipeline_key(customer, name, &token).await?;
        Ok(token)
    }

    /// Sets how many acts a second a key may ask: 0 is any number, none leaves it to the server.
    pub async fn set_key_rate(
        &self,
        customer: CustomerId,
        key: KeyId,
        acts_per_second: Option<u32>,
    ) -> Result<(), Error> {
        let changed = api_key::Entity::update_many()
            .set(api_key::ActiveModel {
                acts_per_second: Set(acts_per_second.map(i64::from)),
                ..Default::default()
            })
            .filter(api_key::Column::CustomerId.eq(customer.to_string()))
            .filter(api_key::Column::Id.eq(key.to_string()))
            .exec(&self.shared.pools.side)
            .await?;
        if changed.rows_affected == 1 { Ok(()) } else { Err(Error::NotFound("key")) }
    }

    /// Keeps a key whose token is known: of the sample data.
    pub(crate) async fn keep_pipeline_key(
        &self,
        customer: CustomerId,
        name: &str,
        token: &str,
    ) -> Result<KeyId, Error> {
        let at = self.now();
        let id = KeyId::new(self.shared.ids.next(at)?);
        let row = new_key(customer, id, name, token, at);
        api_key::Entity::insert(row.into_active_model())
            .exec_without_returning(&self.shared.pools.side)
            .await?;
        Ok(id)
    }

    /// The key behind a bearer token; none where it is unknown or revoked.
    pub async fn pipeline_key(&self, token: &str) -> Result<Option<PipelineKey>, Error> {
        if !token.starts_with(KEY_PREFIX) {
            return Ok(None);
        }
        let row = api_key::Entity::find()
            .filter(api_key::Column::TokenHash.eq(hex(&Sha256::digest(token))))
            .filter(api_key::Column::RevokedAt.is_null())
            .one(&self.shared.pools.read)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let bad = |error| Error::corrupt("api_key", &row.id, error);
        Ok(Some(PipelineKey {
            id: row.id.parse().map_err(bad)?,
            customer: row.customer_id.parse().map_err(bad)?,
            acts_per_second: row
                .acts_per_second
                .map(u32::try_from)
                .transpose()
                .map_err(|error| Error::corrupt("api_key", &row.id, error))?,
        }))
    }
}
