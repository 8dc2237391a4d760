//! The legal calendar, as rules and terms use it.

use copihue_core::calendar::{Calendar, CalendarError, Event, EventKind, Scope, TermDef, Unit, Zone, term};
use copihue_core::territory::CommuneCode;
use copihue_core::{Error, Result, Timestamp};
use jiff::civil::Date;

use super::definition::{Term, TermUnit};

/// The n-th business day after `day`, in the whole country.
///
/// # Errors
/// When the calendar does not reach that far.
pub fn add_business_days(day: Date, n: u16) -> Result<Date> {
    if n == 0 {
        return Ok(day);
    }
    Ok(Calendar::shipped().add_business_days(day, n, Scope::NATIONAL)?)
}

/// Business days in `(a, b]`, negative when `b` is before `a`.
///
/// # Errors
/// When the calendar does not reach that far.
pub fn business_days_between(a: Date, b: Date) -> Result<i32> {
    Ok(Calendar::shipped().business_days_between(a, b, Scope::NATIONAL)?)
}

/// Whether the calendar knows a term by this code.
#[must_use]
pub fn is_term(code: &str) -> bool {
    term(code).is_some()
}

/// Where terms run: the institution's zone, and whose holidays count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place {
    /// Zone of the institution.
    pub zone: Zone,
    /// Its commune.
    pub commune: Option<CommuneCode>,
}

impl Place {
    /// The civil date of an instant.
    #[must_use]
    pub fn date(self, at: Timestamp) -> Date {
        self.zone.date(at)
    }

    fn scope(self) -> Scope {
        self.commune.map_or(Scope::NATIONAL, Scope::commune)
    }

    /// When a filing at `at` legally counts as made.
    ///
    /// # Errors
    /// When the calendar does not reach that far.
    pub fn filed(self, at: Timestamp) -> Result<Timestamp> {
        Ok(Calendar::shipped().effective_filing(at, self.zone, self.scope())?.legal_at)
    }

    /// The day on which a notice sent at `at` counts as made.
    ///
    /// # Errors
    /// When the calendar does not reach that far.
    pub fn noticed(self, at: Timestamp) -> Result<Date> {
        let channel = copihue_core::calendar::Channel::Ddu;
        Ok(Calendar::shipped().notice_made(channel, self.date(at), self.scope())?.made)
    }

    /// `(last day, instant from which it is too late)` of a term that starts with an event at `at`.
    ///
    /// # Errors
    /// When the term is unknown or the calendar does not reach that far.
    pub fn due(self, the: &Term, kind: EventKind, at: Timestamp) -> Result<(Date, Timestamp)> {
        let def = match the {
            Term::Code(code) => {
                term(code).cloned().ok_or_else(|| Error::internal(format_args!("no term {code}")))?
            }
            Term::Own(own) => {
                let unit = match own.unit {
                    TermUnit::BusinessDays => Unit::Business,
                    TermUnit::Days => Unit::Calendar,
                    TermUnit::Months => Unit::Months,
                };
                TermDef::new("propio", own.n, unit, own.basis.clone(), "plazo propio")?
            }
        };
        let event = Event { kind, at, zone: self.zone, scope: self.scope() };
        let deadline =
            Calendar::shipped().deadline(&def, &event).map_err(|e: CalendarError| Error::from(e))?;
        Ok((deadline.due, deadline.expires))
    }
}
