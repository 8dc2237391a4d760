//! `cargo xtask bench`: every figure beside its target, measured on this machine now.

mod http;
mod identity;
mod ledger;
mod load;
mod print;
mod process;
mod registers;
mod signing;
mod site;

use std::path::Path;
use std::process::Command;

use clap::ValueEnum;

use crate::Outcome;
use crate::postgres::Cluster;
use crate::run::{cargo, output};
use print::{figure, note};

/// A group of figures.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Figure {
    /// Durable business transactions a second
    Db,
    /// Home page and case page
    Pages,
    /// A record read, a whole register copied and checked
    Registers,
    /// Whole permit journeys, and memory
    Journeys,
    /// Start with 100,000 cases
    Start,
    /// Bytes over the wire
    Weight,
    /// Logins, tokens, histories, with a country's people in the tables
    Identity,
    /// The transparency log: appends, checkpoints, proofs, a clone of a large log
    Ledger,
    /// Signatures a second of one core, beside the key alone and another program
    Signing,
}

/// Measures all figures, or one group.
pub(crate) fn run(only: Option<Figure>) -> Outcome {
    let all: [(Figure, fn() -> Outcome); 9] = [
        (Figure::Db, database),
        (Figure::Registers, registers::measure),
        (Figure::Pages, site::pages),
        (Figure::Journeys, site::journeys),
        (Figure::Start, site::start),
        (Figure::Weight, site::weight),
        (Figure::Identity, identity::all),
        (Figure::Ledger, ledger::all),
        (Figure::Signing, signing::all),
    ];
    for (_, measure) in all.iter().filter(|(f, _)| only.is_none_or(|o| o == *f)) {
        measure()?;
    }
    Ok(())
}

fn database() -> Outcome {
    let folder = tempfile::tempdir()?;
    let sqlite = format!("sqlite:{}", folder.path().join("bench.db").display());
    throughput(&sqlite, "durable transactions, embedded, 64 tasks", 20_000.0)?;
    match Cluster::start()? {
        Some(cluster) => throughput(&cluster.url(), "durable transactions, PostgreSQL, 64 tasks", 6_000.0)?,
        None => note("PostgreSQL is not installed: not measured"),
    }
    Ok(())
}

/// Runs the database's own measure; its last line is 64 tasks, the ones before are the raw limits of the same minute.
fn throughput(url: &str, what: &str, target: f64) -> Outcome {
    let mut command: Command = cargo();
    command.args([
        "run",
        "--quiet",
        "--release",
        "--package",
        "copihue-db",
        "--features",
        "bench",
        "--example",
        "throughput",
    ]);
    let printed = output(command.current_dir(Path::new(&crate::run::root())).args(["--", url]))?;
    let last = printed.lines().last().unwrap_or_default();
    let per_second =
        last.split(" tx/s").next().and_then(|s| s.rsplit(' ').next()).and_then(|n| n.parse().ok());
    figure(what, per_second.ok_or("the database's measure printed no figure")?, target, "/s");
    printed.lines().for_each(note);
    Ok(())
}
