//! A case at the support desk: somebody said «no fui yo». It has a number and dates, and nothing that says who the person is.

use copihue_core::{Id, Random, Timestamp};

use super::mailed::{LETTERS, spelled};

/// Letters of a number: it is said on the telephone, and there are 10¹¹ of them.
const LENGTH: usize = 8;
/// What every number begins with.
const HEAD: &str = "NF-";

/// `abierto → en_revision → resuelto`; what is resolved stays so.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CaseState {
    /// Nobody has taken it.
    Open,
    /// Somebody of the desk has.
    Review,
    /// It is over.
    Resolved,
}

impl CaseState {
    /// The stored code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Open => "abierto",
            Self::Review => "en_revision",
            Self::Resolved => "resuelto",
        }
    }

    /// From the stored code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Open, Self::Review, Self::Resolved].into_iter().find(|state| state.code() == code)
    }
}

/// How a case ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Resolution {
    /// The person proved who they are and has their account again.
    Recovered,
    /// It had been the person themself.
    Mistaken,
    /// Security goes on with it.
    Forwarded,
}

impl Resolution {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Recovered, Self::Mistaken, Self::Forwarded];

    /// The stored code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Recovered => "cuenta_recuperada",
            Self::Mistaken => "fue_la_persona",
            Self::Forwarded => "derivado_seguridad",
        }
    }

    /// From the stored code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|resolution| resolution.code() == code)
    }
}

/// A case.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Case {
    /// Whose; the desk's pages never show it.
    pub person: Id,
    /// What person and desk call it by: `NF-ABCD2345`.
    pub number: String,
    /// When what was disputed happened.
    pub disputed: Timestamp,
    /// When it was opened.
    pub opened: Timestamp,
    /// Where it stands.
    pub state: CaseState,
    /// How it ended.
    pub resolution: Option<Resolution>,
    /// What the desk wrote last, for the person to read.
    pub note: String,
    /// Who of the desk did, by post.
    pub handled_by: String,
    /// The last change.
    pub changed: Timestamp,
}

/// A number for a new case.
#[must_use]
pub fn number(random: &dyn Random) -> String {
    let number = u64::from_be_bytes(copihue_core::random::bytes(random));
    format!("{HEAD}{}", spelled(number, LENGTH))
}

/// A number as somebody typed it; none when it can't be one.
#[must_use]
pub fn typed(text: &str) -> Option<String> {
    let clean: String = text.trim().to_ascii_uppercase().chars().filter(|c| !c.is_whitespace()).collect();
    let rest = clean.strip_prefix(HEAD)?;
    let plain = rest.len() == LENGTH && rest.bytes().all(|b| LETTERS.contains(&b));
    plain.then(|| clean.clone())
}

#[cfg(test)]
mod tests {
    use copihue_core::SeededRandom;

    use super::*;

    #[test]
    fn l02_a_case_has_a_number_that_is_read_as_people_say_it() {
        let random = SeededRandom::new(1);
        let (one, two) = (number(&random), number(&random));
        assert_ne!(one, two);
        assert_eq!(typed(&format!(" {} ", one.to_lowercase())), Some(one));
        for bad in ["", "NF-", "NF-ABCD234", "NF-ABCD23450", "NF-ABCD234@", "NF-ABCDE/../", "XX-ABCD2345"] {
            assert_eq!(typed(bad), None, "{bad}");
        }
    }
}
