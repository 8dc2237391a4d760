//! Vectors of §4.3 (filings, notices, publication) and of the notice rules.

use copihue_core::calendar::{Calendar, Channel, DduDay, Event, EventKind, Policy, Scope, Unit, Zone};

use crate::{act, at, day, event, plain};

fn filing(instant: &str, zone: Zone) -> copihue_core::calendar::EffectiveFiling {
    Calendar::shipped().effective_filing(at(instant), zone, Scope::NATIONAL).unwrap()
}

fn made(channel: Channel, sent: &str) -> jiff::civil::Date {
    Calendar::shipped().notice_made(channel, day(sent), Scope::NATIONAL).unwrap().made
}

#[test]
fn pro_05_f1_a_term_that_runs_from_a_filing_takes_its_effective_date() {
    let sunday = Event { at: at("2026-12-07T02:00:00Z"), ..event(EventKind::Filing, "2026-12-06") };
    let d = Calendar::shipped().deadline(&plain(5, Unit::Business), &sunday).unwrap();
    assert_eq!((d.day_zero, d.due), (day("2026-12-07"), day("2026-12-15")));
}

#[test]
fn pro_05_c2_sunday_night_counts_as_the_first_hour_of_monday() {
    let f = filing("2026-12-07T02:00:00Z", Zone::Santiago);
    assert_eq!((f.legal_at, f.date, f.shifted), (at("2026-12-07T03:00:00Z"), day("2026-12-07"), true));
    assert!(!filing("2026-12-07T03:00:00Z", Zone::Santiago).shifted);
}

#[test]
fn not_03_f2_sending_is_not_shifted() {
    assert_eq!(made(Channel::Ddu, "2026-12-06"), day("2026-12-10"));
    assert_eq!(made(Channel::Ddu, "2026-12-05"), day("2026-12-10"));
}

#[test]
fn not_03_f3_notice_before_the_september_holidays() {
    assert_eq!(made(Channel::Ddu, "2027-09-16"), day("2027-09-22"));
}

#[test]
fn pro_01_f4_days_of_publication_in_the_diario_oficial() {
    let calendar = Calendar::shipped();
    for (asked, published) in [
        ("2026-11-01", "2026-11-02"),
        ("2026-11-15", "2026-11-16"),
        ("2027-01-01", "2027-01-04"),
        ("2027-05-01", "2027-05-03"),
        ("2027-08-15", "2027-08-16"),
        ("2026-11-02", "2026-11-02"),
        ("2026-11-03", "2026-11-16"),
        ("2026-11-17", "2026-12-01"),
    ] {
        assert_eq!(calendar.gazette_day(day(asked)).unwrap(), day(published), "{asked}");
    }
}

#[test]
fn tz_01_f5_the_same_instant_is_monday_in_santiago_and_sunday_in_easter_island() {
    let santiago = filing("2026-12-07T03:30:00Z", Zone::Santiago);
    assert_eq!((santiago.date, santiago.shifted), (day("2026-12-07"), false));
    let easter = filing("2026-12-07T03:30:00Z", Zone::Easter);
    assert_eq!((easter.date, easter.shifted), (day("2026-12-07"), true));
    assert_eq!(Zone::Easter.rfc3339(easter.legal_at), "2026-12-07T00:00:00-05:00");
    assert_eq!(Zone::Easter.local(at("2026-12-07T03:30:00Z")).to_string(), "2026-12-06T22:30:00");
}

#[test]
fn tz_01_f6_the_legal_day_is_the_one_of_the_competent_zone() {
    let local = |zone: Zone| zone.local(at("2026-07-15T03:30:00Z")).to_string();
    assert_eq!(local(Zone::Santiago), "2026-07-14T23:30:00");
    assert_eq!(local(Zone::PuntaArenas), "2026-07-15T00:30:00");
    assert_eq!(local(Zone::Coyhaique), "2026-07-15T00:30:00");
}

#[test]
fn plz_03_f7_a_due_date_expires_at_its_own_midnight() {
    for (zone, expires) in [
        (Zone::Santiago, "2026-07-16T04:00:00Z"),
        (Zone::PuntaArenas, "2026-07-16T03:00:00Z"),
        (Zone::Easter, "2026-07-16T06:00:00Z"),
    ] {
        assert_eq!(zone.end_of_day(day("2026-07-15")), at(expires));
    }
}

#[test]
fn plz_03_f8_the_last_millisecond_is_in_time_and_midnight_is_late() {
    let d = Calendar::shipped().deadline(&plain(5, Unit::Business), &act("2026-12-10")).unwrap();
    assert_eq!(d.expires, at("2026-12-18T03:00:00Z"));
    assert!(d.is_timely(at("2026-12-18T02:59:59.999Z")));
    assert!(!d.is_timely(at("2026-12-18T03:00:00Z")));
}

#[test]
fn plz_03_f9_a_midnight_that_is_skipped() {
    let d = Calendar::shipped().deadline(&plain(4, Unit::Calendar), &act("2026-09-01")).unwrap();
    assert_eq!((d.due, d.expires), (day("2026-09-05"), at("2026-09-06T04:00:00Z")));
}

#[test]
fn plz_03_f10_an_hour_that_runs_twice_is_in_time_to_its_second_end() {
    let d = Calendar::shipped().deadline(&plain(3, Unit::Calendar), &act("2026-04-01")).unwrap();
    assert_eq!((d.due, d.expires), (day("2026-04-04"), at("2026-04-05T04:00:00Z")));
}

#[test]
fn pro_06_hours_run_on_business_days_only() {
    let calendar = Calendar::shipped();
    let hours = |n, unit, kind, instant: &str| {
        let event = Event { at: at(instant), ..event(kind, "2026-12-04") };
        calendar.deadline(&plain(n, unit), &event).unwrap()
    };
    // Friday 18:00 + 24 h = Monday 18:00.
    let friday = hours(24, Unit::BusinessHours, EventKind::Act, "2026-12-04T21:00:00Z");
    assert_eq!((friday.due, friday.expires), (day("2026-12-07"), at("2026-12-07T21:00:00Z")));
    // A Sunday filing counts from Monday 00:00, and + 24 h is Tuesday 00:00: Monday is its last day.
    let sunday = hours(24, Unit::BusinessHours, EventKind::Filing, "2026-12-06T15:00:00Z");
    assert_eq!((sunday.due, sunday.expires), (day("2026-12-07"), at("2026-12-08T03:00:00Z")));
    // The plain clock doesn't stop.
    let clock = hours(24, Unit::Hours, EventKind::Act, "2026-12-04T21:00:00Z");
    assert_eq!(clock.expires, at("2026-12-05T21:00:00Z"));
}

#[test]
fn not_03_vectors_of_the_notice_rules() {
    let calendar = Calendar::shipped();
    for (sent, made_on, until) in [
        ("2026-12-04T15:00:00Z", "2026-12-10", "2026-12-17"),
        ("2026-12-05T13:00:00Z", "2026-12-10", "2026-12-17"),
        ("2026-12-07T02:59:59Z", "2026-12-10", "2026-12-17"),
        ("2026-12-07T03:00:00Z", "2026-12-11", "2026-12-18"),
        ("2026-12-08T15:00:00Z", "2026-12-11", "2026-12-18"),
        ("2026-12-23T15:00:00Z", "2026-12-29", "2027-01-06"),
        ("2026-12-31T15:00:00Z", "2027-01-06", "2027-01-13"),
        ("2027-03-24T15:00:00Z", "2027-03-30", "2027-04-06"),
        ("2027-09-16T15:00:00Z", "2027-09-22", "2027-09-29"),
    ] {
        let event = Event { at: at(sent), ..event(EventKind::Notice(Channel::Ddu), "2026-12-04") };
        let d = calendar.deadline(&plain(5, Unit::Business), &event).unwrap();
        assert_eq!((d.day_zero, d.due), (day(made_on), day(until)), "{sent}");
    }
    for (channel, sent) in [(Channel::InPerson, "2026-12-05"), (Channel::Tacit, "2026-12-06")] {
        assert_eq!(made(channel, sent), day(sent));
    }
}

#[test]
fn not_03_the_day_on_which_a_ddu_notice_is_made_is_a_setting() {
    let policy = Policy { ddu_day: DduDay::Fourth, ..Policy::default() };
    let calendar = Calendar::new("fourth", policy, Vec::new()).unwrap();
    let notice = calendar.notice_made(Channel::Ddu, day("2026-12-04"), Scope::NATIONAL).unwrap();
    assert_eq!((notice.days, notice.made), (4, day("2026-12-11")));
    let letter = calendar.notice_made(Channel::RegisteredLetter, day("2026-12-03"), Scope::NATIONAL).unwrap();
    assert_eq!(letter.made, day("2026-12-09"));
}
