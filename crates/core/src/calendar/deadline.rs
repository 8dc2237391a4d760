//! A deadline, computed and explained (PLZ-01).

use std::collections::HashMap;
use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::course::Course;
use super::event::Start;
use super::notice::NoticeMade;
use super::rules::Holiday;
use super::table::{is_weekend, plus_days};
use super::term::{MonthAnchor, Roll, TermDef, Unit};
use super::{Calendar, CalendarError, Confidence, Event, add_months, hours};
use crate::Timestamp;

/// When a term ends, and why.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Deadline {
    /// What it was computed from: term, event with zone and scope, urgency, extension, suspensions.
    pub course: Course,
    /// How a notice came to be made, when a notice started the term.
    pub notice: Option<NoticeMade>,
    /// The event's legal instant: a filing's effective one, a notice's when it counts as made.
    pub starts: Timestamp,
    /// The event's legal date. It never counts.
    pub day_zero: Date,
    /// The first day of the term. Terms of hours run from the event itself: then it is day zero.
    pub first_day: Date,
    /// The last day of the term.
    pub due: Date,
    /// The instant from which it is too late: the midnight that ends the due date, or the last hour's end.
    pub expires: Timestamp,
    /// Days within the term that didn't count, with the reason of each.
    pub skipped: Vec<Skipped>,
    /// The calendar that it was computed with.
    pub calendar_version: Arc<str>,
    /// How far the calendar knows that date.
    pub confidence: Confidence,
}

/// A day that didn't count.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Skipped {
    /// The day.
    pub date: Date,
    /// Why.
    pub reason: SkipReason,
}

/// Why a day didn't count.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SkipReason {
    /// Saturday.
    Saturday,
    /// Sunday.
    Sunday,
    /// A holiday, with the law that makes it one.
    Holiday {
        /// Its name.
        name: String,
        /// Its law.
        law: String,
    },
    /// The term was suspended by this act.
    Suspended {
        /// The act.
        act: String,
    },
}

impl SkipReason {
    /// `sabado`, `domingo`, `feriado`, `suspension`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Saturday => "sabado",
            Self::Sunday => "domingo",
            Self::Holiday { .. } => "feriado",
            Self::Suspended { .. } => "suspension",
        }
    }

    /// For people: `Viernes Santo (Ley 2.977)`.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Saturday => "sábado".to_owned(),
            Self::Sunday => "domingo".to_owned(),
            Self::Holiday { name, law } => format!("{name} ({law})"),
            Self::Suspended { act } => format!("plazo suspendido ({act})"),
        }
    }
}

impl Deadline {
    /// Whether something done at `at` is in time (PLZ-03): strictly before it expires.
    #[must_use]
    pub fn is_timely(&self, at: Timestamp) -> bool {
        at < self.expires
    }
}

/// The end of a term: its last day, the instant that ends it, and the days that a roll jumped over.
struct End {
    due: Date,
    expires: Timestamp,
    nominal: Date,
}

impl Calendar {
    /// The deadline of a term that `event` starts.
    ///
    /// # Errors
    /// [`CalendarError::Count`] for a length outside 1…3,650; [`CalendarError::OutOfRange`] outside 1900–2099.
    pub fn deadline(&self, term: &TermDef, event: &Event) -> Result<Deadline, CalendarError> {
        self.compute(Course::new(term.clone(), *event))
    }

    /// The deadline of a term with all that has happened to it.
    ///
    /// # Errors
    /// As [`Calendar::deadline`].
    pub fn compute(&self, course: Course) -> Result<Deadline, CalendarError> {
        let n = course.length(self)?;
        let start = match course.start {
            Some(start) => start,
            None => self.start(&course.event)?,
        };
        let extra = course.extension.as_ref().map_or(0, |e| e.n);
        let by_hours = matches!(course.term.unit, Unit::Hours | Unit::BusinessHours);
        let end = if by_hours {
            self.end_of_hours(&course, &start, n.saturating_add(extra))?
        } else {
            self.end_of_days(&course, &start, n, extra)?
        };
        let first_day = if by_hours { start.day_zero } else { plus_days(start.day_zero, 1)? };
        let skipped = self.explain(&course, first_day, &end)?;
        Ok(Deadline {
            notice: start.notice,
            starts: start.at,
            day_zero: start.day_zero,
            first_day,
            due: end.due,
            expires: end.expires,
            skipped,
            calendar_version: self.version().clone(),
            confidence: self.confidence(end.due),
            course,
        })
    }

    fn end_of_hours(&self, course: &Course, start: &Start, n: u16) -> Result<End, CalendarError> {
        let expires = hours::run(self, course, start.at, n)?;
        let due = course.event.zone.date(expires.plus_millis(-1));
        Ok(End { due, expires, nominal: due })
    }

    fn end_of_days(&self, course: &Course, start: &Start, n: u16, extra: u16) -> Result<End, CalendarError> {
        let (mut nominal, mut due) = self.leg(course, start.day_zero, n)?;
        if extra > 0 {
            (nominal, due) = self.leg(course, due, extra)?;
        }
        Ok(End { due, expires: course.event.zone.end_of_day(due), nominal })
    }

    /// `n` units on from `zero`: the day it comes to, and the day after rolling.
    fn leg(&self, course: &Course, zero: Date, n: u16) -> Result<(Date, Date), CalendarError> {
        let anchor = match course.term.month_anchor {
            MonthAnchor::EventDay => zero,
            MonthAnchor::NextDay => plus_days(zero, 1)?,
        };
        let scope = course.event.scope;
        let mut nominal = match course.term.unit {
            Unit::Business => self.days(scope).add(zero, n)?,
            Unit::Months => add_months(anchor, n)?,
            Unit::Years => add_months(anchor, n.checked_mul(12).ok_or(CalendarError::OutOfRange)?)?,
            Unit::Calendar | Unit::Hours | Unit::BusinessHours => plus_days(zero, i32::from(n))?,
        };
        // Each suspended day that would have counted pushes the end on by one of its kind; the days gained may be
        // suspended in turn, so it is done day by day of the suspensions, in order.
        for suspension in &course.suspensions {
            let mut day = suspension.from.max(plus_days(zero, 1)?);
            while day < suspension.to && day <= nominal {
                let counts = course.term.unit != Unit::Business || self.is_business_day(day, scope)?;
                if counts {
                    nominal = match course.term.unit {
                        Unit::Business => self.days(scope).add(nominal, 1)?,
                        _ => plus_days(nominal, 1)?,
                    };
                }
                day = plus_days(day, 1)?;
            }
        }
        let mut due = nominal;
        if course.term.roll == Roll::NextBusiness {
            due = self.roll_forward(due, scope)?;
            while let Some(suspension) = course.suspended(due) {
                due = self.roll_forward(suspension.to, scope)?;
            }
        }
        Ok((nominal, due))
    }

    /// The days of the term that didn't count. In terms that run on all days: those that the roll jumped over.
    fn explain(&self, course: &Course, first: Date, end: &End) -> Result<Vec<Skipped>, CalendarError> {
        let all = matches!(course.term.unit, Unit::Business | Unit::BusinessHours);
        let mut holidays: HashMap<i16, Vec<Holiday>> = HashMap::new();
        let mut skipped = Vec::new();
        let mut day = first;
        while day <= end.due {
            let idle = all || (day >= end.nominal && day < end.due);
            let reason = match course.suspended(day) {
                Some(suspension) => Some(SkipReason::Suspended { act: suspension.act.clone() }),
                None if !idle || self.is_business_day(day, course.event.scope)? => None,
                None => {
                    let year = match holidays.entry(day.year()) {
                        std::collections::hash_map::Entry::Occupied(known) => known.into_mut(),
                        std::collections::hash_map::Entry::Vacant(new) => {
                            new.insert(self.holidays(day.year(), course.event.scope)?)
                        }
                    };
                    Some(reason(day, year))
                }
            };
            skipped.extend(reason.map(|reason| Skipped { date: day, reason }));
            day = plus_days(day, 1)?;
        }
        Ok(skipped)
    }
}

fn reason(day: Date, holidays: &[Holiday]) -> SkipReason {
    let holiday = holidays.iter().find(|h| h.date == day && h.stops_terms());
    match holiday {
        Some(holiday) if !is_weekend(day) => SkipReason::Holiday {
            name: holiday.name.to_string(),
            law: holiday.laws.first().map(|law| law.0.to_string()).unwrap_or_default(),
        },
        _ if day.weekday() == jiff::civil::Weekday::Saturday => SkipReason::Saturday,
        _ => SkipReason::Sunday,
    }
}
