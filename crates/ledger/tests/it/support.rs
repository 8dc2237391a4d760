//! A ledger over a test database, and what is appended to it.

use std::sync::Arc;
use std::time::Duration;

use copihue_core::{Bucket, Clock, Id, ManualClock, SeededRandom, Timestamp};
use copihue_db::Db;
use copihue_ledger::{Config, Family, Field, Ledger, Record};
use copihue_tlog::policy::Policy;
use serde_json::json;

pub(crate) fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at("2026-12-07T12:00:00Z"))
}

pub(crate) fn ledger_over(db: &Db, seed: u64) -> Ledger {
    let config = Config {
        host: "datos.example.cl".into(),
        master_key: [7; 32],
        signing_key: [9; 32],
        interval: Duration::from_millis(10),
    };
    Ledger::new(db.clone(), config, clock() as Arc<dyn Clock>, Arc::new(SeededRandom::new(seed))).unwrap()
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
