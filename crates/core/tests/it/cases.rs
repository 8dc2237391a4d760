//! Cases C1–C9 of §4.1, asked of the table of terms.

use copihue_core::calendar::{Calendar, Channel, Deadline, EventKind, Extension, term};

use crate::{act, at, day, event};

fn deadline(code: &str, kind: EventKind, date: &str) -> Deadline {
    Calendar::shipped().deadline(term(code).expect("a term of the table"), &event(kind, date)).unwrap()
}

fn extension(n: u16, decided: &str) -> Extension {
    Extension { n, asked: at(decided), decided: at(decided), act: "Res. 1".to_owned() }
}

#[test]
fn not_03_c1_reposicion_after_a_ddu_notice_over_a_holiday() {
    let d = deadline("lbpa59_recurrir", EventKind::Notice(Channel::Ddu), "2026-12-04");
    assert_eq!(d.notice.unwrap().made, day("2026-12-10"));
    assert_eq!((d.day_zero, d.first_day, d.due), (day("2026-12-10"), day("2026-12-11"), day("2026-12-17")));
}

#[test]
fn pro_05_c2_a_sunday_filing_counts_from_monday() {
    let d = deadline("lbpa24_providencia", EventKind::Filing, "2026-12-06");
    assert_eq!(d.day_zero, day("2026-12-07"));
}

#[test]
fn pro_03_c3_six_months_that_end_on_a_sunday() {
    let d = deadline("lbpa27_total", EventKind::Filing, "2026-08-31");
    assert_eq!(d.due, day("2027-03-01"));
    assert_eq!(d.skipped.iter().map(|s| s.reason.code()).collect::<Vec<_>>(), ["domingo"]);
}

#[test]
fn pro_08_c4_final_decision_ordinary_and_urgent() {
    let d = deadline("lbpa24_decision", EventKind::Act, "2026-12-02");
    assert_eq!(d.due, day("2027-01-04"));
    assert_eq!(d.urgent(&Calendar::shipped()).unwrap().due, day("2026-12-17"));
}

#[test]
fn not_03_c5_registered_letter() {
    let d = deadline("lbpa59_recurrir", EventKind::Notice(Channel::RegisteredLetter), "2026-12-03");
    assert_eq!((d.day_zero, d.due), (day("2026-12-09"), day("2026-12-16")));
}

#[test]
fn pro_37_c6_silence_complaint() {
    let d = deadline("lbpa64_resolver", EventKind::Filing, "2026-12-23");
    assert_eq!(d.due, day("2026-12-31"));
}

#[test]
fn int_63_c7_agreement_answer_and_its_extension() {
    let d = deadline("int63_responder", EventKind::Filing, "2026-11-26");
    assert_eq!(d.due, day("2026-12-18"));
    let more = d.extended(&Calendar::shipped(), extension(5, "2026-12-15T15:00:00Z")).unwrap();
    assert_eq!(more.due, day("2026-12-28"));
}

#[test]
fn tra_02_c8_information_request_and_its_extension() {
    let d = deadline("tra_responder", EventKind::Filing, "2026-12-24");
    assert_eq!(d.due, day("2027-01-25"));
    let more = d.extended(&Calendar::shipped(), extension(10, "2027-01-20T15:00:00Z")).unwrap();
    assert_eq!(more.due, day("2027-02-08"));
}

#[test]
fn dat_06_c9_personal_data_request_its_extension_and_block() {
    let d = deadline("dat_responder", EventKind::Filing, "2026-12-01");
    assert_eq!(d.due, day("2026-12-31"));
    let more = d.extended(&Calendar::shipped(), extension(30, "2026-12-30T15:00:00Z")).unwrap();
    assert_eq!(more.due, day("2027-01-30"));
    assert_eq!(deadline("dat_bloqueo", EventKind::Filing, "2026-12-01").due, day("2026-12-03"));
}

#[test]
fn plz_01_a_deadline_explains_each_day_that_did_not_count() {
    let d = Calendar::shipped().deadline(term("lbpa45_notificar").unwrap(), &act("2026-12-02")).unwrap();
    let skipped: Vec<_> = d.skipped.iter().map(|s| (s.date.to_string(), s.reason.text())).collect();
    let expected = [
        ("2026-12-05", "sábado"),
        ("2026-12-06", "domingo"),
        ("2026-12-08", "Inmaculada Concepción (Ley 2.977)"),
    ];
    assert_eq!(skipped, expected.map(|(d, r)| (d.to_owned(), r.to_owned())));
    assert_eq!(&*d.calendar_version, "base");
}

#[test]
fn plz_01_a_deadline_is_stored_and_read_whole() {
    let d = deadline("lbpa59_recurrir", EventKind::Notice(Channel::Ddu), "2026-12-04");
    let text = serde_json::to_string(&d).unwrap();
    assert_eq!(serde_json::from_str::<copihue_core::calendar::Deadline>(&text).unwrap(), d);
}
