//! Letters are written as pages are.

use super::Format;
use billing::{money::Money, notice::Writing, time::Timestamp, tokens::Tokens};
use std::fmt;

impl Writing for Format {
    fn money(&self, money: Money) -> String {
        self.money(money)
    }

    fn tokens(&self, tokens: Tokens) -> String {
        self.tokens(tokens)
    }

    fn day(&self, at: Timestamp) -> String {
        self.day(at)
    }

    fn percent(&self, percent: i64) -> String {
        self.percent(percent)
    }
}

impl fmt::Debug for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Format({:?})", self.locale)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::Locale;
    use billing::money::Currency;

    #[test]
    fn n3_a_letter_writes_as_a_page_does() {
        let (format, writing): (_, &dyn Writing) = (Format::of(Locale::EnGb), Format::of(Locale::EnGb));
        let (money, at) = (Money::new(2_160, Currency::Gbp), "2026-11-22T16:40:00Z".parse().unwrap());
        assert_eq!([writing.money(money), writing.day(at)], [format.money(money), format.day(at)]);
        assert_eq!([writing.money(money), writing.day(at), writing.percent(75)], ["£21.60", "22 Nov", "75%"]);
        assert_eq!(writing.tokens(Tokens::new(50_000).unwrap()), "50,000");
    }
}
