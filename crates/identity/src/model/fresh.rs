//! When a person proved who they are, as far as a provider's answer tells (OIDC Core §3.1.3.7; docs/adr/0015).

use copihue_core::Timestamp;

/// The login was asked for anew, and an older one answered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stale;

/// How far the provider's clock may lie behind ours.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Clocks {
    /// They are the same one.
    Same,
    /// Another machine's.
    Other,
}

/// Reads `auth_time`, whole seconds since the epoch. `asked_again`: when the password or passkey was asked for, whoever was logged
/// in. Without the claim that is the earliest that it can have been; and where nobody asked, nobody knows.
///
/// # Errors
/// When a login was asked for and the one told is older.
pub fn authenticated(
    told: Option<i64>,
    asked_again: Option<Timestamp>,
    clocks: Clocks,
    now: Timestamp,
) -> Result<Option<Timestamp>, Stale> {
    let Some(told) = told else { return Ok(asked_again) };
    let slack = match clocks {
        Clocks::Same => 0,
        Clocks::Other => 60,
    };
    if asked_again.is_some_and(|asked| told < asked.millis() / 1000 - slack) {
        return Err(Stale);
    }
    // A clock that is fast keeps no login fresh for longer.
    Ok(Some(Timestamp::from_millis(told.saturating_mul(1000)).min(now)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_000_000_500);

    fn told(seconds: i64, asked: Option<Timestamp>, clocks: Clocks) -> Result<Option<Timestamp>, Stale> {
        authenticated(Some(seconds), asked, clocks, NOW)
    }

    #[test]
    fn sig_16_a_login_is_as_old_as_the_provider_says() {
        let at = |seconds: i64| Ok(Some(Timestamp::from_millis(seconds * 1000)));
        assert_eq!(told(998_200, None, Clocks::Same), at(998_200));
        assert_eq!(told(1_000_900, None, Clocks::Other), Ok(Some(NOW)), "a clock that is fast");
        assert_eq!(authenticated(None, None, Clocks::Other, NOW), Ok(None), "nobody knows");
    }

    #[test]
    fn sig_16_an_older_login_does_not_answer_for_one_that_was_asked_for() {
        let asked = Some(Timestamp::from_millis(999_990_700));
        let at = |seconds: i64| Ok(Some(Timestamp::from_millis(seconds * 1000)));
        assert_eq!(told(999_990, asked, Clocks::Same), at(999_990), "the claim knows whole seconds");
        assert_eq!(told(999_989, asked, Clocks::Same), Err(Stale));
        assert_eq!(told(999_930, asked, Clocks::Other), at(999_930));
        assert_eq!(told(999_929, asked, Clocks::Other), Err(Stale));
        assert_eq!(told(i64::MIN, asked, Clocks::Other), Err(Stale));
        assert_eq!(authenticated(None, asked, Clocks::Other, NOW), Ok(asked));
    }
}
