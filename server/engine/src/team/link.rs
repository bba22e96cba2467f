//! Links that are sent: single-use, for 15 minutes, one alive for each purpose and address. H8, 5.27. Whoever reads the
//! table cannot use one: it has hashes only.

use crate::{
    Engine, Error,
    db::{entity::sign_in_link, from_json, rows, to_json, to_word},
    ids::random,
    writer::Shared,
};
use billing::{
    id::PersonId,
    payment::Country,
    time::{Span, Timestamp},
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// How long a link can be used.
const LIFE: Span = Span::minutes(15);

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LinkKind {
    /// L5: it confirms an address and sets a first password.
    Registration,
    /// L2: it signs in.
    SignIn,
    /// L2: it sets another password.
    PasswordReset,
}

/// What somebody has said who registers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignUp {
    /// Their name.
    pub name: String,
    /// The country that decides tax and currency.
    pub country: Country,
}

/// A link that can be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The address that it was sent to.
    pub email: String,
    /// Whose it is, unless somebody registers.
    pub(super) person: Option<PersonId>,
    /// What was said who registers.
    pub(super) sign_up: Option<SignUp>,
}

impl Shared {
    /// Makes a link and answers its token; the one before it of that purpose and address is worth nothing any more.
    pub(super) async fn make_link(
        &self,
        transaction: &impl ConnectionTrait,
        kind: LinkKind,
        email: &str,
        whose: (Option<&str>, Option<&SignUp>),
    ) -> Result<String, Error> {
        let (token, at, (person, sign_up)) = (hex::encode(random::<32>()?), self.clock.now(), whose);
        let row = sign_in_link::Model {
            kind: to_word(&kind)?,
            email: email.to_owned(),
            token_hash: hashed(&token),
            person_id: person.map(str::to_owned),
            sign_up: sign_up.map(|said| to_json("sign_in_link", email, said)).transpose()?,
            made_at: at.micros(),
            expires_at: at.after(LIFE).micros(),
        };
        rows::upsert::<sign_in_link::Entity>(transaction, &[row]).await?;
        Ok(token)
    }

    /// Uses a link up; `Error::NotFound` where it is unknown, was used or has expired, and no telling which. Of many at
    /// once one gets it, where its transaction is committed.
    pub(super) async fn use_link(
        &self,
        transaction: &impl ConnectionTrait,
        kind: LinkKind,
        token: &str,
    ) -> Result<Link, Error> {
        let link = find(transaction, kind, token, self.clock.now()).await?.ok_or(Error::NotFound("link"))?;
        let used = sign_in_link::Entity::delete_many()
            .filter(sign_in_link::Column::TokenHash.eq(hashed(token)))
            .exec(transaction)
            .await?;
        if used.rows_affected == 1 { Ok(link) } else { Err(Error::NotFound("link")) }
    }

    /// Forgets links that have expired.
    pub(crate) async fn forget_links(&self) -> Result<(), Error> {
        let over = sign_in_link::Column::ExpiresAt.lte(self.clock.now().micros());
        sign_in_link::Entity::delete_many().filter(over).exec(&self.pools.side).await?;
        Ok(())
    }
}

impl Engine {
    /// The link of this token, which looking at does not use up; none where it cannot be used.
    pub async fn link(&self, kind: LinkKind, token: &str) -> Result<Option<Link>, Error> {
        find(&self.shared.pools.read, kind, token, self.now()).await
    }
}

async fn find(
    connection: &impl ConnectionTrait,
    kind: LinkKind,
    token: &str,
    at: Timestamp,
) -> Result<Option<Link>, Error> {
    let row = sign_in_link::Entity::find()
        .filter(sign_in_link::Column::TokenHash.eq(hashed(token)))
        .filter(sign_in_link::Column::Kind.eq(to_word(&kind)?))
        .filter(sign_in_link::Column::ExpiresAt.gt(at.micros()))
        .one(connection)
        .await?;
    // One that was made for nobody was never sent.
    let Some(row) = row.filter(|row| row.person_id.is_some() || row.sign_up.is_some()) else {
        return Ok(None);
    };
    let person = row.person_id.as_deref().map(str::parse).transpose();
    Ok(Some(Link {
        person: person.map_err(|error| Error::corrupt("sign_in_link", &row.email, error))?,
        sign_up: row
            .sign_up
            .as_deref()
            .map(|json| from_json("sign_in_link", &row.email, json))
            .transpose()?,
        email: row.email,
    }))
}

fn hashed(token: &str) -> String {
    hex::encode(Sha256::digest(token))
}
