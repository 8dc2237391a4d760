//! `copihue identity breached build`: the list of breached passwords, in the form in which logins look into it.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use copihue_core::{Error, Result};
use copihue_identity::breached::build;

/// Builds `out` of the list `list`, and says how large it became.
///
/// # Errors
/// When a file can't be read or written, or the list is not in the order of its hashes.
pub(crate) fn run(list: &Path, out: &Path, seen: u64) -> Result<()> {
    let unreadable = |e: std::io::Error| {
        Error::invalid("lista_de_claves", format!("No se puede leer {}: {e}", list.display()))
    };
    let file = File::open(list).map_err(unreadable)?;
    let length = file.metadata().map_err(unreadable)?.len();
    let built = build(BufReader::with_capacity(1 << 20, file), length, out, seen)?;
    report(&format!("passwords: {}", built.count));
    report(&format!("bytes: {}", built.bytes));
    report(&format!("other passwords refused wrongly: {:.2e}", built.false_positives));
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the command's answer")]
fn report(line: &str) {
    println!("{line}");
}
