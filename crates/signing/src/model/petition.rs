//! An official asks to be made a holder: their operator answers; where the body has none yet, the platform first (specs signing §4).

use copihue_core::{Error, Id, Result, Timestamp};

codes! {
    /// Who has to answer.
    PetitionKind {
        /// The operator of the body, by making the official a holder.
        Holder = "titular",
        /// The platform, by enabling the body: it has no operator.
        Institution = "institucion",
    }
}

impl PetitionKind {
    /// The term's code, and its business days.
    #[must_use]
    pub const fn term(self) -> (&'static str, u16) {
        match self {
            Self::Holder => ("firma_operador", 3),
            Self::Institution => ("firma_institucion", 5),
        }
    }
}

/// How a petition ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Answer {
    /// The official was made a holder.
    Granted,
    /// The operator refused it, for this reason.
    Refused(String),
    /// The official took it back.
    Withdrawn,
}

impl Answer {
    /// As stored.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Granted => "concedida",
            Self::Refused(_) => "rechazada",
            Self::Withdrawn => "retirada",
        }
    }

    /// Why it was refused.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Refused(reason) => Some(reason),
            Self::Granted | Self::Withdrawn => None,
        }
    }

    /// From what is stored.
    #[must_use]
    pub fn from_stored(code: &str, reason: Option<String>) -> Option<Self> {
        Some(match code {
            "concedida" => Self::Granted,
            "rechazada" => Self::Refused(reason?),
            "retirada" => Self::Withdrawn,
            _ => return None,
        })
    }
}

/// A petition.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Petition {
    /// Id, in the institution's bucket.
    pub id: Id,
    /// The institution's code.
    pub institution: String,
    /// Who has to answer.
    pub kind: PetitionKind,
    /// Who asks.
    pub official: Id,
    /// Their name in the directory.
    pub name: String,
    /// When they asked.
    pub asked_at: Timestamp,
    /// Until when it has to be answered.
    pub due: Timestamp,
    /// How it ended, and when; `None` while it is open.
    pub answer: Option<(Timestamp, Answer)>,
}

impl Petition {
    /// Ends it.
    ///
    /// # Errors
    /// `paso_imposible`, where it ended before.
    pub fn end(&mut self, answer: Answer, at: Timestamp) -> Result<()> {
        if self.answer.is_some() {
            return Err(Error::conflict("paso_imposible", "Esta petición ya fue respondida o retirada."));
        }
        self.answer = Some((at, answer));
        Ok(())
    }
}

/// What waits for the platform to enable a body.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BodyAsking {
    /// The institution's code.
    pub institution: String,
    /// How many officials ask.
    pub people: i64,
    /// Until when the first of them has to be answered.
    pub due: Timestamp,
}

#[cfg(test)]
mod tests {
    use copihue_core::{Bucket, SeededRandom};

    use super::*;

    #[test]
    fn sig_03_a_petition_ends_once() {
        let at = Timestamp::from_millis(1);
        let id = Id::new(at, Bucket::new(1), &SeededRandom::new(1));
        let (institution, kind, name) = ("PE-MUN-00345".into(), PetitionKind::Holder, "Ana".into());
        let mut one =
            Petition { id, institution, kind, official: id, name, asked_at: at, due: at, answer: None };
        one.end(Answer::Refused("No corresponde.".into()), at).unwrap();
        assert_eq!(one.end(Answer::Withdrawn, at).unwrap_err().code(), "paso_imposible");
        assert_eq!(one.answer, Some((at, Answer::Refused("No corresponde.".into()))));
    }

    #[test]
    fn an_answer_is_read_as_it_was_stored() {
        for answer in [Answer::Granted, Answer::Refused("No.".into()), Answer::Withdrawn] {
            let reason = answer.reason().map(str::to_owned);
            assert_eq!(Answer::from_stored(answer.code(), reason), Some(answer));
        }
        assert_eq!(Answer::from_stored("rechazada", None), None);
    }
}
