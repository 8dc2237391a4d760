//! Contracts for machines.

pub(crate) mod ocsp;
pub(crate) mod tickets;
pub(crate) mod timestamp;
