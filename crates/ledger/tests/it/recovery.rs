//! Old backups, forks, and silence after a start: nothing is signed that could contradict what others have seen.

use std::path::Path;

use copihue_db::testing::on_each_engine;
use copihue_ledger::{Config, Family, MIGRATIONS};
use copihue_tlog::proof::TlogProof;
use copihue_tlog::{Reason, verify_proof};

use crate::copies::{SAVED, back_up, clone_to, largest_signed, restore};
use crate::support::{
    append, clock, config, ledger_with, pay, payment, person, policy, settle, until_halted,
};
use crate::witnesses::{Mode, Witnesses};

fn copies(config: Config, folders: &[&Path]) -> Config {
    Config { copies: folders.iter().map(|f| f.display().to_string()).collect(), ..config }
}

#[tokio::test(flavor = "multi_thread")]
async fn led_06_a16_an_old_backup_is_read_only_until_what_is_missing_is_back() {
    on_each_engine(&[MIGRATIONS, SAVED], |db| async move {
        let clock = clock();
        let witnesses = Witnesses::start(3, &clock).await;
        let before = ledger_with(&db, 1, witnesses.config(2), &clock);
        pay(&before, &db, 0, 300).await;
        settle(&before).await;
        // Two acts are in the backup that have no place yet; later all goes on.
        pay(&before, &db, 300, 302).await;
        back_up(&db).await;
        pay(&before, &db, 302, 700).await;
        settle(&before).await;
        let receipt = before.receipt(Family::Payment, "pago-301").await.unwrap().unwrap();
        let lost = before.receipt(Family::Payment, "pago-650").await.unwrap().unwrap();
        let (good, bad) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        clone_to(good.path(), &before, Family::Payment, 700).await;
        clone_to(bad.path(), &before, Family::Payment, 700).await;
        let bundle = bad.path().join("payment/tile/entries/002.p/188");
        let changed = std::fs::read_to_string(&bundle).unwrap().replacen("paid", "Paid", 1);
        std::fs::write(&bundle, changed).unwrap();
        restore(&db).await;

        // No copy, or only a false one: nothing is placed, signed or accepted, and the alarm says why.
        for folders in [vec![], vec![bad.path()]] {
            let ledger = ledger_with(&db, 2, copies(witnesses.config(2), &folders), &clock);
            assert_eq!(ledger.check().await.unwrap(), []);
            until_halted(&ledger).await;
            assert_eq!(ledger.sequence_once().await.unwrap(), 0);
            let refused = append(&ledger, &db, payment(900, person(1))).await.unwrap_err();
            assert_eq!(refused.code(), "registro_detenido");
            assert!(ledger.halted()[&Family::Payment].starts_with("registro_atrasado"));
            assert_eq!(largest_signed(&db).await, 300);
            assert!(ledger.halted().len() == 1, "other ledgers go on");
        }

        let ledger = ledger_with(&db, 3, copies(witnesses.config(2), &[bad.path(), good.path()]), &clock);
        settle(&ledger).await;
        assert!(ledger.halted().is_empty());
        assert_eq!(ledger.check().await.unwrap(), []);
        // Byte for byte the log that was published: what people hold verifies, and the act that waited has its old place.
        let again = ledger.receipt(Family::Payment, "pago-301").await.unwrap().unwrap();
        let (old, new) = (TlogProof::parse(&receipt).unwrap(), TlogProof::parse(&again).unwrap());
        assert_eq!((old.index, &old.path, &old.extra), (new.index, &new.path, &new.extra));
        assert_eq!(verify_proof(&lost, &policy(&ledger)).unwrap().index, 650);
        // And it grows on, with the witnesses' consent.
        pay(&ledger, &db, 700, 710).await;
        settle(&ledger).await;
        let grown = ledger.receipt(Family::Payment, "pago-705").await.unwrap().unwrap();
        assert!(verify_proof(&grown, &policy(&ledger)).unwrap().witnesses.len() >= 2);
        assert!(
            ledger.inclusion(Family::Admin, 0, None).await.unwrap().is_some(),
            "the recovery is an event"
        );
        assert_eq!(ledger.check().await.unwrap(), []);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn led_06_a16_a_copy_may_lie_about_its_size_but_not_sign_it() {
    on_each_engine(&[MIGRATIONS, SAVED], |db| async move {
        let (clock, folder) = (clock(), tempfile::tempdir().unwrap());
        let ledger = ledger_with(&db, 1, config(), &clock);
        pay(&ledger, &db, 0, 5).await;
        ledger.sequence_once().await.unwrap();
        clone_to(folder.path(), &ledger, Family::Payment, 5).await;
        let file = folder.path().join("payment/checkpoint");
        let forged = std::fs::read_to_string(&file).unwrap().replacen("\n5\n", "\n9\n", 1);
        std::fs::write(&file, forged).unwrap();
        let ledger = ledger_with(&db, 2, copies(config(), &[folder.path()]), &clock);
        pay(&ledger, &db, 5, 6).await;
        assert_eq!(ledger.sequence_once().await.unwrap(), 1);
        assert!(ledger.halted().is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn led_06_a16_a_copy_alone_shows_that_a_backup_is_old() {
    on_each_engine(&[MIGRATIONS, SAVED], |db| async move {
        let (clock, folder) = (clock(), tempfile::tempdir().unwrap());
        let ledger = ledger_with(&db, 1, config(), &clock);
        pay(&ledger, &db, 0, 3).await;
        ledger.sequence_once().await.unwrap();
        back_up(&db).await;
        pay(&ledger, &db, 3, 8).await;
        ledger.sequence_once().await.unwrap();
        clone_to(folder.path(), &ledger, Family::Payment, 8).await;
        restore(&db).await;
        let ledger = ledger_with(&db, 2, copies(config(), &[folder.path()]), &clock);
        ledger.sequence_once().await.unwrap();
        assert!(ledger.inclusion(Family::Payment, 7, None).await.unwrap().is_some());
        assert_eq!(largest_signed(&db).await, 8);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn led_06_as_long_as_the_silent_could_know_more_nothing_is_placed() {
    on_each_engine(&[MIGRATIONS], |db| async move {
        let clock = clock();
        let witnesses = Witnesses::start(3, &clock).await;
        witnesses.set(0, Mode::Down);
        witnesses.set(1, Mode::Down);
        let ledger = ledger_with(&db, 1, witnesses.config(2), &clock);
        pay(&ledger, &db, 0, 2).await;
        assert_eq!(ledger.sequence_once().await.unwrap(), 0, "two of three are silent: they may be a quorum");
        assert!(ledger.halted().is_empty(), "acts go on");
        witnesses.set(1, Mode::Honest);
        assert_eq!(settle(&ledger).await, 2, "one alone can't have published anything");
        assert!(ledger.receipt(Family::Payment, "pago-1").await.unwrap().is_some());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn led_06_a7_a_second_history_under_the_same_key_is_stopped_and_convinces_nobody() {
    on_each_engine(&[MIGRATIONS, SAVED], |db| async move {
        let clock = clock();
        let witnesses = Witnesses::start(3, &clock).await;
        back_up(&db).await;
        let honest = ledger_with(&db, 1, witnesses.config(2), &clock);
        pay(&honest, &db, 0, 5).await;
        settle(&honest).await;
        let policy = policy(&honest);
        // The operator makes another history for a victim: the same keys, an emptied database, nobody asked.
        restore(&db).await;
        let forger = ledger_with(&db, 2, config(), &clock);
        pay(&forger, &db, 50, 57).await;
        forger.sequence_once().await.unwrap();
        let shown = forger.receipt(Family::Payment, "pago-51").await.unwrap().unwrap();
        assert_eq!(verify_proof(&shown, &policy), Err(Reason::TooFewWitnesses));
        // And whoever asks the witnesses for it is stopped by what they hold.
        let asking = ledger_with(&db, 3, witnesses.config(2), &clock);
        pay(&asking, &db, 57, 58).await;
        until_halted(&asking).await;
        assert!(asking.halted()[&Family::Payment].contains("bifurcacion_evitada"));
        assert_eq!(largest_signed(&db).await, 7);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn led_06_a_fork_that_appears_while_it_runs_stops_the_ledger() {
    on_each_engine(&[MIGRATIONS, SAVED], |db| async move {
        let clock = clock();
        let witnesses = Witnesses::start(2, &clock).await;
        let ledger = ledger_with(&db, 1, witnesses.config(1), &clock);
        pay(&ledger, &db, 0, 3).await;
        settle(&ledger).await;
        back_up(&db).await;
        pay(&ledger, &db, 3, 6).await;
        settle(&ledger).await;
        // Under the running program somebody puts an old copy in place: the witnesses' 409 is the last guard.
        restore(&db).await;
        pay(&ledger, &db, 80, 81).await;
        ledger.sequence_once().await.unwrap();
        assert_eq!(ledger.checkpoint(Family::Payment).await.unwrap().unwrap().lines().nth(1), Some("3"));
        until_halted(&ledger).await;
        let refused = append(&ledger, &db, payment(90, person(1))).await.unwrap_err();
        assert_eq!(refused.code(), "registro_detenido");
    })
    .await;
}
