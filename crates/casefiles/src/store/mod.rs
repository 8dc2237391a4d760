//! Every SQL text of the crate.

pub(crate) mod access;
pub(crate) mod case;
pub(crate) mod index;
pub(crate) mod record;
