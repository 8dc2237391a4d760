//! One connection to PostgreSQL with the statements it has prepared.

use std::collections::HashMap;
use std::io::Write;
use std::sync::Arc;

use copihue_core::{Error, Result};
use postgres::error::{DbError, SqlState};
use postgres::fallible_iterator::FallibleIterator;
use postgres::types::ToSql;
use postgres::{Client, NoTls, Statement};

use super::url::Target;
use crate::conn::{Fault, Health};
use crate::db::Options;
use crate::error;
use crate::row::{Columns, Row};
use crate::sql::Sql;
use crate::value::{Param, Value};

type Answer<T> = std::result::Result<T, Fault>;

/// A connection. Statements are prepared at their first use and kept.
pub(crate) struct Session {
    client: Client,
    prepared: HashMap<usize, (Statement, Columns)>,
}

impl Session {
    pub(crate) fn connect(target: &Target, options: &Options) -> Result<Self> {
        let mut client = target
            .config
            .connect(NoTls)
            .map_err(|e| Error::unavailable(format_args!("connect to postgres: {e}")))?;
        let timeout = options.statement_timeout.as_millis();
        let mut settings = format!(
            "SET default_transaction_isolation = 'serializable';
             SET statement_timeout = {timeout};
             SET idle_in_transaction_session_timeout = {};
             SET client_min_messages = warning;",
            2 * timeout
        );
        if let Some(schema) = &target.schema {
            settings.push_str(&format!("SET search_path TO \"{schema}\";"));
        }
        client.batch_execute(&settings).map_err(|e| fault(e).error)?;
        Ok(Self { client, prepared: HashMap::new() })
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    fn statement(&mut self, sql: &'static Sql) -> Answer<(Statement, Columns)> {
        if let Some((statement, columns)) = self.prepared.get(&sql.address()) {
            return Ok((statement.clone(), Arc::clone(columns)));
        }
        let statement = self.client.prepare(sql.text()).map_err(fault)?;
        let columns: Columns = statement.columns().iter().map(|column| Box::from(column.name())).collect();
        self.prepared.insert(sql.address(), (statement.clone(), Arc::clone(&columns)));
        Ok((statement, columns))
    }

    pub(crate) fn prepare(&mut self, sql: &'static Sql) -> Answer<()> {
        self.statement(sql).map(drop)
    }

    pub(crate) fn query(&mut self, sql: &'static Sql, params: &[Param<'_>]) -> Answer<Vec<Row>> {
        let (statement, columns) = self.statement(sql)?;
        checked(&statement, params)?;
        let rows = self.client.query(&statement, &borrowed(params)).map_err(fault)?;
        rows.iter().map(|row| Ok(Row::new(Arc::clone(&columns), values(row)?.into_boxed_slice()))).collect()
    }

    pub(crate) fn execute(&mut self, sql: &'static Sql, params: &[Param<'_>]) -> Answer<u64> {
        let (statement, _) = self.statement(sql)?;
        checked(&statement, params)?;
        self.client.execute(&statement, &borrowed(params)).map_err(fault)
    }

    pub(crate) fn execute_text(&mut self, text: &str, params: &[Param<'_>]) -> Answer<u64> {
        self.client.execute(text, &borrowed(params)).map_err(fault)
    }

    pub(crate) fn batch(&mut self, text: &str) -> Answer<()> {
        self.client.batch_execute(text).map_err(fault)
    }

    pub(crate) fn stream(
        &mut self,
        text: &str,
        each: &mut dyn FnMut(Vec<Value>) -> Result<()>,
    ) -> Answer<()> {
        let mut rows = self.client.query_raw(text, std::iter::empty::<Param<'_>>()).map_err(fault)?;
        while let Some(row) = rows.next().map_err(fault)? {
            each(values(&row)?).map_err(|error| Fault { error, health: Health::Failed })?;
        }
        Ok(())
    }
}

impl Session {
    /// Rows by COPY.
    pub(crate) fn load(&mut self, table: &str, columns: &str, rows: &[Vec<Value>]) -> Answer<()> {
        let mut lines = Vec::new();
        for row in rows {
            copy_line(&mut lines, row);
        }
        let copy = format!("COPY {table} ({columns}) FROM STDIN");
        let mut writer = self.client.copy_in(&copy).map_err(fault)?;
        writer
            .write_all(&lines)
            .map_err(|e| Fault { error: Error::unavailable(e), health: Health::Failed })?;
        writer.finish().map(drop).map_err(fault)
    }
}

/// One row in COPY's text form.
fn copy_line(out: &mut Vec<u8>, row: &[Value]) {
    for (index, value) in row.iter().enumerate() {
        if index > 0 {
            out.push(b'\t');
        }
        match value {
            Value::Null => out.extend_from_slice(b"\\N"),
            Value::Int(n) => out.extend_from_slice(n.to_string().as_bytes()),
            Value::Bytes(bytes) => {
                out.extend_from_slice(b"\\\\x");
                out.extend_from_slice(hex::encode(bytes).as_bytes());
            }
            Value::Text(text) => text.bytes().for_each(|byte| match byte {
                b'\\' => out.extend_from_slice(b"\\\\"),
                b'\n' => out.extend_from_slice(b"\\n"),
                b'\r' => out.extend_from_slice(b"\\r"),
                b'\t' => out.extend_from_slice(b"\\t"),
                _ => out.push(byte),
            }),
        }
    }
    out.push(b'\n');
}

fn borrowed<'p>(params: &'p [Param<'p>]) -> Vec<&'p (dyn ToSql + Sync)> {
    params.iter().map(|param| param as &(dyn ToSql + Sync)).collect()
}

fn checked(statement: &Statement, params: &[Param<'_>]) -> Answer<()> {
    if statement.params().len() == params.len() {
        return Ok(());
    }
    let error = Error::internal(format_args!("{} parameters given", params.len()));
    Err(Fault { error, health: Health::Failed })
}

fn values(row: &postgres::Row) -> Answer<Vec<Value>> {
    (0..row.len()).map(|index| row.try_get(index).map_err(fault)).collect()
}

/// What an error of PostgreSQL means. Only its code and short message are kept: its detail holds values.
pub(crate) fn fault(e: postgres::Error) -> Fault {
    let Some(db) = e.as_db_error() else {
        let health = if e.is_closed() || is_io(&e) { Health::Lost } else { Health::Failed };
        let kind =
            if health == Health::Lost { Error::unavailable("lost") } else { Error::internal("refused") };
        return Fault { error: kind.context(format_args!("postgres: {e}")), health };
    };
    let code = db.code();
    let (error, health) = if *code == SqlState::UNIQUE_VIOLATION {
        (error::duplicate(), Health::Failed)
    } else if *code == SqlState::FOREIGN_KEY_VIOLATION {
        (error::bad_reference(), Health::Failed)
    } else if *code == SqlState::T_R_SERIALIZATION_FAILURE || *code == SqlState::T_R_DEADLOCK_DETECTED {
        (Error::unavailable("collision"), Health::Collided)
    } else if is_stale(db) {
        (Error::unavailable("stale"), Health::Lost)
    } else {
        match &code.code()[..2] {
            "08" | "57" if *code != SqlState::QUERY_CANCELED => (Error::unavailable("lost"), Health::Lost),
            "53" | "57" => (Error::unavailable("refused"), Health::Failed),
            _ => (Error::internal("refused"), Health::Failed),
        }
    };
    Fault { error: error.context(format_args!("postgres {}: {}", code.code(), db.message())), health }
}

/// A statement that was prepared before a migration, or on another connection behind a pooler.
fn is_stale(db: &DbError) -> bool {
    *db.code() == SqlState::INVALID_SQL_STATEMENT_NAME
        || (*db.code() == SqlState::FEATURE_NOT_SUPPORTED && db.message().contains("cached plan"))
}

fn is_io(e: &postgres::Error) -> bool {
    std::error::Error::source(e).is_some_and(|source| source.is::<std::io::Error>())
}
