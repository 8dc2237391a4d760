//! §3.4: the four zones, midnights that don't exist, hours that run twice.

use std::process::Command;

use copihue_core::calendar::Zone;
use copihue_core::territory;

use crate::{at, day};

#[test]
fn tz_01_the_zone_of_a_commune() {
    for (code, zone) in [
        ("13101", Zone::Santiago),
        ("05104", Zone::Santiago),
        ("05201", Zone::Easter),
        ("11101", Zone::Coyhaique),
        ("12101", Zone::PuntaArenas),
        ("12202", Zone::PuntaArenas),
        ("15101", Zone::Santiago),
    ] {
        assert_eq!(Zone::of(code.parse().unwrap()), zone, "{code}");
    }
    let count = |zone| territory::communes().iter().filter(|c| Zone::of(c.code) == zone).count();
    assert_eq!(Zone::ALL.map(count), [324, 11, 10, 1]);
}

#[test]
fn tz_01_changes_of_the_clock_ahead() {
    for (instant, before, after) in [
        ("2026-09-06T04:00:00Z", "-04:00", "-03:00"),
        ("2027-04-04T03:00:00Z", "-03:00", "-04:00"),
        ("2027-09-05T04:00:00Z", "-04:00", "-03:00"),
        ("2028-04-02T03:00:00Z", "-03:00", "-04:00"),
    ] {
        assert!(Zone::Santiago.rfc3339(at(instant).plus_millis(-1)).ends_with(before));
        assert!(Zone::Santiago.rfc3339(at(instant)).ends_with(after));
        assert!(Zone::PuntaArenas.rfc3339(at(instant)).ends_with("-03:00"));
        assert!(Zone::Coyhaique.rfc3339(at(instant)).ends_with("-03:00"));
    }
}

#[test]
fn tz_01_a_day_without_midnight_starts_at_one() {
    let start = Zone::Santiago.start_of_day(day("2026-09-06"));
    assert_eq!(start, at("2026-09-06T04:00:00Z"));
    assert_eq!(Zone::Santiago.rfc3339(start), "2026-09-06T01:00:00-03:00");
}

#[test]
fn tz_01_an_hour_that_runs_twice_means_its_later_instant() {
    let local = day("2026-04-04").at(23, 30, 0, 0);
    assert_eq!(Zone::Santiago.instant(local), at("2026-04-05T03:30:00Z"));
    assert_eq!(Zone::Santiago.end_of_day(day("2026-04-04")), at("2026-04-05T04:00:00Z"));
}

#[test]
fn tz_01_every_day_of_every_zone_starts_on_its_own_date() {
    for zone in Zone::ALL {
        let mut date = day("1950-01-01");
        while date < day("2090-01-01") {
            let start = zone.start_of_day(date);
            assert_eq!(zone.date(start), date);
            assert!(zone.date(start.plus_millis(-1)) < date, "{zone} {date}");
            date = date.tomorrow().unwrap();
        }
    }
}

#[test]
fn tz_01_zones_are_named_as_in_the_database() {
    for zone in Zone::ALL {
        assert_eq!(zone.name().parse::<Zone>(), Ok(zone));
        assert_eq!(serde_json::to_string(&zone).unwrap(), format!("\"{zone}\""));
    }
    assert_eq!("America/Lima".parse::<Zone>().unwrap_err().code(), "huso_invalido");
    assert!(Zone::Santiago.install(b"not a zone").is_err());
}

/// Offsets at noon of every day, as Python's own zone database says them.
const SCRIPT: &str = "import datetime as d, sys, zoneinfo
z = zoneinfo.ZoneInfo(sys.argv[1])
t = d.datetime(2015, 1, 1, 12, tzinfo=d.timezone.utc)
while t.year < 2031:
    print(t.astimezone(z).strftime('%Y-%m-%dT%H:%M'))
    t += d.timedelta(hours=6)";

#[test]
fn tz_01_zones_agree_with_another_implementation() {
    for zone in Zone::ALL {
        let answer = Command::new("python3").args(["-c", SCRIPT, zone.name()]).output();
        let Some(answer) = answer.ok().filter(|a| a.status.success()) else {
            println!("skipped: python3 here doesn't know {zone}");
            continue;
        };
        let mut instant = at("2015-01-01T12:00:00Z");
        for theirs in String::from_utf8(answer.stdout).unwrap().lines() {
            assert_eq!(&zone.local(instant).to_string()[..16], theirs, "{zone} {instant}");
            instant = instant.plus_seconds(6 * 3600);
        }
    }
}
