//! The index as a hash chain (EXP-51, §6): a redacted view still verifies, and nobody can confirm a guess
//! of a hidden document by its hash.
//!
//! `h0 = SHA-256("copihue:expediente:1\n" ‖ JCS({creado, exp, v:1}))`,
//! `c_n = SHA-256(sal_n ‖ JCS(detalle_n))`, `h_n = SHA-256(h_{n-1} ‖ JCS(entrada_n))`.

use copihue_core::json::{canonical, sha256};
use copihue_core::{Error, Result, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What an entry of the index is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EntryClass {
    /// A document.
    Documento,
    /// A persistent link to an external repository.
    Enlace,
    /// A nested case file.
    Expediente,
    /// A reference to something physical.
    Fisico,
    /// The annulment of an earlier entry.
    Anulacion,
    /// Moved to another case.
    Desglose,
    /// A nested case leaves.
    Desacumulacion,
    /// Closure.
    Cierre,
    /// Reopening.
    Reapertura,
}

impl EntryClass {
    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Documento => "documento",
            Self::Enlace => "enlace",
            Self::Expediente => "expediente",
            Self::Fisico => "fisico",
            Self::Anulacion => "anulacion",
            Self::Desglose => "desglose",
            Self::Desacumulacion => "desacumulacion",
            Self::Cierre => "cierre",
            Self::Reapertura => "reapertura",
        }
    }

    /// From the name on the wire.
    ///
    /// # Errors
    /// Internal: only stored names are read.
    pub fn parse(text: &str) -> Result<Self> {
        serde_json::from_value(Value::from(text))
            .map_err(|_| Error::internal(format_args!("entry class {text}")))
    }
}

/// The head of a case with no entries. `exp` is `<institution>/<IUIe>`.
///
/// # Errors
/// Never in practice: when the text can't be written as JSON.
pub fn genesis(exp: &str, created: Timestamp) -> Result<[u8; 32]> {
    let text = canonical(&serde_json::json!({ "creado": created, "exp": exp, "v": 1 }))?;
    Ok(sha256(format!("copihue:expediente:1\n{text}").as_bytes()))
}

/// The salted commitment to an entry's detail.
///
/// # Errors
/// Never in practice: when the detail can't be written as JSON.
pub fn commitment(salt: &[u8; 16], detail: &Value) -> Result<[u8; 32]> {
    let mut bytes = salt.to_vec();
    bytes.extend_from_slice(canonical(detail)?.as_bytes());
    Ok(sha256(&bytes))
}

/// An entry without its salt and detail: what every reader gets, and what the chain hashes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Skeleton {
    /// The commitment, lower-case hex.
    pub c: String,
    /// The class.
    pub clase: EntryClass,
    /// `<institution>/<IUIe>`.
    pub exp: String,
    /// What it refers to: a document's number, a nested case's key.
    pub id: String,
    /// When it was incorporated.
    pub inc: Timestamp,
    /// Its place, from 1 without gaps.
    pub n: i64,
    /// Reception of what comes in; sending or occurrence of what goes out.
    pub rec: Timestamp,
}

impl Skeleton {
    /// The head after this entry.
    ///
    /// # Errors
    /// Never in practice: when it can't be written as JSON.
    pub fn link(&self, head: &[u8; 32]) -> Result<[u8; 32]> {
        let mut bytes = head.to_vec();
        bytes.extend_from_slice(canonical(self)?.as_bytes());
        Ok(sha256(&bytes))
    }
}

/// The head that a list of entries leads to, from the case's genesis.
///
/// # Errors
/// `cadena_rota` when the numbers have a gap or an entry is of another case.
pub fn replay(exp: &str, created: Timestamp, entries: &[Skeleton]) -> Result<[u8; 32]> {
    let mut head = genesis(exp, created)?;
    for (i, entry) in entries.iter().enumerate() {
        if entry.n != i as i64 + 1 || entry.exp != exp {
            return Err(Error::conflict("cadena_rota", "El índice del expediente no es continuo."));
        }
        head = entry.link(&head)?;
    }
    Ok(head)
}
