//! Over a database, on both engines.

use copihue_core::{Error, Kind};
use copihue_db::testing::on_each_engine;
use copihue_db::{params, sql, statements};
use copihue_ledger::{Family, Field, Ledger, MIGRATIONS, Record};
use copihue_tlog::proof::TlogProof;
use copihue_tlog::tile::TilePath;
use copihue_tlog::{Reason, verify_proof};
use serde_json::json;

use crate::support::{append, ledger_over, payment, person, policy};

async fn receipt(ledger: &Ledger, n: u32) -> String {
    ledger.receipt(Family::Payment, &format!("pago-{n}")).await.unwrap().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn led_01_what_is_rolled_back_leaves_no_leaf() {
    on_each_engine(&[MIGRATIONS], |db| async move {
        let ledger = ledger_over(&db, 1);
        let inside = ledger.clone();
        let failed: copihue_core::Result<()> = db
            .write(move |tx| {
                inside.append(tx, payment(1, person(1)))?;
                Err(Error::conflict("otra_cosa", "No."))
            })
            .await;
        assert!(failed.is_err());
        assert_eq!(ledger.sequence_once().await.unwrap(), 0);
        assert_eq!(ledger.checkpoint(Family::Payment).await.unwrap(), None);
        // The key made in the transaction that was lost is not used afterwards.
        append(&ledger, &db, payment(1, person(1))).await.unwrap();
        assert_eq!(ledger.sequence_once().await.unwrap(), 1);
        let proof = ledger.receipt_for(Family::Payment, "pago-1", person(1)).await.unwrap().unwrap();
        assert_eq!(verify_proof(&proof, &policy(&ledger)).unwrap().fields["run"], "44444444-4");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn led_03_receipts_verify_offline_and_show_only_what_they_may() {
    on_each_engine(&[MIGRATIONS], |db| async move {
        let ledger = ledger_over(&db, 2);
        for n in 0..5 {
            append(&ledger, &db, payment(n, person(1))).await.unwrap();
        }
        assert_eq!(ledger.receipt(Family::Payment, "pago-3").await.unwrap(), None);
        assert_eq!(ledger.sequence_once().await.unwrap(), 5);
        let verified = verify_proof(&receipt(&ledger, 3).await, &policy(&ledger)).unwrap();
        assert_eq!((verified.index, verified.size), (3, 5));
        assert_eq!(verified.origin, "datos.example.cl/ledger/payment");
        assert_eq!(verified.kind.as_deref(), Some("paid"));
        assert_eq!(verified.fields.keys().collect::<Vec<_>>(), ["amount", "ts"]);
        let own = ledger.receipt_for(Family::Payment, "pago-3", person(1)).await.unwrap().unwrap();
        let own = verify_proof(&own, &policy(&ledger)).unwrap();
        assert_eq!(own.fields.keys().collect::<Vec<_>>(), ["amount", "name", "run", "ts"]);
        assert_eq!(own.fields["name"], json!("Ñandú Güemes"));
        assert_eq!(ledger.receipt(Family::Payment, "no-hay").await.unwrap(), None);
        let foreign = ledger_over(&db, 2).policy().replace("payment", "identity");
        assert!(copihue_tlog::policy::Policy::parse(&foreign).is_err());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn led_04_tampered_receipts_are_refused_with_their_reason() {
    on_each_engine(&[MIGRATIONS], |db| async move {
        let ledger = ledger_over(&db, 3);
        for n in 0..4 {
            append(&ledger, &db, payment(n, person(1))).await.unwrap();
        }
        ledger.sequence_once().await.unwrap();
        let good = receipt(&ledger, 2).await;
        let mut proof = TlogProof::parse(&good).unwrap();
        let extra = String::from_utf8(proof.extra.clone().unwrap()).unwrap();
        proof.extra = Some(extra.replace("45230", "45231").into_bytes());
        assert_eq!(verify_proof(&proof.to_string(), &policy(&ledger)), Err(Reason::Field));
        proof.extra = Some(extra.replace("\"paid\"", "\"void\"").into_bytes());
        assert_eq!(verify_proof(&proof.to_string(), &policy(&ledger)), Err(Reason::Inclusion));
        let moved = good.replace("\nindex 2\n", "\nindex 1\n");
        assert_eq!(verify_proof(&moved, &policy(&ledger)), Err(Reason::Inclusion));
        let other_size = good.replace("/payment\n4\n", "/payment\n5\n");
        assert_eq!(verify_proof(&other_size, &policy(&ledger)), Err(Reason::LogSignature));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn led_01_the_same_event_twice_is_one_and_another_under_its_id_is_refused() {
    on_each_engine(&[MIGRATIONS], |db| async move {
        let ledger = ledger_over(&db, 4);
        append(&ledger, &db, payment(1, person(1))).await.unwrap();
        append(&ledger, &db, payment(1, person(1))).await.unwrap();
        ledger.sequence_once().await.unwrap();
        append(&ledger, &db, payment(1, person(1))).await.unwrap();
        assert_eq!(ledger.sequence_once().await.unwrap(), 0);
        let mut other = payment(1, person(1));
        other.fields[1] = Field::plain("amount", 1);
        let error = append(&ledger, &db, other).await.unwrap_err();
        assert_eq!((error.kind(), error.code()), (Kind::Conflict, "registro_distinto"));
        assert!(append(&ledger, &db, payment(1, person(2))).await.is_err());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn led_06_a_restart_goes_on_where_it_was() {
    on_each_engine(&[MIGRATIONS], |db| async move {
        let first = ledger_over(&db, 5);
        let mut proofs = Vec::new();
        for round in 0..4_u32 {
            // Each round is a new process: other caches, same database.
            let ledger = ledger_over(&db, 5 + u64::from(round));
            assert_eq!(ledger.check().await.unwrap(), vec![]);
            let batch = ledger.clone();
            db.write(move |tx| {
                (0..300).try_for_each(|n| batch.append(tx, payment(round * 300 + n, person(1))))
            })
            .await
            .unwrap();
            assert_eq!(ledger.sequence_once().await.unwrap(), 300);
            proofs.push(receipt(&ledger, round * 300 + 7).await);
        }
        assert_eq!(first.check().await.unwrap(), vec![]);
        for (round, proof) in proofs.iter().enumerate() {
            let verified = verify_proof(proof, &policy(&first)).unwrap();
            assert_eq!(verified.index, round as u64 * 300 + 7, "order within a transaction is kept");
        }
        let consistency = first.consistency(Family::Payment, 300, 1200).await.unwrap().unwrap();
        assert!(!consistency.is_empty());
        let old = first.inclusion(Family::Payment, 7, Some(300)).await.unwrap().unwrap();
        assert_eq!(old.path, TlogProof::parse(&proofs[0]).unwrap().path);
        assert_eq!(first.consistency(Family::Payment, 1, 1201).await.unwrap(), None);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn led_06_a_changed_store_stops_the_ledger_and_nothing_more_is_signed() {
    type Attack = fn(&mut copihue_db::Tx<'_>) -> copihue_core::Result<u64>;
    let attacks: [(&str, Attack); 5] = [
        ("an entry is changed", |tx| {
            tx.execute(sql!("UPDATE ledger_record SET entry = 'x' WHERE record_id = $1"), &params!["pago-2"])
        }),
        ("the last entry is deleted", |tx| {
            tx.execute(sql!("DELETE FROM ledger_record WHERE record_id = $1"), &params!["pago-4"])
        }),
        ("a tile is changed", |tx| {
            tx.execute(sql!("UPDATE ledger_tile SET hashes = $1"), &params![vec![0_u8; 160]])
        }),
        ("the tree is rolled back", |tx| {
            let empty: Vec<u8> = Vec::new();
            let root = copihue_tlog::merkle::empty_root();
            tx.execute(
                sql!("UPDATE ledger_tree SET size = 0, root = $1, frontier = $2"),
                &params![root, empty],
            )
        }),
        ("the checkpoint is another's", |tx| {
            tx.execute(
                sql!("UPDATE ledger_checkpoint SET note = $1"),
                &params!["a\n5\nAAAA\n\n— a AAAAAAAA\n"],
            )
        }),
    ];
    for (what, attack) in attacks {
        on_each_engine(&[MIGRATIONS], |db| async move {
            let ledger = ledger_over(&db, 6);
            for n in 0..5 {
                append(&ledger, &db, payment(n, person(1))).await.unwrap();
            }
            ledger.sequence_once().await.unwrap();
            let before = ledger.checkpoint(Family::Payment).await.unwrap();
            assert!(db.write(attack).await.unwrap() > 0);
            let ledger = ledger_over(&db, 6);
            assert_eq!(ledger.check().await.unwrap(), [Family::Payment], "{what}");
            let refused = append(&ledger, &db, payment(9, person(1))).await.unwrap_err();
            assert_eq!(refused.code(), "registro_detenido", "{what}");
            assert!(ledger.halted()[&Family::Payment].contains("bifurcacion_evitada"), "{what}");
            if what != "the checkpoint is another's" {
                assert_eq!(ledger.checkpoint(Family::Payment).await.unwrap(), before);
            }
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn led_05_erasing_a_person_keeps_every_proof_valid() {
    on_each_engine(&[MIGRATIONS], |db| async move {
        let ledger = ledger_over(&db, 7);
        append(&ledger, &db, payment(1, person(1))).await.unwrap();
        append(&ledger, &db, payment(2, person(2))).await.unwrap();
        ledger.sequence_once().await.unwrap();
        let handed_out = ledger.receipt_for(Family::Payment, "pago-1", person(1)).await.unwrap().unwrap();
        let eraser = ledger.clone();
        let count =
            db.write(move |tx| eraser.erase_subject(tx, person(1), "Ley 21.719, art. 7")).await.unwrap();
        assert_eq!(count, 1);
        ledger.sequence_once().await.unwrap();
        let after = ledger.receipt_for(Family::Payment, "pago-1", person(1)).await.unwrap().unwrap();
        let verified = verify_proof(&after, &policy(&ledger)).unwrap();
        assert_eq!(verified.fields.keys().collect::<Vec<_>>(), ["amount", "ts"]);
        // What the person holds still verifies: it carries its own salts. So do other people's fields.
        assert!(verify_proof(&handed_out, &policy(&ledger)).unwrap().fields.contains_key("run"));
        let officer = ledger.receipt_for(Family::Payment, "pago-1", person(99)).await.unwrap().unwrap();
        assert!(verify_proof(&officer, &policy(&ledger)).unwrap().fields.contains_key("officer"));
        let other = ledger.receipt_for(Family::Payment, "pago-2", person(2)).await.unwrap().unwrap();
        assert!(verify_proof(&other, &policy(&ledger)).unwrap().fields.contains_key("run"));
        // The erasure itself is an event of the open ledger, and a new act gets a new key.
        let admin = ledger.inclusion(Family::Admin, 0, None).await.unwrap().unwrap();
        assert!(admin.checkpoint.starts_with("datos.example.cl/ledger/admin\n1\n"));
        append(&ledger, &db, payment(3, person(1))).await.unwrap();
        ledger.sequence_once().await.unwrap();
        let new = ledger.receipt_for(Family::Payment, "pago-3", person(1)).await.unwrap().unwrap();
        assert!(verify_proof(&new, &policy(&ledger)).unwrap().fields.contains_key("run"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn led_01_what_was_prepared_before_is_the_same_event() {
    on_each_engine(&[MIGRATIONS], |db| async move {
        let ledger = ledger_over(&db, 15);
        for n in 0..2 {
            // The first finds no key at hand, the second does.
            let (inside, event) = (ledger.clone(), ledger.prepare(payment(n, person(1))).unwrap());
            db.write(move |tx| inside.append_prepared(tx, &event)).await.unwrap();
            append(&ledger, &db, payment(n, person(1))).await.unwrap();
        }
        assert_eq!(ledger.sequence_once().await.unwrap(), 2);
        for n in 0..2 {
            let own = ledger.receipt_for(Family::Payment, &format!("pago-{n}"), person(1)).await.unwrap();
            assert!(verify_proof(&own.unwrap(), &policy(&ledger)).unwrap().fields.contains_key("run"));
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn led_05_nothing_personal_stands_in_clear_in_the_store() {
    on_each_engine(&[MIGRATIONS], |db| async move {
        let ledger = ledger_over(&db, 8);
        append(&ledger, &db, payment(1, person(1))).await.unwrap();
        let row = db
            .read(|conn| {
                conn.query_one(sql!("SELECT entry, commitments, sealed FROM ledger_record"), &params![])
            })
            .await
            .unwrap();
        let entry: String = row.get("entry").unwrap();
        assert!(entry.len() < 80 && entry.contains("\"k\":\"paid\""));
        let stored =
            [entry.into_bytes(), row.get("commitments").unwrap(), row.get("sealed").unwrap()].concat();
        for secret in ["44444444", "22222222", "Güemes", "45230"] {
            assert!(!stored.windows(secret.len()).any(|w| w == secret.as_bytes()), "{secret}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn led_02_open_ledgers_hold_the_record_itself() {
    on_each_engine(&[MIGRATIONS], |db| async move {
        let ledger = ledger_over(&db, 9);
        let record = |fields| Record {
            family: Family::Directory,
            kind: "institution_added",
            record_id: "PE-MUN-00345/1".into(),
            subject: Some(person(1)),
            fields,
        };
        append(&ledger, &db, record(vec![Field::plain("code", "PE-MUN-00345")])).await.unwrap();
        ledger.sequence_once().await.unwrap();
        let proof = ledger.receipt(Family::Directory, "PE-MUN-00345/1").await.unwrap().unwrap();
        let verified = verify_proof(&proof, &policy(&ledger)).unwrap();
        assert_eq!(verified.fields["code"], "PE-MUN-00345");
        let personal = record(vec![Field::personal("run", "1-9")]);
        assert_eq!(append(&ledger, &db, personal).await.unwrap_err().kind(), Kind::Internal);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn led_05_records_that_cannot_be_committed_to_are_refused() {
    on_each_engine(&[MIGRATIONS], |db| async move {
        let ledger = ledger_over(&db, 10);
        let with = |fields: Vec<Field>| Record { fields, ..payment(1, person(1)) };
        for value in [json!(null), json!(1.5), json!(1_i64 << 54), json!([null]), json!({"a": {"b": 0.1}})] {
            assert!(append(&ledger, &db, with(vec![Field::plain("x", value)])).await.is_err());
        }
        assert!(append(&ledger, &db, with(vec![])).await.is_err());
        assert!(append(&ledger, &db, with(vec![Field::plain("x", 1), Field::plain("x", 2)])).await.is_err());
        assert!(append(&ledger, &db, Record { kind: "Con Espacio", ..payment(1, person(1)) }).await.is_err());
        assert!(append(&ledger, &db, Record { subject: None, ..payment(1, person(1)) }).await.is_err());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn led_13_tiles_and_bundles_are_served_as_far_as_they_are_published() {
    on_each_engine(&[MIGRATIONS], |db| async move {
        let ledger = ledger_over(&db, 11);
        let batch = ledger.clone();
        db.write(move |tx| (0..300).try_for_each(|n| batch.append(tx, payment(n, person(1))))).await.unwrap();
        ledger.sequence_once().await.unwrap();
        let tile =
            async |path: &str| ledger.tile(Family::Payment, TilePath::parse(path).unwrap()).await.unwrap();
        assert_eq!(tile("0/000").await.unwrap().len(), 8192);
        assert_eq!(tile("0/001.p/44").await.unwrap().len(), 44 * 32);
        assert_eq!(tile("0/001.p/7").await.unwrap().len(), 7 * 32);
        assert_eq!(tile("1/000.p/1").await.unwrap().len(), 32);
        assert_eq!(
            tile("entries/000").await.unwrap().len(),
            tile("entries/000.p/255").await.unwrap().len() + 70
        );
        for path in [
            "0/001.p/45",
            "0/001",
            "0/002.p/1",
            "1/000.p/2",
            "1/000",
            "2/000.p/1",
            "entries/001.p/45",
            "9/000",
            "0/x999/x999/x999/x999/x999/999",
        ] {
            assert_eq!(tile(path).await, None, "{path}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn led_03_the_background_publishes_within_its_interval() {
    on_each_engine(&[MIGRATIONS], |db| async move {
        let ledger = ledger_over(&db, 12);
        let handle = ledger.start();
        for n in 0..3 {
            append(&ledger, &db, payment(n, person(1))).await.unwrap();
            let mut proof = None;
            for _ in 0..300 {
                proof = ledger.receipt(Family::Payment, &format!("pago-{n}")).await.unwrap();
                if proof.is_some() {
                    break;
                }
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            }
            verify_proof(&proof.unwrap(), &policy(&ledger)).unwrap();
        }
        handle.stop().await;
        assert_eq!(ledger.oldest_waiting().await.unwrap(), None);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_statement_is_understood_by_both_engines() {
    on_each_engine(&[MIGRATIONS], |db| async move {
        db.read(|conn| {
            statements().filter(|s| s.to_string().contains("ledger/src/")).try_for_each(|s| conn.prepare(s))
        })
        .await
        .unwrap();
    })
    .await;
}
