//! What the installation is, and its clock where it has one of its own.

use crate::{
    Engine, Error,
    audit::Note,
    db::{
        begin_write,
        entity::{customer, installation},
    },
    team::Member,
    writer::Shared,
};
use billing::{
    audit::{Actor, AuditAct},
    id::AuditId,
    team::Permission,
    time::{Span, Timestamp},
};
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DatabaseConnection, EntityTrait, IntoActiveModel, PaginatorTrait, Set,
};

/// The row of an installation that nothing has happened in.
const NEW: installation::Model = installation::Model {
    id: 1,
    sandbox: 0,
    clock_offset_micros: 0,
    idle_since: None,
    catalog_changed_at: None,
    letters_secret: None,
    issuer: None,
};

/// The one row, made at the first start. What an installation is does not change later; none opens it as whatever it is.
pub(crate) async fn load_or_make(
    write: &DatabaseConnection,
    sandbox: Option<bool>,
) -> Result<installation::Model, Error> {
    let transaction = begin_write(write).await?;
    let row = if let Some(row) = installation::Entity::find_by_id(1).one(&transaction).await? {
        row
    } else {
        let row = installation::Model { sandbox: i64::from(sandbox.unwrap_or_default()), ..NEW };
        installation::Entity::insert(row.clone().into_active_model())
            .exec_without_returning(&transaction)
            .await?;
        row
    };
    transaction.commit().await?;
    if let Some(sandbox) = sandbox.filter(|sandbox| (row.sandbox == 1) != *sandbox) {
        let is = if sandbox { "was not made as a sandbox and is not opened as one" } else { SANDBOX_ONLY };
        return Err(Error::Invalid { field: "database".to_owned(), message: is.to_owned() });
    }
    Ok(row)
}

/// Sample sign-ins and a clock that can be turned must never serve anybody in earnest.
const SANDBOX_ONLY: &str = "was made as a sandbox, with sample sign-ins, and is opened as one only";

/// The one row.
pub(crate) async fn load(connection: &impl ConnectionTrait) -> Result<installation::Model, Error> {
    let row = installation::Entity::find_by_id(1).one(connection).await?;
    row.ok_or_else(|| Error::corrupt("installation", 1, "is missing"))
}

/// Says that the dated lists have changed.
pub(crate) async fn mark_catalog(connection: &impl ConnectionTrait, changed_at: i64) -> Result<(), Error> {
    let mut row = NEW.into_active_model();
    row.catalog_changed_at = Set(Some(changed_at));
    row.update(connection).await?;
    Ok(())
}

/// Writes the row as it is: whether the database can be written.
pub(crate) async fn touch(write: &DatabaseConnection) -> Result<(), Error> {
    let transaction = begin_write(write).await?;
    installation::Entity::update_many()
        .col_expr(installation::Column::Id, sea_orm::sea_query::Expr::value(1_i64))
        .exec(&transaction)
        .await?;
    Ok(transaction.commit().await?)
}

impl Engine {
    /// K3, K5: closes the gate for new productions, or opens it again; what runs finishes. Every process goes by it from
    /// its next act on.
    pub async fn set_idle(&self, idle: bool) -> Result<(), Error> {
        self.put_mode(idle, Actor::Operations, "", None).await
    }

    /// As [`Engine::set_idle`], by JARAI's own staff, with a reason.
    pub async fn change_mode(&self, member: &Member, idle: bool, reason: &str) -> Result<(), Error> {
        member.require(Permission::RunPlatform)?;
        self.put_mode(idle, Actor::Person(member.person), reason, None).await
    }

    /// Since when the gate is closed; none while it is open.
    pub async fn idle_since(&self) -> Result<Option<Timestamp>, Error> {
        let since = load(&self.shared.pools.read).await?.idle_since.map(Timestamp::from_micros).transpose();
        since.map_err(|error| Error::corrupt("installation", 1, error))
    }

    /// Sets the mode with the log; one that is as asked already stays, and says nothing. Putting an entry back needs the
    /// mode to be another one than asked.
    pub(crate) async fn put_mode(
        &self,
        idle: bool,
        by: Actor,
        reason: &str,
        reverts: Option<AuditId>,
    ) -> Result<(), Error> {
        let transaction = begin_write(&self.shared.pools.side).await?;
        // Postgres: two who set it at once take turns.
        installation::Entity::update_many()
            .col_expr(installation::Column::Id, sea_orm::sea_query::Expr::value(1_i64))
            .exec(&transaction)
            .await?;
        let was_idle = load(&transaction).await?.idle_since.is_some();
        if was_idle == idle {
            let stale = Error::Stale("The platform’s mode has been changed since.");
            return reverts.map_or(Ok(()), |_| Err(stale));
        }
        let mut row = NEW.into_active_model();
        row.idle_since = Set(idle.then(|| self.now().micros()));
        row.update(&transaction).await?;
        let word = |idle: bool| Some(if idle { "idle" } else { "running" });
        let note = Note::beside(by, AuditAct::ModeChanged, "platform")
            .moved("mode", word(was_idle), word(idle))
            .because(reason)
            .reverting(reverts);
        self.shared.note(&transaction, &note).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Sets the sandbox clock: forward only, but anywhere while nothing is in the database. Elsewhere it is the machine's
    /// and this is refused.
    pub async fn set_sandbox_clock(&self, at: Timestamp) -> Result<(), Error> {
        let before = self.now();
        let note = Note::beside(Actor::Operations, AuditAct::ClockAdvanced, "clock");
        self.turn_clock(at, Some(note.moved("clock", Some(before), Some(at)))).await
    }

    /// The same, with what the log says of it; the sample data's year is nobody's act.
    pub(crate) async fn turn_clock(&self, at: Timestamp, note: Option<Note>) -> Result<(), Error> {
        let refuse =
            |message: &str| Error::Invalid { field: "clock".to_owned(), message: message.to_owned() };
        if !self.sandbox {
            return Err(refuse("the clock of this installation is the machine's"));
        }
        let _turn = self.shared.clock_turn.lock().await;
        let nobody = customer::Entity::find().count(&self.shared.pools.read).await? == 0;
        if at < self.now() && !nobody {
            return Err(refuse("the clock of an installation that is in use only goes forward"));
        }
        let offset = self.shared.clock.offset_to(at);
        let mut row: installation::ActiveModel =
            installation::Model { sandbox: 1, ..NEW }.into_active_model();
        row.clock_offset_micros = Set(offset);
        let transaction = begin_write(&self.shared.pools.side).await?;
        row.update(&transaction).await?;
        if let Some(note) = note.filter(|_| !nobody) {
            self.shared.note(&transaction, &note).await?;
        }
        transaction.commit().await?;
        if nobody {
            self.shared.clock.restart(offset);
        } else {
            self.shared.clock.set_offset(offset);
        }
        self.shared.peers.tell_clock();
        Ok(())
    }

    /// Advances the sandbox clock.
    pub async fn advance_sandbox_clock(&self, by: Span) -> Result<(), Error> {
        self.set_sandbox_clock(self.now().after(by)).await
    }

    /// Takes over a clock that another process has advanced; every process does so by itself within seconds. Elsewhere than in
    /// a sandbox there is nothing to take over.
    pub async fn follow_clock(&self) -> Result<(), Error> {
        if self.sandbox { self.shared.follow_clock().await } else { Ok(()) }
    }
}

impl Shared {
    /// Goes by the offset that stands in the database.
    pub(crate) async fn follow_clock(&self) -> Result<(), Error> {
        let _turn = self.clock_turn.lock().await;
        if let Some(row) = installation::Entity::find_by_id(1).one(&self.pools.read).await? {
            self.clock.set_offset(row.clock_offset_micros);
        }
        Ok(())
    }
}
