//! The logs over HTTP.

use copihue_core::{Clock, ManualClock};
use copihue_db::testing::on_each_engine;
use copihue_ledger::{Family, MIGRATIONS, api};
use copihue_tlog::policy::Policy;
use copihue_tlog::proof::TlogProof;
use copihue_tlog::verify_proof;
use copihue_web::NoHats;
use copihue_web::testing::{TestClient, web};
use std::sync::Arc;

use crate::support::{clock, ledger_over, payment, person};

#[tokio::test(flavor = "multi_thread")]
async fn led_13_a_stranger_needs_nothing_but_get() {
    on_each_engine(&[MIGRATIONS, copihue_web::MIGRATIONS], |db| async move {
        let ledger = ledger_over(&db, 20);
        let batch = ledger.clone();
        db.write(move |tx| (0..3).try_for_each(|n| batch.append(tx, payment(n, person(1))))).await.unwrap();
        ledger.sequence_once().await.unwrap();
        let time: Arc<ManualClock> = clock();
        let router = web(db.clone(), time as Arc<dyn Clock>, Arc::new(NoHats))
            .router(vec![api::routes(ledger.clone())]);
        let mut client = TestClient::new(&router);
        let note = client.get("/ledger/payment/checkpoint").await.expect(200).text().to_owned();
        assert!(note.starts_with("datos.example.cl/ledger/payment\n3\n"), "{note}");
        let tile = client.get("/ledger/payment/tile/0/000.p/3").await;
        assert_eq!((tile.status.as_u16(), tile.body.len()), (200, 96));
        assert_eq!(tile.header("content-type"), Some("application/octet-stream"));
        assert!(tile.header("cache-control").unwrap().contains("immutable"));
        let proof = client.get("/ledger/payment/proof?index=1").await.expect(200).text().to_owned();
        assert_eq!(TlogProof::parse(&proof).unwrap().path.len(), 2);
        let policy = Policy::parse(&client.get("/ledger/policy").await.expect(200).text()).unwrap();
        let receipt = ledger.receipt(Family::Payment, "pago-1").await.unwrap().unwrap();
        assert_eq!(verify_proof(&receipt, &policy).unwrap().index, 1);
        let consistency = client.get("/ledger/payment/consistency?from=1&to=3").await.expect(200).json();
        assert_eq!(consistency["hashes"].as_array().unwrap().len(), 2);
        let mut json = TestClient::new(&router).header("accept", "application/json");
        assert_eq!(json.get("/ledger/payment/proof?index=1").await.expect(200).json()["index"], 1);
        for missing in [
            "/ledger/otro/checkpoint",
            "/ledger/vote/checkpoint",
            "/ledger/payment/tile/0/000.p/4",
            "/ledger/payment/tile/x",
            "/ledger/payment/proof?index=3",
            "/ledger/payment/consistency?from=1&to=4",
            "/ledger/payment/consistency?from=3&to=1",
        ] {
            let _ = client.get(missing).await.expect(404);
        }
        for bad in [
            "/ledger/payment/proof",
            "/ledger/payment/proof?index=01",
            "/ledger/payment/proof?index=-1",
            "/ledger/payment/proof?index=99999999999999999999",
        ] {
            let _ = client.get(bad).await.expect(422);
        }
    })
    .await;
}
