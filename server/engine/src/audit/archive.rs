//! A copy of what is kept of somebody: all that is theirs, nothing of anybody else's, and no secret. Y1.

use super::{archive_journals as journals, archive_tables as tables};
use crate::{Engine, Error, audit::Note, db::begin_write, team::Member};
use billing::{
    audit::{Actor, AuditAct, privacy::RequestKind},
    time::Timestamp,
};

/// One table of the copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArchiveTable {
    /// What it is called: the name of its files.
    pub name: &'static str,
    /// What it holds, in a sentence.
    pub holds: &'static str,
    /// The names of its columns.
    pub columns: Vec<&'static str>,
    /// Its rows; a cell may be empty. Instants are written as RFC 3339.
    pub rows: Vec<Vec<Option<String>>>,
}

/// An instant as the copy writes it.
pub(super) fn written(micros: i64) -> Option<String> {
    Timestamp::from_micros(micros).ok().map(|at| at.to_string())
}

impl Engine {
    /// Everything that is kept of somebody, as tables. The log and their requests keep that they took it. The caller has
    /// asked for a fresh proof.
    pub async fn take_archive(&self, member: &Member) -> Result<Vec<ArchiveTable>, Error> {
        let transaction = begin_write(&self.shared.pools.side).await?;
        self.shared.keep_request(&transaction, member.person, RequestKind::Export, None).await?;
        let note = Note::beside(Actor::Person(member.person), AuditAct::DataExported, member.person);
        self.shared.note(&transaction, &note).await?;
        transaction.commit().await?;
        let (read, person) = (&self.shared.pools.read, member.person.to_string());
        Ok(vec![
            tables::profile(read, &person).await?,
            tables::memberships(read, &person).await?,
            tables::devices(read, &person).await?,
            tables::invitations_made(read, &person).await?,
            tables::invitations_received(read, &member.email).await?,
            tables::contacts(read, &member.email).await?,
            tables::keys_made(read, &person).await?,
            tables::productions(read, &person).await?,
            tables::seat_requests(read, &person).await?,
            journals::consents(read, &person).await?,
            journals::automatic_purchases(read, &person).await?,
            tables::letter_choices(read, &person).await?,
            journals::requests(read, &person).await?,
            journals::letters(read, &member.email).await?,
            journals::log(read, &person).await?,
        ])
    }
}
