//! An official asks to be made a holder: their operator answers; where the body has none yet, the platform first (specs signing §4).

use copihue_core::{Id, Timestamp};

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
}
