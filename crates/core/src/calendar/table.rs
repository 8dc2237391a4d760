//! Business days of 1900–2099 as two tables: how many up to each day, and which day is the n-th.
//!
//! Adding days is then one addition and two reads. A place with holidays of its own keeps only the days on which
//! it differs.

use jiff::Span;
use jiff::civil::{Date, Weekday, date};

use super::CalendarError;

/// First year that the calendar knows.
pub const FIRST_YEAR: i16 = 1900;
/// Last year that the calendar knows.
pub const LAST_YEAR: i16 = 2099;

const FIRST_DAY: Date = date(FIRST_YEAR, 1, 1);
/// Days of 1900–2099.
const DAYS: usize = 73_049;

/// Position of a day in the tables.
pub(super) fn index(day: Date) -> Result<usize, CalendarError> {
    if !(FIRST_YEAR..=LAST_YEAR).contains(&day.year()) {
        return Err(CalendarError::OutOfRange);
    }
    usize::try_from((day - FIRST_DAY).get_days()).map_err(|_| CalendarError::OutOfRange)
}

fn day_at(index: usize) -> Date {
    FIRST_DAY.saturating_add(Span::new().days(i64::try_from(index).unwrap_or_default()))
}

/// Moves a day by calendar days.
pub(super) fn plus_days(day: Date, days: i32) -> Result<Date, CalendarError> {
    let moved = day.checked_add(Span::new().days(days)).map_err(|_| CalendarError::OutOfRange)?;
    index(moved).map(|_| moved)
}

/// The same day number `n` months on, or the last day of that month if there is none (LBPA 25). It doesn't roll.
///
/// # Errors
/// [`CalendarError::OutOfRange`] when either date is outside 1900–2099.
pub fn add_months(day: Date, n: u16) -> Result<Date, CalendarError> {
    index(day)?;
    let moved = day.checked_add(Span::new().months(n)).map_err(|_| CalendarError::OutOfRange)?;
    index(moved).map(|_| moved)
}

pub(super) fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// The nationwide tables.
#[derive(Debug)]
pub(super) struct Table {
    /// Business days from the first day up to and with each day.
    rank: Vec<u16>,
    /// The index of each business day.
    days: Vec<u32>,
}

impl Table {
    /// From the holidays, as indexes in ascending order; weekends are known.
    pub(super) fn new(holidays: &[usize]) -> Self {
        let mut table = Self { rank: Vec::with_capacity(DAYS), days: Vec::with_capacity(DAYS * 7 / 10) };
        let mut holidays = holidays.iter().peekable();
        let mut weekday = usize::from(FIRST_DAY.weekday().to_monday_zero_offset().unsigned_abs());
        let mut rank = 0;
        for index in 0..DAYS {
            let holiday = holidays.next_if(|h| **h == index).is_some();
            if weekday < 5 && !holiday {
                rank += 1;
                table.days.push(index as u32);
            }
            table.rank.push(rank);
            weekday = (weekday + 1) % 7;
        }
        table
    }

    pub(super) fn rank(&self, index: usize) -> i32 {
        i32::from(self.rank[index])
    }

    /// The n-th business day, `n` from 1.
    fn nth(&self, n: i32) -> Option<usize> {
        let at = usize::try_from(n.checked_sub(1)?).ok()?;
        self.days.get(at).map(|day| *day as usize)
    }
}

/// Where a place differs from the country: from each day on, how many business days more or fewer it has had.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Difference(Vec<(usize, i32)>);

impl Difference {
    /// From the days that differ, ascending: `true` where the place works and the country doesn't.
    pub(super) fn new(days: impl Iterator<Item = (usize, bool)>) -> Self {
        let mut sum = 0;
        let step = |(index, works)| {
            sum += if works { 1 } else { -1 };
            (index, sum)
        };
        Self(days.map(step).collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn at(&self, index: usize) -> i32 {
        let after = self.0.partition_point(|(day, _)| *day <= index);
        after.checked_sub(1).map_or(0, |last| self.0[last].1)
    }
}

/// The business days of one place.
#[derive(Clone, Copy)]
pub(super) struct Days<'a> {
    pub(super) table: &'a Table,
    pub(super) difference: Option<&'a Difference>,
}

impl Days<'_> {
    fn rank(self, index: usize) -> i32 {
        self.table.rank(index) + self.difference.map_or(0, |d| d.at(index))
    }

    /// The n-th business day of the place.
    fn nth(self, n: i32) -> Option<usize> {
        if self.difference.is_none() {
            return self.table.nth(n);
        }
        // The smallest day whose rank reaches n: ranks never fall, so halving finds it.
        let (mut low, mut high) = (0, DAYS);
        while low < high {
            let middle = low.midpoint(high);
            if self.rank(middle) < n { low = middle + 1 } else { high = middle }
        }
        (low < DAYS).then_some(low)
    }

    pub(super) fn is_business(self, day: Date) -> Result<bool, CalendarError> {
        let index = index(day)?;
        let before = index.checked_sub(1).map_or(0, |yesterday| self.rank(yesterday));
        Ok(self.rank(index) > before)
    }

    /// The n-th business day after `day`, which never counts.
    pub(super) fn add(self, day: Date, n: u16) -> Result<Date, CalendarError> {
        let target = self.rank(index(day)?) + i32::from(n);
        self.nth(target).map(day_at).ok_or(CalendarError::OutOfRange)
    }

    /// Business days in `(a, b]`; negative when `b` comes first.
    pub(super) fn between(self, a: Date, b: Date) -> Result<i32, CalendarError> {
        Ok(self.rank(index(b)?) - self.rank(index(a)?))
    }

    /// The day itself, or the next business day.
    pub(super) fn roll(self, day: Date) -> Result<Date, CalendarError> {
        if self.is_business(day)? { Ok(day) } else { self.add(day, 1) }
    }
}
