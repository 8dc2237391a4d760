//! Proof that the one who redeems a code is the one who asked for it (RFC 7636, `S256` only).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use copihue_core::json::sha256;
use copihue_core::secret::constant_time_eq;

/// The challenge of a verifier.
#[must_use]
pub fn challenge(verifier: &str) -> String {
    BASE64.encode(sha256(verifier.as_bytes()))
}

/// Whether a challenge has the shape that `S256` gives: 43 characters of base64url. Longer ones up to 128 are let
/// through and simply never match.
#[must_use]
pub fn well_formed(challenge: &str) -> bool {
    (43..=128).contains(&challenge.len())
        && challenge.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'~'))
}

/// Whether a verifier answers a challenge. Without a challenge there must be no verifier: a login whose challenge was cut
/// out on the way is noticed here.
#[must_use]
pub fn verify(challenge_given: Option<&str>, verifier: Option<&str>) -> bool {
    match (challenge_given, verifier) {
        (None, None) => true,
        (Some(expected), Some(verifier)) => {
            constant_time_eq(challenge(verifier).as_bytes(), expected.as_bytes())
        }
        _ => false,
    }
}
