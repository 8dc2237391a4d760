//! A whole case as one ZIP that anybody can check without us: documents, index with its chain, the receipts that bind the
//! chain to the public log, and the institution's seal on all of it, so that nothing can be left out afterwards.
//!
//! What a reader may not see stands in it as a bare entry of the chain, which still verifies (EXP-51).

mod check;
mod names;
pub(crate) mod zip;

use copihue_core::calendar::Zone;
use copihue_core::{Result, Timestamp, json::canonical};
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use check::{ExportVerdict, Finding, Judgement, Seal, Trust, verify_export};
pub(crate) use names::{ending, file_name};

use crate::model::chain::Skeleton;

/// The file that lists all others.
pub(crate) const INDEX: &str = "indice.json";
/// The institution's seal on the index.
pub(crate) const SEAL: &str = "sello.jws";
/// The receipts' folder, with its slash.
pub(crate) const RECEIPTS: &str = "comprobantes/";
/// Files that explain; no verdict rests on them.
pub(crate) const README: &str = "LEAME.txt";
pub(crate) const POLICY: &str = "politica.txt";

/// The field of an act of filing that has the SHA-256 of the certificate's seal.
pub(crate) const CERTIFICATE: &str = "certificate_sha256";

/// Of the form that is written and read here.
pub(crate) const VERSION: u8 = 2;

/// `indice.json`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(crate) struct ExportIndex {
    /// [`VERSION`].
    pub(crate) v: u8,
    /// `<institution>/<IUIe>`.
    pub(crate) exp: String,
    pub(crate) titulo: String,
    pub(crate) institucion: String,
    pub(crate) estado: String,
    /// Of the days in the files' names.
    pub(crate) zona: Zone,
    /// When the case was opened: the chain begins with it.
    pub(crate) creado: Timestamp,
    /// The head after the last entry, lower-case hex.
    pub(crate) cabeza: String,
    pub(crate) exportado: Timestamp,
    /// The receipt of the opening.
    pub(crate) apertura: Option<String>,
    pub(crate) entradas: Vec<ExportEntry>,
    /// The filing certificates.
    pub(crate) presentaciones: Vec<ExportFiling>,
    /// What else was done in the case: changes of its state, steps before the law, questions to other bodies, payments.
    pub(crate) actos: Vec<ExportAct>,
}

/// An entry of the index. Without `sal` and `detalle` it is one that this reader may not see.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(crate) struct ExportEntry {
    pub(crate) entrada: Skeleton,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) sal: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) detalle: Option<Value>,
    /// The document's file in the ZIP.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) archivo: Option<String>,
    /// The receipt's file in the ZIP; none while no checkpoint covered it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) comprobante: Option<String>,
}

/// A filing certificate with its seal and its receipt.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(crate) struct ExportFiling {
    pub(crate) documento: String,
    pub(crate) certificado: Value,
    pub(crate) jws: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) comprobante: Option<String>,
}

/// An act that is no entry of the index.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(crate) struct ExportAct {
    /// The ledger of its evidence.
    pub(crate) bitacora: String,
    /// Its kind there.
    pub(crate) hecho: String,
    /// What it is about.
    pub(crate) registro: String,
    pub(crate) titulo: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) fecha: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) comprobante: Option<String>,
}

/// What `sello.jws` seals.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct ExportSeal {
    /// [`SEALED`]: so that the seal can't be taken for one of anything else.
    tipo: String,
    exp: String,
    entradas: usize,
    cabeza: String,
    exportado: Timestamp,
    /// SHA-256 of `indice.json`, lower-case hex.
    indice: String,
}

const SEALED: &str = "expediente_exportado";

impl ExportIndex {
    /// What is sealed of it.
    pub(crate) fn seal(&self, sha256: &str) -> ExportSeal {
        ExportSeal {
            tipo: SEALED.to_owned(),
            exp: self.exp.clone(),
            entradas: self.entradas.len(),
            cabeza: self.cabeza.clone(),
            exportado: self.exportado,
            indice: sha256.to_owned(),
        }
    }

    /// The file.
    ///
    /// # Errors
    /// Never in practice: when it can't be written as JSON.
    pub(crate) fn to_bytes(&self) -> Result<Vec<u8>> {
        Ok(canonical(self)?.into_bytes())
    }
}
