//! §4.5: what holds for all dates.

use copihue_core::Timestamp;
use copihue_core::calendar::{
    Calendar, Event, EventKind, Policy, Scope, Unit, Zone, add_months, overrides_from_toml,
};
use jiff::ToSpan;
use jiff::civil::{Date, date};
use proptest::prelude::*;

use crate::{commune, day, plain};

fn any_day() -> impl Strategy<Value = Date> {
    (0..70_000i64).prop_map(|n| date(1900, 1, 1).checked_add(n.days()).expect("a day of the calendar"))
}

fn any_scope() -> impl Strategy<Value = Scope> {
    prop_oneof![Just(Scope::NATIONAL), Just(commune("15101")), Just(commune("16103")), Just(commune("13101"))]
}

fn any_zone() -> impl Strategy<Value = Zone> {
    prop::sample::select(Zone::ALL.to_vec())
}

fn any_instant() -> impl Strategy<Value = Timestamp> {
    // 1960…2080.
    (-315_619_200_000i64..3_471_292_800_000).prop_map(Timestamp::from_millis)
}

/// The obvious way: walk day by day and count.
fn walk(calendar: &Calendar, zero: Date, n: u16, scope: Scope) -> Date {
    let (mut day, mut left) = (zero, n);
    while left > 0 {
        day = day.tomorrow().expect("a day of the calendar");
        let weekend = day.weekday().to_monday_zero_offset() > 4;
        let holidays = || calendar.holidays(day.year(), scope).expect("a year of the calendar");
        if !weekend && !holidays().iter().any(|h| h.date == day && h.stops_terms()) {
            left -= 1;
        }
    }
    day
}

/// Compares the tables with walking, for each date of the years and each length up to 400.
fn tables_equal_walking(scope: Scope, first: Date, last: Date) {
    let calendar = Calendar::shipped();
    // The business days after each date, farthest first: walked from the end back.
    let mut ahead: Vec<Date> = Vec::new();
    let mut zero = last;
    while zero >= first {
        for (n, expected) in (1..=400).zip(ahead.iter().rev()) {
            assert_eq!(calendar.add_business_days(zero, n, scope), Ok(*expected), "{zero} + {n}");
        }
        if walk(&calendar, zero.yesterday().expect("a day of the calendar"), 1, scope) == zero {
            ahead.push(zero);
        }
        zero = zero.yesterday().expect("a day of the calendar");
    }
}

#[test]
fn pro_01_the_tables_equal_walking_for_every_date_and_length() {
    tables_equal_walking(Scope::NATIONAL, day("2015-01-01"), day("2035-12-31"));
}

#[test]
fn hol_03_the_tables_of_a_place_equal_walking_too() {
    for place in ["15101", "16101"] {
        tables_equal_walking(commune(place), day("2026-01-01"), day("2028-12-31"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn pro_01_adding_and_counting_agree(d in any_day(), a in 1u16..400, b in 1u16..400, s in any_scope()) {
        let c = Calendar::shipped();
        let sum = c.add_business_days(d, a, s).unwrap();
        prop_assert_eq!(c.business_days_between(d, sum, s).unwrap(), i32::from(a));
        prop_assert_eq!(c.add_business_days(sum, b, s).unwrap(), c.add_business_days(d, a + b, s).unwrap());
        prop_assert!(c.is_business_day(sum, s).unwrap());
        prop_assert!(sum < c.add_business_days(d, a + 1, s).unwrap());
        prop_assert!(sum <= c.add_business_days(d.tomorrow().unwrap(), a, s).unwrap());
        prop_assert!(c.add_business_days(d, a, Scope::NATIONAL).unwrap() <= sum);
        prop_assert_eq!(walk(&c, d, a.min(40), s), c.add_business_days(d, a.min(40), s).unwrap());
    }

    #[test]
    fn pro_04_rolling_twice_is_rolling_once(d in any_day(), s in any_scope()) {
        let c = Calendar::shipped();
        let rolled = c.roll_forward(d, s).unwrap();
        prop_assert!(rolled >= d && c.is_business_day(rolled, s).unwrap());
        prop_assert_eq!(c.roll_forward(rolled, s).unwrap(), rolled);
    }

    #[test]
    fn pro_05_effective_filing_is_idempotent_and_never_earlier(at in any_instant(), z in any_zone(), s in any_scope()) {
        let c = Calendar::shipped();
        let f = c.effective_filing(at, z, s).unwrap();
        prop_assert!(f.legal_at >= at);
        prop_assert_eq!(f.shifted, f.legal_at != at);
        let again = c.effective_filing(f.legal_at, z, s).unwrap();
        prop_assert_eq!((again.legal_at, again.date, again.shifted), (f.legal_at, f.date, false));
    }

    #[test]
    fn plz_03_every_term_expires_after_its_event(
        at in any_instant(), z in any_zone(), s in any_scope(), n in 1u16..200, unit in 0usize..6, kind in 0usize..7,
    ) {
        let c = Calendar::shipped();
        let n = if Unit::ALL[unit] == Unit::Years { n % 10 + 1 } else { n };
        let event = Event { kind: EventKind::ALL[kind], at, zone: z, scope: s };
        let d = c.deadline(&plain(n, Unit::ALL[unit]), &event).unwrap();
        prop_assert!(d.expires > at);
        prop_assert!(d.is_timely(at) && !d.is_timely(d.expires));
        prop_assert_eq!(z.date(d.expires.plus_millis(-1)), d.due);
    }

    #[test]
    fn hol_02_one_more_holiday_never_ends_a_term_earlier(d in any_day(), n in 1u16..60, ahead in 1i64..80) {
        let c = Calendar::shipped();
        let extra = d.checked_add(ahead.days()).unwrap();
        let table = format!("[[override]]\nfecha = \"{extra}\"\nop = \"add\"\nnombre = \"Más uno\"\nclase = \"unico\"\nley = \"Ley 1\"");
        let more = Calendar::new("more", Policy::default(), overrides_from_toml(&table).unwrap()).unwrap();
        let less = Calendar::new("less", Policy::default(), Vec::new()).unwrap();
        prop_assert!(more.add_business_days(d, n, Scope::NATIONAL).unwrap() >= less.add_business_days(d, n, Scope::NATIONAL).unwrap());
        prop_assert!(c.add_business_days(d, n, Scope::NATIONAL).unwrap() >= less.add_business_days(d, n, Scope::NATIONAL).unwrap());
    }

    #[test]
    fn pro_03_months_keep_the_day_or_take_the_last_one(d in any_day(), n in 0u16..240) {
        let moved = match add_months(d, n) { Ok(moved) => moved, Err(_) => return Ok(()) };
        let index = |x: Date| i32::from(x.year()) * 12 + i32::from(x.month());
        prop_assert_eq!(index(moved), index(d) + i32::from(n));
        prop_assert_eq!(moved.day(), d.day().min(moved.last_of_month().day()));
    }

    #[test]
    fn hol_01_the_override_loader_never_panics(text in "\\PC{0,200}") {
        let _ = overrides_from_toml(&text);
        let _ = overrides_from_toml(&format!("[[override]]\nfecha = \"{text}\"\nop = \"add\"\nnombre = \"Prueba\"\nclase = \"unico\"\nley = \"Ley 1\""));
    }
}
