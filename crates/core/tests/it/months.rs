//! Vectors of §4.4: months and years.

use copihue_core::calendar::{Calendar, MonthAnchor, TermDef, Unit, add_months};

use crate::{act, day, plain};

fn check(n: u16, unit: Unit, from: &str, anchor: MonthAnchor, expected: &str) {
    let term = TermDef { month_anchor: anchor, ..plain(n, unit) };
    let d = Calendar::shipped().deadline(&term, &act(from)).unwrap();
    assert_eq!(d.due, day(expected), "{n} {unit} from {from}");
}

fn months(n: u16, from: &str, event_day: &str, next_day: &str) {
    check(n, Unit::Months, from, MonthAnchor::EventDay, event_day);
    check(n, Unit::Months, from, MonthAnchor::NextDay, next_day);
}

#[test]
fn pro_03_m1_both_readings_part_at_a_holiday() {
    months(6, "2026-01-15", "2026-07-15", "2026-07-17");
}

#[test]
fn pro_03_m2_last_day_of_a_leap_february() {
    months(6, "2027-08-31", "2028-02-29", "2028-03-01");
}

#[test]
fn pro_03_m3_last_day_of_a_common_february() {
    months(6, "2028-08-31", "2029-02-28", "2029-03-01");
}

#[test]
fn pro_03_m4_thirty_first_into_a_month_of_thirty() {
    months(1, "2026-03-31", "2026-04-30", "2026-05-04");
}

#[test]
fn pro_03_m5_end_of_the_year() {
    months(2, "2026-10-31", "2026-12-31", "2027-01-04");
}

#[test]
fn pro_03_m6_first_of_the_month() {
    months(6, "2026-06-01", "2026-12-01", "2026-12-02");
}

#[test]
fn pro_04_m7_a_sunday_rolls_to_monday() {
    months(6, "2026-08-29", "2027-03-01", "2027-03-01");
    months(6, "2026-08-28", "2027-03-01", "2027-03-01");
}

#[test]
fn pro_04_m8_thirtieth_of_january() {
    months(1, "2027-01-30", "2027-03-01", "2027-03-01");
}

#[test]
fn pro_03_m9_years_from_february() {
    check(2, Unit::Years, "2028-02-29", MonthAnchor::EventDay, "2030-02-28");
    check(1, Unit::Years, "2028-02-29", MonthAnchor::EventDay, "2029-02-28");
    check(2, Unit::Years, "2026-02-28", MonthAnchor::EventDay, "2028-02-28");
}

#[test]
fn pro_03_months_clamp_without_rolling() {
    assert_eq!(add_months(day("2026-08-31"), 6).unwrap(), day("2027-02-28"));
    assert_eq!(add_months(day("2099-12-01"), 1).unwrap_err().code(), "fuera_de_rango");
    assert_eq!(add_months(day("2026-08-31"), u16::MAX).unwrap_err().code(), "fuera_de_rango");
}

#[test]
fn pro_06_each_unit_counts_its_own_way() {
    let anchor = MonthAnchor::EventDay;
    // Saturday 2 January 2027: calendar days don't roll unless the term says so.
    check(30, Unit::Calendar, "2026-12-03", anchor, "2027-01-02");
    check(30, Unit::Business, "2026-12-03", anchor, "2027-01-19");
    let rolled = TermDef { roll: copihue_core::calendar::Roll::NextBusiness, ..plain(30, Unit::Calendar) };
    let d = Calendar::shipped().deadline(&rolled, &act("2026-12-03")).unwrap();
    assert_eq!(d.due, day("2027-01-04"));
    let overflow = plain(3650, Unit::Years);
    assert_eq!(
        Calendar::shipped().deadline(&overflow, &act("2026-12-03")).unwrap_err().code(),
        "fuera_de_rango"
    );
}
