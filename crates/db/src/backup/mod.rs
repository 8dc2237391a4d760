//! Backups that outlive an engine: an ordinary tar archive with every row as a line of JSON, and every blob.
//!
//! ```text
//! copihue.json                    format, engine, time, applied migrations
//! tables/<table>/<part>.jsonl     first line: columns; then one line a row: 1, "text", null, {"b": base64}
//! blobs/ab/cd/<sha256>            the large blobs
//! manifest.json                   rows and SHA-256 of each table, number of blobs
//! ```
//!
//! All tables are read in one snapshot, beside running writers. An archive without its manifest was cut
//! short and is refused. These functions block: call them from a thread that may.

mod catalog;
mod codec;
mod export;
mod import;
mod tar;

use std::collections::BTreeMap;
use std::io::{BufReader, BufWriter, Read, Write};

use copihue_core::{Error, Result};
use serde::{Deserialize, Serialize};

use crate::blobs::Blobs;
use crate::{Db, MigrationSet};

const FORMAT: u32 = 1;

/// How far a backup or restore has come.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Progress {
    /// The table, or `blobs`.
    pub item: String,
    /// Rows (or blobs) of it so far.
    pub count: u64,
    /// Bytes of the archive so far.
    pub bytes: u64,
}

/// Who is told how far it has come.
pub type OnProgress<'p> = dyn FnMut(&Progress) + Send + 'p;

/// What an archive holds.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Manifest {
    /// By table.
    pub tables: BTreeMap<String, TableSum>,
    /// How many large blobs there are.
    pub blobs: u64,
    /// The large blobs (SHA-256 in hex) that were missing or damaged: somebody must look for them.
    pub damaged: Vec<String>,
}

/// What an archive holds of one table.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct TableSum {
    /// Rows.
    pub rows: u64,
    /// SHA-256 of its parts, one after the other, in hex.
    pub sha256: String,
}

#[derive(Serialize, Deserialize)]
struct Header {
    format: u32,
    engine: String,
    made_at: i64,
    /// (set, file, checksum)
    migrations: Vec<(String, String, String)>,
}

/// Writes everything to `out`. Without `blobs`, the large ones are left out.
///
/// # Errors
/// When the database can't be read or `out` not written. A blob that is missing or damaged is no error, but
/// stands in the manifest.
pub fn backup(
    db: &Db,
    blobs: Option<&Blobs>,
    out: &mut (dyn Write + Send),
    progress: &mut OnProgress<'_>,
) -> Result<Manifest> {
    export::run(db, blobs, out, progress)
}

/// Reads an archive into an empty database of either engine, then brings it up to `sets`.
///
/// # Errors
/// When the archive is damaged, cut short or newer than the program, or the database is not empty. Then the
/// database stays empty.
pub fn restore(
    db: &Db,
    sets: &[MigrationSet],
    blobs: Option<&Blobs>,
    input: &mut (dyn Read + Send),
    progress: &mut OnProgress<'_>,
) -> Result<Manifest> {
    let manifest = import::run(db, sets, blobs, input, progress)?;
    db.migrate(sets)?;
    Ok(manifest)
}

/// Moves everything from one database to an empty one. `blobs`: from where to where.
///
/// # Errors
/// As [`backup`] and [`restore`].
pub fn copy(
    from: &Db,
    to: &Db,
    sets: &[MigrationSet],
    blobs: Option<(&Blobs, &Blobs)>,
    progress: &mut OnProgress<'_>,
) -> Result<Manifest> {
    let (source, sink) = std::io::pipe().map_err(stream_error)?;
    std::thread::scope(|scope| {
        let sending = scope.spawn(move || {
            let mut sink = BufWriter::with_capacity(1 << 20, sink);
            backup(from, blobs.map(|(from, _)| from), &mut sink, &mut |_| {})
        });
        let mut source = BufReader::with_capacity(1 << 20, source);
        let received = restore(to, sets, blobs.map(|(_, to)| to), &mut source, progress);
        drop(source);
        let sent = sending.join().unwrap_or_else(|_| Err(Error::internal("the copying thread panicked")));
        // When the receiver failed, the sender's complaint about the broken pipe is only an echo.
        received.and_then(|manifest| sent.map(|_| manifest))
    })
}

fn stream_error(e: std::io::Error) -> Error {
    Error::unavailable(format_args!("backup: {e}"))
}

fn refused(why: impl std::fmt::Display) -> Error {
    Error::internal(format_args!("backup: {why}"))
}
