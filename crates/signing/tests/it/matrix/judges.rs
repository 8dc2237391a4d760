//! The programs that judge, each by its own command.

use std::path::{Path, PathBuf};

use copihue_signing::Level;

use super::Verdicts;
use super::cells::{Cell, DOCUMENT, XML};
use crate::foreign::cut;
use crate::longterm::Place;
use crate::support::{Bench, text};

pub(super) async fn judge(place: &Place, cells: &[Cell], verdicts: &mut Verdicts) {
    let bench = &place.bench;
    bench.put("root.crl", &place.signing.root_crl().await.unwrap());
    bench.put("issuing.crl", &place.signing.crl().await.unwrap());
    // First of all: it unpacks the containers, which the others look into.
    python(bench, cells, verdicts);
    for cell in cells {
        if verdicts.is_unsound(cell) {
            continue;
        }
        if let Some(verdict) = openssl(bench, cell) {
            verdicts.take(cell, "OpenSSL", verdict);
        }
        if let Some(verdict) = xmlsec(bench, cell) {
            verdicts.take(cell, "xmlsec1", verdict);
        }
    }
    for (program, version) in [("openssl", "version"), ("xmlsec1", "--version")] {
        if bench.run(program, &[version]).is_none() {
            verdicts.missing.push(program);
        }
    }
    jose(bench, cells, verdicts);
    dss(bench, cells, verdicts, |level| level >= Level::LT);
}

/// Where a container was unpacked.
fn unpacked(cell: &Cell) -> String {
    format!("{}.d", cell.file)
}

/// The CMS of a file and what it is over, both in the folder; `None` when it has none.
fn cms_of(bench: &Bench, cell: &Cell) -> Option<(String, Option<String>)> {
    let folder = unpacked(cell);
    Some(match cell.form.kind {
        "p7s" => (cell.file.clone(), Some(DOCUMENT.into())),
        "p7m" => (cell.file.clone(), None),
        "scs" => (format!("{folder}/META-INF/signature.p7s"), Some(format!("{folder}/{DOCUMENT}"))),
        "sce" => (
            format!("{folder}/META-INF/signature001.p7s"),
            Some(format!("{folder}/META-INF/ASiCManifest001.xml")),
        ),
        "pdf" => {
            let (content, der) = cut(&std::fs::read(bench.0.path().join(&cell.file)).unwrap());
            bench.put("cut.p7s", &der);
            bench.put("cut.bin", &content);
            ("cut.p7s".into(), Some("cut.bin".into()))
        }
        _ => return None,
    })
}

fn openssl(bench: &Bench, cell: &Cell) -> Option<Result<(), String>> {
    let (signature, content) = cms_of(bench, cell)?;
    let common = ["cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", &signature];
    let trust = ["-CAfile", "ca.pem", "-purpose", "any", "-out", "out"];
    let content = content.as_deref().map(|c| ["-content", c]);
    // From B-LT on the CMS itself must bring the lists of both authorities; a PDF brings them beside it.
    let lists: &[&str] =
        if cell.level >= Level::LT && cell.form.kind != "pdf" { &["-crl_check_all"] } else { &[] };
    let arguments = [&common[..], content.as_ref().map_or(&[], |c| &c[..]), lists, &trust].concat();
    let output = bench.run("openssl", &arguments)?;
    if !output.status.success() {
        return Some(Err(text(&output)));
    }
    let out = std::fs::read(bench.0.path().join("out")).unwrap();
    if ["p7s", "p7m", "scs"].contains(&cell.form.kind) && out != XML {
        return Some(Err("what was verified is not what was signed".into()));
    }
    Some(Ok(()))
}

fn xmlsec(bench: &Bench, cell: &Cell) -> Option<Result<(), String>> {
    let folder = unpacked(cell);
    let (folder, file) = match cell.form.kind {
        "xml" => (".", cell.file.clone()),
        "asics" => (folder.as_str(), "META-INF/signatures.xml".to_owned()),
        "asice" => (folder.as_str(), "META-INF/signatures001.xml".to_owned()),
        _ => return None,
    };
    let root = bench.0.path().join("ca.pem").display().to_string();
    let properties = "http://uri.etsi.org/01903/v1.3.2#:SignedProperties";
    let arguments = ["--verify", "--id-attr:Id", properties, "--trusted-pem", &root, &file];
    let output = bench.run_in(folder, "xmlsec1", &arguments)?;
    Some(if output.status.success() { Ok(()) } else { Err(text(&output)) })
}

const CHECK: &str = include_str!("check.py");

fn python(bench: &Bench, cells: &[Cell], verdicts: &mut Verdicts) {
    bench.put("check.py", CHECK.as_bytes());
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

const UNZIP: &str = "zip";

/// What stands behind a file and a program.
fn answer(said: &str, cell: &Cell, program: &str) -> Result<(), String> {
    let start = format!("{}\t{program}\t", cell.file);
    match said.lines().find_map(|l| l.strip_prefix(&start)) {
        Some("ok") => Ok(()),
        why => Err(why.unwrap_or(said).into()),
    }
}

const JOSE: &str = include_str!("check.mjs");

fn jose(bench: &Bench, cells: &[Cell], verdicts: &mut Verdicts) {
    let library = tools().join("npm/node_modules/jose");
    if !library.is_dir() {
        return verdicts.missing.push("jose");
    }
    bench.put("check.mjs", JOSE.as_bytes());
    let library = library.display().to_string();
    let cells: Vec<&Cell> = cells.iter().filter(|c| c.form.kind == "jws").collect();
    let files = cells.iter().map(|c| c.file.as_str());
    let arguments: Vec<&str> = ["check.mjs", &library].into_iter().chain(files).collect();
    let Some(output) = bench.run("node", &arguments) else { return verdicts.missing.push("node") };
    for cell in cells {
        verdicts.take(cell, "jose", answer(&text(&output), cell, "jose"));
    }
}

/// Where `cargo xtask setup` puts what it installs.
fn tools() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tools")
}

/// Where the set-up puts it, unless `COPIHUE_DSS` says where else its class path is.
pub(crate) fn dss_class_path() -> Option<String> {
    if let Ok(given) = std::env::var("COPIHUE_DSS") {
        return Some(given);
    }
    let folder = tools().join("dss");
    folder.join("installed").is_file().then(|| format!("{}/*", folder.display()))
}

/// `alone`: at which levels a file must prove by itself that its certificates counted.
pub(super) fn dss(bench: &Bench, cells: &[Cell], verdicts: &mut Verdicts, alone: fn(Level) -> bool) {
    let Some(class_path) = dss_class_path() else { return verdicts.missing.push("EU DSS") };
    let line = |cell: &Cell| {
        let lists = if alone(cell.level) { "alone" } else { "lists" };
        let content = if cell.form.kind == "p7s" { format!("\t{DOCUMENT}") } else { String::new() };
        format!("{}\t{lists}{content}\n", cell.file)
    };
    bench.put("list", cells.iter().map(line).collect::<String>().as_bytes());
    let judge = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/dss/Judge.java");
    let Some(output) = bench.run("java", &["-cp", &class_path, judge, "ca.pem", "list"]) else {
        return verdicts.missing.push("java");
    };
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    for cell in cells {
        let level = cell.level.name().trim_start_matches("B-");
        let format = cell.form.dss;
        let start = format!("{}\t", cell.file);
        let line = said.lines().find_map(|l| l.strip_prefix(&start)).unwrap_or("no answer");
        let fits = line.starts_with(&format!("{format}-{level}\tTOTAL_PASSED\t"));
        let why = || format!("{line}\n{}", if line == "no answer" { text(&output) } else { String::new() });
        verdicts.take(cell, "EU DSS", if fits { Ok(()) } else { Err(why()) });
    }
}
