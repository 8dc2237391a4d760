//! What an institution tells the operator at once (AUT-07): that something is wrong, or that many will come.

use copihue_core::{Id, Timestamp};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReportKind {
    /// A suspicion: a secret that leaked, somebody else who enters.
    Suspicion,
    /// A peak of demand to come.
    Peak,
}

impl ReportKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Suspicion, Self::Peak];

    /// The stored code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Suspicion => "sospecha",
            Self::Peak => "punta",
        }
    }

    /// From the stored code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// When many will come, and how many.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Peak {
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// Logins in its fullest hour.
    pub per_hour: u32,
}

/// What is told, by its form.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Told {
    /// What is suspected.
    Suspicion(String),
    /// When many will come, and why.
    Peak(Peak, String),
}

impl Told {
    /// What kind it is.
    #[must_use]
    pub const fn kind(&self) -> ReportKind {
        match self {
            Self::Suspicion(_) => ReportKind::Suspicion,
            Self::Peak(..) => ReportKind::Peak,
        }
    }

    /// In the institution's words.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Suspicion(text) | Self::Peak(_, text) => text,
        }
    }

    /// The peak, where it is one.
    #[must_use]
    pub const fn peak(&self) -> Option<Peak> {
        match self {
            Self::Suspicion(_) => None,
            Self::Peak(peak, _) => Some(*peak),
        }
    }
}

/// Something that was told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Report {
    /// Id: sorts by time.
    pub id: Id,
    /// Of which integration.
    pub integration: Id,
    /// What kind.
    pub kind: ReportKind,
    /// In the institution's words.
    pub text: String,
    /// The peak, where it is one.
    pub peak: Option<Peak>,
    /// Who told: post and body.
    pub doer: String,
    /// When.
    pub at: Timestamp,
}
