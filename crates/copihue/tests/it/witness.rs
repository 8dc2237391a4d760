//! Witnesses as their operators meet them: one command; and a demo whose receipts carry their signatures.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use copihue_tlog::note::{Note, VerifierKey};
use copihue_tlog::policy::Policy;
use copihue_visitor::{Page, Visitor};

use crate::support::{World, eventually, program, said};

/// A witness in a process of its own, killed when dropped.
struct Running {
    process: Child,
    address: String,
    key: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn body(page: &Page) -> String {
    String::from_utf8(page.bytes.clone()).unwrap()
}

fn start(folder: &std::path::Path) -> Running {
    let mut process = Command::new(program())
        .args(["witness", "--config", "testigo.toml", "--listen", "127.0.0.1:0"])
        .current_dir(folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut address, mut key) = (String::new(), String::new());
    for line in BufReader::new(process.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        if let Some((_, at)) = line.split_once("http://") {
            at.clone_into(&mut address);
        }
        if let Some(policy) = line.trim().strip_prefix("witness ") {
            key = policy.split(' ').nth(1).unwrap().to_owned();
        }
        if line.contains("Ctrl+C") {
            break;
        }
    }
    Running { process, address, key }
}

#[test]
fn led_07_one_command_runs_a_witness() {
    let folder = tempfile::tempdir().unwrap();
    let witness = || Command::new(program()).arg("witness").current_dir(folder.path()).output().unwrap();
    assert!(said(&witness()).contains("--name"), "it says what it lacks");
    std::fs::write(folder.path().join("testigo.toml"), "name = \"testigo.example.cl\"\n").unwrap();
    let lacking = Command::new(program())
        .args(["witness", "--name", "testigo.example.cl"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(said(&lacking).contains("ledger/policy"), "and how to get it");
    let log = "log bitacora.example.cl/interop+82328afb+ASVDuS/xCVURR2rcg2nbbdyTNmWhGXjdoUBO4QZsqVWd\nquorum none\n";
    std::fs::write(folder.path().join("registros.policy"), log).unwrap();

    let first = start(folder.path());
    let key = VerifierKey::parse(&first.key).unwrap();
    assert_eq!(key.name(), "testigo.example.cl");
    let page = body(&Visitor::new(&first.address).get("/").unwrap());
    assert!(page.contains(&first.key) && page.contains("bitacora.example.cl/interop: sin firmar"), "{page}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(folder.path().join("testigo.key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let key = first.key.clone();
    drop(first);
    assert_eq!(start(folder.path()).key, key, "the same after a restart");
}

#[test]
fn led_07_the_demos_receipts_carry_its_witnesses_signatures() {
    let world = World::shared();
    let _somebody = world.person();
    let policy = body(&world.demo.visitor().get("/ledger/policy").unwrap());
    let policy = Policy::parse(&policy).unwrap();
    assert_eq!(policy.witnesses().len(), 3);
    eventually("a checkpoint of the login with its quorum", Duration::from_secs(20), || {
        let page = world.demo.visitor().get("/ledger/identity/checkpoint").ok()?;
        let note = Note::parse(&body(&page)).ok().filter(|_| page.status == 200)?;
        let keys: Vec<VerifierKey> = policy.witnesses().iter().map(|(_, key)| key.clone()).collect();
        let signed = note.verify(&keys).unwrap().len();
        assert!(signed >= 2, "published with {signed}");
        Some(())
    });
}
