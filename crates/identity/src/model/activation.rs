//! Codes that officials give to people whose card they have seen (§3.3): the official can start an account, never set or read its password.

use copihue_core::{Id, Random, Timestamp};

use super::person::Proofing;

/// Letters of a code: 49 bits.
pub const LENGTH: usize = 10;
/// Tries after which a code is void.
pub const TRIES: i64 = 5;
/// Seconds that a printed code is good for.
pub const SECONDS: i64 = 30 * 86_400;
/// Seconds in which a second official decides.
pub const WAIT_SECONDS: i64 = 86_400;
/// None of 0, O, 1, I, L.
const LETTERS: &[u8; 31] = b"ABCDEFGHJKMNPQRSTUVWXYZ23456789";

/// What happens to the factors that the person had.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Former {
    /// They stay, and one of them is asked for.
    Kept,
    /// They were lost: they go with the code's use. Only with two officials.
    Lost,
}

impl Former {
    /// The stored code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Kept => "se_mantienen",
            Self::Lost => "perdidos",
        }
    }

    /// From the stored code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Kept, Self::Lost].into_iter().find(|f| f.code() == code)
    }
}

/// What an official has started.
#[derive(Clone, Debug)]
pub struct Activation {
    /// For whom.
    pub person: Id,
    /// None: it waits for a second official.
    pub code_hash: Option<[u8; 32]>,
    /// The card that was seen.
    pub series_hash: [u8; 32],
    /// How the identity counts once the code was used.
    pub proofing: Proofing,
    /// What becomes of the factors that the person had.
    pub former: Former,
    /// Who started it.
    pub officer: Id,
    /// Their post and institution.
    pub office: String,
    /// When.
    pub created: Timestamp,
    /// Until when it is good.
    pub expires: Timestamp,
    /// Tries that were wrong.
    pub tries: i64,
}

impl Activation {
    /// Whether two officials are needed: for the highest level, and to take factors away.
    #[must_use]
    pub fn needs_two(proofing: Proofing, former: Former) -> bool {
        proofing == Proofing::P2 || former == Former::Lost
    }

    /// Whether its code may still be tried.
    #[must_use]
    pub fn alive(&self, now: Timestamp) -> bool {
        self.code_hash.is_some() && now < self.expires && self.tries < TRIES
    }
}

/// A new code.
#[must_use]
pub fn code(random: &dyn Random) -> String {
    let mut code = String::new();
    while code.len() < LENGTH {
        let [byte] = copihue_core::random::bytes::<1>(random);
        // 248 is the last multiple of 31: beyond it the first letters would come more often.
        if byte < 248 {
            code.push(char::from(LETTERS[usize::from(byte % 31)]));
        }
    }
    code
}

/// As it is printed: `ABCDE-FGHJK`.
#[must_use]
pub fn printed(code: &str) -> String {
    let (a, b) = code.split_at_checked(LENGTH / 2).unwrap_or((code, ""));
    format!("{a}-{b}")
}

/// What was typed, without what people add: a code, or a card's series.
#[must_use]
pub fn typed(text: &str) -> String {
    let plain = text.chars().filter(char::is_ascii_alphanumeric).take(40);
    plain.map(|c| c.to_ascii_uppercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i01_codes_have_more_than_forty_bits_and_are_read_as_people_type_them() {
        let random = copihue_core::SeededRandom::new(1);
        let one = code(&random);
        assert_eq!(one.len(), LENGTH);
        assert_eq!(typed(&format!(" {} ", printed(&one).to_lowercase())), one);
        assert_ne!(one, code(&random));
        assert!(31_f64.log2() * 10.0 > 40.0);
        assert!(Activation::needs_two(Proofing::P2, Former::Kept));
        assert!(Activation::needs_two(Proofing::P1, Former::Lost));
        assert!(!Activation::needs_two(Proofing::P1, Former::Kept));
    }
}
