//! Substitution: who acts for whom, by which act, from when to when.

use copihue_core::{Error, Id, Result};

use super::designation::Act;
use super::period::Period;

/// Somebody stands in for a holder of the same body.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Substitution {
    /// Id: what a signature stores as the power it relied on.
    pub id: Id,
    /// Code of the body.
    pub institution: String,
    /// Who is out.
    pub holder: Id,
    /// Who stands in, with their own certificate.
    pub substitute: Id,
    /// The act that orders it.
    pub act: Option<Act>,
    /// When.
    pub period: Period,
}

/// Whether a substitution fits beside the others of its body.
///
/// # Errors
/// `sustituto_invalido` (oneself), `sustitucion_vigente` (the holder has one already), `sustituto_ausente` (the substitute
/// is out themselves, or somebody already relies on the holder: there is no substitute of a substitute).
pub fn check_new(new: &Substitution, others: &[&Substitution]) -> Result<()> {
    if new.holder == new.substitute {
        return Err(Error::invalid("sustituto_invalido", "Una persona no puede subrogarse a sí misma."));
    }
    let mut same_time = others.iter().filter(|s| s.id != new.id && s.period.overlaps(&new.period));
    match same_time.find_map(|s| clash(new, s)) {
        Some(error) => Err(error),
        None => Ok(()),
    }
}

fn clash(new: &Substitution, other: &Substitution) -> Option<Error> {
    if other.holder == new.holder {
        return Some(Error::conflict(
            "sustitucion_vigente",
            "La persona ya tiene quien la subrogue en ese período.",
        ));
    }
    (other.holder == new.substitute || other.substitute == new.holder).then(|| {
        Error::conflict(
            "sustituto_ausente",
            "Quien subrogaría también está ausente en ese período. Elija a la persona que sigue en el orden.",
        )
    })
}
