//! Attacks H on the second factor, step-up, and what people do with factors, sessions and «no fui yo».

use copihue_core::{Acr, Secret};
use copihue_identity::model::event::EventKind;
use copihue_identity::*;
use copihue_web::NewSession;
use copihue_web::testing::{Reply, TestClient};
use http::Method;

use crate::open_world::{BASE, ask, base, tokens};
use crate::world::*;

const RUN: &str = "44444444-4";
const CHANGE: &str = "/mi/seguridad/cambiar";

pub(crate) async fn own(w: &World) -> TestClient {
    let person = w.identity.person_by_run(RUN.parse().unwrap()).await.unwrap().unwrap();
    let mut c = w.visitor();
    let new = NewSession { person: person.reference(), acr: Acr::Low, amr: vec!["pwd".into()], sid: None };
    c.log_in(&w.web, new).await;
    c
}

/// An authenticator set up on the pages: its seed, and the codes on paper.
pub(crate) async fn enrol(w: &World) -> (Secret, Vec<String>) {
    let mut c = own(w).await;
    let page = c.post(CHANGE, &[("acto", "codigos"), ("password", "testing")]).await.expect(200);
    let text = page.text();
    let key =
        text.split("<strong>").find_map(|part| part.split_once("</strong>").map(|(key, _)| key)).unwrap();
    let seed = Secret::new(unbase32(&key.replace(' ', "")));
    let code = now_code(w, &seed);
    let page = c.submit(&page, "/mi/seguridad/codigos", &[("otp", &code)]).await.expect(200);
    assert_eq!(page.header("cache-control"), Some("no-store"));
    let text = page.text();
    let codes = text.split("<code>").skip(1).map(|part| part.split('<').next().unwrap().to_owned()).collect();
    w.clock.advance_millis(60_000);
    (seed, codes)
}

fn unbase32(text: &str) -> Vec<u8> {
    let value = |c: u8| match c {
        b'A'..=b'Z' => c - b'A',
        _ => c - b'2' + 26,
    };
    let bits: Vec<u8> = text.bytes().flat_map(|c| (0..5).rev().map(move |i| value(c) >> i & 1)).collect();
    bits.chunks_exact(8).map(|byte| byte.iter().fold(0, |v, b| v << 1 | b)).collect()
}

pub(crate) fn now_code(w: &World, seed: &Secret) -> String {
    copihue_core::totp::code_of_step(seed, copihue_core::totp::step_at(copihue_core::Clock::now(&*w.clock)))
}

async fn send_code(c: &mut TestClient, page: &Reply, url: &str, code: &str) -> Reply {
    let mut fields = page.form(url).unwrap();
    fields.retain(|(n, _)| n != "otp");
    fields.push(("otp".into(), code.into()));
    let pairs: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    c.send(Method::POST, url, Some(FORM), form(&pairs)).await
}

async fn asked_for_code(w: &World, c: &mut TestClient, url: &str) -> Reply {
    let page = w.log_in(c, url, RUN, "testing").await.expect(200);
    assert!(page.says("Escriba su código") && page.location().is_none());
    page
}

#[tokio::test(flavor = "multi_thread")]
async fn a12_h05_a_code_raises_the_login_and_counts_once() {
    for w in worlds().await {
        w.register(base()).await;
        let (seed, _) = enrol(&w).await;
        let url = ask(BASE, &[("acr_values", "urn:copihue:loa:sustancial")]);
        let mut c = w.visitor();
        let page = asked_for_code(&w, &mut c, &url).await;
        let code = now_code(&w, &seed);
        let done = send_code(&mut c, &page, &url, &code).await.expect(303);
        let code_of_grant = query(done.location().unwrap(), "code").unwrap();
        let tokens = crate::open_world::token(&w, &crate::open_world::code_fields(&code_of_grant)).await;
        let claims = part(tokens.expect(200).json()["id_token"].as_str().unwrap(), 1);
        assert_eq!(claims["acr"], "urn:copihue:loa:sustancial");
        assert_eq!(claims["amr"], serde_json::json!(["pwd", "otp", "mfa"]));
        c.get_raw(&url).await.expect(302);
        // The same code again, and another person's.
        let mut again = w.visitor();
        let page = asked_for_code(&w, &mut again, &url).await;
        send_code(&mut again, &page, &url, &code).await.expect(401);
        w.clock.advance_millis(30_000);
        send_code(&mut again, &page, &url, "000000").await.expect(401);
        send_code(&mut again, &page, &url, &now_code(&w, &seed)).await.expect(303);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a12_idp_02_a_session_by_password_is_raised_only_when_somebody_asks() {
    let w = world().await;
    w.register(base()).await;
    let mut c = w.visitor();
    tokens(&w, &mut c, &[]).await;
    let (seed, _) = enrol(&w).await;
    // Setting the factor up has ended the other sessions.
    assert!(c.get_raw(&ask(BASE, &[])).await.expect(200).says("Clave"));
    let national = authorize(&[]);
    let page = asked_for_code(&w, &mut c, &national).await;
    send_code(&mut c, &page, &national, &now_code(&w, &seed)).await.expect(303);
    let strict = Settings { acr_min: Acr::Substantial, ..Settings::default() };
    w.register(NewClient { settings: strict, ..app() }).await;
    let again = c.get_raw(&authorize(&[])).await.expect(302);
    assert!(
        query(again.location().unwrap(), "code").is_some(),
        "a strong session answers a strict application"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn h04_codes_can_not_be_guessed_and_guessing_locks_no_password() {
    for w in worlds().await {
        let (seed, _) = enrol(&w).await;
        let url = authorize(&[]);
        for _ in 0..3 {
            let mut c = w.visitor();
            let page = asked_for_code(&w, &mut c, &url).await;
            for _ in 0..5 {
                send_code(&mut c, &page, &url, "000000").await.expect(401);
            }
            // Resending the step, or another page of the same login, makes no room.
            send_code(&mut c, &page, &url, &now_code(&w, &seed)).await.expect(429);
        }
        // The owner still gets in.
        let mut c = w.visitor();
        let page = asked_for_code(&w, &mut c, &url).await;
        send_code(&mut c, &page, &url, &now_code(&w, &seed)).await.expect(303);
        let person = w.identity.person_by_run(RUN.parse().unwrap()).await.unwrap().unwrap();
        let told = w.identity.events(person.id, 60).await.unwrap();
        assert!(told.iter().filter(|e| e.kind == EventKind::Factor).count() == 18);
        // Over all logins no more than twenty are looked at, and the password still is.
        let mut c = w.visitor();
        for _ in 0..4 {
            let page = asked_for_code(&w, &mut c, &url).await;
            for _ in 0..5 {
                send_code(&mut c, &page, &url, "000000").await;
            }
        }
        w.clock.advance_millis(60_000);
        let page = asked_for_code(&w, &mut c, &url).await;
        send_code(&mut c, &page, &url, &now_code(&w, &seed)).await.expect(429);
        w.clock.advance_millis(24 * 3_600_000);
        let page = asked_for_code(&w, &mut c, &url).await;
        send_code(&mut c, &page, &url, &now_code(&w, &seed)).await.expect(303);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn h04_a_step_belongs_to_its_browser_and_request_and_ends() {
    let w = world().await;
    let (seed, _) = enrol(&w).await;
    let url = authorize(&[]);
    let (mut c, mut stranger) = (w.visitor(), w.visitor());
    let page = asked_for_code(&w, &mut c, &url).await;
    stranger.get_raw(&url).await;
    send_code(&mut stranger, &page, &url, &now_code(&w, &seed)).await.expect(403);
    w.clock.advance_millis(10 * 60_000);
    send_code(&mut c, &page, &url, &now_code(&w, &seed)).await.expect(403);
    // No step at all.
    let body = form(&[("csrf", &page.csrf().unwrap()), ("otp", &now_code(&w, &seed))]);
    c.send(Method::POST, &url, Some(FORM), body).await.expect(403);
}

#[tokio::test(flavor = "multi_thread")]
async fn h07_a_code_on_paper_counts_once() {
    let w = world().await;
    let (_, paper) = enrol(&w).await;
    assert_eq!(paper.len(), 10);
    let url = authorize(&[]);
    for (code, status) in [(&paper[3], 303), (&paper[3], 401), (&paper[0], 303)] {
        let mut c = w.visitor();
        let page = asked_for_code(&w, &mut c, &url).await;
        send_code(&mut c, &page, &url, code).await.expect(status);
    }
    assert!(own(&w).await.get("/mi/seguridad").await.says("8"));
    let texts = w.db.read(|conn| {
        let rows = conn.query(copihue_db::sql!("SELECT secret FROM identity_backup_code"), &[])?;
        rows.iter().map(|row| row.get::<String>("secret")).collect::<copihue_core::Result<Vec<_>>>()
    });
    assert!(texts.await.unwrap().iter().all(|t| t.starts_with("$argon2id$")));
}

#[tokio::test(flavor = "multi_thread")]
async fn f03_a_stolen_session_adds_and_removes_nothing() {
    for w in worlds().await {
        let mut thief = own(&w).await;
        thief.post(CHANGE, &[("acto", "codigos"), ("password", "wrong")]).await.expect(422);
        thief.post(CHANGE, &[("acto", "codigos")]).await.expect(422);
        // The owner has begun: their page alone knows the seed.
        own(&w).await.post(CHANGE, &[("acto", "codigos"), ("password", "testing")]).await.expect(200);
        let page = thief.post("/mi/seguridad/codigos", &[("otp", "000000")]).await.expect(200);
        assert!(page.says("Hoy ingresa solo con su clave."));
        let (seed, _) = enrol(&w).await;
        // The owner's set-up has ended the thief's session.
        thief.get_raw("/mi/seguridad").await.expect(303);
        let mut owner = own(&w).await;
        let remove = |otp: &str| {
            [("acto", "quitar-codigos"), ("password", "testing"), ("otp", otp)]
                .map(|(n, v)| (n, v.to_owned()))
        };
        for (code, status) in [("000000", 422), (&now_code(&w, &seed), 200)] {
            let fields = remove(code);
            let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
            owner.post(CHANGE, &fields).await.expect(status);
        }
        let page = owner.get("/mi/seguridad").await.expect(200);
        assert!(page.says("Hoy ingresa solo con su clave."));
        w.code(&mut w.visitor(), &authorize(&[])).await;
        let person = w.identity.person_by_run(RUN.parse().unwrap()).await.unwrap().unwrap();
        let told = w.identity.events(person.id, 20).await.unwrap();
        for kind in [EventKind::FactorAdded, EventKind::FactorRemoved] {
            assert!(told.iter().any(|e| e.kind == kind));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn f04_idp_04_people_see_their_sessions_and_end_one_or_all() {
    for w in worlds().await {
        w.register(base()).await;
        let mut here = w.visitor().header("user-agent", "Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0");
        let mut there = w.visitor().header("user-agent", "Mozilla/5.0 (Windows NT 10.0) Chrome/120");
        let (a, b) = (tokens(&w, &mut here, &[]).await, tokens(&w, &mut there, &[]).await);
        let mut c = own(&w).await;
        let page = c.get("/mi/seguridad").await.expect(200);
        assert!(page.says("Firefox en Linux") && page.says("Chrome en Windows"));
        let sid = part(a["id_token"].as_str().unwrap(), 1)["sid"].as_str().unwrap().to_owned();
        c.post("/mi/seguridad/sesiones", &[("sesion", &sid)]).await.expect(200);
        here.get_raw(&ask(BASE, &[])).await.expect(200);
        crate::open_world::userinfo(&w, a["access_token"].as_str().unwrap()).await.expect(401);
        crate::open_world::userinfo(&w, b["access_token"].as_str().unwrap()).await.expect(200);
        c.post("/mi/seguridad/sesiones", &[("sesion", &sid)]).await.expect(404);
        c.post("/mi/seguridad/sesiones", &[("sesion", "todas")]).await.expect(200);
        there.get_raw(&ask(BASE, &[])).await.expect(200);
        crate::open_world::userinfo(&w, b["access_token"].as_str().unwrap()).await.expect(401);
        c.get_raw("/mi/seguridad").await.expect(303);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn l02_idp_04_no_fui_yo_locks_the_account_with_everything_that_was_given() {
    for w in worlds().await {
        w.register(base()).await;
        let mut thief = w.visitor();
        let stolen = tokens(&w, &mut thief, &[]).await;
        let mut c = own(&w).await;
        let page = c.get("/mi/ingresos").await.expect(200);
        let link = page
            .text()
            .split("href=\"")
            .find(|h| h.starts_with("/mi/ingresos/no-fui-yo"))
            .unwrap()
            .to_owned();
        let page = c.get(link.split('"').next().unwrap()).await.expect(200);
        assert!(page.says("Becas") && page.says("¿No fue usted?"));
        let done = c.submit(&page, "/mi/ingresos/no-fui-yo", &[]).await.expect(200);
        assert!(done.says("Bloqueamos su cuenta"));
        crate::open_world::userinfo(&w, stolen["access_token"].as_str().unwrap()).await.expect(401);
        thief.get_raw(&ask(BASE, &[])).await.expect(200);
        w.log_in(&mut w.visitor(), &authorize(&[]), RUN, "testing").await.expect(401);
        c.get_raw("/mi/ingresos").await.expect(303);
        // Somebody else's event is not there.
        let mut other = w.visitor();
        let person = w.identity.person_by_run("55555555-5".parse().unwrap()).await.unwrap().unwrap();
        let new = NewSession { person: person.reference(), acr: Acr::Low, amr: vec![], sid: None };
        other.log_in(&w.web, new).await;
        other.get_raw(link.split('"').next().unwrap()).await.expect(404);
    }
}
