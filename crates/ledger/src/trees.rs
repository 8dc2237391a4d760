//! What registers ask of their logs: roots and audit paths at any size that was published, and the entries themselves.

use copihue_core::Result;
use copihue_db::Conn;

use crate::ledger::Ledger;
use crate::receipt::published;
use crate::record::Family;
use crate::store::{self, StoredTiles};
use copihue_tlog::merkle::{self, Hash};
use copihue_tlog::tile::Tiles;

impl Ledger {
    /// The root over the first `size` entries. `None` beyond what a signed checkpoint covers.
    ///
    /// # Errors
    /// As [`copihue_db::Db::read`].
    pub async fn root(&self, family: Family, size: u64) -> Result<Option<Hash>> {
        let read = move |conn: &mut Conn<'_>| {
            if size > published(conn, family)? {
                return Ok(None);
            }
            merkle::root(&mut Tiles::new(StoredTiles { conn, family }), size).map(Some)
        };
        self.inner.db.read(read).await
    }

    /// The audit path of the entry at `index` in the tree of `size` entries. `None` beyond what a signed checkpoint
    /// covers.
    ///
    /// # Errors
    /// As [`copihue_db::Db::read`].
    pub async fn audit_path(&self, family: Family, index: u64, size: u64) -> Result<Option<Vec<Hash>>> {
        let read = move |conn: &mut Conn<'_>| {
            if index >= size || size > published(conn, family)? {
                return Ok(None);
            }
            let mut tiles = Tiles::new(StoredTiles { conn, family });
            merkle::inclusion_proof(&mut tiles, index, size).map(Some)
        };
        self.inner.db.read(read).await
    }

    /// The entries that have a place, from one on; fewer at the log's end. Also what a copy brought back after a loss.
    ///
    /// # Errors
    /// When the database doesn't answer.
    pub fn entries(&self, conn: &mut Conn<'_>, family: Family, from: u64, count: u64) -> Result<Vec<String>> {
        store::entries(conn, family, from, count)
    }

    /// Whether this process places and signs a log, and has heard that nobody saw more of it than it has: only then may
    /// what is written next depend on the log's length.
    #[must_use]
    pub fn keeps(&self, family: Family) -> bool {
        self.inner.is_leading() && self.may_sign(family)
    }
}
