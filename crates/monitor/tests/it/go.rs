//! A stranger with Go's own packages reads a log of 100,003 entries over plain GETs: root, 1,000 inclusions, 200 consistencies.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use copihue_tlog::merkle::{consistency_proof, inclusion_proof, leaf_hash};
use copihue_tlog::tile::{TileSource, Tiles};
use serde_json::json;

use crate::copies::serve;
use crate::support::{numbered, publish, signer};

const PROGRAM: &str = include_str!("oracle.go.txt");
const SIZE: u64 = 100_003;

/// A module with the toolchain's vendored packages. `None` when there is no Go here.
fn module(folder: &Path) -> Option<()> {
    let out = Command::new("go").args(["env", "GOROOT"]).env("GOTOOLCHAIN", "local").output().ok()?;
    let goroot = PathBuf::from(String::from_utf8(out.stdout).ok()?.trim());
    for package in ["note", "tlog"] {
        let vendored = goroot.join("src/cmd/vendor/golang.org/x/mod/sumdb").join(package);
        let target = folder.join("xmod/sumdb").join(package);
        std::fs::create_dir_all(&target).ok()?;
        for file in std::fs::read_dir(vendored).ok()? {
            let file = file.ok()?;
            std::fs::copy(file.path(), target.join(file.file_name())).ok()?;
        }
    }
    std::fs::write(folder.join("xmod/go.mod"), "module golang.org/x/mod\n\ngo 1.22\n").ok()?;
    let module =
        "module oracle\n\ngo 1.22\n\nrequire golang.org/x/mod v0.0.0\nreplace golang.org/x/mod => ./xmod\n";
    std::fs::write(folder.join("go.mod"), module).ok()?;
    std::fs::write(folder.join("main.go"), PROGRAM).ok()
}

fn run(folder: &Path, problem: &serde_json::Value) -> Output {
    std::fs::write(folder.join("case.json"), problem.to_string()).unwrap();
    Command::new("go")
        .args(["run", ".", "case.json"])
        .current_dir(folder)
        .envs([("GOPROXY", "off"), ("GOTOOLCHAIN", "local"), ("GOFLAGS", "-mod=mod"), ("GOWORK", "off")])
        .output()
        .unwrap()
}

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
    if module(folder.path()).is_none() {
        println!("skipped: no Go toolchain here");
        return;
    }
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
    let path = folder.path().to_path_buf();
    let good = {
        let (path, problem) = (path.clone(), problem.clone());
        tokio::task::spawn_blocking(move || run(&path, &problem))
    };
    let good = good.await.unwrap();
    assert!(good.status.success(), "{}", String::from_utf8_lossy(&good.stderr));
    assert_eq!(String::from_utf8_lossy(&good.stdout).trim(), "100003 1000 200");
    problem["inclusions"][7]["n"] = json!(5);
    let bad = tokio::task::spawn_blocking(move || run(&path, &problem)).await.unwrap();
    assert!(!bad.status.success() && String::from_utf8_lossy(&bad.stderr).contains("invalid"));
}
