//! Checkpoints: what a log says of itself at a size.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::merkle::Hash;
use crate::tile::decimal;

/// Origin, size and root: the text of a signed note.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Checkpoint {
    /// The log's address without scheme, which is its key's name as well.
    pub origin: String,
    /// How many entries.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
}

impl Checkpoint {
    /// Reads the text of a note. Extension lines are tolerated, never written.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let lines: Vec<&str> = text.strip_suffix('\n')?.split('\n').collect();
        let [origin, size, root, extensions @ ..] = lines.as_slice() else { return None };
        let sound = !origin.is_empty() && extensions.iter().all(|line| !line.is_empty());
        let root = BASE64_STANDARD.decode(root).ok()?.try_into().ok()?;
        let size = decimal(size)?;
        sound.then(|| Self { origin: (*origin).to_owned(), size, root })
    }

    /// The text that is signed.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, BASE64_STANDARD.encode(self.root))
    }
}
