//! Every SQL text of the crate.

pub(crate) mod batch;
pub(crate) mod case;
pub mod deeds;
pub(crate) mod draft;
pub(crate) mod event;
pub(crate) mod task;
pub(crate) mod template;
pub(crate) mod version;
