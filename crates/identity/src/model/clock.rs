//! The terms of the operator: six business days to review and to certify, three to change an address or a name (§3.8). They stop while
//! the institution is waited for.

use std::borrow::Cow;

use copihue_core::calendar::{
    Calendar, Deadline, Event, EventKind, Suspension, SuspensionCause, TermDef, Unit, term,
};
use copihue_core::{Error, Result, Timestamp};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::ports::Body;

/// Business days to decide a change of name. The table of terms knows the address only.
const NAME_DAYS: u16 = 3;
/// The term of a change of name.
pub const NAME_TERM: &str = "idp_nombre";
/// The term of a change of address.
pub const ADDRESS_TERM: &str = "idp_uri";

/// A term that runs, or stands still.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct RunningTerm {
    /// Its end, and what it is computed from.
    pub deadline: Deadline,
    /// The day since which the institution is waited for.
    pub stopped: Option<Date>,
    /// Whether everybody was told that it has passed.
    #[serde(default)]
    pub told: bool,
}

impl RunningTerm {
    /// The term of this code, from something that the institution sent: on a day that is not a business day it counts as sent on the next.
    ///
    /// # Errors
    /// Outside of the calendar's years.
    pub fn start(calendar: &Calendar, body: &Body, code: &'static str, at: Timestamp) -> Result<Self> {
        let event = Event { kind: EventKind::Filing, at, zone: body.zone, scope: body.scope };
        let deadline = calendar.deadline(&*definition(code)?, &event)?;
        Ok(Self { deadline, stopped: None, told: false })
    }

    /// The same, standing still from the day of `now` on.
    #[must_use]
    pub fn stop(self, now: Timestamp) -> Self {
        let day = self.deadline.course.event.zone.date(now);
        Self { stopped: self.stopped.or(Some(day)), ..self }
    }

    /// The same, running again from the day after `now`: the days in between don't count. A term that had passed before it stopped has
    /// passed for good.
    ///
    /// # Errors
    /// Outside of the calendar's years.
    pub fn resume(self, calendar: &Calendar, now: Timestamp, act: &str) -> Result<Self> {
        let Some(from) = self.stopped else { return Ok(self) };
        let zone = self.deadline.course.event.zone;
        let to = zone.date(now).saturating_add(jiff::Span::new().days(1));
        let first = self.deadline.course.suspensions.last().map_or(self.deadline.first_day, |last| last.to);
        let from = from.max(first);
        if from > self.deadline.due || from >= to {
            return Ok(Self { stopped: None, ..self });
        }
        let suspension = Suspension { from, to, cause: SuspensionCause::Act, act: act.to_owned() };
        let deadline = self.deadline.suspended(calendar, suspension)?;
        Ok(Self { deadline, stopped: None, ..self })
    }

    /// When it passes; None while it stands still.
    #[must_use]
    pub fn expires(&self) -> Option<Timestamp> {
        self.stopped.is_none().then_some(self.deadline.expires)
    }

    /// Whether it has passed.
    #[must_use]
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.expires().is_some_and(|expires| now >= expires)
    }
}

fn definition(code: &'static str) -> Result<Cow<'static, TermDef>> {
    if code == NAME_TERM {
        let (basis, label) = ("Manual de integración de ClaveÚnica", "Cambiar el nombre de una aplicación");
        return Ok(Cow::Owned(TermDef::new(code, NAME_DAYS, Unit::Business, basis, label)?));
    }
    term(code).map(Cow::Borrowed).ok_or_else(|| Error::internal(format_args!("no term {code}")))
}

#[cfg(test)]
mod tests {
    use copihue_core::calendar::{Scope, Zone};

    use super::*;

    fn body() -> Body {
        Body {
            name: "Municipalidad de Ejemplo".into(),
            zone: Zone::Santiago,
            scope: Scope::NATIONAL,
            domains: vec![],
        }
    }

    fn at(text: &str) -> Timestamp {
        Timestamp::from_millis(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
    }

    #[test]
    fn aut_05_six_business_days_begin_the_day_after_and_stand_still_while_the_institution_is_waited_for() {
        let calendar = Calendar::shipped();
        // Friday: the six days are Monday 23rd to Monday 30th.
        let term =
            RunningTerm::start(&calendar, &body(), "idp_revision", at("2026-11-20T15:00:00Z")).unwrap();
        assert_eq!(term.deadline.due.to_string(), "2026-11-30");
        // What comes on a Saturday counts as sent on Monday.
        let late =
            RunningTerm::start(&calendar, &body(), "idp_revision", at("2026-11-21T15:00:00Z")).unwrap();
        assert_eq!(late.deadline.due.to_string(), "2026-12-01");
        // Observed on Tuesday, answered on Thursday: three days don't count.
        let still = term.clone().stop(at("2026-11-24T15:00:00Z"));
        assert!(still.expires().is_none() && !still.is_overdue(at("2027-01-01T00:00:00Z")));
        let on = still.resume(&calendar, at("2026-11-26T20:00:00Z"), "respuesta").unwrap();
        assert_eq!(on.deadline.due.to_string(), "2026-12-03");
        // Once more, on the day on which it goes on.
        let again = on.stop(at("2026-11-26T21:00:00Z"));
        let again = again.resume(&calendar, at("2026-11-27T15:00:00Z"), "respuesta").unwrap();
        assert_eq!(again.deadline.due.to_string(), "2026-12-04");
        // What had passed stays so.
        let passed = term.stop(at("2026-12-09T15:00:00Z"));
        let passed = passed.resume(&calendar, at("2026-12-10T15:00:00Z"), "respuesta").unwrap();
        assert!(passed.is_overdue(at("2026-12-10T16:00:00Z")));
    }

    #[test]
    fn aut_05_a_request_that_is_observed_before_its_first_day_loses_none() {
        let calendar = Calendar::shipped();
        let term = RunningTerm::start(&calendar, &body(), NAME_TERM, at("2026-11-20T13:00:00Z")).unwrap();
        assert_eq!(term.deadline.due.to_string(), "2026-11-25");
        let same_day = term.stop(at("2026-11-20T14:00:00Z"));
        let on = same_day.resume(&calendar, at("2026-11-20T15:00:00Z"), "respuesta").unwrap();
        assert_eq!(on.deadline.due.to_string(), "2026-11-25");
        let address = RunningTerm::start(&calendar, &body(), ADDRESS_TERM, at("2026-11-20T13:00:00Z"));
        assert_eq!(address.unwrap().deadline.due.to_string(), "2026-11-25");
    }
}
