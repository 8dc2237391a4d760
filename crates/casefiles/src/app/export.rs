//! A whole case as one file, for a reader who may see it.

use std::sync::Arc;

use copihue_core::json::sha256_hex;
use copihue_core::{Actor, Error, Kind, Result};

use super::Casefiles;
use super::read::facts;
use super::register::row_of;
use crate::export::{
    ExportAct, ExportEntry, ExportFiling, ExportIndex, INDEX, POLICY, README, RECEIPTS, SEAL, VERSION,
    file_name, zip,
};
use crate::model::access::{Access, Decision, decide};
use crate::model::number::CaseKey;
use crate::panel::OtherAct;
use crate::store;
use crate::store::access::AccessRow;
use crate::store::index::{EntryRow, Opening};
use crate::store::record::CaseRecord;

/// The ledger of the case files' own acts.
const OWN: &str = "casefile";
/// Beyond this many programs still count in 32 bits.
const MAX_BYTES: u64 = 3_900_000_000;
const MAX_FILES: usize = 60_000;

/// A file of the export: bytes at hand, or a document's in the store.
pub(crate) enum Part {
    Ready(String, Vec<u8>),
    Document { name: String, sha256: [u8; 32], size: u64 },
}

impl Part {
    fn sized(&self) -> (&str, u64) {
        match self {
            Self::Ready(name, bytes) => (name, bytes.len() as u64),
            Self::Document { name, size, .. } => (name, *size),
        }
    }
}

/// An export that is ready to be written.
pub(crate) struct Prepared {
    /// `EXP-20261121-000001.zip`.
    pub(crate) file_name: String,
    /// How long the ZIP will be.
    pub(crate) length: u64,
    pub(crate) writer: zip::Writer,
    pub(crate) parts: Vec<Part>,
}

impl Casefiles {
    /// Makes a case ready to be exported as the actor may see it, under the institution's seal. The sensitive readings are
    /// written first.
    ///
    /// # Errors
    /// As [`case`](Self::case); TooLarge `expediente_muy_grande`; when the institution has no seal.
    pub(crate) async fn export(&self, actor: &Actor, key: &CaseKey) -> Result<Prepared> {
        let (record, reader) = self.reach(actor, key).await?;
        let (case, now) = (&record.row.case, self.now());
        let decided = |entry: &EntryRow| entry.document.as_ref().map(|d| decide(&reader, &facts(d, now)));
        let decisions: Vec<Option<Decision>> = record.entries.iter().map(decided).collect();
        self.note_export(actor, &record, &decisions).await?;
        let mut parts = Vec::new();
        let index = self.index_of(&record, &decisions, &mut parts).await?;
        let bytes = index.to_bytes()?;
        let sealed = serde_json::to_value(index.seal(&sha256_hex(&bytes)))?;
        let seal = self.parts().sealer.seal_jws(&case.institution, &sealed)?;
        parts.push(Part::Ready(INDEX.to_owned(), bytes));
        parts.push(Part::Ready(SEAL.to_owned(), seal.into_bytes()));
        parts.push(Part::Ready(POLICY.to_owned(), self.parts().receipts.policy().into_bytes()));
        parts.push(Part::Ready(README.to_owned(), readme(&record, &self.parts().base_url).into_bytes()));
        for part in &mut parts {
            let (Part::Ready(name, _) | Part::Document { name, .. }) = part;
            *name = format!("{}/{name}", case.iuie);
        }
        let length = zip::length(parts.iter().map(Part::sized));
        if length > MAX_BYTES || parts.len() > MAX_FILES {
            return Err(too_large());
        }
        Ok(Prepared { file_name: format!("{}.zip", case.iuie), length, writer: zip::Writer::new(now), parts })
    }

    /// Writes the reading of each sensitive document at once, before any of them goes out.
    async fn note_export(
        &self,
        actor: &Actor,
        record: &CaseRecord,
        decisions: &[Option<Decision>],
    ) -> Result<()> {
        let row =
            AccessRow { case: Some(record.row.case.id), ..row_of(actor, "exportar", &record.row.case.iuie) };
        let entries = record.entries.iter().zip(decisions);
        let sensitive = entries.filter_map(|(entry, decision)| {
            let decision = decision.filter(|decision| decision.access == Access::AllowLogged)?;
            Some(AccessRow { n: Some(entry.skeleton.n), rule: decision.row, ..row.clone() })
        });
        self.write_accesses(sensitive.collect(), "access.sensitive").await?;
        self.note_reading(row);
        Ok(())
    }

    async fn index_of(
        &self,
        record: &CaseRecord,
        decisions: &[Option<Decision>],
        parts: &mut Vec<Part>,
    ) -> Result<ExportIndex> {
        let (row, exp, id) = (&record.row, record.row.case.exp(), record.row.case.id);
        let openings = self.db().read(move |conn| store::index::openings(conn, id)).await?;
        let mut entries = Vec::new();
        for ((entry, opening), decision) in record.entries.iter().zip(&openings).zip(decisions) {
            let n = entry.skeleton.n;
            let mut exported = opened(record, *decision, entry, opening, parts);
            exported.comprobante = self
                .receipt_part((OWN, &format!("casefile.entry/{exp}/{n}")), &format!("{n:04}"), parts)
                .await?;
            entries.push(exported);
        }
        let mut filings = Vec::new();
        for filing in &record.filings {
            let record = format!("casefile.filing/{exp}/{}", filing.document);
            filings.push(ExportFiling {
                documento: filing.document.clone(),
                certificado: filing.certificate.clone(),
                jws: filing.jws.clone(),
                comprobante: self.receipt_part((OWN, &record), &filing.document, parts).await?,
            });
        }
        Ok(ExportIndex {
            v: VERSION,
            titulo: row.title.clone(),
            institucion: row.institution_name.clone(),
            estado: row.state.as_str().to_owned(),
            zona: row.zone,
            creado: row.opened_at,
            cabeza: hex::encode(row.head),
            exportado: self.now(),
            apertura: self.receipt_part((OWN, &format!("casefile.opened/{exp}")), "0000", parts).await?,
            exp,
            entradas: entries,
            presentaciones: filings,
            actos: self.acts_of(record, parts).await?,
        })
    }

    /// The acts that are no entries, each with its receipt among the parts.
    async fn acts_of(&self, record: &CaseRecord, parts: &mut Vec<Part>) -> Result<Vec<ExportAct>> {
        let exp = record.row.case.exp();
        let states = (1..).zip(&record.trace).filter(|(_, (action, ..))| action == "estado");
        let mut acts: Vec<OtherAct> = states
            .map(|(n, (_, _, at, state))| OtherAct {
                ledger: OWN,
                record: format!("casefile.state/{exp}/{n}"),
                title: state.clone(),
                at: Some(*at),
            })
            .collect();
        for other in self.others() {
            acts.extend(other.acts(&record.row.case).await?);
        }
        let mut exported = Vec::new();
        for (n, act) in (1..).zip(acts) {
            let Some((kind, about)) = act.record.split_once('/') else { continue };
            exported.push(ExportAct {
                comprobante: self
                    .receipt_part((act.ledger, &act.record), &format!("acto-{n:03}"), parts)
                    .await?,
                bitacora: act.ledger.to_owned(),
                hecho: kind.to_owned(),
                registro: about.to_owned(),
                titulo: act.title,
                fecha: act.at,
            });
        }
        Ok(exported)
    }

    /// The receipt of an act among the parts, and its name there.
    async fn receipt_part(
        &self,
        (ledger, record): (&str, &str),
        name: &str,
        parts: &mut Vec<Part>,
    ) -> Result<Option<String>> {
        let Some(proof) = self.parts().receipts.receipt(ledger, record).await? else { return Ok(None) };
        let name = format!("{RECEIPTS}{name}.tlog-proof");
        parts.push(Part::Ready(name.clone(), proof.into_bytes()));
        Ok(Some(name))
    }

    /// The bytes of a part, whole: a damaged document ends the export, it never goes out in silence.
    pub(crate) async fn bytes_of(&self, part: Part) -> Result<(String, Arc<[u8]>)> {
        Ok(match part {
            Part::Ready(name, bytes) => (name, bytes.into()),
            Part::Document { name, sha256, .. } => (name, self.parts().blobs.get(sha256).await?.into()),
        })
    }

    /// The receipt of an entry's incorporation, or of the opening for `n` 0, for a reader of the case.
    ///
    /// # Errors
    /// As [`case`](Self::case); `NotFound` when there is no such entry.
    pub(crate) async fn entry_receipt(&self, actor: &Actor, key: &CaseKey, n: i64) -> Result<Option<String>> {
        let (record, _) = self.reach(actor, key).await?;
        let exp = record.row.case.exp();
        match n {
            0 => self.parts().receipts.receipt(OWN, &format!("casefile.opened/{exp}")).await,
            1.. if n <= record.row.n => {
                self.parts().receipts.receipt(OWN, &format!("casefile.entry/{exp}/{n}")).await
            }
            _ => Err(Error::not_found()),
        }
    }
}

/// An entry as this reader may have it, with its file among the parts.
fn opened(
    record: &CaseRecord,
    decision: Option<Decision>,
    entry: &EntryRow,
    (_, salt, detail): &Opening,
    parts: &mut Vec<Part>,
) -> ExportEntry {
    let hidden = decision.is_some_and(|d| matches!(d.access, Access::Redacted | Access::Hidden));
    let mut exported = ExportEntry {
        entrada: entry.skeleton.clone(),
        sal: salt.as_ref().filter(|_| !hidden).map(hex::encode),
        detalle: detail.clone().filter(|_| !hidden),
        archivo: None,
        comprobante: None,
    };
    if let Some(document) = entry.document.as_ref().filter(|_| decision.is_some_and(Decision::allows)) {
        let day = record.row.zone.date(entry.skeleton.rec);
        let name = file_name(entry.skeleton.n, day, &document.title, &document.media_type);
        let (sha256, size) = (document.blob.sha256, document.blob.size);
        parts.push(Part::Document { name: name.clone(), sha256, size });
        exported.archivo = Some(name);
    }
    exported
}

fn too_large() -> Error {
    Error::new(
        Kind::TooLarge,
        "expediente_muy_grande",
        "El expediente es demasiado grande para un solo archivo. Descargue los documentos de a uno, o pídalo en la institución.",
    )
}

fn readme(record: &CaseRecord, base_url: &str) -> String {
    format!(
        "Expediente {} de {}\n\n\
         {INDEX} nombra cada documento con su huella y forma una cadena: cambiar algo la rompe.\n\
         {SEAL} es el sello de la institución sobre el índice: si se quita algo, aunque sea lo último, se nota.\n\
         {RECEIPTS} tiene un comprobante por entrada: prueba que ese eslabón está en la bitácora pública.\n\
         {POLICY} dice qué bitácoras y testigos se aceptan. Quien desconfíe de este archivo, use una política que haya\n\
         obtenido por otro camino: nada obliga a creerle a la que viene aquí.\n\n\
         Para comprobarlo sin internet:  copihue verify {}.zip --policy POLITICA --trust AUTORIDAD.pem\n\n\
         AUTORIDAD.pem es el certificado de la autoridad que emitió el sello. Está en {}/pki/raiz.pem; quien\n\
         desconfíe de ese sitio, lo pide por otro camino.\n\n\
         Prueba que esto es lo que la institución exportó, entero y en su orden, y que nadie lo cambió. No prueba que\n\
         después no haya entrado algo más, ni que la institución haya puesto todo, ni que lo que dicen los documentos\n\
         sea cierto.\n",
        record.row.case.iuie, record.row.institution_name, record.row.case.iuie, base_url,
    )
}
