//! Sets of rows that are asked for together.

use super::{from, is_whole, listed, quote, wanted};
use crate::Error;
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DbBackend, EntityTrait, IdenStatic, Iterable, Statement, TryIntoModel,
    Value,
};
use serde_json::Value as Json;
use std::{collections::HashMap, marker::PhantomData};

/// Questions that are answered by one statement. One without keys is not asked.
pub(crate) struct Questions {
    backend: DbBackend,
    texts: Vec<String>,
    keys: Vec<Value>,
}

/// Rows that were asked for: what [`Answers`] gives for it.
pub(crate) struct Asked<E>(usize, PhantomData<E>);

/// Counts that were asked for.
pub(crate) struct Counted(usize);

/// The cells of all rows, by question.
pub(crate) struct Answers(Vec<Vec<Vec<Json>>>);

impl Questions {
    pub(crate) fn on(connection: &impl ConnectionTrait) -> Self {
        Self { backend: connection.get_database_backend(), texts: Vec::new(), keys: Vec::new() }
    }

    /// Asks for the rows whose `columns` equal one of the keys, as far as `condition` (SQL over the alias `t`) holds of them.
    pub(crate) fn rows<E: EntityTrait>(
        &mut self,
        columns: &[E::Column],
        keys: impl IntoIterator<Item = Vec<Json>>,
        condition: &str,
    ) -> Asked<E> {
        Asked(self.ask::<E>(&wanted::<E>(), columns, keys, condition), PhantomData)
    }

    /// Asks how many rows there are whose `columns` equal each of the keys, as far as `condition` holds of them; keys without
    /// any row are left out. The columns hold texts.
    pub(crate) fn count<E: EntityTrait>(
        &mut self,
        columns: &[E::Column],
        keys: impl IntoIterator<Item = Vec<Json>>,
        condition: &str,
    ) -> Counted {
        let names = listed(", ", columns.iter(), |list, _, column| {
            list.push_str("t.");
            quote(list, column);
        });
        let condition = format!("{condition} GROUP BY {names}");
        Counted(self.ask::<E>(&format!("{names}, count(*)"), columns, keys, &condition))
    }

    fn ask<E: EntityTrait>(
        &mut self,
        wanted: &str,
        columns: &[E::Column],
        keys: impl IntoIterator<Item = Vec<Json>>,
        condition: &str,
    ) -> usize {
        let place = self.texts.len();
        let keys: Vec<Json> = keys.into_iter().map(Json::Array).collect();
        if keys.is_empty() {
            self.texts.push(String::new());
            return place;
        }
        self.keys.push(Json::Array(keys).to_string().into());
        let from = from::<E>(self.backend, self.keys.len(), columns, condition);
        self.texts.push(match self.backend {
            DbBackend::Postgres => format!("SELECT json_build_array({wanted}, {place})::text {from}"),
            _ => format!("SELECT json_array({wanted}, {place}) {from}"),
        });
        place
    }

    /// Asks.
    pub(crate) async fn send(self, connection: &impl ConnectionTrait) -> Result<Answers, Error> {
        let mut answers = Answers(self.texts.iter().map(|_| Vec::new()).collect());
        let texts: Vec<String> = self.texts.into_iter().filter(|text| !text.is_empty()).collect();
        if texts.is_empty() {
            return Ok(answers);
        }
        let statement = Statement::from_sql_and_values(self.backend, texts.join(" UNION ALL "), self.keys);
        for row in connection.query_all_raw(statement).await? {
            let cells: String = row.try_get_by_index(0)?;
            answers.put(&cells)?;
        }
        Ok(answers)
    }
}

impl Answers {
    fn put(&mut self, cells: &str) -> Result<(), Error> {
        let bad = |what: &str| Error::corrupt("rows", cells, what);
        let mut cells: Vec<Json> = serde_json::from_str(cells).map_err(|error| bad(&error.to_string()))?;
        let place = cells.pop().as_ref().and_then(Json::as_u64).and_then(|place| usize::try_from(place).ok());
        let rows = place.and_then(|place| self.0.get_mut(place)).ok_or_else(|| bad("answers no question"))?;
        rows.push(cells);
        Ok(())
    }

    /// The rows that were asked for, once.
    #[expect(clippy::needless_pass_by_value, reason = "they are given once")]
    pub(crate) fn take<E: EntityTrait>(&mut self, asked: Asked<E>) -> Result<Vec<E::Model>, Error>
    where
        E::ActiveModel: TryIntoModel<E::Model>,
    {
        std::mem::take(&mut self.0[asked.0]).into_iter().map(row::<E>).collect()
    }

    /// The counts that were asked for, once.
    #[expect(clippy::needless_pass_by_value, reason = "they are given once")]
    pub(crate) fn counts(&mut self, asked: Counted) -> Result<HashMap<Vec<String>, i64>, Error> {
        let count = |mut cells: Vec<Json>| {
            let bad = || Error::corrupt("rows", "count", "is no count");
            let count = cells.pop().as_ref().and_then(Json::as_i64).ok_or_else(bad)?;
            let key = cells.iter().map(|cell| cell.as_str().map(str::to_owned).ok_or_else(bad));
            Ok((key.collect::<Result<_, _>>()?, count))
        };
        std::mem::take(&mut self.0[asked.0]).into_iter().map(count).collect()
    }
}

/// A row of cells in the entity's order.
fn row<E: EntityTrait>(cells: Vec<Json>) -> Result<E::Model, Error>
where
    E::ActiveModel: TryIntoModel<E::Model>,
{
    let mut row = <E::ActiveModel as ActiveModelTrait>::default();
    for (column, cell) in E::Column::iter().zip(cells) {
        let value = match (is_whole(&column), cell) {
            (true, Json::Null) => Value::BigInt(None),
            (true, Json::Number(number)) if number.is_i64() => Value::BigInt(number.as_i64()),
            (false, Json::Null) => Value::String(None),
            (false, Json::String(text)) => Value::String(Some(text)),
            (_, cell) => {
                return Err(Error::corrupt(E::default().table_name(), column.as_str(), format!("is {cell}")));
            }
        };
        row.try_set(column, value)?;
    }
    Ok(row.try_into_model()?)
}
