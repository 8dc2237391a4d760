//! Vectors of the specification, attacks on formats, a foreign verifier.

#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

mod attacks;
mod commitments;
mod go;
mod growth;
mod merkle;
mod neighbours;
mod notes;
mod policies;
mod proofs;
mod pymerkle;
mod sigsums;
mod support;
mod tiles;
mod vectors;
