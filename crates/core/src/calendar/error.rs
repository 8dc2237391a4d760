//! Why a date can't be answered.

use crate::Error;

/// Why the calendar gives no answer. Each has the code of the machine contract and a message for people.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// A date before 1900 or after 2099.
    #[error("La fecha está fuera del rango del calendario (años 1900 a 2099).")]
    OutOfRange,
    /// A count of zero, or above 3,650.
    #[error("El número de días, horas, meses o años debe estar entre 1 y 3.650.")]
    Count,
    /// An unknown unit.
    #[error("La unidad del plazo no es válida.")]
    Unit,
    /// Not a kind of event.
    #[error("La clase de evento no es válida.")]
    Event,
    /// Not one of Chile's four zones.
    #[error("El huso horario no es uno de los cuatro de Chile.")]
    Zone,
    /// The term is one to file a request or an appeal: urgency doesn't shorten it (LBPA 63).
    #[error("La urgencia no reduce los plazos para presentar solicitudes o recursos.")]
    UrgencyExempt,
    /// The term already ended: it can never be extended (LBPA 26).
    #[error("El plazo ya venció: no se puede ampliar.")]
    Expired,
    /// The term can't be extended, or was already.
    #[error("Este plazo no admite una ampliación o ya fue ampliado.")]
    NotExtendable,
    /// The extension is longer than the rule allows.
    #[error("La ampliación supera el máximo de {0}.")]
    ExtensionTooLong(u16),
    /// The interval is empty or begins before the term does, or its cause doesn't suspend this term.
    #[error("El período de suspensión no es válido para este plazo.")]
    Suspension,
    /// An override that can't be read; what is wrong with it.
    #[error("El feriado no es válido: {0}")]
    Override(String),
    /// Two overrides speak about the same day and place.
    #[error("Dos feriados se contradicen: «{0}» y «{1}» tratan la misma fecha y el mismo lugar.")]
    Clash(String, String),
}

impl CalendarError {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::OutOfRange => "fuera_de_rango",
            Self::Count => "n_invalido",
            Self::Unit => "unidad_invalida",
            Self::Event => "evento_invalido",
            Self::Zone => "huso_invalido",
            Self::UrgencyExempt => "urgencia_no_aplica",
            Self::Expired => "plazo_vencido",
            Self::NotExtendable => "plazo_no_ampliable",
            Self::ExtensionTooLong(_) => "ampliacion_excesiva",
            Self::Suspension => "suspension_invalida",
            Self::Override(_) => "feriado_invalido",
            Self::Clash(..) => "feriado_en_conflicto",
        }
    }
}

impl From<CalendarError> for Error {
    fn from(e: CalendarError) -> Self {
        match e {
            CalendarError::Expired | CalendarError::NotExtendable | CalendarError::Clash(..) => {
                Self::conflict(e.code(), e.to_string())
            }
            _ => Self::invalid(e.code(), e.to_string()),
        }
    }
}
