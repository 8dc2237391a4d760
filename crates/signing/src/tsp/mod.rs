//! Timestamps (RFC 3161): our own authority, and a pool of authorities asked in turn.

mod authority;
mod info;
mod pool;
mod query;
mod remote;

pub use authority::{Authority, POLICY};
pub(crate) use authority::{granted, no_time};
pub(crate) use info::Info;
pub(crate) use pool::{Means, NoTimestamp, Pool, Stamped};
pub use pool::{Source, Timestamps};
pub(crate) use query::Query;
pub(crate) use remote::token as granted_token;
