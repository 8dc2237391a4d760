//! `cargo xtask bench`: every figure beside its target, measured on this machine now.

mod load;

use clap::ValueEnum;

use crate::Outcome;
use crate::postgres::Cluster;
use crate::run::{cargo, output};

/// A group of figures.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Figure {
    /// Durable business transactions a second
    Db,
}

/// Measures all figures, or one group.
pub(crate) fn run(only: Option<Figure>) -> Outcome {
    let wanted = |figure| only.is_none_or(|o| o == figure);
    if wanted(Figure::Db) {
        database()?;
    }
    Ok(())
}

fn database() -> Outcome {
    let mut command = cargo();
    command.args([
        "run",
        "--quiet",
        "--release",
        "--package",
        "copihue-db",
        "--example",
        "business_transactions",
    ]);
    let cluster = Cluster::start()?;
    if let Some(cluster) = &cluster {
        command.env("COPIHUE_TEST_POSTGRES", cluster.url());
    }
    println!("{}", output(&mut command)?);
    Ok(())
}
