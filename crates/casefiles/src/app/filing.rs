//! Documents enter the index; what a party files is certified at once.

use copihue_core::{Error, Result, Timestamp, VerificationCode, random};
use copihue_db::Tx;
use copihue_db::jobs::{self, NewJob};
use serde_json::{Map, Value, json};

use super::{Casefiles, shown};
use crate::export::CERTIFICATE;
use crate::model::case::{CaseRef, case_closed};
use crate::model::chain::{self, EntryClass, Skeleton};
use crate::model::codes::Sensitivity;
use crate::model::document::{Author, EntryRef, NewEntry, Privacy};
use crate::model::filing::{Declaration, Effective, Filing, FilingCertificate};
use crate::model::metadata::{self, DocumentContext};
use crate::model::number::Series;
use crate::store;
use crate::store::case::CaseRow;
use crate::store::index::{ActRow, FilingRow, MetadataRow, NewRow};

/// The job that makes the PDF of a filing certificate.
pub(crate) const CERTIFICATE_JOB: &str = "casefiles.certificate";

impl Casefiles {
    /// Files a document: a number, an entry of the chain, metadata, trace.
    ///
    /// # Errors
    /// `expediente_cerrado`; `archivo_vacio`, `metadato_obligatorio`, `metadato_condicional`.
    pub fn file(&self, tx: &mut Tx<'_>, case: &CaseRef, entry: &NewEntry) -> Result<EntryRef> {
        let mut row = self.load(tx, case)?;
        let filed = self.add_document(tx, &mut row, entry, None)?;
        self.save(tx, &mut row)?;
        Ok(filed)
    }

    pub(super) fn save(&self, tx: &mut Tx<'_>, row: &mut CaseRow) -> Result<()> {
        row.changed_at = self.now().max(row.changed_at);
        store::case::update(tx, row)?;
        row.version += 1;
        Ok(())
    }

    /// Adds a document under a number of its own, or one that was given out before.
    pub(super) fn add_document(
        &self,
        tx: &mut Tx<'_>,
        row: &mut CaseRow,
        entry: &NewEntry,
        reserved: Option<String>,
    ) -> Result<EntryRef> {
        entry.check()?;
        if !row.state.takes_documents() {
            return Err(case_closed());
        }
        let document = match reserved {
            Some(number) => number,
            None => self.number(tx, row, Series::Document)?,
        };
        let now = self.now();
        self.keep_metadata(tx, row, entry, &document, now)?;
        let n =
            self.add_entry(tx, row, EntryClass::Documento, &document, entry.received_at, &detail(entry))?;
        store::index::insert_document(tx, row.case.id, n, &document, &shown(&entry.author).0, entry)?;
        if !entry.signers.is_empty() {
            self.keep_act(tx, row, entry, &document)?;
        }
        if entry.privacy == Privacy::Sensitive && row.sensitivity == Sensitivity::Ordinary {
            // One sensitive document makes the case sensitive (MGDEE6_4).
            row.sensitivity = Sensitivity::Sensitive;
            let code = row.sensitivity.code();
            self.revise(tx, row, &entry.author, "documento sensible", |json| json["MGDEE6_4"] = json!(code))?;
        }
        self.trace(tx, row, "incorporar", &document, &entry.author)?;
        Ok(EntryRef { document, n, sha256: entry.blob.sha256 })
    }

    /// Adds an entry to the end of the chain (EXP-51). `inc` is never earlier than the case's last change.
    pub(super) fn add_entry(
        &self,
        tx: &mut Tx<'_>,
        row: &mut CaseRow,
        class: EntryClass,
        reference: &str,
        received: Timestamp,
        detail: &Value,
    ) -> Result<i64> {
        let salt: [u8; 16] = random::bytes(&*self.parts().random);
        let skeleton = Skeleton {
            c: hex::encode(chain::commitment(&salt, detail)?),
            clase: class,
            exp: row.case.exp(),
            id: reference.to_owned(),
            inc: self.now().max(row.changed_at),
            n: row.n + 1,
            rec: received,
        };
        let hash = skeleton.link(&row.head)?;
        let new = NewRow { skeleton: &skeleton, salt, detail, hash };
        store::index::insert_entry(tx, row.case.id, &new)?;
        let fields = [("n", json!(skeleton.n)), ("head", json!(hex::encode(hash)))];
        let record = format!("{}/{}", row.case.exp(), skeleton.n);
        self.testify(tx, row.case.id, ("casefile.entry", record), &fields)?;
        (row.n, row.head, row.changed_at) = (skeleton.n, hash, skeleton.inc);
        Ok(skeleton.n)
    }

    fn keep_metadata(
        &self,
        tx: &mut Tx<'_>,
        row: &CaseRow,
        entry: &NewEntry,
        document: &str,
        at: Timestamp,
    ) -> Result<()> {
        let context = DocumentContext {
            document,
            institution: &row.case.institution,
            institution_number: row.institution_number,
            institution_name: &row.institution_name,
            commune: row.commune.as_deref(),
            procedure_code: &row.procedure_code,
            procedure_name: &row.procedure_name,
            at,
        };
        let json = metadata::of_document(entry, &context);
        metadata::check_document(&json)?;
        let (actor, _) = shown(&entry.author);
        let version =
            MetadataRow { entity: document, json: &json, actor: &actor, at, reason: "incorporación" };
        store::index::add_metadata(tx, row.case.id, &version)?;
        Ok(())
    }

    fn keep_act(&self, tx: &mut Tx<'_>, row: &CaseRow, entry: &NewEntry, document: &str) -> Result<()> {
        let signers: Vec<String> = entry.signers.iter().map(|s| format!("{}, {}", s.name, s.post)).collect();
        let signers = signers.join("; ");
        let dated = row.zone.date(entry.received_at);
        let act = ActRow { document, number: document, dated, kind: entry.kind, signers: &signers };
        store::index::insert_act(tx, row.case.id, &act)
    }

    /// Certifies a filing (EXP-06): six legal fields sealed at once, and a PDF in the case by a durable job.
    ///
    /// # Errors
    /// When the institution has no seal, or the calendar doesn't reach that far.
    pub fn certify_filing(
        &self,
        tx: &mut Tx<'_>,
        case: &CaseRef,
        filing: &Filing,
    ) -> Result<FilingCertificate> {
        let mut row = self.load(tx, case)?;
        let effective = self.effective(&row, filing.received_at)?;
        let document = self.number(tx, &row, Series::Document)?;
        let code = VerificationCode::new(&*self.parts().random);
        let places = filing.documents.iter().map(|document| document.n);
        let listed = match places.clone().min().zip(places.max()) {
            Some((first, last)) => {
                listed(store::index::entries(tx, case.id, &case.exp(), first..=last)?, filing)
            }
            None => Vec::new(),
        };
        let certificate = certificate_json(&row, filing, &effective, &document, code, &listed);
        let jws = self.parts().sealer.seal_jws_in(tx, &case.institution, &certificate)?;
        let kept = FilingRow {
            document: document.clone(),
            code,
            received: filing.received_at,
            effective: effective.at,
            certificate,
            jws: jws.clone(),
            n: None,
        };
        store::index::insert_filing(tx, case.id, &kept)?;
        self.trace(tx, &mut row, "certificar_ingreso", &document, &Author::System("copihue"))?;
        self.save(tx, &mut row)?;
        // Another certificate under the same number would be another act.
        let sealed = copihue_core::json::sha256_hex(jws.as_bytes());
        let fields = [
            ("document", json!(document)),
            ("received", json!(filing.received_at)),
            (CERTIFICATE, json!(sealed)),
        ];
        self.testify(tx, case.id, ("casefile.filing", format!("{}/{document}", case.exp())), &fields)?;
        let payload = json!({ "case": case.id, "document": document });
        let key = Some(format!("{}/{document}", case.exp()));
        jobs::enqueue(tx, &NewJob { kind: CERTIFICATE_JOB, key, payload, run_at: self.now() })?;
        Ok(FilingCertificate { document, code, received: filing.received_at, effective, jws })
    }

    fn effective(&self, row: &CaseRow, received: Timestamp) -> Result<Effective> {
        let scope = match &row.commune {
            Some(code) => copihue_core::calendar::Scope::commune(
                code.parse().map_err(|_| Error::internal(format_args!("commune {code}")))?,
            ),
            None => copihue_core::calendar::Scope::NATIONAL,
        };
        let filing = (self.parts().calendar)().effective_filing(received, row.zone, scope)?;
        let reason = filing.shifted.then_some("dia_inhabil");
        Ok(Effective { at: filing.legal_at, date: filing.date, reason })
    }
}

/// What the chain commits to of a document; keys that don't apply are absent.
fn detail(e: &NewEntry) -> Value {
    let mut d = Map::new();
    let mut set = |key: &str, value: Value| d.insert(key.to_owned(), value);
    set("autor", json!(shown(&e.author).0));
    set("bytes", json!(e.blob.size));
    set("etapa", json!(e.stage.as_str()));
    set("formato", json!(e.media_type));
    set("origen", json!(e.origin.code()));
    if let Some(pages) = e.pages {
        set("paginas", json!(pages));
    }
    set("sentido", json!(e.direction.as_str()));
    set("sha256", json!(hex::encode(e.blob.sha256)));
    set("tipo", json!(e.kind.code()));
    set("titulo", json!(e.title.trim()));
    if let Some(i) = &e.interoperated {
        // EXP-09: the mark, who answered, the service, and the consent when the data are sensitive.
        set("interoperabilidad", json!({ "oae": i.institution, "servicio": i.service }));
        if let Some(consent) = &i.consent {
            set("consentimiento", json!(consent));
        }
        if let Some(trace) = &i.trace {
            set("traza", json!(trace));
        }
    }
    Value::Object(d)
}

/// The documents of a filing, as its certificate lists them.
fn listed(entries: Vec<store::index::EntryRow>, filing: &Filing) -> Vec<Value> {
    let wanted = |n: i64| filing.documents.iter().any(|d| d.n == n);
    entries
        .into_iter()
        .filter(|e| wanted(e.skeleton.n))
        .filter_map(|e| {
            let d = e.document?;
            Some(json!({
                "id": e.skeleton.id, "n": e.skeleton.n, "nombre": d.file_name.unwrap_or(d.title),
                "bytes": d.blob.size, "sha256": hex::encode(d.blob.sha256),
            }))
        })
        .collect()
}

fn certificate_json(
    row: &CaseRow,
    filing: &Filing,
    effective: &Effective,
    document: &str,
    code: VerificationCode,
    listed: &[Value],
) -> Value {
    let mut c = json!({
        "certificado": document,
        "codigo": code.to_string(),
        "recibido": filing.received_at,
        "efectivo": effective.at,
        "origen": filing.origin,
        "expediente": row.case.exp(),
        "oae": { "codigo": row.case.institution, "nombre": row.institution_name },
        "recibe": { "tipo": "plataforma", "id": "copihue" },
        "zona": row.zone.name(),
        "documentos": listed,
    });
    if let Some(reason) = effective.reason {
        c["motivo_efectivo"] = json!(reason);
    }
    if let Some(presenter) = &filing.presenter {
        c["presenta"] = json!({ "tipo": "interesado", "run": presenter.run.compact() });
        if let Some(run) = presenter.on_behalf_of {
            c["presenta"]["en_representacion_de"] = json!(run.compact());
        }
    }
    if filing.declaration == Declaration::Made {
        c["declaracion_copias"] = json!(true);
    }
    c
}
