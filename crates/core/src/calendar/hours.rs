//! Terms of hours: the clock runs, on all days or on business days only, and never while suspended.

use super::course::Course;
use super::table::plus_days;
use super::term::Unit;
use super::{Calendar, CalendarError};
use crate::Timestamp;

const HOUR: i64 = 3_600_000;

/// The instant at which `n` hours have run since `start`.
pub(super) fn run(
    calendar: &Calendar,
    course: &Course,
    start: Timestamp,
    n: u16,
) -> Result<Timestamp, CalendarError> {
    let zone = course.event.zone;
    let mut left = i64::from(n) * HOUR;
    let (mut now, mut day) = (start, zone.date(start));
    loop {
        // Real length of what is left of the day: 23 or 25 hours when the clocks change.
        let midnight = zone.end_of_day(day);
        let business = calendar.is_business_day(day, course.event.scope)?;
        let runs = course.suspended(day).is_none() && (business || course.term.unit == Unit::Hours);
        if runs {
            let available = midnight.millis() - now.millis();
            if left <= available {
                return Ok(now.plus_millis(left));
            }
            left -= available;
        }
        now = midnight;
        day = plus_days(day, 1)?;
    }
}
