//! Every text exists and is used.

use std::path::{Path, PathBuf};

use crate::locale::keys;

/// Checks the catalogue of a crate: `check_locale(env!("CARGO_MANIFEST_DIR"))`.
///
/// Every string literal of `src` that begins with the crate's name and a hyphen is a key and must exist; one that ends
/// with a hyphen (`format!("casefiles-state-{state}")`) stands for all keys that begin so. Every key must be used.
/// Name other things (ids, classes, jobs) without that beginning.
///
/// # Panics
/// With the list of what is missing, unused or repeated.
pub fn check_locale(crate_dir: &str) {
    let dir = Path::new(crate_dir);
    let name = dir.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let text = std::fs::read_to_string(dir.join("locales/es-CL.ftl")).unwrap_or_default();
    let known: Vec<&str> = keys(&text).collect();
    let used = used_keys(dir, &format!("{name}-"));
    let mut faults = Vec::new();
    for key in &known {
        if !key.starts_with(&format!("{name}-")) {
            faults.push(format!("{key} does not begin with {name}-"));
        }
        if known.iter().filter(|k| *k == key).count() > 1 {
            faults.push(format!("{key} stands twice"));
        }
        let refers = text.contains(&format!("{{ {key} }}"));
        if !refers && !used.iter().any(|u| u == key || u.ends_with('-') && key.starts_with(u.as_str())) {
            faults.push(format!("{key} is not used"));
        }
    }
    for key in used.iter().filter(|u| !u.ends_with('-')) {
        if !known.contains(&key.as_str()) {
            faults.push(format!("{key} does not exist"));
        }
    }
    for key in used.iter().filter(|u| u.ends_with('-')) {
        if !known.iter().any(|k| k.starts_with(key.as_str())) {
            faults.push(format!("no key begins with {key}"));
        }
    }
    assert!(faults.is_empty(), "locales/es-CL.ftl of {name}:\n{}", faults.join("\n"));
}

fn used_keys(dir: &Path, prefix: &str) -> Vec<String> {
    let mut used = Vec::new();
    for file in sources(&dir.join("src")) {
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        let opening = format!("\"{prefix}");
        for (at, _) in text.match_indices(&opening) {
            let literal = &text[at + 1..];
            let end = literal.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_'));
            used.push(literal[..end.unwrap_or(literal.len())].to_owned());
        }
    }
    used
}

fn sources(dir: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten().map(|e| e.path());
    entries
        .flat_map(|path| match path.is_dir() {
            true => sources(&path),
            false => vec![path],
        })
        .filter(|path| path.extension().is_some_and(|e| e == "rs"))
        .collect()
}
