//! How long a new address waits before codes go there (§3.3): whoever reads the old one has that time to take the change back (I6).

/// The wait of a new address: between one day and three.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ContactHold(i64);

impl ContactHold {
    /// From whole hours, 24 to 72.
    #[must_use]
    pub fn of_hours(hours: i64) -> Option<Self> {
        (24..=72).contains(&hours).then_some(Self(hours))
    }

    /// In hours.
    #[must_use]
    pub const fn hours(self) -> i64 {
        self.0
    }

    /// In seconds.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0 * 3_600
    }
}

impl Default for ContactHold {
    /// Two days.
    fn default() -> Self {
        Self(48)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i06_an_address_waits_between_one_day_and_three() {
        assert_eq!(ContactHold::default().hours(), 48);
        assert_eq!(ContactHold::of_hours(24).map(ContactHold::seconds), Some(86_400));
        assert!(ContactHold::of_hours(72).is_some());
        for bad in [i64::MIN, 0, 23, 73] {
            assert_eq!(ContactHold::of_hours(bad), None, "{bad}");
        }
    }
}
