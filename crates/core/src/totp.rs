//! Time-based codes (RFC 6238): SHA-1, six digits, thirty seconds, one step to each side.

use aws_lc_rs::hmac;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::secret::constant_time_eq;
use crate::{Secret, Timestamp};

/// How long a step lasts.
pub const STEP_SECONDS: i64 = 30;

/// The code of a step.
#[must_use]
pub fn code_of_step(seed: &Secret, step: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, seed.expose());
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let tag = tag.as_ref();
    let at = usize::from(tag[19] & 15);
    let number = u32::from_be_bytes([tag[at] & 0x7f, tag[at + 1], tag[at + 2], tag[at + 3]]);
    format!("{:06}", number % 1_000_000)
}

/// The step of an instant.
#[must_use]
pub const fn step_at(at: Timestamp) -> i64 {
    at.millis().div_euclid(1000 * STEP_SECONDS)
}

/// The step near `now` whose code this is. All three are always computed and compared.
#[must_use]
pub fn matching_step(seed: &Secret, code: &str, now: Timestamp) -> Option<i64> {
    let (current, mut found) = (step_at(now), None);
    for step in [current - 1, current, current + 1] {
        if constant_time_eq(code_of_step(seed, step).as_bytes(), code.as_bytes()) {
            found = Some(step);
        }
    }
    found
}

/// RFC 4648 base32 without padding: what a person types where no camera is.
#[must_use]
pub fn base32(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bit = |i: usize| bytes.get(i / 8).map_or(0, |b| b >> (7 - i % 8) & 1);
    let groups = (bytes.len() * 8).div_ceil(5);
    let value = |g: usize| (0..5).fold(0u8, |v, i| v << 1 | bit(g * 5 + i));
    (0..groups).map(|g| char::from(ALPHABET[usize::from(value(g))])).collect()
}

/// `otpauth://totp/…`, as authenticators read it from a picture.
#[must_use]
pub fn uri(seed: &Secret, issuer: &str, account: &str) -> String {
    const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
    let [issuer, account] = [issuer, account].map(|text| utf8_percent_encode(text, UNRESERVED));
    let key = base32(seed.expose());
    format!(
        "otpauth://totp/{issuer}:{account}?secret={key}&issuer={issuer}&algorithm=SHA1&digits=6&period=30"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rfcs_own_codes() {
        let seed = Secret::new(*b"12345678901234567890");
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            let now = Timestamp::from_millis(seconds * 1000);
            assert_eq!(matching_step(&seed, code, now), Some(step_at(now)));
            assert_eq!(matching_step(&seed, code, now.plus_seconds(90)), None);
        }
    }
}
