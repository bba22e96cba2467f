//! Getting in: by password, by a link that was sent, and by a code as the second step. L1, L2; T7.
//!
//! An address that nobody has costs as much work as one that somebody has, and is answered the same.

use super::{
    letters,
    link::LinkKind,
    member::normal,
    password::{check, hash, verify},
    tries::{Pace, network},
};
use crate::{
    Engine, Error,
    audit::Note,
    db::{
        begin_write,
        entity::{person, second_factor, session, sign_in_link},
    },
    mail::{Letter, MailKind},
};
use billing::{
    audit::{Actor, AuditAct},
    id::PersonId,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Set};
use std::net::IpAddr;

/// The longest address that mail can have.
pub(super) const EMAIL_CHARACTERS: usize = 254;

/// What became of somebody who wants to get in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignIn {
    /// They are in.
    Complete(PersonId),
    /// They are to give a code as well: see [`Engine::check_code`].
    NeedsCode(PersonId),
    /// Address or password is wrong, and no telling which.
    Wrong,
}

impl Engine {
    /// Lets somebody in whose email address and password these are. Wrong ones are counted for the client's address, alone
    /// and together with the email address: [`Error::TooManyTries`] beyond.
    pub async fn sign_in(&self, email: &str, password: &str, from: IpAddr) -> Result<SignIn, Error> {
        let (email, from) = (normal(email), network(from));
        self.shared.take(Pace::SIGN_IN, &[&email, &from]).await?;
        self.shared.take(Pace::SIGN_INS_FROM, &[&from]).await?;
        let row = self.person_by_email(&self.shared.pools.read, &email).await?;
        let known = row.as_ref().map(|row| row.password_hash.clone());
        let fits = verify(known, password.to_owned()).await?;
        let Some(row) = row.filter(|_| fits) else { return Ok(SignIn::Wrong) };
        self.shared.forgive(Pace::SIGN_IN, &[&email, &from]).await?;
        self.shared.give_back(Pace::SIGN_INS_FROM, &[&from]).await?;
        let person = row.id.parse().map_err(|error| Error::corrupt("person", &row.id, error))?;
        self.next_step(person).await
    }

    /// Lets in whom a link was sent to, once.
    pub async fn enter(&self, token: &str) -> Result<SignIn, Error> {
        let transaction = begin_write(&self.shared.pools.side).await?;
        let link = self.shared.use_link(&transaction, LinkKind::SignIn, token).await?;
        transaction.commit().await?;
        self.next_step(link.person.ok_or(Error::NotFound("link"))?).await
    }

    /// Whether a code is asked of them; whoever belongs to nobody any more is not let in.
    async fn next_step(&self, person: PersonId) -> Result<SignIn, Error> {
        if self.member(person, None).await?.is_none() {
            return Ok(SignIn::Wrong);
        }
        let asked = self.has_second_factor(person).await?;
        Ok(if asked { SignIn::NeedsCode(person) } else { SignIn::Complete(person) })
    }

    /// Whether somebody has turned the second factor on.
    pub async fn has_second_factor(&self, person: PersonId) -> Result<bool, Error> {
        let row = second_factor::Entity::find_by_id(person.to_string()).one(&self.shared.pools.read).await?;
        Ok(row.is_some_and(|row| row.confirmed_at.is_some()))
    }

    /// Sends a link that signs in, or that sets another password, where somebody has this address; else a letter that says
    /// that nobody has. More than a few an hour are not sent, which nobody is told.
    pub async fn send_link(&self, kind: LinkKind, email: &str, from: IpAddr) -> Result<(), Error> {
        let email = checked(email)?;
        self.shared.take(Pace::LETTERS_FROM, &[&network(from)]).await?;
        match self.shared.take(Pace::LETTERS_TO, &[&email]).await {
            Err(Error::TooManyTries { .. }) => return Ok(()),
            other => other?,
        }
        let transaction = begin_write(&self.shared.pools.side).await?;
        let row = self.person_by_email(&transaction, &email).await?;
        let id = row.as_ref().map(|row| row.id.as_str());
        let token = self.shared.make_link(&transaction, kind, &email, (id, None)).await?;
        let letter = match (kind, id) {
            (LinkKind::PasswordReset, Some(_)) => letters::reset(&email, &token),
            (_, Some(_)) => letters::sign_in(&email, &token),
            (LinkKind::PasswordReset, None) => letters::nobody(&email, MailKind::PasswordReset),
            (_, None) => letters::nobody(&email, MailKind::SignIn),
        };
        self.shared.post(&transaction, None, &letter).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Sets another password by a link that was sent, once; every session ends, and so does every other link. It signs
    /// nobody in: whoever has a second factor is asked for it as ever.
    pub async fn reset_password(&self, token: &str, password: &str) -> Result<(), Error> {
        let link = self.link(LinkKind::PasswordReset, token).await?.ok_or(Error::NotFound("link"))?;
        check(password.to_owned(), vec![link.email]).await?;
        let password_hash = hash(password.to_owned()).await?;
        let transaction = begin_write(&self.shared.pools.side).await?;
        let link = self.shared.use_link(&transaction, LinkKind::PasswordReset, token).await?;
        let person = link.person.ok_or(Error::NotFound("link"))?;
        self.new_password(&transaction, person, password_hash).await?;
        session::Entity::delete_many()
            .filter(session::Column::PersonId.eq(person.to_string()))
            .exec(&transaction)
            .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Keeps another password, and tells its owner.
    pub(super) async fn new_password(
        &self,
        transaction: &impl ConnectionTrait,
        person: PersonId,
        password_hash: String,
    ) -> Result<(), Error> {
        let row = person::Entity::find_by_id(person.to_string()).one(transaction).await?;
        let row = row.ok_or(Error::NotFound("person"))?;
        person::Entity::update_many()
            .set(person::ActiveModel { password_hash: Set(password_hash), ..Default::default() })
            .filter(person::Column::Id.eq(&row.id))
            .exec(transaction)
            .await?;
        sign_in_link::Entity::delete_many()
            .filter(sign_in_link::Column::PersonId.eq(&row.id))
            .exec(transaction)
            .await?;
        let note = Note::beside(Actor::Person(person), AuditAct::PasswordChanged, person);
        self.shared.note(transaction, &note).await?;
        let letter: Letter = letters::security(
            &row.email,
            "Your password was changed",
            "The password of your sign-in to JARAI Console was changed, and other devices were signed out.",
        );
        self.shared.post(transaction, None, &letter).await
    }

    /// Who has this address.
    pub(super) async fn person_by_email(
        &self,
        connection: &impl ConnectionTrait,
        email: &str,
    ) -> Result<Option<person::Model>, Error> {
        Ok(person::Entity::find().filter(person::Column::Email.eq(email)).one(connection).await?)
    }
}

/// An address that mail can be sent to, as addresses are compared.
pub(super) fn checked(email: &str) -> Result<String, Error> {
    let email = normal(email);
    let mailed = email.split_once('@').is_some_and(|(local, host)| {
        !local.is_empty() && host.contains('.') && !host.starts_with('.') && !host.ends_with('.')
    });
    let harmless = !email.contains(|letter: char| letter.is_whitespace() || letter.is_control());
    if mailed && harmless && email.len() <= EMAIL_CHARACTERS && email.matches('@').count() == 1 {
        return Ok(email);
    }
    let message = "Write an email address such as mara@studio.example.".to_owned();
    Err(Error::Invalid { field: "email".to_owned(), message })
}

#[cfg(test)]
mod tests {
    use super::checked;

    #[test]
    fn l5_an_address_is_one_that_mail_can_be_sent_to() {
        assert_eq!(checked(" Mara@Northlight.example ").ok().as_deref(), Some("mara@northlight.example"));
        for bad in
            ["", "mara", "@a.b", "a@b", "a@.b", "a@b.", "a b@c.d", "a@b.c\r\nBcc: x@y.z", "a@b.c,d@e.f"]
        {
            assert!(checked(bad).is_err(), "{bad:?}");
        }
        assert!(checked(&format!("{}@b.c", "a".repeat(254))).is_err());
    }
}
