//! What becomes of the forms of keys that were sent.

use super::{Token, session::require_fresh};
use crate::{AppError, flash, reader::Reader, respond, ui::Tone};
use billing::{
    id::{AccountId, KeyId},
    money::Money,
    team::{KeyAct, KeyScope, Permission},
    time::Span,
};
use engine::{
    Engine,
    team::{KeyLine, KeyTerms, ShownToken},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The names under which a form that has to be corrected, and a token that is to be shown, wait in the session.
const WRONG: &str = "wrong_key";
pub(super) const TOKEN: &str = "key_token";
/// Where nobody chooses.
pub(super) const OVERLAP: i32 = 24;

/// What somebody has typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct TypedKey {
    pub name: String,
    pub acts: Vec<String>,
    pub reach: String,
    pub accounts: Vec<String>,
    pub limit: String,
    pub rate: String,
}

/// The same, of which key (none yet), and what was wrong with it; nothing where a proof was asked for first.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct WrongKey {
    key: Option<String>,
    typed: TypedKey,
    wrong: Option<(String, String)>,
}

/// What was typed, and what was wrong with it.
pub(super) type Kept = Option<(TypedKey, Option<(String, String)>)>;

/// The page of a key, or of a new one.
fn page_of(key: Option<KeyId>) -> String {
    key.map_or("/keys/new".to_owned(), |key| format!("/keys/{key}"))
}

pub(super) fn key_id(key: &str) -> Result<KeyId, AppError> {
    key.parse().map_err(|_| AppError::NotFound { what: "key".to_owned() })
}

impl TypedKey {
    pub fn new() -> Self {
        let acts = KeyAct::ALL.map(|act| act.word().to_owned()).to_vec();
        let nothing = String::new;
        Self {
            name: nothing(),
            acts,
            reach: nothing(),
            accounts: Vec::new(),
            limit: nothing(),
            rate: nothing(),
        }
    }

    pub fn of(line: &KeyLine) -> Self {
        let accounts = line.scope.accounts.as_ref();
        Self {
            name: line.name.clone(),
            acts: line.scope.acts.iter().map(|act| act.word().to_owned()).collect(),
            reach: if accounts.is_some() { "some" } else { "all" }.to_owned(),
            accounts: accounts.into_iter().flatten().map(ToString::to_string).collect(),
            limit: line.limit.map(|limit| limit.to_string()).unwrap_or_default(),
            rate: line.acts_per_second.map(|rate| rate.to_string()).unwrap_or_default(),
        }
    }

    /// What the engine is asked, or which field is wrong and why.
    fn terms(&self, reader: &Reader) -> Result<KeyTerms, (String, String)> {
        let wrong = |field: &str, words: String| (field.to_owned(), words);
        let accounts: Result<BTreeSet<AccountId>, _> = self.accounts.iter().map(|id| id.parse()).collect();
        let accounts = accounts.map_err(|_| wrong("accounts", "Choose accounts of the list.".to_owned()))?;
        let currency = reader.member.currency;
        let limit = match self.limit.trim() {
            "" => None,
            text => Some(Money::typed(text, currency).map_err(|_| {
                let example = Money::new(5 * 10_i64.pow(currency.digits() + 2), currency);
                wrong("limit", format!("Write an amount such as {example}, without a sign or spaces."))
            })?),
        };
        let rate = match self.rate.trim() {
            "" => None,
            text => Some(text.parse().map_err(|_| {
                wrong("rate", "Write a whole number from 1 to 10,000, or nothing.".to_owned())
            })?),
        };
        Ok(KeyTerms {
            name: self.name.clone(),
            scope: KeyScope {
                acts: self.acts.iter().filter_map(|word| KeyAct::of_word(word)).collect(),
                accounts: (self.reach == "some").then_some(accounts),
            },
            acts_per_second: rate,
            limit,
        })
    }

    /// Makes the key and goes on to its token; what is wrong goes back with what was typed.
    pub async fn make(self, engine: &Engine, request: &str, reader: &Reader) -> Result<(), AppError> {
        self.prove_first(None, reader).await?;
        let done = match self.terms(reader) {
            Ok(terms) => engine.make_key(&reader.member, request, &terms).await,
            Err(wrong) => return self.again(None, wrong, reader).await,
        };
        match done {
            Ok(made) => {
                let says = format!(
                    "“{}” is made. Send it as Authorization: Bearer, from a place that keeps secrets. Only a hash of it is kept here.",
                    self.name.trim()
                );
                show(made, says).await?;
                respond::see_other("/keys");
                Ok(())
            }
            Err(engine::Error::Invalid { field, message }) if field != "request" => {
                self.again(None, (field, message), reader).await
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Changes the key; what is wrong goes back with what was typed.
    pub async fn change(self, engine: &Engine, key: &str, reader: &Reader) -> Result<(), AppError> {
        let id = key_id(key)?;
        engine.key_of(&reader.member, id).await?;
        self.prove_first(Some(id), reader).await?;
        let done = match self.terms(reader) {
            Ok(terms) => engine.change_key(&reader.member, id, &terms).await,
            Err(wrong) => return self.again(Some(id), wrong, reader).await,
        };
        match done {
            Ok(()) => {
                let name = self.name.trim();
                flash::say(Tone::Ok, format!("“{name}” is changed, from its next request on.")).await?;
                respond::see_other("/keys");
                Ok(())
            }
            Err(engine::Error::Invalid { field, message }) => {
                self.again(Some(id), (field, message), reader).await
            }
            Err(error) => Err(error.into()),
        }
    }

    /// T10: who has not proved for ten minutes that it is them is asked, and finds the form as they sent it.
    async fn prove_first(&self, key: Option<KeyId>, reader: &Reader) -> Result<(), AppError> {
        reader.may(Permission::ManageKeys).then_some(()).ok_or(AppError::Forbidden)?;
        let proved = require_fresh(&page_of(key)).await;
        if proved.is_err() {
            self.clone().keep(key, None).await?;
        }
        proved
    }

    async fn keep(self, key: Option<KeyId>, wrong: Option<(String, String)>) -> Result<(), AppError> {
        flash::keep(WRONG, &WrongKey { key: key.map(|key| key.to_string()), typed: self, wrong }).await
    }

    async fn again(
        self,
        key: Option<KeyId>,
        wrong: (String, String),
        reader: &Reader,
    ) -> Result<(), AppError> {
        reader.may(Permission::ManageKeys).then_some(()).ok_or(AppError::Forbidden)?;
        self.keep(key, Some(wrong)).await?;
        respond::see_other(&page_of(key));
        Ok(())
    }
}

/// Keeps a token for the next page. A form that was sent twice has none the second time: the first still waits.
async fn show(made: ShownToken, says: String) -> Result<(), AppError> {
    match made.token {
        Some(token) => flash::keep(TOKEN, &Token { token, says }).await,
        None => Ok(()),
    }
}

/// Gives the key another token and goes on to it.
pub(super) async fn rotate(
    engine: &Engine,
    key: &str,
    overlap: &str,
    request: &str,
    reader: &Reader,
) -> Result<(), AppError> {
    let hours = overlap.parse().unwrap_or(OVERLAP);
    let key = engine.key_of(&reader.member, key_id(key)?).await?;
    require_fresh(&page_of(Some(key.id))).await?;
    let made = engine.rotate_key(&reader.member, key.id, request, hours).await?;
    let until = engine.now().after(Span::hours(hours));
    let old = if hours == 0 {
        "The token before it is dead.".to_owned()
    } else {
        format!("The token before it lives until {}.", reader.format.instant(until))
    };
    show(made, format!("The new token of “{}”. {old}", key.name)).await?;
    respond::see_other("/keys");
    Ok(())
}

/// Revokes the key.
pub(super) async fn revoke(
    engine: &Engine,
    key: &str,
    reason: &str,
    reader: &Reader,
) -> Result<(), AppError> {
    let key = engine.key_of(&reader.member, key_id(key)?).await?;
    require_fresh(&page_of(Some(key.id))).await?;
    engine.revoke_key(&reader.member, key.id, reason).await?;
    let said =
        format!("“{}” is revoked: requests with it are answered 401. What it has started settles.", key.name);
    flash::say(Tone::Ok, said).await?;
    respond::see_other("/keys");
    Ok(())
}

/// What was typed of this key, or of a new one, and what was wrong with it: which field, and why.
pub(super) async fn kept(key: Option<KeyId>) -> Result<Kept, AppError> {
    let kept: Option<WrongKey> = flash::take(WRONG).await?;
    let kept = kept.filter(|kept| kept.key == key.map(|key| key.to_string()));
    Ok(kept.map(|kept| (kept.typed, kept.wrong)))
}
