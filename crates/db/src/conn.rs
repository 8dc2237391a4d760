//! What a closure sees: a connection inside a transaction.

use std::fmt::Display;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use copihue_core::{Error, Result, Timestamp};

use crate::postgres::Session;
use crate::row::Row;
use crate::shared::Shared;
use crate::sql::Sql;
use crate::sqlite;
use crate::value::{Param, Value};

/// What runs after the commit.
pub(crate) type Hook = Box<dyn FnOnce() + Send>;

/// The engine's own connection.
pub(crate) enum Backend<'a> {
    Sqlite(&'a rusqlite::Connection),
    Postgres(&'a mut Session),
}

/// What happened to the transaction, beyond what the closure was told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Health {
    Good,
    /// A statement failed: only a rollback is left, as PostgreSQL demands.
    Failed,
    /// It collided with another transaction: run it again.
    Collided,
    /// The connection is gone; nothing was committed: run it again on another one.
    Lost,
}

/// An error of an engine: what the closure is told, and what it means for the transaction.
pub(crate) struct Fault {
    pub(crate) error: Error,
    pub(crate) health: Health,
}

/// A connection inside a read: everything in one closure sees the same snapshot.
pub struct Conn<'a> {
    pub(crate) backend: Backend<'a>,
    pub(crate) health: Health,
    pub(crate) shared: &'a Arc<Shared>,
}

impl<'a> Conn<'a> {
    pub(crate) fn new(backend: Backend<'a>, shared: &'a Arc<Shared>) -> Self {
        Self { backend, health: Health::Good, shared }
    }

    /// Every row of the result.
    ///
    /// # Errors
    /// `Unavailable` when the engine can't answer, Conflict `duplicado` or `referencia_invalida` when a
    /// constraint refuses it, else Internal.
    pub fn query(&mut self, sql: &'static Sql, params: &[Param<'_>]) -> Result<Vec<Row>> {
        self.usable(sql)?;
        let answer = match &mut self.backend {
            Backend::Sqlite(conn) => sqlite::query(conn, sql, params),
            Backend::Postgres(session) => session.query(sql, params),
        };
        self.judge(sql, answer)
    }

    /// The only row, or none.
    ///
    /// # Errors
    /// As [`query`](Self::query), and Internal when there are several.
    pub fn query_opt(&mut self, sql: &'static Sql, params: &[Param<'_>]) -> Result<Option<Row>> {
        let mut rows = self.query(sql, params)?;
        if rows.len() > 1 {
            return Err(Error::internal(format_args!("{sql}: {} rows where one was expected", rows.len())));
        }
        Ok(rows.pop())
    }

    /// The only row.
    ///
    /// # Errors
    /// As [`query_opt`](Self::query_opt), and Internal when there is none.
    pub fn query_one(&mut self, sql: &'static Sql, params: &[Param<'_>]) -> Result<Row> {
        self.query_opt(sql, params)?.ok_or_else(|| Error::internal(format_args!("{sql}: no row")))
    }

    /// How many rows a statement without a result changed.
    ///
    /// # Errors
    /// As [`query`](Self::query).
    pub fn execute(&mut self, sql: &'static Sql, params: &[Param<'_>]) -> Result<u64> {
        self.usable(sql)?;
        let answer = match &mut self.backend {
            Backend::Sqlite(conn) => sqlite::execute(conn, sql, params),
            Backend::Postgres(session) => session.execute(sql, params),
        };
        self.judge(sql, answer)
    }

    /// Asks the engine to parse and plan a statement, without running it.
    ///
    /// # Errors
    /// Internal, with the engine's words, when it can't.
    pub fn prepare(&mut self, sql: &'static Sql) -> Result<()> {
        let answer = match &mut self.backend {
            Backend::Sqlite(conn) => sqlite::prepare(conn, sql),
            Backend::Postgres(session) => session.prepare(sql),
        };
        self.judge(sql, answer)
    }

    /// Runs texts that are not known at build time: migrations, backups.
    pub(crate) fn run_script(&mut self, text: &str) -> Result<()> {
        let answer = match &mut self.backend {
            Backend::Sqlite(conn) => conn.execute_batch(text).map_err(sqlite::fault),
            Backend::Postgres(session) => session.batch(text),
        };
        self.judge(&"script", answer)
    }

    /// Every row of a text that is not known at build time, one at a time.
    pub(crate) fn stream(
        &mut self,
        text: &str,
        each: &mut dyn FnMut(Vec<Value>) -> Result<()>,
    ) -> Result<()> {
        let answer = match &mut self.backend {
            Backend::Sqlite(conn) => sqlite::stream(conn, text, each),
            Backend::Postgres(session) => session.stream(text, each),
        };
        self.judge(&"stream", answer)
    }

    /// Adds many rows to a table, as fast as the engine can. Names come quoted.
    pub(crate) fn load(&mut self, table: &str, columns: &[String], rows: &[Vec<Value>]) -> Result<()> {
        let columns = columns.join(", ");
        let answer = match &mut self.backend {
            Backend::Sqlite(conn) => sqlite::load(conn, table, &columns, rows),
            Backend::Postgres(session) => session.load(table, &columns, rows),
        };
        self.judge(&table, answer)
    }

    /// Runs a text that is not known at build time, with parameters.
    pub(crate) fn execute_text(&mut self, text: &str, params: &[Param<'_>]) -> Result<u64> {
        let answer = match &mut self.backend {
            Backend::Sqlite(conn) => sqlite::execute_text(conn, text, params),
            Backend::Postgres(session) => session.execute_text(text, params),
        };
        self.judge(&"text", answer)
    }

    fn usable(&self, sql: &Sql) -> Result<()> {
        if self.health == Health::Good {
            return Ok(());
        }
        Err(Error::internal(format_args!("{sql}: an earlier statement of this transaction failed")))
    }

    fn judge<T>(&mut self, place: &dyn Display, answer: std::result::Result<T, Fault>) -> Result<T> {
        answer.map_err(|fault| {
            self.health = fault.health;
            fault.error.context(place)
        })
    }
}

/// A connection inside a transaction that may write. Derefs to [`Conn`].
pub struct Tx<'a> {
    conn: Conn<'a>,
    hooks: Vec<Hook>,
}

impl<'a> Tx<'a> {
    pub(crate) fn new(conn: Conn<'a>) -> Self {
        Self { conn, hooks: Vec::new() }
    }

    /// Runs `hook` after the commit, and never when there is none. It runs on the database's own thread:
    /// only wake somebody or drop a cache there.
    pub fn on_commit(&mut self, hook: impl FnOnce() + Send + 'static) {
        self.hooks.push(Box::new(hook));
    }

    /// The time of the database's clock.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.shared.clock.now()
    }

    /// Runs `f` so that its failure undoes only what it did, and the transaction can go on.
    ///
    /// # Errors
    /// What `f` answers.
    pub fn savepoint<T>(&mut self, f: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        self.conn.run_script("SAVEPOINT inner_savepoint")?;
        let hooks = self.hooks.len();
        match f(self) {
            Ok(value) if self.conn.health == Health::Good => {
                self.conn.run_script("RELEASE SAVEPOINT inner_savepoint")?;
                Ok(value)
            }
            Ok(_) => Err(swallowed()),
            Err(error) => {
                self.hooks.truncate(hooks);
                if self.conn.health == Health::Failed {
                    self.conn.health = Health::Good;
                }
                if self.conn.health == Health::Good {
                    self.conn.run_script(
                        "ROLLBACK TO SAVEPOINT inner_savepoint; RELEASE SAVEPOINT inner_savepoint",
                    )?;
                }
                Err(error)
            }
        }
    }

    pub(crate) fn take_hooks(&mut self) -> Vec<Hook> {
        std::mem::take(&mut self.hooks)
    }
}

/// A closure that hides a failed statement would have its loss acknowledged.
pub(crate) fn swallowed() -> Error {
    Error::internal("a closure answered Ok after a failed statement; use Tx::savepoint")
}

impl<'a> Deref for Tx<'a> {
    type Target = Conn<'a>;

    fn deref(&self) -> &Conn<'a> {
        &self.conn
    }
}

impl<'a> DerefMut for Tx<'a> {
    fn deref_mut(&mut self) -> &mut Conn<'a> {
        &mut self.conn
    }
}
