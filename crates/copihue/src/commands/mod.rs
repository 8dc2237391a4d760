//! What each sub-command does.

pub(crate) mod breached;
pub(crate) mod clone;
pub(crate) mod database;
pub(crate) mod evidence;
mod given;
pub(crate) mod identity;
pub(crate) mod ledger;
pub(crate) mod monitor;
mod outside;
pub(crate) mod registers;
pub(crate) mod serve;
pub(crate) mod sign;
pub(crate) mod verify;
pub(crate) mod witness;
