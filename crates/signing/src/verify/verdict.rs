//! What a verification says: data first, sentences made from it.

use copihue_core::json::sha256_hex;
use copihue_core::{Timestamp, VerificationCode};
use serde::Serialize;

use super::material::RevocationFacts;
use super::signature::All;
use super::timestamp::{DocumentTimestamp, TimestampVerdict};
use super::trust::AnchorKind;
use crate::signer::SignerName;

/// The answer for the whole document.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Signed by whom it says, and not a byte has changed since.
    #[serde(rename = "autentico")]
    Genuine,
    /// Changed after it was signed, or its signature is false.
    #[serde(rename = "alterado")]
    Altered,
    /// Nothing has changed, but the signer's certificate is not known here, or did not count when it signed.
    #[serde(rename = "no_reconocido")]
    Unrecognised,
    /// Nothing has changed, but the certificate has ended since and nothing proves when it was signed.
    #[serde(rename = "fecha_no_probada")]
    Undated,
    /// It carries no signature.
    #[serde(rename = "sin_firma")]
    Unsigned,
    /// It can't be read as what it should be.
    #[serde(rename = "ilegible")]
    Unreadable,
}

/// Indication of ETSI EN 319 102-1.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Indication {
    /// Every check passed.
    TotalPassed,
    /// A check failed for good.
    TotalFailed,
    /// What is at hand does not suffice.
    Indeterminate,
}

/// Sub-indication of ETSI EN 319 102-1.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SubIndication {
    /// The signature is not in the form it must have.
    FormatFailure,
    /// The document's digest is another.
    HashFailure,
    /// The cryptographic signature does not fit.
    SigCryptoFailure,
    /// An algorithm or key is too weak or unknown.
    CryptoConstraintsFailure,
    /// The certificate was revoked before it signed.
    Revoked,
    /// The certificate is revoked, and nothing proves that it signed before.
    RevokedNoPoe,
    /// The signing time lies outside of the certificate's validity.
    Expired,
    /// The certificate was not yet valid at the signing time.
    NotYetValid,
    /// The certificate has ended, and nothing proves that it signed before.
    OutOfBoundsNoPoe,
    /// The certificate may not sign documents, or an authority on the path may not issue.
    ChainConstraintsFailure,
    /// A certificate that travels with the signature is damaged.
    CertificateChainGeneralFailure,
    /// The signer's certificate is not in the signature.
    NoSigningCertificateFound,
    /// No path to an authority that is trusted here.
    NoCertificateChainFound,
    /// An attribute that must be there is missing or wrong.
    SigConstraintsFailure,
    /// The signing time lies after an instant at which the document existed already.
    TimestampOrderFailure,
}

/// How much of the file a signature covers.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub enum Coverage {
    /// All of it.
    #[serde(rename = "total")]
    Whole,
    /// An earlier revision of it.
    #[serde(rename = "parcial")]
    Partial,
}

/// What was appended after a signature.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
pub enum Changes {
    /// Nothing.
    #[serde(rename = "ninguno")]
    None,
    /// Only further signatures or validation data: what is read stayed the same.
    #[serde(rename = "solo_firmas")]
    Harmless,
    /// Something else: what is read may differ from what was signed.
    #[serde(rename = "contenido")]
    Content,
}

/// Who signed, by the certificate.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct SignerFacts {
    /// Name, post and institution.
    #[serde(flatten)]
    pub name: SignerName,
    /// RUN or RUT with its first digits hidden.
    #[serde(rename = "run", skip_serializing_if = "Option::is_none")]
    pub run_masked: Option<String>,
    /// Common name of the authority that issued the certificate.
    #[serde(rename = "emisor")]
    pub issuer: String,
    /// Serial number of the certificate, hex.
    #[serde(rename = "serie")]
    pub serial: String,
    /// What kind of authority stands at the end of the path.
    #[serde(rename = "tipo", skip_serializing_if = "Option::is_none")]
    pub kind: Option<AnchorKind>,
}

impl SignerFacts {
    /// Whether a body signed, by its seal, and no person: a seal names its body twice.
    #[must_use]
    pub fn is_seal(&self) -> bool {
        self.name.post.is_none() && !self.name.name.is_empty() && self.name.name == self.name.institution
    }
}

/// The answer for one signature.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct SignatureVerdict {
    /// The field's name.
    pub id: String,
    /// `ETSI.CAdES.detached` or what stands there.
    pub format: String,
    /// Level reached, as far as it is evaluated here.
    pub level: &'static str,
    /// The indication.
    pub indication: Indication,
    /// Why, unless it passed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub_indication: Option<SubIndication>,
    /// Who.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signer: Option<SignerFacts>,
    /// When, by the signer's own clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claimed_time: Option<Timestamp>,
    /// When at the latest, by the earliest timestamp that counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub best_time: Option<Timestamp>,
    /// Timestamps of the signature.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub timestamps: Vec<TimestampVerdict>,
    /// What the file says of the certificates of the signer's path.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub revocation: Vec<RevocationFacts>,
    /// Why it was signed, as the signature says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How much of the file.
    pub coverage: Coverage,
    /// What came after.
    pub changes_after: Changes,
    /// Algorithm, such as `ECDSA P-256 SHA-256`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub algorithm: Option<&'static str>,
    /// Plain sentences.
    pub messages_es: Vec<String>,
}

impl SignatureVerdict {
    /// Whether the covered bytes are exactly those that were signed, whoever signed.
    #[must_use]
    pub fn is_intact(&self) -> bool {
        use SubIndication as S;
        let broken = matches!(
            self.sub_indication,
            Some(
                S::FormatFailure
                    | S::HashFailure
                    | S::SigCryptoFailure
                    | S::CryptoConstraintsFailure
                    | S::NoSigningCertificateFound
                    | S::CertificateChainGeneralFailure
                    | S::SigConstraintsFailure
            )
        );
        !broken && self.changes_after != Changes::Content
    }
}

/// What the document says of itself.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct DocumentFacts {
    /// SHA-256 of the whole file, hex.
    pub sha256: String,
    /// Size in bytes.
    pub bytes: usize,
    /// Title.
    #[serde(rename = "titulo", skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The verification code printed in it, as its metadata tells.
    #[serde(rename = "codigo", serialize_with = "code", skip_serializing_if = "Option::is_none")]
    pub code: Option<VerificationCode>,
    /// The document's id in its metadata.
    #[serde(rename = "id", skip_serializing_if = "Option::is_none")]
    pub document_id: Option<String>,
}

fn code<S: serde::Serializer>(code: &Option<VerificationCode>, s: S) -> Result<S::Ok, S::Error> {
    match code {
        Some(code) => s.collect_str(code),
        None => s.serialize_none(),
    }
}

/// The whole answer.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Verdict {
    /// What was looked at.
    pub document: DocumentFacts,
    /// The answer.
    #[serde(rename = "verdict")]
    pub outcome: Outcome,
    /// Each signature, in the order of the file.
    pub signatures: Vec<SignatureVerdict>,
    /// Timestamps over whole revisions, in the order of the file.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub document_timestamps: Vec<DocumentTimestamp>,
    /// The instant at which the document was taken to exist.
    pub produced_at: Timestamp,
    /// Why the file can't be read, for a technician.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

impl Verdict {
    pub(super) fn new(pdf: &[u8], at: Timestamp) -> Self {
        Self {
            document: DocumentFacts { sha256: sha256_hex(pdf), bytes: pdf.len(), ..DocumentFacts::default() },
            outcome: Outcome::Unreadable,
            signatures: Vec::new(),
            document_timestamps: Vec::new(),
            produced_at: at,
            problem: None,
        }
    }

    pub(super) fn set_facts(&mut self, facts: DocumentFacts) {
        let DocumentFacts { title, code, document_id, .. } = facts;
        self.document = DocumentFacts { title, code, document_id, ..std::mem::take(&mut self.document) };
    }

    pub(super) fn unreadable(mut self, problem: impl std::fmt::Display) -> Self {
        self.outcome = Outcome::Unreadable;
        self.problem = Some(problem.to_string());
        self
    }

    /// Of a file with this one signature.
    pub(super) fn conclude_one(self, signature: SignatureVerdict) -> Self {
        self.conclude(All { signatures: vec![signature], timestamps: Vec::new() })
    }

    pub(super) fn conclude(mut self, all: All) -> Self {
        let intact = all.timestamps.iter().all(DocumentTimestamp::is_intact);
        self.outcome = if intact { outcome(&all.signatures) } else { Outcome::Altered };
        self.signatures = all.signatures;
        self.document_timestamps = all.timestamps;
        self
    }

    /// Whether it is genuine.
    #[must_use]
    pub fn is_genuine(&self) -> bool {
        self.outcome == Outcome::Genuine
    }

    /// The answer in one plain sentence.
    #[must_use]
    pub fn sentence(&self) -> &'static str {
        match self.outcome {
            Outcome::Genuine => "El documento es auténtico: está firmado y no ha cambiado desde su firma.",
            Outcome::Altered => {
                "El documento no es auténtico: cambió después de su firma o su firma es falsa."
            }
            Outcome::Unrecognised => {
                "El documento no ha cambiado desde su firma, pero no podemos reconocer a quien lo firmó."
            }
            Outcome::Undated => {
                "El documento no ha cambiado desde su firma, pero su certificado ya venció y nada prueba cuándo se firmó."
            }
            Outcome::Unsigned => "El documento no tiene firma electrónica.",
            Outcome::Unreadable => "El archivo no es un documento firmado que se pueda leer, o está dañado.",
        }
    }
}

fn outcome(signatures: &[SignatureVerdict]) -> Outcome {
    let Some(last) = signatures.last() else { return Outcome::Unsigned };
    if signatures.iter().any(|s| !s.is_intact()) {
        return Outcome::Altered;
    }
    // Whoever appends validation data after the last signature can't change what is read.
    debug_assert!(last.changes_after != Changes::Content);
    let undated = |s: &SignatureVerdict| {
        matches!(s.sub_indication, Some(SubIndication::OutOfBoundsNoPoe | SubIndication::RevokedNoPoe))
    };
    if signatures.iter().all(|s| s.indication == Indication::TotalPassed) {
        Outcome::Genuine
    } else if signatures.iter().all(|s| s.indication == Indication::TotalPassed || undated(s)) {
        Outcome::Undated
    } else {
        Outcome::Unrecognised
    }
}
