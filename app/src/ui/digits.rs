//! Whole numbers as the browser writes them: the marks between the digits are the server's.

/// Thousands apart, as the server writes them.
#[must_use]
pub fn grouped(number: i64, separator: &str) -> String {
    let digits = number.to_string();
    let first = digits.len() % 3;
    let mut text = String::new();
    for (place, digit) in digits.char_indices() {
        if place > 0 && place % 3 == first {
            text.push_str(separator);
        }
        text.push(digit);
    }
    text
}
