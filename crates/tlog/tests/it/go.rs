//! A stranger's verifier: Go's own `sumdb/note` and `sumdb/tlog`, as shipped with its toolchain.

use copihue_tlog::checkpoint::Checkpoint;
use copihue_tlog::merkle::{consistency_proof, inclusion_proof, leaf_hash, root};
use copihue_tlog::note::{Algorithm, Signer};
use copihue_tlog::testing::Go;
use serde_json::json;

use crate::support::{Leaves, tiles_of};
use crate::vectors::seed;

const PROGRAM: &str = include_str!("oracle.go.txt");

fn accepts(go: &Go, case: &serde_json::Value) -> bool {
    let out = go.judge(&case.to_string()).unwrap();
    let refused = String::from_utf8_lossy(&out.stderr).contains("invalid");
    assert!(out.status.success() || refused, "{}", String::from_utf8_lossy(&out.stderr));
    out.status.success()
}

#[test]
fn led_04_go_verifies_our_notes_inclusions_and_consistencies() {
    let folder = tempfile::tempdir().unwrap();
    let Some(go) = Go::with(folder.path(), PROGRAM) else { return };
    let leaves = Leaves::numbered(1_000).0;
    let mut tiles = tiles_of(&leaves);
    let signer = Signer::new("bitacora.example.cl/interop", Algorithm::Ed25519, &seed(0x40)).unwrap();
    let head = Checkpoint {
        origin: "bitacora.example.cl/interop".into(),
        size: 1_000,
        root: root(&mut tiles, 1_000).unwrap(),
    };
    let hex = |hashes: Vec<[u8; 32]>| hashes.iter().map(hex::encode).collect::<Vec<_>>();
    let inclusions: Vec<_> = (0..1_000_u64)
        .step_by(37)
        .map(
            |index| json!({"index": index, "proof": hex(inclusion_proof(&mut tiles, index, 1_000).unwrap())}),
        )
        .collect();
    let consistencies: Vec<_> = (1..1_000_u64)
        .step_by(41)
        .map(|old| {
            json!({"old": old, "root": hex::encode(root(&mut tiles, old).unwrap()),
            "proof": hex(consistency_proof(&mut tiles, old, 1_000).unwrap())})
        })
        .collect();
    let mut case = json!({"vkey": signer.verifier().to_string(), "note": signer.sign(&head.text()), "text": head.text(),
        "size": 1_000, "root": hex::encode(head.root), "inclusions": inclusions, "consistencies": consistencies});
    assert!(accepts(&go, &case));
    assert_eq!(leaves[0], leaf_hash(&0_u64.to_be_bytes()));
    case["inclusions"][3]["index"] = json!(5);
    assert!(!accepts(&go, &case), "a wrong index passes the foreign verifier");
}
