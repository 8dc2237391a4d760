//! Follows and copies a transparency log from outside, with nothing but reads of static files (LED-13).
//!
//! Any log that C2SP describes (signed checkpoints, `tlog-tiles`) will do, over HTTP or in a folder. A [`Follower`] fetches
//! what is new, computes the tree again from the entries, and believes a checkpoint only when it has its log's signature,
//! the policy's witnesses, and the root that the entries give. What does not hold has a name: [`Verdict`].

mod copy;
mod follow;
mod http;
mod probe;
mod source;
mod state;
mod trouble;

pub use copy::Copy;
pub use follow::{Follower, Growing, News};
pub use http::Http;
pub use source::{Address, Folder, Source};
pub use state::State;
pub use trouble::{Trouble, Verdict};
