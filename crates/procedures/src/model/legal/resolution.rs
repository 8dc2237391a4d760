//! What a resolution must hold before anyone may sign it (PRO-31; LBPA 11, 41).

use serde::{Deserialize, Serialize};

use super::Appeal;
use crate::model::definition::Part;

/// Fewest characters of a reason that says something.
const FEWEST: usize = 20;

/// A thing that was asked, and how the resolution answers it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Petition {
    /// What was asked.
    pub asked: String,
    /// What is answered.
    pub answer: String,
}

/// A draft of a resolution.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Resolution {
    /// What it does with the request.
    pub effect: Part,
    /// Competence and norms (vistos).
    pub norms: String,
    /// Facts (considerandos).
    pub facts: String,
    /// Grounds of law (considerandos).
    pub grounds: String,
    /// What is decided (resuelvo).
    pub decision: String,
    /// Each petition with its answer.
    pub petitions: Vec<Petition>,
    /// Appeals that are open: those computed, no others.
    pub appeals: Vec<Appeal>,
    /// Medium of notice of the person.
    pub notice_medium: String,
    /// Place of the act.
    pub place: String,
    /// Name and post of who signs.
    pub signer: String,
}

/// The parts that keep a resolution from being signed, as the form's fields carry their names; empty when nothing does.
#[must_use]
pub fn validate(r: &Resolution, open: &[Appeal]) -> Vec<&'static str> {
    let said = |text: &str| text.trim().chars().count() >= FEWEST;
    let answered = !r.petitions.is_empty() && r.petitions.iter().all(|p| !p.answer.trim().is_empty());
    let parts = [
        ("vistos", said(&r.norms)),
        ("hechos", said(&r.facts)),
        ("fundamentos", said(&r.grounds)),
        ("decision", said(&r.decision)),
        ("peticiones", answered),
        ("recursos", !r.appeals.is_empty() && r.appeals == open),
        ("notificacion", !r.notice_medium.trim().is_empty()),
        ("lugar", !r.place.trim().is_empty()),
        ("firmante", !r.signer.trim().is_empty()),
    ];
    parts.into_iter().filter(|(_, there)| !there).map(|(part, _)| part).collect()
}
