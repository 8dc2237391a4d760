//! Spanish text that pages and documents share: folding for search, dates and hours in words.

use jiff::civil::{Date, DateTime, Weekday};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

const WEEKDAYS: [&str; 7] = ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"];
const MONTHS: [&str; 12] = [
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
];

/// The form to sort and search by: lower case, without accents, spaces collapsed (`Ñuble  Ágil` → `nuble agil`).
///
/// Idempotent. Stored beside the text as written, never in its place.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        if word.is_ascii() {
            out.extend(word.chars().map(|c| c.to_ascii_lowercase()));
        } else {
            // Decomposed again after lowering: `İ` lowers to an `i` with a mark of its own.
            let lower = word.nfkd().flat_map(char::to_lowercase).nfkd();
            out.extend(lower.filter(|c| !is_combining_mark(*c)));
        }
    }
    out
}

/// Neither a control character nor one that turns the direction of the text: with those, what a stranger wrote could pass
/// for what a program says of it.
#[must_use]
pub fn is_printable(c: char) -> bool {
    let turning = matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    !c.is_control() && !turning
}

/// A stranger's text as it may be shown on a terminal: what is not printable is replaced.
#[must_use]
pub fn printable(text: &str) -> String {
    text.chars().map(|c| if is_printable(c) { c } else { char::REPLACEMENT_CHARACTER }).collect()
}

/// `jueves`.
#[must_use]
pub fn weekday(day: Weekday) -> &'static str {
    WEEKDAYS[usize::from(day.to_monday_zero_offset().unsigned_abs())]
}

/// `diciembre`. `month` is 1…12; anything else is an empty text.
#[must_use]
pub fn month(month: i8) -> &'static str {
    usize::try_from(month - 1).ok().and_then(|m| MONTHS.get(m)).copied().unwrap_or_default()
}

/// `jueves 10 de diciembre de 2026`.
#[must_use]
pub fn long_date(date: Date) -> String {
    format!("{} {}", weekday(date.weekday()), day_month_year(date))
}

/// `10 de diciembre de 2026`.
#[must_use]
pub fn day_month_year(date: Date) -> String {
    format!("{} de {} de {}", date.day(), month(date.month()), date.year())
}

/// `10-12-2026`.
#[must_use]
pub fn short_date(date: Date) -> String {
    format!("{:02}-{:02}-{:04}", date.day(), date.month(), date.year())
}

/// `15:04`, of a local date and time.
#[must_use]
pub fn time(at: DateTime) -> String {
    format!("{:02}:{:02}", at.hour(), at.minute())
}

/// `jueves 10 de diciembre de 2026, 15:04`, of a local date and time.
#[must_use]
pub fn long_datetime(at: DateTime) -> String {
    format!("{}, {}", long_date(at.date()), time(at))
}

/// `10-12-2026 15:04`, of a local date and time.
#[must_use]
pub fn short_datetime(at: DateTime) -> String {
    format!("{} {}", short_date(at.date()), time(at))
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, datetime};

    use super::*;

    #[test]
    fn folding_removes_case_accents_and_spare_spaces() {
        assert_eq!(fold("  Ñuble  ÁGIL "), "nuble agil");
        assert_eq!(fold("Permiso de Circulación"), "permiso de circulacion");
        assert_eq!(fold(&fold("İstanbul ﬁn")), fold("İstanbul ﬁn"));
        assert_eq!(fold(""), "");
    }

    #[test]
    fn a_strangers_text_can_not_begin_a_line_or_turn_one() {
        assert_eq!(printable("Ñandú – ok"), "Ñandú – ok");
        assert_eq!(
            printable("a\nresultado=valido\u{1b}[8m\u{202e}"),
            "a\u{fffd}resultado=valido\u{fffd}[8m\u{fffd}"
        );
    }

    #[test]
    fn dates_read_as_people_write_them() {
        let day = date(2026, 12, 10);
        assert_eq!(long_date(day), "jueves 10 de diciembre de 2026");
        assert_eq!(short_date(day), "10-12-2026");
        assert_eq!(short_date(date(2026, 1, 2)), "02-01-2026");
        let at = datetime(2026, 12, 10, 15, 4, 59, 0);
        assert_eq!(time(at), "15:04");
        assert_eq!(long_datetime(at), "jueves 10 de diciembre de 2026, 15:04");
        assert_eq!(short_datetime(at), "10-12-2026 15:04");
        assert_eq!(month(13), "");
    }
}
