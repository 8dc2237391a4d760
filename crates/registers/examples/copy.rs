//! Measures a register: records read, and the whole copied and checked. For `cargo xtask bench`.

#![expect(clippy::print_stdout, reason = "the measure's answer")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use copihue_core::{Clock, Error, Random, Result, SystemClock, SystemRandom};
use copihue_db::{Db, Options, Tx};
use copihue_ledger::{Config, Ledger};
use copihue_registers::model::item::{Item, one};
use copihue_registers::model::rsf;
use copihue_registers::{MIGRATIONS, Parts, Register, Registers, Taken, World};
use copihue_tlog::policy::Policy;
use copihue_web::NoHats;
use copihue_web::testing::{TestClient, web};
use jiff::civil::Date;

/// Keys of the register that is measured.
const KEYS: u32 = 50_000;
/// Records read.
const READS: u32 = 20_000;

struct Many;

fn key(n: u32) -> String {
    format!("tramite-{n:06}")
}

impl World for Many {
    fn known(&self, register: Register, _today: Date) -> Result<Vec<(String, Item)>> {
        let count = if register == Register::Procedures { KEYS } else { 0 };
        let item = |n| {
            let name = format!("Trámite de muestra número {n}");
            let fields = [
                ("tramite", one(key(n))),
                ("nombre", one(name)),
                ("codigo", one(format!("PA-{n:06}"))),
                ("resumen", one("Un resumen de un largo como el que tienen los de verdad, o algo así.")),
            ];
            Ok((key(n), Item::new(fields)?))
        };
        (0..count).map(item).collect()
    }

    fn take(&self, _tx: &mut Tx<'_>, _taken: &Taken<'_>) -> Result<()> {
        Ok(())
    }
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<()> {
    let folder = tempfile::tempdir().map_err(Error::internal)?;
    let db = Db::open(&format!("sqlite:{}", folder.path().join("bench.db").display()), Options::default())?;
    db.migrate(&[copihue_web::MIGRATIONS, copihue_ledger::MIGRATIONS, MIGRATIONS])?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let random: Arc<dyn Random> = Arc::new(SystemRandom);
    let config = Config {
        host: "datos.example.cl".into(),
        master_key: [7; 32],
        signing_key: [9; 32],
        interval: Duration::from_secs(1),
        policy: copihue_ledger::NO_WITNESSES.to_owned(),
        copies: Vec::new(),
    };
    let ledger = Ledger::new(db.clone(), config, clock.clone(), random.clone())?;
    let world = Arc::new(Many);
    let parts = Parts {
        db: db.clone(),
        ledger: ledger.clone(),
        clock: clock.clone(),
        random,
        world,
        custodian: None,
    };
    let registers = Registers::open(parts).await?;
    let start = Instant::now();
    registers.sync().await?;
    say("written", f64::from(KEYS) / start.elapsed().as_secs_f64());
    ledger.sequence_once().await?;
    reads(&registers).await?;
    let router = web(db, clock, Arc::new(NoHats)).router(registers.routes());
    copy(&router, &ledger).await
}

fn say(name: &str, value: f64) {
    println!("{name} {value:.3}");
}

/// Milliseconds of a record read, 99 of 100.
async fn reads(registers: &Registers) -> Result<()> {
    let mut times = Vec::new();
    for n in 0..READS {
        let start = Instant::now();
        let found = registers.record(Register::Procedures, &key(n.wrapping_mul(7_919) % KEYS)).await?;
        times.push(start.elapsed());
        found.ok_or_else(Error::not_found)?;
    }
    times.sort_unstable();
    let p99 = times.get(times.len() * 99 / 100).copied().unwrap_or_default();
    say("record-p99-ms", p99.as_secs_f64() * 1000.0);
    Ok(())
}

/// Entries a second, downloaded and then checked.
async fn copy(router: &axum::Router, ledger: &Ledger) -> Result<()> {
    let start = Instant::now();
    let text = TestClient::new(router).get("/registers/procedures/download-rsf").await.text();
    say("downloaded", f64::from(KEYS) / start.elapsed().as_secs_f64());
    let policy = Policy::parse(&ledger.policy()).map_err(Error::internal)?;
    let start = Instant::now();
    let good = rsf::verify(text.as_bytes(), &policy, Some("procedures")).map_err(Error::internal)?;
    say("verified", good.entries as f64 / start.elapsed().as_secs_f64());
    Ok(())
}
