//! How dates, times, amounts and numbers are written in Chile.

use std::sync::OnceLock;

pub use copihue_core::text::month;
use copihue_core::{Clp, Run, Timestamp, text};
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// The month whose number (`3`, `03`) or name (`marzo`, `mar`) this is.
#[must_use]
pub fn parse_month(typed: &str) -> Option<i8> {
    let text = typed.trim().to_lowercase();
    if let Ok(n) = text.parse::<i8>() {
        return (1..=12).contains(&n).then_some(n);
    }
    let text = if text == "setiembre" { "septiembre".to_owned() } else { text };
    (1..=12).find(|m| text.chars().count() >= 3 && month(*m).starts_with(&text))
}

/// «jueves 10 de diciembre de 2026».
#[must_use]
pub fn date(date: Date) -> String {
    text::long_date(date)
}

/// `10-12-2026`.
#[must_use]
pub fn short_date(date: Date) -> String {
    format!("{:02}-{:02}-{}", date.day(), date.month(), date.year())
}

/// Continental Chile, the zone of every text that names none.
#[must_use]
pub fn santiago() -> &'static TimeZone {
    static ZONE: OnceLock<TimeZone> = OnceLock::new();
    ZONE.get_or_init(|| TimeZone::get("America/Santiago").unwrap_or(TimeZone::UTC))
}

/// The day on which an instant falls in a zone.
#[must_use]
pub fn day_in(at: Timestamp, zone: &TimeZone) -> Date {
    jiff::Timestamp::from(at).to_zoned(zone.clone()).date()
}

/// «jueves 10 de diciembre de 2026, 15:04», in continental Chile.
#[must_use]
pub fn datetime(at: Timestamp) -> String {
    datetime_in(at, santiago())
}

/// «jueves 10 de diciembre de 2026, 15:04», with the zone's place when it is not continental Chile.
#[must_use]
pub fn datetime_in(at: Timestamp, zone: &TimeZone) -> String {
    let z = jiff::Timestamp::from(at).to_zoned(zone.clone());
    let place = match zone.iana_name() {
        Some("Pacific/Easter") => " (hora de Isla de Pascua)",
        Some("America/Punta_Arenas") => " (hora de Magallanes)",
        Some("America/Coyhaique") => " (hora de Aysén)",
        Some("UTC") => " (hora universal)",
        _ => "",
    };
    format!("{}, {:02}:{:02}{place}", date(z.date()), z.hour(), z.minute())
}

/// `10-12-2026 15:04`, in continental Chile: for tables.
#[must_use]
pub fn short_datetime(at: Timestamp) -> String {
    let z = jiff::Timestamp::from(at).to_zoned(santiago().clone());
    format!("{} {:02}:{:02}", short_date(z.date()), z.hour(), z.minute())
}

/// `15:04`, in continental Chile.
#[must_use]
pub fn time(at: Timestamp) -> String {
    let z = jiff::Timestamp::from(at).to_zoned(santiago().clone());
    format!("{:02}:{:02}", z.hour(), z.minute())
}

/// `15:04:05`, in continental Chile: where seconds are waited for.
#[must_use]
pub fn time_to_the_second(at: Timestamp) -> String {
    let z = jiff::Timestamp::from(at).to_zoned(santiago().clone());
    format!("{:02}:{:02}:{:02}", z.hour(), z.minute(), z.second())
}

/// `$45.230`.
#[must_use]
pub fn money(amount: Clp) -> String {
    amount.to_string()
}

/// `1.234.567`.
#[must_use]
pub fn number(n: i64) -> String {
    let sign = if n < 0 { "-" } else { "" };
    format!("{sign}{}", copihue_core::money::thousands(n.unsigned_abs()))
}

/// `1.234,5` from tenths, hundredths…: `decimal(12345, 1)`.
#[must_use]
pub fn decimal(scaled: i64, places: u32) -> String {
    let unit = 10u64.pow(places.min(18));
    let n = scaled.unsigned_abs();
    let sign = if scaled < 0 { "-" } else { "" };
    let whole = copihue_core::money::thousands(n / unit);
    if places == 0 {
        return format!("{sign}{whole}");
    }
    format!("{sign}{whole},{:0width$}", n % unit, width = places as usize)
}

/// `68,6 %`, from tenths of a percent.
#[must_use]
pub fn percent(tenths: i64) -> String {
    format!("{} %", decimal(tenths, 1))
}

/// `12.345.678-5`.
#[must_use]
pub fn run(run: Run) -> String {
    run.to_string()
}

/// `1,4 MB`, `320 KB`, `12 bytes`.
#[must_use]
pub fn size(bytes: u64) -> String {
    let tenths = i64::try_from(bytes / 100_000).unwrap_or(i64::MAX);
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} KB", bytes / 1_000),
        _ if tenths % 10 == 0 => format!("{} MB", number(tenths / 10)),
        _ => format!("{} MB", decimal(tenths, 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_09_dates_amounts_and_sizes_as_written_in_chile() {
        assert_eq!(date(jiff::civil::date(2026, 12, 10)), "jueves 10 de diciembre de 2026");
        assert_eq!(short_date(jiff::civil::date(2026, 3, 1)), "01-03-2026");
        let at = Timestamp::parse("2026-12-07T02:30:00Z").unwrap();
        assert_eq!(datetime(at), "domingo 6 de diciembre de 2026, 23:30");
        assert_eq!(decimal(12345, 1), "1.234,5");
        assert_eq!(percent(686), "68,6 %");
        assert_eq!((size(1_400_000), size(20_000_000)), ("1,4 MB".to_owned(), "20 MB".to_owned()));
        assert_eq!(parse_month("Sept"), Some(9));
        assert_eq!(parse_month("setiembre"), Some(9));
        assert_eq!(parse_month("13"), None);
    }
}
