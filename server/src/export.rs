//! Tables for programs: a page's address with `.csv` behind it answers the page's own rows.

use crate::{
    api::problem::{Code, Problem},
    state::AppState,
};
use app::{
    AppError,
    allowance::{UsagePageView, UsageQuery},
    audit::audit_sheet,
    format::Format,
    payment::InvoicesView,
    pnl::{platform_pnl_sheet, pnl_sheet},
    production::{Detail, ReceiptView},
    reader::Reader,
    sheet::Sheet,
    team::session::member_of,
};
use axum::{
    extract::{Query, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use engine::Engine;
use http::{Method, Uri, header};
use serde::de::DeserializeOwned;
use tower_sessions::Session;

/// The pages that have a table, beside the receipt of each production.
pub const SHEETS: [&str; 5] = ["/audit", "/invoices", "/pnl", "/pnl/platform", "/usage"];

/// Answers what ends in `.csv`. What cannot be answered is the page's to say, and so is everything else.
pub async fn csv(
    State(state): State<AppState>,
    session: Session,
    mut request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path();
    let asked = path.strip_suffix(".csv").filter(|_| *request.method() == Method::GET);
    let Some(page) = asked.map(str::to_owned) else { return next.run(request).await };
    match sheet(&state.engine, &session, &page, request.uri()).await {
        Ok(Some(sheet)) => return written(&sheet),
        Ok(None) => {}
        Err(_) => *request.uri_mut() = page.parse().unwrap_or_default(),
    }
    next.run(request).await
}

/// The rows of a page; none where the page has no table.
async fn sheet(engine: &Engine, session: &Session, page: &str, uri: &Uri) -> Result<Option<Sheet>, AppError> {
    let production = page.strip_prefix("/productions/");
    if production.is_none() && !SHEETS.contains(&page) {
        return Ok(None);
    }
    let member = member_of(session, engine).await?.ok_or(AppError::SignedOut)?;
    let reader = Reader { member, format: Format::plain() };
    let sheet = match (production, page) {
        (Some(production), _) => ReceiptView::load(engine, production, Detail::Steps, &reader).await?.sheet(),
        (None, "/audit") => audit_sheet(engine, asked(uri), &reader).await?,
        (None, "/invoices") => InvoicesView::load(engine, &reader).await?.sheet(),
        (None, "/pnl") => pnl_sheet(engine, &asked(uri), &reader).await?,
        (None, "/pnl/platform") => platform_pnl_sheet(engine, &asked(uri), &reader).await?,
        (None, _) => UsagePageView::sheet(engine, &asked::<UsageQuery>(uri).given(), &reader).await?,
    };
    Ok(Some(sheet))
}

/// What the address asks about, as far as it can be read.
fn asked<T: DeserializeOwned + Default>(uri: &Uri) -> T {
    Query::try_from_uri(uri).map_or_else(|_| T::default(), |Query(query)| query)
}

fn written(sheet: &Sheet) -> Response {
    let mut table = csv::Writer::from_writer(Vec::new());
    let rows = sheet.rows.iter().map(|row| row.iter().map(|cell| harmless(cell)).collect::<Vec<_>>());
    let done = table
        .write_record(&sheet.columns)
        .and_then(|()| rows.into_iter().try_for_each(|row| table.write_record(row)));
    let bytes = done.ok().and_then(|()| table.into_inner().ok());
    let Some(bytes) = bytes else { return Problem::plain(Code::InternalError).into_response() };
    let name: String =
        sheet.name.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' }).collect();
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.csv\"")),
    ];
    (headers, bytes).into_response()
}

/// T9: a cell that a spreadsheet would take for a formula starts with an apostrophe instead. Numbers are let be.
#[must_use]
pub fn harmless(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<f64>().is_err();
    if formula { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn t9_no_cell_is_a_formula() {
        for (cell, written) in [
            ("=1+1", "'=1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("-12.50", "-12.50"),
            ("-1+cmd", "'-1+cmd"),
            ("Chip wars", "Chip wars"),
        ] {
            assert_eq!(harmless(cell), written);
        }
    }
}
