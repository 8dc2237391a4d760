//! What onboarding needs of others: the calendar in force, and the bodies that applications belong to.

use std::sync::Arc;

use copihue_core::calendar::{Calendar, Scope, Zone};

/// The calendar of today: a snapshot that may be renewed while the platform runs.
pub type Calendars = Arc<dyn Fn() -> Arc<Calendar> + Send + Sync>;

/// A public body, as its terms and its addresses need it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Body {
    /// What people read at the login.
    pub name: String,
    /// The zone in which its days begin.
    pub zone: Zone,
    /// Whose holidays count.
    pub scope: Scope,
    /// Domains of its sites and mailboxes, beside `.gob.cl`.
    pub domains: Vec<String>,
}

/// The registry of bodies.
pub trait Bodies: Send + Sync {
    /// The body with this letter code.
    fn body(&self, code: &str) -> Option<Body>;
}

/// For tests and commands that begin no integration.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoBodies;

impl Bodies for NoBodies {
    fn body(&self, _code: &str) -> Option<Body> {
        None
    }
}
