//! Every SQL text of the crate.

pub(crate) mod access;
pub(crate) mod case;
pub mod deeds;
pub(crate) mod index;
pub(crate) mod record;
