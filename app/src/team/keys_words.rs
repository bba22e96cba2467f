//! Keys in words, and what becomes of the forms that were sent.

use super::{KeyForm, KeyRow, KeyView, KeysView, NewKeyView, Token};
use crate::{
    AppError, flash,
    format::Format,
    frame::FrameView,
    reader::Reader,
    respond,
    ui::{Choice, Tone},
};
use billing::{
    id::{AccountId, KeyId},
    money::Money,
    team::{KeyAct, KeyScope, Permission},
    time::Timestamp,
};
use engine::{
    Engine,
    customer::AccountLine,
    team::{KeyLine, KeyTerms, ShownToken},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The names under which a form that has to be corrected, and a token that is to be shown, wait in the session.
const WRONG: &str = "wrong_key";
const TOKEN: &str = "key_token";
/// How long an old token may live on: hours, and words.
const OVERLAPS: [(i32, &str); 5] =
    [(0, "no time: it is dead at once"), (1, "1 hour"), (24, "24 hours"), (168, "7 days"), (720, "30 days")];
/// Where nobody chooses.
const OVERLAP: i32 = 24;

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

/// The same, of which key (none yet), and what was wrong with it.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct WrongKey {
    key: Option<String>,
    typed: TypedKey,
    wrong: (String, String),
}

fn key_id(key: &str) -> Result<KeyId, AppError> {
    key.parse().map_err(|_| AppError::NotFound { what: "key".to_owned() })
}

impl TypedKey {
    fn new() -> Self {
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

    fn of(line: &KeyLine) -> Self {
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

    async fn again(
        self,
        key: Option<KeyId>,
        wrong: (String, String),
        reader: &Reader,
    ) -> Result<(), AppError> {
        reader.may(Permission::ManageKeys).then_some(()).ok_or(AppError::Forbidden)?;
        let page = key.map_or("/keys/new".to_owned(), |key| format!("/keys/{key}"));
        flash::keep(WRONG, &WrongKey { key: key.map(|key| key.to_string()), typed: self, wrong }).await?;
        respond::see_other(&page);
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
    let made = engine.rotate_key(&reader.member, key.id, request, hours).await?;
    let until = engine.now().after(billing::time::Span::hours(hours));
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
    engine.revoke_key(&reader.member, key.id, reason).await?;
    let said =
        format!("“{}” is revoked: requests with it are answered 401. What it has started settles.", key.name);
    flash::say(Tone::Ok, said).await?;
    respond::see_other("/keys");
    Ok(())
}

impl KeysView {
    /// The customer's keys, and a token that was made just now.
    pub async fn load(engine: &Engine, reader: &Reader) -> Result<Self, AppError> {
        let lines = engine.keys_of(&reader.member).await?;
        let accounts = engine.accounts_of(&reader.member).await?;
        let frame = FrameView::load(engine, reader).await?;
        Ok(Self::of(&lines, &accounts, flash::take(TOKEN).await?, frame, reader))
    }

    /// The page of these keys.
    #[must_use]
    pub fn of(
        lines: &[KeyLine],
        accounts: &[AccountLine],
        token: Option<Token>,
        frame: FrameView,
        reader: &Reader,
    ) -> Self {
        let alive = lines.iter().filter(|line| line.revoked_at.is_none()).count();
        let alive = u64::try_from(alive).unwrap_or(u64::MAX);
        Self {
            frame,
            facts: vec![
                reader.member.customer_name.clone(),
                format!("{} at work", reader.format.counted(alive, "key", "keys")),
            ],
            token,
            rows: lines.iter().map(|line| KeyRow::of(line, accounts, reader.format)).collect(),
        }
    }
}

/// `jk_1a2b…`.
fn start_words(line: &KeyLine) -> String {
    format!("{}…", line.token_start.as_deref().unwrap_or("jk_"))
}

fn notice(line: &KeyLine, format: &Format) -> Option<(Tone, String)> {
    if line.revoked_at.is_some() {
        return Some((Tone::Calm, "Revoked".to_owned()));
    }
    let until = line.previous_until?;
    Some((Tone::Warn, format!("Old token lives until {}", format.minute(until))))
}

fn used_words(at: Option<Timestamp>, format: &Format) -> String {
    at.map_or("Never".to_owned(), |at| format.instant(at))
}

impl KeyRow {
    fn of(line: &KeyLine, accounts: &[AccountLine], format: &Format) -> Self {
        let name = |id: &AccountId| {
            accounts
                .iter()
                .find(|known| known.id == *id)
                .map_or("an account that is gone", |known| &known.name)
        };
        let acts: Vec<&str> = line.scope.acts.iter().map(|act| act.title()).collect();
        let spent = format.cost(line.spent);
        Self {
            page: format!("/keys/{}", line.id),
            name: line.name.clone(),
            start: start_words(line),
            notice: notice(line, format),
            acts: acts.join(", "),
            accounts: match &line.scope.accounts {
                None => "All".to_owned(),
                Some(of) => of.iter().map(name).collect::<Vec<_>>().join(", "),
            },
            spent: match line.limit {
                Some(limit) => format!("{spent} of {}", format.money(limit)),
                None => spent,
            },
            used: used_words(line.last_used_at, format),
            made: (
                format.date(line.made_at.day()),
                line.made_by.clone().unwrap_or("by whoever runs the console".to_owned()),
            ),
        }
    }
}

impl KeyForm {
    fn of(
        typed: &TypedKey,
        accounts: &[AccountLine],
        wrong: Option<(String, String)>,
        reader: &Reader,
    ) -> Self {
        let act = |act: KeyAct| Choice {
            value: act.word().to_owned(),
            words: match act {
                KeyAct::Admit => "Quote and admit: starts productions, and so uses capacity up",
                KeyAct::Report => "Report: calls, signs of life, and the end of a production",
                KeyAct::Read => "Read: what is left, productions and receipts, the ledger",
            }
            .to_owned(),
            chosen: typed.acts.iter().any(|word| word == act.word()),
        };
        let account = |line: &AccountLine| Choice {
            value: line.id.to_string(),
            words: line.name.clone(),
            chosen: typed.accounts.contains(&line.id.to_string()),
        };
        Self {
            name: typed.name.clone(),
            acts: KeyAct::ALL.map(act).to_vec(),
            all_accounts: typed.reach != "some",
            accounts: accounts.iter().map(account).collect(),
            unit: reader.format.symbol(reader.member.currency).to_owned(),
            limit: typed.limit.clone(),
            rate: typed.rate.clone(),
            wrong,
        }
    }
}

async fn kept(key: Option<KeyId>) -> Result<Option<WrongKey>, AppError> {
    let kept: Option<WrongKey> = flash::take(WRONG).await?;
    Ok(kept.filter(|kept| kept.key == key.map(|key| key.to_string())))
}

impl NewKeyView {
    /// The form, empty or as it was sent.
    pub async fn load(engine: &Engine, reader: &Reader) -> Result<Self, AppError> {
        reader.may(Permission::ManageKeys).then_some(()).ok_or(AppError::Forbidden)?;
        let accounts = engine.accounts_of(&reader.member).await?;
        let (typed, wrong) =
            kept(None).await?.map_or((TypedKey::new(), None), |kept| (kept.typed, Some(kept.wrong)));
        Ok(Self {
            frame: FrameView::load(engine, reader).await?,
            form: KeyForm::of(&typed, &accounts, wrong, reader),
            request: engine.fresh_request()?,
        })
    }
}

impl KeyView {
    /// A key as it is, or as it was typed and has to be corrected.
    pub async fn load(engine: &Engine, key: &str, reader: &Reader) -> Result<Self, AppError> {
        let line = engine.key_of(&reader.member, key_id(key)?).await?;
        let accounts = engine.accounts_of(&reader.member).await?;
        let frame = FrameView::load(engine, reader).await?;
        let kept = kept(Some(line.id)).await?.map(|kept| (kept.typed, kept.wrong));
        Ok(Self::of(&line, &accounts, kept, engine.fresh_request()?, frame, reader))
    }

    /// The page of this key.
    fn of(
        line: &KeyLine,
        accounts: &[AccountLine],
        kept: Option<(TypedKey, (String, String))>,
        request: String,
        frame: FrameView,
        reader: &Reader,
    ) -> Self {
        let format = reader.format;
        let (typed, wrong) =
            kept.map_or_else(|| (TypedKey::of(line), None), |(typed, wrong)| (typed, Some(wrong)));
        let by = line.made_by.as_ref().map(|name| format!(" by {name}")).unwrap_or_default();
        let overlap = |(hours, words): (i32, &str)| Choice {
            value: hours.to_string(),
            words: words.to_owned(),
            chosen: hours == OVERLAP,
        };
        let lives = match line.previous_until {
            Some(until) => format!(
                " The token before the last rotation lives until {}; another rotation ends it at once.",
                format.instant(until)
            ),
            None => String::new(),
        };
        Self {
            frame,
            id: line.id.to_string(),
            name: line.name.clone(),
            notice: notice(line, format),
            facts: vec![
                start_words(line),
                format!("made {}{by}", format.date(line.made_at.day())),
                format!("last used: {}", used_words(line.last_used_at, format)),
            ],
            form: line.revoked_at.is_none().then(|| KeyForm::of(&typed, accounts, wrong, reader)),
            overlaps: OVERLAPS.map(overlap).to_vec(),
            rotation: format!("A new token takes its place; scope and limit stay.{lives}"),
            request,
        }
    }
}
