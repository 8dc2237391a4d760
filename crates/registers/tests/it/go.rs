//! A stranger's check of a register: Go's own `sumdb/note` and `sumdb/tlog` over a downloaded copy.

use std::path::Path;

use copihue_tlog::testing::Go;

use crate::copies::copy;
use crate::support::each_engine;

const PROGRAM: &str = include_str!("register.go.txt");

fn root_of(go: &Go, folder: &Path, vkey: &str, copy: &str) -> (bool, String) {
    std::fs::write(folder.join("copy.rsf"), copy).unwrap();
    let out = go.run(&[vkey, "copy.rsf"]).unwrap();
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(out.status.success() || said.contains("invalid"), "{said}");
    (out.status.success(), String::from_utf8_lossy(&out.stdout).trim().to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn led_12_go_computes_the_same_root_of_a_copy() {
    let folder = tempfile::tempdir().unwrap();
    let Some(go) = Go::with(folder.path(), PROGRAM) else { return };
    each_engine(async |w| {
        let text = copy(w, "communes").await;
        let policy = w.ledger.policy();
        let vkey = policy.lines().find(|line| line.contains("/register/communes+")).unwrap();
        let vkey = vkey.strip_prefix("log ").unwrap();
        assert_eq!(root_of(&go, folder.path(), vkey, &text), (true, "346".to_owned()));
        let edited = text.replacen("Carga desde", "Orden de", 1);
        assert!(!root_of(&go, folder.path(), vkey, &edited).0, "an edited copy passes the foreign verifier");
    })
    .await;
}
