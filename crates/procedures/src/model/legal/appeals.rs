//! Which appeals an act has, by who decides it (PRO-33; LBPA 59, 60, 62).

use serde::{Deserialize, Serialize};

/// Who decides.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Authority {
    /// The President of the Republic.
    President,
    /// A minister.
    Minister,
    /// A mayor.
    Mayor,
    /// The head of a decentralised service.
    HeadDecentralised,
    /// Anyone who has a hierarchical superior.
    Other,
}

/// Before whom an appeal is filed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Office {
    /// The body that decided.
    Same,
    /// Its hierarchical superior.
    Superior,
}

/// An appeal that is open, with the business days to file it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Appeal {
    /// Before whom: reposición before the same body, jerárquico before its superior.
    pub before: Office,
    /// Business days from the notice.
    pub days: u16,
}

/// The ordinary appeals against an act of this authority. The hierarchical one is never offered against a mayor,
/// a minister, the President or the head of a decentralised service (LBPA 59).
#[must_use]
pub fn appeals(authority: Authority) -> Vec<Appeal> {
    let mut open = vec![Appeal { before: Office::Same, days: 5 }];
    if authority == Authority::Other {
        open.push(Appeal { before: Office::Superior, days: 5 });
    }
    open
}
