//! The transparency log: append-only Merkle trees over everything with legal effect, with proofs anyone can check offline.
//!
//! A service appends in the transaction of its act ([`Ledger::append`]); the public log holds only a salted commitment.
//! In the background the sequencer gives each record its place, the publisher signs a checkpoint, and from then on
//! [`Ledger::receipt`] answers a `.tlog-proof` that `copihue-tlog`, which knows the formats, checks with nothing but a policy.

pub mod api;
mod append;
pub mod fsck;
mod ledger;
mod overview;
pub mod pages;
mod person;
mod receipt;
mod record;
mod register;
mod sealed;
mod sequence;
mod store;
mod trees;
mod vault;

pub use append::Prepared;
pub use ledger::{Config, Handle, Ledger};
pub use overview::{Overview, Shown};
pub use person::{PersonEvent, PersonEvents, Receipt};
pub use record::{Family, Field, Owner, Profile, Record};
pub use register::Register;
pub use store::MIGRATIONS;

pub(crate) use ledger::{halt, halted};

copihue_web::locale!("ledger", include_str!("../locales/es-CL.ftl"));
