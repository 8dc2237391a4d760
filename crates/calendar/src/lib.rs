//! The calendar that an administrator can change, and the deadlines of every service.
//!
//! The arithmetic is `copihue_core::calendar`, which knows no I/O. Here are the overrides of the holidays, stored and
//! versioned; the snapshot in force, swapped when they change ([`Calendars::current`]); and the terms that run, kept
//! with their explanation, history and state.
//!
//! A service opens a deadline in its own transaction and tells what happens to it:
//! ```no_run
//! # use copihue_calendar::{Act, Calendars, NewDeadline};
//! # use copihue_core::{Actor, Id, Result, calendar::{Event, term}};
//! # fn example(calendars: &Calendars, tx: &mut copihue_db::Tx<'_>, case: Id, event: Event, actor: &Actor) -> Result<()> {
//! let term = term("lbpa31_subsanacion").expect("a term of the table");
//! let deadline = calendars.current().deadline(term, &event)?;
//! let new = NewDeadline { subject_kind: "case", subject: case, label: &term.label, deadline: &deadline };
//! let id = calendars.open_deadline(tx, &new, Act { actor, reference: "REQ-1" })?;
//! calendars.meet(tx, id, Act { actor, reference: "DOCU-7" })?;
//! # Ok(()) }
//! ```
//!
//! Events published: [`CHANGED`] when the calendar changes, [`MOVED`] when a running term ends on another day because
//! of it, [`SHORTENED`] when it would end sooner and waits for a human (PLZ-02).

mod app;
mod model;
mod store;

use copihue_db::MigrationSet;

pub use app::{Act, Calendars, NewDeadline, Progress, RECOMPUTE};
pub use model::{DeadlineEvent, Decision, EventType, Running, State, StoredOverride, Version};

/// Topic: a new version is in force. Payload: `{version, reason}`.
pub const CHANGED: &str = "calendar.changed";
/// Topic: a deadline moved because the calendar changed. Payload: `{deadline, subject_kind, subject, label, before,
/// after, version}`, for the case's history and for telling the person.
pub const MOVED: &str = "calendar.deadline_moved";
/// Topic: a deadline would end sooner on the new calendar, and waits for a human. Payload as [`MOVED`].
pub const SHORTENED: &str = "calendar.deadline_shortened";

/// The tables of this crate.
pub const MIGRATIONS: MigrationSet = MigrationSet {
    name: "calendar",
    files: &[
        ("0001_override.sql", include_str!("../migrations/0001_override.sql")),
        ("0002_deadline.sql", include_str!("../migrations/0002_deadline.sql")),
    ],
};
