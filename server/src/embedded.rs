//! The static files inside the program: what is copied to a machine is one file.

use axum::{
    body::Body,
    extract::Request,
    response::{IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use rust_embed::EmbeddedFile;

/// Whether this program has its files inside.
pub const IS_WHOLE: bool = cfg!(feature = "embedded-site");
/// Codings of the compressed siblings, the smallest first, and how their names end.
const CODINGS: [(&str, &str); 2] = [("br", "br"), ("gzip", "gz")];

#[cfg(feature = "embedded-site")]
#[derive(rust_embed::RustEmbed)]
#[folder = "$JARAI_EMBEDDED_SITE"]
struct BuiltSite;

/// The file that the request names, if it is inside.
#[cfg(feature = "embedded-site")]
pub fn file(asked: &Request) -> Option<Response> {
    answer(asked, <BuiltSite as rust_embed::RustEmbed>::get)
}

/// The file that the request names: none is inside.
#[cfg(not(feature = "embedded-site"))]
pub fn file(asked: &Request) -> Option<Response> {
    answer(asked, |_| None)
}

/// The file as it is kept, or its compressed sibling where the browser takes it; nothing but its name where the browser has it.
fn answer(asked: &Request, kept: impl Fn(&str) -> Option<EmbeddedFile>) -> Option<Response> {
    let path = asked.uri().path().trim_start_matches('/');
    let whole = kept(path)?;
    let kind = HeaderValue::from_str(whole.metadata.mimetype()).ok()?;
    let packed = CODINGS.iter().filter(|(coding, _)| takes(asked.headers(), coding));
    let packed =
        packed.into_iter().find_map(|(coding, ending)| Some((*coding, kept(&format!("{path}.{ending}"))?)));
    let (coding, file) = packed.map_or((None, whole), |(coding, file)| (Some(coding), file));
    let tag = HeaderValue::from_str(&tag(&file.metadata.sha256_hash())).ok()?;
    let known = asked.headers().get_all(header::IF_NONE_MATCH).iter().any(|known| names(known, &tag));
    let mut response =
        if known { StatusCode::NOT_MODIFIED.into_response() } else { Body::from(file.data).into_response() };
    let headers = response.headers_mut();
    headers.insert(header::ETAG, tag);
    if !known {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    if let Some(coding) = coding.filter(|_| !known) {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    Some(response)
}

/// A name for just this content.
fn tag(hash: &[u8; 32]) -> String {
    format!("\"{}\"", BASE64_URL_SAFE_NO_PAD.encode(hash))
}

/// Whether one of the names in a list is this one; a proxy that has packed a reply itself calls it weak.
fn names(list: &HeaderValue, tag: &HeaderValue) -> bool {
    let (Ok(list), Ok(tag)) = (list.to_str(), tag.to_str()) else { return false };
    list.split(',').map(str::trim).any(|name| name == "*" || name.trim_start_matches("W/") == tag)
}

/// Whether the browser takes this coding, and not with a weight of nothing.
fn takes(headers: &HeaderMap, coding: &str) -> bool {
    let said = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    said.flat_map(|value| value.split(',')).any(|one| {
        let (name, weight) = one.split_once(';').unwrap_or((one, "q=1"));
        let weight = weight.trim().strip_prefix("q=").and_then(|weight| weight.parse::<f32>().ok());
        name.trim().eq_ignore_ascii_case(coding) && weight.is_some_and(|weight| weight > 0.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assets;
    use http::Method;
    use rust_embed::utils::read_file_from_fs;
    use std::path::Path;

    const FILES: [(&str, &str); 6] = [
        ("pkg/console.css", "a{}"),
        ("pkg/console.css.br", "packed by brotli"),
        ("pkg/console.css.gz", "packed by gzip"),
        ("pkg/console_bg.wasm", "code"),
        ("pkg/console_bg.wasm.gz", "packed code"),
        ("fonts/sans.woff2", "letters"),
    ];

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in FILES {
            let file = folder.path().join(name);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, content).unwrap();
        }
        folder
    }

    fn request(method: &Method, path: &str, accepts: &str) -> Request {
        let request = Request::builder().method(method).uri(path).header(header::ACCEPT_ENCODING, accepts);
        request.body(Body::empty()).unwrap()
    }

    fn inside(root: &Path, asked: &Request) -> Option<Response> {
        answer(asked, |path| read_file_from_fs(&root.join(path)).ok())
    }

    async fn seen(response: Option<Response>) -> Option<(StatusCode, [Option<HeaderValue>; 2], Vec<u8>)> {
        let (parts, body) = response?.into_parts();
        let said =
            [header::CONTENT_TYPE, header::CONTENT_ENCODING].map(|name| parts.headers.get(name).cloned());
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Some((parts.status, said, body))
    }

    #[tokio::test]
    async fn files_inside_are_answered_as_those_of_a_folder_are() {
        let folder = folder();
        let root = folder.path().display().to_string();
        for path in ["/pkg/console.css", "/pkg/console_bg.wasm", "/fonts/sans.woff2", "/pkg/nothing.js", "/"]
        {
            for accepts in ["br, gzip", "gzip", "gzip, deflate, br;q=0", "", "identity", "BR"] {
                let asked = || request(&Method::GET, path, accepts);
                let (ours, theirs) =
                    (inside(folder.path(), &asked()), assets::in_folder(&root, asked()).await);
                assert_eq!(seen(ours).await, seen(theirs).await, "{path} for {accepts:?}");
            }
        }
    }

    #[tokio::test]
    async fn what_a_browser_has_is_not_sent_again() {
        let folder = folder();
        let ask = |accepts: &str, known: Option<&HeaderValue>| {
            let mut asked = request(&Method::GET, "/pkg/console.css", accepts);
            asked.headers_mut().extend(known.map(|known| (header::IF_NONE_MATCH, known.clone())));
            inside(folder.path(), &asked).unwrap()
        };
        let first = ask("br", None);
        let tag = first.headers()[header::ETAG].clone();
        let again = ask("br", Some(&tag));
        assert_eq!((again.status(), &again.headers()[header::ETAG]), (StatusCode::NOT_MODIFIED, &tag));
        assert_eq!(seen(Some(again)).await.unwrap().2, b"");
        assert_eq!(ask("gzip", Some(&tag)).status(), StatusCode::OK, "another coding is another content");
        let weak = format!("\"other\", W/{}", tag.to_str().unwrap()).parse().unwrap();
        assert_eq!(ask("br", Some(&weak)).status(), StatusCode::NOT_MODIFIED);
    }
}
