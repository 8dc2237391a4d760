//! The request by which a log asks a witness for its cosignature (C2SP tlog-witness).

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::merkle::Hash;
use crate::tile::decimal;

/// A consistency proof never has more hashes.
const MAX_HASHES: usize = 63;

/// The body of `POST /add-checkpoint`, taken apart; nothing in it is checked yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AddCheckpoint {
    /// The size that the log believes the witness to have cosigned last; 0 when none.
    pub old: u64,
    /// Shows that the tree of `old` entries begins the one of the checkpoint.
    pub proof: Vec<Hash>,
    /// The signed note, verbatim.
    pub checkpoint: String,
}

impl AddCheckpoint {
    /// Parts a body into what stands before the checkpoint, and the checkpoint: a witness says first whether it knows the log.
    #[must_use]
    pub fn split(body: &str) -> Option<(&str, &str)> {
        body.split_once("\n\n")
    }

    /// Reads what stands before the checkpoint: `old <size>`, then the hashes. `None` for anything not written exactly so.
    #[must_use]
    pub fn parse_head(head: &str) -> Option<(u64, Vec<Hash>)> {
        let mut lines = head.split('\n');
        let old = decimal(lines.next()?.strip_prefix("old ")?)?;
        let hash = |line: &str| -> Option<Hash> { BASE64_STANDARD.decode(line).ok()?.try_into().ok() };
        let proof: Vec<Hash> = lines.take(MAX_HASHES + 1).map(hash).collect::<Option<_>>()?;
        (proof.len() <= MAX_HASHES).then_some((old, proof))
    }
}

/// The body.
impl std::fmt::Display for AddCheckpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "old {}", self.old)?;
        for hash in &self.proof {
            writeln!(f, "{}", BASE64_STANDARD.encode(hash))?;
        }
        write!(f, "\n{}", self.checkpoint)
    }
}
