//! A paper: a PDF on its way through the signatures that it needs, in their order (specs signing §5).

use std::ops::RangeInclusive;

use copihue_core::{Error, Id, Result, Timestamp};
use serde::{Deserialize, Serialize};

use super::place::Place;

/// Who signs, at most.
pub const MAX_SIGNERS: usize = 20;
/// Days that signers have.
pub const DAYS: RangeInclusive<i64> = 1..=90;
/// Days that signers have, unless the sender says otherwise.
pub const DEFAULT_DAYS: i64 = 15;
/// A day, in milliseconds.
pub const DAY_MS: i64 = 86_400_000;
/// A signer is reminded by hand at most so often.
pub const REMIND_MS: i64 = DAY_MS / 2;

codes! {
    /// Where a paper stands.
    PaperState {
        /// Signatures are missing.
        Underway = "en_curso",
        /// Everybody signed.
        Complete = "completo",
        /// Somebody refused.
        Refused = "rechazado",
        /// The time ended.
        Expired = "vencido",
        /// The sender took it back.
        Withdrawn = "retirado",
    }
}

codes! {
    /// Where a signer stands.
    TurnState {
        /// Others come first: to this one the paper is hidden.
        Later = "en_espera",
        /// It is their turn.
        Open = "pendiente",
        /// Signed.
        Signed = "firmado",
        /// Refused, with a reason.
        Refused = "rechazado",
    }
}

/// One signer of a paper.
#[derive(Clone, PartialEq, Debug)]
pub struct Turn {
    /// Its place, from zero.
    pub n: i64,
    /// Lower levels sign first; those of one level in any order.
    pub level: i64,
    /// Who signs, or whoever stands in for them.
    pub official: Id,
    /// Their name.
    pub name: String,
    /// Where it stands.
    pub state: TurnState,
    /// Who signed or refused.
    pub acted_by: Option<Id>,
    /// Their name, when it was somebody else: who stood in.
    pub acted_name: Option<String>,
    /// When.
    pub acted_at: Option<Timestamp>,
    /// Why it was refused.
    pub reason: Option<String>,
    /// Since when it is their turn.
    pub since: Option<Timestamp>,
    /// When they were reminded last.
    pub reminded_at: Option<Timestamp>,
    /// Where the sender wants the stamp.
    pub place: Place,
}

/// A paper.
#[derive(Clone, PartialEq, Debug)]
pub struct Paper {
    /// Id.
    pub id: Id,
    /// The institution's code.
    pub institution: String,
    /// What it is, in the sender's words.
    pub title: String,
    /// The file's name.
    pub file: String,
    /// Who sent it.
    pub sender: Id,
    /// Their name.
    pub sender_name: String,
    /// What they wrote to the signers.
    pub message: String,
    /// SHA-256 of the file as it came.
    pub original: [u8; 32],
    /// SHA-256 and size of the file with the signatures so far.
    pub current: ([u8; 32], u64),
    /// What was found in it when it came.
    pub findings: Findings,
    /// Where it stands.
    pub state: PaperState,
    /// When it came.
    pub created_at: Timestamp,
    /// Until when it can be signed.
    pub expires_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// The code under which anybody can check it, once it is complete.
    pub code: Option<copihue_core::VerificationCode>,
}

impl Paper {
    /// Where it stands at an instant: time passes without anybody's doing.
    #[must_use]
    pub fn state_at(&self, now: Timestamp) -> PaperState {
        match self.state {
            PaperState::Underway if now >= self.expires_at => PaperState::Expired,
            state => state,
        }
    }

    /// Whether it can be signed at an instant.
    ///
    /// # Errors
    /// A conflict that says why not.
    pub fn must_be_underway(&self, now: Timestamp) -> Result<()> {
        let (code, sentence) = match self.state_at(now) {
            PaperState::Underway => return Ok(()),
            PaperState::Complete => ("documento_completo", "El documento ya tiene todas sus firmas."),
            PaperState::Refused => ("documento_rechazado", "El documento fue rechazado y ya no se firma."),
            PaperState::Expired => ("documento_vencido", "El plazo para firmar el documento venció."),
            PaperState::Withdrawn => ("documento_retirado", "Quien envió el documento lo retiró."),
        };
        Err(Error::conflict(code, sentence))
    }
}

/// What a PDF holds that a signer must know of: what you see must be what you sign.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Findings {
    /// How many pages.
    pub pages: u32,
    /// How many signatures are there already.
    pub signatures: u32,
    /// Programs that a reader may run.
    pub scripts: bool,
    /// Files within the file.
    pub files: bool,
    /// Fields that can be filled in.
    pub form: bool,
    /// Certified by its author: changes other than signatures and what they allowed are an error.
    pub certified: bool,
    /// A signature that is there already does not hold: signed only where the signer says that they know.
    #[serde(default)]
    pub broken: bool,
}

impl Findings {
    /// Whether it can show something else later than it shows now.
    #[must_use]
    pub const fn is_active(self) -> bool {
        self.scripts || self.files || self.form
    }
}

/// A signer to be.
#[derive(Clone, PartialEq, Debug)]
pub struct NewTurn {
    /// Their level.
    pub level: i64,
    /// Who.
    pub official: Id,
    /// Their name.
    pub name: String,
    /// Where the stamp goes.
    pub place: Place,
}

/// The signers in their order, the first level open.
///
/// # Errors
/// `sin_firmantes`, `demasiados_firmantes`, `firmante_repetido`.
pub fn first_turns(signers: Vec<NewTurn>, now: Timestamp) -> Result<Vec<Turn>> {
    if signers.is_empty() {
        return Err(Error::invalid("sin_firmantes", "Elija al menos una persona que firme."));
    }
    if signers.len() > MAX_SIGNERS {
        return Err(Error::invalid("demasiados_firmantes", "Un documento lleva como máximo 20 firmas."));
    }
    let mut signers = signers;
    signers.sort_by_key(|s| s.level);
    let mut seen = std::collections::BTreeSet::new();
    if !signers.iter().all(|s| seen.insert(s.official)) {
        return Err(Error::invalid(
            "firmante_repetido",
            "Una persona firma una sola vez el mismo documento.",
        ));
    }
    let first = signers[0].level;
    let turn = |(n, s): (i64, NewTurn)| Turn {
        n,
        level: s.level,
        official: s.official,
        name: s.name,
        state: if s.level == first { TurnState::Open } else { TurnState::Later },
        acted_by: None,
        acted_name: None,
        acted_at: None,
        reason: None,
        since: (s.level == first).then_some(now),
        reminded_at: None,
        place: s.place,
    };
    Ok((0..).zip(signers).map(turn).collect())
}

/// What follows a signature.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Next {
    /// Others of the level are still to sign.
    Same,
    /// These open now.
    Open(Vec<i64>),
    /// Nobody is left: the paper is complete.
    Done,
}

/// What follows, once these turns stand as they do.
#[must_use]
pub fn next(turns: &[Turn]) -> Next {
    let left = || turns.iter().filter(|t| t.state != TurnState::Signed);
    let Some(level) = left().map(|t| t.level).min() else { return Next::Done };
    let opening: Vec<i64> =
        left().filter(|t| t.level == level && t.state == TurnState::Later).map(|t| t.n).collect();
    if opening.is_empty() { Next::Same } else { Next::Open(opening) }
}

/// Whether a refusal can be taken back: by whoever gave it, while nothing followed from it.
///
/// # Errors
/// A conflict that says why not.
pub fn may_take_back(paper: &Paper, turn: &Turn, who: Id, now: Timestamp) -> Result<()> {
    if turn.state != TurnState::Refused || turn.acted_by != Some(who) {
        return Err(Error::conflict("sin_rechazo", "No hay un rechazo suyo que deshacer."));
    }
    if paper.state != PaperState::Refused || now >= paper.expires_at {
        return Err(Error::conflict("rechazo_definitivo", "El documento ya no se puede volver a abrir."));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use copihue_core::{Bucket, SeededRandom};

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1);

    fn signer(level: i64, who: u64) -> NewTurn {
        let official = Id::new(NOW, Bucket::new(1), &SeededRandom::new(who));
        NewTurn { level, official, name: who.to_string(), place: Place::Invisible }
    }

    fn states(turns: &[Turn]) -> Vec<TurnState> {
        turns.iter().map(|t| t.state).collect()
    }

    #[test]
    fn levels_sign_one_after_the_other_and_within_a_level_in_any_order() {
        use TurnState as T;
        let mut turns = first_turns(vec![signer(2, 3), signer(1, 1), signer(1, 2)], NOW).unwrap();
        assert_eq!(states(&turns), [T::Open, T::Open, T::Later]);
        assert_eq!(next(&turns), Next::Same);
        turns[1].state = T::Signed;
        assert_eq!(next(&turns), Next::Same);
        turns[0].state = T::Signed;
        assert_eq!(next(&turns), Next::Open(vec![2]));
        turns[2].state = T::Signed;
        assert_eq!(next(&turns), Next::Done);
    }

    #[test]
    fn nobody_signs_twice_and_somebody_signs() {
        assert_eq!(first_turns(vec![], NOW).unwrap_err().code(), "sin_firmantes");
        let twice = first_turns(vec![signer(1, 1), signer(2, 1)], NOW);
        assert_eq!(twice.unwrap_err().code(), "firmante_repetido");
        let many = (0..21).map(|n| signer(1, n)).collect();
        assert_eq!(first_turns(many, NOW).unwrap_err().code(), "demasiados_firmantes");
    }
}
