//! Contracts for machines.

pub(crate) mod timestamp;
