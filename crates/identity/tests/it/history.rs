//! The person's history and the institution's access log.

use copihue_core::Run;
use copihue_identity::model::event::{EventKind, Outcome};

use crate::world::*;

#[tokio::test(flavor = "multi_thread")]
async fn aut_08_l02_every_use_of_the_identity_is_written_down_in_utc() {
    for w in worlds().await {
        let mut c =
            w.visitor().header("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Firefox/128.0");
        w.log_in(&mut c, &authorize(&[]), "44444444-4", "wrong").await.expect(401);
        w.clock.advance_millis(1_000);
        let code = w.code(&mut c, &authorize(&[])).await;
        w.clock.advance_millis(1_000);
        w.redeem(&code).await.expect(200);
        w.clock.advance_millis(1_000);
        c.get_raw(&authorize(&[])).await.expect(302);
        w.clock.advance_millis(1_000);
        c.get_raw("/api/v1/accounts/app/logout").await.expect(204);

        let person = w.identity.person_by_run("44444444-4".parse::<Run>().unwrap()).await.unwrap().unwrap();
        let events = w.identity.events(person.id, 50).await.unwrap();
        let mut kinds: Vec<_> = events.iter().map(|e| (e.kind, e.outcome)).collect();
        assert_eq!(kinds.remove(0), (EventKind::Logout, Outcome::Ok));
        for wanted in [
            (EventKind::Reuse, Outcome::Ok),
            (EventKind::Delivery, Outcome::Ok),
            (EventKind::Login, Outcome::Ok),
            (EventKind::NewDevice, Outcome::Ok),
            (EventKind::Login, Outcome::Failed),
        ] {
            assert!(kinds.contains(&wanted), "{wanted:?} in {kinds:?}");
        }
        let delivery = events.iter().find(|e| e.kind == EventKind::Delivery).unwrap();
        assert_eq!(delivery.delivered, ["RUN", "nombre"]);
        let login = events.iter().find(|e| e.kind == EventKind::Login && e.outcome == Outcome::Ok).unwrap();
        assert_eq!(login.device, "Firefox en Linux");
        assert_eq!(login.client.as_ref().unwrap().institution, "Municipalidad de Ejemplo");
        assert_eq!(login.at.to_string(), "2026-11-20T15:00:01.000Z");
        let nobody = w.identity.person_by_run("55555555-5".parse().unwrap()).await.unwrap().unwrap();
        assert!(w.identity.events(nobody.id, 50).await.unwrap().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn l03_each_event_leaves_a_leaf_in_the_ledger_whose_receipt_the_person_can_have() {
    use copihue_ledger::Family;
    for w in worlds().await {
        w.code(&mut w.visitor(), &authorize(&[])).await;
        w.ledger.sequence_once().await.unwrap();
        let person = w.identity.person_by_run("44444444-4".parse().unwrap()).await.unwrap().unwrap();
        let events = w.identity.events(person.id, 10).await.unwrap();
        let receipts = events.iter().map(|e| e.id.to_string()).collect::<Vec<_>>();
        assert_eq!(receipts.len(), 2, "a login and a new browser");
        for id in receipts {
            let receipt = w.ledger.receipt_for(Family::Identity, &id, person.id).await.unwrap();
            assert!(receipt.is_some_and(|text| text.starts_with("c2sp.org/tlog-proof")));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn idp_04_the_person_sees_their_history_page_by_page_and_takes_it_along() {
    use copihue_core::Acr;
    use copihue_web::NewSession;
    let w = world().await;
    for n in 0..12 {
        let code = w.code(&mut w.visitor(), &authorize(&[("state", &format!("s{n}"))])).await;
        w.clock.advance_millis(1_000);
        w.redeem(&code).await.expect(200);
    }
    let person = w.identity.person_by_run("44444444-4".parse().unwrap()).await.unwrap().unwrap();
    let mut c = w.visitor();
    let new = NewSession { person: person.reference(), acr: Acr::Low, amr: vec!["pwd".into()], sid: None };
    c.log_in(&w.web, new).await;
    let first = c.get_raw("/mi/ingresos").await.expect(200);
    assert!(first.says("Entrega de datos") && first.says("RUN, nombre"));
    let text = first.text();
    let next = text.split("href=\"").find(|h| h.starts_with("/mi/ingresos?antes=")).unwrap();
    let second = c.get_raw(next.split('"').next().unwrap()).await.expect(200);
    assert!(second.says("Ingreso"));
    let csv = c.get_raw("/mi/ingresos/exportar").await.expect(200);
    assert_eq!(csv.text().lines().count(), 1 + 12 * 3, "login, new browser and delivery each");
    assert!(csv.text().contains("2026-11-20T15:00:00.000Z"));
    w.visitor().get_raw("/mi/ingresos").await.expect(303);
}

#[tokio::test(flavor = "multi_thread")]
async fn l06_nothing_that_a_browser_says_of_itself_is_written_down_as_it_came() {
    use copihue_identity::model::event::device_label;
    for forged in ["\u{1b}[31mroot", "a\r\nb", "{\"level\":\"error\"}", "<script>", "%0d%0a"] {
        assert_eq!(device_label(forged), "Navegador no reconocido");
        assert_eq!(device_label(&format!("{forged} Firefox/1 Linux")), "Firefox en Linux");
    }
    let w = world().await;
    let page = w.log_in(&mut w.visitor(), &authorize(&[]), "1\u{1b}[31m\r\n", "x").await.expect(422);
    assert!(!page.text().contains('\u{1b}'));
}
