//! The platform's verification code: 16 symbols, 75 random bits and a check symbol (`RTZZ-AERD-F9JG-66PK`).

use std::fmt;
use std::str::FromStr;

use crate::Random;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A verification code. The check symbol is Σ vᵢ·(2i+1) mod 32 over the first fifteen.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VerificationCode([u8; 16]);

impl VerificationCode {
    /// A new random code.
    #[must_use]
    pub fn new(random: &dyn Random) -> Self {
        let mut values: [u8; 15] = crate::random::bytes(random);
        for v in &mut values {
            *v &= 31;
        }
        Self::from_values(values)
    }

    fn from_values(values: [u8; 15]) -> Self {
        let mut symbols = [0; 16];
        for (symbol, v) in symbols.iter_mut().zip(values) {
            *symbol = ALPHABET[usize::from(v)];
        }
        symbols[15] = ALPHABET[usize::from(check(&values))];
        Self(symbols)
    }

    /// Without hyphens, as stored.
    #[must_use]
    pub fn compact(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

fn check(values: &[u8]) -> u8 {
    let sum: usize = values.iter().enumerate().map(|(i, v)| usize::from(*v) * (2 * i + 1)).sum();
    (sum % 32) as u8
}

impl fmt::Display for VerificationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let s = self.compact();
        write!(f, "{}-{}-{}-{}", &s[..4], &s[4..8], &s[8..12], &s[12..])
    }
}

impl fmt::Debug for VerificationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text is not a verification code.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("not a verification code")]
pub struct VerificationCodeError;

impl FromStr for VerificationCode {
    type Err = VerificationCodeError;

    /// Any case; hyphens and spaces ignored; O reads as 0, I and L as 1; U is refused.
    fn from_str(text: &str) -> Result<Self, VerificationCodeError> {
        let mut values = [0u8; 16];
        let mut n = 0;
        for c in text.bytes().filter(|c| !matches!(c, b'-' | b' ')) {
            let c = match c.to_ascii_uppercase() {
                b'O' => b'0',
                b'I' | b'L' => b'1',
                other => other,
            };
            let value = ALPHABET.iter().position(|a| *a == c).ok_or(VerificationCodeError)?;
            *values.get_mut(n).ok_or(VerificationCodeError)? = value as u8;
            n += 1;
        }
        let (last, first) = values.split_last().ok_or(VerificationCodeError)?;
        if n != 16 || check(first) != *last {
            return Err(VerificationCodeError);
        }
        let mut random = [0; 15];
        random.copy_from_slice(first);
        Ok(Self::from_values(random))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_17_vectors_of_the_verification_code() {
        for text in ["RTZZ-AERD-F9JG-66PK", "0000-0000-0000-001X", "ZZZZ-ZZZZ-ZZZZ-ZZZZ"] {
            assert_eq!(text.parse::<VerificationCode>().unwrap().to_string(), text);
        }
        assert_eq!(
            "rtzz aerd f9jg 66pk".parse::<VerificationCode>().unwrap().to_string(),
            "RTZZ-AERD-F9JG-66PK"
        );
        assert!("RTZZ-AERD-F9JG-66PU".parse::<VerificationCode>().is_err());
        assert!("RTZZ-AERD-F9JG-66P".parse::<VerificationCode>().is_err());
    }
}
