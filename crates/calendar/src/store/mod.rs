//! Every SQL text of the crate.

pub(crate) mod deadline;
pub(crate) mod overrides;

use copihue_core::{Error, Result};
use copihue_db::Row;
use serde_json::Value;

/// A JSON column as a type.
fn json<T: serde::de::DeserializeOwned>(row: &Row, column: &str) -> Result<T> {
    serde_json::from_value(row.get::<Value>(column)?)
        .map_err(|e| Error::internal(format_args!("stored {column}: {e}")))
}

/// A value as the text of a JSON column.
fn text<T: serde::Serialize>(value: &T) -> Result<String> {
    Ok(serde_json::to_string(value)?)
}
