//! Tiles: how C2SP tlog-tiles cuts a tree into static files of 256 hashes.

use std::collections::BTreeMap;

use crate::merkle::{Hash, Subtrees, node_hash};

/// Hashes in a full tile, entries in a full bundle.
pub const WIDTH: u64 = 256;

/// What a path below a log's prefix names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TilePath {
    /// `tile/<L>/<N>[.p/<W>]`: hashes.
    Hashes {
        /// 0…63.
        level: u8,
        /// The tile's place in its level.
        n: u64,
        /// 1…256.
        width: u16,
    },
    /// `tile/entries/<N>[.p/<W>]`: entries, each after its length in two bytes.
    Entries {
        /// The bundle's place.
        n: u64,
        /// 1…256.
        width: u16,
    },
}

impl TilePath {
    /// Reads what follows `tile/`: `0/x001/234`, `entries/000.p/7`. `None` for anything not written exactly so.
    #[must_use]
    pub fn parse(path: &str) -> Option<Self> {
        let (kind, rest) = path.split_once('/')?;
        let (n, width) = match rest.split_once(".p/") {
            Some((n, w)) => (n, decimal(w).filter(|w| (1..WIDTH).contains(w))?),
            None => (rest, WIDTH),
        };
        let (n, width) = (parse_index(n)?, u16::try_from(width).ok()?);
        if kind == "entries" {
            return Some(Self::Entries { n, width });
        }
        let level = u8::try_from(decimal(kind)?).ok().filter(|level| *level < 64)?;
        Some(Self::Hashes { level, n, width })
    }

    /// The full tile of which this one is the beginning.
    #[must_use]
    pub const fn full(self) -> Self {
        let width = WIDTH as u16;
        match self {
            Self::Hashes { level, n, .. } => Self::Hashes { level, n, width },
            Self::Entries { n, .. } => Self::Entries { n, width },
        }
    }
}

/// As in a URL: `tile/0/x001/234.p/7`.
impl std::fmt::Display for TilePath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (kind, n, width) = match self {
            Self::Hashes { level, n, width } => (level.to_string(), *n, *width),
            Self::Entries { n, width } => ("entries".to_owned(), *n, *width),
        };
        write!(f, "tile/{kind}/{}", index_path(n))?;
        if u64::from(width) < WIDTH { write!(f, ".p/{width}") } else { Ok(()) }
    }
}

/// 1234067 → `x001/x234/067`.
fn index_path(n: u64) -> String {
    let mut path = format!("{:03}", n % 1000);
    let mut rest = n / 1000;
    while rest > 0 {
        path = format!("x{:03}/{path}", rest % 1000);
        rest /= 1000;
    }
    path
}

fn parse_index(path: &str) -> Option<u64> {
    let mut n: u64 = 0;
    let groups: Vec<&str> = path.split('/').collect();
    let (last, leading) = groups.split_last()?;
    for group in leading.iter().map(|g| g.strip_prefix('x')).chain([Some(*last)]) {
        let group = group.filter(|g| g.len() == 3 && g.bytes().all(|b| b.is_ascii_digit()))?;
        n = n.checked_mul(1000)?.checked_add(group.parse().ok()?)?;
    }
    // Only the shortest way to write it names a tile.
    (index_path(n) == path).then_some(n)
}

/// A number as the formats write it: no sign, no leading zero.
#[must_use]
pub fn decimal(text: &str) -> Option<u64> {
    let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    (plain && (text == "0" || !text.starts_with('0'))).then(|| text.parse().ok()).flatten()
}

/// How many hashes a level has in a tree of `size` leaves.
#[must_use]
pub const fn level_size(size: u64, level: u8) -> u64 {
    if level >= 8 { 0 } else { size >> (8 * level) }
}

/// Where the tiles of one tree come from: the hashes of tile `n` of `level`, as many as there are.
pub trait TileSource {
    /// Why a tile could not be had.
    type Error;

    /// The stored hashes of the tile; empty when there are none yet.
    ///
    /// # Errors
    /// Whatever keeps the source from answering.
    fn tile(&mut self, level: u8, n: u64) -> Result<Vec<u8>, Self::Error>;

    /// A tile lacks a hash that the tree needs.
    fn missing(level: u8, n: u64) -> Self::Error;
}

/// Tiles read so far, and those that grew.
pub struct Tiles<S> {
    source: S,
    tiles: BTreeMap<(u8, u64), Vec<u8>>,
    grown: BTreeMap<(u8, u64), ()>,
}

impl<S: TileSource> Tiles<S> {
    /// Nothing read yet.
    pub fn new(source: S) -> Self {
        Self { source, tiles: BTreeMap::new(), grown: BTreeMap::new() }
    }

    /// The hashes of a tile.
    ///
    /// # Errors
    /// As [`TileSource::tile`].
    pub fn get(&mut self, level: u8, n: u64) -> Result<&mut Vec<u8>, S::Error> {
        use std::collections::btree_map::Entry;
        match self.tiles.entry((level, n)) {
            Entry::Occupied(tile) => Ok(tile.into_mut()),
            Entry::Vacant(place) => Ok(place.insert(self.source.tile(level, n)?)),
        }
    }

    /// Adds the hash of leaf `index`, which must be the next one; fills the levels above.
    ///
    /// # Errors
    /// As [`TileSource::tile`], and when the tile doesn't end right before this leaf.
    pub fn push(&mut self, index: u64, leaf: &Hash) -> Result<(), S::Error> {
        let (mut level, mut index, mut hash) = (0, index, *leaf);
        loop {
            let (n, offset) = (index / WIDTH, index % WIDTH);
            let tile = self.get(level, n)?;
            if tile.len() as u64 != offset * 32 {
                return Err(S::missing(level, n));
            }
            tile.extend_from_slice(&hash);
            let full = (offset + 1 == WIDTH).then(|| perfect_root(tile)).flatten();
            self.grown.insert((level, n), ());
            let Some(root) = full else { return Ok(()) };
            (level, index, hash) = (level + 1, n, root);
        }
    }

    /// The tiles that [`push`](Self::push) changed.
    pub fn grown(&self) -> impl Iterator<Item = (u8, u64, &[u8])> {
        self.grown.keys().filter_map(|key| Some((key.0, key.1, self.tiles.get(key)?.as_slice())))
    }
}

impl<S: TileSource> Subtrees for Tiles<S> {
    type Error = S::Error;

    fn subtree(&mut self, level: u8, index: u64) -> Result<Hash, S::Error> {
        let (tile_level, height) = (level / 8, level % 8);
        let first = index << height;
        let (n, offset) = (first / WIDTH, (first % WIDTH) as usize);
        let bytes = self.get(tile_level, n)?;
        let range = offset * 32..(offset + (1 << height)) * 32;
        bytes.get(range).and_then(perfect_root).ok_or_else(|| S::missing(tile_level, n))
    }
}

/// The root over a power of two of hashes. `None` for another number of them.
fn perfect_root(bytes: &[u8]) -> Option<Hash> {
    let (hashes, rest) = bytes.as_chunks::<32>();
    if !rest.is_empty() || !hashes.len().is_power_of_two() {
        return None;
    }
    let mut row = hashes.to_vec();
    while row.len() > 1 {
        row = row.chunks_exact(2).map(|pair| node_hash(&pair[0], &pair[1])).collect();
    }
    row.first().copied()
}

/// An entry as a bundle holds it: its length in two bytes, then itself. `None` beyond 65,535 bytes.
#[must_use]
pub fn bundled(entry: &[u8]) -> Option<Vec<u8>> {
    let mut out = u16::try_from(entry.len()).ok()?.to_be_bytes().to_vec();
    out.extend_from_slice(entry);
    Some(out)
}

/// The entries of a bundle. `None` when it is not made of whole entries.
#[must_use]
pub fn unbundled(mut bundle: &[u8]) -> Option<Vec<&[u8]>> {
    let mut entries = Vec::with_capacity(WIDTH as usize);
    while !bundle.is_empty() {
        let (len, rest) = bundle.split_first_chunk::<2>()?;
        let (entry, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*len)))?;
        entries.push(entry);
        bundle = rest;
    }
    Some(entries)
}
