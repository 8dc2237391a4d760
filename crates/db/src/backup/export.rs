//! From a database to an archive.

use std::fs::File;
use std::io::{Read, Write};

use aws_lc_rs::digest::{Context, SHA256};
use copihue_core::Result;
use serde_json::json;

use super::{FORMAT, Header, Manifest, OnProgress, Progress, TableSum, catalog, codec, stream_error, tar};
use crate::blobs::{self, Blobs};
use crate::value::Value;
use crate::{Conn, Db, Engine, migrate};

/// How much of a table is in memory at once, in bytes.
const PART: usize = 4 << 20;

pub(super) fn run(
    db: &Db,
    blobs: Option<&Blobs>,
    out: &mut (dyn Write + Send),
    progress: &mut OnProgress<'_>,
) -> Result<Manifest> {
    let engine = db.engine();
    db.dedicated(|conn| {
        conn.run_script(match engine {
            Engine::Sqlite => "BEGIN",
            Engine::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        })?;
        let mut export = Export { out, progress, bytes: 0, manifest: Manifest::default() };
        export.header(conn, engine)?;
        for table in catalog::tables(conn, engine)? {
            export.table(conn, engine, &table)?;
        }
        if let Some(blobs) = blobs {
            export.blobs(conn, blobs)?;
        }
        conn.run_script("COMMIT")?;
        export.end()
    })
}

struct Export<'e> {
    out: &'e mut (dyn Write + Send),
    progress: &'e mut OnProgress<'e>,
    bytes: u64,
    manifest: Manifest,
}

impl Export<'_> {
    fn header(&mut self, conn: &mut Conn<'_>, engine: Engine) -> Result<()> {
        let applied = migrate::applied(conn)?;
        let header = Header {
            format: FORMAT,
            engine: format!("{engine:?}").to_lowercase(),
            made_at: conn.shared.clock.now().millis(),
            migrations: applied.into_iter().map(|((set, file), sum)| (set, file, sum)).collect(),
        };
        tar::file(self.out, "copihue.json", &serde_json::to_vec_pretty(&header)?)
    }

    fn table(&mut self, conn: &mut Conn<'_>, engine: Engine, table: &str) -> Result<()> {
        let columns = catalog::columns(conn, engine, table)?;
        let names: Result<Vec<String>> = columns.iter().map(|column| catalog::quoted(column)).collect();
        let select = format!("SELECT {} FROM {}", names?.join(", "), catalog::quoted(table)?);
        let mut first = Vec::new();
        codec::write_line(&mut first, &json!(columns))?;
        let mut writing = Writing { export: self, table, part: 0, rows: 0, hash: Context::new(&SHA256) };
        let mut buffer = first.clone();
        conn.stream(&select, &mut |row| {
            codec::write_row(&mut buffer, row)?;
            writing.rows += 1;
            if buffer.len() >= PART {
                writing.flush(&buffer)?;
                buffer.clone_from(&first);
            }
            Ok(())
        })?;
        writing.flush(&buffer)?;
        let sum = TableSum { rows: writing.rows, sha256: hex::encode(writing.hash.finish()) };
        self.manifest.tables.insert(table.to_owned(), sum);
        Ok(())
    }

    fn blobs(&mut self, conn: &mut Conn<'_>, blobs: &Blobs) -> Result<()> {
        conn.stream("SELECT sha256, size FROM db_blob WHERE content IS NULL ORDER BY sha256", &mut |row| {
            if let [Value::Bytes(sha256), Value::Int(size)] = row.as_slice() {
                self.blob(blobs, sha256, u64::try_from(*size).unwrap_or(0))?;
            }
            Ok(())
        })
    }

    /// A file that is missing or has another length is left out; one with other bytes is told of.
    fn blob(&mut self, blobs: &Blobs, sha256: &[u8], size: u64) -> Result<()> {
        let name = hex::encode(sha256);
        let opened = File::open(blobs::path_in(blobs, &name)).ok();
        let whole = |file: &File| file.metadata().is_ok_and(|metadata| metadata.len() == size);
        let Some(mut file) = opened.filter(whole) else {
            self.manifest.damaged.push(name);
            return Ok(());
        };
        tar::begin(self.out, &format!("blobs/{}/{}/{name}", &name[..2], &name[2..4]), size)?;
        let mut hash = Context::new(&SHA256);
        let mut left = size;
        let mut piece = vec![0; 1 << 20];
        while left > 0 {
            let length = piece.len().min(usize::try_from(left).unwrap_or(piece.len()));
            file.read_exact(&mut piece[..length]).map_err(stream_error)?;
            hash.update(&piece[..length]);
            self.out.write_all(&piece[..length]).map_err(stream_error)?;
            left -= length as u64;
        }
        tar::pad(self.out, size)?;
        if hash.finish().as_ref() != sha256 {
            self.manifest.damaged.push(name);
        }
        self.manifest.blobs += 1;
        self.bytes += size;
        self.tell("blobs", self.manifest.blobs);
        Ok(())
    }

    fn tell(&mut self, item: &str, count: u64) {
        (self.progress)(&Progress { item: item.to_owned(), count, bytes: self.bytes });
    }

    fn end(self) -> Result<Manifest> {
        tar::file(self.out, "manifest.json", &serde_json::to_vec_pretty(&self.manifest)?)?;
        tar::end(self.out)?;
        Ok(self.manifest)
    }
}

/// One table on its way out.
struct Writing<'w, 'e> {
    export: &'w mut Export<'e>,
    table: &'w str,
    part: u32,
    rows: u64,
    hash: Context,
}

impl Writing<'_, '_> {
    fn flush(&mut self, bytes: &[u8]) -> Result<()> {
        self.part += 1;
        self.hash.update(bytes);
        tar::file(self.export.out, &format!("tables/{}/{:06}.jsonl", self.table, self.part), bytes)?;
        self.export.bytes += bytes.len() as u64;
        self.export.tell(self.table, self.rows);
        Ok(())
    }
}
