//! Logs of public registers: the record itself in each entry, in the order of its numbers.

use std::sync::Arc;

use copihue_core::{Clock, Kind};
use copihue_db::testing::on_each_engine;
use copihue_db::{params, sql};
use copihue_ledger::{Family, Field, MIGRATIONS, Record, Register, api};
use copihue_tlog::merkle::{leaf_hash, verify_inclusion};
use copihue_tlog::{Reason, verify_proof, verify_proof_of_entry};
use copihue_web::NoHats;
use copihue_web::testing::{TestClient, web};

use crate::support::{clock, ledger_over, person, policy};

const COMMUNES: Family = Family::Register(Register::Communes);

fn entry(register: Register, number: u32) -> Record {
    Record {
        family: Family::Register(register),
        kind: "entry",
        record_id: number.to_string(),
        subject: None,
        fields: vec![Field::plain("key", format!("{number:05}"))],
    }
}

fn leaf(number: u32) -> String {
    format!(r#"{{"id":"{number}","k":"entry","r":{{"key":"{number:05}"}},"v":1}}"#)
}

#[tokio::test(flavor = "multi_thread")]
async fn led_12_entries_of_a_register_stand_in_the_order_of_their_numbers() {
    on_each_engine(&[MIGRATIONS], |db| async move {
        let ledger = ledger_over(&db, 30);
        let batch = ledger.clone();
        let numbers = [2, 11, 1, 10, 3, 4, 5, 6, 7, 8, 9];
        db.write(move |tx| numbers.iter().try_for_each(|n| batch.append(tx, entry(Register::Communes, *n))))
            .await
            .unwrap();
        ledger.sequence_once().await.unwrap();
        let root = ledger.root(COMMUNES, 11).await.unwrap().unwrap();
        for number in 1..=11 {
            let path = ledger.audit_path(COMMUNES, u64::from(number) - 1, 11).await.unwrap().unwrap();
            let hash = leaf_hash(leaf(number).as_bytes());
            assert!(verify_inclusion(&hash, u64::from(number) - 1, 11, &path, &root), "{number}");
        }
        assert_eq!(ledger.root(COMMUNES, 12).await.unwrap(), None);
        assert_eq!(ledger.audit_path(COMMUNES, 3, 3).await.unwrap(), None);
        let early = ledger.audit_path(COMMUNES, 2, 3).await.unwrap().unwrap();
        let root = ledger.root(COMMUNES, 3).await.unwrap().unwrap();
        assert!(verify_inclusion(&leaf_hash(leaf(3).as_bytes()), 2, 3, &early, &root));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn led_12_a_register_takes_numbers_and_nothing_personal() {
    on_each_engine(&[MIGRATIONS], |db| async move {
        let ledger = ledger_over(&db, 31);
        let mut bad = vec![entry(Register::Regions, 1), entry(Register::Regions, 0)];
        bad[0].record_id = "01".to_owned();
        bad.push(Record { record_id: "uno".to_owned(), ..entry(Register::Regions, 1) });
        let mut personal = entry(Register::Regions, 1);
        personal.fields.push(Field::of(person(1), "officer", "Ana"));
        bad.push(personal);
        for record in bad {
            let ledger = ledger.clone();
            let error = db.write(move |tx| ledger.append(tx, record.clone())).await.unwrap_err();
            assert_eq!(error.kind(), Kind::Internal);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn led_12_a_proof_of_one_register_proves_nothing_in_another() {
    on_each_engine(&[MIGRATIONS], |db| async move {
        let ledger = ledger_over(&db, 32);
        let batch = ledger.clone();
        db.write(move |tx| {
            batch.append(tx, entry(Register::Communes, 1))?;
            batch.append(tx, entry(Register::Provinces, 1))
        })
        .await
        .unwrap();
        ledger.sequence_once().await.unwrap();
        let receipt = ledger.receipt(COMMUNES, "1").await.unwrap().unwrap();
        let good = verify_proof(&receipt, &policy(&ledger)).unwrap();
        assert_eq!((good.origin.as_str(), good.index), ("datos.example.cl/ledger/register/communes", 0));
        let other = receipt.replace("register/communes", "register/provinces");
        assert_eq!(verify_proof(&other, &policy(&ledger)).unwrap_err(), Reason::LogSignature);
        let edited = leaf(1).replace("00001", "00002");
        assert_eq!(
            verify_proof_of_entry(&receipt, edited.as_bytes(), &policy(&ledger)).unwrap_err(),
            Reason::Inclusion
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn led_12_an_edited_entry_stops_its_register_and_no_other() {
    on_each_engine(&[MIGRATIONS], |db| async move {
        let ledger = ledger_over(&db, 33);
        let batch = ledger.clone();
        db.write(move |tx| {
            (1..=3).try_for_each(|n| batch.append(tx, entry(Register::Communes, n)))?;
            batch.append(tx, entry(Register::Provinces, 1))
        })
        .await
        .unwrap();
        ledger.sequence_once().await.unwrap();
        db.write(|tx| {
            tx.execute(
                sql!(
                    "UPDATE ledger_record SET entry = replace(entry, '00002', '00009') WHERE record_id = $1"
                ),
                &params!["2"],
            )
        })
        .await
        .unwrap();
        assert_eq!(ledger_over(&db, 34).check().await.unwrap(), [COMMUNES]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn led_13_a_register_is_served_as_static_files_like_any_log() {
    on_each_engine(&[MIGRATIONS, copihue_web::MIGRATIONS], |db| async move {
        let ledger = ledger_over(&db, 35);
        let batch = ledger.clone();
        db.write(move |tx| (1..=3).try_for_each(|n| batch.append(tx, entry(Register::Communes, n))))
            .await
            .unwrap();
        ledger.sequence_once().await.unwrap();
        let router = web(db.clone(), clock() as Arc<dyn Clock>, Arc::new(NoHats))
            .router(vec![api::routes(ledger.clone())]);
        let mut client = TestClient::new(&router);
        let at = "/ledger/register/communes";
        let note = client.get(&format!("{at}/checkpoint")).await.expect(200).text();
        assert!(note.starts_with("datos.example.cl/ledger/register/communes\n3\n"), "{note}");
        let tile = client.get(&format!("{at}/tile/0/000.p/3")).await.expect(200);
        assert_eq!(tile.body.len(), 96);
        let bundle = client.get(&format!("{at}/tile/entries/000.p/3")).await.expect(200);
        assert!(bundle.body.windows(leaf(2).len()).any(|w| w == leaf(2).as_bytes()));
        let _ = client.get(&format!("{at}/proof?index=2")).await.expect(200);
        let _ = client.get(&format!("{at}/consistency?from=1&to=3")).await.expect(200);
        for missing in
            ["/ledger/register/otro/checkpoint", "/ledger/register/regions/checkpoint", "/ledger/register"]
        {
            let _ = client.get(missing).await.expect(404);
        }
    })
    .await;
}
