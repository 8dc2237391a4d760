//! Hash trees over issued documents, and the timestamps over them.

use copihue_core::{Error, Id, Result, Timestamp};
use copihue_db::{Conn, Tx, params, sql};

use crate::ers::{Digest, Hash256, Path, Tree, chunk_of, read_path, write_path};
use crate::hash::Hash;

/// A timestamp over a tree, or over the one before it.
pub(crate) struct Stamp {
    pub(crate) path: Path,
    pub(crate) token: Vec<u8>,
    pub(crate) at: Timestamp,
    /// When its authority's certificate ends.
    pub(crate) ends: Timestamp,
}

/// Until when documents were looked at; `None` before the first time.
pub(crate) fn last_until(conn: &mut Conn<'_>) -> Result<Option<Timestamp>> {
    let row =
        conn.query_opt(sql!("SELECT until FROM signing_ers_tree ORDER BY until DESC LIMIT 1"), &params![])?;
    row.map(|row| row.get("until")).transpose()
}

/// Documents registered between the two that stand in no tree yet, in that order; and when each was.
pub(crate) fn without_tree(
    conn: &mut Conn<'_>,
    (from, until): (Timestamp, Timestamp),
    limit: usize,
) -> Result<Vec<(Hash256, Timestamp)>> {
    let rows = conn.query(
        sql!(
            "SELECT d.sha256, d.registered_at FROM signing_document d
             WHERE d.registered_at >= $1 AND d.registered_at < $2
               AND NOT EXISTS (SELECT 1 FROM signing_ers_leaf l WHERE l.sha256 = d.sha256)
             ORDER BY d.registered_at LIMIT $3"
        ),
        &params![from, until, limit],
    )?;
    rows.iter().map(|row| Ok((row.at(0)?, row.at(1)?))).collect()
}

/// Keeps a tree with the timestamp over its root.
pub(crate) fn add_tree(
    tx: &mut Tx<'_>,
    id: Id,
    (leaves, tree): (&[Hash256], &Tree),
    until: Timestamp,
    stamp: &Stamp,
) -> Result<()> {
    tx.execute(
        sql!("INSERT INTO signing_ers_tree (id, size, until) VALUES ($1, $2, $3)"),
        &params![id, leaves.len(), until],
    )?;
    for (position, leaf) in leaves.iter().enumerate() {
        tx.execute(
            sql!("INSERT INTO signing_ers_leaf (sha256, tree, position) VALUES ($1, $2, $3)"),
            &params![*leaf, id, position],
        )?;
    }
    for (level, chunk, hashes) in tree.chunks() {
        tx.execute(
            sql!("INSERT INTO signing_ers_node (tree, level, chunk, hashes) VALUES ($1, $2, $3, $4)"),
            &params![id, level, chunk, hashes],
        )?;
    }
    add_stamp(tx, (id, 0), stamp)
}

pub(crate) fn add_stamp(tx: &mut Tx<'_>, (tree, seq): (Id, u64), stamp: &Stamp) -> Result<()> {
    tx.execute(
        sql!(
            "INSERT INTO signing_ers_stamp (tree, seq, path, token, at, ends) VALUES ($1, $2, $3, $4, $5, $6)"
        ),
        &params![tree, seq, write_path(&stamp.path), stamp.token, stamp.at, stamp.ends],
    )?;
    Ok(())
}

/// The tree of a document: id, size, the document's place.
pub(crate) fn leaf(conn: &mut Conn<'_>, sha256: Hash256) -> Result<Option<(Id, usize, usize)>> {
    let row = conn.query_opt(
        sql!(
            "SELECT t.id, t.size, l.position FROM signing_ers_leaf l JOIN signing_ers_tree t ON t.id = l.tree
             WHERE l.sha256 = $1"
        ),
        &params![sha256],
    )?;
    row.map(|row| Ok((row.at(0)?, row.at::<u32>(1)? as usize, row.at::<u32>(2)? as usize))).transpose()
}

pub(crate) fn node(conn: &mut Conn<'_>, tree: Id, level: usize, at: usize) -> Result<Option<Hash256>> {
    let (chunk, place) = chunk_of(at);
    let row = conn.query_opt(
        sql!("SELECT hashes FROM signing_ers_node WHERE tree = $1 AND level = $2 AND chunk = $3"),
        &params![tree, level, chunk],
    )?;
    let hashes: Vec<u8> = row.map(|row| row.get("hashes")).transpose()?.unwrap_or_default();
    Ok(hashes.get(place * 32..place * 32 + 32).and_then(|hash| hash.try_into().ok()))
}

/// The timestamps over a tree, the first one first.
pub(crate) fn stamps(conn: &mut Conn<'_>, tree: Id) -> Result<Vec<Stamp>> {
    let rows = conn.query(
        sql!("SELECT path, token, at, ends FROM signing_ers_stamp WHERE tree = $1 ORDER BY seq"),
        &params![tree],
    )?;
    let stamp = |row: &copihue_db::Row| {
        let path = read_path(&row.at::<Vec<u8>>(0)?)
            .map_err(|e| Error::internal(format_args!("stored path: {e}")))?;
        Ok(Stamp { path, token: row.at(1)?, at: row.at(2)?, ends: row.at(3)? })
    };
    rows.iter().map(stamp).collect()
}

/// A timestamp that ends soon.
#[derive(Clone)]
pub(crate) struct Ending {
    pub(crate) tree: Id,
    /// The place of the next one.
    pub(crate) next: u64,
    pub(crate) token: Vec<u8>,
    /// The hash of its chain.
    pub(crate) hash: Hash,
}

/// The last timestamps that end before this instant; those that end first, first.
pub(crate) fn ending(conn: &mut Conn<'_>, before: Timestamp, limit: usize) -> Result<Vec<Ending>> {
    let rows = conn.query(
        sql!(
            "SELECT s.tree, s.seq + 1 AS next, s.token,
                    (SELECT MAX(r.hash) FROM signing_ers_rehash r WHERE r.stamp = s.tree) AS hash
             FROM signing_ers_stamp s
             WHERE s.ends < $1
               AND NOT EXISTS (SELECT 1 FROM signing_ers_stamp n WHERE n.tree = s.tree AND n.seq > s.seq)
             ORDER BY s.ends, s.tree LIMIT $2"
        ),
        &params![before, limit],
    )?;
    let ending = |row: &copihue_db::Row| {
        let code: Option<String> = row.at(3)?;
        let hash = code.map_or(Ok(Hash::Sha256), |code| hash(&code))?;
        Ok(Ending { tree: row.at(0)?, next: row.at(1)?, token: row.at(2)?, hash })
    };
    rows.iter().map(ending).collect()
}

fn hash(code: &str) -> Result<Hash> {
    Hash::from_code(code).ok_or_else(|| Error::internal("an evidence record of a hash that is not known"))
}

/// A document covered anew.
#[derive(Clone)]
pub(crate) struct Rehash {
    pub(crate) hash: Hash,
    pub(crate) path: Path,
    pub(crate) stamp: Id,
    pub(crate) covers: usize,
    pub(crate) digest: Digest,
}

pub(crate) fn add_rehash(tx: &mut Tx<'_>, (sha256, n): (Hash256, usize), new: &Rehash) -> Result<()> {
    let sql = sql!(
        "INSERT INTO signing_ers_rehash (sha256, n, hash, path, stamp, covers, digest)
         VALUES ($1, $2, $3, $4, $5, $6, $7)"
    );
    let Rehash { hash, path, stamp, covers, digest } = new;
    tx.execute(sql, &params![sha256, n, hash.code(), write_path(path), stamp, *covers, digest])?;
    Ok(())
}

/// How a document was covered anew, in order.
pub(crate) fn rehashes(conn: &mut Conn<'_>, sha256: Hash256) -> Result<Vec<Rehash>> {
    let sql =
        sql!("SELECT hash, path, stamp, covers, digest FROM signing_ers_rehash WHERE sha256 = $1 ORDER BY n");
    let rehash = |row: &copihue_db::Row| {
        Ok(Rehash {
            hash: hash(&row.at::<String>(0)?)?,
            path: read_path(&row.at::<Vec<u8>>(1)?)
                .map_err(|e| Error::internal(format_args!("stored path: {e}")))?,
            stamp: row.at(2)?,
            covers: row.at::<u32>(3)? as usize,
            digest: row.at(4)?,
        })
    };
    conn.query(sql, &params![sha256])?.iter().map(rehash).collect()
}

/// Documents with a record that are not covered under this hash yet, in the order of their own, after one.
pub(crate) fn not_under(conn: &mut Conn<'_>, hash: Hash, after: &[u8], limit: usize) -> Result<Vec<Hash256>> {
    let sql = sql!(
        "SELECT l.sha256 FROM signing_ers_leaf l WHERE l.sha256 > $1
           AND NOT EXISTS (SELECT 1 FROM signing_ers_rehash r WHERE r.sha256 = l.sha256 AND r.hash = $2)
         ORDER BY l.sha256 LIMIT $3"
    );
    conn.query(sql, &params![after, hash.code(), limit])?.iter().map(|row| row.at(0)).collect()
}

/// How many documents have a record, and when the first of the last timestamps over them ends.
pub(crate) fn summary(conn: &mut Conn<'_>) -> Result<(u64, Option<Timestamp>)> {
    let documents = sql!("SELECT CAST(count(*) AS BIGINT) AS total FROM signing_ers_leaf");
    let ends = sql!(
        "SELECT min(s.ends) AS ends FROM signing_ers_stamp s
         WHERE NOT EXISTS (SELECT 1 FROM signing_ers_stamp n WHERE n.tree = s.tree AND n.seq > s.seq)"
    );
    let total = conn.query_opt(documents, &params![])?.map_or(Ok(0), |row| row.get("total"))?;
    let ends = conn.query_opt(ends, &params![])?.map_or(Ok(None), |row| row.get("ends"))?;
    Ok((total, ends))
}

/// How many documents were covered anew under each hash.
pub(crate) fn covered_anew(conn: &mut Conn<'_>) -> Result<Vec<(Hash, u64)>> {
    let sql = sql!(
        "SELECT hash, CAST(count(*) AS BIGINT) AS total FROM signing_ers_rehash GROUP BY hash ORDER BY hash"
    );
    let one = |row: &copihue_db::Row| Ok((hash(&row.at::<String>(0)?)?, row.at(1)?));
    conn.query(sql, &params![])?.iter().map(one).collect()
}
