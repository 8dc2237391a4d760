//! What is kept of each record, computed again; and whether its time can be true.

use std::collections::HashMap;
use std::sync::Arc;

use copihue_core::{Error, Id, Result, Timestamp};
use serde_json::{Map, Value};

use super::deeds::Told;
use super::{Deeds, Findings, Place, Verdict};
use crate::append::subject_label;
use crate::ledger::Inner;
use crate::record::Family;
use crate::sealed::SubjectKey;
use crate::sealed::audit::{KeyState, Recomputed, recompute};
use crate::store::audit::{self, Kept, Placed};

/// A transaction may take so long from its beginning to its commit.
const SLACK_MS: i64 = 60_000;
/// Persons' keys that are held at once.
const HELD: usize = 10_000;

pub(super) struct Records<'a> {
    inner: &'a Inner,
    family: Family,
    keys: HashMap<Id, Option<(Arc<SubjectKey>, Timestamp)>>,
    /// When the last checkpoint was signed that does not cover the next record.
    signed_before: Option<Timestamp>,
    told: Told,
    pub(super) count: u64,
    pub(super) erased: u64,
}

impl<'a> Records<'a> {
    pub(super) fn new(inner: &'a Inner, family: Family, deeds: &[Arc<dyn Deeds>]) -> Self {
        let told = Told::new(deeds, family);
        Self { inner, family, keys: HashMap::new(), signed_before: None, told, count: 0, erased: 0 }
    }

    /// After the last record.
    pub(super) fn finish(&mut self, findings: &mut Findings) -> Result<()> {
        self.told.compare(&self.inner.db, findings)
    }

    /// A checkpoint that covers all records so far.
    pub(super) const fn signed(&mut self, at: Timestamp) {
        self.signed_before = Some(at);
    }

    /// Opens what is kept of a record, when it was read.
    pub(super) fn check(
        &mut self,
        placed: &Placed,
        signed_after: Option<Timestamp>,
        findings: &mut Findings,
    ) -> Result<()> {
        let Some(kept) = &placed.kept else { return Ok(()) };
        self.count += 1;
        let (family, inner) = (self.family, self.inner);
        let stored = kept.sealed(&placed.entry);
        let mut keys = |person| self.key(person, kept.created_at);
        let recomputed = recompute(family, (&kept.record_id, &kept.kind), &stored, &inner.master, &mut keys)?;
        let place = Place::Entries(placed.index, placed.index + 1);
        match recomputed {
            Recomputed::Same { erased, plain } => {
                self.erased += erased as u64;
                self.check_time(placed.index, kept, &plain, signed_after, findings);
                self.told.event(&inner.db, (placed.index, &kept.record_id), &plain, findings)?;
            }
            Recomputed::Lost => {
                let text =
                    format!("De la entrada {} solo queda la entrada: el hecho se perdió.", placed.index);
                findings.add(Verdict::RecordLost, place, text);
            }
            Recomputed::Different(why) => {
                let text = format!("El hecho guardado de la entrada {} no es el suyo: {why}.", placed.index);
                findings.add(Verdict::RecordMismatch, place, text);
            }
        }
        Ok(())
    }

    /// The person's key as it was when the record was appended.
    fn key(&mut self, person: Id, appended: Timestamp) -> Result<KeyState> {
        if self.keys.len() >= HELD {
            self.keys.clear();
        }
        let held = match self.keys.get(&person) {
            Some(held) => held.clone(),
            None => {
                let read = self.read_key(person)?;
                self.keys.insert(person, read.clone());
                read
            }
        };
        Ok(match held {
            Some((key, since)) if since <= appended => KeyState::Present(key),
            _ => KeyState::Destroyed,
        })
    }

    fn read_key(&self, person: Id) -> Result<Option<(Arc<SubjectKey>, Timestamp)>> {
        let family = self.family;
        let read = move |conn: &mut copihue_db::Conn<'_>| audit::subject_key_since(conn, family, person);
        let Some((sealed, since)) = self.inner.db.read_blocking(read)? else { return Ok(None) };
        let label = subject_label(family, &person);
        let key = self.inner.master.open_key(&label, &sealed);
        let key = key.map_err(|_| Error::internal("ledger: a subject key can't be opened"))?;
        Ok(Some((Arc::new(SubjectKey::new(&key)), since)))
    }

    /// A9: what a record says of its time lies between the checkpoint before it and the one that covers it.
    fn check_time(
        &self,
        index: u64,
        kept: &Kept,
        plain: &Map<String, Value>,
        signed_after: Option<Timestamp>,
        findings: &mut Findings,
    ) {
        let least = self.signed_before.map(|at| at.millis() - SLACK_MS);
        let most = signed_after.map(|at| at.millis() + SLACK_MS);
        let impossible = |at: Timestamp| {
            least.is_some_and(|least| at.millis() < least) || most.is_some_and(|most| at.millis() > most)
        };
        let says = [Some(kept.created_at), time_inside(plain)];
        let Some(at) = says.into_iter().flatten().find(|at| impossible(*at)) else { return };
        let bound = |at: Option<Timestamp>| at.map_or_else(|| "—".to_owned(), |at| at.to_string());
        let text = format!(
            "La entrada {index} dice {at}, y se agregó entre {} y {}.",
            bound(self.signed_before),
            bound(signed_after)
        );
        findings.add(Verdict::TimeSuspect, Place::Entries(index, index + 1), text);
    }
}

/// When the act happened, where its record says it in the clear.
fn time_inside(plain: &Map<String, Value>) -> Option<Timestamp> {
    let written = plain.get("ts").and_then(Value::as_str).and_then(Timestamp::parse);
    written.or_else(|| plain.get("at").and_then(Value::as_i64).map(Timestamp::from_millis))
}
