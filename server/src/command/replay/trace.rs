//! Reads a trace: one AI call a line, columns by their names.

use billing::{production::quantity::Count, time::Timestamp};

/// One AI call of a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    /// When it was made.
    pub at: Timestamp,
    /// Model tokens read.
    pub context: i64,
    /// Model tokens written.
    pub generated: i64,
}

/// Why a text is no trace.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TraceError {
    /// There is no call in it.
    #[error("there is no call in this file")]
    Empty,
    /// The header does not name a column.
    #[error("line 1 names no column {0}: a trace has TIMESTAMP, ContextTokens and GeneratedTokens")]
    NoColumn(&'static str),
    /// A cell cannot be read.
    #[error("line {line}, column {column}: {message}")]
    Cell {
        /// Counted from 1, the header among them.
        line: usize,
        /// Its name.
        column: &'static str,
        /// What was expected and what is there.
        message: String,
    },
}

const COLUMNS: [&str; 3] = ["TIMESTAMP", "ContextTokens", "GeneratedTokens"];

/// All calls in the order of the file; at least one.
pub fn read(text: &str) -> Result<Vec<Call>, TraceError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let (_, header) = lines.next().ok_or(TraceError::Empty)?;
    let [at, context, generated] = columns(header)?;
    let calls: Vec<Call> = lines
        .map(|(index, line)| {
            let cells: Vec<&str> = cells(line).collect();
            let row = Row { line: index + 1, cells: &cells };
            Ok(Call { at: row.instant(at)?, context: row.count(context)?, generated: row.count(generated)? })
        })
        .collect::<Result<_, _>>()?;
    if calls.is_empty() { Err(TraceError::Empty) } else { Ok(calls) }
}

/// A column: where it stands and what it is called.
type Column = (usize, &'static str);

fn columns(header: &str) -> Result<[Column; 3], TraceError> {
    let plain = |name: &str| name.replace('_', "").to_lowercase();
    let names: Vec<String> = cells(header).map(plain).collect();
    let place = |wanted: &'static str| {
        let place = names.iter().position(|name| *name == plain(wanted));
        place.map(|place| (place, wanted)).ok_or(TraceError::NoColumn(wanted))
    };
    let [at, context, generated] = COLUMNS;
    Ok([place(at)?, place(context)?, place(generated)?])
}

fn cells(line: &str) -> impl Iterator<Item = &str> {
    line.split(',').map(|cell| cell.trim().trim_matches('"'))
}

struct Row<'a> {
    line: usize,
    cells: &'a [&'a str],
}

impl Row<'_> {
    fn cell(&self, (place, column): Column) -> Result<&str, TraceError> {
        self.cells.get(place).copied().ok_or_else(|| self.error(column, "the line ends before it".to_owned()))
    }

    fn instant(&self, column: Column) -> Result<Timestamp, TraceError> {
        let cell = self.cell(column)?;
        instant(cell).ok_or_else(|| {
            self.error(
                column.1,
                format!("expected a time such as 2023-11-16 18:15:46.6805900, found {cell:?}"),
            )
        })
    }

    fn count(&self, column: Column) -> Result<i64, TraceError> {
        let cell = self.cell(column)?;
        let digits = cell.bytes().all(|byte| byte.is_ascii_digit());
        let count = cell.parse().ok().filter(|count| digits && *count <= Count::MAX);
        count.ok_or_else(|| {
            self.error(column.1, format!("expected a whole number from 0 to {}, found {cell:?}", Count::MAX))
        })
    }

    fn error(&self, column: &'static str, message: String) -> TraceError {
        TraceError::Cell { line: self.line, column, message }
    }
}

/// `2023-11-16 18:15:46.6805900`, UTC unless an offset says otherwise; digits beyond microseconds are dropped.
fn instant(text: &str) -> Option<Timestamp> {
    let (day, rest) = text.split_once([' ', 'T', 't'])?;
    let zone = rest.find(['Z', 'z', '+', '-']).unwrap_or(rest.len());
    let (time, offset) = (rest.get(..zone)?.trim_end(), rest.get(zone..)?);
    let offset = if offset.is_empty() { "Z".to_owned() } else { offset.to_uppercase() };
    let (seconds, decimals) = time.split_once('.').unwrap_or((time, "0"));
    if decimals.is_empty() || !decimals.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let micros: String = decimals.chars().take(6).collect();
    format!("{day}T{seconds}.{micros}{offset}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn micros(text: &str) -> Option<i64> {
        instant(text).map(Timestamp::micros)
    }

    #[test]
    fn a_trace_is_read_by_the_names_of_its_columns() {
        let calls = read(
            "\u{feff}model,generated_tokens,timestamp,Context_Tokens\r\n\
             a,44,2023-11-16 18:15:46.6805900,374\r\n\r\n\
             b,0,\"2023-11-16 18:15:50.9951690\",396\r\n",
        )
        .unwrap();
        assert_eq!(calls.len(), 2);
        assert_eq!((calls[0].context, calls[0].generated), (374, 44));
        assert_eq!(calls[0].at.to_string(), "2023-11-16T18:15:46.680590Z");
        assert_eq!(calls[1].at.to_string(), "2023-11-16T18:15:50.995169Z");
    }

    #[test]
    fn times_have_any_number_of_decimals_and_may_name_their_offset() {
        let expected = micros("2024-05-10 00:00:00");
        assert!(expected.is_some());
        for same in [
            "2024-05-10 00:00:00.000000999",
            "2024-05-10T00:00:00Z",
            "2024-05-10 00:00:00.0+00:00",
            "2024-05-10 02:00:00+02:00",
        ] {
            assert_eq!(micros(same), expected, "{same}");
        }
        for bad in [
            "",
            "2024-05-10",
            "2024-05-10 25:00:00",
            "2024-05-10 00:00:00.",
            "2024-05-10 00:00:00.1x",
            "1715299200",
        ] {
            assert_eq!(micros(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_bad_cell_is_named_by_line_and_column() {
        let error = |body: &str| {
            read(&format!("TIMESTAMP,ContextTokens,GeneratedTokens\n{body}")).unwrap_err().to_string()
        };
        assert!(
            error("2023-11-16 18:15:46,1,2\nyesterday,1,2")
                .starts_with("line 3, column TIMESTAMP: expected a time")
        );
        for bad in ["-1", "1.0", "1e3", "", "1000000001", "99999999999999999999", "x"] {
            assert!(
                error(&format!("2023-11-16 18:15:46,{bad},2")).starts_with("line 2, column ContextTokens:"),
                "{bad}"
            );
        }
        assert_eq!(error("2023-11-16 18:15:46,1"), "line 2, column GeneratedTokens: the line ends before it");
    }

    #[test]
    fn a_file_without_calls_or_columns_says_so() {
        assert_eq!(read(""), Err(TraceError::Empty));
        assert_eq!(read("TIMESTAMP,ContextTokens,GeneratedTokens\n"), Err(TraceError::Empty));
        assert_eq!(read("TIMESTAMP,ContextTokens\n1,2\n"), Err(TraceError::NoColumn("GeneratedTokens")));
    }
}
