//! Publication: nothing leaves without its quorum, and nobody who is down, slow or lying holds up an act.

use std::time::{Duration, Instant};

use copihue_core::Kind;
use copihue_db::testing::on_each_engine;
use copihue_ledger::{Family, Ledger, MIGRATIONS};
use copihue_tlog::note::Note;
use copihue_tlog::policy::Policy;
use copihue_tlog::{Reason, verify_proof};

use crate::support::{LONGEST, clock, config, ledger_with, pay, policy, settle};
use crate::witnesses::{Mode, Witnesses};

async fn receipt(ledger: &Ledger, n: u32) -> Option<String> {
    ledger.receipt(Family::Payment, &format!("pago-{n}")).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn led_07_receipts_carry_the_cosignatures_of_the_policy() {
    on_each_engine(&[MIGRATIONS], |db| async move {
        let clock = clock();
        let witnesses = Witnesses::start(3, &clock).await;
        let ledger = ledger_with(&db, 1, witnesses.config(2), &clock);
        pay(&ledger, &db, 0, 5).await;
        assert_eq!(settle(&ledger).await, 5);
        let proof = receipt(&ledger, 3).await.unwrap();
        // What the deployment tells everybody to check with asks for the same witnesses.
        let verified = verify_proof(&proof, &policy(&ledger)).unwrap();
        // Two are enough; the third one's signature is there when it came soon after.
        assert!(verified.size == 5 && verified.witnesses.len() >= 2);
        assert_eq!(verified.seen_at.unwrap(), copihue_core::Clock::now(&*clock));
        // Larger and larger: the witnesses follow by consistency proofs.
        for round in 1..4_u32 {
            pay(&ledger, &db, round * 300, round * 300 + 300).await;
            settle(&ledger).await;
            let proof = receipt(&ledger, round * 300).await.unwrap();
            assert!(verify_proof(&proof, &policy(&ledger)).unwrap().witnesses.len() >= 2);
        }
        // Without their lines the same proof is worth nothing to who asks for witnesses.
        let bare: String =
            proof.lines().filter(|l| !l.starts_with("— testigo")).map(|l| format!("{l}\n")).collect();
        assert_eq!(verify_proof(&bare, &policy(&ledger)), Err(Reason::TooFewWitnesses));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn led_07_nothing_leaves_without_its_quorum_and_acts_go_on() {
    on_each_engine(&[MIGRATIONS], |db| async move {
        let clock = clock();
        let witnesses = Witnesses::start(3, &clock).await;
        let ledger = ledger_with(&db, 2, witnesses.config(2), &clock);
        pay(&ledger, &db, 0, 2).await;
        settle(&ledger).await;
        let before = ledger.checkpoint(Family::Payment).await.unwrap().unwrap();
        witnesses.set(0, Mode::Down);
        witnesses.set(1, Mode::Down);
        for round in 1..4 {
            pay(&ledger, &db, round * 2, round * 2 + 2).await;
            assert_eq!(ledger.sequence_once().await.unwrap(), 2, "acts go on and get their places");
            clock.advance_millis(30_000);
        }
        assert_eq!(ledger.checkpoint(Family::Payment).await.unwrap().unwrap(), before);
        assert_eq!(receipt(&ledger, 3).await, None, "pending");
        assert_eq!(ledger.inclusion(Family::Payment, 3, Some(4)).await.unwrap(), None);
        assert_eq!(ledger.consistency(Family::Payment, 1, 4).await.unwrap(), None);
        let since = ledger.waiting_for_witnesses(Family::Payment).await.unwrap().unwrap();
        assert_eq!(
            since,
            copihue_core::Clock::now(&*crate::support::clock()),
            "when the first one was signed"
        );
        witnesses.set(1, Mode::Honest);
        settle(&ledger).await;
        let verified = verify_proof(&receipt(&ledger, 3).await.unwrap(), &policy(&ledger)).unwrap();
        assert_eq!((verified.size, verified.witnesses.len()), (8, 2));
        assert_eq!(ledger.waiting_for_witnesses(Family::Payment).await.unwrap(), None);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn led_07_a_witness_that_is_down_slow_or_lying_blocks_nobody() {
    on_each_engine(&[MIGRATIONS], |db| async move {
        let clock = clock();
        let witnesses = Witnesses::start(3, &clock).await;
        let ledger = ledger_with(&db, 3, witnesses.config(2), &clock);
        let modes = [Mode::Down, Mode::Slow, Mode::Forger, Mode::Boaster, Mode::Accuser, Mode::Babbler];
        for (round, mode) in (0..).zip(modes) {
            witnesses.set(0, mode);
            pay(&ledger, &db, round, round + 1).await;
            settle(&ledger).await;
            let proof = receipt(&ledger, round).await;
            let verified = verify_proof(&proof.unwrap(), &policy(&ledger)).unwrap();
            assert_eq!(verified.witnesses, ["testigo1.example", "testigo2.example"], "{mode:?}");
            assert!(ledger.halted().is_empty(), "{mode:?}");
        }
        // Honest again, it signs again, from where it had stopped.
        witnesses.set(0, Mode::Honest);
        let begun = Instant::now();
        for n in 90.. {
            pay(&ledger, &db, n, n + 1).await;
            settle(&ledger).await;
            let proof = receipt(&ledger, n).await.unwrap();
            if verify_proof(&proof, &policy(&ledger)).unwrap().witnesses.len() == 3 {
                break;
            }
            assert!(begun.elapsed() < LONGEST, "it does not come back");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn led_07_all_witnesses_lying_publish_nothing_and_stop_nothing() {
    on_each_engine(&[MIGRATIONS], |db| async move {
        let clock = clock();
        let witnesses = Witnesses::start(2, &clock).await;
        let ledger = ledger_with(&db, 4, witnesses.config(1), &clock);
        for mode in [Mode::Forger, Mode::Boaster, Mode::Accuser] {
            witnesses.all(mode);
            pay(&ledger, &db, mode as u32, mode as u32 + 1).await;
            ledger.sequence_once().await.unwrap();
            assert_eq!(ledger.checkpoint(Family::Payment).await.unwrap(), None, "{mode:?}");
            assert!(ledger.halted().is_empty(), "{mode:?}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn led_07_a_log_at_rest_gets_fresh_cosignatures() {
    on_each_engine(&[MIGRATIONS], |db| async move {
        let clock = clock();
        let witnesses = Witnesses::start(1, &clock).await;
        let ledger = ledger_with(&db, 5, witnesses.config(1), &clock);
        pay(&ledger, &db, 0, 1).await;
        settle(&ledger).await;
        let first = ledger.checkpoint(Family::Payment).await.unwrap().unwrap();
        clock.advance_millis(599_000);
        ledger.sequence_once().await.unwrap();
        assert_eq!(ledger.checkpoint(Family::Payment).await.unwrap().unwrap(), first);
        clock.advance_millis(2_000);
        let begun = Instant::now();
        let second = loop {
            ledger.sequence_once().await.unwrap();
            let shown = ledger.checkpoint(Family::Payment).await.unwrap().unwrap();
            if shown != first {
                break shown;
            }
            // Who did not answer is asked again a minute later.
            clock.advance_millis(60_000);
            assert!(begun.elapsed() < LONGEST, "no fresh cosignatures");
        };
        let policy = policy(&ledger);
        let time =
            |note: &str| Note::parse(note).unwrap().verify(&[policy.witnesses()[0].1.clone()]).unwrap()[0].1;
        assert!(time(&second).unwrap() - time(&first).unwrap() >= 601);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn led_07_without_a_quorum_witnesses_are_asked_and_not_waited_for() {
    on_each_engine(&[MIGRATIONS], |db| async move {
        let clock = clock();
        let witnesses = Witnesses::start(1, &clock).await;
        let mut config = witnesses.config(1);
        config.policy = config.policy.replace("quorum testigos", "quorum none");
        let ledger = ledger_with(&db, 6, config, &clock);
        witnesses.all(Mode::Down);
        pay(&ledger, &db, 0, 1).await;
        ledger.sequence_once().await.unwrap();
        let published = ledger.checkpoint(Family::Payment).await.unwrap().unwrap();
        assert!(!published.contains("testigo0"));
        witnesses.all(Mode::Honest);
        let begun = Instant::now();
        for n in 1.. {
            pay(&ledger, &db, n, n + 1).await;
            ledger.sequence_once().await.unwrap();
            let shown = ledger.checkpoint(Family::Payment).await.unwrap().unwrap();
            if shown.contains("— testigo0.example ") {
                break;
            }
            assert!(begun.elapsed() < LONGEST, "it is not asked");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn led_03_the_background_publishes_with_witnesses_within_its_interval() {
    on_each_engine(&[MIGRATIONS], |db| async move {
        let clock = clock();
        let witnesses = Witnesses::start(3, &clock).await;
        witnesses.set(2, Mode::Slow);
        let ledger = ledger_with(&db, 7, witnesses.config(2), &clock);
        let handle = ledger.start();
        for n in 0..5 {
            pay(&ledger, &db, n, n + 1).await;
            let begun = Instant::now();
            while receipt(&ledger, n).await.is_none() {
                assert!(begun.elapsed() < LONGEST, "payment {n}");
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
        handle.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn led_07_a_policy_that_cannot_be_used_is_refused_in_plain_words() {
    on_each_engine(&[MIGRATIONS], |db| async move {
        let clock = clock();
        let witnesses = Witnesses::start(1, &clock).await;
        let good = witnesses.policy(1);
        let without_address = good.lines().map(|l| match l.rsplit_once(" http://") {
            Some((line, _)) => format!("{line}\n"),
            None => format!("{l}\n"),
        });
        let without_address: String = without_address.collect();
        for policy in [without_address, "quorum nadie\n".to_owned(), String::new()] {
            let config = copihue_ledger::Config { policy, ..config() };
            let clock = clock.clone() as std::sync::Arc<dyn copihue_core::Clock>;
            let random = std::sync::Arc::new(copihue_core::SeededRandom::new(1));
            let error = Ledger::new(db.clone(), config, clock, random).map(drop).unwrap_err();
            assert_eq!((error.kind(), error.code()), (Kind::Invalid, "politica_de_testigos"));
        }
        let named =
            copihue_ledger::Config { policy: format!("# llamar a Rosa, anexo 12\n{good}"), ..config() };
        let ledger = ledger_with(&db, 8, named, &clock);
        // What is only for the operator stays here: comments, and addresses of the inside.
        assert!(
            !ledger.policy().contains("Rosa") && !ledger.policy().contains("http"),
            "{}",
            ledger.policy()
        );
        let public = Policy::parse(&ledger.policy()).unwrap();
        assert_eq!((public.logs().len(), public.witnesses().len()), (Family::ALL.len(), 1));
    })
    .await;
}
