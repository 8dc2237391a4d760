//! The log of logs.

use copihue_db::testing::on_each_engine;
use copihue_ledger::{Family, MIGRATIONS};
use copihue_tlog::checkpoint::Checkpoint;
use copihue_tlog::verify_proof;

use crate::support::{ledger_over, pay, policy};

#[tokio::test(flavor = "multi_thread")]
async fn led_13_the_log_of_logs_holds_what_the_others_published() {
    on_each_engine(&[MIGRATIONS], |db| async move {
        let ledger = ledger_over(&db, 1);
        ledger.index_once().await.unwrap();
        assert_eq!(ledger.sequence_once().await.unwrap(), 0, "nothing published yet");
        for size in [2, 5] {
            pay(&ledger, &db, 0, size).await;
            ledger.sequence_once().await.unwrap();
            ledger.index_once().await.unwrap();
            ledger.index_once().await.unwrap();
            assert_eq!(ledger.sequence_once().await.unwrap(), 1, "once each, and never of itself");
        }
        let receipt = ledger.receipt(Family::Index, "payment/5").await.unwrap().unwrap();
        let verified = verify_proof(&receipt, &policy(&ledger)).unwrap();
        assert_eq!((verified.origin.as_str(), verified.index), ("datos.example.cl/ledger/index", 1));
        let published = ledger.checkpoint(Family::Payment).await.unwrap().unwrap();
        let text = published.split_inclusive("\n\n").next().unwrap();
        let head = Checkpoint::parse(&text[..text.len() - 1]).unwrap();
        let kept = Checkpoint {
            origin: verified.fields["origin"].as_str().unwrap().to_owned(),
            size: verified.fields["size"].as_u64().unwrap(),
            root: head.root,
        };
        assert_eq!(kept, head);
        assert!(published.contains(verified.fields["root"].as_str().unwrap()));
    })
    .await;
}
