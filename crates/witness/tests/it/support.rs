//! A log whose every tree is known, and a witness over a test database.

use std::sync::Arc;

use copihue_core::{Clock, ManualClock};
use copihue_db::Db;
use copihue_tlog::add_checkpoint::AddCheckpoint;
use copihue_tlog::checkpoint::Checkpoint;
use copihue_tlog::merkle::{self, leaf_hash};
use copihue_tlog::note::{Algorithm, Signer, VerifierKey, signature_by};
use copihue_tlog::tile::{TileSource, Tiles};
use copihue_witness::{Answer, Config, Witness};

pub(crate) const ORIGIN: &str = "bitacora.example.cl/interop";

/// A log's key and its entries; `fork` gives another history after the first three entries.
pub(crate) struct Log {
    pub(crate) signer: Signer,
    fork: u64,
}

struct NoTiles;

impl TileSource for NoTiles {
    type Error = String;

    fn tile(&mut self, _: u8, _: u64) -> Result<Vec<u8>, String> {
        Ok(Vec::new())
    }

    fn missing(level: u8, n: u64) -> String {
        format!("{level}/{n}")
    }
}

impl Log {
    pub(crate) fn named(origin: &str) -> Self {
        Self { signer: Signer::new(origin, Algorithm::Ed25519, &[0x40; 32]).unwrap(), fork: 0 }
    }

    pub(crate) fn new() -> Self {
        Self::named(ORIGIN)
    }

    /// The same key over another history.
    pub(crate) fn forked() -> Self {
        Self { fork: 1, ..Self::new() }
    }

    fn tiles(&self, size: u64) -> Tiles<NoTiles> {
        let mut tiles = Tiles::new(NoTiles);
        for index in 0..size {
            let other = if index < 3 { 0 } else { self.fork };
            tiles.push(index, &leaf_hash(&[index.to_be_bytes(), other.to_be_bytes()].concat())).unwrap();
        }
        tiles
    }

    pub(crate) fn text(&self, size: u64) -> String {
        let root = merkle::root(&mut self.tiles(size), size).unwrap();
        Checkpoint { origin: self.signer.verifier().name().to_owned(), size, root }.text()
    }

    pub(crate) fn note(&self, size: u64) -> String {
        self.signer.sign(&self.text(size))
    }

    pub(crate) fn request(&self, old: u64, new: u64) -> AddCheckpoint {
        let proof = merkle::consistency_proof(&mut self.tiles(new), old, new).unwrap();
        AddCheckpoint { old, proof, checkpoint: self.note(new) }
    }
}

pub(crate) fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at("2026-12-01T12:00:00Z"))
}

pub(crate) fn witness_at(db: &Db, clock: Arc<dyn Clock>) -> Witness {
    let keys = [ORIGIN, "otra.example.cl/registro"].map(|o| Log::named(o).signer.verifier().clone());
    let config = Config { name: "testigo.ufro.example".into(), seed: [0x60; 32], logs: keys.to_vec() };
    Witness::new(db.clone(), config, clock).unwrap()
}

pub(crate) fn witness(db: &Db) -> Witness {
    witness_at(db, clock())
}

pub(crate) async fn ask(witness: &Witness, request: &AddCheckpoint) -> Answer {
    witness.add_checkpoint(request.to_string().as_bytes()).await.unwrap()
}

/// The time of a cosignature that is good for the log's checkpoint of this size.
pub(crate) fn cosigned(answer: &Answer, key: &VerifierKey, log: &Log, size: u64) -> u64 {
    let Answer::Cosigned(lines) = answer else { panic!("{answer:?}") };
    signature_by(key, &log.text(size), lines).unwrap().1.unwrap()
}
