//! A18: a person is erased; what proves goes on proving, what identified is noise.

use copihue_core::{Id, Run};
use copihue_db::testing::on_each_engine;
use copihue_db::{Db, params, sql};
use copihue_ledger::{Family, Ledger, MIGRATIONS};
use copihue_tlog::commitment::{SaltKey, commit_field};
use copihue_tlog::proof::TlogProof;
use copihue_tlog::verify_proof;
use serde_json::{Value, json};

use crate::support::{ledger_over, payment, person, policy};

const RECORD: &str = "pago-3";
/// The RUN that every sample payment commits to.
const RUN: &str = "44444444-4";

async fn proofs(ledger: &Ledger, of: Option<Id>) -> Vec<String> {
    let mut all = Vec::new();
    for n in 0..8 {
        let id = format!("pago-{n}");
        let proof = match of {
            Some(person) => ledger.receipt_for(Family::Payment, &id, person).await,
            None => ledger.receipt(Family::Payment, &id).await,
        };
        all.push(proof.unwrap().unwrap());
    }
    all
}

fn extra(proof: &str) -> Value {
    serde_json::from_slice(&TlogProof::parse(proof).unwrap().extra.unwrap()).unwrap()
}

fn bytes(text: &str) -> Vec<u8> {
    use base64::Engine;
    base64::prelude::BASE64_URL_SAFE_NO_PAD.decode(text).unwrap()
}

/// Every run of 32 bytes that the keeper still has: sealed records, keys at rest, salts shown in receipts, commitments.
async fn all_that_is_left(db: &Db, receipts: &[String]) -> Vec<[u8; 32]> {
    let rows = db
        .read(|conn| {
            let mut rows = conn.query(sql!("SELECT sealed AS b FROM ledger_record"), &params![])?;
            rows.extend(conn.query(sql!("SELECT commitments AS b FROM ledger_record"), &params![])?);
            rows.extend(conn.query(sql!("SELECT sealed AS b FROM ledger_subject_key"), &params![])?);
            Ok(rows)
        })
        .await
        .unwrap();
    let mut stored: Vec<Vec<u8>> = rows.iter().filter_map(|row| row.get("b").unwrap()).collect();
    for receipt in receipts {
        let extra = extra(receipt);
        let open = extra["open"].as_object().unwrap();
        stored.extend(open.values().map(|field| bytes(field["s"].as_str().unwrap())));
    }
    stored.iter().flat_map(|b| b.windows(32)).map(|w| w.try_into().unwrap()).collect()
}

/// Whether somebody who has these bytes can tell that `run` is what was committed: as the salt itself, or as its key.
fn confirms(candidates: &[[u8; 32]], run: &str, commitment: &[u8]) -> bool {
    candidates.iter().any(|bytes| {
        let as_salt = commit_field(bytes, "run", &json!(run)).unwrap();
        let derived = SaltKey::new(bytes).salt(RECORD, "run");
        as_salt == commitment || commit_field(&derived, "run", &json!(run)).unwrap() == commitment
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a18_led_05_an_erased_person_can_neither_be_shown_nor_guessed_and_every_proof_holds() {
    on_each_engine(&[MIGRATIONS], |db| async move {
        let ledger = ledger_over(&db, 41);
        let batch = ledger.clone();
        // Person 1 has the odd payments.
        let payer = |n: u32| person(u64::from(n % 2));
        db.write(move |tx| (0..8).try_for_each(|n| batch.append(tx, payment(n, payer(n))))).await.unwrap();
        ledger.sequence_once().await.unwrap();
        let handed_out = proofs(&ledger, Some(person(1))).await;
        let entries = ledger.inclusion(Family::Payment, 3, None).await.unwrap();
        let commitment = bytes(extra(&handed_out[3])["fields"]["run"].as_str().unwrap());
        // Whoever has the receipt has the salt: the attack below would find it there.
        let shown = bytes(extra(&handed_out[3])["open"]["run"]["s"].as_str().unwrap());
        assert!(confirms(&[shown.try_into().unwrap()], RUN, &commitment));

        let eraser = ledger.clone();
        db.write(move |tx| eraser.erase_subject(tx, person(1), "Ley 21.719, art. 7")).await.unwrap();
        ledger.sequence_once().await.unwrap();

        let policy = policy(&ledger);
        let public = proofs(&ledger, None).await;
        assert!(public.iter().all(|proof| verify_proof(proof, &policy).is_ok()), "a proof does not hold");
        assert_eq!(ledger.inclusion(Family::Payment, 3, None).await.unwrap(), entries, "the log changed");
        for (n, proof) in proofs(&ledger, Some(person(1))).await.iter().enumerate() {
            let fields = verify_proof(proof, &policy).unwrap().fields;
            assert!(!fields.contains_key("run") && !fields.contains_key("name"), "payment {n} shows them");
        }
        assert!(
            handed_out.iter().all(|proof| verify_proof(proof, &policy).is_ok()),
            "a receipt is worthless"
        );
        assert_eq!(verify_proof(&handed_out[3], &policy).unwrap().fields["run"], RUN);
        let other = ledger.receipt_for(Family::Payment, "pago-2", person(0)).await.unwrap().unwrap();
        assert_eq!(verify_proof(&other, &policy).unwrap().fields["run"], RUN);

        let left = all_that_is_left(&db, &public).await;
        assert!(left.len() > 2_000 && !confirms(&left, RUN, &commitment), "the keeper still can tell");
        guess_with_a_list(&commitment);
    })
    .await;
}

/// Without the key: the plain ways of whoever has the list of all RUNs (a part of it here, with the right one).
fn guess_with_a_list(commitment: &[u8]) {
    let list = (44_444_000..44_445_000).filter_map(Run::from_number).map(|run| run.compact());
    let mut tried = 0;
    for run in list {
        let hash = copihue_core::json::sha256(run.as_bytes());
        let keys = [[0; 32], hash, copihue_core::json::sha256(RECORD.as_bytes())];
        assert!(hash != *commitment && !confirms(&keys, &run, commitment), "{run}");
        tried += usize::from(run == RUN);
    }
    assert_eq!(tried, 1, "the list must hold the person's RUN");
}
