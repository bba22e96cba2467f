//! Another cap for a time in words, and what becomes of the form that sets or ends it.

use super::{
    OverrideForm, ShownSeat,
    seat_words::{Wrong, back, on, person_of, tokens_of},
};
use crate::{AppError, format::Format, reader::Reader};
use billing::{
    budget::{CapOverride, SeatLimit},
    time::{Timestamp, day},
};
use engine::{Engine, team::Team};
use serde::{Deserialize, Serialize};

/// What somebody has typed about another cap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct TypedOverride {
    pub person: String,
    pub tokens: String,
    pub last: String,
    pub until: String,
    pub end: String,
    pub shown: ShownSeat,
}

/// The form for another cap, as it is or as it was sent.
pub(super) fn instead(
    limit: &SeatLimit,
    team: &Team,
    typed: Option<TypedOverride>,
    format: &Format,
) -> OverrideForm {
    let now = limit.override_at(team.as_of);
    let cap = format.tokens(limit.cap);
    let typed = typed.map(|typed| (typed.tokens, typed.until));
    let (tokens, until) = typed.unwrap_or_else(|| {
        let tokens = now.map(|to| to.tokens.get().to_string()).unwrap_or_default();
        (tokens, String::new())
    });
    OverrideForm {
        tokens,
        cycle_ends: format.minute(team.cycle.1),
        until,
        says: match now {
            Some(to) => format!(
                "{} tokens hold until {}; then {cap} again.",
                format.tokens(to.tokens),
                format.minute(to.until)
            ),
            None => format!("It holds in place of {cap} and ends by itself."),
        },
        ends: now.is_some(),
    }
}

impl TypedOverride {
    /// Sets it or ends it, and goes on; what is wrong, or was changed meanwhile, goes back with what was typed.
    pub async fn save(self, engine: &Engine, reader: &Reader) -> Result<(), AppError> {
        let person = person_of(&self.person)?;
        let shown = self.shown.limit()?;
        let team = engine.team(&reader.member).await?;
        let wrong = |field: &str, message: String| Wrong {
            field: field.to_owned(),
            message,
            person: self.person.clone(),
            instead: Some(self.clone()),
            ..Wrong::default()
        };
        let instead = match self.read(team.cycle.1) {
            Ok(instead) => instead,
            Err((field, message)) => return back(wrong(field, message)).await,
        };
        let refused = match engine.override_cap(&reader.member, person, shown, instead).await {
            Ok(()) => {
                let words = instead.map_or_else(
                    || "Their own cap holds again.".to_owned(),
                    |to| {
                        let (tokens, until) =
                            (reader.format.tokens(to.tokens), reader.format.minute(to.until));
                        format!("A cap of {tokens} tokens holds until {until}, and ends by itself.")
                    },
                );
                return on(words).await;
            }
            Err(engine::Error::Changed { now }) => {
                let message = format!(
                    "Somebody else has changed it meanwhile: it is now {now}. Nothing was changed. Check it and send it again."
                );
                Wrong { changed: true, ..wrong("tokens", message) }
            }
            Err(engine::Error::Invalid { field, message }) => wrong(&field, message),
            Err(error) => return Err(error.into()),
        };
        back(refused).await
    }

    fn read(&self, cycle_ends: Timestamp) -> Result<Option<CapOverride>, (&'static str, String)> {
        if self.end == "true" {
            return Ok(None);
        }
        let tokens = tokens_of(&self.tokens).map_err(|message| ("tokens", message))?;
        let until = if self.last == "day" {
            let chosen = day(&self.until).map_err(|_| ("until", "Choose a day.".to_owned()))?;
            Timestamp::midnight(chosen)
        } else {
            cycle_ends
        };
        Ok(Some(CapOverride { tokens, until }))
    }
}
