//! Appending: one insert in the transaction of the act.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use copihue_core::{Error, Id, Result, Timestamp, random};
use copihue_db::{Conn, Tx};

use crate::ledger::{Inner, Ledger};
use crate::record::{Family, Field, Record};
use crate::sealed::{self, SubjectKey, SubjectKeys};
use crate::store;

const SUBJECT: &[u8] = b"copihue/subject-key/v1";

impl Ledger {
    /// Appends an event in the transaction of the act: no evidence without act, no act without evidence (LED-01).
    /// Appending the same again changes nothing.
    ///
    /// # Errors
    /// Conflict `registro_distinto` when the id was used for other content; Unavailable `registro_detenido` while the
    /// ledger is stopped; Internal when the record can't be committed to.
    pub fn append(&self, tx: &mut Tx<'_>, record: Record) -> Result<()> {
        self.append_concerning(tx, record, &[])
    }

    /// [`append`](Self::append) of an event that concerns others besides its subject, such as every party of a case: it
    /// stands in the list of each.
    ///
    /// # Errors
    /// As [`append`](Self::append).
    pub fn append_concerning(&self, tx: &mut Tx<'_>, record: Record, others: &[Id]) -> Result<()> {
        let prepared = Prepared { record: record.checked()?, others: others.to_vec(), sealed: None };
        self.append_prepared(tx, &prepared)
    }

    /// Does an append's arithmetic before the transaction, where it delays nobody else's.
    ///
    /// # Errors
    /// Internal when the record can't be committed to.
    pub fn prepare(&self, record: Record) -> Result<Prepared> {
        let record = record.checked()?;
        let mut keys = KeysAtHand { inner: &self.inner, family: record.family };
        // A person whose key is not at hand is left to the transaction, which may have to make it.
        let sealed = sealed::seal(&record, &self.inner.master, &*self.inner.random, &mut keys).ok();
        Ok(Prepared { record, others: Vec::new(), sealed })
    }

    /// [`append`](Self::append) of what was prepared before.
    ///
    /// # Errors
    /// As [`append`](Self::append).
    pub fn append_prepared(&self, tx: &mut Tx<'_>, prepared: &Prepared) -> Result<()> {
        let record = &prepared.record;
        self.usable(record.family)?;
        let now = self.inner.clock.now();
        let fresh;
        let sealed = match &prepared.sealed {
            Some(sealed) => sealed,
            None => {
                let mut keys = KeysForWriting { inner: &self.inner, tx, family: record.family, now };
                fresh = sealed::seal(record, &self.inner.master, &*self.inner.random, &mut keys)?;
                &fresh
            }
        };
        let place = (record.family, record.record_id.as_str(), record.kind);
        let seq = record.place().unwrap_or_else(|| self.inner.order.next(now));
        let concerns = store::person::packed(&prepared.concerns());
        if !store::insert_record(tx, place, seq, sealed, concerns, now)? {
            return self.same_again(tx, record, now);
        }
        let inner = Arc::clone(&self.inner);
        tx.on_commit(move || inner.wake.notify_one());
        Ok(())
    }

    fn same_again(&self, tx: &mut Tx<'_>, record: &Record, now: Timestamp) -> Result<()> {
        let stored = store::record(tx, record.family, &record.record_id)?
            .ok_or_else(|| Error::internal("ledger: a record is taken and not there"))?;
        let mut keys = KeysForWriting { inner: &self.inner, tx, family: record.family, now };
        if sealed::is_same(record, &stored.sealed, &self.inner.master, &mut keys)? {
            return Ok(());
        }
        tracing::error!(
            ledger = record.family.name(),
            kind = record.kind,
            "record id used for other content"
        );
        Err(Error::conflict("registro_distinto", "Este hecho ya está registrado con otro contenido.")
            .context(format_args!("ledger {} {}", record.family.name(), record.kind)))
    }

    /// Destroys a person's keys and the list of their events: what was committed under the keys becomes noise; trees,
    /// proofs and others' fields stay valid (LED-05). Leaves an `admin` event with the number of keys and the reason. Answers that number.
    ///
    /// # Errors
    /// As [`append`](Self::append).
    pub fn erase_subject(&self, tx: &mut Tx<'_>, person: Id, reason: &str) -> Result<u64> {
        let count = store::delete_subject_keys(tx, person)?;
        store::person::forget(tx, person)?;
        let inner = Arc::clone(&self.inner);
        forget(&inner, person);
        tx.on_commit(move || forget(&inner, person));
        let now = self.inner.clock.now();
        let event: [u8; 16] = random::bytes(&*self.inner.random);
        self.append(
            tx,
            Record {
                family: Family::Admin,
                kind: "subject_keys_destroyed",
                record_id: hex::encode(event),
                subject: None,
                fields: vec![
                    Field::plain("count", count),
                    Field::plain("reason", reason),
                    Field::plain("ts", now.to_string()),
                ],
            },
        )?;
        Ok(count)
    }
}

fn forget(inner: &Inner, person: Id) {
    for family in Family::ALL {
        inner.subjects.invalidate(&(person, family));
    }
}

/// A record with its commitments, ready to be inserted.
pub struct Prepared {
    record: Record,
    others: Vec<Id>,
    sealed: Option<sealed::Sealed>,
}

impl Prepared {
    /// In whose list it stands.
    fn concerns(&self) -> Vec<Id> {
        let mut persons: Vec<Id> = self.record.subject.into_iter().collect();
        for other in &self.others {
            if !persons.contains(other) {
                persons.push(*other);
            }
        }
        persons
    }
}

/// Only the keys in memory.
struct KeysAtHand<'a> {
    inner: &'a Inner,
    family: Family,
}

impl SubjectKeys for KeysAtHand<'_> {
    fn key(&mut self, person: Id) -> Result<Option<Arc<SubjectKey>>> {
        Ok(self.inner.subjects.get(&(person, self.family)))
    }
}

/// Keys for a record that is being written: made when there are none.
struct KeysForWriting<'a, 't, 'c> {
    inner: &'a Arc<Inner>,
    tx: &'t mut Tx<'c>,
    family: Family,
    now: Timestamp,
}

impl SubjectKeys for KeysForWriting<'_, '_, '_> {
    fn key(&mut self, person: Id) -> Result<Option<Arc<SubjectKey>>> {
        let place = (person, self.family);
        if let Some(key) = self.inner.subjects.get(&place) {
            return Ok(Some(key));
        }
        let label = subject_label(self.family, &person);
        let fresh: [u8; 32] = random::bytes(&*self.inner.random);
        let fresh = self.inner.master.seal(&*self.inner.random, &label, &fresh)?;
        let sealed = store::subject_key_or_insert(self.tx, self.family, person, &fresh, self.now)?;
        let key = Arc::new(SubjectKey::new(&self.inner.master.open_key(&label, &sealed)?));
        // Only what was committed may be remembered.
        let (inner, kept) = (Arc::clone(self.inner), Arc::clone(&key));
        self.tx.on_commit(move || inner.subjects.insert(place, kept));
        Ok(Some(key))
    }
}

/// Keys for reading: `None` when they were destroyed.
pub(crate) struct KeysForReading<'a, 't, 'c> {
    pub(crate) inner: &'a Inner,
    pub(crate) conn: &'t mut Conn<'c>,
    pub(crate) family: Family,
}

impl SubjectKeys for KeysForReading<'_, '_, '_> {
    fn key(&mut self, person: Id) -> Result<Option<Arc<SubjectKey>>> {
        let Some(sealed) = store::subject_key(self.conn, self.family, person)? else { return Ok(None) };
        let key = self.inner.master.open_key(&subject_label(self.family, &person), &sealed)?;
        Ok(Some(Arc::new(SubjectKey::new(&key))))
    }
}

pub(crate) fn subject_label(family: Family, person: &Id) -> [&[u8]; 3] {
    [SUBJECT, family.name().as_bytes(), person.as_bytes().as_slice()]
}

/// Numbers that grow with time and never repeat in this process.
#[derive(Debug, Default)]
pub(crate) struct Order(AtomicI64);

impl Order {
    fn next(&self, now: Timestamp) -> i64 {
        let least = now.millis() << 20;
        let step = |last: i64| Some(last.saturating_add(1).max(least));
        match self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, step) {
            Ok(last) | Err(last) => last.saturating_add(1).max(least),
        }
    }
}
