//! Types that cannot be wrong, and rules as pure functions over them.

#[macro_use]
mod codes;
pub mod designation;
pub mod institution;
pub mod official;
pub mod period;
pub mod policy;
pub mod powers;
pub mod registration;
pub mod role;
pub mod snapshot;
pub mod substitution;
pub mod unit;
