//! A11: a thousand receipts, a thousand flipped bits, a thousand refusals.

use copihue_core::{Random, SeededRandom};
use copihue_db::Options;
use copihue_db::testing::TestDb;
use copihue_ledger::{Family, MIGRATIONS};
use copihue_tlog::verify_proof;

use crate::support::{append_payments, ledger_over, person, policy};

fn anywhere(random: &SeededRandom, below: usize) -> usize {
    let mut bytes = [0; 8];
    random.fill(&mut bytes);
    (u64::from_be_bytes(bytes) % below as u64) as usize
}

#[tokio::test(flavor = "multi_thread")]
async fn a11_bits_flipped_at_a_thousand_places_of_a_thousand_receipts_are_all_refused() {
    let db = TestDb::sqlite(&Options::default()).prepare(&[MIGRATIONS]);
    let ledger = ledger_over(&db, 50);
    for part in 0..10 {
        append_payments(&ledger, &db, part * 100..(part + 1) * 100).await;
        ledger.sequence_once().await.unwrap();
    }
    let (policy, random) = (policy(&ledger), SeededRandom::new(51));
    let mut accepted = Vec::new();
    for n in 0..1_000 {
        let receipt =
            ledger.receipt_for(Family::Payment, &format!("pago-{n}"), person(1)).await.unwrap().unwrap();
        assert!(verify_proof(&receipt, &policy).is_ok());
        // Each receipt at its own place, and the first one at every place.
        let places: Vec<usize> =
            if n == 0 { (0..receipt.len()).collect() } else { vec![anywhere(&random, receipt.len())] };
        for at in places {
            let bit = anywhere(&random, 8);
            let mut bytes = receipt.clone().into_bytes();
            bytes[at] ^= 1 << bit;
            if String::from_utf8(bytes).is_ok_and(|text| verify_proof(&text, &policy).is_ok()) {
                accepted.push((n, at, bit));
            }
        }
    }
    assert_eq!(accepted, []);
}
