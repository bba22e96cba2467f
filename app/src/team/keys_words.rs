//! Keys in words.

use super::{
    KeyForm, KeyRow, KeyView, KeysView, NewKeyView, Token,
    key_words::{Kept, OVERLAP, TOKEN, TypedKey, kept, key_id},
};
use crate::{
    AppError, flash,
    format::Format,
    frame::FrameView,
    reader::Reader,
    ui::{Choice, Tone},
};
use billing::{
    id::AccountId,
    team::{KeyAct, Permission},
    time::Timestamp,
};
use engine::{Engine, customer::AccountLine, team::KeyLine};

/// How long an old token may live on: hours, and words.
const OVERLAPS: [(i32, &str); 5] =
    [(0, "no time: it is dead at once"), (1, "1 hour"), (24, "24 hours"), (168, "7 days"), (720, "30 days")];

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
                line.made_by.clone().unwrap_or("whoever runs the console".to_owned()),
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

impl NewKeyView {
    /// The form, empty or as it was sent.
    pub async fn load(engine: &Engine, reader: &Reader) -> Result<Self, AppError> {
        reader.may(Permission::ManageKeys).then_some(()).ok_or(AppError::Forbidden)?;
        let accounts = engine.accounts_of(&reader.member).await?;
        let (typed, wrong) = kept(None).await?.unwrap_or_else(|| (TypedKey::new(), None));
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
        let kept = kept(Some(line.id)).await?;
        Ok(Self::of(&line, &accounts, kept, engine.fresh_request()?, frame, reader))
    }

    /// The page of this key.
    fn of(
        line: &KeyLine,
        accounts: &[AccountLine],
        kept: Kept,
        request: String,
        frame: FrameView,
        reader: &Reader,
    ) -> Self {
        let format = reader.format;
        let (typed, wrong) = kept.unwrap_or_else(|| (TypedKey::of(line), None));
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
