//! What a browser sends along with every request: how its person wants to read.

use crate::format::{Format, Locale};
use axum::http::{HeaderMap, header::ACCEPT_LANGUAGE, header::COOKIE, header::USER_AGENT, request::Parts};
use leptos::prelude::use_context;
use std::net::{IpAddr, Ipv4Addr};
use tower_sessions::cookie::Cookie;

/// The cookie that keeps the colours; without it the system decides.
pub const THEME_COOKIE: &str = "jarai-theme";
/// The cookie that keeps how numbers and dates are written; without it the browser decides.
pub const LOCALE_COOKIE: &str = "jarai-locale";

/// Browsers by what they say of themselves, those that name others first; then systems.
const BROWSERS: [(&str, &str); 8] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
];
const SYSTEMS: [(&str, &str); 7] = [
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
];

/// From where a request comes: the server says so, who knows which proxies to believe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

/// From where this request comes.
#[must_use]
pub fn client_address() -> IpAddr {
    let said = use_context::<Parts>().and_then(|parts| parts.extensions.get::<ClientAddress>().copied());
    said.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ClientAddress(address)| address)
}

/// Which browser on what this request comes from: `Firefox on Windows`. Nothing else of what it says is kept.
#[must_use]
pub fn device() -> String {
    let parts = use_context::<Parts>();
    let said =
        parts.as_ref().and_then(|parts| parts.headers.get(USER_AGENT)).and_then(|value| value.to_str().ok());
    device_of(said.unwrap_or_default())
}

fn device_of(said: &str) -> String {
    let named = |known: &[(&str, &'static str)]| {
        known.iter().find(|(word, _)| said.contains(word)).map(|(_, name)| *name)
    };
    match (named(&BROWSERS), named(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => "An unknown device".to_owned(),
    }
}

/// Light or dark, where the person has decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// The value of `data-theme`, and of the cookie.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The one of this name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        [Self::Light, Self::Dark].into_iter().find(|theme| theme.name() == name)
    }
}

/// The colours that the person of this request has chosen; none follows the system.
#[must_use]
pub fn theme() -> Option<Theme> {
    cookie(&use_context::<Parts>()?.headers, THEME_COOKIE).and_then(|name| Theme::of_name(&name))
}

/// How numbers and dates are written for this request.
#[must_use]
pub fn format() -> &'static Format {
    use_context::<Parts>().map_or_else(|| Format::of(Locale::default()), |parts| format_of(&parts.headers))
}

/// The saved choice, else what the browser asks for.
#[must_use]
pub fn format_of(headers: &HeaderMap) -> &'static Format {
    let accepted = || headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    Format::of(chosen(headers).unwrap_or_else(|| Locale::negotiate(accepted())))
}

/// The way of writing that the person of this request has chosen; none follows the browser.
#[must_use]
pub fn saved_locale() -> Option<Locale> {
    chosen(&use_context::<Parts>()?.headers)
}

fn chosen(headers: &HeaderMap) -> Option<Locale> {
    cookie(headers, LOCALE_COOKIE).and_then(|tag| Locale::of_tag(&tag))
}

fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let sent = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut cookies = sent.flat_map(|value| Cookie::split_parse(value.to_owned())).filter_map(Result::ok);
    cookies.find(|cookie| cookie.name() == name).map(|cookie| cookie.value().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t10_a_device_is_named_by_browser_and_system() {
        for (said, name) in [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 \
                 Safari/537.36 Edg/142.0.0.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                 Version/18.0 Mobile/15E148 Safari/604.1",
                "Safari on iPhone",
            ),
            ("curl/8.5", "An unknown device"),
            ("", "An unknown device"),
        ] {
            assert_eq!(device_of(said), name, "{said}");
        }
    }

    #[test]
    fn a_saved_choice_comes_before_the_browsers() {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_LANGUAGE, "de-DE".parse().unwrap());
        assert_eq!(format_of(&headers).locale(), Locale::DeDe);
        headers.insert(COOKIE, "a=b; jarai-locale=ja-JP; jarai-theme=dark".parse().unwrap());
        assert_eq!(format_of(&headers).locale(), Locale::JaJp);
        assert_eq!(cookie(&headers, THEME_COOKIE).as_deref().and_then(Theme::of_name), Some(Theme::Dark));
        headers.insert(COOKIE, "jarai-locale=xx".parse().unwrap());
        assert_eq!(format_of(&headers).locale(), Locale::DeDe, "what is no choice is none");
    }
}
