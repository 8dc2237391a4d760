//! What each sub-command does.

pub(crate) mod database;
pub(crate) mod serve;
pub(crate) mod verify;
