//! Canonical JSON (RFC 8785) and SHA-256 over it.

use aws_lc_rs::digest;
use serde::Serialize;

use crate::{Error, Result};

/// The RFC 8785 form of a value.
///
/// # Errors
/// When the value can't be written as JSON.
pub fn canonical<T: Serialize>(value: &T) -> Result<String> {
    serde_json_canonicalizer::to_string(value)
        .map_err(|e| Error::internal(format_args!("canonical json: {e}")))
}

/// SHA-256 of bytes.
#[must_use]
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    out
}

/// SHA-256 of bytes in lower-case hex.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(sha256(bytes))
}
