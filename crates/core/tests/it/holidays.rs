//! The golden table of §3.3 and what the holidays say of themselves.

use copihue_core::calendar::{Calendar, Class, Confidence, Nature, Policy, Reach, Scope};

use crate::{commune, day};

const GOLDEN: &str = include_str!("../golden/holidays.txt");

/// The dates that are holidays for everyone by rule or by a law of their own: what other libraries list too.
pub(crate) fn nationwide(calendar: &Calendar, year: i16) -> Vec<String> {
    let all = calendar.holidays(year, Scope::NATIONAL).unwrap();
    let nationwide = all.iter().filter(|h| matches!(h.class, Class::National | Class::OneOff));
    nationwide.map(|h| h.date.to_string()).collect()
}

#[test]
fn hol_01_rules_and_overrides_equal_the_golden_table() {
    let calendar = Calendar::shipped();
    let mut years = 0;
    for line in GOLDEN.lines() {
        let (dates, business) = line.split_once(" | ").unwrap();
        let (year, dates) = dates.split_once(' ').unwrap();
        let expected: Vec<String> = dates.split(' ').map(|d| format!("{year}-{d}")).collect();
        assert_eq!(nationwide(&calendar, year.parse().unwrap()), expected, "{year}");
        let (before, last) =
            (day(&format!("{}-12-31", year.parse::<i16>().unwrap() - 1)), day(&format!("{year}-12-31")));
        let n = calendar.business_days_between(before, last, Scope::NATIONAL).unwrap();
        assert_eq!(n.to_string(), business, "{year}");
        years += 1;
    }
    assert_eq!(years, 21);
}

#[test]
fn hol_01_rules_of_2000_to_2006_know_the_holidays_that_later_laws_replaced() {
    let calendar = Calendar::shipped();
    let lists = [
        (2000, "01-01 04-21 04-22 05-01 05-21 06-19 06-26 08-15 09-04 09-18 09-19 10-09 11-01 12-08 12-25"),
        (2004, "01-01 04-09 04-10 05-01 05-21 06-07 06-28 08-15 09-17 09-18 09-19 10-11 11-01 12-08 12-25"),
        (2006, "01-01 04-14 04-15 05-01 05-21 06-12 06-26 08-15 09-18 09-19 10-09 11-01 12-08 12-25"),
    ];
    for (year, dates) in lists {
        let expected: Vec<String> = dates.split(' ').map(|d| format!("{year}-{d}")).collect();
        assert_eq!(nationwide(&calendar, year), expected);
    }
}

#[test]
fn hol_03_regional_days_apply_only_to_their_scope() {
    let calendar = Calendar::shipped();
    let business = |date: &str, place: &str| calendar.is_business_day(day(date), commune(place)).unwrap();
    for arica in ["15101", "15102", "15201", "15202"] {
        assert!(!business("2027-06-07", arica));
    }
    assert!(business("2027-06-07", "13101"));
    assert!(business("2012-06-07", "15101"), "before the law");
    assert!(!business("2027-08-20", "16101") && !business("2027-08-20", "16103"));
    assert!(business("2027-08-20", "16301"));
    let days = calendar.holidays(2027, commune("15101")).unwrap();
    let morro = days.iter().find(|h| h.class == Class::Regional).unwrap();
    assert_eq!(
        (morro.name.as_ref(), morro.laws[0].0.as_ref()),
        ("Asalto y Toma del Morro de Arica", "Ley 20.663")
    );
    assert!(matches!(morro.reach, Reach::Only { .. }));
    let everywhere = calendar.holidays_everywhere(2027).unwrap();
    assert_eq!(everywhere.iter().filter(|h| h.reach != Reach::National).count(), 2);
}

#[test]
fn hol_04_bank_holidays_and_weekend_elections_change_no_term() {
    let calendar = Calendar::shipped();
    assert!(calendar.is_business_day(day("2026-12-31"), Scope::NATIONAL).unwrap());
    let year_end = calendar.holidays(2026, Scope::NATIONAL).unwrap();
    assert!(year_end.iter().any(|h| h.class == Class::Bank && h.date == day("2026-12-31")));
    let elections = calendar.holidays(2025, Scope::NATIONAL).unwrap();
    let first = elections.iter().find(|h| h.class == Class::Election).unwrap();
    assert_eq!((first.date, first.shops_close), (day("2025-11-16"), true));
    assert_eq!(first.laws[0].0, "Ley 18.700");
}

#[test]
fn hol_01_each_holiday_says_its_law_its_nature_and_whether_shops_close() {
    let calendar = Calendar::shipped();
    let days = calendar.holidays(2026, Scope::NATIONAL).unwrap();
    let closing: Vec<String> = days.iter().filter(|h| h.shops_close).map(|h| h.date.to_string()).collect();
    assert_eq!(closing, ["2026-01-01", "2026-05-01", "2026-09-18", "2026-09-19", "2026-12-25"]);
    let religious = days.iter().filter(|h| h.nature == Nature::Religious).count();
    assert_eq!(religious, 9);
    assert!(days.iter().all(|h| !h.laws.is_empty()));
    let new_year = &days[0];
    let laws: Vec<_> = new_year.laws.iter().map(|l| (l.0.as_ref(), l.url())).collect();
    assert_eq!(laws[0], ("Ley 2.977", "https://www.leychile.cl/Navegar?idNorma=23639".to_owned()));
    assert_eq!(laws[1], ("Ley 19.973", "https://www.leychile.cl/Navegar?idNorma=230132".to_owned()));
}

#[test]
fn hol_01_years_outside_2000_to_2075_are_approximate() {
    let calendar = Calendar::shipped();
    for (date, expected) in [
        ("1999-12-31", Confidence::Approximate),
        ("2000-01-01", Confidence::Exact),
        ("2075-12-31", Confidence::Exact),
        ("2076-01-01", Confidence::Approximate),
    ] {
        assert_eq!(calendar.confidence(day(date)), expected);
    }
}

#[test]
fn hol_02_a_snapshot_is_named_by_its_version_and_hashed_by_its_content() {
    let one = Calendar::new("1", Policy::default(), Vec::new()).unwrap();
    let shipped = Calendar::shipped();
    let again = Calendar::new("2", Policy::default(), shipped.overrides().to_vec()).unwrap();
    assert_ne!(one.hash(), shipped.hash());
    assert_eq!(again.hash(), shipped.hash());
    assert_eq!(&**again.version(), "2");
}
