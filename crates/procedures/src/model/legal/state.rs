//! States of a case before the law, and the events that move it (LBPA; the table of the specification, row by row).

use serde::{Deserialize, Serialize};

/// Where a case stands before the law.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LegalState {
    /// A draft: no legal clock runs.
    #[default]
    Borrador,
    /// Filed.
    Ingresado,
    /// The person must complete it (31).
    EnSubsanacion,
    /// Taken in.
    Admitido,
    /// Evidence, reports, hearings.
    EnInstruccion,
    /// Ready for its decision (24).
    EnEstadoDeResolverse,
    /// Decided and signed.
    Resuelto,
    /// Controls done (45).
    TotalmenteTramitado,
    /// The notice is made.
    Notificado,
    /// Appealed.
    Recurrido,
    /// The appeal is decided.
    ResueltoRecurso,
    /// No ordinary appeal is left.
    Firme,
    /// Carried out.
    Ejecutoriado,
    /// Closed.
    Cerrado,
    /// Not admitted, with grounds (41).
    Inadmisible,
    /// Sent to the competent body (14).
    DerivadoIncompetencia,
    /// The person let the correction pass, and a resolution says so (31).
    Desistido,
    /// The person gave the right up.
    Renunciado,
    /// Abandoned after a warning (43).
    Abandonado,
    /// It can't go on (40).
    ImposibilidadSobreviniente,
    /// Accepted by silence (64).
    SilencioPositivo,
    /// Rejected by silence (65).
    SilencioNegativo,
}

/// What happens to a case before the law.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LegalEvent {
    /// The person files.
    Presentar,
    /// The body starts it.
    IniciarDeOficio,
    /// The person is asked to complete it.
    RequerirSubsanacion,
    /// The person completes it.
    Subsanar,
    /// It is taken in.
    Admitir,
    /// It is not admitted.
    Inadmitir,
    /// It goes to the competent body.
    Derivar,
    /// Evidence is gathered.
    Instruir,
    /// It is certified ready.
    Certificar,
    /// It is decided.
    Resolver,
    /// Controls are done.
    TramitarTotalmente,
    /// Notice is made.
    Notificar,
    /// It is appealed.
    Recurrir,
    /// The appeal is decided.
    ResolverRecurso,
    /// The terms of appeal are over.
    VencerRecursos,
    /// It is carried out.
    Ejecutoriar,
    /// It is closed.
    Cerrar,
    /// Withdrawn, or the correction lapsed: by resolution.
    Desistir,
    /// The right is given up: by resolution.
    Renunciar,
    /// Abandoned: by resolution.
    Abandonar,
    /// Impossible: by resolution.
    Imposibilidad,
    /// Silence accepts: by certificate.
    SilencioPositivo,
    /// Silence rejects: by certificate.
    SilencioNegativo,
}

/// The law knows no such step from here.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a case in {from:?} does not take {event:?}")]
pub struct NotAllowed {
    /// Where it stands.
    pub from: LegalState,
    /// What was tried.
    pub event: LegalEvent,
}

impl From<NotAllowed> for copihue_core::Error {
    fn from(e: NotAllowed) -> Self {
        Self::conflict("acto_no_procede", "Ese acto no procede en el estado en que está el expediente.")
            .context(e)
    }
}

impl LegalState {
    /// Filed and not yet decided.
    #[must_use]
    pub const fn is_undecided(self) -> bool {
        matches!(
            self,
            Self::Ingresado
                | Self::EnSubsanacion
                | Self::Admitido
                | Self::EnInstruccion
                | Self::EnEstadoDeResolverse
        )
    }
}

/// Moves a case.
///
/// # Errors
/// When the law knows no such step from here.
pub fn apply(from: LegalState, event: LegalEvent) -> Result<LegalState, NotAllowed> {
    use LegalEvent as E;
    use LegalState as S;
    Ok(match (from, event) {
        (S::Borrador, E::Presentar | E::IniciarDeOficio) => S::Ingresado,
        (S::Ingresado, E::RequerirSubsanacion) => S::EnSubsanacion,
        (S::EnSubsanacion, E::Subsanar) => S::Ingresado,
        (S::Ingresado, E::Admitir) => S::Admitido,
        (S::Ingresado, E::Inadmitir) => S::Inadmisible,
        (S::Ingresado, E::Derivar) => S::DerivadoIncompetencia,
        (S::Admitido, E::Instruir) => S::EnInstruccion,
        (S::EnInstruccion, E::Certificar) => S::EnEstadoDeResolverse,
        (S::Admitido | S::EnInstruccion | S::EnEstadoDeResolverse, E::Resolver) => S::Resuelto,
        (S::Resuelto, E::TramitarTotalmente) => S::TotalmenteTramitado,
        (S::TotalmenteTramitado | S::ResueltoRecurso, E::Notificar) => S::Notificado,
        // Every other ending is an act too, and is told the same way (LBPA 45, 51).
        (
            S::Inadmisible
            | S::DerivadoIncompetencia
            | S::Desistido
            | S::Renunciado
            | S::Abandonado
            | S::ImposibilidadSobreviniente,
            E::Notificar,
        ) => S::Notificado,
        (S::Notificado, E::Recurrir) => S::Recurrido,
        (S::Recurrido, E::ResolverRecurso) => S::ResueltoRecurso,
        (S::Notificado, E::VencerRecursos) => S::Firme,
        (S::Firme, E::Ejecutoriar) => S::Ejecutoriado,
        (S::Ejecutoriado, E::Cerrar) => S::Cerrado,
        (open, E::Desistir) if open.is_undecided() => S::Desistido,
        (open, E::Renunciar) if open.is_undecided() => S::Renunciado,
        (open, E::Abandonar) if open.is_undecided() => S::Abandonado,
        (open, E::Imposibilidad) if open.is_undecided() => S::ImposibilidadSobreviniente,
        (open, E::SilencioPositivo) if open.is_undecided() => S::SilencioPositivo,
        (open, E::SilencioNegativo) if open.is_undecided() => S::SilencioNegativo,
        (from, event) => return Err(NotAllowed { from, event }),
    })
}
