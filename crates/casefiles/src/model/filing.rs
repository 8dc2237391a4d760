//! The filing certificate (EXP-06, §5): six legal fields, given at once.

use copihue_core::{Run, Timestamp, VerificationCode};
use serde::Serialize;

use super::document::EntryRef;

/// How a filing came in.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FilingOrigin {
    /// `formulario_web`.
    FormularioWeb,
    /// `papel`.
    Papel,
    /// `documento_electronico`.
    DocumentoElectronico,
    /// `interoperabilidad`.
    Interoperabilidad,
    /// `oficio`.
    Oficio,
    /// `contingencia`.
    Contingencia,
}

/// What is certified.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Filing {
    /// When the last byte arrived.
    pub received_at: Timestamp,
    /// How it came in.
    pub origin: FilingOrigin,
    /// Who presents it; `None` only where the procedure doesn't identify the party.
    pub presenter: Option<Presenter>,
    /// The documents of the filing, as filed in the same transaction.
    pub documents: Vec<EntryRef>,
    /// Whether the party declared that their scans are true to paper originals that they keep (EXP-19).
    pub declaration: Declaration,
}

/// The party's declaration on their own scans (EXP-19).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Declaration {
    /// Nothing was scanned.
    #[default]
    NotNeeded,
    /// «Declaro que las copias digitalizadas que presento son auténticas…»
    Made,
}

/// Who presents a filing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Presenter {
    /// Their RUN.
    pub run: Run,
    /// Whom they represent.
    pub on_behalf_of: Option<Run>,
}

/// When a filing counts (EXP-05).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Effective {
    /// The instant from which terms run.
    pub at: Timestamp,
    /// The civil date of that instant: day zero of the terms that run from the filing.
    pub date: jiff::civil::Date,
    /// Why it isn't the instant of reception: `dia_inhabil`.
    pub reason: Option<&'static str>,
}

/// The certificate that answers a filing.
#[derive(Clone, PartialEq, Debug)]
pub struct FilingCertificate {
    /// The number that the PDF has, or will have, in the case.
    pub document: String,
    /// Its verification code.
    pub code: VerificationCode,
    /// Instant of reception.
    pub received: Timestamp,
    /// Instant from which terms run.
    pub effective: Effective,
    /// The certificate's JSON, sealed by the institution (compact JWS).
    pub jws: String,
}
