//! When a notice counts as made, by channel.

use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};

use super::snapshot::DduDay;
use super::table::plus_days;
use super::{Calendar, CalendarError, Scope, add_months};

/// How a notice travels.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Channel {
    /// The electronic box or e-mail of the DDU: the third business day after sending, read or not (DS 4/2020 art. 27).
    Ddu,
    /// Registered letter: the third business day after it reached the post office of destination (LBPA 46).
    RegisteredLetter,
    /// At the office or by an official: that instant (LBPA 46).
    InPerson,
    /// The person acted on it: the date of that act (LBPA 47).
    Tacit,
    /// Diario Oficial: the date of publication (LBPA 49).
    OfficialGazette,
}

/// When a notice counts as made, and why.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct NoticeMade {
    /// Civil date of sending, or of reception at the post office.
    pub sent: Date,
    /// Business days after it.
    pub days: u16,
    /// The day on which it is made: day zero of the terms that run from it.
    pub made: Date,
}

impl Calendar {
    /// When a notice sent (or received at its post office, or published) on `sent` counts as made. Sending is not
    /// shifted: only filings are.
    ///
    /// # Errors
    /// [`CalendarError::OutOfRange`] outside 1900–2099.
    pub fn notice_made(
        &self,
        channel: Channel,
        sent: Date,
        scope: Scope,
    ) -> Result<NoticeMade, CalendarError> {
        let days = match (channel, self.policy().ddu_day) {
            (Channel::Ddu, DduDay::Fourth) => 4,
            (Channel::Ddu, DduDay::Third) | (Channel::RegisteredLetter, _) => 3,
            (Channel::InPerson | Channel::Tacit | Channel::OfficialGazette, _) => 0,
        };
        let made = if days == 0 { sent } else { self.add_business_days(sent, days, scope)? };
        Ok(NoticeMade { sent, days, made })
    }

    /// The first day on or after `from` on which the Diario Oficial publishes notices: the 1st or the 15th, or the
    /// next business day (LBPA 45).
    ///
    /// # Errors
    /// [`CalendarError::OutOfRange`] outside 1900–2099.
    pub fn gazette_day(&self, from: Date) -> Result<Date, CalendarError> {
        let first = date(from.year(), from.month(), 1);
        let middle = plus_days(first, 14)?;
        for day in [first, middle] {
            let published = self.roll_forward(day, Scope::NATIONAL)?;
            if published >= from {
                return Ok(published);
            }
        }
        self.roll_forward(add_months(first, 1)?, Scope::NATIONAL)
    }
}
