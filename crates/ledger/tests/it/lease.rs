//! One leader: of two sequencers, one is fenced.

use copihue_db::testing::on_each_engine;
use copihue_db::{params, sql};
use copihue_ledger::MIGRATIONS;

use crate::support::{append, clock, config, ledger_over, ledger_with, pay, payment, person};

#[tokio::test(flavor = "multi_thread")]
async fn led_06_a17_two_sequencers_never_give_one_place_twice() {
    on_each_engine(&[MIGRATIONS], |db| async move {
        let (one, two) = (ledger_over(&db, 13), ledger_over(&db, 14));
        let tasks: Vec<_> = (0..4_u32)
            .map(|t| {
                let (ledger, db) = (if t % 2 == 0 { one.clone() } else { two.clone() }, db.clone());
                tokio::spawn(async move {
                    for n in 0..25 {
                        append(&ledger, &db, payment(t * 25 + n, person(u64::from(t)))).await.unwrap();
                        // A collision is an error here and the next round's work.
                        let _ = ledger.sequence_once().await;
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        one.sequence_once().await.unwrap();
        two.sequence_once().await.unwrap();
        assert_eq!(one.check().await.unwrap(), vec![]);
        let row = db.read(|conn| {
            let places = sql!("SELECT count(DISTINCT idx) AS n, max(idx) AS m FROM ledger_record");
            conn.query_one(places, &params![])
        });
        let row = row.await.unwrap();
        assert_eq!((row.get::<i64>("n").unwrap(), row.get::<i64>("m").unwrap()), (100, 99));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn led_06_a17_who_starts_takes_over_and_who_led_is_fenced() {
    on_each_engine(&[MIGRATIONS], |db| async move {
        let clock = clock();
        let (first, second) = (ledger_with(&db, 1, config(), &clock), ledger_with(&db, 2, config(), &clock));
        pay(&first, &db, 0, 2).await;
        assert_eq!(first.sequence_once().await.unwrap(), 2);
        pay(&first, &db, 2, 4).await;
        assert_eq!(second.sequence_once().await.unwrap(), 2, "a new process does not wait for a dead one");
        pay(&first, &db, 4, 6).await;
        assert_eq!(first.sequence_once().await.unwrap(), 0, "fenced: it appends, and places nothing");
        assert_eq!(second.sequence_once().await.unwrap(), 2);
        // The leader falls silent: after its lease the other one leads again.
        pay(&first, &db, 6, 8).await;
        clock.advance_millis(29_000);
        assert_eq!(first.sequence_once().await.unwrap(), 0);
        clock.advance_millis(2_000);
        assert_eq!(first.sequence_once().await.unwrap(), 2);
        assert_eq!(first.check().await.unwrap(), []);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn led_06_a17_clocks_that_disagree_only_change_who_leads() {
    on_each_engine(&[MIGRATIONS], |db| async move {
        let (right, wrong) = (clock(), clock());
        wrong.advance_millis(3_600_000);
        let (one, two) = (ledger_with(&db, 1, config(), &right), ledger_with(&db, 2, config(), &wrong));
        for round in 0..6 {
            pay(&one, &db, round * 2, round * 2 + 2).await;
            one.sequence_once().await.unwrap();
            two.sequence_once().await.unwrap();
            right.advance_millis(if round % 2 == 0 { -7_200_000 } else { 9_000_000 });
        }
        one.sequence_once().await.unwrap();
        two.sequence_once().await.unwrap();
        assert_eq!(one.check().await.unwrap(), []);
        assert_eq!(two.oldest_waiting().await.unwrap(), None);
    })
    .await;
}
