//! Roots and audit paths at any size that was published: for registers, whose readers name the size they hold.

use copihue_core::Result;
use copihue_db::Conn;

use crate::ledger::Ledger;
use crate::receipt::published;
use crate::record::Family;
use crate::store::StoredTiles;
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
}
