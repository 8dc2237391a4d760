//! Institutional numbers: `EXP-AAAAMMDD-NNNNNN` for cases (IUIe), `DOCU-AAAAMMDD-NNNNNN` for documents.

use std::fmt;
use std::str::FromStr;

use copihue_core::Error;

/// What is numbered; each has its own counter for each institution and civil day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Series {
    /// Case files.
    Case,
    /// Documents.
    Document,
}

impl Series {
    /// The number's first letters.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Case => "EXP",
            Self::Document => "DOCU",
        }
    }

    /// The number `n` of a civil day.
    #[must_use]
    pub fn number(self, day: jiff::civil::Date, n: i64) -> String {
        format!("{}-{:04}{:02}{:02}-{n:06}", self.prefix(), day.year(), day.month(), day.day())
    }
}

/// How a case is named in an address: its IUIe, and before it the institution when one person has two
/// cases of the same number in two institutions (`PE-MUN-00345:EXP-20261121-000001`).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CaseKey {
    /// Letter code of the institution.
    pub institution: Option<String>,
    /// The number within it.
    pub iuie: String,
}

impl FromStr for CaseKey {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let (institution, iuie) = match text.split_once(':') {
            Some((institution, iuie)) => (Some(institution.to_owned()), iuie),
            None => (None, text),
        };
        let plain = |s: &str| {
            (1..=64).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        };
        if !plain(iuie) || !institution.as_deref().is_none_or(plain) {
            return Err(Error::not_found());
        }
        Ok(Self { institution, iuie: iuie.to_owned() })
    }
}

impl fmt::Display for CaseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.institution {
            Some(institution) => write!(f, "{institution}:{}", self.iuie),
            None => f.write_str(&self.iuie),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_01_numbers_carry_the_institutions_civil_day() {
        let day = jiff::civil::date(2026, 11, 21);
        assert_eq!(Series::Case.number(day, 1), "EXP-20261121-000001");
        assert_eq!(Series::Document.number(day, 413), "DOCU-20261121-000413");
    }

    #[test]
    fn a_case_is_named_with_or_without_its_institution() {
        let key: CaseKey = "PE-MUN-00345:EXP-20261121-000001".parse().unwrap();
        assert_eq!(key.institution.as_deref(), Some("PE-MUN-00345"));
        assert_eq!(key.to_string(), "PE-MUN-00345:EXP-20261121-000001");
        assert!("EXP-20261121-000001".parse::<CaseKey>().unwrap().institution.is_none());
        for bad in ["", ":", "EXP 1", "../etc", "a:b:c", "EXP-1%00"] {
            assert!(bad.parse::<CaseKey>().is_err(), "{bad}");
        }
    }
}
