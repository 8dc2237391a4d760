//! What is handed out: receipts, checkpoints, tiles, proofs. Only of what a signed checkpoint covers.

use std::sync::Arc;

use copihue_core::{Id, Result};
use copihue_db::Conn;

use crate::ledger::Ledger;
use crate::person;
use crate::record::Family;
use crate::sealed::Show;
use crate::store::{self, StoredTiles};
use copihue_tlog::merkle::{self, Hash};
use copihue_tlog::proof::TlogProof;
use copihue_tlog::tile::{TilePath, Tiles, WIDTH, bundled, level_size};

impl Ledger {
    /// The `.tlog-proof` of an event, showing the fields that are nobody's personal data. `None` until a checkpoint
    /// covers it (within an interval), or when there is no such event.
    ///
    /// # Errors
    /// As [`copihue_db::Db::read`].
    pub async fn receipt(&self, family: Family, record_id: &str) -> Result<Option<String>> {
        self.receipt_showing(family, record_id, Show::Plain).await
    }

    /// [`receipt`](Self::receipt), for the person's own eyes: shows their data as well, unless their key was destroyed.
    ///
    /// # Errors
    /// As [`copihue_db::Db::read`].
    pub async fn receipt_for(&self, family: Family, record_id: &str, person: Id) -> Result<Option<String>> {
        self.receipt_showing(family, record_id, Show::PersonOwn(person)).await
    }

    async fn receipt_showing(&self, family: Family, record_id: &str, show: Show) -> Result<Option<String>> {
        let (inner, record_id) = (Arc::clone(&self.inner), record_id.to_owned());
        let read = move |conn: &mut Conn<'_>| {
            let Some(stored) = store::record(conn, family, &record_id)? else { return Ok(None) };
            let Some(index) = stored.index else { return Ok(None) };
            let Some(mut proof) = signed_proof(conn, family, index, None)? else { return Ok(None) };
            let extra = person::extra(conn, &inner, (family, &record_id), &stored, show)?;
            proof.extra = Some(extra.into_bytes());
            Ok(Some(proof.to_string()))
        };
        self.inner.db.read(read).await
    }

    /// The last signed checkpoint.
    ///
    /// # Errors
    /// As [`copihue_db::Db::read`].
    pub async fn checkpoint(&self, family: Family) -> Result<Option<String>> {
        let latest = self.inner.db.read(move |conn| store::latest_checkpoint(conn, family)).await?;
        Ok(latest.map(|signed| signed.note))
    }

    /// The proof of the entry at `index`, without disclosing anything; under the last checkpoint, or under the tree of
    /// `size` when a checkpoint of that size was signed.
    ///
    /// # Errors
    /// As [`copihue_db::Db::read`].
    pub async fn inclusion(
        &self,
        family: Family,
        index: u64,
        size: Option<u64>,
    ) -> Result<Option<TlogProof>> {
        self.inner.db.read(move |conn| signed_proof(conn, family, index, size)).await
    }

    /// The proof that the tree of `from` entries begins the one of `to`.
    ///
    /// # Errors
    /// As [`copihue_db::Db::read`].
    pub async fn consistency(&self, family: Family, from: u64, to: u64) -> Result<Option<Vec<Hash>>> {
        let read = move |conn: &mut Conn<'_>| {
            if from > to || to > published(conn, family)? {
                return Ok(None);
            }
            let mut tiles = Tiles::new(StoredTiles { conn, family });
            merkle::consistency_proof(&mut tiles, from, to).map(Some)
        };
        self.inner.db.read(read).await
    }

    /// A tile or bundle, when the published log has that much of it.
    ///
    /// # Errors
    /// As [`copihue_db::Db::read`].
    pub async fn tile(&self, family: Family, path: TilePath) -> Result<Option<Vec<u8>>> {
        self.inner.db.read(move |conn| tile(conn, family, path)).await
    }
}

pub(crate) fn published(conn: &mut Conn<'_>, family: Family) -> Result<u64> {
    Ok(store::latest_checkpoint(conn, family)?.map_or(0, |signed| signed.size))
}

/// The proof of an entry under a signed checkpoint, disclosing nothing. `None` when none covers it.
pub(crate) fn signed_proof(
    conn: &mut Conn<'_>,
    family: Family,
    index: u64,
    size: Option<u64>,
) -> Result<Option<TlogProof>> {
    let signed = match size {
        Some(size) => store::checkpoint_of(conn, family, size)?,
        None => store::latest_checkpoint(conn, family)?,
    };
    let Some(signed) = signed.filter(|signed| index < signed.size) else { return Ok(None) };
    let mut tiles = Tiles::new(StoredTiles { conn, family });
    let path = merkle::inclusion_proof(&mut tiles, index, signed.size)?;
    Ok(Some(TlogProof { extra: None, index, path, checkpoint: signed.note }))
}

fn tile(conn: &mut Conn<'_>, family: Family, path: TilePath) -> Result<Option<Vec<u8>>> {
    let size = published(conn, family)?;
    match path {
        TilePath::Hashes { level, n, width } => {
            if !covers(level_size(size, level), n, width) {
                return Ok(None);
            }
            let mut tiles = Tiles::new(StoredTiles { conn, family });
            let hashes = tiles.get(level, n)?;
            Ok(hashes.get(..usize::from(width) * 32).map(<[u8]>::to_vec))
        }
        TilePath::Entries { n, width } => {
            if !covers(size, n, width) {
                return Ok(None);
            }
            let entries = store::entries(conn, family, n * WIDTH, u64::from(width))?;
            Ok(entries
                .iter()
                .map(|entry| bundled(entry.as_bytes()))
                .collect::<Option<Vec<_>>>()
                .map(|b| b.concat()))
        }
    }
}

/// Whether a level of `size` hashes has the first `width` ones of tile `n`.
fn covers(size: u64, n: u64, width: u16) -> bool {
    n.checked_mul(WIDTH).and_then(|first| first.checked_add(u64::from(width))).is_some_and(|end| end <= size)
}
