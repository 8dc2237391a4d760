//! What starts a term: an event, where and when it happened, and its day zero.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::notice::{Channel, NoticeMade};
use super::{Calendar, CalendarError, Zone};
use crate::Timestamp;
use crate::territory::CommuneCode;

/// Whose holidays count: the country's, or those of a commune too.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Scope {
    /// The commune of the deciding office; `None` for national holidays only.
    pub commune: Option<CommuneCode>,
}

impl Scope {
    /// National holidays only.
    pub const NATIONAL: Self = Self { commune: None };

    /// National holidays and those of this commune.
    #[must_use]
    pub const fn commune(code: CommuneCode) -> Self {
        Self { commune: Some(code) }
    }
}

/// What happened.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum EventKind {
    /// Somebody filed something. On a day that is not a business day it counts from the next one's first hour.
    Filing,
    /// A notice was sent, or received at its post office; the term runs from when it counts as made.
    Notice(Channel),
    /// An act, a publication, a certificate, a trace: its own date, never shifted.
    Act,
}

impl EventKind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::Filing,
        Self::Notice(Channel::Ddu),
        Self::Notice(Channel::RegisteredLetter),
        Self::Notice(Channel::InPerson),
        Self::Notice(Channel::Tacit),
        Self::Notice(Channel::OfficialGazette),
        Self::Act,
    ];

    /// `notificacion_ddu`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Filing => "ingreso",
            Self::Notice(Channel::Ddu) => "notificacion_ddu",
            Self::Notice(Channel::RegisteredLetter) => "notificacion_carta",
            Self::Notice(Channel::InPerson) => "notificacion_oficina",
            Self::Notice(Channel::Tacit) => "notificacion_tacita",
            Self::Notice(Channel::OfficialGazette) => "notificacion_diario_oficial",
            Self::Act => "acto",
        }
    }
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for EventKind {
    type Err = CalendarError;

    fn from_str(text: &str) -> Result<Self, CalendarError> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(CalendarError::Event)
    }
}

impl TryFrom<String> for EventKind {
    type Error = CalendarError;

    fn try_from(text: String) -> Result<Self, CalendarError> {
        text.parse()
    }
}

impl From<EventKind> for String {
    fn from(kind: EventKind) -> Self {
        kind.as_str().to_owned()
    }
}

/// What starts a term.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Event {
    /// What happened.
    pub kind: EventKind,
    /// The instant of it.
    pub at: Timestamp,
    /// The competent zone.
    pub zone: Zone,
    /// Whose holidays count.
    pub scope: Scope,
}

/// The legal time of a filing: receipts show it beside the clock's.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct EffectiveFiling {
    /// When it counts as made.
    pub legal_at: Timestamp,
    /// The civil date of that instant: day zero of the terms that run from it.
    pub date: Date,
    /// Whether it was moved from a day that is not a business day.
    pub shifted: bool,
}

/// An event as the law sees it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Start {
    /// Its legal instant: of a filing the effective one, of a notice the one at which it counts as made.
    pub at: Timestamp,
    /// The civil date of it. It never counts.
    pub day_zero: Date,
    /// How a notice came to be made, when it is one.
    pub notice: Option<NoticeMade>,
}

impl Calendar {
    /// When a filing at `at` counts as made: then, or the first hour of the next business day (LBPA 25, PRO-05).
    ///
    /// # Errors
    /// [`CalendarError::OutOfRange`] outside 1900–2099.
    pub fn effective_filing(
        &self,
        at: Timestamp,
        zone: Zone,
        scope: Scope,
    ) -> Result<EffectiveFiling, CalendarError> {
        let clock = zone.date(at);
        let date = self.roll_forward(clock, scope)?;
        let shifted = date != clock;
        Ok(EffectiveFiling { legal_at: if shifted { zone.start_of_day(date) } else { at }, date, shifted })
    }

    /// The legal start of the terms that run from an event.
    ///
    /// # Errors
    /// [`CalendarError::OutOfRange`] outside 1900–2099.
    pub fn start(&self, event: &Event) -> Result<Start, CalendarError> {
        match event.kind {
            EventKind::Filing => {
                let filing = self.effective_filing(event.at, event.zone, event.scope)?;
                Ok(Start { at: filing.legal_at, day_zero: filing.date, notice: None })
            }
            EventKind::Notice(channel) => {
                let notice = self.notice_made(channel, event.zone.date(event.at), event.scope)?;
                let same_day = notice.made == notice.sent;
                let at = if same_day { event.at } else { event.zone.start_of_day(notice.made) };
                Ok(Start { at, day_zero: notice.made, notice: Some(notice) })
            }
            EventKind::Act => Ok(Start { at: event.at, day_zero: event.zone.date(event.at), notice: None }),
        }
    }
}
