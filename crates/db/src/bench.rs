//! The measure of the database face: how many durable business transactions a second.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use copihue_core::{Result, SystemRandom, random};

use crate::{Db, Engine, MigrationSet, Sql, Tx, params};

/// The tables that are measured. Only for [`business_transactions`], in a database of its own.
pub const MIGRATIONS: MigrationSet = MigrationSet {
    name: "bench",
    files: &[(
        "0001_create.sql",
        "CREATE TABLE bench_case (id BIGINT NOT NULL PRIMARY KEY, n BIGINT NOT NULL, title TEXT NOT NULL);
         CREATE TABLE bench_entry (
             case_id BIGINT NOT NULL, n BIGINT NOT NULL, sha256 BYTEA NOT NULL, title TEXT NOT NULL,
             PRIMARY KEY (case_id, n));
         CREATE TABLE bench_trace (id BYTEA NOT NULL PRIMARY KEY, case_id BIGINT NOT NULL, at BIGINT NOT NULL);",
    )],
};

/// How many cases the transactions spread over.
const CASES: i64 = 20_000;

// Not listed by `sql!`: a program's database does not have these tables.
static FILL: Sql =
    Sql::unlisted("INSERT INTO bench_case (id, n, title) VALUES ($1, 0, $2)", file!(), line!());
static FIND: Sql = Sql::unlisted("SELECT n, title FROM bench_case WHERE id = $1", file!(), line!());
static RAISE: Sql =
    Sql::unlisted("UPDATE bench_case SET n = $2 WHERE id = $1 AND n = $2 - 1", file!(), line!());
static ENTER: Sql = Sql::unlisted(
    "INSERT INTO bench_entry (case_id, n, sha256, title) VALUES ($1, $2, $3, $4)",
    file!(),
    line!(),
);
static TRACE: Sql =
    Sql::unlisted("INSERT INTO bench_trace (id, case_id, at) VALUES ($1, $2, $3)", file!(), line!());

/// What was measured.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Figures {
    /// The engine.
    pub engine: Engine,
    /// Transactions that were acknowledged.
    pub transactions: u64,
    /// Commits that they shared.
    pub commits: u64,
    /// Acknowledged transactions a second.
    pub per_second: f64,
    /// Half of them took at most this.
    pub median: Duration,
    /// 99 of 100 took at most this.
    pub p99: Duration,
}

/// Runs transactions of one select and three writes from `tasks` tasks for `duration`.
///
/// Call it on a multi-threaded runtime, with a database that has [`MIGRATIONS`] and nothing else to do.
///
/// # Errors
/// When a transaction fails.
pub async fn business_transactions(db: &Db, tasks: usize, duration: Duration) -> Result<Figures> {
    business_transactions_and(db, tasks, duration, |_| |_: &mut Tx<'_>| Ok(())).await
}

/// [`business_transactions`] that do one thing more: `prepare` is called before each with its number, and answers what
/// the transaction does at its end.
///
/// # Errors
/// When a transaction fails.
pub async fn business_transactions_and<P, A>(
    db: &Db,
    tasks: usize,
    duration: Duration,
    prepare: P,
) -> Result<Figures>
where
    P: Fn(u64) -> A + Clone + Send + 'static,
    A: Fn(&mut Tx<'_>) -> Result<()> + Send + 'static,
{
    fill(db).await?;
    let stop = Arc::new(AtomicBool::new(false));
    let serial = Arc::new(AtomicU64::new(u64::from_be_bytes(random::bytes(&SystemRandom)) >> 1));
    let before = db.commits();
    let start = Instant::now();
    let running: Vec<_> = (0..tasks)
        .map(|_| tokio::spawn(one_task(db.clone(), Arc::clone(&stop), Arc::clone(&serial), prepare.clone())))
        .collect();
    tokio::time::sleep(duration).await;
    stop.store(true, Ordering::Relaxed);
    let mut times = Vec::new();
    for task in running {
        times.extend(task.await.map_err(copihue_core::Error::internal)??);
    }
    let seconds = start.elapsed().as_secs_f64();
    times.sort_unstable();
    let at = |part: usize| times.get(times.len() * part / 100).copied().unwrap_or_default();
    Ok(Figures {
        engine: db.engine(),
        transactions: times.len() as u64,
        commits: db.commits() - before,
        per_second: times.len() as f64 / seconds,
        median: at(50),
        p99: at(99),
    })
}

async fn fill(db: &Db) -> Result<()> {
    db.write(|tx| {
        if tx.query_opt(&FIND, &params![CASES])?.is_some() {
            return Ok(());
        }
        for id in 1..=CASES {
            tx.execute(&FILL, &params![id, format!("Permiso de circulación {id}")])?;
        }
        Ok(())
    })
    .await
}

async fn one_task<P, A>(
    db: Db,
    stop: Arc<AtomicBool>,
    serial: Arc<AtomicU64>,
    prepare: P,
) -> Result<Vec<Duration>>
where
    P: Fn(u64) -> A + Send,
    A: Fn(&mut Tx<'_>) -> Result<()> + Send + 'static,
{
    let mut times = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let number = serial.fetch_add(1, Ordering::Relaxed);
        let begun = Instant::now();
        let also = prepare(number);
        db.write(move |tx| {
            one_transaction(tx, number)?;
            also(tx)
        })
        .await?;
        times.push(begun.elapsed());
    }
    Ok(times)
}

fn one_transaction(tx: &mut Tx<'_>, number: u64) -> Result<()> {
    // Spreads over the cases without a pattern that an index could profit from.
    let case = (number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 33) as i64 % CASES + 1;
    let row = tx.query_one(&FIND, &params![case])?;
    let (n, title) = (row.get::<i64>("n")? + 1, row.get::<String>("title")?);
    let mut id = [0_u8; 16];
    id[..8].copy_from_slice(&number.to_be_bytes());
    let at = tx.now();
    tx.execute(&RAISE, &params![case, n])?;
    tx.execute(&ENTER, &params![case, n, [number as u8; 32], title])?;
    tx.execute(&TRACE, &params![id, case, at])?;
    Ok(())
}
