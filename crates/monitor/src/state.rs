//! What a follower remembers between two looks, on disk before anything is built on it.

use std::io::Write;
use std::path::{Path, PathBuf};

use copihue_tlog::checkpoint::Checkpoint;
use copihue_tlog::growth::Growth;
use copihue_tlog::note::Note;
use serde::{Deserialize, Serialize};

use crate::trouble::Trouble;

/// What was seen of a log, and its tree as far as the entries were read.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// The last checkpoint whose entries were all read and gave its root.
    pub seen: Option<String>,
    /// A larger one, signed as well, whose entries are being read.
    pub goal: Option<String>,
    pub(crate) growth: Growth,
    file: Option<PathBuf>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    v: u8,
    seen: Option<String>,
    goal: Option<String>,
    tree: String,
}

impl State {
    /// What the file remembers; nothing when there is none. Saved there from now on.
    ///
    /// # Errors
    /// When it can't be read, or doesn't hold together.
    pub fn open(file: &Path) -> Result<Self, Trouble> {
        let fresh = Self { file: Some(file.to_path_buf()), ..Self::default() };
        let text = match std::fs::read_to_string(file) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(fresh),
            Err(e) => return Err(Trouble::state(format_args!("{}: {e}", file.display()))),
        };
        let broken =
            || Trouble::state(format_args!("{} está dañado; bórrelo y empiece de nuevo", file.display()));
        let stored: Stored = serde_json::from_str(&text).map_err(|_| broken())?;
        let tree = hex::decode(&stored.tree).map_err(|_| broken())?;
        let growth = Growth::from_bytes(&tree).filter(|_| stored.v == 1).ok_or_else(broken)?;
        let state = Self { seen: stored.seen, goal: stored.goal, growth, ..fresh };
        let seen = state.seen.as_deref().map(head).transpose()?;
        match seen {
            Some(seen) if state.growth.size() == seen.size && state.growth.root() != seen.root => {
                Err(broken())
            }
            _ => Ok(state),
        }
    }

    /// Entries read so far.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.growth.size()
    }

    /// The last checkpoint that held.
    pub(crate) fn seen_head(&self) -> Result<Option<Checkpoint>, Trouble> {
        self.seen.as_deref().map(head).transpose()
    }

    /// The largest checkpoint that was signed, whether or not all of it was read.
    pub(crate) fn largest(&self) -> Result<Option<(Checkpoint, &str)>, Trouble> {
        let largest = self.goal.as_deref().or(self.seen.as_deref());
        largest.map(|note| Ok((head(note)?, note))).transpose()
    }

    /// Writes it down, durably.
    pub(crate) fn save(&self) -> Result<(), Trouble> {
        let Some(file) = &self.file else { return Ok(()) };
        let tree = hex::encode(self.growth.to_bytes());
        let stored = Stored { v: 1, seen: self.seen.clone(), goal: self.goal.clone(), tree };
        let text = serde_json::to_vec(&stored).map_err(Trouble::state)?;
        replace(file, &text).map_err(|e| Trouble::state(format_args!("{}: {e}", file.display())))
    }
}

fn head(note: &str) -> Result<Checkpoint, Trouble> {
    let note = Note::parse(note).ok();
    let head = note.and_then(|note| Checkpoint::parse(&note.text));
    head.ok_or_else(|| Trouble::state("el punto de control guardado no se puede leer"))
}

/// A file is always the old one or the whole new one, also after a power cut.
pub(crate) fn replace(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut name = file.file_name().unwrap_or_default().to_os_string();
    name.push(".part");
    let partial = folder.join(name);
    let mut out = std::fs::File::create(&partial)?;
    out.write_all(bytes)?;
    out.sync_all()?;
    std::fs::rename(&partial, file)?;
    std::fs::File::open(folder)?.sync_all()
}
