//! A stranger with Go's own packages reads a log of 100,003 entries over plain GETs: root, 1,000 inclusions, 200 consistencies.

use std::sync::Arc;

use copihue_tlog::merkle::{consistency_proof, inclusion_proof, leaf_hash};
use copihue_tlog::testing::Go;
use copihue_tlog::tile::{TileSource, Tiles};
use serde_json::json;

use crate::copies::serve;
use crate::support::{numbered, publish, signer};

const PROGRAM: &str = include_str!("oracle.go.txt");
const SIZE: u64 = 100_003;

struct Nothing;

impl TileSource for Nothing {
    type Error = ();

    fn tile(&mut self, _: u8, _: u64) -> Result<Vec<u8>, ()> {
        Ok(Vec::new())
    }

    fn missing(_: u8, _: u64) {}
}

#[tokio::test(flavor = "multi_thread")]
async fn led_13_go_reads_100_003_entries_as_static_files_and_makes_the_same_proofs() {
    let (folder, log) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let Some(go) = Go::with(folder.path(), PROGRAM) else { return };
    publish(log.path(), SIZE, numbered);
    let url = serve(Arc::new(log.path().to_path_buf())).await;
    let mut tiles = Tiles::new(Nothing);
    (0..SIZE).for_each(|n| tiles.push(n, &leaf_hash(&numbered(n))).unwrap());
    let hex = |hashes: Vec<[u8; 32]>| hashes.iter().map(hex::encode).collect::<Vec<_>>();
    let places = |count: u64| (0..count).map(move |n| (n * 7_919 + n * n) % SIZE);
    let inclusions: Vec<_> = places(1_000)
        .map(|n| json!({"n": n, "proof": hex(inclusion_proof(&mut tiles, n, SIZE).unwrap())}))
        .collect();
    let consistencies: Vec<_> = places(200)
        .map(|n| json!({"n": n + 1, "proof": hex(consistency_proof(&mut tiles, n + 1, SIZE).unwrap())}))
        .collect();
    let mut problem = json!({"url": url, "vkey": signer().verifier().to_string(),
        "inclusions": inclusions, "consistencies": consistencies});
    // Apart, since the log is served from this task's runtime.
    let go = Arc::new(go);
    let judge = |problem: &serde_json::Value| {
        let (go, problem) = (Arc::clone(&go), problem.to_string());
        tokio::task::spawn_blocking(move || go.judge(&problem).unwrap())
    };
    let good = judge(&problem).await.unwrap();
    assert!(good.status.success(), "{}", String::from_utf8_lossy(&good.stderr));
    assert_eq!(String::from_utf8_lossy(&good.stdout).trim(), "100003 1000 200");
    problem["inclusions"][7]["n"] = json!(5);
    let bad = judge(&problem).await.unwrap();
    assert!(!bad.status.success() && String::from_utf8_lossy(&bad.stderr).contains("invalid"));
}
