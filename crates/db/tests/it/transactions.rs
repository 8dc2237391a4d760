use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use copihue_core::{Error, Kind, Result};
use copihue_db::testing::on_each_engine;
use copihue_db::{Db, is_foreign_key_violation, is_unique_violation, params, sql};

use crate::tables::{TABLES, add_owner, id, owners};

#[tokio::test(flavor = "multi_thread")]
async fn what_was_written_is_read_and_a_refused_closure_leaves_nothing() {
    on_each_engine(&[TABLES], |db| async move {
        add_owner(&db, 1, "Ana").await.unwrap();
        let refused: Result<()> = db
            .write(|tx| {
                tx.execute(sql!("UPDATE test_owner SET name = 'x' WHERE id = $1"), &params![id(1)])?;
                Err(Error::invalid("no", "No."))
            })
            .await;
        assert_eq!(refused.unwrap_err().code(), "no");
        assert_eq!(owners(&db).await, ["Ana"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn constraints_are_told_apart() {
    on_each_engine(&[TABLES], |db| async move {
        add_owner(&db, 1, "Ana").await.unwrap();
        assert!(is_unique_violation(&add_owner(&db, 1, "Otra").await.unwrap_err()));
        let orphan = db.write(|tx| {
            tx.execute(sql!("INSERT INTO test_thing (code, owner) VALUES ('a', $1)"), &params![id(9)])
        });
        assert!(is_foreign_key_violation(&orphan.await.unwrap_err()));
    })
    .await;
}

/// Which of the crowd misbehave, and how.
async fn one_of_a_crowd(db: Db, n: u8) -> Result<u64> {
    db.write(move |tx| {
        let added = tx.execute(
            sql!("INSERT INTO test_owner (id, name, n) VALUES ($1, $2, 0)"),
            &params![id(n), format!("{n:03}")],
        )?;
        match n % 10 {
            3 => Err(Error::invalid("no", "No.")),
            5 => panic!("a closure that panics (on purpose)"),
            7 => {
                tx.execute(sql!("INSERT INTO test_owner (id, name, n) VALUES ($1, 'b', 0)"), &params![id(n)])
            }
            // Only the commit finds this out.
            9 => tx.execute(
                sql!("INSERT INTO test_thing (code, parent) VALUES ($1, 'nobody')"),
                &params![format!("{n}")],
            ),
            _ => Ok(added),
        }
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_group_only_the_culprits_fail() {
    on_each_engine(&[TABLES], |db| async move {
        let crowd: Vec<_> = (0..200).map(|n| tokio::spawn(one_of_a_crowd(db.clone(), n))).collect();
        for (n, one) in crowd.into_iter().enumerate() {
            let answer = one.await.unwrap();
            assert_eq!(answer.is_ok(), n % 2 == 0 || n % 10 == 1, "{n}: {answer:?}");
        }
        assert_eq!(owners(&db).await.len(), 120);
        add_owner(&db, 250, "after the panics").await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn read_then_write_is_as_if_alone() {
    on_each_engine(&[TABLES], |db| async move {
        add_owner(&db, 1, "Ana").await.unwrap();
        let raise = |db: Db| async move {
            db.write(|tx| {
                let n: i64 = tx
                    .query_one(sql!("SELECT n FROM test_owner WHERE id = $1"), &params![id(1)])?
                    .get("n")?;
                tx.execute(sql!("UPDATE test_owner SET n = $2 WHERE id = $1"), &params![id(1), n + 1])
            })
            .await
        };
        let all: Vec<_> = (0..100).map(|_| tokio::spawn(raise(db.clone()))).collect();
        let mut done = 0;
        for one in all {
            done += i64::from(one.await.unwrap().is_ok());
        }
        let n: i64 =
            db.read(|c| c.query_one(sql!("SELECT n FROM test_owner"), &params![])?.get("n")).await.unwrap();
        assert_eq!((n, done), (100, 100));
    })
    .await;
}

/// Write skew: each reads that nobody has the place, and takes it under a name of its own.
#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_claim_the_last_place_one_gets_it() {
    on_each_engine(&[TABLES], |db| async move {
        let claim = |db: Db, n: u8| async move {
            db.write(move |tx| {
                let taken = tx.query_one(sql!("SELECT count(*) AS n FROM test_thing"), &params![])?;
                if taken.get::<i64>("n")? > 0 {
                    return Ok(0);
                }
                let take = sql!("INSERT INTO test_thing (code) VALUES ($1)");
                tx.execute(take, &params![format!("claimed by {n}")])
            })
            .await
        };
        let all: Vec<_> = (0..30).map(|n| tokio::spawn(claim(db.clone(), n))).collect();
        let mut got = 0;
        for one in all {
            got += one.await.unwrap().unwrap();
        }
        assert_eq!(got, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_statement_can_not_be_hidden_but_can_be_contained() {
    on_each_engine(&[TABLES], |db| async move {
        add_owner(&db, 1, "Ana").await.unwrap();
        let again = sql!("INSERT INTO test_owner (id, name, n) VALUES ($1, 'Otra', 0)");
        let fresh = sql!("INSERT INTO test_owner (id, name, n) VALUES ($1, 'Eva', 0)");
        let hidden = db.write(move |tx| {
            tx.execute(again, &params![id(1)]).unwrap_or_default();
            Ok(())
        });
        assert_eq!(hidden.await.unwrap_err().kind(), Kind::Internal);
        let goes_on = db.write(move |tx| {
            tx.execute(again, &params![id(1)]).unwrap_or_default();
            tx.execute(fresh, &params![id(2)])
        });
        assert_eq!(goes_on.await.unwrap_err().kind(), Kind::Internal);
        let contained = db.write(move |tx| {
            let refused = tx.savepoint(|tx| {
                tx.execute(fresh, &params![id(3)])?;
                tx.execute(again, &params![id(1)])
            });
            assert!(is_unique_violation(&refused.unwrap_err()));
            tx.execute(fresh, &params![id(2)])
        });
        contained.await.unwrap();
        assert_eq!(owners(&db).await, ["Ana", "Eva"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closure_that_calls_the_database_is_refused_instead_of_waiting_for_itself() {
    on_each_engine(&[TABLES], |db| async move {
        let inner = db.clone();
        let nested = db.write(move |_| inner.write_blocking(|_| Ok(())));
        assert_eq!(nested.await.unwrap_err().kind(), Kind::Internal);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hooks_run_after_a_commit_and_never_without_one() {
    on_each_engine(&[TABLES], |db| async move {
        let rung = Arc::new(AtomicUsize::new(0));
        for refuse in [true, false, true] {
            let bell = Arc::clone(&rung);
            let answer = db.write(move |tx| {
                let bell = Arc::clone(&bell);
                tx.on_commit(move || {
                    bell.fetch_add(1, Ordering::SeqCst);
                });
                if refuse { Err(Error::invalid("no", "No.")) } else { Ok(()) }
            });
            assert_eq!(answer.await.is_err(), refuse);
        }
        assert_eq!(rung.load(Ordering::SeqCst), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_sees_one_snapshot_and_can_not_write() {
    on_each_engine(&[TABLES], |db| async move {
        let names = sql!("SELECT name FROM test_owner");
        let (other, seen) = (db.clone(), db.clone());
        let counts = tokio::task::spawn_blocking(move || {
            other.clone().read_blocking(move |conn| {
                let before = conn.query(names, &params![])?.len();
                let adds = other.clone();
                std::thread::spawn(move || {
                    adds.write_blocking(|tx| {
                        tx.execute(
                            sql!("INSERT INTO test_owner (id, name, n) VALUES ($1, 'Eva', 0)"),
                            &params![id(2)],
                        )
                    })
                })
                .join()
                .unwrap()?;
                Ok((before, conn.query(names, &params![])?.len()))
            })
        });
        assert_eq!(counts.await.unwrap().unwrap(), (0, 0));
        assert_eq!(owners(&seen).await, ["Eva"]);
        let sneaky = db.read(|conn| conn.execute(sql!("DELETE FROM test_owner"), &params![]));
        assert!(sneaky.await.is_err());
        assert_eq!(owners(&db).await, ["Eva"]);
    })
    .await;
}
