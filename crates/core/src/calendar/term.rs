//! What a term is: its length, its unit, and the rules that bend it.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::CalendarError;
use super::snapshot::check_count;

/// The unit of a term. It is part of the term: other laws count otherwise (PRO-06).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Unit {
    /// Days that are not Saturday, Sunday or holiday.
    #[serde(rename = "habiles")]
    Business,
    /// All days.
    #[serde(rename = "corridos")]
    Calendar,
    /// Hours of the clock.
    #[serde(rename = "horas")]
    Hours,
    /// Hours of the clock that run on business days only.
    #[serde(rename = "horas_habiles")]
    BusinessHours,
    /// Months, to the same day number.
    #[serde(rename = "meses")]
    Months,
    /// Years of twelve months.
    #[serde(rename = "anos")]
    Years,
}

impl Unit {
    /// Every unit.
    pub const ALL: [Self; 6] =
        [Self::Business, Self::Calendar, Self::Hours, Self::BusinessHours, Self::Months, Self::Years];

    /// `habiles`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Business => "habiles",
            Self::Calendar => "corridos",
            Self::Hours => "horas",
            Self::BusinessHours => "horas_habiles",
            Self::Months => "meses",
            Self::Years => "anos",
        }
    }

    /// `5 días hábiles`, `1 mes`.
    #[must_use]
    pub fn count(self, n: u16) -> String {
        let (one, many) = match self {
            Self::Business => ("día hábil", "días hábiles"),
            Self::Calendar => ("día corrido", "días corridos"),
            Self::Hours => ("hora", "horas"),
            Self::BusinessHours => ("hora hábil", "horas hábiles"),
            Self::Months => ("mes", "meses"),
            Self::Years => ("año", "años"),
        };
        format!("{n} {}", if n == 1 { one } else { many })
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Unit {
    type Err = CalendarError;

    fn from_str(text: &str) -> Result<Self, CalendarError> {
        Self::ALL.into_iter().find(|unit| unit.as_str() == text).ok_or(CalendarError::Unit)
    }
}

/// What happens to a term whose last day is not a business day.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Roll {
    /// It ends on the next business day (LBPA 25).
    NextBusiness,
    /// It ends there all the same.
    None,
}

/// From which day a term of months counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum MonthAnchor {
    /// The event's: first and last day bear the same number (CC 48).
    EventDay,
    /// The day after it: the day on which counting starts.
    NextDay,
}

/// What urgency does to a term (LBPA 63).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Urgency {
    /// Halves it.
    Halves,
    /// Nothing: it is a term to file a request or an appeal.
    Exempt,
}

/// How far a term can be extended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum ExtensionRule {
    /// Not at all.
    Never,
    /// Once, by half of it at most (LBPA 26).
    Half,
    /// Once, by this many of its unit at most, by a rule of its own.
    UpTo(u16),
}

/// What can suspend a term. The list is closed: incidents (LBPA 9) and the request of a paper exception don't.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SuspensionCause {
    /// A law orders it.
    Law,
    /// An act orders it: the authority's, a court's.
    Act,
    /// Force majeure (LBPA 27).
    ForceMajeure,
    /// A certified outage of the platform, when its act says that it suspends.
    Outage,
}

impl SuspensionCause {
    /// Everything that can suspend.
    pub const ALL: [Self; 4] = [Self::Law, Self::Act, Self::ForceMajeure, Self::Outage];
}

/// A term: of the table ([`super::term`]), or of a special law by [`TermDef::new`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TermDef {
    /// `lbpa59_recurrir`; a special law's term carries the code of its definition.
    pub code: Cow<'static, str>,
    /// How many units. Zero only where the effect is immediate: then there is no deadline to compute.
    pub n: u16,
    /// Of what.
    pub unit: Unit,
    /// The lengths that an act may choose between, where the law leaves a choice.
    pub choice: Option<(u16, u16)>,
    /// When the last day is not a business day.
    pub roll: Roll,
    /// From which day months count.
    pub month_anchor: MonthAnchor,
    /// What urgency does.
    pub urgency: Urgency,
    /// How far it can be extended.
    pub extension: ExtensionRule,
    /// What can suspend it.
    pub suspends_on: Cow<'static, [SuspensionCause]>,
    /// `LBPA 59`.
    pub legal_basis: Cow<'static, str>,
    /// What it is, for people.
    pub label: Cow<'static, str>,
}

impl TermDef {
    /// A term of a special law or of a definition: with the unit's usual rules, which fields can change.
    ///
    /// # Errors
    /// [`CalendarError::Count`] for `n` outside 1…3,650.
    pub fn new(
        code: impl Into<Cow<'static, str>>,
        n: u16,
        unit: Unit,
        legal_basis: impl Into<Cow<'static, str>>,
        label: impl Into<Cow<'static, str>>,
    ) -> Result<Self, CalendarError> {
        check_count(n)?;
        let usual = usual("", n, unit, "", "");
        Ok(Self { code: code.into(), legal_basis: legal_basis.into(), label: label.into(), ..usual })
    }

    /// The same term with another length, where the law leaves a choice (`10–30`).
    ///
    /// # Errors
    /// [`CalendarError::Count`] outside the choice.
    pub fn with_length(&self, n: u16) -> Result<Self, CalendarError> {
        let (least, most) = self.choice.unwrap_or((self.n, self.n));
        if (least..=most).contains(&n) { Ok(Self { n, ..self.clone() }) } else { Err(CalendarError::Count) }
    }

    /// `5 días hábiles`.
    #[must_use]
    pub fn length(&self) -> String {
        self.unit.count(self.n)
    }

    /// The length of the term under urgency.
    pub(super) const fn half(n: u16, up: bool) -> u16 {
        if up || n == 1 { n.div_ceil(2) } else { n / 2 }
    }
}

/// A term with the usual rules of its unit: halved by urgency, extended by half, suspended by whatever suspends;
/// months and years roll to a business day, calendar days don't.
pub(super) const fn usual(
    code: &'static str,
    n: u16,
    unit: Unit,
    legal_basis: &'static str,
    label: &'static str,
) -> TermDef {
    TermDef {
        code: Cow::Borrowed(code),
        n,
        unit,
        choice: None,
        roll: if matches!(unit, Unit::Calendar) { Roll::None } else { Roll::NextBusiness },
        month_anchor: MonthAnchor::EventDay,
        urgency: Urgency::Halves,
        extension: ExtensionRule::Half,
        suspends_on: Cow::Borrowed(&SuspensionCause::ALL),
        legal_basis: Cow::Borrowed(legal_basis),
        label: Cow::Borrowed(label),
    }
}
