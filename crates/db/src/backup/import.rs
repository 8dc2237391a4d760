//! From an archive to a database.

use std::collections::BTreeMap;
use std::io::Read;

use aws_lc_rs::digest::{Context, SHA256};
use copihue_core::Result;

use super::{
    FORMAT, Header, Manifest, OnProgress, Progress, TableSum, catalog, codec, refused, stream_error, tar,
};
use crate::blobs::{self, Blobs};
use crate::conn::Health;
use crate::{Conn, Db, Engine, MigrationSet, migrate};

/// The longest part that is accepted, in bytes: one row may hold a large text.
const LONGEST: u64 = 1 << 30;

pub(super) fn run(
    db: &Db,
    sets: &[MigrationSet],
    blobs: Option<&Blobs>,
    input: &mut (dyn Read + Send),
    progress: &mut OnProgress<'_>,
) -> Result<Manifest> {
    let engine = db.engine();
    let header = header(input)?;
    db.dedicated(|conn| {
        must_be_empty(conn, engine)?;
        migrate::up_to(conn, engine, sets, &header.migrations)?;
        conn.run_script(if engine == Engine::Sqlite { "BEGIN IMMEDIATE" } else { "BEGIN" })?;
        let import = Import { input, progress, blobs, bytes: 0, seen: BTreeMap::new(), files: 0 };
        let done = import.all(conn, engine);
        if done.is_err() {
            conn.health = Health::Good;
            conn.run_script("ROLLBACK")?;
            forget(conn, engine)?;
            return done;
        }
        conn.run_script("COMMIT")?;
        done
    })
}

fn header(input: &mut dyn Read) -> Result<Header> {
    let entry = tar::next(input)?.filter(|entry| entry.path == "copihue.json");
    let entry = entry.ok_or_else(|| refused("not an archive of Copihue"))?;
    let header: Header = serde_json::from_slice(&whole(input, entry.size)?)?;
    if header.format != FORMAT {
        return Err(refused(format_args!("the archive's format is {}", header.format)));
    }
    Ok(header)
}

fn must_be_empty(conn: &mut Conn<'_>, engine: Engine) -> Result<()> {
    for table in catalog::tables(conn, engine)? {
        let mut empty = true;
        conn.stream(&format!("SELECT 1 FROM {} LIMIT 1", catalog::quoted(&table)?), &mut |_| {
            empty = false;
            Ok(())
        })?;
        if !empty {
            return Err(refused(format_args!("the database is not empty: {table} has rows")));
        }
    }
    Ok(())
}

/// Takes the tables away again, so that what was empty is empty: migrations may have put rows.
fn forget(conn: &mut Conn<'_>, engine: Engine) -> Result<()> {
    let cascade = if engine == Engine::Postgres { " CASCADE" } else { "" };
    for table in catalog::tables(conn, engine)?.iter().map(String::as_str).chain(["db_migration"]) {
        conn.run_script(&format!("DROP TABLE {}{cascade}", catalog::quoted(table)?))?;
    }
    Ok(())
}

fn whole(input: &mut dyn Read, size: u64) -> Result<Vec<u8>> {
    if size > LONGEST {
        return Err(refused("a part of the archive is too long"));
    }
    let mut bytes = Vec::new();
    input.take(size).read_to_end(&mut bytes).map_err(stream_error)?;
    if bytes.len() as u64 != size {
        return Err(refused("the archive was cut short"));
    }
    tar::skip_padding(input, size)?;
    Ok(bytes)
}

struct Import<'i> {
    input: &'i mut (dyn Read + Send),
    progress: &'i mut OnProgress<'i>,
    blobs: Option<&'i Blobs>,
    bytes: u64,
    /// Rows and running hash of each table.
    seen: BTreeMap<String, (u64, Context)>,
    files: u64,
}

impl Import<'_> {
    fn all(mut self, conn: &mut Conn<'_>, engine: Engine) -> Result<Manifest> {
        let then = catalog::defer_foreign_keys(conn, engine)?;
        // Rows that a migration put there are in the archive too, as they were at its time.
        for table in catalog::tables(conn, engine)? {
            conn.run_script(&format!("DELETE FROM {}", catalog::quoted(&table)?))?;
        }
        loop {
            let entry = tar::next(self.input)?.ok_or_else(|| refused("the archive has no manifest"))?;
            if entry.path == "manifest.json" {
                let manifest: Manifest = serde_json::from_slice(&whole(self.input, entry.size)?)?;
                self.compare(&manifest)?;
                then.iter().try_for_each(|statement| conn.run_script(statement))?;
                return Ok(manifest);
            }
            if let Some(table) = entry.path.strip_prefix("tables/").and_then(|rest| rest.split('/').next()) {
                self.part(conn, table, entry.size)?;
            } else if let Some(name) = entry.path.strip_prefix("blobs/").and_then(|rest| rest.get(6..)) {
                self.blob(name, entry.size)?;
            } else {
                return Err(refused("the archive holds something unknown"));
            }
        }
    }

    fn part(&mut self, conn: &mut Conn<'_>, table: &str, size: u64) -> Result<()> {
        let bytes = whole(self.input, size)?;
        let (columns, rows) = codec::read_part(&bytes)?;
        let names: Result<Vec<String>> = columns.iter().map(|column| catalog::quoted(column)).collect();
        conn.load(&catalog::quoted(table)?, &names?, &rows)?;
        let seen = self.seen.entry(table.to_owned()).or_insert_with(|| (0, Context::new(&SHA256)));
        seen.0 += rows.len() as u64;
        seen.1.update(&bytes);
        let count = seen.0;
        self.bytes += size;
        (self.progress)(&Progress { item: table.to_owned(), count, bytes: self.bytes });
        Ok(())
    }

    /// Kept before the commit, as always.
    fn blob(&mut self, name: &str, size: u64) -> Result<()> {
        let Some(blobs) = self.blobs else { return Err(refused("the archive holds blobs: say where to")) };
        let mut file = blobs::Incoming::begin(blobs.folder())?;
        let mut left = size;
        while left > 0 {
            let mut piece = vec![0; usize::try_from(left).unwrap_or(usize::MAX).min(1 << 20)];
            self.input.read_exact(&mut piece).map_err(stream_error)?;
            file = file.with(&piece)?;
            left -= piece.len() as u64;
        }
        tar::skip_padding(self.input, size)?;
        // One that was damaged already lands under the hash of what it is now: never under the good name.
        let kept = file.keep(blobs.folder())?;
        if hex::encode(kept.sha256) != name {
            tracing::warn!(blob = name, "a blob of the archive is damaged");
        }
        self.files += 1;
        self.bytes += size;
        (self.progress)(&Progress { item: "blobs".to_owned(), count: self.files, bytes: self.bytes });
        Ok(())
    }

    fn compare(self, manifest: &Manifest) -> Result<()> {
        let sum = |(rows, hash): (u64, Context)| TableSum { rows, sha256: hex::encode(hash.finish()) };
        let seen: BTreeMap<_, _> = self.seen.into_iter().map(|(table, seen)| (table, sum(seen))).collect();
        if seen != manifest.tables || self.files != manifest.blobs {
            return Err(refused("the archive does not hold what its manifest says"));
        }
        Ok(())
    }
}
