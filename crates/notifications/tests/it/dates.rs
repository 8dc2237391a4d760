use copihue_core::Timestamp;
use copihue_core::calendar::{Calendar, Scope, Zone};
use copihue_notifications::made;

/// Sent (in Santiago) → made, of §3.3's table.
const VECTORS: [(&str, &str); 11] = [
    ("2026-12-04T15:00:00Z", "2026-12-10"),
    ("2026-12-05T13:00:00Z", "2026-12-10"),
    ("2026-12-07T02:59:59Z", "2026-12-10"),
    ("2026-12-07T03:00:00Z", "2026-12-11"),
    ("2026-12-08T15:00:00Z", "2026-12-11"),
    ("2026-12-23T15:00:00Z", "2026-12-29"),
    ("2026-12-31T15:00:00Z", "2027-01-06"),
    ("2027-03-24T15:00:00Z", "2027-03-30"),
    ("2027-09-16T15:00:00Z", "2027-09-22"),
    ("2026-12-04T03:00:00Z", "2026-12-10"),
    ("2026-12-05T02:59:59Z", "2026-12-10"),
];

#[test]
fn ntf_03_a_notice_is_made_on_the_third_business_day_after_its_sending() {
    let calendar = Calendar::shipped();
    for (sent, day) in VECTORS {
        let made = made(&calendar, Timestamp::parse(sent).unwrap(), Zone::Santiago, Scope::NATIONAL).unwrap();
        assert_eq!(made.made_on.to_string(), day, "sent {sent}");
        assert_eq!(made.rule, "lbpa46.ddu.3");
        assert!(!made.calendar_version.is_empty());
    }
}

#[test]
fn ntf_03_the_day_of_sending_is_that_of_the_institutions_zone() {
    let calendar = Calendar::shipped();
    let sent = Timestamp::parse("2026-12-07T03:30:00Z").unwrap();
    let on = |zone| made(&calendar, sent, zone, Scope::NATIONAL).unwrap().sent_on.to_string();
    assert_eq!(on(Zone::Santiago), "2026-12-07");
    assert_eq!(on(Zone::Easter), "2026-12-06");
}
