//! EU DSS.

use copihue_signing::Level;

use super::tools;
use crate::matrix::Verdicts;
use crate::matrix::cells::{Cell, DOCUMENT};
use crate::support::{Bench, text};

pub(super) const JUDGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/dss/Judge.java");
pub(super) const NAME: &str = "EU DSS";
/// For one thread, as it is used, half the work of the machine's default.
pub(super) const COLLECTOR: &str = "-XX:+UseSerialGC";

/// Where the set-up puts it, unless `COPIHUE_DSS` says where else its class path is.
pub(crate) fn class_path() -> Option<String> {
    if let Ok(given) = std::env::var("COPIHUE_DSS") {
        return Some(given);
    }
    let folder = tools().join("dss");
    folder.join("installed").is_file().then(|| format!("{}/*", folder.display()))
}

/// `alone`: at which levels a file must prove by itself that its certificates counted.
pub(crate) fn dss(bench: &Bench, cells: &[Cell], verdicts: &mut Verdicts, alone: fn(Level) -> bool) {
    let Some(class_path) = class_path() else { return verdicts.missing.push(NAME) };
    let list: String = cells.iter().map(|cell| line(cell, alone)).collect();
    bench.put("list", list.as_bytes());
    let arguments = [COLLECTOR, "-cp", &class_path, JUDGE, "ca.pem", "list"];
    let Some(output) = bench.run("java", &arguments) else {
        return verdicts.missing.push("java");
    };
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    for cell in cells {
        let start = format!("{}\t", cell.file);
        match said.lines().find(|l| l.starts_with(&start)) {
            Some(line) => verdicts.take(cell, NAME, verdict(cell, line)),
            None => verdicts.take(cell, NAME, Err(format!("no answer\n{}", text(&output)))),
        }
    }
}

pub(super) fn line(cell: &Cell, alone: fn(Level) -> bool) -> String {
    let lists = if alone(cell.level) { "alone" } else { "lists" };
    let content = if cell.form.kind == "p7s" { format!("\t{DOCUMENT}") } else { String::new() };
    format!("{}\t{lists}{content}\n", cell.file)
}

/// It must name the format and the level, too.
pub(super) fn verdict(cell: &Cell, line: &str) -> Result<(), String> {
    let level = cell.level.name().trim_start_matches("B-");
    let fits = line.starts_with(&format!("{}\t{}-{level}\tTOTAL_PASSED\t", cell.file, cell.form.dss));
    if fits { Ok(()) } else { Err(line.to_owned()) }
}
