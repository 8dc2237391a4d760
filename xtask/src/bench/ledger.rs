//! Figures of the transparency log: appends, checkpoints, proofs, checks, a clone of a large log.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::load;
use super::print::{figure, note};
use super::process::resident;
use crate::Outcome;
use crate::postgres::Cluster;
use crate::run::{cargo, output, root, show};

/// The largest public register of its kind had so many entries; `COPIHUE_BENCH_LOG` takes another number.
const LARGE: u64 = 34_000_000;

/// Both engines, then the clone.
pub(super) fn all() -> Outcome {
    show(cargo().args([
        "build",
        "--quiet",
        "--release",
        "--package",
        "copihue-ledger",
        "--example",
        "figures",
    ]))?;
    let folder = tempfile::tempdir()?;
    one(&format!("sqlite:{}", folder.path().join("bench.db").display()), "embedded")?;
    drop(folder);
    match Cluster::start()? {
        Some(cluster) => one(&cluster.url(), "PostgreSQL")?,
        None => note("PostgreSQL is not installed: not measured"),
    }
    clone()
}

fn one(url: &str, engine: &str) -> Outcome {
    let mut measuring = Command::new(root().join("target/release/examples/figures"))
        .arg(url)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let measured = read(&mut measuring)?;
    let get = |name: &str| -> Outcome<f64> {
        Ok(measured.get(name).ok_or_else(|| format!("{name} was not printed"))?.parse()?)
    };
    figure(&format!("append with commit, {engine}"), get("append")?, 10_000.0, "/s");
    note(&format!("placed at {:.0} leaves/s", get("sequence")?));
    let (without, with) = (get("business_without")?, get("business_with")?);
    figure(&format!("cost added to a transaction, {engine}"), (without / with - 1.0) * 100.0, -15.0, "%");
    note(&format!("{without:.0} transactions/s without an event, {with:.0} with one, placed and signed"));
    figure(&format!("append to checkpoint, p99, {engine}"), get("publish_p99")?, -1.0, "s");
    note(&format!("p50 {:.2} s, at {:.0} appends/s", get("publish_p50")?, get("publish_rate")?));
    figure(&format!("receipt verified offline, {engine}"), get("receipt")?, -10.0, "ms");
    figure(&format!("fsck without records, {engine}"), get("fsck_tree")?, 1_000_000.0, "/s");
    note(&format!("with records {:.0}/s", get("fsck_records")?));
    let address = measured.get("listening").ok_or("it does not serve")?;
    for path in ["proof?index=12345", "tile/0/007", "tile/entries/007"] {
        let request = format!("GET /ledger/payment/{path} HTTP/1.1\r\nHost: x\r\nAccept: */*\r\n\r\n");
        let run = |rate| load::run(address, request.as_bytes(), 8, Duration::from_secs(4), rate);
        let full = run(None)?;
        let half = run(Some(full.per_second.min(4_000.0) / 2.0))?;
        let what = path.split(['?', '0']).next().unwrap_or(path);
        figure(&format!("{what} served, p99, {engine}"), half.p99.as_secs_f64() * 1000.0, -2.0, "ms");
        note(&format!("{:.0}/s at most; {} failed", full.per_second, full.failed + half.failed));
    }
    drop(measuring.stdin.take());
    measuring.wait()?;
    Ok(())
}

/// `name value` lines, up to the address at which it listens.
fn read(measuring: &mut Child) -> Outcome<BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    let out = measuring.stdout.take().ok_or("no output")?;
    for line in BufReader::new(out).lines() {
        let line = line?;
        let Some((name, value)) = line.split_once(' ') else { continue };
        found.insert(name.to_owned(), value.to_owned());
        if name == "listening" {
            return Ok(found);
        }
    }
    Err("the ledger's measure ended early".into())
}

/// A verified copy of a large log, by the program as anyone runs it.
fn clone() -> Outcome {
    show(cargo().args(["build", "--quiet", "--release", "--package", "copihue"]))?;
    show(cargo().args([
        "build",
        "--quiet",
        "--release",
        "--package",
        "copihue-monitor",
        "--example",
        "static_log",
    ]))?;
    let size = std::env::var("COPIHUE_BENCH_LOG").ok().and_then(|n| n.parse().ok()).unwrap_or(LARGE);
    let folder = tempfile::tempdir()?;
    let (log, copy) = (folder.path().join("log"), folder.path().join("copy"));
    std::fs::create_dir(&log)?;
    let maker = root().join("target/release/examples/static_log");
    let key = output(Command::new(maker).arg(size.to_string()).arg(&log))?;
    let program = root().join("target/release/copihue");
    let mut verify = Command::new(&program);
    verify.args(["monitor", "--once", "--vkey", &key, "--state"]).arg(folder.path().join("state")).arg(&log);
    timed(&mut verify, size, "verified")?;
    let mut copying = Command::new(&program);
    copying.args(["clone", "--vkey", &key]).arg(&log).arg(&copy);
    timed(&mut copying, size, "cloned and verified")
}

fn timed(command: &mut Command, size: u64, what: &str) -> Outcome {
    let begun = Instant::now();
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let mut peak: f64 = 0.0;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        peak = peak.max(resident(child.id()).unwrap_or_default());
        std::thread::sleep(Duration::from_millis(100));
    };
    if !status.success() {
        return Err(format!("a log of {size} entries was not {what}: {status}").into());
    }
    let (seconds, millions) = (begun.elapsed().as_secs_f64(), size as f64 / 1e6);
    figure(&format!("{millions:.0} M entries {what}"), seconds / 60.0, -10.0, "min");
    figure("memory meanwhile, most", peak, -300.0, "MB");
    note(&format!("{:.2} M entries/s", millions / seconds));
    Ok(())
}
