//! Codes of an authenticator, each once; and codes on paper.

use copihue_core::totp::matching_step;
use copihue_core::{Random, Secret, Timestamp};

/// Bytes of a seed: as many as the hash has.
pub const SEED: usize = 20;
/// Codes on paper that a person gets.
pub const BACKUP_CODES: usize = 10;

/// The step whose code this is, if it was not spent before: a code seen over a shoulder is worth nothing (H5).
#[must_use]
pub fn check(seed: &Secret, code: &str, last_step: i64, now: Timestamp) -> Option<i64> {
    matching_step(seed, code, now).filter(|step| *step > last_step)
}

/// What somebody typed as their second factor.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Typed {
    /// Six digits.
    Code(String),
    /// A code on paper: its place, and what it is.
    Backup(usize, String),
}

/// Reads it, spaces and hyphens aside.
#[must_use]
pub fn typed(text: &str) -> Option<Typed> {
    let clean: String =
        text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '\u{2010}' | '\u{2011}')).collect();
    let clean = clean.to_ascii_uppercase();
    if clean.len() == 6 && clean.bytes().all(|b| b.is_ascii_digit()) {
        return Some(Typed::Code(clean));
    }
    let place = clean.chars().next()?.to_digit(10)?;
    let letters = clean.len() == 11 && clean.bytes().skip(1).all(|b| LETTERS.contains(&b));
    letters.then_some(Typed::Backup(place as usize, clean))
}

/// Letters and digits that nobody mistakes for another.
const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// New codes on paper: the place, then 50 random bits.
#[must_use]
pub fn backup_codes(random: &dyn Random) -> Vec<String> {
    let one = |place: usize| {
        let bytes: [u8; 10] = copihue_core::random::bytes(random);
        let letters: String = bytes.iter().map(|b| char::from(LETTERS[usize::from(b % 32)])).collect();
        format!("{place}{letters}")
    };
    (0..BACKUP_CODES).map(one).collect()
}

/// As it is printed: `3-ABCDE-FGHJK`.
#[must_use]
pub fn printed(code: &str) -> String {
    match (code.get(..1), code.get(1..6), code.get(6..)) {
        (Some(place), Some(a), Some(b)) => format!("{place}-{a}-{b}"),
        _ => code.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use copihue_core::totp::{step_at, uri};

    use super::*;

    #[test]
    fn h05_the_rfcs_own_codes_and_each_once() {
        let seed = Secret::new(*b"12345678901234567890");
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            let now = Timestamp::from_millis(seconds * 1000);
            let step = check(&seed, code, 0, now).unwrap();
            assert_eq!(step, step_at(now));
            assert_eq!(check(&seed, code, step, now), None, "spent");
            assert!(check(&seed, code, 0, now.plus_seconds(30)).is_some());
            assert!(check(&seed, code, 0, now.plus_seconds(90)).is_none());
        }
        assert!(uri(&seed, "Copihue", "a b").contains("secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&"));
    }

    #[test]
    fn h07_codes_on_paper_are_read_as_people_type_them() {
        let codes = backup_codes(&copihue_core::SeededRandom::new(1));
        assert_eq!(codes.len(), BACKUP_CODES);
        for (place, code) in codes.iter().enumerate() {
            assert_eq!(typed(&printed(code).to_lowercase()), Some(Typed::Backup(place, code.clone())));
        }
        assert_eq!(typed(" 123 456 "), Some(Typed::Code("123456".into())));
        assert_eq!(typed("12345"), None);
        assert_eq!(typed(""), None);
    }
}
