//! Whether a checkpoint continues what was cosigned before.

use copihue_tlog::merkle::{Hash, empty_root, verify_consistency};

use super::answer::{Answer, Refusal};
use super::request::Request;

/// What we cosigned last of a log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Known {
    pub(crate) size: u64,
    pub(crate) root: Hash,
    /// Seconds: of the cosignature.
    pub(crate) time: u64,
}

/// A checkpoint that may be cosigned.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Step {
    /// Larger than what we know.
    Grown,
    /// What we know already: only the time is new.
    Again,
}

/// Judges a request against what we know; 409 and 422 come as `Err`.
pub(crate) fn decide(known: Option<&Known>, request: &Request) -> Result<Step, Answer> {
    let size = known.map_or(0, |known| known.size);
    if request.old != size {
        return Err(Answer::OtherSize(size));
    }
    let (new, root) = (request.checkpoint.size, &request.checkpoint.root);
    if new == 0 && *root != empty_root() {
        return Err(Answer::Refused(Refusal::EmptyRoot));
    }
    if size == 0 && !request.proof.is_empty() {
        return Err(Answer::Refused(Refusal::ProofFromNothing));
    }
    let old_root = known.map_or_else(empty_root, |known| known.root);
    if new == size && *root != old_root {
        return Err(Answer::Refused(Refusal::Fork));
    }
    if !verify_consistency(size, &old_root, new, root, &request.proof) {
        return Err(Answer::Refused(Refusal::Inconsistent));
    }
    Ok(if known.is_some() && new == size { Step::Again } else { Step::Grown })
}

/// The time of the next cosignature: now, but never before the last one, or we would have said that something smaller was
/// the largest that we had seen. `None` when the clock tells no time that may be signed.
pub(crate) fn time(known: Option<&Known>, now_millis: i64) -> Option<u64> {
    let now = u64::try_from(now_millis / 1000).ok().filter(|seconds| *seconds > 0)?;
    Some(now.max(known.map_or(0, |known| known.time)))
}
