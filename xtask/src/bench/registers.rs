//! Public registers: the crate's own measure, its figures beside the targets.

use std::path::Path;

use super::print::{figure, note};
use crate::Outcome;
use crate::run::{cargo, output, root};

/// 34 million entries in ten minutes.
const ENTRIES_A_SECOND: f64 = 34_000_000.0 / 600.0;

pub(super) fn measure() -> Outcome {
    let mut command = cargo();
    command.args(["run", "--quiet", "--release", "--package", "copihue-registers", "--example", "copy"]);
    let printed = output(command.current_dir(Path::new(&root())))?;
    let value = |name: &str| -> Result<f64, String> {
        let line = printed.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok());
        line.ok_or_else(|| format!("the registers' measure printed no {name}"))
    };
    figure("a record of a register read, p99", value("record-p99-ms ")?, -2.0, "ms");
    figure("a register's copy checked offline, entries", value("verified ")?, ENTRIES_A_SECOND, "/s");
    note(&format!("downloaded whole: {:.0} entries/s", value("downloaded ")?));
    note(&format!("written with their leaves: {:.0} entries/s", value("written ")?));
    Ok(())
}
