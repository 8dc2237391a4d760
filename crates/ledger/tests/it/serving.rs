//! The logs as static files over HTTP: what caches and browsers are told, every width, bytes that nobody packs.

use std::sync::Arc;

use copihue_core::Clock;
use copihue_db::testing::on_each_engine;
use copihue_ledger::{MIGRATIONS, api};
use copihue_tlog::merkle::leaf_hash;
use copihue_tlog::tile::unbundled;
use copihue_web::NoHats;
use copihue_web::testing::{TestClient, web};

use crate::support::{append_payments, clock, ledger_over};

#[tokio::test(flavor = "multi_thread")]
async fn led_13_files_say_what_they_are_and_how_long_they_may_be_kept() {
    on_each_engine(&[MIGRATIONS, copihue_web::MIGRATIONS], |db| async move {
        let ledger = ledger_over(&db, 80);
        append_payments(&ledger, &db, 0..300).await;
        ledger.sequence_once().await.unwrap();
        let router = web(db.clone(), clock() as Arc<dyn Clock>, Arc::new(NoHats))
            .router(vec![api::routes(ledger.clone())]);
        let mut client = TestClient::new(&router).header("accept-encoding", "gzip, br");
        let immutable = "public, max-age=31536000, immutable";
        let files = [
            ("checkpoint", "text/plain; charset=utf-8", "public, max-age=1"),
            ("tile/0/000", "application/octet-stream", immutable),
            ("tile/0/001.p/44", "application/octet-stream", immutable),
            ("tile/1/000.p/1", "application/octet-stream", immutable),
            ("tile/entries/000", "application/octet-stream", immutable),
            ("tile/entries/001.p/44", "application/octet-stream", immutable),
        ];
        for (path, kind, cache) in files {
            let answer = client.get(&format!("/ledger/payment/{path}")).await.expect(200);
            assert_eq!(answer.header("content-type"), Some(kind), "{path}");
            assert_eq!(answer.header("cache-control"), Some(cache), "{path}");
            assert_eq!(answer.header("access-control-allow-origin"), Some("*"), "{path}");
            assert_eq!(answer.header("content-encoding"), None, "{path}: stored bytes are served bytes");
            assert_eq!(answer.header("set-cookie"), None, "{path}");
        }
        // Each width that was ever published can still be had, and holds the beginning of the next.
        let mut last = Vec::new();
        for width in [1, 2, 100, 255] {
            let path = format!("/ledger/payment/tile/entries/000.p/{width}");
            let bundle = client.get(&path).await.expect(200).body.clone();
            assert_eq!(unbundled(&bundle).unwrap().len(), width);
            assert!(bundle.starts_with(&last));
            last = bundle.to_vec();
        }
        // The two kinds of tile say the same.
        let bundle = client.get("/ledger/payment/tile/entries/001.p/44").await.body.clone();
        let hashes: Vec<u8> = unbundled(&bundle).unwrap().into_iter().flat_map(leaf_hash).collect();
        assert_eq!(client.get("/ledger/payment/tile/0/001.p/44").await.body.to_vec(), hashes);
        for none in ["tile/0/001", "tile/0/001.p/45", "tile/2/000.p/1", "tile/entries/002.p/1", "tile/0/0"] {
            let _ = client.get(&format!("/ledger/payment/{none}")).await.expect(404);
        }
    })
    .await;
}
