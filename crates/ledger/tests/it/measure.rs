//! Measurements, run by hand: what an append costs the transaction that it is part of.

use std::time::Instant;

use copihue_db::testing::TestDb;
use copihue_db::{Db, Options, params, sql};
use copihue_ledger::{Ledger, MIGRATIONS};

use crate::support::{ledger_over, payment, person};

const TASKS: u32 = 64;
const EACH: u32 = 300;

/// One select and three writes a transaction, and an event when there is a ledger: transactions a second.
async fn rate(db: &Db, ledger: Option<Ledger>, round: u32) -> f64 {
    let start = Instant::now();
    let tasks: Vec<_> = (0..TASKS)
        .map(|task| {
            let (db, ledger) = (db.clone(), ledger.clone());
            tokio::spawn(async move {
                for n in 0..EACH {
                    let id = (round * TASKS + task) * EACH + n;
                    let event =
                        ledger.as_ref().map(|l| l.prepare(payment(id, person(u64::from(task)))).unwrap());
                    let ledger = ledger.clone();
                    db.write(move |tx| {
                        tx.query(sql!("SELECT v FROM measured WHERE k = $1"), &params![id])?;
                        for part in 0..3_i64 {
                            tx.execute(
                                sql!("INSERT INTO measured (k, part, v) VALUES ($1, $2, $3)"),
                                &params![
                                    id,
                                    part,
                                    "some text as a business row has it, about this long or so"
                                ],
                            )?;
                        }
                        match (&ledger, &event) {
                            (Some(ledger), Some(event)) => ledger.append_prepared(tx, event),
                            _ => Ok(()),
                        }
                    })
                    .await
                    .unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    f64::from(TASKS * EACH) / start.elapsed().as_secs_f64()
}

const TABLE: copihue_db::MigrationSet = copihue_db::MigrationSet {
    name: "ledger_measure",
    files: &[("0001.sql", "CREATE TABLE measured (k BIGINT, part BIGINT, v TEXT, PRIMARY KEY (k, part));")],
};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement, not a check: run it by hand"]
async fn cost_of_an_append() {
    let db = TestDb::sqlite(&Options::default()).prepare(&[MIGRATIONS, TABLE]);
    let ledger = ledger_over(&db, 1);
    rate(&db, None, 100).await;
    for round in 0..3 {
        let bare = rate(&db, None, round * 2).await;
        let with = rate(&db, Some(ledger.clone()), round * 2 + 1).await;
        let start = Instant::now();
        let placed = ledger.sequence_once().await.unwrap();
        let sequencing = placed as f64 / start.elapsed().as_secs_f64();
        println!("bare {bare:.0}/s, with an event {with:.0}/s, sequencing {sequencing:.0} leaves/s");
    }
}
