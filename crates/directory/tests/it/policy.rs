//! Who may do what.

use copihue_core::{Acr, Clock, Hat, Id, Kind};
use copihue_directory::*;

use crate::world::*;

fn hat(institution: &str, unit: &str, roles: &[&str]) -> Option<Hat> {
    Some(Hat {
        institution: institution.into(),
        official: Id::from_bytes([1; 16]),
        unit: unit.into(),
        post: "Cargo".into(),
        roles: roles.iter().map(|r| (*r).into()).collect(),
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn dir_08_no_row_means_no_and_another_bodys_thing_is_hidden() {
    let w = worlds().await.remove(0);
    let top = w.unit(TOWN, "ALCALDIA", None).await;
    let transit = w.unit(TOWN, "TRANSITO", Some(top.unit)).await;
    w.unit(TOWN, "PERMISOS", Some(transit.unit)).await;
    w.unit(TOWN, "ASEO", Some(top.unit)).await;
    let now = w.clock.now();
    let ask = |roles: &[&str], action, body: &'static str, unit: &'static str| {
        let actor = actor(12_345_678, hat(TOWN, "TRANSITO", roles));
        w.directory.decide(&actor, action, &ResourceRef::new("case", body).unit(unit), now)
    };
    let hidden = |d| matches!(d, Decision::Deny { why: Denied::Hidden, .. });
    assert_eq!(ask(&["mesa"], Action::Read, TOWN, "TRANSITO"), Decision::Allow { rule: "caso_lee" });
    assert!(ask(&["mesa"], Action::Read, TOWN, "PERMISOS").allowed(), "down the tree");
    assert!(hidden(ask(&["mesa"], Action::Read, TOWN, "ALCALDIA")), "not up");
    assert!(hidden(ask(&["mesa"], Action::Read, TOWN, "ASEO")), "not aside");
    assert!(hidden(ask(&["mesa"], Action::Read, ISLAND, "TRANSITO")));
    assert!(hidden(ask(&[], Action::Read, TOWN, "TRANSITO")));
    assert!(hidden(ask(&["ministro_fe"], Action::Decide, ISLAND, "TRANSITO")));
    let readable = ask(&["mesa"], Action::Decide, TOWN, "TRANSITO");
    assert!(matches!(readable, Decision::Deny { why: Denied::Forbidden, .. }), "one who sees it gets a 403");
    assert_eq!(readable.ok().unwrap_err().kind(), Kind::Forbidden);
    assert_eq!(ask(&["mesa"], Action::Read, ISLAND, "X").ok().unwrap_err().kind(), Kind::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn dir_08_level_delicacy_and_reason_are_asked_for() {
    let w = worlds().await.remove(0);
    let now = w.clock.now();
    let thing = ResourceRef::new("case", TOWN).unit("TRANSITO");
    let mut fe = actor(12_345_678, hat(TOWN, "TRANSITO", &["ministro_fe", "mesa", "auditor"]));
    let denied = w.directory.decide(&fe, Action::Decide, &thing, now);
    assert!(matches!(denied, Decision::Deny { why: Denied::StepUp(Acr::Substantial), .. }));
    fe.acr = Acr::Substantial;
    assert!(w.directory.decide(&fe, Action::Decide, &thing, now).allowed());
    let reserved = thing.sensitivity(Sensitivity::Reserved);
    assert!(!w.directory.decide(&fe, Action::Read, &reserved, now).allowed());
    let audit = ResourceRef::new("audit", TOWN);
    let decision = w.directory.decide(&fe, Action::Read, &audit, now);
    assert!(matches!(decision, Decision::Deny { why: Denied::Reason, .. }));
    assert!(!w.directory.decide(&fe, Action::Read, &audit.reason("   corto   "), now).allowed());
    assert!(w.directory.decide(&fe, Action::Read, &audit.reason("Reclamo 45 de un vecino"), now).allowed());
}

#[tokio::test(flavor = "multi_thread")]
async fn dir_08_a_person_sees_their_own_and_nobody_elses() {
    let w = worlds().await.remove(0);
    let now = w.clock.now();
    let person = actor(7, None);
    let mine = ResourceRef::new("case", TOWN).owner(Id::from_bytes([7; 16]));
    let theirs = ResourceRef::new("case", TOWN).owner(Id::from_bytes([8; 16]));
    assert!(w.directory.decide(&person, Action::Read, &mine, now).allowed());
    assert!(!w.directory.decide(&person, Action::Read, &theirs, now).allowed());
    let nobodys = ResourceRef::new("case", TOWN);
    assert!(!w.directory.decide(&person, Action::Read, &nobodys, now).allowed());
}

#[tokio::test(flavor = "multi_thread")]
async fn dir_09_nobody_grants_to_themselves_or_without_a_row() {
    for w in worlds().await {
        let seat = w.unit(TOWN, "ALCALDIA", None).await;
        let head = w.official(TOWN, 12_345_678, seat).await;
        let eva = w.official(TOWN, 9_876_543, seat).await;
        w.designate(designation(TOWN, "jefe_superior", head, "2026-01-01")).await.unwrap();
        let of = |number| actor(number, w.directory.hats(run(number)).pop());
        let name = |by: copihue_core::Actor, who, body: &'static str| {
            w.directory.change(move |d, tx| {
                d.add_designation(tx, &by, designation(body, "ministro_fe", who, "2026-11-20"))
            })
        };
        assert_eq!(name(of(12_345_678), head, TOWN).await.unwrap_err().kind(), Kind::Forbidden);
        assert_eq!(name(of(9_876_543), head, TOWN).await.unwrap_err().kind(), Kind::Forbidden);
        let elsewhere = name(of(12_345_678), eva, ISLAND).await.unwrap_err();
        assert_ne!(elsewhere.code(), "referencia_desconocida", "refused before anything is looked up");
        name(of(12_345_678), eva, TOWN).await.unwrap();
        assert_eq!(w.directory.hats(run(9_876_543))[0].roles, ["ministro_fe"]);
    }
}

/// Random actors never see another body's cases, whatever roles they have there.
#[tokio::test(flavor = "multi_thread")]
async fn dir_08_random_actors_never_see_another_body() {
    let w = worlds().await.remove(0);
    let all: Vec<&str> = model::role::ROLES.iter().map(|r| r.code).chain(["mesa"]).collect();
    let now = w.clock.now();
    let kinds = ["case", "official", "unit", "substitution", "audit"];
    for seed in 0_usize..500 {
        let roles: Vec<&str> =
            all.iter().enumerate().filter(|(i, _)| seed >> (i % 9) & 1 == 1).map(|(_, r)| *r).collect();
        let mut actor = actor(12_345_678, hat(TOWN, "TRANSITO", &roles));
        actor.acr = Acr::High;
        let thing = ResourceRef::new(kinds[seed % kinds.len()], ISLAND)
            .unit("TRANSITO")
            .owner(Id::from_bytes([1; 16]))
            .reason("una razón bastante larga");
        let decision = w.directory.decide(&actor, Action::Read, &thing, now);
        assert!(matches!(decision, Decision::Deny { why: Denied::Hidden, .. }), "{roles:?}");
    }
}
