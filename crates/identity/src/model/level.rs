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
    /// A password and a code that was sent to the person's mail: the lowest second factor.
    Mail(PasswordBy),
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

/// How much a code by mail is worth (`correo_en_sustancial`).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum MailCodes {
    /// `sustancial`, as long as few people have something better.
    #[default]
    Substantial,
    /// No more than the password.
    Low,
}

/// Who gave the present password.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PasswordBy {
    /// Its owner, by proving who they are with more than their mail.
    Owner,
    /// Whoever reads the person's mail: another code to it proves nothing more.
    Mail,
}

/// What a deployment decides about levels.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Policy {
    /// Passkeys.
    pub high: HighKeys,
    /// Codes by mail.
    pub mail: MailCodes,
}

/// The level of a login.
#[must_use]
pub fn level(proofing: Proofing, used: Authenticator, policy: Policy) -> Acr {
    let enough = |home: Home| policy.high == HighKeys::Any || home == Home::Device;
    match (proofing, used) {
        (Proofing::P0, _) | (_, Authenticator::Password | Authenticator::Mail(PasswordBy::Mail)) => Acr::Low,
        (_, Authenticator::Mail(_)) if policy.mail == MailCodes::Low => Acr::Low,
        (Proofing::P2, Authenticator::Passkey(home)) if enough(home) => Acr::High,
        (_, Authenticator::Mail(_) | Authenticator::Code | Authenticator::Passkey(_)) => Acr::Substantial,
    }
}

impl Authenticator {
    /// As RFC 8176 names it.
    #[must_use]
    pub const fn methods(self) -> &'static [&'static str] {
        match self {
            Self::Password => &["pwd"],
            Self::Mail(_) => &["pwd", "otp", "email", "mfa"],
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
            let policy = Policy { high, ..Policy::default() };
            assert_eq!(used.map(|used| level(proofing, used, policy)), levels, "{proofing:?} {high:?}");
        }
    }

    #[test]
    fn i04_a_code_by_mail_is_worth_what_the_policy_says_and_never_adds_to_itself() {
        for (mail, by, acr) in [
            (MailCodes::Substantial, PasswordBy::Owner, Acr::Substantial),
            (MailCodes::Substantial, PasswordBy::Mail, Acr::Low),
            (MailCodes::Low, PasswordBy::Owner, Acr::Low),
        ] {
            let policy = Policy { mail, ..Policy::default() };
            assert_eq!(level(Proofing::P2, Authenticator::Mail(by), policy), acr);
        }
    }
}
