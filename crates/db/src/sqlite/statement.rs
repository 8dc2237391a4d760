//! Statements on a SQLite connection.

use std::sync::Arc;

use copihue_core::{Error, Result};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, ErrorCode, Statement, ToSql};

use crate::conn::{Fault, Health};
use crate::error;
use crate::row::{Columns, Row};
use crate::sql::{Sql, SqliteShape};
use crate::value::{Param, Value};

type Answer<T> = std::result::Result<T, Fault>;

impl ToSql for Param<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Param::Null => ValueRef::Null,
            Param::Int(n) => ValueRef::Integer(*n),
            Param::Text(text) => plain(text)?,
            Param::Owned(text) => plain(text)?,
            Param::Bytes(bytes) => ValueRef::Blob(bytes),
            Param::TooLarge => {
                return Err(rusqlite::Error::ToSqlConversionFailure("the number exceeds BIGINT".into()));
            }
        }))
    }
}

/// PostgreSQL knows no text with a NUL in it; neither do we.
fn plain(text: &str) -> rusqlite::Result<ValueRef<'_>> {
    if text.as_bytes().contains(&0) {
        return Err(rusqlite::Error::ToSqlConversionFailure("text with a NUL".into()));
    }
    Ok(ValueRef::Text(text.as_bytes()))
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(n) => ValueRef::Integer(*n),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

pub(crate) fn query(conn: &Connection, sql: &Sql, params: &[Param<'_>]) -> Answer<Vec<Row>> {
    let mut statement = conn.prepare_cached(sql.text()).map_err(fault)?;
    let columns = bind(&mut statement, sql, params)?;
    let mut cursor = statement.raw_query();
    let mut rows = Vec::new();
    while let Some(row) = cursor.next().map_err(fault)? {
        rows.push(Row::new(Arc::clone(&columns), values(row, columns.len())?.into_boxed_slice()));
    }
    Ok(rows)
}

pub(crate) fn execute(conn: &Connection, sql: &Sql, params: &[Param<'_>]) -> Answer<u64> {
    let mut statement = conn.prepare_cached(sql.text()).map_err(fault)?;
    bind(&mut statement, sql, params)?;
    statement.raw_execute().map(|changed| changed as u64).map_err(fault)
}

pub(crate) fn prepare(conn: &Connection, sql: &Sql) -> Answer<()> {
    conn.prepare_cached(sql.text()).map(drop).map_err(fault)
}

pub(crate) fn execute_text(conn: &Connection, text: &str, params: &[Param<'_>]) -> Answer<u64> {
    let mut statement = conn.prepare_cached(text).map_err(fault)?;
    for (index, param) in params.iter().enumerate() {
        statement.raw_bind_parameter(index + 1, param).map_err(fault)?;
    }
    statement.raw_execute().map(|changed| changed as u64).map_err(fault)
}

pub(crate) fn stream(
    conn: &Connection,
    text: &str,
    each: &mut dyn FnMut(Vec<Value>) -> Result<()>,
) -> Answer<()> {
    let mut statement = conn.prepare(text).map_err(fault)?;
    let width = statement.column_count();
    let mut cursor = statement.raw_query();
    while let Some(row) = cursor.next().map_err(fault)? {
        each(values(row, width)?).map_err(|error| Fault { error, health: Health::Failed })?;
    }
    Ok(())
}

pub(crate) fn load(conn: &Connection, table: &str, columns: &str, rows: &[Vec<Value>]) -> Answer<()> {
    let Some(width) = rows.first().map(Vec::len) else { return Ok(()) };
    let marks: Vec<String> = (1..=width).map(|n| format!("?{n}")).collect();
    let insert = format!("INSERT INTO {table} ({columns}) VALUES ({})", marks.join(", "));
    let mut statement = conn.prepare(&insert).map_err(fault)?;
    for row in rows {
        for (index, value) in row.iter().enumerate() {
            statement.raw_bind_parameter(index + 1, value).map_err(fault)?;
        }
        statement.raw_execute().map_err(fault)?;
    }
    Ok(())
}

fn bind(statement: &mut CachedStatement<'_>, sql: &Sql, params: &[Param<'_>]) -> Answer<Columns> {
    let known = sql.sqlite.get_or_init(|| shape(statement));
    // The same text may stand over another table after a migration.
    let columns = if known.columns.len() == statement.column_count() {
        Arc::clone(&known.columns)
    } else {
        shape(statement).columns
    };
    if params.len() != known.binds.iter().max().map_or(0, |last| last + 1) {
        return Err(internal(format_args!("{} parameters given", params.len())));
    }
    for (index, param) in known.binds.iter().enumerate() {
        statement.raw_bind_parameter(index + 1, &params[*param]).map_err(fault)?;
    }
    Ok(columns)
}

/// SQLite numbers `$2` by where it first stands, not by its digit.
fn shape(statement: &Statement<'_>) -> SqliteShape {
    let binds = (1..=statement.parameter_count())
        .map(|index| {
            let digits = statement.parameter_name(index).and_then(|name| name.get(1..));
            digits.and_then(|n| n.parse::<usize>().ok()).map_or(index - 1, |n| n.saturating_sub(1))
        })
        .collect();
    SqliteShape { binds, columns: statement.column_names().map(Box::from).collect() }
}

fn values(row: &rusqlite::Row<'_>, width: usize) -> Answer<Vec<Value>> {
    (0..width)
        .map(|index| match row.get_ref(index).map_err(fault)? {
            ValueRef::Null => Ok(Value::Null),
            ValueRef::Integer(n) => Ok(Value::Int(n)),
            ValueRef::Blob(bytes) => Ok(Value::Bytes(bytes.to_vec())),
            ValueRef::Text(text) => String::from_utf8(text.to_vec())
                .map(Value::Text)
                .map_err(|_| internal(format_args!("column {index} holds text that is not UTF-8"))),
            ValueRef::Real(_) => Err(internal(format_args!("column {index} is not BIGINT, TEXT or BYTEA"))),
        })
        .collect()
}

fn internal(context: std::fmt::Arguments<'_>) -> Fault {
    Fault { error: Error::internal(context), health: Health::Failed }
}

/// What an error of SQLite means. The engine's words never hold a parameter's value.
pub(crate) fn fault(e: rusqlite::Error) -> Fault {
    use rusqlite::ffi;
    let (code, extended) = match &e {
        rusqlite::Error::SqliteFailure(inner, _) => (Some(inner.code), inner.extended_code),
        _ => (None, 0),
    };
    let error = match (code, extended) {
        (_, ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY) => error::duplicate(),
        (_, ffi::SQLITE_CONSTRAINT_FOREIGNKEY) => error::bad_reference(),
        (Some(ErrorCode::DiskFull | ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked), _) => {
            Error::unavailable("sqlite")
        }
        _ => Error::internal("sqlite"),
    };
    Fault { error: error.context(e), health: Health::Failed }
}

#[cfg(test)]
mod tests {
    use copihue_core::Kind;
    use rusqlite::Connection;

    use super::fault;

    #[test]
    fn a_full_disk_is_unavailable_and_a_wrong_statement_is_a_defect() {
        let conn = Connection::open_in_memory().unwrap();
        conn.execute_batch("PRAGMA max_page_count = 4; CREATE TABLE x (b BLOB)").unwrap();
        let full = conn.execute_batch("INSERT INTO x VALUES (zeroblob(100000))").unwrap_err();
        assert_eq!(fault(full).error.kind(), Kind::Unavailable);
        let wrong = conn.execute_batch("INSERT INTO nowhere VALUES (1)").unwrap_err();
        assert_eq!(fault(wrong).error.kind(), Kind::Internal);
    }
}
