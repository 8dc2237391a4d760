//! Levels (§3.1): who the person was shown to be, and what they used to say so, give one published value. It says what happened, never
//! what was asked.

use copihue_core::Acr;

use super::passkey::Home;
use super::person::Proofing;

/// What somebody used to say who they are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Authenticator {
    /// A password alone (A1).
    Password,
    /// A password and a code (A2).
    Code,
    /// A passkey that checked who touched it (A3).
    Passkey(Home),
}

/// Which passkeys are enough for `alto` (J4).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum HighKeys {
    /// All.
    #[default]
    Any,
    /// Those that never leave the device that made them.
    DeviceOnly,
}

/// The level of a login.
#[must_use]
pub fn level(proofing: Proofing, used: Authenticator, high: HighKeys) -> Acr {
    let enough = |home: Home| high == HighKeys::Any || home == Home::Device;
    match (proofing, used) {
        (Proofing::P0, _) | (_, Authenticator::Password) => Acr::Low,
        (Proofing::P2, Authenticator::Passkey(home)) if enough(home) => Acr::High,
        (_, Authenticator::Code | Authenticator::Passkey(_)) => Acr::Substantial,
    }
}

impl Authenticator {
    /// As RFC 8176 names it.
    #[must_use]
    pub const fn methods(self) -> &'static [&'static str] {
        match self {
            Self::Password => &["pwd"],
            Self::Code => &["pwd", "otp", "mfa"],
            Self::Passkey(Home::Device) => &["hwk", "user", "mfa"],
            Self::Passkey(Home::Synced) => &["swk", "user", "mfa"],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn j04_alto_wants_a_card_seen_by_an_officer_and_a_key_that_the_policy_takes() {
        use Authenticator::{Code, Passkey, Password};
        let keys = [Passkey(Home::Device), Passkey(Home::Synced)];
        for (proofing, high, levels) in [
            (Proofing::P0, HighKeys::Any, [Acr::Low, Acr::Low, Acr::Low, Acr::Low]),
            (Proofing::P1, HighKeys::Any, [Acr::Low, Acr::Substantial, Acr::Substantial, Acr::Substantial]),
            (Proofing::P2, HighKeys::Any, [Acr::Low, Acr::Substantial, Acr::High, Acr::High]),
            (Proofing::P2, HighKeys::DeviceOnly, [Acr::Low, Acr::Substantial, Acr::High, Acr::Substantial]),
        ] {
            let used = [Password, Code, keys[0], keys[1]];
            assert_eq!(used.map(|used| level(proofing, used, high)), levels, "{proofing:?} {high:?}");
        }
    }
}
