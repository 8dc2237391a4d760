use std::sync::mpsc;
use std::time::Duration;

use copihue_core::{Kind, Result};
use copihue_db::testing::{TestDb, engines_with, on_each_engine};
use copihue_db::{Engine, Options, params, sql};

use crate::tables::{TABLES, add_owner, owners};

#[tokio::test(flavor = "multi_thread")]
async fn a_full_queue_says_so_at_once() {
    let options = Options { queue: 1, connections: 1, readers: 1, ..Options::default() };
    for db in engines_with(&options) {
        let (open, gate) = mpsc::channel::<()>();
        let gate = std::sync::Mutex::new(gate);
        let (started, running) = mpsc::channel();
        let busy = db.db();
        let first = tokio::spawn(async move {
            busy.write(move |_| {
                started.send(()).unwrap();
                gate.lock().unwrap().recv().unwrap();
                Ok(())
            })
            .await
        });
        tokio::task::spawn_blocking(move || running.recv().unwrap()).await.unwrap();
        let waits = db.db();
        let second = tokio::spawn(async move { waits.write(|_| Ok(())).await });
        while db.waiting() == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let refused: Result<()> = db.write(|_| Ok(())).await;
        assert_eq!(refused.unwrap_err().kind(), Kind::Unavailable);
        open.send(()).unwrap();
        first.await.unwrap().unwrap();
        second.await.unwrap().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_accepted_is_done_before_the_database_closes() {
    for db in engines_with(&Options { connections: 2, ..Options::default() }) {
        let db = db.prepare(&[TABLES]);
        let other = copihue_db::Db::open(db.url(), Options::default()).unwrap();
        let answer = tokio::spawn(async move { add_owner(&other, 1, "Ana").await });
        answer.await.unwrap().unwrap();
        assert_eq!(owners(&db).await, ["Ana"]);
    }
}

/// PostgreSQL only: as when the server restarts.
#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_is_cut_is_made_anew() {
    on_each_engine(&[TABLES], |db| async move {
        if db.engine() == Engine::Sqlite {
            return;
        }
        for n in 0..8 {
            add_owner(&db, n, "before").await.unwrap();
        }
        cut_others(&db).await;
        for n in 10..20 {
            add_owner(&db, n, "after").await.unwrap();
        }
        assert_eq!(owners(&db).await.len(), 18);
    })
    .await;
}

/// Ends every connection that works in this schema, but the one that asks.
async fn cut_others(db: &copihue_db::Db) {
    db.read(|conn| {
        conn.query(
            sql!(
                "SELECT CASE WHEN pg_terminate_backend(pid) THEN 1 ELSE 0 END AS cut FROM pg_stat_activity
                  WHERE application_name = 'copihue ' || current_schema() AND pid <> pg_backend_pid()"
            ),
            &params![],
        )
    })
    .await
    .unwrap();
}

#[test]
fn an_address_that_is_none_is_refused() {
    for url in ["mysql://x", "postgres://h/d?schema=a;drop", "sqlite:/proc/nowhere/x.sqlite"] {
        assert!(copihue_db::Db::open(url, Options::default()).is_err(), "{url}");
    }
    drop(TestDb::sqlite(&Options::default()));
}
