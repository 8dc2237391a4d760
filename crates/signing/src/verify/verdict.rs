//! What a verification says: data first, sentences made from it.

use copihue_core::json::sha256_hex;
use copihue_core::{Timestamp, VerificationCode};
use serde::Serialize;

use super::detect::Kind;
pub use super::indication::{Indication, SubIndication};
use super::material::RevocationFacts;
use super::signature::All;
use super::timestamp::{DocumentTimestamp, TimestampVerdict};
use super::trust::AnchorKind;
use crate::ers::EvidenceVerdict;
use crate::pki::Certificate;
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
    /// Signed, and intact, but only a part of what is there.
    #[serde(rename = "firmado_en_parte")]
    Partly,
    /// A signature without what it is over.
    #[serde(rename = "falta_archivo")]
    Incomplete,
    /// A proof that is of another document, or of this one before it was changed.
    #[serde(rename = "no_calza")]
    Mismatched,
    /// No signature, but proof of when it existed.
    #[serde(rename = "fecha_probada")]
    Dated,
    /// It carries no signature.
    #[serde(rename = "sin_firma")]
    Unsigned,
    /// It can't be read as what it should be.
    #[serde(rename = "ilegible")]
    Unreadable,
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
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignerFacts {
    /// Name, post and institution.
    pub name: SignerName,
    /// RUN or RUT with its first digits hidden.
    pub run_masked: Option<String>,
    /// Other RUNs that the certificate names besides, masked: it contradicts itself.
    pub other_runs: Vec<String>,
    /// Common name of the authority that issued the certificate.
    pub issuer: String,
    /// Serial number of the certificate, hex.
    pub serial: String,
    /// What kind of authority stands at the end of the path.
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
#[derive(Clone, PartialEq, Eq, Debug)]
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
    pub sub_indication: Option<SubIndication>,
    /// Who.
    pub signer: Option<SignerFacts>,
    /// When, by the signer's own clock.
    pub claimed_time: Option<Timestamp>,
    /// When at the latest, by the earliest timestamp that counts.
    pub best_time: Option<Timestamp>,
    /// Timestamps of the signature.
    pub timestamps: Vec<TimestampVerdict>,
    /// Timestamps over the signature with everything that proves it.
    pub archive_timestamps: Vec<TimestampVerdict>,
    /// The path that was found, from the signer's certificate up.
    pub chain: Vec<Certificate>,
    /// What the file says of the certificates of the signer's path.
    pub revocation: Vec<RevocationFacts>,
    /// Why it was signed, as the signature says.
    pub reason: Option<String>,
    /// How much of the file.
    pub coverage: Coverage,
    /// What came after.
    pub changes_after: Changes,
    /// Algorithm, such as `ECDSA P-256 SHA-256`.
    pub algorithm: Option<&'static str>,
    /// Plain sentences.
    pub messages_es: Vec<String>,
}

impl SignatureVerdict {
    /// Whether it is good but for a certificate that no longer counts, and nothing proves that it came before.
    #[must_use]
    pub fn is_undated(&self) -> bool {
        use SubIndication as S;
        matches!(
            self.sub_indication,
            Some(
                S::OutOfBoundsNoPoe
                    | S::OutOfBoundsNotRevoked
                    | S::RevokedNoPoe
                    | S::RevokedCaNoPoe
                    | S::CryptoConstraintsFailureNoPoe
            )
        )
    }

    /// Finds something wrong besides, which counts unless something of it is wrong already.
    pub(super) fn fail(&mut self, problem: SubIndication) {
        use SubIndication as S;
        if matches!(self.sub_indication, None | Some(S::SignedDataNotFound)) {
            self.sub_indication = Some(problem);
            self.indication = super::check::indication_of(problem);
            self.messages_es = super::report::sentences(self);
        }
    }

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
                    | S::SignedDataNotFound
            )
        );
        !broken && self.changes_after != Changes::Content
    }
}

/// What the document says of itself.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct DocumentFacts {
    /// What it is.
    pub kind: Kind,
    /// SHA-256 of the whole file, hex.
    pub sha256: String,
    /// Size in bytes.
    pub bytes: usize,
    /// Title.
    pub title: Option<String>,
    /// The verification code printed in it, as its metadata tells.
    pub code: Option<VerificationCode>,
    /// The document's id in its metadata.
    pub document_id: Option<String>,
}

/// A file among others.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileFacts {
    /// Its name.
    pub name: String,
    /// Whether a signature or a proof is over it.
    pub is_signed: bool,
}

/// The whole answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verdict {
    /// What was looked at.
    pub document: DocumentFacts,
    /// The answer.
    pub outcome: Outcome,
    /// Each signature, in the order of the file.
    pub signatures: Vec<SignatureVerdict>,
    /// Timestamps over whole revisions, in the order of the file.
    pub document_timestamps: Vec<DocumentTimestamp>,
    /// Evidence records that are over it.
    pub evidence: Vec<EvidenceVerdict>,
    /// The files of a container, or those that came beside a signature, and whether a signature is over each.
    pub files: Vec<FileFacts>,
    /// The instant at which the document was taken to exist.
    pub produced_at: Timestamp,
    /// Why the file can't be read, for a technician.
    pub problem: Option<String>,
}

impl Verdict {
    pub(super) fn new(pdf: &[u8], at: Timestamp) -> Self {
        Self {
            document: DocumentFacts { sha256: sha256_hex(pdf), bytes: pdf.len(), ..DocumentFacts::default() },
            outcome: Outcome::Unreadable,
            signatures: Vec::new(),
            document_timestamps: Vec::new(),
            evidence: Vec::new(),
            files: Vec::new(),
            produced_at: at,
            problem: None,
        }
    }

    /// What kind of file it is.
    pub(super) fn of_kind(mut self, kind: Kind) -> Self {
        self.document.kind = kind;
        self
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

    /// Of a file with these signatures, and no timestamp over the whole.
    pub(super) fn conclude_all(self, signatures: Vec<SignatureVerdict>) -> Self {
        self.conclude(All { signatures, timestamps: Vec::new() })
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
            Outcome::Partly => {
                "Solo una parte del archivo está firmada. Lo demás pudo agregarse o cambiarse después."
            }
            Outcome::Incomplete => {
                "Esto es solo una firma o una prueba: falta el archivo al que se refiere. Envíe los dos juntos para revisarlos."
            }
            Outcome::Mismatched => {
                "La prueba que se entregó no calza con el documento: es de otro, o alguien cambió uno de los dos."
            }
            Outcome::Dated => "El documento no tiene firma, pero está probado desde cuándo existe.",
            Outcome::Unsigned => "El documento no tiene firma electrónica.",
            Outcome::Unreadable => "El archivo no es un documento firmado que se pueda leer, o está dañado.",
        }
    }
}

fn outcome(signatures: &[SignatureVerdict]) -> Outcome {
    let Some(last) = signatures.last() else { return Outcome::Unsigned };
    if signatures.iter().all(|s| s.sub_indication == Some(SubIndication::SignedDataNotFound)) {
        return Outcome::Incomplete;
    }
    if signatures.iter().any(|s| !s.is_intact()) {
        return Outcome::Altered;
    }
    // Whoever appends validation data after the last signature can't change what is read.
    debug_assert!(last.changes_after != Changes::Content);
    if signatures.iter().all(|s| s.indication == Indication::TotalPassed) {
        Outcome::Genuine
    } else if signatures.iter().all(|s| s.indication == Indication::TotalPassed || s.is_undated()) {
        Outcome::Undated
    } else {
        Outcome::Unrecognised
    }
}
