//! How soon a change of the people in charge must be on record (DIR-04).

use copihue_core::calendar::{Calendar, CalendarError, Scope};
use jiff::civil::Date;

/// Business days that a body has to record a change. The effective date is day zero.
pub const REGISTRATION_DAYS: u16 = 3;

/// The last day to record a change, and the day of the alarm to head, CTD and SGD.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Registration {
    /// Last day.
    pub due: Date,
    /// The business day after it.
    pub alarm: Date,
}

/// When a change that takes effect on `effective` must be on record.
///
/// # Errors
/// When the days lie outside of the calendar's years.
pub fn registration(
    calendar: &Calendar,
    effective: Date,
    scope: Scope,
) -> Result<Registration, CalendarError> {
    let due = calendar.add_business_days(effective, REGISTRATION_DAYS, scope)?;
    Ok(Registration { due, alarm: calendar.add_business_days(due, 1, scope)? })
}
