//! The four zones of Chile, by commune, and the ends of their days.

use std::fmt;
use std::str::FromStr;
use std::sync::OnceLock;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::CalendarError;
use crate::Timestamp;
use crate::territory::CommuneCode;

/// A Chilean time zone. The legal day is the civil date in the competent one (DS 9/2023 art. 13).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub enum Zone {
    /// Continental Chile and Juan Fernández.
    #[default]
    #[serde(rename = "America/Santiago")]
    Santiago,
    /// Magallanes, −3 all year since December 2016.
    #[serde(rename = "America/Punta_Arenas")]
    PuntaArenas,
    /// Aysén, −3 all year since March 2025.
    #[serde(rename = "America/Coyhaique")]
    Coyhaique,
    /// Rapa Nui, two hours behind Santiago.
    #[serde(rename = "Pacific/Easter")]
    Easter,
}

static RULES: [OnceLock<TimeZone>; 4] = [const { OnceLock::new() }; 4];

impl Zone {
    /// All of them, in the order of the enum.
    pub const ALL: [Self; 4] = [Self::Santiago, Self::PuntaArenas, Self::Coyhaique, Self::Easter];

    /// The zone of a commune.
    #[must_use]
    pub const fn of(commune: CommuneCode) -> Self {
        match (commune.region().number(), commune.province().number()) {
            (12, _) => Self::PuntaArenas,
            (11, _) => Self::Coyhaique,
            (_, 52) => Self::Easter,
            _ => Self::Santiago,
        }
    }

    /// `America/Santiago`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Santiago => "America/Santiago",
            Self::PuntaArenas => "America/Punta_Arenas",
            Self::Coyhaique => "America/Coyhaique",
            Self::Easter => "Pacific/Easter",
        }
    }

    /// How people call it: `hora de Chile continental`.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Santiago => "hora de Chile continental",
            Self::PuntaArenas => "hora de Magallanes",
            Self::Coyhaique => "hora de Aysén",
            Self::Easter => "hora de Rapa Nui",
        }
    }

    /// Takes newer rules than the built-in ones, from the bytes of a TZif file: governments change these at short
    /// notice. Once, at start, before the first date is computed.
    ///
    /// # Errors
    /// When the bytes are not a zone file, or the zone is already in use.
    pub fn install(self, tzif: &[u8]) -> crate::Result<()> {
        let rules = TimeZone::tzif(self.name(), tzif)
            .map_err(|e| crate::Error::internal(format_args!("zone file of {}: {e}", self.name())))?;
        let slot = &RULES[self as usize];
        slot.set(rules).map_err(|_| crate::Error::internal(format_args!("{} is already in use", self.name())))
    }

    fn rules(self) -> &'static TimeZone {
        #[expect(clippy::expect_used, reason = "the zones are compiled in; a test opens all four")]
        RULES[self as usize].get_or_init(|| TimeZone::get(self.name()).expect("a zone that is built in"))
    }

    /// What a wall clock shows there at this instant.
    #[must_use]
    pub fn local(self, at: Timestamp) -> DateTime {
        self.rules().to_datetime(at.into())
    }

    /// The civil date there at this instant: the legal day.
    #[must_use]
    pub fn date(self, at: Timestamp) -> Date {
        self.local(at).date()
    }

    /// The first instant of a day. Midnight may not exist (clocks jump to 01:00): then it is the jump; and if it
    /// runs twice, the later one, which favours the person whose term ends there.
    #[must_use]
    pub fn start_of_day(self, date: Date) -> Timestamp {
        self.instant(date.to_datetime(Time::midnight()))
    }

    /// The instant that ends a day: the first of the next one. A filing is timely before it (PLZ-03).
    #[must_use]
    pub fn end_of_day(self, date: Date) -> Timestamp {
        self.start_of_day(date.saturating_add(jiff::Span::new().days(1)))
    }

    /// The instant at which a wall clock there shows `local`; the later one where it shows it twice.
    #[must_use]
    pub fn instant(self, local: DateTime) -> Timestamp {
        let at = self.rules().to_ambiguous_timestamp(local).later();
        at.unwrap_or(jiff::Timestamp::MAX).into()
    }

    /// RFC 3339 with the offset in force there: `2026-12-07T00:30:00-03:00`.
    #[must_use]
    pub fn rfc3339(self, at: Timestamp) -> String {
        let at = jiff::Timestamp::from(at);
        at.display_with_offset(self.rules().to_offset(at)).to_string()
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Zone {
    type Err = CalendarError;

    fn from_str(name: &str) -> Result<Self, CalendarError> {
        Self::ALL.into_iter().find(|zone| zone.name() == name).ok_or(CalendarError::Zone)
    }
}
