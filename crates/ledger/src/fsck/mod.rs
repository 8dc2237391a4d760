//! The keeper kept: everything that is stored of a log is computed again, and the first difference named (LED-08).
//!
//! Records give commitments, commitments entries, entries leaf hashes, leaf hashes tiles, tiles the roots of all
//! checkpoints that were ever signed. One pass over the rows in little memory; nothing that is stored is believed. What
//! the store can't know by itself (that it was put back as a whole) is told by a checkpoint that somebody else holds.

mod anchors;
mod deeds;
mod finding;
mod known;
mod records;
mod signed;
mod start;
mod walk;

use std::sync::{Arc, mpsc};

use copihue_core::{Error, Result, Timestamp};
use copihue_db::Db;
use serde_json::{Value, json};

pub use deeds::Deeds;
pub use finding::{Finding, Findings, Place, Verdict};
pub use known::Known;

use crate::ledger::Ledger;
use crate::record::Family;
use crate::store::audit::{self, Reading};
use copihue_tlog::policy::Policy;
use copihue_tlog::tile::WIDTH;
use start::Start;
use walk::{Page, Walk};

/// Tiles' worth of entries that are read at once.
const TILES: u64 = 16;
const SPAN: u64 = TILES * WIDTH;

/// How deep the check goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Depth {
    /// Also what is kept of each record, as far as its keys exist.
    #[default]
    Records,
    /// Entries, tiles, roots, signatures.
    Tree,
}

/// Reads a timestamp (RFC 3161 `TimeStampResp`, DER) over these bytes: its instant, or in Spanish why it proves none.
pub type ReadAnchor = fn(&[u8], &[u8]) -> std::result::Result<Timestamp, String>;

/// What is checked.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// These ledgers; all when empty.
    pub families: Vec<Family>,
    /// How deep.
    pub depth: Depth,
    /// Whose cosignatures must hold where they stand.
    pub policy: Option<Policy>,
    /// Checkpoints that somebody else holds.
    pub known: Vec<Known>,
    /// What services did, to be held against their events.
    pub deeds: Vec<Arc<dyn Deeds>>,
    /// Reads the anchors in time; without it they are not looked at.
    pub anchors: Option<ReadAnchor>,
}

/// How far the check is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Progress {
    /// The ledger.
    pub family: Family,
    /// Entries checked.
    pub done: u64,
    /// Of so many.
    pub total: u64,
    /// As many since it was told last.
    pub step: u64,
}

/// What was found in one ledger.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The ledger.
    pub family: Family,
    /// The name under which it signs.
    pub origin: String,
    /// Entries.
    pub size: u64,
    /// Records that have no place yet.
    pub waiting: u64,
    /// Checkpoints that were signed.
    pub checkpoints: u64,
    /// Records that were opened and computed again.
    pub records: u64,
    /// Fields whose key was destroyed.
    pub erased: u64,
    /// Anchors in time that were read again.
    pub anchors: u64,
    /// What is wrong.
    pub findings: Findings,
}

impl Checked {
    /// Whether everything is as it was signed.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.findings.faults == 0
    }

    /// For machines.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({
            "ledger": self.family.name(), "origin": self.origin, "size": self.size, "waiting": self.waiting,
            "checkpoints": self.checkpoints, "records": self.records, "erased": self.erased, "anchors": self.anchors,
            "clean": self.is_clean(), "faults": self.findings.faults, "warnings": self.findings.warnings,
            "findings": self.findings.first.iter().map(Finding::to_json).collect::<Vec<_>>(),
        })
    }
}

/// The host under which a store's logs were signed, as its last checkpoint says. For whoever was not told.
///
/// # Errors
/// As [`Db::read_blocking`].
pub fn signed_host(db: &Db) -> Result<Option<String>> {
    let note = db.read_blocking(audit::latest_note)?;
    let origin = note.as_deref().and_then(|note| note.lines().next());
    Ok(origin.and_then(|origin| origin.rsplit_once("/ledger/")).map(|(host, _)| host.to_owned()))
}

impl Ledger {
    /// Computes everything that is stored again. For threads that may block; a log that goes on growing meanwhile is
    /// checked as far as it was at the beginning.
    ///
    /// # Errors
    /// When the store can't be read to its end: nothing is known then.
    pub fn fsck(&self, options: &Options, progress: &mut dyn FnMut(Progress)) -> Result<Vec<Checked>> {
        let chosen = |family: &Family| options.families.is_empty() || options.families.contains(family);
        let mut all = Vec::new();
        for family in Family::ALL.into_iter().filter(chosen) {
            all.push(self.fsck_one(family, options, progress)?);
        }
        Ok(all)
    }

    fn fsck_one(
        &self,
        family: Family,
        options: &Options,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Checked> {
        let start = self.inner.db.read_blocking(move |conn| Start::read(conn, family))?;
        let mut walk = Walk::new(&self.inner, family, options, start)?;
        let total = walk.end();
        // One thread reads ahead while the other computes.
        let (sender, pages) = mpsc::sync_channel::<Result<Page>>(2);
        let reading = match options.depth {
            Depth::Records => Reading::Records,
            Depth::Tree => Reading::Entries,
        };
        let db = self.inner.db.clone();
        std::thread::scope(|scope| {
            scope.spawn(move || {
                for from in (0..total).step_by(SPAN as usize) {
                    let page = db.read_blocking(move |conn| {
                        let entries = audit::placed(conn, family, (from, SPAN), reading)?;
                        let tiles = audit::tiles(conn, family, 0, (from / WIDTH, TILES))?;
                        Ok(Page { from, entries, tiles })
                    });
                    if sender.send(page).is_err() {
                        return;
                    }
                }
            });
            for page in pages {
                let page = page?;
                let (from, done) = (page.from, (page.from + SPAN).min(total));
                walk.page(page)?;
                progress(Progress { family, done, total, step: done - from });
            }
            Ok::<(), Error>(())
        })?;
        let mut checked = walk.finish()?;
        if let Some(read) = options.anchors {
            checked.anchors = anchors::compare(&self.inner.db, family, read, &mut checked.findings)?;
        }
        for deeds in options.deeds.iter().filter(|deeds| deeds.family() == family) {
            deeds::compare(&self.inner.db, deeds, &mut checked.findings)?;
        }
        Ok(checked)
    }
}
