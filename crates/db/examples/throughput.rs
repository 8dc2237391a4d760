//! Measures the database face beside what the disk and the engine could do at most.
//!
//! `cargo run --release -p copihue-db --features bench --example throughput -- sqlite:PATH|postgres://… [SECONDS]`
#![expect(clippy::print_stdout, reason = "it prints its figures")]

use std::error::Error;
use std::fs::File;
use std::io::Write;
use std::time::{Duration, Instant};

use copihue_db::bench::{MIGRATIONS, business_transactions};
use copihue_db::{Db, Options};

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let url = args.next().ok_or("the database's address is missing")?;
    let seconds = args.next().map_or(Ok(5), |s| s.parse())?;
    let db = Db::open(&url, Options::default())?;
    db.migrate(&[MIGRATIONS])?;
    if let Some(path) = url.strip_prefix("sqlite:") {
        println!("fsync of 4 KiB appended: {:.0}/s", fsyncs(&format!("{path}-fsync"))?);
        println!("one raw loop, 64 a commit: {:.0} tx/s", raw_loop(&format!("{path}-raw"))?);
    }
    let runtime = tokio::runtime::Runtime::new()?;
    for tasks in [1, 64] {
        let figures = runtime.block_on(business_transactions(&db, tasks, Duration::from_secs(seconds)))?;
        println!(
            "{:?}, {tasks} tasks: {:.0} tx/s, {:.1} a commit, median {:?}, p99 {:?}",
            figures.engine,
            figures.per_second,
            figures.transactions as f64 / figures.commits as f64,
            figures.median,
            figures.p99
        );
    }
    Ok(())
}

/// Durable appends a second: the most commits that could be made one by one.
fn fsyncs(path: &str) -> Result<f64, Box<dyn Error>> {
    let mut file = File::create(path)?;
    let start = Instant::now();
    let mut count = 0;
    while start.elapsed() < Duration::from_secs(1) {
        file.write_all(&[7; 4096])?;
        file.sync_data()?;
        count += 1;
    }
    std::fs::remove_file(path)?;
    Ok(f64::from(count) / start.elapsed().as_secs_f64())
}

/// The same statements in one thread, straight on the engine: no queue, no savepoints, nobody to answer.
fn raw_loop(path: &str) -> Result<f64, Box<dyn Error>> {
    let conn = rusqlite::Connection::open(path)?;
    conn.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -16384;
         PRAGMA wal_autocheckpoint = 4000;
         CREATE TABLE c (id INTEGER NOT NULL PRIMARY KEY, n INTEGER NOT NULL, title TEXT NOT NULL) STRICT;
         CREATE TABLE e (c INTEGER NOT NULL, n INTEGER NOT NULL, sha256 BLOB NOT NULL, title TEXT NOT NULL,
                         PRIMARY KEY (c, n)) STRICT;
         CREATE TABLE t (id BLOB NOT NULL PRIMARY KEY, c INTEGER NOT NULL, at INTEGER NOT NULL) STRICT;
         WITH RECURSIVE k(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM k WHERE id < 20000)
         INSERT INTO c SELECT id, 0, 'Permiso de circulación ' || id FROM k;",
    )?;
    let start = Instant::now();
    let mut number = 1_u64 << 40;
    while start.elapsed() < Duration::from_secs(3) {
        conn.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        for _ in 0..64 {
            number += 1;
            let case = (number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 33) as i64 % 20_000 + 1;
            let (n, title): (i64, String) = conn
                .prepare_cached("SELECT n, title FROM c WHERE id = ?1")?
                .query_row([case], |row| Ok((row.get(0)?, row.get(1)?)))?;
            conn.prepare_cached("UPDATE c SET n = ?2 WHERE id = ?1 AND n = ?2 - 1")?
                .execute((case, n + 1))?;
            conn.prepare_cached("INSERT INTO e VALUES (?1, ?2, ?3, ?4)")?.execute((
                case,
                n + 1,
                [7_u8; 32],
                title,
            ))?;
            let mut id = [0_u8; 16];
            id[..8].copy_from_slice(&number.to_be_bytes());
            conn.prepare_cached("INSERT INTO t VALUES (?1, ?2, ?3)")?.execute((id, case, 1_i64))?;
        }
        conn.prepare_cached("COMMIT")?.execute([])?;
    }
    let rate = (number - (1 << 40)) as f64 / start.elapsed().as_secs_f64();
    drop(conn);
    for ending in ["", "-wal", "-shm"] {
        drop(std::fs::remove_file(format!("{path}{ending}")));
    }
    Ok(rate)
}
