//! Measures a ledger over a database: `figures URL`. Prints `name value` lines; `cargo xtask bench --only ledger` sets
//! them beside their targets. Then serves the log until its standard input ends, for whoever measures reads.
#![expect(clippy::print_stdout, reason = "its answer")]
#![expect(clippy::unwrap_used, reason = "a measure that can't go on ends")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use copihue_core::{Bucket, Clock, Id, Random, SystemClock, SystemRandom, Timestamp};
use copihue_db::bench::{business_transactions, business_transactions_and};
use copihue_db::{Db, Options, Tx};
use copihue_ledger::fsck::{self, Depth};
use copihue_ledger::{Config, Family, Field, Ledger, MIGRATIONS, Record, api};
use copihue_tlog::policy::Policy;
use copihue_tlog::verify_proof;
use copihue_web::NoHats;

const TASKS: u64 = 64;
const TURNS: usize = 3;
const TURN: Duration = Duration::from_secs(3);
const LOAD: Duration = Duration::from_secs(6);
const PROBE: Duration = Duration::from_millis(37);
/// The rate at which a checkpoint must follow within a second.
const RATE: f64 = 10_000.0;
/// Leaves that the check of the whole log reads at least.
const LEAVES: u64 = 300_000;

fn ledger(db: &Db) -> Ledger {
    let (clock, random): (Arc<dyn Clock>, Arc<dyn Random>) =
        (Arc::new(SystemClock::default()), Arc::new(SystemRandom));
    let config = Config {
        host: "medida.example.cl".into(),
        master_key: [7; 32],
        signing_key: [9; 32],
        interval: Duration::from_secs(1),
        policy: copihue_ledger::NO_WITNESSES.to_owned(),
        copies: Vec::new(),
    };
    Ledger::new(db.clone(), config, clock, random).unwrap()
}

fn event(n: u64) -> Record {
    let person = Id::new(
        Timestamp::from_millis(1),
        Bucket::new((n % 64) as u16),
        &copihue_core::SeededRandom::new(n % 500),
    );
    Record {
        family: Family::Payment,
        kind: "paid",
        record_id: format!("pago-{n}"),
        subject: Some(person),
        fields: vec![
            Field::plain("amount", 45_230),
            Field::plain("at", 1_796_126_400_000_i64),
            Field::personal("run", "44444444-4"),
            Field::personal("name", "Ñandú Güemes"),
        ],
    }
}

async fn append(db: &Db, ledger: &Ledger, n: u64) {
    let (inside, prepared) = (ledger.clone(), ledger.prepare(event(n)).unwrap());
    db.write(move |tx| inside.append_prepared(tx, &prepared)).await.unwrap();
}

/// Appends from many tasks; with a rate, each at its instant. Answers appends a second.
async fn load(db: &Db, ledger: &Ledger, next: &Arc<AtomicU64>, rate: Option<f64>) -> f64 {
    let (stop, begun, first) =
        (Arc::new(AtomicBool::new(false)), Instant::now(), next.load(Ordering::Relaxed));
    let tasks: Vec<_> = (0..TASKS)
        .map(|_| {
            let (db, ledger, next, stop) = (db.clone(), ledger.clone(), Arc::clone(next), Arc::clone(&stop));
            tokio::spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    if let Some(rate) = rate {
                        let due = begun + Duration::from_secs_f64((n - first) as f64 / rate);
                        tokio::time::sleep_until(due.into()).await;
                    }
                    append(&db, &ledger, n).await;
                }
            })
        })
        .collect();
    tokio::time::sleep(LOAD).await;
    stop.store(true, Ordering::Relaxed);
    for task in tasks {
        task.await.unwrap();
    }
    (next.load(Ordering::Relaxed) - first) as f64 / begun.elapsed().as_secs_f64()
}

/// Business transactions a second without an event, and with one that ends placed under a signed checkpoint; in turns, so
/// that both have the same minutes.
async fn business(db: &Db, ledger: &Ledger, next: &Arc<AtomicU64>) -> (f64, f64) {
    let (mut without, mut with) = ((0, 0.0), (0, 0.0));
    for _ in 0..TURNS {
        let begun = Instant::now();
        without.0 += business_transactions(db, TASKS as usize, TURN).await.unwrap().transactions;
        without.1 += begun.elapsed().as_secs_f64();
        let (handle, ledger, next) = (ledger.start(), ledger.clone(), Arc::clone(next));
        let inside = ledger.clone();
        let append = move |_| {
            let n = next.fetch_add(1, Ordering::Relaxed);
            let (ledger, prepared) = (inside.clone(), inside.prepare(event(n)).unwrap());
            move |tx: &mut Tx<'_>| ledger.append_prepared(tx, &prepared)
        };
        let begun = Instant::now();
        with.0 += business_transactions_and(db, TASKS as usize, TURN, append).await.unwrap().transactions;
        handle.stop().await;
        while ledger.sequence_once().await.unwrap() > 0 {}
        with.1 += begun.elapsed().as_secs_f64();
    }
    (without.0 as f64 / without.1, with.0 as f64 / with.1)
}

/// From the commit of an event until its receipt is there, under the load: one is appended each few milliseconds, whatever
/// the log is at, and awaited beside the others.
async fn published(db: &Db, ledger: &Ledger, next: &Arc<AtomicU64>) -> (f64, Vec<Duration>) {
    let handle = ledger.start();
    let probes = {
        let (db, ledger) = (db.clone(), ledger.clone());
        tokio::spawn(async move {
            let (mut probes, end) = (tokio::task::JoinSet::new(), Instant::now() + LOAD);
            for n in 0.. {
                if Instant::now() > end {
                    return probes.join_all().await;
                }
                probes.spawn(probe(db.clone(), ledger.clone(), u64::MAX / 2 + n));
                tokio::time::sleep(PROBE).await;
            }
            Vec::new()
        })
    };
    let rate = load(db, ledger, next, Some(RATE)).await;
    let mut times = probes.await.unwrap();
    handle.stop().await;
    times.sort_unstable();
    (rate, times)
}

async fn probe(db: Db, ledger: Ledger, id: u64) -> Duration {
    append(&db, &ledger, id).await;
    let committed = Instant::now();
    while ledger.receipt(Family::Payment, &format!("pago-{id}")).await.unwrap().is_none() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    committed.elapsed()
}

fn receipts(ledger: &Ledger, runtime: &tokio::runtime::Runtime) -> f64 {
    let policy = Policy::parse(&ledger.policy()).unwrap();
    let all: Vec<String> = (0..200)
        .map(|n| {
            runtime.block_on(ledger.receipt(Family::Payment, &format!("pago-{}", n * 7))).unwrap().unwrap()
        })
        .collect();
    let begun = Instant::now();
    for receipt in &all {
        verify_proof(receipt, &policy).unwrap();
    }
    begun.elapsed().as_secs_f64() * 1000.0 / all.len() as f64
}

fn checked(ledger: &Ledger, depth: Depth) -> f64 {
    let options = fsck::Options { families: vec![Family::Payment], depth, ..fsck::Options::default() };
    let begun = Instant::now();
    let report = ledger.fsck(&options, &mut |_| ()).unwrap().remove(0);
    assert!(report.is_clean(), "{:?}", report.findings);
    report.size as f64 / begun.elapsed().as_secs_f64()
}

/// More leaves, quickly: many in one transaction.
async fn fill(db: &Db, ledger: &Ledger, next: &Arc<AtomicU64>) {
    while next.load(Ordering::Relaxed) < LEAVES {
        let first = next.fetch_add(1_000, Ordering::Relaxed);
        let inside = ledger.clone();
        db.write(move |tx| (first..first + 1_000).try_for_each(|n| inside.append(tx, event(n))))
            .await
            .unwrap();
    }
    while ledger.sequence_once().await.unwrap() > 0 {}
}

fn main() {
    let url = std::env::args().nth(1).unwrap();
    let db = Db::open(&url, Options::default()).unwrap();
    db.migrate(&[MIGRATIONS, copihue_web::MIGRATIONS, copihue_db::bench::MIGRATIONS]).unwrap();
    let (ledger, next) = (ledger(&db), Arc::new(AtomicU64::new(0)));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    println!("append {}", runtime.block_on(load(&db, &ledger, &next, None)));
    let begun = Instant::now();
    let placed = runtime.block_on(ledger.sequence_once()).unwrap();
    println!("sequence {}", placed as f64 / begun.elapsed().as_secs_f64());
    let (without, with) = runtime.block_on(business(&db, &ledger, &next));
    println!("business_without {without}\nbusiness_with {with}");
    let (rate, times) = runtime.block_on(published(&db, &ledger, &next));
    let at = |part: usize| times[(times.len() * part / 100).min(times.len() - 1)].as_secs_f64();
    println!("publish_rate {rate}\npublish_p50 {}\npublish_p99 {}", at(50), at(99));
    runtime.block_on(fill(&db, &ledger, &next));
    println!("receipt {}", receipts(&ledger, &runtime));
    println!(
        "fsck_tree {}\nfsck_records {}",
        checked(&ledger, Depth::Tree),
        checked(&ledger, Depth::Records)
    );
    runtime.block_on(serve(db, ledger));
}

/// Over real HTTP, until the standard input ends.
async fn serve(db: Db, ledger: Ledger) {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let router = copihue_web::testing::web(db, clock, Arc::new(NoHats)).router(vec![api::routes(ledger)]);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("listening {}", listener.local_addr().unwrap());
    let ended = tokio::task::spawn_blocking(|| std::io::stdin().read_line(&mut String::new()));
    let ended = async move { drop(ended.await) };
    copihue_web::serve(listener, router, copihue_web::Timeouts::default(), ended).await.unwrap();
}
