//! Behaviour of the ledger: vectors of the specification, attacks, both engines, a foreign verifier.

#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

mod commitments;
mod go;
mod http;
mod measure;
mod merkle;
mod notes;
mod policies;
mod proofs;
mod storage;
mod support;
mod tiles;
mod vectors;
