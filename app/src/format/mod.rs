//! How numbers, money and dates are written. The only place that knows: pages get text. All instants are UTC and say so
//! where it decides something.

mod exact;
mod letters;
mod locale;

pub use locale::Locale;

use billing::{
    money::{Cost, Currency, Money, divide_half_even},
    time::Timestamp,
    tokens::Tokens,
};
use chrono::{Datelike, NaiveDate, Timelike};
use icu_calendar::Gregorian;
use icu_datetime::{
    FixedCalendarDateTimeFormatter as DateFormatter,
    fieldsets::{M, MD, MDT, YMD, YMDT},
    input::{Date, DateTime, Time},
};
use icu_decimal::{DecimalFormatter, input::Decimal, options::DecimalFormatterOptions};
use std::sync::LazyLock;

/// One way of writing.
pub struct Format {
    locale: Locale,
    /// None writes for programs: plain digits, amounts without a sign, dates of ISO 8601.
    people: Option<People>,
}

/// What ICU knows of a locale.
struct People {
    number: DecimalFormatter,
    day: DateFormatter<Gregorian, MD>,
    date: DateFormatter<Gregorian, YMD>,
    minute: DateFormatter<Gregorian, MDT>,
    instant: DateFormatter<Gregorian, YMDT>,
    month: DateFormatter<Gregorian, M>,
}

static FORMATS: LazyLock<[Format; 4]> =
    LazyLock::new(|| Locale::ALL.map(|locale| Format { locale, people: Some(People::load(locale)) }));
static PLAIN: Format = Format { locale: Locale::EnGb, people: None };

impl People {
    #[expect(clippy::expect_used, reason = "the data of these four locales is compiled in")]
    fn load(locale: Locale) -> Self {
        let tag: icu_locale_core::Locale = locale.tag().parse().expect("a tag");
        let wanted = || (&tag).into();
        Self {
            number: DecimalFormatter::try_new((&tag).into(), DecimalFormatterOptions::default())
                .expect("numbers"),
            day: DateFormatter::try_new(wanted(), MD::medium()).expect("days"),
            date: DateFormatter::try_new(wanted(), YMD::medium()).expect("dates"),
            minute: DateFormatter::try_new(wanted(), MD::medium().with_time_hm()).expect("minutes"),
            instant: DateFormatter::try_new(wanted(), YMD::medium().with_time_hm()).expect("instants"),
            month: DateFormatter::try_new(wanted(), M::long()).expect("months"),
        }
    }
}

impl Format {
    /// The way of writing of a locale.
    #[must_use]
    pub fn of(locale: Locale) -> &'static Self {
        let place = Locale::ALL.iter().position(|known| *known == locale).unwrap_or_default();
        &FORMATS[place]
    }

    /// As programs read: `50200`, `-4.20`, `2026-11-22T16:40:00Z`.
    #[must_use]
    pub const fn plain() -> &'static Self {
        &PLAIN
    }

    /// Which locale it is.
    #[must_use]
    pub const fn locale(&self) -> Locale {
        self.locale
    }

    /// A number with its thousands apart and a true minus: `50,200`, `−1,500`.
    #[must_use]
    pub fn count(&self, number: impl Into<i128>) -> String {
        self.decimal(number.into(), 0)
    }

    /// Thousandths as whole ones, no digit more than says something: `30`, `0.5`.
    #[must_use]
    pub fn thousandths(&self, number: i64) -> String {
        let digits = (0..3).find(|digits| number % 10_i64.pow(3 - digits) == 0).unwrap_or(3);
        self.decimal(i128::from(number) / 10_i128.pow(3 - digits), digits)
    }

    /// A number of tokens.
    #[must_use]
    pub fn tokens(&self, tokens: Tokens) -> String {
        self.count(tokens.get())
    }

    /// A number and what is counted: `1 running production`, `3 running productions`.
    #[must_use]
    pub fn counted(&self, number: u64, one: &str, many: &str) -> String {
        format!("{} {}", self.count(number), if number == 1 { one } else { many })
    }

    /// A whole number of per cent: `78%`.
    #[must_use]
    pub fn percent(&self, percent: i64) -> String {
        self.per_cent(&self.count(percent))
    }

    /// A part of a whole, to a tenth of a per cent, halves to the even one: `58.0%`; a dash where there is no whole.
    #[must_use]
    pub fn share(&self, part: i128, whole: i128) -> String {
        if whole <= 0 {
            return "–".to_owned();
        }
        self.tenths(divide_half_even(part.saturating_mul(1_000), whole))
    }

    /// Tenths of a per cent: `58.0%`.
    #[must_use]
    pub fn tenths(&self, tenths: i128) -> String {
        self.per_cent(&self.decimal(tenths, 1))
    }

    fn per_cent(&self, number: &str) -> String {
        if self.people.is_none() {
            return number.to_owned();
        }
        let space = if self.locale == Locale::DeDe { "\u{a0}" } else { "" };
        format!("{number}{space}%")
    }

    /// An AI cost in the currency's own digits, halves to the even one: `£4.20`. What is less than half of the smallest
    /// unit is not nothing, and says so: `under £0.01`.
    #[must_use]
    pub fn cost(&self, cost: Cost) -> String {
        let minor = divide_half_even(i128::from(cost.micros()), 10_i128.pow(6 - cost.currency().digits()));
        if self.people.is_none() {
            return cost.to_string();
        }
        if minor == 0 && cost.micros() > 0 {
            return format!("under {}", self.major(1, cost.currency()));
        }
        self.major(minor, cost.currency())
    }

    /// An AI cost as there is room for it in a picture, where the exact one stands in the table: from a thousand on in whole
    /// units; with its currency's sign, and without it for where even that is too long.
    #[must_use]
    pub fn short_cost(&self, cost: Cost) -> [String; 2] {
        let whole = cost.micros().unsigned_abs() >= 1_000_000_000;
        let digits = if whole { 0 } else { cost.currency().digits() };
        let minor = divide_half_even(i128::from(cost.micros()), 10_i128.pow(6 - digits));
        if minor == 0 && cost.micros() != 0 {
            let least = self.decimal(1, digits);
            return [self.signed(false, &least, cost.currency()), least].map(|least| format!("<{least}"));
        }
        let number = self.decimal(i128::try_from(minor.unsigned_abs()).unwrap_or(i128::MAX), digits);
        let sign = if minor < 0 { "\u{2212}" } else { "" };
        [self.signed(minor < 0, &number, cost.currency()), format!("{sign}{number}")]
    }

    /// An amount of money: `£21.60`.
    #[must_use]
    pub fn money(&self, money: Money) -> String {
        self.major(money.minor().into(), money.currency())
    }

    /// What stands before or behind an amount typed into a field: `£`.
    #[must_use]
    pub const fn symbol(&self, currency: Currency) -> &'static str {
        match (currency, self.locale) {
            (Currency::Gbp, _) => "£",
            (Currency::Eur, _) => "€",
            (Currency::Usd, Locale::EnGb) => "US$",
            (Currency::Usd, _) => "$",
            (Currency::Aud, Locale::DeDe) => "AU$",
            (Currency::Aud, _) => "A$",
            (Currency::Cad, _) => "CA$",
            (Currency::Jpy, Locale::EnGb) => "JP¥",
            (Currency::Jpy, _) => "¥",
        }
    }

    fn major(&self, minor: i128, currency: Currency) -> String {
        let number =
            self.decimal(i128::try_from(minor.unsigned_abs()).unwrap_or(i128::MAX), currency.digits());
        self.signed(minor < 0, &number, currency)
    }

    /// A number of some currency, with its sign and the currency's.
    fn signed(&self, negative: bool, number: &str, currency: Currency) -> String {
        if self.people.is_none() {
            return format!("{}{number}", if negative { "-" } else { "" });
        }
        let (sign, symbol) = (if negative { "\u{2212}" } else { "" }, self.symbol(currency));
        if self.locale == Locale::DeDe {
            format!("{sign}{number}\u{a0}{symbol}")
        } else {
            format!("{sign}{symbol}{number}")
        }
    }

    /// `number` ÷ 10^digits, all digits shown.
    fn decimal(&self, number: i128, digits: u32) -> String {
        let mut decimal = Decimal::from(number);
        let digits = i16::try_from(digits).unwrap_or_default();
        decimal.multiply_pow10(-digits);
        decimal.pad_end(-digits);
        match &self.people {
            Some(people) => people.number.format(&decimal).to_string().replace('-', "\u{2212}"),
            None => decimal.to_string(),
        }
    }

    /// The day: `1 Dec`.
    #[must_use]
    pub fn day(&self, at: Timestamp) -> String {
        self.on(at.day())
    }

    /// The day: `1 Dec`.
    #[must_use]
    pub fn on(&self, day: NaiveDate) -> String {
        self.people
            .as_ref()
            .map_or_else(|| day.to_string(), |people| people.day.format(&date(day)).to_string())
    }

    /// The number of the day in its month: `22`.
    #[must_use]
    pub fn day_of_month(&self, day: NaiveDate) -> String {
        self.count(day.day())
    }

    /// The day with its year: `1 Dec 2026`.
    #[must_use]
    pub fn date(&self, day: NaiveDate) -> String {
        self.people
            .as_ref()
            .map_or_else(|| day.to_string(), |people| people.date.format(&date(day)).to_string())
    }

    /// The day and minute, with the zone: `22 Nov, 16:40 UTC`.
    #[must_use]
    pub fn minute(&self, at: Timestamp) -> String {
        let written =
            |people: &People| format!("{} UTC", plain(&people.minute.format(&moment(at)).to_string()));
        self.people.as_ref().map_or_else(|| at.to_string(), written)
    }

    /// The instant in full, with the zone: `22 Nov 2026, 16:40 UTC`.
    #[must_use]
    pub fn instant(&self, at: Timestamp) -> String {
        let written =
            |people: &People| format!("{} UTC", plain(&people.instant.format(&moment(at)).to_string()));
        self.people.as_ref().map_or_else(|| at.to_string(), written)
    }

    /// The month: `November`.
    #[must_use]
    pub fn month(&self, at: Timestamp) -> String {
        let written = |people: &People| people.month.format(&date(at.day())).to_string();
        self.people.as_ref().map_or_else(|| at.month().to_string(), written)
    }
}

/// ICU's narrow space before `PM` is missing in the console's font.
fn plain(text: &str) -> String {
    text.replace('\u{202f}', " ")
}

fn date(day: NaiveDate) -> Date<Gregorian> {
    let (month, of_month) = (u8::try_from(day.month()).unwrap_or(1), u8::try_from(day.day()).unwrap_or(1));
    Date::try_new_gregorian(day.year(), month, of_month).unwrap_or_else(|_| epoch())
}

fn moment(at: Timestamp) -> DateTime<Gregorian> {
    let utc = at.utc();
    let part = |number: u32| u8::try_from(number).unwrap_or_default();
    let time = Time::try_new(part(utc.hour()), part(utc.minute()), part(utc.second()), 0);
    DateTime { date: date(at.day()), time: time.unwrap_or_else(|_| Time::start_of_day()) }
}

/// A day that every calendar has; no day of ours is outside ICU's.
fn epoch() -> Date<Gregorian> {
    Date::try_new_gregorian(1970, 1, 1).unwrap_or_else(|_| unreachable!("1 January 1970 is a day"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn each(write: impl Fn(&Format) -> String) -> [String; 4] {
        Locale::ALL.map(|locale| write(Format::of(locale)))
    }

    #[test]
    fn numbers_have_their_thousands_apart_and_a_true_minus() {
        assert_eq!(each(|format| format.count(50_200)), ["50,200", "50,200", "50.200", "50,200"]);
        assert_eq!(each(|format| format.count(-1_500)), ["−1,500", "−1,500", "−1.500", "−1,500"]);
        assert_eq!(each(|format| format.share(1, 8)), ["12.5%", "12.5%", "12,5\u{a0}%", "12.5%"]);
        assert_eq!(Format::of(Locale::EnGb).share(1, 0), "–");
        assert_eq!(each(|format| format.thousandths(1_500)), ["1.5", "1.5", "1,5", "1.5"]);
        assert_eq!(
            [30_000, 125, 0].map(|number| Format::of(Locale::EnGb).thousandths(number)),
            ["30", "0.125", "0"]
        );
    }

    #[test]
    fn c1_money_has_its_currencys_digits_and_sign() {
        let euros = Money::new(123_450, Currency::Eur);
        assert_eq!(
            each(|format| format.money(euros)),
            ["€1,234.50", "€1,234.50", "1.234,50\u{a0}€", "€1,234.50"]
        );
        let yen = Money::new(1_500, Currency::Jpy);
        assert_eq!(each(|format| format.money(yen)), ["JP¥1,500", "¥1,500", "1.500\u{a0}¥", "¥1,500"]);
        let owed = Money::new(-5, Currency::Gbp);
        assert_eq!(each(|format| format.money(owed)), ["−£0.05", "−£0.05", "−0,05\u{a0}£", "−£0.05"]);
    }

    #[test]
    fn a_cost_below_the_smallest_unit_is_not_nothing() {
        let format = Format::of(Locale::EnGb);
        let cost = |micros| format.cost(Cost::new(micros, Currency::Gbp));
        assert_eq!(
            [cost(0), cost(1), cost(5_001), cost(4_195_000)],
            ["£0.00", "under £0.01", "£0.01", "£4.20"]
        );
    }

    #[test]
    fn dates_are_written_the_readers_way_and_name_the_zone() {
        let at: Timestamp = "2026-11-22T16:40:00Z".parse().unwrap();
        assert_eq!(each(|format| format.day(at)), ["22 Nov", "Nov 22", "22. Nov.", "11月22日"]);
        assert_eq!(
            each(|format| format.instant(at)),
            [
                "22 Nov 2026, 16:40 UTC",
                "Nov 22, 2026, 4:40 PM UTC",
                "22.11.2026, 16:40 UTC",
                "2026/11/22 16:40 UTC"
            ]
        );
        assert_eq!(each(|format| format.month(at)), ["November", "November", "November", "11月"]);
        assert_eq!(Format::of(Locale::EnGb).minute(at), "22 Nov, 16:40 UTC");
    }

    #[test]
    fn programs_get_plain_digits_and_dates_that_sort() {
        let (plain, at) = (Format::plain(), "2026-11-22T16:40:00Z".parse::<Timestamp>().unwrap());
        assert_eq!([plain.count(-1_500), plain.share(1, 8)], ["-1500", "12.5"]);
        assert_eq!(plain.money(Money::new(-123_450, Currency::Eur)), "-1234.50");
        assert_eq!(plain.cost(Cost::new(1, Currency::Gbp)), "0.000001");
        assert_eq!([plain.instant(at), plain.minute(at)], ["2026-11-22T16:40:00Z"; 2]);
        assert_eq!(
            [plain.day(at), plain.date(at.day()), plain.month(at)],
            ["2026-11-22", "2026-11-22", "2026-11"]
        );
    }
}
