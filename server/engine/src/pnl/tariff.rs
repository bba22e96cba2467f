//! What calls take from the allowance, by dated versions. A1.

use super::{
    Lists,
    import::{listed, next_version},
};
use crate::{
    Engine, Error,
    db::{
        begin_write,
        entity::{tariff_line, tariff_version},
        rows, to_word,
    },
};
use billing::{
    allowance::{Tariff, TariffLine},
    time::Timestamp,
};
use sea_orm::DatabaseTransaction;

impl Engine {
    /// Charges by another tariff from an instant on, later than the newest and not in the past: what was admitted keeps the
    /// version that it was admitted under. Answers the tariff's version.
    pub async fn import_tariff(&self, tariff: &Tariff, effective_at: Timestamp) -> Result<i64, Error> {
        let invalid = |message: String| Error::Invalid { field: "tariff".to_owned(), message };
        tariff.check().map_err(|error| invalid(error.to_string()))?;
        let transaction = begin_write(&self.shared.pools.side).await?;
        let known = Lists::load(&transaction).await?.catalog;
        let version =
            next_version("tariff", known.tariffs.last(), |newest| newest.version, effective_at, self.now())?;
        let tariff = Tariff { version, lines: tariff.lines.clone() };
        add(&transaction, &tariff, "Imported", effective_at).await?;
        let note = listed("tariff").with("from", effective_at).with("version", version);
        self.publish(&transaction, note).await?;
        transaction.commit().await?;
        Ok(version)
    }
}

/// Adds a version with what stands beside it.
pub(super) async fn add(
    transaction: &DatabaseTransaction,
    tariff: &Tariff,
    label: &str,
    effective_at: Timestamp,
) -> Result<(), Error> {
    let (version, effective_at) = (tariff.version, effective_at.micros());
    let row = tariff_version::Model { version, label: label.to_owned(), effective_at };
    rows::insert::<tariff_version::Entity>(transaction, &[row]).await?;
    let lines: Vec<_> =
        tariff.lines.iter().map(|line| line_row(version, line)).collect::<Result<_, Error>>()?;
    rows::insert::<tariff_line::Entity>(transaction, &lines).await?;
    Ok(())
}

fn line_row(version: i64, line: &TariffLine) -> Result<tariff_line::Model, Error> {
    Ok(tariff_line::Model {
        version,
        kind: to_word(&line.kind)?,
        unit: to_word(&line.unit)?,
        per_units: line.per,
        tokens: line.tokens.get(),
        minimum_tokens: line.minimum.get(),
    })
}
