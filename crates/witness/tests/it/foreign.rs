//! Cosignatures checked by programs that are not ours: Go's `sumdb/note`, and Python's `cryptography`.

use std::process::{Command, Output};

use copihue_core::json::sha256;
use copihue_db::Options;
use copihue_db::testing::TestDb;
use copihue_tlog::testing::Go;
use copihue_witness::{Answer, MIGRATIONS};
use serde_json::json;

use crate::support::{Log, ORIGIN, ask, witness};

const GO: &str = include_str!("cosignature.go.txt");
const PYTHON: &str = include_str!("cosignature.py");

/// A cosigned checkpoint as the witness shows it, with both verifier keys.
async fn case() -> serde_json::Value {
    let db = TestDb::sqlite(&Options { readers: 1, ..Options::default() }).prepare(&[MIGRATIONS]);
    let (log, witness) = (Log::new(), witness(&db));
    assert!(matches!(ask(&witness, &log.request(0, 9)).await, Answer::Cosigned(_)));
    let note = witness.checkpoint(sha256(ORIGIN.as_bytes())).await.unwrap().unwrap();
    json!({"log": log.signer.verifier().to_string(), "witness": witness.verifier().to_string(),
        "note": note, "text": log.text(9), "time": 1_796_126_400})
}

/// The same with one bit of the text changed, or one of the cosignature's time.
fn forgeries(case: &serde_json::Value) -> [serde_json::Value; 2] {
    let (mut other_text, mut other_time) = (case.clone(), case.clone());
    let note = case["note"].as_str().unwrap();
    other_text["note"] = json!(note.replacen("\n9\n", "\n8\n", 1));
    let data = note.trim_end().rsplit(' ').next().unwrap();
    let mut changed = data.to_owned();
    // The last character of the time's eight bytes that stands alone in its base64 group.
    changed.replace_range(8..9, if &data[8..9] == "A" { "B" } else { "A" });
    other_time["note"] = json!(note.replacen(data, &changed, 1));
    [other_text, other_time]
}

fn check(case: &serde_json::Value, run: impl Fn(&serde_json::Value) -> Output) {
    let out = run(case);
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    for forged in forgeries(case) {
        assert!(!run(&forged).status.success(), "a forgery passes the foreign verifier");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn led_07_go_verifies_our_cosignatures() {
    let folder = tempfile::tempdir().unwrap();
    let Some(go) = Go::with(folder.path(), GO) else { return };
    check(&case().await, |case| go.judge(&case.to_string()).unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn led_07_python_verifies_our_cosignatures() {
    let python = std::env::var("COPIHUE_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let known = Command::new(&python).args(["-c", "import cryptography"]).output();
    if !known.is_ok_and(|out| out.status.success()) {
        println!("skipped: no Python with `cryptography` here");
        return;
    }
    check(&case().await, |case| {
        Command::new(&python).args(["-c", PYTHON, &case.to_string()]).output().unwrap()
    });
}
