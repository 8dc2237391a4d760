//! Attacks H6, H10, I4, I5, I7: codes by mail, forgotten passwords, new ones.

use copihue_core::Secret;
use copihue_identity::model::event::EventKind;
use copihue_identity::*;
use copihue_web::testing::{Reply, TestClient};
use http::Method;

use crate::factor::{enrol, now_code, own};
use crate::open_world::{BASE, ask, base, tokens};
use crate::world::*;

const MARIA: &str = "44444444-4";
const NEW: &str = "tres gatos azules";
const RECOVER: &str = "/ingresar/recuperar";
const CHOOSE: &str = "/ingresar/recuperar/clave";

fn careful() -> NewClient {
    NewClient { settings: Settings { require_2fa: true, ..Settings::default() }, ..app() }
}

async fn send_form(c: &mut TestClient, page: &Reply, url: &str, more: &[(&str, &str)]) -> Reply {
    let mut fields = page.form(url).unwrap_or_else(|| panic!("no form for {url}:\n{}", page.text()));
    fields.retain(|(name, _)| !more.iter().any(|(n, _)| n == name));
    fields.extend(more.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
    let pairs: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    c.send(Method::POST, url, Some(FORM), form(&pairs)).await
}

async fn asked(w: &World, c: &mut TestClient, url: &str) -> Reply {
    let page = w.log_in(c, url, MARIA, "testing").await.expect(200);
    assert!(page.says("m•••@ejemplo.cl"), "{}", page.text());
    page
}

#[tokio::test(flavor = "multi_thread")]
async fn h06_a_code_by_mail_is_one_logins_counts_once_and_ends() {
    for w in worlds().await {
        w.register(careful()).await;
        let url = authorize(&[]);
        let (mut c, mut other) = (w.visitor(), w.visitor());
        let page = asked(&w, &mut c, &url).await;
        let letter = w.mails.take().remove(0);
        assert_eq!(letter.to, "maria@ejemplo.cl");
        let code = letter.text.lines().find_map(|line| line.strip_prefix("    ")).unwrap().to_owned();
        assert!(!letter.subject.contains(&code), "subjects show on locked telephones");
        // Another login of the same person, in another browser.
        let theirs = asked(&w, &mut other, &url).await;
        send_form(&mut other, &theirs, &url, &[("otp", &code)]).await.expect(401);
        other.get_raw(&url).await;
        send_form(&mut other, &page, &url, &[("otp", &code)]).await.expect(403);
        send_form(&mut c, &page, &url, &[("otp", "AAAAAA")]).await.expect(401);
        let done = send_form(&mut c, &page, &url, &[("otp", &code.to_lowercase())]).await.expect(303);
        assert!(query(done.location().unwrap(), "code").is_some());
        c.set_cookie("sso", None);
        let late = w.log_in(&mut c, &url, MARIA, "testing").await.expect(200);
        let code = w.mails.take().pop().unwrap();
        let code = code.text.lines().find_map(|line| line.strip_prefix("    ")).unwrap().to_owned();
        w.clock.advance_millis(10 * 60_000);
        send_form(&mut c, &late, &url, &[("otp", &code)]).await.expect(403);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn h06_codes_are_neither_guessed_nor_sent_without_end() {
    for w in worlds().await {
        w.register(careful()).await;
        let url = authorize(&[]);
        let mut c = w.visitor();
        let page = asked(&w, &mut c, &url).await;
        let first = w.mails.code();
        for _ in 0..5 {
            send_form(&mut c, &page, &url, &[("otp", "AAAAAA")]).await.expect(401);
        }
        send_form(&mut c, &page, &url, &[("otp", &first)]).await.expect(429);
        // Another one: the former is not its code.
        let page = send_form(&mut c, &page, &url, &[("otp", ""), ("otra", "si")]).await.expect(200);
        let second = w.mails.code();
        send_form(&mut c, &page, &url, &[("otp", &first)]).await.expect(401);
        let page = send_form(&mut c, &page, &url, &[("otp", ""), ("otra", "si")]).await.expect(200);
        let third = w.mails.code();
        send_form(&mut c, &page, &url, &[("otp", ""), ("otra", "si")]).await.expect(429);
        assert!(w.mails.take().is_empty(), "three in ten minutes");
        send_form(&mut c, &page, &url, &[("otp", &second)]).await.expect(401);
        send_form(&mut c, &page, &url, &[("otp", &third)]).await.expect(303);
        // The password alone still is looked at elsewhere.
        w.register(base()).await;
        tokens(&w, &mut w.visitor(), &[]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a12_h06_a_code_by_mail_is_the_lowest_factor_and_worth_what_the_policy_says() {
    for (policy, level, sent) in [(MailCodes::Substantial, "sustancial", 1), (MailCodes::Low, "bajo", 0)] {
        let db = copihue_db::testing::engines().remove(0);
        let w = World::on(db, |config| config.mail_codes = policy).await;
        w.register(base()).await;
        let url = ask(BASE, &[("acr_values", "urn:copihue:loa:sustancial")]);
        let mut c = w.visitor();
        let page = w.log_in(&mut c, &url, MARIA, "testing").await;
        let letters = w.mails.take();
        assert_eq!(letters.len(), sent, "nothing is sent that helps nobody");
        let done = match letters.first() {
            None => page.expect(303),
            Some(letter) => {
                let code = letter.text.lines().find_map(|line| line.strip_prefix("    ")).unwrap();
                send_form(&mut c, &page, &url, &[("otp", code)]).await.expect(303)
            }
        };
        let code = query(done.location().unwrap(), "code").unwrap();
        let tokens = crate::open_world::token(&w, &crate::open_world::code_fields(&code)).await.expect(200);
        let claims = part(tokens.json()["id_token"].as_str().unwrap(), 1);
        assert_eq!(claims["acr"], format!("urn:copihue:loa:{level}"));
        if sent == 1 {
            assert_eq!(claims["amr"], serde_json::json!(["pwd", "otp", "email", "mfa"]));
        }
        // Where the institution wants two steps, it gets them whatever they are worth.
        w.register(careful()).await;
        let mut c = w.visitor();
        asked(&w, &mut c, &authorize(&[])).await;
        w.mails.take();
        // Who has something better is never sent a letter.
        let (seed, _) = enrol(&w).await;
        w.mails.take();
        let mut c = w.visitor();
        let url = authorize(&[]);
        let page = w.log_in(&mut c, &url, MARIA, "testing").await.expect(200);
        assert!(w.mails.take().is_empty());
        send_form(&mut c, &page, &url, &[("otp", &now_code(&w, &seed))]).await.expect(303);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn idp_02_who_has_no_second_step_does_not_enter_where_two_are_wanted() {
    let w = world().await;
    w.register(careful()).await;
    let new = NewPerson {
        run: "88888888-8".parse().unwrap(),
        names: vec!["Sin".into()],
        surnames: vec!["Correo".into()],
        email: None,
        password: Some(Secret::new("testing")),
        kind: PersonKind::Test,
        proofing: Proofing::P1,
    };
    w.identity.register_person(new).await.unwrap();
    let mut c = w.visitor();
    let done = w.log_in(&mut c, &authorize(&[]), "88888888-8", "testing").await.expect(303);
    assert_eq!(query(done.location().unwrap(), "error").as_deref(), Some("access_denied"));
    // Nor by the session that is there now.
    c.get_raw(&authorize(&[])).await.expect(200);
}

/// Asks for a recovery, and lets the letters go.
async fn begin(w: &World, c: &mut TestClient, run: &str) -> Reply {
    let page = c.get(RECOVER).await.expect(200);
    let done = send_form(c, &page, RECOVER, &[("run", run)]).await.expect(200);
    let worker = w.identity.register(copihue_db::jobs::Worker::new(w.db.db(), w.clock.clone()));
    worker.run_due().await.unwrap();
    done
}

#[tokio::test(flavor = "multi_thread")]
async fn i04_mail_gives_a_password_back_signs_nobody_in_and_raises_nothing() {
    for w in worlds().await {
        w.register(base()).await;
        let mut before = w.visitor();
        let old = tokens(&w, &mut before, &[]).await;
        let mut c = w.visitor();
        let page = begin(&w, &mut c, MARIA).await;
        let code = w.mails.code();
        for (what, more) in [
            ("another code", [("codigo", "AAAAAA"), ("nueva", NEW)]),
            ("a short password", [("codigo", &code), ("nueva", "corta")]),
            ("her name", [("codigo", &code), ("nueva", "gonzalez1")]),
        ] {
            assert_eq!(send_form(&mut c, &page, CHOOSE, &more).await.status, 422, "{what}");
        }
        let done = send_form(&mut c, &page, CHOOSE, &[("codigo", &code), ("nueva", NEW)]).await.expect(303);
        assert_eq!(done.location(), Some("/ingresar/recuperar/listo"));
        c.get_raw("/mi/ingresos").await.expect(303);
        send_form(&mut c, &page, CHOOSE, &[("codigo", &code), ("nueva", "otra clave larga")])
            .await
            .expect(422);
        // She is told, everything before is over, and the old password is none.
        assert!(
            w.mails
                .take()
                .iter()
                .any(|l| l.to == "maria@ejemplo.cl" && l.subject.contains("Cambió la clave"))
        );
        crate::open_world::userinfo(&w, old["access_token"].as_str().unwrap()).await.expect(401);
        before.get_raw(&ask(BASE, &[])).await.expect(200);
        w.log_in(&mut w.visitor(), &authorize(&[]), MARIA, "testing").await.expect(401);
        w.log_in(&mut w.visitor(), &authorize(&[]), MARIA, NEW).await.expect(303);
        // Her mail gave the password back: another letter to it proves nothing more.
        let claims = r#"{"id_token":{"acr":{"essential":true,"value":"urn:copihue:loa:sustancial"}}}"#;
        let url = ask(BASE, &[("claims", claims)]);
        let done = w.log_in(&mut w.visitor(), &url, MARIA, NEW).await.expect(303);
        let error = query(done.location().unwrap(), "error");
        assert_eq!(error.as_deref(), Some("unmet_authentication_requirements"));
        assert!(w.mails.take().is_empty());
        let person = w.identity.person_by_run(MARIA.parse().unwrap()).await.unwrap().unwrap();
        assert!(
            w.identity.events(person.id, 50).await.unwrap().iter().any(|e| e.kind == EventKind::Recovered)
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn i04_a_factor_is_asked_for_beside_the_mail_and_stays() {
    for w in worlds().await {
        let (seed, paper) = enrol(&w).await;
        // She was told of it at once (F3).
        assert!(w.mails.take().iter().all(|letter| letter.subject == "Cambió la seguridad de su cuenta"));
        let mut c = w.visitor();
        let page = begin(&w, &mut c, MARIA).await;
        let code = w.mails.code();
        let choose =
            |otp: &str| [("codigo", code.clone()), ("nueva", NEW.to_owned()), ("otp", otp.to_owned())];
        for (otp, status) in [("", 422), ("000000", 422), (paper[2].as_str(), 303)] {
            let fields = choose(otp);
            let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
            send_form(&mut c, &page, CHOOSE, &fields).await.expect(status);
        }
        let mut c = w.visitor();
        let url = authorize(&[]);
        let page = w.log_in(&mut c, &url, MARIA, NEW).await.expect(200);
        assert!(page.location().is_none(), "the code is asked for as before");
        send_form(&mut c, &page, &url, &[("otp", &now_code(&w, &seed))]).await.expect(303);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn h01_i05_nobody_learns_from_a_recovery_and_looking_does_nothing() {
    for w in worlds().await {
        let (mut c, mut d) = (w.visitor(), w.visitor());
        let (known, unknown) = (begin(&w, &mut c, MARIA).await, begin(&w, &mut d, "12345678-5").await);
        let code = w.mails.code();
        let (a, b) = (known.text(), unknown.text());
        assert!(a.len().abs_diff(b.len()) < 8, "{} {}", a.len(), b.len());
        // The same answer to a wrong code; the form carries as much for either.
        let wrong = [("codigo", "AAAAAA"), ("nueva", NEW)];
        let (a, b) = (
            send_form(&mut c, &known, CHOOSE, &wrong).await.expect(422),
            send_form(&mut d, &unknown, CHOOSE, &wrong).await.expect(422),
        );
        assert!(a.text().len().abs_diff(b.text().len()) < 8);
        // Another browser can't carry it on, and nothing happens by GET.
        let mut thief = w.visitor();
        let theirs = thief.get(RECOVER).await;
        let csrf = theirs.csrf().unwrap();
        send_form(&mut thief, &known, CHOOSE, &[("codigo", &code), ("nueva", NEW), ("csrf", &csrf)])
            .await
            .expect(403);
        c.get_raw(CHOOSE).await.expect(405);
        w.clock.advance_millis(10 * 60_000);
        send_form(&mut c, &known, CHOOSE, &[("codigo", &code), ("nueva", NEW)]).await.expect(403);
        w.code(&mut w.visitor(), &authorize(&[])).await;
        // A stopped account is not opened by mail.
        let person = w.identity.person_by_run(MARIA.parse().unwrap()).await.unwrap().unwrap();
        let job = copihue_core::Actor::job("prueba");
        w.identity.set_standing(&job, person.id, Standing::Suspend, "Prueba").await.unwrap();
        w.mails.take();
        begin(&w, &mut w.visitor(), MARIA).await;
        assert!(w.mails.take().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn i05_a_recovery_is_over_once_the_password_changed() {
    let w = world().await;
    let (mut c, mut d) = (w.visitor(), w.visitor());
    let one = begin(&w, &mut c, MARIA).await;
    let first = w.mails.code();
    let two = begin(&w, &mut d, MARIA).await;
    let second = w.mails.code();
    send_form(&mut d, &two, CHOOSE, &[("codigo", &second), ("nueva", NEW)]).await.expect(303);
    send_form(&mut c, &one, CHOOSE, &[("codigo", &first), ("nueva", "la del ladrón")]).await.expect(422);
    // Three letters in ten minutes.
    begin(&w, &mut c, MARIA).await;
    let page = c.get(RECOVER).await;
    send_form(&mut c, &page, RECOVER, &[("run", MARIA)]).await.expect(429);
}

#[tokio::test(flavor = "multi_thread")]
async fn h10_b12_a_new_password_needs_the_old_one_and_ends_what_was_given() {
    for w in worlds().await {
        w.register(base()).await;
        let old = tokens(&w, &mut w.visitor(), &[]).await;
        let (mut owner, mut thief) = (own(&w).await, own(&w).await);
        let change = "/mi/seguridad/cambiar";
        thief.post(change, &[("acto", "clave"), ("password", "wrong")]).await.expect(422);
        let page = owner.post(change, &[("acto", "clave"), ("password", "testing")]).await.expect(200);
        let permit = page.field("permiso").unwrap();
        // What was permitted is this session's.
        let stolen = [("permiso", permit.as_str()), ("nueva", "la del ladrón")];
        thief.post("/mi/seguridad/clave", &stolen).await.expect(200);
        owner.post("/mi/seguridad/clave", &[("permiso", &permit), ("nueva", "copihue1")]).await.expect(422);
        owner.post("/mi/seguridad/clave", &[("permiso", &permit), ("nueva", NEW)]).await.expect(200);
        thief.get_raw("/mi/seguridad").await.expect(303);
        owner.get("/mi/seguridad").await.expect(200);
        w.log_in(&mut w.visitor(), &authorize(&[]), MARIA, "testing").await.expect(401);
        w.log_in(&mut w.visitor(), &authorize(&[]), MARIA, NEW).await.expect(303);
        crate::open_world::userinfo(&w, old["access_token"].as_str().unwrap()).await.expect(401);
        let refresh = crate::open_world::renew(old["refresh_token"].as_str().unwrap());
        crate::open_world::token(&w, &refresh).await.expect(400);
        assert_eq!(w.mails.take().len(), 1);
        w.clock.advance_millis(10 * 60_000);
        owner
            .post("/mi/seguridad/clave", &[("permiso", &permit), ("nueva", "otra más larga")])
            .await
            .expect(200);
        w.log_in(&mut w.visitor(), &authorize(&[]), MARIA, NEW).await.expect(303);
    }
}
