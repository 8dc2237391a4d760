//! What is stored of overrides, versions and deadlines.

mod state;

use copihue_core::calendar::{Deadline, Override, SuspensionCause};
use copihue_core::{Id, Timestamp};
use jiff::civil::Date;

pub use state::{EventType, State};

/// A line of the override table, with who wrote it and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredOverride {
    /// Its id.
    pub id: Id,
    /// What it does.
    pub body: Override,
    /// Who wrote it: `person:ID`, `job:NAME`.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
    /// Why, in the writer's words.
    pub reason: String,
}

/// A version of the calendar.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Version {
    /// Counts from 1.
    pub n: i64,
    /// `2026-11-21.1`: the day in Santiago and the count of that day.
    pub version: String,
    /// SHA-256 of the overrides in force, in hex.
    pub hash: String,
    /// Since when.
    pub valid_from: Timestamp,
    /// Who changed it.
    pub changed_by: String,
    /// Why.
    pub reason: String,
}

/// A deadline as stored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Running {
    /// Its id, in the subject's bucket.
    pub id: Id,
    /// What runs: `case`.
    pub subject_kind: String,
    /// Which one.
    pub subject: Id,
    /// What the term is for, in Spanish.
    pub label: String,
    /// The deadline with its explanation.
    pub deadline: Deadline,
    /// Where it stands.
    pub state: State,
    /// The suspension that is open, if any.
    pub suspension: Option<OpenSuspension>,
    /// What the new calendar would make of it, when that is sooner and nobody has decided.
    pub proposed: Option<Deadline>,
}

/// A suspension without its end yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OpenSuspension {
    /// First day that doesn't count.
    pub from: Date,
    /// Why.
    pub cause: SuspensionCause,
    /// The act that orders it.
    pub act: String,
}

/// One line of a deadline's history.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeadlineEvent {
    /// What happened.
    pub kind: EventType,
    /// The act, receipt or calendar version behind it.
    pub act: String,
    /// Who: `person:ID`, `job:NAME`.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// The last day before it.
    pub due_before: Option<Date>,
    /// The last day after it.
    pub due_after: Option<Date>,
}

/// What a human decides about a term that the new calendar would shorten.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Decision {
    /// The sooner end.
    Shorten,
    /// The end as it was told.
    Keep,
}
