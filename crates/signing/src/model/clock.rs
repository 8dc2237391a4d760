//! How far this machine's clock is from the right time, and what that allows (specs signing §13).

/// More than this is to be looked at.
const DRIFTING_MS: i64 = 1_000;
/// More than this is wrong.
const WRONG_MS: i64 = 30_000;

/// What is known of the clock.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ClockState {
    /// Nobody was asked, or nobody has answered yet.
    Unknown,
    /// Within a second of the right time.
    Right,
    /// Further off: somebody must look at it.
    Drifting,
    /// So far off that no timestamp is given and no one-time code judged.
    Wrong,
}

impl ClockState {
    /// By an offset in milliseconds.
    #[must_use]
    pub const fn of(offset_ms: Option<i64>) -> Self {
        match offset_ms {
            None => Self::Unknown,
            Some(ms) if ms.saturating_abs() > WRONG_MS => Self::Wrong,
            Some(ms) if ms.saturating_abs() > DRIFTING_MS => Self::Drifting,
            Some(_) => Self::Right,
        }
    }
}

/// What several servers of time say, in one number: the middle one, so that a single one that is wrong moves nothing; of two in
/// the middle the one that says less.
#[must_use]
pub fn middle(mut offsets: Vec<i64>) -> Option<i64> {
    offsets.sort_unstable();
    let last = offsets.len().checked_sub(1)?;
    let (a, b) = (offsets[last / 2], offsets[last.div_ceil(2)]);
    Some(if a.saturating_abs() <= b.saturating_abs() { a } else { b })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tz_02_a_clock_is_looked_at_beyond_a_second_and_not_believed_beyond_thirty() {
        for (offset, state) in [
            (None, ClockState::Unknown),
            (Some(0), ClockState::Right),
            (Some(-1_000), ClockState::Right),
            (Some(1_001), ClockState::Drifting),
            (Some(-30_000), ClockState::Drifting),
            (Some(30_001), ClockState::Wrong),
            (Some(i64::MIN), ClockState::Wrong),
        ] {
            assert_eq!(ClockState::of(offset), state, "{offset:?}");
        }
    }

    #[test]
    fn tz_02_one_server_that_is_wrong_moves_nothing() {
        assert_eq!(middle(vec![5, 90_000, -3]), Some(5));
        assert_eq!(middle(vec![90_000, 4]), Some(4));
        assert_eq!(middle(vec![-7]), Some(-7));
        assert_eq!(middle(vec![]), None);
    }
}
