//! Attacks F: log-out that applications ask for, and of which they are told.

use std::sync::{Arc, Mutex};

use axum::extract::State;
use copihue_web::testing::{Reply, TestClient};
use http::{Method, StatusCode};

use crate::open_world::*;
use crate::world::*;

const BYE: &str = "https://tramites.ejemplo.cl/adios";

async fn leave(c: &mut TestClient, fields: &[(&str, &str)]) -> Reply {
    c.get_raw(&format!("/oauth2/logout?{}", String::from_utf8(form(fields)).unwrap())).await
}

async fn logged_in(w: &World) -> (TestClient, String) {
    let mut c = w.visitor();
    let tokens = tokens(w, &mut c, &[]).await;
    (c, tokens["id_token"].as_str().unwrap().to_owned())
}

async fn still_in(c: &TestClient) -> bool {
    c.clone().get_raw(&ask(BASE, &[("prompt", "none")])).await.location().unwrap().contains("code=")
}

#[tokio::test(flavor = "multi_thread")]
async fn f05_a19_a_log_out_is_proved_or_confirmed_and_leads_to_registered_addresses_only() {
    for w in worlds().await {
        w.register(base()).await;
        let (mut c, hint) = logged_in(&w).await;
        let mut modified = hint.clone();
        modified.truncate(hint.len() - 2);
        for bad in [
            vec![("id_token_hint", modified.as_str())],
            vec![("id_token_hint", "x.y.z")],
            vec![("id_token_hint", &hint), ("client_id", APP)],
            vec![("id_token_hint", &hint), ("post_logout_redirect_uri", "https://evil.cl/")],
            vec![("post_logout_redirect_uri", BYE)],
        ] {
            let page = leave(&mut c, &bad).await.expect(400);
            assert!(page.location().is_none() && still_in(&c).await);
        }
        // Without proof the person is asked; a stranger's page can't answer for them.
        let page =
            leave(&mut c, &[("client_id", BASE), ("post_logout_redirect_uri", BYE), ("state", "s")]).await;
        assert!(page.says("¿Quiere cerrar su sesión?") && still_in(&c).await);
        let fields = page.form("/oauth2/logout").unwrap();
        let pairs: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let mut stranger = w.visitor();
        stranger.set_cookie("sso", c.cookie("sso"));
        stranger.send(Method::POST, "/oauth2/logout", Some(FORM), form(&pairs)).await.expect(200);
        assert!(still_in(&c).await);
        let done = c.send(Method::POST, "/oauth2/logout", Some(FORM), form(&pairs)).await.expect(303);
        assert_eq!(done.location(), Some(format!("{BYE}?state=s").as_str()));
        assert!(!still_in(&c).await);
        // With proof at once, also an expired one; without state none is added.
        let (mut c, hint) = logged_in(&w).await;
        w.clock.advance_millis(20 * 60_000);
        let done =
            leave(&mut c, &[("id_token_hint", &hint), ("post_logout_redirect_uri", BYE)]).await.expect(303);
        assert_eq!(done.location(), Some(BYE));
        assert!(!still_in(&c).await);
    }
}

type Heard = Arc<Mutex<Vec<String>>>;

/// Refuses the first notice and keeps the others.
async fn hear(State((heard, first)): State<(Heard, Arc<Mutex<bool>>)>, body: String) -> StatusCode {
    if std::mem::replace(&mut *first.lock().unwrap(), false) {
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    heard.lock().unwrap().push(body);
    StatusCode::OK
}

#[tokio::test(flavor = "multi_thread")]
async fn f04_f06_applications_are_told_of_a_log_out_until_they_hear_it() {
    for w in worlds().await {
        let heard: Heard = Arc::default();
        let state = (heard.clone(), Arc::new(Mutex::new(true)));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let uri = format!("http://{}/aviso", listener.local_addr().unwrap());
        let app = axum::Router::new().route("/aviso", axum::routing::post(hear)).with_state(state);
        let server = tokio::spawn(async move { axum::serve(listener, app).await });
        let mut new = base();
        new.settings.logout_notice_uri = Some(uri);
        w.register(new).await;
        let (mut c, hint) = logged_in(&w).await;
        leave(&mut c, &[("id_token_hint", &hint)]).await.expect(200);
        let worker = w.identity.register(copihue_db::jobs::Worker::new(w.db.db(), w.clock.clone()));
        worker.run_due().await.unwrap();
        assert!(heard.lock().unwrap().is_empty(), "it was down");
        w.clock.advance_millis(5_000);
        worker.run_due().await.unwrap();
        let body = heard.lock().unwrap().pop().unwrap();
        let token = body.strip_prefix("logout_token=").unwrap().to_owned();
        let (header, claims) = (part(&token, 0), part(&token, 1));
        assert_eq!(header["typ"], "logout+jwt");
        assert_eq!((&claims["iss"], &claims["aud"]), (&w.base.as_str().into(), &BASE.into()));
        assert_eq!(claims["sid"], part(&hint, 1)["sid"]);
        assert_eq!(claims["sub"], part(&hint, 1)["sub"]);
        assert!(claims.get("nonce").is_none() && claims["jti"].is_string());
        let lives = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
        assert_eq!(lives, 120);
        assert_eq!(
            claims["events"],
            serde_json::json!({"http://schemas.openid.net/event/backchannel-logout": {}})
        );
        server.abort();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn f06_f07_applications_are_told_when_an_account_is_stopped() {
    for w in worlds().await {
        let heard: Heard = Arc::default();
        let state = (heard.clone(), Arc::new(Mutex::new(false)));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let uri = format!("http://{}/aviso", listener.local_addr().unwrap());
        let app = axum::Router::new().route("/aviso", axum::routing::post(hear)).with_state(state);
        let server = tokio::spawn(async move { axum::serve(listener, app).await });
        let mut new = base();
        new.settings.logout_notice_uri = Some(uri);
        w.register(new).await;
        // One grant outlives its session, another had only its code given.
        let offline = tokens(&w, &mut w.visitor(), &[("scope", "openid profile offline_access")]).await;
        let (_, hint) = logged_in(&w).await;
        let person = w.identity.person_by_run("44444444-4".parse().unwrap()).await.unwrap().unwrap();
        let actor = copihue_core::Actor::job("identity.test");
        w.identity
            .set_standing(&actor, person.id, copihue_identity::Standing::Deceased, "Registro Civil")
            .await
            .unwrap();
        let worker = w.identity.register(copihue_db::jobs::Worker::new(w.db.db(), w.clock.clone()));
        worker.run_due().await.unwrap();
        let told: Vec<_> = heard.lock().unwrap().iter().map(|t| part(t, 1)["sid"].clone()).collect();
        for token in [offline["id_token"].as_str().unwrap(), &hint] {
            assert!(told.contains(&part(token, 1)["sid"]));
        }
        assert_eq!(told.len(), 2);
        server.abort();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn l05_a_person_takes_back_what_an_application_knows() {
    use copihue_core::Acr;
    for w in worlds().await {
        w.register(base()).await;
        let mut c = w.visitor();
        let tokens = tokens(&w, &mut c, &[]).await;
        let person = w.identity.person_by_run("44444444-4".parse().unwrap()).await.unwrap().unwrap();
        let mut own = w.visitor();
        let new = copihue_web::NewSession {
            person: person.reference(),
            acr: Acr::Low,
            amr: vec!["pwd".into()],
            sid: None,
        };
        own.log_in(&w.web, new).await;
        let page = own.get("/mi/aplicaciones").await.expect(200);
        assert!(page.says("Becas") && page.says("RUN, nombre"));
        let page = own.submit(&page, "/mi/aplicaciones", &[]).await.expect(200);
        assert!(page.says("Ninguna aplicación tiene permiso."));
        userinfo(&w, tokens["access_token"].as_str().unwrap()).await.expect(401);
        assert_eq!(error(&w, &renew(tokens["refresh_token"].as_str().unwrap())).await, "invalid_grant");
        assert!(c.get_raw(&ask(BASE, &[])).await.expect(200).says("¿Quiere entregar estos datos?"));
        own.post("/mi/aplicaciones", &[("aplicacion", "nobody")]).await.expect(404);
    }
}
