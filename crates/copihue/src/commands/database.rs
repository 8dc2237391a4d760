//! `copihue db …`: migrate, back up, restore, copy.

use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::Path;

use copihue_core::{Clock, Error, Result, SystemClock};
use copihue_db::backup::{self, Progress};
use copihue_db::blobs::Blobs;
use copihue_db::{Db, Options};

use crate::cli::DbCommand;
use crate::platform::MIGRATIONS;

/// Runs one.
///
/// # Errors
/// When a database or file can't be read or written; nothing half done stays behind.
pub(crate) fn run(command: &DbCommand) -> Result<()> {
    match command {
        DbCommand::Migrate { database } => {
            open(database)?.migrate(MIGRATIONS)?;
            say("The tables are up to date.");
        }
        DbCommand::Backup { database, objects, to } => write_backup(database, objects, to)?,
        DbCommand::Restore { database, objects, from } => {
            let db = open(database)?;
            let mut input = BufReader::new(File::open(from).map_err(|e| failed(from, &e))?);
            let blobs = Blobs::new(db.clone(), objects);
            let manifest = backup::restore(&db, MIGRATIONS, Some(&blobs), &mut input, &mut progress)?;
            let ended = end_what_was_given(&db)?;
            say(&format!(
                "Restored {} tables and {} large documents.",
                manifest.tables.len(),
                manifest.blobs
            ));
            say(&format!("Ended {ended} sessions and permissions of that time: people log in again."));
        }
        DbCommand::Copy { from, to } => {
            let manifest = backup::copy(&open(from)?, &open(to)?, MIGRATIONS, None, &mut progress)?;
            say(&format!("Copied {} tables.", manifest.tables.len()));
        }
    }
    Ok(())
}

/// What was ended after the backup was made is alive again in it: all of it ends.
fn end_what_was_given(db: &Db) -> Result<u64> {
    let now = SystemClock::default().now();
    db.write_blocking(move |tx| {
        Ok(copihue_web::end_every_session(tx, now)? + copihue_identity::end_what_was_given(tx, now)?)
    })
}

/// Writes beside the target and renames at the end: a file of that name is always whole.
fn write_backup(database: &str, objects: &Path, to: &Path) -> Result<()> {
    let db = open(database)?;
    let blobs = Blobs::new(db.clone(), objects);
    let partial = to.with_extension("partial");
    let mut out = BufWriter::new(File::create(&partial).map_err(|e| failed(&partial, &e))?);
    let manifest = backup::backup(&db, Some(&blobs), &mut out, &mut progress)?;
    out.flush().and_then(|()| out.get_ref().sync_all()).map_err(|e| failed(&partial, &e))?;
    std::fs::rename(&partial, to).map_err(|e| failed(to, &e))?;
    for damaged in &manifest.damaged {
        say(&format!("MISSING OR DAMAGED: document {damaged}"));
    }
    say(&format!("Wrote {} tables and {} large documents.", manifest.tables.len(), manifest.blobs));
    Ok(())
}

fn open(database: &str) -> Result<Db> {
    Db::open(database, Options::default())
}

fn failed(path: &Path, e: &std::io::Error) -> Error {
    Error::unavailable(format_args!("{}: {e}", path.display()))
}

fn progress(p: &Progress) {
    if p.count > 0 && p.count.is_multiple_of(100_000) {
        say(&format!("{}: {} ({} MB)", p.item, p.count, p.bytes / 1_000_000));
    }
}

#[expect(clippy::print_stdout, reason = "the command's answer")]
fn say(line: &str) {
    println!("{line}");
}
