//! Proofs computed from the tiles that a log serves, fetched as they are needed.

use std::collections::BTreeMap;

use copihue_tlog::merkle::Hash;
use copihue_tlog::tile::{TilePath, TileSource, Tiles, WIDTH, level_size};

use crate::source::{self, Source};
use crate::trouble::Trouble;

/// The tiles of a tree of one size.
pub(crate) struct Probe<'a, S> {
    source: &'a S,
    size: u64,
    tiles: BTreeMap<(u8, u64), Vec<u8>>,
}

/// A tile that is not at hand.
pub(crate) struct Missing(u8, u64);

pub(crate) struct AtHand<'a>(&'a BTreeMap<(u8, u64), Vec<u8>>);

impl TileSource for AtHand<'_> {
    type Error = Missing;

    fn tile(&mut self, level: u8, n: u64) -> Result<Vec<u8>, Missing> {
        self.0.get(&(level, n)).cloned().ok_or(Missing(level, n))
    }

    fn missing(level: u8, n: u64) -> Missing {
        Missing(level, n)
    }
}

impl<'a, S: Source> Probe<'a, S> {
    pub(crate) const fn new(source: &'a S, size: u64) -> Self {
        Self { source, size, tiles: BTreeMap::new() }
    }

    /// What `compute` makes of the tiles. `None` when the log doesn't serve one that is needed.
    pub(crate) async fn compute<T>(
        &mut self,
        compute: impl Fn(&mut Tiles<AtHand<'_>>) -> Result<T, Missing>,
    ) -> Result<Option<T>, Trouble> {
        loop {
            let Missing(level, n) = match compute(&mut Tiles::new(AtHand(&self.tiles))) {
                Ok(value) => return Ok(Some(value)),
                Err(missing) => missing,
            };
            // One that is at hand and too short is as good as none.
            if self.tiles.contains_key(&(level, n)) {
                return Ok(None);
            }
            let Some(tile) = self.fetch(level, n).await? else { return Ok(None) };
            self.tiles.insert((level, n), tile);
        }
    }

    async fn fetch(&self, level: u8, n: u64) -> Result<Option<Vec<u8>>, Trouble> {
        let width = level_size(self.size, level).saturating_sub(n * WIDTH).min(WIDTH) as u16;
        if width == 0 {
            return Ok(None);
        }
        source::tile(self.source, TilePath::Hashes { level, n, width }).await
    }

    /// The hash of leaf `index` as the tiles have it.
    pub(crate) async fn leaf(&mut self, index: u64) -> Result<Option<Hash>, Trouble> {
        let (n, at) = (index / WIDTH, (index % WIDTH) as usize * 32);
        if !self.tiles.contains_key(&(0, n)) {
            let Some(tile) = self.fetch(0, n).await? else { return Ok(None) };
            // One at a time: a whole log passes through here.
            self.tiles.retain(|(level, _), _| *level > 0);
            self.tiles.insert((0, n), tile);
        }
        let tile = self.tiles.get(&(0, n)).and_then(|tile| tile.get(at..at + 32));
        Ok(tile.and_then(|hash| hash.try_into().ok()))
    }
}
