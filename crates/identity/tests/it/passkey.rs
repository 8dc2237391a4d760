//! Attacks J on passkeys, with an authenticator in software.

use copihue_core::{Acr, Secret};
use copihue_identity::model::event::EventKind;
use copihue_identity::*;
use copihue_web::NewSession;
use copihue_web::testing::{Reply, TestClient};
use http::Method;

use crate::factor::{enrol, now_code, own};
use crate::open_world::{BASE, ask, base};
use crate::soft_key::{BOUND, DOMAIN, KeyForm, SYNCED, SoftKey};
use crate::world::*;

const MARIA: &str = "44444444-4";
const PEDRO: &str = "55555555-5";

type Spoil = fn(&mut SoftKey);

async fn worlds_with_a_name() -> Vec<World> {
    let mut all = Vec::new();
    for db in copihue_db::testing::engines() {
        all.push(named(db, |_| {}).await);
    }
    all
}

async fn named(db: copihue_db::testing::TestDb, change: impl FnOnce(&mut Config)) -> World {
    World::on(db, |config| {
        config.issuer = format!("https://{DOMAIN}/openid");
        change(config);
    })
    .await
}

async fn one() -> World {
    named(copihue_db::testing::engines().remove(0), |_| {}).await
}

async fn post(c: &mut TestClient, url: &str, fields: &[(String, String)]) -> Reply {
    let pairs: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    c.send(Method::POST, url, Some(FORM), form(&pairs)).await
}

const CHANGE: &str = "/mi/seguridad/cambiar";
const KEEP: &str = "/mi/seguridad/llave";

/// Proves who one is with the password, and gets the page that makes a key.
async fn making(c: &mut TestClient) -> Reply {
    c.post(CHANGE, &[("acto", "llave"), ("password", "testing")]).await.expect(200)
}

/// The same for who has a key already.
async fn making_with(c: &mut TestClient, key: &SoftKey) -> Reply {
    let asked = KeyForm::of(&c.get(&format!("{CHANGE}?acto=llave")).await.expect(200));
    post(c, CHANGE, &asked.with(&key.answer(&asked.options), &[])).await
}

async fn keep(c: &mut TestClient, page: &Reply, key: &mut SoftKey) -> Reply {
    let asked = KeyForm::of(page);
    let answer = key.make(&asked.options);
    post(c, KEEP, &asked.with(&answer, &[("nombre", "Mi teléfono")])).await
}

/// María's first key.
async fn with_key(w: &World, flags: u8) -> SoftKey {
    let (mut c, mut key) = (own(w).await, SoftKey::new(7, flags));
    let page = making(&mut c).await;
    assert!(keep(&mut c, &page, &mut key).await.expect(200).says("Guarde estos códigos"));
    key
}

/// Opens a login and answers with a key.
async fn log_in(c: &mut TestClient, url: &str, key: &SoftKey) -> Reply {
    let asked = KeyForm::of(&c.get_raw(url).await.expect(200));
    post(c, url, &asked.with(&key.answer(&asked.options), &[])).await
}

async fn claims(w: &World, done: Reply) -> serde_json::Value {
    let code = query(done.expect(303).location().unwrap(), "code").unwrap();
    let tokens = crate::open_world::token(w, &crate::open_world::code_fields(&code)).await.expect(200);
    part(tokens.json()["id_token"].as_str().unwrap(), 1)
}

async fn events(w: &World) -> Vec<Event> {
    let person = w.identity.person_by_run(MARIA.parse().unwrap()).await.unwrap().unwrap();
    w.identity.events(person.id, 60).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn j04_a_passkey_answers_without_run_or_password_and_is_recorded_as_what_it_is() {
    for w in worlds_with_a_name().await {
        w.register(base()).await;
        let url = ask(BASE, &[]);
        let first = with_key(&w, BOUND).await;
        let (mut c, mut second) = (own(&w).await, SoftKey::new(8, SYNCED));
        let page = making_with(&mut c, &first).await.expect(200);
        assert_eq!(KeyForm::of(&page).options["excludeCredentials"].as_array().unwrap().len(), 1);
        keep(&mut c, &page, &mut second).await.expect(303);
        for (key, method) in [(&first, "hwk"), (&second, "swk")] {
            let mut visitor = w.visitor();
            let said = claims(&w, log_in(&mut visitor, &url, key).await).await;
            assert_eq!(said["acr"], "urn:copihue:loa:sustancial", "nobody has seen her card");
            assert_eq!(said["amr"], serde_json::json!([method, "user", "mfa"]));
            visitor.get_raw(&url).await.expect(302);
        }
        assert!(events(&w).await.iter().any(|e| e.kind == EventKind::Login && e.factors == ["llave"]));
        let page = own(&w).await.get("/mi/seguridad").await.expect(200);
        assert!(page.says("Llaves de acceso") && page.says("Mi teléfono") && page.says("10 códigos"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn j04_alto_is_for_people_whose_card_was_seen_with_keys_that_the_policy_takes() {
    for (high_keys, flags, acr) in [
        (HighKeys::Any, SYNCED, "alto"),
        (HighKeys::DeviceOnly, SYNCED, "sustancial"),
        (HighKeys::DeviceOnly, BOUND, "alto"),
    ] {
        let w = named(copihue_db::testing::engines().remove(0), |c| c.high_keys = high_keys).await;
        w.register(base()).await;
        let new = NewPerson {
            run: "88888888-8".parse().unwrap(),
            names: vec!["Vista".into()],
            surnames: vec!["Enpersona".into()],
            email: None,
            password: Some(Secret::new("testing")),
            kind: PersonKind::Test,
            proofing: Proofing::P2,
        };
        let person = w.identity.register_person(new).await.unwrap();
        let mut c = w.visitor();
        let session = NewSession { person: person.reference(), acr: Acr::Low, amr: vec![], sid: None };
        c.log_in(&w.web, session).await;
        let page = making(&mut c).await;
        let mut key = SoftKey::new(7, flags);
        keep(&mut c, &page, &mut key).await.expect(200);
        let said = claims(&w, log_in(&mut w.visitor(), &ask(BASE, &[]), &key).await).await;
        assert_eq!(said["acr"], format!("urn:copihue:loa:{acr}"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a12_j01_a_passkey_raises_a_session_by_password() {
    let w = one().await;
    w.register(base()).await;
    let key = with_key(&w, BOUND).await;
    let url = ask(BASE, &[("acr_values", "urn:copihue:loa:sustancial")]);
    // The password alone is not enough any more, and the key stands in for the code.
    let mut c = w.visitor();
    let page = w.log_in(&mut c, &url, MARIA, "testing").await.expect(200);
    let asked = KeyForm::of(&page);
    let done = post(&mut c, &url, &asked.with(&key.answer(&asked.options), &[])).await;
    assert_eq!(claims(&w, done).await["acr"], "urn:copihue:loa:sustancial");
}

#[tokio::test(flavor = "multi_thread")]
async fn j01_whatever_is_wrong_with_a_key_nobody_gets_in() {
    for w in worlds_with_a_name().await {
        let url = authorize(&[]);
        let mut key = with_key(&w, BOUND).await;
        let handle = key.handle.clone();
        let wrong: [(&str, Spoil); 6] = [
            ("origin", |k| k.origin = "https://ejemplo.cl.evil.cl".into()),
            ("domain", |k| k.domain = "evil.cl".into()),
            ("nobody was checked", |k| k.flags = 0b0001),
            ("another id", |k| k.id = vec![1; 16]),
            ("nobody's", |k| k.handle = vec![1; 16]),
            ("copied though it can't be", |k| k.flags = SYNCED),
        ];
        for (what, spoil) in wrong {
            spoil(&mut key);
            let refused = log_in(&mut w.visitor(), &url, &key).await;
            assert_eq!(refused.status, 401, "{what}");
            (key.id, key.handle, key.flags) = (vec![7; 16], handle.clone(), BOUND);
            (key.origin, key.domain) = (format!("https://{DOMAIN}"), DOMAIN.into());
        }
        log_in(&mut w.visitor(), &url, &key).await.expect(303);
        assert!(log_in(&mut w.visitor(), &url, &SoftKey::new(7, BOUND)).await.status == 401);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn j01_a_challenge_is_one_browsers_counts_once_and_ends() {
    for w in worlds_with_a_name().await {
        let url = authorize(&[]);
        let key = with_key(&w, BOUND).await;
        let (mut c, mut thief) = (w.visitor(), w.visitor());
        let asked = KeyForm::of(&c.get_raw(&url).await);
        let theirs = KeyForm::of(&thief.get_raw(&url).await);
        let fields = asked.with(&key.answer(&asked.options), &[]);
        // Carried to another browser, with its own token of the form.
        let csrf = theirs.fields.iter().find(|(n, _)| n == "csrf").unwrap().1.clone();
        let carried = asked.with(&key.answer(&asked.options), &[("csrf", &csrf)]);
        post(&mut thief, &url, &carried).await.expect(401);
        post(&mut thief, &url, &fields).await.expect(403);
        // To another purpose: the person's own pages.
        let mut session = own(&w).await;
        let page = session.get(&format!("{CHANGE}?acto=llave")).await;
        let (reto, answer) = (&asked.fields, key.answer(&asked.options));
        let reto = reto.iter().find(|(n, _)| n == "reto").unwrap().1.clone();
        let mixed = KeyForm::of(&page).with(&answer, &[("reto", &reto)]);
        post(&mut session, CHANGE, &mixed).await.expect(422);
        // Twice, with the cookie that the form is bound to brought back.
        let cookie = c.cookie("ingreso").unwrap().to_owned();
        post(&mut c, &url, &fields).await.expect(303);
        c.set_cookie("sso", None);
        c.set_cookie("ingreso", Some(&cookie));
        post(&mut c, &url, &fields).await.expect(401);
        // Too late.
        let mut c = w.visitor();
        let fresh = KeyForm::of(&c.get_raw(&url).await);
        w.clock.advance_millis(10 * 60_000);
        post(&mut c, &url, &fresh.with(&key.answer(&fresh.options), &[])).await.expect(401);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn j01_a_counter_that_went_back_is_refused_and_told() {
    for w in worlds_with_a_name().await {
        let url = authorize(&[]);
        let mut key = with_key(&w, BOUND).await;
        for (counter, status) in [(1, 303), (5, 303), (5, 401), (4, 401), (0, 401), (6, 303)] {
            key.counter = counter;
            let done = log_in(&mut w.visitor(), &url, &key).await;
            assert_eq!(done.status, status, "{counter}");
        }
        let told = events(&w).await;
        let of_key = |e: &&Event| e.kind == EventKind::Factor && e.note.contains("Mi teléfono");
        assert_eq!(told.iter().filter(of_key).count(), 3);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn j01_one_persons_key_is_never_anothers() {
    for w in worlds_with_a_name().await {
        let key = with_key(&w, BOUND).await;
        let url = authorize(&[]);
        // Pedro's password was right, and somebody shows María's key.
        let person = w.identity.person_by_run(PEDRO.parse().unwrap()).await.unwrap().unwrap();
        let mut c = w.visitor();
        let session = NewSession { person: person.reference(), acr: Acr::Low, amr: vec![], sid: None };
        c.log_in(&w.web, session).await;
        let mut his = SoftKey::new(3, BOUND);
        let page = making(&mut c).await;
        keep(&mut c, &page, &mut his).await.expect(200);
        let mut c = w.visitor();
        let page = w.log_in(&mut c, &url, PEDRO, "testing").await.expect(200);
        let asked = KeyForm::of(&page);
        post(&mut c, &url, &asked.with(&key.answer(&asked.options), &[])).await.expect(401);
        let mut forged = key;
        forged.handle.clone_from(&his.handle);
        post(&mut c, &url, &asked.with(&forged.answer(&asked.options), &[])).await.expect(401);
        post(&mut c, &url, &asked.with(&his.answer(&asked.options), &[])).await.expect(303);
        // Nor can she register one under the id of his. A key that doesn't say whose it is will do where we know who asks.
        forged.handle.clear();
        let mut c = own(&w).await;
        let page = making_with(&mut c, &forged).await.expect(200);
        keep(&mut c, &page, &mut SoftKey::new(3, BOUND)).await.expect(409);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn j02_a_stolen_session_adds_no_passkey() {
    for w in worlds_with_a_name().await {
        let mut thief = own(&w).await;
        thief.post(CHANGE, &[("acto", "llave")]).await.expect(422);
        thief.post(CHANGE, &[("acto", "llave"), ("password", "wrong")]).await.expect(422);
        // What the owner's page asks is for the owner's session.
        let mut owner = own(&w).await;
        let asked = KeyForm::of(&making(&mut owner).await);
        let mut key = SoftKey::new(1, BOUND);
        let answer = key.make(&asked.options);
        let csrf = thief.get("/mi/seguridad").await.csrf().unwrap();
        post(&mut thief, KEEP, &asked.with(&answer, &[("csrf", &csrf)])).await.expect(422);
        // Nor twice.
        post(&mut owner, KEEP, &asked.with(&answer, &[])).await.expect(200);
        post(&mut owner, KEEP, &asked.with(&answer, &[])).await.expect(422);
        // With a strong factor the password alone is not enough, and the owner's change has ended the thief's session.
        thief.get_raw("/mi/seguridad").await.expect(303);
        let mut thief = own(&w).await;
        thief.post(CHANGE, &[("acto", "llave"), ("password", "testing")]).await.expect(422);
        thief
            .post(CHANGE, &[("acto", "papel"), ("password", "testing"), ("otp", "000000")])
            .await
            .expect(422);
        assert!(events(&w).await.iter().any(|e| e.kind == EventKind::FactorAdded));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn j02_a_key_that_was_not_made_for_us_is_not_kept() {
    let w = one().await;
    for spoil in [
        (|k: &mut SoftKey| k.origin = "https://evil.cl".into()) as Spoil,
        |k| k.domain = "evil.cl".into(),
        |k| k.flags = 0b0001,
        |k| k.flags = 0b1_0101,
    ] {
        let (mut c, mut key) = (own(&w).await, SoftKey::new(1, BOUND));
        let page = making(&mut c).await;
        spoil(&mut key);
        keep(&mut c, &page, &mut key).await.expect(422);
    }
    let mut c = own(&w).await;
    let asked = KeyForm::of(&making(&mut c).await);
    post(&mut c, KEEP, &asked.with("{}", &[])).await.expect(422);
    assert!(!c.get("/mi/seguridad").await.says("Sin usar"));
}

#[tokio::test(flavor = "multi_thread")]
async fn j03_taking_the_last_strong_factor_warns_and_lowers_what_can_be_reached() {
    for w in worlds_with_a_name().await {
        w.register(base()).await;
        let key = with_key(&w, BOUND).await;
        let mut c = own(&w).await;
        let remove = format!("{CHANGE}?acto=quitar-llave&llave={}", hex::encode(&key.id));
        let page = c.get(&remove).await.expect(200);
        assert!(page.says("Después de esto ingresará solo con su clave."));
        c.post(CHANGE, &[("acto", "quitar-llave"), ("cual", &hex::encode(&key.id)), ("password", "testing")])
            .await
            .expect(422);
        let asked = KeyForm::of(&page);
        let done = post(&mut c, CHANGE, &asked.with(&key.answer(&asked.options), &[])).await.expect(303);
        assert_eq!(done.location(), Some("/mi/seguridad"));
        assert!(c.get("/mi/seguridad").await.says("Hoy ingresa solo con su clave."));
        log_in(&mut w.visitor(), &ask(BASE, &[]), &key).await.expect(401);
        let done = w.log_in(&mut w.visitor(), &ask(BASE, &[]), MARIA, "testing").await;
        assert_eq!(claims(&w, done).await["acr"], "urn:copihue:loa:bajo");
        assert!(events(&w).await.iter().any(|e| e.kind == EventKind::FactorRemoved));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn j03_with_an_authenticator_beside_it_a_passkey_goes_without_a_warning() {
    let w = one().await;
    let (seed, _) = enrol(&w).await;
    let mut c = own(&w).await;
    let code = now_code(&w, &seed);
    let page =
        c.post(CHANGE, &[("acto", "llave"), ("password", "testing"), ("otp", &code)]).await.expect(200);
    let mut key = SoftKey::new(7, BOUND);
    // The codes on paper are there already.
    keep(&mut c, &page, &mut key).await.expect(303);
    let page = c.get(&format!("{CHANGE}?acto=quitar-llave&llave={}", hex::encode(&key.id))).await.expect(200);
    assert!(!page.says("Después de esto") && page.says("Mi teléfono"));
    assert!(!c.get(&format!("{CHANGE}?acto=quitar-codigos")).await.says("Después de esto"));
}

#[tokio::test(flavor = "multi_thread")]
async fn h01_the_page_of_the_login_tells_nobodys_keys() {
    let w = one().await;
    let of = |page: &Reply| {
        let mut options = KeyForm::of(page).options;
        options.as_object_mut().unwrap().remove("challenge");
        options
    };
    let before = of(&w.visitor().get_raw(&authorize(&[])).await);
    with_key(&w, BOUND).await;
    let after = of(&w.visitor().get_raw(&authorize(&[("login_hint", MARIA)])).await);
    assert_eq!(before, after);
    assert_eq!(after, serde_json::json!({"rpId": DOMAIN, "userVerification": "required"}));
    // Under an address of numbers no key can be made, and nothing speaks of them.
    let w = world().await;
    assert!(!w.visitor().get_raw(&authorize(&[])).await.text().contains("data-llave"));
}
