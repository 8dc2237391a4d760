use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use copihue_core::{Clock, Error, ManualClock, SystemClock, Timestamp};
use copihue_db::jobs::{self, KindCount, NewJob, Worker};
use copihue_db::testing::{TestDb, engines};
use copihue_db::{Db, params, sql};
use serde_json::json;

const HOUR: i64 = 3_600_000;

fn ready() -> Vec<TestDb> {
    engines().into_iter().map(|db| db.prepare(&[])).collect()
}

async fn enqueue(db: &Db, key: Option<&'static str>, n: i64, run_at: Timestamp) {
    db.write(move |tx| {
        let key = key.map(str::to_owned);
        jobs::enqueue(tx, &NewJob { kind: "test", key, payload: json!({"n": n}), run_at })
    })
    .await
    .unwrap();
}

async fn pending(db: &Db) -> Vec<KindCount> {
    db.read(jobs::counts).await.unwrap()
}

/// A worker that notes what it was given.
fn noting(db: &Db, clock: &Arc<ManualClock>) -> (Worker, Arc<Mutex<Vec<i64>>>) {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let notes = Arc::clone(&seen);
    let worker = Worker::new(db.clone(), Arc::clone(clock) as Arc<dyn Clock>).on("test", move |job| {
        notes.lock().unwrap().push(job.payload["n"].as_i64().unwrap());
        async { Ok(()) }
    });
    (worker, seen)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_runs_when_it_is_due_and_once() {
    for db in ready() {
        let clock = Arc::new(ManualClock::at("2026-12-10T12:00:00Z"));
        let (worker, seen) = noting(&db, &clock);
        enqueue(&db, None, 1, clock.now()).await;
        enqueue(&db, None, 2, clock.now().plus_millis(HOUR)).await;
        assert_eq!(worker.run_due().await.unwrap(), 1);
        assert_eq!(worker.run_due().await.unwrap(), 0);
        clock.advance_millis(HOUR);
        assert_eq!(worker.run_due().await.unwrap(), 1);
        assert_eq!(*seen.lock().unwrap(), [1, 2]);
        assert!(pending(&db).await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_transaction_leaves_no_job() {
    for db in ready() {
        let refused: Result<(), Error> = db
            .write(|tx| {
                let run_at = Timestamp::from_millis(0);
                jobs::enqueue(tx, &NewJob { kind: "test", key: None, payload: json!({}), run_at })?;
                Err(Error::invalid("no", "No."))
            })
            .await;
        assert!(refused.is_err());
        assert!(pending(&db).await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_waiting_job_with_the_same_key_stands_for_both_at_the_earlier_time() {
    for db in ready() {
        let clock = Arc::new(ManualClock::at("2026-12-10T12:00:00Z"));
        let (worker, seen) = noting(&db, &clock);
        enqueue(&db, Some("k"), 1, clock.now().plus_millis(HOUR)).await;
        enqueue(&db, Some("k"), 2, clock.now()).await;
        enqueue(&db, Some("other"), 3, clock.now()).await;
        assert_eq!(worker.run_due().await.unwrap(), 2);
        let mut seen = seen.lock().unwrap().clone();
        seen.sort_unstable();
        assert_eq!(seen, [1, 3]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn asked_for_while_it_runs_a_job_runs_once_more() {
    for db in ready() {
        let clock = Arc::new(ManualClock::at("2026-12-10T12:00:00Z"));
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (notes, inner) = (Arc::clone(&seen), db.db());
        let now = clock.now();
        let worker = Worker::new(db.db(), Arc::clone(&clock) as Arc<dyn Clock>).on("test", move |job| {
            let n = job.payload["n"].as_i64().unwrap();
            notes.lock().unwrap().push(n);
            let db = inner.clone();
            async move {
                if n == 1 {
                    enqueue(&db, Some("k"), 2, now).await;
                }
                Ok(())
            }
        });
        enqueue(&db, Some("k"), 1, now).await;
        assert_eq!(worker.run_due().await.unwrap(), 2);
        assert_eq!(*seen.lock().unwrap(), [1, 2]);
        assert!(pending(&db).await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_job_waits_longer_each_time_and_is_parked_after_a_day() {
    for db in ready() {
        let clock = Arc::new(ManualClock::at("2026-12-10T12:00:00Z"));
        let worker =
            Worker::new(db.db(), Arc::clone(&clock) as Arc<dyn Clock>).on("test", |job| async move {
                if job.attempt == 2 {
                    panic!("a handler that panics (on purpose)");
                }
                Err(Error::unavailable("the other side is down"))
            });
        enqueue(&db, None, 1, clock.now()).await;
        let start = clock.now();
        let mut pauses = Vec::new();
        let mut last = start;
        while pending(&db).await[0].parked == 0 {
            if worker.run_due().await.unwrap() > 0 {
                pauses.push((clock.now().millis() - last.millis()) / 1000);
                last = clock.now();
            }
            clock.advance_millis(if pauses.len() < 12 { 1000 } else { HOUR });
        }
        assert_eq!(pauses[..13], [0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 3600]);
        assert!(last.millis() - start.millis() >= 24 * HOUR);
        assert_eq!(worker.counters().parked(), 1);
        let error =
            db.read(|c| c.query_one(sql!("SELECT error FROM db_job"), &params![])?.get::<String>("error"));
        assert!(error.await.unwrap().contains("the other side is down"));
        assert_eq!(db.write(|tx| jobs::unpark(tx, "test")).await.unwrap(), 1);
        assert_eq!(pending(&db).await[0].parked, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_whose_worker_died_is_taken_when_its_lease_ends() {
    for db in ready() {
        let clock = Arc::new(ManualClock::at("2026-12-10T12:00:00Z"));
        enqueue(&db, None, 1, clock.now()).await;
        let dead = Worker::new(db.db(), Arc::clone(&clock) as Arc<dyn Clock>)
            .on("test", |_| std::future::pending::<Result<(), Error>>());
        let hung = tokio::time::timeout(Duration::from_millis(300), dead.run_due()).await;
        assert!(hung.is_err());
        let (worker, seen) = noting(&db, &clock);
        assert_eq!(worker.run_due().await.unwrap(), 0);
        clock.advance_millis(30_000);
        assert_eq!(worker.run_due().await.unwrap(), 1);
        assert_eq!(*seen.lock().unwrap(), [1]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn in_the_background_workers_share_the_jobs_and_stop_gracefully() {
    for db in ready() {
        let ran = Arc::new(AtomicUsize::new(0));
        let at_once = Arc::new((AtomicUsize::new(0), AtomicUsize::new(0)));
        let worker = || {
            let (ran, at_once) = (Arc::clone(&ran), Arc::clone(&at_once));
            let clock = Arc::new(SystemClock::default());
            Worker::new(db.db(), clock).on_lane("test", 3, move |_| {
                let (ran, at_once) = (Arc::clone(&ran), Arc::clone(&at_once));
                async move {
                    let now = at_once.0.fetch_add(1, Ordering::SeqCst) + 1;
                    at_once.1.fetch_max(now, Ordering::SeqCst);
                    tokio::time::sleep(Duration::from_millis(5)).await;
                    at_once.0.fetch_sub(1, Ordering::SeqCst);
                    ran.fetch_add(1, Ordering::SeqCst);
                    Ok(())
                }
            })
        };
        let handles = [worker().start(), worker().start()];
        for n in 0..60 {
            enqueue(&db, None, n, Timestamp::from_millis(0)).await;
        }
        let waited = tokio::time::timeout(Duration::from_secs(20), async {
            while !pending(&db).await.is_empty() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        });
        waited.await.unwrap();
        assert_eq!(ran.load(Ordering::SeqCst), 60);
        assert!(at_once.1.load(Ordering::SeqCst) <= 6);
        // What runs when it is told to stop still ends.
        enqueue(&db, None, 99, Timestamp::from_millis(0)).await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        for handle in handles {
            handle.stop().await;
        }
        assert_eq!(at_once.0.load(Ordering::SeqCst), 0);
        assert!(pending(&db).await.is_empty());
    }
}
