//! How much work one file may ask for. Certificates, lists and timestamps travel with a signature, and whoever sends a file chooses how
//! many there are: authorities that issued each other, or a timestamp repeated a thousand times, would keep a processor busy for minutes.
//!
//! Every check of a signature passes through one place, which counts here. The count is the thread's own: it need not be handed to
//! everything that may at some depth check a signature, so nothing can forget to hand it on.

use std::cell::Cell;

use super::verdict::SubIndication;

/// More than honest files ask for. By reckoning, not by measurement: fifty signatures, each with a timestamp, two paths and their lists, are
/// some forty checks each, so 2,000.
const MOST: u32 = 20_000;
/// Hashing so many bytes takes about as long as checking a signature with a short key.
const BYTES: usize = 1 << 16;

thread_local! {
    /// What is left for the file that is judged on this thread; `None` when none is.
    static LEFT: Cell<Option<u32>> = const { Cell::new(None) };
}

/// How long a check takes, against one with a short key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Key {
    Short,
    Long,
}

/// It asked for more than any honest file does. Whatever came of it meanwhile does not matter: [`bounded`] says so in the end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Exhausted;

impl From<Exhausted> for SubIndication {
    fn from(_: Exhausted) -> Self {
        Self::FormatFailure
    }
}

/// What is said of such a file.
pub(super) const TOO_MUCH: &str = "it asks for more checks than any honest file";

/// Judges one file within its bounds. What is judged within counts for the whole.
pub(super) fn bounded<T>(judge: impl FnOnce() -> T) -> Result<T, Exhausted> {
    if LEFT.get().is_some() {
        return Ok(judge());
    }
    let end = End;
    LEFT.set(Some(MOST));
    let answer = judge();
    // What was left out at the end may be just what would have told against it.
    let is_spent = LEFT.get() == Some(0);
    drop(end);
    if is_spent { Err(Exhausted) } else { Ok(answer) }
}

/// Takes a check of so many bytes.
pub(super) fn spend(key: Key, bytes: usize) -> Result<(), Exhausted> {
    let Some(left) = LEFT.get() else { return Ok(()) };
    let price = match key {
        Key::Short => 1,
        Key::Long => 4,
    };
    let price = u32::try_from(bytes / BYTES).unwrap_or(u32::MAX).saturating_add(price);
    let rest = left.saturating_sub(price);
    LEFT.set(Some(rest));
    if rest == 0 { Err(Exhausted) } else { Ok(()) }
}

/// Takes so many bytes that are made anew, which takes longer than to hash them, and may stay in memory.
pub(super) fn spend_made(bytes: usize) -> Result<(), Exhausted> {
    spend(Key::Short, bytes.saturating_mul(8))
}

/// Ends the count, however the judging ends.
struct End;

impl Drop for End {
    fn drop(&mut self) {
        LEFT.set(None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sig_20_a_file_has_so_many_checks_and_the_next_one_begins_anew() {
        let all = |n: u32| bounded(|| (0..n).all(|_| spend(Key::Short, 100).is_ok()));
        assert_eq!(all(MOST - 1), Ok(true));
        assert_eq!(all(MOST), Err(Exhausted));
        assert_eq!(all(MOST - 1), Ok(true));
        assert_eq!(
            bounded(|| all(MOST - 1).and(all(MOST - 1))),
            Err(Exhausted),
            "what is judged within counts"
        );
        assert_eq!(bounded(|| spend(Key::Long, MOST as usize * BYTES)), Err(Exhausted));
        assert_eq!(spend(Key::Short, usize::MAX), Ok(()), "nobody's file");
        assert_eq!(bounded(|| spend_made(usize::MAX)), Err(Exhausted));
    }
}
