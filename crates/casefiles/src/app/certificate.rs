//! The PDF of a filing certificate: rendered, sealed and filed by a durable job.

use copihue_core::{Error, Id, Result, text};
use copihue_db::Tx;
use copihue_db::blobs::BlobRef;
use copihue_db::jobs::{Job, Worker};
use copihue_documents::{Meta, Template};
use copihue_web::locale::{lookup, t};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Casefiles;
use super::filing::CERTIFICATE_JOB;
use crate::model::case::case_closed;
use crate::model::codes::DocumentKind;
use crate::model::document::{Direction, NewEntry, Stage};
use crate::ports::Issued;
use crate::store;
use crate::store::case::CaseRow;
use crate::store::index::FilingRow;

#[derive(Deserialize)]
struct Work {
    case: Id,
    document: String,
}

impl Casefiles {
    /// Adds this crate's jobs to a worker.
    #[must_use]
    pub fn register(&self, worker: Worker) -> Worker {
        let this = self.clone();
        worker.on(CERTIFICATE_JOB, move |job| {
            let this = this.clone();
            async move { this.make_certificate(&job).await }
        })
    }

    async fn make_certificate(&self, job: &Job) -> Result<()> {
        let work: Work = job.parse()?;
        let (case, document) = (work.case, work.document.clone());
        let (row, filing) = self.db().read(move |c| load(c, case, &document)).await?;
        if filing.n.is_some() {
            return Ok(());
        }
        let (engine, sheet) = (self.parts().documents.clone(), self.sheet(&row, &filing)?);
        let pdf = tokio::task::spawn_blocking(move || engine.render(&sheet.0, &sheet.1, &sheet.2))
            .await
            .map_err(|e| Error::internal(format_args!("rendering a certificate: {e}")))??;
        let sealed = self.parts().sealer.seal_pdf(&row.case.institution, pdf, title()).await?;
        let sha256 = copihue_core::json::sha256(&sealed);
        let staged = self.parts().blobs.stage(sealed).await?;
        let this = self.clone();
        self.db()
            .write(move |tx| {
                let blob = staged.put(tx)?;
                debug_assert_eq!(blob.sha256, sha256);
                this.file_certificate(tx, &work, blob)
            })
            .await
    }

    fn file_certificate(&self, tx: &mut Tx<'_>, work: &Work, blob: BlobRef) -> Result<()> {
        let (mut row, filing) = load(tx, work.case, &work.document)?;
        if filing.n.is_some() {
            return Ok(());
        }
        if !row.state.takes_documents() {
            return Err(case_closed());
        }
        let entry = NewEntry {
            direction: Direction::Outgoing,
            stage: Stage::Initiation,
            code: Some(filing.code),
            file_name: Some("certificado-de-presentacion.pdf".to_owned()),
            ..NewEntry::new(title(), DocumentKind::CERTIFICATE, blob, self.now())
        };
        let filed = self.add_document(tx, &mut row, &entry, Some(filing.document.clone()))?;
        store::index::place_filing(tx, row.case.id, &filing.document, filed.n)?;
        self.save(tx, &mut row)?;
        let issued = Issued {
            code: filing.code,
            sha256: blob.sha256,
            institution: &row.case.institution,
            institution_name: &row.institution_name,
            title: title(),
            kind: "certificado_de_presentacion",
            case: &row.case.iuie,
            issued_at: self.now(),
        };
        self.parts().sealer.register(tx, &issued)
    }

    fn sheet(&self, row: &CaseRow, filing: &FilingRow) -> Result<(Template, Map<String, Value>, Meta)> {
        let template: Template =
            serde_json::from_str(include_str!("../../templates/filing_certificate.json"))?;
        let at = |t| format!("{} ({})", text::long_datetime(row.zone.local(t)), row.zone.label());
        let c = &filing.certificate;
        let mut values = Map::new();
        let mut set = |key: &str, value: Value| values.insert(key.to_owned(), value);
        set("institucion", json!(row.institution_name));
        set("codigo_institucion", json!(row.case.institution));
        set("certificado", json!(filing.document));
        set("expediente", json!(row.case.exp()));
        set("tramite", json!(row.procedure_name));
        set("recibido", json!(at(filing.received)));
        set("recibido_utc", json!(filing.received));
        set("efectivo", json!(at(filing.effective)));
        set("inhabil", json!(filing.received != filing.effective));
        set("origen", json!(origin_in_words(c["origen"].as_str().unwrap_or_default())));
        let presenter = c["presenta"]["run"].as_str().unwrap_or_else(|| t("casefiles-certificate-nobody"));
        set("presenta", json!(presenter));
        set("recibe", json!(t("casefiles-certificate-received-by")));
        set("documentos", c["documentos"].clone());
        let meta = Meta {
            title: title().to_owned(),
            author: row.institution_name.clone(),
            lang: "es-CL".to_owned(),
            created: filing.received,
            document_id: filing.document.clone(),
            preview: false,
            code: Some(filing.code),
            verify_url: Some(format!("{}/v/{}", self.parts().base_url, filing.code)),
        };
        Ok((template, values, meta))
    }
}

fn load(conn: &mut copihue_db::Conn<'_>, case: Id, document: &str) -> Result<(CaseRow, FilingRow)> {
    let row = store::case::load(conn, case)?.ok_or_else(Error::not_found)?;
    let filing = store::index::filing(conn, case, document)?.ok_or_else(Error::not_found)?;
    Ok((row, filing))
}

fn title() -> &'static str {
    t("casefiles-certificate-title")
}

/// An origin that this version doesn't know reads as a contingency, as it was taken in without its own form.
fn origin_in_words(origin: &str) -> &'static str {
    lookup(&format!("casefiles-origin-{origin}")).unwrap_or_else(|| t("casefiles-origin-contingencia"))
}
