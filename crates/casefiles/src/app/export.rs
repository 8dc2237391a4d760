//! A whole case as one file, for a reader who may see it.

use std::sync::Arc;

use copihue_core::{Actor, Error, Kind, Result};

use super::Casefiles;
use super::read::facts;
use super::register::row_of;
use crate::export::{
    ExportEntry, ExportFiling, ExportIndex, INDEX, POLICY, README, RECEIPTS, file_name, zip,
};
use crate::model::access::{Access, Reader, decide};
use crate::model::number::CaseKey;
use crate::store;
use crate::store::access::AccessRow;
use crate::store::index::{EntryRow, Opening};
use crate::store::record::CaseRecord;

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
    /// Makes a case ready to be exported as the actor may see it. Each sensitive reading is written first.
    ///
    /// # Errors
    /// As [`case`](Self::case); TooLarge `expediente_muy_grande`.
    pub(crate) async fn export(&self, actor: &Actor, key: &CaseKey) -> Result<Prepared> {
        let (record, reader) = self.reach(actor, key).await?;
        let id = record.row.case.id;
        let openings = self.db().read(move |conn| store::index::openings(conn, id)).await?;
        self.note_export(actor, &record, &reader).await?;
        let folder = record.row.case.iuie.clone();
        let mut parts = Vec::new();
        let index = self.index_of(&record, &reader, &openings, &mut parts).await?;
        parts.push(Part::Ready(INDEX.to_owned(), index.to_bytes()?));
        parts.push(Part::Ready(POLICY.to_owned(), self.parts().receipts.policy().into_bytes()));
        parts.push(Part::Ready(README.to_owned(), readme(&record).into_bytes()));
        for part in &mut parts {
            let (Part::Ready(name, _) | Part::Document { name, .. }) = part;
            *name = format!("{folder}/{name}");
        }
        let length = zip::length(parts.iter().map(Part::sized));
        if length > MAX_BYTES || parts.len() > MAX_FILES {
            return Err(too_large());
        }
        let writer = zip::Writer::new(self.now());
        Ok(Prepared { file_name: format!("{folder}.zip"), length, writer, parts })
    }

    async fn note_export(&self, actor: &Actor, record: &CaseRecord, reader: &Reader) -> Result<()> {
        let row =
            AccessRow { case: Some(record.row.case.id), ..row_of(actor, "exportar", &record.row.case.iuie) };
        for entry in &record.entries {
            let Some(document) = &entry.document else { continue };
            let decision = decide(reader, &facts(document, self.now()));
            if decision.access == Access::AllowLogged {
                let row = AccessRow { n: Some(entry.skeleton.n), rule: decision.row, ..row.clone() };
                self.write_access(row, "access.sensitive").await?;
            }
        }
        self.note_reading(row);
        Ok(())
    }

    async fn index_of(
        &self,
        record: &CaseRecord,
        reader: &Reader,
        openings: &[Opening],
        parts: &mut Vec<Part>,
    ) -> Result<ExportIndex> {
        let (row, exp) = (&record.row, record.row.case.exp());
        let mut entries = Vec::new();
        for (entry, opening) in record.entries.iter().zip(openings) {
            let n = entry.skeleton.n;
            let mut exported = self.opened(record, reader, entry, opening, parts);
            exported.comprobante = self
                .receipt_part(("casefile.entry", &format!("{exp}/{n}")), &format!("{n:04}"), parts)
                .await?;
            entries.push(exported);
        }
        let mut filings = Vec::new();
        for filing in &record.filings {
            let act = ("casefile.filing", format!("{exp}/{}", filing.document));
            filings.push(ExportFiling {
                documento: filing.document.clone(),
                certificado: filing.certificate.clone(),
                jws: filing.jws.clone(),
                comprobante: self.receipt_part((act.0, &act.1), &filing.document, parts).await?,
            });
        }
        Ok(ExportIndex {
            v: 1,
            titulo: row.title.clone(),
            institucion: row.institution_name.clone(),
            estado: row.state.as_str().to_owned(),
            creado: row.opened_at,
            cabeza: hex::encode(row.head),
            exportado: self.now(),
            apertura: self.receipt_part(("casefile.opened", &exp), "0000", parts).await?,
            exp,
            entradas: entries,
            presentaciones: filings,
        })
    }

    /// An entry as this reader may have it, with its file among the parts.
    fn opened(
        &self,
        record: &CaseRecord,
        reader: &Reader,
        entry: &EntryRow,
        (_, salt, detail): &Opening,
        parts: &mut Vec<Part>,
    ) -> ExportEntry {
        let decision = entry.document.as_ref().map(|d| (d, decide(reader, &facts(d, self.now()))));
        let hidden = decision.is_some_and(|(_, d)| matches!(d.access, Access::Redacted | Access::Hidden));
        let mut exported = ExportEntry {
            entrada: entry.skeleton.clone(),
            sal: salt.as_ref().filter(|_| !hidden).map(hex::encode),
            detalle: detail.clone().filter(|_| !hidden),
            archivo: None,
            comprobante: None,
        };
        if let Some((document, _)) = decision.filter(|(_, decision)| decision.allows()) {
            let day = record.row.zone.date(entry.skeleton.rec);
            let name = file_name(entry.skeleton.n, day, &document.title, &document.media_type);
            let (sha256, size) = (document.blob.sha256, document.blob.size);
            parts.push(Part::Document { name: name.clone(), sha256, size });
            exported.archivo = Some(name);
        }
        exported
    }

    /// The receipt of an act among the parts, and its name there.
    async fn receipt_part(
        &self,
        (kind, record): (&str, &str),
        name: &str,
        parts: &mut Vec<Part>,
    ) -> Result<Option<String>> {
        let Some(proof) = self.parts().receipts.receipt(kind, record).await? else { return Ok(None) };
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
            0 => self.parts().receipts.receipt("casefile.opened", &exp).await,
            1.. if n <= record.row.n => {
                self.parts().receipts.receipt("casefile.entry", &format!("{exp}/{n}")).await
            }
            _ => Err(Error::not_found()),
        }
    }
}

fn too_large() -> Error {
    Error::new(
        Kind::TooLarge,
        "expediente_muy_grande",
        "El expediente es demasiado grande para un solo archivo. Descargue los documentos de a uno, o pídalo en la institución.",
    )
}

fn readme(record: &CaseRecord) -> String {
    format!(
        "Expediente {} de {}\n\n\
         {INDEX} nombra cada documento con su huella y forma una cadena: cambiar algo la rompe.\n\
         {RECEIPTS} tiene un comprobante por entrada: prueba que ese eslabón está en el registro público.\n\
         {POLICY} dice qué registros y testigos se aceptan. Quien desconfíe de este archivo, use una política que haya\n\
         obtenido por otro camino: nada obliga a creerle a la que viene aquí.\n\n\
         Para comprobarlo sin internet:  copihue verify {}.zip --policy POLITICA\n\n\
         No prueba que después de la fecha de exportación no haya entrado algo más, ni que lo que dicen los documentos\n\
         sea cierto: prueba que son los que se incorporaron, en ese orden, y que nadie los cambió.\n",
        record.row.case.iuie, record.row.institution_name, record.row.case.iuie,
    )
}
