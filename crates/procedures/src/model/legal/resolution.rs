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

/// A part that is missing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Missing {
    /// Name of the part, as the form's field carries it.
    pub part: &'static str,
    /// What to do.
    pub message: &'static str,
}

/// What keeps a resolution from being signed; empty when nothing does.
#[must_use]
pub fn validate(r: &Resolution, open: &[Appeal]) -> Vec<Missing> {
    let mut missing = Vec::new();
    let mut need = |holds: bool, part, message| {
        if !holds {
            missing.push(Missing { part, message });
        }
    };
    let said = |text: &str| text.trim().chars().count() >= FEWEST;
    need(said(&r.norms), "vistos", "Indique las normas que le dan competencia y las que aplica.");
    need(
        said(&r.facts),
        "hechos",
        "Escriba los hechos en que se funda la resolución (artículo 41 de la Ley N° 19.880).",
    );
    need(
        said(&r.grounds),
        "fundamentos",
        "Escriba los fundamentos de derecho: qué norma se aplica y por qué (artículos 11 y 41 de la Ley N° 19.880).",
    );
    need(said(&r.decision), "decision", "Escriba qué se resuelve.");
    need(
        !r.petitions.is_empty() && r.petitions.iter().all(|p| !p.answer.trim().is_empty()),
        "peticiones",
        "Responda cada cosa que la persona pidió.",
    );
    need(
        !r.appeals.is_empty() && r.appeals == open,
        "recursos",
        "Indique los recursos que proceden contra esta resolución, y solo esos.",
    );
    need(
        !r.notice_medium.trim().is_empty(),
        "notificacion",
        "Falta el medio por el que se notificará a la persona.",
    );
    need(!r.place.trim().is_empty(), "lugar", "Falta el lugar de la resolución.");
    need(!r.signer.trim().is_empty(), "firmante", "Falta quién firma.");
    missing
}
