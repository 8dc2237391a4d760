//! Every SQL text of the crate.

pub(crate) mod anchor;
pub(crate) mod audit;
pub(crate) mod lease;
mod publication;
mod recovery;

pub(crate) use publication::{
    Standing, appended_at, checkpoint_of, insert_checkpoint, latest_checkpoint, latest_signed, publish,
    standing,
};
pub(crate) use recovery::insert_recovered;

use copihue_core::{Error, Id, Result, Timestamp};
use copihue_db::{Conn, MigrationSet, Row, Tx, params, sql};

use crate::record::Family;
use crate::sealed::Sealed;
use copihue_tlog::merkle::{Frontier, Hash};
use copihue_tlog::tile::TileSource;

pub(crate) mod person;

/// The tables of this crate.
pub const MIGRATIONS: MigrationSet = MigrationSet {
    name: "ledger",
    files: &[
        ("0001_record.sql", include_str!("../migrations/0001_record.sql")),
        ("0002_tree.sql", include_str!("../migrations/0002_tree.sql")),
        ("0003_person.sql", include_str!("../migrations/0003_person.sql")),
        ("0004_publication.sql", include_str!("../migrations/0004_publication.sql")),
        ("0005_anchor.sql", include_str!("../migrations/0005_anchor.sql")),
    ],
};

/// Inserts a record with the persons it concerns; `false` when its id is taken.
pub(crate) fn insert_record(
    tx: &mut Tx<'_>,
    (family, record_id, kind): (Family, &str, &str),
    seq: i64,
    sealed: &Sealed,
    concerns: Option<Vec<u8>>,
    now: Timestamp,
) -> Result<bool> {
    let inserted = tx.execute(
        sql!(
            "INSERT INTO ledger_record
             (family, record_id, seq, kind, entry, commitments, sealed, concerns, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (family, record_id) DO NOTHING"
        ),
        &params![
            family.number(),
            record_id,
            seq,
            kind,
            sealed.entry,
            sealed.commitments,
            sealed.sealed,
            concerns,
            now
        ],
    )?;
    Ok(inserted == 1)
}

/// A stored record.
pub(crate) struct Stored {
    pub(crate) kind: String,
    pub(crate) sealed: Sealed,
    pub(crate) index: Option<u64>,
}

pub(crate) fn record(conn: &mut Conn<'_>, family: Family, record_id: &str) -> Result<Option<Stored>> {
    let row = conn.query_opt(
        sql!(
            "SELECT kind, entry, commitments, sealed, idx FROM ledger_record
             WHERE family = $1 AND record_id = $2"
        ),
        &params![family.number(), record_id],
    )?;
    row.map(|row| stored(&row)).transpose()
}

fn stored(row: &Row) -> Result<Stored> {
    Ok(Stored {
        kind: row.get("kind")?,
        sealed: Sealed {
            entry: row.get("entry")?,
            commitments: row.get("commitments")?,
            sealed: row.get("sealed")?,
        },
        index: row.get("idx")?,
    })
}

/// The person's sealed key, made of `fresh` when there is none.
pub(crate) fn subject_key_or_insert(
    tx: &mut Tx<'_>,
    family: Family,
    person: Id,
    fresh: &[u8],
    now: Timestamp,
) -> Result<Vec<u8>> {
    tx.query_one(
        sql!(
            "INSERT INTO ledger_subject_key (bucket, person, family, sealed, created_at)
             VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (bucket, person, family) DO UPDATE SET family = excluded.family
             RETURNING sealed"
        ),
        &params![person.bucket(), person, family.number(), fresh, now],
    )?
    .get("sealed")
}

pub(crate) fn subject_key(conn: &mut Conn<'_>, family: Family, person: Id) -> Result<Option<Vec<u8>>> {
    let row = conn.query_opt(
        sql!("SELECT sealed FROM ledger_subject_key WHERE bucket = $1 AND person = $2 AND family = $3"),
        &params![person.bucket(), person, family.number()],
    )?;
    row.map(|row| row.get("sealed")).transpose()
}

/// Destroys the person's keys; answers how many there were.
pub(crate) fn delete_subject_keys(tx: &mut Tx<'_>, person: Id) -> Result<u64> {
    tx.execute(
        sql!("DELETE FROM ledger_subject_key WHERE bucket = $1 AND person = $2"),
        &params![person.bucket(), person],
    )
}

/// The ledgers with records that have no place yet.
pub(crate) fn pending_families(conn: &mut Conn<'_>) -> Result<Vec<Family>> {
    let rows = conn.query(sql!("SELECT DISTINCT family FROM ledger_record WHERE idx IS NULL"), &params![])?;
    rows.iter().map(|row| Family::numbered(row.get("family")?)).collect()
}

/// When the oldest record that waits arrived.
pub(crate) fn oldest_pending(conn: &mut Conn<'_>) -> Result<Option<Timestamp>> {
    let oldest = sql!("SELECT min(created_at) AS oldest FROM ledger_record WHERE idx IS NULL");
    conn.query_one(oldest, &params![])?.get("oldest")
}

/// A record without place.
pub(crate) struct Pending {
    pub(crate) record_id: String,
    pub(crate) entry: String,
    pub(crate) seq: i64,
    pub(crate) concerns: Option<Vec<u8>>,
}

/// The next records of a ledger.
pub(crate) fn pending(conn: &mut Conn<'_>, family: Family, limit: usize) -> Result<Vec<Pending>> {
    let rows = conn.query(
        sql!(
            "SELECT record_id, entry, seq, concerns FROM ledger_record
             WHERE family = $1 AND idx IS NULL ORDER BY seq, record_id LIMIT $2"
        ),
        &params![family.number(), limit],
    )?;
    rows.iter()
        .map(|row| {
            Ok(Pending { record_id: row.at(0)?, entry: row.at(1)?, seq: row.at(2)?, concerns: row.at(3)? })
        })
        .collect()
}

/// Gives the records that [`pending`] answered in the same transaction their places, from `first` on.
pub(crate) fn place_pending(tx: &mut Tx<'_>, family: Family, first: u64, count: usize) -> Result<()> {
    let place = sql!(
        "UPDATE ledger_record SET idx = waiting.place, concerns = NULL
         FROM (SELECT record_id AS id, row_number() OVER (ORDER BY seq, record_id) - 1 + $2 AS place
               FROM (SELECT seq, record_id FROM ledger_record
                     WHERE family = $1 AND idx IS NULL ORDER BY seq, record_id LIMIT $3) AS next) AS waiting
         WHERE family = $1 AND record_id = waiting.id AND idx IS NULL"
    );
    match tx.execute(place, &params![family.number(), first, count])? {
        placed if placed == count as u64 => Ok(()),
        _ => Err(Error::internal("ledger: a record was given a place twice")),
    }
}

/// Gives a record its place; whom it concerns stands in their own lists from then on.
pub(crate) fn set_index(tx: &mut Tx<'_>, family: Family, record_id: &str, index: u64) -> Result<()> {
    let place = sql!(
        "UPDATE ledger_record SET idx = $3, concerns = NULL WHERE family = $1 AND record_id = $2 AND idx IS NULL"
    );
    match tx.execute(place, &params![family.number(), record_id, index])? {
        1 => Ok(()),
        _ => Err(Error::internal("ledger: a record was given a place twice")),
    }
}

/// Entries `from…from+count` of a ledger.
pub(crate) fn entries(conn: &mut Conn<'_>, family: Family, from: u64, count: u64) -> Result<Vec<String>> {
    let rows = conn.query(
        sql!(
            "SELECT entry FROM ledger_record WHERE family = $1 AND idx >= $2 AND idx < $3
             AND idx IS NOT NULL ORDER BY idx"
        ),
        &params![family.number(), from, from + count],
    )?;
    rows.iter().map(|row| row.get("entry")).collect()
}

/// The committed state of a log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Tree {
    pub(crate) root: Hash,
    pub(crate) frontier: Frontier,
}

pub(crate) fn tree(conn: &mut Conn<'_>, family: Family) -> Result<Option<Tree>> {
    let row = conn.query_opt(
        sql!("SELECT size, root, frontier FROM ledger_tree WHERE family = $1"),
        &params![family.number()],
    )?;
    let Some(row) = row else { return Ok(None) };
    let frontier = Frontier::from_bytes(row.get("size")?, &row.get::<Vec<u8>>("frontier")?);
    let frontier = frontier.ok_or_else(|| crate::halt(family, "the frontier doesn't fit the size"))?;
    Ok(Some(Tree { root: row.get("root")?, frontier }))
}

/// Saves the state over the one of `old_size`; refuses when somebody else saved before.
pub(crate) fn save_tree(tx: &mut Tx<'_>, family: Family, old_size: u64, tree: &Tree) -> Result<()> {
    let saved = tx.execute(
        sql!(
            "INSERT INTO ledger_tree (family, size, root, frontier) VALUES ($1, $2, $3, $4)
             ON CONFLICT (family) DO UPDATE
             SET size = excluded.size, root = excluded.root, frontier = excluded.frontier
             WHERE ledger_tree.size = $5"
        ),
        &params![family.number(), tree.frontier.size(), tree.root, tree.frontier.to_bytes(), old_size],
    )?;
    if saved == 1 { Ok(()) } else { Err(Error::internal("ledger: two sequencers at once")) }
}

pub(crate) fn save_tile(tx: &mut Tx<'_>, family: Family, level: u8, n: u64, hashes: &[u8]) -> Result<()> {
    tx.execute(
        sql!(
            "INSERT INTO ledger_tile (family, level, n, hashes) VALUES ($1, $2, $3, $4)
             ON CONFLICT (family, level, n) DO UPDATE SET hashes = excluded.hashes"
        ),
        &params![family.number(), level, n, hashes],
    )?;
    Ok(())
}

/// The stored tiles of a log, inside a transaction.
pub(crate) struct StoredTiles<'a, 'c> {
    pub(crate) conn: &'a mut Conn<'c>,
    pub(crate) family: Family,
}

impl TileSource for StoredTiles<'_, '_> {
    type Error = Error;

    fn tile(&mut self, level: u8, n: u64) -> Result<Vec<u8>> {
        let row = self.conn.query_opt(
            sql!("SELECT hashes FROM ledger_tile WHERE family = $1 AND level = $2 AND n = $3"),
            &params![self.family.number(), level, n],
        )?;
        row.map_or(Ok(Vec::new()), |row| row.get("hashes"))
    }

    fn missing(level: u8, n: u64) -> Error {
        crate::halted(format_args!("tile {level}/{n} lacks hashes"))
    }
}

/// A checkpoint that was signed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Signed {
    pub(crate) size: u64,
    pub(crate) root: Hash,
    pub(crate) note: String,
}

/// The ledgers whose tree is larger than (or unlike) their last signed checkpoint.
pub(crate) fn unsigned_families(conn: &mut Conn<'_>) -> Result<Vec<Family>> {
    let rows = conn.query(
        sql!(
            "SELECT t.family FROM ledger_tree t WHERE NOT EXISTS (
                SELECT 1 FROM ledger_checkpoint c
                WHERE c.family = t.family AND c.size = t.size AND c.root = t.root)"
        ),
        &params![],
    )?;
    rows.iter().map(|row| Family::numbered(row.get("family")?)).collect()
}
