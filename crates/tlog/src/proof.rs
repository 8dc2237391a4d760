//! `.tlog-proof` files: one entry's inclusion under a checkpoint, to be checked offline.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::merkle::Hash;
use crate::tile::decimal;

const HEADER: &str = "c2sp.org/tlog-proof@v1";
const MAX_HASHES: usize = 64;

/// A proof file taken apart; nothing in it is checked yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TlogProof {
    /// Not authenticated: may only feed the recomputation of the leaf.
    pub extra: Option<Vec<u8>>,
    /// The entry's place.
    pub index: u64,
    /// The audit path, the leaf's sibling first.
    pub path: Vec<Hash>,
    /// The signed note, verbatim.
    pub checkpoint: String,
}

impl TlogProof {
    /// Reads a proof file. `None` for anything not written exactly so.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix(HEADER)?.strip_prefix('\n')?;
        let (head, checkpoint) = rest.split_once("\n\n")?;
        let mut lines = head.split('\n').peekable();
        let extra = match lines.next_if(|line| line.starts_with("extra ")) {
            Some(line) => Some(BASE64_STANDARD.decode(line.strip_prefix("extra ")?).ok()?),
            None => None,
        };
        let index = decimal(lines.next()?.strip_prefix("index ")?)?;
        let hash = |line: &str| -> Option<Hash> { BASE64_STANDARD.decode(line).ok()?.try_into().ok() };
        let path: Vec<Hash> = lines.take(MAX_HASHES + 1).map(hash).collect::<Option<_>>()?;
        (path.len() <= MAX_HASHES).then(|| Self { extra, index, path, checkpoint: checkpoint.to_owned() })
    }
}

/// The file.
impl std::fmt::Display for TlogProof {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{HEADER}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", BASE64_STANDARD.encode(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        for hash in &self.path {
            writeln!(f, "{}", BASE64_STANDARD.encode(hash))?;
        }
        write!(f, "\n{}", self.checkpoint)
    }
}
