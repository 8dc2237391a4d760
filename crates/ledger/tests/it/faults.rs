//! A15: whatever write or sync fails, is cut in half or is the last one, what was acknowledged is there and the log is a
//! verifiable prefix. Not by chance: the process runs over a library that counts its writes (`fault.c`), and each run fails
//! at another one.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use copihue_db::{Db, Options};
use copihue_ledger::{Family, MIGRATIONS};

use crate::crash::holds;
use crate::support::{ledger_over, payment, person};

/// What each process does, if it lives.
const ACTS: u32 = 6;
/// How often an act that was refused is tried again.
const TRIES: u32 = 40;
/// Points for each way to fail. All of them with `COPIHUE_FAULT_POINTS=0`.
const POINTS: u64 = 16;
const FOREVER: u64 = 1 << 40;

/// How an operation fails; the numbers are those of `fault.c`.
#[derive(Clone, Copy, Debug)]
enum Fault {
    /// The process ends before it.
    Kill = 1,
    /// Half of a write is done, then the process ends.
    Torn = 2,
    /// There is no room for it.
    Full = 3,
    /// The disk says that it could not keep what was written.
    Sync = 4,
}

/// The library, compiled; `None` where that can't be done or would not be heeded.
fn library(folder: &Path) -> Option<PathBuf> {
    if !cfg!(target_os = "linux") {
        return None;
    }
    let to = folder.join("fault.so");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/fault.c");
    let mut compiler = Command::new("cc");
    compiler.args(["-shared", "-fPIC", "-O1", "-o"]).arg(&to).args([source, "-ldl"]);
    let output = compiler.output().ok()?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(to)
}

/// The process that the library troubles. Says what was acknowledged; tries again what was refused.
#[test]
#[ignore = "started by the tests below"]
fn child() {
    let Ok(url) = std::env::var("FAULT_URL") else { return };
    let say = |line: &str| std::io::stdout().lock().write_all(format!("{line}\n").as_bytes()).unwrap();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let db = Db::open(&url, Options { connections: 4, readers: 1, ..Options::default() }).unwrap();
        say("opened");
        let ledger = ledger_over(&db, 7);
        let (mut n, mut tries) = (0, 0);
        while n < ACTS && tries < TRIES {
            let appending = ledger.clone();
            let appended = db.write(move |tx| appending.append(tx, payment(n, person(1)))).await;
            match appended {
                Ok(()) => say(&format!("ack {}", n + 1)),
                Err(_) => {
                    tries += 1;
                    say("refused");
                    continue;
                }
            }
            n += 1;
            // Signed later when not now: nothing of it was promised.
            let placed = ledger.sequence_once().await.is_ok();
            if let Some(note) = ledger.checkpoint(Family::Payment).await.ok().flatten().filter(|_| placed) {
                say(&format!("signed {}", note.replace('\n', "|")));
            }
        }
    });
}

/// What a process said before it ended.
#[derive(Default, Debug)]
struct Said {
    /// Whether it found room and a disk to begin with.
    opened: bool,
    appended: u32,
    refused: u32,
    published: Option<String>,
    /// Operations that it counted, if it ended by itself.
    operations: u64,
}

fn run(folder: &Path, library: &Path, fault: Fault, at: u64, lasts: u64) -> Said {
    let count = folder.join("count");
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["faults::child", "--exact", "--ignored", "--nocapture"])
        .env("LD_PRELOAD", library)
        .env("FAULT_URL", format!("sqlite:{}", folder.join("log.sqlite").display()))
        .env("FAULT_FILE", folder.join("log.sqlite"))
        .env("FAULT_KIND", (fault as u32).to_string())
        .env("FAULT_AT", at.to_string())
        .env("FAULT_FOR", lasts.to_string())
        .env("FAULT_COUNT", &count)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut said = Said::default();
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        if let Some(n) = line.strip_prefix("ack ") {
            said.appended = n.parse().unwrap();
        } else if let Some(note) = line.strip_prefix("signed ").filter(|note| note.ends_with("=|")) {
            said.published = Some(note.replace('|', "\n"));
        } else if line == "refused" {
            said.refused += 1;
        } else if line.ends_with("opened") {
            said.opened = true;
        }
    }
    child.wait().unwrap();
    said.operations = std::fs::read_to_string(&count).ok().and_then(|n| n.parse().ok()).unwrap_or(0);
    said
}

/// Fails at one operation after another, each in a database of its own; answers what the processes said.
#[expect(clippy::print_stdout, reason = "for whoever asks for every point")]
async fn each_point(fault: Fault, lasts: u64) -> Vec<Said> {
    let place = tempfile::tempdir().unwrap();
    let Some(library) = library(place.path()) else { return Vec::new() };
    let fresh = || {
        let folder = tempfile::tempdir().unwrap();
        Db::open(&url(folder.path()), Options::default()).unwrap().migrate(&[MIGRATIONS]).unwrap();
        folder
    };
    let whole = run(fresh().path(), &library, fault, 0, 0);
    assert!(whole.appended == ACTS && whole.refused == 0 && whole.operations > 20, "{whole:?}");
    let points = std::env::var("COPIHUE_FAULT_POINTS").ok().and_then(|n| n.parse().ok()).unwrap_or(POINTS);
    let step = whole.operations.checked_div(points).unwrap_or(1).max(1);
    let mut all = Vec::new();
    for at in (1..=whole.operations).step_by(step as usize) {
        let folder = fresh();
        let (of, path) = (library.clone(), folder.path().to_owned());
        let said = tokio::task::spawn_blocking(move || run(&path, &of, fault, at, lasts)).await.unwrap();
        let db = Db::open(&url(folder.path()), Options { readers: 1, ..Options::default() }).unwrap();
        let what = format!("{fault:?} at {at}");
        holds(&db, 50 + at, said.appended, said.published.as_deref(), &what).await;
        all.push(said);
    }
    println!("{fault:?}: {} of {} operations", all.len(), whole.operations);
    all
}

fn url(folder: &Path) -> String {
    format!("sqlite:{}", folder.join("log.sqlite").display())
}

#[tokio::test(flavor = "multi_thread")]
async fn a15_ended_before_any_write_or_in_the_middle_of_it() {
    for fault in [Fault::Kill, Fault::Torn] {
        let all = each_point(fault, 1).await;
        assert!(all.is_empty() || all.iter().any(|said| said.appended < ACTS), "nobody was ended");
    }
}

/// Once what kept it from writing was over, it did all that it had to do.
fn went_on(said: &Said) {
    assert!(!said.opened || said.appended == ACTS, "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a15_a_full_disk_refuses_acts_and_loses_none() {
    let all = each_point(Fault::Full, FOREVER).await;
    assert!(all.is_empty() || all.iter().any(|said| said.refused > 0), "there was room for everything");
    // And goes on by itself when there is room again.
    each_point(Fault::Full, 3).await.iter().for_each(went_on);
}

#[tokio::test(flavor = "multi_thread")]
async fn a15_what_the_disk_did_not_keep_was_not_acknowledged() {
    let all = each_point(Fault::Sync, FOREVER).await;
    assert!(all.is_empty() || all.iter().any(|said| said.refused > 0), "every sync was believed");
    each_point(Fault::Sync, 1).await.iter().for_each(went_on);
}
