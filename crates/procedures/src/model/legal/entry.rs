//! Order of entry (PRO-25, LBPA 7): an earlier case of the same kind goes first, unless a reason is kept.

use copihue_core::Timestamp;

/// A case in a queue.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Arrival {
    /// Its number.
    pub iuie: String,
    /// When it legally came in.
    pub effective: Timestamp,
    /// Whether somebody has it already.
    pub taken: bool,
}

/// The earliest free case of the queue that taking `iuie` would skip.
#[must_use]
pub fn skipped<'a>(queue: &'a [Arrival], iuie: &str) -> Option<&'a Arrival> {
    let mine = queue.iter().find(|a| a.iuie == iuie)?;
    queue
        .iter()
        .filter(|a| !a.taken && (a.effective, &a.iuie) < (mine.effective, &mine.iuie))
        .min_by_key(|a| (a.effective, &a.iuie))
}
