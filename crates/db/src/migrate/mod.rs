//! Migrations: numbered texts of each crate, applied once, in order, each in a transaction.
//!
//! They expand first and contract in a later release, so that the program before and the one after can
//! both run over the same database while one replaces the other.

mod script;

use std::collections::BTreeMap;

use copihue_core::{Error, Result, json};

use crate::conn::Conn;
use crate::value::Value;
use crate::{Db, Engine, params};

/// The migrations of one crate.
#[derive(Clone, Copy, Debug)]
pub struct MigrationSet {
    /// The crate's short name, which also leads its tables' names: `casefiles`.
    pub name: &'static str,
    /// `("0001_create.sql", include_str!(…))`, in order. An applied one never changes.
    pub files: &'static [(&'static str, &'static str)],
}

/// The tables of this crate; [`Db::migrate`] applies them by itself.
pub const MIGRATIONS: MigrationSet = MigrationSet {
    name: "db",
    files: &[
        ("0001_job.sql", include_str!("../../migrations/0001_job.sql")),
        ("0002_outbox.sql", include_str!("../../migrations/0002_outbox.sql")),
        ("0003_blob.sql", include_str!("../../migrations/0003_blob.sql")),
    ],
};

const CREATE: &str = "CREATE TABLE IF NOT EXISTS db_migration (
    set_name TEXT NOT NULL, file TEXT NOT NULL, checksum TEXT NOT NULL, applied_at BIGINT NOT NULL,
    PRIMARY KEY (set_name, file))";

/// What the database says was applied: (set, file) → checksum.
pub(crate) type Applied = BTreeMap<(String, String), String>;

impl Db {
    /// Brings the database up to these sets (and this crate's own).
    ///
    /// # Errors
    /// Internal when an applied migration has changed since, when the database is newer than the program,
    /// or when a migration can't be run (it leaves nothing behind).
    pub fn migrate(&self, sets: &[MigrationSet]) -> Result<()> {
        let engine = self.engine();
        self.dedicated(|conn| {
            // Two processes that start at once: the second waits here.
            if engine == Engine::Postgres {
                conn.run_script("SELECT pg_advisory_lock(hashtext('copihue.migrate.' || current_schema()))")?;
            }
            bring_up(conn, engine, sets)
        })
    }
}

fn bring_up(conn: &mut Conn<'_>, engine: Engine, sets: &[MigrationSet]) -> Result<()> {
    for statement in script::statements(CREATE, engine) {
        conn.run_script(&statement)?;
    }
    let applied = applied(conn)?;
    for set in std::iter::once(&MIGRATIONS).chain(sets) {
        for (file, text) in pending(set, &applied)? {
            apply(conn, engine, set.name, file, text)?;
        }
    }
    Ok(())
}

/// Brings an empty database to where another one was: for a backup, which knows its migrations.
pub(crate) fn up_to(
    conn: &mut Conn<'_>,
    engine: Engine,
    sets: &[MigrationSet],
    recorded: &[(String, String, String)],
) -> Result<()> {
    for statement in script::statements(CREATE, engine) {
        conn.run_script(&statement)?;
    }
    let mut applied = applied(conn)?;
    let mut wanted: Applied =
        recorded.iter().map(|(set, file, sum)| ((set.clone(), file.clone()), sum.clone())).collect();
    for set in std::iter::once(&MIGRATIONS).chain(sets) {
        for (file, text) in set.files {
            let key = (set.name.to_owned(), (*file).to_owned());
            if wanted.get(&key) != Some(&checksum(text)) {
                continue;
            }
            wanted.remove(&key);
            if applied.remove(&key).is_none() {
                apply(conn, engine, set.name, file, text)?;
            }
        }
    }
    if let Some((set, file)) = wanted.keys().next() {
        return Err(Error::internal(format_args!("the program does not know migration {set}/{file}")));
    }
    if applied.is_empty() {
        return Ok(());
    }
    Err(Error::internal("the database is further than the backup: restore into a new one"))
}

pub(crate) fn applied(conn: &mut Conn<'_>) -> Result<Applied> {
    let mut applied = Applied::new();
    conn.stream("SELECT set_name, file, checksum FROM db_migration", &mut |row| {
        if let [Value::Text(set), Value::Text(file), Value::Text(checksum)] = row.as_slice() {
            applied.insert((set.clone(), file.clone()), checksum.clone());
        }
        Ok(())
    })?;
    Ok(applied)
}

/// The files of a set that are still to be applied.
fn pending<'s>(set: &'s MigrationSet, applied: &Applied) -> Result<&'s [(&'static str, &'static str)]> {
    let recorded: Vec<_> = applied.iter().filter(|((name, _), _)| name == set.name).collect();
    for (index, ((_, file), checksum)) in recorded.iter().enumerate() {
        let Some((name, text)) = set.files.get(index) else {
            return Err(refused(set, file, "the database is newer than the program"));
        };
        if name != file {
            return Err(refused(set, file, "the program does not know it at this place"));
        }
        if self::checksum(text) != **checksum {
            return Err(refused(set, file, "it has changed since it was applied"));
        }
    }
    let numbered = set.files.windows(2).all(|pair| pair[0].0 < pair[1].0);
    if !numbered {
        return Err(refused(set, "", "the files are not in order"));
    }
    Ok(&set.files[recorded.len()..])
}

fn refused(set: &MigrationSet, file: &str, why: &str) -> Error {
    Error::internal(format_args!("migration {}/{file}: {why}", set.name))
}

/// Line ends don't count: they change when a file is checked out elsewhere.
fn checksum(text: &str) -> String {
    json::sha256_hex(text.replace("\r\n", "\n").as_bytes())
}

fn apply(conn: &mut Conn<'_>, engine: Engine, set: &str, file: &str, text: &str) -> Result<()> {
    conn.run_script(if engine == Engine::Sqlite { "BEGIN IMMEDIATE" } else { "BEGIN" })?;
    let done = run(conn, engine, set, file, text);
    if let Err(error) = done {
        conn.health = crate::conn::Health::Good;
        conn.run_script("ROLLBACK")?;
        return Err(error.context(format_args!("migration {set}/{file}")));
    }
    conn.run_script("COMMIT")
}

fn run(conn: &mut Conn<'_>, engine: Engine, set: &str, file: &str, text: &str) -> Result<()> {
    for statement in script::statements(text, engine) {
        conn.run_script(&statement)?;
    }
    let now = conn.shared.clock.now();
    conn.execute_text(
        "INSERT INTO db_migration (set_name, file, checksum, applied_at) VALUES ($1, $2, $3, $4)",
        &params![set, file, checksum(text), now],
    )?;
    Ok(())
}
