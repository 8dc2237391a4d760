//! A clock that jumps changes no order and blocks nothing.

use copihue_db::testing::on_each_engine;
use copihue_ledger::{Family, MIGRATIONS};
use copihue_tlog::verify_proof;

use crate::support::{clock, ledger_with, pay, policy, settle};
use crate::witnesses::Witnesses;

#[tokio::test(flavor = "multi_thread")]
async fn led_06_a_clock_that_jumps_blocks_nothing() {
    on_each_engine(&[MIGRATIONS], |db| async move {
        let clock = clock();
        let witnesses = Witnesses::start(1, &clock).await;
        let ledger = ledger_with(&db, 1, witnesses.config(1), &clock);
        let jumps = [0, -86_400_000, 3_600_000, -1, 7 * 86_400_000];
        for (round, jump) in (0..).zip(jumps) {
            clock.advance_millis(jump);
            pay(&ledger, &db, round, round + 1).await;
            assert_eq!(settle(&ledger).await, 1, "{jump}");
            let receipt = ledger.receipt(Family::Payment, &format!("pago-{round}")).await.unwrap().unwrap();
            let verified = verify_proof(&receipt, &policy(&ledger)).unwrap();
            assert_eq!(verified.index, u64::from(round), "the order of arrival is the order of the log");
        }
        assert_eq!(ledger.check().await.unwrap(), []);
    })
    .await;
}
