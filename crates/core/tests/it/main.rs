//! The law's rules, vector by vector. Names carry the requirement that each proves.

#![expect(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

mod business_days;
mod cases;
mod course;
mod filings;
mod holidays;
mod months;
mod oracle;
mod overrides;
mod properties;
mod run;
mod terms;
mod territory;
mod zones;

use copihue_core::Timestamp;
use copihue_core::calendar::{Event, EventKind, Scope, TermDef, Unit, Zone};
use jiff::civil::Date;

/// A date of the test's own text.
fn day(text: &str) -> Date {
    text.parse().expect("a date")
}

/// An instant of the test's own text.
fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).expect("an instant")
}

/// A commune's scope.
fn commune(code: &str) -> Scope {
    Scope::commune(code.parse().expect("a commune"))
}

/// An act at noon in Santiago, under national holidays.
fn act(date: &str) -> Event {
    event(EventKind::Act, date)
}

/// An event at noon in Santiago, under national holidays.
fn event(kind: EventKind, date: &str) -> Event {
    let at = Zone::Santiago.instant(day(date).at(12, 0, 0, 0));
    Event { kind, at, zone: Zone::Santiago, scope: Scope::NATIONAL }
}

/// A plain term, for vectors that name only a number.
fn plain(n: u16, unit: Unit) -> TermDef {
    TermDef::new("prueba", n, unit, "LBPA 25", "Plazo de prueba").expect("a term")
}
