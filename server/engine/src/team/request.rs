//! Asking for more: a member whose cap or whose customer's capacity has refused a production asks the administrators, who
//! answer with an override or decline; either way the member is told. A7, 5.3.

use super::{
    Member, SeatRequest,
    asked::{may_ask, request_of, taken},
    turn::{Kept, TeamAct, Turn, grouped, spoken},
};
use crate::{
    Engine, Error,
    db::{
        entity::{member, person, seat_request},
        rows,
        team::seat_limit_of,
        to_word,
    },
    mail::{Letter, MailKind},
    production::RefusalLine,
};
use async_trait::async_trait;
use billing::{
    audit::AuditAct,
    budget::CapOverride,
    id::{RefusalId, SeatRequestId},
    refusal::Reason,
    team::{Permission, Role},
    time::Timestamp,
    tokens::Tokens,
};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

/// The longest word on why more is needed.
const WORDS_CHARACTERS: usize = 300;

struct AskForMore {
    by: Member,
    line: RefusalLine,
    needed: Tokens,
    words: Option<String>,
}

#[async_trait]
impl TeamAct for AskForMore {
    type Answer = ();

    async fn act(&self, turn: &Turn<'_>) -> Kept<()> {
        turn.member(self.by.person).await?.ok_or(Error::NotFound("member"))?;
        let open = seat_request::Entity::find()
            .filter(seat_request::Column::CustomerId.eq(turn.customer.to_string()))
            .filter(seat_request::Column::PersonId.eq(self.by.person.to_string()))
            .filter(seat_request::Column::AnsweredAt.is_null());
        if open.one(turn.transaction).await?.is_some() {
            return Ok(Ok(())); // one at a time; sent twice, it is one
        }
        let id = SeatRequestId::new(turn.shared.ids.next(turn.at)?);
        let row = seat_request::Model {
            customer_id: turn.customer.to_string(),
            id: id.to_string(),
            person_id: self.by.person.to_string(),
            refusal_id: self.line.id.to_string(),
            title: self.line.title.clone(),
            reason: to_word(&self.line.refusal.reason)?,
            needed_tokens: self.needed.get(),
            words: self.words.clone(),
            asked_at: turn.at.micros(),
            answered_at: None,
            answer: None,
            answered_by: None,
        };
        seat_request::Entity::insert(row.into_active_model())
            .exec_without_returning(turn.transaction)
            .await?;
        self.tell_administrators(turn).await?;
        let note = turn.by(&self.by, AuditAct::MoreRequested, id).with("needed", self.needed);
        let note = note.with("refused by", to_word(&self.line.refusal.reason)?);
        turn.note(&note.because(self.words.as_deref().unwrap_or_default())).await?;
        Ok(Ok(()))
    }
}

impl AskForMore {
    async fn tell_administrators(&self, turn: &Turn<'_>) -> Result<(), Error> {
        let (name, title, needed) = (&self.by.name, &self.line.title, grouped(self.needed));
        let what = match self.line.refusal.reason {
            Reason::SeatCap => "does not fit their cap in this cycle",
            _ => "does not fit what is left of the capacity",
        };
        for to in turn.administrators_addresses().await? {
            let mut paragraphs = vec![format!(
                "“{title}” needs {needed} tokens and {what}. Nothing of it ran. {name} asks for more."
            )];
            paragraphs.extend(self.words.clone());
            let link = Some(("Answer the request".to_owned(), "/team#requests".to_owned()));
            let subject = format!("{name} asks for more tokens");
            turn.post(&Letter { to, kind: MailKind::Request, subject, paragraphs, link }).await?;
        }
        Ok(())
    }
}

struct AnswerRequest {
    by: Member,
    id: SeatRequestId,
    granted: bool,
    cycle: (Timestamp, Timestamp),
}

#[async_trait]
impl TeamAct for AnswerRequest {
    type Answer = SeatRequest;

    async fn act(&self, turn: &Turn<'_>) -> Kept<SeatRequest> {
        let key = (turn.customer.to_string(), self.id.to_string());
        let row = seat_request::Entity::find_by_id(key).one(turn.transaction).await?;
        let row = row.ok_or(Error::NotFound("request"))?;
        if let Err(refused) = turn.allows(&self.by, &row.id).await? {
            return Ok(Err(refused));
        }
        let word = if self.granted { "granted" } else { "declined" };
        if let Some(known) = &row.answer {
            if known == word {
                return Ok(Ok(request_of(turn.transaction, row).await?)); // the same once more
            }
            let why = format!("It had been {known} meanwhile.");
            turn.refuse(&self.by, &row.id, &why).await?;
            return Ok(Err(Error::Changed { now: known.clone() }));
        }
        let row = seat_request::Model {
            answered_at: Some(turn.at.micros()),
            answer: Some(word.to_owned()),
            answered_by: Some(self.by.person.to_string()),
            ..row
        };
        rows::upsert::<seat_request::Entity>(turn.transaction, std::slice::from_ref(&row)).await?;
        turn.note(&turn.by(&self.by, AuditAct::RequestAnswered, self.id).with("answer", word)).await?;
        let request = request_of(turn.transaction, row).await?;
        let until = if self.granted { self.widen(turn, &request).await? } else { None };
        turn.post(&self.letter(turn, &request, until).await?).await?;
        Ok(Ok(request))
    }
}

impl AnswerRequest {
    /// The override that admits what was refused, until the cycle ends; none where no cap stands against it.
    async fn widen(&self, turn: &Turn<'_>, request: &SeatRequest) -> Result<Option<CapOverride>, Error> {
        let Some(row) = turn.member(request.person).await? else { return Ok(None) };
        let limit = seat_limit_of(&row)?.filter(|_| request.reason == Reason::SeatCap);
        let Some(limit) = limit else { return Ok(None) };
        let taken = taken(turn.transaction, &row.customer_id, request.person, self.cycle.0).await?;
        let least = taken.least_cap(request.needed);
        let least = least.map_err(|error| Error::corrupt("seat_cycle", request.person, error))?;
        let before = limit.override_at(turn.at);
        if limit.at(turn.at) >= least {
            return Ok(before);
        }
        let instead = CapOverride { tokens: least, until: self.cycle.1 };
        turn.override_cap(row, Some(instead)).await?;
        let note = turn.by(&self.by, AuditAct::SeatCapOverridden, request.person);
        let note = note.moved("cap for a time", before.map(|known| known.tokens), Some(instead.tokens));
        turn.note(&note.moved("until", before.map(|known| known.until), Some(instead.until))).await?;
        Ok(Some(instead))
    }

    async fn letter(
        &self,
        turn: &Turn<'_>,
        request: &SeatRequest,
        instead: Option<CapOverride>,
    ) -> Result<Letter, Error> {
        let row = person::Entity::find_by_id(request.person.to_string()).one(turn.transaction).await?;
        let (by, title) = (&self.by.name, &request.title);
        let (subject, words) = match (self.granted, instead) {
            (true, Some(instead)) => (
                format!("{by} allows you more tokens"),
                format!(
                    "Until {} your cap is {} tokens: “{title}” can start when the pipeline asks again.",
                    spoken(instead.until),
                    grouped(instead.tokens)
                ),
            ),
            (true, None) => (
                format!("{by} has seen to your request"),
                format!("“{title}” can start when the pipeline asks again, if it fits what is left."),
            ),
            (false, _) => (
                format!("{by} has declined your request"),
                format!("Nothing has changed: “{title}” does not fit before the next cycle. Ask {by} why."),
            ),
        };
        let link = Some(("See the production".to_owned(), format!("/refusals/{}", request.refusal)));
        let to = row.ok_or(Error::NotFound("member"))?.email;
        Ok(Letter { to, kind: MailKind::Request, subject, paragraphs: vec![words], link })
    }
}

impl Turn<'_> {
    async fn administrators_addresses(&self) -> Result<Vec<String>, Error> {
        let rows = member::Entity::find()
            .filter(member::Column::CustomerId.eq(self.customer.to_string()))
            .filter(member::Column::Role.eq(to_word(&Role::CustomerAdministrator)?))
            .all(self.transaction)
            .await?;
        let people = rows.into_iter().map(|row| row.person_id);
        let people = person::Entity::find().filter(person::Column::Id.is_in(people));
        let people = people.order_by_asc(person::Column::Id).all(self.transaction).await?;
        Ok(people.into_iter().map(|row| row.email).collect())
    }
}

impl Engine {
    /// Asks the customer's administrators for more, where a refusal was by one's own cap or by the capacity. One request
    /// waits at a time.
    pub async fn ask_for_more(&self, member: &Member, refusal: RefusalId, words: &str) -> Result<(), Error> {
        let line = self.refusal(member, refusal).await?;
        let needed = may_ask(member, &line).ok_or(Error::Forbidden)?;
        let words: String = words.trim().chars().take(WORDS_CHARACTERS).collect();
        let words = (!words.is_empty()).then_some(words);
        self.in_turn(member.customer, AskForMore { by: member.clone(), line, needed, words }).await
    }

    /// Answers a request: grants it, with an override until the cycle ends where a cap has refused, or declines it.
    pub async fn answer_request(
        &self,
        member: &Member,
        id: SeatRequestId,
        granted: bool,
    ) -> Result<SeatRequest, Error> {
        member.require(Permission::ManageTeam)?;
        let cycle = Self::cycle_of(&self.usage(member.customer).await?);
        self.in_turn(member.customer, AnswerRequest { by: member.clone(), id, granted, cycle }).await
    }
}
