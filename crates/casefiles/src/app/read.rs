//! Reading: find the case, find out what the reader is to it, decide on each document, register.

use std::sync::Arc;

use copihue_core::{Actor, Error, Id, Result, Run, Timestamp};
use serde_json::Value;

use super::Casefiles;
use super::register::row_of;
use crate::model::access::{Access, Decision, Facts, Reader, decide};
use crate::model::case::{CaseRef, CaseState};
use crate::model::chain::Skeleton;
use crate::model::codes::AccessLevel;
use crate::model::number::CaseKey;
use crate::model::view::{
    CaseSummary, CaseView, DocumentView, EntryView, FilingView, PartyView, Relation, TraceView,
};
use crate::store;
use crate::store::access::AccessRow;
use crate::store::case::{OFFICIAL, ROLE, UNIT};
use crate::store::index::{DocumentRow, EntryRow};
use crate::store::record::CaseRecord;

/// Roles that read any case of their institution with a reason (§7 row 8).
const OVERSEERS: [&str; 3] = ["auditor", "jefe_superior", "delegado_jefatura"];

/// A document's bytes for a reader who may have them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DocumentFile {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// The media type.
    pub media_type: String,
    /// A safe name for the disk.
    pub file_name: String,
    /// SHA-256.
    pub sha256: [u8; 32],
}

enum Found {
    One(Arc<CaseRecord>, Reader),
    /// Two institutions gave the person the same number.
    Several(Vec<CaseRef>),
    None(Vec<Id>),
}

impl Casefiles {
    /// A person's own cases, newest first, up to 200.
    ///
    /// # Errors
    /// `NotFound` when the actor isn't a person.
    pub async fn list(&self, actor: &Actor) -> Result<Vec<CaseSummary>> {
        let person = actor.person().ok_or_else(Error::not_found)?.id;
        self.db().read(move |c| store::case::of_person(c, person, 200)).await
    }

    /// A case as the actor may see it; the reading is registered.
    ///
    /// # Errors
    /// `NotFound` for a case that isn't the actor's, with the attempt registered; Conflict `expediente_ambiguo`
    /// when the number alone names two of the actor's cases: its context lists their keys.
    pub async fn case(&self, actor: &Actor, key: &CaseKey) -> Result<CaseView> {
        let (record, reader) = self.reach(actor, key).await?;
        let case = Some(record.row.case.id);
        self.note_reading(AccessRow { case, ..row_of(actor, "ver_ficha", &record.row.case.iuie) });
        Ok(view(&record, &reader, self.now()))
    }

    /// Whether the actor processes the case: for whoever is about to do something in it. A refusal is registered.
    ///
    /// # Errors
    /// As [`case`](Self::case); `NotFound` for one who may only look.
    pub async fn processes(&self, actor: &Actor, key: &CaseKey) -> Result<()> {
        let (record, reader) = self.reach(actor, key).await?;
        match related(&reader) {
            Relation::Processes => Ok(()),
            _ => Err(self.log_attempt(actor, &key.iuie, vec![record.row.case.id]).await?),
        }
    }

    /// The index as every reader of the case may have it, and its head: enough to verify the chain.
    ///
    /// # Errors
    /// As [`case`](Self::case).
    pub async fn index(&self, actor: &Actor, key: &CaseKey) -> Result<([u8; 32], Vec<Skeleton>)> {
        let (record, _) = self.reach(actor, key).await?;
        let case = Some(record.row.case.id);
        self.note_reading(AccessRow { case, ..row_of(actor, "ver_indice", &record.row.case.iuie) });
        Ok((record.row.head, record.entries.iter().map(|e| e.skeleton.clone()).collect()))
    }

    /// The filing certificates of a case, as (JSON, compact JWS), in order of reception.
    ///
    /// # Errors
    /// As [`case`](Self::case).
    pub async fn filing_certificates(&self, actor: &Actor, key: &CaseKey) -> Result<Vec<(Value, String)>> {
        let (record, _) = self.reach(actor, key).await?;
        Ok(record.filings.iter().map(|f| (f.certificate.clone(), f.jws.clone())).collect())
    }

    pub(super) async fn reach(&self, actor: &Actor, key: &CaseKey) -> Result<(Arc<CaseRecord>, Reader)> {
        let (this, who, wanted) = (self.clone(), actor.clone(), key.clone());
        match self.db().read(move |c| this.seek(c, &who, &wanted)).await? {
            Found::One(record, reader) => Ok((record, reader)),
            Found::Several(cases) => {
                let keys: Vec<String> =
                    cases.iter().map(|c| format!("{}:{}", c.institution, c.iuie)).collect();
                let text = "Usted tiene más de un expediente con este número. Elija la institución.";
                Err(keys
                    .into_iter()
                    .fold(Error::conflict("expediente_ambiguo", text), |e, key| e.field(key, "")))
            }
            Found::None(cases) => Err(self.log_attempt(actor, &key.iuie, cases).await?),
        }
    }

    fn seek(&self, conn: &mut copihue_db::Conn<'_>, actor: &Actor, key: &CaseKey) -> Result<Found> {
        let mut own = match actor.person() {
            Some(person) => store::case::own_with_number(conn, person.id, &key.iuie)?,
            None => Vec::new(),
        };
        own.retain(|c| key.institution.as_ref().is_none_or(|i| *i == c.institution));
        if actor.hat.is_none() && own.len() > 1 {
            return Ok(Found::Several(own));
        }
        // An official acts for their institution there, and for themselves nowhere else.
        let candidate = match &actor.hat {
            Some(hat) => self.find(conn, &hat.institution, &key.iuie)?,
            None => own.pop(),
        };
        let Some(case) = candidate else {
            return Ok(Found::None(store::case::with_number(conn, &key.iuie)?));
        };
        let record = self.record(conn, case.id)?;
        match relation(actor, &record) {
            Reader::Stranger => Ok(Found::None(vec![case.id])),
            reader => Ok(Found::One(record, reader)),
        }
    }

    /// From memory when nothing changed since: one look at the version.
    fn record(&self, conn: &mut copihue_db::Conn<'_>, id: Id) -> Result<Arc<CaseRecord>> {
        let version = store::case::version(conn, id)?.ok_or_else(Error::not_found)?;
        if let Some(record) = self.0.cache.get(&id).filter(|r| r.row.version == version) {
            return Ok(record);
        }
        let record = Arc::new(store::record::load(conn, id)?.ok_or_else(Error::not_found)?);
        self.0.cache.insert(id, Arc::clone(&record));
        Ok(record)
    }

    /// The bytes of entry `n`, for a reader who may have them. A sensitive reading is written first.
    ///
    /// # Errors
    /// `NotFound`; Forbidden `documento_de_otra_persona`; Unavailable when the stored bytes are damaged.
    pub async fn document(&self, actor: &Actor, key: &CaseKey, n: i64) -> Result<DocumentFile> {
        let (record, reader) = self.reach(actor, key).await?;
        let entry = record.entries.iter().find(|e| e.skeleton.n == n);
        let row = AccessRow {
            case: Some(record.row.case.id),
            n: Some(n),
            ..row_of(actor, "descargar", &record.row.case.iuie)
        };
        let Some((entry, document)) = entry.and_then(|e| Some((e, e.document.as_ref()?))) else {
            return Err(Error::not_found());
        };
        let decision = decide(&reader, &facts(document, self.now()));
        let row = AccessRow { rule: decision.row, ..row };
        match decision.access {
            Access::Allow => self.note_reading(row),
            Access::AllowLogged => self.write_access(row, "access.sensitive").await?,
            _ => {
                self.write_access(AccessRow { outcome: "denegado", ..row }, "access.denied").await?;
                return Err(decision.refusal());
            }
        }
        let bytes = self.parts().blobs.get(document.blob.sha256).await?;
        Ok(DocumentFile {
            bytes,
            media_type: document.media_type.clone(),
            file_name: file_name(entry, document),
            sha256: document.blob.sha256,
        })
    }
}

/// What the actor is to the case, at this request: the one rule of who may see a case, for each page that shows one.
fn relation(actor: &Actor, record: &CaseRecord) -> Reader {
    let Some(hat) = &actor.hat else {
        return match actor.person() {
            Some(person) if record.parties.iter().any(|p| p.person.id == person.id) => {
                Reader::Party(person.id)
            }
            _ => Reader::Stranger,
        };
    };
    if hat.institution != record.row.case.institution {
        return Reader::Stranger;
    }
    let responsible = &record.row.responsible;
    let official = hat.official.to_string();
    let named = |kind: &str, code: &str| record.assignments.iter().any(|(k, c)| k == kind && c == code);
    if responsible.official == Some(hat.official)
        || responsible.unit == hat.unit
        || named(UNIT, &hat.unit)
        || named(OFFICIAL, &official)
        || hat.roles.iter().any(|role| named(ROLE, role))
    {
        return Reader::Assigned { official: hat.official, reason: None };
    }
    let archives =
        actor.has_role("archivero") && matches!(record.row.state, CaseState::Closed | CaseState::Kept);
    if archives || OVERSEERS.iter().any(|role| actor.has_role(role)) {
        return Reader::Overseer { official: hat.official, reason: None };
    }
    Reader::Stranger
}

pub(super) fn facts(document: &DocumentRow, now: Timestamp) -> Facts<'_> {
    let over = document.level_until.is_some_and(|until| until <= now);
    Facts {
        condition: document.condition,
        level: if over { AccessLevel::Public } else { document.level },
        privacy: document.privacy,
        holders: &document.holders,
        granted: &document.granted,
    }
}

fn related(reader: &Reader) -> Relation {
    match reader {
        Reader::Assigned { .. } => Relation::Processes,
        Reader::Overseer { .. } => Relation::Oversees,
        Reader::Party(_) | Reader::Agent { .. } | Reader::Node | Reader::Stranger => Relation::Party,
    }
}

fn view(record: &CaseRecord, reader: &Reader, now: Timestamp) -> CaseView {
    let (row, relation) = (&record.row, related(reader));
    let run = |run: Run| (relation == Relation::Processes).then(|| run.to_string());
    CaseView {
        case: row.case.clone(),
        relation,
        title: row.title.clone(),
        subject: row.subject.clone(),
        procedure_code: row.procedure_code.clone(),
        procedure_name: row.procedure_name.clone(),
        institution_name: row.institution_name.clone(),
        zone: row.zone,
        state: row.state,
        responsible: row.responsible.clone(),
        parties: record
            .parties
            .iter()
            .map(|p| PartyView { person: p.person.id, name: p.person.name.clone(), run: run(p.person.run) })
            .collect(),
        opened_at: row.opened_at,
        changed_at: row.changed_at,
        entries: record.entries.iter().map(|e| entry_view(e, reader, now)).collect(),
        head: hex::encode(row.head),
        filings: record
            .filings
            .iter()
            .map(|f| FilingView {
                document: f.document.clone(),
                code: f.code,
                received: f.received,
                effective: f.effective,
                n: f.n,
            })
            .collect(),
        timeline: record
            .trace
            .iter()
            .map(|(action, actor, at, detail)| TraceView {
                action: action.clone(),
                at: *at,
                actor: actor.clone(),
                detail: detail.clone(),
            })
            .collect(),
    }
}

fn entry_view(entry: &EntryRow, reader: &Reader, now: Timestamp) -> EntryView {
    let access = match &entry.document {
        Some(document) => decide(reader, &facts(document, now)),
        None => Decision { row: 7, access: Access::MetadataOnly },
    };
    let shown = matches!(access.access, Access::Allow | Access::AllowLogged | Access::MetadataOnly);
    EntryView {
        n: entry.skeleton.n,
        class: entry.skeleton.clase,
        reference: entry.skeleton.id.clone(),
        incorporated_at: entry.skeleton.inc,
        received_at: entry.skeleton.rec,
        access,
        document: entry.document.as_ref().filter(|_| shown).map(|d| DocumentView {
            title: d.title.clone(),
            kind: d.kind,
            media_type: d.media_type.clone(),
            size: d.blob.size,
            sha256: hex::encode(d.blob.sha256),
            direction: d.direction,
            stage: d.stage,
            author: d.author.clone(),
            source: d.source.clone(),
            code: d.code,
            pages: d.pages,
        }),
    }
}

/// A name of letters, digits and hyphens, with the ending of the media type.
fn file_name(entry: &EntryRow, document: &DocumentRow) -> String {
    let ending = crate::export::ending(&document.media_type);
    let folded = copihue_core::text::fold(document.file_name.as_deref().unwrap_or(&document.title));
    let stem = folded.strip_suffix(&format!(".{ending}")).unwrap_or(&folded);
    let safe: String =
        stem.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).take(80).collect();
    format!("{}-{}.{ending}", entry.skeleton.id, safe.trim_matches('-'))
}
