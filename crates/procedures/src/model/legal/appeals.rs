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

/// An appeal that is open.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Appeal {
    /// Its name.
    pub name: String,
    /// Before whom.
    pub before: Office,
    /// Business days to file it.
    pub days: u16,
    /// Its law.
    pub basis: String,
}

impl Appeal {
    /// The sentence for the act: `Recurso de reposición, ante el mismo órgano, dentro de 5 días hábiles …`.
    #[must_use]
    pub fn sentence(&self) -> String {
        let before = match self.before {
            Office::Same => "ante la misma autoridad que dictó esta resolución",
            Office::Superior => "ante el superior jerárquico, solo o en subsidio del recurso de reposición",
        };
        format!(
            "{}, {before}, dentro de {} días hábiles desde su notificación ({}).",
            self.name, self.days, self.basis
        )
    }
}

/// The ordinary appeals against an act of this authority. The hierarchical one is never offered against a mayor,
/// a minister, the President or the head of a decentralised service (LBPA 59).
#[must_use]
pub fn appeals(authority: Authority) -> Vec<Appeal> {
    let mut open = vec![Appeal {
        name: "Recurso de reposición".to_owned(),
        before: Office::Same,
        days: 5,
        basis: "artículo 59 de la Ley N° 19.880".to_owned(),
    }];
    if authority == Authority::Other {
        open.push(Appeal {
            name: "Recurso jerárquico".to_owned(),
            before: Office::Superior,
            days: 5,
            basis: "artículo 59 de la Ley N° 19.880".to_owned(),
        });
    }
    open
}
