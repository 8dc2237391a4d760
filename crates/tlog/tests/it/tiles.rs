//! tlog-tiles: paths, widths, contents.

use copihue_tlog::merkle::{leaf_hash, root};
use copihue_tlog::tile::{TilePath, bundled, level_size};

use crate::support::{Leaves, naive_root, tiles_of};
use crate::vectors::log_of_seven;

#[test]
fn led_02_paths_are_written_one_way_only() {
    for path in ["0/000", "0/x001/000", "0/x001/x234/067", "2/000.p/1", "entries/001.p/255", "63/999"] {
        assert_eq!(TilePath::parse(path).unwrap().to_string(), format!("tile/{path}"));
    }
    assert_eq!(
        TilePath::parse("0/x001/x234/067"),
        Some(TilePath::Hashes { level: 0, n: 1_234_067, width: 256 })
    );
    for path in [
        "",
        "0",
        "0/0",
        "00/000",
        "64/000",
        "0/1000",
        "0/x000/001",
        "0/001/000",
        "0/000.p/0",
        "0/000.p/256",
        "0/000.p/01",
        "0/000.p/+1",
        "0/x1/000",
        "entries",
        "-1/000",
        "0/000/",
        "x/000",
        "0/x999/x999/x999/x999/x999/x999/999",
    ] {
        assert_eq!(TilePath::parse(path), None, "{path}");
    }
}

#[test]
fn led_02_sizes_of_levels() {
    // Size 70,000: 273 full tiles and 112 hashes; one full and 17; one hash.
    assert_eq!((level_size(70_000, 0) / 256, level_size(70_000, 0) % 256), (273, 112));
    assert_eq!((level_size(70_000, 1) / 256, level_size(70_000, 1) % 256), (1, 17));
    assert_eq!(level_size(70_000, 2), 1);
    assert_eq!((level_size(256, 0), level_size(256, 1), level_size(256, 2)), (256, 1, 0));
}

#[test]
fn led_02_log_of_seven_gives_the_vectors_tile_and_bundle() {
    let entries = log_of_seven();
    let leaves: Vec<_> = entries.iter().map(|e| leaf_hash(e.as_bytes())).collect();
    let mut tiles = tiles_of(&leaves);
    let tile = tiles.get(0, 0).unwrap().clone();
    assert_eq!(tile.len(), 224);
    assert_eq!(
        copihue_core::json::sha256_hex(&tile),
        "4f63694f2f6615eb9f3fc05339cfbc9f46e9698d511aebf73289c91ba8672cc1"
    );
    let bundle: Vec<u8> = entries.iter().flat_map(|e| bundled(e.as_bytes()).unwrap()).collect();
    assert_eq!(bundle.len(), 497);
    assert_eq!(
        copihue_core::json::sha256_hex(&bundle),
        "13dedb3dd10f42a1f03a4f842cbe776fc08fd0672276a478efaa5b4da1db2228"
    );
}

#[test]
fn led_02_tiles_grown_one_by_one_give_every_root() {
    let leaves = Leaves::numbered(66_000).0;
    let mut tiles = tiles_of(&leaves);
    for size in [1_u64, 255, 256, 257, 511, 512, 1000, 65_535, 65_536, 65_537, 65_999, 66_000] {
        assert_eq!(root(&mut tiles, size).unwrap(), naive_root(&leaves[..size as usize]), "{size}");
    }
    let grown: Vec<_> = tiles.grown().map(|(level, n, hashes)| (level, n, hashes.len() / 32)).collect();
    assert_eq!(grown.iter().filter(|(level, ..)| *level == 0).count(), 258);
    assert!(grown.contains(&(1, 0, 256)) && grown.contains(&(1, 1, 1)) && grown.contains(&(2, 0, 1)));
}
