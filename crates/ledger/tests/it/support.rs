//! A ledger over a test database, and what is appended to it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use aws_lc_rs::hmac;
use copihue_core::{Bucket, Clock, Id, ManualClock, SeededRandom, Timestamp};
use copihue_db::Db;
use copihue_ledger::{Config, Family, Field, Ledger, NO_WITNESSES, Record};
use copihue_tlog::note::{Algorithm, Signer};
use copihue_tlog::policy::Policy;
use serde_json::json;

/// What is awaited comes at once; on a machine that does many other things, at last within this.
pub(crate) const LONGEST: Duration = Duration::from_secs(60);

pub(crate) fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at("2026-12-07T12:00:00Z"))
}

pub(crate) fn config() -> Config {
    Config {
        host: "datos.example.cl".into(),
        master_key: [7; 32],
        signing_key: [9; 32],
        interval: Duration::from_millis(10),
        policy: NO_WITNESSES.into(),
        copies: Vec::new(),
    }
}

pub(crate) fn ledger_over(db: &Db, seed: u64) -> Ledger {
    ledger_with(db, seed, config(), &clock())
}

/// [`ledger_over`] with a clock of the test's own.
pub(crate) fn ledger_at(db: &Db, seed: u64, clock: Arc<ManualClock>) -> Ledger {
    ledger_with(db, seed, config(), &clock)
}

pub(crate) fn ledger_with(db: &Db, seed: u64, config: Config, clock: &Arc<ManualClock>) -> Ledger {
    let clock = Arc::clone(clock) as Arc<dyn Clock>;
    Ledger::new(db.clone(), config, clock, Arc::new(SeededRandom::new(seed))).unwrap()
}

pub(crate) async fn append(ledger: &Ledger, db: &Db, record: Record) -> copihue_core::Result<()> {
    let ledger = ledger.clone();
    db.write(move |tx| ledger.append(tx, record.clone())).await
}

/// Payments `from…to`, each by person 1.
pub(crate) async fn pay(ledger: &Ledger, db: &Db, from: u32, to: u32) {
    let ledger = ledger.clone();
    db.write(move |tx| (from..to).try_for_each(|n| ledger.append(tx, payment(n, person(1))))).await.unwrap();
}

/// Places, signs and publishes until nothing waits, however busy the machine is: a witness that did not answer in time is
/// asked again. Answers how many records were placed.
pub(crate) async fn settle(ledger: &Ledger) -> u64 {
    let (begun, mut placed) = (Instant::now(), 0);
    loop {
        placed += ledger.sequence_once().await.unwrap();
        let mut waits = ledger.oldest_waiting().await.unwrap().is_some();
        for family in Family::ALL {
            waits |= ledger.waiting_for_witnesses(family).await.unwrap().is_some();
        }
        if !waits {
            return placed;
        }
        assert!(begun.elapsed() < LONGEST, "it does not settle: {:?}", ledger.halted());
    }
}

/// Tries until the payments' log is stopped.
pub(crate) async fn until_halted(ledger: &Ledger) {
    let begun = Instant::now();
    while !ledger.halted().contains_key(&Family::Payment) {
        ledger.sequence_once().await.unwrap();
        assert!(begun.elapsed() < LONGEST, "it goes on");
    }
}

pub(crate) fn policy(ledger: &Ledger) -> Policy {
    Policy::parse(&ledger.policy()).unwrap()
}

pub(crate) fn person(n: u64) -> Id {
    Id::new(Timestamp::from_millis(1_000), Bucket::new(77), &SeededRandom::new(n))
}

/// A payment by `person`, taken by another one as official.
pub(crate) fn payment(n: u32, payer: Id) -> Record {
    Record {
        family: Family::Payment,
        kind: "paid",
        record_id: format!("pago-{n}"),
        subject: Some(payer),
        fields: vec![
            Field::plain("ts", "2026-12-07T12:00:00.000Z"),
            Field::plain("amount", 45_230),
            Field::personal("run", "44444444-4"),
            Field::personal("name", "Ñandú Güemes"),
            Field::of(person(99), "officer", json!({"run": "22222222-2"})),
        ],
    }
}

/// Appends these payments of one person, in one transaction.
pub(crate) async fn append_payments(ledger: &Ledger, db: &Db, numbers: std::ops::Range<u32>) {
    let ledger = ledger.clone();
    db.write(move |tx| numbers.clone().try_for_each(|n| ledger.append(tx, payment(n, person(1)))))
        .await
        .unwrap();
}

/// The key with which [`ledger_over`] signs this log: an operator has it too.
pub(crate) fn signer(name: &str) -> Signer {
    let origin = format!("datos.example.cl/ledger/{name}");
    let key = hmac::Key::new(hmac::HMAC_SHA256, &[9; 32]);
    let mut context = hmac::Context::with_key(&key);
    context.update(b"copihue/ledger-key/v1\n");
    context.update(origin.as_bytes());
    let mut seed = [0; 32];
    seed.copy_from_slice(context.sign().as_ref());
    Signer::new(&origin, Algorithm::Ed25519, &seed).unwrap()
}
