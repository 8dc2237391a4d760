//! Use cases: open, file, certify, change, read.

mod certificate;
mod change;
mod export;
mod filing;
mod metadata;
mod open;
mod read;
mod register;

use std::sync::{Arc, Mutex, PoisonError, RwLock};

use copihue_core::{BucketKey, Clock, Error, Id, Random, Result, Timestamp};
use copihue_db::blobs::Blobs;
use copihue_db::{Conn, Db, Tx};

use crate::model::case::CaseRef;
use crate::model::document::Author;
use crate::model::number::Series;
use crate::panel::{CaseActs, CasePanel};
use crate::ports::{Act, Calendars, Evidence, Receipts, Sealer};
use crate::store;
use crate::store::case::CaseRow;
use crate::store::record::CaseRecord;

pub use change::{Assignee, Restriction};
pub(crate) use export::{Part, Prepared};
pub use read::DocumentFile;

/// How many rows (entries, trace) of cases are kept ready in memory: some 30 MB.
const CACHED: u64 = 60_000;

/// What case files are made of.
pub struct Parts {
    /// The database.
    pub db: Db,
    /// The present.
    pub clock: Arc<dyn Clock>,
    /// Random bytes for ids, codes and salts.
    pub random: Arc<dyn Random>,
    /// Turns institution codes into buckets.
    pub buckets: BucketKey,
    /// Where the bytes of documents are.
    pub blobs: Blobs,
    /// The calendar of today.
    pub calendar: Calendars,
    /// The transparency log.
    pub evidence: Arc<dyn Evidence>,
    /// What the log proves of what was written to it.
    pub receipts: Arc<dyn Receipts>,
    /// The institutions' seals.
    pub sealer: Arc<dyn Sealer>,
    /// Makes the PDF of certificates.
    pub documents: Arc<copihue_documents::Engine>,
    /// Where the platform answers, without a slash at the end: for verification addresses.
    pub base_url: String,
}

struct Inner {
    parts: Parts,
    cache: moka::sync::Cache<Id, Arc<CaseRecord>>,
    register: Mutex<register::Pending>,
    panels: RwLock<Vec<Arc<dyn CasePanel>>>,
    acts: RwLock<Vec<Arc<dyn CaseActs>>>,
}

/// The service. Cheap to clone.
#[derive(Clone)]
pub struct Casefiles(Arc<Inner>);

impl Casefiles {
    /// The service over its parts.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let weigh = |_: &Id, r: &Arc<CaseRecord>| {
            u32::try_from(r.entries.len() + r.trace.len() + 8).unwrap_or(u32::MAX)
        };
        let cache = moka::sync::Cache::builder().max_capacity(CACHED).weigher(weigh).build();
        Self(Arc::new(Inner {
            parts,
            cache,
            register: Mutex::default(),
            panels: RwLock::default(),
            acts: RwLock::default(),
        }))
    }

    /// Adds a part to the page of each case.
    pub fn add_panel(&self, panel: Arc<dyn CasePanel>) {
        self.0.panels.write().unwrap_or_else(PoisonError::into_inner).push(panel);
    }

    pub(crate) fn panels(&self) -> Vec<Arc<dyn CasePanel>> {
        self.0.panels.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Asks this service too what it did in a case.
    pub fn add_acts(&self, acts: Arc<dyn CaseActs>) {
        self.0.acts.write().unwrap_or_else(PoisonError::into_inner).push(acts);
    }

    pub(crate) fn others(&self) -> Vec<Arc<dyn CaseActs>> {
        self.0.acts.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn parts(&self) -> &Parts {
        &self.0.parts
    }

    fn db(&self) -> &Db {
        &self.parts().db
    }

    fn now(&self) -> Timestamp {
        self.parts().clock.now()
    }

    /// The case of this number in an institution.
    ///
    /// # Errors
    /// As [`Conn::query`].
    pub fn find(&self, conn: &mut Conn<'_>, institution: &str, iuie: &str) -> Result<Option<CaseRef>> {
        store::case::find(conn, self.parts().buckets.of_institution(institution), institution, iuie)
    }

    fn load(&self, conn: &mut Conn<'_>, case: &CaseRef) -> Result<CaseRow> {
        store::case::load(conn, case.id)?.ok_or_else(Error::not_found)
    }

    /// The next number of a series, in the civil day of the case's institution.
    fn number(&self, tx: &mut Tx<'_>, row: &CaseRow, series: Series) -> Result<String> {
        let day = row.zone.date(self.now());
        let institution = &row.case.institution;
        let bucket = self.parts().buckets.of_institution(institution);
        let n = store::case::next_number(tx, bucket, institution, series.prefix(), day)?;
        Ok(series.number(day, n))
    }

    /// Adds a line to the case's trace; the caller writes the row afterwards.
    fn trace(
        &self,
        tx: &mut Tx<'_>,
        row: &mut CaseRow,
        action: &str,
        detail: &str,
        by: &Author,
    ) -> Result<()> {
        let (actor, actor_id) = shown(by);
        let now = self.now();
        let n = row.trace_n + 1;
        let text = copihue_core::json::canonical(&serde_json::json!({
            "accion": action, "actor": actor, "detalle": detail, "exp": row.case.exp(), "n": n, "utc": now,
        }))?;
        let mut bytes = row.trace_head.to_vec();
        bytes.extend_from_slice(text.as_bytes());
        let hash = copihue_core::json::sha256(&bytes);
        let line = store::index::TraceRow {
            n,
            action,
            actor: &actor,
            actor_id,
            at: now,
            commune: row.commune.as_deref(),
            detail,
            prev: row.trace_head,
            hash,
        };
        store::index::insert_trace(tx, row.case.id, &line)?;
        (row.trace_n, row.trace_head) = (n, hash);
        Ok(())
    }

    /// Writes an act on a case to the log; each party finds it among what concerns them.
    fn testify(
        &self,
        tx: &mut Tx<'_>,
        case: Id,
        (kind, record): (&'static str, String),
        fields: &[(&'static str, serde_json::Value)],
    ) -> Result<()> {
        let concerns: Vec<Id> = store::case::parties(tx, case)?.iter().map(|p| p.person.id).collect();
        self.testify_to(tx, (kind, record), &concerns, fields)
    }

    fn testify_to(
        &self,
        tx: &mut Tx<'_>,
        (kind, record): (&'static str, String),
        concerns: &[Id],
        fields: &[(&'static str, serde_json::Value)],
    ) -> Result<()> {
        let mut fields = fields.to_vec();
        fields.push(("ts", serde_json::json!(self.now())));
        self.parts().evidence.append(tx, Act { kind, record, concerns, fields: &fields })
    }
}

/// How an author is shown, and their id.
fn shown(author: &Author) -> (String, Option<Id>) {
    match author {
        Author::Party(person) => (person.name.clone(), Some(person.id)),
        Author::Official(signer) if signer.post.is_empty() => (signer.name.clone(), signer.official),
        Author::Official(signer) => (format!("{}, {}", signer.name, signer.post), signer.official),
        Author::System(name) => ((*name).to_owned(), None),
    }
}
