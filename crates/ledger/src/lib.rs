//! The transparency log: append-only Merkle trees over everything with legal effect, with proofs anyone can check offline.
//!
//! A service appends in the transaction of its act ([`Ledger::append`]); the public log holds only a salted commitment.
//! In the background the sequencer gives each record its place, the publisher signs a checkpoint, and from then on
//! [`Ledger::receipt`] answers a `.tlog-proof` that [`verify_proof`] checks with nothing but a [`policy::Policy`].
//!
//! Formats are those of C2SP (signed note, checkpoint, tlog-tiles, tlog-proof) over RFC 6962 trees; the modules that know
//! them are pure.

pub mod api;
mod append;
pub mod checkpoint;
pub mod commitment;
mod ledger;
pub mod merkle;
pub mod note;
pub mod policy;
pub mod proof;
mod receipt;
mod record;
mod sealed;
mod sequence;
mod store;
pub mod tile;
mod vault;
pub mod verify;

pub use append::Prepared;
pub use ledger::{Config, Handle, Ledger};
pub use record::{Family, Field, Owner, Profile, Record};
pub use store::MIGRATIONS;
pub use verify::{Reason, Verified, verify_proof, verify_proof_of_entry};

pub(crate) use ledger::{halt, halted};
