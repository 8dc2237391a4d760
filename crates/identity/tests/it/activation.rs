//! Attacks I1–I3: accounts that officials start, with a card in front of them.

use copihue_core::{Acr, Actor, Hat, Id};
use copihue_identity::model::event::EventKind;
use copihue_identity::*;
use copihue_web::NewSession;
use copihue_web::testing::{Reply, TestClient};

use crate::factor::{enrol, own};
use crate::world::*;

const NEW_RUN: &str = "12.345.678-5";
const MARIA: &str = "44444444-4";
const START: &str = "/gestion/cuentas";
const APPROVE: &str = "/gestion/cuentas/aprobar";
const ACTIVATE: &str = "/ingresar/activar";
const PASSWORD: &str = "tres gatos azules";
const SERIES: &str = "A012345678";

/// An official at a counter, who is a person too.
async fn officer(w: &World, run: &str) -> TestClient {
    official(w, run, Acr::Substantial).await
}

async fn official(w: &World, run: &str, acr: Acr) -> TestClient {
    let new = NewPerson {
        run: run.parse().unwrap(),
        names: vec!["Oficial".into()],
        surnames: vec!["Decuentas".into()],
        email: None,
        password: None,
        kind: PersonKind::Test,
        proofing: Proofing::P2,
    };
    let person = w.identity.register_person(new).await.unwrap();
    let mut c = w.visitor();
    let session = NewSession { person: person.reference(), acr, amr: vec![], sid: None };
    c.log_in(&w.web, session).await;
    c
}

fn seen<'a>(run: &'a str, level: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("run", run),
        ("nombres", "Ana María"),
        ("apellidos", "Tapia Soto"),
        ("serie", SERIES),
        ("correo", "ana@ejemplo.cl"),
        ("nivel", level),
        ("vista", "si"),
    ]
}

fn code(page: &Reply) -> String {
    page.text().split("<code>").nth(1).unwrap().split('<').next().unwrap().to_owned()
}

async fn activate(w: &World, run: &str, code: &str, series: &str) -> Reply {
    let mut c = w.visitor();
    c.get(ACTIVATE).await.expect(200);
    c.post(ACTIVATE, &[("run", run), ("codigo", code), ("serie", series), ("nueva", PASSWORD)]).await
}

async fn person(w: &World, run: &str) -> Person {
    w.identity.person_by_run(run.parse().unwrap()).await.unwrap().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn i01_i03_a_code_opens_an_account_once_for_its_person_and_card() {
    for w in offices().await {
        let mut desk = officer(&w, "11111111-1").await;
        let page = desk.post(START, &seen(NEW_RUN, "P1")).await.expect(200);
        assert_eq!(page.header("cache-control"), Some("no-store"));
        let code = code(&page);
        assert!(!page.text().contains("type=\"password\""), "no official sees a password");
        for (run, code, series) in [
            (NEW_RUN, "ABCDE-FGHJK", SERIES),
            (NEW_RUN, &code, "B012345678"),
            (MARIA, &code, SERIES),
            ("9.876.543-3", &code, SERIES),
        ] {
            activate(&w, run, code, series).await.expect(422);
        }
        let mut c = w.visitor();
        let weak = [("run", NEW_RUN), ("codigo", &code), ("serie", SERIES), ("nueva", "tapia1")];
        c.post(ACTIVATE, &weak).await.expect(422);
        let done = activate(&w, NEW_RUN, &code.to_lowercase(), " a012345678").await;
        assert!(done.says("Su cuenta está activa"));
        activate(&w, NEW_RUN, &code, SERIES).await.expect(422);
        w.log_in(&mut w.visitor(), &authorize(&[]), NEW_RUN, PASSWORD).await.expect(303);
        let ana = person(&w, NEW_RUN).await;
        assert_eq!(
            (ana.proofing, ana.state, ana.full_name().as_str()),
            (Proofing::P1, PersonState::Active, "Ana María Tapia Soto")
        );
        let told = w.identity.events(ana.id, 20).await.unwrap();
        for kind in [EventKind::ActivationStarted, EventKind::Activated] {
            assert!(told.iter().any(|e| e.kind == kind && e.note.contains("Encargada de cuentas")));
        }
        assert!(w.mails.take().iter().any(|letter| letter.to == "ana@ejemplo.cl"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn i01_five_tries_void_a_code_a_new_one_voids_the_old_and_all_end() {
    for w in offices().await {
        let mut desk = officer(&w, "11111111-1").await;
        let first = code(&desk.post(START, &seen(NEW_RUN, "P1")).await.expect(200));
        for _ in 0..5 {
            activate(&w, NEW_RUN, "ABCDE-FGHJK", SERIES).await.expect(422);
        }
        activate(&w, NEW_RUN, &first, SERIES).await.expect(422);
        let second = code(&desk.post(START, &seen(NEW_RUN, "P1")).await.expect(200));
        let third = code(&desk.post(START, &seen(NEW_RUN, "P1")).await.expect(200));
        activate(&w, NEW_RUN, &second, SERIES).await.expect(422);
        w.clock.advance_millis(30 * 86_400_000);
        activate(&w, NEW_RUN, &third, SERIES).await.expect(422);
        let hashes =
            w.db.read(|conn| conn.query(copihue_db::sql!("SELECT code_hash FROM identity_activation"), &[]));
        assert_eq!(hashes.await.unwrap().len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn i02_alto_wants_a_second_official_and_nobody_starts_their_own() {
    for w in offices().await {
        let (mut one, mut two) = (officer(&w, "11111111-1").await, officer(&w, "22222222-2").await);
        one.post(START, &seen("11.111.111-1", "P1")).await.expect(403);
        let page = one.post(START, &seen(NEW_RUN, "P2")).await.expect(200);
        assert!(page.says("Esperan a un segundo funcionario") && page.says("Ana María Tapia Soto"));
        let id = page.field("persona").unwrap();
        one.post(APPROVE, &[("persona", &id)]).await.expect(403);
        let code = code(&two.post(APPROVE, &[("persona", &id)]).await.expect(200));
        two.post(APPROVE, &[("persona", &id)]).await.expect(404);
        activate(&w, NEW_RUN, &code, SERIES).await.expect(200);
        assert_eq!(person(&w, NEW_RUN).await.proofing, Proofing::P2);
        // Fields that are missing, and who is no official.
        for name in ["run", "nombres", "apellidos", "serie", "nivel", "vista"] {
            let mut fields = seen(NEW_RUN, "P1");
            fields.retain(|(n, _)| *n != name);
            one.post(START, &fields).await.expect(422);
        }
        own(&w).await.get_raw(START).await.expect(403);
        // Nor whoever has no more than an official's password.
        let mut thief = official(&w, "22222222-2", Acr::Low).await;
        thief.get_raw(START).await.expect(403);
        thief.post(START, &seen(NEW_RUN, "P1")).await.expect(403);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn i02_more_than_two_hundred_codes_in_an_hour_are_refused() {
    let w = offices().await.remove(0);
    let desk = officer(&w, "11111111-1").await;
    drop(desk);
    let mut desk = officer(&w, "11111111-1").await;
    for _ in 0..200 {
        desk.post(START, &seen(NEW_RUN, "P1")).await.expect(200);
    }
    desk.post(START, &seen(NEW_RUN, "P1")).await.expect(409);
}

#[tokio::test(flavor = "multi_thread")]
async fn i04_i08_a_stopped_account_is_opened_again_and_lost_factors_go_only_with_two_officials() {
    for w in offices().await {
        enrol(&w).await;
        w.mails.take();
        let maria = person(&w, MARIA).await;
        let job = Actor::job("prueba");
        w.identity.set_standing(&job, maria.id, Standing::Suspend, "Prueba").await.unwrap();
        let (mut one, mut two) = (officer(&w, "11111111-1").await, officer(&w, "22222222-2").await);
        let kept = code(&one.post(START, &seen(MARIA, "P1")).await.expect(200));
        // Her authenticator is asked for beside the code.
        activate(&w, MARIA, &kept, SERIES).await.expect(422);
        assert_eq!(person(&w, MARIA).await.state, PersonState::Suspended);
        let mut lost = seen(MARIA, "P1");
        lost.push(("perdidos", "si"));
        let page = one.post(START, &lost).await.expect(200);
        let id = page.field("persona").unwrap();
        let code = code(&two.post(APPROVE, &[("persona", &id)]).await.expect(200));
        activate(&w, MARIA, &code, SERIES).await.expect(200);
        w.log_in(&mut w.visitor(), &authorize(&[]), MARIA, PASSWORD).await.expect(303);
        // Who is dead stays so.
        w.identity.set_standing(&job, maria.id, Standing::Deceased, "Registro Civil").await.unwrap();
        one.post(START, &seen(MARIA, "P1")).await.expect(409);
    }
}

/// Worlds in which everybody named «Oficial» holds the role.
async fn offices() -> Vec<World> {
    let mut all = Vec::new();
    for db in copihue_db::testing::engines() {
        all.push(World::with_hats(db, std::sync::Arc::new(Counter)).await);
    }
    all
}

struct Counter;

impl copihue_web::HatSource for Counter {
    fn hats(&self, run: copihue_core::Run) -> Vec<Hat> {
        if ![11_111_111, 22_222_222].contains(&run.number()) {
            return Vec::new();
        }
        vec![Hat {
            institution: "PE-MUN-00301".into(),
            official: Id::from_bytes([1; 16]),
            unit: "OIRS".into(),
            post: "Encargada de cuentas".into(),
            roles: vec!["enrolador".into()],
        }]
    }
}
