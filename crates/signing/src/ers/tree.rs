//! Hash trees of RFC 4998: a node is the hash of its children, sorted and concatenated. Not the tree of the transparency log,
//! whose nodes have prefixes and an order.

use copihue_core::json::sha256;

use crate::hash::Hash;

pub(crate) type Hash256 = [u8; 32];
/// A digest by any hash.
pub(crate) type Digest = Vec<u8>;
/// What leads from a hash to the root: the hashes beside it, level by level; the first list holds the hash itself, too.
pub(crate) type Path = Vec<Vec<Digest>>;

/// Nodes of a level that are kept in one row.
const CHUNK: usize = 256;

/// A tree, level by level, the leaves first. Two children a node; the last one of an odd level goes up as it is.
pub(crate) struct Tree(Vec<Vec<Hash256>>);

/// The hash of a node. A node of one child is that child.
fn node(mut children: Vec<Hash256>) -> Hash256 {
    match children.as_slice() {
        [only] => *only,
        _ => {
            children.sort_unstable();
            sha256(children.as_flattened())
        }
    }
}

impl Tree {
    /// `None` over nothing.
    pub(crate) fn of(leaves: Vec<Hash256>) -> Option<Self> {
        let mut levels = vec![leaves];
        while levels.last()?.len() > 1 {
            let above = levels.last()?.chunks(2).map(|pair| node(pair.to_vec())).collect();
            levels.push(above);
        }
        levels.last()?.first()?;
        Some(Self(levels))
    }

    pub(crate) fn root(&self) -> Hash256 {
        self.0.last().and_then(|top| top.first()).copied().unwrap_or_default()
    }

    /// Each level's rows: level, chunk, hashes.
    pub(crate) fn chunks(&self) -> impl Iterator<Item = (usize, usize, &[u8])> {
        self.0.iter().enumerate().flat_map(|(level, hashes)| {
            hashes.chunks(CHUNK).enumerate().map(move |(chunk, row)| (level, chunk, row.as_flattened()))
        })
    }

    /// The path of a leaf.
    #[cfg(test)]
    fn path(&self, position: usize) -> Option<Path> {
        path_of(position, self.0.first()?.len(), |level, at| {
            Ok::<_, ()>(self.0.get(level).and_then(|hashes| hashes.get(at)).copied())
        })
        .ok()?
    }
}

/// Where a node is kept: the chunk of its level, and its place in it.
pub(crate) const fn chunk_of(at: usize) -> (usize, usize) {
    (at / CHUNK, at % CHUNK)
}

/// The path of a leaf in a tree of `size` leaves, whose nodes `read` knows; `None` where one is missing.
pub(crate) fn path_of<E>(
    position: usize,
    size: usize,
    mut read: impl FnMut(usize, usize) -> Result<Option<Hash256>, E>,
) -> Result<Option<Path>, E> {
    let (mut at, mut width, mut level) = (position, size, 0);
    let Some(leaf) = read(0, position)? else { return Ok(None) };
    let mut path: Path = Vec::new();
    let listed = |hash: Hash256| hash.to_vec();
    while width > 1 {
        let beside = at ^ 1;
        if beside < width {
            let Some(hash) = read(level, beside)? else { return Ok(None) };
            path.push(if path.is_empty() { vec![listed(leaf), listed(hash)] } else { vec![listed(hash)] });
        }
        (at, width, level) = (at / 2, width.div_ceil(2), level + 1);
    }
    Ok(Some(path))
}

/// A node under any hash.
fn node_under(hash: Hash, mut children: Vec<Digest>) -> Digest {
    match &mut children[..] {
        [only] => std::mem::take(only),
        many => {
            many.sort_unstable();
            hash.of(&many.iter().map(Vec::as_slice).collect::<Vec<_>>()).as_ref().to_vec()
        }
    }
}

/// The root over leaves under any hash, and the path of each; for trees that are not kept. `None` over nothing.
pub(crate) fn paths_under(hash: Hash, leaves: &[Digest]) -> Option<(Digest, Vec<Path>)> {
    let mut paths: Vec<Path> = vec![Vec::new(); leaves.len()];
    let (mut level, mut height) = (leaves.to_vec(), 0);
    while level.len() > 1 {
        for (position, path) in paths.iter_mut().enumerate() {
            let (at, first) = (position >> height, path.is_empty());
            if let Some(beside) = level.get(at ^ 1) {
                path.push(if first {
                    vec![leaves[position].clone(), beside.clone()]
                } else {
                    vec![beside.clone()]
                });
            }
        }
        level = level.chunks(2).map(|pair| node_under(hash, pair.to_vec())).collect();
        height += 1;
    }
    Some((level.pop()?, paths))
}

/// The root to which a path leads from a digest; `None` when it doesn't begin with it.
pub(super) fn root_of(hash: Hash, digest: &[u8], path: &Path) -> Option<Digest> {
    let Some((first, rest)) = path.split_first() else { return Some(digest.to_vec()) };
    if !first.iter().any(|listed| listed == digest) {
        return None;
    }
    let above =
        |below, beside: &Vec<Digest>| node_under(hash, beside.iter().cloned().chain([below]).collect());
    Some(rest.iter().fold(node_under(hash, first.clone()), above))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Hash256 {
        hex::decode(text).unwrap().try_into().unwrap()
    }

    #[test]
    fn sig_19_golden_tree_of_three_documents() {
        let [a, b, c] = ["a", "b", "c"].map(|text| sha256(text.as_bytes()));
        assert_eq!(node(vec![a, b]), hex("18d79cb747ea174c59f3a3b41768672526d56fecc58360a99d283d0f9b0a3cc0"));
        let tree = Tree::of(vec![a, b, c]).unwrap();
        let root = hex("aea2dd4249dcecf97ca6a1556db7f21ebd6a40bbec0243ca61b717146a08c347");
        assert_eq!(tree.root(), root);
        let listed = [a, b, c].map(|hash| hash.to_vec());
        assert_eq!(tree.path(0), Some(vec![listed[..2].to_vec(), listed[2..].to_vec()]));
        for (position, leaf) in [a, b, c].into_iter().enumerate() {
            let path = tree.path(position).unwrap();
            assert_eq!(root_of(Hash::Sha256, &leaf, &path), Some(root.to_vec()));
        }
        let (same, paths) = paths_under(Hash::Sha256, &listed).unwrap();
        assert_eq!((same, &paths[0]), (root.to_vec(), &tree.path(0).unwrap()));
    }

    #[test]
    fn every_path_of_every_small_tree_leads_to_its_root_and_no_other_does() {
        for size in 1..=40_usize {
            let leaves: Vec<Hash256> = (0..size).map(|n| sha256(&n.to_be_bytes())).collect();
            let tree = Tree::of(leaves.clone()).unwrap();
            for (position, leaf) in leaves.iter().enumerate() {
                let path = tree.path(position).unwrap();
                let root = root_of(Hash::Sha256, leaf, &path);
                assert_eq!(root.as_deref(), Some(&tree.root()[..]), "{position} of {size}");
                assert!(path.first().is_none_or(|first| first.len() == 2));
                let other = leaves[(position + 1) % size];
                let beside = path.first().is_some_and(|first| first.contains(&other.to_vec()));
                assert!(size == 1 || beside || root_of(Hash::Sha256, &other, &path).is_none());
            }
            assert_eq!(tree.path(size), None);
            for hash in Hash::ALL {
                let leaves: Vec<Digest> =
                    leaves.iter().map(|leaf| hash.of(&[leaf]).as_ref().to_vec()).collect();
                let (root, paths) = paths_under(hash, &leaves).unwrap();
                let leads =
                    |(leaf, path): (&Digest, &Path)| root_of(hash, leaf, path).as_ref() == Some(&root);
                assert!(leaves.iter().zip(&paths).all(leads), "{hash:?}, {size}");
            }
        }
        assert!(Tree::of(Vec::new()).is_none());
    }
}
