//! PyPI's `pymerkle` computes the same roots. `cargo xtask setup` installs it; without it this says so and passes.

use std::process::Command;

use copihue_tlog::merkle::root;

use crate::support::{Leaves, tiles_of};

const PROGRAM: &str = "
from pymerkle import InmemoryTree
tree = InmemoryTree(algorithm='sha256')
for n in range(600):
    tree.append_entry(n.to_bytes(8, 'big'))
for size in range(1, 601):
    print(tree.get_root(size).hex())
";

#[test]
fn led_02_pymerkle_computes_our_roots() {
    let python = std::env::var("COPIHUE_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let Ok(out) = Command::new(&python).args(["-c", PROGRAM]).output() else {
        println!("skipped: no Python here ({python})");
        return;
    };
    let errors = String::from_utf8_lossy(&out.stderr);
    if errors.contains("No module named 'pymerkle'") {
        println!("skipped: pymerkle is not installed; `cargo xtask setup` installs it");
        return;
    }
    assert!(out.status.success(), "{errors}");
    let mut tiles = tiles_of(&Leaves::numbered(600).0);
    let theirs = String::from_utf8(out.stdout).unwrap();
    let ours: Vec<String> = (1..=600).map(|size| hex::encode(root(&mut tiles, size).unwrap())).collect();
    assert_eq!(theirs.lines().collect::<Vec<_>>(), ours);
}
