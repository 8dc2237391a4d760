//! A tree grown leaf by leaf: the same roots and tiles as the definition, and it goes on from what it saved.

use copihue_tlog::growth::Growth;

use crate::support::{Leaves, naive_root, tiles_of};

#[test]
fn led_02_a_tree_grown_in_little_memory_gives_every_root_and_every_tile() {
    let leaves = Leaves::numbered(66_100).0;
    let mut tiles = tiles_of(&leaves);
    let mut growth = Growth::default();
    let mut full = Vec::new();
    for (size, leaf) in (1_u64..).zip(&leaves) {
        growth.push(*leaf);
        full.append(&mut growth.take_full());
        if [1, 2, 255, 256, 257, 65_535, 65_536, 65_537, 66_100].contains(&size) {
            assert_eq!(growth.root(), naive_root(&leaves[..size as usize]), "{size}");
            assert_eq!(growth.frontier().root(), growth.root());
        }
    }
    assert_eq!(full.len(), 258 + 1);
    for tile in &full {
        assert_eq!(*tiles.get(tile.level, tile.n).unwrap(), tile.hashes, "{}/{}", tile.level, tile.n);
    }
    let begun: Vec<_> = growth.begun().map(|(level, n, hashes)| (level, n, hashes.len() / 32)).collect();
    assert_eq!(begun, [(0, 258, 52), (1, 1, 2), (2, 0, 1)]);
    for (level, n, hashes) in growth.begun() {
        assert_eq!(*tiles.get(level, n).unwrap(), hashes);
    }
}

#[test]
fn led_13_what_was_saved_goes_on_as_if_it_had_never_stopped() {
    let leaves = Leaves::numbered(70_000).0;
    let mut through = Growth::default();
    for stop in [0, 1, 255, 256, 300, 65_536, 65_800, 70_000_usize] {
        while (through.size() as usize) < stop {
            through.push(leaves[through.size() as usize]);
        }
        through.take_full();
        let again = Growth::from_bytes(&through.to_bytes()).unwrap();
        assert_eq!(again, through, "{stop}");
        let cut = &through.to_bytes()[..through.to_bytes().len() - 1];
        assert_eq!(Growth::from_bytes(cut), None);
        assert_eq!(Growth::from_bytes(&[through.to_bytes(), vec![0; 32]].concat()), None);
        through = again;
    }
    assert_eq!(through.root(), naive_root(&leaves));
}
