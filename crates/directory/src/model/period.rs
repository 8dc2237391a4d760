//! Validity in whole days, `[from, to)`. A day begins at 00:00 in the body's own zone.

use std::sync::Arc;

use copihue_core::{Error, Result};
use jiff::civil::Date;

/// From a day on, until (not including) another, or without an end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Period {
    from: Date,
    to: Option<Date>,
}

impl Period {
    /// `[from, to)`.
    ///
    /// # Errors
    /// `periodo_invalido` when it would hold no day at all.
    pub fn new(from: Date, to: Option<Date>) -> Result<Self> {
        match to {
            Some(end) if end <= from => Err(Error::invalid(
                "periodo_invalido",
                "La fecha de término debe ser posterior a la fecha de inicio.",
            )
            .field("hasta", "Ingrese una fecha posterior a la de inicio.")),
            _ => Ok(Self { from, to }),
        }
    }

    /// From a day on, without an end.
    #[must_use]
    pub const fn starting(from: Date) -> Self {
        Self { from, to: None }
    }

    /// The first day.
    #[must_use]
    pub const fn from(&self) -> Date {
        self.from
    }

    /// The first day that is no longer in it.
    #[must_use]
    pub const fn to(&self) -> Option<Date> {
        self.to
    }

    /// Whether the day lies in it.
    #[must_use]
    pub fn contains(&self, day: Date) -> bool {
        self.from <= day && self.to.is_none_or(|to| day < to)
    }

    /// Whether the two share a day.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.to.is_none_or(|to| other.from < to) && other.to.is_none_or(|to| self.from < to)
    }

    /// The same, ended at `day` at the latest. `None` when no day is left.
    #[must_use]
    pub fn until(&self, day: Date) -> Option<Self> {
        let to = self.to.map_or(day, |to| to.min(day));
        (self.from < to).then_some(Self { from: self.from, to: Some(to) })
    }
}

/// A thing that is so during a period; another row follows it.
pub trait Dated {
    /// When.
    fn period(&self) -> Period;
}

/// Of the rows of one thing, sorted by their first day: the one in force on a day.
#[must_use]
pub fn on<T: Dated>(rows: &[Arc<T>], day: Date) -> Option<&Arc<T>> {
    let row = rows.iter().rev().find(|row| row.period().from() <= day)?;
    row.period().contains(day).then_some(row)
}
