//! Headers that every reply carries, whoever made it. T9, T20.

use crate::config::Site;
use http::{HeaderMap, HeaderName, HeaderValue, header};

/// For what is not a page; pages bring their own policy with a nonce. Lighthouse asks for `/robots.txt` from within.
const NOTHING_RUNS: &str =
    "default-src 'none'; connect-src 'self'; style-src 'self'; font-src 'self'; frame-ancestors 'none'";

const ALWAYS: [(HeaderName, &str); 8] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-embedder-policy"), "require-corp"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
    (header::CONTENT_SECURITY_POLICY, NOTHING_RUNS),
];

/// Adds what is missing. What a handler has set itself stays.
pub fn secure(headers: &mut HeaderMap, site: &Site) {
    for (name, value) in ALWAYS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    // Nothing personal stays in a cache; static files say otherwise of themselves.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if site.origin.is_https() {
        let two_years = HeaderValue::from_static("max-age=63072000; includeSubDomains");
        headers.entry(header::STRICT_TRANSPORT_SECURITY).or_insert(two_years);
    }
}
