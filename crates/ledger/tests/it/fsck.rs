//! Attacks of an operator on their own database, by the numbers of the specification: each is found and named.

use copihue_core::Result;
use copihue_db::testing::on_each_engine;
use copihue_db::{Db, Tx, params, sql};
use copihue_ledger::fsck::{Checked, Depth, Finding, Known, Options, Place, Verdict};
use copihue_ledger::{Family, Ledger, MIGRATIONS};
use copihue_tlog::checkpoint::Checkpoint;
use copihue_tlog::growth::Growth;
use copihue_tlog::merkle::leaf_hash;

use crate::support::{append_payments, ledger_over, person};

/// Sizes at which checkpoints were signed.
const SIGNED: [u32; 4] = [3, 10, 270, 290];

/// A log of 290 payments under four checkpoints.
async fn log(db: &Db) -> Ledger {
    let ledger = ledger_over(db, 30);
    let mut from = 0;
    for size in SIGNED {
        append_payments(&ledger, db, from..size).await;
        ledger.sequence_once().await.unwrap();
        from = size;
    }
    ledger
}

pub(crate) async fn fsck(ledger: &Ledger, options: Options) -> Checked {
    let ledger = ledger.clone();
    let options = Options { families: vec![Family::Payment], ..options };
    let run = move || ledger.fsck(&options, &mut |_| ()).unwrap().remove(0);
    tokio::task::spawn_blocking(run).await.unwrap()
}

/// Damages the log and answers what the check finds first.
async fn found(db: &Db, attack: fn(&mut Tx<'_>) -> Result<u64>) -> Finding {
    let ledger = log(db).await;
    assert!(db.write(attack).await.unwrap() > 0, "the attack changes something");
    let checked = fsck(&ledger, Options::default()).await;
    assert!(!checked.is_clean());
    checked.findings.first.into_iter().find(|f| !f.verdict.is_warning()).unwrap()
}

/// The attack is named so, at this place, on both engines.
async fn names(attack: fn(&mut Tx<'_>) -> Result<u64>, verdict: Verdict, place: Place) {
    on_each_engine(&[MIGRATIONS], |db| async move {
        let found = found(&db, attack).await;
        assert_eq!((found.verdict, found.place), (verdict, place), "{}", found.text);
    })
    .await;
}

/// The payment at this place of the log.
fn at(index: i64) -> String {
    format!("pago-{index}")
}

const fn one(index: u64) -> Place {
    Place::Entries(index, index + 1)
}

#[tokio::test(flavor = "multi_thread")]
async fn led_08_a_whole_log_is_clean_and_counts_what_was_erased() {
    on_each_engine(&[MIGRATIONS], |db| async move {
        let ledger = log(&db).await;
        let mut seen = Vec::new();
        let options = Options::default();
        let (checker, copy) = (ledger.clone(), options.clone());
        let (all, seen) = tokio::task::spawn_blocking(move || {
            let all = checker.fsck(&copy, &mut |p| seen.push((p.done, p.total))).unwrap();
            (all, seen)
        })
        .await
        .unwrap();
        assert_eq!(seen, [(290, 290)]);
        assert!(all.iter().all(Checked::is_clean));
        assert_eq!(all.len(), Family::ALL.len());
        let payments = fsck(&ledger, options).await;
        assert_eq!((payments.size, payments.checkpoints, payments.records), (290, 4, 290));
        assert_eq!((payments.erased, payments.findings.warnings), (0, 0));
        let eraser = ledger.clone();
        db.write(move |tx| eraser.erase_subject(tx, person(1), "Ley 21.719")).await.unwrap();
        // A new key of the same person opens nothing of before, and that is no damage.
        let after = fsck(&ledger, Options::default()).await;
        assert!(after.is_clean(), "{:?}", after.findings);
        assert_eq!(after.erased, 290 * 2);
        let quick = fsck(&ledger, Options { depth: Depth::Tree, ..Options::default() }).await;
        assert!(quick.is_clean() && quick.records == 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a1_one_byte_of_a_kept_record_is_a_record_mismatch() {
    let flip: fn(&mut Tx<'_>) -> Result<u64> = |tx| {
        let row =
            tx.query_one(sql!("SELECT sealed FROM ledger_record WHERE record_id = $1"), &params![at(7)])?;
        let mut sealed: Vec<u8> = row.get("sealed")?;
        let middle = sealed.len() / 2;
        sealed[middle] ^= 1;
        tx.execute(sql!("UPDATE ledger_record SET sealed = $2 WHERE record_id = $1"), &params![at(7), sealed])
    };
    names(flip, Verdict::RecordMismatch, one(7)).await;
    let commitment: fn(&mut Tx<'_>) -> Result<u64> = |tx| {
        tx.execute(
            sql!("UPDATE ledger_record SET commitments = $2 WHERE record_id = $1"),
            &params![at(270), vec![1_u8; 160]],
        )
    };
    names(commitment, Verdict::RecordMismatch, one(270)).await;
    let kind: fn(&mut Tx<'_>) -> Result<u64> = |tx| {
        tx.execute(sql!("UPDATE ledger_record SET kind = 'void' WHERE record_id = $1"), &params![at(289)])
    };
    names(kind, Verdict::RecordMismatch, one(289)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn led_08_a_record_of_which_only_the_entry_is_left_is_told_apart_from_damage() {
    on_each_engine(&[MIGRATIONS], |db| async move {
        let ledger = log(&db).await;
        db.write(|tx| {
            let strip =
                sql!("UPDATE ledger_record SET sealed = NULL, commitments = NULL WHERE idx IN (4, 5)");
            tx.execute(strip, &params![])
        })
        .await
        .unwrap();
        let checked = fsck(&ledger, Options::default()).await;
        assert!(checked.is_clean());
        let first = &checked.findings.first[0];
        assert_eq!((first.verdict, first.place), (Verdict::RecordLost, Place::Entries(4, 6)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a2_a_record_changed_with_its_commitment_is_an_entry_mismatch() {
    let edit: fn(&mut Tx<'_>) -> Result<u64> = |tx| {
        tx.execute(sql!("UPDATE ledger_record SET entry = 'otra' WHERE record_id = $1"), &params![at(259)])
    };
    names(edit, Verdict::EntryMismatch, one(259)).await;
}

/// Changes entry 5 and everything that is computed from it; answers the tree with the lie.
fn rebuild(tx: &mut Tx<'_>) -> Result<Growth> {
    tx.execute(sql!("UPDATE ledger_record SET entry = 'otra' WHERE record_id = $1"), &params![at(5)])?;
    let rows = tx.query(sql!("SELECT entry FROM ledger_record ORDER BY idx"), &params![])?;
    let mut growth = Growth::default();
    for row in rows {
        growth.push(leaf_hash(row.get::<String>("entry")?.as_bytes()));
    }
    let full = growth.take_full();
    let begun: Vec<_> = growth.begun().map(|(l, n, h)| (l, n, h.to_vec())).collect();
    for (level, n, hashes) in full.into_iter().map(|t| (t.level, t.n, t.hashes)).chain(begun) {
        tx.execute(
            sql!("UPDATE ledger_tile SET hashes = $3 WHERE level = $1 AND n = $2"),
            &params![level, n, hashes],
        )?;
    }
    tx.execute(
        sql!("UPDATE ledger_tree SET root = $1, frontier = $2"),
        &params![growth.root(), growth.frontier().to_bytes()],
    )?;
    Ok(growth)
}

#[tokio::test(flavor = "multi_thread")]
async fn a3_rebuilt_tiles_contradict_every_checkpoint_after_the_lie() {
    on_each_engine(&[MIGRATIONS], |db| async move {
        let ledger = log(&db).await;
        db.write(|tx| rebuild(tx).map(drop)).await.unwrap();
        let checked = fsck(&ledger, Options { depth: Depth::Tree, ..Options::default() }).await;
        let first = &checked.findings.first[0];
        assert_eq!((first.verdict, first.place), (Verdict::RootMismatch, Place::Entries(3, 10)));
        assert_eq!(checked.findings.faults, 3, "and every checkpoint after it");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a3_signed_again_it_is_a_fork_of_what_was_signed_before() {
    on_each_engine(&[MIGRATIONS], |db| async move {
        let ledger = log(&db).await;
        let receipt = ledger.receipt(Family::Payment, &at(280)).await.unwrap().unwrap();
        // The operator has the log's key: the last checkpoint is made anew over the lie.
        let signer = crate::support::signer("payment");
        let origin = signer.verifier().name().to_owned();
        db.write(move |tx| {
            let root = rebuild(tx)?.root();
            let note = signer.sign(&Checkpoint { origin: origin.clone(), size: 290, root }.text());
            tx.execute(
                sql!("UPDATE ledger_checkpoint SET root = $1, note = $2 WHERE size = 290"),
                &params![root, note],
            )
        })
        .await
        .unwrap();
        let checked = fsck(&ledger, Options::default()).await;
        let places: Vec<_> = checked.findings.first.iter().map(|f| (f.verdict, f.place)).collect();
        let fork = |size| (Verdict::Fork, Place::Checkpoint(size));
        // The record of the changed entry betrays itself as well.
        assert_eq!(places, [(Verdict::RecordMismatch, one(5)), fork(10), fork(270)]);
        // With all of them made anew, only what others hold tells.
        db.write(|tx| {
            tx.execute(sql!("DELETE FROM ledger_checkpoint WHERE size < 290 AND size > 3"), &params![])
        })
        .await
        .unwrap();
        let tree_only = Options { depth: Depth::Tree, ..Options::default() };
        assert!(fsck(&ledger, tree_only.clone()).await.is_clean());
        let known = vec![Known::parse(&receipt).unwrap()];
        let told = fsck(&ledger, Options { known, ..tree_only }).await;
        assert_eq!((told.findings.first[0].verdict, told.findings.first[0].place), fork(290));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a4_entries_deleted_at_the_end_are_a_truncation() {
    let cut: fn(&mut Tx<'_>) -> Result<u64> =
        |tx| tx.execute(sql!("DELETE FROM ledger_record WHERE idx >= 285"), &params![]);
    names(cut, Verdict::Truncated, Place::Entries(285, 290)).await;
    let with_tiles: fn(&mut Tx<'_>) -> Result<u64> = |tx| {
        tx.execute(sql!("DELETE FROM ledger_tile WHERE level = 0 AND n >= 1"), &params![])?;
        tx.execute(sql!("DELETE FROM ledger_record WHERE idx >= 256"), &params![])
    };
    names(with_tiles, Verdict::Truncated, Place::Entries(256, 290)).await;
    let hole: fn(&mut Tx<'_>) -> Result<u64> =
        |tx| tx.execute(sql!("DELETE FROM ledger_record WHERE idx = 20 OR idx = 21"), &params![]);
    names(hole, Verdict::MissingEntry, Place::Entries(20, 22)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a4_a_whole_store_put_back_is_a_rollback_for_whoever_holds_a_checkpoint() {
    on_each_engine(&[MIGRATIONS], |db| async move {
        let ledger = log(&db).await;
        let published = ledger.checkpoint(Family::Payment).await.unwrap().unwrap();
        db.write(|tx| {
            let rows =
                tx.query(sql!("SELECT entry FROM ledger_record WHERE idx < 270 ORDER BY idx"), &params![])?;
            let mut growth = Growth::default();
            for row in rows {
                growth.push(leaf_hash(row.get::<String>("entry")?.as_bytes()));
            }
            tx.execute(sql!("DELETE FROM ledger_record WHERE idx >= 270"), &params![])?;
            tx.execute(sql!("DELETE FROM ledger_checkpoint WHERE size > 270"), &params![])?;
            tx.execute(sql!("DELETE FROM ledger_tile WHERE level = 0 AND n > 1"), &params![])?;
            for (level, n, hashes) in growth.begun() {
                tx.execute(
                    sql!("UPDATE ledger_tile SET hashes = $3 WHERE level = $1 AND n = $2"),
                    &params![level, n, hashes],
                )?;
            }
            tx.execute(
                sql!("UPDATE ledger_tree SET size = 270, root = $1, frontier = $2"),
                &params![growth.root(), growth.frontier().to_bytes()],
            )
        })
        .await
        .unwrap();
        assert!(fsck(&ledger, Options::default()).await.is_clean(), "by itself it can't know");
        let known = vec![Known::parse(&published).unwrap()];
        let told = fsck(&ledger, Options { known, ..Options::default() }).await;
        let first = &told.findings.first[0];
        assert_eq!((first.verdict, first.place), (Verdict::Rollback, Place::Checkpoint(290)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a5_a_state_put_back_before_a_restart_is_found_and_the_start_refuses() {
    on_each_engine(&[MIGRATIONS], |db| async move {
        let ledger = log(&db).await;
        db.write(|tx| {
            let empty: Vec<u8> = Vec::new();
            let root = copihue_tlog::merkle::empty_root();
            tx.execute(
                sql!("UPDATE ledger_tree SET size = 0, root = $1, frontier = $2"),
                &params![root, empty],
            )
        })
        .await
        .unwrap();
        let checked = fsck(&ledger, Options::default()).await;
        let first = &checked.findings.first[0];
        assert_eq!((first.verdict, first.place), (Verdict::TreeMismatch, Place::Tree(0)));
        assert_eq!(ledger_over(&db, 31).check().await.unwrap(), [Family::Payment]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a6_entries_swapped_doubled_or_put_in_the_middle_are_named_from_the_first() {
    let swap: fn(&mut Tx<'_>) -> Result<u64> = |tx| {
        tx.execute(sql!("UPDATE ledger_record SET idx = 9000 WHERE idx = 11"), &params![])?;
        tx.execute(sql!("UPDATE ledger_record SET idx = 11 WHERE idx = 12"), &params![])?;
        tx.execute(sql!("UPDATE ledger_record SET idx = 12 WHERE idx = 9000"), &params![])
    };
    names(swap, Verdict::EntryMismatch, Place::Entries(11, 13)).await;
    let double: fn(&mut Tx<'_>) -> Result<u64> = |tx| {
        tx.execute(
            sql!(
                "UPDATE ledger_record SET entry = (SELECT entry FROM ledger_record WHERE idx = 40)
                 WHERE idx = 41"
            ),
            &params![],
        )
    };
    names(double, Verdict::EntryMismatch, one(41)).await;
    let insert: fn(&mut Tx<'_>) -> Result<u64> = |tx| {
        tx.execute(sql!("UPDATE ledger_record SET idx = idx + 1001 WHERE idx >= 280"), &params![])?;
        tx.execute(sql!("UPDATE ledger_record SET idx = idx - 1000 WHERE idx >= 1000"), &params![])?;
        tx.execute(
            sql!(
                "INSERT INTO ledger_record (family, record_id, seq, kind, entry, created_at, idx)
                 SELECT family, 'en-medio', 1, kind, 'en medio', created_at, 280 FROM ledger_record
                 WHERE idx = 1"
            ),
            &params![],
        )
    };
    on_each_engine(&[MIGRATIONS], |db| async move {
        let ledger = log(&db).await;
        db.write(insert).await.unwrap();
        let checked = fsck(&ledger, Options::default()).await;
        let named: Vec<_> = checked.findings.first.iter().map(|f| (f.verdict, f.place)).collect();
        assert!(named.contains(&(Verdict::StrayEntry, one(290))), "{named:?}");
        assert!(named.contains(&(Verdict::EntryMismatch, Place::Entries(280, 290))), "{named:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a9_a_record_dated_back_is_suspect_with_its_bounds() {
    on_each_engine(&[MIGRATIONS], |db| async move {
        let ledger = log(&db).await;
        db.write(|tx| {
            tx.execute(
                sql!("UPDATE ledger_record SET created_at = created_at - 86400000 WHERE idx = 100"),
                &params![],
            )
        })
        .await
        .unwrap();
        let checked = fsck(&ledger, Options::default()).await;
        // The person's keys are younger than the record pretends to be: that alone is no damage.
        assert!(checked.is_clean(), "{:?}", checked.findings);
        let first = &checked.findings.first[0];
        assert_eq!((first.verdict, first.place), (Verdict::TimeSuspect, one(100)));
        assert!(first.text.contains("2026-12-06T12:00:00") && first.text.contains("2026-12-07T12:00:00"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a12_stale_wide_foreign_and_missing_tiles_are_tile_mismatches() {
    let stale: fn(&mut Tx<'_>) -> Result<u64> = |tx| {
        let row =
            tx.query_one(sql!("SELECT hashes FROM ledger_tile WHERE level = 0 AND n = 1"), &params![])?;
        let hashes: Vec<u8> = row.get("hashes")?;
        tx.execute(
            sql!("UPDATE ledger_tile SET hashes = $1 WHERE level = 0 AND n = 1"),
            &params![&hashes[..32 * 5]],
        )
    };
    names(stale, Verdict::TileMismatch, Place::Tile(0, 1)).await;
    let wide: fn(&mut Tx<'_>) -> Result<u64> = |tx| {
        tx.execute(
            sql!("UPDATE ledger_tile SET hashes = $1 WHERE level = 1 AND n = 0"),
            &params![vec![0_u8; 32 * 3]],
        )
    };
    names(wide, Verdict::TileMismatch, Place::Tile(1, 0)).await;
    let foreign: fn(&mut Tx<'_>) -> Result<u64> = |tx| {
        tx.execute(
            sql!("UPDATE ledger_tile SET hashes = $1 WHERE level = 0 AND n = 0"),
            &params![vec![7_u8; 8192]],
        )
    };
    names(foreign, Verdict::TileMismatch, Place::Tile(0, 0)).await;
    let upper: fn(&mut Tx<'_>) -> Result<u64> = |tx| {
        tx.execute(
            sql!("UPDATE ledger_tile SET hashes = $1 WHERE level = 1 AND n = 0"),
            &params![vec![7_u8; 32]],
        )
    };
    names(upper, Verdict::TileMismatch, Place::Tile(1, 0)).await;
    let extra: fn(&mut Tx<'_>) -> Result<u64> = |tx| {
        tx.execute(
            sql!("INSERT INTO ledger_tile (family, level, n, hashes) SELECT family, 3, 0, hashes FROM ledger_tile WHERE level = 1"),
            &params![],
        )
    };
    names(extra, Verdict::TileMismatch, Place::Tile(3, 0)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn led_08_checkpoints_of_another_key_another_log_or_another_size_are_named() {
    type Change = fn(&str) -> String;
    let other_key: Change = |_| {
        let seed = [1; 32];
        let name = "datos.example.cl/ledger/payment";
        let signer =
            copihue_tlog::note::Signer::new(name, copihue_tlog::note::Algorithm::Ed25519, &seed).unwrap();
        signer.sign(&Checkpoint { origin: name.into(), size: 270, root: [1; 32] }.text())
    };
    let other_log: Change = |_| {
        let signer = crate::support::signer("identity");
        let origin = signer.verifier().name().to_owned();
        signer.sign(&Checkpoint { origin, size: 270, root: [1; 32] }.text())
    };
    let older: Change = |_| {
        let signer = crate::support::signer("payment");
        let origin = signer.verifier().name().to_owned();
        signer.sign(&Checkpoint { origin, size: 10, root: [1; 32] }.text())
    };
    let garbage: Change = |note| note.replace('\n', " ");
    let cases = [
        (other_key, Verdict::SignatureMismatch),
        (other_log, Verdict::OriginMismatch),
        (older, Verdict::SignatureMismatch),
        (garbage, Verdict::SignatureMismatch),
    ];
    for (change, verdict) in cases {
        on_each_engine(&[MIGRATIONS], |db| async move {
            let ledger = log(&db).await;
            db.write(move |tx| {
                let row =
                    tx.query_one(sql!("SELECT note FROM ledger_checkpoint WHERE size = 270"), &params![])?;
                let note = change(&row.get::<String>("note")?);
                tx.execute(sql!("UPDATE ledger_checkpoint SET note = $1 WHERE size = 270"), &params![note])
            })
            .await
            .unwrap();
            let checked = fsck(&ledger, Options::default()).await;
            let named: Vec<_> = checked.findings.first.iter().map(|f| (f.verdict, f.place)).collect();
            assert_eq!(named, [(verdict, Place::Checkpoint(270))]);
        })
        .await;
    }
}
