//! Every SQL text of the crate.

pub(crate) mod entry;
pub(crate) mod known;
pub(crate) mod proposal;
