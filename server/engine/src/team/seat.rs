//! Changing what a member is, what they reach and how much they may take; and their end. H4, H5, A7; I-44, I-45.
//!
//! A change names what it was made on: where that is no longer so, it is refused with what is so now, and nothing is lost.

use super::{
    Member,
    terms::Because,
    turn::{Kept, TeamAct, Turn, grouped},
};
use crate::{
    Engine, Error,
    db::{entity::member, team::seat_limit_of},
};
use async_trait::async_trait;
use billing::{
    audit::{Actor, AuditAct},
    budget::{CapOverride, SeatLimit},
    id::{AccountId, PersonId},
    team::{Permission, Role},
    time::{Span, Timestamp},
    tokens::Tokens,
};
use std::{collections::BTreeSet, fmt};

/// The longest time for which a cap is overridden.
const LONGEST: Span = Span::days(366);

/// What a member is to the customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeatTerms {
    /// Their role.
    pub role: Role,
    /// Which accounts they reach as an operator; empty in other roles, which reach all.
    pub accounts: BTreeSet<AccountId>,
    /// The most tokens that their productions may take in a cycle; none without a cap.
    pub cap: Option<Tokens>,
}

impl fmt::Display for SeatTerms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.role.title())?;
        match self.accounts.len() {
            0 => {}
            1 => write!(f, ", 1 account")?,
            many => write!(f, ", {many} accounts")?,
        }
        match self.cap {
            Some(cap) => write!(f, ", a cap of {} tokens", grouped(cap)),
            None => write!(f, ", no cap"),
        }
    }
}

struct ChangeSeat {
    by: Member,
    person: PersonId,
    shown: SeatTerms,
    to: SeatTerms,
}

#[async_trait]
impl TeamAct for ChangeSeat {
    type Answer = ();

    async fn act(&self, turn: &Turn<'_>) -> Kept<()> {
        let row = turn.member(self.person).await?.ok_or(Error::NotFound("member"))?;
        if let Err(refused) = turn.allows(&self.by, &row.person_id).await? {
            return Ok(Err(refused));
        }
        let now = turn.terms(&row).await?;
        if now == self.to {
            return Ok(Ok(())); // sent twice, or somebody else wanted the same
        }
        if now != self.shown {
            let why = format!("Wanted {}; it had been changed to {now} meanwhile.", self.to);
            turn.refuse(&self.by, &row.person_id, &why).await?;
            return Ok(Err(Error::Changed { now: now.to_string() }));
        }
        if let Err(refused) = turn.leaves_an_administrator(&self.by, &row, self.to.role).await? {
            return Ok(Err(refused));
        }
        turn.has_accounts(&self.to.accounts).await?;
        let by = Actor::Person(self.by.person);
        turn.rewrite(row, &now, &self.to, &Because { by, reason: "", reverts: None }).await?;
        Ok(Ok(()))
    }
}

struct OverrideCap {
    by: Member,
    person: PersonId,
    shown: SeatLimit,
    instead: Option<CapOverride>,
}

#[async_trait]
impl TeamAct for OverrideCap {
    type Answer = ();

    async fn act(&self, turn: &Turn<'_>) -> Kept<()> {
        let row = turn.member(self.person).await?.ok_or(Error::NotFound("member"))?;
        if let Err(refused) = turn.allows(&self.by, &row.person_id).await? {
            return Ok(Err(refused));
        }
        let limit = seat_limit_of(&row)?;
        let known = |limit: &SeatLimit| (limit.cap, limit.override_at(turn.at));
        let Some(now) = limit.filter(|now| known(now) == known(&self.shown)) else {
            let at = |limit: SeatLimit| grouped(limit.at(turn.at));
            if limit.is_some_and(|now| now.override_at(turn.at) == self.instead && now.cap == self.shown.cap)
            {
                return Ok(Ok(())); // sent twice
            }
            let now =
                limit.map_or_else(|| "no cap".to_owned(), |limit| format!("a cap of {} tokens", at(limit)));
            turn.refuse(&self.by, &row.person_id, &format!("The cap had been changed to {now} meanwhile."))
                .await?;
            return Ok(Err(Error::Changed { now }));
        };
        if self.instead.is_some_and(|to| to.until <= turn.at || to.until > turn.at.after(LONGEST)) {
            let message = "Choose a day that is to come, within a year.".to_owned();
            return Err(Error::Invalid { field: "until".to_owned(), message });
        }
        turn.override_cap(row, self.instead).await?;
        let (before, after) = (now.override_at(turn.at), self.instead);
        let note = turn.by(&self.by, AuditAct::SeatCapOverridden, self.person);
        let (tokens, until) = (|to: CapOverride| to.tokens, |to: CapOverride| to.until);
        let note = note.moved("cap for a time", before.map(tokens), after.map(tokens));
        turn.note(&note.moved("until", before.map(until), after.map(until))).await?;
        Ok(Ok(()))
    }
}

impl Turn<'_> {
    /// Sets what holds in the place of a cap, or ends it.
    pub(super) async fn override_cap(
        &self,
        row: member::Model,
        instead: Option<CapOverride>,
    ) -> Result<(), Error> {
        self.save(member::Model {
            override_tokens: instead.map(|to| to.tokens.get()),
            override_until: instead.map(|to| to.until.micros()),
            ..row
        })
        .await
    }
}

impl Engine {
    /// Changes what a member is, made on what was shown. Their reach and their cap are those from the next look on.
    pub async fn change_seat(
        &self,
        member: &Member,
        person: PersonId,
        shown: SeatTerms,
        to: SeatTerms,
    ) -> Result<(), Error> {
        member.require(Permission::ManageTeam)?;
        if !Role::GIVEN.contains(&to.role) {
            let message = "Choose one of the three roles.".to_owned();
            return Err(Error::Invalid { field: "role".to_owned(), message });
        }
        let operates = to.role == Role::AccountOperator;
        let accounts = if operates { to.accounts } else { BTreeSet::new() };
        let to = SeatTerms { accounts, ..to };
        self.in_turn(member.customer, ChangeSeat { by: member.clone(), person, shown, to }).await
    }

    /// Sets what holds in the place of a member's cap until an instant, or ends it; made on the cap that was shown.
    pub async fn override_cap(
        &self,
        member: &Member,
        person: PersonId,
        shown: SeatLimit,
        instead: Option<CapOverride>,
    ) -> Result<(), Error> {
        member.require(Permission::ManageTeam)?;
        self.in_turn(member.customer, OverrideCap { by: member.clone(), person, shown, instead }).await
    }

    /// The end of a cycle that an override may last for.
    pub(super) fn cycle_of(usage: &crate::allowance::Usage) -> (Timestamp, Timestamp) {
        let month = usage.capacity.as_of.month();
        let refreshes_at = usage.capacity.allowance.refreshes_at;
        usage.cycle_starts_at.zip(refreshes_at).unwrap_or((month.start(), month.end()))
    }
}
