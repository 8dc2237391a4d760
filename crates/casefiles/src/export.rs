//! A whole case as one ZIP that anybody can check without us: documents, index with its chain, and the receipts that bind
//! the chain to the public log.
//!
//! What a reader may not see stands in it as a bare entry of the chain, which still verifies (EXP-51).

mod check;
mod names;
pub(crate) mod zip;

use copihue_core::{Result, Timestamp, json::canonical};
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use check::{ExportVerdict, Finding, Judgement, verify_export};
pub(crate) use names::{ending, file_name};

use crate::model::chain::Skeleton;

/// The file that lists all others.
pub(crate) const INDEX: &str = "indice.json";
/// The receipts' folder, with its slash.
pub(crate) const RECEIPTS: &str = "comprobantes/";
/// Files that explain; no verdict rests on them.
pub(crate) const README: &str = "LEAME.txt";
pub(crate) const POLICY: &str = "politica.txt";

/// `indice.json`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(crate) struct ExportIndex {
    /// Always 1.
    pub(crate) v: u8,
    /// `<institution>/<IUIe>`.
    pub(crate) exp: String,
    pub(crate) titulo: String,
    pub(crate) institucion: String,
    pub(crate) estado: String,
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

impl ExportIndex {
    /// The file.
    ///
    /// # Errors
    /// Never in practice: when it can't be written as JSON.
    pub(crate) fn to_bytes(&self) -> Result<Vec<u8>> {
        Ok(canonical(self)?.into_bytes())
    }
}
