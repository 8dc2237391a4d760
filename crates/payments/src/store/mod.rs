//! Every SQL text of the crate.

pub(crate) mod attempt;
pub mod deeds;
pub(crate) mod journal;
pub(crate) mod payment;
pub(crate) mod refund;

use copihue_core::{Error, Result};

/// Reads a stored name; a stranger in its place is a defect.
pub(crate) fn named<T: std::str::FromStr<Err = crate::model::UnknownName>>(text: &str) -> Result<T> {
    text.parse().map_err(Error::internal)
}
