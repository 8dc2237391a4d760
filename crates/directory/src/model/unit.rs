//! Units and the posts in them.

use copihue_core::Id;

use super::institution::Authority;
use super::period::Period;

/// How deep a tree of units may be.
pub const MAX_DEPTH: usize = 12;

/// A unit of a body.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unit {
    /// Id.
    pub id: Id,
    /// Code of its body.
    pub institution: String,
    /// Short code, unique within the body: `TRANSITO`.
    pub code: String,
    /// The unit above.
    pub parent: Option<Id>,
    /// Name.
    pub name: String,
    /// The post that heads it.
    pub superior_post: Option<Id>,
    /// When it exists.
    pub period: Period,
}

codes! {
    /// How many may hold a post at a time.
    Seats {
        /// One.
        Single = "uno",
        /// Any number.
        Several = "varios",
    }
}

/// A post in a unit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Post {
    /// Id.
    pub id: Id,
    /// Code of its body.
    pub institution: String,
    /// Its unit.
    pub unit: Id,
    /// Name, as stamped on acts.
    pub name: String,
    /// The authority that it is.
    pub authority: Authority,
    /// How many hold it at a time.
    pub seats: Seats,
    /// The post that resolves above it, when it isn't the unit's own superior.
    pub superior_post: Option<Id>,
    /// When it exists.
    pub period: Period,
}
