//! Libraries of Python and of Node, all files in one process each.

use super::{answer, tools};
use crate::matrix::Verdicts;
use crate::matrix::cells::Cell;
use crate::support::{Bench, text};

const CHECK: &str = include_str!("../check.py");
const UNZIP: &str = "zip";

pub(super) fn put_check(bench: &Bench) {
    bench.put("check.py", CHECK.as_bytes());
}

pub(super) fn python(bench: &Bench, cells: &[Cell], verdicts: &mut Verdicts) {
    put_check(bench);
    let names: Vec<&str> = ["check.py"].into_iter().chain(cells.iter().map(|c| c.file.as_str())).collect();
    let Some(output) = bench.run("python3", &names) else { return verdicts.missing.push("python3") };
    let said = text(&output);
    if said.contains("ModuleNotFoundError") {
        eprintln!("skipped: {said}");
        return verdicts.missing.push("a library of check.py");
    }
    for cell in cells {
        let programs: &[&'static str] = match cell.form.kind {
            "jws" => &["jwcrypto"],
            "xml" => &["signxml"],
            "asics" | "asice" => &[UNZIP, "signxml"],
            "scs" | "sce" => &[UNZIP, "pyHanko"],
            _ => &["pyHanko"],
        };
        for program in programs {
            if verdicts.is_unsound(cell) {
                continue;
            }
            match answer(&said, cell, program) {
                // Who only unpacks judges no signature: that it fails counts, that it works does not.
                Ok(()) if *program == UNZIP => {}
                verdict => verdicts.take(cell, program, verdict),
            }
        }
    }
}

const JOSE: &str = include_str!("../check.mjs");

pub(super) fn jose(bench: &Bench, cells: &[Cell], verdicts: &mut Verdicts) {
    let cells: Vec<&Cell> = cells.iter().filter(|c| c.form.kind == "jws").collect();
    if cells.is_empty() {
        return;
    }
    let library = tools().join("npm/node_modules/jose");
    if !library.is_dir() {
        return verdicts.missing.push("jose");
    }
    bench.put("check.mjs", JOSE.as_bytes());
    let library = library.display().to_string();
    let files = cells.iter().map(|c| c.file.as_str());
    let arguments: Vec<&str> = ["check.mjs", &library].into_iter().chain(files).collect();
    let Some(output) = bench.run("node", &arguments) else { return verdicts.missing.push("node") };
    for cell in cells {
        verdicts.take(cell, "jose", answer(&text(&output), cell, "jose"));
    }
}
