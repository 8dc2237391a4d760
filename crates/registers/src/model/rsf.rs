//! A whole register in one file (RSF): tab-separated lines that anybody can check with nothing but a trust policy.
//!
//! Each entry follows its item. Our dialect adds a sixth column with who decided and why, since the log's leaf says it,
//! and a last line with the signed checkpoint:
//! ```text
//! assert-root-hash⇥sha-256:{hex}
//! add-item⇥{json}
//! append-entry⇥user⇥{key}⇥{instant}⇥sha-256:{hex}⇥{json}
//! assert-root-hash⇥sha-256:{hex}
//! assert-checkpoint⇥{base64 of the signed note}
//! ```

use std::io::{BufRead, Read};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use copihue_core::{Result, Timestamp, json};
use copihue_tlog::merkle::{Frontier, Hash, leaf_hash};
use copihue_tlog::policy::Policy;
use copihue_tlog::{Accepted, Reason, verify_checkpoint};
use serde::{Deserialize, Serialize};

use super::entry::{Current, Decision, Entry, leaf};
use super::item::{Item, ItemHash};

/// The longest line that is read.
const MAX_LINE: u64 = 64 * 1024;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Why {
    by: String,
    reason: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    who: Option<String>,
}

/// The line that says what root the entries before it have.
#[must_use]
pub fn root_line(root: &Hash) -> String {
    format!("assert-root-hash\tsha-256:{}\n", hex::encode(root))
}

/// The line with the signed checkpoint.
#[must_use]
pub fn checkpoint_line(note: &str) -> String {
    format!("assert-checkpoint\t{}\n", BASE64_STANDARD.encode(note))
}

/// The two lines of an entry.
///
/// # Errors
/// Internal when it can't be written.
pub fn entry_lines(current: &Current) -> Result<String> {
    let Entry { key, at, item, decision, .. } = &current.entry;
    let why =
        Why { by: decision.by.clone(), reason: decision.reason.clone(), who: decision.who.map(hex::encode) };
    let (body, why) = (current.item.canonical()?, json::canonical(&why)?);
    Ok(format!("add-item\t{body}\nappend-entry\tuser\t{key}\t{at}\t{item}\t{why}\n"))
}

/// What is wrong with a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// A line that no such file has.
    Format,
    /// An entry whose item is not the one before it.
    Item,
    /// The entries have another root than the file says: one was edited, moved, left out or put in.
    Root,
    /// No signed checkpoint at the end.
    Incomplete,
    /// The checkpoint is not believed.
    Checkpoint(Reason),
    /// The checkpoint is of another register.
    Register,
}

impl Fault {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Format => "formato",
            Self::Item => "contenido",
            Self::Root => "raiz",
            Self::Incomplete => "incompleto",
            Self::Checkpoint(reason) => reason.code(),
            Self::Register => "otro_registro",
        }
    }

    /// What it means, in Spanish.
    #[must_use]
    pub const fn explanation(self) -> &'static str {
        match self {
            Self::Format => "la línea no tiene la forma de una copia de un registro",
            Self::Item => "el contenido no es el que la entrada dice",
            Self::Root => "una entrada fue cambiada, movida, quitada o agregada",
            Self::Incomplete => "falta la firma del final: baje el registro completo",
            Self::Checkpoint(reason) => reason.explanation(),
            Self::Register => "la copia es de otro registro",
        }
    }

    /// Whether the copy may be good, but this policy can't tell (exit code 2 instead of 1).
    #[must_use]
    pub const fn is_undecided(self) -> bool {
        matches!(self, Self::Checkpoint(reason) if reason.is_undecided())
    }
}

/// Where a file is wrong, and how.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("línea {line}: {} [{}]", fault.explanation(), fault.code())]
pub struct BadCopy {
    /// From 1.
    pub line: u64,
    /// What is wrong.
    pub fault: Fault,
}

/// A file that holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GoodCopy {
    /// Its signed checkpoint.
    pub accepted: Accepted,
    /// How many entries it has.
    pub entries: u64,
}

/// Checks a file line by line, in memory that doesn't grow with it: each item against its entry, the root over all
/// entries against the signed checkpoint, and that against a policy. `register` names the one that is expected.
///
/// # Errors
/// The first [`BadCopy`].
pub fn verify(
    reader: impl BufRead,
    policy: &Policy,
    register: Option<&str>,
) -> std::result::Result<GoodCopy, BadCopy> {
    let mut check = Check { frontier: Frontier::default(), item: None, note: None };
    let mut lines = Lines { reader, line: 0, buffer: Vec::new() };
    while let Some(text) = lines.next()? {
        let taken = check.take(text);
        taken.map_err(|fault| BadCopy { line: lines.line, fault })?;
    }
    check.finish(policy, register).map_err(|fault| BadCopy { line: lines.line, fault })
}

struct Lines<R> {
    reader: R,
    line: u64,
    buffer: Vec<u8>,
}

impl<R: BufRead> Lines<R> {
    fn next(&mut self) -> std::result::Result<Option<&str>, BadCopy> {
        self.line += 1;
        let bad = BadCopy { line: self.line, fault: Fault::Format };
        self.buffer.clear();
        let read = (&mut self.reader).take(MAX_LINE).read_until(b'\n', &mut self.buffer).map_err(|_| bad)?;
        if read == 0 {
            return Ok(None);
        }
        let line = self.buffer.strip_suffix(b"\n").ok_or(bad)?;
        std::str::from_utf8(line).map(Some).map_err(|_| bad)
    }
}

struct Check {
    frontier: Frontier,
    /// The item that waits for its entry.
    item: Option<Item>,
    note: Option<String>,
}

impl Check {
    fn take(&mut self, line: &str) -> std::result::Result<(), Fault> {
        if self.note.is_some() {
            return Err(Fault::Format);
        }
        let (command, rest) = line.split_once('\t').ok_or(Fault::Format)?;
        match command {
            "add-item" if self.item.is_none() => {
                let item = Item::parse(rest).map_err(|_| Fault::Format)?;
                let canonical = item.canonical().map_err(|_| Fault::Format)?;
                self.item = Some(item);
                if canonical == rest { Ok(()) } else { Err(Fault::Format) }
            }
            "append-entry" => self.entry(rest),
            "assert-root-hash" if self.item.is_none() => {
                let root: ItemHash = rest.parse().map_err(|_| Fault::Format)?;
                if root.0 == self.frontier.root() { Ok(()) } else { Err(Fault::Root) }
            }
            "assert-checkpoint" if self.item.is_none() => {
                let note = BASE64_STANDARD.decode(rest).ok().and_then(|bytes| String::from_utf8(bytes).ok());
                self.note = Some(note.ok_or(Fault::Format)?);
                Ok(())
            }
            _ => Err(Fault::Format),
        }
    }

    fn entry(&mut self, rest: &str) -> std::result::Result<(), Fault> {
        let columns: Vec<&str> = rest.split('\t').collect();
        let ["user", key, at, item, why] = columns.as_slice() else { return Err(Fault::Format) };
        let entry = self.parsed(key, at, item, why).ok_or(Fault::Format)?;
        let content = self.item.take().ok_or(Fault::Item)?;
        if content.hash().ok() != Some(entry.item) {
            return Err(Fault::Item);
        }
        let leaf = leaf(&entry, &content).map_err(|_| Fault::Format)?;
        self.frontier.push(leaf_hash(leaf.as_bytes()));
        Ok(())
    }

    fn parsed(&self, key: &str, at: &str, item: &str, why: &str) -> Option<Entry> {
        let why: Why = serde_json::from_str(why).ok()?;
        let who = match why.who {
            Some(text) => Some(hex::decode(text).ok()?.try_into().ok()?),
            None => None,
        };
        // Written another way, the instant would be another leaf.
        let instant = Timestamp::parse(at).filter(|instant| instant.to_string() == at)?;
        Some(Entry {
            number: self.frontier.size() + 1,
            key: key.to_owned(),
            item: item.parse().ok()?,
            at: instant,
            decision: Decision { by: why.by, reason: why.reason, who },
        })
    }

    fn finish(self, policy: &Policy, register: Option<&str>) -> std::result::Result<GoodCopy, Fault> {
        let note = self.note.ok_or(Fault::Incomplete)?;
        let accepted = verify_checkpoint(&note, policy).map_err(Fault::Checkpoint)?;
        let expected = register.map(|name| format!("/register/{name}"));
        if expected.is_some_and(|end| !accepted.checkpoint.origin.ends_with(&end)) {
            return Err(Fault::Register);
        }
        let entries = self.frontier.size();
        if accepted.checkpoint.size != entries || accepted.checkpoint.root != self.frontier.root() {
            return Err(Fault::Root);
        }
        Ok(GoodCopy { accepted, entries })
    }
}
