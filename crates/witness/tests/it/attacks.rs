//! Logs that lie, requests that race, states that are old, clocks that jump.

use copihue_core::Timestamp;
use copihue_db::testing::{TestDb, on_each_engine};
use copihue_db::{Engine, Options, params, sql};
use copihue_tlog::add_checkpoint::AddCheckpoint;
use copihue_tlog::note::Note;
use copihue_witness::{Answer, MIGRATIONS, Refusal};

use crate::support::{Log, ORIGIN, ask, clock, cosigned, witness, witness_at};

#[tokio::test(flavor = "multi_thread")]
async fn led_07_a7_a_fork_is_refused_and_kept_as_evidence() {
    on_each_engine(&[MIGRATIONS], |db| async move {
        let (log, fork, witness) = (Log::new(), Log::forked(), witness(&db));
        assert!(matches!(ask(&witness, &log.request(0, 8)).await, Answer::Cosigned(_)));
        let same_size = AddCheckpoint { old: 8, proof: vec![], checkpoint: fork.note(8) };
        assert_eq!(ask(&witness, &same_size).await, Answer::Refused(Refusal::Fork));
        assert_eq!(ask(&witness, &fork.request(8, 12)).await, Answer::Refused(Refusal::Inconsistent));
        // Repeated, it is kept once. What is kept proves by the log's own signature that it signed both.
        assert_eq!(ask(&witness, &same_size).await, Answer::Refused(Refusal::Fork));
        let findings = witness.findings(ORIGIN).await.unwrap();
        assert_eq!(
            findings.iter().map(|(reason, _)| reason.as_str()).collect::<Vec<_>>(),
            ["bifurcacion", "inconsistente"]
        );
        let kept = Note::parse(&findings[0].1).unwrap();
        assert_eq!(kept.verify(&[log.signer.verifier().clone()]).unwrap().len(), 1);
        // The honest history goes on.
        assert!(matches!(ask(&witness, &log.request(8, 12)).await, Answer::Cosigned(_)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn led_07_a4_a_rollback_gets_the_larger_size_and_no_signature() {
    on_each_engine(&[MIGRATIONS], |db| async move {
        let (log, witness) = (Log::new(), witness(&db));
        assert!(matches!(ask(&witness, &log.request(0, 20)).await, Answer::Cosigned(_)));
        for (old, new) in [(0, 15), (10, 15), (15, 15)] {
            assert_eq!(ask(&witness, &log.request(old, new)).await, Answer::OtherSize(20), "{old} → {new}");
        }
        let back = AddCheckpoint { old: 20, proof: vec![], checkpoint: log.note(15) };
        assert_eq!(ask(&witness, &back).await, Answer::Malformed);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn led_07_what_was_cosigned_survives_a_restart() {
    on_each_engine(&[MIGRATIONS], |db| async move {
        let log = Log::new();
        assert!(matches!(ask(&witness(&db), &log.request(0, 6)).await, Answer::Cosigned(_)));
        let again = witness(&db);
        assert_eq!(ask(&again, &log.request(0, 6)).await, Answer::OtherSize(6));
        assert!(matches!(ask(&again, &log.request(6, 7)).await, Answer::Cosigned(_)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn led_07_a14_a_witness_from_an_old_state_is_brought_up_again_and_never_signs_smaller() {
    let test = TestDb::sqlite(&Options { readers: 1, ..Options::default() }).prepare(&[MIGRATIONS]);
    let (log, fork) = (Log::new(), Log::forked());
    assert!(matches!(ask(&witness(&test.db()), &log.request(0, 5)).await, Answer::Cosigned(_)));
    let old_copy = test.folder().join("old.sqlite");
    let copy = old_copy.display().to_string();
    test.db().write_blocking(|_| Ok(())).unwrap();
    let source = test.url().strip_prefix("sqlite:").unwrap().to_owned();
    // A copy of the files while nothing is written: what a disk snapshot gives.
    for suffix in ["", "-wal"] {
        let _ = std::fs::copy(format!("{source}{suffix}"), format!("{copy}{suffix}"));
    }
    assert!(matches!(ask(&witness(&test.db()), &log.request(5, 9)).await, Answer::Cosigned(_)));

    let old = copihue_db::Db::open(&format!("sqlite:{copy}"), Options::default()).unwrap();
    let restarted = witness(&old);
    assert_eq!(ask(&restarted, &log.request(9, 11)).await, Answer::OtherSize(5), "it says what it knows");
    assert_eq!(ask(&restarted, &log.request(3, 4)).await, Answer::OtherSize(5), "never smaller");
    assert_eq!(ask(&restarted, &fork.request(5, 11)).await, Answer::Refused(Refusal::Inconsistent));
    assert!(
        matches!(ask(&restarted, &log.request(5, 11)).await, Answer::Cosigned(_)),
        "up again in one step"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn led_07_requests_that_race_leave_one_history() {
    on_each_engine(&[MIGRATIONS], |db| async move {
        let witness = witness(&db);
        assert!(matches!(ask(&witness, &Log::new().request(0, 3)).await, Answer::Cosigned(_)));
        // Both continue the three entries that they share, and contradict each other.
        let tasks: Vec<_> = (4..20_u64)
            .map(|size| {
                let witness = witness.clone();
                tokio::spawn(async move {
                    let log = if size % 2 == 0 { Log::new() } else { Log::forked() };
                    (size, ask(&witness, &log.request(3, size)).await)
                })
            })
            .collect();
        let mut signed = Vec::new();
        for task in tasks {
            let (size, answer) = task.await.unwrap();
            match answer {
                Answer::Cosigned(_) => signed.push(size),
                Answer::OtherSize(_) => {}
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(signed.len(), 1, "{signed:?}");
        let stored = db
            .read(|conn| conn.query_one(sql!("SELECT size FROM witness_log"), &params![])?.get::<u64>("size"))
            .await
            .unwrap();
        assert_eq!(stored, signed[0]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn led_07_a_clock_that_jumps_never_makes_an_earlier_statement() {
    on_each_engine(&[MIGRATIONS], |db| async move {
        let (log, clock) = (Log::new(), clock());
        let witness = witness_at(&db, clock.clone());
        let mut times = Vec::new();
        let mut size = 0;
        for jump in [0, 3_600_000, -86_400_000, 1, 7_200_000] {
            clock.advance_millis(jump);
            let answer = ask(&witness, &log.request(size, size + 1)).await;
            size += 1;
            times.push(cosigned(&answer, witness.verifier(), &log, size));
        }
        assert!(times.is_sorted(), "{times:?}");
        // A machine whose clock is not set signs nothing, and goes on when it is.
        let unset = witness_at(&db, clock.clone());
        clock.set(Timestamp::from_millis(0));
        let request = log.request(size, size + 1);
        assert!(unset.add_checkpoint(request.to_string().as_bytes()).await.is_err());
        clock.set(Timestamp::parse("2026-12-09T00:00:00Z").unwrap());
        assert!(matches!(ask(&unset, &request).await, Answer::Cosigned(_)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn led_07_repeating_oneself_costs_no_write_and_growing_goes_on() {
    on_each_engine(&[MIGRATIONS], |db| async move {
        let (log, clock) = (Log::new(), clock());
        let witness = witness_at(&db, clock.clone());
        assert!(matches!(ask(&witness, &log.request(0, 1)).await, Answer::Cosigned(_)));
        for _ in 0..10 {
            cosigned(&ask(&witness, &log.request(1, 1)).await, witness.verifier(), &log, 1);
        }
        let before = db.commits();
        // Whoever repeats the public checkpoint doesn't keep the log from its answer: it has the last signature again.
        for _ in 0..15 {
            cosigned(&ask(&witness, &log.request(1, 1)).await, witness.verifier(), &log, 1);
        }
        // On PostgreSQL the end of a reading counts as well.
        let ended = if db.engine() == Engine::Postgres { 2 * 15 } else { 0 };
        assert_eq!(db.commits() - before, ended);
        assert!(matches!(ask(&witness, &log.request(1, 4)).await, Answer::Cosigned(_)));
        assert_eq!(
            ask(&witness, &Log::forked().request(4, 4)).await,
            Answer::TooOften,
            "what is kept has its pace"
        );
        clock.advance_millis(1_000);
        assert!(matches!(ask(&witness, &log.request(4, 4)).await, Answer::Cosigned(_)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn led_07_a19_bad_notes_are_refused() {
    on_each_engine(&[MIGRATIONS], |db| async move {
        let (log, witness) = (Log::new(), witness(&db));
        let good = log.request(0, 4).to_string();
        let line = "— otro.example.cl AAAAAAAA\n";
        for (what, body) in [
            ("ten thousand signature lines", format!("{good}{}", line.repeat(10_000))),
            ("carriage returns", good.replace('\n', "\r\n")),
            ("a trailing space", good.replacen("\n4\n", "\n4 \n", 1)),
            ("a leading zero", good.replacen("\n4\n", "\n04\n", 1)),
            ("a negative size", good.replacen("\n4\n", "\n-4\n", 1)),
            ("a size beyond any", good.replacen("\n4\n", "\n99999999999999999999\n", 1)),
            ("a name with plus", good.replacen("— bitacora", "— bita+cora", 1)),
            ("base64 without padding", good.trim_end().trim_end_matches('=').to_owned() + "\n"),
            ("no last line feed", good.trim_end().to_owned()),
            ("nothing", String::new()),
            ("only line feeds", "\n".repeat(60_000)),
            ("a byte that is no text", "old 0\n\n\u{0}\n".to_owned()),
        ] {
            let answer = witness.add_checkpoint(body.as_bytes()).await.unwrap();
            let refused = matches!(answer, Answer::Malformed | Answer::Untrusted | Answer::UnknownLog);
            assert!(refused, "{what}: {answer:?}");
        }
        assert!(matches!(witness.add_checkpoint(&[0xff; 100]).await.unwrap(), Answer::Malformed));
        assert!(matches!(witness.add_checkpoint(good.as_bytes()).await.unwrap(), Answer::Cosigned(_)));
    })
    .await;
}
