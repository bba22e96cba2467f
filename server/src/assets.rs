//! Static files: built once, compressed once, cached as long as their names allow.

use crate::{config::Site, embedded};
use axum::{body::Body, extract::Request, response::Response};
use http::{HeaderValue, Method, StatusCode, header};
use tower::ServiceExt;
use tower_http::services::ServeDir;

/// The same request for a file; none where the method is not one that files answer.
pub fn ask(request: &Request) -> Option<Request> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return None;
    }
    let mut asked = Request::new(Body::empty());
    (*asked.method_mut(), *asked.uri_mut()) = (request.method().clone(), request.uri().clone());
    asked.headers_mut().clone_from(request.headers());
    Some(asked)
}

/// The file that the request names, if there is one; its compressed sibling where the browser takes it.
pub async fn file(site: &Site, asked: Request) -> Option<Response> {
    let kept = HeaderValue::from_static(kept_for(asked.uri().path()));
    let mut response = match &site.root {
        Some(root) => in_folder(root, asked).await,
        None => embedded::file(&asked),
    }?;
    response.headers_mut().insert(header::CACHE_CONTROL, kept);
    // A cache that many browsers share keeps one of each.
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    Some(response)
}

/// The file below that folder.
pub async fn in_folder(root: &str, asked: Request) -> Option<Response> {
    let files = ServeDir::new(root).append_index_html_on_directories(false);
    let answer = files.precompressed_br().precompressed_gzip().oneshot(asked).await;
    let response = answer.unwrap_or_else(|never| match never {}).map(Body::new);
    (response.status() != StatusCode::NOT_FOUND).then_some(response)
}

/// A name with a hash never changes its content, fonts hardly ever, everything else is asked for again.
fn kept_for(path: &str) -> &'static str {
    if is_hashed(path) {
        "public, max-age=31536000, immutable"
    } else if path.starts_with("/fonts/") {
        "public, max-age=2592000"
    } else {
        "no-cache"
    }
}

/// Whether the part before the last dot is a hash: `console.3f9a1c07.js`.
fn is_hashed(path: &str) -> bool {
    let mut parts = path.rsplit(['.', '/']).skip(1);
    parts.next().is_some_and(|part| part.len() >= 8 && part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::kept_for;

    #[test]
    fn only_a_name_that_changes_with_its_content_is_kept_for_good() {
        assert!(kept_for("/pkg/console.3f9a1c07.js").ends_with("immutable"));
        assert_eq!(kept_for("/pkg/console.js"), "no-cache");
        assert_eq!(kept_for("/pkg/console_bg.wasm"), "no-cache");
        assert!(kept_for("/fonts/inter.woff2").contains("max-age"));
    }
}
