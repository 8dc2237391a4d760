//! Attacks G: devices without a browser.

use copihue_core::Acr;
use copihue_identity::*;
use copihue_web::NewSession;
use copihue_web::testing::TestClient;
use serde_json::Value;

use crate::open_world::*;
use crate::world::*;

fn device() -> NewClient {
    NewClient { settings: Settings { device: true, ..base().settings }, ..base() }
}

async fn ask_for_device(w: &World) -> Value {
    let wanted = secret(&[("scope", "openid profile run")]);
    post(w, "/oauth2/device_authorization", &wanted, None).await.expect(200).json()
}

async fn poll(w: &World, codes: &Value) -> copihue_web::testing::Reply {
    let code = codes["device_code"].as_str().unwrap();
    token(w, &secret(&[("grant_type", DEVICE_GRANT), ("device_code", code)])).await
}

async fn says(w: &World, codes: &Value) -> String {
    w.clock.advance_millis(5_000);
    poll(w, codes).await.expect(400).json()["error"].as_str().unwrap().to_owned()
}

/// A person in our own pages.
async fn person(w: &World) -> TestClient {
    let person = w.identity.person_by_run("44444444-4".parse().unwrap()).await.unwrap().unwrap();
    let mut c = w.visitor();
    let new = NewSession { person: person.reference(), acr: Acr::Low, amr: vec!["pwd".into()], sid: None };
    c.log_in(&w.web, new).await;
    c
}

#[tokio::test(flavor = "multi_thread")]
async fn g02_g03_a_person_lets_a_device_in_after_comparing_and_deciding() {
    for w in worlds().await {
        w.register(device()).await;
        let codes = ask_for_device(&w).await;
        assert_eq!((&codes["expires_in"], &codes["interval"]), (&600.into(), &5.into()));
        assert_eq!(says(&w, &codes).await, "authorization_pending");
        assert_eq!(poll(&w, &codes).await.expect(400).json()["error"], "slow_down");
        w.clock.advance_millis(10_000);
        assert_eq!(poll(&w, &codes).await.expect(400).json()["error"], "authorization_pending");
        let complete = codes["verification_uri_complete"].as_str().unwrap();
        let mut c = person(&w).await;
        let page = c.get(complete.strip_prefix(&w.base).unwrap()).await.expect(200);
        let code = codes["user_code"].as_str().unwrap();
        assert_eq!(page.field("codigo").as_deref(), Some(code), "filled in, and nothing decided");
        let page = c.submit(&page, "/vincular", &[]).await.expect(200);
        assert!(page.says("Becas") && page.says(code) && page.says("RUN") && page.says("no lo apruebe"));
        w.clock.advance_millis(10_000);
        assert_eq!(
            poll(&w, &codes).await.json()["error"],
            "authorization_pending",
            "looking is not deciding"
        );
        c.submit(&page, "/vincular", &[("decision", "si")]).await.expect(200);
        w.clock.advance_millis(10_000);
        let tokens = poll(&w, &codes).await.expect(200).json();
        let user = userinfo(&w, tokens["access_token"].as_str().unwrap()).await.expect(200).json();
        assert_eq!(user["run"], "44444444-4");
        w.clock.advance_millis(10_000);
        assert_eq!(poll(&w, &codes).await.expect(400).json()["error"], "invalid_grant", "once");
        let again = c.post("/vincular", &[("codigo", code)]).await.expect(422);
        assert!(again.says("Ese código no existe o ya venció"));
        let apps = c.get("/mi/aplicaciones").await.expect(200);
        assert!(apps.says("Becas"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn g02_a_device_that_was_refused_or_came_too_late_learns_it() {
    let w = world().await;
    w.register(device()).await;
    let refused = ask_for_device(&w).await;
    let mut c = person(&w).await;
    let code = refused["user_code"].as_str().unwrap();
    c.post("/vincular", &[("codigo", code), ("decision", "no")]).await.expect(200);
    assert_eq!(says(&w, &refused).await, "access_denied");
    let late = ask_for_device(&w).await;
    w.clock.advance_millis(600_000);
    assert_eq!(says(&w, &late).await, "expired_token");
    let code = late["user_code"].as_str().unwrap();
    person(&w).await.post("/vincular", &[("codigo", code), ("decision", "si")]).await.expect(422);
}

#[tokio::test(flavor = "multi_thread")]
async fn g01_codes_can_not_be_guessed_by_trying() {
    let w = world().await;
    w.register(device()).await;
    let codes = ask_for_device(&w).await;
    let code = codes["user_code"].as_str().unwrap().to_owned();
    assert!(code.len() == 9 && code.bytes().all(|b| b == b'-' || b"BCDFGHJKLMNPQRSTVWXZ".contains(&b)));
    let mut c = person(&w).await;
    for _ in 0..8 {
        c.post("/vincular", &[("codigo", "BBBB-BBBB")]).await.expect(422);
    }
    c.post("/vincular", &[("codigo", &code)]).await.expect(429);
}

#[tokio::test(flavor = "multi_thread")]
async fn b14_g02_only_an_application_for_devices_may_ask_and_a_locked_person_gives_nothing() {
    let w = world().await;
    w.register(base()).await;
    let wanted = secret(&[("scope", "openid")]);
    let refused = post(&w, "/oauth2/device_authorization", &wanted, None).await.expect(400);
    assert_eq!(refused.json()["error"], "unauthorized_client");
    w.register(device()).await;
    let codes = ask_for_device(&w).await;
    let mut c = person(&w).await;
    let code = codes["user_code"].as_str().unwrap();
    c.post("/vincular", &[("codigo", code), ("decision", "si")]).await.expect(200);
    let person = w.identity.person_by_run("44444444-4".parse().unwrap()).await.unwrap().unwrap();
    let job = copihue_core::Actor::job("prueba");
    w.identity.set_standing(&job, person.id, Standing::Suspend, "Prueba").await.unwrap();
    assert_eq!(says(&w, &codes).await, "invalid_grant");
}

#[tokio::test(flavor = "multi_thread")]
async fn l05_letting_a_device_in_takes_nothing_back_that_was_agreed_before() {
    for w in worlds().await {
        w.register(device()).await;
        let mut browser = w.visitor();
        tokens(&w, &mut browser, &[("scope", "openid email")]).await;
        let codes = ask_for_device(&w).await;
        let mut c = person(&w).await;
        let code = codes["user_code"].as_str().unwrap();
        c.post("/vincular", &[("codigo", code), ("decision", "si")]).await.expect(200);
        assert!(c.get("/mi/aplicaciones").await.says("RUN, nombre, correo"));
        browser.get_raw(&ask(BASE, &[("scope", "openid email")])).await.expect(302);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn g01_h02_codes_of_devices_and_passwords_are_counted_apart() {
    let db = copihue_db::testing::engines().remove(0);
    let w = World::on(db, |config| config.limits.prefix.free = 4).await;
    w.register(device()).await;
    let mut c = person(&w).await;
    for _ in 0..6 {
        c.post("/vincular", &[("codigo", "BCDF-GHJK")]).await;
    }
    c.post("/vincular", &[("codigo", "BCDF-GHJK")]).await.expect(429);
    w.code(&mut w.visitor(), &authorize(&[])).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn h12_what_proves_nothing_can_not_fill_the_disk() {
    for w in worlds().await {
        let mut own = device();
        own.settings.auth = Auth::Public;
        w.register(own).await;
        let asked = fields(&[("client_id", BASE), ("scope", "openid")]);
        for _ in 0..59 {
            post(&w, "/oauth2/device_authorization", &asked, None).await.expect(200);
        }
        post(&w, "/oauth2/device_authorization", &asked, None).await.expect(200);
        let over = post(&w, "/oauth2/device_authorization", &asked, None).await.expect(429);
        assert_eq!(
            (over.header("retry-after"), over.json()["error"].as_str()),
            (Some("60"), Some("temporarily_unavailable"))
        );
        // Other things are counted apart, and the next minute anew.
        let long = "x".repeat(4 * 1024);
        for (state, status) in [("abc", 201), (&long, 400)] {
            let challenge = copihue_identity::model::pkce::challenge(&verifier());
            let push = fields(&[
                ("client_id", BASE),
                ("response_type", "code"),
                ("scope", "openid"),
                ("redirect_uri", RETURN),
                ("code_challenge", &challenge),
                ("code_challenge_method", "S256"),
                ("nonce", state),
            ]);
            post(&w, "/oauth2/par", &push, None).await.expect(status);
        }
        w.clock.advance_millis(60_000);
        post(&w, "/oauth2/device_authorization", &asked, None).await.expect(200);
        // What nobody came for is gone after an hour.
        w.clock.advance_millis(3 * 3_600_000);
        w.identity.purge().await.unwrap();
        let left = w.db.read(|conn| conn.query(copihue_db::sql!("SELECT id FROM identity_pushed"), &[]));
        assert!(left.await.unwrap().is_empty());
    }
}
