//! Who is asking: people who sign in, keys of the pipeline, sessions. L1, L2; threats T7, T10, T12.

mod session;

pub use session::Sessions;

use crate::{
    Engine, Error,
    db::{
        begin_write,
        entity::{api_key, customer, member, person},
        from_word, to_word,
    },
    hex,
    ids::random,
};
use argon2::{Argon2, PasswordHasher, PasswordVerifier, password_hash::phc::PasswordHash};
use billing::{
    id::{CustomerId, KeyId, PersonId},
    money::Currency,
    team::Role,
    tokens::Tokens,
};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, Set};
use sha2::{Digest, Sha256};
use std::sync::{Arc, LazyLock};
use tokio::sync::Semaphore;

/// What every key of the pipeline starts with.
const KEY_PREFIX: &str = "jk_";
/// Password hashes computed at once: each takes 19 MiB and tens of milliseconds on purpose.
static HASHING: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(2)));

/// A person who has signed in, and what they are to one customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// Their email address.
    pub email: String,
    /// What they are to the customer.
    pub role: Role,
    /// The customer.
    pub customer: CustomerId,
    /// Its name.
    pub customer_name: String,
    /// What it is billed in.
    pub currency: Currency,
}

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

/// Somebody who is to become a member.
#[derive(Clone, Debug)]
pub struct NewMember<'a> {
    /// Their name.
    pub name: &'a str,
    /// Their email address.
    pub email: &'a str,
    /// Their password.
    pub password: &'a str,
    /// What they are to the customer.
    pub role: Role,
}

impl Engine {
    /// The member whose email and password these are; none where either is wrong, and no telling which: an unknown address
    /// costs as much work as a known one.
    pub async fn sign_in(&self, email: &str, password: &str) -> Result<Option<Member>, Error> {
        let row = person::Entity::find()
            .filter(person::Column::Email.eq(normal(email)))
            .one(&self.shared.pools.read)
            .await?;
        let known = row.as_ref().map(|row| row.password_hash.clone());
        let fits = verify(known, password.to_owned()).await?;
        match row {
            Some(row) if fits => self.member_of(row).await,
            _ => Ok(None),
        }
    }

    /// The member that a session belongs to; none once they are gone.
    pub async fn member(&self, person: PersonId) -> Result<Option<Member>, Error> {
        match person::Entity::find_by_id(person.to_string()).one(&self.shared.pools.read).await? {
            Some(row) => self.member_of(row).await,
            None => Ok(None),
        }
    }

    async fn member_of(&self, row: person::Model) -> Result<Option<Member>, Error> {
        let found = member::Entity::find()
            .filter(member::Column::PersonId.eq(&row.id))
            .order_by_asc(member::Column::CreatedAt)
            .one(&self.shared.pools.read)
            .await?;
        let Some(found) = found else { return Ok(None) };
        let customer = customer::Entity::find_by_id(&found.customer_id).one(&self.shared.pools.read).await?;
        let customer = customer.ok_or_else(|| Error::corrupt("member", &row.id, "has no customer"))?;
        Ok(Some(Member {
            person: row.id.parse().map_err(|error| Error::corrupt("person", &row.id, error))?,
            role: from_word("member", &row.id, &found.role)?,
            name: row.name,
            email: row.email,
            customer: customer.id.parse().map_err(|error| Error::corrupt("customer", &customer.id, error))?,
            currency: from_word("customer", &customer.id, &customer.currency)?,
            customer_name: customer.name,
        }))
    }

    /// Makes somebody a member of a customer.
    pub async fn add_member(&self, customer: CustomerId, new: NewMember<'_>) -> Result<PersonId, Error> {
        let password_hash = hash(new.password.to_owned()).await?;
        let at = self.now();
        let id = PersonId::new(self.shared.ids.next(at)?);
        let transaction = begin_write(&self.shared.pools.side).await?;
        let person = person::Model {
            id: id.to_string(),
            email: normal(new.email),
            name: new.name.to_owned(),
            password_hash,
            created_at: at.micros(),
        };
        person::Entity::insert(person.into_active_model()).exec_without_returning(&transaction).await?;
        let member = member::Model {
            customer_id: customer.to_string(),
            person_id: id.to_string(),
            role: to_word(&new.role)?,
            created_at: at.micros(),
            cap_tokens: None,
        };
        member::Entity::insert(member.into_active_model()).exec_without_returning(&transaction).await?;
        transaction.commit().await?;
        Ok(id)
    }

    /// Caps what a member's productions may take in a cycle; none lifts the cap. It holds from the next decision on.
    pub async fn set_seat_cap(
        &self,
        customer: CustomerId,
        member: PersonId,
        cap: Option<Tokens>,
    ) -> Result<(), Error> {
        let changed = member::Entity::update_many()
            .set(member::ActiveModel { cap_tokens: Set(cap.map(Tokens::get)), ..Default::default() })
            .filter(member::Column::CustomerId.eq(customer.to_string()))
            .filter(member::Column::PersonId.eq(member.to_string()))
            .exec(&self.shared.pools.side)
            .await?;
        if changed.rows_affected == 1 { Ok(()) } else { Err(Error::NotFound("member")) }
    }

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
        let row = api_key::Model {
            id: id.to_string(),
            customer_id: customer.to_string(),
            name: name.to_owned(),
            token_hash: hex(&Sha256::digest(token)),
            created_at: at.micros(),
            acts_per_second: None,
            revoked_at: None,
        };
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

    /// Where sessions are kept.
    #[must_use]
    pub fn sessions(&self) -> Sessions {
        Sessions::new(Arc::clone(&self.shared))
    }
}

/// Addresses are compared without regard to case and surrounding space.
fn normal(email: &str) -> String {
    email.trim().to_lowercase()
}

/// argon2id with the crate's parameters (OWASP's: 19 MiB, two passes), off the async threads.
async fn hash(password: String) -> Result<String, Error> {
    let salt = random::<16>()?;
    on_a_thread(move || {
        let hash = Argon2::default().hash_password_with_salt(password.as_bytes(), &salt);
        hash.map(|hash| hash.to_string()).map_err(|error| Error::Crypto(error.to_string()))
    })
    .await?
}

async fn verify(known: Option<String>, password: String) -> Result<bool, Error> {
    let Some(known) = known else {
        hash(password).await?;
        return Ok(false);
    };
    on_a_thread(move || {
        let hash = PasswordHash::new(&known).map_err(|error| Error::Crypto(error.to_string()))?;
        Ok(Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
    })
    .await?
}

async fn on_a_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
    let crypto = |error: String| Error::Crypto(error);
    let _turn = HASHING.acquire().await.map_err(|error| crypto(error.to_string()))?;
    tokio::task::spawn_blocking(work).await.map_err(|error| crypto(error.to_string()))
}
