//! The files that a command was given.

use std::fs::File;
use std::path::Path;

use copihue_core::{Error, Result};
use copihue_tlog::policy::Policy;

/// A file, open.
///
/// # Errors
/// Invalid `archivo`, with its name and why.
pub(super) fn open(file: &Path) -> Result<File> {
    File::open(file).map_err(|e| unreadable(file, &e))
}

/// Its bytes.
///
/// # Errors
/// As [`open`].
pub(super) fn bytes(file: &Path) -> Result<Vec<u8>> {
    std::fs::read(file).map_err(|e| unreadable(file, &e))
}

/// Its text.
///
/// # Errors
/// As [`open`].
pub(super) fn text(file: &Path) -> Result<String> {
    std::fs::read_to_string(file).map_err(|e| unreadable(file, &e))
}

/// The policy in it.
///
/// # Errors
/// As [`open`]; Invalid `politica`.
pub(super) fn policy(file: &Path) -> Result<Policy> {
    policy_in(&text(file)?, file)
}

/// The policy in the text of a file.
///
/// # Errors
/// Invalid `politica`, with the line that can't be read.
pub(super) fn policy_in(text: &str, file: &Path) -> Result<Policy> {
    let unreadable = |e| format!("La política de confianza {} no se puede leer: {e}.", file.display());
    Policy::parse(text).map_err(|e| Error::invalid("politica", unreadable(e)))
}

/// Why a file can't be read.
pub(super) fn unreadable(file: &Path, why: &std::io::Error) -> Error {
    Error::invalid("archivo", format!("No se puede leer {}: {why}.", file.display()))
}
