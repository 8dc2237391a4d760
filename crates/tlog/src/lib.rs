//! The formats of a transparency log and their checks: pure, no I/O, so that a keeper, a witness and a stranger use the same.
//!
//! C2SP's signed notes, checkpoints, cosignatures, tlog-tiles, `.tlog-proof` files and trust policies over RFC 6962 trees;
//! and the salted commitments that stand in our entries instead of records. [`verify_proof`] is all that somebody who
//! doubts a receipt needs, with a [`policy::Policy`] that says whom they believe.

pub mod add_checkpoint;
pub mod checkpoint;
pub mod commitment;
pub mod growth;
pub mod merkle;
pub mod note;
pub mod policy;
pub mod proof;
#[cfg(feature = "testing")]
pub mod testing;
pub mod tile;
pub mod verify;

pub use verify::{Accepted, Reason, Verified, verify_checkpoint, verify_proof, verify_proof_of_entry};
