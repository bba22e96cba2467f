//! What a page or a server function says to the browser beside its content.

use axum::http::{HeaderName, HeaderValue, StatusCode, header::LOCATION, request::Parts};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use tower_http::request_id::RequestId;

/// Sends the browser to another page of ours with a GET, with and without scripts.
pub fn see_other(path: &str) {
    status(StatusCode::SEE_OTHER);
    // What is no header value is no address of ours either.
    header(LOCATION, HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static("/")));
}

/// The status of the response; nothing where nobody waits for one, as in a test.
pub fn status(status: StatusCode) {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(status);
    }
}

/// One more header of the response, beside others of its name; nothing where nobody waits for one, as in a test.
pub fn add_header(name: HeaderName, value: HeaderValue) {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.append_header(name, value);
    }
}

/// One header of the response; nothing where nobody waits for one, as in a test.
pub fn header(name: HeaderName, value: HeaderValue) {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.insert_header(name, value);
    }
}

/// The name under which this request stands in the log.
#[must_use]
pub fn reference() -> Option<String> {
    let request = use_context::<Parts>()?;
    request.extensions.get::<RequestId>()?.header_value().to_str().ok().map(ToOwned::to_owned)
}
