//! Takes missing entries from a copy: first all of them are checked against a checkpoint that we signed, then they are
//! appended, a bundle a transaction.

use std::collections::BTreeMap;
use std::sync::Arc;

use copihue_core::{Error, Result, Timestamp};
use copihue_db::Tx;
use copihue_tlog::merkle::{Frontier, Hash, leaf_hash};
use copihue_tlog::tile::WIDTH;
use serde_json::Value;

use super::LogCopy;
use crate::ledger::Ledger;
use crate::record::{Family, Field, Profile, Record};
use crate::sequence::{current, grow, place};
use crate::store::{self, Pending, Signed, lease};

impl Ledger {
    /// Brings the log up to `target`; answers how many entries that took.
    pub(super) async fn pull(&self, family: Family, target: &Signed, copy: &LogCopy) -> Result<u64> {
        let mut frontier = self.inner.db.read(move |conn| Ok(current(conn, family)?.frontier)).await?;
        let size = frontier.size();
        let hashes = self.check_copy(family, target, copy, &mut frontier).await?;
        for (n, hash) in (size / WIDTH..).zip(hashes) {
            let (from, entries) = self.bundle_from(family, target, copy, n, size).await?;
            if digest(&entries) != hash {
                return Err(Error::unavailable("the copy has changed while it was read"));
            }
            let (holder, now) = (self.inner.holder, self.inner.clock.now());
            let adopt = move |tx: &mut Tx<'_>| {
                lease::require(tx, &holder)?;
                adopt(tx, family, from, &entries, now)
            };
            self.inner.db.write(adopt).await?;
        }
        let (target, holder, now) = (target.clone(), self.inner.holder, self.inner.clock.now());
        let shown = move |tx: &mut Tx<'_>| {
            lease::require(tx, &holder)?;
            store::insert_checkpoint(tx, family, &target, now, Some(now))
        };
        self.inner.db.write(shown).await?;
        Ok(frontier.size() - size)
    }

    /// Reads every missing entry once, keeping only a hash for each bundle. An error when they don't give the
    /// checkpoint's root.
    async fn check_copy(
        &self,
        family: Family,
        target: &Signed,
        copy: &LogCopy,
        frontier: &mut Frontier,
    ) -> Result<Vec<Hash>> {
        let (size, mut hashes) = (frontier.size(), Vec::new());
        for n in size / WIDTH..target.size.div_ceil(WIDTH) {
            let (_, entries) = self.bundle_from(family, target, copy, n, size).await?;
            entries.iter().for_each(|entry| frontier.push(leaf_hash(entry.as_bytes())));
            hashes.push(digest(&entries));
        }
        if frontier.root() == target.root {
            Ok(hashes)
        } else {
            Err(Error::unavailable("the copy's entries don't continue ours to the checkpoint"))
        }
    }

    /// The entries of bundle `n` from `size` on, with the place of the first.
    async fn bundle_from(
        &self,
        family: Family,
        target: &Signed,
        copy: &LogCopy,
        n: u64,
        size: u64,
    ) -> Result<(u64, Vec<String>)> {
        let first = n * WIDTH;
        let width = (target.size - first).min(WIDTH);
        let mut entries = copy.bundle(&self.inner.net, family, n, width).await?;
        let known = size.saturating_sub(first).min(width);
        Ok((first + known, entries.split_off(known as usize)))
    }

    /// That entries came back is an event of its own.
    pub(super) async fn record_recovery(&self, family: Family, size: u64, count: u64) -> Result<()> {
        let record = Record {
            family: Family::Admin,
            kind: "ledger_recovered",
            record_id: format!("{}/{size}/{}", family.name(), self.inner.clock.now().millis()),
            subject: None,
            fields: vec![
                Field::plain("ledger", family.name()),
                Field::plain("size", size),
                Field::plain("entries", count),
            ],
        };
        let ledger = Arc::new(self.clone());
        self.inner.db.write(move |tx| ledger.append(tx, record.clone())).await
    }
}

fn digest(entries: &[String]) -> Hash {
    copihue_core::json::sha256(entries.join("\n").as_bytes())
}

/// Appends entries whose records may be lost. One that still waits here for its place gets the place that it had.
fn adopt(tx: &mut Tx<'_>, family: Family, from: u64, entries: &[String], now: Timestamp) -> Result<()> {
    if current(tx, family)?.frontier.size() != from {
        return Err(Error::unavailable("ledger: the log has grown while it was recovered"));
    }
    let waiting: BTreeMap<String, Pending> =
        store::pending(tx, family, usize::MAX >> 1)?.into_iter().map(|r| (r.entry.clone(), r)).collect();
    for (index, entry) in (from..).zip(entries) {
        match waiting.get(entry) {
            Some(record) => place(tx, family, record, index)?,
            None => {
                let (record_id, kind) = described(family, entry);
                let record_id = record_id.as_deref();
                store::insert_recovered(tx, (family, index), (record_id, &kind), entry, now)?;
            }
        }
    }
    grow(tx, family, entries.iter().map(String::as_str)).map(drop)
}

/// Id and kind, as far as the entry tells them: an open ledger's entry is the record itself.
fn described(family: Family, entry: &str) -> (Option<String>, String) {
    let entry: Value = serde_json::from_str(entry).unwrap_or_default();
    let text = |name: &str| entry.get(name).and_then(Value::as_str).map(str::to_owned);
    let record_id = if family.profile() == Profile::Open { text("id") } else { None };
    (record_id, text("k").unwrap_or_else(|| "recovered".to_owned()))
}
