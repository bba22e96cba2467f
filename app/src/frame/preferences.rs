//! Light or dark, and how numbers and dates are written: kept in cookies, so that the sign-in page has them too.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What is chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreferencesView {
    /// `light` or `dark`; empty follows the system.
    pub theme: String,
    /// A tag such as `de-DE`; empty follows the browser.
    pub locale: String,
    /// The tags to choose from, each with an example of how it writes.
    pub locales: Vec<(String, String)>,
}

/// The form, folded away.
#[component]
pub(super) fn Preferences(preferences: PreferencesView, path: &'static str) -> impl IntoView {
    let option = |value: String, words: String, chosen: &str| {
        let selected = value == chosen;
        view! { <option value=value selected=selected>{words}</option> }
    };
    let themes = [("", "System"), ("light", "Light"), ("dark", "Dark")]
        .map(|(value, words)| option(value.to_owned(), words.to_owned(), &preferences.theme));
    let follow = (String::new(), "As the browser".to_owned());
    let locales = std::iter::once(follow).chain(preferences.locales);
    let locales = locales.map(|(value, words)| option(value, words, &preferences.locale)).collect_view();
    view! {
        <details class="preferences">
            <summary>"Appearance"</summary>
            <form method="post" action="/act/appearance">
                <div class="field">
                    <label for="theme">"Colours"</label>
                    <select id="theme" name="theme">{themes}</select>
                </div>
                <div class="field">
                    <label for="locale">"Numbers and dates"</label>
                    <select id="locale" name="locale">{locales}</select>
                </div>
                <input type="hidden" name="next" value=path />
                <button class="button" type="submit">
                    "Save"
                </button>
            </form>
        </details>
    }
}

#[cfg(feature = "ssr")]
pub(super) use on_the_server::keep;

#[cfg(feature = "ssr")]
mod on_the_server {
    use super::PreferencesView;
    use crate::{
        AppError,
        format::{Format, Locale},
        frame::own_address,
        request::{self, LOCALE_COOKIE, THEME_COOKIE, Theme},
        respond,
    };
    use axum::http::{HeaderValue, header::SET_COOKIE};
    use billing::money::{Currency, Money};
    use chrono::NaiveDate;
    use tower_sessions::cookie::{Cookie, SameSite, time::Duration};

    /// How long a choice of appearance is kept: a year.
    const KEPT: Duration = Duration::days(365);

    /// Keeps, or forgets, how somebody wants to read, and goes on to `next`. The cookies are for the server alone and say
    /// nothing about anybody.
    pub async fn keep(theme: &str, locale: &str, next: &str) -> Result<(), AppError> {
        let theme = Theme::of_name(theme).map(Theme::name);
        let locale = Locale::of_tag(locale).map(Locale::tag);
        for (name, value) in [(THEME_COOKIE, theme), (LOCALE_COOKIE, locale)] {
            let kept = if value.is_some() { KEPT } else { Duration::ZERO };
            let cookie = Cookie::build((name, value.unwrap_or_default()))
                .path("/")
                .http_only(true)
                .same_site(SameSite::Lax)
                .max_age(kept);
            if let Ok(cookie) = HeaderValue::from_str(&cookie.to_string()) {
                respond::add_header(SET_COOKIE, cookie);
            }
        }
        respond::see_other(own_address(next).unwrap_or("/"));
        Ok(())
    }

    impl PreferencesView {
        /// What the person of this request has chosen.
        #[must_use]
        pub fn of_request() -> Self {
            let day = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap_or_default();
            let example = |locale: Locale| {
                let format = Format::of(locale);
                let words =
                    format!("{}, {}", format.money(Money::new(123_450, Currency::Eur)), format.date(day));
                (locale.tag().to_owned(), words)
            };
            Self {
                theme: request::theme().map(|theme| theme.name().to_owned()).unwrap_or_default(),
                locale: request::saved_locale().map(|locale| locale.tag().to_owned()).unwrap_or_default(),
                locales: Locale::ALL.map(example).to_vec(),
            }
        }
    }
}
