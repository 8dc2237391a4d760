//! The server engine: PostgreSQL through a pool of threads, each with its own connection.

mod convert;
mod pool;
mod session;
mod url;

pub(crate) use pool::{Item, Pool};
pub(crate) use session::Session;
