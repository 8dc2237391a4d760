//! A device without a browser asks; somebody with one decides (RFC 8628).

use copihue_core::{Random, Timestamp};

use super::grant::GrantKey;

/// Seconds that a device waits at most (G1).
pub const WAIT_SECONDS: i64 = 10 * 60;
/// Seconds between two questions of a device.
pub const PAUSE_SECONDS: i64 = 5;
/// Letters of the code that people type: none that looks like another, no vowel that makes a word.
const LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";

/// What became of a device's request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DeviceState {
    /// Nobody has decided.
    Waiting,
    /// Somebody said yes.
    Approved,
    /// Somebody said no.
    Denied,
}

impl DeviceState {
    /// The stored code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Waiting => "espera",
            Self::Approved => "aprobado",
            Self::Denied => "rechazado",
        }
    }

    /// From the stored code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Waiting, Self::Approved, Self::Denied].into_iter().find(|s| s.code() == code)
    }
}

/// A device that waits.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeviceRequest {
    /// The application.
    pub client_id: String,
    /// What it asks for.
    pub scope: String,
    /// What kind of program asked, in words: the person compares.
    pub place: String,
    /// When it asked.
    pub created: Timestamp,
    /// Until when it waits.
    pub expires: Timestamp,
    /// When it last asked.
    pub polled: Timestamp,
    /// Seconds that it has to wait between two questions.
    pub pause: i64,
    /// What became of it.
    pub state: DeviceState,
    /// What it was given.
    pub grant: Option<GrantKey>,
}

/// A code for people: eight letters of twenty, 34 bits.
#[must_use]
pub fn user_code(random: &dyn Random) -> String {
    let mut code = String::new();
    while code.len() < 8 {
        let [byte] = copihue_core::random::bytes::<1>(random);
        // 240 is the last multiple of 20: beyond it the first letters would come more often.
        if byte < 240 {
            code.push(char::from(LETTERS[usize::from(byte % 20)]));
        }
    }
    code
}

/// As it is shown: `BCDF-GHJK`.
#[must_use]
pub fn shown(code: &str) -> String {
    let (a, b) = code.split_at_checked(4).unwrap_or((code, ""));
    format!("{a}-{b}")
}

/// What was typed, as it was made; none when it can't be one.
#[must_use]
pub fn typed(text: &str) -> Option<String> {
    let letters = text.chars().filter(|c| !matches!(c, ' ' | '-' | '\u{2010}' | '\u{2011}'));
    let code: String = letters.map(|c| c.to_ascii_uppercase()).collect();
    (code.len() == 8 && code.bytes().all(|b| LETTERS.contains(&b))).then_some(code)
}
