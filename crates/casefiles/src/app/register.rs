//! The access register: sensitive readings and refusals at once, the others in batches of a second.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Mutex;
use std::time::Duration;

use copihue_core::{Actor, Bucket, Error, Id, Result, Timestamp};
use copihue_db::{Conn, Tx};
use serde_json::json;

use super::Casefiles;
use crate::model::case::CaseRef;
use crate::store;
use crate::store::access::{self, AccessLine, AccessRow};

/// A reading that needs no more than a line of the register.
const ORDINARY: &str = "access.read";
const PERMITTED: &str = "permitido";

/// How long an ordinary reading may wait in memory.
const EVERY: Duration = Duration::from_millis(800);

/// Ordinary readings that wait to be written: when each was first seen, and how many there were.
pub(super) type Pending = HashMap<AccessRow, (Timestamp, i64)>;

/// Who reads, as the register says it.
pub(super) fn row_of(actor: &Actor, action: &'static str, target: &str) -> AccessRow {
    AccessRow {
        case: None,
        person: actor.person().map(|p| p.id),
        official: actor.hat.as_ref().map(|h| h.official),
        unit: actor.hat.as_ref().map(|h| h.unit.clone()),
        institution: actor.hat.as_ref().map(|h| h.institution.clone()),
        action,
        target: target.to_owned(),
        n: None,
        outcome: PERMITTED,
        rule: 0,
        reason: None,
        trace: actor.trace.clone(),
    }
}

impl Casefiles {
    /// The access register of a case, oldest first. Whoever asks must have been let in to the case.
    ///
    /// # Errors
    /// As [`Conn::query`].
    pub fn access_register(&self, conn: &mut Conn<'_>, case: &CaseRef) -> Result<Vec<AccessLine>> {
        access::of_case(conn, case.id)
    }

    /// Notes an ordinary reading. Its trace is left out, so that a person who reloads a page is one line.
    pub(super) fn note_reading(&self, mut row: AccessRow) {
        row.trace = String::new();
        let now = self.now();
        lock(&self.0.register).entry(row).or_insert((now, 0)).1 += 1;
    }

    /// Writes a reading before the first byte, or a refusal before the answer.
    pub(super) async fn write_access(&self, row: AccessRow, kind: &'static str) -> Result<()> {
        self.write_accesses(vec![row], kind).await
    }

    /// The same of several, all or none.
    pub(super) async fn write_accesses(&self, rows: Vec<AccessRow>, kind: &'static str) -> Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let this = self.clone();
        self.db()
            .write(move |tx| {
                let mut watched = Watched::default();
                rows.iter()
                    .try_for_each(|row| this.insert_access(tx, &mut watched, row, (this.now(), 1), kind))
            })
            .await
    }

    fn insert_access(
        &self,
        tx: &mut Tx<'_>,
        watched: &mut Watched,
        row: &AccessRow,
        (at, times): (Timestamp, i64),
        kind: &'static str,
    ) -> Result<()> {
        let bucket = row.case.or(row.person).map_or(Bucket::new(0), |id| id.bucket());
        let id = Id::new(at, bucket, &*self.parts().random);
        access::insert(tx, id, at, row, times)?;
        if kind == ORDINARY && row.official.is_none() {
            return Ok(());
        }
        let (case, concerns) = watched.told(tx, row)?;
        let fields = [
            ("outcome", json!(row.outcome)),
            ("rule", json!(row.rule)),
            ("action", json!(row.action)),
            ("at", json!(at)),
            ("case", json!(case)),
            ("n", json!(row.n)),
            ("official", json!(row.official)),
            ("unit", json!(row.unit)),
            ("institution", json!(row.institution)),
            ("reason", json!(row.reason)),
            ("times", json!(times)),
        ];
        self.testify_to(tx, (kind, id.to_string()), &concerns, &fields)
    }

    /// Writes the readings that wait; answers how many lines. An official's reading is a leaf of the log of its own; one
    /// leaf stands for all of the batch.
    ///
    /// # Errors
    /// When the database doesn't answer; the readings wait for the next time.
    pub async fn flush_register(&self) -> Result<usize> {
        let batch: Vec<_> = std::mem::take(&mut *lock(&self.0.register)).into_iter().collect();
        if batch.is_empty() {
            return Ok(0);
        }
        let (this, rows) = (self.clone(), batch.clone());
        let written = self.db().write(move |tx| this.write_batch(tx, &rows)).await;
        if written.is_err() {
            let mut waiting = lock(&self.0.register);
            for (row, (at, times)) in batch {
                waiting.entry(row).or_insert((at, 0)).1 += times;
            }
        }
        written
    }

    fn write_batch(&self, tx: &mut Tx<'_>, rows: &[(AccessRow, (Timestamp, i64))]) -> Result<usize> {
        let mut watched = Watched::default();
        for (row, seen) in rows {
            self.insert_access(tx, &mut watched, row, *seen, ORDINARY)?;
        }
        let batch = Id::new(self.now(), Bucket::new(0), &*self.parts().random);
        self.testify_to(tx, ("access.batch", batch.to_string()), &[], &[("rows", json!(rows.len()))])?;
        Ok(rows.len())
    }

    /// Writes the waiting readings each second until the handle is aborted.
    #[must_use]
    pub fn start(&self) -> tokio::task::JoinHandle<()> {
        let this = self.clone();
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(EVERY).await;
                if let Err(error) = this.flush_register().await {
                    tracing::error!(%error, "the access register could not be written");
                }
            }
        })
    }

    /// An attempt on a case that isn't the actor's: written on each case of that number, or on the person.
    pub(super) async fn log_attempt(&self, actor: &Actor, iuie: &str, cases: Vec<Id>) -> Result<Error> {
        let row = AccessRow { outcome: "denegado", rule: 10, ..row_of(actor, "ver_ficha", iuie) };
        let cases = if cases.is_empty() { vec![None] } else { cases.into_iter().map(Some).collect() };
        let rows = cases.into_iter().map(|case| AccessRow { case, ..row.clone() }).collect();
        self.write_accesses(rows, "access.denied").await?;
        Ok(Error::not_found())
    }
}

/// The cases that a batch looks at and their parties, each read once.
#[derive(Default)]
struct Watched(HashMap<Id, Option<(CaseRef, Vec<Id>)>>);

impl Watched {
    /// The case that was looked at, and who must learn of it: its parties, but for the reader. What officials of other
    /// bodies or private persons tried in vain is not told, or anybody could fill anybody's list.
    fn told(&mut self, tx: &mut Tx<'_>, row: &AccessRow) -> Result<(Option<String>, Vec<Id>)> {
        let Some((case, parties)) = self.case(tx, row.case)? else { return Ok((None, Vec::new())) };
        let told = row.outcome == PERMITTED || row.institution.as_ref() == Some(&case.institution);
        let reader = row.person.filter(|_| row.official.is_none());
        let concerns = parties.iter().filter(|party| told && reader != Some(**party)).copied();
        Ok((Some(case.exp()), concerns.collect()))
    }

    fn case(&mut self, tx: &mut Tx<'_>, case: Option<Id>) -> Result<Option<&(CaseRef, Vec<Id>)>> {
        let Some(case) = case else { return Ok(None) };
        let known = match self.0.entry(case) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let found = store::case::load(tx, case)?;
                let parties = store::case::parties(tx, case)?.into_iter().map(|party| party.person.id);
                new.insert(found.map(|row| (row.case, parties.collect())))
            }
        };
        Ok(known.as_ref())
    }
}

fn lock(pending: &Mutex<Pending>) -> std::sync::MutexGuard<'_, Pending> {
    pending.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
