//! A tree that grows leaf by leaf in little memory: its right edge, and its tiles as they fill.
//!
//! What recomputes a log from its entries (a check of the store, a clone, a monitor) pushes each leaf here, takes away
//! the tiles that got full, and asks for the root wherever a checkpoint says one. One hash a leaf, whatever the size.

use crate::merkle::{Frontier, Hash};
use crate::tile::{WIDTH, level_size};

const FULL: usize = WIDTH as usize * 32;

/// A tile that got full.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FullTile {
    /// From 0.
    pub level: u8,
    /// Its place in the level.
    pub n: u64,
    /// 256 hashes.
    pub hashes: Vec<u8>,
}

/// A tree under construction.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Growth {
    frontier: Frontier,
    /// The tile of each level that is not full.
    open: Vec<Vec<u8>>,
    full: Vec<FullTile>,
}

impl Growth {
    /// How many leaves there are.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// The tree's root.
    #[must_use]
    pub fn root(&self) -> Hash {
        self.frontier.root()
    }

    /// The right edge alone.
    #[must_use]
    pub const fn frontier(&self) -> &Frontier {
        &self.frontier
    }

    /// Appends a leaf.
    pub fn push(&mut self, leaf: Hash) {
        let index = self.frontier.size();
        let Self { frontier, open, full } = self;
        add(open, full, 0, index, &leaf);
        frontier.push_seeing(leaf, |height, hash| {
            if height % 8 == 0 {
                let level = (height / 8) as u8;
                add(open, full, level, index >> height, hash);
            }
        });
    }

    /// The tiles that got full since this was asked last, in the order in which they did.
    pub fn take_full(&mut self) -> Vec<FullTile> {
        std::mem::take(&mut self.full)
    }

    /// The tiles that are begun: level, place, hashes. None of them is empty.
    pub fn begun(&self) -> impl Iterator<Item = (u8, u64, &[u8])> {
        let size = self.size();
        let tiles = (0..).zip(&self.open).filter(|(_, hashes)| !hashes.is_empty());
        tiles.map(move |(level, hashes)| (level, level_size(size, level) / WIDTH, hashes.as_slice()))
    }

    /// All that is needed to go on later, save the full tiles that were not taken.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.size().to_be_bytes().to_vec();
        bytes.extend(self.frontier.to_bytes());
        bytes.extend(self.open.concat());
        bytes
    }

    /// What [`to_bytes`](Self::to_bytes) wrote. `None` for anything of another length.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (size, rest) = bytes.split_first_chunk::<8>()?;
        let size = u64::from_be_bytes(*size);
        let (peaks, mut rest) = rest.split_at_checked(size.count_ones() as usize * 32)?;
        let mut open = Vec::new();
        for level in 0..8 {
            let begun = (level_size(size, level) % WIDTH) as usize * 32;
            let (hashes, after) = rest.split_at_checked(begun)?;
            open.push(hashes.to_vec());
            rest = after;
        }
        while open.last().is_some_and(Vec::is_empty) {
            open.pop();
        }
        let frontier = Frontier::from_bytes(size, peaks)?;
        rest.is_empty().then(|| Self { frontier, open, full: Vec::new() })
    }
}

fn add(open: &mut Vec<Vec<u8>>, full: &mut Vec<FullTile>, level: u8, index: u64, hash: &Hash) {
    let at = usize::from(level);
    if open.len() <= at {
        open.resize_with(at + 1, Vec::new);
    }
    open[at].extend_from_slice(hash);
    if open[at].len() == FULL {
        let hashes = std::mem::take(&mut open[at]);
        full.push(FullTile { level, n: index / WIDTH, hashes });
    }
}
