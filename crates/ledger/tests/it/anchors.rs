//! Anchors in time: which checkpoints an authority is asked about, what is kept of its answers, what a check finds.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use copihue_core::json::sha256;
use copihue_core::{Clock, Error, ManualClock, Result, Timestamp};
use copihue_db::testing::on_each_engine;
use copihue_db::{params, sql};
use copihue_ledger::fsck::{Options, Verdict};
use copihue_ledger::{Family, MIGRATIONS, TimeAuthority};
use copihue_tlog::checkpoint::Checkpoint;
use futures_util::future::BoxFuture;

use crate::fsck::fsck;
use crate::support::{clock, ledger_at, pay};

/// Signs nothing: an authority whose answers this test can read.
struct Plain {
    clock: Arc<ManualClock>,
    down: AtomicBool,
}

impl TimeAuthority for Plain {
    fn stamp(&self, bytes: Vec<u8>) -> BoxFuture<'_, Result<(Vec<u8>, Timestamp)>> {
        let now = self.clock.now();
        let down = self.down.load(Ordering::Relaxed);
        Box::pin(async move {
            if down {
                return Err(Error::unavailable("nobody answers"));
            }
            Ok(([&sha256(&bytes)[..], &now.millis().to_be_bytes()].concat(), now))
        })
    }
}

fn read(bytes: &[u8], response: &[u8]) -> std::result::Result<Timestamp, String> {
    let (digest, at) = response.split_at_checked(32).ok_or("está cortado")?;
    if digest != sha256(bytes) {
        return Err("es de otro texto".to_owned());
    }
    let at = at.try_into().map_err(|_| "está cortado")?;
    Ok(Timestamp::from_millis(i64::from_be_bytes(at)))
}

fn options() -> Options {
    Options { anchors: Some(read), ..Options::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn led_09_each_hour_a_log_that_grew_is_anchored_and_the_check_reads_it_again() {
    on_each_engine(&[MIGRATIONS], |db| async move {
        let clock = clock();
        let ledger = ledger_at(&db, 1, clock.clone());
        assert_eq!(ledger.anchor_once().await.unwrap(), 0, "nobody to ask");
        let authority = Arc::new(Plain { clock: clock.clone(), down: AtomicBool::new(true) });
        ledger.anchor_with(authority.clone());
        pay(&ledger, &db, 0, 3).await;
        ledger.sequence_once().await.unwrap();
        // Without a real answer nothing is written, and it is asked for again.
        ledger.anchor_once().await.unwrap_err();
        assert!(ledger.anchor(Family::Payment, 3).await.unwrap().is_none());
        authority.down.store(false, Ordering::Relaxed);
        assert_eq!(ledger.anchor_once().await.unwrap(), 1);
        let anchor = ledger.anchor(Family::Payment, 3).await.unwrap().unwrap();
        let text = ledger.anchored_text(Family::Payment, 3).await.unwrap().unwrap();
        assert_eq!(read(text.as_bytes(), &anchor.response), Ok(clock.now()));
        assert_eq!(Checkpoint::parse(&text).unwrap().size, 3);
        // Once an hour, and only what has grown.
        pay(&ledger, &db, 3, 5).await;
        ledger.sequence_once().await.unwrap();
        assert_eq!(ledger.anchor_once().await.unwrap(), 0, "an hour hasn't gone by");
        clock.advance_millis(3_600_000);
        assert_eq!(ledger.anchor_once().await.unwrap(), 1);
        clock.advance_millis(3_600_000);
        assert_eq!(ledger.anchor_once().await.unwrap(), 0, "it hasn't grown");
        let checked = fsck(&ledger, options()).await;
        assert!(checked.is_clean() && checked.anchors == 2, "{:?}", checked.findings);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn led_09_a9_an_anchor_of_something_else_is_found_and_so_is_a_clock_that_lies() {
    on_each_engine(&[MIGRATIONS], |db| async move {
        let clock = clock();
        let ledger = ledger_at(&db, 1, clock.clone());
        let authority =
            Plain { clock: Arc::new(ManualClock::new(clock.now())), down: AtomicBool::new(false) };
        // Our clock runs ahead of the authority's.
        clock.advance_millis(3_600_000);
        ledger.anchor_with(Arc::new(authority));
        pay(&ledger, &db, 0, 3).await;
        ledger.sequence_once().await.unwrap();
        assert_eq!(ledger.anchor_once().await.unwrap(), 1);
        let found = fsck(&ledger, options()).await.findings;
        assert_eq!((found.first[0].verdict, found.faults), (Verdict::TimeSuspect, 0));
        for (wrong, why) in [
            (sql!("UPDATE ledger_anchor SET at = at + 1"), "otra hora"),
            (sql!("UPDATE ledger_anchor SET size = 2"), "que no está"),
        ] {
            db.write(move |tx| tx.execute(wrong, &params![]).map(drop)).await.unwrap();
            let found = fsck(&ledger, options()).await.findings;
            let finding = &found.first[0];
            assert!(finding.verdict == Verdict::AnchorMismatch && finding.text.contains(why), "{finding:?}");
        }
    })
    .await;
}
