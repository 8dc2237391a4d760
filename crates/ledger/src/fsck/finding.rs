//! What a check can find: a closed list of verdicts, each with its place.

use serde_json::{Value, json};

/// What is wrong.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Verdict {
    /// What is kept of a record isn't what its entry commits to.
    RecordMismatch,
    /// Nothing is kept of a record but its entry.
    RecordLost,
    /// An entry isn't the one that was signed.
    EntryMismatch,
    /// An entry is gone.
    MissingEntry,
    /// An entry stands where the log doesn't reach.
    StrayEntry,
    /// A tile isn't what its entries give.
    TileMismatch,
    /// The state from which the log goes on isn't what its entries give.
    TreeMismatch,
    /// Entries and tiles agree, but in something else than what was signed.
    RootMismatch,
    /// Two checkpoints that were signed can't both belong to one log.
    Fork,
    /// The log is shorter than what was signed.
    Truncated,
    /// A checkpoint that others hold is larger than all that is here.
    Rollback,
    /// A stored checkpoint isn't signed by this log's key.
    SignatureMismatch,
    /// A stored checkpoint is another log's.
    OriginMismatch,
    /// A witness's signature under a stored checkpoint fails.
    CosignatureMismatch,
    /// An anchor in time isn't of the checkpoint beside which it stands.
    AnchorMismatch,
    /// An act left no event.
    MissingEvent,
    /// An event has no act.
    OrphanEvent,
    /// An act's row isn't what its event says.
    ActMismatch,
    /// A record says a time at which it can't have been appended.
    TimeSuspect,
}

impl Verdict {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::RecordMismatch => "record_mismatch",
            Self::RecordLost => "record_lost",
            Self::EntryMismatch => "entry_mismatch",
            Self::MissingEntry => "missing_entry",
            Self::StrayEntry => "stray_entry",
            Self::TileMismatch => "tile_mismatch",
            Self::TreeMismatch => "tree_mismatch",
            Self::RootMismatch => "root_mismatch",
            Self::Fork => "fork",
            Self::Truncated => "truncated",
            Self::Rollback => "rollback",
            Self::SignatureMismatch => "signature_mismatch",
            Self::OriginMismatch => "origin_mismatch",
            Self::CosignatureMismatch => "cosignature_mismatch",
            Self::AnchorMismatch => "anchor_mismatch",
            Self::MissingEvent => "missing_event",
            Self::OrphanEvent => "orphan_event",
            Self::ActMismatch => "act_mismatch",
            Self::TimeSuspect => "time_suspect",
        }
    }

    /// Only worth a look: whatever else the log holds is as it was signed.
    #[must_use]
    pub const fn is_warning(self) -> bool {
        matches!(self, Self::TimeSuspect | Self::RecordLost)
    }
}

/// Where something is wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// The entries from the first up to, not including, the second.
    Entries(u64, u64),
    /// A tile: level and place.
    Tile(u8, u64),
    /// A checkpoint, by its size.
    Checkpoint(u64),
    /// The stored state, by its size.
    Tree(u64),
    /// Not in the log: where a service keeps its own.
    Store,
}

/// One thing that is wrong.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// What.
    pub verdict: Verdict,
    /// Where.
    pub place: Place,
    /// In plain Spanish, for whoever must mend it.
    pub text: String,
}

impl Finding {
    /// For machines.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut value =
            json!({"verdict": self.verdict.code(), "warning": self.verdict.is_warning(), "text": self.text});
        match self.place {
            Place::Entries(from, to) => {
                value["index"] = json!(from);
                value["end"] = json!(to);
            }
            Place::Tile(level, n) => value["tile"] = json!({"level": level, "n": n}),
            Place::Checkpoint(size) => value["checkpoint"] = json!(size),
            Place::Tree(size) => value["tree"] = json!(size),
            Place::Store => {}
        }
        value
    }
}

/// As many as anyone reads.
const MAX: usize = 100;

/// What was found so far: the first ones whole, all counted.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Findings {
    /// The first hundred, in the order of the log.
    pub first: Vec<Finding>,
    /// How many faults there are.
    pub faults: u64,
    /// How many warnings.
    pub warnings: u64,
}

impl Findings {
    pub(super) fn add(&mut self, verdict: Verdict, place: Place, text: impl Into<String>) {
        if verdict.is_warning() {
            self.warnings += 1;
        } else {
            self.faults += 1;
        }
        // Neighbours that are wrong in the same way are one thing.
        if let (Some(last), Place::Entries(from, to)) = (self.first.last_mut(), place)
            && last.verdict == verdict
            && let Place::Entries(first, end) = last.place
            && end == from
        {
            last.place = Place::Entries(first, to);
            return;
        }
        if self.first.len() < MAX {
            self.first.push(Finding { verdict, place, text: text.into() });
        }
    }
}
