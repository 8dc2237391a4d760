//! Which day is it, and when does that term end? Holidays, business days, legal deadlines, Chile's four zones.
//!
//! Everything here is a pure function of its inputs and of one [`Calendar`], a snapshot of the holiday rules and
//! their overrides with a version. "Now" is always a parameter. Civil dates first, instants last: a day is never
//! moved by adding 24 hours.
//!
//! Ask a term of the table for its deadline:
//! ```
//! use copihue_core::{Timestamp, calendar::{Calendar, Channel, Event, EventKind, Scope, Zone, term}};
//! let calendar = Calendar::shipped();
//! let sent = Timestamp::parse("2026-12-04T15:20:00Z").unwrap();
//! let notice = Event { kind: EventKind::Notice(Channel::Ddu), at: sent, zone: Zone::Santiago, scope: Scope::NATIONAL };
//! let deadline = calendar.deadline(term("lbpa59_recurrir").unwrap(), &notice).unwrap();
//! assert_eq!(deadline.due.to_string(), "2026-12-17");
//! assert_eq!(deadline.expires.to_string(), "2026-12-18T03:00:00.000Z");
//! ```

mod course;
mod deadline;
mod error;
mod event;
mod hours;
mod notice;
mod overrides;
mod rules;
mod snapshot;
mod table;
mod term;
mod terms;
mod zone;

pub use course::{Course, Extension, Pace, Recomputed, Suspension};
pub use deadline::{Deadline, SkipReason, Skipped};
pub use error::CalendarError;
pub use event::{EffectiveFiling, Event, EventKind, Scope, Start};
pub use notice::{Channel, NoticeMade};
pub use overrides::{Class, Op, Override, Reach, When, check_overrides, overrides_from_toml};
pub use rules::{Holiday, Law, Nature};
pub use snapshot::{Calendar, Confidence, DduDay, Policy, Rounding};
pub use table::{FIRST_YEAR, LAST_YEAR, add_months};
pub use term::{ExtensionRule, MonthAnchor, Roll, SuspensionCause, TermDef, Unit, Urgency};
pub use terms::{TERMS, term};
pub use zone::Zone;
