//! Baseline levels of a signature (ETSI EN 319 142-1), asked for and reached (SIG-19: never less in silence).

use copihue_core::{Error, Kind};
use serde::{Serialize, Serializer};

/// A baseline level.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Level {
    /// Signature with the certificate named in it.
    B,
    /// And a timestamp that proves when it existed.
    T,
    /// And what proves, later and offline, that every certificate counted.
    LT,
    /// And a timestamp over all of that, which can be renewed for ever.
    LTA,
}

impl Level {
    /// `B-B`, `B-T`…
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::B => "B-B",
            Self::T => "B-T",
            Self::LT => "B-LT",
            Self::LTA => "B-LTA",
        }
    }

    /// All, the least first.
    pub const ALL: [Self; 4] = [Self::B, Self::T, Self::LT, Self::LTA];

    /// From its name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|l| l.name() == name)
    }
}

impl Serialize for Level {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// What to do when the level asked for can't be reached.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum WhenShort {
    /// Sign at the level that can be reached, and say so.
    #[default]
    Degrade,
    /// Don't sign.
    Refuse,
}

impl WhenShort {
    /// As stored and sent.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Degrade => "degrade",
            Self::Refuse => "require",
        }
    }

    /// From what is stored or sent.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Degrade, Self::Refuse].into_iter().find(|w| w.code() == code)
    }
}

codes! {
    /// Why a signature stayed below the level asked for.
    Shortfall {
        /// No authority gave a timestamp.
        NoTimestamp = "sin_sello_de_tiempo",
        /// What proves that the certificates counted can't be had now.
        NoRevocationData = "sin_datos_de_revocacion",
        /// No authority gave a timestamp over the whole.
        NoArchiveTimestamp = "sin_sello_de_archivo",
    }
}

impl Shortfall {
    /// In plain words.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::NoTimestamp => {
                "Ninguna autoridad de sellado de tiempo respondió, así que la firma no prueba su fecha."
            }
            Self::NoRevocationData => {
                "No se pudo obtener la prueba de que los certificados estaban vigentes, así que no va en el archivo."
            }
            Self::NoArchiveTimestamp => {
                "Ninguna autoridad de sellado de tiempo respondió para el sello final del archivo."
            }
        }
    }
}

impl From<Shortfall> for Error {
    fn from(short: Shortfall) -> Self {
        let detail = format!("No se firmó. {} Intente de nuevo en unos minutos.", short.sentence());
        Self::new(Kind::Unavailable, "nivel_no_alcanzado", detail)
    }
}
