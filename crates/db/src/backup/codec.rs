//! Rows as lines of JSON.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use copihue_core::Result;
use serde_json::{Map, Value as Json};

use super::refused;
use crate::value::Value;

/// Appends a row and its line end.
pub(super) fn write_row(out: &mut Vec<u8>, row: Vec<Value>) -> Result<()> {
    let cells: Vec<Json> = row.into_iter().map(to_json).collect();
    write_line(out, &Json::Array(cells))
}

pub(super) fn write_line(out: &mut Vec<u8>, line: &Json) -> Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    out.push(b'\n');
    Ok(())
}

fn to_json(value: Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Int(n) => n.into(),
        Value::Text(text) => text.into(),
        Value::Bytes(bytes) => {
            Json::Object(Map::from_iter([("b".to_owned(), BASE64_STANDARD.encode(bytes).into())]))
        }
    }
}

/// A part's columns and rows.
pub(super) fn read_part(bytes: &[u8]) -> Result<(Vec<String>, Vec<Vec<Value>>)> {
    let mut lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let columns: Vec<String> = serde_json::from_slice(lines.next().unwrap_or(b"[]"))?;
    let rows = lines.map(|line| {
        let cells: Vec<Json> = serde_json::from_slice(line)?;
        if cells.len() != columns.len() {
            return Err(refused("a row has another number of columns"));
        }
        cells.into_iter().map(from_json).collect()
    });
    let rows = rows.collect::<Result<_>>()?;
    Ok((columns, rows))
}

fn from_json(cell: Json) -> Result<Value> {
    match cell {
        Json::Null => Ok(Value::Null),
        Json::String(text) => Ok(Value::Text(text)),
        Json::Number(n) => n.as_i64().map(Value::Int).ok_or_else(|| refused("a number is not BIGINT")),
        Json::Object(object) => {
            let text = object.get("b").and_then(Json::as_str).ok_or_else(|| refused("a cell of no type"))?;
            BASE64_STANDARD.decode(text).map(Value::Bytes).map_err(refused)
        }
        Json::Bool(_) | Json::Array(_) => Err(refused("a cell of no type")),
    }
}
