//! One-time codes of signing: TOTP (RFC 6238), SHA-1, six digits, thirty seconds, one step to each side.

use copihue_core::secret::constant_time_eq;
use copihue_core::totp::{STEP_SECONDS, code_of_step, matching_step, step_at};
use copihue_core::{Secret, Timestamp};

const TRIES_BEFORE_PAUSE: u32 = 5;
const TRIES_BEFORE_BLOCK: u32 = 20;
const PAUSE_MS: i64 = 15 * 60_000;
/// Wrong codes of an application on a day (UTC), over all holders. By reckoning: a guess is right three times in a million, so whoever has
/// its secret finds one in four and a half years.
pub const WRONG_A_DAY: i64 = 200;

/// What is remembered of a holder's codes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OtpState {
    /// The last step in which a code was accepted; 0 for none.
    pub last_step: i64,
    /// Wrong codes since the last right one.
    pub failures: u32,
    /// Until when nothing is accepted.
    pub locked_until: Option<Timestamp>,
}

/// The answer to a code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OtpAnswer {
    /// Right, and spent.
    Accepted,
    /// Wrong, or spent already.
    Wrong,
    /// Too many wrong ones: not even looked at.
    Locked {
        /// Until then.
        until: Timestamp,
    },
    /// Far too many: the operator must set it up again.
    Blocked,
}

/// Judges a code, and what to remember afterwards. A step counts once: a code seen over a shoulder is worth nothing.
#[must_use]
pub fn check(seed: &Secret, state: OtpState, code: &str, now: Timestamp) -> (OtpAnswer, OtpState) {
    if state.failures >= TRIES_BEFORE_BLOCK {
        return (OtpAnswer::Blocked, state);
    }
    if let Some(until) = state.locked_until.filter(|until| *until > now) {
        return (OtpAnswer::Locked { until }, state);
    }
    match matching_step(seed, &typed(code), now).filter(|step| *step > state.last_step) {
        Some(step) => (OtpAnswer::Accepted, OtpState { last_step: step, failures: 0, locked_until: None }),
        None => {
            let failures = state.failures + 1;
            let pause = failures.is_multiple_of(TRIES_BEFORE_PAUSE);
            let locked_until = pause.then(|| now.plus_millis(PAUSE_MS));
            (OtpAnswer::Wrong, OtpState { failures, locked_until, ..state })
        }
    }
}

/// Spaces aside, as authenticators show them.
fn typed(code: &str) -> String {
    code.chars().filter(|c| *c != ' ').collect()
}

/// Whether a code is the one that was accepted last, still within its window, with nothing wrong since.
#[must_use]
pub fn repeats_the_last(seed: &Secret, state: OtpState, code: &str, now: Timestamp) -> bool {
    state.failures == 0 && matching_step(seed, &typed(code), now) == Some(state.last_step)
}

/// How many steps to each side the clock of a telephone is looked for: ten minutes.
const DRIFT_STEPS: i64 = 20;
/// A login is fresh for so long.
const FRESH_MS: i64 = 10 * 60_000;

/// By how many seconds the clock behind a code is off: more than nothing, when it is fast. It tells and opens nothing.
#[must_use]
pub fn drift(seed: &Secret, code: &str, now: Timestamp) -> Option<i64> {
    let (current, typed) = (step_at(now), typed(code));
    let same = |step: &i64| constant_time_eq(code_of_step(seed, *step).as_bytes(), typed.as_bytes());
    let found = (-DRIFT_STEPS..=DRIFT_STEPS).map(|n| current + n).find(same)?;
    Some((found - current) * STEP_SECONDS)
}

/// Whether a code is a good one of this moment that was accepted before.
#[must_use]
pub fn was_spent(seed: &Secret, state: OtpState, code: &str, now: Timestamp) -> bool {
    matching_step(seed, &typed(code), now).is_some_and(|step| step <= state.last_step)
}

/// Whether the password was given a moment ago; where nobody knows when, it was not.
#[must_use]
pub fn is_fresh(logged_in: Option<Timestamp>, now: Timestamp) -> bool {
    logged_in.is_some_and(|at| now < at.plus_millis(FRESH_MS))
}

/// Whether the QR code may be shown: over a login of a moment ago, and once for each login.
#[must_use]
pub fn may_show(logged_in: Option<Timestamp>, shown_at: Option<Timestamp>, now: Timestamp) -> bool {
    is_fresh(logged_in, now) && shown_at.is_none_or(|shown| Some(shown) < logged_in)
}

#[cfg(test)]
mod tests {
    use copihue_core::totp::uri;

    use super::*;

    fn seed() -> Secret {
        Secret::new(*b"12345678901234567890")
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    const FRESH: OtpState = OtpState { last_step: 0, failures: 0, locked_until: None };

    #[test]
    fn sig_16_otp_vectors() {
        let vectors = [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ];
        for (seconds, code) in vectors {
            assert_eq!(code_of_step(&seed(), step_at(at(seconds))), code);
        }
        assert!(uri(&seed(), "Copihue", "María").contains("secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&"));
        assert!(uri(&seed(), "Copihue", "María").starts_with("otpauth://totp/Copihue:Mar%C3%ADa?"));
    }

    #[test]
    fn sig_16_a_code_counts_once_and_one_step_to_each_side() {
        let now = at(1_111_111_109);
        let (answer, state) = check(&seed(), FRESH, "081 804", now);
        assert_eq!(answer, OtpAnswer::Accepted);
        assert_eq!(check(&seed(), state, "081804", now).0, OtpAnswer::Wrong);
        assert_eq!(check(&seed(), FRESH, "081804", now.plus_seconds(30)).0, OtpAnswer::Accepted);
        assert_eq!(check(&seed(), FRESH, "081804", now.plus_seconds(-30)).0, OtpAnswer::Accepted);
        assert_eq!(check(&seed(), FRESH, "081804", now.plus_seconds(90)).0, OtpAnswer::Wrong);
        assert_eq!(check(&seed(), FRESH, "", now).0, OtpAnswer::Wrong);
    }

    #[test]
    fn sig_16_a_clock_that_is_off_is_told_by_how_much() {
        let now = at(1_111_111_109);
        let shown = |seconds: i64| code_of_step(&seed(), step_at(now.plus_seconds(seconds)));
        for seconds in [-300, -90, 0, 30, 600] {
            assert_eq!(drift(&seed(), &shown(seconds), now), Some(seconds));
        }
        assert_eq!(drift(&seed(), &shown(660), now), None);
        let (_, spent) = check(&seed(), FRESH, "081804", now);
        assert!(was_spent(&seed(), spent, "081804", now) && !was_spent(&seed(), FRESH, "081804", now));
    }

    #[test]
    fn sig_16_the_qr_code_is_shown_once_for_each_fresh_login() {
        let login = at(1_000_000);
        let soon = login.plus_seconds(60);
        assert!(may_show(Some(login), None, soon));
        assert!(!may_show(Some(login), Some(soon), soon.plus_seconds(5)));
        assert!(!may_show(Some(login), None, login.plus_seconds(600)));
        assert!(may_show(Some(soon.plus_seconds(60)), Some(soon), soon.plus_seconds(90)));
        assert!(!may_show(None, None, soon), "nobody knows when the password was given");
    }

    #[test]
    fn sig_16_five_wrong_codes_pause_and_twenty_block() {
        let mut now = at(1_111_111_109);
        let mut state = FRESH;
        for round in 1..=4 {
            for _ in 0..5 {
                let (answer, next) = check(&seed(), state, "000000", now);
                assert_eq!(answer, OtpAnswer::Wrong);
                state = next;
            }
            if round < 4 {
                assert!(matches!(check(&seed(), state, "081804", now).0, OtpAnswer::Locked { .. }));
                now = now.plus_millis(PAUSE_MS);
            }
        }
        assert_eq!(check(&seed(), state, "081804", now.plus_millis(PAUSE_MS)).0, OtpAnswer::Blocked);
    }
}
