//! What happens to a running term: urgency, extension, suspension, a calendar that changes.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::snapshot::{Rounding, check_count};
use super::table::plus_days;
use super::term::{ExtensionRule, SuspensionCause, TermDef, Urgency};
use super::{Calendar, CalendarError, Deadline, Event, Start};
use crate::Timestamp;

/// At what pace a procedure runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pace {
    /// As the law says.
    #[default]
    Ordinary,
    /// Terms halved by an urgency order (LBPA 63).
    Urgent,
}

/// An extension that was granted: counted on from the due date.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Extension {
    /// How many more of the term's unit.
    pub n: u16,
    /// When it was asked for.
    pub asked: Timestamp,
    /// When the decision was signed.
    pub decided: Timestamp,
    /// The act that grants it.
    pub act: String,
}

/// An interval in which the term doesn't run.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Suspension {
    /// First day that doesn't count.
    pub from: Date,
    /// First day that counts again.
    pub to: Date,
    /// Why.
    pub cause: SuspensionCause,
    /// The act that orders it.
    pub act: String,
}

/// Everything that a deadline is computed from. Kept with it, so that it can be computed again.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Course {
    /// The term.
    pub term: TermDef,
    /// What started it.
    pub event: Event,
    /// Its legal start, once that day has come: a calendar that changes later doesn't move what was made or filed.
    pub start: Option<Start>,
    /// Ordinary or urgent.
    pub pace: Pace,
    /// The extension granted, if any: one at most.
    pub extension: Option<Extension>,
    /// Its suspensions, in order of their first day.
    pub suspensions: Vec<Suspension>,
}

impl Course {
    /// A term as it starts.
    #[must_use]
    pub const fn new(term: TermDef, event: Event) -> Self {
        Self { term, event, start: None, pace: Pace::Ordinary, extension: None, suspensions: Vec::new() }
    }

    /// The length in force, without the extension.
    pub(super) fn length(&self, calendar: &Calendar) -> Result<u16, CalendarError> {
        check_count(self.term.n)?;
        let up = calendar.policy().urgency == Rounding::Up;
        Ok(match self.pace {
            Pace::Ordinary => self.term.n,
            Pace::Urgent => TermDef::half(self.term.n, up),
        })
    }

    /// Whether a day lies in a suspension, and by which act.
    pub(super) fn suspended(&self, day: Date) -> Option<&Suspension> {
        self.suspensions.iter().find(|s| s.from <= day && day < s.to)
    }
}

/// What a new calendar does to a deadline (PLZ-02).
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Recomputed {
    /// The same end.
    Same(Deadline),
    /// It ends later: can be applied, and told.
    Later(Deadline),
    /// It ends sooner: waits for a human.
    Sooner(Deadline),
}

impl Deadline {
    /// The same term under an urgency order.
    ///
    /// # Errors
    /// [`CalendarError::UrgencyExempt`] for terms to file requests and appeals.
    pub fn urgent(&self, calendar: &Calendar) -> Result<Self, CalendarError> {
        if self.course.term.urgency == Urgency::Exempt {
            return Err(CalendarError::UrgencyExempt);
        }
        calendar.compute(Course { pace: Pace::Urgent, ..self.course.clone() })
    }

    /// The same term with an extension: asked for and decided before it expires, once, within its limit (PRO-07).
    ///
    /// # Errors
    /// [`CalendarError::Expired`], [`CalendarError::NotExtendable`], [`CalendarError::ExtensionTooLong`].
    pub fn extended(&self, calendar: &Calendar, extension: Extension) -> Result<Self, CalendarError> {
        let limit = match self.course.term.extension {
            ExtensionRule::Never => return Err(CalendarError::NotExtendable),
            ExtensionRule::Half => self.course.length(calendar)? / 2,
            ExtensionRule::UpTo(most) => most,
        };
        if self.course.extension.is_some() {
            return Err(CalendarError::NotExtendable);
        }
        if !self.is_timely(extension.asked) || !self.is_timely(extension.decided) {
            return Err(CalendarError::Expired);
        }
        check_count(extension.n)?;
        if extension.n > limit {
            return Err(CalendarError::ExtensionTooLong(limit));
        }
        calendar.compute(Course { extension: Some(extension), ..self.course.clone() })
    }

    /// The same term with one more interval in which it doesn't run.
    ///
    /// # Errors
    /// [`CalendarError::Suspension`] when the interval is empty, starts on day zero or before, starts after the due
    /// date, overlaps another, or has a cause that doesn't suspend this term.
    pub fn suspended(&self, calendar: &Calendar, suspension: Suspension) -> Result<Self, CalendarError> {
        let within = self.day_zero < suspension.to && suspension.from <= self.due;
        let overlaps =
            self.course.suspensions.iter().any(|s| s.from < suspension.to && suspension.from < s.to);
        let suspends = self.course.term.suspends_on.contains(&suspension.cause);
        if suspension.from >= suspension.to || !within || overlaps || !suspends {
            return Err(CalendarError::Suspension);
        }
        let mut course = self.course.clone();
        course.suspensions.push(suspension);
        course.suspensions.sort_by_key(|s| s.from);
        calendar.compute(course)
    }

    /// The same term on another calendar. A start that has come by `now` stays: the notice was made, the filing filed.
    ///
    /// # Errors
    /// As for computing it.
    pub fn recomputed(&self, calendar: &Calendar, now: Timestamp) -> Result<Recomputed, CalendarError> {
        let mut course = self.course.clone();
        if course.start.is_none() && self.starts <= now {
            course.start = Some(Start { at: self.starts, day_zero: self.day_zero, notice: self.notice });
        }
        let new = calendar.compute(course)?;
        Ok(match new.expires.cmp(&self.expires) {
            std::cmp::Ordering::Equal => Recomputed::Same(new),
            std::cmp::Ordering::Greater => Recomputed::Later(new),
            std::cmp::Ordering::Less => Recomputed::Sooner(new),
        })
    }

    /// This end, on a calendar that would make it sooner, because a human kept what was told. Each day that the new
    /// calendar takes away is given back as a suspension by the act that decides it, so that whatever happens to the
    /// term later starts from there.
    ///
    /// # Errors
    /// As for computing it.
    pub fn kept(&self, sooner: &Self, calendar: &Calendar, act: &str) -> Result<Self, CalendarError> {
        let mut kept = sooner.clone();
        while kept.expires < self.expires {
            let (from, to) = (kept.due, plus_days(kept.due, 1)?);
            let given = Suspension { from, to, cause: SuspensionCause::Law, act: act.to_owned() };
            kept.course.suspensions.push(given);
            kept.course.suspensions.sort_by_key(|s| s.from);
            kept = calendar.compute(kept.course)?;
        }
        Ok(kept)
    }
}
