//! xmlsec1, of each XML signature.

use super::unpacked;
use crate::matrix::Verdicts;
use crate::matrix::cells::Cell;
use crate::support::{Bench, text};

pub(super) fn xmlsec(bench: &Bench, cells: &[Cell], verdicts: &mut Verdicts) {
    if bench.run("xmlsec1", &["--version"]).is_none() {
        return verdicts.missing.push("xmlsec1");
    }
    let roots = roots(bench);
    for cell in cells {
        if verdicts.is_unsound(cell) {
            continue;
        }
        if let Some(verdict) = verified(bench, cell, &roots) {
            verdicts.take(cell, "xmlsec1", verdict);
        }
    }
}

/// Of a file with more than one certificate it takes the first alone.
fn roots(bench: &Bench) -> Vec<String> {
    let all = std::fs::read_to_string(bench.0.path().join("ca.pem")).unwrap();
    let each = all.split_inclusive("-----END CERTIFICATE-----").filter(|pem| pem.contains("BEGIN"));
    let put = |(n, pem): (usize, &str)| bench.put(&format!("root-{n}.pem"), pem.trim_start().as_bytes());
    each.enumerate().map(|one| put(one).display().to_string()).collect()
}

fn verified(bench: &Bench, cell: &Cell, roots: &[String]) -> Option<Result<(), String>> {
    let folder = unpacked(cell);
    let (folder, file) = match cell.form.kind {
        "xml" => (".", cell.file.as_str()),
        "asics" => (folder.as_str(), "META-INF/signatures.xml"),
        "asice" => (folder.as_str(), "META-INF/signatures001.xml"),
        _ => return None,
    };
    let properties = "http://uri.etsi.org/01903/v1.3.2#:SignedProperties";
    let mut arguments = vec!["--verify", "--id-attr:Id", properties];
    roots.iter().for_each(|root| arguments.extend(["--trusted-pem", root]));
    arguments.push(file);
    let output = bench.run_in(folder, "xmlsec1", &arguments)?;
    Some(if output.status.success() { Ok(()) } else { Err(text(&output)) })
}
