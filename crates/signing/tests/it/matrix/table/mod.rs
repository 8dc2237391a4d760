//! The tables of who accepts what, as `docs/signatures.md` shows them: each test writes its own parts.

mod formats;
mod product;

use std::collections::BTreeSet;
use std::io::{Read as _, Seek as _, Write as _};
use std::path::Path;

use copihue_signing::keys::Algorithm;

use super::Verdicts;
pub(super) use formats::formats;
pub(super) use product::{large, others, pdfs};

fn name(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::P256 => "P-256",
        Algorithm::P384 => "P-384",
        Algorithm::Rsa2048 => "RSA-2048",
        Algorithm::Rsa3072 => "RSA-3072",
        Algorithm::Rsa4096 => "RSA-4096",
        Algorithm::Ed25519 => "Ed25519",
    }
}

/// A table with a column for each algorithm behind these.
fn head(first: &[&str]) -> String {
    let columns: Vec<&str> = first.iter().copied().chain(Algorithm::DOCUMENTS.map(name)).collect();
    row(&columns) + &row(&vec!["---"; columns.len()])
}

fn row(cells: &[&str]) -> String {
    format!("| {} |\n", cells.join(" | "))
}

fn programs(verdicts: &Verdicts, file: &str) -> String {
    verdicts.accepted.get(file).map_or_else(|| "**nobody**".to_owned(), |all| all.join(", "))
}

/// How many files, and by whom each of them is accepted.
fn counted(verdicts: &Verdicts, files: &[&str]) -> String {
    let by: BTreeSet<String> = files.iter().map(|file| programs(verdicts, file)).collect();
    let by: Vec<String> = by.into_iter().collect();
    format!("{}: {}", files.len(), by.join("; or "))
}

/// Compares with what is published under a heading (that of the start is empty); `COPIHUE_WRITE_SIGNATURES=1` publishes instead.
fn compare(heading: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/signatures.md");
    let is_to_write = std::env::var_os("COPIHUE_WRITE_SIGNATURES").is_some();
    let mut file = std::fs::OpenOptions::new().read(true).write(is_to_write).open(path).unwrap();
    // Each test publishes its own parts of one file.
    file.lock().unwrap();
    let mut published = String::new();
    file.read_to_string(&mut published).unwrap();
    let mut parts = parts(&published);
    let part = format!("{heading}{text}");
    if is_to_write {
        match parts.iter_mut().find(|p| is_under(p, heading)) {
            Some(old) => old.clone_from(&part),
            None => parts.push(part.clone()),
        }
        file.set_len(0).unwrap();
        file.rewind().unwrap();
        file.write_all(parts.join("\n").as_bytes()).unwrap();
    }
    let says = parts.contains(&part);
    assert!(says, "docs/signatures.md says otherwise; COPIHUE_WRITE_SIGNATURES=1 writes it:\n{part}");
}

const HEADING: &str = "## ";

fn is_under(part: &str, heading: &str) -> bool {
    if heading.is_empty() { !part.starts_with(HEADING) } else { part.starts_with(heading) }
}

/// Each with its heading; between them stands an empty line.
fn parts(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    for line in text.split_inclusive('\n') {
        if line.starts_with(HEADING) {
            parts.push(String::new());
        }
        parts.last_mut().unwrap().push_str(line);
    }
    // The empty line before a heading belongs to neither.
    let count = parts.len();
    parts[..count - 1].iter_mut().filter(|p| p.ends_with("\n\n")).for_each(|p| p.truncate(p.len() - 1));
    parts
}
