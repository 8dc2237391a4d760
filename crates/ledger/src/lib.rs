//! The transparency log: append-only Merkle trees over everything with legal effect, with proofs anyone can check offline.
//!
//! A service appends in the transaction of its act ([`Ledger::append`]); the public log holds only a salted commitment.
//! In the background the sequencer gives each record its place, the publisher signs a checkpoint, has it cosigned by the
//! witnesses that the policy asks for, and from then on
//! [`Ledger::receipt`] answers a `.tlog-proof` that `copihue-tlog`, which knows the formats, checks with nothing but a policy.

mod anchor;
pub mod api;
mod append;
mod background;
pub mod fsck;
mod index;
mod lead;
mod ledger;
mod meters;
mod net;
mod overview;
pub mod pages;
mod person;
mod publish;
mod receipt;
mod record;
mod recover;
mod register;
mod sealed;
mod sequence;
mod store;
mod trees;
mod vault;
mod witnessing;

pub use anchor::{Anchor, TimeAuthority};
pub use append::Prepared;
pub use background::Handle;
pub use ledger::{Config, Ledger, NO_WITNESSES, log_keys};
pub use overview::{Overview, Shown};
pub use person::{PersonEvent, PersonEvents, Receipt};
pub use record::{Family, Field, Owner, Profile, Record};
pub use register::Register;
pub use store::MIGRATIONS;

pub(crate) use lead::fenced;
pub(crate) use ledger::{halt, halted};

copihue_web::locale!("ledger", include_str!("../locales/es-CL.ftl"));
