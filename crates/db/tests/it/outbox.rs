use std::sync::{Arc, Mutex};

use copihue_core::{Clock, Error, ManualClock};
use copihue_db::jobs::Worker;
use copihue_db::testing::{TestDb, engines};
use copihue_db::{Db, outbox};
use serde_json::json;

type Seen = Arc<Mutex<Vec<String>>>;

fn ready() -> Vec<TestDb> {
    engines().into_iter().map(|db| db.prepare(&[])).collect()
}

async fn publish(db: &Db, n: i64) {
    db.write(move |tx| outbox::publish(tx, "test.happened", json!({"n": n}))).await.unwrap();
}

fn worker(db: &Db, clock: &Arc<ManualClock>, consumers: &[&'static str], seen: &Seen) -> Worker {
    let start = Worker::new(db.clone(), Arc::clone(clock) as Arc<dyn Clock>);
    consumers.iter().copied().fold(start, |worker, consumer| {
        let seen = Arc::clone(seen);
        worker.subscribe("test.happened", consumer, move |event| {
            seen.lock().unwrap().push(format!("{consumer} {}", event.payload["n"]));
            async { Ok(()) }
        })
    })
}

fn sorted(seen: &Seen) -> Vec<String> {
    let mut all = std::mem::take(&mut *seen.lock().unwrap());
    all.sort();
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn each_consumer_gets_each_event_also_those_from_before_the_first_one() {
    for db in ready() {
        let clock = Arc::new(ManualClock::at("2001-01-01T00:00:00Z"));
        let seen = Seen::default();
        publish(&db, 1).await;
        let both = worker(&db, &clock, &["a", "b"], &seen);
        both.run_due().await.unwrap();
        assert_eq!(sorted(&seen), ["a 1", "b 1"]);
        publish(&db, 2).await;
        both.run_due().await.unwrap();
        assert_eq!(sorted(&seen), ["a 2", "b 2"]);
        assert_eq!(both.run_due().await.unwrap(), 0);
        // A consumer that is away finds its events later.
        worker(&db, &clock, &["a", "c"], &seen).run_due().await.unwrap();
        publish(&db, 3).await;
        worker(&db, &clock, &["a", "b", "c"], &seen).run_due().await.unwrap();
        assert_eq!(sorted(&seen), ["a 3", "b 3", "c 3"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consumer_that_fails_holds_up_no_other_and_is_told_again_of_the_same_event() {
    for db in ready() {
        let clock = Arc::new(ManualClock::at("2026-12-10T12:00:00Z"));
        let seen = Seen::default();
        let ids = Arc::new(Mutex::new(Vec::new()));
        let tried = Arc::clone(&ids);
        let worker = worker(&db, &clock, &["good"], &seen).subscribe("test.happened", "bad", move |event| {
            let mut tried = tried.lock().unwrap();
            tried.push(event.id);
            let answer = if tried.len() < 3 { Err(Error::unavailable("later")) } else { Ok(()) };
            async { answer }
        });
        publish(&db, 1).await;
        for _ in 0..5 {
            worker.run_due().await.unwrap();
            clock.advance_millis(5000);
        }
        assert_eq!(sorted(&seen), ["good 1"]);
        let ids = ids.lock().unwrap();
        assert_eq!(ids.len(), 3);
        assert!(ids.iter().all(|id| *id == ids[0]));
    }
}
