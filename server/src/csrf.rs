//! No page of another site may act here. T8: Leptos leaves this to its server, and `SameSite=Lax` alone does not cover
//! sibling subdomains.

use crate::{config::Site, origin::Origin};
use axum::extract::Request;
use http::{HeaderMap, header};

/// Whether a page of another origin has caused an unsafe request. A caller that is no browser says nothing about pages and
/// passes: it has no cookie to be abused.
pub fn is_foreign(site: &Site, request: &Request) -> bool {
    !request.method().is_safe() && !comes_from(site, request.headers())
}

fn comes_from(site: &Site, headers: &HeaderMap) -> bool {
    let all = |name| headers.get_all(name).iter().map(|value| value.to_str().unwrap_or("?"));
    let own_page = |from: &str| matches!(from, "same-origin" | "none");
    let own_origin = |text: &str| {
        let Ok(origin) = text.parse::<Origin>() else { return false };
        // A sandbox is opened as localhost as well as 127.0.0.1; elsewhere only the public origin counts.
        origin == site.origin || (site.sandbox && all(header::HOST).any(|host| origin.is_at(host)))
    };
    all(SEC_FETCH_SITE).all(own_page) && all(header::ORIGIN).all(own_origin)
}

const SEC_FETCH_SITE: http::HeaderName = http::HeaderName::from_static("sec-fetch-site");

#[cfg(test)]
mod tests {
    use super::*;

    fn passes(sandbox: bool, headers: &[(&'static str, &'static str)]) -> bool {
        let origin = if sandbox { "http://127.0.0.1:3000" } else { "https://console.example.com" };
        let site = Site {
            origin: origin.parse().unwrap(),
            sandbox,
            root: None,
            pricing: String::new(),
            legal: app::team::LegalTexts::default(),
            trusted_proxies: Vec::new(),
        };
        let headers =
            headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        comes_from(&site, &headers)
    }

    #[test]
    fn t8_only_our_own_pages_and_callers_without_a_page_pass() {
        for good in [
            &[][..],
            &[("sec-fetch-site", "same-origin"), ("origin", "https://console.example.com")],
            &[("sec-fetch-site", "none")],
            &[("origin", "https://CONSOLE.example.com:443")],
        ] {
            assert!(passes(false, good), "{good:?}");
        }
        for bad in [
            &[("sec-fetch-site", "cross-site")][..],
            &[("sec-fetch-site", "same-site")],
            &[("origin", "null")],
            &[("origin", "http://console.example.com")],
            &[("origin", "https://console.example.com.evil.example")],
            &[("origin", "https://evil.example"), ("host", "evil.example")],
            &[("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")],
            &[("origin", "https://console.example.com"), ("sec-fetch-site", "cross-site")],
        ] {
            assert!(!passes(false, bad), "{bad:?}");
        }
    }

    #[test]
    fn a_sandbox_may_be_opened_under_any_name_of_its_own() {
        assert!(passes(true, &[("origin", "http://localhost:3000"), ("host", "localhost:3000")]));
        assert!(!passes(true, &[("origin", "http://localhost:3001"), ("host", "localhost:3000")]));
        assert!(!passes(true, &[("origin", "http://evil.example")]));
    }
}
