//! A signature that is raised after it was made: what was signed stays as it is, and the raised file stands beside it.

use copihue_core::Timestamp;

use super::level::Level;

/// So long a signature is tried to be raised.
const DAYS: i64 = 90;
/// A file that was signed and never came to be kept is nobody's.
const KEPT_WITHIN_MS: i64 = 86_400_000;

codes! {
    /// Whether anything is still to be done for a signature.
    RaiseState {
        /// It is tried again.
        Waiting = "pendiente",
        /// It has the level asked for.
        Done = "listo",
        /// The file is not kept here.
        NotKept = "sin_archivo",
        /// It can't be had any more: the certificate ended or was revoked, or the time is over.
        Impossible = "imposible",
    }
}

/// A signed file that stayed below the level asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Raise {
    /// SHA-256 of the file as it was signed.
    pub sha256: [u8; 32],
    /// The institution's code.
    pub institution: String,
    /// The level asked for.
    pub asked: Level,
    /// The level of what is there now.
    pub reached: Level,
    /// When it was signed.
    pub signed_at: Timestamp,
    /// Whether anything is still to be done.
    pub state: RaiseState,
    /// How often it was tried.
    pub tries: i64,
}

/// A raised file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rendition {
    /// SHA-256 of the file as it was signed.
    pub original: [u8; 32],
    /// Its level.
    pub level: Level,
    /// Its own SHA-256.
    pub sha256: [u8; 32],
    /// Its size in bytes.
    pub size: u64,
    /// When it was made.
    pub made_at: Timestamp,
}

impl Raise {
    /// When it is tried again: soon at first, then every six hours; `None` once its time is over.
    #[must_use]
    pub fn next_try(&self, now: Timestamp) -> Option<Timestamp> {
        const LONGEST_MINUTES: i64 = 6 * 60;
        let pause = (1 << self.tries.clamp(0, 9)).min(LONGEST_MINUTES);
        (now < self.signed_at.plus_seconds(DAYS * 86_400)).then(|| now.plus_seconds(pause * 60))
    }

    /// Whether a file that is not here may still come: its transaction may not have ended.
    #[must_use]
    pub fn may_still_be_kept(&self, now: Timestamp) -> bool {
        now < self.signed_at.plus_millis(KEPT_WITHIN_MS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sig_19_it_is_tried_soon_and_then_ever_more_rarely_for_ninety_days() {
        let signed_at = Timestamp::from_millis(0);
        let raise = |tries| Raise {
            sha256: [0; 32],
            institution: "PE-MUN-00301".into(),
            asked: Level::LT,
            reached: Level::T,
            signed_at,
            state: RaiseState::Waiting,
            tries,
        };
        let minutes = |tries| raise(tries).next_try(signed_at).map(|at| at.millis() / 60_000);
        assert_eq!([0, 1, 4, 9, 60].map(minutes), [1, 2, 16, 360, 360].map(Some));
        assert_eq!(raise(60).next_try(signed_at.plus_seconds(91 * 86_400)), None);
    }
}
