//! Trees held in memory.

use std::convert::Infallible;

use copihue_tlog::merkle::{Hash, Subtrees, empty_root, leaf_hash, node_hash};
use copihue_tlog::tile::{TileSource, Tiles};

/// The definition of RFC 6962 2.1, word by word: the oracle.
pub(crate) fn naive_root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => empty_root(),
        [one] => *one,
        many => {
            let mut k = 1;
            while k * 2 < many.len() {
                k *= 2;
            }
            node_hash(&naive_root(&many[..k]), &naive_root(&many[k..]))
        }
    }
}

pub(crate) struct Leaves(pub(crate) Vec<Hash>);

impl Leaves {
    pub(crate) fn numbered(count: u64) -> Self {
        Self((0..count).map(|i| leaf_hash(&i.to_be_bytes())).collect())
    }
}

impl Subtrees for Leaves {
    type Error = Infallible;

    fn subtree(&mut self, level: u8, index: u64) -> Result<Hash, Infallible> {
        let (from, len) = ((index << level) as usize, 1 << level);
        Ok(naive_root(&self.0[from..from + len]))
    }
}

/// No tile is stored: all of them are made here.
pub(crate) struct NoTiles;

impl TileSource for NoTiles {
    type Error = String;

    fn tile(&mut self, _: u8, _: u64) -> Result<Vec<u8>, String> {
        Ok(Vec::new())
    }

    fn missing(level: u8, n: u64) -> String {
        format!("{level}/{n}")
    }
}

pub(crate) fn tiles_of(leaves: &[Hash]) -> Tiles<NoTiles> {
    let mut tiles = Tiles::new(NoTiles);
    for (index, leaf) in (0..).zip(leaves) {
        tiles.push(index, leaf).unwrap();
    }
    tiles
}
