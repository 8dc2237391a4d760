//! Checkpoints that somebody else holds: what a store that was put back as a whole can't know of itself.

use copihue_tlog::checkpoint::Checkpoint;
use copihue_tlog::note::{Note, VerifierKey};
use copihue_tlog::proof::TlogProof;

/// A checkpoint from outside: of a witness, a monitor, a copy, or under somebody's receipt.
#[derive(Clone, Debug)]
pub struct Known {
    note: Note,
    /// What it says.
    pub checkpoint: Checkpoint,
}

impl Known {
    /// Reads a signed checkpoint, or the one that a receipt carries. `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let proof = TlogProof::parse(text);
        let note = Note::parse(proof.as_ref().map_or(text, |proof| &proof.checkpoint)).ok()?;
        let checkpoint = Checkpoint::parse(&note.text)?;
        Some(Self { note, checkpoint })
    }

    /// Whether this log signed it: only then is it evidence.
    pub(super) fn is_signed_by(&self, key: &VerifierKey) -> bool {
        self.checkpoint.origin == key.name()
            && self.note.verify(std::slice::from_ref(key)).is_ok_and(|valid| !valid.is_empty())
    }
}
