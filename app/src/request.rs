//! What a browser sends along with every request: how its person wants to read.

use crate::format::{Format, Locale};
use axum::http::{HeaderMap, header::ACCEPT_LANGUAGE, header::COOKIE, request::Parts};
use leptos::prelude::use_context;
use tower_sessions::cookie::Cookie;

/// The cookie that keeps the colours; without it the system decides.
pub const THEME_COOKIE: &str = "jarai-theme";
/// The cookie that keeps how numbers and dates are written; without it the browser decides.
pub const LOCALE_COOKIE: &str = "jarai-locale";

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
