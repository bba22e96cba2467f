//! What somebody changes about themselves: their name, their password; and the proof that it is still them. H3, L1, T10.

use super::{
    Member,
    password::{check, hash, verify},
    register::person_name,
    session::id_hash,
    tries::{Pace, network},
};
use crate::{
    Engine, Error,
    audit::Note,
    db::{
        begin_write,
        entity::{person, session},
    },
};
use billing::audit::{Actor, AuditAct};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Set};
use std::net::IpAddr;
use tower_sessions::session::Id;

impl Engine {
    /// Calls somebody by another name.
    pub async fn rename(&self, member: &Member, name: &str) -> Result<(), Error> {
        let name = person_name(name)?;
        if name == member.name {
            return Ok(());
        }
        let transaction = begin_write(&self.shared.pools.side).await?;
        let renamed = person::Entity::update_many()
            .set(person::ActiveModel { name: Set(name.clone()), ..Default::default() })
            .filter(person::Column::Id.eq(member.person.to_string()))
            .filter(person::Column::Name.eq(&member.name))
            .exec(&transaction)
            .await?;
        if renamed.rows_affected == 0 {
            return Ok(()); // by another click
        }
        let note = Note::beside(Actor::Person(member.person), AuditAct::ProfileChanged, member.person);
        let note = note.moved("name", Some(member.name.clone()), Some(name));
        self.shared.note(&transaction, &note).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Sets another password, and signs every device out but this one. The caller has asked for a fresh proof.
    pub async fn change_password(
        &self,
        member: &Member,
        password: &str,
        this: Option<Id>,
    ) -> Result<(), Error> {
        check(password.to_owned(), vec![member.email.clone(), member.name.clone()]).await?;
        let password_hash = hash(password.to_owned()).await?;
        let transaction = begin_write(&self.shared.pools.side).await?;
        self.new_password(&transaction, member.person, password_hash).await?;
        let mut others =
            session::Entity::delete_many().filter(session::Column::PersonId.eq(member.person.to_string()));
        if let Some(this) = this {
            others = others.filter(session::Column::IdHash.ne(id_hash(&this)));
        }
        others.exec(&transaction).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Whether somebody who is signed in has proved that it is still them: by their password, or by a code where the second
    /// factor is on. Wrong ones are counted as at the sign-in.
    pub async fn prove(&self, member: &Member, typed: &str, from: IpAddr) -> Result<bool, Error> {
        let is_code = !typed.is_empty()
            && typed.chars().all(|letter| letter.is_ascii_digit() || letter.is_whitespace());
        if is_code && self.has_second_factor(member.person).await? {
            return self.check_code(member.person, typed, from).await;
        }
        let from = network(from);
        self.shared.take(Pace::SIGN_IN, &[&member.email, &from]).await?;
        let row = self.person_by_id(&self.shared.pools.read, &member.person.to_string()).await?;
        let fits = verify(Some(row.password_hash), typed.to_owned()).await?;
        if fits {
            self.shared.forgive(Pace::SIGN_IN, &[&member.email, &from]).await?;
        }
        Ok(fits)
    }

    /// Somebody's row.
    pub(super) async fn person_by_id(
        &self,
        connection: &impl ConnectionTrait,
        id: &str,
    ) -> Result<person::Model, Error> {
        person::Entity::find_by_id(id).one(connection).await?.ok_or(Error::NotFound("person"))
    }
}
