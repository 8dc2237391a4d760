//! Forms: reading what was sent, parsing it into types, and giving it back with errors when it is wrong.

mod clean;
mod data;
mod fields;
mod multipart;
mod pieces;
mod state;
mod upload;

pub use data::{FormData, JsonBody};
pub use fields::{Fields, Parsed};
pub use state::FormState;
pub use upload::{FileKind, Upload};

pub(crate) use clean::own_path;
pub(crate) use data::{read, too_large};
