//! Law I-38: billing cycles for 76 years, equal to those of a calendar that we did not write.

use billing::{tier::Cycles, time::Timestamp};
use chrono::NaiveDate;

/// Generated once; its first lines say how.
const ORACLE: &str = include_str!("calendar.txt");

/// Anchor, and the day of each month of a year.
fn years() -> impl Iterator<Item = (u32, i32, Vec<u32>)> {
    ORACLE.lines().filter(|line| !line.starts_with('#')).map(|line| {
        let numbers: Vec<u32> = line.split(' ').map(|number| number.parse().unwrap()).collect();
        (numbers[0], i32::try_from(numbers[1]).unwrap(), numbers[2..].to_vec())
    })
}

#[test]
fn i38_anchors_28_to_31_are_those_of_an_independent_calendar_until_2101() {
    let mut checked = 0;
    for (anchor, year, days) in years() {
        let cycles = Cycles::anchored_on(NaiveDate::from_ymd_opt(2026, 1, anchor).unwrap());
        for (month, day) in (1..).zip(days) {
            let number = u32::try_from((year - 2026) * 12).unwrap() + month - 1;
            let expected = NaiveDate::from_ymd_opt(year, month, day).unwrap();
            assert_eq!(cycles.starts_on(number), Some(expected), "cycle {number} anchored on {anchor}");
            let found = cycles.containing(Timestamp::midnight(expected)).unwrap();
            assert_eq!(found.number, number);
            checked += 1;
        }
    }
    assert_eq!(checked, 4 * 76 * 12);
}

#[test]
fn i38_an_annual_anchor_on_29_february_is_the_28th_but_in_leap_years() {
    let cycles = Cycles::anchored_on(NaiveDate::from_ymd_opt(2028, 2, 29).unwrap());
    for years in 1..73_u32 {
        let year = 2028 + i32::try_from(years).unwrap();
        let leap = NaiveDate::from_ymd_opt(year, 2, 29).is_some();
        let start = cycles.starts_on(years * 12).unwrap();
        assert_eq!(start, NaiveDate::from_ymd_opt(year, 2, if leap { 29 } else { 28 }).unwrap());
    }
    assert_eq!(cycles.starts_on(72 * 12).unwrap().to_string(), "2100-02-28", "no leap year");
}
