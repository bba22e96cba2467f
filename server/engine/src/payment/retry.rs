//! Events of the payment provider that nothing could be done with: looked at again, or set aside, by the platform's own
//! administrators. What was told stays as it is; what came of it later stands beside it. S4, I-33.

use super::Settled;
use crate::{
    Engine, Error,
    audit::Note,
    db::{
        begin_write,
        entity::{customer, event_retry, order, payment_event},
        rows, to_word,
    },
    team::Member,
};
use billing::{
    audit::{Actor, AuditAct},
    id::{CustomerId, OrderId},
    team::Permission,
    time::Timestamp,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::ExprTrait,
};

/// Events that a page lists.
const LISTED: u64 = 100;
/// What was written of an event that was set aside.
const SET_ASIDE: &str = "setAside";
/// The longest reason that is kept.
const REASON_CHARACTERS: usize = 300;

/// What came of an event that was looked at again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retried {
    /// When.
    pub at: Timestamp,
    /// `applied`, `known`, `waiting`, `failed`, `quarantined` or `setAside`.
    pub outcome: String,
    /// Why it was not used, or why it was set aside.
    pub why: Option<String>,
}

impl Retried {
    /// Whether nobody has to look at it any more.
    #[must_use]
    pub fn is_done(&self) -> bool {
        matches!(self.outcome.as_str(), "applied" | "known" | SET_ASIDE)
    }
}

/// An event that nothing could be done with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnusedEvent {
    /// The provider's own name of it.
    pub id: String,
    /// Its type.
    pub kind: String,
    /// The order that it is about, where there is one.
    pub order: Option<OrderId>,
    /// Whose that is.
    pub customer: Option<(CustomerId, String)>,
    /// Why it could not be used: a word.
    pub why: String,
    /// When it was heard.
    pub received_at: Timestamp,
    /// What came of it when it was last looked at again.
    pub last: Option<Retried>,
}

impl UnusedEvent {
    /// Whether somebody has still to look at it.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.last.as_ref().is_none_or(|last| !last.is_done())
    }
}

impl Engine {
    /// The newest events that nothing could be done with.
    pub(crate) async fn unused_events(&self) -> Result<Vec<UnusedEvent>, Error> {
        let read = &self.shared.pools.read;
        let found = payment_event::Entity::find()
            .filter(payment_event::Column::Outcome.eq("quarantined"))
            .order_by_desc(payment_event::Column::ReceivedAt)
            .limit(LISTED)
            .all(read)
            .await?;
        let retries = event_retry::Entity::find()
            .filter(event_retry::Column::EventId.is_in(found.iter().map(|row| &row.id)))
            .order_by_asc(event_retry::Column::At)
            .all(read)
            .await?;
        let mut events = Vec::new();
        for row in found {
            let order = order_of_event(read, &row).await?;
            let customer = match &order {
                Some(order) => customer::Entity::find_by_id(&order.customer_id).one(read).await?,
                None => None,
            };
            let bad = |what: String| Error::corrupt("payment_event", &row.id, what);
            let at = |micros| Timestamp::from_micros(micros).map_err(|error| bad(error.to_string()));
            let last = retries.iter().rfind(|retry| retry.event_id == row.id);
            let last = last.map(|retry| {
                Ok::<_, Error>(Retried {
                    at: at(retry.at)?,
                    outcome: retry.outcome.clone(),
                    why: retry.why.clone(),
                })
            });
            let parsed = |id: &str| id.parse().map_err(|error: billing::id::IdError| bad(error.to_string()));
            let of = customer.map(|of| {
                Ok::<_, Error>((
                    of.id.parse().map_err(|error: billing::id::IdError| bad(error.to_string()))?,
                    of.name,
                ))
            });
            events.push(UnusedEvent {
                order: order.as_ref().map(|order| parsed(&order.id)).transpose()?,
                customer: of.transpose()?,
                why: row.why.clone().unwrap_or_default(),
                received_at: at(row.received_at)?,
                last: last.transpose()?,
                id: row.id.clone(),
                kind: row.kind.clone(),
            });
        }
        Ok(events)
    }

    /// Looks at an event again: the provider is asked how the payment stands, and it is taken where it fits an order by now.
    /// Answers what came of it, which is kept; one that was settled or set aside before stays so.
    pub async fn try_event_again(&self, by: &Member, event: &str) -> Result<Retried, Error> {
        by.require(Permission::RunPlatform)?;
        let (row, before) = self.open_event(event).await?;
        if let Some(done) = before.clone().filter(Retried::is_done) {
            return Ok(done);
        }
        let order = order_of_event(&self.shared.pools.read, &row).await?;
        let looked = match &order {
            None => Ok(None),
            Some(order) => self.look_at(order, None).await.map(Some),
        };
        let (outcome, why) = match looked {
            Ok(None) => ("quarantined", Some("order".to_owned())),
            Ok(Some(Settled::Applied)) => ("applied", None),
            Ok(Some(Settled::Known)) => ("known", None),
            Ok(Some(Settled::Waiting | Settled::Failed)) => ("waiting", None),
            Ok(Some(Settled::Quarantined(mismatch))) => ("quarantined", Some(to_word(&mismatch)?)),
            Err(error @ (Error::Db(_) | Error::Corrupt { .. } | Error::Busy)) => return Err(error),
            Err(error) => ("failed", Some(error.to_string().chars().take(REASON_CHARACTERS).collect())),
        };
        let at = self.now();
        let retried = Retried { at, outcome: outcome.to_owned(), why };
        let note = note_of(&row, order.as_ref(), by, AuditAct::JobResubmitted)?;
        let was = before.map_or(row.outcome.clone(), |before| before.outcome);
        let note = note.with("outcome", outcome).with("was", was);
        self.keep_retry(&row, &retried, &note).await?;
        Ok(retried)
    }

    /// Sets an event aside, with a reason: nobody has to look at it any more.
    pub async fn set_event_aside(&self, by: &Member, event: &str, reason: &str) -> Result<(), Error> {
        by.require(Permission::RunPlatform)?;
        let reason: String = reason.trim().chars().take(REASON_CHARACTERS).collect();
        if reason.is_empty() {
            let message = "Say why: the audit log keeps it. Nothing was changed.".to_owned();
            return Err(Error::Invalid { field: "reason".to_owned(), message });
        }
        let (row, before) = self.open_event(event).await?;
        if before.is_some_and(|before| before.is_done()) {
            return Ok(()); // sent twice, or settled meanwhile
        }
        let order = order_of_event(&self.shared.pools.read, &row).await?;
        let note = note_of(&row, order.as_ref(), by, AuditAct::JobSetAside)?.because(&reason);
        let retried = Retried { at: self.now(), outcome: SET_ASIDE.to_owned(), why: Some(reason) };
        self.keep_retry(&row, &retried, &note).await
    }

    async fn open_event(&self, event: &str) -> Result<(payment_event::Model, Option<Retried>), Error> {
        let read = &self.shared.pools.read;
        let row = payment_event::Entity::find_by_id(event).one(read).await?;
        let row = row.filter(|row| row.outcome == "quarantined").ok_or(Error::NotFound("event"))?;
        let last = event_retry::Entity::find()
            .filter(event_retry::Column::EventId.eq(event))
            .order_by_desc(event_retry::Column::At)
            .one(read)
            .await?;
        let last = last.map(|retry| {
            let at = Timestamp::from_micros(retry.at)
                .map_err(|error| Error::corrupt("event_retry", event, error))?;
            Ok::<_, Error>(Retried { at, outcome: retry.outcome, why: retry.why })
        });
        Ok((row, last.transpose()?))
    }

    async fn keep_retry(
        &self,
        event: &payment_event::Model,
        retried: &Retried,
        note: &Note,
    ) -> Result<(), Error> {
        let transaction = begin_write(&self.shared.pools.side).await?;
        let row = event_retry::Model {
            event_id: event.id.clone(),
            at: retried.at.micros(),
            outcome: retried.outcome.clone(),
            why: retried.why.clone(),
        };
        rows::insert::<event_retry::Entity>(&transaction, &[row]).await?;
        self.shared.note(&transaction, note).await?;
        transaction.commit().await?;
        Ok(())
    }
}

fn note_of(
    event: &payment_event::Model,
    order: Option<&order::Model>,
    by: &Member,
    act: AuditAct,
) -> Result<Note, Error> {
    let by = Actor::Person(by.person);
    let Some(order) = order else { return Ok(Note::beside(by, act, &event.id)) };
    let owner = order.customer_id.parse();
    let owner: CustomerId = owner.map_err(|error| Error::corrupt("order", &order.id, error))?;
    Ok(Note::of(owner, by, act, &event.id).with("order", &order.id))
}

/// The order that an event is about: the one that it was noted with, else the one whose hosted page or payment it names.
async fn order_of_event(
    connection: &impl ConnectionTrait,
    event: &payment_event::Model,
) -> Result<Option<order::Model>, Error> {
    let found = match (&event.order_id, &event.object) {
        (Some(id), _) => order::Entity::find().filter(order::Column::Id.eq(id)),
        (None, Some(object)) => {
            let named = order::Column::Checkout.eq(object).or(order::Column::Payment.eq(object));
            order::Entity::find().filter(named)
        }
        (None, None) => return Ok(None),
    };
    Ok(found.one(connection).await?)
}
