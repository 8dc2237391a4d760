//! A15: killed at any write, the log is a verifiable prefix, and nothing that was acknowledged is missing.
//!
//! On SQLite every moment at which power may go is a length of the write-ahead file: the test cuts it at every frame and
//! in the middle of pages. On both engines a process is really killed, too.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use copihue_core::{Random, SeededRandom, SystemRandom, random};
use copihue_db::testing::{TestDb, engines};
use copihue_db::{Db, Options, params, sql};
use copihue_ledger::fsck::{Known, Options as Check};
use copihue_ledger::{Family, Ledger, MIGRATIONS};

use crate::fsck::fsck;
use crate::support::{append_payments, ledger_over};

/// Cuts, beside those at the end of each transaction. More with `COPIHUE_CRASH_POINTS`.
const POINTS: usize = 120;
const ROUNDS: u32 = 20;
const EACH: u32 = 3;
/// Real kills on each engine.
const KILLS: i64 = 8;

/// What had been acknowledged when the write-ahead file had this length.
struct Mark {
    wal: usize,
    appended: u32,
    published: Option<String>,
}

fn open(folder: &Path) -> Db {
    let url = format!("sqlite:{}", folder.join("log.sqlite").display());
    Db::open(&url, Options { readers: 1, ..Options::default() }).unwrap()
}

fn wal(folder: &Path) -> Vec<u8> {
    std::fs::read(folder.join("log.sqlite-wal")).unwrap_or_default()
}

/// Appends and publishes, round by round; answers what was acknowledged when.
async fn work(db: &Db, folder: &Path) -> Vec<Mark> {
    let ledger = ledger_over(db, 40);
    let mut marks = vec![Mark { wal: 0, appended: 0, published: None }];
    for round in 0..ROUNDS {
        append_payments(&ledger, db, round * EACH..(round + 1) * EACH).await;
        let published = marks.last().unwrap().published.clone();
        marks.push(Mark { wal: wal(folder).len(), appended: (round + 1) * EACH, published });
        ledger.sequence_once().await.unwrap();
        let published = ledger.checkpoint(Family::Payment).await.unwrap();
        marks.push(Mark { wal: wal(folder).len(), appended: (round + 1) * EACH, published });
    }
    marks
}

pub(crate) async fn count(db: &Db) -> u32 {
    let all = sql!("SELECT count(*) AS n FROM ledger_record");
    db.read(move |conn| conn.query_one(all, &params![])?.get("n")).await.unwrap()
}

/// What was acknowledged is there, all of it holds together, and it goes on.
pub(crate) async fn holds(db: &Db, seed: u64, appended: u32, published: Option<&str>, what: &str) {
    let ledger = ledger_over(db, seed);
    assert!(ledger.check().await.unwrap().is_empty(), "{what}: the start refuses");
    let there = count(db).await;
    assert!(there >= appended, "{what}: {there} records, {appended} were acknowledged");
    let known = || published.map(|note| Known::parse(note).unwrap()).into_iter().collect();
    let checked = fsck(&ledger, Check { known: known(), ..Check::default() }).await;
    assert!(checked.is_clean(), "{what}: {:?}", checked.findings);
    append_payments(&ledger, db, 1_000..1_001).await;
    ledger.sequence_once().await.unwrap();
    let checked = fsck(&ledger, Check { known: known(), ..Check::default() }).await;
    assert!(checked.is_clean(), "{what}: {:?}", checked.findings);
    assert_eq!((checked.size, checked.waiting), (u64::from(there) + 1, 0), "{what}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a15_cut_at_any_write_the_log_is_a_verifiable_prefix() {
    let folder = tempfile::tempdir().unwrap();
    open(folder.path()).migrate(&[MIGRATIONS]).unwrap();
    let base = std::fs::read(folder.path().join("log.sqlite")).unwrap();
    let db = open(folder.path());
    let marks = work(&db, folder.path()).await;
    let wal = wal(folder.path());
    assert!(
        marks.windows(2).all(|pair| pair[0].wal <= pair[1].wal) && marks[1].wal > 0,
        "one file that grows"
    );
    let random = SeededRandom::new(41);
    let wanted = std::env::var("COPIHUE_CRASH_POINTS").ok().and_then(|n| n.parse().ok()).unwrap_or(POINTS);
    let anywhere = (0..wanted).map(|_| {
        let mut bytes = [0; 8];
        random.fill(&mut bytes);
        (u64::from_be_bytes(bytes) % (wal.len() as u64 + 1)) as usize
    });
    let cuts: BTreeSet<usize> = marks.iter().map(|mark| mark.wal).chain(anywhere).collect();
    for (n, cut) in cuts.iter().enumerate() {
        let torn = tempfile::tempdir().unwrap();
        std::fs::write(torn.path().join("log.sqlite"), &base).unwrap();
        std::fs::write(torn.path().join("log.sqlite-wal"), &wal[..*cut]).unwrap();
        let mark = marks.iter().rfind(|mark| mark.wal <= *cut).unwrap();
        let what = format!("cut at {cut}");
        holds(&open(torn.path()), 42 + n as u64, mark.appended, mark.published.as_deref(), &what).await;
    }
}

/// The process that is killed. It says what was acknowledged, and never ends by itself.
#[test]
#[ignore = "started, and killed, by the test below"]
fn child() {
    let Ok(url) = std::env::var("COPIHUE_CRASH_URL") else { return };
    let from: u32 = std::env::var("COPIHUE_CRASH_FROM").unwrap().parse().unwrap();
    let say = |line: &str| std::io::stdout().lock().write_all(format!("{line}\n").as_bytes()).unwrap();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let db = Db::open(&url, Options { connections: 4, readers: 1, ..Options::default() }).unwrap();
        let ledger: Ledger = ledger_over(&db, u64::from(from));
        for n in from.. {
            append_payments(&ledger, &db, n..n + 1).await;
            say(&format!("ack {}", n + 1));
            ledger.sequence_once().await.unwrap();
            let note = ledger.checkpoint(Family::Payment).await.unwrap().unwrap();
            say(&format!("signed {}", note.replace('\n', "|")));
        }
    });
}

/// Starts the child and kills it at a random moment; answers what it had acknowledged and published.
fn killed(url: &str, from: u32) -> (u32, Option<String>) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["crash::child", "--exact", "--ignored", "--nocapture"])
        .env("COPIHUE_CRASH_URL", url)
        .env("COPIHUE_CRASH_FROM", from.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let [patience] = random::bytes::<1>(&SystemRandom);
    let mut left = u32::from(patience) / 8 + 1;
    let (mut appended, mut published) = (from, None);
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        if let Some(n) = line.strip_prefix("ack ") {
            appended = n.parse().unwrap();
        } else if let Some(note) = line.strip_prefix("signed ").filter(|note| note.ends_with("=|")) {
            published = Some(note.replace('|', "\n"));
        } else {
            continue;
        }
        left = left.saturating_sub(1);
        if left == 0 {
            child.kill().unwrap();
        }
    }
    child.wait().unwrap();
    assert!(appended > from, "the child ended by itself");
    (appended, published)
}

async fn kill_again_and_again(db: TestDb) {
    let db = db.prepare(&[MIGRATIONS]);
    let mut known = Vec::new();
    for kill in 0..KILLS {
        let (url, from) = (db.url().to_owned(), count(&db).await);
        let (appended, published) = tokio::task::spawn_blocking(move || killed(&url, from)).await.unwrap();
        known.extend(published);
        let ledger = ledger_over(&db, 900 + kill as u64);
        assert!(ledger.check().await.unwrap().is_empty());
        assert!(count(&db).await >= appended, "kill {kill} lost what was acknowledged");
        let outside = known.iter().map(|note| Known::parse(note).unwrap()).collect();
        let checked = fsck(&ledger, Check { known: outside, ..Check::default() }).await;
        assert!(checked.is_clean(), "kill {kill}: {:?}", checked.findings);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a15_after_any_kill_nothing_acknowledged_is_missing_and_nothing_published_is_denied() {
    for db in engines() {
        kill_again_and_again(db).await;
    }
}
