//! A stranger's check of a register: Go's own `sumdb/note` and `sumdb/tlog` over a downloaded copy.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::copies::copy;
use crate::support::each_engine;

const PROGRAM: &str = include_str!("register.go.txt");

/// Lays out a module with the toolchain's vendored packages. `None` when there is no Go here.
fn oracle(folder: &Path) -> Option<()> {
    let out = Command::new("go").args(["env", "GOROOT"]).env("GOTOOLCHAIN", "local").output().ok()?;
    let goroot = PathBuf::from(String::from_utf8(out.stdout).ok()?.trim());
    let vendored = goroot.join("src/cmd/vendor/golang.org/x/mod/sumdb");
    for package in ["note", "tlog"] {
        let target = folder.join("xmod/sumdb").join(package);
        std::fs::create_dir_all(&target).ok()?;
        for file in std::fs::read_dir(vendored.join(package)).ok()? {
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

fn run(folder: &Path, vkey: &str, copy: &str) -> (bool, String) {
    std::fs::write(folder.join("copy.rsf"), copy).unwrap();
    let out = Command::new("go")
        .args(["run", ".", vkey, "copy.rsf"])
        .current_dir(folder)
        .envs([("GOPROXY", "off"), ("GOTOOLCHAIN", "local"), ("GOFLAGS", "-mod=mod"), ("GOWORK", "off")])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(out.status.success() || said.contains("invalid"), "{said}");
    (out.status.success(), String::from_utf8_lossy(&out.stdout).trim().to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn led_12_go_computes_the_same_root_of_a_copy() {
    let folder = tempfile::tempdir().unwrap();
    if oracle(folder.path()).is_none() {
        println!("skipped: no Go toolchain here");
        return;
    }
    each_engine(async |w| {
        let text = copy(w, "communes").await;
        let policy = w.ledger.policy();
        let vkey = policy.lines().find(|line| line.contains("/register/communes+")).unwrap();
        let vkey = vkey.strip_prefix("log ").unwrap();
        assert_eq!(run(folder.path(), vkey, &text), (true, "346".to_owned()));
        let edited = text.replacen("Carga desde", "Orden de", 1);
        assert!(!run(folder.path(), vkey, &edited).0, "an edited copy passes the foreign verifier");
    })
    .await;
}
