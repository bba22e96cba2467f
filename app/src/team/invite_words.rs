//! Invitations in words, and what becomes of the forms that send and revoke them.

use super::{AccountChoice, InviteForm, RoleChoice};
use crate::{AppError, flash, format::Format, reader::Reader, respond, ui::Tone};
use billing::{
    id::{AccountId, InvitationId},
    team::{NoSeat, Role},
};
use engine::{
    Engine,
    team::{NewInvitation, Team},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The name under which a form that has to be corrected waits in the session.
const WRONG: &str = "wrong_invitation";
/// Accounts that a form may name; more than anybody has are not read.
const MOST_ACCOUNTS: usize = 1_000;

/// What somebody has typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct TypedInvite {
    pub email: String,
    pub role: String,
    pub accounts: Vec<String>,
}

/// The same, and what was wrong with it.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct WrongInvite {
    typed: TypedInvite,
    field: String,
    message: String,
}

/// The role of a word, where a customer's administrator gives it.
pub(super) fn role_of(word: &str) -> Option<Role> {
    Role::GIVEN.into_iter().find(|role| word_of(*role) == word)
}

/// The word of a role.
pub(super) const fn word_of(role: Role) -> &'static str {
    match role {
        Role::CustomerAdministrator => "administrator",
        Role::CustomerViewer => "viewer",
        Role::AccountOperator => "operator",
        Role::FinanceViewer => "finance",
        Role::PlatformAdministrator => "platform",
    }
}

/// The roles that are given, the least first.
pub(super) fn role_choices(chosen: Role) -> Vec<RoleChoice> {
    let choice = |role: Role| RoleChoice {
        value: word_of(role).to_owned(),
        name: role.title().to_owned(),
        means: match role {
            Role::CustomerViewer => "reads productions and how they stand",
            Role::AccountOperator => "produces in the accounts that you choose",
            _ => "everything, with billing and the team",
        }
        .to_owned(),
        chosen: role == chosen,
    };
    Role::GIVEN.into_iter().map(choice).collect()
}

/// The accounts, of which these are chosen.
pub(super) fn account_choices(team: &Team, chosen: impl Fn(&AccountId) -> bool) -> Vec<AccountChoice> {
    let choice = |(id, name): &(AccountId, String)| AccountChoice {
        id: id.to_string(),
        name: name.clone(),
        chosen: chosen(id),
    };
    team.accounts.iter().map(choice).collect()
}

/// Ids that a form has sent; one that is none does not exist.
pub(super) fn accounts_of<'a>(ids: impl Iterator<Item = &'a str>) -> Result<BTreeSet<AccountId>, AppError> {
    let missing = |_| AppError::NotFound { what: "account".to_owned() };
    ids.take(MOST_ACCOUNTS).map(|id| id.parse().map_err(missing)).collect()
}

/// The form, where it was asked for or has to be corrected.
pub(super) async fn invite_form(
    team: &Team,
    asked: bool,
    reader: &Reader,
) -> Result<Option<InviteForm>, AppError> {
    let wrong: Option<WrongInvite> = flash::take(WRONG).await?;
    if !asked && wrong.is_none() {
        return Ok(None);
    }
    let (typed, wrong) = wrong
        .map_or((TypedInvite::default(), None), |wrong| (wrong.typed, Some((wrong.field, wrong.message))));
    Ok(Some(InviteForm { wrong, ..InviteForm::of(typed, team, reader) }))
}

impl InviteForm {
    /// The empty form.
    #[must_use]
    pub fn empty(team: &Team, reader: &Reader) -> Self {
        Self::of(TypedInvite::default(), team, reader)
    }

    fn of(typed: TypedInvite, team: &Team, reader: &Reader) -> Self {
        let says = match (team.seats.paid, team.seats.free()) {
            (Some(_), Some(0)) => "No seat is free: add one first, or revoke an invitation.".to_owned(),
            (Some(_), Some(free)) => {
                let free = reader.format.counted(free.into(), "seat is", "seats are");
                format!("It takes a seat at once; {free} free.")
            }
            _ => "Your plan has no limit on members.".to_owned(),
        };
        Self {
            roles: role_choices(role_of(&typed.role).unwrap_or(Role::CustomerViewer)),
            accounts: account_choices(team, |id| typed.accounts.contains(&id.to_string())),
            email: typed.email,
            says,
            wrong: None,
        }
    }
}

impl TypedInvite {
    /// Sends it and goes on; what is wrong goes back with what was typed.
    pub async fn send(self, engine: &Engine, reader: &Reader) -> Result<(), AppError> {
        let role = role_of(&self.role).unwrap_or(Role::CustomerViewer);
        let accounts = accounts_of(self.accounts.iter().map(String::as_str))?;
        let email = self.email.clone();
        let (field, message) = match engine
            .invite(&reader.member, NewInvitation { email, role, accounts })
            .await
        {
            Ok(_) => {
                let words =
                    format!("{} is invited. The link in the letter works for seven days.", self.email.trim());
                flash::say(Tone::Ok, words).await?;
                respond::see_other("/team");
                return Ok(());
            }
            Err(engine::Error::NoSeat(full)) => ("email".to_owned(), no_seat(full, reader.format)),
            Err(engine::Error::Invalid { field, message }) => (field, message),
            Err(error) => return Err(error.into()),
        };
        let typed = Self { email: self.email.chars().take(254).collect(), ..self };
        flash::keep(WRONG, &WrongInvite { typed, field, message }).await?;
        respond::see_other("/team"); // where the form opens by itself, once
        Ok(())
    }
}

/// Why nobody can be invited, and the way on.
pub(super) fn no_seat(full: NoSeat, format: &Format) -> String {
    let seats = format.counted(full.most.into(), "seat", "seats");
    match full.from {
        Some(from) => format!(
            "From {} there are {seats}, and all are in use. Nobody was invited. Undo that on the plan’s page first.",
            format.date(from)
        ),
        None => format!("All {seats} are in use. Nobody was invited. Add a seat first, or free one."),
    }
}

fn id_of(invitation: &str) -> Result<InvitationId, AppError> {
    invitation.parse().map_err(|_| AppError::NotFound { what: "invitation".to_owned() })
}

/// Sends an invitation again.
pub(super) async fn send_again(engine: &Engine, invitation: &str, reader: &Reader) -> Result<(), AppError> {
    let (tone, words) = match engine.send_invitation_again(&reader.member, id_of(invitation)?).await {
        Ok(email) => {
            (Tone::Ok, format!("{email} gets a new link for seven days. The one before works no more."))
        }
        Err(engine::Error::NoSeat(full)) => (Tone::Bad, no_seat(full, reader.format)),
        Err(engine::Error::Changed { now }) => ended(&now),
        Err(error) => return Err(error.into()),
    };
    flash::say(tone, words).await?;
    respond::see_other("/team");
    Ok(())
}

/// Takes an invitation back.
pub(super) async fn revoke(engine: &Engine, invitation: &str, reader: &Reader) -> Result<(), AppError> {
    let (tone, words) = match engine.revoke_invitation(&reader.member, id_of(invitation)?).await {
        Ok(email) => (Tone::Ok, format!("The invitation of {email} is revoked. Its link works no more.")),
        Err(engine::Error::Changed { now }) => ended(&now),
        Err(error) => return Err(error.into()),
    };
    flash::say(tone, words).await?;
    respond::see_other("/team");
    Ok(())
}

fn ended(now: &str) -> (Tone, String) {
    (Tone::Warn, format!("The invitation was {now} meanwhile. Nothing was changed."))
}
