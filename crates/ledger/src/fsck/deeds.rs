//! A8: no act without its event, no event without its act. What a service did is told by the service itself.

use std::fmt::Debug;
use std::sync::Arc;

use copihue_core::Result;
use copihue_db::{Conn, Db};
use serde_json::{Map, Value};

use super::{Findings, Place, Verdict};
use crate::record::Family;
use crate::store::{self, audit};

/// How many are compared in one snapshot.
const PAGE: usize = 512;

/// One kind of act that leaves exactly one event each.
pub trait Deeds: Debug + Send + Sync {
    /// The log of its events.
    fn family(&self) -> Family;

    /// How the record ids of its events begin, and no others: `payment.succeeded/`.
    fn prefix(&self) -> &'static str;

    /// The next acts, in any order that can be continued: a cursor and the record id of each.
    ///
    /// # Errors
    /// When they can't be read.
    fn page(&self, conn: &mut Conn<'_>, after: Option<&[u8]>, limit: usize)
    -> Result<Vec<(Vec<u8>, String)>>;

    /// Whether there is the act of this record id.
    ///
    /// # Errors
    /// When it can't be read.
    fn is_there(&self, conn: &mut Conn<'_>, record_id: &str) -> Result<bool>;

    /// What the act's own row says, by the names of its event's fields: only those that both have are compared. `None`, where there is no
    /// row or nothing of it can be held against the event.
    ///
    /// # Errors
    /// When it can't be read.
    fn says(&self, conn: &mut Conn<'_>, record_id: &str) -> Result<Option<Map<String, Value>>> {
        let _ = (conn, record_id);
        Ok(None)
    }
}

/// Events as they were opened, to be held against the rows of their acts.
#[derive(Debug)]
pub(super) struct Told {
    deeds: Vec<Arc<dyn Deeds>>,
    waiting: Vec<Event>,
}

#[derive(Debug)]
struct Event {
    index: u64,
    record_id: String,
    fields: Map<String, Value>,
}

impl Told {
    /// Of the acts of one log.
    pub(super) fn new(deeds: &[Arc<dyn Deeds>], family: Family) -> Self {
        let of_family = deeds.iter().filter(|d| d.family() == family).map(Arc::clone);
        Self { deeds: of_family.collect(), waiting: Vec::new() }
    }

    /// An event whose fields are open.
    pub(super) fn event(
        &mut self,
        db: &Db,
        (index, record_id): (u64, &str),
        fields: &Map<String, Value>,
        findings: &mut Findings,
    ) -> Result<()> {
        if !self.deeds.iter().any(|d| record_id.starts_with(d.prefix())) {
            return Ok(());
        }
        self.waiting.push(Event { index, record_id: record_id.to_owned(), fields: fields.clone() });
        if self.waiting.len() < PAGE { Ok(()) } else { self.compare(db, findings) }
    }

    /// Those that wait. An event is never older than its row, so each page may be read by itself.
    pub(super) fn compare(&mut self, db: &Db, findings: &mut Findings) -> Result<()> {
        let (deeds, events) = (self.deeds.clone(), std::mem::take(&mut self.waiting));
        let changed = db.read_blocking(move |conn| {
            let mut changed = Vec::new();
            for event in &events {
                let Some(of) = deeds.iter().find(|d| event.record_id.starts_with(d.prefix())) else {
                    continue;
                };
                let Some(says) = of.says(conn, &event.record_id)? else { continue };
                let differs = |(name, value): (&String, &Value)| {
                    let told = event.fields.get(name);
                    told.filter(|told| *told != value).map(|_| name.clone())
                };
                if let Some(field) = says.iter().find_map(differs) {
                    changed.push((event.index, event.record_id.clone(), field));
                }
            }
            Ok(changed)
        })?;
        for (index, id, field) in changed {
            let text = format!("El acto de {id} ya no es el de su huella: cambió «{field}».");
            findings.add(Verdict::ActMismatch, Place::Entries(index, index + 1), text);
        }
        Ok(())
    }
}

/// Holds acts and events against each other. Act and event are one transaction, so each page is compared in one snapshot.
pub(super) fn compare(db: &Db, deeds: &Arc<dyn Deeds>, findings: &mut Findings) -> Result<()> {
    missing(db, deeds, findings)?;
    orphans(db, deeds, findings)
}

fn missing(db: &Db, deeds: &Arc<dyn Deeds>, findings: &mut Findings) -> Result<()> {
    let mut after: Option<Vec<u8>> = None;
    loop {
        let (deeds, from) = (Arc::clone(deeds), after.clone());
        let (last, count, missing) = db.read_blocking(move |conn| {
            let acts = deeds.page(conn, from.as_deref(), PAGE)?;
            let mut missing = Vec::new();
            for (_, id) in &acts {
                if store::record(conn, deeds.family(), id)?.is_none() {
                    missing.push(id.clone());
                }
            }
            Ok((acts.last().map(|(cursor, _)| cursor.clone()), acts.len(), missing))
        })?;
        for id in missing {
            let text = format!("Hay un acto sin su huella: falta el hecho {id}.");
            findings.add(Verdict::MissingEvent, Place::Store, text);
        }
        if count < PAGE {
            return Ok(());
        }
        after = last;
    }
}

fn orphans(db: &Db, deeds: &Arc<dyn Deeds>, findings: &mut Findings) -> Result<()> {
    let mut after = deeds.prefix().to_owned();
    loop {
        let (deeds, from) = (Arc::clone(deeds), after.clone());
        let (last, count, orphans) = db.read_blocking(move |conn| {
            let events = audit::events_after(conn, deeds.family(), (deeds.prefix(), &from), PAGE)?;
            let mut orphans = Vec::new();
            for (id, index) in &events {
                if !deeds.is_there(conn, id)? {
                    orphans.push((id.clone(), *index));
                }
            }
            Ok((events.last().map(|(id, _)| id.clone()), events.len(), orphans))
        })?;
        for (id, index) in orphans {
            let text = format!("Hay una huella sin su acto: {id}.");
            let place = index.map_or(Place::Store, |index| Place::Entries(index, index + 1));
            findings.add(Verdict::OrphanEvent, place, text);
        }
        match last {
            Some(last) if count == PAGE => after = last,
            _ => return Ok(()),
        }
    }
}
