//! Contracts for machines.

pub(crate) mod ocsp;
pub(crate) mod timestamp;
