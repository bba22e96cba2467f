//! Somebody's own data as one file: a ZIP that is written while it is sent, each table as JSON and as CSV. Y1, T10.

use crate::{
    api::problem::{Code, Problem},
    export::harmless,
    state::AppState,
};
use app::team::session::member_of;
use axum::{
    Router,
    body::Body,
    extract::State,
    response::{IntoResponse, Redirect, Response},
    routing::post,
};
use billing::time::Timestamp;
use engine::{
    Engine,
    audit::ArchiveTable,
    team::{Member, SignedIn},
};
use http::header;
use serde_json::{Map, Value};
use std::io::{self, Write};
use tokio::sync::mpsc::{Sender, channel};
use tokio_stream::{StreamExt, wrappers::ReceiverStream};
use tower_sessions::Session;
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// Pieces of the file that wait for a slow reader.
const PIECES: usize = 8;
/// Bytes of a piece.
const PIECE: usize = 16 * 1024;
const PAGE: &str = "/you/privacy";

/// The route.
pub fn router() -> Router<AppState> {
    Router::new().route("/you/privacy/archive", post(take))
}

/// Everything that is kept of whoever asks, once they have proved within ten minutes that it is them.
async fn take(State(engine): State<Engine>, session: Session) -> Response {
    match asked(&engine, &session).await {
        Ok(Ok((member, tables))) => sent(&engine, &member, tables),
        Ok(Err(elsewhere)) => Redirect::to(&elsewhere).into_response(),
        Err(error) => {
            tracing::error!(%error, "somebody’s data could not be read");
            Problem::plain(Code::InternalError).into_response()
        }
    }
}

/// Who asks and what is theirs; or where they are sent instead.
async fn asked(
    engine: &Engine,
    session: &Session,
) -> anyhow::Result<Result<(Member, Vec<ArchiveTable>), String>> {
    let Some(member) = member_of(session, engine).await? else {
        return Ok(Err(format!("/sign-in?next={PAGE}")));
    };
    let signed_in: Option<SignedIn> = session.get(SignedIn::KEY).await?;
    if !signed_in.is_some_and(|signed_in| signed_in.is_fresh(engine.now())) {
        return Ok(Err(format!("/confirm?next={PAGE}")));
    }
    let tables = engine.take_archive(&member).await?;
    Ok(Ok((member, tables)))
}

fn sent(engine: &Engine, member: &Member, tables: Vec<ArchiveTable>) -> Response {
    let (pieces, stream) = channel(PIECES);
    let opening = readme(member, engine.now(), &tables);
    // Compressing waits for the reader, so it has a thread of its own.
    tokio::task::spawn_blocking(move || {
        if let Err(error) = write(Pieces { pieces, piece: Vec::new() }, &opening, &tables) {
            tracing::warn!(%error, "somebody’s data were not sent to the end");
        }
    });
    let day = engine.now().day();
    let headers = [
        (header::CONTENT_TYPE, "application/zip".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"my-data-{day}.zip\"")),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, Body::from_stream(ReceiverStream::new(stream).map(Ok::<_, io::Error>))).into_response()
}

/// What is sent, piece by piece.
struct Pieces {
    pieces: Sender<Vec<u8>>,
    piece: Vec<u8>,
}

impl Pieces {
    fn send(&mut self) -> io::Result<()> {
        let piece = std::mem::take(&mut self.piece);
        let gone = |_| io::Error::from(io::ErrorKind::BrokenPipe);
        if piece.is_empty() { Ok(()) } else { self.pieces.blocking_send(piece).map_err(gone) }
    }
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.piece.extend_from_slice(bytes);
        if self.piece.len() >= PIECE {
            self.send()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn write(pieces: Pieces, opening: &str, tables: &[ArchiveTable]) -> anyhow::Result<()> {
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let mut zip = ZipWriter::new_stream(pieces);
    zip.start_file("README.txt", options)?;
    zip.write_all(opening.as_bytes())?;
    for table in tables {
        zip.start_file(format!("{}.json", table.name), options)?;
        serde_json::to_writer_pretty(&mut zip, &objects(table))?;
        zip.start_file(format!("{}.csv", table.name), options)?;
        let mut rows = csv::Writer::from_writer(&mut zip);
        rows.write_record(&table.columns)?;
        for row in &table.rows {
            rows.write_record(row.iter().map(|cell| harmless(cell.as_deref().unwrap_or_default())))?;
        }
        rows.flush()?;
    }
    zip.finish()?.into_inner().send()?;
    Ok(())
}

/// A table as a list of objects; an empty cell is null, and what is JSON by itself stays so.
fn objects(table: &ArchiveTable) -> Value {
    let value = |cell: &Option<String>| match cell {
        Some(text) if text.starts_with('{') => {
            serde_json::from_str(text).unwrap_or_else(|_| Value::from(text.as_str()))
        }
        Some(text) => Value::from(text.as_str()),
        None => Value::Null,
    };
    let object = |row: &Vec<Option<String>>| {
        let cells = table.columns.iter().zip(row);
        Value::Object(cells.map(|(column, cell)| ((*column).to_owned(), value(cell))).collect::<Map<_, _>>())
    };
    Value::Array(table.rows.iter().map(object).collect())
}

/// What each file is.
fn readme(member: &Member, at: Timestamp, tables: &[ArchiveTable]) -> String {
    let mut text = format!(
        "What JARAI Console keeps of {} <{}>, as of {at}.\r\n\r\n\
         Each table is here twice with the same rows: as JSON and as CSV (UTF-8, commas). Instants are in UTC. A cell of a CSV \
         that a spreadsheet would take for a formula begins with an apostrophe.\r\n\r\n",
        member.name, member.email
    );
    for table in tables {
        let rows = match table.rows.len() {
            1 => "1 row".to_owned(),
            count => format!("{count} rows"),
        };
        text.push_str(
            &[table.name, ".json, ", table.name, ".csv (", &rows, "): ", table.holds, "\r\n"].concat(),
        );
    }
    text.push_str(
        "\r\nInvoices and the ledger belong to your customer and are read under Invoices. Passwords, keys and links are kept as \
         hashes, and are not part of this copy.\r\nQuestions: privacy@jarai.studio\r\n",
    );
    text
}
