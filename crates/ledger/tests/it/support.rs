//! Trees held in memory, and a ledger over a test database.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use copihue_core::{Bucket, Clock, Id, ManualClock, SeededRandom, Timestamp};
use copihue_db::Db;
use copihue_ledger::merkle::{Hash, Subtrees, empty_root, leaf_hash, node_hash};
use copihue_ledger::policy::Policy;
use copihue_ledger::tile::{TileSource, Tiles};
use copihue_ledger::{Config, Family, Field, Ledger, Record};
use serde_json::json;

/// The definition of RFC 6962 2.1, word by word: the oracle.
pub(crate) fn naive_root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => empty_root(),
        [one] => *one,
        many => {
            let mut k = 1;
            while k * 2 < many.len() {
                k *= 2;
            }
            node_hash(&naive_root(&many[..k]), &naive_root(&many[k..]))
        }
    }
}

pub(crate) struct Leaves(pub(crate) Vec<Hash>);

impl Leaves {
    pub(crate) fn numbered(count: u64) -> Self {
        Self((0..count).map(|i| leaf_hash(&i.to_be_bytes())).collect())
    }
}

impl Subtrees for Leaves {
    type Error = Infallible;

    fn subtree(&mut self, level: u8, index: u64) -> Result<Hash, Infallible> {
        let (from, len) = ((index << level) as usize, 1 << level);
        Ok(naive_root(&self.0[from..from + len]))
    }
}

/// No tile is stored: all of them are made here.
pub(crate) struct NoTiles;

impl TileSource for NoTiles {
    type Error = String;

    fn tile(&mut self, _: u8, _: u64) -> Result<Vec<u8>, String> {
        Ok(Vec::new())
    }

    fn missing(level: u8, n: u64) -> String {
        format!("{level}/{n}")
    }
}

pub(crate) fn tiles_of(leaves: &[Hash]) -> Tiles<NoTiles> {
    let mut tiles = Tiles::new(NoTiles);
    for (index, leaf) in (0..).zip(leaves) {
        tiles.push(index, leaf).unwrap();
    }
    tiles
}

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
