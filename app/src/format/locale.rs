//! The ways of writing, and which of them a browser asks for.

/// The ways of writing that there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Locale {
    /// 22 Nov 2026, 16:40; £1,234.50
    #[default]
    EnGb,
    /// Nov 22, 2026, 4:40 PM; $1,234.50
    EnUs,
    /// 22.11.2026, 16:40; 1.234,50 €
    DeDe,
    /// 2026/11/22 16:40; ¥1,234
    JaJp,
}

impl Locale {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::EnGb, Self::EnUs, Self::DeDe, Self::JaJp];

    /// Its tag: `en-GB`.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::EnGb => "en-GB",
            Self::EnUs => "en-US",
            Self::DeDe => "de-DE",
            Self::JaJp => "ja-JP",
        }
    }

    /// The one of this tag.
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|locale| locale.tag().eq_ignore_ascii_case(tag))
    }

    /// The one that a browser asks for in `Accept-Language`, by weight, then by order: the very tag, else the language.
    #[must_use]
    pub fn negotiate(accepted: &str) -> Self {
        let weighed = |(place, item): (usize, &str)| {
            let mut parts = item.split(';').map(str::trim);
            let tag = parts.next().unwrap_or_default().to_owned();
            let weight = parts.find_map(|part| part.strip_prefix("q=")).unwrap_or("1");
            (weight.parse::<f32>().unwrap_or_default(), place, tag)
        };
        let mut wanted: Vec<_> = accepted.split(',').enumerate().map(weighed).collect();
        wanted.sort_by(|(one, before, _), (other, after, _)| other.total_cmp(one).then(before.cmp(after)));
        let known = |tag: &str| {
            let language = |locale: &Self| locale.tag().get(..2) == tag.get(..2);
            Self::of_tag(tag).or_else(|| Self::ALL.into_iter().find(language))
        };
        wanted
            .into_iter()
            .filter(|(weight, ..)| *weight > 0.0)
            .find_map(|(_, _, tag)| known(&tag))
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_gets_what_it_asks_for_most() {
        for (accepted, locale) in [
            ("", Locale::EnGb),
            ("de", Locale::DeDe),
            ("de-AT,de;q=0.9,en;q=0.8", Locale::DeDe),
            ("fr-FR,fr;q=0.9,en-US;q=0.8,en;q=0.7", Locale::EnUs),
            ("en;q=0.5, ja-JP", Locale::JaJp),
            ("de;q=0, en-US;q=0.001", Locale::EnUs),
            ("*;q=x, \u{fe0f}", Locale::EnGb),
        ] {
            assert_eq!(Locale::negotiate(accepted), locale, "{accepted}");
        }
    }
}
