//! RUN and RUT: the number that identifies a person or a body, with its check digit.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A valid RUN (or RUT). Printed `12.345.678-5`; compared by number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Run(u32);

/// Why a text is not a RUN.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum RunError {
    /// It has the shape, but the check digit is another.
    #[error("RUN inválido: el dígito verificador no corresponde.")]
    CheckDigit,
    /// It does not have the shape of a RUN.
    #[error("Ingrese un RUN, por ejemplo 12.345.678-5.")]
    Shape,
}

impl Run {
    /// From its number, without the check digit. `None` outside 1 … 999,999,999.
    #[must_use]
    pub const fn from_number(number: u32) -> Option<Self> {
        if number >= 1 && number <= 999_999_999 { Some(Self(number)) } else { None }
    }

    /// The number, without the check digit.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }

    /// The check digit: `0`–`9` or `K`.
    #[must_use]
    pub fn check_digit(self) -> char {
        let (mut n, mut weight, mut sum) = (self.0, 2, 0);
        while n > 0 {
            sum += n % 10 * weight;
            n /= 10;
            weight = if weight == 7 { 2 } else { weight + 1 };
        }
        match 11 - sum % 11 {
            11 => '0',
            10 => 'K',
            d => char::from(b'0' + d as u8),
        }
    }

    /// `12345678-5`, the form of JSON and of contracts.
    #[must_use]
    pub fn compact(self) -> String {
        format!("{}-{}", self.0, self.check_digit())
    }
}

impl FromStr for Run {
    type Err = RunError;

    fn from_str(text: &str) -> Result<Self, RunError> {
        let text = normalise(text).ok_or(RunError::Shape)?;
        let (body, digit) = text.rsplit_once('-').ok_or(RunError::Shape)?;
        let number = parse_number(body).ok_or(RunError::Shape)?;
        let mut chars = digit.chars();
        let (Some(d), None) = (chars.next(), chars.next()) else { return Err(RunError::Shape) };
        let d = d.to_ascii_uppercase();
        if !(d.is_ascii_digit() || d == 'K') {
            return Err(RunError::Shape);
        }
        let run = Self::from_number(number).ok_or(RunError::Shape)?;
        if run.check_digit() == d { Ok(run) } else { Err(RunError::CheckDigit) }
    }
}

/// No RUN is longer, however many leading zeros it carries.
const LONGEST: usize = 24;

/// NFKC, the dashes people type, spaces around; without a dash the last character is the digit.
fn normalise(text: &str) -> Option<String> {
    use unicode_normalization::UnicodeNormalization;
    let mut text: String = text
        .trim()
        .nfkc()
        .map(|c| if matches!(c, '‐' | '‑' | '–' | '−') { '-' } else { c })
        .take(LONGEST + 1)
        .collect();
    if text.chars().count() > LONGEST {
        return None;
    }
    if !text.contains('-') && text.chars().count() > 1 {
        let last = text.pop();
        text.push('-');
        text.extend(last);
    }
    Some(text)
}

fn parse_number(body: &str) -> Option<u32> {
    let groups: Vec<&str> = body.split('.').collect();
    if groups.len() > 1 {
        let first_ok = (1..=3).contains(&groups[0].len());
        if !first_ok || groups[1..].iter().any(|g| g.len() != 3) {
            return None;
        }
    }
    let digits = groups.concat();
    let significant = digits.trim_start_matches('0');
    if significant.is_empty() || significant.len() > 9 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    significant.parse().ok()
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", crate::money::thousands(u64::from(self.0)), self.check_digit())
    }
}

impl fmt::Debug for Run {
    /// Redacted: a RUN never goes into a log in clear.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Run(***)")
    }
}

impl Serialize for Run {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.compact())
    }
}

impl<'de> Deserialize<'de> for Run {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
