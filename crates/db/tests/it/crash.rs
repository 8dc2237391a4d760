//! kill -9 under load, again and again: what was acknowledged is there, and nothing is half there.

use std::collections::HashSet;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use copihue_core::{Result, SystemRandom, Timestamp, random};
use copihue_db::blobs::{Blobs, INLINE};
use copihue_db::jobs::{self, NewJob};
use copihue_db::testing::{TestDb, engines};
use copihue_db::{Conn, Db, MigrationSet, Options, Tx, params, sql};
use serde_json::json;

/// For each engine.
const KILLS: i64 = 105;
/// After this the loop ends, however many there were: a slow machine must not hold up the others.
const LIMIT: Duration = Duration::from_secs(55);
const WORKERS: i64 = 8;

const TABLES: MigrationSet = MigrationSet {
    name: "crash",
    files: &[(
        "0001_create.sql",
        "CREATE TABLE crash_entry (
             run BIGINT NOT NULL, worker BIGINT NOT NULL, n BIGINT NOT NULL, blob BYTEA,
             PRIMARY KEY (run, worker, n));
         CREATE TABLE crash_total (
             run BIGINT NOT NULL, worker BIGINT NOT NULL, n BIGINT NOT NULL, PRIMARY KEY (run, worker));",
    )],
};

/// One business transaction: an entry, the total of its worker, a job, and now and then a large blob.
fn business(tx: &mut Tx<'_>, run: i64, worker: i64, n: i64, blob: Option<[u8; 32]>) -> Result<()> {
    tx.execute(
        sql!("INSERT INTO crash_entry (run, worker, n, blob) VALUES ($1, $2, $3, $4)"),
        &params![run, worker, n, blob],
    )?;
    tx.execute(
        sql!(
            "INSERT INTO crash_total (run, worker, n) VALUES ($1, $2, 1)
             ON CONFLICT (run, worker) DO UPDATE SET n = crash_total.n + 1"
        ),
        &params![run, worker],
    )?;
    let run_at = Timestamp::from_millis(0);
    jobs::enqueue(tx, &NewJob { kind: "crash", key: None, payload: json!({"run": run}), run_at })
}

/// The process that is killed. It prints each acknowledgement, and never ends by itself.
#[test]
#[ignore = "started, and killed, by the tests below"]
fn child() {
    let Ok(url) = std::env::var("COPIHUE_CRASH_URL") else { return };
    let folder = PathBuf::from(std::env::var("COPIHUE_CRASH_FOLDER").unwrap());
    let run: i64 = std::env::var("COPIHUE_CRASH_RUN").unwrap().parse().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let db = Db::open(&url, Options { connections: 4, readers: 1, ..Options::default() }).unwrap();
        let workers: Vec<_> =
            (0..WORKERS).map(|w| tokio::spawn(work(db.clone(), folder.clone(), run, w))).collect();
        for worker in workers {
            worker.await.unwrap();
        }
    });
}

async fn work(db: Db, folder: PathBuf, run: i64, worker: i64) {
    let blobs = Blobs::new(db.clone(), folder);
    for n in 0.. {
        let staged = if n % 16 == worker {
            let mut bytes = vec![0_u8; INLINE + 1000];
            bytes[..16].copy_from_slice(&random::bytes::<16>(&SystemRandom));
            Some(blobs.stage(bytes).await.unwrap())
        } else {
            None
        };
        let written = db.write(move |tx| {
            let blob = staged.as_ref().map(|staged| staged.put(tx)).transpose()?;
            business(tx, run, worker, n, blob.map(|blob| blob.sha256))
        });
        written.await.unwrap();
        let line = format!("ack {worker} {n}\n");
        std::io::stdout().lock().write_all(line.as_bytes()).unwrap();
    }
}

/// Starts the child, kills it at a random moment after its first acknowledgement, answers what it said.
fn killed(url: &str, folder: &Path, run: i64) -> HashSet<(i64, i64)> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["crash::child", "--exact", "--ignored", "--nocapture"])
        .env("COPIHUE_CRASH_URL", url)
        .env("COPIHUE_CRASH_FOLDER", folder)
        .env("COPIHUE_CRASH_RUN", run.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    let mut acknowledged = HashSet::new();
    let mut line = String::new();
    let mut end = None;
    while lines.read_line(&mut line).unwrap() > 0 {
        // A line without its end was being written when the child died.
        if line.ends_with('\n')
            && let Some((worker, n)) = line.trim().strip_prefix("ack ").and_then(|rest| rest.split_once(' '))
        {
            acknowledged.insert((worker.parse().unwrap(), n.parse().unwrap()));
            let [byte] = random::bytes::<1>(&SystemRandom);
            let end =
                end.get_or_insert_with(|| Instant::now() + Duration::from_micros(400 * u64::from(byte)));
            if Instant::now() >= *end {
                child.kill().unwrap();
            }
        }
        line.clear();
    }
    child.wait().unwrap();
    assert!(!acknowledged.is_empty(), "the child ended by itself");
    acknowledged
}

/// What the database holds of a run: (worker, n, blob), and its totals, in one snapshot.
type Found = (Vec<(i64, i64, Option<[u8; 32]>)>, i64, i64);

fn found(conn: &mut Conn<'_>, run: i64) -> Result<Found> {
    let rows = conn.query(sql!("SELECT worker, n, blob FROM crash_entry WHERE run = $1"), &params![run])?;
    let entries: Result<Vec<_>> =
        rows.iter().map(|row| Ok((row.get("worker")?, row.get("n")?, row.get("blob")?))).collect();
    let totals = sql!("SELECT CAST(coalesce(sum(n), 0) AS BIGINT) AS n FROM crash_total WHERE run = $1");
    let total = conn.query_one(totals, &params![run])?.get("n")?;
    let jobs = sql!("SELECT count(*) AS n FROM db_job WHERE payload = $1");
    let jobs = conn.query_one(jobs, &params![json!({"run": run})])?.get("n")?;
    Ok((entries?, total, jobs))
}

async fn check(db: &TestDb, blobs: &Blobs, run: i64, acknowledged: &HashSet<(i64, i64)>) {
    let (entries, total, jobs) = db.read(move |conn| found(conn, run)).await.unwrap();
    let there: HashSet<(i64, i64)> = entries.iter().map(|(worker, n, _)| (*worker, *n)).collect();
    assert!(acknowledged.is_subset(&there), "run {run}: lost {:?}", acknowledged.difference(&there));
    let count = entries.len() as i64;
    assert_eq!((total, jobs), (count, count), "run {run}: something is half there");
    for (worker, n, blob) in entries {
        assert_eq!(blob.is_some(), n % 16 == worker);
        if let Some(sha256) = blob {
            blobs.get(sha256).await.unwrap();
        }
    }
}

async fn kill_again_and_again(db: TestDb) {
    let db = db.prepare(&[TABLES]);
    let folder = db.folder().join("objetos");
    let blobs = Blobs::new(db.db(), &folder);
    let start = Instant::now();
    let (mut kills, mut acknowledgements) = (0, 0);
    while kills < KILLS && start.elapsed() < LIMIT {
        let (url, folder) = (db.url().to_owned(), folder.clone());
        let acknowledged = tokio::task::spawn_blocking(move || killed(&url, &folder, kills)).await.unwrap();
        check(&db, &blobs, kills, &acknowledged).await;
        acknowledgements += acknowledged.len();
        kills += 1;
    }
    println!("{:?}: {kills} kills, {acknowledgements} acknowledgements, {:?}", db, start.elapsed());
    assert!(kills >= 20, "only {kills} kills in the time");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_any_kill_what_was_acknowledged_is_there_and_nothing_is_half_there_sqlite() {
    kill_again_and_again(TestDb::sqlite(&Options::default())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_any_kill_what_was_acknowledged_is_there_and_nothing_is_half_there_postgres() {
    for db in engines().into_iter().filter(|db| db.engine() == copihue_db::Engine::Postgres) {
        kill_again_and_again(db).await;
    }
}
