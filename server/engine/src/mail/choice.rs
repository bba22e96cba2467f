//! Which letters somebody wants. What concerns their sign-in, their invoices or a payment that has failed cannot be switched
//! off. A letter of a kind that can carries a token with which it is switched off without signing in; it does nothing else. N3.

use super::MailKind;
use crate::{
    Engine, Error,
    audit::{Note, request::lock_person},
    db::{
        begin_write,
        entity::{installation, letter_choice, person},
        to_word,
    },
    ids::random,
    team::Member,
};
use billing::{
    audit::{Actor, AuditAct},
    id::PersonId,
};
use hmac::{Hmac, KeyInit, Mac, digest::Key};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, Set};
use sha2::Sha256;

impl MailKind {
    /// The kinds that can be switched off.
    pub const CHOICES: [Self; 4] = [Self::AllowanceUsed, Self::Refreshed, Self::Bought, Self::AutoTopUp];

    /// Whether somebody may do without it.
    #[must_use]
    pub fn can_be_switched_off(self) -> bool {
        Self::CHOICES.contains(&self)
    }

    /// What letters of a kind that can be switched off are about, for people.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::AllowanceUsed => "The allowance is nearly used up",
            Self::Refreshed => "The allowance has refreshed, and work was waiting for it",
            Self::Bought => "Somebody has bought capacity",
            Self::AutoTopUp => "Auto-top-up has bought capacity, or has reached its cap",
            _ => "What cannot be switched off",
        }
    }
}

/// A kind of letters, and whether somebody wants it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LetterChoice {
    /// Which.
    pub kind: MailKind,
    /// Whether they want it.
    pub wanted: bool,
}

/// What a token switches off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopped {
    /// The kind.
    pub kind: MailKind,
    /// Whether it is off.
    pub is_off: bool,
}

impl Engine {
    /// What somebody has chosen.
    pub async fn letter_choices(&self, member: &Member) -> Result<Vec<LetterChoice>, Error> {
        choices(&self.shared.pools.read, member.person).await
    }

    /// Chooses: these kinds are wanted, the others are not.
    pub async fn choose_letters(&self, member: &Member, wanted: &[MailKind]) -> Result<(), Error> {
        let choose = |kind: MailKind| Some(wanted.contains(&kind));
        self.put_choices(member.person, choose).await
    }

    /// What a token would switch off; nothing is.
    pub async fn letters_of(&self, token: &str) -> Result<Stopped, Error> {
        let (person, kind) = self.read_token(token).await?;
        let chosen = choices(&self.shared.pools.read, person).await?;
        Ok(Stopped { kind, is_off: chosen.iter().any(|one| one.kind == kind && !one.wanted) })
    }

    /// Switches off what a token is for; twice is once.
    pub async fn stop_letters(&self, token: &str) -> Result<Stopped, Error> {
        let (person, kind) = self.read_token(token).await?;
        self.put_choices(person, |one| (one == kind).then_some(false)).await?;
        Ok(Stopped { kind, is_off: true })
    }

    /// Sets what `choose` says something about, with the log.
    async fn put_choices(
        &self,
        person: PersonId,
        choose: impl Fn(MailKind) -> Option<bool>,
    ) -> Result<(), Error> {
        let transaction = begin_write(&self.shared.pools.side).await?;
        lock_person(&transaction, &person.to_string()).await?;
        let mut note = Note::beside(Actor::Person(person), AuditAct::LettersChosen, person);
        for LetterChoice { kind, wanted } in choices(&transaction, person).await? {
            let Some(wants) = choose(kind).filter(|wants| *wants != wanted) else { continue };
            let key = (person.to_string(), to_word(&kind)?);
            let word = |wanted: bool| if wanted { "wanted" } else { "not wanted" };
            note = note.moved(&key.1, Some(word(wanted)), Some(word(wants)));
            if wants {
                letter_choice::Entity::delete_by_id(key).exec(&transaction).await?;
            } else {
                let off_at = self.now().micros();
                let row = letter_choice::Model { person_id: key.0, kind: key.1, off_at };
                letter_choice::Entity::insert(row.into_active_model())
                    .exec_without_returning(&transaction)
                    .await?;
            }
        }
        if note.says_something() {
            self.shared.note(&transaction, &note).await?;
            transaction.commit().await?;
        }
        Ok(())
    }

    /// The token with which somebody switches a kind off.
    pub(super) async fn stop_token(&self, person: PersonId, kind: MailKind) -> Result<String, Error> {
        let subject = format!("{person}.{}", to_word(&kind)?);
        let signature = hex::encode(mac(&self.letters_secret().await?, &subject).finalize().into_bytes());
        Ok(format!("{subject}.{signature}"))
    }

    /// For whom and for what a token is; one that we have not signed does not exist.
    async fn read_token(&self, token: &str) -> Result<(PersonId, MailKind), Error> {
        let none = || Error::NotFound("letters");
        let (subject, signature) = token.rsplit_once('.').ok_or_else(none)?;
        let (person, kind) = subject.split_once('.').ok_or_else(none)?;
        let signature = bytes(signature).ok_or_else(none)?;
        mac(&self.letters_secret().await?, subject).verify_slice(&signature).map_err(|_| none())?;
        let kind = serde_json::from_value::<MailKind>(kind.into()).map_err(|_| none())?;
        let person: PersonId = person.parse().map_err(|_| none())?;
        let row = person::Entity::find_by_id(person.to_string()).one(&self.shared.pools.read).await?;
        row.filter(|row| row.erased_at.is_none()).ok_or_else(none)?;
        kind.can_be_switched_off().then_some((person, kind)).ok_or_else(none)
    }

    /// The installation's own secret, made when it is first needed; whoever comes second takes the first one's.
    async fn letters_secret(&self) -> Result<String, Error> {
        if let Some(secret) = self.shared.post.secret.get() {
            return Ok(secret.clone());
        }
        let side = &self.shared.pools.side;
        let secret = hex::encode(random::<32>()?);
        let new = installation::ActiveModel { letters_secret: Set(Some(secret)), ..Default::default() };
        installation::Entity::update_many()
            .set(new)
            .filter(installation::Column::LettersSecret.is_null())
            .exec(side)
            .await?;
        let kept = crate::installation::load(side).await?.letters_secret;
        let kept = kept.ok_or_else(|| Error::corrupt("installation", 1, "has no secret"))?;
        Ok(self.shared.post.secret.get_or_init(|| kept).clone())
    }
}

async fn choices(connection: &impl ConnectionTrait, person: PersonId) -> Result<Vec<LetterChoice>, Error> {
    let off = letter_choice::Entity::find()
        .filter(letter_choice::Column::PersonId.eq(person.to_string()))
        .all(connection)
        .await?;
    let choice = |kind: MailKind| {
        let word = to_word(&kind)?;
        Ok(LetterChoice { kind, wanted: off.iter().all(|row| row.kind != word) })
    };
    MailKind::CHOICES.into_iter().map(choice).collect()
}

fn mac(secret: &str, subject: &str) -> Hmac<Sha256> {
    // An HMAC takes keys of any length.
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes())
        .unwrap_or_else(|_| Hmac::new(&Key::<Hmac<Sha256>>::default()));
    mac.update(b"letters:");
    mac.update(subject.as_bytes());
    mac
}

fn bytes(hexadecimal: &str) -> Option<Vec<u8>> {
    let digits = hexadecimal.is_ascii() && hexadecimal.len() == 64;
    let pairs = (0..64).step_by(2).map(|at| u8::from_str_radix(hexadecimal.get(at..at + 2)?, 16).ok());
    digits.then(|| pairs.collect()).flatten()
}
