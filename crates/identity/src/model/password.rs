//! What a new password may be (§3.3): length and nothing else, save what everybody would try first. No composition rules, no forced change.

use unicode_normalization::UnicodeNormalization;

use super::person::Person;

/// Fewest characters.
pub const SHORTEST: usize = 8;
/// Most characters.
pub const LONGEST: usize = 256;
/// What people build the passwords from that are tried first.
const USUAL: &[&str] = &[
    "password",
    "contrasena",
    "contraseña",
    "clave",
    "secreto",
    "12345678",
    "123456",
    "qwerty",
    "abc123",
    "chile",
    "colocolo",
    "iloveyou",
    "teamo",
    "admin",
    "bienvenido",
    "claveunica",
    "11111111",
    "00000000",
    "asdfgh",
];

/// Why a password is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Weak {
    /// Fewer than [`SHORTEST`] characters.
    Short,
    /// More than [`LONGEST`].
    Long,
    /// It says who the person is: RUN, name or mail.
    Personal,
    /// Anybody would try it.
    Usual,
    /// It was found in a breach.
    Breached,
}

/// Whether somebody may have this password.
///
/// # Errors
/// The first reason against it.
pub fn check(password: &str, person: &Person, brand: &str) -> Result<(), Weak> {
    let normal: String = password.nfc().collect();
    let length = normal.chars().count();
    if length < SHORTEST {
        return Err(Weak::Short);
    }
    if length > LONGEST {
        return Err(Weak::Long);
    }
    let folded = normal.to_lowercase();
    let digits: String = folded.chars().filter(char::is_ascii_digit).collect();
    let mail = person.email.as_deref().and_then(|m| m.split('@').next()).unwrap_or_default();
    let words = person.names.iter().chain(&person.surnames).map(|w| w.to_lowercase());
    let said =
        words.chain([mail.to_lowercase()]).any(|w| w.chars().count() >= 4 && left_of(&folded, &w) < SHORTEST);
    if said || digits.contains(&person.run.number().to_string()) {
        return Err(Weak::Personal);
    }
    let brand = brand.to_lowercase();
    let usual = USUAL.iter().copied().chain([brand.as_str()]).any(|w| left_of(&folded, w) < SHORTEST / 2);
    let mut letters: Vec<char> = folded.chars().collect();
    letters.sort_unstable();
    letters.dedup();
    if usual || letters.len() < 4 { Err(Weak::Usual) } else { Ok(()) }
}

/// Characters that are left without a word; all of them when it isn't there.
fn left_of(text: &str, word: &str) -> usize {
    if word.is_empty() || !text.contains(word) {
        return usize::MAX;
    }
    text.replace(word, "").chars().count()
}

#[cfg(test)]
mod tests {
    use copihue_core::{Bucket, Id, SeededRandom, Timestamp};

    use super::*;
    use crate::model::person::{PersonKind, PersonState, Proofing, Vital};

    #[test]
    fn h08_length_counts_and_what_everybody_would_try_is_refused() {
        let person = Person {
            id: Id::new(Timestamp::from_millis(0), Bucket::new(1), &SeededRandom::new(1)),
            run: "44.444.444-4".parse().unwrap(),
            names: vec!["María".into()],
            surnames: vec!["Huenchumán".into()],
            email: Some("mhuenchuman@ejemplo.cl".into()),
            email_verified: false,
            kind: PersonKind::Test,
            state: PersonState::Active,
            vital: Vital::Alive,
            proofing: Proofing::P1,
            password_by: crate::model::level::PasswordBy::Owner,
            epoch: 0,
        };
        let check = |password: &str| check(password, &person, "Copihue");
        for good in
            ["tres gatos azules", " espacio al principio", "🌵🌵🌶🌶🌊🌊🐑🐑", "zxvkqpwm", &"á9".repeat(128)]
        {
            assert_eq!(check(good), if good.len() > 300 { Err(Weak::Usual) } else { Ok(()) }, "{good}");
        }
        assert_eq!(check("siete77"), Err(Weak::Short));
        assert_eq!(check(&"largo".repeat(52)), Err(Weak::Long));
        for personal in ["Huenchumán1", "mhuenchuman", "44.444.444-4", "mi 44444444"] {
            assert_eq!(check(personal), Err(Weak::Personal), "{personal}");
        }
        for usual in ["password1", "Contraseña", "12345678", "123456789", "copihue1", "aaaaaaaa", "abababab"]
        {
            assert_eq!(check(usual), Err(Weak::Usual), "{usual}");
        }
    }
}
