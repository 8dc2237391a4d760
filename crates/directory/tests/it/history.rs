//! Designations and the two times of history.

use copihue_core::{Kind, Timestamp};
use copihue_directory::*;

use crate::world::*;

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn dir_05_a_designation_needs_its_act_a_member_and_a_free_place() {
    for w in worlds().await {
        let seat = w.unit(TOWN, "TRANSITO", None).await;
        let ana = w.official(TOWN, 12_345_678, seat).await;
        let eva = w.official(TOWN, 9_876_543, seat).await;
        let mut without = designation(TOWN, "ctd", ana, "2026-11-20");
        without.act = None;
        assert_eq!(w.designate(without).await.unwrap_err().code(), "acto_faltante");
        let stranger = designation(ISLAND, "ctd", ana, "2026-11-20");
        assert_eq!(w.designate(stranger).await.unwrap_err().code(), "referencia_desconocida");
        let unknown = designation(TOWN, "emperador", ana, "2026-11-20");
        assert_eq!(w.designate(unknown).await.unwrap_err().code(), "referencia_desconocida");
        w.designate(designation(TOWN, "ctd", ana, "2026-11-20")).await.unwrap();
        let second = designation(TOWN, "ctd", eva, "2026-12-01");
        assert_eq!(w.designate(second).await.unwrap_err().code(), "titular_vigente");
        let mut deputy = designation(TOWN, "ctd", eva, "2026-11-20");
        deputy.quality = Quality::Deputy;
        w.designate(deputy).await.unwrap();
        let roles = |number| w.directory.hats(run(number)).pop().unwrap().roles;
        assert_eq!(roles(12_345_678), ["ctd"]);
        assert!(roles(9_876_543).is_empty(), "a deputy waits until the titular is away");
        w.designate(designation(TOWN, "admin", eva, "2026-11-20")).await.unwrap();
        let both = designation(TOWN, "auditor", eva, "2026-11-20");
        assert_eq!(w.designate(both).await.unwrap_err().code(), "rol_incompatible");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn dir_07_who_held_it_then_answers_to_the_second_in_two_zones() {
    for w in worlds().await {
        for (code, change) in [(TOWN, "2026-12-01T03:00:00Z"), (ISLAND, "2026-12-01T05:00:00Z")] {
            let seat = w.unit(code, "ALCALDIA", None).await;
            let ana = w.official(code, 12_345_678, seat).await;
            let eva = w.official(code, 9_876_543, seat).await;
            let first = w.designate(designation(code, "jefe_superior", ana, "2026-01-01")).await.unwrap();
            let mut next = designation(code, "jefe_superior", eva, "2026-12-01");
            next.replaces = Some(first);
            w.designate(next).await.unwrap();
            let change = at(change);
            for second in -3..3 {
                let held = w.directory.holder(code, "jefe_superior", change.plus_seconds(second)).unwrap();
                let expected = if second < 0 { ana } else { eva };
                assert_eq!(held.official.id, expected, "{code} {second}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn dir_07_what_was_known_then_stays_known() {
    for w in worlds().await {
        let seat = w.unit(TOWN, "ALCALDIA", None).await;
        let ana = w.official(TOWN, 12_345_678, seat).await;
        let eva = w.official(TOWN, 9_876_543, seat).await;
        let first = w.designate(designation(TOWN, "jefe_superior", ana, "2026-01-01")).await.unwrap();
        let known = at("2026-11-25T12:00:00Z");
        // Recorded on 1 December, in force since 10 November: a retroactive act.
        w.clock.set(at("2026-12-01T12:00:00Z"));
        let mut next = designation(TOWN, "jefe_superior", eva, "2026-11-10");
        next.replaces = Some(first);
        let second = w.designate(next).await.unwrap();

        let signed = at("2026-11-20T15:00:00Z");
        assert_eq!(w.directory.holder(TOWN, "jefe_superior", signed).unwrap().official.id, eva);
        let then = w.directory.holder_known_at(TOWN, "jefe_superior", signed, known).await.unwrap().unwrap();
        assert_eq!((then.id, then.official), (first, ana));
        let now = copihue_core::Clock::now(&*w.clock);
        let today = w.directory.holder_known_at(TOWN, "jefe_superior", signed, now).await.unwrap().unwrap();
        assert_eq!(today.id, second);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn dir_05_fifty_at_once_name_one_single_head() {
    for w in worlds().await {
        let seat = w.unit(TOWN, "ALCALDIA", None).await;
        let mut people = Vec::new();
        for n in 0..50 {
            people.push(w.official(TOWN, 10_000_000 + n, seat).await);
        }
        let tries =
            people.into_iter().map(|who| w.designate(designation(TOWN, "jefe_superior", who, "2026-11-20")));
        let done = futures_util::future::join_all(tries).await;
        assert_eq!(done.iter().filter(|r| r.is_ok()).count(), 1);
        let lost = done.iter().filter_map(|r| r.as_ref().err());
        assert!(lost.into_iter().all(|e| e.code() == "titular_vigente" && e.kind() == Kind::Conflict));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn dir_01_a_body_with_people_in_charge_is_not_closed() {
    use copihue_directory::model::institution::InstitutionState;
    for w in worlds().await {
        let seat = w.unit(TOWN, "ALCALDIA", None).await;
        let ana = w.official(TOWN, 12_345_678, seat).await;
        let head = w.designate(designation(TOWN, "jefe_superior", ana, "2026-01-01")).await.unwrap();
        let close = || {
            w.directory.change(|d, tx| {
                let day = day("2026-11-21");
                d.set_institution_state(tx, &job(), TOWN, InstitutionState::Closed, day)
            })
        };
        assert_eq!(close().await.unwrap_err().code(), "designaciones_vigentes");
        let end = w.directory.change(move |d, tx| d.end_designation(tx, &job(), head, day("2026-11-21")));
        end.await.unwrap();
        close().await.unwrap();
        let later = at("2026-11-22T12:00:00Z");
        assert_eq!(w.directory.institution_at(TOWN, later).unwrap().state, InstitutionState::Closed);
    }
}
