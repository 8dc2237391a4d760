//! Vectors of §4.2: business days.

use copihue_core::calendar::{Calendar, Scope};

use crate::{commune, day};

/// The `n`-th business day after `zero` is `expected`, and counting back gives `n`.
fn check(zero: &str, n: u16, scope: Scope, expected: &str) {
    let calendar = Calendar::shipped();
    assert_eq!(calendar.add_business_days(day(zero), n, scope).unwrap(), day(expected));
    assert_eq!(calendar.business_days_between(day(zero), day(expected), scope).unwrap(), i32::from(n));
}

#[test]
fn pro_01_b1_eighteenth_of_september_on_a_friday() {
    check("2026-09-16", 5, Scope::NATIONAL, "2026-09-24");
}

#[test]
fn pro_01_b2_seventeenth_of_september_on_a_friday() {
    check("2027-09-16", 5, Scope::NATIONAL, "2027-09-24");
}

#[test]
fn pro_01_b3_three_holidays_in_september() {
    check("2024-09-17", 5, Scope::NATIONAL, "2024-09-27");
}

#[test]
fn pro_01_b4_seventeenth_of_september_on_a_monday() {
    check("2018-09-14", 5, Scope::NATIONAL, "2018-09-26");
}

#[test]
fn pro_01_b5_second_of_january_on_a_monday() {
    check("2022-12-30", 1, Scope::NATIONAL, "2023-01-03");
}

#[test]
fn pro_01_b6_census_of_2017() {
    check("2017-04-18", 3, Scope::NATIONAL, "2017-04-24");
}

#[test]
fn pro_01_b7_one_off_of_2022() {
    check("2022-09-15", 5, Scope::NATIONAL, "2022-09-26");
}

#[test]
fn pro_01_b8_good_friday() {
    check("2027-03-24", 3, Scope::NATIONAL, "2027-03-30");
}

#[test]
fn pro_01_b9_evangelical_churches_day_moved_back() {
    check("2028-10-25", 5, Scope::NATIONAL, "2028-11-03");
}

#[test]
fn pro_01_b10_evangelical_churches_day_moved_on() {
    check("2029-10-29", 5, Scope::NATIONAL, "2029-11-07");
}

#[test]
fn hol_03_b11_regional_holiday_in_arica() {
    check("2027-06-03", 5, commune("15101"), "2027-06-11");
}

#[test]
fn pro_01_b12_the_same_term_nationally() {
    check("2027-06-03", 5, Scope::NATIONAL, "2027-06-10");
}

#[test]
fn hol_03_b13_communal_holiday_in_chillan() {
    check("2027-08-18", 3, commune("16101"), "2027-08-24");
    check("2027-08-18", 3, commune("16103"), "2027-08-24");
}

#[test]
fn hol_03_b14_no_communal_holiday_in_san_carlos() {
    check("2027-08-18", 3, commune("16301"), "2027-08-23");
}

#[test]
fn pro_01_b15_thirty_days_over_new_year() {
    check("2026-12-04", 30, Scope::NATIONAL, "2027-01-20");
}

#[test]
fn pro_01_b16_ten_days_over_christmas() {
    check("2026-12-21", 10, Scope::NATIONAL, "2027-01-06");
}

#[test]
fn pro_01_b17_amparo() {
    check("2027-01-25", 15, Scope::NATIONAL, "2027-02-15");
}

#[test]
fn pro_01_b18_claim_to_the_agency() {
    check("2026-12-31", 30, Scope::NATIONAL, "2027-02-12");
}

#[test]
fn pro_01_b19_decide_an_appeal() {
    check("2026-12-17", 30, Scope::NATIONAL, "2027-02-01");
}

#[test]
fn pro_01_b21_abandonment_warning() {
    check("2026-12-15", 7, Scope::NATIONAL, "2026-12-24");
}

#[test]
fn pro_01_b22_onboarding_review() {
    check("2026-12-01", 6, Scope::NATIONAL, "2026-12-10");
}

#[test]
fn pro_01_b23_change_of_address() {
    check("2026-12-04", 3, Scope::NATIONAL, "2026-12-10");
}

#[test]
fn pro_01_b25_notify_an_act() {
    check("2026-12-02", 5, Scope::NATIONAL, "2026-12-10");
}

#[test]
fn pro_01_b26_public_information() {
    check("2026-11-16", 10, Scope::NATIONAL, "2026-11-30");
}

#[test]
fn pro_01_b6_without_the_census_override_the_term_ends_earlier() {
    let calendar = Calendar::new("none", Default::default(), Vec::new()).unwrap();
    assert_eq!(calendar.add_business_days(day("2017-04-18"), 3, Scope::NATIONAL).unwrap(), day("2017-04-21"));
}

#[test]
fn pro_01_b20_the_warning_is_possible_the_business_day_after_the_paralysis() {
    check("2026-10-23", 30, Scope::NATIONAL, "2026-12-04");
    check("2026-12-04", 1, Scope::NATIONAL, "2026-12-07");
}

#[test]
fn pro_01_b24_exception_decision_and_then_the_registry() {
    check("2026-12-17", 3, Scope::NATIONAL, "2026-12-22");
    check("2026-12-22", 3, Scope::NATIONAL, "2026-12-28");
}

#[test]
fn pro_01_days_between_count_the_last_and_not_the_first() {
    let calendar = Calendar::shipped();
    for (a, b, n) in [
        ("2026-12-04", "2026-12-10", 3),
        ("2026-12-31", "2027-01-04", 1),
        ("2026-09-16", "2026-09-24", 5),
        ("2026-01-01", "2026-12-31", 251),
    ] {
        assert_eq!(calendar.business_days_between(day(a), day(b), Scope::NATIONAL).unwrap(), n);
        assert_eq!(calendar.business_days_between(day(b), day(a), Scope::NATIONAL).unwrap(), -n);
    }
}

#[test]
fn pro_01_bad_counts_and_dates_outside_the_calendar_are_refused_with_their_code() {
    let calendar = Calendar::shipped();
    let add = |d: &str, n| calendar.add_business_days(day(d), n, Scope::NATIONAL).unwrap_err().code();
    assert_eq!(add("2026-12-04", 0), "n_invalido");
    assert_eq!(add("2026-12-04", 3651), "n_invalido");
    assert_eq!(add("1899-12-31", 1), "fuera_de_rango");
    assert_eq!(add("2100-01-01", 1), "fuera_de_rango");
    assert_eq!(add("2099-12-31", 1), "fuera_de_rango");
    assert_eq!(
        calendar.is_business_day(day("2100-01-04"), commune("15101")).unwrap_err().code(),
        "fuera_de_rango"
    );
    assert!(calendar.is_business_day(day("1900-01-02"), commune("15101")).unwrap());
    assert!(!calendar.is_business_day(day("1900-01-01"), Scope::NATIONAL).unwrap());
    assert_eq!(calendar.add_business_days(day("2099-12-30"), 1, Scope::NATIONAL).unwrap(), day("2099-12-31"));
    assert_eq!(calendar.holidays(2100, Scope::NATIONAL).unwrap_err().code(), "fuera_de_rango");
}

#[test]
fn pro_01_no_instant_makes_the_calendar_panic() {
    use copihue_core::Timestamp;
    use copihue_core::calendar::{Event, EventKind, Zone, term};
    let calendar = Calendar::shipped();
    for ms in [i64::MIN, -2_208_988_800_001, 4_102_444_799_999, 5_000_000_000_000, i64::MAX] {
        for zone in Zone::ALL {
            for kind in EventKind::ALL {
                let event = Event { kind, at: Timestamp::from_millis(ms), zone, scope: Scope::NATIONAL };
                let answer = calendar.deadline(term("lbpa27_total").unwrap(), &event);
                assert_eq!(answer.unwrap_err().code(), "fuera_de_rango");
            }
        }
    }
}
