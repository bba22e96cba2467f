//! The second factor: codes of an authenticator app (RFC 6238), and recovery codes for who has lost it. L1.
//!
//! Codes go by the machine's clock, as the apps do, also in a sandbox whose own clock was turned. Each counts once, and so
//! does one before and one after it. The secret itself has to be kept, since codes are computed from it; of recovery codes,
//! which are as long as keys, there are hashes only.

use super::{
    Member, letters,
    tries::{Pace, network},
};
use crate::{
    Engine, Error,
    audit::Note,
    clock::machine_micros,
    db::{
        begin_write,
        entity::{recovery_code, second_factor},
    },
    ids::random,
};
use billing::{
    audit::{Actor, AuditAct},
    id::PersonId,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, Set,
    sea_query::OnConflict,
};
use sha2::{Digest, Sha256};
use std::net::IpAddr;
use totp_rs::{Builder, Secret, Totp};

/// Who names itself in the app.
const ISSUER: &str = "JARAI Console";
/// Digits of a code.
const DIGITS: usize = 6;
/// Recovery codes that are made at once.
pub const RECOVERY_CODES: usize = 10;
/// Letters and digits that are not mistaken for each other.
const ALPHABET: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";

/// What an authenticator app has to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactorSetup {
    /// The secret in base 32, to be typed.
    pub secret: String,
    /// The same and more as an address, to be drawn.
    pub address: String,
}

impl Engine {
    /// Makes a secret for an authenticator app. It asks for nothing until a code has confirmed it.
    pub async fn begin_second_factor(&self, member: &Member) -> Result<(), Error> {
        if self.has_second_factor(member.person).await? {
            return Err(invalid("The second factor is on. Turn it off first."));
        }
        let row = second_factor::Model {
            person_id: member.person.to_string(),
            secret: Secret::from(random::<20>()?).to_base32(),
            confirmed_at: None,
            last_step: 0,
        };
        let newer = OnConflict::column(second_factor::Column::PersonId)
            .update_columns([second_factor::Column::Secret, second_factor::Column::LastStep])
            .action_and_where(second_factor::Column::ConfirmedAt.is_null())
            .to_owned();
        second_factor::Entity::insert(row.into_active_model())
            .on_conflict(newer)
            .exec_without_returning(&self.shared.pools.side)
            .await?;
        Ok(())
    }

    /// What the app has to be told; none where nothing was begun, or it is on already.
    pub async fn second_factor_setup(&self, member: &Member) -> Result<Option<FactorSetup>, Error> {
        let row = self.factor(member.person).await?.filter(|row| row.confirmed_at.is_none());
        let Some(row) = row else { return Ok(None) };
        let address = totp(&row, Some(&member.email))?.to_url();
        let address = address.map_err(|error| Error::corrupt("second_factor", &row.person_id, error))?;
        Ok(Some(FactorSetup { secret: row.secret, address }))
    }

    /// Turns the second factor on by a code of the app, and answers the recovery codes, which are not kept and cannot be
    /// shown again; none where the code is wrong.
    pub async fn confirm_second_factor(
        &self,
        member: &Member,
        code: &str,
    ) -> Result<Option<Vec<String>>, Error> {
        let row = self.factor(member.person).await?.filter(|row| row.confirmed_at.is_none());
        let row = row.ok_or_else(|| invalid("Begin again: there is nothing to confirm."))?;
        let Some(step) = matching_step(&row, code)? else { return Ok(None) };
        let transaction = begin_write(&self.shared.pools.side).await?;
        let on = second_factor::ActiveModel {
            confirmed_at: Set(Some(self.now().micros())),
            last_step: Set(step),
            ..Default::default()
        };
        let turned = second_factor::Entity::update_many()
            .set(on)
            .filter(second_factor::Column::PersonId.eq(&row.person_id))
            .filter(second_factor::Column::Secret.eq(&row.secret))
            .filter(second_factor::Column::ConfirmedAt.is_null())
            .exec(&transaction)
            .await?;
        if turned.rows_affected != 1 {
            return Err(invalid("The second factor is on already."));
        }
        let codes = self.new_codes(&transaction, member.person).await?;
        self.tell(&transaction, member, AuditAct::SecondFactorTurnedOn, "was turned on").await?;
        transaction.commit().await?;
        Ok(Some(codes))
    }

    /// Turns the second factor off; the recovery codes are worth nothing any more. Whether it was on.
    pub async fn turn_second_factor_off(&self, member: &Member) -> Result<bool, Error> {
        let transaction = begin_write(&self.shared.pools.side).await?;
        self.drop_codes(&transaction, member.person).await?;
        let off = second_factor::Entity::delete_by_id(member.person.to_string()).exec(&transaction).await?;
        if off.rows_affected == 1 {
            self.tell(&transaction, member, AuditAct::SecondFactorTurnedOff, "was turned off").await?;
        }
        transaction.commit().await?;
        Ok(off.rows_affected == 1)
    }

    /// Makes other recovery codes; those before are worth nothing any more.
    pub async fn new_recovery_codes(&self, member: &Member) -> Result<Vec<String>, Error> {
        if !self.has_second_factor(member.person).await? {
            return Err(invalid("The second factor is off."));
        }
        let transaction = begin_write(&self.shared.pools.side).await?;
        let codes = self.new_codes(&transaction, member.person).await?;
        self.tell(&transaction, member, AuditAct::RecoveryCodesMade, "has other recovery codes").await?;
        transaction.commit().await?;
        Ok(codes)
    }

    /// How many recovery codes were not used.
    pub async fn recovery_codes_left(&self, person: PersonId) -> Result<u64, Error> {
        let of = recovery_code::Column::PersonId.eq(person.to_string());
        Ok(recovery_code::Entity::find().filter(of).count(&self.shared.pools.read).await?)
    }

    /// Whether this is a code of the person's app that was not used, or a recovery code, which is then used up. Wrong ones
    /// are counted: [`Error::TooManyTries`] beyond.
    pub async fn check_code(&self, person: PersonId, typed: &str, from: IpAddr) -> Result<bool, Error> {
        let (id, from) = (person.to_string(), network(from));
        self.shared.take(Pace::CODE, &[&id, &from]).await?;
        self.shared.take(Pace::CODES, &[&id]).await?;
        let fits = match self.factor(person).await?.filter(|row| row.confirmed_at.is_some()) {
            Some(row) => self.use_code(&row, typed).await?,
            None => false,
        };
        if fits {
            self.shared.forgive(Pace::CODE, &[&id, &from]).await?;
            self.shared.give_back(Pace::CODES, &[&id]).await?;
        }
        Ok(fits)
    }

    async fn use_code(&self, row: &second_factor::Model, typed: &str) -> Result<bool, Error> {
        let side = &self.shared.pools.side;
        if let Some(step) = matching_step(row, typed)? {
            let used = second_factor::Entity::update_many()
                .set(second_factor::ActiveModel { last_step: Set(step), ..Default::default() })
                .filter(second_factor::Column::PersonId.eq(&row.person_id))
                .filter(second_factor::Column::LastStep.lt(step))
                .exec(side)
                .await?;
            return Ok(used.rows_affected == 1);
        }
        let key = (row.person_id.clone(), hashed(typed));
        let person =
            row.person_id.parse().map_err(|error| Error::corrupt("person", &row.person_id, error))?;
        let transaction = begin_write(side).await?;
        let used = recovery_code::Entity::delete_by_id(key).exec(&transaction).await?;
        if used.rows_affected == 1 {
            let note = Note::beside(Actor::Person(person), AuditAct::RecoveryCodeUsed, person);
            self.shared.note(&transaction, &note).await?;
            let owner = self.person_by_id(&transaction, &row.person_id).await?;
            let what = "Somebody has got in with one of your recovery codes. Each works once.";
            let letter = letters::security(&owner.email, "A recovery code was used", what);
            self.shared.post(&transaction, None, &letter).await?;
        }
        transaction.commit().await?;
        Ok(used.rows_affected == 1)
    }

    async fn factor(&self, person: PersonId) -> Result<Option<second_factor::Model>, Error> {
        // Not from the readers: what was begun a moment ago is confirmed now.
        Ok(second_factor::Entity::find_by_id(person.to_string()).one(&self.shared.pools.side).await?)
    }

    async fn new_codes(
        &self,
        transaction: &impl ConnectionTrait,
        person: PersonId,
    ) -> Result<Vec<String>, Error> {
        self.drop_codes(transaction, person).await?;
        let codes = (0..RECOVERY_CODES).map(|_| recovery_code()).collect::<Result<Vec<_>, _>>()?;
        let rows = codes.iter().map(|code| {
            recovery_code::Model { person_id: person.to_string(), code_hash: hashed(code) }
                .into_active_model()
        });
        recovery_code::Entity::insert_many(rows).exec_without_returning(transaction).await?;
        Ok(codes)
    }

    async fn drop_codes(&self, transaction: &impl ConnectionTrait, person: PersonId) -> Result<(), Error> {
        let of = recovery_code::Column::PersonId.eq(person.to_string());
        recovery_code::Entity::delete_many().filter(of).exec(transaction).await?;
        Ok(())
    }

    /// Keeps what was done, and tells the person.
    async fn tell(
        &self,
        transaction: &impl ConnectionTrait,
        member: &Member,
        act: AuditAct,
        what: &str,
    ) -> Result<(), Error> {
        let note = Note::beside(Actor::Person(member.person), act, member.person);
        self.shared.note(transaction, &note).await?;
        let subject = format!("Your second factor {what}");
        let words = format!("The second factor of your sign-in to JARAI Console {what}.");
        self.shared.post(transaction, None, &letters::security(&member.email, &subject, &words)).await
    }
}

/// The step whose code this is: the machine's own, the one before or the one after.
fn matching_step(row: &second_factor::Model, typed: &str) -> Result<Option<i64>, Error> {
    let code: String = typed.chars().filter(|letter| !letter.is_whitespace()).collect();
    if code.len() != DIGITS || !code.bytes().all(|digit| digit.is_ascii_digit()) {
        return Ok(None);
    }
    let seconds = u64::try_from(machine_micros().div_euclid(1_000_000)).unwrap_or_default();
    Ok(totp(row, None)?.check(&code, seconds).and_then(|step| i64::try_from(step).ok()))
}

fn totp(row: &second_factor::Model, account: Option<&str>) -> Result<Totp, Error> {
    let corrupt = |what: String| Error::corrupt("second_factor", &row.person_id, what);
    let secret = Secret::try_from_base32(&row.secret).map_err(|error| corrupt(error.to_string()))?;
    let builder = Builder::new().with_secret(secret).with_issuer(Some(ISSUER));
    // A colon ends the issuer in the app's own writing.
    let builder = builder.with_account_name(account.unwrap_or_default().replace(':', "."));
    builder.build().map_err(|error| corrupt(error.to_string()))
}

/// Eighty random bits in four groups: `k3fm-x8qa-0t5w-hp2c`.
fn recovery_code() -> Result<String, Error> {
    let letters = random::<16>()?.map(|byte| char::from(ALPHABET[usize::from(byte % 32)]));
    let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
    Ok(groups.join("-"))
}

/// A recovery code's hash, however it was typed.
fn hashed(code: &str) -> String {
    let plain: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    hex::encode(Sha256::digest(plain.to_ascii_lowercase()))
}

fn invalid(message: &str) -> Error {
    Error::Invalid { field: "code".to_owned(), message: message.to_owned() }
}
