//! Items, entries, records and the files they travel in, as pure values and rules.

pub mod definition;
pub mod entry;
pub mod item;
pub mod proposal;
pub mod rsf;
pub mod territory;
