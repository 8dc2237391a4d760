//! The one gate, through every door: whoever is stopped gets nothing by any grant.

use copihue_core::{Acr, Actor};
use copihue_identity::model::event::EventKind;
use copihue_identity::*;
use copihue_web::NewSession;
use copihue_web::testing::TestClient;

use crate::world::*;

const RUN: &str = "44444444-4";

/// A browser with a session, tokens in use, and a code not yet redeemed.
struct Held {
    browser: TestClient,
    access: String,
    refresh: String,
    code: String,
}

async fn hold(w: &World) -> Held {
    let mut browser = w.visitor();
    let code = w.code(&mut browser, &authorize(&[])).await;
    let tokens = w.redeem(&code).await.expect(200).json();
    let text = |name: &str| tokens[name].as_str().unwrap().to_owned();
    let code = w.code(&mut browser.clone(), &authorize(&[("prompt", "login")])).await;
    Held { browser, access: text("access_token"), refresh: text("refresh_token"), code }
}

/// Nothing of what was held is worth anything, and a new login is refused like a wrong password.
async fn is_shut_out(w: &World, mut held: Held) {
    w.userinfo(&held.access).await.expect(401);
    for fields in [redeem_fields(&held.code).to_vec(), refresh_fields(&held.refresh).to_vec()] {
        assert_eq!(w.token(&fields).await.expect(400).json()["error"], "invalid_grant");
    }
    held.browser.get_raw(&authorize(&[])).await.expect(200);
    let silent = held.browser.get_raw(&authorize(&[("prompt", "none")])).await.expect(302);
    assert_eq!(query(silent.location().unwrap(), "error").as_deref(), Some("login_required"));
    w.log_in(&mut w.visitor(), &authorize(&[]), RUN, "testing").await.expect(401);
}

async fn person(w: &World) -> Person {
    w.identity.person_by_run(RUN.parse().unwrap()).await.unwrap().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn b14_f07_whoever_is_locked_closed_or_dead_gets_nothing_by_any_grant() {
    for db in [Standing::Suspend, Standing::Deceased, Standing::Close] {
        for w in worlds().await {
            let held = hold(&w).await;
            let id = person(&w).await.id;
            let mut own = w.visitor();
            let session = NewSession {
                person: person(&w).await.reference(),
                acr: Acr::Low,
                amr: vec!["pwd".into()],
                sid: None,
            };
            own.log_in(&w.web, session).await;
            own.get_raw("/mi/ingresos").await.expect(200);
            w.identity.set_standing(&Actor::job("prueba"), id, db, "Aviso del Registro Civil").await.unwrap();
            is_shut_out(&w, held).await;
            own.get_raw("/mi/ingresos").await.expect(303);
            let events = w.identity.events(id, 50).await.unwrap();
            let kinds = [EventKind::Suspended, EventKind::Closed];
            let told = events.iter().find(|e| kinds.contains(&e.kind)).unwrap();
            assert_eq!(told.note, "Aviso del Registro Civil (administración)");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn b14_i08_an_account_opens_again_but_what_was_given_before_stays_dead() {
    for w in worlds().await {
        let held = hold(&w).await;
        let (id, job) = (person(&w).await.id, Actor::job("prueba"));
        let stand = |standing| w.identity.set_standing(&job, id, standing, "Sospecha de uso indebido");
        stand(Standing::Suspend).await.unwrap();
        stand(Standing::Reopen).await.unwrap();
        w.userinfo(&held.access).await.expect(401);
        w.token(&refresh_fields(&held.refresh)).await.expect(400);
        w.code(&mut w.visitor(), &authorize(&[])).await;
        let silent = w.identity.set_standing(&job, id, Standing::Suspend, " ").await;
        assert_eq!(silent.unwrap_err().code(), "motivo_vacio");
        stand(Standing::Close).await.unwrap();
        assert_eq!(stand(Standing::Reopen).await.unwrap_err().code(), "cuenta_cerrada");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn aut_06_b14_a_stopped_application_gets_nothing_for_anybody() {
    for state in [ClientState::Approved, ClientState::Suspended, ClientState::Revoked] {
        let w = world().await;
        let held = hold(&w).await;
        w.register(NewClient { state, ..app() }).await;
        w.userinfo(&held.access).await.expect(401);
        for fields in [redeem_fields(&held.code).to_vec(), refresh_fields(&held.refresh).to_vec()] {
            assert_eq!(w.token(&fields).await.expect(400).json()["error"], "invalid_grant");
        }
        w.visitor().get_raw(&authorize(&[])).await.expect(403);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn idp_02_an_application_that_wants_more_than_a_password_gets_nothing_for_one() {
    let w = world().await;
    let held = hold(&w).await;
    let settings = Settings { acr_min: Acr::Substantial, ..Settings::default() };
    w.register(NewClient { settings, ..app() }).await;
    w.userinfo(&held.access).await.expect(401);
    w.token(&refresh_fields(&held.refresh)).await.expect(400);
    w.token(&redeem_fields(&held.code)).await.expect(400);
}
