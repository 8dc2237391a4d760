//! The embedded engine: SQLite in WAL mode, one writer that commits in groups, readers beside it.

mod readers;
mod statement;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use copihue_core::{Error, Result};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::db::Options;
use crate::shared::Shared;
use crate::threads::Threads;

pub(crate) use statement::{execute, execute_text, fault, load, prepare, query, stream};

/// An open SQLite database: its threads and their queues.
pub(crate) struct Sqlite {
    pub(crate) path: PathBuf,
    pub(crate) writer: Threads<writer::Item>,
    pub(crate) readers: Threads<readers::Item>,
}

impl Sqlite {
    pub(crate) fn open(path: &Path, options: &Options, shared: &Arc<Shared>) -> Result<Self> {
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder)
                .map_err(|e| Error::internal(format_args!("database folder: {e}")))?;
        }
        let writer = writer::start(connect(path, Role::Writer)?, options, shared)?;
        let mut connections = Vec::new();
        for _ in 0..options.readers.max(1) {
            connections.push(connect(path, Role::Reader)?);
        }
        let readers = readers::start(connections, options, shared)?;
        Ok(Self { path: path.to_owned(), writer, readers })
    }

    /// A connection of its own, for migrations and backups.
    pub(crate) fn dedicated(&self) -> Result<Connection> {
        connect(&self.path, Role::Writer)
    }
}

/// What a connection is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Writer,
    Reader,
}

fn connect(path: &Path, role: Role) -> Result<Connection> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    open(path, role, flags).map_err(|e| Error::internal(format_args!("open the database: {e}")))
}

fn open(path: &Path, role: Role, flags: OpenFlags) -> rusqlite::Result<Connection> {
    let conn = Connection::open_with_flags(path, flags)?;
    conn.busy_timeout(Duration::from_secs(10))?;
    // Plans don't depend on bound values. Without this, SQLite compiles a statement again whenever a value that it looked
    // at while planning changes: a twenty-fifth of a whole journey.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    // The sizes keep an idle process under its 60 MB: pages are read when needed, and kept up to this.
    let cache_kib = if role == Role::Writer { 16_384 } else { 4_096 };
    conn.execute_batch(&format!(
        "PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA foreign_keys = ON;
         PRAGMA temp_store = MEMORY;
         PRAGMA wal_autocheckpoint = 4000;
         PRAGMA journal_size_limit = 67108864;
         PRAGMA cache_size = -{cache_kib};"
    ))?;
    if role == Role::Reader {
        conn.execute_batch("PRAGMA query_only = ON;")?;
    }
    conn.set_prepared_statement_cache_capacity(if role == Role::Writer { 1024 } else { 512 });
    Ok(conn)
}
