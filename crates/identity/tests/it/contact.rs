//! Attack I6: another address, and whoever reads the old one.

use copihue_core::{Acr, Clock};
use copihue_db::testing::engines;
use copihue_identity::model::event::EventKind;
use copihue_identity::*;
use copihue_web::NewSession;
use copihue_web::testing::{Reply, TestClient};

use crate::factor::{enrol, now_code, own};
use crate::world::*;

const MARIA: &str = "44444444-4";
const OLD: &str = "maria@ejemplo.cl";
const NEW: &str = "nueva@ejemplo.cl";
const PROVE: &str = "/mi/seguridad/cambiar";
const WISH: &str = "/mi/seguridad/correo";
const CONFIRM: &str = "/mi/seguridad/correo/codigo";
const CANCEL: &str = "/ingresar/correo/anular";
const HOUR_MS: i64 = 3_600_000;

/// The page that asks for the new address, after the proof.
async fn proved(c: &mut TestClient) -> Reply {
    let page = c.post(PROVE, &[("acto", "correo"), ("password", "testing")]).await.expect(200);
    assert!(page.field("permiso").is_some());
    page
}

/// Asks for another address and types the code that went there. Answers the letters that this sent.
async fn change(w: &World, c: &mut TestClient) -> Vec<Letter> {
    let page = proved(c).await;
    let page = c.submit(&page, WISH, &[("correo", NEW)]).await.expect(200);
    let code = w.mails.code();
    c.submit(&page, CONFIRM, &[("codigo", &code)]).await.expect(200);
    w.mails.take()
}

/// The secret of the link in a notice.
fn link(letters: &[Letter]) -> String {
    let [notice] = letters else { panic!("{letters:?}") };
    assert_eq!(notice.to, OLD, "who reads the old address is told");
    let line = notice.text.lines().find_map(|line| line.strip_prefix("    ")).unwrap();
    query(line, "cambio").unwrap()
}

async fn run_jobs(w: &World) {
    let worker = w.identity.register(copihue_db::jobs::Worker::new(w.db.db(), w.clock.clone()));
    worker.run_due().await.unwrap();
}

async fn maria(w: &World) -> Person {
    w.identity.person_by_run(MARIA.parse().unwrap()).await.unwrap().unwrap()
}

async fn has(w: &World, kind: EventKind) -> bool {
    let events = w.identity.events(maria(w).await.id, 50).await.unwrap();
    events.iter().any(|event| event.kind == kind)
}

/// Where the code of a recovery goes.
async fn recovery_goes_to(w: &World) -> String {
    let mut c = w.visitor();
    let page = c.get("/ingresar/recuperar").await.expect(200);
    c.submit(&page, "/ingresar/recuperar", &[("run", MARIA)]).await.expect(200);
    run_jobs(w).await;
    w.mails.take().pop().unwrap().to
}

#[tokio::test(flavor = "multi_thread")]
async fn i06_a_new_address_waits_two_days_and_the_old_one_is_told() {
    for w in worlds().await {
        let (mut c, mut other) = (own(&w).await, own(&w).await);
        let letters = change(&w, &mut c).await;
        let secret = link(&letters);
        assert!(!letters[0].text.contains(NEW), "the new address is masked");
        // Her other sessions are over (F3); this one shows what waits, masked.
        other.get_raw("/mi/seguridad").await.expect(303);
        let page = c.get("/mi/seguridad").await.expect(200);
        assert!(page.says("m•••@ejemplo.cl") && page.says("n•••@ejemplo.cl") && !page.says(NEW));
        assert!(has(&w, EventKind::ContactHeld).await);
        // Nothing of the link's secret is in the table, nor the address.
        let stored = w.db.read(|conn| {
            let sql = copihue_db::sql!("SELECT email_sealed, cancel_hash FROM identity_contact_change");
            let row = conn.query_one(sql, &[])?;
            Ok([row.get::<Vec<u8>>("email_sealed")?, row.get::<Vec<u8>>("cancel_hash")?])
        });
        for bytes in stored.await.unwrap() {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            assert!(!text.contains(NEW) && !text.contains(&secret));
        }
        // Until its day codes go to the old one.
        w.clock.advance_millis(48 * HOUR_MS - 1);
        run_jobs(&w).await;
        assert_eq!(recovery_goes_to(&w).await, OLD);
        w.clock.advance_millis(1);
        run_jobs(&w).await;
        let told: Vec<String> = w.mails.take().into_iter().map(|letter| letter.to).collect();
        assert_eq!(told, [OLD, NEW]);
        assert_eq!(recovery_goes_to(&w).await, NEW);
        let person = maria(&w).await;
        assert_eq!((person.email.as_deref(), person.email_verified), (Some(NEW), true));
        assert!(has(&w, EventKind::ContactChanged).await);
        // The link is over with the wait.
        let mut stranger = w.visitor();
        stranger.get(&format!("{CANCEL}?cambio={secret}")).await.expect(404);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn i06_i05_the_link_takes_the_change_back_once_and_without_a_login() {
    for w in worlds().await {
        let mut thief = own(&w).await;
        let secret = link(&change(&w, &mut thief).await);
        let address = format!("{CANCEL}?cambio={secret}");
        let mut owner = w.visitor();
        // A mail scanner that opens it changes nothing.
        for _ in 0..2 {
            let page = owner.get(&address).await.expect(200);
            assert!(page.says("n•••@ejemplo.cl"));
            assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
            assert_eq!(page.header("cache-control"), Some("no-store"));
        }
        for guess in ["", "x", &"A".repeat(35)] {
            owner.get(&format!("{CANCEL}?cambio={guess}")).await.expect(404);
        }
        let page = owner.get(&address).await.expect(200);
        let forged = [("cambio", secret.as_str()), ("csrf", "x")];
        owner.post_raw(CANCEL, &forged).await.expect(403);
        let done = owner.submit(&page, CANCEL, &[]).await.expect(200);
        assert!(done.says("Anuló el cambio de correo"));
        owner.post(CANCEL, &[("cambio", &secret)]).await.expect(404);
        // Whoever was in is out, and the day brings nothing.
        thief.get_raw("/mi/seguridad").await.expect(303);
        assert!(has(&w, EventKind::ContactCancelled).await);
        w.clock.advance_millis(72 * HOUR_MS);
        run_jobs(&w).await;
        assert_eq!(maria(&w).await.email.as_deref(), Some(OLD));
        assert_eq!(recovery_goes_to(&w).await, OLD);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn i06_a_stolen_session_changes_no_address_and_a_wrong_code_neither() {
    for w in worlds().await {
        let (seed, _) = enrol(&w).await;
        w.mails.take();
        let mut thief = own(&w).await;
        thief.post(PROVE, &[("acto", "correo"), ("password", "wrong")]).await.expect(422);
        // The password alone is not the strongest that she has (J2).
        thief.post(PROVE, &[("acto", "correo"), ("password", "testing")]).await.expect(422);
        thief.post_raw(WISH, &[("permiso", "00"), ("correo", NEW)]).await.expect(303);
        let mut c = own(&w).await;
        let fields = [("acto", "correo"), ("password", "testing"), ("otp", &now_code(&w, &seed))];
        let page = c.post(PROVE, &fields).await.expect(200);
        for (address, says) in [("no es un correo", ""), ("MARIA@ejemplo.cl", "Ese ya es el correo")] {
            let again = c.submit(&page, WISH, &[("correo", address)]).await.expect(422);
            assert!(again.says(says));
        }
        let asked = c.submit(&page, WISH, &[("correo", NEW)]).await.expect(200);
        let letter = w.mails.take().remove(0);
        assert_eq!(letter.to, NEW);
        assert!(letter.text.contains("por error"), "whose address it is may be a stranger");
        let code = letter.text.lines().find_map(|line| line.strip_prefix("    ")).unwrap().to_owned();
        // In another session of hers the form is worth nothing.
        let alta = asked.field("alta").unwrap();
        thief.post_raw(CONFIRM, &[("alta", &alta), ("codigo", &code)]).await.expect(303);
        for _ in 0..4 {
            c.submit(&asked, CONFIRM, &[("codigo", "AAAAAA")]).await.expect(422);
        }
        assert!(w.mails.take().is_empty());
        c.submit(&asked, CONFIRM, &[("codigo", &code)]).await.expect(200);
        link(&w.mails.take());
        // One at a time: the link that she has is that of the change that waits.
        w.clock.advance_millis(60_000);
        let fields = [("acto", "correo"), ("password", "testing"), ("otp", &now_code(&w, &seed))];
        let page = c.post(PROVE, &fields).await.expect(200);
        c.submit(&page, WISH, &[("correo", "tercera@ejemplo.cl")]).await.expect(200);
        assert!(w.mails.take().is_empty());
        c.post("/mi/seguridad/correo/anular", &[]).await.expect(200);
        assert!(has(&w, EventKind::ContactCancelled).await);
        assert!(!c.get("/mi/seguridad").await.says("n•••@ejemplo.cl"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn i06_a_recovery_by_the_old_address_ends_the_change_and_the_wait_is_a_setting() {
    for db in engines() {
        let day = |config: &mut Config| config.contact_hold = ContactHold::of_hours(24).unwrap();
        let w = World::on(db, day).await;
        let mut thief = own(&w).await;
        change(&w, &mut thief).await;
        let mut c = w.visitor();
        let page = c.get("/ingresar/recuperar").await.expect(200);
        let page = c.submit(&page, "/ingresar/recuperar", &[("run", MARIA)]).await.expect(200);
        run_jobs(&w).await;
        let code = w.mails.code();
        let fields = [("codigo", code.as_str()), ("nueva", "tres gatos azules")];
        c.submit(&page, "/ingresar/recuperar/clave", &fields).await.expect(200);
        assert!(has(&w, EventKind::ContactCancelled).await);
        w.mails.take();
        // Hers, of the one day that this deployment asks for. The former job finds nothing of its own.
        let mut c = w.visitor();
        let new = NewSession {
            person: maria(&w).await.reference(),
            acr: Acr::Low,
            amr: vec!["pwd".into()],
            sid: None,
        };
        w.clock.advance_millis(HOUR_MS);
        c.log_in(&w.web, new).await;
        let page = c.post(PROVE, &[("acto", "correo"), ("password", "tres gatos azules")]).await.expect(200);
        let page = c.submit(&page, WISH, &[("correo", NEW)]).await.expect(200);
        c.submit(&page, CONFIRM, &[("codigo", &w.mails.code())]).await.expect(200);
        let begun = w.clock.now();
        w.clock.advance_millis(23 * HOUR_MS);
        run_jobs(&w).await;
        assert_eq!(maria(&w).await.email.as_deref(), Some(OLD));
        w.clock.set(begun.plus_seconds(86_400));
        run_jobs(&w).await;
        assert_eq!(maria(&w).await.email.as_deref(), Some(NEW));
    }
}
