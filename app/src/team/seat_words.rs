//! One member's seat in words, and what becomes of the forms that change it.

use super::{
    SeatForm, ShownSeat,
    cap_words::{TypedOverride, instead},
    invite_words::{account_choices, accounts_of, role_choices, role_of, word_of},
};
use crate::{AppError, flash, format::Format, reader::Reader, respond, ui::Tone};
use axum::http::StatusCode;
use billing::{
    budget::{CapOverride, SeatLimit},
    id::PersonId,
    team::Role,
    time::Timestamp,
    tokens::Tokens,
};
use engine::{
    Engine,
    team::{SeatTerms, Team, TeamMember},
};
use serde::{Deserialize, Serialize};

/// The name under which a form that has to be corrected waits in the session.
const WRONG: &str = "wrong_seat";

/// What somebody has typed about a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct TypedSeat {
    pub person: String,
    pub role: String,
    pub accounts: Vec<String>,
    pub cap: String,
    pub shown: ShownSeat,
}

/// What has to be corrected.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Wrong {
    pub person: String,
    pub seat: Option<TypedSeat>,
    pub instead: Option<TypedOverride>,
    pub field: String,
    pub message: String,
    /// Whether somebody else was first: the page then answers as a conflict does.
    pub changed: bool,
}

pub(super) fn person_of(person: &str) -> Result<PersonId, AppError> {
    person.parse().map_err(|_| AppError::NotFound { what: "member".to_owned() })
}

/// A number of tokens, with or without marks between thousands.
pub(crate) fn tokens_of(typed: &str) -> Result<Tokens, String> {
    let digits: String = typed
        .chars()
        .filter(|letter| !matches!(letter, ',' | '.' | ' ' | '\u{202f}' | '\u{a0}' | '\'' | '’'))
        .collect();
    let count = digits.parse::<i64>().ok().and_then(|count| Tokens::new(count).ok());
    count.ok_or_else(|| "Write a whole number of tokens, such as 200,000.".to_owned())
}

impl ShownSeat {
    /// What a form is made on.
    #[must_use]
    pub fn of(member: &TeamMember, at: Timestamp) -> Self {
        let accounts: Vec<String> = member.terms.accounts.iter().map(ToString::to_string).collect();
        let instead = member.limit.and_then(|limit| limit.override_at(at));
        Self {
            role: word_of(member.terms.role).to_owned(),
            accounts: accounts.join(" "),
            cap: member.terms.cap.map(|cap| cap.get().to_string()).unwrap_or_default(),
            instead: instead
                .map(|to| format!("{} {}", to.tokens.get(), to.until.micros()))
                .unwrap_or_default(),
        }
    }

    fn unread() -> AppError {
        AppError::Invalid {
            field: "shown".to_owned(),
            message: "The form is incomplete. Load the page again.".to_owned(),
        }
    }

    fn role(&self) -> Result<Role, AppError> {
        role_of(&self.role).ok_or_else(Self::unread)
    }

    fn cap(&self) -> Result<Option<Tokens>, AppError> {
        let read =
            |cap: &str| cap.parse().ok().and_then(|count| Tokens::new(count).ok()).ok_or_else(Self::unread);
        (!self.cap.is_empty()).then(|| read(&self.cap)).transpose()
    }

    fn terms(&self) -> Result<SeatTerms, AppError> {
        let accounts = accounts_of(self.accounts.split_whitespace())?;
        Ok(SeatTerms { role: self.role()?, accounts, cap: self.cap()? })
    }

    pub(super) fn limit(&self) -> Result<SeatLimit, AppError> {
        let cap = self.cap()?.ok_or_else(Self::unread)?;
        let read = |(tokens, until): (&str, &str)| {
            let tokens = Tokens::new(tokens.parse().ok()?).ok()?;
            Some(CapOverride { tokens, until: Timestamp::from_micros(until.parse().ok()?).ok()? })
        };
        let instead =
            self.instead.split_once(' ').map(|parts| read(parts).ok_or_else(Self::unread)).transpose()?;
        Ok(SeatLimit { cap, instead })
    }
}

impl SeatForm {
    /// The forms of a member, as they are.
    #[must_use]
    pub fn of(member: &TeamMember, team: &Team, reader: &Reader) -> Self {
        form(member, team, (None, None, None), reader)
    }
}

/// The forms of a member, as they are or as they were sent.
pub(super) async fn seat_form(
    member: &TeamMember,
    team: &Team,
    reader: &Reader,
) -> Result<SeatForm, AppError> {
    let wrong: Option<Wrong> = flash::take(WRONG).await?;
    let wrong = wrong.filter(|wrong| wrong.person == member.person.to_string());
    if wrong.as_ref().is_some_and(|wrong| wrong.changed) {
        respond::status(StatusCode::CONFLICT);
    }
    let seat = wrong.as_ref().and_then(|wrong| wrong.seat.clone());
    let typed = wrong.as_ref().and_then(|wrong| wrong.instead.clone());
    let wrong = wrong.map(|wrong| (wrong.field, wrong.message));
    Ok(form(member, team, (seat, typed, wrong), reader))
}

type Sent = (Option<TypedSeat>, Option<TypedOverride>, Option<(String, String)>);

/// The forms of a member.
fn form(member: &TeamMember, team: &Team, (seat, typed, wrong): Sent, reader: &Reader) -> SeatForm {
    let format = reader.format;
    let shown = ShownSeat::of(member, team.as_of);
    let chosen = seat.as_ref().and_then(|seat| role_of(&seat.role)).unwrap_or(member.terms.role);
    let accounts = account_choices(team, |id| match &seat {
        Some(seat) => seat.accounts.contains(&id.to_string()),
        None => member.terms.accounts.contains(id),
    });
    let instead = member.limit.map(|limit| instead(&limit, team, typed, format));
    let administrators = team.members.iter().filter(|one| one.terms.role == Role::CustomerAdministrator);
    let last = member.terms.role == Role::CustomerAdministrator && administrators.count() == 1;
    SeatForm {
        person: member.person.to_string(),
        name: member.name.clone(),
        cap: seat.map_or_else(|| shown.cap.clone(), |seat| seat.cap),
        shown,
        roles: role_choices(chosen),
        accounts,
        says: format!(
            "{} used and {} held in {}’s name this cycle.",
            format.tokens(member.taken.used),
            format.tokens(member.taken.held),
            member.name
        ),
        instead,
        remove: (!last).then(|| removal(member, team, format)),
        wrong,
    }
}

fn removal(member: &TeamMember, team: &Team, format: &Format) -> String {
    let runs = team.holdings.iter().filter(|one| one.member == Some(member.person)).count();
    let runs = match u64::try_from(runs).unwrap_or_default() {
        0 => String::new(),
        runs => {
            let runs = format.counted(runs, "production runs", "productions run");
            format!(" {runs} in their name and may finish.")
        }
    };
    let seat = if team.seats.paid.is_some() { " Their seat is free at once." } else { "" };
    format!(
        "{} can no longer sign in to this team, at once, and nothing new starts in their name.{runs} What they made stays.{seat}",
        member.name
    )
}

impl TypedSeat {
    /// Changes it and goes on; what is wrong, or was changed meanwhile, goes back with what was typed.
    pub async fn save(self, engine: &Engine, reader: &Reader) -> Result<(), AppError> {
        let person = person_of(&self.person)?;
        let shown = self.shown.terms()?;
        let cap = (!self.cap.trim().is_empty()).then(|| tokens_of(&self.cap)).transpose();
        let wrong = |field: &str, message: String| Wrong {
            field: field.to_owned(),
            message,
            person: self.person.clone(),
            ..Wrong::default()
        };
        let cap = match cap {
            Ok(cap) => cap,
            Err(message) => return back(Wrong { seat: Some(self.clone()), ..wrong("cap", message) }).await,
        };
        let role = role_of(&self.role).ok_or_else(ShownSeat::unread)?;
        let accounts = accounts_of(self.accounts.iter().map(String::as_str))?;
        let to = SeatTerms { role, accounts, cap };
        let refused = match engine.change_seat(&reader.member, person, shown, to).await {
            Ok(()) => return on("Saved. It holds from now on.".to_owned()).await,
            Err(engine::Error::Changed { now }) => {
                let message = format!(
                    "Somebody else has changed it meanwhile: it is now {now}. Nothing was changed; what you chose is kept below. Check it and save again."
                );
                Wrong { changed: true, ..wrong("role", message) }
            }
            Err(engine::Error::LastAdministrator) => wrong("role", LAST.to_owned()),
            Err(engine::Error::Invalid { field, message }) => wrong(&field, message),
            Err(error) => return Err(error.into()),
        };
        back(Wrong { seat: Some(self.clone()), ..refused }).await
    }
}

/// Why the last administrator stays one.
const LAST: &str = "This is the last administrator: somebody has to manage the team. Nothing was changed. Make somebody else an administrator first.";

/// Removes a member.
pub(super) async fn remove(
    engine: &Engine,
    person: &str,
    shown: &ShownSeat,
    reader: &Reader,
) -> Result<(), AppError> {
    let (id, role) = (person_of(person)?, shown.role()?);
    let wrong =
        |message: String, changed| Wrong { person: person.to_owned(), message, changed, ..Wrong::default() };
    let refused = match engine.remove_member(&reader.member, id, role).await {
        Ok(()) => {
            return on("They are removed: their access has ended, and what they made stays.".to_owned())
                .await;
        }
        Err(engine::Error::Changed { now }) => wrong(
            format!("Somebody else has changed it meanwhile: it is now {now}. Nobody was removed."),
            true,
        ),
        Err(engine::Error::LastAdministrator) => wrong(LAST.to_owned(), false),
        Err(error) => return Err(error.into()),
    };
    back(refused).await
}

pub(super) async fn on(words: String) -> Result<(), AppError> {
    flash::say(Tone::Ok, words).await?;
    respond::see_other("/team");
    Ok(())
}

pub(super) async fn back(wrong: Wrong) -> Result<(), AppError> {
    respond::see_other(&format!("/team?edit={}#seat", wrong.person));
    flash::keep(WRONG, &wrong).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_of_tokens_is_read_with_and_without_marks() {
        for typed in ["200000", "200,000", "200.000", "200 000", " 200\u{202f}000 "] {
            assert_eq!(tokens_of(typed).map(Tokens::get), Ok(200_000), "{typed:?}");
        }
        for wrong in ["", "-1", "many", "1e6", "9999999999999999999"] {
            assert!(tokens_of(wrong).is_err(), "{wrong:?}");
        }
    }
}
