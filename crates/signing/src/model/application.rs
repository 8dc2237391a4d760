//! Applications that sign by FirmaGob's contract.

use super::bounds::Bounds;
use super::level::Level;
use super::token::ExpirationZone;
use crate::pdf::SubFilter;

/// An application of an institution.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Application {
    /// Its `api_token_key`.
    pub key: String,
    /// Its name, for people.
    pub name: String,
    /// Whether it may sign.
    pub state: ApplicationState,
    /// The level of what it signs, where the format has levels.
    pub level: Level,
    /// The kind of signature in its PDFs.
    pub sub_filter: SubFilter,
    /// In which zone its tokens expire.
    pub zone: ExpirationZone,
    /// Whether a checksum must be right. The State's own service does not ask for it, and clients send many things.
    pub strict_checksum: bool,
    /// What it may do, and from where.
    pub bounds: Bounds,
}

/// Whether an application may sign.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ApplicationState {
    /// It may.
    Active,
    /// For now it may not.
    Suspended,
}

impl ApplicationState {
    /// As stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Active => "activa",
            Self::Suspended => "suspendida",
        }
    }

    /// From what is stored.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Active, Self::Suspended].into_iter().find(|s| s.code() == code)
    }
}

impl ExpirationZone {
    /// Both, the contract's first.
    pub const ALL: [Self; 2] = [Self::Chile, Self::Utc];

    /// As stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Chile => "chile",
            Self::Utc => "utc",
        }
    }

    /// From what is stored.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|z| z.code() == code)
    }
}

impl SubFilter {
    /// Both, the contract's first.
    pub const ALL: [Self; 2] = [Self::Adobe, Self::Etsi];

    /// As stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Etsi => "etsi",
            Self::Adobe => "adobe",
        }
    }

    /// From what is stored.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|f| f.code() == code)
    }
}
