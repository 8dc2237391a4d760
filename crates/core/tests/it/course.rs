//! Urgency, extension, suspension, and a calendar that changes under a running term.

use copihue_core::calendar::{
    Calendar, Channel, Deadline, EventKind, Extension, Pace, Policy, Recomputed, Rounding, SkipReason,
    Suspension, SuspensionCause, Unit, overrides_from_toml, term,
};

use crate::{act, at, day, event, plain};

fn base(n: u16, unit: Unit, zero: &str) -> Deadline {
    Calendar::shipped().deadline(&plain(n, unit), &act(zero)).unwrap()
}

fn extension(n: u16, asked: &str, decided: &str) -> Extension {
    Extension { n, asked: at(asked), decided: at(decided), act: "Res. 7".to_owned() }
}

fn suspension(from: &str, to: &str) -> Suspension {
    Suspension { from: day(from), to: day(to), cause: SuspensionCause::Act, act: "Res. 9".to_owned() }
}

#[test]
fn pro_07_b27_five_days_urgent_and_extended() {
    let calendar = Calendar::shipped();
    let d = base(5, Unit::Business, "2026-12-10");
    assert_eq!(d.due, day("2026-12-17"));
    let urgent = d.urgent(&calendar).unwrap();
    assert_eq!((urgent.due, urgent.course.pace), (day("2026-12-15"), Pace::Urgent));
    let two = extension(2, "2026-12-16T12:00:00Z", "2026-12-17T12:00:00Z");
    assert_eq!(d.extended(&calendar, two).unwrap().due, day("2026-12-21"));
}

#[test]
fn pro_07_more_than_half_or_twice_is_refused() {
    let calendar = Calendar::shipped();
    let d = base(5, Unit::Business, "2026-12-10");
    let ask = |n| extension(n, "2026-12-16T12:00:00Z", "2026-12-16T13:00:00Z");
    assert_eq!(d.extended(&calendar, ask(3)).unwrap_err().code(), "ampliacion_excesiva");
    assert_eq!(d.extended(&calendar, ask(0)).unwrap_err().code(), "n_invalido");
    let once = d.extended(&calendar, ask(1)).unwrap();
    assert_eq!(once.extended(&calendar, ask(1)).unwrap_err().code(), "plazo_no_ampliable");
}

#[test]
fn pro_07_an_expired_term_is_never_extended() {
    let calendar = Calendar::shipped();
    let d = base(5, Unit::Business, "2026-12-10");
    let in_time = "2026-12-18T02:59:59.999Z";
    let late = "2026-12-18T03:00:00Z";
    assert!(d.extended(&calendar, extension(2, in_time, in_time)).is_ok());
    assert_eq!(d.extended(&calendar, extension(2, in_time, late)).unwrap_err().code(), "plazo_vencido");
    assert_eq!(d.extended(&calendar, extension(2, late, late)).unwrap_err().code(), "plazo_vencido");
}

#[test]
fn pro_08_urgency_spares_terms_to_file_requests_and_appeals() {
    let calendar = Calendar::shipped();
    let d = calendar.deadline(term("lbpa59_recurrir").unwrap(), &act("2026-12-10")).unwrap();
    assert_eq!(d.urgent(&calendar).unwrap_err().code(), "urgencia_no_aplica");
    assert_eq!(base(1, Unit::Business, "2026-12-10").urgent(&calendar).unwrap().due, day("2026-12-11"));
}

#[test]
fn pro_08_rounding_of_the_half_is_a_setting() {
    let policy = Policy { urgency: Rounding::Down, ..Policy::default() };
    let calendar = Calendar::new("down", policy, Vec::new()).unwrap();
    let d = calendar.deadline(&plain(5, Unit::Business), &act("2026-12-10")).unwrap();
    assert_eq!(d.urgent(&calendar).unwrap().due, day("2026-12-14"));
}

#[test]
fn plz_01_suspended_business_days_do_not_count() {
    let calendar = Calendar::shipped();
    let d = base(5, Unit::Business, "2026-12-10");
    // Monday 14 and Tuesday 15 don't count: the end goes from Thursday 17 to Monday 21.
    let suspended = d.suspended(&calendar, suspension("2026-12-14", "2026-12-16")).unwrap();
    assert_eq!(suspended.due, day("2026-12-21"));
    let acts = suspended.skipped.iter().filter(|s| matches!(s.reason, SkipReason::Suspended { .. })).count();
    assert_eq!(acts, 2);
    // A second one that begins on a day gained by the first.
    let again = suspended.suspended(&calendar, suspension("2026-12-21", "2026-12-23")).unwrap();
    assert_eq!(again.due, day("2026-12-23"));
    // A weekend alone changes nothing.
    let weekend = d.suspended(&calendar, suspension("2026-12-12", "2026-12-14")).unwrap();
    assert_eq!(weekend.due, d.due);
}

#[test]
fn plz_01_suspension_of_months_calendar_days_and_hours() {
    let calendar = Calendar::shipped();
    let suspend = |unit, n, zero: &str, from: &str, to: &str| {
        base(n, unit, zero).suspended(&calendar, suspension(from, to)).unwrap().due
    };
    assert_eq!(suspend(Unit::Calendar, 30, "2026-12-01", "2026-12-10", "2026-12-15"), day("2027-01-05"));
    // 1 July + 5 days is Monday the 6th.
    assert_eq!(suspend(Unit::Months, 1, "2026-06-01", "2026-06-10", "2026-06-15"), day("2026-07-06"));
    assert_eq!(suspend(Unit::Hours, 24, "2026-12-14", "2026-12-15", "2026-12-17"), day("2026-12-17"));
    assert_eq!(suspend(Unit::BusinessHours, 24, "2026-12-14", "2026-12-15", "2026-12-16"), day("2026-12-16"));
}

#[test]
fn plz_01_wrong_suspensions_are_refused() {
    let calendar = Calendar::shipped();
    let d = base(5, Unit::Business, "2026-12-10");
    for (from, to) in [
        ("2026-12-14", "2026-12-14"),
        ("2026-12-15", "2026-12-14"),
        ("2026-12-01", "2026-12-10"),
        ("2026-12-18", "2026-12-20"),
    ] {
        assert_eq!(d.suspended(&calendar, suspension(from, to)).unwrap_err().code(), "suspension_invalida");
    }
    let once = d.suspended(&calendar, suspension("2026-12-14", "2026-12-16")).unwrap();
    assert!(once.suspended(&calendar, suspension("2026-12-15", "2026-12-17")).is_err());
}

#[test]
fn plz_02_a_new_holiday_moves_an_open_term_later_and_its_removal_waits_for_a_human() {
    let table = r#"
        [[override]]
        fecha = "2026-12-14"
        op = "add"
        nombre = "Duelo nacional"
        clase = "unico"
        ley = "Decreto de prueba"
    "#;
    let shipped = Calendar::shipped();
    let mourning = Calendar::new("2", Policy::default(), overrides_from_toml(table).unwrap()).unwrap();
    let d = base(5, Unit::Business, "2026-12-10");
    let now = at("2026-12-11T12:00:00Z");
    let Recomputed::Later(later) = d.recomputed(&mourning, now).unwrap() else { panic!("later") };
    assert_eq!((later.due, &*later.calendar_version), (day("2026-12-18"), "2"));
    assert!(matches!(later.recomputed(&shipped, now).unwrap(), Recomputed::Sooner(s) if s.due == d.due));
    assert!(matches!(d.recomputed(&shipped, now).unwrap(), Recomputed::Same(_)));
}

/// A calendar with one more holiday, Wednesday 9 December 2026.
fn with_ninth_of_december() -> Calendar {
    let table = "[[override]]\nfecha = \"2026-12-09\"\nop = \"add\"\nnombre = \"Duelo nacional\"\nclase = \"unico\"\nley = \"Decreto de prueba\"";
    Calendar::new("ninth", Policy::default(), overrides_from_toml(table).unwrap()).unwrap()
}

#[test]
fn plz_02_a_notice_that_was_made_stays_made_and_one_to_come_moves() {
    let ninth = with_ninth_of_december();
    let notice = event(EventKind::Notice(Channel::Ddu), "2026-12-04");
    let d = Calendar::shipped().deadline(term("lbpa59_recurrir").unwrap(), &notice).unwrap();
    let before = d.recomputed(&ninth, at("2026-12-09T12:00:00Z")).unwrap();
    assert!(
        matches!(before, Recomputed::Later(d) if (d.day_zero, d.due) == (day("2026-12-11"), day("2026-12-18")))
    );
    let after = d.recomputed(&ninth, at("2026-12-10T12:00:00Z")).unwrap();
    assert!(
        matches!(after, Recomputed::Same(d) if (d.day_zero, d.due) == (day("2026-12-10"), day("2026-12-17")))
    );
}

#[test]
fn plz_02_a_term_kept_by_a_human_keeps_its_day_through_what_follows() {
    let (shipped, ninth) = (Calendar::shipped(), with_ninth_of_december());
    let told = ninth.deadline(&plain(10, Unit::Business), &act("2026-12-02")).unwrap();
    assert_eq!(told.due, day("2026-12-18"));
    let Recomputed::Sooner(sooner) = told.recomputed(&shipped, at("2026-12-03T12:00:00Z")).unwrap() else {
        panic!("the ninth is a business day again")
    };
    assert_eq!(sooner.due, day("2026-12-17"));
    let kept = told.kept(&sooner, &shipped, "Res. 3").unwrap();
    assert_eq!((kept.due, &*kept.calendar_version), (day("2026-12-18"), "base"));
    let now = at("2026-12-03T12:00:00Z");
    assert!(matches!(kept.recomputed(&shipped, now).unwrap(), Recomputed::Same(_)));
    let more = extension(5, "2026-12-15T12:00:00Z", "2026-12-15T12:00:00Z");
    assert_eq!(kept.extended(&shipped, more).unwrap().due, day("2026-12-28"));
}
