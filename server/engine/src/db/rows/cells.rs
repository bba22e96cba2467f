//! Rows as JSON: each an array of its cells, since the statement names the columns once.

use crate::Error;
use sea_orm::DbBackend;
use serde::Serialize;
use serde_json::{
    Serializer,
    ser::{CompactFormatter, Formatter},
};
use std::{
    fmt::Display,
    io::{self, Write},
};

/// Rows of an entity, whose fields stand in the order of its columns: an array of arrays.
pub(super) fn json(backend: DbBackend, rows: &[impl Serialize]) -> Result<String, Error> {
    let mut text = Vec::with_capacity(256 * rows.len());
    let cells = Cells { quotes_numbers: backend == DbBackend::Postgres, in_name: false };
    let unwritten = |error: &dyn Display| Error::corrupt("rows", "JSON", error);
    rows.serialize(&mut Serializer::with_formatter(&mut text, cells)).map_err(|error| unwritten(&error))?;
    String::from_utf8(text).map_err(|error| unwritten(&error))
}

/// Writes an object as the array of its values.
struct Cells {
    /// `PostgreSQL` would make decimals out of JSON's numbers before it makes whole ones.
    quotes_numbers: bool,
    in_name: bool,
}

impl Cells {
    fn unless_in_name<W: Write + ?Sized>(&self, writer: &mut W, text: &[u8]) -> io::Result<()> {
        if self.in_name { Ok(()) } else { writer.write_all(text) }
    }
}

impl Formatter for Cells {
    fn begin_object<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b"[")
    }

    fn end_object<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b"]")
    }

    fn begin_object_key<W: Write + ?Sized>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.in_name = true;
        writer.write_all(if first { b"" } else { b"," })
    }

    fn end_object_key<W: Write + ?Sized>(&mut self, _: &mut W) -> io::Result<()> {
        self.in_name = false;
        Ok(())
    }

    fn begin_object_value<W: Write + ?Sized>(&mut self, _: &mut W) -> io::Result<()> {
        Ok(())
    }

    fn begin_string<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.unless_in_name(writer, b"\"")
    }

    fn end_string<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.unless_in_name(writer, b"\"")
    }

    fn write_string_fragment<W: Write + ?Sized>(&mut self, writer: &mut W, text: &str) -> io::Result<()> {
        self.unless_in_name(writer, text.as_bytes())
    }

    fn write_i64<W: Write + ?Sized>(&mut self, writer: &mut W, number: i64) -> io::Result<()> {
        let quote: &[u8] = if self.quotes_numbers { b"\"" } else { b"" };
        writer.write_all(quote)?;
        CompactFormatter.write_i64(writer, number)?;
        writer.write_all(quote)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::entity::budget_month::{Column, Model};
    use sea_orm::{IdenStatic, Iterable};

    #[test]
    fn a_row_is_the_array_of_its_columns() {
        let columns: Vec<&str> = Column::iter().map(|column| column.as_str()).collect();
        let order =
            ["customer_id", "scope_kind", "scope_id", "month", "spent_micros", "held_micros", "told_at"];
        assert_eq!(columns, order);
        let row = Model {
            customer_id: "a \"b\"\n".to_owned(),
            scope_kind: "{c}".to_owned(),
            scope_id: String::new(),
            month: "ü".to_owned(),
            spent_micros: -1,
            held_micros: i64::MAX,
            told_at: None,
        };
        let written = |backend, rows: &[Model]| json(backend, rows).unwrap();
        assert_eq!(
            written(DbBackend::Sqlite, &[row.clone(), row.clone()]),
            r#"[["a \"b\"\n","{c}","","ü",-1,9223372036854775807,null],["a \"b\"\n","{c}","","ü",-1,9223372036854775807,null]]"#
        );
        assert_eq!(
            written(DbBackend::Postgres, &[row]),
            r#"[["a \"b\"\n","{c}","","ü","-1","9223372036854775807",null]]"#
        );
        assert_eq!(written(DbBackend::Postgres, &[]), "[]");
    }
}
