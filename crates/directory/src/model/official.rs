//! Officials and the bodies they belong to.

use copihue_core::Id;

use super::period::Period;

codes! {
    /// Where the official's name comes from.
    NameSource {
        /// From the login with an official mechanism: never edited.
        Login = "ingreso",
        /// From a list: shown as «sin verificar» until the first login.
        Imported = "importado",
    }
}

/// A natural person who acts for one body or several. Their RUN stays sealed in the store.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Official {
    /// Id, with the person's bucket in it.
    pub id: Id,
    /// Name, as the login says it.
    pub name: String,
    /// Where the name comes from.
    pub name_source: NameSource,
    /// Keyed hash of the RUN: finds the official, tells nobody the RUN.
    pub run_hash: [u8; 32],
}

impl Official {
    /// The published form of the id: `fun_<ULID>`.
    #[must_use]
    pub fn code(&self) -> String {
        format!("fun_{}", self.id)
    }
}

codes! {
    /// Legal bond with the body.
    Bond {
        /// Permanent staff: may be a ministro de fe.
        Permanent = "planta",
        /// Yearly staff.
        Yearly = "contrata",
        /// Fee contract.
        Fee = "honorarios",
        /// Any other.
        Other = "otro",
    }
}

codes! {
    /// `activa ⇄ bloqueada → terminada`.
    MembershipState {
        /// May act.
        Active = "activa",
        /// May not act for now.
        Blocked = "bloqueada",
        /// Left.
        Ended = "terminada",
    }
}

/// An official in a unit of a body, by a post.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Membership {
    /// Id.
    pub id: Id,
    /// The official.
    pub official: Id,
    /// Code of the body.
    pub institution: String,
    /// The unit.
    pub unit: Id,
    /// The post.
    pub post: Id,
    /// Legal bond.
    pub bond: Bond,
    /// State.
    pub state: MembershipState,
    /// When.
    pub period: Period,
}
