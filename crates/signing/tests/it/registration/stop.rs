//! The holder's log, and the stop.

use std::sync::Arc;

use copihue_db::testing::{TestDb, engines};
use copihue_signing::{NoEvidence, SealOptions};

use super::world::{ANA, MINE, Town};
use crate::support::classic_pdf;

#[tokio::test(flavor = "multi_thread")]
async fn sig_07_a_stop_holds_in_every_process_at_once_and_a_code_lets_the_holder_go_on() {
    for test in engines() {
        let town = Town::new(&test, Arc::new(NoEvidence)).await;
        let seed = town.signer(ANA).await;
        let other = town.other_process().await;
        let sign_now = async |signing: &copihue_signing::Signing| {
            let (actor, code) = (town.actor(ANA), town.code(&seed));
            signing.sign_pdf_as(&actor, &code, classic_pdf(), SealOptions::default()).await
        };
        let sign = async |signing: &copihue_signing::Signing| {
            town.clock.advance_millis(30_000);
            sign_now(signing).await
        };
        sign(&town.signing).await.unwrap();
        sign(&other).await.unwrap();
        let mut ana = town.visitor(ANA).await;
        assert!(ana.get(MINE).await.expect(200).says("Detener todas mis firmas"));
        ana.get(&format!("{MINE}/detener")).await.expect(200);
        let stopped = ana.post(&format!("{MINE}/detener"), &[]).await.expect(200);
        assert!(stopped.says("Sus firmas están detenidas"));
        // In the same instant: nothing waits for a cache to grow old.
        for signing in [&town.signing, &other] {
            assert_eq!(sign_now(signing).await.unwrap_err().code(), "firma_detenida");
        }
        let wrong = ana.post(&format!("{MINE}/reanudar"), &[("otp", "000000")]).await.expect(422);
        assert!(wrong.says("El código no coincide"));
        town.clock.advance_millis(30_000);
        let code = town.code(&seed);
        let resumed = ana.post(&format!("{MINE}/reanudar"), &[("otp", &code)]).await.expect(200);
        assert!(resumed.says("Ya puede volver a firmar"), "{}", resumed.text());
        sign(&other).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_16_the_holder_sees_every_signature_with_its_receipt_by_pages_and_by_day() {
    let test = TestDb::sqlite(&copihue_db::Options::default());
    let town = Town::new(&test, Arc::new(NoEvidence)).await;
    let seed = town.signer(ANA).await;
    for _ in 0..53 {
        town.clock.advance_millis(30_000);
        let (actor, code) = (town.actor(ANA), town.code(&seed));
        town.signing.sign_pdf_as(&actor, &code, classic_pdf(), SealOptions::default()).await.unwrap();
    }
    let mut ana = town.visitor(ANA).await;
    let first = ana.get(&format!("{MINE}/firmas")).await.expect(200);
    let receipts = |page: &copihue_web::testing::Reply| {
        page.text().matches("/mi/actividad/signature/signature.made/").count()
    };
    assert_eq!(receipts(&first), 50);
    let text = first.text();
    let next = text.split("href=\"").find(|h| h.contains("antes=")).unwrap().split('"').next().unwrap();
    let second = ana.get(&next.replace("&amp;", "&")).await.expect(200);
    assert_eq!(receipts(&second), 3);
    let empty = ana.get(&format!("{MINE}/firmas?dia-dia=1&dia-mes=1&dia-ano=2020")).await.expect(200);
    assert!(empty.says("No hay firmas"));
    let mut other = town.visitor(super::world::FEE).await;
    assert!(other.get(&format!("{MINE}/firmas")).await.expect(200).says("No hay firmas"));
}
